package announcement

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// returnFlow takes why an announcement is given back to its author. Its ref is the
// announcement.
const returnFlow = "ak"

const (
	askLife   = 48 * time.Hour // for which a request for approval stands
	examples  = 5              // recipients whom the second person sees by name
	longReply = 500            // characters of a reason, an answer, a question that is passed on
)

// askSecond gives a draft to the others of the personnel office.
func (e *env) askSecond(ctx context.Context, a dialog.Action, message int) error {
	d, ok, err := seen(ctx, e, a, message)
	if err != nil || !ok {
		return err
	}
	office, err := e.Tx.OfficeStaff(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	if len(office) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.nobody", Text: e.T("announce.nobody", e.Helpdesk()), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("draft_back"), Action: e.MenuAction("pmkonsep", d.ID)}}}})
		return nil
	}
	until := e.Now.Add(askLife)
	if useful := d.Useful(); useful.Before(until) {
		until = useful
	}
	if !until.After(e.Now) || !d.Audience.Chosen() || d.Batch.Over {
		e.Out.Toast = e.Cfg.Text.Plain("announce.changed", nil)
		return showDraft(ctx, e, d, message)
	}
	if err := e.tx.AskAnnouncement(ctx, d.ID, e.Employee.ID, d.Revision, until, e.Now); err != nil {
		return err
	}
	d.State, d.AskedAt, d.AskedUntil = announcement.Asked, e.Now, until
	if err := e.tx.ShowProgressAt(ctx, d.ID, e.Session.ChatID, message); err != nil {
		return err
	}
	for _, who := range office {
		e.Notify(who, fmt.Sprintf("announce-ask:%d:%d:%d:%d", d.ID, d.Revision, d.AskedAt.Unix(), who), outreach.Alert, dialog.Reply{Template: "announce.ask_news",
			Text: e.T("announce.ask_news", text.Args{"penulis": e.Employee.Address(), "batas": e.When(until)}),
			Rows: [][]dialog.Button{{{Label: e.Label("check_it"), Action: e.MenuAction("pmperiksa", d.ID)}}}})
	}
	return showAsked(ctx, e, d, message)
}

// showAsked tells the author who may approve, and until when.
func showAsked(ctx context.Context, e *env, d announcement.Announcement, message int) error {
	office, err := e.Tx.OfficeStaff(ctx, d.Author)
	if err != nil {
		return err
	}
	names, err := peopleNames(ctx, e, office)
	if err != nil {
		return err
	}
	key := "announce.asked"
	if !e.Now.Before(d.AskedUntil) {
		key = "announce.ask_over"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: message,
		Text: e.T(key, text.Args{"awal": announcement.Opening(d.Body), "petugas": someOf(e, names), "batas": e.When(d.AskedUntil)}),
		Rows: [][]dialog.Button{{{Label: e.Label("withdraw_ask"), Action: e.MenuAction("pmcabut", d.ID)}}}})
	return nil
}

func peopleNames(ctx context.Context, e *env, ids []int64) ([]string, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		who, err := e.tx.Employee(ctx, id)
		if err != nil {
			return nil, err
		}
		names[i] = who.Address()
	}
	return names, nil
}

// withdrawAsk takes a request for approval back: the draft can be changed again.
func (e *env) withdrawAsk(ctx context.Context, a dialog.Action, message int) error {
	d, err := e.tx.LockAnnouncement(ctx, a.Ref)
	if err != nil || d.Author != e.Employee.ID || d.State != announcement.Asked {
		if err == nil {
			err = dialog.ErrNotFound
		}
		return err
	}
	if d, err = returned(ctx, e, d); err != nil {
		return err
	}
	return showDraft(ctx, e, d, message)
}

// returned makes a draft again of what was asked for.
func returned(ctx context.Context, e *env, d announcement.Announcement) (announcement.Announcement, error) {
	if err := e.tx.ReturnAnnouncement(ctx, d.ID, e.Now); err != nil {
		return d, err
	}
	return e.tx.Announcement(ctx, d.ID)
}

