package team

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/text"
)

// personStep is the card of one person: all nine answers, each of which can be
// changed, and Kirim for this person alone.
func (p *desk) personStep(i int, one ratedPerson) dialog.Step[ratings] {
	return dialog.Step[ratings]{Key: cardKey(one.ID), Card: true,
		Ask: func(s ratings, _ dialog.Place) dialog.Prompt { return p.personCardOf(s, i) },
		Accept: func(s *ratings, value string, typed bool) error {
			switch {
			case typed:
				return dialog.Invalid(p.Cfg.Text.T("rating.review_hint", nil))
			case value == "" && !s.complete(one):
				return dialog.Invalid(p.Cfg.Text.T("form.unfinished", nil))
			case value == "":
				s.send = one.ID
			}
			return nil
		}}
}

func (p *desk) personCardOf(s ratings, i int) dialog.Prompt {
	one, t := s.people[i], p.Cfg.Text
	lines := []string{t.T("rating.card_head", text.Args{"alamat": one.address()}), ""}
	var numbers []dialog.Choice
	for _, item := range one.def.Items {
		value := s.Answers[one.ID][item.Code]
		if item.Type != questionnaire.Level || value == "" {
			continue
		}
		n := len(numbers) + 1
		lines = append(lines, html.EscapeString(fmt.Sprintf("%d %s: %s", n, item.Title, p.ratedAs(value))))
		numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(n), Verb: dialog.Change, Step: itemKey(item.Code, one.ID)})
	}
	foot := "rating.card_foot"
	if slices.Contains(s.Again, one.ID) {
		foot = "rating.card_again"
	}
	lines = append(lines, "", t.T(foot, text.Args{"batas": p.Deadline(s.task)}))
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Choice{{Label: t.Plain("label.submit", nil), Verb: dialog.Submit}})
	if s.byItem {
		rows = append(rows, []dialog.Choice{{Label: t.Plain("label.rate_list", nil), Value: "nanti"}, {Label: t.Plain("label.later", nil), Verb: dialog.Later}})
	} else {
		rows = append(rows, []dialog.Choice{{Label: t.Plain("label.rate_keep", nil), Value: "nanti"}},
			[]dialog.Choice{{Label: t.Plain("label.back", nil), Verb: dialog.Back}, {Label: t.Plain("label.later", nil), Verb: dialog.Later}})
	}
	return dialog.Prompt{Template: "rating.card_head", Text: strings.Join(lines, "\n"), Rows: rows, Bare: true}
}

// ratingReview lists everybody when all is answered; Kirim sends all of it.
func (p *desk) ratingReview(s ratings) dialog.Prompt {
	if len(s.people) == 0 {
		return dialog.Prompt{}
	}
	return p.ratingList(s, 0)
}

// pageStep is a further page of that list.
func (p *desk) pageStep(page int) dialog.Step[ratings] {
	return dialog.Step[ratings]{Key: pageKey(page), Card: true,
		Ask: func(s ratings, _ dialog.Place) dialog.Prompt {
			list := p.ratingList(s, page)
			list.Bare = true
			list.Rows = append(list.Rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.rate_list", nil), Value: "nanti"}})
			return list
		},
		Accept: func(_ *ratings, value string, typed bool) error {
			if typed || value == "" {
				return dialog.Invalid(p.Cfg.Text.T("rating.review_hint", nil))
			}
			return nil
		}}
}

func (p *desk) ratingList(s ratings, page int) dialog.Prompt {
	t := p.Cfg.Text
	var titles []string
	for i, code := range s.codes() {
		item, _ := s.people[0].def.Item(code)
		titles = append(titles, fmt.Sprintf("%d %s", i+1, item.Title))
	}
	lines := []string{t.T("rating.review", text.Args{"jumlah": len(s.people), "urutan": strings.Join(titles, ", ")}), ""}
	var numbers []dialog.Choice
	before := page * feature.PageSize
	for i, one := range s.people[before:min(len(s.people), before+feature.PageSize)] {
		var values []string
		for _, code := range s.codes() {
			values = append(values, p.ratedShort(s.Answers[one.ID][code]))
		}
		n := strconv.Itoa(before + i + 1)
		lines = append(lines, html.EscapeString(n+". "+feature.Clip(one.address(), 60)+": "+strings.Join(values, "\u00a0")))
		numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: cardKey(one.ID)})
	}
	rows := feature.Grid(feature.Numbers, numbers)
	if before+feature.PageSize < len(s.people) {
		rows = append(rows, []dialog.Choice{{Label: t.Plain("label.page_next", nil), Verb: dialog.Change, Step: pageKey(page + 1)}})
	}
	lines = append(lines, "", t.T("rating.card_foot", text.Args{"batas": p.Deadline(s.task)}))
	return dialog.Prompt{Template: "rating.review", Text: strings.Join(lines, "\n"), Rows: rows}
}

