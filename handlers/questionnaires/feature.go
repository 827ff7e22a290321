// Package questionnaires is where the personnel office reads the questionnaires in use and
// takes one out as a spreadsheet. What it changes comes back as a file (room imports): a
// preview of what differs, then a numbered version that is locked. Tasks that are open keep
// the version that they were made with.
package questionnaires

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/survey"
	"bangkom/internal/task"
)

// The buttons of the room. The ref of one questionnaire is refOf its code.
const (
	listStep  = "kuesioner"
	cardStep  = "kuesionersatu"
	plainStep = "kuesionerxlsx"
	formStep  = "kuesionerxlsf"
	tryStep   = "kuesionercoba" // ref: an upload
)

// The kinds of files of the room; the data are what is written.
const (
	plainFile = "questionnaire-xlsx"
	formFile  = "questionnaire-xlsform"
)

// Feature is the questionnaires in use.
func Feature() feature.Feature[*feature.Env] {
	drawn := func(form workbook.Form) func(*feature.Desk, context.Context, json.RawMessage) ([]byte, error) {
		return func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).draw(ctx, data, form)
		}
	}
	return feature.Bind(on, feature.Feature[*env]{
		Name: "questionnaires",
		Buttons: []feature.Button[*env]{
			{Step: listStep, Who: feature.HR, Run: (*env).list},
			{Step: cardStep, Who: feature.HR, Run: (*env).card},
			{Step: plainStep, Who: feature.HR, Run: (*env).plain},
			{Step: tryStep, Who: feature.HR, Run: (*env).try},
			{Step: surveysStep, Who: feature.HR, Run: (*env).surveys},
			{Step: survey.CardStep, Who: feature.HR, Run: (*env).survey},
			{Step: widenStep, Who: feature.HR, Run: (*env).widen},
			{Step: widenYes, Who: feature.HR, Run: (*env).widen},
			{Step: exportStep, Who: feature.HR, Run: (*env).export},
			{Step: stopStep, Who: feature.HR, Run: (*env).stop},
			{Step: stopYes, Who: feature.HR, Run: (*env).stop},
			{Step: mineStep, Run: (*env).mine},
			{Step: groupsStep, Who: feature.HR, Run: (*env).groups},
			{Step: groupStep, Who: feature.HR, Run: (*env).group},
			{Step: survey.ReadyStep, Run: (*env).ready},
			{Step: signStep, Who: feature.Head, Run: (*env).decide},
			{Step: refuseStep, Who: feature.Head, Run: (*env).decide},
			{Step: formStep, Who: feature.HR, Run: (*env).xlsform},
		},
		Tasks: []feature.TaskKind[*env]{{Kind: task.Survey, Begin: func(t task.Task) dialog.Action {
			return dialog.Action{Flow: survey.AnswerFlow, Ref: t.ID, Verb: dialog.Resume}
		}, Card: (*env).surveyTask}, {Kind: task.AnonymousSurvey, Begin: func(t task.Task) dialog.Action {
			return dialog.Action{Flow: survey.AnonymousFlow, Ref: t.ID, Verb: dialog.Resume}
		}, Card: (*env).namelessTask}},
		Copy: []feature.CopyPart{{Key: "survei", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopySurveys(ctx, chatID)
		}}},
		Hooks:   feature.Hooks[*env]{Owed: (*env).owed, Feedback: (*env).sentSurveys},
		Imports: []feature.Import{{Kind: intake.Questionnaires, Word: "import.questionnaires", Preview: "questionnaires.preview", Applied: "questionnaires.applied"}},
		Files: []feature.File{
			{Kind: plainFile, Name: "kuesioner.xlsx", Draw: drawn(workbook.Plain)},
			{Kind: formFile, Name: "kuesioner-xlsform.xlsx", Draw: drawn(workbook.XLSForm)},
			{Kind: answersFile, Name: "jawaban-survei.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawAnswers(ctx, data)
			}},
		},
		Conversations: []feature.Conversation[*env]{
			{Name: tryFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).tryForm() }, Transcript: "kuesioner",
				Interrupted: feature.Kept, Note: (*env).tryKept},
			{Name: startFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).startForm() }, Transcript: "survei", Interrupted: feature.Kept},
			{Name: survey.AnswerFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).answerForm() }, Transcript: "survei",
				OfTask: true, Moves: true, Interrupted: feature.Kept, Note: (*env).answerKept, Closed: (*env).surveyClosed},
			{Name: survey.AnonymousFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).namelessForm() }, Transcript: "survei-anonim",
				OfTask: true, Interrupted: feature.Kept, Note: (*env).namelessKept, Gone: feature.Ends, Closed: (*env).namelessClosed},
			{Name: reportFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).reportForm() }, Transcript: "survei"},
			{Name: exceptionFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).exceptionForm() }, Transcript: "survei"},
			{Name: exportFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).exportForm() }, Transcript: "survei-berkas"},
		},
		Links: []feature.Link{{To: feature.ToQuestionnaires, Open: feature.Opens(listStep)}, {To: feature.ToTry, Open: feature.Opens(tryStep)}},
	})
}
