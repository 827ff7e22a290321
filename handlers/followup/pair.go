package followup

import (
	"context"
	"html"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/questionnaire"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// pair shows what the presser may see of a pair; storage decides what that is, and records it.
func (e *env) pair(ctx context.Context, a dialog.Action, _ int) error {
	b, err := e.tx.FollowUpPair(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	own, superior, err := e.tx.FollowUpForms(ctx)
	if err != nil {
		return err
	}
	p := at(e.Desk)
	lines := []string{e.T("followup.pair_head", text.Args{"nama": b.Name, "hari": b.Day, "alamat": b.Subject.Address(), "kemampuan": b.Ability}), ""}
	if v := b.Self[followup.Ability]; v != "" {
		lines = append(lines, e.T("followup.pair_self", text.Args{"isi": p.statement(own, followup.Ability, v)}))
	}
	mine := b.Subject.ID == e.Employee.ID
	switch {
	case b.Rated != nil:
		lines = append(lines, e.T("followup.pair_seen", text.Args{"isi": p.statement(superior, followup.Seen, b.Rated[followup.Seen])}),
			e.T("followup.pair_given", text.Args{"isi": p.statement(superior, followup.Given, b.Rated[followup.Given])}))
	case mine && b.Open(e.Now):
		lines = append(lines, e.T("followup.pair_waits", text.Args{"batas": e.Cfg.Text.Deadline(b.Closes.In(e.Cfg.Location))}))
	case mine:
		lines = append(lines, e.T("followup.pair_never", nil))
	}
	if mine || b.Shared {
		lines = append(lines, "")
		for _, code := range []string{followup.Frequency, followup.Help, followup.Line} {
			if item, ok := own.Item(code); ok && b.Self[code] != "" {
				lines = append(lines, html.EscapeString(item.Title+": "+p.Shown(item, b.Self[code])))
			}
		}
	}
	r := dialog.Reply{Template: "followup.pair_head"}
	switch {
	case mine && b.Shared:
		lines = append(lines, e.T("followup.pair_shared", nil))
	case mine && !b.Former && (b.Rated != nil || !b.Open(e.Now)):
		lines = append(lines, e.T("followup.pair_own_only", nil))
		r.Rows = [][]dialog.Button{{{Label: e.Label("followup_share"), Action: e.MenuAction(shareStep, b.Task)}}}
	case mine:
		lines = append(lines, e.T("followup.pair_own_only", nil))
	}
	r.Text = strings.Join(lines, "\n")
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// statement is an answer with its words.
func (p *desk) statement(d questionnaire.Definition, code, value string) string {
	item, _ := d.Item(code)
	if n, err := strconv.Atoi(value); err == nil && item.Type == questionnaire.Level && n >= 1 && n <= len(item.Levels) {
		return value + ". " + item.Levels[n-1]
	}
	return p.seenAs(item, value)
}

// share gives the rest of what the participant said to the superior, after one question.
func (e *env) share(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.tx.FollowUpPair(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if b.Subject.ID != e.Employee.ID || b.Superior.ID == 0 {
		return dialog.ErrNotFound
	}
	if a.Step == shareStep {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.share_ask", Edit: message, Text: e.T("followup.share_ask", text.Args{"alamat": b.Superior.Address()}),
			Rows: [][]dialog.Button{{{Label: e.Label("followup_share_yes"), Action: e.MenuAction(shareYes, a.Ref)}},
				{{Label: e.Label("followup_share_no"), Action: e.MenuAction(followup.PairStep, a.Ref)}}}})
		return nil
	}
	superior, err := e.tx.ShareFollowUp(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Notify(superior, "followup-shared:"+strconv.FormatInt(a.Ref, 10), followedUp,
		at(e.Desk).writer().News("followup.shared_news", "followup_see", a.Ref, text.Args{"alamat": e.Employee.Address(), "nama": b.Name}))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.shared", Edit: message, Text: e.T("followup.shared", text.Args{"alamat": b.Superior.Address()})})
	return nil
}

// waiting are the superior's follow-ups that are not sent, one for each batch.
func (e *env) waiting(ctx context.Context) (list []followup.Asked, err error) {
	all, err := e.tx.RatedFollowUps(ctx, e.Employee.ID, 0, e.Now)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if !canSend(one.Task) {
			continue
		}
		if n := len(list); n == 0 || list[n-1].FollowUp != one.ID {
			list = append(list, followup.Asked{FollowUp: one.ID, Name: one.Name, Closes: one.Closes})
		}
		last := &list[len(list)-1]
		last.Tasks = append(last.Tasks, one.Task.ID)
	}
	return list, nil
}

// lines are what stands in /umpanbalik: the own follow-ups, those of the team, and for the
// personnel office the way to the groups.
func (e *env) lines(ctx context.Context, k int) (lines []string, rows [][]dialog.Button, err error) {
	mine, err := e.tx.MyFollowUps(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return nil, nil, err
	}
	for _, of := range mine {
		key, button := "followup.list_open", e.Begin("followup_fill", of.Task)
		if !canSend(of.Task) {
			key, button = "followup.list_sent", dialog.Button{Label: e.Label("followup_see"), Action: e.MenuAction(followup.PairStep, of.Task.ID)}
		}
		if of.Complete {
			key = "followup.list_both"
		}
		n := k + len(lines)
		lines = append(lines, e.T(key, text.Args{"k": n, "nama": feature.Clip(of.Name, feature.LongName), "hari": of.Day, "batas": e.Cfg.Text.Deadline(of.Closes.In(e.Cfg.Location))}))
		button.Label += " " + strconv.Itoa(n)
		rows = append(rows, []dialog.Button{button})
	}
	team, err := e.waiting(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range team {
		n := k + len(lines)
		lines = append(lines, e.T("followup.list_team", text.Args{"k": n, "nama": feature.Clip(a.Name, feature.LongName), "n": len(a.Tasks), "batas": e.Cfg.Text.Deadline(a.Closes.In(e.Cfg.Location))}))
		rows = append(rows, []dialog.Button{{Label: e.Label("followup_fill") + " " + strconv.Itoa(n), Action: dialog.Action{Flow: followup.SuperiorFlow, Ref: a.FollowUp, Verb: dialog.Resume}}})
	}
	if e.Employee.Rights.HR {
		rows = append(rows, []dialog.Button{{Label: e.Label("followup_groups"), Action: e.MenuAction(groupsStep, 0)}})
	}
	return lines, rows, nil
}

// owed is the line of /tugas.
func (e *env) owed(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	mine, err := e.tx.MyFollowUps(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return "", nil, err
	}
	n := 0
	for _, of := range mine {
		if of.Open(e.Now) && canSend(of.Task) {
			n++
		}
	}
	team, err := e.waiting(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, a := range team {
		n += len(a.Tasks)
	}
	if n == 0 {
		return "", nil, nil
	}
	return e.T("followup.owed", text.Args{"k": strconv.Itoa(k), "n": n}), []dialog.Button{{Label: e.Label("followup"), Action: e.MenuAction("umpanbalik", 0)}}, nil
}

// fromSummary opens, from below a summary, what the superior is asked about the team.
func (e *env) fromSummary(ctx context.Context, a dialog.Action, message int) error {
	return e.OnSummary(ctx, a, message, func(summary.Stamp) (string, bool, error) {
		list, err := e.waiting(ctx)
		switch {
		case err != nil:
			return "", false, err
		case len(list) == 0:
			return e.T("followup.none_left", e.Helpdesk()), false, nil
		}
		return "", true, e.RunFlow(ctx, followup.SuperiorFlow, list[0].FollowUp, dialog.Input{Verb: dialog.Resume})
	})
}
