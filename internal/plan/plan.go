// Package plan is the development plan of one person for a year (rencana pengembangan
// kompetensi individu, IDP): what can be done about what the position requires and the person
// does not show yet, what was chosen of it, what the superior agreed to, and how each line
// ends. The package is pure; storage owns the rows.
package plan

import (
	"time"

	"bangkom/internal/personnel"
)

// Form is how something is learnt (bentuk pengembangan).
type Form string

// The forms, in the order in which they are offered where nothing else decides.
const (
	SelfStudy  Form = "self"       // belajar mandiri, e-learning
	Coaching   Form = "coaching"   // coaching by the superior
	Mentoring  Form = "mentoring"  // with somebody experienced
	Training   Form = "training"   // pelatihan, bimbingan teknis
	Assignment Form = "assignment" // penugasan
)

// Forms are all of them.
func Forms() []Form { return []Form{SelfStudy, Coaching, Mentoring, Training, Assignment} }

// Share is to which part of the mix of learning a form belongs, in per cent: 10 in class, 20
// from others, 70 at work. The mix is what agencies use (10:20:70); that self-study belongs to
// the work is a choice of the program, no rule. 0 = not a form.
func (f Form) Share() int {
	switch f {
	case Training:
		return 10
	case Coaching, Mentoring:
		return 20
	case SelfStudy, Assignment:
		return 70
	}
	return 0
}

// Source is where a line comes from.
type Source string

// The sources, in the order of the card.
const (
	FromGap  Source = "gap"  // a level below what the position requires
	FromDuty Source = "duty" // a technical competency that the position requires and that was not assessed yet
	FromUnit Source = "unit" // what the person's unit proposes for the year (usulan unit)
	FromWish Source = "wish" // what the person would like to learn
)

// State is where a line stands.
type State string

// The states of a line. Chosen, Submitted and Agreed are open.
const (
	Chosen    State = "chosen"
	Submitted State = "submitted" // diajukan
	Agreed    State = "agreed"    // disetujui
	Done      State = "done"
	Moved     State = "moved"   // to the next year, with a reason
	Dropped   State = "dropped" // with a reason
)

// Open tells whether something is still to be done.
func (s State) Open() bool { return s == Chosen || s == Submitted || s == Agreed }

// Reason is why a line was moved or dropped, or how it was done.
type Reason string

// The reasons. Those of a person's own choice are Drops.
const (
	ByAttendance Reason = "attendance" // done: the person was there
	BySelf       Reason = "self"       // done: the person says so
	NoNeed       Reason = "no_need"    // dropped: not needed any more
	NoTime       Reason = "no_time"    // dropped
	OtherWay     Reason = "other_way"  // dropped: learnt in another way
	Unsubmitted  Reason = "unsubmitted"
	NoBatch      Reason = "no_batch"   // moved: there was no place in a training
	CancelledFor Reason = "cancelled"  // moved: the training was cancelled
	Unfinished   Reason = "unfinished" // moved: the year was over
	LeftService  Reason = "left"       // dropped: the person is not in service any more
)

// Drops are the reasons that a person can give for dropping a line that was submitted.
func Drops() []Reason { return []Reason{NoNeed, NoTime, OtherWay} }

// Course is a training that develops what a line is about, with its next batch.
type Course struct {
	Programme int64
	Title     string
	Level     int // up to which it leads; 0 = not told
	// Batch is one for which the person can still register; 0 = none. Free are the seats that
	// nobody has.
	Batch  int64
	Name   string
	Starts time.Time
	Free   int
}

// Line is one thing that somebody means to do.
type Line struct {
	ID                             int64
	Year                           int
	Item                           string // what it is about, unique for the person and the form
	Source                         Source
	Code                           string // of the competency; "" = about none
	Title                          string
	Form                           Form
	Programme                      int64  // of a training; 0 = none was chosen
	Course                         string // title of that programme
	State                          State
	Reason                         Reason
	SubmittedAt, AgreedAt, EndedAt time.Time
	RemindOn                       time.Time // civil date; zero = no reminder was asked for
	Carried                        bool      // it was moved here from the year before
	// Batch is the training in which the person takes part for it now; 0 = none.
	Batch     int64
	BatchName string
	Starts    time.Time // zero = it has no day yet
	Cancelled string    // name of a batch in which the person was, and that was cancelled
}

// Plan is what a person means to do in a year. The zero Plan is none.
type Plan struct {
	Employee    int64
	Year        int
	Revision    int
	SubmittedAt time.Time
	AgreedAt    time.Time
	AgreedBy    string    // name, as people are addressed
	StandsAt    time.Time // the superior was silent: it stands as submitted
	Lines       []Line
}

// Of are the lines of some states.
func (p Plan) Of(states ...State) (out []Line) {
	for _, l := range p.Lines {
		for _, s := range states {
			if l.State == s {
				out = append(out, l)
			}
		}
	}
	return out
}

// Waiting is a plan that waits for the superior's word.
type Waiting struct {
	Person      personnel.Employee
	Year        int
	Revision    int
	SubmittedAt time.Time
	Lines       []Line // that are submitted
}

// YearOf is the plan year of a moment in the agency's zone: from December on, the next one is
// planned.
func YearOf(now time.Time) int {
	if now.Month() == time.December {
		return now.Year() + 1
	}
	return now.Year()
}

// SilentDays is how many working days a superior has for a plan; then it stands as submitted.
const SilentDays = 10
