package followup

import (
	"context"
	"errors"
	"html"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// own is what a participant gives before it is sent.
type own struct {
	Answers questionnaire.Answers `json:"answers"`
	of      followup.Own
	def     questionnaire.Definition
	who     personnel.Employee
}

// ownForm asks a participant: three taps and Kirim. The one line is asked only when its
// number is pressed on the review card.
func (p *desk) ownForm() dialog.Form[own, *env] {
	return dialog.Form[own, *env]{
		FormName: followup.OwnFlow, Say: p.Wording("form.review_hint"), Load: loadOwn, Steps: p.ownSteps, Guard: p.ownGuard,
		Review: p.ownReview, Left: func(s own, _ dialog.Place) dialog.Prompt { return p.left(s.of.FollowUp) }, Finish: sendOwn,
	}
}

func loadOwn(ctx context.Context, e *env, r *dialog.Record) (s own, err error) {
	if s.of, err = e.tx.OwnFollowUp(ctx, r.Ref, e.Employee.ID); err != nil {
		return s, err
	}
	if err := e.EnsureDefinitions(ctx, s.of.Task); err != nil {
		return s, err
	}
	s.def, s.who = e.DefinitionOf(s.of.Task), e.Employee
	begun := len(r.State) > 0
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	if s.Answers == nil {
		s.Answers = questionnaire.Answers{}
	}
	if !slices.Contains(r.Answered, followup.Line) {
		r.Answered = append(r.Answered, followup.Line)
	}
	if begun || s.of.Task.State != task.Open || !s.of.Open(e.Now) {
		return s, nil
	}
	return s, e.tx.StartTask(ctx, s.of.Task.ID, e.Now)
}

// ownOneTap lets the first question be answered on the message that asks it.
func (e *env) ownOneTap(ctx context.Context, ref int64) bool {
	if !e.Linked() {
		return false
	}
	of, err := e.tx.OwnFollowUp(ctx, ref, e.Employee.ID)
	return err == nil && of.Open(e.Now) && canSend(of.Task)
}

func canSend(t task.Task) bool { return t.State == task.Open || t.State == task.Started }

// writer writes the cards that the job writes too.
func (p *desk) writer() followup.Writer {
	return followup.Writer{Text: p.Cfg.Text, Location: p.Cfg.Location}
}

func (p *desk) ownGuard(e *env, s own) (dialog.Prompt, bool) {
	if s.of.Open(e.Now) && canSend(s.of.Task) {
		return dialog.Prompt{}, false
	}
	r := at(e.Desk).standing(s.of, e)
	return dialog.Prompt{Template: r.Template, Text: r.Text}, true
}

func (p *desk) ownSteps(s own) []dialog.Step[own] {
	steps := make([]dialog.Step[own], len(s.def.Items))
	for i, item := range s.def.Items {
		steps[i] = dialog.Step[own]{Key: item.Code, Optional: item.Optional,
			Ask: func(s own, at dialog.Place) dialog.Prompt { return p.askOwn(s, item, at) },
			Accept: func(s *own, value string, typed bool) (err error) {
				s.Answers[item.Code], err = p.accepted(item, value, typed)
				if err != nil {
					delete(s.Answers, item.Code)
				}
				return err
			},
			Skip: func(s *own) { delete(s.Answers, item.Code) },
		}
	}
	return steps
}

// accepted is what is stored of an answer.
func (p *desk) accepted(item questionnaire.Item, value string, typed bool) (string, error) {
	if item.Type == questionnaire.Text {
		value = strings.Join(strings.Fields(value), " ")
		if n := len([]rune(value)); !typed || n == 0 || n > item.MaxLength {
			return "", dialog.Invalid(p.Cfg.Text.T("form.text_hint", text.Args{"n": item.MaxLength}))
		}
		return value, nil
	}
	if meant, err := item.ParseAnswer(value); err == nil && item.Valid(meant) {
		return meant, nil
	}
	if item.Type == questionnaire.Pick {
		return "", dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
	}
	return "", dialog.Invalid(p.Cfg.Text.T("form.level_hint_no_zero", nil))
}

func (p *desk) askOwn(s own, item questionnaire.Item, place dialog.Place) dialog.Prompt {
	w := p.writer()
	if item.Code == followup.Ability {
		return dialog.Prompt{Template: "followup.own", Text: w.Own(s.def, s.asked()), Rows: p.Options(item)}
	}
	body := p.Cfg.Text.T("followup.header", text.Args{"nama": s.of.Name, "k": place.K, "n": len(s.def.Items) - 1})
	if item.Type == questionnaire.Text {
		body = p.Cfg.Text.T("followup.header_line", text.Args{"nama": s.of.Name})
	}
	body += "\n" + w.Question(item, "", s.of.Ability, s.who.Salutation(), "")
	if item.Type == questionnaire.Text {
		body += "\n" + p.Cfg.Text.T("followup.line_hint", text.Args{"n": item.MaxLength})
	}
	return dialog.Prompt{Template: "followup.header", Text: body, Rows: p.Options(item)}
}

// asked is the participant as the first card addresses them.
func (s own) asked() followup.Asked {
	return followup.Asked{FollowUp: s.of.ID, Tasks: []int64{s.of.Task.ID}, Person: s.who, Name: s.of.Name, Ability: s.of.Ability, Day: s.of.Day,
		Closes: s.of.Closes, SuperiorAsked: s.of.SuperiorAsked}
}

func (p *desk) ownReview(s own) dialog.Prompt {
	lines := []string{p.Cfg.Text.T("followup.review", text.Args{"sapaan": s.who.Salutation(), "nama": s.who.DisplayName()}), ""}
	var numbers []dialog.Choice
	for i, item := range s.def.Items {
		n, value := strconv.Itoa(i+1), s.Answers[item.Code]
		if value == "" {
			value = questionnaire.Skipped
		}
		lines = append(lines, html.EscapeString(n+" "+item.Title+": "+p.Shown(item, value)))
		numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: item.Code})
	}
	lines = append(lines, "", p.Cfg.Text.T("followup.review_foot", nil))
	return dialog.Prompt{Template: "followup.review", Text: strings.Join(lines, "\n"), Rows: feature.Grid(feature.Numbers, numbers)}
}

