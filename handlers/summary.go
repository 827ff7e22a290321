package handlers

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// summarize answers /ringkasan: where the team stands now, on any day.
func (e *env) summarize(ctx context.Context, _ string) error {
	e.keepNote()
	if err := e.tx.TouchSummary(ctx, e.employee.ID, 0, false, e.now); err != nil {
		return err
	}
	return e.showSummary(ctx, 0, summary.Stamp{}, "")
}

// facts are the numbers of the presser's summary of this moment.
func (e *env) facts(ctx context.Context) (summary.Facts, outreach.Gate, error) {
	gate, err := e.cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return summary.Facts{}, gate, err
	}
	all, err := e.tx.Teams(ctx, []int64{e.employee.ID}, e.now, gate.Rules.Caps)
	if err != nil {
		return summary.Facts{}, gate, err
	}
	f, ok := all[e.employee.ID]
	if !ok {
		return summary.Facts{}, gate, dialog.ErrNotFound
	}
	return *f, gate, nil
}

// showSummary shows the summary of this moment, in place of the pressed one if
// there is a message. note stands above it.
func (e *env) showSummary(ctx context.Context, message int, at summary.Stamp, note string) error {
	r, err := e.summaryCard(ctx, message, at, note)
	if err == nil {
		e.out.replies = append(e.out.replies, r)
	}
	return err
}

func (e *env) summaryCard(ctx context.Context, message int, at summary.Stamp, note string) (dialog.Reply, error) {
	f, gate, err := e.facts(ctx)
	if errors.Is(err, dialog.ErrNotFound) { // leads nobody any more
		body := e.t("team.none", e.person(e.help0()))
		if note != "" {
			body = note + "\n\n" + body
		}
		return dialog.Reply{Template: "team.none", Text: body, Edit: message, OverPicture: at.Picture}, nil
	}
	if err != nil {
		return dialog.Reply{}, err
	}
	up, err := e.upcoming(ctx, gate)
	if err != nil {
		return dialog.Reply{}, err
	}
	why, err := e.tx.SummaryNotice(ctx, e.employee.ID, message)
	if err != nil {
		return dialog.Reply{}, err
	}
	r, err := e.writer().Reply(summary.Card{To: e.employee, Facts: f, Now: e.now, Next: up.next, Muted: up.muted, Note: note, Why: why,
		Plain: message != 0 && !at.Picture, Over: message != 0 && at.Picture})
	r.Edit = message
	return r, err
}

func (p *Processor) writer() summary.Writer {
	return summary.Writer{Text: p.cfg.Text, Location: p.cfg.Location}
}

// onSummary is what a button of a summary does. It returns what stands above the
// summary of this moment, which takes the place of the pressed one; done says that
// the message shows something else already.
type onSummary func(e *env, ctx context.Context, a dialog.Action, at summary.Stamp, message int) (note string, done bool, err error)

// summaryPress runs a button of a summary. Each is checked against the register
// of this moment; one that may not work any more says why and changes nothing.
func summaryPress(run onSummary) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		at, ok := summary.ParseStamp(a.Value)
		if !ok {
			return dialog.ErrNotFound
		}
		if err := e.tx.TouchSummary(ctx, e.employee.ID, message, at.Picture, e.now); err != nil {
			return err
		}
		if at.Day.Start(e.cfg.Location).Add(summary.Lives + 24*time.Hour).Before(e.now) {
			return e.showSummary(ctx, message, at, e.t("summary.too_old", nil))
		}
		note, done, err := run(e, ctx, a, at, message)
		switch {
		case errors.Is(err, dialog.ErrNotFound):
			e.out.toast = e.cfg.Text.Plain("form.cancelled", nil)
			note = e.t("summary.not_yours", text.Args{"sapaan": e.employee.Salutation()})
		case err != nil || done:
			return err
		}
		return e.showSummary(ctx, message, at, note)
	}
}

// freshSummary is the summary that was pressed last as it looks now, after
// something that it led to was finished elsewhere; nothing when there is none.
func (e *env) freshSummary(ctx context.Context) ([]dialog.Reply, error) {
	message, picture, err := e.tx.SummaryCard(ctx, e.employee.ID, e.now.Add(-summary.Lives))
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := e.summaryCard(ctx, message, summary.Stamp{Picture: picture}, "")
	return []dialog.Reply{r}, err
}
