package planning

import (
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// field is one thing that is asked about an S: a batch or a programme.
type field[S any] struct {
	key       string                    // of the step
	ask, name string                    // catalogue keys of the question, and of what it is called
	hint      string                    // and of what is said to an answer that cannot be meant
	names     func(*desk, *S) text.Args // what the hint names; nil = the largest numbers
	day       bool                      // a date is typed: one that cannot be read has a hint of its own
	optional  bool
	onCard    bool         // shown on the card of a batch in a line of its own
	when      func(S) bool // asked only then; nil = always
	choices   []choice     // nothing = it is typed
	accept    func(*desk, *S, string) bool
	shown     func(*desk, S) string
	clear     func(*S)
	// several is set of a field that takes one answer after the other; accept and
	// choices are not used then.
	several several[S]
}

// several are the parts of a field that takes one answer after the other.
type several[S any] struct {
	more func(S) bool                               // more is to come: it is asked again
	show func(*desk, S) (string, [][]dialog.Choice) // the question as it stands now, and its buttons
	take func(*desk, *S, string, bool) error        // true = typed
}

// choice is a button: the catalogue's label.X, and its value.
type choice struct{ label, value string }

// rows are the buttons of a field that has choices.
func (f field[S]) rows(p *desk) (rows [][]dialog.Choice) {
	for _, c := range f.choices {
		rows = append(rows, []dialog.Choice{{Label: p.label(c), Value: c.value}})
	}
	return rows
}

// label is what the button of a choice says.
func (p *desk) label(c choice) string {
	return p.Cfg.Text.Plain("label."+c.label, text.Args{"kantor": p.Cfg.Agency.Office})
}

// asked are the fields that are asked about s.
func asked[S any](fields []field[S], s S) []field[S] {
	return slices.DeleteFunc(fields, func(f field[S]) bool { return f.when != nil && !f.when(s) })
}

// keys are the steps of some fields.
func keys[S any](fields []field[S]) (all []string) {
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}

// steps are the questions about s; head stands above each.
func steps[S any](p *desk, fields []field[S], head func(S, dialog.Place) string, s S) (all []dialog.Step[S]) {
	for _, f := range asked(fields, s) {
		all = append(all, dialog.Step[S]{Key: f.key, Optional: f.optional, Skip: f.clear, Stays: f.several.more,
			Ask: func(s S, at dialog.Place) dialog.Prompt {
				question, rows := p.Cfg.Text.T(f.ask, nil), f.rows(p)
				if f.several.show != nil {
					question, rows = f.several.show(p, s)
				}
				return dialog.Prompt{Template: f.ask, Rows: rows, Text: head(s, at) + "\n" + question}
			},
			Accept: func(s *S, value string, typed bool) error {
				before := *s
				err := f.answer(p, s, value, typed)
				if err != nil {
					*s = before
				}
				return err
			}})
	}
	return all
}

// answer gives a field its answer, or says what is wrong with it.
func (f field[S]) answer(p *desk, s *S, value string, typed bool) error {
	if f.several.take != nil {
		return f.several.take(p, s, value, typed)
	}
	if f.accept(p, s, value) {
		return nil
	}
	if _, read := p.TypedDate(value); f.day && !read {
		return p.unread()
	}
	return dialog.Invalid(p.Cfg.Text.T(f.hint, f.args(p, s)))
}

// args are the values that a hint names.
func (f field[S]) args(p *desk, s *S) text.Args {
	if f.names != nil {
		return f.names(p, s)
	}
	return p.most()
}

// most are the largest numbers that hints name.
func (p *desk) most() text.Args {
	return text.Args{"tempat": p.Cfg.Text.Number(maxSeats), "jp": p.Cfg.Text.Number(mostJP)}
}

// line is one line about a field.
type line struct{ key, text string }

// lines are the fields of s in words: all of them, numbered, or those that the card of a
// batch shows, where nothing is left out that holds something.
func lines[S any](p *desk, fields []field[S], s S, all bool) (out []line) {
	for _, f := range asked(fields, s) {
		value := f.shown(p, s)
		if !all && (!f.onCard || value == "") {
			continue
		}
		args := text.Args{"nama": p.Cfg.Text.Plain(f.name, nil), "isi": feature.OrDash(feature.Clip(value, 150)), "k": strconv.Itoa(len(out) + 1)}
		key := "plan.value"
		if all {
			key = "plan.value_numbered"
		}
		out = append(out, line{f.key, p.Cfg.Text.T(key, args)})
	}
	return out
}

// card is what is stored with Simpan: all fields, each with a number that asks again.
// What is wrong, or should be known, stands below.
func card(p *desk, key, head string, list []line, below []string) dialog.Prompt {
	out := []string{head, ""}
	var numbers []dialog.Choice
	for i, l := range list {
		out = append(out, l.text)
		numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(i + 1), Verb: dialog.Change, Step: l.key})
	}
	if len(below) > 0 {
		out = append(append(out, ""), below...)
	}
	body, _ := feature.Joined(out, feature.MessageBudget)
	return dialog.Prompt{Template: key, Text: body, Rows: feature.Grid(feature.Numbers, numbers)}
}

// wording is that of all forms, ended with Simpan: nothing goes to anybody else by it.
func (p *desk) wording() dialog.Wording {
	w := p.Wording("plan.review_hint")
	w.Submit = p.Cfg.Text.Plain("label.plan_save", nil)
	w.Words["simpan"] = dialog.Submit
	return w
}

// option is one thing of a list of which something is chosen by its number.
type option struct{ name, more, value string }

// listed is how many options are shown; of more, a part of the name is typed.
const listed = 20

// options shows those whose names contain find, each with the button of its number; what
// was chosen before is always shown. end stands below.
func (p *desk) options(ask string, list []option, find string, end dialog.Choice) (string, [][]dialog.Choice) {
	var lines []string
	var numbers []dialog.Choice
	left := 0
	for _, o := range list {
		if o.more == "" && !strings.Contains(strings.ToLower(o.name), find) {
			continue
		}
		if len(numbers) == listed {
			left++
			continue
		}
		k := strconv.Itoa(len(numbers) + 1)
		lines = append(lines, p.Cfg.Text.T("plan.option", text.Args{"k": k, "nama": feature.Clip(o.name, feature.LongName), "tanda": o.more}))
		numbers = append(numbers, dialog.Choice{Label: k, Value: o.value})
	}
	if left > 0 {
		lines = append(lines, p.Cfg.Text.T("plan.options_more", text.Args{"n": left}))
	}
	return p.Cfg.Text.T(ask, nil) + "\n\n" + strings.Join(lines, "\n"), append(feature.Grid(feature.Numbers, numbers), []dialog.Choice{end})
}
