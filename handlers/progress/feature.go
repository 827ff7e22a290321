// Package progress is where units stand in the open period: how many people have an
// account, are at it, have sent it and are rated, and who has not sent it.
package progress

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
)

// The buttons of the room.
const (
	boardStep = "kemajuan"
	namesStep = "belumisi"
	sheetStep = "kemajuanx"
)

// The kinds of files of the room.
const (
	boardPicture = "progress"
	boardSheet   = "progress-xlsx"
)

// Feature is where units stand in the open period.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "progress",
		Buttons: []feature.Button[*env]{
			{Step: boardStep, Who: feature.LooksAfter, Run: (*env).board},
			{Step: namesStep, Who: feature.LooksAfter, Run: (*env).names},
			{Step: sheetStep, Who: feature.LooksAfter, Run: (*env).sheet},
		},
		Files: []feature.File{
			{Kind: boardPicture, Name: "kemajuan.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
				return feature.DrawChart[report.UnitChart](data)
			}},
			{Kind: boardSheet, Name: "kemajuan.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawSheet(ctx, data)
			}},
		},
		Links: []feature.Link{{To: feature.ToProgress, Open: feature.Opens(boardStep)}},
		Hooks: feature.Hooks[*env]{Unit: func(e *env, _ context.Context) (string, []dialog.Button, error) {
			return "", []dialog.Button{e.Link(feature.ToProgress, "progress", 0)}, nil
		}},
	})
}
