// Package demand is where the officers of units say which trainings their units propose for
// a plan year (usulan unit), and where the personnel office sees that beside what the
// answers say is needed and what is planned.
package demand

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
)

// The conversations of the room.
const (
	proposeFlow = "ku" // a new proposal
	changeFlow  = "kv" // changes a proposal, which is its ref
)

// The buttons of the room.
const (
	listStep      = "usulunit"  // what the own units propose; the value is the page
	cardStep      = "usulkartu" // one proposal, which is the ref
	dropStep      = "usultarik" // withdraws it, once it was asked whether to
	sureStep      = "usultarikya"
	boardStep     = "kebutuhan" // the board of the personnel office; the ref is the year, 0 = the newest
	trainingsStep = "usulpel"   // what is proposed, by training; the ref is the year, the value the page
	unitsStep     = "usulsatker"
	ofUnitStep    = "usuldari" // what one unit proposes, which is the ref; the value is the year
	// competencyStep shows the competency that is the value; the ref is the year, as that of
	// the files.
	competencyStep = "kebkomp"
	sheetStep      = "kebxlsx"
	calendarStep   = "kalxlsx"
	partnerStep    = "kebmitra"  // the sheet for the partner that is the ref; the value is the year
	yearStep       = "kalgambar" // the calendar as pictures; the ref is the year
)

// fresh is the value of the button that shows the board in a message of its own: the card
// with that button may be a picture.
const fresh = "baru"

// The kinds of files of the room.
const (
	demandSheet   = "demand-xlsx"
	calendarSheet = "training-year-xlsx"
	yearPicture   = "training-year"
	partnerSheet  = "demand-partner-xlsx"
)

// Feature is what units propose, and the demand.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "demand",
		Conversations: []feature.Conversation[*env]{
			{Name: proposeFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).proposeForm() }, Transcript: "usulanunit"},
			{Name: changeFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).changeForm() }, Transcript: "usulanunit"},
		},
		Buttons: []feature.Button[*env]{
			{Step: listStep, Who: feature.Officer, Run: (*env).proposals},
			{Step: cardStep, Who: feature.Officer, Run: (*env).proposal},
			{Step: dropStep, Who: feature.Officer, Run: (*env).withdraw},
			{Step: sureStep, Who: feature.Officer, Run: (*env).withdraw},
			{Step: boardStep, Who: feature.HR, Run: (*env).board},
			{Step: trainingsStep, Who: feature.HR, Run: (*env).byTraining},
			{Step: unitsStep, Who: feature.HR, Run: (*env).byUnit},
			{Step: ofUnitStep, Who: feature.HR, Run: (*env).ofUnit},
			{Step: competencyStep, Who: feature.HR, Run: (*env).competency},
			{Step: sheetStep, Who: feature.HR, Run: (*env).sheet},
			{Step: calendarStep, Who: feature.HR, Run: (*env).calendar},
			{Step: partnerStep, Who: feature.HR, Run: (*env).partnerSheet},
			{Step: yearStep, Who: feature.HR, Run: (*env).yearPictures},
		},
		Files: []feature.File{
			{Kind: demandSheet, Name: "kebutuhan-dan-usulan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).draw(ctx, data, at(p).pages)
			}},
			{Kind: calendarSheet, Name: "kalender-pelatihan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).draw(ctx, data, at(p).calendarPages)
			}},
			{Kind: partnerSheet, Name: "kebutuhan-untuk-mitra.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).draw(ctx, data, at(p).partnerPages)
			}},
			{Kind: yearPicture, Name: "kalender.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.YearChart](data)
			}},
		},
		Copy: []feature.CopyPart{{Key: "usulan_unit", Read: func(ctx context.Context, tx feature.Tx, chat int64) (json.RawMessage, error) {
			return tx.(Tx).CopyProposals(ctx, chat)
		}}},
		Links: []feature.Link{{To: feature.ToPartnerSheet, Open: feature.Opens(partnerStep)}, {To: feature.ToDemand, Open: func(int64) dialog.Action {
			return dialog.Action{Flow: feature.MenuFlow, Step: boardStep, Value: fresh, Verb: dialog.Resume}
		}}},
		Hooks: feature.Hooks[*env]{Unit: func(e *env, _ context.Context) (string, []dialog.Button, error) {
			return "", []dialog.Button{{Label: e.Label("proposals"), Action: e.MenuAction(listStep, 0)}}, nil
		}},
	})
}
