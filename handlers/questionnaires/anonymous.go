package questionnaires

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/questionnaire"
	"bangkom/internal/readiness"
	"bangkom/internal/survey"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// namelessCard is the name of every card of a survey without names: which of them it is says
// something.
const namelessCard = "survey.nameless_sent"

// nameless is a survey without names that somebody answers. Storage seals it. What was sent
// before is never in it: who changes something begins with nothing. The ref is the task.
type nameless struct {
	played
	feature.Traces
	own survey.Own
}

func (n *nameless) play() *played { return &n.played }

// namelessForm asks a survey without names, with the version of its task.
func (p *desk) namelessForm() dialog.Form[nameless, *env] {
	return dialog.Form[nameless, *env]{
		FormName: survey.AnonymousFlow, Say: p.Wording("form.review_hint"), Load: loadNameless, Steps: p.namelessSteps,
		Guard: func(e *env, n nameless) (dialog.Prompt, bool) {
			if n.own.Open(e.Now) && n.own.Task.Availability(e.Now) == task.Available {
				return dialog.Prompt{}, false
			}
			key, body := e.ClosedText(n.own.Task)
			return dialog.Prompt{Template: key, Text: body}, true
		},
		Review: p.namelessReview,
		Left: func(n nameless, _ dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: namelessCard, Text: p.Cfg.Text.T("survey.nameless_left", text.Args{"batas": p.Cfg.Text.Deadline(n.own.Closes.In(p.Cfg.Location))}),
				Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
		},
		Finish: finishNameless,
	}
}

func loadNameless(ctx context.Context, e *env, r *dialog.Record) (n nameless, err error) {
	if n.own, err = e.tx.OwnSurvey(ctx, r.Ref, e.Employee.ID, e.Now); err != nil {
		return n, err
	}
	if n.own.Manner != survey.Anonymous {
		return n, dialog.ErrNotFound
	}
	if err := e.EnsureDefinitions(ctx, n.own.Task); err != nil {
		return n, err
	}
	n.def, n.call, n.name = e.DefinitionOf(n.own.Task), e.Employee.Salutation(), e.Employee.DisplayName()
	begun := len(r.State) > 0
	if err := feature.DecodeState(r, &n); err != nil {
		return n, err
	}
	n.Remember(e.Update, r.Message, e.Now)
	if begun || n.own.Task.State != task.Open || !n.own.Open(e.Now) {
		return n, nil
	}
	return n, e.tx.StartSealed(ctx, n.own.Task.ID)
}

// namelessSteps are the items. A question never says what was answered before: somebody may
// look. Above each stands the change, above the first how answers are kept.
func (p *desk) namelessSteps(n nameless) []dialog.Step[nameless] {
	steps := playSteps(p, n, (*nameless).play)
	for i, item := range n.def.Applicable(n.Answers) {
		steps[i].Ask = func(n nameless, at dialog.Place) dialog.Prompt {
			bare := n.played
			bare.Answers = nil
			prompt := p.askItem(bare, item, at)
			above := string(survey.ChangeLine(p.Cfg.Text, n.own.Change))
			if i == 0 {
				above = p.Cfg.Text.T("survey.above", text.Args{"siapa": text.HTML(survey.AnonymousText(p.Cfg.Text, n.own.Closes.In(p.Cfg.Location))), "guna": n.own.Use,
					"kabar": p.Cfg.Text.Date(n.own.ReportBy)}) + "\n\n" + above
			}
			return dialog.Prompt{Template: namelessCard, Text: above + prompt.Text, Rows: prompt.Rows}
		}
	}
	return steps
}

// namelessReview lists what is about to be sealed; a number asks that question again.
func (p *desk) namelessReview(n nameless) dialog.Prompt {
	card := p.reviewCard(n.played, p.Cfg.Text.T("survey.nameless_foot", text.Args{"batas": p.Cfg.Text.Deadline(n.own.Closes.In(p.Cfg.Location))}))
	card.Template = namelessCard
	return card
}

