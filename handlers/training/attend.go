package training

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// codes derives the codes of sessions. Their key is that of one-time codes.
func (p *desk) codes() training.Codes { return training.Codes{Hash: p.Cfg.HashCode} }

// How the argument of /start begins. Behind scanned come the session in base 36, a hyphen
// and the code: a square code of attendance. Behind linked comes the batch in base 36: a
// link that is passed on.
const (
	scanned = "h-"
	linked  = "p-"
)

// opened takes the argument of a link about trainings; false = it is none.
func (e *env) opened(ctx context.Context, arg string) (bool, error) {
	number, batch := strings.CutPrefix(arg, linked)
	rest, session := strings.CutPrefix(arg, scanned)
	switch {
	case !batch && !session:
		return false, nil
	case !e.Linked():
		e.Say("start.no_code", e.Helpdesk())
		return true, nil
	}
	e.KeepNote()
	if session {
		return e.scan(ctx, rest)
	}
	id, err := strconv.ParseInt(number, 36, 64)
	if err != nil {
		e.MenuCard("menu.title")
		return true, nil
	}
	ok, err := e.Attempt(func() error { return e.batchCard(ctx, dialog.Action{Ref: id}, 0) })
	if err == nil && !ok { // it is over, or not shown yet
		err = e.showOffers(ctx, 0, 0)
	}
	return true, err
}

// batchLink is the link that opens a batch, to be passed on.
func (p *desk) batchLink(batch int64) string {
	return "https://t.me/" + p.Cfg.BotUsername() + "?start=" + linked + strconv.FormatInt(batch, 36)
}

// scan takes a scanned code of attendance.
func (e *env) scan(ctx context.Context, rest string) (bool, error) {
	number, code, _ := strings.Cut(rest, "-")
	session, err := strconv.ParseInt(number, 36, 64)
	if err != nil || training.PlainCode(code) == "" {
		e.MenuCard("menu.title")
		return true, nil
	}
	r, err := e.checkIn(ctx, code, session)
	e.Out.Replies = append(e.Out.Replies, r)
	return true, err
}

// checkIn takes a code of attendance. session is that of a scanned code; 0 = typed, for
// whatever session of the person runs now.
func (e *env) checkIn(ctx context.Context, typed string, session int64) (dialog.Reply, error) {
	say := func(key string, args text.Args) dialog.Reply {
		args = e.Person(args)
		args["bantuan"] = e.Cfg.Agency.Helpdesk
		return dialog.Reply{Template: key, Text: e.T(key, args)}
	}
	all, err := e.meetings(ctx)
	if err != nil {
		return dialog.Reply{}, err
	}
	if len(all) == 0 {
		return say("attend.code_none", nil), nil
	}
	if session != 0 {
		if all = slices.DeleteFunc(all, func(m training.Meeting) bool { return m.ID != session }); len(all) == 0 {
			return say("attend.code_other", nil), nil
		}
	}
	past := false
	for _, m := range all {
		if until := m.Locked(e.Now); !until.IsZero() {
			return say("attend.code_locked", text.Args{"batas": e.When(until)}), nil
		}
		switch e.desk().codes().Check(m.ID, typed, m.Starts.Add(-training.CodeOpens), e.Now, e.Update.At) {
		case training.CodeRight:
			return e.present(ctx, m, say)
		case training.CodePast:
			past = true
		case training.CodeWrong:
		}
	}
	tries, err := e.tx.CountCodeTry(ctx, all[0].Batch, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Reply{}, err
	}
	all[0].Tries = tries
	if all[0].Since.IsZero() || !e.Now.Before(all[0].Since.Add(training.CodeWindow)) {
		all[0].Since = e.Now
	}
	switch until := all[0].Locked(e.Now); {
	case !until.IsZero():
		return say("attend.code_locked", text.Args{"batas": e.When(until)}), nil
	case past:
		return say("attend.code_past", nil), nil
	}
	return say("attend.code_wrong", text.Args{"n": training.CodeTries - tries}), nil
}

