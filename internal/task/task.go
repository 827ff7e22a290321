// Package task is the spine of Bangkom: one row for each thing that a person
// owes (tugas), who acts, about whom, until when, and where it stands. Lists,
// reminders, summaries and counts read only tasks. The package is pure.
package task

import (
	"errors"
	"time"
)

// State is where a task stands.
type State string

// The states of a task. Excused and Expired are final; Done may be changed
// again until the deadline.
const (
	Open    State = "open"
	Started State = "started"
	Done    State = "done"
	Excused State = "excused"
	Expired State = "expired"
)

// Task is one thing owed.
type Task struct {
	ID            int64     `json:"id"`
	EmployeeID    int64     `json:"employee_id"` // who acts
	SubjectID     int64     `json:"subject_id"`  // about whom; the same person for a self-assessment
	Kind          Kind      `json:"kind"`
	Occasion      Occasion  `json:"occasion"`
	Questionnaire string    `json:"questionnaire"`
	Version       int       `json:"version"`
	OpensAt       time.Time `json:"opens_at"`
	DueAt         time.Time `json:"due_at"`
	State         State     `json:"state"`
	Revision      int       `json:"revision"` // of the last answers sent; 0 = none
}

// Ends is when the task ends or has ended: its deadline, or earlier if its occasion
// was closed before.
func (t Task) Ends() time.Time {
	if at := t.Occasion.ClosedAt; !at.IsZero() && at.Before(t.DueAt) {
		return at
	}
	return t.DueAt
}

// Availability tells why a task can or cannot be worked on.
type Availability string

// The values of Availability.
const (
	Available Availability = "available"
	NotYet    Availability = "not_yet" // it opens later
	Late      Availability = "late"    // the deadline has passed or the occasion was closed
	Released  Availability = "released"
)

// Availability decides whether answers may be given or changed at now. A
// deadline equal to now has passed.
func (t Task) Availability(now time.Time) Availability {
	switch {
	case t.State == Excused:
		return Released
	case t.State == Expired || t.Occasion.Closed || !now.Before(t.DueAt):
		return Late
	case now.Before(t.OpensAt):
		return NotYet
	}
	return Available
}

// Board tells where an open period stands. The zero Board = no period is open.
type Board struct {
	ID      int64     `db:"id"`
	Name    string    `db:"name"`
	DueAt   time.Time `db:"due_at"`
	People  int       `db:"people"` // who owe a self-assessment
	Started int       `db:"started"`
	Done    int       `db:"done"`
	Excused int       `db:"excused"` // who need not fill in, beside those
}

// The reasons why a period cannot be opened.
var (
	ErrPeriodOpen = errors.New("a period is open already")
	ErrPeriodName = errors.New("a period of that name exists already")
)

// ErrNotLater is why a period cannot be extended: the new deadline, moved to a working
// day, is not later than the present one.
var ErrNotLater = errors.New("the new deadline is not later")

// Extended is a period that was extended (diperpanjang).
type Extended struct {
	Name           string
	Due, RatingDue time.Time // as they are now
	Told           int       // people who are told, when the gate lets them be
}
