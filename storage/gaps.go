package storage

import (
	"context"
	"time"
)

// longSilence is after how long without updates presses may have been lost:
// Telegram forgets one after 150 seconds, and the silence is known only to
// within the time between two signs of life.
const longSilence = 2 * time.Minute

const alive = `
	WITH before AS (
		SELECT at FROM bot_state WHERE name = 'alive' FOR UPDATE
	), stored AS (
		INSERT INTO bot_state (name, at) VALUES ('alive', $1)
		ON CONFLICT (name) DO UPDATE SET at = excluded.at
	)
	INSERT INTO gap (since, until)
	SELECT at, $1 FROM before WHERE at < $1::timestamptz - make_interval(secs => $2)`

// Alive notes that updates arrive at now. When that was last so more than two
// minutes ago, the time between is kept as a gap, by exactly one of the
// processes. A clock that was set back makes no gap.
func (d *DB) Alive(ctx context.Context, now time.Time) error {
	return d.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, alive, now, longSilence.Seconds())
		return safe("note a sign of life", err)
	})
}

const (
	holdAlive = `SELECT at FROM bot_state WHERE name = 'alive' FOR UPDATE`
	moveAlive = `UPDATE bot_state SET at = at + make_interval(secs => $1) WHERE name = 'alive'`
)

// Skip lets a clock that can be moved go ahead without making a gap: move moves it
// and returns by how much, while signs of life wait. It may be called again, and
// then returns the same.
func (d *DB) Skip(ctx context.Context, move func() time.Duration) error {
	return d.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, holdAlive); err != nil {
			return safe("move the last sign of life", err)
		}
		_, err := tx.tx.ExecContext(ctx, moveAlive, move().Seconds())
		return safe("move the last sign of life", err)
	})
}

// The question travels as an update of its own: it waits its turn behind what
// the person has sent meanwhile, and is decided once. Who did something after
// the gap is not interrupted in it.
const askAgain = `
	WITH open AS (
		SELECT id, since, until FROM gap WHERE asked_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED
	), closed AS (
		UPDATE gap SET asked_at = $2 FROM open WHERE gap.id = open.id
	), people AS (
		SELECT c.id, max(open.id) AS gap FROM open
		JOIN draft d ON d.touched_at BETWEEN open.since - make_interval(secs => $3) AND open.until
		JOIN chat c ON c.id = d.chat_id AND c.active_form = d.form AND c.active_ref = d.ref
		WHERE c.employee_id IS NOT NULL AND c.reachable
		GROUP BY c.id
	)
	INSERT INTO inbox (bot_id, update_id, lane, body)
	SELECT $1, -1 - (hashtextextended(format('again:%s:%s', gap, id), 0) & 9223372036854775806), id,
	       format('{"bangkom_again":{"chat":{"id":%s}}}', id)
	FROM people ON CONFLICT (bot_id, update_id) DO NOTHING`

// AskAgain lets everybody who was in the middle of a form, touched last in a
// gap or within the given time before it, be asked the present question again,
// once for each gap. It returns how many they are; none when no gap is open
// or another process is at it.
func (t *Tx) AskAgain(ctx context.Context, botID int64, now time.Time, before time.Duration) (people int, err error) {
	r, err := t.tx.ExecContext(ctx, askAgain, botID, now, before.Seconds())
	if err != nil {
		return 0, safe("ask again after a gap", err)
	}
	n, err := r.RowsAffected()
	return int(n), safe("ask again after a gap", err)
}
