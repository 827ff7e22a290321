package assessment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

const questionnaireFlow = "q"

// filling is the state of one questionnaire of one person.
type filling struct {
	Answers questionnaire.Answers `json:"answers"`
	// Changed is whether an answer differs, or has differed, from what was sent before;
	// false of a task that was never sent.
	Changed bool `json:"changed,omitempty"`
	// Asked are the codes of the items that are asked; none = all (see ofDuties).
	Asked  []string `json:"asked,omitempty"`
	task   task.Task
	def    questionnaire.Definition
	paper  bool   // typed in by an officer
	family string // of positions
	call   string // Bapak or Ibu
	name   string
}

// questionnaireForm runs every questionnaire: its items are the steps.
func (p *desk) questionnaireForm() dialog.Form[filling, *env] {
	return dialog.Form[filling, *env]{
		FormName: questionnaireFlow, Say: p.Wording("form.review_hint"),
		Load: loadFilling, Steps: p.itemSteps, Guard: p.taskGuard,
		Intro: p.introCard, Review: p.reviewCard, Left: p.leftCard,
		Finish: finishFilling,
	}
}

// loadFilling reads the task, which must be the person's own, and on a first
// opening takes over what was sent before.
func loadFilling(ctx context.Context, e *env, r *dialog.Record) (filling, error) {
	f := filling{call: e.Employee.Salutation(), name: e.Employee.DisplayName(),
		family: competency.FamilyOf(e.Employee.ClassCode, e.Employee.PositionTitle)}
	var err error
	if f.task, err = e.TaskOf(ctx, r.Ref); err != nil {
		return f, err
	}
	def, ok := e.Definition(f.task.Questionnaire, f.task.Version)
	if !ok {
		return f, fmt.Errorf("questionnaire %s version %d is not loaded", f.task.Questionnaire, f.task.Version)
	}
	f.def = def
	if len(r.State) > 0 {
		if err := json.Unmarshal(r.State, &f); err != nil {
			return f, err
		}
		return f, e.limit(ctx, &f)
	}
	if f.Answers, err = e.tx.Answers(ctx, f.task.ID); err != nil {
		return f, err
	}
	if err := e.limit(ctx, &f); err != nil {
		return f, err
	}
	for _, item := range f.def.Applicable(f.Answers) {
		if _, answered := f.Answers[item.Code]; answered {
			r.Answered = append(r.Answered, item.Code)
		}
	}
	return f, e.tx.StartTask(ctx, f.task.ID, e.Now)
}

func (p *desk) taskGuard(e *env, f filling) (dialog.Prompt, bool) {
	if f.task.Availability(e.Now) == task.Available {
		return dialog.Prompt{}, false
	}
	key, body := e.ClosedText(f.task)
	return dialog.Prompt{Template: key, Text: body}, true
}

func (p *desk) itemSteps(f filling) []dialog.Step[filling] {
	items := f.def.Applicable(f.Answers)
	steps := make([]dialog.Step[filling], len(items))
	for i, item := range items {
		steps[i] = dialog.Step[filling]{
			Key: item.Code, Optional: item.Optional,
			Ask: func(f filling, at dialog.Place) dialog.Prompt { return p.askItem(f, item, at) },
			Accept: func(f *filling, value string, typed bool) error {
				return p.acceptItem(f, item, value, typed)
			},
			Skip: func(f *filling) { f.answer(item.Code, questionnaire.Skipped) },
		}
	}
	return steps
}

// acceptItem stores an answer. A typed number is that of what is on show.
func (p *desk) acceptItem(f *filling, item questionnaire.Item, value string, typed bool) error {
	meant, err := p.Meant(item, item.Fitting(f.family), value, typed)
	if err == nil {
		f.answer(item.Code, meant)
	}
	return err
}

// answer keeps an answer, and notes when that changes what was sent.
func (f *filling) answer(code, value string) {
	if f.Answers == nil {
		f.Answers = questionnaire.Answers{}
	}
	f.Changed = f.Changed || f.task.Revision > 0 && f.Answers[code] != value
	f.Answers[code] = value
}

