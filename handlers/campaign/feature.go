// Package campaign is where the personnel office invites people in its own words (ajakan) to do
// what is open: it chooses from the patterns of persuasion, reads what each stage will read,
// and learns afterwards how many did it, with and without the words.
package campaign

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// The buttons of the room; their refs are campaigns.
const (
	listStep = "ajakan"
	cardStep = "ajakansatu"
	stopStep = "ajakanhenti"
	stopYes  = "ajakanhentiya"
)

// Feature is the campaigns of the personnel office.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "campaign",
		Buttons: []feature.Button[*env]{
			{Step: listStep, Who: feature.HR, Run: (*env).list},
			{Step: cardStep, Who: feature.HR, Run: (*env).card},
			{Step: stopStep, Who: feature.HR, Run: (*env).stop},
			{Step: stopYes, Who: feature.HR, Run: (*env).stop},
		},
		Copy: []feature.CopyPart{{Key: "ajakan", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyCampaigns(ctx, chatID)
		}}},
		Conversations: []feature.Conversation[*env]{
			{Name: startFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).startForm() }, Transcript: "ajakan", Interrupted: feature.Kept},
		},
		Links: []feature.Link{{To: feature.ToCampaigns, Open: feature.Opens(listStep)}},
	})
}
