// Package imports brings spreadsheets in that come through the chat.
package imports

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
)

// Feature brings spreadsheets in that come through the chat.
func Feature() feature.Feature[*feature.Env] {
	list := func(kind, word string) feature.Import {
		return feature.Import{Kind: kind, Word: word, Preview: "import.preview_list", Applied: "import.applied_list"}
	}
	beside := func(kind, word string) feature.Import { // changes nothing of the register itself
		return feature.Import{Kind: kind, Word: word, Preview: "import.preview_beside", Applied: "import.applied_beside"}
	}
	return feature.Bind(on, feature.Feature[*env]{
		Name:     "imports",
		Commands: []feature.Command[*env]{{Name: "impor", Place: 90, Who: feature.HR, Run: (*env).importHelp, Transcript: "impor"}},
		Buttons: []feature.Button[*env]{
			{Step: "terapkan", Who: feature.HR, Run: (*env).applyUpload},
			{Step: refusedNIPs, Who: feature.HR, Run: (*env).sendRefused},
			{Step: refusedRows, Who: feature.HR, Run: (*env).sendRefused},
			{Step: "lihatatasan", Who: feature.HR, Run: (*env).sendSuperiors},
			{Step: "lihatterdampak", Who: feature.HR, Run: (*env).sendLosses},
			{Step: "batalimpor", Who: feature.HR, Run: (*env).cancelUpload},
		},
		Menu: []feature.MenuLine{{Row: 6, Column: 1, Label: "import", Opens: "impor"}},
		Imports: []feature.Import{
			{Kind: "employees", Word: "import.employees", Preview: "import.preview", Applied: "import.applied"},
			list("standards", "import.standards"), list("positions", "import.positions"), list("superiors", "import.superiors"), beside("delegations", "import.delegations"),
			beside("leave", "import.leave"), beside("holidays", "import.holidays"), beside("weeks", "import.weeks"),
			beside("competencies", "import.competencies"), beside("partners", "import.partners"), beside("offers", "import.offers"), beside("trainings", "import.trainings"),
			beside("participants", "import.participants"), beside("surveys", "import.surveys"), beside("proposals", "import.proposals"),
		},
		Links: []feature.Link{{To: feature.ToApplyUpload, Open: feature.Opens("terapkan")}},
		Copy:  feature.OwnKeys("berkas_impor"),
		Files: []feature.File{
			{Kind: TemplateFile, Name: "contoh.xlsx", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return drawEmpty(data)
			}},
			{Kind: RefusedFile, Name: "ditolak.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawRefused(ctx, data)
			}},
			{Kind: SuperiorsFile, Name: "atasan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawSuperiors(ctx, data)
			}},
			{Kind: LossesFile, Name: "terdampak.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawLosses(ctx, data)
			}},
		},
		Hooks: feature.Hooks[*env]{Media: (*env).media, Work: func(p *feature.Desk, ctx context.Context) (bool, error) { return at(p).nextUpload(ctx) }},
	})
}
