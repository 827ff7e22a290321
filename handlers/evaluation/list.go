package evaluation

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// runsShown is how many batches stand in the list of who runs them.
const runsShown = 10

// list answers /umpanbalik: what the person may still say, and, for who runs a batch,
// where its evaluation stands. The only thing there is is opened at once.
func (e *env) list(ctx context.Context, _ string) error {
	e.Out.ActiveForm, e.Out.ActiveRef = "", 0
	mine, err := e.tx.MyEvaluations(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	runs, total, err := e.tx.EvaluationsRun(ctx, e.Employee, e.Now, 0, runsShown)
	if err != nil {
		return err
	}
	more, moreRows, err := feature.FeedbackLines(ctx, e.Env, len(mine)+1)
	if err != nil {
		return err
	}
	if len(mine) == 1 && len(runs) == 0 && len(moreRows) == 0 && !e.Employee.Rights.HR {
		return e.open(ctx, mine[0])
	}
	var lines []string
	var rows [][]dialog.Button
	for _, t := range mine {
		line, row := e.mineLine(t, len(lines)+1)
		lines, rows = append(lines, line), append(rows, row)
	}
	head := e.T("evaluation.none", e.Person(nil))
	switch {
	case len(more) > 0:
		head = e.T("followup.list_head", e.Person(nil))
	case len(mine) > 0:
		head = e.T("evaluation.list_head", e.Person(nil))
	}
	blocks := []string{strings.Join(slices.Concat([]string{head}, lines, more), "\n")}
	rows = append(rows, moreRows...)
	if len(runs) > 0 {
		block, buttons := e.runLines(runs, len(mine)+len(more))
		blocks, rows = append(blocks, block), append(rows, buttons...)
	}
	rows = append(rows, e.runsFoot(0, total)...)
	// How far somebody is must not be read from the row of the message.
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.list_head", Text: strings.Join(blocks, "\n\n"), Rows: rows, Forget: len(mine)+len(more) > 0})
	return nil
}

// open shows the first card of an evaluation, or goes on with what was begun.
func (e *env) open(ctx context.Context, t task.Task) error {
	if _, drafted := e.Session.Draft(evaluation.Flow, t.ID); drafted {
		return e.RunFlow(ctx, evaluation.Flow, t.ID, dialog.Input{Verb: dialog.Resume})
	}
	if err := e.EnsureDefinitions(ctx, t); err != nil {
		return err
	}
	if t.State == task.Done {
		e.taskCard(t)
		return nil
	}
	of, err := e.tx.Evaluation(ctx, t.Occasion.ID)
	if err != nil {
		return err
	}
	card := evaluation.Card(e.Cfg.Text, "evaluation.intro", e.DefinitionOf(t),
		evaluation.Asked{Task: t.ID, Person: personnel.Employee{Name: e.Employee.Name, Sex: e.Employee.Sex}, Batch: of.Batch, Name: of.Name,
			Trainers: len(of.Trainers), Closes: of.Closes}, e.Cfg.Location)
	card.Forget = true
	e.Out.Replies = append(e.Out.Replies, card)
	return nil
}

// mineLine is one evaluation of the person, with its button.
func (e *env) mineLine(t task.Task, k int) (line string, row []dialog.Button) {
	label, key := "start", "evaluation.list_open"
	switch t.State {
	case task.Started:
		label = "resume"
	case task.Done:
		label, key = "replace", "evaluation.list_sent"
	}
	return e.T(key, text.Args{"k": k, "nama": t.Occasion.Name, "batas": e.Deadline(t)}), []dialog.Button{e.Begin(label, t)}
}

// runsPage shows a page of the batches that the person runs.
func (e *env) runsPage(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	runs, total, err := e.tx.EvaluationsRun(ctx, e.Employee, e.Now, page*runsShown, runsShown)
	if err != nil {
		return err
	}
	if len(runs) == 0 && page > 0 { // the list has become shorter
		return e.runsPage(ctx, dialog.Action{}, message)
	}
	body, rows := e.runLines(runs, page*runsShown)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "evaluation.runs_head", Text: body, Edit: message, Rows: append(rows, e.runsFoot(page, total)...)})
	return nil
}

// runsFoot are the buttons below the batches that somebody runs: other pages, and for the
// personnel office the comparison.
func (e *env) runsFoot(page, total int) (rows [][]dialog.Button) {
	rows = e.Pages("evhal", 0, page, runsShown, total)
	if e.Employee.Rights.HR {
		rows = append(rows, []dialog.Button{{Label: e.Label("evaluation_compare"), Action: e.MenuAction("evbanding", 0)}})
	}
	return rows
}

