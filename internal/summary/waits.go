package summary

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
)

// Waits tells, of some people at a time, whose summary of this week goes before
// anything else that gathers matters: it is planned for today or was planned
// earlier, and is not decided yet. Two jobs have their turn at the same hour, and
// without this the one that came first would have the only message of the day.
func (m *Mailer) Waits(ctx context.Context, tx Tx, now time.Time) (reminder.Later, error) {
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
		preferences := make(map[int64]Preference, len(list))
		for _, s := range list {
			if s.Waits {
				preferences[s.Person.ID] = s.Preference
			}
		}
		return func(id int64, diary outreach.Diary) bool {
			preference, ok := preferences[id]
			if !ok {
				return false
			}
			at, ok := preference.At(gate.Calendar, today.Monday(), gate.Rules.Hours.Weekly, diary)
			return ok && gate.Calendar.Day(at) <= today
		}, nil
	}, nil
}
