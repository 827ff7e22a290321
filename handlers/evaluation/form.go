package evaluation

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// filling is what somebody gives before it is sent. Storage seals it. What was sent
// before is never in it: who changes something begins with nothing.
type filling struct {
	Given map[string]string `json:"given"` // by step
	feature.Traces

	task      task.Task
	of        evaluation.Evaluation
	def       questionnaire.Definition
	questions []evaluation.Question
	call      string // Bapak or Ibu
	name      string
}

// form asks the questions of one batch, one after the other on one card.
func (p *desk) form() dialog.Form[filling, *env] {
	return dialog.Form[filling, *env]{
		FormName: evaluation.Flow, Say: p.Wording("evaluation.review_hint"),
		Load: loadFilling, Steps: p.steps, Guard: p.guard,
		Intro: p.intro, Review: p.review, Left: p.left, Finish: finish,
	}
}

// loadFilling reads what the task asks, which must be the person's own.
func loadFilling(ctx context.Context, e *env, r *dialog.Record) (filling, error) {
	f := filling{Given: map[string]string{}, call: e.Employee.Salutation(), name: e.Employee.DisplayName()}
	var err error
	if f.task, err = e.TaskOf(ctx, r.Ref); err != nil {
		return f, err
	}
	if f.of, err = e.tx.Evaluation(ctx, f.task.Occasion.ID); err != nil {
		return f, err
	}
	f.def = e.DefinitionOf(f.task)
	f.questions = evaluation.Questions(f.def, f.of.Trainers, f.of.Ability, e.Cfg.Text.Plain("evaluation.trainers", nil))
	begun := len(r.State) > 0
	if err := feature.DecodeState(r, &f); err != nil {
		return f, err
	}
	f.Remember(e.Update, r.Message, e.Now)
	if begun || f.task.State != task.Open {
		return f, nil
	}
	return f, e.tx.StartSealed(ctx, f.task.ID)
}

func (p *desk) guard(e *env, f filling) (dialog.Prompt, bool) {
	if f.task.Availability(e.Now) == task.Available && f.of.State == evaluation.Open {
		return dialog.Prompt{}, false
	}
	key, body := e.ClosedText(f.task)
	return dialog.Prompt{Template: key, Text: body}, true
}

func (p *desk) steps(f filling) []dialog.Step[filling] {
	steps := make([]dialog.Step[filling], len(f.questions))
	for i, q := range f.questions {
		steps[i] = dialog.Step[filling]{Key: q.Step, Optional: q.Optional,
			Ask:    func(f filling, at dialog.Place) dialog.Prompt { return p.ask(f, q, at) },
			Accept: func(f *filling, value string, typed bool) error { return p.accept(f, q, value, typed) },
			Skip:   func(f *filling) { f.Given[q.Step] = questionnaire.Skipped },
		}
	}
	return steps
}

// accept keeps an answer as the number of its statement; a comment as it is.
func (p *desk) accept(f *filling, q evaluation.Question, value string, typed bool) error {
	if q.Type == questionnaire.Text {
		value = strings.Join(strings.Fields(value), " ")
		if n := len([]rune(value)); !typed || n == 0 || n > q.MaxLength {
			return dialog.Invalid(p.Cfg.Text.T("form.text_hint", text.Args{"n": q.MaxLength}))
		}
		f.Given[q.Step] = value
		return nil
	}
	if meant, err := q.ParseAnswer(value); err == nil && typed {
		if value = meant; q.Type == questionnaire.Pick {
			value = strconv.Itoa(1 + slices.IndexFunc(q.Choices, func(c questionnaire.Choice) bool { return c.Value == meant }))
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 1 && n <= top(q) {
		f.Given[q.Step] = strconv.Itoa(n)
		return nil
	}
	if q.Type == questionnaire.Pick {
		return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
	}
	return dialog.Invalid(p.Cfg.Text.T("form.level_hint_no_zero", nil))
}

// top is how many statements a question offers.
func top(q evaluation.Question) int {
	if q.Type == questionnaire.Pick {
		return len(q.Choices)
	}
	return questionnaire.LevelCount
}

// ask writes a question. It never says what was answered before: somebody may look.
func (p *desk) ask(f filling, q evaluation.Question, at dialog.Place) dialog.Prompt {
	lines := []string{p.Cfg.Text.T("evaluation.header", text.Args{"k": at.K, "n": at.N, "nama": f.of.Name})}
	prompt := html.EscapeString(questionnaire.Address(q.Prompt, f.call))
	if first, rest, ok := strings.Cut(prompt, " "); ok && q.Type == questionnaire.Level { // Sebelum, Sekarang
		prompt = "<b>" + first + "</b> " + rest
	}
	lines = append(lines, prompt)
	if q.Type == questionnaire.Level {
		lines = append(lines, "")
		for i, level := range q.Levels {
			lines = append(lines, fmt.Sprintf("<b>%d</b> %s", i+1, html.EscapeString(level)))
		}
	}
	if q.Type == questionnaire.Text {
		lines = append(lines, p.Cfg.Text.T("evaluation.comment_hint", text.Args{"n": q.MaxLength, "sapaan": f.call}))
	}
	return dialog.Prompt{Template: cardTemplate, Text: strings.Join(lines, "\n"), Rows: p.Options(q.Item)}
}

// cardTemplate is the name of every card of the form: which of them it is says something.
const cardTemplate = "evaluation.card"

func (p *desk) intro(f filling) dialog.Prompt {
	r := evaluation.Card(p.Cfg.Text, "evaluation.intro", f.def, f.asked(), p.Cfg.Location)
	return dialog.Prompt{Template: cardTemplate, Text: r.Text, Rows: [][]dialog.Choice{{
		{Label: p.Cfg.Text.Plain("label.start", nil), Verb: dialog.Resume},
		{Label: p.Cfg.Text.Plain("label.later", nil), Verb: dialog.Later},
	}}}
}

// review lists what is about to be sealed; a number asks that question again.
func (p *desk) review(f filling) dialog.Prompt {
	lines := []string{p.Cfg.Text.T("evaluation.review", text.Args{"sapaan": f.call, "nama": f.name}), ""}
	var numbers []dialog.Choice
	for i, q := range f.questions {
		n := strconv.Itoa(i + 1)
		lines = append(lines, html.EscapeString(n+" "+questionTitle(q)+": "+p.given(q, f.Given[q.Step])))
		numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: q.Step})
	}
	lines = append(lines, "", p.Cfg.Text.T("evaluation.review_foot", text.Args{"tanggal": p.Cfg.Text.Deadline(f.of.Closes.In(p.Cfg.Location))}))
	return dialog.Prompt{Template: cardTemplate, Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers)}
}

