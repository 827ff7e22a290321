package announcement

import (
	"context"
	"fmt"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// answerFlow answers the question that is its ref, forwardFlow passes it on to somebody
// who knows.
const (
	answerFlow  = "aq"
	forwardFlow = "ag"
)

// questions shows the questions that nobody has answered, one at a time, the oldest
// first; the value is how many are left out.
func (e *env) questions(ctx context.Context, a dialog.Action, message int) error {
	skip, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	found, total, err := e.tx.OpenQuestions(ctx, 0, 0, skip, 1)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.questions_none", Text: e.T("announce.questions_none", nil), Edit: message, Rows: e.homeRow()})
		return nil
	}
	body, rows, err := questionCard(ctx, e, found[0], "announce.question", total)
	if err != nil {
		return err
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("forward"), Action: dialog.Action{Flow: forwardFlow, Ref: found[0].ID, Verb: dialog.Resume}}})
	if skip+1 < total {
		act := e.MenuAction("pmtanya", 0)
		act.Value = strconv.Itoa(skip + 1)
		rows = append(rows, []dialog.Button{{Label: e.Label("page_next"), Action: act}})
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.question", Text: body, Rows: append(rows, e.homeRow()...), Edit: message})
	return nil
}

// questionCard is a question with the button that answers it.
func questionCard(ctx context.Context, e *env, q announcement.Question, key string, total int) (string, [][]dialog.Button, error) {
	a, err := e.tx.Announcement(ctx, q.Announcement)
	if err != nil {
		return "", nil, err
	}
	body := e.T(key, text.Args{"n": e.Cfg.Text.Number(total), "awal": announcement.Opening(a.Body), "nama": feature.Clip(personnel.DisplayName(q.Name), feature.LongName),
		"unit": feature.Clip(q.Unit, feature.LongName), "kapan": e.When(q.AskedAt), "isi": q.Body})
	return body, [][]dialog.Button{{{Label: e.Label("answer"), Action: dialog.Action{Flow: answerFlow, Ref: q.ID, Verb: dialog.Resume}}}}, nil
}

type answering struct {
	Body string `json:"body"`
	of   announcement.Question
}

// openQuestion reads a question that the person may answer: somebody of the office, or
// the officer to whom it was passed on, as whoever asks was told.
func openQuestion(ctx context.Context, e *env, id int64) (announcement.Question, error) {
	q, err := e.tx.Question(ctx, id)
	if err == nil && (!q.AnsweredAt.IsZero() || !e.Employee.Rights.HR && (!e.Employee.Rights.Officer || q.To != e.Employee.ID)) {
		err = dialog.ErrNotFound
	}
	return q, err
}

// answerForm takes the answer and gives it to who has asked.
func (p *desk) answerForm() dialog.Form[answering, *env] {
	return feature.OneText[answering, *env]{
		Name: answerFlow, Step: "jawab", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s answering, err error) {
			s.of, err = openQuestion(ctx, e, r.Ref)
			return s, err
		},
		Ask:    func(s answering) (string, text.Args) { return "announce.answer_ask", text.Args{"isi": s.of.Body} },
		Read:   func(typed string) (string, error) { return p.Line(typed, 2, longReply, "announce.answer_hint") },
		Into:   func(s *answering) *string { return &s.Body },
		Finish: finishAnswer,
	}.Form(p.Desk)
}

func finishAnswer(ctx context.Context, e *env, s answering) (dialog.Ending, error) {
	q, err := e.tx.AnswerQuestion(ctx, s.of.ID, e.Employee.ID, s.Body, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	a, err := e.tx.Announcement(ctx, q.Announcement)
	if err != nil {
		return dialog.Ending{}, err
	}
	e.Notify(q.Employee, fmt.Sprintf("announce-answer:%d", q.ID), outreach.Answered, dialog.Reply{Template: "announce.answer_news",
		Text: e.T("announce.answer_news", text.Args{"awal": announcement.Opening(a.Body), "isi": q.Body, "jawaban": s.Body})})
	r := dialog.Reply{Template: "announce.answered", Text: e.T("announce.answered", nil)}
	if e.Employee.Rights.HR {
		r.Rows = [][]dialog.Button{{{Label: e.Label("publish"), Action: e.MenuAction("pmterbit", q.ID)}}, {{Label: e.Label("questions"), Action: e.MenuAction("pmtanya", 0)}}}
	}
	return dialog.Ending{Replies: []dialog.Reply{r}}, nil
}

// publish lets everybody of the audience read a question and its answer.
func (e *env) publish(ctx context.Context, a dialog.Action, message int) error {
	if err := e.tx.PublishAnswer(ctx, a.Ref, e.Employee.ID, e.Now); err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.published", Text: e.T("announce.published", nil), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("questions"), Action: e.MenuAction("pmtanya", 0)}}}})
	return nil
}

// passing is a question on its way to somebody who knows.
type passing struct {
	Typed string `json:"typed"`
	of    announcement.Question
}

// forwardForm passes a question on to one officer with an account.
func (p *desk) forwardForm() dialog.Form[passing, *env] {
	return feature.OneText[passing, *env]{
		Name: forwardFlow, Step: "cari", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s passing, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			s.of, err = openQuestion(ctx, e, r.Ref)
			return s, err
		},
		Ask: func(passing) (string, text.Args) { return "announce.forward_ask", nil },
		Read: func(typed string) (string, error) {
			return p.Line(typed, feature.ShortestName, longestName, "announce.search_hint")
		},
		Into: func(s *passing) *string { return &s.Typed },
		Finish: func(ctx context.Context, e *env, s passing) (dialog.Ending, error) {
			people, err := e.Found(ctx, personnel.Area{All: true}, s.Typed, 2)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case len(people) != 1:
				return dialog.Ending{}, dialog.Invalid(e.T("announce.forward_unclear", nil))
			}
			officer, err := e.tx.LooksAfterUnits(ctx, people[0].ID)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case !officer || !people[0].Linked || people[0].ID == e.Employee.ID:
				return dialog.Ending{}, dialog.Invalid(e.T("announce.forward_not", text.Args{"alamat": people[0].Address()}))
			}
			return forwarded(ctx, e, s.of, people[0])
		},
	}.Form(p.Desk)
}

func forwarded(ctx context.Context, e *env, q announcement.Question, to personnel.Member) (dialog.Ending, error) {
	if err := e.tx.ForwardQuestion(ctx, q.ID, to.ID, e.Employee.ID, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	body, rows, err := questionCard(ctx, e, q, "announce.forward_news", 1)
	if err != nil {
		return dialog.Ending{}, err
	}
	e.Notify(to.ID, fmt.Sprintf("announce-forward:%d:%d:%d", q.ID, to.ID, e.Now.Unix()), outreach.Answered, dialog.Reply{Template: "announce.forward_news", Text: body, Rows: rows})
	return dialog.Ending{Replies: []dialog.Reply{{Template: "announce.forwarded", Text: e.T("announce.forwarded", text.Args{"alamat": to.Address()}),
		Rows: [][]dialog.Button{{{Label: e.Label("questions"), Action: e.MenuAction("pmtanya", 0)}}}}}}, nil
}
