package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

const questionnaireFlow = "q"

// filling is the state of one questionnaire of one person.
type filling struct {
	Answers questionnaire.Answers `json:"answers"`
	task    task.Task
	def     questionnaire.Definition
	paper   bool   // typed in by an officer
	call    string // Bapak or Ibu
	name    string
}

// questionnaireForm runs every questionnaire: its items are the steps.
func (p *Processor) questionnaireForm() dialog.Form[filling, *env] {
	return dialog.Form[filling, *env]{
		FormName: questionnaireFlow, Say: p.wording("form.review_hint"),
		Load: loadFilling, Steps: p.itemSteps, Guard: p.taskGuard,
		Intro: p.introCard, Review: p.reviewCard, Left: p.leftCard,
		Finish: finishFilling,
	}
}

// wording is what all forms share.
func (p *Processor) wording(hint string) dialog.Wording {
	t := p.cfg.Text
	return dialog.Wording{
		Back: t.Plain("label.back", nil), Skip: t.Plain("label.skip", nil), Later: t.Plain("label.later", nil),
		Submit: t.Plain("label.submit", nil), Saved: t.Plain("toast.saved", nil),
		Stale: t.T("form.stale", nil), Required: t.T("form.required", nil),
		Unfinished: t.T("form.unfinished", nil), ReviewHint: t.T(hint, nil),
		Words: map[string]dialog.Verb{"kembali": dialog.Back, "lewati": dialog.Skip, "nanti": dialog.Later, "kirim": dialog.Submit},
	}
}

// loadFilling reads the task, which must be the person's own, and on a first
// opening takes over what was sent before.
func loadFilling(ctx context.Context, e *env, r *dialog.Record) (filling, error) {
	f := filling{call: e.employee.Salutation(), name: e.employee.DisplayName()}
	var err error
	if f.task, err = e.taskOf(ctx, r.Ref); err != nil {
		return f, err
	}
	def, ok := e.definition(f.task.Questionnaire, f.task.Version)
	if !ok {
		return f, fmt.Errorf("questionnaire %s version %d is not loaded", f.task.Questionnaire, f.task.Version)
	}
	f.def = def
	if len(r.State) > 0 {
		return f, json.Unmarshal(r.State, &f)
	}
	if f.Answers, err = e.tx.Answers(ctx, f.task.ID); err != nil {
		return f, err
	}
	for _, item := range def.Applicable(f.Answers) {
		if _, answered := f.Answers[item.Code]; answered {
			r.Answered = append(r.Answered, item.Code)
		}
	}
	return f, e.tx.StartTask(ctx, f.task.ID, e.now)
}

// taskOf finds a task among those that were loaded with the session, or reads it.
func (e *env) taskOf(ctx context.Context, id int64) (task.Task, error) {
	for _, t := range e.tasks {
		if t.ID == id && t.EmployeeID == e.employee.ID {
			return t, nil
		}
	}
	t, err := e.tx.Task(ctx, id, e.employee.ID)
	if err == nil && t.Kind == task.Rating { // has a form of its own, about somebody else
		err = dialog.ErrNotFound
	}
	if err != nil {
		return t, err
	}
	return t, e.ensureDefinitions(ctx, t)
}

// pendingTask finds a task that can still be filled in. Of any other ok is false,
// and its card is shown, which says what became of it.
func (e *env) pendingTask(ctx context.Context, id int64) (t task.Task, ok bool, err error) {
	t, err = e.taskOf(ctx, id)
	if err != nil {
		return t, false, err
	}
	if ok = t.Availability(e.now) == task.Available && t.State != task.Done; !ok {
		e.taskCard(t)
	}
	return t, ok, nil
}

func (p *Processor) taskGuard(e *env, f filling) (dialog.Prompt, bool) {
	if f.task.Availability(e.now) == task.Available {
		return dialog.Prompt{}, false
	}
	key, body := e.closedText(f.task)
	return dialog.Prompt{Template: key, Text: body}, true
}

func (p *Processor) itemSteps(f filling) []dialog.Step[filling] {
	items := f.def.Applicable(f.Answers)
	steps := make([]dialog.Step[filling], len(items))
	for i, item := range items {
		steps[i] = dialog.Step[filling]{
			Key: item.Code, Optional: item.Optional,
			Ask: func(f filling, at dialog.Place) dialog.Prompt { return p.askItem(f, item, at) },
			Accept: func(f *filling, value string, typed bool) error {
				return p.acceptItem(f, item, value, typed)
			},
			Skip: func(f *filling) { f.Answers[item.Code] = questionnaire.Skipped },
		}
	}
	return steps
}

// acceptItem stores an answer. A button of a choice carries the choice's
// number, because callback data holds no words.
func (p *Processor) acceptItem(f *filling, item questionnaire.Item, value string, typed bool) error {
	if n, err := strconv.Atoi(value); !typed && item.Type == questionnaire.Pick && err == nil && n >= 1 && n <= len(item.Choices) {
		value = item.Choices[n-1].Value
	}
	if typed {
		parsed, err := item.ParseAnswer(value)
		if err != nil {
			return dialog.Invalid(p.hint(item))
		}
		value = parsed
	}
	if !item.Valid(value) {
		return dialog.Invalid(p.hint(item))
	}
	if f.Answers == nil {
		f.Answers = questionnaire.Answers{}
	}
	f.Answers[item.Code] = value
	return nil
}

func (p *Processor) hint(item questionnaire.Item) string {
	switch {
	case item.Type == questionnaire.Pick:
		return p.cfg.Text.T("form.choice_hint", nil)
	case item.Type == questionnaire.Text:
		return p.cfg.Text.T("form.text_hint", text.Args{"n": item.MaxLength})
	case item.Zero == "":
		return p.cfg.Text.T("form.level_hint_no_zero", nil)
	}
	return p.cfg.Text.T("form.level_hint", nil)
}

