// Package resolve is where people write what they resolve to do with a training (niat), see
// it again thirty days later, and say whether it has happened. Nobody else has a way to it.
package resolve

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/resolve"
)

// The buttons of the room beside resolve.CardStep.
const (
	answerStep = "niatjawab"
	dropStep   = "niathapus"
	dropYes    = "niathapusya"
)

// Feature is the resolve of one's own.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "resolve",
		Conversations: []feature.Conversation[*env]{
			{Name: resolve.Flow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).form() }, Transcript: "niat"},
		},
		Commands: []feature.Command[*env]{{Name: "niat", Place: 48, Run: (*env).list, Transcript: "niat"}},
		Buttons: []feature.Button[*env]{
			{Step: resolve.CardStep, Run: (*env).card},
			{Step: answerStep, Run: (*env).answer},
			{Step: dropStep, Run: (*env).askDrop},
			{Step: dropYes, Run: (*env).drop},
		},
		Copy: []feature.CopyPart{{Key: "niat", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyResolves(ctx, chatID)
		}}},
	})
}
