package training

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// offers answers /pelatihan: what somebody may take part in, what fits first.
func (e *env) offers(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.showOffers(ctx, 0, 0)
}

func (e *env) offersPage(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	return e.showOffers(ctx, page, message)
}

func (e *env) showOffers(ctx context.Context, page, message int) error {
	list, total, err := e.tx.Offers(ctx, e.Employee.ID, e.Now, page*feature.PageSize, feature.PageSize)
	if err != nil {
		return err
	}
	if len(list) == 0 && page > 0 { // the list has become shorter
		return e.showOffers(ctx, 0, message)
	}
	lines := []string{e.T("join.head", nil)}
	if total == 0 {
		lines = append(lines, e.T("join.none", nil))
	}
	var numbers []dialog.Button
	for i, o := range list {
		if i == 0 || list[i-1].Why != o.Why {
			lines = append(lines, "", e.T(headOf(o.Why), e.Person(nil)))
		}
		k := page*feature.PageSize + i + 1
		lines = append(lines, e.offerLine(k, o))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(training.CardStep, o.Batch.ID)})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(listStep, 0, page, feature.PageSize, total)...)
	more, err := e.ways(ctx)
	if err != nil {
		return err
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "join.head", Text: body, Rows: append(rows, more...), Edit: message})
	return nil
}

func headOf(why training.Reason) string {
	switch why {
	case training.FitsGap:
		return "join.head_gap"
	case training.FromUnit:
		return "join.head_unit"
	case training.AnyBody:
	}
	return "join.head_all"
}

func (e *env) offerLine(k int, o training.Offer) string {
	args := e.Person(text.Args{"k": k, "judul": title(o.Batch), "kapan": e.desk().spanOf(o.Batch), "sisa": e.desk().seatsLeft(o.Batch, e.Now),
		"kompetensi": o.Lacking})
	if o.Standing.In() {
		args["sisa"] = e.Cfg.Text.Plain("join.yours", e.Person(nil))
	}
	if o.Why == training.FitsGap {
		return e.T("join.line_gap", args)
	}
	return e.T("join.line", args)
}

// ways are the rows below the list that lead to what is somebody's own: what they take
// part in, the permissions that wait for them, what they run.
func (e *env) ways(ctx context.Context) (rows [][]dialog.Button, err error) {
	rows = [][]dialog.Button{{{Label: e.Label("join_mine"), Action: e.MenuAction(mineStep, 0)}}}
	if e.Employee.Rights.Supervises {
		waiting, err := e.tx.Requests(ctx, e.Employee.ID, e.Now)
		if err != nil {
			return nil, err
		}
		if n := len(waiting); n > 0 {
			rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.permit_wait", text.Args{"n": n}), Action: e.MenuAction(training.PermitStep, 0)}})
		}
	}
	runs, err := e.tx.RunsAny(ctx, e.Employee, e.Now)
	if err == nil && runs {
		rows = append(rows, []dialog.Button{{Label: e.Label("attend_run"), Action: e.MenuAction(training.RunStep, 0)}})
	}
	return rows, err
}

// batchOf is a batch that the person may see, and where the person stands in it; the
// zero Enrolment = nowhere.
func (e *env) batchOf(ctx context.Context, id int64) (b training.Batch, n training.Enrolment, err error) {
	if b, err = e.tx.Batch(ctx, id); err != nil {
		return b, n, err
	}
	n, err = e.tx.Enrolment(ctx, id, e.Employee.ID)
	if errors.Is(err, dialog.ErrNotFound) {
		if n, err = (training.Enrolment{}), nil; !b.State.Shown() {
			err = dialog.ErrNotFound
		}
	}
	if err == nil && n.Standing == training.Seated && n.Permission == training.Asked {
		n.Superior, err = e.tx.SuperiorReach(ctx, e.Employee.ID, e.Now)
	}
	return b, n, err
}

// The values of the button that shows a batch.
const (
	detailed = "r"            // with all that is known about it
	below    = training.Below // as a message of its own
)

