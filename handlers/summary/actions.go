package summary

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/personnel"
	"bangkom/internal/reminder"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// overSummary puts a question in the place of a summary.
func (e *env) overSummary(key string, args text.Args, at summary.Stamp, message int, rows [][]dialog.Button) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message, OverPicture: at.Picture, Rows: rows})
}

// backToSummary is the row that leads back.
func (e *env) backToSummary(at summary.Stamp) []dialog.Button {
	return []dialog.Button{{Label: e.Label("sum_back"), Action: e.stamped(summary.ShowStep, 0, at, "")}}
}

func (e *env) stamped(step string, ref int64, at summary.Stamp, rest string) dialog.Action {
	a := e.MenuAction(step, ref)
	at.Rest = rest
	a.Value = at.String()
	return a
}

// showAgain shows the summary of this moment.
func (e *env) showAgain(context.Context, dialog.Action, summary.Stamp, int) (string, bool, error) {
	return "", false, nil
}

// askRemind shows what would be sent to how many, and when.
func (e *env) askRemind(ctx context.Context, _ dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	f, gate, err := e.facts(ctx)
	if err != nil {
		return "", false, err
	}
	tasks := f.Remindable(e.Now)
	if len(tasks) == 0 {
		return e.T("summary.remind_none", nil), false, nil
	}
	would, err := e.Cfg.Reminder.WouldNudge(ctx, e.tx, e.Now, tasks)
	if err != nil {
		return "", false, err
	}
	if would.Sent+would.Held == 0 {
		return e.T("summary.remind_none", nil), false, nil
	}
	from, again := gate.NudgeAfter(e.Now), e.T("summary.remind_last", nil)
	if f.Again(e.Now, from) {
		again = e.T("summary.remind_again", text.Args{"mulai": e.Cfg.Text.Date(from)})
	}
	args := e.Person(text.Args{"n": would.Sent + would.Held, "daftar": e.named(would.Names), "batas": e.desk.writer().Until(f.FirstDue(e.Now), e.Now),
		"kapan": text.HTML(e.nudgeTime(would, "summary.remind_now", "summary.remind_later", "summary.remind_part")),
		"ulang": text.HTML(again)})
	e.overSummary("summary.remind", args, at, message, [][]dialog.Button{
		{{Label: e.Label("submit"), Action: e.stamped(summary.SendStep, 0, at, "")},
			{Label: e.Label("cancel"), Action: e.stamped(summary.ShowStep, 0, at, "")}}})
	return "", true, nil
}

// namesReminded is how many people the question about reminders names.
const namesReminded = 8

// named lists people, as many as fit, and how many more there are.
func (e *env) named(people []string) string {
	var names []string
	for _, one := range people[:min(len(people), namesReminded)] {
		names = append(names, feature.Clip(one, 40))
	}
	if rest := len(people) - len(names); rest > 0 {
		names = append(names, e.Cfg.Text.Plain("summary.remind_more", text.Args{"n": rest}))
	}
	return strings.Join(names, ", ")
}

// nudgeTime says when reminders go: now, later, or some of them now.
func (e *env) nudgeTime(n reminder.Nudged, now, later, part string) string {
	args := text.Args{"n": n.Sent, "tunda": n.Held}
	if n.Held > 0 {
		args["kapan"] = e.When(n.From)
	}
	switch {
	case n.Held == 0:
		return e.T(now, args)
	case n.Sent == 0:
		return e.T(later, args)
	}
	return e.T(part, args)
}

// sendRemind reminds, in the name of the presser, everybody of whom that is true
// at this moment.
func (e *env) sendRemind(ctx context.Context, _ dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	f, _, err := e.facts(ctx)
	if err != nil {
		return "", false, err
	}
	tasks := f.Remindable(e.Now)
	if len(tasks) == 0 {
		return e.T("summary.remind_none", nil), false, nil
	}
	tally, err := e.Cfg.Reminder.Nudge(ctx, e.tx, e.Now, e.Employee, tasks)
	if err != nil {
		return "", false, err
	}
	if tally.Sent+tally.Held == 0 {
		return e.T("summary.remind_none", nil), false, nil
	}
	e.Cfg.Sender.Wake()
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	note := e.nudgeTime(tally, "summary.reminded_now", "summary.reminded_later", "summary.reminded_part")
	if tally.Left > 0 {
		note += " " + e.T("summary.reminded_left", text.Args{"sisa": tally.Left})
	}
	return note, false, nil
}

