// Package plan is where people plan for a year what they learn (rencana pengembangan
// kompetensi), where their superiors agree to it, and where both see how far it is.
package plan

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/plan"
)

// seeFlow is the conversation by which the personnel office opens the plan of a person, who is
// its ref, for a reason.
const seeFlow = "rx"

// The buttons of the room. What a job sends leads to those of package plan.
const (
	wantStep     = "rencusul"    // what can be done about one thing, whose mark is the value
	chooseStep   = "rencpilih"   // chooses a way, or takes it out; the ref is the training, the value says which
	allStep      = "rencpertama" // chooses the first way of everything
	submitStep   = "rencajukan"  // submits what was chosen; the value is the mark of it
	whenStep     = "renckapan"   // asks for a reminder of the line that is the ref; the value is the day
	dropStep     = "rencbuang"   // takes the line out; the value is the reason
	doneStep     = "rencselesai" // the line is done
	undoStep     = "renculang"   // it is not
	oneStep      = "rencsatu"    // the plan of one person, who is the ref; the value names the plan
	agreeStep    = "rencsetuju"  // agrees to it
	progressStep = "rencmaju"    // how far the team is; the value is the page
	memberStep   = "rencorang"   // the plan of one of the team
)

// Feature is the development plan.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "plan",
		Conversations: []feature.Conversation[*env]{
			{Name: seeFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).seeForm() }, Transcript: "pengembangan"},
		},
		Commands: []feature.Command[*env]{{Name: "rencana", Aliases: []string{"idp"}, Place: 46, Run: (*env).open, Transcript: "pengembangan"}},
		Buttons: []feature.Button[*env]{
			{Step: plan.OwnStep, Run: (*env).own},
			{Step: wantStep, Run: (*env).want},
			{Step: chooseStep, Run: (*env).choose},
			{Step: allStep, Run: (*env).chooseAll},
			{Step: submitStep, Run: (*env).submit},
			{Step: plan.LineStep, Run: (*env).line},
			{Step: whenStep, Run: (*env).when},
			{Step: dropStep, Run: (*env).drop},
			{Step: doneStep, Run: (*env).finish},
			{Step: undoStep, Run: (*env).unfinish},
			{Step: plan.TeamStep, Who: feature.Supervises, Run: asBoss(boss.waiting)},
			{Step: plan.AgreeAllStep, Who: feature.Supervises, Run: asBoss(boss.agreeAll)},
			{Step: oneStep, Who: feature.Supervises, Run: asBoss(boss.one)},
			{Step: agreeStep, Who: feature.Supervises, Run: asBoss(boss.agreeOne)},
			{Step: progressStep, Who: feature.Supervises, Run: asBoss(boss.progress)},
			{Step: memberStep, Who: feature.Supervises, Run: asBoss(boss.member)},
		},
		Menu: []feature.MenuLine{{Row: 4, Column: 2, Label: "idp", Opens: "rencana"}},
		Copy: []feature.CopyPart{{Key: "rencana_pengembangan", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyPlans(ctx, chatID)
		}}},
		Links: []feature.Link{{To: feature.ToOwnPlan, Open: func(ref int64) dialog.Action {
			a := feature.Opens(plan.OwnStep)(ref)
			a.Value = plan.Fresh
			return a
		}}},
		Person: []feature.PersonButtons[*env]{{Place: feature.AtTheEnd, Rows: (*env).seeButton}},
		Hooks:  feature.Hooks[*env]{Owed: (*env).owed},
	})
}