// officeLine says on /kelola how many reports to participants are late.
func (e *env) officeLine(ctx context.Context) (string, error) {
	n, err := e.tx.ReportsOverdue(ctx, e.Now)
	if err != nil || n == 0 {
		return "", err
	}
	return e.T("rollup.reports_late", text.Args{"n": n}), nil
}

// runLines are the batches that the person runs, with a button each.
func (e *env) runLines(runs []evaluation.Standing, before int) (block string, rows [][]dialog.Button) {
	lines := []string{e.T("evaluation.runs_head", e.Person(nil))}
	for i, s := range runs {
		n := before + i + 1
		lines = append(lines, e.T("evaluation.runs_line", text.Args{"k": n, "nama": feature.Clip(s.Name, feature.LongName), "keadaan": text.HTML(e.standing(s))}))
		step, label := evaluation.ResultStep, "evaluation_result_n"
		if s.State == "" {
			step, label = "evbuka", "evaluation_open_n"
		}
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label."+label, text.Args{"n": n}), Action: e.MenuAction(step, s.Batch)}})
	}
	return strings.Join(lines, "\n"), rows
}

// standing says where an evaluation stands.
func (e *env) standing(s evaluation.Standing) string {
	args := text.Args{"batas": e.Cfg.Text.Deadline(s.Closes.In(e.Cfg.Location)), "janji": e.Cfg.Text.Date(s.Promised)}
	words := e.T(standingKey(s.State), args)
	if s.OwesReport {
		key := "evaluation.owes"
		if s.Promised.Format("2006-01-02") < e.Now.Format("2006-01-02") {
			key = "evaluation.owes_late"
		}
		words += "; " + e.T(key, args)
	}
	if s.Unread && e.Employee.Rights.HR {
		words += "; " + e.T("evaluation.unread", nil)
	}
	return words
}

func standingKey(s evaluation.State) string {
	switch s {
	case evaluation.Open:
		return "evaluation.state_open"
	case evaluation.Published:
		return "evaluation.state_published"
	case evaluation.Pooled:
		return "evaluation.state_pooled"
	case evaluation.Merged:
		return "evaluation.state_merged"
	case evaluation.Destroyed:
		return "evaluation.state_destroyed"
	}
	return "evaluation.state_none"
}

// openEarly opens the evaluation of a batch before it has ended (Buka evaluasi), after
// one question: who comes later is asked too, so nothing is lost by waiting.
func (e *env) openEarly(ctx context.Context, a dialog.Action, message int) error {
	if err := e.runs(ctx, a.Ref); err != nil {
		return err
	}
	r := dialog.Reply{Template: "evaluation.open_ask", Edit: message, Text: e.T("evaluation.open_ask", nil), Rows: [][]dialog.Button{{
		{Label: e.Label("evaluation_open"), Action: e.MenuAction("evbukaya", a.Ref)}}}}
	if a.Step == "evbukaya" {
		opened, err := e.tx.OpenEvaluation(ctx, a.Ref, e.Employee.ID, e.Now)
		if err != nil {
			return err
		}
		key := "evaluation.opened"
		if !opened {
			key = "evaluation.not_opened"
		}
		r = dialog.Reply{Template: key, Edit: message, Text: e.T(key, e.Helpdesk())}
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// taskCard shows where an evaluation stands that is not being filled in. No row of it
// stays: it would tell who has answered.
func (e *env) taskCard(t task.Task) {
	if t.Availability(e.Now) != task.Available {
		key, body := e.ClosedText(t)
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Forget: true})
		return
	}
	key, label := "evaluation.waits", "start"
	switch t.State {
	case task.Done:
		key, label = "evaluation.sent", "replace"
	case task.Started:
		label = "resume"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, text.Args{"nama": t.Occasion.Name, "batas": e.Deadline(t)}),
		Rows: [][]dialog.Button{{e.Begin(label, t)}}, Forget: true})
}

// owed is the line of /tugas: what the person may still say. It says that it may be left
// alone.
func (e *env) owed(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	mine, err := e.tx.MyEvaluations(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return "", nil, err
	}
	n := 0
	for _, t := range mine {
		if t.State != task.Done {
			n++
		}
	}
	if n == 0 {
		return "", nil, nil
	}
	return e.T("evaluation.owed", text.Args{"k": strconv.Itoa(k), "n": n}),
		[]dialog.Button{{Label: e.Label("evaluation"), Action: e.MenuAction("umpanbalik", 0)}}, nil
}
