package questionnaires

import (
	"context"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/survey"
	"bangkom/internal/text"
)

// reportFlow tells what was done about a survey, exceptionFlow asks the head of the agency to
// have those asked too who wait for such an answer. Their refs are surveys.
const (
	reportFlow    = "st"
	exceptionFlow = "sx"
)

const surveyNews = outreach.SurveyNews

// writing is a text about a survey on its way.
type writing struct {
	Body string
	of   survey.Survey
	n    survey.Counts
}

func loadWriting(ctx context.Context, e *env, r *dialog.Record) (s writing, err error) {
	if !e.Employee.Rights.HR {
		return s, dialog.ErrNotFound
	}
	if s.of, err = e.tx.SurveyByID(ctx, r.Ref, e.Now); err != nil {
		return s, err
	}
	if s.n, err = e.countsOf(ctx, s.of); err != nil {
		return s, err
	}
	return s, feature.DecodeState(r, &s)
}

// reportReview shows what would be sent, and to how many, before it goes.
func (p *desk) reportReview(s writing) dialog.Prompt {
	if s.Body == "" {
		return dialog.Prompt{}
	}
	return dialog.Prompt{Template: "survey.report_preview", Text: p.Cfg.Text.T("survey.report_preview", text.Args{"judul": s.of.Name, "n": p.Cfg.Text.Number(s.n.Asked), "isi": s.Body}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.survey_change", nil), Verb: dialog.Change, Step: "isi"}}}}
}

// reportForm asks what was done about what people said; it goes to everybody who was asked.
func (p *desk) reportForm() dialog.Form[writing, *env] {
	form := feature.OneText[writing, *env]{
		Name: reportFlow, Step: "isi", Cancelled: "form.cancelled", Load: loadWriting,
		Ask: func(s writing) (string, text.Args) {
			return "survey.report_ask", text.Args{"judul": s.of.Name, "n": p.Cfg.Text.Number(s.n.Asked), "paling": survey.MaxReport, "tanggal": p.Cfg.Text.Date(s.of.ReportBy)}
		},
		Read: func(typed string) (string, error) {
			return p.Line(typed, survey.MinReport, survey.MaxReport, "survey.report_hint")
		},
		Into: func(s *writing) *string { return &s.Body },
		Finish: func(ctx context.Context, e *env, s writing) (dialog.Ending, error) {
			given, err := e.Attempt(func() error { return e.tx.GiveSurveyReport(ctx, s.of.ID, s.Body, e.Employee.ID, e.Now) })
			if err == nil && !given {
				return e.Ending("survey.report_before"), nil
			}
			return dialog.Ending{Replies: []dialog.Reply{{Template: "survey.report_done", Text: e.T("survey.report_done", text.Args{"n": e.Cfg.Text.Number(s.n.Asked), "jam": e.Cfg.Text.Clock(e.Now)})}}}, err
		},
	}.Form(p.Desk)
	form.Review = p.reportReview
	return form
}

// exceptionForm asks for the reason, which the head of the agency reads.
func (p *desk) exceptionForm() dialog.Form[writing, *env] {
	return feature.OneText[writing, *env]{
		Name: exceptionFlow, Step: "isi", Cancelled: "form.cancelled", Load: loadWriting,
		Ask: func(s writing) (string, text.Args) {
			return "survey.exception_ask", text.Args{"judul": s.of.Name, "n": p.Cfg.Text.Number(s.n.LeftOut), "paling": survey.MaxUse, "kantor": p.Cfg.Agency.Office}
		},
		Read: func(typed string) (string, error) {
			return p.Line(typed, survey.MinUse, survey.MaxUse, "survey.use_hint")
		},
		Into:   func(s *writing) *string { return &s.Body },
		Finish: askException,
	}.Form(p.Desk)
}

func askException(ctx context.Context, e *env, s writing) (dialog.Ending, error) {
	var heads []int64
	asked, err := e.Attempt(func() (err error) {
		heads, err = e.tx.AskException(ctx, s.of.ID, s.Body, e.Employee.ID, e.Now)
		return err
	})
	if err != nil {
		return dialog.Ending{}, err
	}
	if !asked && s.of.Reason != "" && s.of.Decided.IsZero() && s.of.Open(e.Now) {
		return e.Ending("survey.exception_before"), nil
	}
	if !asked {
		return e.Ending("survey.exception_over"), nil
	}
	if len(heads) == 0 {
		return e.Ending("survey.no_head"), nil
	}
	args := text.Args{"judul": s.of.Name, "n": e.Cfg.Text.Number(s.n.LeftOut), "alasan": s.Body}
	for _, id := range heads {
		e.Notify(id, fmt.Sprintf("survey-exception:%d:%d", s.of.ID, id), surveyNews, dialog.Reply{Template: "survey.exception", Text: e.T("survey.exception", args),
			Rows: [][]dialog.Button{{{Label: e.Label("survey_sign"), Action: e.MenuAction(signStep, s.of.ID)}}, {{Label: e.Label("survey_refuse"), Action: e.MenuAction(refuseStep, s.of.ID)}}}})
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "survey.exception_asked", Text: e.T("survey.exception_asked", e.Helpdesk())}}}, nil
}
