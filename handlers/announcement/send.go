package announcement

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// audienceLines say to whom a draft goes, and what would become of it.
func audienceLines(ctx context.Context, e *env, a announcement.Announcement, f announcement.Forecast) ([]string, error) {
	if !a.Audience.Chosen() {
		return []string{e.T("announce.card_nobody", text.Args{"awal": announcement.Opening(a.Body)})}, nil
	}
	words, err := audienceWords(ctx, e, a.Audience)
	if err != nil {
		return nil, err
	}
	lines := []string{e.T("announce.card", text.Args{"awal": announcement.Opening(a.Body), "n": e.Cfg.Text.Number(f.Total), "sasaran": words})}
	if f.Total > 0 {
		lines = append(lines, e.forecastWords(f, a.SendAt.After(e.Now)))
	}
	return lines, nil
}

// forecastWords say what would become of an announcement now; what is nobody is left out.
func (e *env) forecastWords(f announcement.Forecast, scheduled bool) string {
	n, first := e.Cfg.Text.Number, "announce.now"
	if scheduled {
		first = "announce.then"
	}
	parts := []string{e.T(first, text.Args{"n": n(f.Now)})}
	add := func(count int, key string, args text.Args) {
		if count > 0 {
			args["n"] = n(count)
			parts = append(parts, e.T(key, args))
		}
	}
	add(f.Held, "announce.held", text.Args{"kapan": e.When(f.Until)})
	add(f.Expired, "announce.expired", text.Args{})
	add(f.Unlinked, "announce.unlinked", text.Args{})
	add(f.Unreachable, "announce.unreachable", text.Args{})
	lines := []string{strings.Join(parts, " · ") + "."}
	if f.Silent > 0 {
		lines = append(lines, e.T("announce.silent", text.Args{"n": n(f.Silent)}))
	}
	if f.Late > 0 {
		lines = append(lines, e.T("announce.late", text.Args{"n": n(f.Late)}))
	}
	if f.Now > 0 {
		lines = append(lines, e.T("announce.takes", text.Args{"lama": e.desk.writer().Lasting(f.Now)}))
	}
	return strings.Join(lines, "\n")
}

// needsSecond tells whether somebody else of the office has to approve what goes to so
// many people, with all that the author has had sent today.
func needsSecond(ctx context.Context, e *env, n int) (bool, error) {
	today, err := e.tx.ApprovedSince(ctx, e.Employee.ID, feature.Midnight(e.Now))
	return announcement.NeedsSecond(today, n, e.Cfg.ApprovalFrom), err
}

// seen is the draft on which somebody has pressed, if it is still the one that the card
// has shown; else its card is shown anew, with a sentence, and ok is false.
func seen(ctx context.Context, e *env, a dialog.Action, message int) (d announcement.Announcement, ok bool, err error) {
	d, err = ownDraft(ctx, e, a.Ref)
	if err != nil {
		return d, false, err
	}
	if strconv.Itoa(d.Revision) != a.Value {
		e.Out.Toast = e.Cfg.Text.Plain("announce.changed", nil)
		return d, false, showDraft(ctx, e, d, message)
	}
	return d, true, nil
}

// send asks once whether a draft is meant to go, then lets it go. What needs a second
// person by now, because others of the author have gone meanwhile, is shown anew.
func (e *env) send(ctx context.Context, a dialog.Action, message int) error {
	d, ok, err := seen(ctx, e, a, message)
	if err != nil || !ok {
		return err
	}
	p, err := prospects(ctx, e, d)
	if err != nil {
		return err
	}
	n := p.forecast.Total
	second, err := needsSecond(ctx, e, n)
	if err != nil {
		return err
	}
	if second || n == 0 || !p.fits || !d.Expires.After(e.Now) {
		e.Out.Toast = e.Cfg.Text.Plain("announce.changed", nil)
		return showDraft(ctx, e, d, message)
	}
	if a.Step == "pmkirim" {
		return askSend(ctx, e, d, p, message)
	}
	if _, err := carries(ctx, e, d, p); err != nil {
		return err
	}
	d, err = e.tx.ApproveAnnouncement(ctx, d.ID, 0, d.Revision, e.Now)
	if err != nil {
		return err
	}
	return begun(ctx, e, d, message)
}

func askSend(ctx context.Context, e *env, d announcement.Announcement, p prospect, message int) error {
	words, err := audienceWords(ctx, e, d.Audience)
	if err != nil {
		return err
	}
	when, err := startWords(ctx, e, d)
	if err != nil {
		return err
	}
	yes := e.MenuAction("pmkirimya", d.ID)
	yes.Value = strconv.Itoa(d.Revision)
	body := e.T("announce.send_ask", text.Args{"n": e.Cfg.Text.Number(p.forecast.Total), "sasaran": words, "kapan": when})
	if d.Batch.ID != 0 {
		body += "\n" + e.carryWords(d, p)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.send_ask", Edit: message, Text: body,
		Rows: [][]dialog.Button{{{Label: e.Label("send_yes"), Action: yes}}, {{Label: e.Label("delete_no"), Action: e.MenuAction("pmkonsep", d.ID)}}}})
	return nil
}

// startWords say when something goes: nothing goes at once in the night.
func startWords(ctx context.Context, e *env, d announcement.Announcement) (string, error) {
	if d.SendAt.After(e.Now) {
		return e.When(d.SendAt), nil
	}
	key := "announce.at_once"
	open, err := e.desk.mailer().Open(ctx, e.tx, d, e.Now)
	if !open {
		key = "announce.at_hours"
	}
	return e.Cfg.Text.Plain(key, nil), err
}

// begun shows the progress of what was approved, where its author has pressed, and lets
// the worker begin.
func begun(ctx context.Context, e *env, a announcement.Announcement, message int) error {
	if err := e.tx.ShowProgressAt(ctx, a.ID, e.Session.ChatID, message); err != nil {
		return err
	}
	a.ChatID, a.MessageID = e.Session.ChatID, message
	e.Out.Work = true
	return showControl(ctx, e, a, message, "")
}
