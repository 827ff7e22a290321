package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/needs"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/standard"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// interestEnding is what was chosen, and then what others have chosen: after the answer, so
// that it is nobody's answer.
func (e *env) interestEnding(ctx context.Context, f filling) (dialog.Ending, error) {
	var said string // the last one says most
	for _, item := range f.def.Applicable(f.Answers) {
		if value := f.Answers[item.Code]; value != questionnaire.Skipped {
			said = e.Shown(item, value)
		}
	}
	key, args := "result.thanks_interest", text.Args{"pilihan": said}
	if said == "" {
		key, args = "result.skipped_interest", nil
	}
	others, err := e.wishesOfOthers(ctx, f.family)
	return dialog.Ending{Replies: []dialog.Reply{{Template: key, Text: e.T(key, args) + others}}, Toast: e.Cfg.Text.Plain("toast.saved", nil)}, err
}

// wishesOfOthers names the topics that most people of all units wanted to learn when the last
// period was closed, of those that the family of positions is offered; "" = there is none that
// may be told (disclosure.md B5).
func (e *env) wishesOfOthers(ctx context.Context, family string) (string, error) {
	periods, err := e.tx.NeedPeriods(ctx)
	if err != nil || len(periods) == 0 {
		return "", err
	}
	list, err := e.tx.NeedWishes(ctx, periods[0].ID)
	if err != nil {
		return "", err
	}
	const most = 3
	var topics []string
	for _, w := range needs.WishesFor(list, family) {
		topics = append(topics, w.Label)
	}
	if len(topics) == 0 {
		return "", nil
	}
	topics = topics[:min(len(topics), most)]
	return "\n" + e.T("result.wishes", text.Args{"periode": periods[0].Name, "daftar": strings.Join(topics, ", ")}), nil
}

// assessmentEnding is the receipt, the picture with the result, and after the
// first time one optional question.
func (e *env) assessmentEnding(ctx context.Context, f filling) (dialog.Ending, error) {
	receipt := dialog.Reply{Template: "result.receipt",
		Text: e.T("result.receipt", text.Args{"judul": f.def.Title, "jam": e.Cfg.Text.Clock(e.Now), "batas": e.Deadline(f.task)}),
		Rows: [][]dialog.Button{{e.Begin("change", f.task)}}}
	instead, err := e.Sent(ctx, f.task)
	if err != nil {
		return dialog.Ending{}, err
	}
	var picture dialog.Reply
	if instead != nil { // the common result takes the place of the provisional one
		picture = *instead
	} else if picture, err = e.resultPicture(ctx, f); err != nil {
		return dialog.Ending{}, err
	}
	end := dialog.Ending{Toast: e.Cfg.Text.Plain("toast.sent", nil), Replies: []dialog.Reply{receipt, picture}}
	if f.def.Kind != questionnaire.SelfAssessment || f.task.Revision > 1 {
		return end, nil
	}
	question, err := e.interestQuestion(ctx, f.task)
	if err != nil {
		return end, err
	}
	block, err := e.dutyBlock(ctx, f)
	end.Replies = append(append(end.Replies, question...), block...)
	return end, err
}

// interestQuestion offers the one optional tap; nothing if it is not shipped.
func (e *env) interestQuestion(ctx context.Context, of task.Task) ([]dialog.Reply, error) {
	var id int64
	offered, err := e.Attempt(func() (err error) {
		id, err = e.tx.OfferTask(ctx, of.ID, task.Interest)
		return err
	})
	if err != nil || !offered {
		return nil, err
	}
	return e.Show(ctx, questionnaireFlow, id)
}

// resultPicture is the gap picture whose caption repeats its finding.
func (e *env) resultPicture(ctx context.Context, f filling) (dialog.Reply, error) {
	required, err := e.tx.Standard(ctx, e.Employee.ID)
	if err != nil {
		return dialog.Reply{}, err
	}
	profile := f.profile(required)
	data, err := json.Marshal(e.chart(f, profile))
	if err != nil {
		return dialog.Reply{}, fmt.Errorf("encode picture: %w", err)
	}
	body, err := e.resultText(ctx, f, profile, required)
	if err != nil {
		return dialog.Reply{}, err
	}
	r := dialog.Reply{Template: "result", Text: body,
		Picture: &dialog.Picture{Kind: feature.GapPicture, Data: data}}
	if f.def.Kind == questionnaire.SelfAssessment && f.task.Availability(e.Now) == task.Available {
		r.Rows = [][]dialog.Button{{{Label: e.Label("technical"), Action: e.MenuAction("teknis", f.task.ID)}}}
	}
	r.Rows = append(r.Rows, []dialog.Button{e.Link(feature.ToOwnPlan, "idp", 0)})
	return r, nil
}

