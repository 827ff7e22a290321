package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// shareOneFlow asks who rates one person instead of the superior. Its ref is the
// rating.
const shareOneFlow = "w"

// overSummary puts a question in the place of a summary.
func (e *env) overSummary(key string, args text.Args, at summary.Stamp, message int, rows [][]dialog.Button) {
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, args), Edit: message, OverPicture: at.Picture, Rows: rows})
}

// backToSummary is the row that leads back.
func (e *env) backToSummary(at summary.Stamp) []dialog.Button {
	return []dialog.Button{{Label: e.label("sum_back"), Action: e.stamped(summary.ShowStep, 0, at, "")}}
}

func (e *env) stamped(step string, ref int64, at summary.Stamp, rest string) dialog.Action {
	a := e.menuAction(step, ref)
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
	tasks := f.Remindable(e.now)
	if len(tasks) == 0 {
		return e.t("summary.remind_none", nil), false, nil
	}
	would, err := e.cfg.Courier.WouldNudge(ctx, e.tx, e.now, tasks)
	if err != nil {
		return "", false, err
	}
	if would.Sent+would.Held == 0 {
		return e.t("summary.remind_none", nil), false, nil
	}
	from, again := gate.NudgeAfter(e.now), e.t("summary.remind_last", nil)
	if f.Again(e.now, from) {
		again = e.t("summary.remind_again", text.Args{"mulai": e.cfg.Text.Date(from)})
	}
	args := e.person(text.Args{"n": would.Sent + would.Held, "batas": e.writer().Until(f.FirstDue(e.now), e.now),
		"kapan": text.HTML(e.nudgeTime(would, "summary.remind_now", "summary.remind_later", "summary.remind_part")),
		"ulang": text.HTML(again)})
	e.overSummary("summary.remind", args, at, message, [][]dialog.Button{
		{{Label: e.label("submit"), Action: e.stamped(summary.SendStep, 0, at, "")},
			{Label: e.label("cancel"), Action: e.stamped(summary.ShowStep, 0, at, "")}}})
	return "", true, nil
}

// nudgeTime says when reminders go: now, later, or some of them now.
func (e *env) nudgeTime(n courier.Nudged, now, later, part string) string {
	args := text.Args{"n": n.Sent, "tunda": n.Held}
	if n.Held > 0 {
		args["kapan"] = e.when(n.From)
	}
	switch {
	case n.Held == 0:
		return e.t(now, args)
	case n.Sent == 0:
		return e.t(later, args)
	}
	return e.t(part, args)
}

// sendRemind reminds, in the name of the presser, everybody of whom that is true
// at this moment.
func (e *env) sendRemind(ctx context.Context, _ dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	f, _, err := e.facts(ctx)
	if err != nil {
		return "", false, err
	}
	tasks := f.Remindable(e.now)
	if len(tasks) == 0 {
		return e.t("summary.remind_none", nil), false, nil
	}
	tally, err := e.cfg.Courier.Nudge(ctx, e.tx, e.now, e.employee, tasks)
	if err != nil {
		return "", false, err
	}
	if tally.Sent+tally.Held == 0 {
		return e.t("summary.remind_none", nil), false, nil
	}
	e.cfg.Sender.Wake()
	e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
	note := e.nudgeTime(tally, "summary.reminded_now", "summary.reminded_later", "summary.reminded_part")
	if tally.Left > 0 {
		note += " " + e.t("summary.reminded_left", text.Args{"sisa": tally.Left})
	}
	return note, false, nil
}

// excuseOnSummary asks why somebody need not fill in, and notes it.
func (e *env) excuseOnSummary(ctx context.Context, a dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	m, err := e.tx.TeamMember(ctx, e.employee.ID, a.Ref, e.now)
	if err != nil {
		return "", false, err
	}
	if m.Progress != string(task.Open) && m.Progress != string(task.Started) {
		return e.t("summary.settled", text.Args{"alamat": clip(m.Address(), longName), "keadaan": text.HTML(e.progressWord(m))}), false, nil
	}
	if slices.Contains([]string{"leave", "study", "duty", "other"}, at.Rest) {
		if err := e.excusePerson(ctx, m, at.Rest); err != nil {
			return "", false, err
		}
		e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
		return e.t("summary.excused_now", text.Args{"alamat": clip(m.Address(), longName)}), false, nil
	}
	button := func(label, why string) dialog.Button {
		return dialog.Button{Label: e.label(label), Action: e.stamped(summary.ExcuseStep, m.ID, at, why)}
	}
	e.overSummary("rating.excuse", text.Args{"alamat": clip(m.Address(), longName)}, at, message, [][]dialog.Button{
		{button("leave", "leave"), button("study", "study")}, {button("duty", "duty"), button("elsewhere", "other")}, e.backToSummary(at)})
	return "", true, nil
}

// excusePerson notes that somebody of the team need not fill in, and tells the
// person who decided that.
func (e *env) excusePerson(ctx context.Context, m personnel.Member, why string) error {
	if err := e.tx.ExcuseSelf(ctx, m.ID, why, e.employee.ID, e.now); err != nil {
		return err
	}
	label := map[string]string{"leave": "leave", "study": "study", "duty": "duty", "other": "elsewhere"}[why]
	e.notify(m.ID, fmt.Sprintf("excused:%d:%d", m.ID, e.session.Update.ID), outreach.Excusal, dialog.Reply{Template: "summary.excused_told",
		Text: e.t("summary.excused_told", text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "atasan": e.employee.Address(),
			"alasan": e.label(label), "bantuan": e.cfg.Agency.Helpdesk})})
	return nil
}

