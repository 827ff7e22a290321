// Package planning is where the personnel office prepares trainings: programmes, batches,
// their committee; what changes, moves, is copied or cancelled.
package planning

import (
	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// The conversations of the room.
const (
	programmeFlow = "pg" // a new programme
	editFlow      = "pv" // changes a programme, which is its ref
	batchFlow     = "pb" // a new batch; its ref is the programme
	changeFlow    = "pu" // changes a batch, which is its ref
	copyFlow      = "ps" // copies a batch to another day
	cancelFlow    = "px" // cancels a batch
	nameFlow      = "pp" // names somebody for the committee of a batch
)

// The buttons of the room. Their ref is a batch unless it says otherwise.
const (
	listStep       = "angkatan"     // all batches; the value is the page
	cardStep       = "angkatkartu"  // one batch; "rencana" on old cards, which opens the own plan now
	openStep       = "buka"         // shows it to everybody; the value is its revision
	programmesStep = "program"      // all programmes; the value is the page
	programmeStep  = "prog"         // one programme, which is the ref
	committeeStep  = "timpan"       // the committee
	dropStep       = "timlepas"     // takes somebody out of it; the value is the person
	needStep       = "rencanakan"   // plans a batch of the programme that is the ref; the value is the competency that is needed
	offerStep      = "rencanatawar" // plans a batch from the offer that is the ref; the value is a programme that was made for it
	discardStep    = "hapusp"       // with the name of a conversation behind it: throws its draft away, which is the ref
)

// Feature is the preparation of trainings.
func Feature() feature.Feature[*feature.Env] {
	form := func(name string, make func(*desk) dialog.Flow[*env]) feature.Conversation[*env] {
		return feature.Conversation[*env]{Name: name, Form: func(p *feature.Desk) dialog.Flow[*env] { return make(at(p)) }, Transcript: "pelatihan-kelola"}
	}
	kept := func(c feature.Conversation[*env], note string) feature.Conversation[*env] {
		c.Interrupted, c.Discard = feature.Kept, discardStep+c.Name
		c.Note = func(e *env, _ dialog.Record) dialog.Reply { return dialog.Reply{Template: note, Text: e.T(note, nil)} }
		return c
	}
	return feature.Bind(on, feature.Feature[*env]{
		Name: "planning",
		Conversations: []feature.Conversation[*env]{
			kept(form(programmeFlow, func(p *desk) dialog.Flow[*env] { return p.programmeForm() }), "plan.kept_programme"),
			kept(form(editFlow, func(p *desk) dialog.Flow[*env] { return p.editForm() }), "plan.kept_edit"),
			kept(form(batchFlow, func(p *desk) dialog.Flow[*env] { return p.batchForm() }), "plan.kept"),
			kept(form(changeFlow, func(p *desk) dialog.Flow[*env] { return p.changeForm() }), "plan.kept_change"),
			form(copyFlow, func(p *desk) dialog.Flow[*env] { return p.copyForm() }),
			form(cancelFlow, func(p *desk) dialog.Flow[*env] { return p.cancelForm() }),
			form(nameFlow, func(p *desk) dialog.Flow[*env] { return p.nameForm() }),
		},
		Buttons: []feature.Button[*env]{
			{Step: listStep, Who: feature.HR, Run: (*env).batches},
			{Step: cardStep, Who: feature.HR, Run: (*env).batch},
			{Step: openStep, Who: feature.HR, Run: (*env).open},
			{Step: programmesStep, Who: feature.HR, Run: (*env).programmes},
			{Step: programmeStep, Who: feature.HR, Run: (*env).programme},
			{Step: committeeStep, Who: feature.HR, Run: (*env).committee},
			{Step: dropStep, Who: feature.HR, Run: (*env).drop},
			{Step: needStep, Who: feature.HR, Run: (*env).planNeed},
			{Step: offerStep, Who: feature.HR, Run: (*env).planOffer},
			{Step: discardStep + programmeFlow, Who: feature.HR, Run: (*env).discard},
			{Step: discardStep + editFlow, Who: feature.HR, Run: (*env).discard},
			{Step: discardStep + batchFlow, Who: feature.HR, Run: (*env).discard},
			{Step: discardStep + changeFlow, Who: feature.HR, Run: (*env).discard},
		},
		Links: []feature.Link{{To: feature.ToTrainings, Open: feature.Opens(listStep)}, {To: feature.ToProgramme, Open: feature.Opens(programmeStep)}, {To: feature.ToPlan, Open: feature.Opens(needStep)}, {To: feature.ToOffer, Open: feature.Opens(offerStep)}},
		Hooks: feature.Hooks[*env]{Office: (*env).officeLine},
	})
}
