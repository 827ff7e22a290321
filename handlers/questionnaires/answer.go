package questionnaires

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// answering is a survey that somebody answers. The ref is the task.
type answering struct {
	played
	own survey.Own
}

func (a *answering) play() *played { return &a.played }

// answerForm runs a survey with the version of its task.
func (p *desk) answerForm() dialog.Form[answering, *env] {
	return dialog.Form[answering, *env]{
		FormName: survey.AnswerFlow, Say: p.Wording("form.review_hint"), Load: loadAnswering, Steps: p.answerSteps,
		Guard: func(e *env, a answering) (dialog.Prompt, bool) {
			r := standingOf(e, a.own)
			return dialog.Prompt{Template: r.Template, Text: r.Text}, !canAnswer(a.own, e)
		},
		Review: func(a answering) dialog.Prompt {
			if !a.def.Review {
				return dialog.Prompt{}
			}
			return p.reviewCard(a.played, a.own.Says(p.Cfg.Text)+" "+p.Cfg.Text.T("survey.once", nil))
		},
		Left: func(a answering, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "survey.left", Text: p.Cfg.Text.T("survey.left", text.Args{"batas": p.Cfg.Text.Deadline(a.own.Closes.In(p.Cfg.Location))}),
				Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
		},
		Finish: finishAnswering,
	}
}

// answerSteps are the items; above the first stands who reads the answers.
func (p *desk) answerSteps(a answering) []dialog.Step[answering] {
	steps := playSteps(p, a, (*answering).play)
	if len(steps) == 0 {
		return steps
	}
	ask := steps[0].Ask
	steps[0].Ask = func(a answering, at dialog.Place) dialog.Prompt {
		prompt := ask(a, at)
		prompt.Text = p.Cfg.Text.T("survey.above", text.Args{"siapa": text.HTML(a.own.Says(p.Cfg.Text)), "guna": a.own.Use,
			"kabar": p.Cfg.Text.Date(a.own.ReportBy)}) + "\n\n" + prompt.Text
		return prompt
	}
	return steps
}

func canAnswer(own survey.Own, e *env) bool {
	return own.Open(e.Now) && (own.Task.State == task.Open || own.Task.State == task.Started)
}

func loadAnswering(ctx context.Context, e *env, r *dialog.Record) (a answering, err error) {
	if a.own, err = e.tx.OwnSurvey(ctx, r.Ref, e.Employee.ID, e.Now); err != nil {
		return a, err
	}
	if err := e.EnsureDefinitions(ctx, a.own.Task); err != nil {
		return a, err
	}
	a.def, a.call, a.name = e.DefinitionOf(a.own.Task), e.Employee.Salutation(), e.Employee.DisplayName()
	begun := len(r.State) > 0
	if err := feature.DecodeState(r, &a); err != nil {
		return a, err
	}
	if begun || a.own.Task.State != task.Open || !a.own.Open(e.Now) {
		return a, nil
	}
	return a, e.tx.StartTask(ctx, a.own.Task.ID, e.Now)
}

// finishAnswering stores what was answered, once.
func finishAnswering(ctx context.Context, e *env, a answering) (dialog.Ending, error) {
	if len(a.def.Missing(a.Answers)) > 0 {
		return dialog.Ending{}, errors.New("answers are missing at the end of a survey")
	}
	if err := e.tx.LockSurveyTask(ctx, a.own.Task.ID, e.Employee.ID, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	sent := questionnaire.Answers{}
	for _, item := range a.def.Applicable(a.Answers) {
		sent[item.Code] = a.Answers[item.Code]
	}
	if err := e.tx.Submit(ctx, a.own.Task, sent, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.sent", nil), Replies: []dialog.Reply{{Template: "survey.sent",
		Text: e.T("survey.sent", e.Person(text.Args{"judul": a.own.Name, "kabar": e.Cfg.Text.Date(a.own.ReportBy)}))}}}, nil
}

// standingOf says where somebody's part of a survey stands.
func standingOf(e *env, own survey.Own) dialog.Reply {
	args := text.Args{"judul": own.Name, "batas": e.Cfg.Text.Deadline(own.Closes.In(e.Cfg.Location))}
	switch {
	case own.Task.State == task.Done:
		return dialog.Reply{Template: "survey.is_sent", Text: e.T("survey.is_sent", args)}
	case !canAnswer(own, e):
		key, body := e.ClosedText(own.Task)
		return dialog.Reply{Template: key, Text: body}
	}
	return dialog.Reply{Template: "survey.waits", Text: e.T("survey.waits", args), Rows: [][]dialog.Button{{e.Begin("start", own.Task)}}}
}

// surveyTask shows where a survey stands that is opened by its number.
func (e *env) surveyTask(t task.Task) {
	key := "survey.waits"
	if t.State == task.Done {
		key = "survey.is_sent"
	}
	r := dialog.Reply{Template: key, Text: e.T(key, text.Args{"judul": t.Occasion.Name, "batas": e.Deadline(t)}), Rows: [][]dialog.Button{{e.Begin("start", t)}}}
	if t.Availability(e.Now) != task.Available {
		key, body := e.ClosedText(t)
		r = dialog.Reply{Template: key, Text: body}
	}
	e.Out.Replies = append(e.Out.Replies, r)
}

// surveyClosed shows where a survey stands whose draft is gone.
func (e *env) surveyClosed(ctx context.Context, ref int64) error {
	if !e.Linked() {
		return feature.ErrNoDraft
	}
	own, err := e.tx.OwnSurvey(ctx, ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("form.stale", nil)
	r := standingOf(e, own)
	r.Text = e.T("form.stale", nil) + "\n\n" + r.Text
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// mineStep lists the surveys that somebody may answer.
const mineStep = "surveisaya"

// owed is a line of /tugas: surveys that somebody may answer, and the way to the one, or to the
// list of them.
func (e *env) owed(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	list, err := e.tx.MySurveys(ctx, e.Employee.ID, e.Now)
	if err != nil || len(list) == 0 {
		return "", nil, err
	}
	to := e.MenuAction(mineStep, 0)
	if len(list) == 1 {
		to = answerAction(list[0])
	}
	return e.T("survey.owed", text.Args{"k": strconv.Itoa(k), "n": len(list)}), []dialog.Button{{Label: e.Label("survey_answer"), Action: to}}, nil
}

func answerAction(s survey.Mine) dialog.Action {
	return dialog.Action{Flow: s.Manner.Flow(), Ref: s.Task, Verb: dialog.Resume}
}

// mine lists the surveys that somebody may answer, those that close first first.
func (e *env) mine(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.MySurveys(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return dialog.ErrNotFound
	}
	lines := []string{e.T("survey.mine", nil)}
	var numbers []dialog.Button
	for i, s := range list {
		lines = append(lines, e.T("survey.mine_line", text.Args{"no": i + 1, "judul": s.Name, "batas": e.Cfg.Text.Deadline(s.Closes.In(e.Cfg.Location))}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: answerAction(s)})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.mine", Edit: message, Forget: true, Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers)})
	return nil
}

// answerKept says that what was answered is kept.
func (e *env) answerKept(dialog.Record) dialog.Reply {
	return dialog.Reply{Template: "survey.kept", Text: e.T("survey.kept", nil)}
}
