package survey

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/questionnaire"
	"bangkom/internal/readiness"
	"bangkom/internal/text"
)

// AnonymousFlow is the conversation in which a survey without names is answered; its ref is
// a task. It begins as those of sealed conversations do.
const AnonymousFlow = "s.sv"

// Flow is the conversation in which surveys of the manner are answered.
func (m Manner) Flow() string {
	if m == Anonymous {
		return AnonymousFlow
	}
	return AnswerFlow
}

// ApartDays is for how many days the same questions are not asked again, without names, of
// people of whom some were asked: two readings of nearly the same group tell of the rest.
const ApartDays = 90

// Length of the change about which readiness is asked, in characters.
const (
	MinChange = 10
	MaxChange = 100
)

// Reach is whom a survey without names would ask.
type Reach struct {
	Asked int       // have an account, and do not wait for what was promised after another survey
	Again string    // another survey of late that asked some of them the same; "" = none
	Until time.Time // when these may be asked again
}

// WholeUnits tells whether an audience is all units, or some with all below them: the only
// ones of which answers without names can be shown by units.
func WholeUnits(a announcement.Audience) bool {
	bare := announcement.Audience{All: a.All, Units: a.Units}
	return a.Chosen() && fmt.Sprint(bare) == fmt.Sprint(a) && (a.All || len(a.Units) > 0)
}

// Nameless tells whether a questionnaire can be asked without names: each question of
// everybody. How many were asked a question that depends on another answer would tell
// exactly how many gave that one.
func Nameless(d questionnaire.Definition) bool {
	return !slices.ContainsFunc(d.Items, func(i questionnaire.Item) bool { return i.OnlyIf != nil || i.Type == questionnaire.Text })
}

// Items are the questions of a questionnaire as they are counted without names. What has an
// order is a scale.
func Items(d questionnaire.Definition) (items []disclosure.Item) {
	for _, i := range d.Items {
		switch {
		case i.Type == questionnaire.Level && i.Zero == "":
			items = append(items, disclosure.Item{Code: i.Code, Form: disclosure.Scale, Top: questionnaire.LevelCount})
		case i.Type != questionnaire.Text:
			items = append(items, disclosure.Item{Code: i.Code, Form: disclosure.Choice, Values: options(i)})
		}
	}
	return items
}

// Sheet is what somebody has given as it is sealed: without what was left out.
func Sheet(d questionnaire.Definition, given questionnaire.Answers) disclosure.Answers {
	out := disclosure.Answers{}
	for _, i := range d.Items {
		if v := given[i.Code]; v != "" && v != questionnaire.Skipped {
			out[i.Code] = v
		}
	}
	return out
}

// Held is what was sent in a survey without names, opened, with the units of which people
// were asked and those above them.
type Held struct {
	Answers []disclosure.Held // Batch is the unit
	Asked   []int64           // units
	Parents map[int64]int64
}

// Told is one group of units, and all that is shown of it.
type Told struct {
	disclosure.Atom
	ID      int64    // by which it is found again, whatever its units are called; 0 = not stored yet
	Units   []string // names
	Cells   []evaluation.Cell
	Class   readiness.Class // "" = it was no survey of readiness, or too little can be shown
	Barrier readiness.Stage // "" = nothing holds up
}

// HeadOf is the head of a unit, with what is known of its readiness.
type HeadOf struct {
	Employee int64
	Survey   int64
	Change   string // about which it was asked
	At       time.Time
	UnitID   int64
	Unit     string
	Class    readiness.Class
	Barrier  readiness.Stage
}

// CountTx is what counting surveys without names asks of the open transaction.
type CountTx interface {
	// SurveysToCount locks the surveys without names whose time is over.
	SurveysToCount(ctx context.Context, now time.Time) ([]Survey, error)
	// SurveyForm is the questionnaire of a survey, in its version.
	SurveyForm(ctx context.Context, s Survey) (questionnaire.Definition, error)
	// SurveyHeld opens what was sent. It exists in memory only.
	SurveyHeld(ctx context.Context, id int64) (Held, error)
	// PublishSurvey writes what is shown, destroys what was held, and closes all tasks alike.
	PublishSurvey(ctx context.Context, s Survey, told []Told, now time.Time) error
	// ReadinessHeads lists the heads of the units of which readiness is shown since a survey.
	ReadinessHeads(ctx context.Context, id int64, now time.Time) ([]HeadOf, error)
}