// batchCard shows one batch and where the person stands in it.
func (e *env) batchCard(ctx context.Context, a dialog.Action, message int) error {
	b, n, err := e.batchOf(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Value == below {
		message = 0
	}
	r := e.cardOf(b, n, a.Value == detailed)
	r.Edit = message
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

func (e *env) cardOf(b training.Batch, n training.Enrolment, all bool) dialog.Reply {
	d := e.desk()
	lines := []string{e.T("join.card", text.Args{"judul": b.Name, "kapan": d.spanOf(b), "bentuk": b.Programme.Form, "jp": b.Programme.JP,
		"sisa": d.seatsLeft(b, e.Now)})}
	if len(b.Sessions) > 0 && b.Sessions[0].Place != "" && !all {
		lines = append(lines, e.T("join.place", text.Args{"tempat": b.Sessions[0].Place}))
	}
	if b.Programme.Ability != "" {
		lines = append(lines, e.T("join.ability", text.Args{"kemampuan": strings.TrimSuffix(b.Programme.Ability, ".")}))
	}
	open := registers(b, e.Now) && n.Standing != training.Refused
	if all {
		lines = append(lines, d.details(b)...)
	} else if open && !n.Standing.In() {
		lines = append(lines, e.T("join.until", text.Args{"tutup": e.Cfg.Text.Deadline(b.Closes.In(e.Cfg.Location))}), e.T("join.permission", nil))
	}
	if n.ID != 0 {
		lines = append(lines, "", d.now(n, b, e.Employee.Salutation()))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	return dialog.Reply{Template: "join.card", Text: body, Rows: e.cardButtons(b, n, all, open)}
}

// registers tells whether people register for a batch now.
func registers(b training.Batch, now time.Time) bool {
	return b.Programme.WayIn != training.ByNomination && !b.Opens.IsZero() && !now.Before(b.Opens) && now.Before(b.Closes) && b.At(now) == training.Open
}

// cardButtons are what the person can do about a batch: what is asked for first.
func (e *env) cardButtons(b training.Batch, n training.Enrolment, all, open bool) (rows [][]dialog.Button) {
	act := func(label, step, value string) dialog.Button {
		a := e.MenuAction(step, b.ID)
		a.Value = value
		return dialog.Button{Label: e.Label(label), Action: a}
	}
	leave := act("join_not", training.LeaveStep, onCard)
	switch {
	case b.State.Over():
	case n.Standing == training.Offered:
		rows = append(rows, []dialog.Button{act("join_take", training.TakeStep, "")}, []dialog.Button{leave})
	case n.Standing.In():
		rows = append(rows, []dialog.Button{leave})
		if n.Standing == training.Seated && inSession(b, e.Now) {
			rows = slices.Insert(rows, 0, []dialog.Button{{Label: e.Label("attend_type"), Action: dialog.Action{Flow: training.CodeFlow, Verb: dialog.Resume}}})
		}
	case open:
		rows = append(rows, []dialog.Button{act("join_yes", training.JoinStep, onCard)})
	}
	if n.Standing == training.Seated && n.Permission.Holds() && !b.State.Over() && len(b.Sessions) > 0 {
		rows = append(rows, []dialog.Button{act("join_calendar", calendarStep, "")})
	}
	more := act("join_details", training.CardStep, detailed)
	if all {
		more = act("join_short", training.CardStep, "")
	}
	return append(rows, []dialog.Button{more, {Label: e.Label("join_list"), Action: e.listAction(0)}})
}

// listAction leads to a page of the list.
func (e *env) listAction(page int) dialog.Action {
	a := e.MenuAction(listStep, 0)
	a.Value = strconv.Itoa(page)
	return a
}

// inSession tells whether codes of attendance work in a session of the batch now.
func inSession(b training.Batch, now time.Time) bool {
	return slices.ContainsFunc(b.Sessions, func(s training.Session) bool {
		return !now.Before(s.Starts.Add(-training.CodeOpens)) && now.Before(s.Ends)
	})
}

// mineSince is how far back the list of what somebody takes part in goes.
const mineSince = 180 * 24 * time.Hour

// mine lists what the person takes part in.
func (e *env) mine(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.Enrolments(ctx, e.Employee.ID, e.Now.Add(-mineSince))
	if err != nil {
		return err
	}
	list = list[:min(len(list), feature.PageSize)]
	lines := []string{e.T("join.mine_head", e.Person(nil)), ""}
	if len(list) == 0 {
		lines[1] = e.T("join.mine_none", e.Person(nil))
	}
	var numbers []dialog.Button
	for i, n := range list {
		lines = append(lines, e.T("join.mine_line", text.Args{"k": i + 1, "judul": title(n.Batch), "kapan": e.desk().spanOf(n.Batch), "keadaan": e.desk().standing(n)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(training.CardStep, n.Batch.ID)})
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Button{{Label: e.Label("join_list"), Action: e.listAction(0)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "join.mine_head", Text: body, Rows: rows, Edit: message})
	return nil
}
