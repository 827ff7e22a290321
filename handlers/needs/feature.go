// Package needs is where the personnel office reads what the answers of a closed period say
// (analisis kebutuhan pengembangan kompetensi): the map of units by competencies, one unit,
// one competency, and which trainings develop it.
package needs

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
)

// The buttons of the room.
const (
	mapStep        = "peta"        // the map; the ref is the unit above, the value the pages
	unitStep       = "petaunit"    // one unit, which is the ref; the value ownStaff: without what is below it
	competencyStep = "petakomp"    // one competency, which is the value
	trainingsStep  = "petalatih"   // what develops the competency that is the value
	importanceStep = "petapenting" // says how much the competency that is the value counts; the ref is it and one, 0 = ask
	sheetStep      = "petaxlsx"
	pageStep       = "petalembar"
)

// The kinds of files of the room.
const (
	mapPage     = "needs-page"
	mapPicture  = "needs"
	mapSheet    = "needs-xlsx"
	peopleSheet = "needs-people-xlsx"
)

// Feature is the analysis of needs.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name:          "needs",
		Conversations: []feature.Conversation[*env]{{Name: peopleFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).peopleForm() }, Transcript: "laporan"}},
		Commands:      []feature.Command[*env]{{Name: "laporan", Aliases: []string{"akpk"}, Place: 97, Who: feature.HR, Run: (*env).open, Transcript: "laporan"}},
		Menu:          []feature.MenuLine{{Row: 8, Column: 1, Label: "needs", Opens: "laporan"}},
		Buttons: []feature.Button[*env]{
			{Step: mapStep, Who: feature.HR, Run: (*env).heat},
			{Step: unitStep, Who: feature.HR, Run: (*env).unit},
			{Step: competencyStep, Who: feature.HR, Run: (*env).competency},
			{Step: trainingsStep, Who: feature.HR, Run: (*env).trainings},
			{Step: importanceStep, Who: feature.HR, Run: (*env).importance},
			{Step: sheetStep, Who: feature.HR, Run: (*env).sheet},
			{Step: pageStep, Who: feature.HR, Run: (*env).page},
		},
		Links: []feature.Link{{To: feature.ToNeeds, Open: feature.Opens(mapStep)}},
		Files: []feature.File{
			{Kind: mapPicture, Name: "peta.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.HeatMap](data)
			}},
			{Kind: mapSheet, Name: "analisis-kebutuhan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawSheet(ctx, data)
			}},
			{Kind: mapPage, Name: "kebutuhan-satu-halaman.pdf", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawPage(ctx, data)
			}},
			{Kind: peopleSheet, Name: "kompetensi-pegawai.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawPeople(ctx, data)
			}},
		},
		Copy: []feature.CopyPart{{Key: "analisis_kebutuhan", Read: func(ctx context.Context, tx feature.Tx, chat int64) (json.RawMessage, error) {
			return tx.(Tx).CopyNeeds(ctx, chat)
		}}},
	})
}