// talkOnSummary goes on to the record of a talk. It stands in a message of its
// own; the summary changes when it is finished.
func (e *env) talkOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	if _, err := e.tx.Pair(ctx, a.Ref, e.employee.ID, e.now); err != nil {
		return "", false, err
	}
	err := e.runFlow(ctx, talkFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// rateOnSummary goes on to the ratings of the team, with the person of the button
// where they go person by person.
func (e *env) rateOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	one, err := e.ratingOf(ctx, a.Ref)
	if err != nil {
		return "", false, err
	}
	if err := e.turnTo(ctx, one); err != nil {
		return "", false, err
	}
	err = e.runFlow(ctx, ratingFlow, one.PeriodID, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// rateAllOnSummary goes on to the ratings of the team as /tim does: once a period
// the list is to be confirmed before.
func (e *env) rateAllOnSummary(ctx context.Context, _ dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return "", false, err
	}
	i := slices.IndexFunc(all, e.rateable)
	if i < 0 {
		return "", false, dialog.ErrNotFound
	}
	checked, err := e.tx.TeamChecked(ctx, e.employee.ID)
	if err != nil {
		return "", false, err
	}
	if !checked {
		err = e.showTeam(ctx, 0, 0)
	} else {
		err = e.runFlow(ctx, ratingFlow, all[i].PeriodID, dialog.Input{Verb: dialog.Resume})
	}
	return "", err == nil, err
}

// turnTo puts the ratings of a small team at what is next about one person. A
// larger team goes on competency by competency.
func (e *env) turnTo(ctx context.Context, one rating.Ratable) error {
	rec, _ := e.session.Draft(ratingFlow, one.PeriodID)
	s, err := loadRatings(ctx, e, &rec)
	if err != nil || s.byItem {
		return err
	}
	i := slices.IndexFunc(s.people, func(r rater) bool { return r.ID == one.ID })
	if i < 0 {
		return dialog.ErrNotFound
	}
	rec.At = cardKey(one.ID)
	for _, code := range s.codes() {
		if _, asked := s.people[i].def.Item(code); asked && s.Answers[one.ID][code] == "" {
			rec.At = itemKey(code, one.ID)
			break
		}
	}
	if rec.State, err = json.Marshal(s); err != nil {
		return fmt.Errorf("encode ratings: %w", err)
	}
	e.session.Drafts = append(slices.DeleteFunc(e.session.Drafts, func(d dialog.Record) bool { return d.Form == rec.Form && d.Ref == rec.Ref }), rec)
	return nil
}

// rateable tells whether a rating can be given now and was not sent.
func (e *env) rateable(r rating.Ratable) bool {
	return r.State != task.Done && r.Availability(e.now) == task.Available
}

// ratingOf is one of the ratings that the presser may give now and has not sent.
func (e *env) ratingOf(ctx context.Context, id int64) (rating.Ratable, error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return rating.Ratable{}, err
	}
	i := slices.IndexFunc(all, func(r rating.Ratable) bool { return r.ID == id })
	if i < 0 || !e.rateable(all[i]) {
		return rating.Ratable{}, dialog.ErrNotFound
	}
	return all[i], nil
}

// shareOnSummary asks who rates one person instead.
func (e *env) shareOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	err := e.runFlow(ctx, shareOneFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// shareOneForm finds somebody of the own people, at any depth, to rate one person.
// Only the official may ask that, not a stand-in.
func (p *Processor) shareOneForm() dialog.Form[lookup, *env] {
	return p.lookupForm(shareOneFlow, "summary.share_who",
		func(ctx context.Context, e *env, r *dialog.Record) (l lookup, err error) {
			one, err := e.ratingOf(ctx, r.Ref)
			if err != nil {
				return l, err
			}
			if one.EmployeeID != e.employee.ID {
				return l, dialog.ErrNotFound
			}
			l.member, l.of = personnel.Member{Employee: one.Subject}, one.Task
			return l, nil
		}, shareOne)
}

func shareOne(ctx context.Context, e *env, l lookup) (dialog.Ending, error) {
	people, err := e.foundBelow(ctx, l.Typed, 2)
	if err != nil {
		return dialog.Ending{}, err
	}
	if len(people) != 1 || people[0].ID == l.member.ID {
		return e.ending("rating.share_unclear"), nil
	}
	rater := people[0]
	if above, err := e.tx.Leads(ctx, l.member.ID, rater.ID); err != nil || above {
		return e.ending("rating.share_unclear"), err
	}
	if err := e.tx.NameCoRater(ctx, e.employee.ID, l.member.ID, rater.ID, e.now); err != nil {
		return dialog.Ending{}, err
	}
	if err := e.tellCoRater(ctx, rater.ID, l.of); err != nil {
		return dialog.Ending{}, err
	}
	fresh, err := e.freshSummary(ctx)
	args := text.Args{"alamat": clip(l.member.Address(), longName), "penilai": clip(rater.Address(), longName)}
	return dialog.Ending{Replies: append([]dialog.Reply{{Template: "summary.shared", Text: e.t("summary.shared", args)}}, fresh...)}, err
}
