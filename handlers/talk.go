package handlers

import (
	"context"
	"slices"
	"strconv"

	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/text"
)

// talkFlow records what came of a talk about views that differ. Its ref is the
// rating.
const talkFlow = "t"

type talks struct {
	Given map[string]string `json:"given"` // by step
	pair  rating.Pair
	items []questionnaire.Item
}

// talkForm asks three taps about each competency in which the views differ by
// two levels or more and about which nothing is recorded yet.
func (p *Processor) talkForm() dialog.Form[talks, *env] {
	return dialog.Form[talks, *env]{
		FormName: talkFlow, Say: p.wording("form.review_hint"), Load: loadTalks, Finish: finishTalks,
		Steps: func(s talks) []dialog.Step[talks] {
			var steps []dialog.Step[talks]
			for _, item := range s.items {
				steps = append(steps, p.talkStep(item.Code+"-t", "talk.level", item.Title, p.talkLevels(), nil),
					p.talkStep(item.Code+"-a", "talk.reason", item.Title, p.talkChoices(1, rating.Reasons()), rating.Reasons()),
					p.talkStep(item.Code+"-l", "talk.action", item.Title, p.talkChoices(2, rating.Actions()), rating.Actions()))
			}
			return steps
		},
		Left: func(s talks, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "talk.left", Text: p.cfg.Text.T("talk.left", nil),
				Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.talk", nil), Verb: dialog.Resume}}}}
		},
	}
}

func loadTalks(ctx context.Context, e *env, r *dialog.Record) (s talks, err error) {
	if err := decodeState(r, &s); err != nil {
		return s, err
	}
	if s.pair, err = e.tx.Pair(ctx, r.Ref, e.employee.ID, e.now); err != nil {
		return s, err
	}
	result, err := e.combine(ctx, s.pair)
	if err != nil {
		return s, err
	}
	s.items = s.pair.Open(result)
	if len(s.items) == 0 || e.employee.ID == s.pair.Subject.ID {
		return s, dialog.ErrNotFound
	}
	if s.Given == nil {
		s.Given = map[string]string{}
	}
	return s, nil
}

func (p *Processor) talkStep(key, question, title string, rows [][]dialog.Choice, allowed []string) dialog.Step[talks] {
	return dialog.Step[talks]{Key: key,
		Ask: func(s talks, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: question, Text: p.cfg.Text.T(question, text.Args{"nama": title, "alamat": s.pair.Subject.Address()}), Rows: rows}
		},
		Accept: func(s *talks, value string, typed bool) error {
			if typed && allowed == nil && value == p.cfg.Text.Plain("label.belum", nil) {
				value = "0"
			}
			level, err := strconv.Atoi(value)
			ok := allowed == nil && err == nil && level >= rating.NotAgreed && level <= int(competency.MaxLevel)
			if !ok && !slices.Contains(allowed, value) {
				return dialog.Invalid(p.cfg.Text.T("form.choice_hint", nil))
			}
			s.Given[key] = value
			return nil
		}}
}

func (p *Processor) talkLevels() [][]dialog.Choice {
	var row []dialog.Choice
	for n := 1; n <= int(competency.MaxLevel); n++ {
		row = append(row, dialog.Choice{Label: strconv.Itoa(n), Value: strconv.Itoa(n)})
	}
	label := func(key string) string { return p.cfg.Text.Plain("label."+key, nil) }
	return [][]dialog.Choice{row, {{Label: label("belum"), Value: "0"}, {Label: label("not_agreed"), Value: strconv.Itoa(rating.NotAgreed)}}}
}

// talkChoices are buttons, so many in a row.
func (p *Processor) talkChoices(inRow int, values []string) (rows [][]dialog.Choice) {
	for i, v := range values {
		if i%inRow == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], dialog.Choice{Label: p.talkWord(v), Value: v})
	}
	return rows
}

// talkWord is the label of a reason or an action.
func (p *Processor) talkWord(value string) string {
	key := map[string]string{"example": "reason_example", "understanding": "reason_understanding", "changed": "reason_changed",
		"assignment": "action_assignment", "coaching": "action_coaching", "training": "action_training", "talk": "action_talk"}[value]
	return p.cfg.Text.Plain("label."+key, nil)
}

func finishTalks(ctx context.Context, e *env, s talks) (dialog.Ending, error) {
	for _, item := range s.items {
		agreed, err := strconv.Atoi(s.Given[item.Code+"-t"])
		if err != nil {
			return dialog.Ending{}, err
		}
		k := rating.Talk{Item: item.Code, Agreed: agreed, Reason: s.Given[item.Code+"-a"], Action: s.Given[item.Code+"-l"]}
		if err := e.tx.AddTalk(ctx, s.pair.Task.ID, k, e.employee.ID, e.now); err != nil {
			return dialog.Ending{}, err
		}
	}
	fresh, err := e.freshSummary(ctx)
	return dialog.Ending{Toast: e.cfg.Text.Plain("toast.saved", nil), Replies: append([]dialog.Reply{{Template: "talk.stored",
		Text: e.t("talk.stored", text.Args{"alamat": s.pair.Subject.Address()}), Rows: e.openButtons(s.pair.Task.ID, false)}}, fresh...)}, err
}

// talkLine is one record as both sides read it.
func (e *env) talkLine(pair rating.Pair, k rating.Talk) string {
	item, _ := e.definitionOf(pair.Task).Item(k.Item)
	args := text.Args{"nama": item.Title, "tingkat": e.ratedAs(strconv.Itoa(k.Agreed)), "tanggal": e.cfg.Text.ShortDate(k.At.In(e.cfg.Location)),
		"alasan": e.talkWord(k.Reason), "tindak": e.talkWord(k.Action)}
	if k.Agreed == rating.NotAgreed {
		return e.t("talk.line_open", args)
	}
	return e.t("talk.line", args)
}
