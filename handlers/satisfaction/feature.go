// Package satisfaction is where the personnel office sees what citizens say of units (Survei
// Kepuasan Masyarakat), and whether a training may have moved it: which units should be
// helped, never a ranking, and comparisons that are named before their figures come in.
package satisfaction

import (
	"bytes"
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/report"
)

// nameFlow is the conversation that names a comparison.
const nameFlow = "lb"

// The buttons of the room.
const (
	boardStep   = "laypapan"   // the units in a period, whose key is the value; the ref is the page
	unitStep    = "layunit"    // one unit, which is the ref
	periodsStep = "layperiode" // the other periods
	listStep    = "laybanding" // the comparisons; the value is the page
	cardStep    = "laykartu"   // one comparison, which is the ref
	sampleStep  = "laycontoh"  // an empty spreadsheet
)

// The kinds of pictures and files of the room.
const (
	effectPicture = "effect"
	sampleFile    = "survey-template"
)

// Feature is the satisfaction of citizens.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "satisfaction",
		Conversations: []feature.Conversation[*env]{
			{Name: nameFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).nameForm() }, Transcript: "layanan"},
		},
		Commands: []feature.Command[*env]{{Name: "layanan", Aliases: []string{"skm"}, Place: 98, Who: feature.HR, Run: (*env).open, Transcript: "layanan"}},
		Menu:     []feature.MenuLine{{Row: 5, Column: 2, Label: "satisfaction", Opens: "layanan"}},
		Buttons: []feature.Button[*env]{
			{Step: boardStep, Who: feature.HR, Run: (*env).board},
			{Step: unitStep, Who: feature.HR, Run: (*env).unit},
			{Step: periodsStep, Who: feature.HR, Run: (*env).periods},
			{Step: listStep, Who: feature.HR, Run: (*env).list},
			{Step: cardStep, Who: feature.HR, Run: (*env).card},
			{Step: sampleStep, Who: feature.HR, Run: (*env).sample},
		},
		Files: []feature.File{
			{Kind: effectPicture, Name: "perbandingan.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.EffectChart](data)
			}},
			{Kind: sampleFile, Name: "contoh-survei.xlsx", Draw: func(*feature.Desk, context.Context, json.RawMessage) ([]byte, error) {
				var b bytes.Buffer
				_, err := intake.Template(&b, "surveys")
				return b.Bytes(), err
			}},
		},
	})
}
