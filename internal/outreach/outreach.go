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

import "bangkom/internal/dialog"

// Class is what a message may do to a person (rule 1). It is the class that the
// message itself carries. A class that is not listed here may never go.
type Class = dialog.Class

// The classes of messages, by the names that the rules use.
const (
	Reply     = dialog.ClassReply     // the answer to what a person just did
	Service   = dialog.ClassService   // what the person asked for: enrolment, session, snoozed item
	Prompt    = dialog.ClassPrompt    // reminder, note, summary, nudge
	Broadcast = dialog.ClassBroadcast // HR's announcement (pengumuman)
)

// budgeted tells whether a class counts in the caps.
func budgeted(c Class) bool { return c == Prompt || c == Broadcast }