// ratedShort is a level in a line of nine.
func (p *desk) ratedShort(value string) string {
	switch value {
	case "":
		return "…"
	case "0":
		return p.Cfg.Text.Plain("rating.short_belum", nil)
	case rating.Unknown:
		return p.Cfg.Text.Plain("rating.short_unknown", nil)
	}
	return value
}

// sendOne sends the person whose Kirim was pressed.
func sendOne(ctx context.Context, e *env, s *ratings) (dialog.Ending, error) {
	if s.send == 0 {
		return dialog.Ending{}, nil
	}
	return e.sendRatings(ctx, s, []int64{s.send})
}

// sendAll sends everybody: all are complete.
func sendAll(ctx context.Context, e *env, s ratings) (dialog.Ending, error) {
	var ids []int64
	for _, one := range s.people {
		if s.complete(one) {
			ids = append(ids, one.ID)
		}
	}
	if len(ids) == 0 { // an old button after everything was sent
		return dialog.Ending{Replies: []dialog.Reply{{Template: "rating.all_sent", Text: e.T("rating.all_sent", nil),
			Rows: [][]dialog.Button{{{Label: e.Label("team_back"), Action: e.teamBack()}}}}}}, nil
	}
	return e.sendRatings(ctx, &s, ids)
}

// sentOne is one rating that was sent just now.
type sentOne struct {
	ratedPerson
	open    bool // both sides are sent and the presser may compare them
	dialogs int
}

// sendRatings stores ratings, tells the people whose two sides are open by
// that, and takes them out of what is still to do.
func (e *env) sendRatings(ctx context.Context, s *ratings, ids []int64) (dialog.Ending, error) {
	slices.Sort(ids) // one order of locks
	var sent []sentOne
	for _, id := range ids {
		i := slices.IndexFunc(s.people, func(r ratedPerson) bool { return r.ID == id })
		if i < 0 {
			continue
		}
		one := s.people[i]
		var opened bool
		stored, err := e.Attempt(func() (err error) {
			opened, err = e.tx.SubmitRating(ctx, id, e.Employee.ID, s.Answers[id], e.Now)
			return err
		})
		if err != nil {
			return dialog.Ending{}, err
		}
		if stored { // else the person got another superior a moment ago
			result := sentOne{ratedPerson: one}
			if result.open, result.dialogs, err = e.opened(ctx, one, opened); err != nil {
				return dialog.Ending{}, err
			}
			sent = append(sent, result)
		}
		if one.Revision == 0 {
			s.left--
		}
		s.people = slices.Delete(s.people, i, i+1)
		s.Again = slices.DeleteFunc(s.Again, func(a int64) bool { return a == id })
		delete(s.Answers, id)
	}
	missing, err := e.missingLines(ctx, sent)
	if err != nil {
		return dialog.Ending{}, err
	}
	fresh, err := e.Fresh(ctx)
	return dialog.Ending{Replies: append([]dialog.Reply{e.sentReply(*s, sent, missing)}, fresh...), Toast: e.Cfg.Text.Plain("toast.sent", nil)}, err
}