// askItem writes a question: header, prompt, the full text of every option.
func (p *Processor) askItem(f filling, item questionnaire.Item, at dialog.Place) dialog.Prompt {
	var b strings.Builder
	if f.def.Review {
		b.WriteString(p.cfg.Text.T("question.header", text.Args{"judul": f.def.Title, "k": at.K, "n": at.N, "nama": item.Title}))
		b.WriteByte('\n')
	}
	b.WriteString(html.EscapeString(questionnaire.Address(item.Prompt, f.call)))
	if item.Type == questionnaire.Level {
		b.WriteByte('\n')
		for i, level := range item.Levels {
			fmt.Fprintf(&b, "\n<b>%d</b> %s", i+1, html.EscapeString(level))
		}
		if item.Zero != "" {
			fmt.Fprintf(&b, "\n<b>%s</b> %s", p.cfg.Text.Plain("label.belum", nil), html.EscapeString(item.Zero))
		}
	}
	if value, answered := f.Answers[item.Code]; answered {
		b.WriteString("\n\n" + p.cfg.Text.T("form.present_answer", text.Args{"jawaban": p.shown(item, value)}))
	}
	return dialog.Prompt{Template: "question." + string(item.Type), Text: b.String(), Rows: p.options(item), Bare: !f.def.Review}
}

func (p *Processor) options(item questionnaire.Item) [][]dialog.Choice {
	switch item.Type {
	case questionnaire.Pick:
		rows := make([][]dialog.Choice, len(item.Choices))
		for i, c := range item.Choices {
			rows[i] = []dialog.Choice{{Label: c.Label, Value: strconv.Itoa(i + 1)}}
		}
		return rows
	case questionnaire.Level:
		row := make([]dialog.Choice, questionnaire.LevelCount)
		for i := range row {
			n := strconv.Itoa(i + 1)
			row[i] = dialog.Choice{Label: n, Value: n}
		}
		if item.Zero == "" {
			return [][]dialog.Choice{row}
		}
		return [][]dialog.Choice{row, {{Label: p.cfg.Text.Plain("label.belum", nil), Value: "0"}}}
	}
	return nil
}

// shown is how an answer is repeated to the person.
func (p *Processor) shown(item questionnaire.Item, value string) string {
	if value == questionnaire.Skipped {
		return p.cfg.Text.Plain("form.skipped", nil)
	}
	if item.Type == questionnaire.Level && value == "0" {
		return p.cfg.Text.Plain("label.belum", nil)
	}
	for _, c := range item.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

func (p *Processor) introCard(f filling) dialog.Prompt {
	return dialog.Prompt{Template: "question.intro", Text: p.cfg.Text.T("question.intro", p.introArgs(f.task, f.def, f.call)),
		Rows: [][]dialog.Choice{{
			{Label: p.cfg.Text.Plain("label.start", nil), Verb: dialog.Resume},
			{Label: p.cfg.Text.Plain("label.later", nil), Verb: dialog.Later},
		}}}
}

func (p *Processor) introArgs(t task.Task, d questionnaire.Definition, call string) text.Args {
	return text.Args{"judul": d.Title, "jumlah": len(d.Items), "menit": d.Minutes,
		"batas": p.deadline(t), "pengantar": questionnaire.Address(d.Intro, call)}
}

// reviewCard lists every answer; a number asks that question again. A
// questionnaire without review has none.
func (p *Processor) reviewCard(f filling) dialog.Prompt {
	if !f.def.Review {
		return dialog.Prompt{}
	}
	lines := []string{p.cfg.Text.T("review.head", text.Args{"sapaan": f.call, "nama": f.name}), ""}
	var rows [][]dialog.Choice
	for i, item := range f.def.Applicable(f.Answers) {
		n := strconv.Itoa(i + 1)
		lines = append(lines, html.EscapeString(n+" "+item.Title+": "+p.shown(item, f.Answers[item.Code])))
		if i%5 == 0 {
			rows = append(rows, nil)
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], dialog.Choice{Label: n, Verb: dialog.Change, Step: item.Code})
	}
	foot := "review.foot"
	if f.task.Revision > 0 {
		foot = "review.foot_again"
	}
	if f.paper {
		foot = "paper.review"
	}
	lines = append(lines, "", p.cfg.Text.T(foot, text.Args{"batas": p.deadline(f.task)}))
	return dialog.Prompt{Template: "review", Text: strings.Join(lines, "\n"), Rows: rows}
}

func (p *Processor) leftCard(f filling, at dialog.Place) dialog.Prompt {
	key := "form.left"
	if at.K == 0 {
		key = "form.left_review"
	}
	return dialog.Prompt{Template: key,
		Text: p.cfg.Text.T(key, text.Args{"k": at.K, "n": at.N, "batas": p.deadline(f.task)}),
		Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

// finishFilling stores the answers as the task's next revision.
func finishFilling(ctx context.Context, e *env, f filling) (dialog.Ending, error) {
	if len(f.def.Missing(f.Answers)) > 0 {
		return dialog.Ending{}, errors.New("answers are missing at the end of a questionnaire")
	}
	sent := questionnaire.Answers{}
	for _, item := range f.def.Applicable(f.Answers) {
		sent[item.Code] = f.Answers[item.Code]
	}
	if err := e.tx.Submit(ctx, f.task, sent, e.now); err != nil {
		return dialog.Ending{}, err
	}
	f.task.Revision++
	f.Answers = sent
	if f.def.Kind == questionnaire.Interest {
		return e.interestEnding(f), nil
	}
	return e.assessmentEnding(ctx, f)
}
