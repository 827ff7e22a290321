// Package announcement holds the rules of the personnel office's announcements
// (pengumuman): what one is, to whom it goes, who must approve it, and what may become
// of it for each person. It is pure: it knows no clock, no database and no wording.
package announcement

import (
	"time"

	"bangkom/internal/dialog"
)

// State is where an announcement stands.
type State string

// The states. What was approved only goes forward; Paused and Sending alternate.
const (
	Draft     State = "draft"     // its author writes it
	Asked     State = "asked"     // waits for a second person (persetujuan)
	Approved  State = "approved"  // its audience is frozen; it waits for its hour
	Sending   State = "sending"   // recipients are decided and served
	Paused    State = "paused"    // Jeda
	Done      State = "done"      // nobody waits any more
	Cancelled State = "cancelled" // Batalkan: who had not got it does not get it
	Deleted   State = "deleted"   // a draft that was thrown away
)

// Kind is the sort of an announcement.
type Kind string

// The kinds. A near event (acara dekat) lies within two working days and may go outside
// the week's budget.
const (
	Ordinary Kind = "ordinary"
	Near     Kind = "near"
)

// Correction is the sort of a new version (ralat).
type Correction string

// The corrections. First is no correction: it is what was approved.
const (
	First Correction = "first"
	Small Correction = "small" // perbaikan kecil: edits in silence
	Fact  Correction = "fact"  // waktu atau tempat: edits, and one short reply tells the new fact
)

// Delivery is where an announcement stands for one recipient: the state of a row of
// the ledger (laporan pengiriman).
type Delivery string

// The deliveries. Waiting, Held, Queued and Unlinked are not final.
const (
	Waiting     Delivery = "waiting"     // not decided yet
	Held        Delivery = "held"        // waits for hours, budget or a day of work
	Queued      Delivery = "queued"      // stands in the outbox
	Sent        Delivery = "sent"        // Telegram has accepted it
	Unknown     Delivery = "unknown"     // the call was cut off: it may have arrived
	Failed      Delivery = "failed"      // Telegram refused it
	Expired     Delivery = "expired"     // its end came first
	Unreachable Delivery = "unreachable" // blocked, or silent by own wish
	Unlinked    Delivery = "unlinked"    // has no account; decided again on linking before the end
	Left        Delivery = "left"        // is no active employee any more
	Stopped     Delivery = "cancelled"   // cancelled before it went
	Withdrawn   Delivery = "withdrawn"   // was deleted from the chat (Tarik)
)

// Entity is a part of a text with a meaning or a look.
type Entity = dialog.Entity

// File is a picture or a document that Telegram keeps.
type File = dialog.File

// Announcement is one announcement as it is stored.
type Announcement struct {
	ID          int64
	Author      int64 // employee
	State       State
	Kind        Kind
	EventAt     time.Time // of a near event; zero = none
	Body        string    // as typed
	Entities    []Entity
	File        File   // beside the text, which is its caption then
	Files       []File // further ones, behind buttons
	Ack         bool   // asks for Sudah saya baca
	LinkLabel   string
	LinkURL     string
	Audience    Audience
	Batch       Carried // of a training; the zero value = it carries none
	Version     int     // of the content, from 1
	Revision    int     // of the draft, from 1
	AskedAt     time.Time
	AskedUntil  time.Time
	ApprovedBy  int64 // 0 = nobody was needed
	ApprovedAt  time.Time
	Frozen      int       // people in the audience at the approval
	SendAt      time.Time // zero = at once
	Expires     time.Time
	StartedAt   time.Time
	EndedAt     time.Time
	StoppedFor  string // why the program paused it by itself; "" = it did not
	ChatID      int64  // where its progress is shown
	MessageID   int
	Told        string // what that message showed last
	ToldAt      time.Time
	ToldN       int       // edits of that message so far
	WithdrawnAt time.Time // Tarik; zero = it stands
	Correction  Correction
	Fact        string // of a correction of facts: the new fact
	CorrectedAt time.Time
}

// Audience says who gets an announcement: everybody active to whom all filled fields
// apply. There is no field for levels or gaps on purpose: a count with narrowing filters
// would read ratings.
type Audience struct {
	All        bool     `json:"all,omitempty"`        // everybody was chosen: an empty audience may be one that nobody has thought about
	Units      []int64  `json:"units,omitempty"`      // with all below them
	Titles     []string `json:"titles,omitempty"`     // names of positions, as in the register
	Classes    []string `json:"classes,omitempty"`    // kelas jabatan
	Status     string   `json:"status,omitempty"`     // "PNS" or "PPPK"; "" = both
	Superiors  bool     `json:"superiors,omitempty"`  // atasan langsung
	Heads      bool     `json:"heads,omitempty"`      // heads of units
	Officers   bool     `json:"officers,omitempty"`   // petugas kepegawaian of units
	Unassessed bool     `json:"unassessed,omitempty"` // has not sent the self-assessment of the open period
	People     []int64  `json:"people,omitempty"`     // from a file of NIPs
	Minus      Minus    `json:"minus"`
}

// Chosen tells whether somebody has said who it is for. Everybody is a choice too.
func (a Audience) Chosen() bool { return a.All || a.narrowed() }

// narrowed tells whether it is not everybody. What is taken out of an audience chooses none.
func (a Audience) narrowed() bool {
	return len(a.Units)+len(a.Titles)+len(a.Classes)+len(a.People) > 0 || a.Status != "" || a.Superiors || a.Heads || a.Officers || a.Unassessed
}

// Settled is the audience as it is kept: whoever narrows everybody has not chosen
// everybody any more, and does not get that back by taking the last rule away.
func (a Audience) Settled() Audience {
	a.All = a.All && !a.narrowed()
	return a
}

// Minus takes people out of an audience.
type Minus struct {
	OnLeave  bool `json:"on_leave,omitempty"`  // absent today by the register
	ThisWeek bool `json:"this_week,omitempty"` // had an announcement since Monday
}

// Counts is how many recipients stand where.
type Counts struct {
	Total       int
	By          map[Delivery]int
	Read        int            // have pressed Sudah saya baca for the newest version
	ReadOld     int            // have read an older version only (membaca naskah lama)
	ToldDirect  int            // Disampaikan langsung
	Corrected   int            // show the newest version
	Uncorrected int            // show an older one, and why is in the ledger
	Refused     int            // of these, Telegram has refused to edit or delete the message
	Patching    int            // edits and deletions that are on their way
	Silent      int            // silent by own wish, part of Unreachable; 0 = fewer than SilentAlone
	Remindable  int            // have it, have not read it, and were not reminded yet
	Failed      map[string]int // of Failed, by cause
}
