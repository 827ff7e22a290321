package announcement

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"bangkom/internal/text"
)

// The states in which something is under way, and those in which it is over.
var (
	underWay = []announcement.State{announcement.Asked, announcement.Approved, announcement.Sending, announcement.Paused}
	over     = []announcement.State{announcement.Done, announcement.Cancelled}
)

// listed is how many announcements stand on one card, each with a button.
const listed = 10

// home answers /siaran: what there is to do about announcements.
func (e *env) home(ctx context.Context, _ string) error {
	e.KeepNote()
	return showHome(ctx, e, 0)
}

func (e *env) goHome(ctx context.Context, _ dialog.Action, message int) error {
	return showHome(ctx, e, message)
}

// homeRow is the button that leads back to what /siaran shows.
func (e *env) homeRow() [][]dialog.Button {
	return [][]dialog.Button{{{Label: e.Label("announcements"), Action: e.MenuAction("pmawal", 0)}}}
}

func showHome(ctx context.Context, e *env, message int) error {
	_, drafts, err := e.tx.Announcements(ctx, announcement.Filter{States: []announcement.State{announcement.Draft}, Author: e.Employee.ID}, 0, 1)
	if err != nil {
		return err
	}
	_, running, err := e.tx.Announcements(ctx, announcement.Filter{States: underWay, Anybody: true}, 0, 1)
	if err != nil {
		return err
	}
	waiting, err := asked(ctx, e)
	if err != nil {
		return err
	}
	_, questions, err := e.tx.OpenQuestions(ctx, 0, 0, 0, 1)
	if err != nil {
		return err
	}
	by, since, err := e.tx.Stopped(ctx)
	if err != nil {
		return err
	}
	n := e.Cfg.Text.Number
	body := e.T("announce.home", text.Args{"konsep": n(drafts), "jalan": n(running), "minta": n(len(waiting)), "tanya": n(questions)})
	act := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, 0)}}
	}
	rows := [][]dialog.Button{{{Label: e.Label("write_new"), Action: dialog.Action{Flow: writeFlow, Verb: dialog.Resume}}}}
	for _, r := range []struct {
		n           int
		label, step string
	}{{drafts, "drafts", "pmdaftar"}, {running, "running", "pmjalan"}, {len(waiting), "check_waiting", "pmperiksa"}, {questions, "questions", "pmtanya"}} {
		if r.n > 0 {
			rows = append(rows, act(r.label, r.step))
		}
	}
	rows = append(rows, act("older", "pmlama"))
	if by != 0 {
		body += "\n" + e.T("announce.stopped", text.Args{"kapan": e.When(since)})
		rows = append(rows, act("restart_all", "pmmulai"))
	} else {
		rows = append(rows, act("stop_all", "pmstop"))
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.home", Text: body, Rows: rows, Edit: message})
	return nil
}

// drafts, running and older list announcements.
func (e *env) drafts(ctx context.Context, a dialog.Action, message int) error {
	return list(ctx, e, a, message, "announce.list_drafts", "pmkonsep", announcement.Filter{States: []announcement.State{announcement.Draft}, Author: e.Employee.ID})
}

func (e *env) older(ctx context.Context, a dialog.Action, message int) error {
	return list(ctx, e, a, message, "announce.list_older", "pmjalan", announcement.Filter{States: over, Anybody: true})
}

// running lists what is under way, or shows the one that the button names.
func (e *env) running(ctx context.Context, a dialog.Action, message int) error {
	if a.Ref == 0 {
		return list(ctx, e, a, message, "announce.list_running", "pmjalan", announcement.Filter{States: underWay, Anybody: true})
	}
	d, err := e.tx.Announcement(ctx, a.Ref)
	if err != nil {
		return err
	}
	return showControl(ctx, e, d, message, "")
}

// list shows announcements with a button of its number each; the value of the pressed
// button is the page.
func list(ctx context.Context, e *env, a dialog.Action, message int, head, open string, f announcement.Filter) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	found, total, err := e.tx.Announcements(ctx, f, page*listed, listed)
	if err != nil {
		return err
	}
	lines := []string{e.T(head, text.Args{"n": e.Cfg.Text.Number(total)}), ""}
	var buttons []dialog.Button
	for i, one := range found {
		k := page*listed + i + 1
		lines = append(lines, e.T("announce.line", text.Args{"k": k, "awal": announcement.Opening(one.Body), "keadaan": stateWords(e, one)}))
		buttons = append(buttons, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(open, one.ID)})
	}
	rows := append(feature.Grid(feature.Numbers, buttons), e.Pages(a.Step, 0, page, listed, total)...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: head, Text: strings.Join(lines, "\n"), Rows: append(rows, e.homeRow()...), Edit: message})
	return nil
}

