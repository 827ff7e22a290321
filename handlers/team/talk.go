package team

import (
	"context"
	"slices"
	"strconv"

	"bangkom/handlers/feature"
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
func (p *desk) talkForm() dialog.Form[talks, *env] {
	return dialog.Form[talks, *env]{
		FormName: talkFlow, Say: p.Wording("form.review_hint"), Load: loadTalks, Finish: finishTalks,
		Steps: func(s talks) []dialog.Step[talks] {
			var steps []dialog.Step[talks]
			for i, item := range s.items {
				head := p.talkHead(item.Title, i+1, len(s.items))
				steps = append(steps, p.talkStep(item.Code+"-t", "talk.level", head+p.talkViews(s.pair, item), item.Title, p.talkLevels(), nil),
					p.talkStep(item.Code+"-a", "talk.reason", head, item.Title, p.talkChoices(1, rating.Reasons()), rating.Reasons()),
					p.talkStep(item.Code+"-l", "talk.action", head, item.Title, p.talkChoices(2, rating.Actions()), rating.Actions()))
			}
			return steps
		},
		Left: func(s talks, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "talk.left", Text: p.Cfg.Text.T("talk.left", nil),
				Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.talk", nil), Verb: dialog.Resume}}}}
		},
	}
}

func loadTalks(ctx context.Context, e *env, r *dialog.Record) (s talks, err error) {
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	read := e.tx.PairNews
	if len(r.State) == 0 { // the questions show where the views differ, so the opening is recorded when they begin
		read = e.tx.Pair
	}
	if s.pair, err = read(ctx, r.Ref, e.Employee.ID, e.Now); err != nil {
		return s, err
	}
	result, err := e.combine(ctx, s.pair)
	if err != nil {
		return s, err
	}
	s.items = s.pair.Open(result)
	if len(s.items) == 0 || e.Employee.ID == s.pair.Subject.ID {
		return s, dialog.ErrNotFound
	}
	if s.Given == nil {
		s.Given = map[string]string{}
	}
	return s, nil
}

// talkHead says which competency of how many is talked about; "" of the only one.
func (p *desk) talkHead(title string, k, n int) string {
	if n == 1 {
		return ""
	}
	return p.Cfg.Text.T("talk.head_of", text.Args{"nama": title, "k": k, "n": n}) + "\n"
}

// talkViews are both views of a competency: the level of each side with the statement that
// was chosen, so that nobody has to leave the question to look them up.
func (p *desk) talkViews(pair rating.Pair, item questionnaire.Item) string {
	line := func(key, value string, levels []string, zero string) string {
		level, known := item.LevelOf(value)
		statement := ""
		switch {
		case known && level == 0:
			statement = zero
		case known && level <= len(levels):
			statement = levels[level-1]
		}
		if statement != "" {
			statement = "\n" + statement
		}
		return p.Cfg.Text.T(key, text.Args{"alamat": pair.Subject.Address(), "tingkat": p.ratedAs(value), "pernyataan": statement}) + "\n"
	}
	return line("talk.rated", pair.Rated[item.Code], item.SupervisorLevels, item.SupervisorZero) +
		line("talk.self", pair.Self[item.Code], item.Levels, item.Zero) + "\n"
}

func (p *desk) talkStep(key, question, head, title string, rows [][]dialog.Choice, allowed []string) dialog.Step[talks] {
	return dialog.Step[talks]{Key: key,
		Ask: func(s talks, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: question, Text: head + p.Cfg.Text.T(question, text.Args{"nama": title, "alamat": s.pair.Subject.Address()}), Rows: rows}
		},
		Accept: func(s *talks, value string, typed bool) error {
			if typed && allowed == nil && value == p.Cfg.Text.Plain("label.belum", nil) {
				value = "0"
			}
			level, err := strconv.Atoi(value)
			ok := allowed == nil && err == nil && level >= rating.NotAgreed && level <= int(competency.MaxLevel)
			if !ok && !slices.Contains(allowed, value) {
				return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
			}
			s.Given[key] = value
			return nil
		}}
}

func (p *desk) talkLevels() [][]dialog.Choice {
	var row []dialog.Choice
	for n := 1; n <= int(competency.MaxLevel); n++ {
		row = append(row, dialog.Choice{Label: strconv.Itoa(n), Value: strconv.Itoa(n)})
	}
	label := func(key string) string { return p.Cfg.Text.Plain("label."+key, nil) }
	return [][]dialog.Choice{row, {{Label: label("belum"), Value: "0"}, {Label: label("not_agreed"), Value: strconv.Itoa(rating.NotAgreed)}}}
}

// talkChoices are buttons, so many in a row.
func (p *desk) talkChoices(inRow int, values []string) [][]dialog.Choice {
	buttons := make([]dialog.Choice, len(values))
	for i, v := range values {
		buttons[i] = dialog.Choice{Label: p.talkWord(v), Value: v}
	}
	return feature.Grid(inRow, buttons)
}

// talkWord is the label of a reason or an action.
func (p *desk) talkWord(value string) string {
	key := map[string]string{"example": "reason_example", "understanding": "reason_understanding", "changed": "reason_changed",
		"assignment": "action_assignment", "coaching": "action_coaching", "training": "action_training", "talk": "action_talk"}[value]
	return p.Cfg.Text.Plain("label."+key, nil)
}

func finishTalks(ctx context.Context, e *env, s talks) (dialog.Ending, error) {
	for _, item := range s.items {
		agreed, err := strconv.Atoi(s.Given[item.Code+"-t"])
		if err != nil {
			return dialog.Ending{}, err
		}
		k := rating.Talk{Item: item.Code, Agreed: agreed, Reason: s.Given[item.Code+"-a"], Action: s.Given[item.Code+"-l"]}
		if err := e.tx.AddTalk(ctx, s.pair.Task.ID, k, e.Employee.ID, e.Now); err != nil {
			return dialog.Ending{}, err
		}
	}
	fresh, err := e.Fresh(ctx)
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.saved", nil), Replies: append([]dialog.Reply{{Template: "talk.stored",
		Text: e.T("talk.stored", text.Args{"alamat": s.pair.Subject.Address()}), Rows: e.openButtons(s.pair.Task.ID, false)}}, fresh...)}, err
}

// talkLine is one record as both sides read it.
func (e *env) talkLine(pair rating.Pair, k rating.Talk) string {
	item, _ := e.DefinitionOf(pair.Task).Item(k.Item)
	args := text.Args{"nama": item.Title, "tingkat": e.desk.ratedAs(strconv.Itoa(k.Agreed)), "tanggal": e.Cfg.Text.ShortDate(k.At.In(e.Cfg.Location)),
		"alasan": e.desk.talkWord(k.Reason), "tindak": e.desk.talkWord(k.Action)}
	if k.Agreed == rating.NotAgreed {
		return e.T("talk.line_open", args)
	}
	return e.T("talk.line", args)
}
