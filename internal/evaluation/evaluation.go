// Package evaluation is what participants of a training are asked (evaluasi pelatihan),
// and when: who attended is invited at the end, reminded once on the next working day,
// and on the seventh day what was sent is counted and published, once. What may be shown
// says package disclosure. It is pure but for the transaction that it is given.
package evaluation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/questionnaire"
)

// State is where the evaluation of a batch stands.
type State string

// The states of an evaluation.
const (
	Open      State = "open"
	Published State = "published" // what may be shown of the batch is shown
	Pooled    State = "pooled"    // too few for themselves: sealed until others of the programme are there
	Merged    State = "merged"    // shown together with other batches of the programme
	Destroyed State = "destroyed" // nobody answered, or too few came in six months
)

// Evaluation is what one batch is asked. What its questions name was frozen when it
// was opened.
type Evaluation struct {
	Batch     int64
	Programme int64
	Name      string // of the batch
	Ability   string // what the participant is able to do, one phrase
	Trainers  []string
	Opened    time.Time
	Closes    time.Time
	State     State
	ClosedAt  time.Time // zero while it is open
	Asked     int       // of the close on
	Answered  int       // of the close on; 0 where it is fewer than five
	Atom      int64     // the group with which it is shown; 0 = none
}

// Days is for how many days after the day of the opening answers are taken.
const Days = 7

// ClosesAt is when an evaluation that is opened at t is closed: at the end of the
// seventh day after it, in the location of t.
func ClosesAt(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+Days+1, 0, 0, 0, 0, t.Location())
}

// ReportDays is how many days after the close the agency promises to say what it has
// done about what participants said.
const ReportDays = 14

// PromisedOn is the day by which that is promised of an evaluation that closes at t.
func PromisedOn(closes time.Time) time.Time { return closes.AddDate(0, 0, ReportDays-1) }

// UsefulItem is the question what a training is good for at work. It is told apart from
// how the training was held: how people liked it says little about its use.
const UsefulItem = "R1"

// The codes of items that are kept together or are texts.
const (
	before  = "K1"
	now     = "K2"
	Ability = "K" // both as one value
)

// aloneFrom is the statement from which on somebody can do it alone.
const aloneFrom = 3

// Question is one question as it is put.
type Question struct {
	questionnaire.Item
	Step    string // key of the step
	Trainer string // of the questions about trainers
}

// Questions are those of a batch: one for each trainer where the item asks about one.
// Without any trainer that question is about all of them, in the word nobody.
func Questions(d questionnaire.Definition, trainers []string, ability, nobody string) (all []Question) {
	for _, item := range d.Items {
		item.Prompt = strings.ReplaceAll(item.Prompt, questionnaire.AbilityPlaceholder, ability)
		if !strings.Contains(item.Prompt, questionnaire.TrainerPlaceholder) {
			all = append(all, Question{Item: item, Step: item.Code})
			continue
		}
		names := trainers
		if len(names) == 0 {
			names = []string{nobody}
		}
		for i, name := range names {
			one := item
			one.Prompt = strings.ReplaceAll(item.Prompt, questionnaire.TrainerPlaceholder, name)
			all = append(all, Question{Item: one, Step: item.Code + "." + strconv.Itoa(i+1), Trainer: name})
		}
	}
	return all
}

// code is under which an answer is counted: of a trainer with the name, because batches
// that are counted together have other trainers.
func (q Question) code() string {
	if q.Trainer != "" {
		return q.Code + " " + q.Trainer
	}
	return q.Code
}

// Sheet turns what was given at each step into answers as they are sealed.
func Sheet(questions []Question, given map[string]string) disclosure.Answers {
	out := disclosure.Answers{}
	for _, q := range questions {
		if v, ok := given[q.Step]; ok && q.Code != before && q.Code != now && v != questionnaire.Skipped {
			out[q.code()] = v
		}
	}
	if given[before] != "" && given[now] != "" {
		out[Ability] = disclosure.PairOf(given[before], given[now])
	}
	return out
}

// Items are the questions as they are counted.
func Items(d questionnaire.Definition, trainers []string, nobody string) (items []disclosure.Item) {
	for _, q := range Questions(d, trainers, "", nobody) {
		switch {
		case q.Code == now:
			items = append(items, disclosure.Item{Code: Ability, Form: disclosure.Pair, Top: questionnaire.LevelCount, From: aloneFrom})
		case q.Type == questionnaire.Pick:
			items = append(items, disclosure.Item{Code: q.code(), Form: disclosure.Scale, Top: len(q.Choices)})
		case q.Type == questionnaire.Text:
			items = append(items, disclosure.Item{Code: q.code(), Form: disclosure.Comment})
		}
	}
	return items
}

// Cell is one value as it is stored and shown: nothing finer is kept of it.
type Cell struct {
	Item string
	Part disclosure.Part
	N    int // persons who answered the item
	Text string
}

// Key is the name of a cell in storage.
func (c Cell) Key() string { return c.Item + "|" + string(c.Part) }

// ParseCell reads a stored cell.
func ParseCell(key string, n int, text string) Cell {
	item, part, _ := strings.Cut(key, "|")
	return Cell{Item: item, Part: disclosure.Part(part), N: n, Text: text}
}

// Value is the number of a mean, of its written form; a mean that is only called low
// is at the lower end. ok is false of a share.
func (c Cell) Value() (v float64, low, ok bool) {
	switch c.Part {
	case disclosure.MeanOf, disclosure.MeanBefore, disclosure.MeanNow:
	default:
		return 0, false, false
	}
	if v, err := strconv.ParseFloat(strings.Replace(c.Text, ",", ".", 1), 64); err == nil {
		return v, false, true
	}
	return 1, true, true
}

// Title is how a cell's item is called: the trainer's name, or the item's title.
func Title(d questionnaire.Definition, code string) string {
	if code == Ability {
		return ""
	}
	head, trainer, is := strings.Cut(code, " ")
	if is {
		return trainer
	}
	item, _ := d.Item(head)
	return item.Title
}

// Top is the best value of a cell's item.
func Top(d questionnaire.Definition, code string) int {
	head, _, _ := strings.Cut(code, " ")
	if item, ok := d.Item(head); ok && item.Type == questionnaire.Pick {
		return len(item.Choices)
	}
	return questionnaire.LevelCount
}

// Find returns a cell of a list.
func Find(cells []Cell, item string, part disclosure.Part) (Cell, bool) {
	i := slices.IndexFunc(cells, func(c Cell) bool { return c.Item == item && c.Part == part })
	if i < 0 {
		return Cell{}, false
	}
	return cells[i], true
}
