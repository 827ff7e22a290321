// Package team is what superiors know of their teams: who is how far, the ratings,
// both views side by side, and the talk about them.
package team

import (
	"context"
	"errors"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/task"
)

// Feature is what superiors know of their teams: who is how far, the ratings, both
// views side by side, and the talk about them.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "team",
		Conversations: []feature.Conversation[*env]{
			{Name: ratingFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).ratingForm() }, Transcript: "menilai", Moves: true,
				Interrupted: feature.Kept, Note: (*env).ratingKept},
			{Name: talkFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).talkForm() }, Transcript: "menilai", Interrupted: feature.Kept},
			{Name: reasonFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).reasonForm() }, Transcript: "menilai"},
			{Name: replyFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).replyForm() }, Transcript: "tanggapan"},
			{Name: coRaterFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).coRaterForm() }, Transcript: "berbagi"},
			{Name: shareOneFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).shareOneForm() }, Transcript: "ringkasan"},
		},
		Commands: []feature.Command[*env]{{Name: "tim", Place: 50, Who: feature.Rates, Run: (*env).team, Transcript: "tim"}},
		Buttons: []feature.Button[*env]{
			{Step: "timbenar", Who: feature.Supervises, Run: (*env).teamRight},
			{Step: "periksa", Who: feature.Rates, Run: (*env).openRating},
			{Step: "kirimnilai", Who: feature.Rates, Run: (*env).sendComplete},
			{Step: "nilainanti", Who: feature.Rates, Run: (*env).laterRating},
			{Step: "lepastugas", Who: feature.Supervises, Run: (*env).excuse},
			{Step: "tetapisi", Who: feature.Supervises, Run: (*env).unexcuse},
			{Step: "mintakode", Who: feature.Supervises, Run: (*env).askCode},
			{Step: "nilaisendiri", Who: feature.Supervises, Run: (*env).rateSelf},
			{Step: "bagi", Who: feature.Supervises, Run: (*env).coRaters},
			{Step: "bagihal", Who: feature.Supervises, Run: (*env).chooseRated},
			{Step: "bagiya", Who: feature.Supervises, Run: (*env).chooseRated},
			{Step: "banding", Run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.compare(ctx, a.Ref) }},
			{Step: "bandingsemua", Run: (*env).compareAll},
			{Step: "tanggapan", Run: onReply(replies.ownReply)},
			{Step: "tanggapankan", Run: onReply(replies.replyToOffice)},
			{Step: "tanggapanhapus", Run: onReply(replies.dropReply)},
			{Step: "bandingnanti", Run: (*env).laterCompare},
			{Step: "timhal", Who: feature.Rates, Run: (*env).teamPage},
			{Step: "anggota", Who: feature.Supervises, Run: (*env).teamMember},
			{Step: summary.TalkStep, Run: fromSummary((*env).talkOnSummary)},
			{Step: summary.RateStep, Run: fromSummary((*env).rateOnSummary)},
			{Step: summary.TeamStep, Run: fromSummary((*env).rateAllOnSummary)},
			{Step: summary.ShareStep, Run: fromSummary((*env).shareOnSummary)},
		},
		Menu: []feature.MenuLine{{Row: 3, Column: 1, Label: "team", Opens: "tim"}},
		Tasks: []feature.TaskKind[*env]{{Kind: task.Rating, Others: true, Begin: func(t task.Task) dialog.Action {
			return dialog.Action{Flow: ratingFlow, Ref: t.Occasion.ID, Verb: dialog.Resume}
		}}},
		Copy:   append(feature.OwnKeys("mandiri_saja", "penilaian_atasan", "hasil_dialog"), feature.CopyPart{Key: "tanggapan", Read: copyReplies}),
		Person: []feature.PersonButtons[*env]{{Place: feature.AtTheEnd, Rows: (*env).resultButton}},
		Hooks:  feature.Hooks[*env]{Owed: (*env).ratingTask, Sent: (*env).bothSent, Result: (*env).resultOfBoth},
	})
}

// fromSummary is a button below a superior's summary.
func fromSummary(run func(e *env, ctx context.Context, a dialog.Action, at summary.Stamp, message int) (string, bool, error)) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		return e.OnSummary(ctx, a, message, func(at summary.Stamp) (string, bool, error) { return run(e, ctx, a, at, message) })
	}
}

// ratingKept says that what was given is kept, if anything was.
func (e *env) ratingKept(rec dialog.Record) dialog.Reply {
	var s ratings
	if err := feature.DecodeState(&rec, &s); err == nil && s.given() == 0 {
		return dialog.Reply{Template: "rating.kept_none", Text: e.T("rating.kept_none", nil)}
	}
	return dialog.Reply{Template: "rating.kept", Text: e.T("rating.kept", nil)}
}

// resultButton lets the personnel office open the result of a person.
func (e *env) resultButton(_ context.Context, m personnel.Member) ([][]dialog.Button, error) {
	if !e.Employee.Rights.HR {
		return nil, nil
	}
	return [][]dialog.Button{{{Label: e.Label("see_result"), Action: dialog.Action{Flow: reasonFlow, Ref: m.ID, Verb: dialog.Resume}}}}, nil
}

// bothSent is called after answers were sent. If both views are there by that, it
// tells the superior and returns what the person sees in place of the provisional
// result.
func (e *env) bothSent(ctx context.Context, of task.Task) (*dialog.Reply, error) {
	id, err := e.selfOpens(ctx, of)
	if err != nil || id == 0 || of.EmployeeID != e.Employee.ID {
		return nil, err
	}
	note, err := e.openNote(ctx, id, e.Employee)
	return &note, err
}

// resultOfBoth shows both views in place of the person's own result, once both
// were sent.
func (e *env) resultOfBoth(ctx context.Context, of task.Task) (shown bool, err error) {
	if of.Kind != task.SelfAssessment {
		return false, nil
	}
	id, err := e.tx.OpenPair(ctx, of.SubjectID, of.Occasion.ID, e.Employee.ID, e.Now)
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, e.compare(ctx, id)
}
