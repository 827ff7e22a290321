package summary

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
)

// Waits tells, of some people at a time, of whom this week's summary goes before
// anything else that gathers matters: it is planned for today or was planned
// earlier, and nothing has been decided about it. Two jobs have their turn at the
// same hour, and whichever came first would have the only message of the day.
func (m *Mailer) Waits(ctx context.Context, tx Tx, now time.Time) (courier.Later, error) {
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("summaries: %w", err)
	}
	today := gate.Calendar.Day(now)
	return func(ids []int64) (func(int64, outreach.Diary) bool, error) {
		list, err := tx.SuperiorsOf(ctx, ":"+today.Monday().String(), now, ids)
		if err != nil {
			return nil, fmt.Errorf("summaries: %w", err)
		}
		wishes := make(map[int64]Wish, len(list))
		for _, s := range list {
			if s.Waits {
				wishes[s.Person.ID] = s.Wish
			}
		}
		return func(id int64, diary outreach.Diary) bool {
			wish, ok := wishes[id]
			if !ok {
				return false
			}
			at, ok := wish.At(gate.Calendar, today.Monday(), gate.Rules.Hours.Weekly, diary)
			return ok && gate.Calendar.Day(at) <= today
		}, nil
	}, nil
}
