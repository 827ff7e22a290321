package storage

import (
	"context"
	"time"
)

// longSilence is how long nothing may come before presses may have been lost:
// Telegram forgets a press after 150 seconds, and how long the silence was is
// known only to within the time between two signs of life.
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

// Alive notes that updates arrive at now. If the last time was more than two
// minutes ago, the time between is kept as an outage, by exactly one of the
// processes. A clock that was set back makes no outage.
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

// Skip lets a clock that can be moved go ahead without making an outage: move
// moves it and returns by how much, while signs of life wait. It may be called
// again, and then returns the same.
func (d *DB) Skip(ctx context.Context, move func() time.Duration) error {
	return d.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, holdAlive); err != nil {
			return safe("move the last sign of life", err)
		}
		_, err := tx.tx.ExecContext(ctx, moveAlive, move().Seconds())
		return safe("move the last sign of life", err)
	})
}

// The question is put as an update of the bot's own: it waits its turn behind
// what the person has sent meanwhile, and is decided once. Somebody who has done
// something since the outage is asked nothing.
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

// AskAgain has everybody asked the present question again who was in the middle
// of a form and touched it last during an outage, or within the given time before
// it; once for each outage. It returns how many they are: none when there was no
// outage, or when another process is doing it.
func (t *Tx) AskAgain(ctx context.Context, botID int64, now time.Time, before time.Duration) (people int, err error) {
	r, err := t.tx.ExecContext(ctx, askAgain, botID, now, before.Seconds())
	if err != nil {
		return 0, safe("ask again after an outage", err)
	}
	n, err := r.RowsAffected()
	return int(n), safe("ask again after an outage", err)
}
