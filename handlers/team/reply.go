package team

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/text"
)

// replyFlow takes down what somebody who was rated says about it (tanggapan). Its ref is
// the rating.
const replyFlow = "y"

// replies are what the person does with the own reply.
type replies struct{ *env }

type reply struct {
	Body string `json:"body"`
	pair rating.Pair
	call string
}

// onReply is a button about the own reply.
func onReply(run func(replies, context.Context, dialog.Action, int) error) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		return run(replies{e}, ctx, a, message)
	}
}

// replyForm asks for one text, which takes the place of the one before.
func (p *desk) replyForm() dialog.Form[reply, *env] {
	return feature.OneText[reply, *env]{
		Name: replyFlow, Step: "isi", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s reply, err error) {
			s.call = e.Employee.Salutation()
			s.pair, err = replies{e}.ownPair(ctx, r.Ref)
			if err == nil && s.pair.Former {
				err = dialog.ErrNotFound
			}
			return s, err
		},
		Ask: func(s reply) (string, text.Args) {
			key, args := "reply.ask", text.Args{"n": rating.ReplyLength, "sapaan": s.call}
			if s.pair.Reply.Body != "" {
				key, args["isi"], args["tanggal"] = "reply.again", s.pair.Reply.Body, p.replyDay(s.pair.Reply)
			}
			return key, args
		},
		Read: func(typed string) (string, error) { return p.Line(typed, 1, rating.ReplyLength, "reply.hint") },
		Into: func(s *reply) *string { return &s.Body },
		Finish: func(ctx context.Context, e *env, s reply) (dialog.Ending, error) {
			if err := e.tx.SetReply(ctx, s.pair.Task.ID, e.Employee.ID, s.Body, e.Now); err != nil {
				return dialog.Ending{}, err
			}
			return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.saved", nil), Replies: []dialog.Reply{replies{e}.replyStored(s.pair)}}, nil
		},
	}.Form(p.Desk)
}

// ownPair is the own rating of the presser, by the present superior or with a reply: nobody
// reads a new one to a former superior, but the person reads and deletes what is stored.
func (e replies) ownPair(ctx context.Context, id int64) (rating.Pair, error) {
	pair, err := e.tx.PairNews(ctx, id, e.Employee.ID, e.Now)
	if err == nil && (pair.Subject.ID != e.Employee.ID || pair.Former && pair.Reply.Body == "") {
		err = dialog.ErrNotFound
	}
	return pair, err
}

func (p *desk) replyDay(r rating.Reply) string { return p.Cfg.Text.Date(r.At.In(p.Cfg.Location)) }

// replyStored says what becomes of a reply, and tells the superior that there is one, once
// a day, without its words. Whether the superior has an account is not told: nobody below
// knows it.
func (e replies) replyStored(pair rating.Pair) dialog.Reply {
	boss := pair.Superior
	e.Notify(boss.ID, fmt.Sprintf("reply:%d:%d:%s", pair.Task.ID, boss.ID, e.Now.In(e.Cfg.Location).Format(time.DateOnly)), outreach.Replied,
		dialog.Reply{Template: "reply.news", Text: e.T("reply.news", text.Args{"alamat": e.Employee.Address()}), Rows: e.openButtons(pair.Task.ID, false)})
	return dialog.Reply{Template: "reply.stored", Text: e.T("reply.stored", text.Args{"atasan": boss.Address()}),
		Rows: [][]dialog.Button{{e.replyButton(pair.Task.ID, true)}}}
}

// replyButton leads the person to the own reply, or to the question for one.
func (e replies) replyButton(id int64, given bool) dialog.Button {
	if given {
		return dialog.Button{Label: e.Label("reply_own"), Action: e.MenuAction("tanggapan", id)}
	}
	return dialog.Button{Label: e.Label("reply_write"), Action: dialog.Action{Flow: replyFlow, Ref: id, Verb: dialog.Resume}}
}

// ownReply shows the person the own reply and what can be done with it.
func (e replies) ownReply(ctx context.Context, a dialog.Action, message int) error {
	pair, err := e.ownPair(ctx, a.Ref)
	if err != nil {
		return err
	}
	if pair.Reply.Body == "" {
		return dialog.ErrNotFound
	}
	key := "reply.own"
	row := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, a.Ref)}}
	}
	var rows [][]dialog.Button
	if !pair.Former {
		rows = append(rows, []dialog.Button{{Label: e.Label("reply_change"), Action: dialog.Action{Flow: replyFlow, Ref: a.Ref, Verb: dialog.Resume}}})
	}
	switch {
	case pair.Former:
		key = "reply.own_former"
	case pair.Reply.Asked:
		key = "reply.own_asked"
	default:
		rows = append(rows, row("reply_office", "tanggapankan"))
	}
	rows = append(rows, row("reply_drop", "tanggapanhapus"), row("compare", "banding"))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: message, Rows: rows,
		Text: e.T(key, text.Args{"tanggal": e.desk.replyDay(pair.Reply), "isi": pair.Reply.Body, "sapaan": e.Employee.Salutation()})})
	return nil
}

// dropReply deletes the own reply.
func (e replies) dropReply(ctx context.Context, a dialog.Action, message int) error {
	pair, err := e.ownPair(ctx, a.Ref)
	if err != nil {
		return err
	}
	if err := e.tx.DropReply(ctx, a.Ref, e.Employee.ID); err != nil {
		return err
	}
	rows := e.openButtons(a.Ref, false)
	if !pair.Former {
		rows = append(rows, []dialog.Button{e.replyButton(a.Ref, false)})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "reply.dropped", Text: e.T("reply.dropped", nil), Edit: message, Rows: rows})
	return nil
}

// replyToOffice gives the own reply to the personnel office as a request, after a question.
func (e replies) replyToOffice(ctx context.Context, a dialog.Action, message int) error {
	pair, err := e.ownPair(ctx, a.Ref)
	if err != nil {
		return err
	}
	if pair.Former || pair.Reply.Body == "" || pair.Reply.Asked {
		return dialog.ErrNotFound
	}
	words := strconv.FormatInt(pair.Reply.At.Unix(), 10) // the button gives the words that stand above it
	if a.Value != words {
		yes := e.MenuAction("tanggapankan", a.Ref)
		yes.Value = words
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "reply.office_ask", Edit: message,
			Text: e.T("reply.office_ask", text.Args{"isi": pair.Reply.Body}),
			Rows: [][]dialog.Button{{{Label: e.Label("submit"), Action: yes}, {Label: e.Label("cancel"), Action: e.MenuAction("tanggapan", a.Ref)}}}})
		return nil
	}
	body, err := e.tx.AskReply(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "reply.office_sent", Text: e.T("reply.office_sent", nil), Edit: message,
		Rows: [][]dialog.Button{{e.replyButton(a.Ref, true)}}})
	return e.Ask(ctx, personnel.ReplyTicket, body)
}

// replyLine is a reply as both sides read it; "" = there is none.
func (e comparison) replyLine(pair rating.Pair) string {
	if pair.Reply.Body == "" {
		return ""
	}
	return e.T("reply.line", text.Args{"alamat": pair.Subject.Address(), "tanggal": e.desk.replyDay(pair.Reply), "isi": pair.Reply.Body})
}

// copyReplies is the part of the own copy.
func copyReplies(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
	return tx.(Tx).CopyReplies(ctx, chatID)
}