// profile compares what was answered with what the position requires.
func (f filling) profile(required standard.Standard) competency.Profile {
	var scores []competency.Score
	for _, item := range f.def.Items {
		value, answered := f.Answers[item.Code]
		if !answered || item.Type != questionnaire.Level {
			continue
		}
		level, ok := item.LevelOf(value)
		scores = append(scores, competency.Score{Code: item.Code, Level: competency.Level(level).Hundredths(), Skipped: !ok})
	}
	return competency.NewProfile(scores, required.Levels())
}

func (e *env) chart(f filling, p competency.Profile) report.GapChart {
	call := text.Args{"sapaan": f.call}
	plain := e.Cfg.Text.Plain
	c := report.GapChart{Title: f.def.Title,
		Subtitle: plain("picture.subtitle", text.Args{"sapaan": f.call, "periode": f.task.Occasion.Name}),
		Legend: report.GapLegend{Level: plain("picture.level", call), Standard: plain("picture.standard", nil),
			Zero: plain("picture.belum", nil), Skipped: plain("picture.skipped", nil)}}
	for _, row := range p.Rows {
		item, _ := f.def.Item(row.Code)
		g := report.GapRow{Name: item.Title, Level: row.Level.Float(), Skipped: row.Skipped}
		if row.Compared {
			g.Required = int(row.Required)
		}
		c.Rows = append(c.Rows, g)
	}
	return c
}

// resultText says in words what the picture shows. It names no match
// percentage and no band: the supervisor has not rated yet.
func (e *env) resultText(ctx context.Context, f filling, p competency.Profile, required standard.Standard) (string, error) {
	lines := []string{e.T("result.head", text.Args{"sapaan": f.call})}
	if f.task.Revision > 1 {
		lines = append(lines, e.T("result.changed", nil))
	}
	lines = append(lines, e.findings(f, p)...)
	compared := required.Of(p.Compared())
	switch {
	case f.def.Kind == questionnaire.SelfAssessmentTechnical && len(compared) > 0 && len(compared.Duties()) == len(compared):
		lines = append(lines, e.T("result.duty_note", text.Args{"sapaan": f.call}))
	case f.def.Kind == questionnaire.SelfAssessmentTechnical:
		lines = append(lines, e.T("result.technical_note", nil))
	case e.Employee.SupervisorID == nil:
		lines = append(lines, e.T("result.no_superior", text.Args{"sapaan": f.call}))
	default:
		line, err := e.ratingAwaited(ctx, f)
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	if next := e.NextStep(f.def, p); next != "" {
		lines = append(lines, next)
	}
	body := strings.Join(lines, "\n")
	if from := e.StandardSources(compared, feature.CaptionBudget-measure.Units(body)-1); from != "" {
		body += "\n" + from
	}
	return body, nil
}

// ratingAwaited says until when the superior's side may come, that it was not asked
// for, or that it did not come in time: who looks in January is promised nothing for
// December.
func (e *env) ratingAwaited(ctx context.Context, f filling) (string, error) {
	until, asked, err := e.tx.RatingUntil(ctx, f.task.Occasion.ID, f.task.SubjectID)
	key := "result.not_final"
	switch {
	case err != nil:
		return "", err
	case !asked:
		key = "result.self_only"
	case !e.Now.Before(until):
		key = "result.not_rated"
	}
	return e.T(key, text.Args{"sapaan": f.call, "batas": e.Cfg.Text.Deadline(until.In(e.Cfg.Location))}), nil
}

// findings name strengths and all areas to develop, each with the level and the
// standard, largest gap first.
func (e *env) findings(f filling, p competency.Profile) []string {
	if !slices.ContainsFunc(p.Rows, func(r competency.Row) bool { return r.Compared }) {
		return []string{e.T("result.no_standard", nil)}
	}
	var lines []string
	if names := feature.Titles(f.def, p.Strengths); names != "" {
		lines = append(lines, e.T("result.strengths", text.Args{"daftar": names}))
	}
	if len(p.Areas) == 0 {
		return append(lines, e.T("result.no_areas", nil))
	}
	gaps := make([]string, len(p.Areas))
	for i, row := range p.Areas {
		gaps[i] = e.gapText(f, row)
	}
	return append(lines, e.T("result.areas", text.Args{"daftar": strings.Join(gaps, "; ")}))
}

func (e *env) gapText(f filling, row competency.Row) string {
	item, _ := f.def.Item(row.Code)
	args := text.Args{"nama": item.Title, "standar": int(row.Required), "tingkat": int(row.Level / 100)}
	if row.Level == 0 {
		return e.Cfg.Text.Plain("result.gap_belum", args)
	}
	return e.Cfg.Text.Plain("result.gap_one", args)
}
