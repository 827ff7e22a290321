package bot

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/dialog"
)

// arriving is a processor whose Arrive does what a test wants.
type arriving func(ctx context.Context) (dialog.Stored, error)

// Arrive does what the test wants.
func (a arriving) Arrive(ctx context.Context, _ []dialog.RawUpdate, _ int) (dialog.Stored, error) {
	return a(ctx)
}

// Whatever becomes of deciding updates as they are stored, they are stored: also when a
// decision waits for somebody who holds what it needs.
func TestStoredWhateverBecomesOfDeciding(t *testing.T) {
	for name, arrive := range map[string]arriving{
		"it waits": func(ctx context.Context) (dialog.Stored, error) {
			<-ctx.Done()
			return dialog.Stored{}, ctx.Err()
		},
		"it fails":        func(context.Context) (dialog.Stored, error) { return dialog.Stored{}, errors.New("a statement") },
		"it panics":       func(context.Context) (dialog.Stored, error) { panic("an update") },
		"nothing's plain": func(context.Context) (dialog.Stored, error) { return dialog.Stored{Alone: []int64{7}}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := (&logged{}).logger()
			inbox := newMemory()
			lanes := NewLanes(LanesConfig{Inbox: inbox, Workers: 1, Known: 10, Log: log})
			in := &intake{inbox: inbox, lanes: lanes, botID: 1, many: arrive, most: 32, mayDecide: func() bool { return true }, log: log}
			call, cancel := context.WithTimeout(t.Context(), gatherTime)
			defer cancel()
			fresh, err := in.store(call, []arrival{{row: dialog.RawUpdate{ID: 5, Lane: 7, Body: "{}"}, at: time.Now()}})
			if call.Err() != nil {
				t.Error("no time is left to store them")
			}
			if err != nil || !fresh || len(lanes.lanes) != 1 {
				t.Errorf("fresh %v, %d lanes have something to do, error %v", fresh, len(lanes.lanes), err)
			}
		})
	}
}
