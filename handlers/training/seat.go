package training

import (
	"context"
	"errors"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// The values of Saya ikut: where the button stands, and what was said before.
const (
	onCard   = "k" // on the card of the batch, which changes in place
	besideIt = "c" // the same, after the question about leave
)

// join registers the person (Saya ikut).
func (e *env) join(ctx context.Context, a dialog.Action, message int) error {
	out, err := e.tx.Apply(ctx, a.Ref, e.Employee.ID, a.Value == besideIt, e.Now)
	if err != nil {
		return err
	}
	if a.Value == "" { // below an announcement, which stays
		message = 0
	}
	if out.Verdict == training.OnLeave {
		again := e.MenuAction(training.JoinStep, a.Ref)
		again.Value = besideIt
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "join.on_leave", Text: e.T("join.on_leave", e.Person(nil)), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("join_anyway"), Action: again}}, {{Label: e.Label("join_list"), Action: e.listAction(0)}}}})
		return nil
	}
	note := "join.accepted"
	if out.Verdict == training.Unchanged {
		note = "join.accepted_before"
	}
	return e.showOutcome(ctx, a.Ref, out, note, message)
}

// take takes a seat that was offered (Ambil tempat).
func (e *env) take(ctx context.Context, a dialog.Action, message int) error {
	out, err := e.tx.TakeOffer(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	return e.showOutcome(ctx, a.Ref, out, "join.taken", message)
}

// keep says that the person comes although the batch has moved (Tetap ikut).
func (e *env) keep(ctx context.Context, a dialog.Action, message int) error {
	out, err := e.tx.KeepSeat(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	return e.showOutcome(ctx, a.Ref, out, "join.kept", message)
}

// leave gives a seat or a place in the queue back (Berhalangan): it asks why, and the
// answer does it.
func (e *env) leave(ctx context.Context, a dialog.Action, message int) error {
	b, n, err := e.batchOf(ctx, a.Ref)
	if err != nil {
		return err
	}
	cause, onIt := strings.CutPrefix(a.Value, onCard)
	if !onIt { // below an announcement or an offer, which stays
		message = 0
	}
	switch {
	case n.Standing == training.Withdrawn && cause != "": // pressed twice, or on a second phone: the same answer
		return e.showOutcome(ctx, b.ID, training.Outcome{Verdict: training.Unchanged}, "join.withdrawn", message)
	case !n.Standing.In():
		e.reply("join.cause_none", e.Person(nil), message, e.backToList()...)
		return nil
	case cause == "":
		e.reply("join.cause", text.Args{"judul": b.Name}, message, e.causes(b.ID)...)
		return nil
	}
	out, err := e.tx.Withdraw(ctx, b.ID, e.Employee.ID, training.Cause(cause), e.Now)
	if err != nil {
		return err
	}
	return e.showOutcome(ctx, b.ID, out, "join.withdrawn", message)
}

// causes are the buttons of the reasons. One of health is no choice: health is not
// stored.
func (e *env) causes(batch int64) (rows [][]dialog.Button) {
	labels := map[training.Cause]string{training.Urgent: "cause_urgent", training.Shift: "cause_shift", training.Other: "cause_other"}
	for _, c := range training.Causes() {
		a := e.MenuAction(training.LeaveStep, batch)
		a.Value = onCard + string(c)
		rows = append(rows, []dialog.Button{{Label: e.Label(labels[c]), Action: a}})
	}
	return append(rows, []dialog.Button{{Label: e.Label("cancel"), Action: e.MenuAction(training.CardStep, batch)}})
}

// showOutcome says what came of a wish about a seat: done says what was done when it
// was, and where the person stands now comes below it.
func (e *env) showOutcome(ctx context.Context, batch int64, out training.Outcome, done string, message int) error {
	b, n, err := e.batchOf(ctx, batch)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	args := e.Person(text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b), "lain": out.Other, "tempat": e.desk().freed(out.Freed)})
	key := done
	switch out.Verdict {
	case training.NotOpen:
		key, args["mulai"] = "join.not_open", e.desk().day(out.At)
	case training.AfterClose:
		key = "join.after_close"
	case training.NoNomination:
		key = "join.by_nomination"
	case training.Overlaps:
		key = "join.overlaps"
	case training.OfferEnded:
		key = "join.offer_ended"
	case training.Accepted, training.Unchanged:
	default:
		key = "join.gone"
	}
	lines := []string{e.T(key, args)}
	if n.ID != 0 && out.Verdict != training.Gone && n.Standing != training.Withdrawn {
		lines = append(lines, e.desk().now(n, b, e.Employee.Salutation()))
	}
	if out.PPPKHours > 0 {
		lines = append(lines, e.T("join.pppk", e.Person(text.Args{"jp": out.PPPKHours, "batas": training.PPPKLimit})))
	}
	if err == nil {
		lines[0] = "<b>" + e.T("join.title", text.Args{"judul": b.Name}) + "</b>\n" + lines[0]
	}
	rows := e.cardButtons(b, n, false, registers(b, e.Now) && key != done)
	if err != nil {
		rows = e.backToList()
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

func (e *env) backToList() [][]dialog.Button {
	return [][]dialog.Button{{{Label: e.Label("join_list"), Action: e.listAction(0)}}}
}
