package plan

import (
	"cmp"
	"slices"
	"strconv"

	"bangkom/internal/competency"
)

// Want is something about which a person could do something this year.
type Want struct {
	Source Source
	Item   string
	Code   string // of the competency; "" = about none
	Title  string
	// Gap is below 0 with FromGap, and Level what the position requires. Final says that both
	// views are known: a self-assessment alone has no band.
	Gap   competency.Hundredths
	Level competency.Level
	Final bool
	// Courses are trainings that develop it, those with seats first, nearest first.
	Courses []Course
}

// CompetencyItem, WishItem and UnitItem name what a line is about. They are stored.
func CompetencyItem(code string) string { return "c:" + code }

// WishItem names a topic that the person would like to learn.
func WishItem(topic string) string { return "w:" + topic }

// UnitItem names a proposal of the person's unit.
func UnitItem(proposal int64) string { return "u:" + strconv.FormatInt(proposal, 10) }

// Action is one way to do something about a Want.
type Action struct {
	Form   Form
	Course Course // of a training; the zero Course = none is known
}

// mostCourses is how many trainings are proposed for one thing.
const mostCourses = 3

// formsOf are the ways by band (competency.GapBands): little is missing, and somebody learns it
// alone or in talks; more is missing, and others help; much is missing, and it takes a training
// and work on it. No official table exists, these follow from what agencies suggest by band.
func formsOf(w Want) []Form {
	if w.Source != FromGap {
		return []Form{Training, SelfStudy}
	}
	if !w.Final {
		return []Form{SelfStudy, Coaching, Training}
	}
	bands := competency.GapBands()
	switch competency.BandGap(w.Gap, bands) {
	case bands[1].Name: // Rendah
		return []Form{SelfStudy, Coaching}
	case bands[2].Name: // Sedang
		return []Form{Coaching, Mentoring, Training}
	case bands[3].Name: // Tinggi
		return []Form{Training, Assignment, Mentoring}
	}
	return nil
}

// Actions are what is proposed for it: trainings with seats first, then the others in the
// order of the band. A training that has no seats now is proposed in its place.
func (w Want) Actions() (out []Action) {
	forms := formsOf(w)
	trains := slices.Contains(forms, Training)
	for _, c := range w.Courses {
		if trains && c.Batch != 0 && len(out) < mostCourses {
			out = append(out, Action{Form: Training, Course: c})
		}
	}
	seats := len(out) > 0
	for _, f := range forms {
		switch {
		case f != Training:
			out = append(out, Action{Form: f})
		case seats:
		case len(w.Courses) > 0:
			out = append(out, Action{Form: f, Course: w.Courses[0]})
		default:
			out = append(out, Action{Form: f})
		}
	}
	return out
}

// Order puts what could be done in its order: the largest gap first, then what the position
// requires and is not assessed, then what the unit proposes, then wishes; within that by code
// and name. It changes the given slice.
func Order(all []Want) []Want {
	rank := []Source{FromGap, FromDuty, FromUnit, FromWish}
	slices.SortStableFunc(all, func(a, b Want) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, a.Source), slices.Index(rank, b.Source)), cmp.Compare(a.Gap, b.Gap),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Title, b.Title))
	})
	return all
}

// Mix is how many lines belong to each part of the mix of learning: in class, from others, at
// work.
func Mix(lines []Line) (class, others, work int) {
	for _, l := range lines {
		switch l.Form.Share() {
		case 10:
			class++
		case 20:
			others++
		case 70:
			work++
		}
	}
	return class, others, work
}

// Answer is what somebody has answered when asked what they would like to learn.
type Answer struct {
	Code    string // of the questionnaire
	Version int
	Item    string
	Value   string
}
