package office

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// The buttons that extend a period, and the form in which another day is typed; the ref
// of all of them is the period.
const (
	extendStep    = "panjang"   // offers days; with one as its value asks
	extendYesStep = "panjangya" // value: the last day, a dot, and the deadline that was shown
	extendFlow    = "pj"
)

// offered is by how many days a period is offered to be extended.
var offered = []struct {
	days  int
	label string
}{{7, "label.extend_week"}, {14, "label.extend_weeks"}}

// lastDay is the last civil day on which something that ends at due may be done.
func lastDay(due time.Time) time.Time { return feature.Midnight(due.Add(-time.Nanosecond)) }

// dayValue and valueDay write a civil day into a button, as days since 1970, and read it.
func dayValue(day time.Time) string {
	y, m, d := day.Date()
	return strconv.FormatInt(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsOfDay, 10)
}

func (p *desk) valueDay(value string) (time.Time, bool) {
	n, err := strconv.ParseUint(value, 10, 16)
	return time.Date(1970, 1, 1+int(n), 0, 0, 0, 0, p.Cfg.Location), err == nil
}

const secondsOfDay = 24 * 60 * 60

// extend asks until when the open period shall be extended: first for the day, then, when
// the button has one, whether that is meant.
func (e *env) extend(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.tx.PeriodBoard(ctx)
	if err != nil || b.Name == "" || b.ID != a.Ref {
		return errors.Join(err, dialog.ErrNotFound)
	}
	due := b.DueAt.In(e.Cfg.Location)
	if a.Value != "" {
		day, ok := at(e.Desk).valueDay(a.Value)
		if !ok {
			return dialog.ErrNotFound
		}
		yes := e.MenuAction(extendYesStep, b.ID)
		yes.Value = a.Value + "." + strconv.FormatInt(b.DueAt.Unix(), 36) // no long number stands in a button
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "period.extend_ask", Edit: message, Text: e.T("period.extend_ask", at(e.Desk).extendArgs(b, day)),
			Rows: [][]dialog.Button{{{Label: e.Label("extend_yes"), Action: yes}}, {{Label: e.Label("unlink_no"), Action: e.MenuAction("periode", 0)}}}})
		return nil
	}
	from := lastDay(due)
	if today := feature.Midnight(e.Now.In(e.Cfg.Location)); from.Before(today) {
		from = today
	}
	var rows [][]dialog.Button
	for _, o := range offered {
		day := from.AddDate(0, 0, o.days)
		act := e.MenuAction(extendStep, b.ID)
		act.Value = dayValue(day)
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain(o.label, nil), Action: act}})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("extend_other"), Action: dialog.Action{Flow: extendFlow, Ref: b.ID, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.Label("back"), Action: e.MenuAction("periode", 0)}})
	args := text.Args{"periode": b.Name, "batas": e.Cfg.Text.Deadline(due), "satu": e.Cfg.Text.Date(from.AddDate(0, 0, offered[0].days)), "dua": e.Cfg.Text.Date(from.AddDate(0, 0, offered[1].days))}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "period.extend", Edit: message, Text: e.T("period.extend", args), Rows: rows})
	return nil
}

// extendArgs are the values of the question; the deadline is written as it was typed, and
// moves to a working day when it is stored.
func (p *desk) extendArgs(b task.Board, day time.Time) text.Args {
	return text.Args{"periode": b.Name, "lama": p.Cfg.Text.Deadline(b.DueAt.In(p.Cfg.Location)), "batas": p.Cfg.Text.Date(day),
		"belum": p.Cfg.Text.Number(b.People - b.Done)}
}

// extendYes extends the period.
func (e *env) extendYes(ctx context.Context, a dialog.Action, message int) error {
	until, deadline, _ := strings.Cut(a.Value, ".")
	day, ok := at(e.Desk).valueDay(until)
	seen, err := strconv.ParseInt(deadline, 36, 64)
	if !ok || err != nil {
		return dialog.ErrNotFound
	}
	r, err := e.extendTo(ctx, a.Ref, time.Unix(seen, 0), day)
	r.Edit = message
	e.Out.Replies = append(e.Out.Replies, r)
	return err
}

