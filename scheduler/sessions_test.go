package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"
)

type gaps struct {
	lanes []int64
	err   error
	asked []time.Duration
}

func (g *gaps) AskAgain(_ context.Context, _ int64, _ time.Time, before time.Duration) ([]int64, error) {
	g.asked = append(g.asked, before)
	return g.lanes, g.err
}

func TestSessions(t *testing.T) {
	away := errors.New("away")
	tests := []struct {
		name  string
		hour  int
		lanes []int64
		err   error
		asks  bool
		woken []int64
	}{
		{"by day", 9, []int64{1, 2}, nil, true, []int64{1, 2}},
		{"nobody was interrupted", 9, nil, nil, true, nil},
		{"at night it waits", 21, []int64{1}, nil, false, nil},
		{"until six", 5, []int64{1}, nil, false, nil},
		{"from six on", 6, []int64{1}, nil, true, []int64{1}},
		{"the last minute of the day", 20, []int64{1}, nil, true, []int64{1}},
		{"the database is away", 9, nil, away, true, nil},
	}
	for _, tt := range tests {
		store := &gaps{lanes: tt.lanes, err: tt.err}
		var woken []int64
		j := Sessions{Store: store, BotID: 7, Wake: func(lanes []int64) { woken = append(woken, lanes...) }}
		err := j.run(t.Context(), time.Date(2027, 1, 11, tt.hour, 59, 0, 0, time.UTC), slog.New(slog.DiscardHandler))
		if !errors.Is(err, tt.err) || len(store.asked) > 0 != tt.asks || !slices.Equal(woken, tt.woken) {
			t.Errorf("%s: error %v, asked %v, woken %v; want %v, %t, %v", tt.name, err, store.asked, woken, tt.err, tt.asks, tt.woken)
		}
		if tt.asks && store.asked[0] != 30*time.Minute {
			t.Errorf("%s: those of the last %s are asked", tt.name, store.asked[0])
		}
	}
}