// codesOnSummary asks the officers of the units for codes for those of the team who
// have no account, after a question that names who is asked and for whom.
func (e *env) codesOnSummary(ctx context.Context, _ dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	f, _, err := e.facts(ctx)
	if err != nil {
		return "", false, err
	}
	people := f.Askable(e.Now)
	if len(people) == 0 {
		return e.T("codes.none", nil), false, nil
	}
	officers, err := e.tx.CodeOfficers(ctx, people, e.Employee.ID)
	if err != nil {
		return "", false, err
	}
	if len(officers) == 0 {
		return e.T("codes.nobody", e.Helpdesk()), false, nil
	}
	if at.Rest == "ya" {
		note, err := e.RequestCodes(ctx, officers)
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		return note, false, err
	}
	body, err := e.CodesQuestion(ctx, officers)
	if err != nil {
		return "", false, err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "codes.ask", Text: body, Edit: message, OverPicture: at.Picture,
		Rows: [][]dialog.Button{{{Label: e.Label("submit"), Action: e.stamped(summary.CodesStep, 0, at, "ya")},
			{Label: e.Label("cancel"), Action: e.stamped(summary.ShowStep, 0, at, "")}}}})
	return "", true, nil
}

// excuseOnSummary asks why somebody need not fill in, asks whether that is meant,
// and notes it. The way back stands below the summary from then on.
func (e *env) excuseOnSummary(ctx context.Context, a dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	m, err := e.tx.TeamMember(ctx, e.Employee.ID, a.Ref, e.Now)
	if err != nil {
		return "", false, err
	}
	if m.Progress == string(task.Excused) {
		return "", true, e.showExcused(ctx, m, message, at, "summary.settled")
	}
	if m.Progress != string(task.Open) && m.Progress != string(task.Started) {
		return e.settled(m, "summary.settled"), false, nil
	}
	why, sure := feature.ExcuseReason(at.Rest)
	if sure {
		if err := e.ExcusePerson(ctx, m, why); err != nil {
			return "", false, err
		}
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		return "", true, e.showExcused(ctx, m, message, at, "summary.excused_now")
	}
	r := e.ExcuseQuestion(m, why, func(value string) dialog.Action { return e.stamped(summary.ExcuseStep, m.ID, at, value) }, e.backToSummary(at)[0])
	r.Edit, r.OverPicture = message, at.Picture
	e.Out.Replies = append(e.Out.Replies, r)
	return "", true, nil
}

// settled is a note that names somebody and where that person stands.
func (e *env) settled(m personnel.Member, key string) string {
	return e.T(key, text.Args{"alamat": feature.Clip(m.Address(), feature.LongName), "keadaan": text.HTML(e.ProgressWord(m))})
}

// showExcused shows the summary with a note about somebody who is excused; Tetap
// mengisi below it means this person.
func (e *env) showExcused(ctx context.Context, m personnel.Member, message int, at summary.Stamp, key string) error {
	return e.show(ctx, shown{message: message, at: at, note: e.settled(m, key), excused: m.ID})
}

// unexcuseOnSummary takes an excuse back. Without a person it asks of whom, unless
// there is only one.
func (e *env) unexcuseOnSummary(ctx context.Context, a dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	people, err := e.tx.Team(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return "", false, err
	}
	people = slices.DeleteFunc(people, func(m personnel.Member) bool {
		return m.Progress != string(task.Excused) || a.Ref != 0 && m.ID != a.Ref
	})
	switch {
	case len(people) == 0:
		return "", false, dialog.ErrNotFound
	case a.Ref != 0:
		note, err := e.UnexcusePerson(ctx, people[0])
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		return note, false, err
	}
	people = people[:min(len(people), feature.PageSize)]
	lines := []string{e.T("summary.unexcuse_who", nil), ""}
	var numbers []dialog.Button
	for i, m := range people {
		n := strconv.Itoa(i + 1)
		lines = append(lines, n+". "+measure.Fit(m.Address(), feature.CaptionBudget/feature.PageSize-12))
		numbers = append(numbers, dialog.Button{Label: n, Action: e.stamped(summary.UnexcuseStep, m.ID, at, "")})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "summary.unexcuse_who", Text: strings.Join(lines, "\n"), Edit: message,
		OverPicture: at.Picture, Rows: append(feature.Grid(feature.Numbers, numbers), e.backToSummary(at))})
	return "", true, nil
}