// stateWords say where an announcement stands, in a few words.
func stateWords(e *env, a announcement.Announcement) string {
	when := func(key string, at time.Time) string { return e.Cfg.Text.Plain(key, text.Args{"kapan": e.When(at)}) }
	switch a.State {
	case announcement.Draft:
		return e.Cfg.Text.Plain("announce.state_draft", nil)
	case announcement.Asked:
		return when("announce.state_asked", a.AskedUntil)
	case announcement.Approved:
		if a.SendAt.After(e.Now) {
			return when("announce.state_scheduled", a.SendAt)
		}
		return e.Cfg.Text.Plain("announce.state_sending", nil)
	case announcement.Sending:
		return e.Cfg.Text.Plain("announce.state_sending", nil)
	case announcement.Paused:
		return e.Cfg.Text.Plain("announce.state_paused", nil)
	case announcement.Cancelled:
		return when("announce.state_cancelled", a.EndedAt)
	}
	return when("announce.state_done", a.EndedAt)
}

// showControl shows the progress of an announcement with what can be done about it; above
// it a sentence about what was done just now, "" = nothing.
func showControl(ctx context.Context, e *env, a announcement.Announcement, message int, sentence string) error {
	switch a.State {
	case announcement.Draft:
		if a.Author != e.Employee.ID {
			return dialog.ErrNotFound
		}
		return showDraft(ctx, e, a, message)
	case announcement.Asked:
		if a.Author == e.Employee.ID {
			return showAsked(ctx, e, a, message)
		}
		return showCheck(ctx, e, a, message)
	}
	c, err := e.tx.AnnouncementCounts(ctx, a.ID)
	if err != nil {
		return err
	}
	later := a.State == announcement.Approved && a.SendAt.After(e.Now)
	if a.State == announcement.Approved && !later { // the worker begins at once
		a.State = announcement.Sending
	}
	r := e.desk.writer().Progress(a, c)
	r.Edit = message
	if later {
		r.Text += "\n" + e.T("announce.goes_at", text.Args{"kapan": e.When(a.SendAt)})
		r.Rows = append(r.Rows, []dialog.Button{{Label: e.Label("unschedule"), Action: e.MenuAction("pmbatalj", a.ID)}})
	}
	if a.ChatID != e.Session.ChatID { // it edits itself in the chat of its author only
		r.Text += "\n" + e.T("announce.as_of", text.Args{"kapan": e.Cfg.Text.Clock(e.Now)})
		r.Rows = append(r.Rows, []dialog.Button{{Label: e.Label("look_again"), Action: e.MenuAction("pmjalan", a.ID)}})
	}
	if sentence != "" {
		r.Text = sentence + "\n\n" + r.Text
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return followHere(ctx, e, a, message)
}

// followHere lets the progress edit itself in the message that shows it now, when it did
// so in another one of this chat before: that one loses its buttons.
func followHere(ctx context.Context, e *env, a announcement.Announcement, message int) error {
	if message == 0 || a.ChatID != e.Session.ChatID || a.MessageID == message {
		return nil
	}
	if a.MessageID != 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "form.old_card", Edit: a.MessageID, Unbutton: true})
	}
	return e.tx.ShowProgressAt(ctx, a.ID, e.Session.ChatID, message)
}

// aside is where a question about an announcement is asked: in the pressed message, but
// never in that which shows the progress, because its next edit would take the question
// away.
func aside(e *env, a announcement.Announcement, message int) int {
	if a.ChatID == e.Session.ChatID && a.MessageID == message {
		return 0
	}
	return message
}

