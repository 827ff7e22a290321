package sample

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"bangkom/storage/pg"
)

// What follows prepares and reads what the drill of announcements is about.

const (
	// Nothing near now is a day off, and the years are known: a dozen days off lie half a
	// year away.
	noDaysOff = `
		INSERT INTO holiday (on_date, name, kind) SELECT $1::date + i, 'Uji', 'workday' FROM generate_series(-10, 10) i
		ON CONFLICT (on_date) DO UPDATE SET kind = excluded.kind`
	knownYears = `
		INSERT INTO holiday (on_date, name, kind)
		SELECT make_date(y::int, CASE WHEN extract(month FROM $1::date) BETWEEN 4 AND 9 THEN 12 ELSE 6 END, i), 'Uji', 'national'
		FROM generate_series(extract(year FROM $1::date)::int - 1, extract(year FROM $1::date)::int + 1) y, generate_series(1, 12) i
		ON CONFLICT (on_date) DO NOTHING`
	workDaily = `
		INSERT INTO unit_week (unit_id, days, from_min, to_min) SELECT id, 127, 360, 1260 FROM unit
		ON CONFLICT (unit_id) DO UPDATE SET days = excluded.days, from_min = excluded.from_min, to_min = excluded.to_min`
)

// WorkDaily makes every day around now a day of work from 6 to 21.
func (d *DB) WorkDaily(ctx context.Context, now time.Time) error {
	return d.fill(ctx, "let everybody work daily", []filling{{noDaysOff, []any{now}}, {knownYears, []any{now}}, {workDaily, nil}})
}

// The first half of the people is left alone: they may come and answer.
const (
	someSilent = `
		INSERT INTO attention (employee_id, muted_until, mute_all, changed_at)
		SELECT employee_id, $1::timestamptz + interval '2 days', true, $1 FROM chat
		WHERE id % 50 = 7 AND id > (SELECT (min(id) + max(id)) / 2 FROM chat)`
	someUnlinked = `DELETE FROM chat WHERE id % 50 = 17 AND id > (SELECT (min(id) + max(id)) / 2 FROM chat)`
)

// Scatter takes one of a hundred people's account away, and makes one silent, all of them
// in the second half.
func (d *DB) Scatter(ctx context.Context, now time.Time) error {
	return d.fill(ctx, "scatter people", []filling{{someSilent, []any{now}}, {someUnlinked, nil}})
}

const unfinished = `
	SELECT (SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1
	        AND (state IN ('waiting', 'queued') OR patch_state = 'queued' OR fact_due))
	     + (SELECT count(*) FROM outbox WHERE announcement_id = $1 AND (state IN ('new', 'sending') OR NOT settled))`

// Unfinished counts what is still to be decided, sent or edited of an announcement.
func (d *DB) Unfinished(ctx context.Context, id int64) (n int, err error) {
	err = d.inTx(ctx, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &n, unfinished, id) })
	return n, pg.Safe("count what is not finished", err)
}

// Receipt is a row of the ledger of an announcement.
type Receipt struct {
	Chat    int64  `db:"chat"` // of the person now; 0 = none
	State   string `db:"state"`
	Message int    `db:"message"` // 0 = none is known
	Version int    `db:"version"` // that the message shows; 0 = none is known
}

const receipts = `
	SELECT COALESCE(c.id, 0) AS chat, r.state, COALESCE(r.message_id, 0) AS message, COALESCE(r.version, 0) AS version
	FROM announcement_recipient r LEFT JOIN chat c ON c.employee_id = r.employee_id
	WHERE r.announcement_id = $1 ORDER BY r.employee_id`

// Receipts is the ledger of an announcement, in the order of the register.
func (d *DB) Receipts(ctx context.Context, id int64) (list []Receipt, err error) {
	err = d.inTx(ctx, func(tx *sqlx.Tx) error {
		list = list[:0]
		return tx.SelectContext(ctx, &list, receipts, id)
	})
	return list, pg.Safe("read the ledger", err)
}
