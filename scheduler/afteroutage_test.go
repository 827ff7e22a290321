package scheduler

import (
	"context"
	"errors"
	"testing"
	"time"
)

type gaps struct {
	Tx
	people int
	err    error
	asked  []time.Duration
}

func (g *gaps) AskAgain(_ context.Context, _ int64, _ time.Time, before time.Duration) (int, error) {
	g.asked = append(g.asked, before)
	return g.people, g.err
}

func TestAfterOutage(t *testing.T) {
	away := errors.New("away")
	tests := []struct {
		name   string
		hour   int
		people int
		err    error
		asks   bool
		want   Result
	}{
		{"by day", 9, 2, nil, true, Result{Done: 2}},
		{"nobody was interrupted", 9, 0, nil, true, Result{}},
		{"at night it waits", 21, 1, nil, false, Result{}},
		{"until six", 5, 1, nil, false, Result{}},
		{"from six on", 6, 1, nil, true, Result{Done: 1}},
		{"the last minute of the day", 20, 1, nil, true, Result{Done: 1}},
		{"the database is away", 9, 1, away, true, Result{}},
	}
	for _, tt := range tests {
		tx := &gaps{people: tt.people, err: tt.err}
		got, err := AfterOutage(7).Run(t.Context(), tx, Slot{}, time.Date(2027, 1, 11, tt.hour, 59, 0, 0, time.UTC))
		if !errors.Is(err, tt.err) || len(tx.asked) > 0 != tt.asks || got != tt.want {
			t.Errorf("%s: %+v, %v, asked %v; want %+v, %v, %t", tt.name, got, err, tx.asked, tt.want, tt.err, tt.asks)
		}
		if tt.asks && tx.asked[0] != 30*time.Minute {
			t.Errorf("%s: those of the last %s are asked", tt.name, tx.asked[0])
		}
	}
	if _, err := AfterOutage(7).Run(t.Context(), nil, Slot{}, time.Now()); err == nil {
		t.Error("a store without AskAgain is no error")
	}
}
