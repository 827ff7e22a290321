// Package signoff is where what units need for a plan year is prepared by their officers,
// approved by their heads, and validated by the personnel office (pengesahan kebutuhan).
package signoff

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/summary"
)

// The conversations of the room.
const (
	openFlow    = "kw" // opens a round
	dueFlow     = "kx" // gives a round another last day; its ref is the year
	correctFlow = "ky" // moves a competency; its ref is the sign-off, as that of the others
	returnFlow  = "kz" // gives it back, with a reason
	scanFlow    = "kq" // attaches the signed paper
)

// The buttons of the room. The ref is the sign-off, the value the revision that is on show.
const (
	listStep     = "sahdaftar" // the ref is the year, 0 = the newest; the value the page
	cardStep     = "sahkartu"
	prepareStep  = "sahsiap"
	approveStep  = "sahsetuju"
	validateStep = "sahvalid"
	liftStep     = "sahinduk"
	scanStep     = "sahpindai"
	pdfStep      = "sahpdf"
)

// fresh is the value of the button that shows the list in a message of its own: the card
// with that button may be a picture.
const fresh = "baru"

const recapFile = "signoff-pdf"

// Feature is the sign-off.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "signoff",
		Conversations: []feature.Conversation[*env]{
			{Name: openFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).openForm() }, Transcript: "pengesahan"},
			{Name: dueFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).dueForm() }, Transcript: "pengesahan"},
			{Name: correctFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).correctForm() }, Transcript: "pengesahan"},
			{Name: returnFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).returnForm() }, Transcript: "pengesahan"},
			{Name: scanFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).scanForm() }, Transcript: "pengesahan"},
		},
		Buttons: []feature.Button[*env]{
			{Step: listStep, Run: (*env).list},
			{Step: cardStep, Run: (*env).card},
			{Step: prepareStep, Who: feature.LooksAfter, Run: does(needs.Prepare)},
			{Step: approveStep, Run: does(needs.Approve)}, // also for who stood in until now: they read why it is over
			{Step: validateStep, Who: feature.HR, Run: does(needs.Validate)},
			{Step: liftStep, Who: feature.HR, Run: does(needs.Lift)},
			{Step: scanStep, Run: (*env).seeScan},
			{Step: pdfStep, Run: (*env).recap},
			{Step: summary.SignStep, Who: feature.Supervises, Run: (*env).fromSummary},
		},
		Files: []feature.File{{Kind: recapFile, Name: "rekap-kebutuhan.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).draw(ctx, data)
		}}},
		Copy: []feature.CopyPart{{Key: "pengesahan_kebutuhan", Read: func(ctx context.Context, tx feature.Tx, chat int64) (json.RawMessage, error) {
			return tx.(Tx).CopySignoffs(ctx, chat)
		}}},
		Links: []feature.Link{{To: feature.ToSignoff, Open: func(year int64) dialog.Action {
			return dialog.Action{Flow: feature.MenuFlow, Step: listStep, Ref: year, Value: fresh, Verb: dialog.Resume}
		}}},
		Hooks: feature.Hooks[*env]{Owed: (*env).owed, Unit: (*env).unitLine, Office: (*env).officeLine},
	})
}
