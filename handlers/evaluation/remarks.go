package evaluation

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

const (
	reportFlow = "evlap"   // what was done about what participants said; its ref is the batch
	strikeFlow = "evsamar" // words of a comment that others must not read; see strikeRef
	maxReport  = 800       // characters of a report
	strikeBase = 10_000    // of strikeRef
)

// What the personnel office may decide about a comment, as values of its buttons.
const (
	letRead = "tampil"
	hide    = "tutup"
)

// remarks shows the next comment that nobody of the office has read, with what may be
// decided about it. What was decided stays.
func (e *env) remarks(ctx context.Context, a dialog.Action, _ int) error {
	r, err := e.tx.EvaluationResult(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, e.nextRemark(r, 0))
	return nil
}

// nextRemark is the card of the next comment; message is what it takes the place of.
func (e *env) nextRemark(r evaluation.Result, message int) dialog.Reply {
	read := 0
	for _, m := range r.Remarks {
		if m.Read {
			read++
			continue
		}
		button := func(label, value string) dialog.Button {
			b := dialog.Button{Label: e.Label(label), Action: e.MenuAction("evbaca", r.Batch)}
			b.Action.Value = strconv.Itoa(m.N) + "-" + value
			return b
		}
		return dialog.Reply{Template: "evaluation.remark", Edit: message, Text: e.T("evaluation.remark", text.Args{"k": m.N, "n": len(r.Remarks), "saran": m.Text}),
			Rows: [][]dialog.Button{{button("remark_show", letRead), button("remark_hide", hide)},
				{{Label: e.Label("remark_strike"), Action: dialog.Action{Flow: strikeFlow, Ref: strikeRef(r.Batch, m.N), Verb: dialog.Resume}}}}}
	}
	return dialog.Reply{Template: "evaluation.remarks_read", Edit: message,
		Text: e.T("evaluation.remarks_read", text.Args{"n": len(r.Readable()), "jumlah": len(r.Remarks)}),
		Rows: [][]dialog.Button{{{Label: e.Label("evaluation_result"), Action: e.MenuAction(evaluation.ResultStep, r.Batch)}}}}
}

// readRemark stores what was decided about a comment and shows the next one.
func (e *env) readRemark(ctx context.Context, a dialog.Action, message int) error {
	number, what, _ := strings.Cut(a.Value, "-")
	n, err := strconv.Atoi(number)
	if err != nil || what != letRead && what != hide {
		return dialog.ErrNotFound
	}
	r, err := e.tx.EvaluationResult(ctx, a.Ref)
	if err != nil {
		return err
	}
	m, ok := r.Remark(n)
	if !ok {
		return dialog.ErrNotFound
	}
	shown := ""
	if what == letRead {
		shown = m.Text
	}
	if _, err := e.tx.ReadRemark(ctx, r.Atom, n, shown, e.Employee.ID, e.Now); err != nil {
		return err
	}
	if r, err = e.tx.EvaluationResult(ctx, a.Ref); err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, e.nextRemark(r, message))
	return nil
}

// strikeRef names a comment of a batch in the ref of a conversation.
func strikeRef(batch int64, n int) int64 { return batch*strikeBase + int64(n) }

// striking is the state of the question which words to strike.
type striking struct {
	Words  string
	result evaluation.Result
	remark evaluation.Remark
}

// strikeForm asks which words of a comment others must not read.
func (p *desk) strikeForm() dialog.Form[striking, *env] {
	return feature.OneText[striking, *env]{
		Name: strikeFlow, Step: "kata", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s striking, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			if s.result, err = e.tx.EvaluationResult(ctx, r.Ref/strikeBase); err != nil {
				return s, err
			}
			ok := false
			if s.remark, ok = s.result.Remark(int(r.Ref % strikeBase)); !ok {
				return s, dialog.ErrNotFound
			}
			return s, nil
		},
		Ask: func(s striking) (string, text.Args) {
			return "evaluation.strike_ask", text.Args{"saran": s.remark.Text}
		},
		Read: func(typed string) (string, error) { return p.Line(typed, 2, 200, "evaluation.strike_hint") },
		Into: func(s *striking) *string { return &s.Words },
		Finish: func(ctx context.Context, e *env, s striking) (dialog.Ending, error) {
			shown := disclosure.Struck(s.remark.Text, strings.Fields(s.Words))
			if shown == strings.Join(strings.Fields(s.remark.Text), " ") {
				return dialog.Ending{}, dialog.Invalid(e.T("evaluation.strike_hint", nil))
			}
			if _, err := e.tx.ReadRemark(ctx, s.result.Atom, s.remark.N, shown, e.Employee.ID, e.Now); err != nil {
				return dialog.Ending{}, err
			}
			r, err := e.tx.EvaluationResult(ctx, s.result.Batch)
			return dialog.Ending{Replies: []dialog.Reply{e.nextRemark(r, 0)}}, err
		},
	}.Form(p.Desk)
}

// reporting is the state of a report.
type reporting struct {
	Body string
	of   evaluation.Result
}

// reportForm asks what was done about what participants said, and tells it to everybody
// who was asked.
func (p *desk) reportForm() dialog.Form[reporting, *env] {
	return feature.OneText[reporting, *env]{
		Name: reportFlow, Step: "isi", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s reporting, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			s.of, err = e.tx.EvaluationResult(ctx, r.Ref)
			return s, err
		},
		Ask: func(s reporting) (string, text.Args) {
			return "evaluation.report_ask", text.Args{"nama": s.of.Name, "n": maxReport, "tanggal": p.Cfg.Text.Date(s.of.Report.Promised)}
		},
		Read:   func(typed string) (string, error) { return p.Line(typed, 20, maxReport, "evaluation.report_hint") },
		Into:   func(s *reporting) *string { return &s.Body },
		Finish: finishReport,
	}.Form(p.Desk)
}

// finishReport stores the report and tells everybody who was asked, whether they have
// answered or not: who did is not known any more.
func finishReport(ctx context.Context, e *env, s reporting) (dialog.Ending, error) {
	given, err := e.tx.GiveReport(ctx, s.of.Batch, s.Body, e.Employee.ID, e.Now)
	if err != nil || !given {
		return e.Ending("evaluation.report_before"), err
	}
	people, err := e.tx.EvaluationAsked(ctx, s.of.Batch, string(task.TrainingEvaluation))
	if err != nil {
		return dialog.Ending{}, err
	}
	key := "evaluation.report_told"
	args := text.Args{"nama": s.of.Name, "n": s.of.Persons, "jumlah": s.of.Asked, "isi": s.Body}
	for _, id := range people {
		e.Notify(id, fmt.Sprintf("report-back:%d:%d", s.of.Batch, id), outreach.ReportBack, dialog.Reply{Template: key, Text: e.T(key, args)})
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "evaluation.report_done",
		Text: e.T("evaluation.report_done", text.Args{"n": len(people), "jam": e.Cfg.Text.Clock(e.Now)})}}}, nil
}
