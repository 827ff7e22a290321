package persuasion

// The limits below which a number is not told: of people, and of a group of which is told how
// many did something. With ten, neither those who did it nor those who did not can be told
// apart when they are few.
const (
	fewest     = 5
	fewestDone = 10
)

// Group is how many of one half of a campaign were reached, and how many of these did the task
// in time.
type Group struct {
	Reached int `db:"reached"`
	Done    int `db:"done"`
}

// How says how a number is told.
type How string

// The ways to tell a number.
const (
	Hidden  How = ""      // not at all
	Exactly How = "exact" // as it is
	Few     How = "few"   // fewer than five
	Most    How = "most"  // all, or all but fewer than five
)

// Number is a number as it is told; N is 0 unless it is told exactly.
type Number struct {
	How How `json:"how"`
	N   int `json:"n,omitempty"`
}

// Told is what is told of a group.
type Told struct {
	Reached Number `json:"reached"`
	Done    Number `json:"done"`
}

// Figures are what is told of a campaign: of those with a text of the family of their stage, or
// for whom none fitted, and of those who were drawn for the neutral text. There is no sum of both, and none by
// unit, so that nothing follows by subtraction.
type Figures struct {
	Text  Told `json:"text"`
	Plain Told `json:"plain"`
}

// Tell says what may be told of a group.
func Tell(g Group) Told {
	switch undone := g.Reached - g.Done; {
	case g.Reached < fewest:
		return Told{Reached: Number{How: Few}}
	case g.Reached < fewestDone:
		return Told{Reached: Number{Exactly, g.Reached}}
	case g.Done < fewest:
		return Told{Number{Exactly, g.Reached}, Number{How: Few}}
	case undone < fewest:
		return Told{Number{Exactly, g.Reached}, Number{How: Most}}
	}
	return Told{Number{Exactly, g.Reached}, Number{Exactly, g.Done}}
}
