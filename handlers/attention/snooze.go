package attention

import (
	"context"
	"fmt"
	"slices"
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

// The steps of the buttons that choose a time: below a card that came with Nanti of a
// message, and below one that came with a pause in the middle of the questions. A
// pause is not counted, whatever is chosen then.
const (
	reminderPutOff = "tunda"
	pauseTaken     = "istirahat"
)

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

// snoozeCard asks when to come back to a task. When this is the last time that
// the task may be put off, it says before what follows (product.md 2.3, rule 5).
// It offers no times, only a button to go on, when the task was put off as often
// as it may be, or is due before any time that could be offered.
func (e *env) snoozeCard(ctx context.Context, t task.Task, head, step string) (dialog.Reply, error) {
	options, who, err := e.Cfg.Reminder.Options(ctx, e.tx, e.Now, t.DueAt, e.Employee.ID)
	if err != nil {
		return dialog.Reply{}, err
	}
	args := text.Args{"judul": e.Title(t), "batas": e.Deadline(t)}
	used, most := snoozes(who, t.ID), e.Cfg.Courier.Caps().Snoozes
	counts, err := e.counts(ctx, step, t.ID)
	if err != nil {
		return dialog.Reply{}, err
	}
	if used >= most || len(options) == 0 || !t.Kind.Owed() {
		r := dialog.Reply{Template: "form.later_task", Text: join(head, e.T("form.later_task", args))}
		r.Rows = [][]dialog.Button{{e.Begin("resume", t)}}
		return r, nil
	}
	lines := []string{head, e.T("snooze.ask", args)}
	if counts && used == most-1 {
		lines = []string{head, e.T("snooze.ask_last", args)}
	}
	var rows [][]dialog.Button
	for _, o := range options {
		if o.Moved {
			lines = append(lines, e.T("snooze.moved", text.Args{"pilihan": e.Label(snoozeLabel(o.Choice)),
				"tanggal": e.Cfg.Text.Date(o.At.In(e.Cfg.Location))}))
		}
		b := e.snoozeButton(step, snoozeLabel(o.Choice), string(o.Choice), t.ID)
		if o.Choice != outreach.OnMonday && len(rows) == 1 && len(rows[0]) == 1 {
			rows[0] = append(rows[0], b)
			continue
		}
		rows = append(rows, []dialog.Button{b})
	}
	rows = append(rows, []dialog.Button{e.snoozeButton(step, "snooze_self", selfOpened, t.ID)}, []dialog.Button{e.Begin("resume", t)})
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

// counts tells whether a choice puts a reminder off. Nanti on the first message about
// a task and a pause put off none, and a reminder is put off once.
func (e *env) counts(ctx context.Context, step string, id int64) (bool, error) {
	if step != reminderPutOff {
		return false, nil
	}
	return e.tx.Reminded(ctx, id, e.Employee.ID)
}

func (e *env) snoozeButton(step, label, choice string, id int64) dialog.Button {
	a := e.MenuAction(step, id)
	a.Value = choice
	return dialog.Button{Label: e.Label(label), Action: a}
}

// snoozes is how often a person has put off a reminder of a task.
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
	t, ok, err := e.PendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	r, err := e.snoozeCard(ctx, t, "", reminderPutOff)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// offerTimes lets the card of a questionnaire that was left offer times.
func (e *env) offerTimes(ctx context.Context, ref int64, replies []dialog.Reply) error {
	last := len(replies) - 1
	if last < 0 || !slices.Contains([]string{"form.left", "form.left_none", "form.left_review"}, replies[last].Template) {
		return nil
	}
	t, err := e.TaskOf(ctx, ref)
	if err != nil || !t.Kind.Owed() {
		return err
	}
	r, err := e.snoozeCard(ctx, t, replies[last].Text, pauseTaken)
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
	t, ok, err := e.PendingTask(ctx, a.Ref)
	if err != nil || !ok {
		return err
	}
	options, who, err := e.Cfg.Reminder.Options(ctx, e.tx, e.Now, t.DueAt, e.Employee.ID)
	if err != nil {
		return err
	}
	used, most := snoozes(who, t.ID), e.Cfg.Courier.Caps().Snoozes
	args := text.Args{"judul": e.Title(t), "batas": e.Deadline(t)}
	reply := dialog.Reply{Edit: message, Rows: [][]dialog.Button{{e.Begin("resume", t)}}}
	chosen, found := outreach.SnoozeOption{}, a.Value == selfOpened
	for _, o := range options {
		if string(o.Choice) == a.Value {
			chosen, found = o, true
		}
	}
	again, counts, err := e.tx.SnoozedSo(ctx, t.ID, chosen.At, e.Now)
	if err == nil && !again {
		counts, err = e.counts(ctx, a.Step, t.ID)
	}
	switch {
	case err != nil:
		return err
	case !found || used >= most && !again:
		return dialog.ErrNotFound
	case again && counts:
		used-- // it holds this choice already
	case !again:
		if err := e.storeSnooze(ctx, t, chosen.At, counts); err != nil {
			return err
		}
	}
	reply.Template = chosenWords(a.Value == selfOpened, counts && used == most-1)
	if a.Value != selfOpened {
		args["kapan"] = e.When(chosen.At)
	} else if err := e.stillComes(ctx, t.ID, &reply, args); err != nil {
		return err
	}
	reply.Text = e.T(reply.Template, args)
	e.Out.Replies = append(e.Out.Replies, reply)
	return nil
}

// chosenWords is the sentence that confirms a choice.
func chosenWords(alone, last bool) string {
	switch {
	case alone && last:
		return "snooze.alone_last"
	case alone:
		return "snooze.alone"
	case last:
		return "snooze.set_last"
	}
	return "snooze.set"
}

// stillComes says which messages about a task come all the same to who opens it
// without being reminded.
func (e *env) stillComes(ctx context.Context, id int64, reply *dialog.Reply, args text.Args) error {
	plans, err := e.Cfg.Reminder.Planned(ctx, e.tx, e.Now, e.Employee.ID)
	if err != nil {
		return err
	}
	var times []string
	for _, p := range plans {
		if p.Task == id {
			times = append(times, e.When(p.At))
		}
	}
	if args["daftar"] = strings.Join(times, "; "); len(times) > 0 {
		reply.Template = "snooze.alone_but"
	}
	return nil
}

// storeSnooze notes that a task is put off and plans the message of that time; no
// message for a zero time.
func (e *env) storeSnooze(ctx context.Context, t task.Task, until time.Time, counted bool) error {
	if err := e.tx.AddSnooze(ctx, t.ID, e.Employee.ID, e.Now, until, counted); err != nil || until.IsZero() {
		return err
	}
	climbs, err := e.tx.Climbs(ctx, []int64{t.ID}, e.Reg.OfTask)
	if err != nil || len(climbs) == 0 {
		return err
	}
	_, err = e.Cfg.Reminder.Snooze(ctx, e.tx, e.Now, climbs[0], until, fmt.Sprintf("snooze:%d:%d:%d", t.ID, until.Unix(), e.Now.Unix()))
	return err
}