// askItem writes a question: header, prompt, the full text of every option.
func (p *desk) askItem(f filling, item questionnaire.Item, at dialog.Place) dialog.Prompt {
	var b strings.Builder
	if f.def.Review {
		args := text.Args{"judul": f.def.Title, "k": at.K, "n": at.N, "nama": item.Title}
		key := "question.header"
		if f.paper { // whose sheet it is, because a stack of them is typed in one after the other
			key, args["alamat"] = "paper.header", f.call+" "+f.name
		}
		b.WriteString(p.Cfg.Text.T(key, args))
		b.WriteByte('\n')
	}
	b.WriteString(html.EscapeString(questionnaire.Address(item.Prompt, f.call)))
	b.WriteString(p.Statements(item))
	if value, answered := f.Answers[item.Code]; answered {
		b.WriteString("\n\n" + p.Cfg.Text.T("form.present_answer", text.Args{"jawaban": p.Shown(item, value)}))
	}
	return dialog.Prompt{Template: "question." + string(item.Type), Text: b.String(), Rows: p.offered(item, f.family), Bare: !f.def.Review}
}

// offered are the buttons of an item. A choice keeps the number that it has among all, so
// that a button means the same when the position has changed since.
func (p *desk) offered(item questionnaire.Item, family string) (rows [][]dialog.Choice) {
	for i, row := range p.Options(item) {
		if item.Type != questionnaire.Pick || item.Choices[i].Fits(family) {
			rows = append(rows, row)
		}
	}
	return rows
}

func (p *desk) introCard(f filling) dialog.Prompt {
	return dialog.Prompt{Template: "question.intro", Text: p.Cfg.Text.T("question.intro", p.IntroArgs(f.task, f.def, f.call)),
		Rows: [][]dialog.Choice{{
			{Label: p.Cfg.Text.Plain("label.start", nil), Verb: dialog.Resume},
			{Label: p.Cfg.Text.Plain("label.later", nil), Verb: dialog.Later},
		}}}
}

// reviewCard lists every answer; a number asks that question again. A
// questionnaire without review has none.
func (p *desk) reviewCard(f filling) dialog.Prompt {
	if !f.def.Review {
		return dialog.Prompt{}
	}
	lines := []string{p.Cfg.Text.T("review.head", text.Args{"sapaan": f.call, "nama": f.name}), ""}
	var numbers []dialog.Choice
	for i, item := range f.def.Applicable(f.Answers) {
		n := strconv.Itoa(i + 1)
		lines = append(lines, html.EscapeString(n+" "+item.Title+": "+p.Shown(item, f.Answers[item.Code])))
		numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: item.Code})
	}
	foot := "review.foot"
	if f.task.Revision > 0 {
		foot = "review.foot_again"
	}
	if f.paper {
		foot = "paper.review"
	}
	lines = append(lines, "", p.Cfg.Text.T(foot, text.Args{"batas": p.Deadline(f.task)}))
	return dialog.Prompt{Template: "review", Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers)}
}

func (p *desk) leftCard(f filling, at dialog.Place) dialog.Prompt {
	n, all := f.filled()
	key, on := "form.left", "label.resume"
	switch {
	case f.task.Revision > 0:
		if key = f.again(); !f.Changed {
			on = "label.change"
		}
	case n == 0:
		key = "form.left_none"
	case at.K == 0 && len(f.def.Missing(f.Answers)) == 0: // on the review card
		key = "form.left_review"
	}
	return dialog.Prompt{Template: key,
		Text: p.Cfg.Text.T(key, text.Args{"terisi": n, "n": all, "batas": p.Deadline(f.task)}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain(on, nil), Verb: dialog.Resume}}}}
}

// again says what holds when the answers of a task that was sent were opened again and
// left: those that were sent, so nothing waits and nothing is reminded of.
func (f filling) again() string {
	if f.Changed {
		return "form.again_changed"
	}
	return "form.again_same"
}

// filled counts the questions that are answered, and all that are asked: the same
// numbers as in a reminder.
func (f filling) filled() (answered, all int) {
	items := f.def.Applicable(f.Answers)
	for _, item := range items {
		if _, ok := f.Answers[item.Code]; ok {
			answered++
		}
	}
	return answered, len(items)
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
	if err := e.tx.Submit(ctx, f.task, sent, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	f.task.Revision++
	f.Answers = sent
	if f.def.Kind == questionnaire.Interest {
		return e.interestEnding(ctx, f)
	}
	return e.assessmentEnding(ctx, f)
}