// steer pauses, goes on or cancels; whoever comes second sees what the first has done.
// Cancelling asks once more.
func (e *env) steer(ctx context.Context, a dialog.Action, message int) error {
	if a.Step == mailing.CancelStep {
		return askCancel(ctx, e, a.Ref, message)
	}
	do, done := e.tx.PauseAnnouncement, "announce.paused"
	switch a.Step {
	case mailing.ContinueStep:
		do, done = e.tx.ResumeAnnouncement, "announce.resumed"
	case cancelYes:
		do, done = e.tx.CancelAnnouncement, "announce.cancelled"
	}
	changed, d, err := do(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Out.Work = changed
	if !changed {
		done = "announce.second"
	}
	e.Out.Toast = e.Cfg.Text.Plain(done, nil)
	return showControl(ctx, e, d, message, "")
}

// cancelYes is the step of Ya, hentikan.
const cancelYes = "pmhentiya"

func askCancel(ctx context.Context, e *env, id int64, message int) error {
	a, err := e.tx.Announcement(ctx, id)
	if err != nil {
		return err
	}
	c, err := e.tx.AnnouncementCounts(ctx, id)
	if err != nil {
		return err
	}
	n := e.Cfg.Text.Number
	rest := c.By[announcement.Waiting] + c.By[announcement.Held] + c.By[announcement.Queued] + c.By[announcement.Unlinked]
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.cancel_ask", Edit: aside(e, a, message),
		Text: e.T("announce.cancel_ask", text.Args{"terkirim": n(c.By[announcement.Sent]), "sisa": n(rest)}),
		Rows: [][]dialog.Button{{{Label: e.Label("cancel_yes"), Action: e.MenuAction(cancelYes, id)}}, {{Label: e.Label("delete_no"), Action: e.MenuAction("pmjalan", id)}}}})
	return nil
}

// again lets those go once more who have none, or reminds who has not read.
func (e *env) again(ctx context.Context, a dialog.Action, message int) error {
	do, done := e.tx.RetryFailed, "announce.retried"
	switch a.Step {
	case mailing.UnknownStep:
		do, done = e.tx.ResendUnknown, "announce.resent"
	case mailing.RemindStep:
		do, done = e.tx.RemindUnread, "announce.reminded"
	}
	n, err := do(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	d, err := e.tx.Announcement(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Work = n > 0
	if n == 0 {
		done = "announce.nobody_left"
	}
	e.Out.Toast = e.Cfg.Text.Plain(done, text.Args{"n": e.Cfg.Text.Number(n)})
	return showControl(ctx, e, d, message, "")
}

// unschedule takes back what has not begun; its text is a draft again.
func (e *env) unschedule(ctx context.Context, a dialog.Action, message int) error {
	id, err := e.tx.UnscheduleAnnouncement(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if err := e.tx.ShowProgressAt(ctx, a.Ref, e.Session.ChatID, 0); err != nil { // the draft stands there now
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("announce.unscheduled", nil)
	return reopened(ctx, e, id, message)
}

// reuse makes a new draft of an announcement.
func (e *env) reuse(ctx context.Context, a dialog.Action, message int) error {
	id, err := e.tx.CopyAnnouncement(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	return reopened(ctx, e, id, 0)
}

// reopened shows a draft that was made of something else, with the life of a new one.
func reopened(ctx context.Context, e *env, id int64, message int) error {
	d, err := ownDraft(ctx, e, id)
	if err != nil {
		return err
	}
	if d.Expires = life(e.Now); d.SendAt.Before(e.Now) {
		d.SendAt = time.Time{}
	}
	if err := putDraft(ctx, e, &d); err != nil {
		return err
	}
	sample, card, err := draftShown(ctx, e, d)
	card.Edit = message
	e.Out.Replies = append(e.Out.Replies, sample, card)
	return err
}

// stop asks whether all that the bot starts by itself shall stop, then stops it. One
// person is enough for that; the others read it when they open /siaran, because no
// message about it could go.
func (e *env) stop(ctx context.Context, a dialog.Action, message int) error {
	if a.Step == "pmstop" {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.stop_ask", Text: e.T("announce.stop_ask", nil), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("cancel_yes"), Action: e.MenuAction("pmstopya", 0)}}, {{Label: e.Label("delete_no"), Action: e.MenuAction("pmawal", 0)}}}})
		return nil
	}
	if _, err := e.tx.Stop(ctx, e.Employee.ID, e.Now); err != nil {
		return err
	}
	return showHome(ctx, e, message)
}

// restart ends that: somebody else than who has stopped it.
func (e *env) restart(ctx context.Context, _ dialog.Action, message int) error {
	changed, err := e.tx.Restart(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if !changed {
		e.Out.Toast = e.Cfg.Text.Plain("announce.not_restarted", nil)
		return showHome(ctx, e, message)
	}
	e.Out.Work = true
	return showHome(ctx, e, message)
}