// extendTo extends a period whose deadline was seen, to the end of a day, and says what
// came of it.
func (e *env) extendTo(ctx context.Context, period int64, seen, day time.Time) (dialog.Reply, error) {
	x, err := e.tx.ExtendPeriod(ctx, period, seen, day.AddDate(0, 0, 1), e.Employee.ID, e.Now)
	if errors.Is(err, task.ErrNotLater) {
		return dialog.Reply{Template: "period.not_later", Text: e.T("period.not_later", nil), Rows: [][]dialog.Button{e.backRow()}}, nil
	}
	return dialog.Reply{Template: "period.extended", Rows: [][]dialog.Button{e.backRow()}, Text: e.T("period.extended", text.Args{"periode": x.Name,
		"batas": e.Cfg.Text.Deadline(x.Due.In(e.Cfg.Location)), "menilai": e.Cfg.Text.Deadline(x.RatingDue.In(e.Cfg.Location)), "jumlah": e.Cfg.Text.Number(x.Told)})}, err
}

type extension struct {
	Day       time.Time `json:"day"`
	Seen      time.Time `json:"seen"` // the deadline when the day was typed
	Cancelled bool      `json:"cancelled,omitempty"`
	board     task.Board
	now       time.Time
}

// extendWording ends the form with the label that the offered days have: it is the same
// question, and the same is answered.
func (p *desk) extendWording() dialog.Wording {
	w := p.Wording("period.extend_review")
	w.Submit = p.Cfg.Text.Plain("label.extend_yes", nil)
	w.Words["perpanjang"], w.Words["ya, perpanjang"] = dialog.Submit, dialog.Submit
	return w
}

// extendForm takes another last day, and asks whether it is meant.
func (p *desk) extendForm() dialog.Form[extension, *env] {
	q := feature.Short[extension]{Desk: p.Desk, Cancelled: func(s *extension) *bool { return &s.Cancelled }}
	return dialog.Form[extension, *env]{
		FormName: extendFlow, Say: p.extendWording(),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s extension, err error) {
			if s.board, err = e.tx.PeriodBoard(ctx); err != nil || !e.Employee.Rights.HR || s.board.Name == "" || s.board.ID != r.Ref {
				return s, errors.Join(err, dialog.ErrNotFound)
			}
			err = feature.DecodeState(r, &s)
			if s.now = e.Now; s.Seen.IsZero() || len(r.Answered) == 0 { // nothing was typed for another one
				s.Seen = s.board.DueAt
			}
			return s, err
		},
		Steps: func(s extension) []dialog.Step[extension] {
			return q.Steps(s, q.Question("sampai", "period.extend_until", func(s *extension, value string) error {
				after, ok := p.Until(value, s.now)
				if !ok || !after.After(s.board.DueAt) || after.After(s.now.AddDate(0, 0, feature.MaxSpanDays)) {
					return dialog.Invalid(p.Cfg.Text.T("period.extend_hint", nil))
				}
				s.Day = after.AddDate(0, 0, -1)
				return nil
			}))
		},
		Review: func(s extension) dialog.Prompt {
			if s.Cancelled {
				return dialog.Prompt{}
			}
			return dialog.Prompt{Template: "period.extend_ask", Text: p.Cfg.Text.T("period.extend_ask", p.extendArgs(s.board, s.Day.In(p.Cfg.Location)))}
		},
		Finish: func(ctx context.Context, e *env, s extension) (dialog.Ending, error) {
			if s.Cancelled {
				return e.Ending("form.cancelled"), nil
			}
			if !s.Seen.Equal(s.board.DueAt) {
				return dialog.Ending{Replies: []dialog.Reply{{Template: "period.moved", Rows: [][]dialog.Button{e.backRow()},
					Text: e.T("period.moved", text.Args{"periode": s.board.Name, "batas": p.Cfg.Text.Deadline(s.board.DueAt.In(p.Cfg.Location))})}}}, nil
			}
			r, err := e.extendTo(ctx, s.board.ID, s.Seen, s.Day.In(p.Cfg.Location))
			return dialog.Ending{Replies: []dialog.Reply{r}}, err
		},
	}
}
