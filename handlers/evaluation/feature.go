// Package evaluation is what participants of a training are asked (evaluasi pelatihan),
// without their names, and what its committee and the personnel office read of it.
package evaluation

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/report"
	"bangkom/internal/task"
)

// The kinds of files.
const (
	resultPicture    = "evaluation"
	resultSheet      = "evaluation-xlsx"
	resultPage       = "evaluation-pdf"
	compareSheetFile = "evaluation-compare"
	comparedPicture  = "evaluation-compare-picture"
	partnerResults   = "evaluation-partner-pdf"
)

// Feature is the evaluation of trainings. What somebody answers is no part of the own
// copy: nobody can be shown what they have sent.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "evaluation",
		Conversations: []feature.Conversation[*env]{
			{Name: evaluation.Flow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).form() }, Transcript: "umpanbalik",
				OfTask: true, Interrupted: feature.Kept, Note: (*env).keptNote, Gone: feature.Ends, Closed: (*env).closedForm},
			{Name: reportFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).reportForm() }, Transcript: "umpanbalik"},
			{Name: strikeFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).strikeForm() }, Transcript: "umpanbalik"},
		},
		Commands: []feature.Command[*env]{
			{Name: "umpanbalik", Aliases: []string{"evaluasi"}, Place: 47, Run: (*env).list, Transcript: "umpanbalik"},
		},
		Buttons: []feature.Button[*env]{
			{Step: evaluation.ResultStep, Run: (*env).result},
			{Step: "evbuka", Run: (*env).openEarly},
			{Step: "evbukaya", Run: (*env).openEarly},
			{Step: "evxlsx", Run: (*env).sheet},
			{Step: "evhal", Run: (*env).runsPage},
			{Step: "evpdf", Who: feature.HR, Run: (*env).page},
			{Step: "evbanding", Who: feature.HR, Run: (*env).compare},
			{Step: "evbandinggambar", Who: feature.HR, Run: (*env).comparePicture},
			{Step: "evbandingxlsx", Who: feature.HR, Run: (*env).compareSheet},
			{Step: "evmitra", Who: feature.HR, Run: (*env).partner},
			{Step: "evmitrapdf", Who: feature.HR, Run: (*env).partnerPDF},
			{Step: "evsaran", Who: feature.HR, Run: (*env).remarks},
			{Step: "evbaca", Who: feature.HR, Run: (*env).readRemark},
		},
		Tasks: []feature.TaskKind[*env]{{Kind: task.TrainingEvaluation, Begin: begin, Card: (*env).taskCard}},
		Files: []feature.File{
			{Kind: resultPicture, Name: "hasil.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.ScaleChart](data)
			}},
			{Kind: comparedPicture, Name: "perbandingan.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.ScaleChart](data)
			}},
			{Kind: resultSheet, Name: "hasil-evaluasi.xlsx", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return writeSheet(data)
			}},
			{Kind: resultPage, Name: "hasil-evaluasi.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawPage(ctx, data)
			}},
			{Kind: partnerResults, Name: "hasil-pelatihan-mitra.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawPartner(ctx, data)
			}},
			{Kind: compareSheetFile, Name: "perbandingan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawCompared(ctx, data)
			}},
		},
		Links: []feature.Link{{To: feature.ToPartnerResult, Open: feature.Opens("evmitra")}},
		Hooks: feature.Hooks[*env]{Owed: (*env).owed, Office: (*env).officeLine,
			Papers: func(p *feature.Desk, ctx context.Context, tx feature.Tx, batch int64, now time.Time) (feature.Papers, error) {
				return at(p).papers(ctx, tx.(Tx), batch, now)
			}},
	})
}

// begin begins the questions or goes on with them.
func begin(t task.Task) dialog.Action {
	return dialog.Action{Flow: evaluation.Flow, Ref: t.ID, Verb: dialog.Resume}
}

// runs tells whether somebody may open the evaluation of a batch and read its results;
// dialog.ErrNotFound for everybody else.
func (e *env) runs(ctx context.Context, batch int64) error {
	ok, err := e.tx.RunsEvaluation(ctx, batch, e.Employee, e.Now)
	if err == nil && !ok {
		err = dialog.ErrNotFound
	}
	return err
}
