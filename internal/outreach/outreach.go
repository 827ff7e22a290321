// Package outreach is the one place that decides whether Bangkom may write by
// itself: the working calendar (kalender kerja), the hours in which a message
// may go (jam kirim), the attention budget (anggaran perhatian), the ladder of
// reminders (tangga pengingat), the times of Nanti, and the rule that stops
// sending to a unit that has had enough.
//
// Rules are functions over values and now; every answer carries a Reason, whose
// code is stored, so that `Alasan pesan ini` can explain any message and any
// silence. The numbers are rows of Rules and of the shipped calendar. The
// package is pure: it knows no clock, no database and no wording.
//
// "Rule n" in comments is product.md 2.3, the anti-fatigue rules.
package outreach

// Class is what a message may do to a person (rule 1). A class that is not
// listed here may never go.
type Class string

// The classes of messages.
const (
	Reply     Class = "reply"     // the answer to what a person just did
	Service   Class = "service"   // what the person asked for: enrolment, session, snoozed item
	Prompt    Class = "prompt"    // reminder, note, summary, nudge
	Broadcast Class = "broadcast" // HR's announcement (pengumuman)
	Emergency Class = "emergency" // two approvers, logged
)

// budgeted tells whether the class counts in the caps.
func (c Class) budgeted() bool { return c == Prompt || c == Broadcast }

// Kind is what a message is about, as far as a rule asks.
type Kind string

// The kinds of messages that rules tell apart. Any other kind is treated by its
// class alone.
const (
	Invitation   Kind = "invitation"   // a task has opened
	Reminder     Kind = "reminder"     // one step of the robot's ladder
	Nudge        Kind = "nudge"        // a reminder in the name of the supervisor (atasan)
	Note         Kind = "note"         // the weekly note of an ASN (catatan mingguan)
	Summary      Kind = "summary"      // the weekly summary of a supervisor (ringkasan)
	Alert        Kind = "alert"        // one matter that a supervisor's summary also holds
	Announcement Kind = "announcement" // HR's announcement
	Snoozed      Kind = "snoozed"      // what the person put off with Nanti
	Opened       Kind = "opened"       // both views of a rating were sent and may be seen
	Shared       Kind = "shared"       // a superior has asked the person to help to rate
	Unshared     Kind = "unshared"     // the register has ended that the person helps to rate
	Excusal      Kind = "excusal"      // a superior has decided that the person need not fill in
	Acting       Kind = "acting"       // the personnel office has checked a letter about a stand-in
)

// digest tells whether the kind gathers several matters.
func (k Kind) digest() bool { return k == Note || k == Summary }

// reminds tells whether a message of this kind counts as a reminder after the
// invitation (rule 2). A supervisor's nudge does: for the person it is one more.
func (k Kind) reminds() bool { return k == Reminder || k == Nudge }

// coveredBy tells whether a digest of kind d replaces a single message of kind k
// (rules 2 and 8): the note all prompts about own tasks, the summary the alerts
// to a supervisor.
func (k Kind) coveredBy(d Kind) bool {
	switch d {
	case Note:
		return !k.digest()
	case Summary:
		return k == Alert
	}
	return false
}
