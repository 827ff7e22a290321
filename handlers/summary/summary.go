package summary

import (
	"context"
	"errors"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// summarize answers /ringkasan: where the team stands now, on any day.
func (e *env) summarize(ctx context.Context, _ string) error {
	e.KeepNote()
	if err := e.tx.TouchSummary(ctx, e.Employee.ID, 0, false, e.Now); err != nil {
		return err
	}
	return e.showSummary(ctx, 0, summary.Stamp{}, "")
}

// facts are the numbers of the presser's summary of this moment.
func (e *env) facts(ctx context.Context) (summary.Facts, outreach.Gate, error) {
	gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return summary.Facts{}, gate, err
	}
	all, err := e.tx.Teams(ctx, []int64{e.Employee.ID}, e.Now, gate.Rules.Caps)
	if err != nil {
		return summary.Facts{}, gate, err
	}
	f, ok := all[e.Employee.ID]
	if !ok {
		return summary.Facts{}, gate, dialog.ErrNotFound
	}
	return *f, gate, nil
}

// showSummary shows the summary of this moment, in place of the pressed one if
// there is a message. note stands above it.
func (e *env) showSummary(ctx context.Context, message int, at summary.Stamp, note string) error {
	return e.show(ctx, shown{message: message, at: at, note: note})
}

// shown is a summary to show: in place of a message, with a note above it, and with
// the person who was excused a moment before.
type shown struct {
	message int // 0 = a message of its own
	at      summary.Stamp
	note    string // HTML; "" = none
	excused int64  // 0 = nobody
}

func (e *env) show(ctx context.Context, s shown) error {
	r, err := e.summaryCard(ctx, s)
	if err == nil {
		e.Out.Replies = append(e.Out.Replies, r)
	}
	return err
}

func (e *env) summaryCard(ctx context.Context, s shown) (dialog.Reply, error) {
	message, at, note := s.message, s.at, s.note
	f, gate, err := e.facts(ctx)
	if errors.Is(err, dialog.ErrNotFound) { // leads nobody any more
		body := e.T("team.none", e.Person(e.Helpdesk()))
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
	why, err := e.tx.SummaryNotification(ctx, e.Employee.ID, message)
	if err != nil {
		return dialog.Reply{}, err
	}
	r, err := e.desk.writer().Reply(summary.Card{To: e.Employee, Facts: f, Now: e.Now, Work: gate.Calendar, Next: up.next, Muted: up.muted, Note: note, Why: why, Excused: s.excused,
		Plain: message != 0 && !at.Picture, Over: message != 0 && at.Picture})
	r.Edit = message
	return r, err
}

func (p *desk) writer() summary.Writer {
	return summary.Writer{Text: p.Cfg.Text, Location: p.Cfg.Location}
}

// summaryPress runs a button of a summary. Each is checked against the register
// of this moment; one that may not work any more says why and changes nothing.
func (e *env) summaryPress(ctx context.Context, a dialog.Action, message int, run feature.OnSummary) error {
	at, ok := summary.ParseStamp(a.Value)
	if !ok {
		return dialog.ErrNotFound
	}
	if err := e.tx.TouchSummary(ctx, e.Employee.ID, message, at.Picture, e.Now); err != nil {
		return err
	}
	if at.Day.Start(e.Cfg.Location).Add(summary.Lives + 24*time.Hour).Before(e.Now) {
		return e.showSummary(ctx, message, at, e.T("summary.too_old", nil))
	}
	var note string
	var done bool
	ok, err := e.Attempt(func() (err error) {
		note, done, err = run(at)
		return err
	})
	switch {
	case err != nil || ok && done:
		return err
	case !ok:
		e.Out.Toast = e.Cfg.Text.Plain("form.cancelled", nil)
		note = e.T("summary.not_yours", text.Args{"sapaan": e.Employee.Salutation()})
	}
	return e.showSummary(ctx, message, at, note)
}

// freshSummary is the summary that was pressed last as it looks now, after
// something that it led to was finished elsewhere; nothing when there is none.
func (e *env) freshSummary(ctx context.Context) ([]dialog.Reply, error) {
	message, picture, err := e.tx.SummaryCard(ctx, e.Employee.ID, e.Now.Add(-summary.Lives))
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := e.summaryCard(ctx, shown{message: message, at: summary.Stamp{Picture: picture}})
	return []dialog.Reply{r}, err
}
