// Package persuasion chooses with which words somebody is won over (persuasi) to do what is
// asked: from ten patterns, the one that fits the stage at which the unit is held up in a
// change. A pattern is used only where what it says is true of the person; where nothing fits,
// and for a quarter of each unit, the text is neutral. No pattern threatens, ranks or shames.
//
// The patterns and their stages are those of domain.md 8: planning prompts (Rogers et al.
// 2015), if-then plans (Gollwitzer & Sheeran 2006), support by peers and leaders (Armenakis).
// The package is pure but for the transaction that its job is given.
package persuasion

import (
	"slices"

	"bangkom/internal/readiness"
	"bangkom/internal/satisfaction"
)

// Pattern is one way to say why, when or how (pola pesan).
type Pattern string

// The patterns.
const (
	Reason    Pattern = "reason"     // alasan dahulu: what it is good for
	Choice    Pattern = "choice"     // pilihan: the person chooses
	Planning  Pattern = "planning"   // rencana waktu: asks for a day and an hour
	IfThen    Pattern = "if_then"    // jika-maka: a plan that names its situation
	SmallStep Pattern = "small_step" // langkah kecil: little is enough for today
	Progress  Pattern = "progress"   // capaian: how much is done already
	UnitNorm  Pattern = "unit_norm"  // kebersamaan unit: how many have done it
	Leader    Pattern = "leader"     // teladan pimpinan: what a leader does
	Help      Pattern = "help"       // pendampingan: it may be hard at first, and there is help
	Service   Pattern = "service"    // nilai layanan: what citizens say, without claiming a cause
)

// Traits is all that is known about a pattern: one row of the table.
type Traits struct {
	Pattern Pattern
	Stage   readiness.Stage // to whose family it belongs
	Written bool            // its sentence is written by the personnel office
	// The keys in the catalogue of what it says, how it is called, and how its sentence is asked
	// for; Ask is "" when nobody writes one.
	Says, Name, Ask string
}

// traits is the table of patterns, in the order in which they are offered and tried.
var traits = []Traits{
	{Reason, readiness.Awareness, true, "persuade.reason", "persuade.name_reason", "campaign.ask_reason"},
	{Leader, readiness.Desire, true, "persuade.leader", "persuade.name_leader", "campaign.ask_leader"},
	{UnitNorm, readiness.Desire, false, "persuade.unit_norm", "persuade.name_unit_norm", ""},
	{Choice, readiness.Desire, false, "persuade.choice", "persuade.name_choice", ""},
	{Planning, readiness.Knowledge, false, "persuade.planning", "persuade.name_planning", ""},
	{IfThen, readiness.Ability, true, "persuade.if_then", "persuade.name_if_then", "campaign.ask_if_then"},
	{SmallStep, readiness.Ability, false, "persuade.small_step", "persuade.name_small_step", ""},
	{Help, readiness.Ability, false, "persuade.help", "persuade.name_help", ""},
	{Progress, readiness.Reinforcement, false, "persuade.progress", "persuade.name_progress", ""},
	{Service, readiness.Reinforcement, false, "persuade.service", "persuade.name_service", ""},
}

// Traits returns the row of the pattern; the zero Traits when it has none.
func (p Pattern) Traits() Traits {
	for _, t := range traits {
		if t.Pattern == p {
			return t
		}
	}
	return Traits{}
}

// Counts tells whether the sentence of the pattern holds figures of the person, the unit or its
// service, which a preview can only make up.
func (p Pattern) Counts() bool { return p == Progress || p == UnitNorm || p == Service }

// StageName is the key in the catalogue of what a stage is called; "" of none.
func StageName(s readiness.Stage) string {
	return map[readiness.Stage]string{readiness.Awareness: "persuade.stage_a", readiness.Desire: "persuade.stage_d", readiness.Knowledge: "persuade.stage_k",
		readiness.Ability: "persuade.stage_ab", readiness.Reinforcement: "persuade.stage_r"}[s]
}

// Table returns the rows of all patterns.
func Table() []Traits { return slices.Clone(traits) }

// Stages are the stages that have a family, in their order.
func Stages() []readiness.Stage {
	return []readiness.Stage{readiness.Awareness, readiness.Desire, readiness.Knowledge, readiness.Ability, readiness.Reinforcement}
}

