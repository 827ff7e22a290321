// Package task is the spine of Bangkom: one row for each thing that a person
// owes (tugas), who acts, about whom, until when, and where it stands. Lists,
// reminders, summaries and counts read only tasks. The package is pure.
package task

import (
	"errors"
	"time"
)

// Kind is what sort of thing is owed.
type Kind string

// The kinds of tasks that exist so far.
const (
	SelfAssessment          Kind = "self_assessment"           // penilaian mandiri
	SelfAssessmentTechnical Kind = "self_assessment_technical" // kompetensi teknis, opened on request
	Interest                Kind = "interest"                  // minat belajar, one optional tap
	Rating                  Kind = "rating"                    // penilaian atasan, of one subordinate
)

// Owed tells whether the kind is something that a person is asked for. The
// others are offered and may be left alone: they are in no list and no count.
func (k Kind) Owed() bool { return k == SelfAssessment || k == Rating }

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
	PeriodID      int64     `json:"period_id"`
	PeriodName    string    `json:"period_name"`
	PeriodClosed  bool      `json:"period_closed"`
	Questionnaire string    `json:"questionnaire"`
	Version       int       `json:"version"`
	OpensAt       time.Time `json:"opens_at"`
	DueAt         time.Time `json:"due_at"`
	RatingDueAt   time.Time `json:"rating_due_at"` // until when the supervisor rates
	State         State     `json:"state"`
	Revision      int       `json:"revision"` // of the last answers sent; 0 = none
}

// Availability tells why a task can or cannot be worked on.
type Availability string

// The values of Availability.
const (
	Available Availability = "available"
	NotYet    Availability = "not_yet" // it opens later
	Late      Availability = "late"    // the deadline has passed or the period was closed
	Released  Availability = "released"
)

// Availability decides whether answers may be given or changed at now. A
// deadline equal to now has passed.
func (t Task) Availability(now time.Time) Availability {
	switch {
	case t.State == Excused:
		return Released
	case t.State == Expired || t.PeriodClosed || !now.Before(t.DueAt):
		return Late
	case now.Before(t.OpensAt):
		return NotYet
	}
	return Available
}

// Board tells where an open period stands. The zero Board = no period is open.
type Board struct {
	Name    string    `db:"name"`
	DueAt   time.Time `db:"due_at"`
	People  int       `db:"people"` // who owe a self-assessment
	Started int       `db:"started"`
	Done    int       `db:"done"`
}

// The reasons why a period cannot be opened.
var (
	ErrPeriodOpen = errors.New("a period is open already")
	ErrPeriodName = errors.New("a period of that name exists already")
)
