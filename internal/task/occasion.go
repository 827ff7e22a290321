package task

import (
	"slices"
	"time"
)

// OccasionKind is what sort of occasion owes tasks.
type OccasionKind string

// The kinds of occasions.
const (
	Period OccasionKind = "period" // a round of assessments (periode penilaian)
	Batch  OccasionKind = "batch"  // one time that a training is held (angkatan)
	// AfterBatch is one day after a batch on which its use at work is asked about.
	AfterBatch OccasionKind = "follow_up"
	OfSurvey   OccasionKind = "survey" // what the personnel office asks of its own accord (survei)
)

// occasionKinds are the kinds of occasions that exist.
var occasionKinds = []OccasionKind{Period, Batch, AfterBatch, OfSurvey}

// Known tells whether there are occasions of this kind.
func (k OccasionKind) Known() bool { return slices.Contains(occasionKinds, k) }

// Occasion is what a task belongs to: an assessment period, or whatever else may
// owe something. Ids are unique over all kinds.
type Occasion struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Closed bool   `json:"closed"` // nothing of it can be done or changed any more
	// ClosedAt is when it was closed, which may be before anything of it was due; zero
	// while it is open.
	ClosedAt time.Time `json:"closed_at"`
}
