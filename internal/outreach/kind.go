package outreach

import (
	"fmt"
	"slices"
)

// Kind is what a message is about, as far as a rule asks. All that is known about
// a kind is one row of the table in this file.
type Kind string

// The kinds of messages that the bot starts by itself.
const (
	Invitation   Kind = "invitation"   // a task has opened
	Reminder     Kind = "reminder"     // one step of the robot's ladder
	Nudge        Kind = "nudge"        // a reminder in the name of the supervisor (atasan)
	Note         Kind = "note"         // the weekly note of an ASN (catatan mingguan)
	Summary      Kind = "summary"      // the weekly summary of a supervisor (ringkasan)
	Rollup       Kind = "rollup"       // counts of the agency: for the personnel office each week, for its head each month
	Alert        Kind = "alert"        // one matter that a supervisor's summary also holds
	Announcement Kind = "announcement" // HR's announcement
	// AnnouncementNear is one about an event within two working days (acara dekat), which
	// goes outside the budget.
	AnnouncementNear Kind = "announcement_near"
	// AnnouncementFact is the short reply of a correction, AnnouncementReminder a reminder
	// to read one.
	AnnouncementFact     Kind = "announcement_fact"
	AnnouncementReminder Kind = "announcement_reminder"
	Snoozed              Kind = "snoozed"          // what the person put off with Nanti
	Opened               Kind = "opened"           // both views of a rating were sent and may be seen
	Replied              Kind = "replied"          // somebody who was rated has said something about it
	Shared               Kind = "shared"           // a superior has asked the person to help to rate
	Unshared             Kind = "unshared"         // the register has ended that the person helps to rate
	Excusal              Kind = "excusal"          // a superior has decided that the person need not fill in
	Codes                Kind = "codes"            // a superior asks the officer for codes for people without an account
	Answered             Kind = "request_answered" // what became of a request of the person
	Superior             Kind = "new_superior"     // somebody has another direct superior, or shall have
	Acting               Kind = "acting"           // the personnel office has checked a letter about a stand-in
	Training             Kind = "training"         // what became of the person's place in a training, or of the training
	SeatOffer            Kind = "seat_offer"       // a seat in a training is offered to the next in the queue
	Extended             Kind = "extended"         // a deadline has become later
	Session              Kind = "training_session" // a training comes soon
	Permits              Kind = "permits"          // people of a superior's team wait for the permission to go to a training
	Evaluation           Kind = "evaluation"       // who attended a training is asked about it
	// EvaluationReminder reminds once of an evaluation, whose answers have no name.
	EvaluationReminder Kind = "evaluation_reminder"
	Evaluated          Kind = "evaluated"     // what became of an evaluation: it is closed, a comment could not be deleted
	ReportBack         Kind = "report_back"   // what was done about what participants said (tindak lanjut masukan)
	Resolve            Kind = "resolve"       // who attended a training may write a resolve of their own (niat), and is asked what became of it
	Plan               Kind = "plan"          // what became of the person's development plan
	PlanReminder       Kind = "plan_reminder" // a reminder of a line of it, for which the person has asked (Ingatkan saya)
	// PlanMonth is one line of the plan a month (butir bulan ini), to whom no weekly note has told it.
	PlanMonth Kind = "plan_month"
	Plans     Kind = "plans"     // plans of a superior's team wait for agreement
	Agreement Kind = "agreement" // the agreement with a partner of trainings ends soon
	Signoff   Kind = "signoff"   // what a unit needs waits for who prepares or approves it, or was given back
	// FollowUp asks a participant, or the superior, what is used of a training at work.
	FollowUp         Kind = "follow_up"
	FollowUpReminder Kind = "follow_up_reminder" // reminds once of that
	Survey           Kind = "survey"             // the personnel office asks something of its own accord (survei)
	SurveyReminder   Kind = "survey_reminder"    // reminds once of that
	SurveyReport     Kind = "survey_report"      // what was done about what people said in it
	SurveyNews       Kind = "survey_news"        // that it is closed, or what its owner or the head of the agency has to do about it
	Campaign         Kind = "campaign"           // an invitation in the words of the personnel office (ajakan), to do a task that is open
	Help             Kind = "help"               // somebody has asked to be called by a helper (pendamping)
	FollowedUp       Kind = "followed_up"        // what became of it: both sides are there, something was given to the superior
)