// Survey is what citizens said of a unit in one period.
type Survey struct {
	Index  satisfaction.Centi
	Period satisfaction.Period
}

// Facts are what is known about somebody and the task, when a message is written.
type Facts struct {
	Stage readiness.Stage // of the unit; "" = none is known, or nothing holds it up
	Plain bool            // drawn for the neutral text
	Unit  string
	// Asked and Answered count the people of the unit who have such a task.
	Asked, Answered int
	Surveys         []Survey // of the unit, the two newest; the older one first
	Helper          bool     // somebody can be asked for help who does not lead the person
	Why             bool     // what the answers are used for is the same for everybody who has such a task

	Barrier bool // the message has the button Ada kendala
	Later   bool // it has the button Nanti, and there is time
	Items   int  // questions of the task
	Done    int  // of these, answered
	Minutes int  // for all of them
	// Salutation is Bapak or Ibu.
	Salutation string
}

// Words are what the personnel office has chosen for a campaign.
type Words struct {
	Patterns []Pattern          `json:"patterns"`
	Written  map[Pattern]string `json:"written"`
}

// Automatic are the words of the reminders, which nobody has written: what they say already,
// such as how much is done, is not said twice.
func Automatic() Words {
	return Words{Patterns: []Pattern{Reason, Choice, UnitNorm, Planning, SmallStep, Help, Service}}
}

// The smallest group of which a norm is told, and from which share on.
const (
	normPeople = 10
	normTenths = 5
)

// smallStep is how many questions are enough for one day.
const smallStep = 3

// Fitting are the patterns that may be used, in the order of the table: those of the family of
// the stage whose facts are there. None for who was drawn for the neutral text, and without
// a stage.
func Fitting(f Facts, w Words) (fit []Pattern) {
	if f.Stage == "" || f.Plain {
		return nil
	}
	for _, t := range traits {
		if t.Stage == f.Stage && slices.Contains(w.Patterns, t.Pattern) && f.hold(t.Pattern, w) {
			fit = append(fit, t.Pattern)
		}
	}
	return fit
}

// hold tells whether what a pattern says is true.
func (f Facts) hold(p Pattern, w Words) bool {
	switch p {
	case Reason:
		return w.Written[p] != "" || f.Why
	case Leader, IfThen:
		return w.Written[p] != ""
	case Choice:
		return true
	case UnitNorm:
		return f.normTenths() >= normTenths
	case Planning:
		return f.Later
	case SmallStep:
		return f.Later && f.Items-f.Done > smallStep
	case Help:
		return f.Helper && f.Barrier
	case Progress:
		return f.Done > 0 && f.Done < f.Items
	case Service:
		return len(f.Surveys) == 2 && f.Surveys[0].Index <= f.Surveys[1].Index
	}
	return false
}

// normTenths is how many have answered, in tenths that are rounded down; 0 of a group that is
// too small to be told of. It is never all: the person has not.
func (f Facts) normTenths() int {
	if f.Asked < normPeople || f.Answered >= f.Asked {
		return 0
	}
	return 10 * f.Answered / f.Asked
}

// Choose takes one of the fitting patterns; a further message takes the next one, so that the
// same words do not come twice in a row. "" = the text is neutral.
func Choose(f Facts, w Words, turn int) Pattern {
	fit := Fitting(f, w)
	if len(fit) == 0 {
		return ""
	}
	return fit[turn%len(fit)]
}

// Quarter draws a quarter of the people of a unit, the same ones whenever it is asked again:
// rank gives each person a number that nobody can guess, and unit is one for the unit itself.
// Of four people it is one, of two none or one, so that small units do not all stay without.
func Quarter(people []int64, rank func(id int64) uint64, unit uint64) map[int64]bool {
	order := slices.Clone(people)
	slices.SortFunc(order, func(a, b int64) int {
		switch x, y := rank(a), rank(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return int(a - b)
	})
	drawn := map[int64]bool{}
	for i, id := range order {
		if (uint64(i)+unit%4)%4 == 0 {
			drawn[id] = true
		}
	}
	return drawn
}
