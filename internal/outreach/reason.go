package outreach

// Reason tells why a message goes, waits or does not go, and where a step of a
// ladder stands. Its code is stored and never changes its meaning; the words for
// people are in the catalogue.
type Reason string

// Free, the zero Reason, says that nothing is against a message.
const Free Reason = ""

// Why a message goes or joins another one.
const (
	Allowed Reason = "allowed"  // inside a window and the budget
	IsReply Reason = "reply"    // the answer to what the person did
	Asked   Reason = "asked"    // the person asked for it
	SameDay Reason = "same_day" // joins the message of that day (rule 8)
)

// Why there is no moment for a message now (rule 1).
const (
	OutsideHours      Reason = "outside_hours"    // night, lunch, prayer, before the assembly
	OnHoliday         Reason = "holiday"          // libur nasional
	OnCollectiveLeave Reason = "collective_leave" // cuti bersama
	OnLeave           Reason = "leave"            // recorded leave of the person
	OnDayOff          Reason = "day_off"          // the unit does not work on that weekday
	CalendarMissing   Reason = "calendar_missing" // the days off of that year are not known
	TooEarly          Reason = "too_early"        // before the message's own time
)

// Why the budget says no.
const (
	CapDay          Reason = "cap_day"           // rule 1
	CapWeek         Reason = "cap_week"          // rule 1
	CapDeadlineWeek Reason = "cap_deadline_week" // rule 1
	Yields          Reason = "yields"            // to an announcement that waits (rule 1)
	ReplacedByNote  Reason = "in_digest"         // that week's note or summary holds it (rules 2 and 8)
	TaskToday       Reason = "task_today"        // the person was reminded of this task today already
)

// Why a person, a unit or a matter gets no message.
const (
	NotLinked     Reason = "not_linked"      // no account (rule 10)
	Unreachable   Reason = "unreachable"     // blocked or deactivated (rule 10)
	UnitPaused    Reason = "unit_paused"     // rule 12
	Muted         Reason = "muted"           // the person wants silence (rule 11)
	SnoozedUntil  Reason = "snoozed"         // put off by the person (rule 5)
	SnoozedOut    Reason = "snoozed_out"     // put off twice: the robot is silent (rule 5)
	OpensAlone    Reason = "opens_alone"     // the person opens it without being reminded; the last reminder still comes
	Reminded      Reason = "reminders_spent" // three reminders after the invitation (rule 2)
	NudgeCoolDown Reason = "nudge_cool_down" // rule 7
	FormerBoss    Reason = "former_superior" // a nudge of who no longer leads the person
	Finished      Reason = "finished"        // the task is done
	Released      Reason = "released"        // the task is excused (tidak perlu mengisi)
	Closed        Reason = "closed"          // the task is closed as not answered
	Expired       Reason = "expired"         // past the message's own expiry (rule 2)
	EmptyDigest   Reason = "empty_digest"    // nothing is owed (rules 2 and 9)
	DigestMonthly Reason = "digest_monthly"  // four digests without a tap (rule 9)
	UnknownClass  Reason = "unknown_class"   // no rule allows it
)

// Where a step of a ladder stands, beside the reasons above.
const (
	StepDue    Reason = "due"         // it may go now
	StepSent   Reason = "sent"        // it has gone
	StepEarly  Reason = "not_yet"     // its day has not come
	Missed     Reason = "missed"      // its time went by; the budget's reasons say why
	Overtaken  Reason = "overtaken"   // it would land on or after the next step
	AfterDue   Reason = "after_due"   // it would land on or after the deadline
	NotStarted Reason = "not_started" // the second reminder is for those who started
	NotInvited Reason = "not_invited" // the invitation has not gone
	Anonymous  Reason = "anonymous"   // answers without names are never escalated (rules 5 and 6)
)

// Reasons returns all codes but Free, in the order of this file, for the test
// that every one has its words.
func Reasons() []Reason {
	return []Reason{
		Allowed, IsReply, Asked, SameDay,
		OutsideHours, OnHoliday, OnCollectiveLeave, OnLeave, OnDayOff, CalendarMissing, TooEarly,
		CapDay, CapWeek, CapDeadlineWeek, Yields, ReplacedByNote, TaskToday,
		NotLinked, Unreachable, UnitPaused, Muted, SnoozedUntil, SnoozedOut, OpensAlone, Reminded, NudgeCoolDown, FormerBoss, Finished,
		Released, Closed, Expired, EmptyDigest, DigestMonthly, UnknownClass,
		StepDue, StepSent, StepEarly, Missed, Overtaken, AfterDue, NotStarted, NotInvited, Anonymous,
	}
}