// Traits is all that is known about a kind of message: one row of the table. The
// zero Traits is a kind that does not exist; a message of it is never sent.
type Traits struct {
	Kind Kind
	// Digest: it gathers several matters. When it waits, the job that wrote it
	// writes it again with what is true then.
	Digest bool
	// Reminds: it counts as a reminder after the invitation (rule 2). A supervisor's
	// nudge does: for the person it is one more.
	Reminds bool
	// Asks: it asks for what its tasks are about, so that it is taken back once all
	// of them are over.
	Asks bool
	// Alert: a digest for supervisors holds it too (rule 8).
	Alert bool
	// Ledger: it stands in a ledger of its own, by which it is decided again when it was
	// held.
	Ledger bool
	// Weekly is how many of the kind go to a person in seven days, for what goes outside
	// the budget; 0 = any number.
	Weekly int
	// Alone: it joins no other message and carries none. What it had gone with would tell
	// who had it, after all that says so was deleted.
	Alone bool
	// Fasts: nothing of it goes at the breaking of the fast (buka puasa).
	Fasts bool
}

// traits is the table of kinds.
var traits = []Traits{
	{Kind: Invitation, Asks: true},
	{Kind: Reminder, Reminds: true, Asks: true},
	{Kind: Nudge, Reminds: true, Asks: true},
	{Kind: Note, Digest: true, Asks: true},
	{Kind: Summary, Digest: true},
	{Kind: Rollup},
	{Kind: Alert, Alert: true},
	{Kind: Announcement, Ledger: true},
	{Kind: AnnouncementNear, Ledger: true, Weekly: 2},
	{Kind: AnnouncementFact},
	{Kind: AnnouncementReminder},
	{Kind: Snoozed, Asks: true},
	{Kind: Opened},
	{Kind: Replied},
	{Kind: Shared},
	{Kind: Unshared},
	{Kind: Excusal},
	{Kind: Codes},
	{Kind: Answered},
	{Kind: Superior},
	{Kind: Acting},
	{Kind: Training},
	{Kind: SeatOffer},
	{Kind: Extended, Asks: true},
	{Kind: Session},
	{Kind: Permits},
	{Kind: Evaluation, Asks: true, Fasts: true},
	{Kind: EvaluationReminder, Reminds: true, Asks: true, Alone: true},
	{Kind: Evaluated, Fasts: true},
	{Kind: ReportBack, Fasts: true},
	{Kind: Resolve, Alone: true, Fasts: true},
	{Kind: Signoff},
	{Kind: FollowUp, Asks: true},
	{Kind: FollowUpReminder, Reminds: true, Asks: true},
	{Kind: FollowedUp},
	{Kind: Survey, Asks: true},
	{Kind: SurveyReminder, Reminds: true, Asks: true, Alone: true},
	{Kind: SurveyReport},
	{Kind: SurveyNews},
	{Kind: Campaign, Reminds: true, Asks: true},
	{Kind: Help},
	{Kind: Plan},
	{Kind: PlanReminder},
	{Kind: PlanMonth},
	{Kind: Plans, Alert: true},
	{Kind: Agreement},
}

// Table returns the rows of all kinds.
func Table() []Traits { return slices.Clone(traits) }

// Traits returns the row of the kind; the zero Traits when it has none.
func (k Kind) Traits() Traits {
	for _, t := range traits {
		if t.Kind == k {
			return t
		}
	}
	return Traits{}
}

// Kinds returns the kinds whose row has what is asked for, in the order of the
// table.
func Kinds(has func(Traits) bool) []Kind {
	var out []Kind
	for _, t := range traits {
		if has(t) {
			out = append(out, t.Kind)
		}
	}
	return out
}

// Check returns an error that names the kind when it has no row.
func (k Kind) Check() error {
	if k.Traits() == (Traits{}) {
		return fmt.Errorf("the kind of message %q has no row in the table of kinds (internal/outreach)", string(k))
	}
	return nil
}

// coveredBy tells whether a digest of kind d replaces a single message of kind k
// (rules 2 and 8): the note all prompts about own tasks, the summary the alerts
// to a supervisor.
func (k Kind) coveredBy(d Kind) bool {
	switch d {
	case Note:
		return !k.Traits().Digest
	case Summary:
		return k.Traits().Alert
	}
	return false
}
