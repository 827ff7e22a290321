package handlers

import (
	"context"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// owed are the kinds of tasks that a person is asked for.
var owed = []task.Kind{task.SelfAssessment}

// listTasks answers /tugas: what is still owed, until when.
func (e *env) listTasks(ctx context.Context, _ string) error {
	e.out.activeForm, e.out.activeRef = "", 0
	tasks, err := e.tasksOf(ctx, owed)
	if err != nil {
		return err
	}
	var lines, done []string
	var rows [][]dialog.Button
	for _, t := range tasks {
		if t.Availability(e.now) != task.Available {
			continue
		}
		args := text.Args{"judul": e.title(t), "batas": e.deadline(t)}
		if t.State == task.Done {
			done = append(done, e.t("task.list_done", args))
			rows = append(rows, []dialog.Button{{Label: e.label("result"), Action: e.menuAction("hasil", t.ID)}, e.begin("change", t)})
			continue
		}
		args["k"] = len(lines) + 1
		key, label := "task.list_open", "start"
		if t.State == task.Started {
			key, label = "task.list_started", "resume"
		}
		lines = append(lines, e.t(key, args))
		rows = append([][]dialog.Button{{e.begin(label, t)}}, rows...)
	}
	line, row, err := e.ratingTask(ctx, len(lines)+1)
	if err != nil {
		return err
	}
	if line != "" {
		lines, rows = append(lines, line), append(rows, row)
	}
	head := e.t("task.list_head", e.person(nil))
	if len(lines) == 0 {
		head = e.t("task.none", e.person(nil))
	}
	all := append(append([]string{head}, lines...), done...)
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "task.list", Text: strings.Join(all, "\n"), Rows: rows})
	return nil
}

// assessment answers /asesmen: it begins, goes on, or shows what was sent.
func (e *env) assessment(ctx context.Context, _ string) error {
	tasks, err := e.tasksOf(ctx, []task.Kind{task.SelfAssessment})
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		e.say("task.none_assessment", nil)
		return nil
	}
	t := tasks[0]
	if _, drafted := e.session.Draft(questionnaireFlow, t.ID); t.Availability(e.now) == task.Available && (drafted || t.State != task.Done) {
		return e.runFlow(ctx, questionnaireFlow, t.ID, dialog.Input{Verb: dialog.Resume})
	}
	e.taskCard(t)
	return nil
}

// taskCard shows where a task stands that is not being worked on.
func (e *env) taskCard(t task.Task) {
	if t.Availability(e.now) != task.Available {
		key, body := e.closedText(t)
		r := dialog.Reply{Template: key, Text: body}
		if t.Revision > 0 && hasResult(t) {
			r.Rows = [][]dialog.Button{{{Label: e.label("result"), Action: e.menuAction("hasil", t.ID)}}}
		}
		e.out.replies = append(e.out.replies, r)
		return
	}
	if t.State != task.Done {
		def := e.definitionOf(t)
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "question.intro",
			Text: e.t("question.intro", e.introArgs(t, def, e.employee.Salutation())),
			Rows: [][]dialog.Button{{e.begin("start", t)}}})
		return
	}
	rows := [][]dialog.Button{{e.begin("change", t)}}
	if hasResult(t) {
		rows = [][]dialog.Button{{{Label: e.label("result"), Action: e.menuAction("hasil", t.ID)}, e.begin("change", t)}}
	}
	if t.Kind == task.SelfAssessment {
		rows = append(rows, []dialog.Button{{Label: e.label("technical"), Action: e.menuAction("teknis", t.ID)}})
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "task.done_card",
		Text: e.t("task.done_card", text.Args{"judul": e.title(t), "batas": e.deadline(t)}), Rows: rows})
}

// hasResult tells whether there is a picture of what was sent: of levels, not of
// the one question about interests.
func hasResult(t task.Task) bool {
	return t.Kind == task.SelfAssessment || t.Kind == task.SelfAssessmentTechnical
}

// history lists what was sent in each period, newest first.
func (e *env) history(ctx context.Context) error {
	tasks, err := e.tasksOf(ctx, []task.Kind{task.SelfAssessment})
	if err != nil {
		return err
	}
	blocks := []string{e.t("result.history_head", e.person(nil))}
	var rows [][]dialog.Button
	for _, t := range tasks {
		if t.Revision == 0 || len(blocks) > 6 {
			continue
		}
		f := filling{task: t, def: e.definitionOf(t), call: e.employee.Salutation()}
		if f.Answers, err = e.tx.Answers(ctx, t.ID); err != nil {
			return err
		}
		p, err := e.profile(ctx, f)
		if err != nil {
			return err
		}
		lines := append([]string{e.t("result.history_line", text.Args{"periode": t.PeriodName, "versi": t.Version})}, e.findings(f, p)...)
		blocks = append(blocks, strings.Join(lines, "\n"))
		if len(rows) == 0 {
			rows = [][]dialog.Button{{{Label: e.label("result"), Action: e.menuAction("hasil", t.ID)}}}
		}
	}
	if len(blocks) == 1 {
		e.say("result.history_none", nil)
		return nil
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "result.history", Text: strings.Join(blocks, "\n\n"), Rows: rows})
	return nil
}

// closedText says why a task cannot be worked on.
func (e *env) closedText(t task.Task) (key, body string) {
	args := text.Args{"judul": e.title(t), "periode": t.PeriodName, "batas": e.deadline(t),
		"buka": e.cfg.Text.Date(t.OpensAt.In(e.cfg.Location)), "bantuan": e.cfg.Agency.Helpdesk}
	switch t.Availability(e.now) {
	case task.NotYet:
		key = "task.not_yet"
	case task.Released:
		key = "task.released"
	default:
		key = "task.late"
	}
	return key, e.t(key, e.person(args))
}

func (e *env) begin(label string, t task.Task) dialog.Button {
	return dialog.Button{Label: e.label(label), Action: dialog.Action{Flow: questionnaireFlow, Ref: t.ID, Verb: dialog.Resume}}
}

func (e *env) title(t task.Task) string { return e.definitionOf(t).Title }

func (e *env) taskArgs(t task.Task) text.Args {
	return e.introArgs(t, e.definitionOf(t), e.employee.Salutation())
}

func (p *Processor) deadline(t task.Task) string {
	return p.cfg.Text.Deadline(t.DueAt.In(p.cfg.Location))
}
