package plan

import (
	"context"
	"slices"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/plan"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// line shows one line of the own plan, with what can be done about it.
func (e *env) line(ctx context.Context, a dialog.Action, message int) error {
	l, err := e.tx.PlanLine(ctx, e.Employee.ID, a.Ref)
	if err != nil {
		return err
	}
	e.showLine(l, message, "")
	return nil
}

func (e *env) showLine(l plan.Line, message int, note string) {
	var rows [][]dialog.Button
	row := func(b dialog.Button) { rows = append(rows, []dialog.Button{b}) }
	if l.State.Open() {
		row(e.button("idp_done", doneStep, l.ID, ""))
		switch {
		case l.Batch != 0:
			row(e.button("idp_training", training.CardStep, l.Batch, training.Below))
		case l.Form == plan.Training:
			row(e.Link(feature.ToOffers, "idp_offers", 0))
		}
		if l.Year == plan.YearOf(e.today()) {
			row(e.button("idp_ways", wantStep, 0, mark(l.Item)))
		}
		row(e.button("idp_when", whenStep, l.ID, ""))
		row(e.button("idp_drop", dropStep, l.ID, ""))
	}
	if l.State == plan.Done && l.Reason == plan.BySelf {
		row(e.button("idp_undone", undoStep, l.ID, ""))
	}
	row(e.button("idp_back", plan.OwnStep, int64(l.Year), ""))
	body := e.T("idp.line_card", text.Args{"judul": l.Title, "cara": e.desk().way(l.Form, l.Course), "porsi": e.desk().share(l.Form), "keadaan": e.desk().ownStanding(l)})
	e.reply("idp.line_card", noted(note, body), message, rows...)
}

// reminders are the days for which a reminder can be asked, none of which is behind the end of
// the plan's year.
func (e *env) reminders(l plan.Line) (days []time.Time) {
	today := feature.Midnight(e.today())
	for _, day := range []time.Time{today.AddDate(0, 0, 7), today.AddDate(0, 1, 0), today.AddDate(0, 3, 0), today.AddDate(0, 6, 0)} {
		if day.Year() <= l.Year {
			days = append(days, day)
		}
	}
	return days
}

// dayForm is how a day is written in a button; noDay is that none is wanted.
const (
	dayForm = "20060102"
	noDay   = "0"
)

// when asks for which day a reminder is wanted (Ingatkan saya), and stores it.
func (e *env) when(ctx context.Context, a dialog.Action, message int) error {
	l, err := e.tx.PlanLine(ctx, e.Employee.ID, a.Ref)
	if err != nil {
		return err
	}
	if !l.State.Open() {
		e.showLine(l, message, "")
		return nil
	}
	var day time.Time
	note := e.T("idp.when_off", nil)
	switch {
	case a.Value == "":
		var rows [][]dialog.Button
		for _, d := range e.reminders(l) {
			b := e.button("", whenStep, l.ID, d.Format(dayForm))
			b.Label = e.Cfg.Text.ShortDate(d)
			rows = append(rows, []dialog.Button{b})
		}
		if !l.RemindOn.IsZero() {
			rows = append(rows, []dialog.Button{e.button("idp_no_when", whenStep, l.ID, noDay)})
		}
		e.reply("idp.when_ask", e.T("idp.when_ask", text.Args{"judul": l.Title}), message, append(rows, []dialog.Button{e.button("back", plan.LineStep, l.ID, "")})...)
		return nil
	case a.Value != noDay:
		day, err = time.ParseInLocation(dayForm, a.Value, e.Cfg.Location)
		if err != nil || day.Year() > l.Year+1 {
			return dialog.ErrNotFound
		}
		if !day.After(e.today()) { // the card is older than its day
			e.showLine(l, message, "")
			return nil
		}
		note = e.T("idp.when_set", text.Args{"tanggal": e.Cfg.Text.Date(day)})
	}
	if err := e.tx.RemindLine(ctx, e.Employee.ID, l.ID, day); err != nil {
		return err
	}
	return e.lineAgain(ctx, l.ID, message, note)
}

func (e *env) lineAgain(ctx context.Context, id int64, message int, note string) error {
	l, err := e.tx.PlanLine(ctx, e.Employee.ID, id)
	if err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	e.showLine(l, message, note)
	return nil
}

// drop takes a line out: one that was submitted after a reason.
func (e *env) drop(ctx context.Context, a dialog.Action, message int) error {
	l, err := e.tx.PlanLine(ctx, e.Employee.ID, a.Ref)
	if err != nil {
		return err
	}
	var why plan.Reason
	switch {
	case !l.State.Open():
		e.showLine(l, message, "")
		return nil
	case a.Value == "" && l.State == plan.Chosen && !l.Carried:
		why = plan.NoNeed
	case a.Value == "":
		ask := "idp.drop_ask"
		if l.SubmittedAt.IsZero() { // from last year, and not submitted again: nobody else sees it
			ask = "idp.drop_ask_own"
		}
		e.reply(ask, e.T(ask, text.Args{"judul": l.Title}), message, []dialog.Button{e.button("idp_no_need", dropStep, l.ID, reasonValues[0])},
			[]dialog.Button{e.button("idp_no_time", dropStep, l.ID, reasonValues[1])}, []dialog.Button{e.button("idp_other_way", dropStep, l.ID, reasonValues[2])},
			[]dialog.Button{e.button("back", plan.LineStep, l.ID, "")})
		return nil
	default:
		i := slices.Index(reasonValues, a.Value)
		if i < 0 {
			return dialog.ErrNotFound
		}
		why = plan.Drops()[i]
	}
	if err := e.tx.DropLine(ctx, e.Employee.ID, l, why, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.showOwn(ctx, l.Year, message, e.T("idp.dropped", text.Args{"judul": l.Title}))
}

// reasonValues stand in buttons for plan.Drops.
var reasonValues = []string{"a", "b", "c"}

// finish ends a line as done, on the person's word.
func (e *env) finish(ctx context.Context, a dialog.Action, message int) error {
	return e.ends(ctx, a.Ref, message, "idp.finished", func(l plan.Line) error {
		if !l.State.Open() { // pressed twice
			return nil
		}
		return e.tx.FinishLine(ctx, e.Employee.ID, l.ID, e.Now)
	})
}

// unfinish takes that word back.
func (e *env) unfinish(ctx context.Context, a dialog.Action, message int) error {
	return e.ends(ctx, a.Ref, message, "idp.unfinished", func(l plan.Line) error {
		if l.State.Open() {
			return nil
		}
		return e.tx.UnfinishLine(ctx, e.Employee.ID, l.ID)
	})
}

func (e *env) ends(ctx context.Context, id int64, message int, key string, do func(plan.Line) error) error {
	l, err := e.tx.PlanLine(ctx, e.Employee.ID, id)
	if err != nil {
		return err
	}
	if err := do(l); err != nil {
		return err
	}
	return e.lineAgain(ctx, id, message, e.T(key, text.Args{"judul": l.Title}))
}