// check shows a second person what waits for approval: exactly what would arrive, then
// to whom, with examples. A ref of 0 is the one that has waited longest.
func (e *env) check(ctx context.Context, a dialog.Action, message int) error {
	d := announcement.Announcement{ID: a.Ref}
	if a.Ref == 0 {
		waiting, err := asked(ctx, e)
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.ask_none", Text: e.T("announce.ask_none", nil), Edit: message, Rows: e.homeRow()})
			return nil
		}
		d = waiting[0]
	}
	d, err := e.tx.LockAnnouncement(ctx, d.ID)
	if err != nil {
		return err
	}
	return showCheck(ctx, e, d, message)
}

// asked lists what waits for the approval of the person, the oldest first.
func asked(ctx context.Context, e *env) ([]announcement.Announcement, error) {
	list, _, err := e.tx.Announcements(ctx, announcement.Filter{States: []announcement.State{announcement.Asked}, Anybody: true}, 0, feature.PageSize)
	list = slices.DeleteFunc(list, func(a announcement.Announcement) bool {
		return a.Author == e.Employee.ID || !e.Now.Before(a.AskedUntil)
	})
	slices.SortStableFunc(list, func(a, b announcement.Announcement) int { return a.AskedAt.Compare(b.AskedAt) })
	return list, err
}

func showCheck(ctx context.Context, e *env, d announcement.Announcement, message int) error {
	if closed, err := showClosed(ctx, e, d, message); closed || err != nil {
		return err
	}
	author, err := e.tx.Employee(ctx, d.Author)
	if err != nil {
		return err
	}
	p, err := prospects(ctx, e, d)
	if err != nil {
		return err
	}
	words, err := audienceWords(ctx, e, d.Audience)
	if err != nil {
		return err
	}
	some, err := e.tx.AudienceSample(ctx, d.Audience, examples, e.Now)
	if err != nil {
		return err
	}
	times, err := e.timeWords(ctx, d)
	if err != nil {
		return err
	}
	yes := e.MenuAction("pmsetuju", d.ID)
	yes.Value = strconv.Itoa(d.Revision)
	e.Out.Replies = append(e.Out.Replies, e.preview(d, p))
	for _, f := range d.Files {
		e.Out.Replies = append(e.Out.Replies, fileReply(e, f))
	}
	body := e.T("announce.check", text.Args{"penulis": author.Address(), "n": e.Cfg.Text.Number(p.forecast.Total), "sasaran": words, "contoh": text.HTML(exampleList(e, some)),
		"batas": e.When(d.AskedUntil)}) + "\n" + times + "\n" + e.switchWords(d)
	if d.Batch.ID != 0 {
		body += "\n" + e.carryWords(d, p)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.check", Text: body, Rows: [][]dialog.Button{
		{{Label: e.Label("change_yes"), Action: yes}}, {{Label: e.Label("change_no"), Action: dialog.Action{Flow: returnFlow, Ref: d.ID, Verb: dialog.Resume}}}}})
	return nil
}

// exampleList names some recipients with their units.
func exampleList(e *env, some []personnel.Employee) string {
	lines := make([]string, len(some))
	for i, who := range some {
		lines[i] = e.T("announce.example", text.Args{"alamat": feature.Clip(who.Address(), feature.LongName), "unit": feature.Clip(who.UnitName, feature.LongName)})
	}
	return strings.Join(lines, "\n")
}

// showClosed tells why the person cannot approve something; false = nothing is in the way.
func showClosed(ctx context.Context, e *env, d announcement.Announcement, message int) (bool, error) {
	key, args, err := closedToMe(ctx, e, d)
	if err != nil || key == "" {
		return false, err
	}
	rows := e.homeRow()
	if !d.ApprovedAt.IsZero() {
		rows = lookRow(e, d.ID)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message, Rows: rows})
	return true, nil
}

// lookRow is the button that shows how far an announcement is.
func lookRow(e *env, id int64) [][]dialog.Button {
	return [][]dialog.Button{{{Label: e.Label("look_at_it"), Action: e.MenuAction("pmjalan", id)}}}
}

