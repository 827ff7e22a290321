package campaign

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/persuasion"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Choosable(ctx context.Context, now time.Time) ([]persuasion.Choosable, error)
	StartCampaign(ctx context.Context, c persuasion.Campaign) (int64, error)
	StopCampaign(ctx context.Context, id, by int64, now time.Time) error
	Campaigns(ctx context.Context) ([]persuasion.Campaign, error)
	CampaignByID(ctx context.Context, id int64) (persuasion.Campaign, error)
	CopyCampaigns(ctx context.Context, chatID int64) (json.RawMessage, error)
}
