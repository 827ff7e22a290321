package received

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// read answers Sudah saya baca. The toast comes at once; the button leaves the message
// by an edit that is made when it is claimed, so that it never undoes a correction.
func (e *env) read(ctx context.Context, a dialog.Action, message int) error {
	shown, archived, err := version(a.Value)
	if err != nil {
		return err
	}
	if !archived {
		if err := arrived(ctx, e, a.Ref, message); err != nil {
			return err
		}
	}
	done, err := e.tx.ReadAnnouncement(ctx, a.Ref, e.Employee.ID, shown, e.Now)
	if err != nil {
		return err
	}
	e.Out.Wake = true
	key := "toast.ann_read"
	switch {
	case done.Old:
		key = "toast.ann_read_old"
	case done.Again:
		key = "toast.ann_read_again"
	}
	e.Out.Toast = e.Cfg.Text.Plain(key, nil)
	if !archived {
		if message != done.Message { // the reminder, whose button has done its work
			e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "form.old_card", Edit: message, Unbutton: true})
		}
		return nil
	}
	r, err := e.tx.Received(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	return e.showReceived(r, message)
}

// arrived notes that the message of an announcement is in the chat: a button of it was
// pressed.
func arrived(ctx context.Context, e *env, id int64, message int) error {
	return e.tx.AnnouncementArrived(ctx, id, e.Employee.ID, e.Session.ChatID, message, e.Now)
}

// attachment sends a further file of an announcement (lampiran). It may be saved and
// passed on: it says nothing about a person.
func (e *env) attachment(ctx context.Context, a dialog.Action, _ int) error {
	r, err := e.tx.Received(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(a.Value)
	if err != nil || n < 1 || n > len(r.Files) {
		return dialog.ErrNotFound
	}
	f := r.Files[n-1]
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "received.file", Shareable: true, Media: f.Media, FileID: f.FileID,
		Text: e.T("received.file", text.Args{"n": n, "jumlah": len(r.Files), "judul": title(e, announcement.Opening(r.Body))})})
	return nil
}

// askFlow is the form of a question. Its ref is the announcement.
const askFlow = "tanyaum"

// ask begins a question.
func (e *env) ask(ctx context.Context, a dialog.Action, _ int) error {
	e.KeepNote()
	return e.RunFlow(ctx, askFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
}

// question is the state of the form in which somebody asks about an announcement.
type question struct {
	// Reply is what was written as a reply to the announcement; it becomes a question
	// only once the person has read who reads it. "" = the question is typed here.
	Reply     string `json:"reply,omitempty"`
	Typed     string `json:"-"`
	Cancelled bool   `json:"-"`
	of        int64  // the announcement
	title     string
}

// yes is the answer that sends a reply as a question.
const yes = "ya"

// askForm asks for a question, or whether a reply is one.
func (p *desk) askForm() dialog.Form[question, *env] {
	q := feature.Short[question]{Desk: p.Desk, Cancelled: func(s *question) *bool { return &s.Cancelled }, Args: func(s question) text.Args {
		return text.Args{"judul": s.title, "paling": announcement.LongestQuestion, "balasan": s.Reply, "badan": p.Cfg.Agency.ShortName}
	}}
	typed := q.Words("isi", "received.ask", "received.ask_hint", announcement.ShortestQuestion, announcement.LongestQuestion, func(s *question) *string { return &s.Typed })
	confirm := q.Question("kirim", "received.ask_reply", func(s *question, value string) error {
		if value != yes && !strings.EqualFold(value, "kirim") {
			return dialog.Invalid(p.Cfg.Text.T("received.ask_reply_hint", nil))
		}
		s.Typed = s.Reply
		return nil
	}, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.submit", nil), Value: yes}})
	return dialog.Form[question, *env]{
		FormName: askFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s question, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			of, err := e.tx.Received(ctx, r.Ref, e.Employee.ID)
			s.of, s.title = r.Ref, title(e, announcement.Opening(of.Body))
			return s, err
		},
		Steps: func(s question) []dialog.Step[question] {
			if s.Reply != "" {
				return q.Steps(s, confirm)
			}
			return q.Steps(s, typed)
		},
		Finish: finishQuestion,
	}
}

// finishQuestion stores the question and tells the office, which is told once an hour
// however many ask.
func finishQuestion(ctx context.Context, e *env, s question) (dialog.Ending, error) {
	if s.Cancelled {
		return e.Ending("form.cancelled"), nil
	}
	_, full, err := e.tx.AskQuestion(ctx, s.of, e.Employee.ID, s.Typed, e.Now)
	switch {
	case err != nil:
		return dialog.Ending{}, err
	case full:
		return dialog.Ending{Replies: []dialog.Reply{{Template: "received.ask_full", Text: e.T("received.ask_full", e.Person(text.Args{"n": announcement.QuestionsWaiting, "bantuan": e.Cfg.Agency.Helpdesk}))}}}, nil
	}
	if err := questionNews(ctx, e); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "received.asked", Text: e.T("received.asked", nil)}}}, nil
}

// questionNews tells the personnel office that a question waits, without saying whose.
func questionNews(ctx context.Context, e *env) error {
	office, err := e.Tx.OfficeStaff(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return err
	}
	at, _ := gate.Calendar.Next(outreach.Service, e.Now, outreach.Diary{})
	for _, one := range office {
		e.Notify(one, fmt.Sprintf("announcement.question:%d:%d", at.Truncate(time.Hour).Unix(), one), outreach.Alert, dialog.Reply{
			Template: "received.question_news", Text: e.T("received.question_news", nil),
			Rows: [][]dialog.Button{{{Label: e.Label("ann_inbox"), Action: e.MenuAction("pmtanya", 0)}}}})
	}
	return nil
}

// replied takes a reply to an announcement as a question about it, after asking: many
// people reply "siap", and none of them has read who reads that.
func (e *env) replied(ctx context.Context, u dialog.Update) (taken bool, err error) {
	id, err := e.tx.RepliedTo(ctx, e.Employee.ID, e.Session.ChatID, u.Content.ReplyTo)
	if err != nil || id == 0 {
		return false, err
	}
	e.KeepNote()
	line := strings.Join(strings.Fields(u.Text), " ")
	rec := dialog.Record{Form: askFlow, Ref: id}
	if n := utf8.RuneCountInString(line); n >= announcement.ShortestQuestion && n <= announcement.LongestQuestion {
		if rec.State, err = json.Marshal(question{Reply: line}); err != nil {
			return false, fmt.Errorf("encode question: %w", err)
		}
	}
	e.Session.Drafts = append(slices.DeleteFunc(slices.Clone(e.Session.Drafts), func(r dialog.Record) bool { return r.Form == rec.Form && r.Ref == id }), rec)
	return true, e.RunFlow(ctx, askFlow, id, dialog.Input{Verb: dialog.Resume})
}
