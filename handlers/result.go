package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

func (e *env) interestEnding(f filling) dialog.Ending {
	item := f.def.Items[0]
	key, args := "result.thanks_interest", text.Args{"pilihan": e.shown(item, f.Answers[item.Code])}
	if f.Answers[item.Code] == questionnaire.Skipped {
		key, args = "result.skipped_interest", nil
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: key, Text: e.t(key, args)}}, Toast: e.cfg.Text.Plain("toast.saved", nil)}
}

// assessmentEnding is the receipt, the picture with the result, and after the
// first time one optional question.
func (e *env) assessmentEnding(ctx context.Context, f filling) (dialog.Ending, error) {
	receipt := dialog.Reply{Template: "result.receipt",
		Text: e.t("result.receipt", text.Args{"judul": f.def.Title, "jam": e.cfg.Text.Clock(e.now), "batas": e.deadline(f.task)}),
		Rows: [][]dialog.Button{{e.begin("change", f.task)}}}
	opened, err := e.selfOpens(ctx, f.task)
	if err != nil {
		return dialog.Ending{}, err
	}
	var picture dialog.Reply
	if opened != 0 { // the common result takes the place of the provisional one
		picture, err = e.openNote(ctx, opened, e.employee)
	} else {
		picture, err = e.resultPicture(ctx, f)
	}
	if err != nil {
		return dialog.Ending{}, err
	}
	end := dialog.Ending{Toast: e.cfg.Text.Plain("toast.sent", nil), Replies: []dialog.Reply{receipt, picture}}
	if f.def.Kind != questionnaire.SelfAssessment || f.task.Revision > 1 {
		return end, nil
	}
	question, err := e.interestQuestion(ctx, f.task)
	end.Replies = append(end.Replies, question...)
	return end, err
}

// interestQuestion offers the one optional tap; nothing if it is not shipped.
func (e *env) interestQuestion(ctx context.Context, of task.Task) ([]dialog.Reply, error) {
	id, err := e.tx.OfferTask(ctx, of.ID, task.Interest)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rec := dialog.Record{Ref: id}
	turn, err := e.flows[questionnaireFlow].Handle(ctx, e, rec, dialog.Input{Verb: dialog.Resume})
	return turn.Replies, err
}

// resultPicture is the gap picture whose caption repeats its finding.
func (e *env) resultPicture(ctx context.Context, f filling) (dialog.Reply, error) {
	profile, err := e.profile(ctx, f)
	if err != nil {
		return dialog.Reply{}, err
	}
	data, err := json.Marshal(e.chart(f, profile))
	if err != nil {
		return dialog.Reply{}, fmt.Errorf("encode picture: %w", err)
	}
	r := dialog.Reply{Template: "result", Text: e.resultText(f, profile),
		Picture: &dialog.Picture{Kind: GapPicture, Data: data}}
	if f.def.Kind == questionnaire.SelfAssessment && f.task.Availability(e.now) == task.Available {
		r.Rows = [][]dialog.Button{{{Label: e.label("technical"), Action: e.menuAction("teknis", f.task.ID)}}}
	}
	return r, nil
}

func (e *env) profile(ctx context.Context, f filling) (competency.Profile, error) {
	standard, err := e.tx.Standard(ctx, e.employee.ClassCode)
	if err != nil {
		return competency.Profile{}, err
	}
	required := make(map[string]competency.Level, len(standard))
	for code, level := range standard {
		required[code] = competency.Level(level)
	}
	var scores []competency.Score
	for _, item := range f.def.Items {
		value, answered := f.Answers[item.Code]
		if !answered || item.Type != questionnaire.Level {
			continue
		}
		level, ok := item.LevelOf(value)
		scores = append(scores, competency.Score{Code: item.Code, Level: competency.Level(level).Hundredths(), Skipped: !ok})
	}
	return competency.NewProfile(scores, required), nil
}

func (e *env) chart(f filling, p competency.Profile) report.GapChart {
	call := text.Args{"sapaan": f.call}
	plain := e.cfg.Text.Plain
	c := report.GapChart{Title: f.def.Title,
		Subtitle: plain("picture.subtitle", text.Args{"sapaan": f.call, "periode": f.task.PeriodName}),
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
func (e *env) resultText(f filling, p competency.Profile) string {
	lines := []string{e.t("result.head", text.Args{"sapaan": f.call})}
	if f.task.Revision > 1 {
		lines = append(lines, e.t("result.changed", nil))
	}
	lines = append(lines, e.findings(f, p)...)
	switch {
	case f.def.Kind == questionnaire.SelfAssessmentTechnical:
		lines = append(lines, e.t("result.technical_note", nil))
	case e.employee.SupervisorID == nil:
		lines = append(lines, e.t("result.no_superior", text.Args{"sapaan": f.call}))
	default:
		lines = append(lines, e.t("result.not_final", text.Args{"sapaan": f.call, "batas": e.cfg.Text.Deadline(f.task.RatingDueAt.In(e.cfg.Location))}))
	}
	return strings.Join(lines, "\n")
}

func (e *env) findings(f filling, p competency.Profile) []string {
	compared := false
	var gaps []string
	for _, row := range p.Rows {
		compared = compared || row.Compared
		if row.Compared && row.Gap < 0 {
			gaps = append(gaps, e.gapText(f, row))
		}
	}
	if !compared {
		return []string{e.t("result.no_standard", nil)}
	}
	var lines []string
	if names := titles(f.def, p.Strengths); names != "" {
		lines = append(lines, e.t("result.strengths", text.Args{"daftar": names}))
	}
	if len(gaps) == 0 {
		return append(lines, e.t("result.no_areas", nil))
	}
	return append(lines, e.t("result.areas", text.Args{"daftar": titles(f.def, p.Areas)}),
		e.t("result.gap", text.Args{"daftar": strings.Join(gaps, "; ")}))
}

func (e *env) gapText(f filling, row competency.Row) string {
	item, _ := f.def.Item(row.Code)
	args := text.Args{"nama": item.Title, "standar": int(row.Required), "tingkat": int(row.Level / 100)}
	if row.Level == 0 {
		return e.cfg.Text.Plain("result.gap_belum", args)
	}
	return e.cfg.Text.Plain("result.gap_one", args)
}

func titles(d questionnaire.Definition, rows []competency.Row) string {
	names := make([]string, len(rows))
	for i, r := range rows {
		item, _ := d.Item(r.Code)
		names[i] = item.Title
	}
	return strings.Join(names, ", ")
}
