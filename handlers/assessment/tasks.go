package assessment

import (
	"context"
	"slices"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// listTasks answers /tugas: what is still owed, until when.
func (e *env) listTasks(ctx context.Context, _ string) error {
	e.Out.ActiveForm, e.Out.ActiveRef = "", 0
	tasks, err := e.listed(ctx)
	if err != nil {
		return err
	}
	var lines, done []string
	var rows [][]dialog.Button
	for _, t := range tasks {
		if t.Availability(e.Now) != task.Available {
			continue
		}
		args := text.Args{"judul": e.Title(t), "batas": e.Deadline(t)}
		if t.State == task.Done {
			done = append(done, e.T("task.list_done", args))
			rows = append(rows, []dialog.Button{{Label: e.Label("result"), Action: e.MenuAction("hasil", t.ID)}, e.Begin("change", t)})
			continue
		}
		args["k"] = len(lines) + 1
		key, label := "task.list_open", "start"
		if t.State == task.Started {
			key, label = "task.list_started", "resume"
		}
		lines = append(lines, e.T(key, args))
		rows = append([][]dialog.Button{{e.Begin(label, t)}}, rows...)
	}
	more, buttons, err := e.OwedLines(ctx, len(lines)+1)
	if err != nil {
		return err
	}
	lines, rows = append(lines, more...), append(rows, buttons...)
	head := e.T("task.list_head", e.Person(nil))
	if len(lines) == 0 {
		head = e.T("task.none", e.Person(nil))
	}
	all := append(append([]string{head}, lines...), done...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "task.list", Text: strings.Join(all, "\n"), Rows: rows})
	return nil
}

// listed are the tasks that stand in /tugas: the second block as well, of whom the duties
// need it and to whom it was offered.
func (e *env) listed(ctx context.Context) ([]task.Task, error) {
	technical := func(t task.Task) bool { return t.Kind == task.SelfAssessmentTechnical }
	tasks, err := e.TasksOf(ctx, append(e.Reg.Listed(), task.SelfAssessmentTechnical))
	if err != nil || !slices.ContainsFunc(tasks, technical) {
		return tasks, err
	}
	if needed, err := e.duties(ctx); len(needed) > 0 || err != nil {
		return tasks, err
	}
	return slices.DeleteFunc(tasks, technical), nil
}

// assessment answers /asesmen: it begins, goes on, or shows what was sent.
func (e *env) assessment(ctx context.Context, _ string) error {
	tasks, err := e.TasksOf(ctx, []task.Kind{task.SelfAssessment})
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		e.Say("task.none_assessment", nil)
		return nil
	}
	t := tasks[0]
	if _, drafted := e.Session.Draft(questionnaireFlow, t.ID); t.Availability(e.Now) == task.Available && (drafted || t.State != task.Done) {
		return e.RunFlow(ctx, questionnaireFlow, t.ID, dialog.Input{Verb: dialog.Resume})
	}
	e.taskCard(t)
	return nil
}

// taskCard shows where a task stands that is not being worked on.
func (e *env) taskCard(t task.Task) {
	if t.Availability(e.Now) != task.Available {
		key, body := e.ClosedText(t)
		r := dialog.Reply{Template: key, Text: body}
		if t.Revision > 0 && hasResult(t) {
			r.Rows = [][]dialog.Button{{{Label: e.Label("result"), Action: e.MenuAction("hasil", t.ID)}}}
		}
		e.Out.Replies = append(e.Out.Replies, r)
		return
	}
	if t.State != task.Done {
		def := e.DefinitionOf(t)
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "question.intro",
			Text: e.T("question.intro", e.IntroArgs(t, def, e.Employee.Salutation())),
			Rows: [][]dialog.Button{{e.Begin("start", t)}}})
		return
	}
	rows := [][]dialog.Button{{e.Begin("change", t)}}
	if hasResult(t) {
		rows = [][]dialog.Button{{{Label: e.Label("result"), Action: e.MenuAction("hasil", t.ID)}, e.Begin("change", t)}}
	}
	if t.Kind == task.SelfAssessment {
		rows = append(rows, []dialog.Button{{Label: e.Label("technical"), Action: e.MenuAction("teknis", t.ID)}})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "task.done_card",
		Text: e.T("task.done_card", text.Args{"judul": e.Title(t), "batas": e.Deadline(t)}), Rows: rows})
}

// hasResult tells whether there is a picture of what was sent: of levels, not of
// the one question about interests.
func hasResult(t task.Task) bool {
	return t.Kind == task.SelfAssessment || t.Kind == task.SelfAssessmentTechnical
}

// history lists what was sent in each period, newest first.
func (e *env) history(ctx context.Context) error {
	tasks, err := e.TasksOf(ctx, []task.Kind{task.SelfAssessment})
	if err != nil {
		return err
	}
	required, err := e.tx.Standard(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	blocks := []string{e.T("result.history_head", e.Person(nil))}
	var rows [][]dialog.Button
	for _, t := range tasks {
		if t.Revision == 0 || len(blocks) > 6 {
			continue
		}
		f := filling{task: t, def: e.DefinitionOf(t), call: e.Employee.Salutation()}
		if f.Answers, err = e.tx.Answers(ctx, t.ID); err != nil {
			return err
		}
		lines := append([]string{e.T("result.history_line", text.Args{"periode": t.Occasion.Name, "versi": t.Version})}, e.findings(f, f.profile(required))...)
		blocks = append(blocks, strings.Join(lines, "\n"))
		if len(rows) == 0 {
			rows = [][]dialog.Button{{{Label: e.Label("result"), Action: e.MenuAction("hasil", t.ID)}}}
		}
	}
	if len(blocks) == 1 {
		e.Say("result.history_none", nil)
		return nil
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "result.history", Text: strings.Join(blocks, "\n\n"), Rows: rows})
	return nil
}
