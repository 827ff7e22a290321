package questionnaire

import (
	"reflect"
	"slices"
)

// ConflictCode names why a version may not follow those that there are.
type ConflictCode string

// The conflicts of Follows.
const (
	UnknownCode     ConflictCode = "FORM_UNKNOWN"    // there is no questionnaire of that code, so nothing would ask it
	OutdatedVersion ConflictCode = "FORM_VERSION"    // it was drafted from a version that is not the newest
	OtherKind       ConflictCode = "FORM_KIND"       // the questionnaire is for something else
	ReusedCode      ConflictCode = "FORM_REUSED"     // the code of an item had another type in an earlier version
	FixedItems      ConflictCode = "FORM_FIXED"      // figures are computed from this item: only its words may change
	NoCompetency    ConflictCode = "FORM_COMPETENCY" // an assessed item is no competency, or not about levels
)

// Conflict is one reason, about an item or, with Item "", about the whole.
type Conflict struct {
	Code ConflictCode
	Item string
}

// Follows tells what stands against next as the version after those of former that have
// its code, which it was drafted from: next.Version is the newest of them. Answers that are
// stored keep their meaning: the code of an item never changes its type, the items from
// which an evaluation, a follow-up or readiness is computed stay, and an assessment asks for competencies only.
// competencies are all codes. A survey may be the first of its code. It returns nil when nothing does.
func Follows(former []Definition, next Definition, competencies map[string]bool) []Conflict {
	former = slices.DeleteFunc(slices.Clone(former), func(d Definition) bool { return d.Code != next.Code })
	if len(former) == 0 && next.Kind == Survey {
		return nil
	}
	if len(former) == 0 {
		return []Conflict{{Code: UnknownCode}}
	}
	latest := slices.MaxFunc(former, func(a, b Definition) int { return a.Version - b.Version })
	var out []Conflict
	if next.Version != latest.Version {
		out = append(out, Conflict{Code: OutdatedVersion})
	}
	if next.Kind != latest.Kind {
		return append(out, Conflict{Code: OtherKind})
	}
	for _, i := range next.Items {
		if slices.ContainsFunc(former, func(d Definition) bool { was, ok := d.Item(i.Code); return ok && was.Type != i.Type }) {
			out = append(out, Conflict{ReusedCode, i.Code})
		}
		if (next.Kind == SelfAssessment || next.Kind == SelfAssessmentTechnical) && (i.Type != Level || !competencies[i.Code]) {
			out = append(out, Conflict{NoCompetency, i.Code})
		}
	}
	if next.Kind == TrainingEvaluation || next.Kind == FollowUp || next.Kind == FollowUpSuperior || next.Kind == Readiness {
		out = append(out, fixed(latest, next)...)
	}
	return out
}

// countsAs tells whether answers to both versions of an item can be counted together: the
// same answers, in the same order, asked of the same people.
func (i Item) countsAs(was Item) bool {
	return slices.EqualFunc(i.Choices, was.Choices, func(a, b Choice) bool { return a.Value == b.Value }) && i.Optional == was.Optional &&
		slices.Equal(i.Levels, was.Levels) && i.Zero == was.Zero && i.MaxLength == was.MaxLength && reflect.DeepEqual(i.OnlyIf, was.OnlyIf)
}

// fixed are the items, from which figures are computed, that are gone, came, or have other answers.
func fixed(latest, next Definition) (out []Conflict) {
	for _, was := range latest.Items {
		is, ok := next.Item(was.Code)
		if !ok || !is.countsAs(was) {
			out = append(out, Conflict{FixedItems, was.Code})
		}
	}
	for _, is := range next.Items {
		if _, ok := latest.Item(is.Code); !ok {
			out = append(out, Conflict{FixedItems, is.Code})
		}
	}
	return out
}
