package training

import (
	"context"
	"fmt"
	"hash/crc32"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/seating"
	"bangkom/internal/summary"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// boss is the room's view of an update of somebody who leads people (atasan langsung).
type boss struct{ *env }

// asBoss is a button of somebody who leads people.
func asBoss(run func(boss, context.Context, dialog.Action, int) error) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		return run(boss{e}, ctx, a, message)
	}
}

// permits lists the permissions that wait for the presser (izin pelatihan).
func (e boss) permits(ctx context.Context, _ dialog.Action, message int) error {
	return e.showPermits(ctx, message, "")
}

// showPermits shows that list as it is now, below a note.
func (e boss) showPermits(ctx context.Context, message int, note string) error {
	list, err := e.tx.Requests(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	r := e.permitList(list)
	if r.Edit = message; note != "" {
		r.Text = note + "\n\n" + r.Text
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// permitList is the list of permissions with its buttons.
func (e boss) permitList(list []training.Request) dialog.Reply {
	if len(list) == 0 {
		return dialog.Reply{Template: "permit.none", Text: e.T("permit.none", e.Person(nil))}
	}
	lines := []string{e.T("permit.head", e.Person(text.Args{"n": len(list)})), ""}
	lines = append(lines, seating.PermitLines(e.Cfg.Text, list[:min(len(list), feature.PageSize)], e.desk().spanOf,
		func(at time.Time) string { return e.Cfg.Text.Deadline(at.In(e.Cfg.Location)) })...)
	if rest := len(list) - feature.PageSize; rest > 0 {
		lines = append(lines, e.T("permit.ask_more", text.Args{"n": rest}))
	}
	all := e.MenuAction(training.AllowStep, 0)
	rows := [][]dialog.Button{{{Label: e.Cfg.Text.Plain("label.permit_all", text.Args{"n": len(list)}), Action: all}}}
	if len(list) > 1 {
		rows = append(rows, []dialog.Button{e.button("permit_each", training.OneStep, list[0].Enrolment, "")})
	} else {
		rows = [][]dialog.Button{{e.button("permit_one", training.OneStep, list[0].Enrolment, yes)}, {e.button("permit_not", training.OneStep, list[0].Enrolment, not)}}
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	return dialog.Reply{Template: "permit.head", Text: body, Rows: rows}
}

// requestArgs are what is said about one request; others is the key of how many of the
// team are away on the same days.
func (e boss) requestArgs(q training.Request, others string) text.Args {
	args := e.Person(text.Args{"alamat": named(q.Person), "judul": title(q.Batch), "kapan": e.desk().spanOf(q.Batch),
		"batas": "", "lain": ""})
	if !q.Until.IsZero() {
		args["batas"] = e.Cfg.Text.Plain("permit.until", text.Args{"batas": e.Cfg.Text.Deadline(q.Until.In(e.Cfg.Location))})
	}
	if q.Away > 0 {
		args["lain"] = e.Cfg.Text.Plain(others, text.Args{"n": q.Away})
	}
	return args
}

// mark tells one list of requests from another, so that nobody permits what was not
// shown.
func mark(list []training.Request) string {
	var ids []int64
	for _, q := range list {
		ids = append(ids, q.Enrolment)
	}
	slices.Sort(ids)
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE(fmt.Append(nil, ids))), 36)
}

// allow gives all permissions that wait (Beri izin 7): it names the people, and the
// answer does it for exactly those.
func (e boss) allow(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.Requests(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	switch {
	case len(list) == 0:
		return e.showPermits(ctx, message, "")
	case a.Value == "":
		e.Out.Replies = append(e.Out.Replies, e.allowQuestion(list, message, e.button("permit_yes", training.AllowStep, 0, mark(list)),
			e.button("cancel", training.PermitStep, 0, "")))
		return nil
	case a.Value != mark(list):
		return e.showPermits(ctx, message, e.T("permit.changed", nil))
	}
	note, err := e.allowAll(ctx, list)
	if err != nil {
		return err
	}
	return e.showPermits(ctx, message, note)
}

// allowQuestion names the trainings with their days and the people to whom permission would
// be given.
func (e boss) allowQuestion(list []training.Request, message int, yes, no dialog.Button) dialog.Reply {
	const most = 12
	more := func(rest int) string { return "\n" + e.T("permit.ask_more", text.Args{"n": rest}) }
	body, shown := e.T("permit.ask", text.Args{"n": len(list)}), 0
	room := feature.CaptionBudget - measure.Units(body) - measure.Units(more(len(list))) // it may stand below a picture
	for i, q := range list[:min(len(list), most)] {
		next := ", " + html.EscapeString(named(q.Person))
		if i == 0 || list[i-1].Batch.ID != q.Batch.ID {
			next = "\n" + e.T("permit.ask_batch", text.Args{"judul": title(q.Batch), "kapan": e.desk().spanOf(q.Batch), "nama": named(q.Person)})
		}
		if room -= measure.Units(next); room < 0 {
			break
		}
		body, shown = body+next, i+1
	}
	if rest := len(list) - shown; rest > 0 {
		body += more(rest)
	}
	return dialog.Reply{Template: "permit.ask", Text: body, Edit: message, Rows: [][]dialog.Button{{yes}, {no}}}
}

// allowAll gives permission to each of the list, and says to how many.
func (e boss) allowAll(ctx context.Context, list []training.Request) (note string, err error) {
	given := 0
	var batches, people []int64
	for _, q := range list {
		batches, people = append(batches, q.Batch.ID), append(people, q.Person.ID)
	}
	if err := e.tx.LockSeats(ctx, batches, append(people, e.Employee.ID)); err != nil {
		return "", err
	}
	for _, q := range list {
		out, err := e.tx.Permit(ctx, q.Enrolment, e.Employee.ID, training.Given, "", e.Now)
		if err != nil {
			return "", err
		}
		if out.Verdict == training.Accepted {
			given++
			e.tellPermission(q, "permit.told_given", "", training.NoSeat)
		}
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	if rest := len(list) - given; rest > 0 {
		return e.T("permit.given_part", e.Person(text.Args{"n": given, "sisa": rest})), nil
	}
	return e.T("permit.given", text.Args{"n": given}), nil
}

// tellPermission tells the participant what the superior has said, and what becomes of
// the seat.
func (e boss) tellPermission(q training.Request, key, reason string, seat training.Freed) {
	e.Notify(q.Person.ID, feature.Here(e.Session.Update, fmt.Sprintf("permit:%d", q.Enrolment)), outreach.Training, dialog.Reply{Template: key,
		Text: e.T(key, text.Args{"atasan": e.Employee.Address(), "sapaan": q.Person.Salutation(), "nama": q.Person.DisplayName(), "judul": q.Batch.Name, "kapan": e.desk().spanOf(q.Batch), "alasan": reason, "tempat": e.desk().freed(seat)}),
		Rows: [][]dialog.Button{{e.button("join_open", training.CardStep, q.Batch.ID, below)}}})
}

// The values of the button about one request.
const (
	yes = "y"
	not = "n"
)

// reasons are why a superior does not permit yet, by the value of the button. They are
// told to the participant.
var reasons = []struct{ value, label string }{{"d", "deny_duty"}, {"s", "deny_staff"}, {"t", "deny_time"}}

// permitOne shows one request, and gives permission, or not yet with a reason.
func (e boss) permitOne(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.Requests(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(q training.Request) bool { return q.Enrolment == a.Ref })
	if i < 0 {
		return e.showPermits(ctx, message, e.T("permit.one_gone", e.Person(nil)))
	}
	q := list[i]
	for _, why := range reasons {
		if a.Value == not+why.value {
			return e.answerOne(ctx, q, training.Denied, strings.ToLower(e.Label(why.label)), message)
		}
	}
	switch a.Value {
	case yes:
		return e.answerOne(ctx, q, training.Given, "", message)
	case not:
		e.reply("permit.reason", e.requestArgs(q, "permit.one_others"), message, e.denyRows(training.OneStep, q.Enrolment)...)
		return nil
	}
	rows := [][]dialog.Button{{e.button("permit_one", training.OneStep, q.Enrolment, yes)}, {e.button("permit_not", training.OneStep, q.Enrolment, not)}}
	turn := []dialog.Button{e.button("permit_list", training.PermitStep, 0, "")}
	if len(list) > 1 {
		turn = append(turn, e.button("permit_next", training.OneStep, list[(i+1)%len(list)].Enrolment, ""))
	}
	e.reply("permit.card", e.requestArgs(q, "permit.one_others"), message, append(rows, turn)...)
	return nil
}

// denyRows are the reasons of Belum diizinkan.
func (e boss) denyRows(step string, enrolment int64) (rows [][]dialog.Button) {
	for _, why := range reasons {
		rows = append(rows, []dialog.Button{e.button(why.label, step, enrolment, not+why.value)})
	}
	return append(rows, []dialog.Button{e.button("cancel", training.PermitStep, 0, "")})
}

// answerOne answers one request and goes on with the rest.
func (e boss) answerOne(ctx context.Context, q training.Request, p training.Permission, reason string, message int) error {
	out, err := e.tx.Permit(ctx, q.Enrolment, e.Employee.ID, p, reason, e.Now)
	if err != nil {
		return err
	}
	key, told := "permit.one_given", "permit.told_given"
	if p == training.Denied {
		key, told = "permit.one_denied", "permit.told_denied"
	}
	if out.Verdict != training.Accepted {
		key = "permit.one_gone"
	} else {
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		e.tellPermission(q, told, reason, out.Freed)
	}
	args := e.requestArgs(q, "permit.one_others")
	args["alasan"] = reason
	return e.showPermits(ctx, message, e.T(key, args))
}

// permitOnSummary gives all permissions that wait from below a summary: it names the
// people, and the answer does it for exactly those.
func (e boss) permitOnSummary(ctx context.Context, a dialog.Action, message int) error {
	return e.OnSummary(ctx, a, message, func(at summary.Stamp) (string, bool, error) {
		list, err := e.tx.Requests(ctx, e.Employee.ID, e.Now)
		switch {
		case err != nil:
			return "", false, err
		case len(list) == 0:
			return e.T("permit.none", e.Person(nil)), false, nil
		case at.Rest == mark(list):
			note, err := e.allowAll(ctx, list)
			return note, false, err
		case at.Rest != "":
			return e.T("permit.changed", nil), false, nil
		}
		stamped := func(label, step, rest string) dialog.Button {
			at.Rest = rest
			return e.button(label, step, 0, at.String())
		}
		r := e.allowQuestion(list, message, stamped("permit_yes", summary.PermitStep, mark(list)), stamped("cancel", summary.ShowStep, ""))
		r.OverPicture = at.Picture
		e.Out.Replies = append(e.Out.Replies, r)
		return "", true, nil
	})
}

// revoke takes a permission back after a batch has moved (Cabut izin): it asks why, and
// the answer does it.
func (e boss) revoke(ctx context.Context, a dialog.Action, message int) error {
	who, err := e.tx.EnrolledPerson(ctx, a.Ref)
	if err != nil {
		return err
	}
	if _, err := e.tx.TeamMember(ctx, e.Employee.ID, who.ID, e.Now); err != nil {
		return err
	}
	batch, err := e.tx.BatchOfEnrolment(ctx, a.Ref)
	if err != nil {
		return err
	}
	b, err := e.tx.Batch(ctx, batch)
	if err != nil {
		return err
	}
	q := training.Request{Enrolment: a.Ref, Batch: b, Person: who}
	for _, why := range reasons {
		if a.Value == not+why.value {
			return e.answerOne(ctx, q, training.Denied, strings.ToLower(e.Label(why.label)), message)
		}
	}
	e.reply("permit.reason", e.requestArgs(q, "permit.one_others"), message, e.denyRows(training.RevokeStep, q.Enrolment)...)
	return nil
}
