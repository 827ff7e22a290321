// Package training is what people see of trainings: what is offered, seats, permissions,
// attendance, and what the personnel office prepares.
package training

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
	"bangkom/internal/summary"
	"bangkom/internal/training"
)

// The names of the room's own buttons; those that messages carry stand in package
// training.
const (
	listStep       = "latihhal"  // a page of the list
	calendarStep   = "latihkal"  // the sessions for a calendar; ref: the batch
	mineStep       = "latihku"   // what the person takes part in
	unitStep       = "latihunit" // batches, for the officer of a unit
	unitPersonStep = "latihorang"
	unitFileStep   = "latihdaftar"
	sessionStep    = "sesi" // ref: the session
	codeStep       = "kodehadir"
	signsStep      = "ttd"
	claimsStep     = "klaimlist" // ref: the batch
	decideStep     = "klaimputus"
	fillStep       = "isikosong" // ref: the batch
	sheetStep      = "ttdlihat"  // ref: the session
	dossierStep    = "berkas"    // ref: the batch
)

// The names of the room's conversations; that of the code stands in package training.
const (
	nominateFlow   = "un"
	swapFlow       = "ug"
	assignmentFlow = "us"
	writtenFlow    = "ui"
	rollFlow       = "hd"
	walkInFlow     = "hw"
	guestsFlow     = "ht"
	sheetFlow      = "hf"
)

// Feature is trainings.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "training",
		Conversations: []feature.Conversation[*env]{
			{Name: nominateFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).nominateForm() }, Transcript: "usulan"},
			{Name: swapFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).swapForm() }, Transcript: "usulan"},
			{Name: assignmentFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).assignmentForm() }, Transcript: "usulan"},
			{Name: writtenFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).writtenForm() }, Transcript: "usulan"},
			{Name: rollFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).rollForm() }, Transcript: "panitia"},
			{Name: walkInFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).walkInForm() }, Transcript: "panitia"},
			{Name: guestsFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).guestsForm() }, Transcript: "panitia"},
			{Name: sheetFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).sheetForm() }, Transcript: "panitia"},
			{Name: training.CodeFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).codeForm() }, Transcript: "panitia"},
		},
		Commands: []feature.Command[*env]{{Name: "pelatihan", Place: 45, Run: (*env).offers, Transcript: "pelatihan"}},
		Buttons:  buttons(),
		Menu:     []feature.MenuLine{{Row: 1, Column: 2, Label: "training", Opens: "pelatihan"}},
		Copy: []feature.CopyPart{{Key: "pelatihan", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyTrainings(ctx, chatID)
		}}},
		Files: files(),
		Links: []feature.Link{{To: feature.ToOffers, Open: feature.Opens("pelatihan")}},
		Hooks: feature.Hooks[*env]{Start: (*env).opened, Unit: (*env).unitLine},
	})
}

func buttons() []feature.Button[*env] {
	return []feature.Button[*env]{
		{Step: listStep, Run: (*env).offersPage},
		{Step: mineStep, Run: (*env).mine},
		{Step: calendarStep, Run: (*env).calendar},
		{Step: training.CardStep, Run: (*env).batchCard},
		{Step: training.JoinStep, Run: (*env).join},
		{Step: training.LeaveStep, Run: (*env).leave},
		{Step: training.TakeStep, Run: (*env).take},
		{Step: training.KeepStep, Run: (*env).keep},
		{Step: training.PermitStep, Who: feature.Supervises, Run: asBoss(boss.permits)},
		{Step: training.AllowStep, Who: feature.Supervises, Run: asBoss(boss.allow)},
		{Step: training.OneStep, Who: feature.Supervises, Run: asBoss(boss.permitOne)},
		{Step: training.RevokeStep, Who: feature.Supervises, Run: asBoss(boss.revoke)},
		{Step: summary.PermitStep, Run: asBoss(boss.permitOnSummary)},
		{Step: unitStep, Who: feature.LooksAfter, Run: (*env).unitBatches},
		{Step: training.LettersStep, Who: feature.LooksAfter, Run: (*env).unitCard},
		{Step: unitPersonStep, Who: feature.LooksAfter, Run: (*env).unitPerson},
		{Step: unitFileStep, Who: feature.LooksAfter, Run: (*env).unitFile},
		{Step: training.RunStep, Run: (*env).runs},
		{Step: sessionStep, Run: (*env).sessionCard},
		{Step: codeStep, Run: (*env).codeCard},
		{Step: signsStep, Run: (*env).signs},
		{Step: sheetStep, Run: (*env).seeSheet},
		{Step: dossierStep, Who: feature.HR, Run: (*env).dossier},
		{Step: claimsStep, Run: (*env).claims},
		{Step: decideStep, Run: (*env).decideClaim},
		{Step: fillStep, Run: (*env).fill},
		{Step: training.ClaimStep, Run: (*env).claim},
	}
}

func files() []feature.File {
	return []feature.File{
		{Kind: UnitSheetFile, Name: "peserta.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawUnit(ctx, data, false)
		}},
		{Kind: UnitPrintFile, Name: "peserta.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawUnit(ctx, data, true)
		}},
		{Kind: SignsFile, Name: "daftar-hadir.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawSigns(ctx, data)
		}},
		{Kind: DossierFile, Name: "berkas-kegiatan.zip", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawDossier(ctx, data)
		}},
		{Kind: CalendarFile, Name: "pelatihan.ics", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
			return drawCalendar(data)
		}},
		{Kind: CodePicture, Name: "kode.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
			return feature.DrawChart[report.CodeCard](data)
		}},
	}
}
