package plan

// The keys of the words for forms, states and reasons in the catalogue; "" = there is none.

// Word is how a form is called.
func (f Form) Word() string {
	return map[Form]string{SelfStudy: "idp.form_self", Coaching: "idp.form_coaching", Mentoring: "idp.form_mentoring", Training: "idp.form_training",
		Assignment: "idp.form_assignment"}[f]
}

// Place is where something is learnt, by the part of the mix.
func (f Form) Place() string {
	return map[int]string{10: "idp.share_10", 20: "idp.share_20", 70: "idp.share_70"}[f.Share()]
}

// Word says where a line stands.
func (s State) Word() string {
	return map[State]string{Chosen: "idp.is_chosen", Submitted: "idp.is_submitted", Agreed: "idp.is_agreed", Done: "idp.is_done", Moved: "idp.is_moved",
		Dropped: "idp.is_dropped"}[s]
}

// Word says why a line has ended.
func (r Reason) Word() string {
	return map[Reason]string{ByAttendance: "idp.why_attendance", BySelf: "idp.why_self", NoNeed: "idp.why_no_need", NoTime: "idp.why_no_time", OtherWay: "idp.why_other_way",
		Unsubmitted: "idp.why_unsubmitted", NoBatch: "idp.why_no_batch", CancelledFor: "idp.why_cancelled", Unfinished: "idp.why_unfinished", LeftService: "idp.why_left"}[r]
}
