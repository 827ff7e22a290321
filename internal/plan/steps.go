package plan

// The steps of buttons below what a job sends. Package plan of the rooms runs them.
const (
	OwnStep      = "rencana-ku"    // the own plan; the ref is the year, 0 = that of now
	LineStep     = "rencana-baris" // a line of the own plan, which is the ref
	TeamStep     = "rencana-tim"   // the plans that wait for the presser
	AgreeAllStep = "rencana-semua" // agrees to all of them; the value is the mark of what was shown
)

// Progress is how far somebody is with what was submitted of a plan. The zero Progress is that
// nothing was.
type Progress struct {
	Lines int // without those that were dropped
	Done  int
	Year  int
}

// Fresh is the value of the button that shows the plan in a message of its own: the card with
// that button may be a picture, or say something that should stay.
const Fresh = "baru"