func (p *desk) left(f followup.FollowUp) dialog.Prompt {
	return dialog.Prompt{Template: "followup.left", Text: p.Cfg.Text.T("followup.left", text.Args{"batas": p.Cfg.Text.Deadline(f.Closes.In(p.Cfg.Location))})}
}

// sendOwn stores what a participant has answered. When the superior has answered before, the
// pair is open by that.
func sendOwn(ctx context.Context, e *env, s own) (dialog.Ending, error) {
	for _, item := range s.def.Items {
		if !item.Optional && s.Answers[item.Code] == "" {
			return dialog.Ending{}, errors.New("answers are missing at the end of a follow-up")
		}
	}
	sent, err := e.tx.SendFollowUp(ctx, s.of.Task, s.Answers, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	key := "followup.sent_wait"
	switch {
	case sent.Both:
		key = "followup.sent_both"
	case !s.of.SuperiorAsked:
		key = "followup.sent_alone"
	}
	r := dialog.Reply{Template: key, Text: e.T(key, e.Person(text.Args{"batas": e.Cfg.Text.Deadline(s.of.Closes.In(e.Cfg.Location))})),
		Rows: [][]dialog.Button{{{Label: e.Label("followup_see"), Action: e.MenuAction(followup.PairStep, s.of.Task.ID)}}}}
	if sent.Both {
		e.tellBoth(sent, e.Employee, sent.Superior, s.of.Name)
	}
	return dialog.Ending{Replies: []dialog.Reply{r}, Toast: e.Cfg.Text.Plain("toast.sent", nil)}, nil
}

// tellBoth tells the other side that the pair is open; 0 = there is nobody to tell.
func (e *env) tellBoth(sent followup.Sent, subject personnel.Employee, to int64, name string) {
	key := "followup.open_superior"
	if to == sent.Subject {
		key = "followup.open_own"
	}
	if to != 0 {
		e.Notify(to, "followup-open:"+strconv.FormatInt(sent.Own, 10)+":"+strconv.FormatInt(to, 10), followedUp,
			at(e.Desk).writer().News(key, "followup_pair", sent.Own, text.Args{"alamat": subject.Address(), "nama": name}))
	}
}

// ownClosed shows where a follow-up stands whose draft is gone.
func (e *env) ownClosed(ctx context.Context, ref int64) error {
	if !e.Linked() {
		return feature.ErrNoDraft
	}
	of, err := e.tx.OwnFollowUp(ctx, ref, e.Employee.ID)
	if err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("form.stale", nil)
	r := at(e.Desk).standing(of, e)
	r.Text = e.T("form.stale", nil) + "\n\n" + r.Text
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// standing says where the participant's side stands.
func (p *desk) standing(of followup.Own, e *env) dialog.Reply {
	args := e.Person(text.Args{"pelatihan": of.Name, "batas": p.Cfg.Text.Deadline(of.Closes.In(p.Cfg.Location))})
	see := [][]dialog.Button{{{Label: e.Label("followup_see"), Action: e.MenuAction(followup.PairStep, of.Task.ID)}}}
	switch {
	case of.Task.State == task.Done:
		return dialog.Reply{Template: "followup.is_sent", Text: e.T("followup.is_sent", args), Rows: see}
	case !of.Open(e.Now) || !canSend(of.Task):
		key, body := e.ClosedText(of.Task)
		return dialog.Reply{Template: key, Text: body}
	}
	label := "start"
	if of.Task.State == task.Started {
		label = "resume"
	}
	return dialog.Reply{Template: "followup.waits", Text: e.T("followup.waits", args), Rows: [][]dialog.Button{{e.Begin(label, of.Task)}}}
}

// taskCard shows where a follow-up stands that is opened by its number.
func (e *env) taskCard(t task.Task) {
	p := at(e.Desk)
	e.Out.Replies = append(e.Out.Replies, p.standing(followup.Own{FollowUp: followup.FollowUp{ID: t.Occasion.ID, Name: t.Occasion.Name, Closes: t.DueAt, Closed: t.Occasion.ClosedAt}, Task: t}, e))
}
