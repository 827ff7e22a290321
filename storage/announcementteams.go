package storage

import (
	"context"
	"time"

	"bangkom/internal/summary"
)

// $3 is a day ago, $4 four weeks ago, $5 now. Who was told directly is not waited for.
var teamUnread = led + `
	SELECT l.boss, count(DISTINCT l.id) AS people, count(DISTINCT a.id) AS announcements
	FROM led l JOIN announcement_recipient r ON r.employee_id = l.id JOIN announcement a ON a.id = r.announcement_id
	WHERE a.state IN ('sending', 'done') AND a.withdrawn_at IS NULL AND a.started_at > $4 AND (a.expires_at IS NULL OR a.expires_at > $5)
	  AND r.state = 'sent' AND r.sent_at <= $3 AND r.told_at IS NULL AND ` + isUnread + `
	GROUP BY l.boss`

func (t *Tx) unread(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss          int64 `db:"boss"`
		People        int   `db:"people"`
		Announcements int   `db:"announcements"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamUnread, ids, now.Format(time.DateOnly), now.Add(-summary.ReadAfter), now.Add(-summary.ReadLooks), now); err != nil {
		return safe("count who has not read", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Unread = summary.Reading{People: r.People, Announcements: r.Announcements}
		}
	}
	return nil
}
