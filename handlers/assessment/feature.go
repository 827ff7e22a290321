// Package assessment is the self-assessment (penilaian mandiri): the questionnaire,
// on paper too, what is owed, and the result.
package assessment

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
	"bangkom/internal/task"
)

// Feature is the self-assessment (penilaian mandiri): the questionnaire, on paper
// too, what is owed, and the result.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "assessment",
		Conversations: []feature.Conversation[*env]{
			{Name: questionnaireFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).questionnaireForm() }, Transcript: "asesmen",
				OfTask: true, Moves: true, Interrupted: feature.Kept, Note: (*env).keptReply, Discard: "hapus", Discards: (*env).unsent, Gone: feature.Kept,
				OneTap: (*env).oneTap, Closed: (*env).closedForm},
			{Name: paperFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).paperForm() }, Transcript: "kertas", Interrupted: feature.Kept, Gone: feature.Kept},
		},
		Commands: []feature.Command[*env]{
			{Name: "tugas", Place: 30, Run: (*env).listTasks, Transcript: "tugas"},
			{Name: "asesmen", Aliases: []string{"penilaian"}, Place: 40, Run: (*env).assessment, Transcript: "asesmen"},
		},
		Buttons: []feature.Button[*env]{
			{Step: "riwayat", Run: func(e *env, ctx context.Context, _ dialog.Action, _ int) error { return e.history(ctx) }},
			{Step: "hasil", Run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.showResult(ctx, a.Ref) }},
			{Step: "teknis", Run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.technical(ctx, a.Ref) }},
			{Step: "hapus", Run: (*env).deleteDraft},
			{Step: "hapusya", Run: (*env).deleteDraft},
			{Step: "hapustdk", Run: (*env).deleteDraft},
			{Step: "lembar", Who: feature.LooksAfter, Run: (*env).paperSheet},
		},
		Menu: []feature.MenuLine{
			{Row: 1, Column: 1, Label: "tasks", Opens: "tugas"},
			{Row: 2, Column: 1, Label: "assessment", Opens: "asesmen"},
			{Row: 9, Column: 2, Label: "history", Opens: "riwayat"},
		},
		Tasks: []feature.TaskKind[*env]{
			{Kind: task.SelfAssessment, List: true, Begin: fillIn, Card: (*env).taskCard},
			{Kind: task.SelfAssessmentTechnical, Begin: fillIn, Card: (*env).taskCard},
			{Kind: task.Interest, Begin: fillIn, Card: (*env).taskCard},
		},
		Copy: feature.OwnKeys("tugas", "jawaban_terkirim", "isian_belum_terkirim"),
		Files: []feature.File{
			{Kind: PaperFile, Name: "isian-kertas.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawPaper(ctx, data)
			}},
			{Kind: feature.GapPicture, Name: "profil.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.GapChart](data)
			}},
		},
		Person: []feature.PersonButtons[*env]{{Place: feature.BelowAccount, Rows: (*env).paperButtons}},
	})
}

// fillIn begins a questionnaire or goes on with it.
func fillIn(t task.Task) dialog.Action {
	return dialog.Action{Flow: questionnaireFlow, Ref: t.ID, Verb: dialog.Resume}
}

// oneTap tells whether a button may answer without a draft: a questionnaire of
// one question is shown without being begun.
func (e *env) oneTap(ctx context.Context, ref int64) bool {
	if !e.Linked() {
		return false
	}
	t, err := e.tx.Task(ctx, ref, e.Employee.ID)
	return err == nil && t.Kind == task.Interest && t.State != task.Done
}

// closedForm shows where the task stands when a button is pressed that belongs to
// no draft any more.
func (e *env) closedForm(ctx context.Context, ref int64) error {
	return feature.GoneTask(ctx, e.Env, ref, e.taskCard)
}
