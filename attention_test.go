package main

import (
	"context"
	"strings"
	"testing"

	"bangkom/internal/courier"
	"bangkom/storage"
)

func TestMuteAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	for id := int64(2); id < 8; id++ {
		for _, day := range []string{"2027-01-11 09:00", "2027-03-15 09:00"} {
			o.tx(func(ctx context.Context, tx *storage.Tx) error {
				return tx.SetWishes(ctx, id, courier.Wishes{MutedUntil: at(day).AddDate(0, 0, 7)}, at(day))
			})
		}
	}
	if got := o.rows(`SELECT DISTINCT at || ' ' || COALESCE(ended_at::text, 'open') FROM silence ORDER BY 1`); len(got) != 2 || strings.Contains(got[0], "open") {
		t.Errorf("silences: %v", got)
	}
	o.run(at("2027-03-15 10:10"), "unit-pauses")
	if n := o.count(`SELECT count(*) FROM unit_pause`); n != 1 {
		t.Errorf("6 of 10 muted this week: %d pauses, want 1", n)
	}
}