// closedToMe says why the person cannot approve something; "" = nothing is in the way.
func closedToMe(ctx context.Context, e *env, d announcement.Announcement) (key string, args text.Args, err error) {
	switch {
	case d.Author == e.Employee.ID:
		return "announce.own", nil, nil
	case d.State == announcement.Draft || d.State == announcement.Deleted:
		return "announce.taken_back", nil, nil
	case d.State != announcement.Asked:
		by, err := e.tx.Employee(ctx, cmp.Or(d.ApprovedBy, d.Author))
		return "announce.approved_before", text.Args{"alamat": by.Address(), "kapan": e.When(d.ApprovedAt)}, err
	case d.Batch.Over:
		return "announce.check_over", text.Args{"judul": d.Batch.Name}, nil
	case !e.Now.Before(d.AskedUntil) || !e.Now.Before(d.Useful()):
		return "announce.too_late", text.Args{"batas": e.When(d.AskedUntil)}, nil
	}
	office, err := e.Tx.OfficeStaff(ctx, e.Employee.ID)
	if err == nil && !slices.Contains(office, d.Author) {
		return "announce.author_left", nil, nil
	}
	return "", nil, err
}

// approve lets an announcement go that somebody else of the office has written, as it
// was when this person saw it.
func (e *env) approve(ctx context.Context, a dialog.Action, message int) error {
	d, err := e.tx.LockAnnouncement(ctx, a.Ref)
	if err != nil {
		return err
	}
	if closed, err := showClosed(ctx, e, d, message); closed || err != nil {
		return err
	}
	if strconv.Itoa(d.Revision) != a.Value { // it was taken back, changed and asked for again
		e.Out.Toast = e.Cfg.Text.Plain("announce.changed", nil)
		return showCheck(ctx, e, d, message)
	}
	p, err := prospects(ctx, e, d)
	if err != nil {
		return err
	}
	if !p.fits { // what was asked for does not work any more: the author has to look at it
		return showCheck(ctx, e, d, message)
	}
	delayed, err := carries(ctx, e, d, p)
	if err != nil {
		return err
	}
	if d, err = e.tx.ApproveAnnouncement(ctx, d.ID, e.Employee.ID, d.Revision, e.Now); err != nil {
		return err
	}
	when, err := startWords(ctx, e, d)
	if err != nil {
		return err
	}
	e.Out.Work = true
	args := text.Args{"awal": announcement.Opening(d.Body), "n": e.Cfg.Text.Number(d.Frozen), "kapan": when, "petugas": e.Employee.Address()}
	look := lookRow(e, d.ID)
	if delayed != "" {
		delayed = "\n" + delayed
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.approved", Text: e.T("announce.approved", args) + delayed, Edit: message, Rows: look})
	e.Notify(d.Author, fmt.Sprintf("announce-yes:%d", d.ID), outreach.Answered,
		dialog.Reply{Template: "announce.approved_news", Text: e.T("announce.approved_news", args) + delayed, Rows: look})
	return nil
}

type returning struct {
	Why string `json:"why"`
	of  announcement.Announcement
}

// returnForm asks why an announcement is given back, and gives it back.
func (p *desk) returnForm() dialog.Form[returning, *env] {
	return feature.OneText[returning, *env]{
		Name: returnFlow, Step: "sebab", Cancelled: "announce.return_cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s returning, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			s.of, err = e.tx.LockAnnouncement(ctx, r.Ref)
			if err == nil && (s.of.State != announcement.Asked || s.of.Author == e.Employee.ID) {
				err = dialog.ErrNotFound
			}
			return s, err
		},
		Ask:  func(returning) (string, text.Args) { return "announce.return_ask", nil },
		Read: func(typed string) (string, error) { return p.Line(typed, 3, longReply, "announce.return_hint") },
		Into: func(s *returning) *string { return &s.Why },
		Finish: func(ctx context.Context, e *env, s returning) (dialog.Ending, error) {
			if _, err := returned(ctx, e, s.of); err != nil {
				return dialog.Ending{}, err
			}
			e.Notify(s.of.Author, fmt.Sprintf("announce-no:%d:%d:%d", s.of.ID, s.of.Revision, s.of.AskedAt.Unix()), outreach.Answered, dialog.Reply{Template: "announce.returned_news",
				Text: e.T("announce.returned_news", text.Args{"awal": announcement.Opening(s.of.Body), "petugas": e.Employee.Address(), "sebab": s.Why}),
				Rows: [][]dialog.Button{{{Label: e.Label("draft_back"), Action: e.MenuAction("pmkonsep", s.of.ID)}}}})
			return e.Ending("announce.returned"), nil
		},
	}.Form(p.Desk)
}
