package task

import (
	"fmt"
	"slices"
)

// Kind is what sort of thing is owed. All that is known about a kind is one row
// of the table in this file.
type Kind string

// The kinds of tasks that exist so far.
const (
	SelfAssessment          Kind = "self_assessment"           // penilaian mandiri
	SelfAssessmentTechnical Kind = "self_assessment_technical" // kompetensi teknis, opened on request
	Interest                Kind = "interest"                  // minat belajar, one optional tap
	Rating                  Kind = "rating"                    // penilaian atasan, of one subordinate
	TrainingEvaluation      Kind = "training_evaluation"       // evaluasi pelatihan, of a batch that the person attended
	FollowUp                Kind = "follow_up"                 // penerapan pelatihan, weeks after a batch that the person attended
	FollowUpSuperior        Kind = "follow_up_superior"        // the same, asked of the superior about that person
	Survey                  Kind = "survey"                    // survei, asked by the personnel office of its own accord
	AnonymousSurvey         Kind = "anonymous_survey"          // the same without names (survei anonim)
)

// Owner is who owes a task.
type Owner string

// The owners of tasks.
const (
	Subject  Owner = "subject"  // whom the task is about does it; the deadline is in the working week of the own unit
	Superior Owner = "superior" // the superior (atasan) of whom it is about does it; the deadline is that of the whole agency
)

// Count is the count of a superior's weekly summary (ringkasan) in which a kind
// stands. The empty Count = in none.
type Count string

// The counts of the weekly summary. Each person has at most one task of a count
// in a period, once as the one who owes it and once as whom it is about.
const (
	OfTeam    Count = "team"    // what the people of the team owe
	OfRatings Count = "ratings" // what the superior owes about the people of the team
)

// Traits is all that is known about a kind: one row of the table. The zero Traits
// is a kind that does not exist.
type Traits struct {
	Kind     Kind
	Owner    Owner
	Occasion OccasionKind // to what its tasks belong
	// Owed: the person is asked for it. What is not owed is offered and may be left
	// alone: it is in no list and no count.
	Owed bool
	// Ladder: reminders go step by step, and the last step closes the task. What is
	// owed in dozens at a time, such as ratings, is in the weekly summary instead.
	Ladder bool
	// Expires: it ends when it was not done: at its deadline, or, with a ladder,
	// by the ladder some days later.
	Expires bool
	Summary Count
	// Anonymous: answers are without names, so nobody is told who has not answered.
	Anonymous bool
	// Erasable: the answers are deleted when the person asks for erasure. What was
	// asked for stays as long as the archives must keep it.
	Erasable bool
	Ending   string // key in the catalogue of what is said once it has ended unanswered
}

// traits is the table of kinds.
var traits = []Traits{
	{Kind: SelfAssessment, Owner: Subject, Occasion: Period, Owed: true, Ladder: true, Expires: true, Summary: OfTeam, Ending: "task.late"},
	{Kind: SelfAssessmentTechnical, Owner: Subject, Occasion: Period, Expires: true, Erasable: true, Ending: "task.late"},
	{Kind: Interest, Owner: Subject, Occasion: Period, Expires: true, Erasable: true, Ending: "task.late"},
	{Kind: Rating, Owner: Superior, Occasion: Period, Owed: true, Expires: true, Summary: OfRatings, Ending: "task.late"},
	// Nobody owes it: it is no condition for anything. Its close ends all alike.
	{Kind: TrainingEvaluation, Owner: Subject, Occasion: Batch, Anonymous: true, Ending: "evaluation.ended"},
	// Nobody owes these either: a follow-up is a condition for nothing. Its close ends both
	// sides alike. What somebody says about another person is not theirs to have erased.
	{Kind: FollowUp, Owner: Subject, Occasion: AfterBatch, Erasable: true, Ending: "followup.ended"},
	{Kind: FollowUpSuperior, Owner: Superior, Occasion: AfterBatch, Ending: "followup.ended"},
	// Nobody owes it, and its close ends all alike.
	{Kind: Survey, Owner: Subject, Occasion: OfSurvey, Erasable: true, Ending: "survey.ended"},
	{Kind: AnonymousSurvey, Owner: Subject, Occasion: OfSurvey, Anonymous: true, Ending: "survey.ended"},
}

// Table returns the rows of all kinds.
func Table() []Traits { return slices.Clone(traits) }

// Traits returns the row of the kind; the zero Traits when it has none.
func (k Kind) Traits() Traits {
	for _, t := range traits {
		if t.Kind == k {
			return t
		}
	}
	return Traits{}
}

// Owed tells whether the kind is something that a person is asked for.
func (k Kind) Owed() bool { return k.Traits().Owed }

// Kinds returns the kinds whose row has what is asked for, in the order of the
// table.
func Kinds(has func(Traits) bool) []Kind {
	var out []Kind
	for _, t := range traits {
		if has(t) {
			out = append(out, t.Kind)
		}
	}
	return out
}

// Check returns an error that names the kind when it has no row, or when its tasks
// belong to another kind of occasion than of; "" = that is not asked.
func Check(k Kind, of OccasionKind) error {
	row := k.Traits()
	switch {
	case row == Traits{}:
		return fmt.Errorf("the kind of task %q has no row in the table of kinds (internal/task): nobody would know who owes it and when it ends", string(k))
	case of != "" && of != row.Occasion:
		return fmt.Errorf("tasks of the kind %q belong to an occasion of the kind %q, and the table of kinds (internal/task) says %q", string(k), string(of), string(row.Occasion))
	}
	return nil
}
