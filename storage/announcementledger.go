package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/outreach"
)

// silent is true for a row r of somebody who has asked for silence: it is told as one of
// those who are not reached, never alone.
const silent = `(r.state = 'held' AND r.reason = 'muted' OR r.state = 'unreachable' AND r.reason = 'muted')`

// shownState is the state of a row r as it may be told.
const shownState = `CASE WHEN ` + silent + ` THEN 'unreachable' ELSE r.state END`

// isRead and isReadOld are true for a row r whose person has read the newest version of the
// announcement a, or only an older one.
const (
	isRead    = `(r.read_at IS NOT NULL AND r.read_version >= a.version)`
	isReadOld = `(r.read_at IS NOT NULL AND r.read_version < a.version)`
)

const (
	countStates = `
		SELECT ` + shownState + ` AS state, count(*) AS n FROM announcement_recipient r WHERE r.announcement_id = $1 GROUP BY 1`
	countReasons = `
		SELECT COALESCE(r.reason, '') AS state, count(*) AS n FROM announcement_recipient r
		WHERE r.announcement_id = $1 AND r.state = 'failed' GROUP BY 1`
	countRest = `
		SELECT count(*) FILTER (WHERE ` + isRead + `) AS read, count(*) FILTER (WHERE ` + isReadOld + `) AS read_old,
		       count(*) FILTER (WHERE r.told_by IS NOT NULL) AS told,
		       count(*) FILTER (WHERE r.state = 'sent' AND r.version >= a.version) AS corrected,
		       count(*) FILTER (WHERE r.state = 'sent' AND r.version < a.version) AS uncorrected,
		       count(*) FILTER (WHERE r.patch_state = 'refused') AS refused,
		       count(*) FILTER (WHERE r.patch_state = 'queued') AS patching,
		       count(*) FILTER (WHERE ` + silent + `) AS silent,
		       count(*) FILTER (WHERE r.state = 'sent' AND a.ack AND NOT ` + isRead + ` AND r.told_by IS NULL AND r.reminded_at IS NULL AND NOT r.remind_due) AS remindable
		FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id WHERE r.announcement_id = $1`
)

// AnnouncementCounts counts the ledger; By adds up to Total.
func (t *Tx) AnnouncementCounts(ctx context.Context, id int64) (announcement.Counts, error) {
	out := announcement.Counts{By: map[announcement.Delivery]int{}, Failed: map[string]int{}}
	type group struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	var states, reasons []group
	if err := t.tx.SelectContext(ctx, &states, countStates, id); err != nil {
		return out, safe("count recipients", err)
	}
	for _, g := range states {
		out.By[announcement.Delivery(g.State)] = g.N
		out.Total += g.N
	}
	if err := t.tx.SelectContext(ctx, &reasons, countReasons, id); err != nil {
		return out, safe("count failures", err)
	}
	for _, g := range reasons {
		out.Failed[g.State] = g.N
	}
	var r struct {
		Read        int `db:"read"`
		ReadOld     int `db:"read_old"`
		Told        int `db:"told"`
		Corrected   int `db:"corrected"`
		Uncorrected int `db:"uncorrected"`
		Refused     int `db:"refused"`
		Patching    int `db:"patching"`
		Silent      int `db:"silent"`
		Remindable  int `db:"remindable"`
	}
	if err := t.one(ctx, &r, countRest, id); err != nil {
		return out, err
	}
	out.Read, out.ReadOld, out.ToldDirect, out.Corrected, out.Uncorrected = r.Read, r.ReadOld, r.Told, r.Corrected, r.Uncorrected
	out.Refused, out.Patching, out.Remindable = r.Refused, r.Patching, r.Remindable
	if r.Silent >= announcement.SilentAlone {
		out.Silent = r.Silent
	}
	return out, nil
}

// HeldToday is when the first recipient gets an announcement who has had the day's message
// already; zero = there is none who waits for that.
func (d *DB) HeldToday(ctx context.Context, now time.Time) (time.Time, error) {
	const query = `
		SELECT min(r.hold_until) FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
		WHERE a.state = 'sending' AND r.state = 'held' AND r.reason = $2 AND r.hold_until > $1`
	var at sql.NullTime
	if err := d.db.GetContext(ctx, &at, query, now, outreach.CapDay); err != nil {
		return time.Time{}, safe("who is held until tomorrow", err)
	}
	return at.Time, nil
}
