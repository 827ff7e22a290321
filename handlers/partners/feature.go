// Package partners is where the personnel office sees how far needs are covered by what
// partners offer, what is planned and what was held (cakupan kebutuhan), looks after
// partners and their offers, and takes the agency's plan for the budget (HCDP).
package partners

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// The buttons of the room.
const (
	coverStep      = "cakupan"      // the coverage of a year, which is the ref; 0 = this one
	competencyStep = "cakupankomp"  // one competency, which is the value; the ref is the year
	sheetStep      = "cakupanxlsx"  // the coverage as a spreadsheet; the ref is the year, as for the plan
	planSheetStep  = "hcdpxlsx"     // the agency's plan
	planPageStep   = "hcdppdf"      // the same on paper
	offerStep      = "tawaran"      // one offer, which is the ref
	dropStep       = "tawarantarik" // takes it back, once it was asked whether to
	sureStep       = "tawaranya"
	partnersStep   = "mitra"      // all partners; the value is the page
	partnerStep    = "mitrakartu" // one partner, which is the ref
	removeStep     = "mitralepas" // nothing new is planned with it, once it was asked whether to
	removeSureStep = "mitralepasya"
	restoreStep    = "mitrapakai" // something is planned with it again
)

// fresh is the value of a button whose card may be a picture or a file: what it shows gets a
// message of its own.
const fresh = "baru"

// The kinds of files of the room.
const (
	coverSheet = "coverage-xlsx"
	planSheet  = "plan-xlsx"
	planPage   = "plan-pdf"
)

// Feature is the coverage of needs, partners and what they offer.
func Feature() feature.Feature[*feature.Env] {
	file := func(kind, name string, draw func(*desk, context.Context, json.RawMessage) ([]byte, error)) feature.File {
		return feature.File{Kind: kind, Name: name, Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return draw(at(p), ctx, data)
		}}
	}
	return feature.Bind(on, feature.Feature[*env]{
		Name: "partners",
		Buttons: []feature.Button[*env]{
			{Step: coverStep, Who: feature.HR, Run: (*env).cover},
			{Step: competencyStep, Who: feature.HR, Run: (*env).competency},
			{Step: sheetStep, Who: feature.HR, Run: (*env).file},
			{Step: planSheetStep, Who: feature.HR, Run: (*env).file},
			{Step: planPageStep, Who: feature.HR, Run: (*env).file},
			{Step: offerStep, Who: feature.HR, Run: (*env).offer},
			{Step: dropStep, Who: feature.HR, Run: (*env).withdraw},
			{Step: sureStep, Who: feature.HR, Run: (*env).withdraw},
			{Step: partnersStep, Who: feature.HR, Run: (*env).partners},
			{Step: partnerStep, Who: feature.HR, Run: (*env).partner},
			{Step: removeStep, Who: feature.HR, Run: (*env).remove},
			{Step: removeSureStep, Who: feature.HR, Run: (*env).remove},
			{Step: restoreStep, Who: feature.HR, Run: (*env).remove},
		},
		Files: []feature.File{
			file(coverSheet, "cakupan-kebutuhan.xlsx", (*desk).drawCover),
			file(planSheet, "rencana-pengembangan.xlsx", (*desk).drawPlanSheet),
			file(planPage, "rencana-pengembangan.pdf", (*desk).drawPlanPage),
		},
		Links: []feature.Link{{To: feature.ToCoverage, Open: feature.Opens(coverStep)}, {To: feature.ToPartners, Open: feature.Opens(partnersStep)}},
		Hooks: feature.Hooks[*env]{Office: (*env).officeLine},
	})
}

// officeLine is what /kelola says of agreements that are over or end soon; "" = none.
func (e *env) officeLine(ctx context.Context) (string, error) {
	list, err := e.tx.Partners(ctx)
	if err != nil {
		return "", err
	}
	over, soon := 0, 0
	today := e.desk().Today()
	for _, p := range list {
		switch {
		case p.Removed || p.Until.IsZero():
		case p.Ended(today):
			over++
		case p.DaysLeft(today) <= training.AgreementSoon:
			soon++
		}
	}
	if over+soon == 0 {
		return "", nil
	}
	return e.T("partner.office", text.Args{"lewat": over, "segera": soon}), nil
}
