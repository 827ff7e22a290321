package assessment

import (
	"context"
	"slices"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// ofDuties is the technical questionnaire as it is asked of somebody whose duties need
// some of it: these questions, and those that were answered before. Of whom it needs none,
// all are asked, as ever. It tells how many the duties need.
func (f *filling) ofDuties(needed []string) (n int) {
	f.Asked = nil
	var asked []string
	for _, item := range f.def.Items {
		_, answered := f.Answers[item.Code]
		need := slices.Contains(needed, item.Code)
		if need {
			n++
		}
		if need || answered {
			asked = append(asked, item.Code)
		}
	}
	if n > 0 && len(asked) < len(f.def.Items) {
		f.Asked = asked
	}
	f.def = f.def.Only(f.Asked)
	return n
}

// duties are the codes of the technical competencies that the own duties need.
func (e *env) duties(ctx context.Context) (codes []string, err error) {
	required, err := e.tx.Standard(ctx, e.Employee.ID)
	for _, r := range required.Duties() {
		codes = append(codes, r.Code)
	}
	return codes, err
}

// dutyBlock offers the second block to whom duties need it of, once the nine are sent
// for the first time.
func (e *env) dutyBlock(ctx context.Context, f filling) ([]dialog.Reply, error) {
	needed, err := e.duties(ctx)
	if err != nil || len(needed) == 0 {
		return nil, err
	}
	var t task.Task
	offered, err := e.Attempt(func() error {
		id, err := e.tx.OfferTask(ctx, f.task.ID, task.SelfAssessmentTechnical)
		if err == nil {
			t, err = e.TaskOf(ctx, id)
		}
		return err
	})
	if err != nil || !offered || t.State == task.Done {
		return nil, err
	}
	block := filling{def: e.DefinitionOf(t), task: t, call: f.call}
	if block.ofDuties(needed) == 0 { // the questionnaire asks nothing of it
		return nil, nil
	}
	names := make([]string, len(block.def.Items))
	for i, item := range block.def.Items {
		names[i] = item.Title
	}
	return []dialog.Reply{{Template: "result.duty_block",
		Text: e.T("result.duty_block", text.Args{"sapaan": f.call, "n": len(names), "daftar": strings.Join(names, ", "),
			"menit": block.def.Minutes, "batas": e.Deadline(t)}),
		Rows: [][]dialog.Button{{e.Begin("start", t)}}}}, nil
}

// limit leaves out of the second block what the own duties do not need.
func (e *env) limit(ctx context.Context, f *filling) error {
	if f.def.Kind != questionnaire.SelfAssessmentTechnical {
		return nil
	}
	needed, err := e.duties(ctx)
	f.ofDuties(needed)
	return err
}
