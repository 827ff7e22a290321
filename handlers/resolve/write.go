package resolve

import (
	"context"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/resolve"
	"bangkom/internal/text"
)

// writing is a line on its way.
type writing struct {
	Line string `json:"line"`
	of   resolve.Resolve
	call string // Bapak or Ibu
	day  time.Time
}

// form asks for one line, which takes the place of the one before.
func (p *desk) form() dialog.Form[writing, *env] {
	f := feature.OneText[writing, *env]{
		Name: resolve.Flow, Step: "isi", Cancelled: "resolve.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s writing, err error) {
			s.call, s.day = e.Employee.Salutation(), e.today()
			s.of, err = e.own(ctx, r.Ref)
			return s, err
		},
		Ask: func(s writing) (string, text.Args) {
			key := "resolve.ask"
			if s.of.Line != "" {
				key = "resolve.again"
			}
			return key, text.Args{"nama": s.of.Name, "isi": s.of.Line, "sapaan": s.call, "tanggal": p.Cfg.Text.Date(s.of.AskOn)}
		},
		Read: func(typed string) (string, error) {
			line, ok := resolve.ParseLine(typed)
			if !ok {
				return "", dialog.Invalid(p.Cfg.Text.T("resolve.hint", text.Args{"n": resolve.Longest}))
			}
			return line, nil
		},
		Into:   func(s *writing) *string { return &s.Line },
		Finish: finish,
	}.Form(p.Desk)
	f.Guard = func(_ *env, s writing) (dialog.Prompt, bool) {
		const key = "resolve.too_late"
		return dialog.Prompt{Template: key, Text: p.Cfg.Text.T(key, text.Args{"nama": s.of.Name, "tanggal": p.Cfg.Text.Date(s.of.AskOn)})}, !s.of.Writable(s.day)
	}
	return f
}

// finish stores the line, with the day and without the hour.
func finish(ctx context.Context, e *env, s writing) (dialog.Ending, error) {
	s.of.Line, s.of.Written = s.Line, s.day
	if err := e.tx.PutResolve(ctx, e.Employee.ID, s.of); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.saved", nil), Replies: []dialog.Reply{e.shown(s.of, 0)}}, nil
}

// today is the civil day of the agency.
func (e *env) today() time.Time { return resolve.DayOf(e.Now, e.Cfg.Location) }

// own is what the person may see or write about a batch: dialog.ErrNotFound unless the
// person attended it, or has written a line before.
func (e *env) own(ctx context.Context, batch int64) (resolve.Resolve, error) {
	if batch == 0 {
		return resolve.Resolve{}, dialog.ErrNotFound
	}
	list, err := e.tx.Resolves(ctx, e.Employee.ID, batch, time.Time{}, e.Now)
	if err != nil {
		return resolve.Resolve{}, err
	}
	if len(list) != 1 {
		return resolve.Resolve{}, dialog.ErrNotFound
	}
	return e.dated(list[0]), nil
}

// dated gives a resolve that is not written yet the day on which it would come back.
func (e *env) dated(r resolve.Resolve) resolve.Resolve {
	if r.Line == "" {
		r.AskOn = resolve.AskOn(r.Ends, e.Cfg.Location)
	}
	return r
}
