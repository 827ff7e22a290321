// Package standards is what positions require: where each level of a person comes from,
// and the positions of which no technical competency is required.
package standards

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
)

// The buttons of the room.
const (
	personStep = "standar"
	bareStep   = "tanpateknis"
	sheetStep  = "tanpateknisx"
)

// bareSheet is the kind of file with the positions that have no technical standard.
const bareSheet = "standards-xlsx"

// Feature is what positions require.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "standards",
		Buttons: []feature.Button[*env]{
			{Step: personStep, Who: feature.LooksAfter, Run: (*env).person},
			{Step: bareStep, Who: feature.HR, Run: (*env).bare},
			{Step: sheetStep, Who: feature.HR, Run: (*env).sheet},
		},
		Files: []feature.File{{Kind: bareSheet, Name: "standar.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawSheet(ctx, data)
		}}},
		Links:  []feature.Link{{To: feature.ToStandards, Open: feature.Opens(bareStep)}},
		Person: []feature.PersonButtons[*env]{{Place: feature.BelowAccount, Rows: (*env).personButtons}},
	})
}
