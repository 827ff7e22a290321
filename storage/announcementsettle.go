package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/mailing"
)

const (
	// A row that its window has left behind, and one whose chat is somebody else's by now,
	// are decided about again. What the sender noted as "muted" was taken back when the
	// person asked for silence. A training that is over does not come back.
	settleMessages = `
		WITH done AS (
			SELECT r.employee_id, o.state, COALESCE(o.cause, '') AS cause, o.chat_id, o.message_id, o.version, a.state = 'cancelled' AS over,
			       a.expires_at <= $2 AS expired, n.action AS notice, n.at AS notice_at
			FROM outbox o JOIN announcement_recipient r ON r.announcement_id = o.announcement_id AND r.employee_id = o.recipient_id
			JOIN announcement a ON a.id = r.announcement_id
			LEFT JOIN notice n ON n.key = 'announcement:' || r.announcement_id || ':' || r.employee_id
			WHERE o.id = ANY($3) AND r.outbox_key = o.key AND r.state = 'queued'
		), judged AS (
			SELECT d.*, CASE
				WHEN d.state IN ('sent', 'unknown') THEN d.state
				WHEN d.state = 'failed' THEN CASE WHEN d.cause = 'forbidden' THEN 'unreachable' ELSE 'failed' END
				WHEN d.over OR d.cause IN ('cancelled', 'restored', 'over') THEN 'cancelled'
				WHEN d.cause = 'left' THEN 'left'
				WHEN d.cause IN ('forbidden', 'chat_not_found') THEN 'unreachable'
				WHEN d.expired THEN 'expired'
				WHEN d.cause = 'muted' THEN CASE WHEN d.notice = 'hold' THEN 'held' ELSE 'unreachable' END
				ELSE 'waiting' END AS becomes
			FROM done d
		)
		UPDATE announcement_recipient r SET state = j.becomes, reason = nullif(CASE WHEN j.becomes = 'waiting' THEN '' ELSE j.cause END, ''),
		       hold_until = CASE WHEN j.becomes = 'held' THEN j.notice_at END,
		       chat_id = CASE WHEN j.becomes = 'sent' THEN nullif(j.chat_id, 0) ELSE r.chat_id END,
		       message_id = CASE WHEN j.becomes = 'sent' THEN j.message_id ELSE r.message_id END,
		       sent_at = CASE WHEN j.becomes IN ('sent', 'unknown') THEN $2 ELSE r.sent_at END,
		       sent_version = CASE WHEN j.becomes IN ('sent', 'unknown') THEN j.version ELSE r.sent_version END,
		       version = CASE WHEN j.becomes IN ('sent', 'unknown') THEN j.version ELSE r.version END,
		       fact_due = j.becomes = 'sent' AND EXISTS (SELECT FROM announcement_version v
		           WHERE v.announcement_id = $1 AND v.kind = 'fact' AND v.version > j.version)
		FROM judged j WHERE r.announcement_id = $1 AND r.employee_id = j.employee_id`
	// An edit that a newer one has overtaken, or that would have changed nothing, is done. It
	// does not make up for a short reply that could not be queued.
	settlePatches = `
		WITH done AS (
			SELECT r.employee_id, o.state IN ('sent', 'superseded') AS ok, o.template = '` + announcement.DeleteTemplate + `' AS away, r.patch_cause = '` + mailing.InternalFault + `' AS untold, o.cause, o.version
			FROM outbox o JOIN announcement_recipient r ON r.announcement_id = o.announcement_id AND r.employee_id = o.recipient_id
			WHERE o.id = ANY($2) AND r.patch_key = o.key AND (r.patch_state = 'queued' OR r.patch_cause = '` + mailing.InternalFault + `')
		)
		UPDATE announcement_recipient r SET patch_state = CASE WHEN d.ok AND d.untold IS NOT TRUE THEN 'done' ELSE 'refused' END,
		       patch_cause = CASE WHEN d.untold THEN r.patch_cause WHEN NOT d.ok THEN d.cause END,
		       state = CASE WHEN d.ok AND d.away THEN 'withdrawn' ELSE r.state END,
		       version = CASE WHEN d.ok AND NOT d.away THEN greatest(r.version, d.version) ELSE r.version END
		FROM done d WHERE r.announcement_id = $1 AND r.employee_id = d.employee_id`
	// Which of them are settled is told by their numbers: others may end meanwhile.
	unsettledRows = `
		SELECT id, state = 'failed' AND cause = 'chat_not_found' AS lost FROM outbox
		WHERE announcement_id = $1 AND NOT settled AND state NOT IN ('new', 'sending') ORDER BY id LIMIT $2`
	rowsSettled = `UPDATE outbox SET settled = true WHERE id = ANY($1)`
)

// settledAtATime bounds one settling: what is left comes with the next.
const settledAtATime = 2000

// SettleAnnouncement takes over from the outbox what became of messages, edits and
// deletions.
func (t *Tx) SettleAnnouncement(ctx context.Context, id int64, now time.Time) (out mailing.Settled, err error) {
	var rows []struct {
		ID   int64 `db:"id"`
		Lost bool  `db:"lost"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unsettledRows, id, settledAtATime); err != nil || len(rows) == 0 {
		return out, safe("list what has ended", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		out.Lost = out.Lost || r.Lost
	}
	out.Rows = len(rows)
	if _, err := t.tx.ExecContext(ctx, settleMessages, id, now, pq.Array(ids)); err != nil {
		return out, safe("settle messages", err)
	}
	if _, err := t.tx.ExecContext(ctx, settlePatches, id, pq.Array(ids)); err != nil {
		return out, safe("settle edits", err)
	}
	_, err = t.tx.ExecContext(ctx, rowsSettled, pq.Array(ids))
	return out, safe("note what is settled", err)
}
