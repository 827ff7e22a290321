package persuasion

import (
	"time"

	"bangkom/internal/task"
)

// Campaign is an invitation in the words of the personnel office (ajakan) to everybody whose
// task of one occasion is open.
type Campaign struct {
	ID       int64
	Occasion int64
	Name     string // of the occasion
	Kind     task.Kind
	Words    Words
	Author   int64
	Starts   time.Time
	Ends     time.Time // the last moment at which a message goes
	CountsAt time.Time // from when on it is told how many did the task
	Figures  *Figures  // nil = not counted yet
}

// The days of a campaign: for how many a message may wait for hours and budget, and for how
// many what was done counts after it came.
const (
	sendFor  = 7
	countFor = 7
)

// Times sets when a campaign that starts now ends and is counted. Nothing goes after the last
// task is due.
func (c *Campaign) Times(now, due time.Time) {
	c.Starts, c.Ends = now, now.AddDate(0, 0, sendFor)
	if due.Before(c.Ends) {
		c.Ends = due
	}
	c.CountsAt = c.Ends.AddDate(0, 0, countFor)
}

// CountDays is for how many days after the message what was done counts.
const CountDays = countFor

// Kinds are the kinds of tasks for which there are campaigns: those that people do themselves
// and that have a name. Of answers without one nobody is counted.
func Kinds() []task.Kind { return []task.Kind{task.SelfAssessment, task.FollowUp} }

// Choosable is an occasion for which a campaign may start.
type Choosable struct {
	Occasion int64
	Name     string
	Kind     task.Kind
	Title    string    // of what is asked
	Items    int       // questions
	Minutes  int       // for all of them
	Due      time.Time // of the last open task
	People   int       // who would get a message
	Staged   int       // of these, in units with a stage
}

// Invited is somebody to whom a campaign goes.
type Invited struct {
	Campaign
	Task, Employee int64
	Plain          bool
}

// Helper is somebody who helps the people of a unit (pendamping).
type Helper struct {
	Unit     int64
	UnitName string
	Employee int64
	Name     string // as addressed
	Linked   bool
}

// Request is somebody who has agreed to be called by a helper about a task.
type Request struct {
	ID         int64
	Employee   int64
	Name       string // as addressed
	Unit       string
	Phone      string // E.164; "" = none is known
	Title      string // of the task
	Helper     int64
	HelperName string
	Asked      time.Time
	Contacted  time.Time // zero = not yet
	Passed     time.Time // to the personnel office; zero = not
}

// Card is a message that shows who is to be called, and under which number.
type Card struct {
	Chat    int64
	Message int
}

// SilentDays is how many working days a helper has; then the personnel office is told.
const SilentDays = 2

// KeepDays is for how many days a request is kept.
const KeepDays = 30

// The buttons about requests for help; their refs are requests, of AskStep a task.
const (
	AskStep     = "damping"
	RequestStep = "dampingsatu"
	DoneStep    = "dampingya"
)
