package satisfaction

import (
	"context"
	"time"

	"bangkom/internal/effect"
	"bangkom/internal/satisfaction"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	SurveyPeriods(ctx context.Context) ([]satisfaction.Period, error)
	SurveysIn(ctx context.Context, period string) ([]satisfaction.Survey, error)
	SurveysOfUnit(ctx context.Context, unit int64) ([]satisfaction.Survey, error)
	Comparisons(ctx context.Context) ([]effect.Named, error)
	Comparison(ctx context.Context, id int64) (effect.Named, error)
	NameComparison(ctx context.Context, n effect.Named, by int64, now time.Time) (id int64, fresh bool, err error)
	Outcome(ctx context.Context, n effect.Named, place *time.Location) (effect.Outcome, error)
	Programmes(ctx context.Context) ([]training.Programme, error)
	// Competencies are all of them, by code.
	Competencies(ctx context.Context) ([]training.Aim, error)
}