// finishNameless seals what was given and takes it out of the chat.
func finishNameless(ctx context.Context, e *env, n nameless) (dialog.Ending, error) {
	if len(n.def.Missing(n.Answers)) > 0 {
		return dialog.Ending{}, errors.New("answers are missing at the end of a survey")
	}
	if err := e.tx.HoldSurveyAnswer(ctx, n.own.Task, survey.Sheet(n.def, n.Answers), e.Now); err != nil {
		return dialog.Ending{}, err
	}
	emptied, late := feature.Emptied(e.Env, n.Traces, namelessCard, e.T("survey.emptied", nil))
	body := e.T("survey.nameless_sent", e.Person(text.Args{"jam": e.Cfg.Text.Clock(e.Now), "batas": e.Cfg.Text.Deadline(n.own.Closes.In(e.Cfg.Location)),
		"kabar": e.Cfg.Text.Date(n.own.ReportBy)}))
	if late {
		body += "\n\n" + e.T("survey.undeleted", nil)
	}
	sent := dialog.Reply{Template: namelessCard, Text: body, Rows: [][]dialog.Button{{e.Begin("replace", n.own.Task)}}}
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.sent", nil), Replies: append([]dialog.Reply{sent}, emptied...)}, nil
}

// namelessTask shows where a survey without names stands. The row of the message says nothing
// of it.
func (e *env) namelessTask(t task.Task) {
	key, label := "survey.waits", "start"
	switch {
	case t.Availability(e.Now) != task.Available:
		key, body := e.ClosedText(t)
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Forget: true})
		return
	case t.State == task.Done:
		key, label = "survey.nameless_is_sent", "replace"
	case t.State == task.Started:
		label = "resume"
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, text.Args{"judul": t.Occasion.Name, "batas": e.Deadline(t)}),
		Rows: [][]dialog.Button{{e.Begin(label, t)}}, Forget: true})
}

// namelessClosed shows where a survey without names stands whose draft is gone.
func (e *env) namelessClosed(ctx context.Context, ref int64) error {
	return feature.GoneTask(ctx, e.Env, ref, e.namelessTask)
}

// namelessKept says that what was begun is kept.
func (e *env) namelessKept(dialog.Record) dialog.Reply {
	return dialog.Reply{Template: "survey.nameless_kept", Text: e.T("survey.nameless_kept", nil)}
}

