// Package readiness reads how ready people are for one named change (kesiapan perubahan), from
// eight statements that are answered from 1 (sangat tidak setuju) to 5 (sangat setuju): a class,
// and the stage at which they are held up. It knows nothing of who has answered: what is put
// in are the answers of one person, or the shown means of a group of five persons and more.
//
// The statements follow Armenakis and Holt et al. (2007), the stages ADKAR (Hiatt 2006), the
// scoring is a choice of the design (domain.md 8).
package readiness

import "slices"

// Stage is what a statement is about, and at what people are held up (tahap hambatan).
type Stage string

// The stages, in the order in which the first that is low counts. The zero Stage is: none.
const (
	Awareness     Stage = "A"  // why something has to change
	Desire        Stage = "D"  // whether this change is worth it
	Knowledge     Stage = "K"  // what is to be done
	Ability       Stage = "Ab" // being able to do it
	Reinforcement Stage = "R"  // whether trying is appreciated
)

// Item is one statement.
type Item struct {
	Code     string
	Stage    Stage
	Reversed bool // agreeing speaks against the change: counted as 6 minus the answer
}

// Items are the eight statements. C4 is about the support of leaders.
func Items() []Item {
	return []Item{{"C1", Awareness, false}, {"C2", Desire, false}, {"C3", Desire, false}, {"C4", Desire, false}, {"C5", Knowledge, false},
		{"C6", Ability, false}, {"C7", Reinforcement, false}, {"C8", Desire, true}}
}

// Reversed tells whether agreeing with a statement speaks against the change, so that a low mean
// is the better one; false of a code that is none of the eight.
func Reversed(code string) bool {
	return slices.ContainsFunc(Items(), func(i Item) bool { return i.Code == code && i.Reversed })
}

// Class is how ready somebody is.
type Class string

// The classes, from an index of 75, of 50, and below (siap, cukup siap, perlu pendampingan).
const (
	Ready       Class = "ready"
	FairlyReady Class = "fairly"
	NeedsHelp   Class = "help"
)

const (
	leastAnswers = 6   // of the eight, or nothing is told
	barrierAt    = 3.0 // a stage whose mean is this or lower holds up
	readyFrom    = 75.0
	fairFrom     = 50.0
)

// Result is what follows from the answers.
type Result struct {
	Mean    float64           // of all answers, reversed ones turned round
	Index   float64           // 0 to 100
	Class   Class             // of the index
	Stages  map[Stage]float64 // mean of each stage that was answered
	Barrier Stage             // the first that is low; "" = none is
}

// Of reads answers of 1 to 5 by the code of their statement; what is not answered is left out.
// ok is false of fewer than six, and when a value is outside of the scale.
func Of(answers map[string]float64) (r Result, ok bool) {
	sums, counts := map[Stage]float64{}, map[Stage]int{}
	sum, n := 0.0, 0
	for _, i := range Items() {
		v, answered := answers[i.Code]
		if !answered {
			continue
		}
		if v < 1 || v > 5 {
			return Result{}, false
		}
		if i.Reversed {
			v = 6 - v
		}
		sum, n = sum+v, n+1
		sums[i.Stage], counts[i.Stage] = sums[i.Stage]+v, counts[i.Stage]+1
	}
	if n < leastAnswers {
		return Result{}, false
	}
	r = Result{Mean: sum / float64(n), Stages: map[Stage]float64{}}
	r.Index = (r.Mean - 1) / 4 * 100
	switch {
	case r.Index >= readyFrom:
		r.Class = Ready
	case r.Index >= fairFrom:
		r.Class = FairlyReady
	default:
		r.Class = NeedsHelp
	}
	for _, s := range []Stage{Awareness, Desire, Knowledge, Ability, Reinforcement} {
		if counts[s] == 0 {
			continue
		}
		r.Stages[s] = sums[s] / float64(counts[s])
		if r.Barrier == "" && r.Stages[s] <= barrierAt {
			r.Barrier = s
		}
	}
	return r, true
}
