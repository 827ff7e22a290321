// Package followup is what is used of a training at work (penerapan pelatihan): what
// participants and their superiors are asked, blind to each other, the pair that both see,
// and what the personnel office reads of groups.
package followup

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/report"
	"bangkom/internal/summary"
	"bangkom/internal/task"
)

// The names of the room's own buttons; their refs are tasks of participants.
const (
	shareStep  = "terapbagi"
	shareYes   = "terapbagiya"
	groupsStep = "terapgrup" // ref: the programme
	// Their refs and values are those of the page on which they stand.
	groupPictureStep = "terapgambar"
	groupSheetStep   = "terapberkas"
)

// The kinds of files that the room draws.
const (
	groupPictureFile = "followup-groups"
	groupSheetFile   = "followup-groups-sheet"
)

// Feature is the follow-up of trainings.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "followup",
		Conversations: []feature.Conversation[*env]{
			{Name: followup.OwnFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).ownForm() }, Transcript: "penerapan",
				OfTask: true, Moves: true, Interrupted: feature.Kept, Note: (*env).kept, OneTap: (*env).ownOneTap, Closed: (*env).ownClosed},
			{Name: followup.SuperiorFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).superiorForm() }, Transcript: "penerapan",
				Moves: true, Interrupted: feature.Kept, Note: (*env).kept, OneTap: (*env).superiorOneTap, Closed: (*env).superiorClosed},
		},
		Buttons: []feature.Button[*env]{
			{Step: followup.PairStep, Run: (*env).pair},
			{Step: shareStep, Run: (*env).share},
			{Step: shareYes, Run: (*env).share},
			{Step: groupsStep, Who: feature.HR, Run: (*env).groups},
			{Step: groupPictureStep, Who: feature.HR, Run: (*env).groupPicture},
			{Step: groupSheetStep, Who: feature.HR, Run: (*env).groupSheet},
			{Step: summary.FollowUpStep, Run: (*env).fromSummary},
		},
		Tasks: []feature.TaskKind[*env]{
			{Kind: task.FollowUp, Begin: func(t task.Task) dialog.Action {
				return dialog.Action{Flow: followup.OwnFlow, Ref: t.ID, Verb: dialog.Resume}
			}, Card: (*env).taskCard},
			{Kind: task.FollowUpSuperior, Others: true, Begin: func(t task.Task) dialog.Action {
				return dialog.Action{Flow: followup.SuperiorFlow, Ref: t.Occasion.ID, Verb: dialog.Resume}
			}},
		},
		Files: []feature.File{
			{Kind: groupPictureFile, Name: "penerapan.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.ScaleChart](data)
			}},
			{Kind: groupSheetFile, Name: "penerapan-pelatihan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawGroups(ctx, data)
			}},
		},
		Copy: []feature.CopyPart{{Key: "penerapan_pelatihan", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyFollowUps(ctx, chatID)
		}}},
		Hooks: feature.Hooks[*env]{Owed: (*env).owed, Feedback: (*env).lines},
	})
}

// kept says that what was given is kept.
func (e *env) kept(dialog.Record) dialog.Reply {
	return dialog.Reply{Template: "followup.kept", Text: e.T("followup.kept", nil)}
}
