package followup

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	feature.Holders
	StartTask(ctx context.Context, id int64, now time.Time) error
	MyFollowUps(ctx context.Context, employee int64, now time.Time) ([]followup.Own, error)
	OwnFollowUp(ctx context.Context, taskID, employee int64) (followup.Own, error)
	RatedFollowUps(ctx context.Context, superior, followUp int64, now time.Time) ([]followup.Rated, error)
	SendFollowUp(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) (followup.Sent, error)
	FollowUpPair(ctx context.Context, taskID, viewer int64, now time.Time) (followup.Both, error)
	ShareFollowUp(ctx context.Context, taskID, subject int64, now time.Time) (superior int64, err error)
	FollowUpGroups(ctx context.Context, from, until time.Time, readers []int64) ([]followup.Shown, error)
	RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error
	FollowUpForms(ctx context.Context) (own, superior questionnaire.Definition, err error)
	PublishedResults(ctx context.Context, from, until time.Time) ([]evaluation.Shown, error)
	CopyFollowUps(ctx context.Context, chatID int64) (json.RawMessage, error)
}
