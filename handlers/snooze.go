package handlers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// selfOpened is the choice of Nanti to be left alone.
const selfOpened = "sendiri"

// snoozeLabel names a choice.
func snoozeLabel(c outreach.Choice) string {
	switch c {
	case outreach.ThisAfternoon:
		return "snooze_afternoon"
	case outreach.TomorrowMorning:
		return "snooze_tomorrow"
	}
	return "snooze_monday"
}

// snoozeCard asks when to come back to a task. With the last time that a task may
// be put off it says before what follows (product.md 2.3, rule 5). A task that was
// put off so often, or ends before any time that could be offered, is not asked
// about.
func (e *env) snoozeCard(ctx context.Context, t task.Task, head string) (dialog.Reply, error) {
	options, who, err := e.cfg.Courier.Options(ctx, e.tx, e.now, t.DueAt, e.employee.ID)
	if err != nil {
		return dialog.Reply{}, err
	}
	args := text.Args{"judul": e.title(t), "batas": e.deadline(t)}
	used, most := snoozes(who, t.ID), e.cfg.Courier.Caps().Snoozes
	if used >= most || len(options) == 0 || !t.Kind.Owed() {
		r := dialog.Reply{Template: "form.later_task", Text: join(head, e.t("form.later_task", args))}
		r.Rows = [][]dialog.Button{{e.begin("resume", t)}}
		return r, nil
	}
	lines := []string{head, e.t("snooze.ask", args)}
	if used == most-1 {
		lines = []string{head, e.t("snooze.ask_last", args)}
	}
	var rows [][]dialog.Button
	for _, o := range options {
		if o.Moved {
			lines = append(lines, e.t("snooze.moved", text.Args{"pilihan": e.label(snoozeLabel(o.Choice)),
				"tanggal": e.cfg.Text.Date(o.At.In(e.cfg.Location))}))
		}
		b := e.snoozeButton(snoozeLabel(o.Choice), string(o.Choice), t.ID)
		if o.Choice != outreach.OnMonday && len(rows) == 1 && len(rows[0]) == 1 {
			rows[0] = append(rows[0], b)
			continue
		}
		rows = append(rows, []dialog.Button{b})
	}
	rows = append(rows, []dialog.Button{e.snoozeButton("snooze_self", selfOpened, t.ID)}, []dialog.Button{e.begin("resume", t)})
	return dialog.Reply{Template: "snooze.ask", Text: join(lines...), Rows: rows}, nil
}

func join(lines ...string) string {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func (e *env) snoozeButton(label, choice string, id int64) dialog.Button {
	a := e.menuAction("tunda", id)
	a.Value = choice
	return dialog.Button{Label: e.label(label), Action: a}
}

// snoozes is how often a person has put a task off.
func snoozes(p courier.Recipient, id int64) int {
	for _, t := range p.Tasks {
		if t.ID == id {
			return t.Snoozes
		}
	}
	return 0
}

// askLater answers Nanti below a message about a task.
func (e *env) askLater(ctx context.Context, a dialog.Action, _ int) error {
	t, ok, err := e.pendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	r, err := e.snoozeCard(ctx, t, "")
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, r)
	return nil
}

// offerTimes lets the card of a questionnaire that was left offer times.
func (e *env) offerTimes(ctx context.Context, ref int64, replies []dialog.Reply) error {
	last := len(replies) - 1
	if last < 0 || replies[last].Template != "form.left" && replies[last].Template != "form.left_review" {
		return nil
	}
	t, err := e.taskOf(ctx, ref)
	if err != nil || !t.Kind.Owed() {
		return err
	}
	r, err := e.snoozeCard(ctx, t, replies[last].Text)
	if err != nil {
		return err
	}
	if r.Template != "snooze.ask" { // no time can be offered: the card stays as it is
		return nil
	}
	r.Edit = replies[last].Edit
	replies[last] = r
	return nil
}

// putOff stores the time that was chosen; a second tap on the same choice is
// confirmed again and changes nothing. The choice is checked against what can
// be offered now: an old card may name an afternoon that has gone.
func (e *env) putOff(ctx context.Context, a dialog.Action, message int) error {
	t, ok, err := e.pendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	options, who, err := e.cfg.Courier.Options(ctx, e.tx, e.now, t.DueAt, e.employee.ID)
	if err != nil {
		return err
	}
	used, most := snoozes(who, t.ID), e.cfg.Courier.Caps().Snoozes
	args := text.Args{"judul": e.title(t), "batas": e.deadline(t)}
	reply := dialog.Reply{Edit: message, Rows: [][]dialog.Button{{e.begin("resume", t)}}}
	chosen, found := outreach.SnoozeOption{}, a.Value == selfOpened
	for _, o := range options {
		if string(o.Choice) == a.Value {
			chosen, found = o, true
		}
	}
	again, err := e.tx.SnoozedSo(ctx, t.ID, chosen.At, e.now)
	switch {
	case err != nil:
		return err
	case !found || used >= most && !again:
		return dialog.ErrNotFound
	case again:
		used-- // it holds this choice already
	default:
		if err := e.storeSnooze(ctx, t, chosen.At); err != nil {
			return err
		}
	}
	reply.Template = "snooze.alone"
	if used == most-1 {
		reply.Template = "snooze.alone_last"
	}
	if a.Value != selfOpened {
		reply.Template = "snooze.set"
		if used == most-1 {
			reply.Template = "snooze.set_last"
		}
		at := chosen.At.In(e.cfg.Location)
		args["kapan"] = e.cfg.Text.Date(at) + ", " + e.cfg.Text.Clock(at)
	}
	reply.Text = e.t(reply.Template, args)
	e.out.replies = append(e.out.replies, reply)
	return nil
}

// storeSnooze notes that a task is put off and plans the message of that time; no
// message for a zero time.
func (e *env) storeSnooze(ctx context.Context, t task.Task, until time.Time) error {
	if err := e.tx.AddSnooze(ctx, t.ID, e.employee.ID, e.now, until); err != nil || until.IsZero() {
		return err
	}
	climbs, err := e.tx.Climbs(ctx, []int64{t.ID})
	if err != nil || len(climbs) == 0 {
		return err
	}
	_, err = e.cfg.Courier.Snooze(ctx, e.tx, e.now, climbs[0], until, fmt.Sprintf("snooze:%d:%d", t.ID, until.Unix()))
	return err
}