// opened tells whether the presser may compare a rating that was sent just now;
// the other side, and the superior for whom somebody else rated, get a message.
func (e *env) opened(ctx context.Context, one ratedPerson, first bool) (mine bool, dialogs int, err error) {
	pair, err := e.tx.PairNews(ctx, one.ID, e.Employee.ID, e.Now)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return false, 0, err
	}
	mine = err == nil
	if mine {
		result, err := e.combine(ctx, pair)
		if err != nil {
			return false, 0, err
		}
		dialogs = result.Dialogs
	}
	if !first {
		return mine, dialogs, nil
	}
	if err := e.tellOpen(ctx, one.ID, one.Subject.ID); err != nil {
		return false, 0, err
	}
	if !mine && one.Subject.SupervisorID != nil {
		err = e.tellOpen(ctx, one.ID, *one.Subject.SupervisorID)
	}
	return mine, dialogs, err
}

// missingLines tell for how many of those sent just now the other side is still
// awaited, and for how many it cannot come any more.
func (e *env) missingLines(ctx context.Context, sent []sentOne) (lines []string, err error) {
	ids := make([]int64, len(sent))
	for i, one := range sent {
		ids[i] = one.ID
	}
	awaited, closed, err := e.tx.MissingSelves(ctx, ids, e.Employee.ID, e.Now)
	if err != nil {
		return nil, err
	}
	if awaited > 0 {
		lines = append(lines, e.T("rating.sent_wait", text.Args{"n": awaited}))
	}
	if closed > 0 {
		lines = append(lines, e.T("rating.sent_closed", text.Args{"n": closed}))
	}
	return lines, nil
}

// sentReply is what remains on the message of the rating.
func (e *env) sentReply(s ratings, sent []sentOne, missing []string) dialog.Reply {
	progress := e.T("rating.so_far", text.Args{"jumlah": s.total, "sisa": s.left})
	var rows [][]dialog.Button
	if len(s.people) > 0 {
		rows = append(rows, []dialog.Button{e.rateButton("rate_on", s.task.Occasion.ID)})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("team_back"), Action: e.teamBack()}})
	if len(sent) == 1 {
		one := sent[0]
		lines := []string{e.T("rating.sent_one", text.Args{"alamat": one.address()}) + " " + progress}
		if one.open {
			lines = append(lines, "", e.openText(one.dialogs, text.Args{"sapaan": e.Employee.Salutation(), "alamat": one.address()}))
			rows = append(e.openButtons(one.ID, one.dialogs > 0), rows...)
		}
		return dialog.Reply{Template: "rating.sent_one", Text: strings.Join(lines, "\n"), Rows: rows}
	}
	lines := []string{e.T("rating.sent_many", text.Args{"n": len(sent)}) + " " + progress}
	var numbers []dialog.Button
	n := 0
	for _, one := range sent {
		if !one.open {
			continue
		}
		if n == 0 {
			lines = append(lines, "", e.T("rating.sent_open", nil))
		}
		key := "rating.line_open"
		if one.dialogs > 0 {
			key = "rating.line_dialog"
		}
		n++
		lines = append(lines, e.T(key, text.Args{"k": n, "alamat": feature.Clip(one.address(), 60)}))
		if n <= 4*feature.PageSize { // more are opened from the team
			numbers = append(numbers, dialog.Button{Label: strconv.Itoa(n), Action: e.MenuAction("banding", one.ID)})
		}
	}
	if n > 2*feature.PageSize { // the list would burst a message
		lines, numbers = append(lines[:1], e.T("rating.sent_open_many", text.Args{"n": n})), nil
	}
	if len(missing) > 0 {
		lines = append(append(lines, ""), missing...)
	}
	return dialog.Reply{Template: "rating.sent_many", Text: strings.Join(lines, "\n"), Rows: append(feature.Grid(feature.Numbers, numbers), rows...)}
}