// count closes surveys without names. The answers exist in memory only while it runs. One that
// fails stays as it is and holds up no other.
func (r *Runner) count(ctx context.Context, tx Tx, now time.Time) (all courier.Tally, err error) {
	due, err := tx.SurveysToCount(ctx, now)
	if err != nil {
		return all, err
	}
	for _, s := range due {
		t, err := courier.Alone(ctx, tx, now, fmt.Sprintf("survey %d", s.ID), func() (courier.Tally, error) {
			if err := r.countOne(ctx, tx, s, now); err != nil {
				return courier.Tally{}, err
			}
			return r.tellHeads(ctx, tx, s, now)
		})
		if err != nil {
			return all, err
		}
		all.Add(t)
	}
	return all, nil
}

func (r *Runner) countOne(ctx context.Context, tx Tx, s Survey, now time.Time) error {
	d, err := tx.SurveyForm(ctx, s)
	if err != nil {
		return err
	}
	held, err := tx.SurveyHeld(ctx, s.ID)
	if err != nil {
		return err
	}
	items := Items(d)
	atoms, _ := disclosure.ByUnits(items, held.Parents, held.Asked, held.Answers)
	var told []Told
	for _, a := range atoms {
		one := Told{Atom: a}
		for _, c := range disclosure.Cells(items, a.Tallies) {
			one.Cells = append(one.Cells, evaluation.Told(r.Text, c))
		}
		if d.Kind == questionnaire.Readiness {
			if found, ok := Readiness(one.Cells); ok {
				one.Class, one.Barrier = found.Class, found.Barrier
			}
		}
		told = append(told, one)
	}
	return tx.PublishSurvey(ctx, s, told, now)
}

// lowMean stands for a mean of which only is shown that it lies from 1 up to below 2.
const lowMean = 1.5

// Readiness is worked out from the means that are shown of a group, and from nothing finer.
func Readiness(cells []evaluation.Cell) (readiness.Result, bool) {
	means := map[string]float64{}
	for _, c := range cells {
		v, low, ok := c.Value()
		if low {
			v = lowMean
		}
		if ok {
			means[c.Item] = v
		}
	}
	return readiness.Of(means)
}

// ReadyStep is the button that opens how ready the own unit is; its ref is the survey.
const ReadyStep = "kesiapan"

const readyKey = "survey-ready:"

// tellHeads tells the heads of units how ready these are, and what helps.
func (r *Runner) tellHeads(ctx context.Context, tx Tx, s Survey, now time.Time) (t courier.Tally, err error) {
	if s.Change == "" {
		return t, nil
	}
	heads, err := tx.ReadinessHeads(ctx, s.ID, now)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, h := range heads {
		messages = append(messages, courier.Message{Employee: h.Employee, Key: readyKey + strings.Join([]string{strconv.FormatInt(s.ID, 10), strconv.FormatInt(h.UnitID, 10), strconv.FormatInt(h.Employee, 10)}, ":"),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.SurveyNews},
			Reply:     dialog.Reply{Template: "survey.ready_head", Text: ReadyText(r.Text, h)}})
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// ReadyText says to the head of a unit how ready it is for a change, what that means and
// what helps. It holds no number, and nothing about single statements.
func ReadyText(t *text.Catalogue, h HeadOf) string {
	return t.T("survey.ready_head", text.Args{"perubahan": h.Change, "unit": h.Unit, "kelas": ClassText(t, h.Class), "tahap": text.HTML(StageText(t, h.Barrier))})
}

// ClassText is the word for a class.
func ClassText(t *text.Catalogue, c readiness.Class) string {
	switch c {
	case readiness.Ready:
		return t.Plain("survey.class_ready", nil)
	case readiness.FairlyReady:
		return t.Plain("survey.class_fairly", nil)
	}
	return t.Plain("survey.class_help", nil)
}

// stageKeys are the sentences of the stages.
var stageKeys = map[readiness.Stage]string{"": "survey.stage_none", readiness.Awareness: "survey.stage_a", readiness.Desire: "survey.stage_d",
	readiness.Knowledge: "survey.stage_k", readiness.Ability: "survey.stage_ab", readiness.Reinforcement: "survey.stage_r"}

// StageText says at what people are held up, and what helps.
func StageText(t *text.Catalogue, s readiness.Stage) string { return t.T(stageKeys[s], nil) }

// LeadersItem is the statement about the support of leaders, which only the personnel office sees.
const LeadersItem = "C4"
