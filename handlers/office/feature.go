// Package office is what officers of units and the personnel office look after.
package office

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// Feature is what officers of units and the personnel office look after.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "office",
		Conversations: []feature.Conversation[*env]{
			{Name: ticketFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).ticketForm() }, Transcript: "privasi"},
			{Name: answerFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).answerForm() }, Transcript: "kelola"},
			{Name: delegationFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).delegationForm() }, Transcript: "delegasi"},
			{Name: searchFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).searchForm() }, Transcript: "unit"},
			{Name: leaveFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).leaveForm() }, Transcript: "unit"},
			{Name: superiorFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).superiorForm() }, Transcript: "atasan"},
			{Name: extendFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).extendForm() }, Transcript: "perpanjang"},
			{Name: periodFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).periodForm() }, Transcript: "kelola"},
		},
		Commands: []feature.Command[*env]{
			{Name: "delegasi", Place: 70, Who: feature.Supervises, Run: (*env).delegations, Transcript: "delegasi"},
			{Name: "unit", Place: 80, Who: feature.Officer, Run: (*env).unitBoard, Transcript: "unit"},
			{Name: "kelola", Place: 100, Who: feature.HR, Run: (*env).manage, Transcript: "kelola"},
		},
		Buttons: officeButtons(),
		Menu: []feature.MenuLine{
			{Row: 3, Column: 2, Label: "delegations", Opens: "delegasi"},
			{Row: 5, Column: 1, Label: "unit", Opens: "unit"},
			{Row: 6, Column: 2, Label: "manage", Opens: "kelola"},
		},
		Files: []feature.File{{Kind: SlipsFile, Name: "lembar.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawSlips(ctx, data)
		}}},
		Copy: feature.OwnKeys("plt_plh", "tidak_bertugas", "permintaan"),
		Links: []feature.Link{
			{To: feature.ToCorrection, Open: ticketAbout(ticketCorrection)},
			{To: feature.ToTeamWrong, Open: ticketAbout(ticketTeam)},
			{To: feature.ToTickets, Open: feature.Opens("tiket")},
			{To: feature.ToCode, Open: func(person int64) dialog.Action {
				return dialog.Action{Flow: feature.MenuFlow, Step: "kode", Ref: person, Verb: dialog.Resume}
			}},
			{To: feature.ToChanges, Open: feature.Opens("ganti")},
			{To: feature.ToPerson, Open: feature.Opens("orang")},
			{To: feature.ToDesk, Open: feature.Opens(deskStep)},
		},
	})
}

func officeButtons() []feature.Button[*env] {
	return []feature.Button[*env]{
		{Step: deskStep, Who: feature.LooksAfter, Run: (*env).backToDesk},
		{Step: "belum", Who: feature.LooksAfter, Run: (*env).lacking},
		{Step: "orang", Who: feature.LooksAfter, Run: (*env).personCard},
		{Step: "kode", Who: feature.LooksAfter, Run: (*env).newCode},
		{Step: "copot", Who: feature.LooksAfter, Run: (*env).unlinkOther},
		{Step: "copotya", Who: feature.LooksAfter, Run: (*env).unlinkOther},
		{Step: "copotminta", Who: feature.LooksAfter, Run: (*env).unlinkOther},
		{Step: "tolakcopot", Run: (*env).objectUnlink},
		{Step: "copottdk", Who: feature.LooksAfter, Run: (*env).unlinkOther},
		{Step: "plt", Who: feature.LooksAfter, Run: (*env).waitingDelegations},
		{Step: "pltya", Who: feature.LooksAfter, Run: (*env).checkDelegation},
		{Step: "plttdk", Who: feature.LooksAfter, Run: (*env).checkDelegation},
		{Step: "pltnilai", Who: feature.Supervises, Run: (*env).delegateRating},
		{Step: "akhiri", Who: feature.Supervises, Run: (*env).endDelegation},
		{Step: "kelas", Who: feature.HR, Run: (*env).chooseClass},
		{Step: "kelasya", Who: feature.HR, Run: (*env).setClass},
		{Step: "mandiri", Who: feature.HR, Run: (*env).setSelfOnly},
		{Step: "ganti", Who: feature.HR, Run: (*env).waitingChanges},
		{Step: "gantiya", Who: feature.HR, Run: (*env).decideChange},
		{Step: "gantitdk", Who: feature.HR, Run: (*env).decideChange},
		{Step: "tiket", Who: feature.HR, Run: (*env).tickets},
		{Step: "tiketya", Who: feature.HR, Run: (*env).closeTicket},
		{Step: "hapusdata", Who: feature.HR, Run: (*env).eraseData},
		{Step: "hapusdataya", Who: feature.HR, Run: (*env).eraseData},
		{Step: "hapusdatatdk", Who: feature.HR, Run: (*env).closeTicket},
		{Step: "periode", Who: feature.HR, Run: (*env).periods},
		{Step: slipsStep, Who: feature.LooksAfter, Run: (*env).slips},
		{Step: slipUnitStep, Who: feature.LooksAfter, Run: (*env).slipCard},
		{Step: renewStep, Who: feature.LooksAfter, Run: (*env).slipCard},
		{Step: printStep, Who: feature.LooksAfter, Run: (*env).printSlips},
		{Step: reprintStep, Who: feature.LooksAfter, Run: (*env).printSlips},
		{Step: extendStep, Who: feature.HR, Run: (*env).extend},
		{Step: extendYesStep, Who: feature.HR, Run: (*env).extendYes},
		{Step: "tutup", Who: feature.HR, Run: (*env).closePeriod},
		{Step: "tutupya", Who: feature.HR, Run: (*env).closePeriod},
	}
}

// ticketAbout asks for a text about one matter.
func ticketAbout(matter int64) func(int64) dialog.Action {
	return func(int64) dialog.Action { return dialog.Action{Flow: ticketFlow, Ref: matter, Verb: dialog.Resume} }
}
