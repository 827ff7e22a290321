package announcement

import (
	"fmt"
	"time"
)

// Patch is where an edit, or a deletion, of a message that was sent stands.
type Patch string

// The patches; "" = nothing had to be changed.
const (
	PatchQueued  Patch = "queued"
	PatchDone    Patch = "done"
	PatchRefused Patch = "refused" // Telegram does not do it; the message stays as it was
)

// Filter chooses announcements for somebody of the personnel office.
type Filter struct {
	States  []State // only these; none = all but Deleted
	Author  int64   // who looks: nobody else sees this person's drafts
	Anybody bool    // also what others of the office have written, drafts apart
}

// Living are all states but Deleted.
func Living() []State {
	return []State{Draft, Asked, Approved, Sending, Paused, Done, Cancelled}
}

// SilentAlone is the smallest number of people that is told alone as silent by own wish;
// fewer are only part of those who are not reached.
const SilentAlone = 5

// Forecast is what would become of an announcement that goes at a moment: the parts add
// up to Total.
type Forecast struct {
	Total       int
	Now         int       // would go at once
	Held        int       // would wait for hours, budget or a day of work
	Until       time.Time // the last of them would go then; zero = none waits
	Expired     int       // its end would come first
	Unlinked    int       // have no account
	Unreachable int       // blocked, or silent by own wish
	Silent      int       // of these, silent by own wish; 0 = fewer than SilentAlone
	Late        int       // of Held and Expired: would hear only after the near event
}

// Reach is what a correction does at once.
type Reach struct {
	Version int // of the content by now
	Edits   int // messages that are edited
	Waiting int // have not got it yet and get the new text
}

// TakeBack is what taking back can do (Tarik).
type TakeBack struct {
	Messages int // Telegram still deletes them
	TooOld   int // older than 48 hours: they stay
	Waiting  int // have not got it yet and will not
}

// TakeBackLimit is how old a message may be that Telegram deletes for everybody.
const TakeBackLimit = 48 * time.Hour

// Question is a question about an announcement and its answer.
type Question struct {
	ID           int64
	Announcement int64
	Employee     int64 // who asks
	Name         string
	Unit         string
	Body         string
	AskedAt      time.Time
	To           int64 // to whom it was passed on; 0 = nobody
	Answer       string
	AnsweredBy   int64
	AnsweredAt   time.Time // zero = open
	Published    bool
}

// Option is something that an audience can be narrowed to, with how many people it holds.
type Option struct {
	ID     int64  // of a unit; 0 = a position or class
	Name   string // of the unit, position or class
	Code   string // of a class
	People int    // in service; of a unit with all below it
	Below  int    // units directly below
}

// Letter is everything that the message to one recipient is made of, read at the moment
// when it is claimed for sending.
type Letter struct {
	Announcement
	Employee int64
	ChatID   int64
	EditOf   int   // the message to edit or to delete; 0 = a new one
	ReplyTo  int   // the message that it answers; 0 = none
	Notice   int64 // the notification that says why it came; 0 = not kept any more
	Template string
	Read     bool // the newest version was read
	ReadAt   time.Time
	At       time.Time // when the message goes, or has gone: its heading
	// Corrected: this version is a correction of facts, so that its first line says so.
	Corrected bool
}

// The templates of what is made at the claim.
const (
	MessageTemplate  = "announcement.message"  // the announcement itself, and edits of it
	FactTemplate     = "announcement.fact"     // the short reply of a correction of facts
	ReminderTemplate = "announcement.reminder" // Ingatkan yang belum membaca
	DeleteTemplate   = "announcement.delete"   // Tarik
)

// FactKey begins the natural key of the decision about the short reply of a version.
func FactKey(id int64, version int) string {
	return fmt.Sprintf("announcement-fact:%d:%d:", id, version)
}

// Key is the natural key of the decision about one recipient.
func Key(id, employee int64) string {
	return fmt.Sprintf("announcement:%d:%d", id, employee)
}