// questionTitle is how a question is called in the list: a trainer by name.
func questionTitle(q evaluation.Question) string {
	if q.Trainer != "" {
		return q.Trainer
	}
	return q.Title
}

// given is how an answer is repeated.
func (p *desk) given(q evaluation.Question, value string) string {
	n, err := strconv.Atoi(value)
	if err == nil && q.Type == questionnaire.Pick && n >= 1 && n <= len(q.Choices) {
		return q.Choices[n-1].Label
	}
	return p.Shown(q.Item, value)
}

func (p *desk) left(f filling, _ dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: cardTemplate,
		Text: p.Cfg.Text.T("evaluation.left", text.Args{"tanggal": p.Cfg.Text.Deadline(f.of.Closes.In(p.Cfg.Location))}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

// asked is the person as the first card addresses them.
func (f filling) asked() evaluation.Asked {
	return evaluation.Asked{Task: f.task.ID, Batch: f.of.Batch, Name: f.of.Name, Trainers: len(f.of.Trainers), Closes: f.of.Closes}
}

// finish seals what was given and takes it out of the chat: every card is emptied, every
// typed message is deleted, and what cannot be deleted any more is named.
func finish(ctx context.Context, e *env, f filling) (dialog.Ending, error) {
	for _, q := range f.questions {
		if f.Given[q.Step] == "" {
			return dialog.Ending{}, errors.New("answers are missing at the end of an evaluation")
		}
	}
	if err := e.tx.HoldAnswer(ctx, f.task, evaluation.Sheet(f.questions, f.Given), e.Now); err != nil {
		return dialog.Ending{}, err
	}
	emptied, late := feature.Emptied(e.Env, f.Traces, cardTemplate, e.T("evaluation.emptied", nil))
	end := dialog.Ending{Toast: e.Cfg.Text.Plain("toast.sent", nil), Replies: append([]dialog.Reply{{}}, emptied...)}
	body := e.T("evaluation.thanks", e.Person(text.Args{"jam": e.Cfg.Text.Clock(e.Now), "tanggal": e.Cfg.Text.Deadline(f.of.Closes.In(e.Cfg.Location)),
		"janji": e.Cfg.Text.Date(evaluation.PromisedOn(f.of.Closes.In(e.Cfg.Location)))}))
	if late {
		body += "\n\n" + e.T("evaluation.undeleted", nil)
	}
	end.Replies[0] = dialog.Reply{Template: cardTemplate, Text: body, Rows: [][]dialog.Button{{e.Begin("replace", f.task)}}}
	return end, nil
}

// keptNote says that what was begun is kept.
func (e *env) keptNote(dialog.Record) dialog.Reply {
	return dialog.Reply{Template: "evaluation.kept", Text: e.T("evaluation.kept", nil)}
}

// closedForm shows where the evaluation stands when a button is pressed whose draft is
// gone: it was sent, or it is closed.
func (e *env) closedForm(ctx context.Context, ref int64) error {
	return feature.GoneTask(ctx, e.Env, ref, e.taskCard)
}