// sentSurveys are lines of /umpanbalik: surveys without names that were sent and can be
// replaced, and for who leads units how ready these are.
func (e *env) sentSurveys(ctx context.Context, k int) (lines []string, rows [][]dialog.Button, err error) {
	ids, err := e.tx.SentSurveys(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		t, err := e.TaskOf(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		lines = append(lines, e.T("survey.sent_line", text.Args{"k": k + len(lines), "judul": t.Occasion.Name, "batas": e.Deadline(t)}))
		rows = append(rows, []dialog.Button{e.Begin("replace", t)})
	}
	units, err := e.tx.UnitsReady(ctx, e.Employee.ID, e.Now)
	if err != nil || len(units) == 0 {
		return lines, rows, err
	}
	lines = append(lines, e.T("survey.ready_line", text.Args{"k": k + len(lines)}))
	return lines, append(rows, []dialog.Button{{Label: e.Label("survey_ready"), Action: e.MenuAction(survey.ReadyStep, 0)}}), nil
}

// groupsShown is how many groups stand on one card.
const groupsShown = 10

// groups lists the groups of a survey without names that is closed, and how ready they are.
func (e *env) groups(ctx context.Context, a dialog.Action, message int) error {
	s, told, err := e.told(ctx, a.Ref)
	if err != nil {
		return err
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	page = min(page, max(0, len(told)-1)/groupsShown)
	lines := []string{e.T("survey.groups", text.Args{"judul": s.Name})}
	var numbers []dialog.Button
	for i := page * groupsShown; i < min(len(told), (page+1)*groupsShown); i++ {
		lines = append(lines, e.T(groupKey(s, told[i]), text.Args{"no": i + 1, "unit": unitsOf(told[i], longestUnits), "orang": told[i].Persons,
			"kelas": survey.ClassText(e.Cfg.Text, told[i].Class), "tahap": text.HTML(survey.StageText(e.Cfg.Text, told[i].Barrier))}))
		open := e.MenuAction(groupStep, s.ID)
		open.Value = strconv.FormatInt(told[i].ID, 10)
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: open})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(groupsStep, s.ID, page, groupsShown, len(told))...)
	rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(survey.CardStep, s.ID)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.groups", Edit: message, Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

// longestUnits is how long the names of the units of a group may be in a list, in characters.
const longestUnits = 100

// unitsOf names the units of a group, as many as fit.
func unitsOf(g survey.Told, most int) string { return feature.Clip(strings.Join(g.Units, ", "), most) }

func groupKey(s survey.Survey, g survey.Told) string {
	switch {
	case s.Change == "":
		return "survey.group_line"
	case g.Class == "":
		return "survey.group_line_few"
	}
	return "survey.group_line_ready"
}

// ready tells who leads units how ready these were the last time.
func (e *env) ready(ctx context.Context, _ dialog.Action, message int) error {
	units, err := e.tx.UnitsReady(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if len(units) == 0 {
		return dialog.ErrNotFound
	}
	var parts []string
	for _, u := range units {
		parts = append(parts, survey.ReadyText(e.Cfg.Text, u))
	}
	body, _ := feature.Joined(parts, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.ready_head", Edit: message, Text: body})
	return nil
}

// told reads a survey without names that is closed, and what is shown of it.
func (e *env) told(ctx context.Context, id int64) (s survey.Survey, told []survey.Told, err error) {
	if s, err = e.tx.SurveyByID(ctx, id, e.Now); err != nil {
		return s, nil, err
	}
	if s.Manner != survey.Anonymous || s.Closed.IsZero() {
		return s, nil, dialog.ErrNotFound
	}
	told, err = e.tx.SurveyGroups(ctx, id)
	return s, told, err
}

// group shows all that is shown of one group.
func (e *env) group(ctx context.Context, a dialog.Action, message int) error {
	s, told, err := e.told(ctx, a.Ref)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(told, func(g survey.Told) bool { return strconv.FormatInt(g.ID, 10) == a.Value })
	if n < 0 {
		return dialog.ErrNotFound
	}
	d, err := e.tx.SurveyForm(ctx, s)
	if err != nil {
		return err
	}
	lines := []string{e.T("survey.group", text.Args{"judul": s.Name, "unit": unitsOf(told[n], feature.MessageBudget/4), "orang": told[n].Persons}), ""}
	if told[n].Class != "" {
		lines = append(lines, e.T("survey.group_ready", text.Args{"kelas": survey.ClassText(e.Cfg.Text, told[n].Class), "tahap": text.HTML(survey.StageText(e.Cfg.Text, told[n].Barrier))}), "")
	}
	foot := e.T("survey.group_foot", nil)
	if slices.ContainsFunc(told[n].Cells, func(c evaluation.Cell) bool { _, is := c.Part.Chosen(); return is }) {
		foot += " " + e.T("survey.group_foot_choices", nil)
	}
	lines = append(append(lines, e.cellLines(d, told[n])...), "", foot)
	body, _ := feature.Joined(lines, feature.MessageBudget)
	back := e.MenuAction(groupsStep, s.ID)
	back.Value = strconv.Itoa(n / groupsShown)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.group", Edit: message, Text: body, Rows: [][]dialog.Button{{{Label: e.Label("back"), Action: back}}}})
	return nil
}

// cellLines are the shown values of a group, in the order of the questions.
func (e *env) cellLines(d questionnaire.Definition, g survey.Told) (lines []string) {
	for _, item := range d.Items {
		var chosen []string
		for _, c := range g.Cells {
			if c.Item != item.Code {
				continue
			}
			if value, is := c.Part.Chosen(); is {
				chosen = append(chosen, feature.Clip(e.Shown(item, value), longestAnswer)+" "+c.Text)
				continue
			}
			lines = append(lines, e.T(meanKey(d.Kind, item.Code), text.Args{"judul": called(item, ""), "nilai": c.Text, "paling": questionnaire.LevelCount}))
		}
		if len(chosen) > 0 {
			lines = append(lines, e.T("survey.group_chosen", text.Args{"judul": called(item, ""), "daftar": strings.Join(chosen, "; ")}))
		}
	}
	return lines
}

// meanKey is the line of a mean: one of readiness says who sees it, or that less is better.
func meanKey(kind questionnaire.Kind, item string) string {
	switch {
	case kind != questionnaire.Readiness:
		return "survey.group_mean"
	case item == survey.LeadersItem:
		return "survey.group_leaders"
	case readiness.Reversed(item):
		return "survey.group_less"
	}
	return "survey.group_mean"
}

// longestAnswer is how long an answer may be beside its share, in characters.
const longestAnswer = 40
