package storage

import (
	"context"
	"time"

	"bangkom/internal/followup"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
)

// Not those of the stand-in's official: who is asked is the superior of that day.
var teamFollowUps = `
	SELECT t.employee_id AS boss, count(*) AS n, min(t.due_at) AS until FROM task t JOIN follow_up f ON f.id = t.occasion_id
	WHERE t.employee_id = ANY($1) AND ` + isSuperiorFollowUp("t") + ` AND t.state IN ('open', 'started') AND t.due_at > $2 AND f.closed_at IS NULL
	GROUP BY t.employee_id`

// teamFollowUps adds about how many people each of the superiors is asked what they use of
// a training.
func (t *Tx) teamFollowUps(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss  int64     `db:"boss"`
		N     int       `db:"n"`
		Until time.Time `db:"until"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamFollowUps, ids, now); err != nil {
		return safe("count follow-ups", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Follow = summary.FollowUps{N: r.N, Until: r.Until}
		}
	}
	return nil
}

// All who read one of these pages see the same, so what one of them sees by name is taken
// out for all.
const rollupReaders = `SELECT DISTINCT employee_id FROM role_grant WHERE role = ANY($1) AND revoked_at IS NULL`

// officeFollowUps reads the groups of the last week and those of the month that ends at month.
func (t *Tx) officeFollowUps(ctx context.Context, now, month time.Time) (week, before []followup.Shown, err error) {
	var readers []int64
	roles := kindArray([]personnel.Role{personnel.RoleHR, personnel.RoleHead})
	if err := t.tx.SelectContext(ctx, &readers, rollupReaders, roles); err != nil {
		return nil, nil, safe("read who gets roll-ups", err)
	}
	if week, err = t.FollowUpGroups(ctx, now.Add(-summary.Week), now, readers); err != nil {
		return nil, nil, err
	}
	before, err = t.FollowUpGroups(ctx, month.AddDate(0, -1, 0), month, readers)
	return week, before, err
}