// meetings are the sessions of the person that run now, or that ran when Telegram got the
// message: it may have waited.
func (e *env) meetings(ctx context.Context) ([]training.Meeting, error) {
	all, err := e.tx.MeetingsNow(ctx, e.Employee.ID, e.Now)
	if sent := e.Update.At; err == nil && len(all) == 0 && e.Now.Sub(sent).Abs() <= training.CodeDrift {
		all, err = e.tx.MeetingsNow(ctx, e.Employee.ID, sent)
	}
	return all, err
}

// present stores that the person is in a session.
func (e *env) present(ctx context.Context, m training.Meeting, say func(string, text.Args) dialog.Reply) (dialog.Reply, error) {
	out, err := e.tx.CheckIn(ctx, m.ID, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Reply{}, err
	}
	args := text.Args{"jam": e.Cfg.Text.Clock(e.Now), "judul": m.Name, "n": m.N}
	switch out.Verdict {
	case training.Accepted:
		return say("attend.present", args), nil
	case training.Unchanged:
		return say("attend.present_before", args), nil
	}
	return say("attend.code_none", nil), nil
}

// codeEntry is the state of the form that asks for a code.
type codeEntry struct {
	Typed string `json:"-"`
}

// codeForm asks for the code of attendance of whatever session of the person runs now.
func (p *desk) codeForm() dialog.Form[codeEntry, *env] {
	return feature.OneText[codeEntry, *env]{
		Name: training.CodeFlow, Step: "kode", Cancelled: "form.cancelled",
		Load: func(context.Context, *env, *dialog.Record) (codeEntry, error) { return codeEntry{}, nil },
		Ask:  func(codeEntry) (string, text.Args) { return "attend.code_ask", nil },
		Read: func(typed string) (string, error) {
			code := training.PlainCode(typed)
			if len(code) != training.CodeDigits {
				return "", dialog.Invalid(p.Cfg.Text.T("attend.code_hint", nil))
			}
			return code, nil
		},
		Into: func(c *codeEntry) *string { return &c.Typed },
		Finish: func(ctx context.Context, e *env, c codeEntry) (dialog.Ending, error) {
			r, err := e.checkIn(ctx, c.Typed, 0)
			if r.Template == "attend.code_wrong" || r.Template == "attend.code_past" {
				r.Rows = [][]dialog.Button{{{Label: e.Label("attend_type"), Action: dialog.Action{Flow: training.CodeFlow, Verb: dialog.Resume}}}}
			}
			return dialog.Ending{Replies: []dialog.Reply{r}}, err
		},
	}.Form(p.Desk)
}

// claim says Saya hadir after the committee has marked the person as absent, and tells
// the committee that somebody waits.
func (e *env) claim(ctx context.Context, a dialog.Action, message int) error {
	batch, err := e.tx.BatchOfSession(ctx, a.Ref)
	if err != nil {
		return err
	}
	b, n, err := e.batchOf(ctx, batch)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.Sessions, func(s training.Session) bool { return s.ID == a.Ref })
	if i < 0 || n.ID == 0 {
		return dialog.ErrNotFound
	}
	until, err := e.claimUntil(ctx, b.Sessions[i])
	if err != nil {
		return err
	}
	if !e.Now.Before(until) {
		e.reply("attend.claim_late", e.Helpdesk(), message)
		return nil
	}
	out, err := e.tx.Claim(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if out.Verdict != training.Accepted {
		e.reply("attend.claimed_before", e.Person(nil), message)
		return nil
	}
	e.reply("attend.claimed", e.Person(nil), message)
	return e.tellCommittee(ctx, b)
}

// tellCommittee tells those who run a batch that a claim waits; nobody is named, because
// the screen is seen by others.
func (e *env) tellCommittee(ctx context.Context, b training.Batch) error {
	people, err := e.tx.Committee(ctx, b.ID)
	if err != nil {
		return err
	}
	for _, who := range people {
		if who.ID == e.Employee.ID {
			continue
		}
		e.Notify(who.ID, fmt.Sprintf("claims:%d:%d:%s", b.ID, who.ID, e.Now.Format(time.DateOnly)), outreach.Training, dialog.Reply{Template: "attend.claim_news",
			Text: e.T("attend.claim_news", text.Args{"judul": b.Name}), Rows: [][]dialog.Button{{e.button("attend_claims", claimsStep, b.ID, "")}}})
	}
	return nil
}
