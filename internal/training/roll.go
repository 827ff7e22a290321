package training

import (
	"time"

	"bangkom/internal/personnel"
)

// Attendee is somebody who may be in a session, and what is marked of it.
type Attendee struct {
	Person  personnel.Employee
	Grade   string // pangkat/golongan; "" = not known
	Way     Way
	Linked  bool // has an account
	Marked  bool // Present says something
	Present bool
}

// Heads counts a list of attendees.
type Heads struct{ All, Present, Absent, Open int }

// Count counts who was there, who was not, and of whom nothing is marked.
func Count(list []Attendee) (h Heads) {
	for _, a := range list {
		switch h.All++; {
		case !a.Marked:
			h.Open++
		case a.Present:
			h.Present++
		default:
			h.Absent++
		}
	}
	return h
}

// Meeting is a session that runs now, for somebody who may be in it, with the wrong codes
// that the person has typed.
type Meeting struct {
	Session
	Batch int64
	Name  string    // of the batch
	Tries int       // wrong codes since Since
	Since time.Time // of the first of them; zero = there is none
}

// Locked tells until when no more codes of the person are read; zero = they are.
func (m Meeting) Locked(now time.Time) time.Time {
	if until := m.Since.Add(CodeWindow); m.Tries >= CodeTries && now.Before(until) {
		return until
	}
	return time.Time{}
}

// Ahead is what is ahead of somebody: the next session, seats that are offered, and what
// the person may still say of trainings that are over.
type Ahead struct {
	Name   string    // of the batch of that session
	Starts time.Time // zero = there is none
	Offers int
	Says   int       // evaluations that are open and not sent
	Closes time.Time // the first of their closes; zero = there is none
}

// UnitBatch is a batch as the officer of a unit sees it.
type UnitBatch struct {
	Batch
	Ours int // people of the officer's units who have a seat
	Owed int // of those, have no surat tugas
}
