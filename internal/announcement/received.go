package announcement

import "time"

// Received is an announcement as one person of its audience has it.
type Received struct {
	Announcement
	Delivery    Delivery
	SentAt      time.Time // zero = it has not gone to the person
	ReadAt      time.Time // of Sudah saya baca; zero = not pressed
	ReadVersion int       // that was read so; 0 = none
	Answers     int       // answers that are published to everybody
}

// Unread tells whether the person is still asked to say that the present version was
// read.
func (r Received) Unread() bool { return r.Ack && r.ReadVersion < r.Version }

// Went is when it went to the person, or began to go out.
func (r Received) Went() time.Time {
	if r.SentAt.IsZero() {
		return r.StartedAt
	}
	return r.SentAt
}

// Entry is a line of the archive (arsip pengumuman).
type Entry struct {
	ID     int64
	Title  string
	At     time.Time // when it went to the person, or began to go out
	Unread bool      // asks for Sudah saya baca, and that was not pressed for the present version
}

// Archive is a page of what somebody has received.
type Archive struct {
	Entries []Entry
	Total   int // on all pages
	Unread  int // of them
}

// Read is what became of a press on Sudah saya baca.
type Read struct {
	Version int  // that is the present one
	Old     bool // an older version was on show (membaca naskah lama)
	Again   bool // the same had been said before; nothing was changed
	Message int  // the message of the announcement in the person's chat; 0 = none is known
}
