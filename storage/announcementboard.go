package storage

import (
	"context"
	"time"

	"bangkom/internal/announcement"
)

// $1 is a week ago, $2 a day ago, $3 three days ago.
const announcementBoard = `
	SELECT l.failed, l.unknown,
	       (SELECT count(*) FROM announcement a WHERE a.state = 'asked' AND a.asked_at <= $2
	           OR a.state = 'approved' AND COALESCE(a.send_at, a.approved_at) <= $2
	           OR a.state = 'paused' AND a.changed_at <= $2) AS overdue,
	       (SELECT count(*) FROM announcement_question q WHERE q.answered_at IS NULL AND q.asked_at <= $3) AS questions
	FROM (SELECT count(*) FILTER (WHERE r.state = 'failed') AS failed, count(*) FILTER (WHERE r.state = 'unknown') AS unknown
	      FROM announcement a JOIN announcement_recipient r ON r.announcement_id = a.id
	      WHERE a.started_at > $1 AND r.state IN ('failed', 'unknown')) l`

// AnnouncementBoard counts what the personnel office should look at.
func (t *Tx) AnnouncementBoard(ctx context.Context, now time.Time) (announcement.Board, error) {
	var r struct {
		Failed    int `db:"failed"`
		Unknown   int `db:"unknown"`
		Overdue   int `db:"overdue"`
		Questions int `db:"questions"`
	}
	err := t.tx.GetContext(ctx, &r, announcementBoard, now.Add(-announcement.BoardLooksBack), now.Add(-announcement.Overdue), now.Add(-announcement.OverdueQuestion))
	return announcement.Board{Failed: r.Failed, Unknown: r.Unknown, Overdue: r.Overdue, Questions: r.Questions}, safe("count what stands still", err)
}
