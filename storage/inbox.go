package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/storage/pg"
)

// Rows that nobody has to answer (lane 0, undecodable) are done at once. When an
// update came is told by two clocks, each for what it is good at: how long ago by that
// of the process, which goes on while the database is away, and the rest by that of
// the database, which is one for all processes.
var storeUpdates = `
	INSERT INTO inbox (bot_id, update_id, lane, body, done_at, failed, received_at)
	SELECT $1, ` + arriving("") + ` FROM ` + arrivals("$2", "$3", "$4", "$5", "$6") + `
	ON CONFLICT (bot_id, update_id) DO NOTHING
	RETURNING COALESCE(lane, 0) AS lane, done_at IS NULL AS pending`

// arriving is what the inbox keeps of an update; serial is its number, with a comma, or
// nothing where the table gives it.
func arriving(serial string) string {
	return `u.id, ` + serial + `nullif(u.lane, 0), CASE WHEN u.lane <> 0 AND u.failed = '' THEN u.body END,
	       CASE WHEN u.lane = 0 OR u.failed <> '' THEN now() END, nullif(u.failed, ''), now() - make_interval(secs => u.age)`
}

// arrivals are updates as columns gives them.
func arrivals(ids, lanes, bodies, failed, ages string) string {
	return `unnest(` + ids + `::bigint[], ` + lanes + `::bigint[], ` + bodies + `::text[], ` + failed + `::text[], ` + ages + `::float8[]) AS u (id, lane, body, failed, age)`
}

// among tells whether an update is one of those in a parameter. A plan that was made while
// the table was small takes all updates of a bot for one row, and would read them; the
// bounds, which are cheap at any size, keep it near.
func among(column, parameter string) string {
	given := ` FROM unnest(` + parameter + `::bigint[]) g)`
	return column + ` = ANY(` + parameter + `) AND ` + column + ` BETWEEN (SELECT min(g)` + given + ` AND (SELECT max(g)` + given
}

var stillPending = `
	SELECT DISTINCT lane FROM inbox WHERE bot_id = $1 AND ` + among("update_id", "$2") + ` AND done_at IS NULL AND lane IS NOT NULL`

// StoreUpdates stores a batch; repeated ids are ignored unless the update that has
// the number is three days old. It returns the lanes that have something to do:
// also those of repeated ids that nobody has finished, because the reply to the
// first commit may be lost. A batch is stored whole or, after an error, perhaps in
// part; it may be stored again. What the database refuses for its content is stored
// without it: it then cannot be read, is set aside like every update that fails,
// and holds up nobody.
func (d *DB) StoreUpdates(ctx context.Context, botID int64, rows []dialog.RawUpdate) ([]int64, error) {
	wake, err := d.storeBatch(ctx, botID, rows)
	switch half := len(rows) / 2; {
	case !pg.Refused(err):
		return wake, err
	case half == 0:
		wake, again := d.storeBatch(ctx, botID, []dialog.RawUpdate{withoutContent(rows[0])})
		if again != nil { // the content was not what it refused
			return nil, err
		}
		return wake, nil
	default:
		first, err := d.StoreUpdates(ctx, botID, rows[:half])
		if err != nil {
			return nil, err
		}
		second, err := d.StoreUpdates(ctx, botID, rows[half:])
		if err != nil {
			return nil, err
		}
		return union(first, second), nil
	}
}

// withoutContent is an update of which only the number and the chat are kept.
func withoutContent(r dialog.RawUpdate) dialog.RawUpdate {
	const gone = "the database refused what it held"
	r.Body = gone
	if r.Failed != "" {
		r.Failed = gone
	}
	return r
}

// union adds what is not there yet.
func union(lanes, more []int64) []int64 {
	for _, lane := range more {
		if !slices.Contains(lanes, lane) {
			lanes = append(lanes, lane)
		}
	}
	return lanes
}

// columns is a batch as storeUpdates takes it.
type columns struct {
	bot            int64
	ids, lanes     []int64
	bodies, failed []string
	ages           []float64 // seconds
}

func newColumns(botID int64, rows []dialog.RawUpdate) columns {
	n := len(rows)
	c := columns{bot: botID, ids: make([]int64, n), lanes: make([]int64, n), bodies: make([]string, n), failed: make([]string, n), ages: make([]float64, n)}
	for i, r := range rows {
		c.ids[i], c.lanes[i], c.bodies[i], c.failed[i], c.ages[i] = r.ID, r.Lane, storable(r.Body), storable(r.Failed), r.Age.Seconds()
	}
	return c
}

func (c columns) args() []any {
	return []any{c.bot, pq.Array(c.ids), pq.Array(c.lanes), pq.Array(c.bodies), pq.Array(c.failed), pq.Array(c.ages)}
}

// storeBatch stores a batch; an error may leave some of it stored.
func (d *DB) storeBatch(ctx context.Context, botID int64, rows []dialog.RawUpdate) ([]int64, error) {
	rows, err := sealedUpdates(d.seal, botID, rows)
	if err != nil {
		return nil, err
	}
	given := newColumns(botID, rows)
	var stored []struct {
		Lane    int64
		Pending bool
	}
	err = d.alone(ctx, func(db sqlx.QueryerContext) error {
		stored = stored[:0]
		return sqlx.SelectContext(ctx, db, &stored, storeUpdates, given.args()...)
	})
	if err != nil {
		return nil, safe("store updates", err)
	}
	wake := make([]int64, 0, len(stored))
	for _, s := range stored {
		if s.Pending && !slices.Contains(wake, s.Lane) {
			wake = append(wake, s.Lane)
		}
	}
	if len(stored) == len(rows) {
		return wake, nil
	}
	repeated, err := d.storeRepeated(ctx, given)
	if err != nil { // some of them may be new: the batch comes again
		return nil, safe("store updates", err)
	}
	return union(wake, repeated), nil
}

// numberLife is how long an update holds its number. Telegram repeats one for a day,
// and a process keeps what it could not store for another; after a quiet week its
// numbers begin again anywhere, so a number that is older belongs to the next one.
const numberLife = 3 * 24 * time.Hour

// An update that gives up its number, decided, set aside or still waiting, gets
// the negative of its serial number instead: Telegram's numbers are never
// negative.
var giveUpNumbers = `
	UPDATE inbox SET update_id = -serial
	WHERE bot_id = $1 AND ` + among("update_id", "$2") + ` AND received_at < clock_timestamp() - make_interval(secs => $3)`

// storeRepeated looks after a batch of which some numbers were there already. An
// update with the number of an old row is new and is stored after all; the others
// have come twice. It returns the lanes in which something is not finished.
func (d *DB) storeRepeated(ctx context.Context, given columns) (wake []int64, err error) {
	err = d.InTx(ctx, func(tx *Tx) error {
		r, err := tx.tx.ExecContext(ctx, giveUpNumbers, given.bot, pq.Array(given.ids), numberLife.Seconds())
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			if _, err := tx.tx.ExecContext(ctx, storeUpdates, given.args()...); err != nil {
				return err
			}
		}
		wake = wake[:0]
		return tx.tx.SelectContext(ctx, &wake, stillPending, given.bot, pq.Array(given.ids))
	})
	return wake, err
}

// storable replaces what every Postgres refuses in a text, NUL and broken UTF-8:
// the rest of such an update can still be read.
func storable(text string) string {
	const unreadable = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(text, unreadable), "\x00", unreadable)
}

const pendingLanes = `
	SELECT lane FROM inbox
	WHERE done_at IS NULL AND lane IS NOT NULL AND bot_id + 0 = $1
	  AND received_at <= clock_timestamp() - make_interval(secs => $2)
	GROUP BY lane ORDER BY min(update_id) LIMIT $3`

// PendingLanes lists lanes with updates that nobody has finished for age.
func (d *DB) PendingLanes(ctx context.Context, botID int64, age time.Duration, limit int) ([]int64, error) {
	var lanes []int64
	err := d.alone(ctx, func(db sqlx.QueryerContext) error {
		lanes = lanes[:0]
		return sqlx.SelectContext(ctx, db, &lanes, pendingLanes, botID, age.Seconds(), limit)
	})
	return lanes, safe("list pending lanes", err)
}

// maxAttempts is after how many failures an update is set aside.
const maxAttempts = 3

// An update is not set aside by a process that is older than the schema ($5).
var countFailure = `
	UPDATE inbox SET attempts = attempts + 1,
	       failed = CASE WHEN attempts + 1 >= $4 THEN $3 END,
	       done_at = CASE WHEN attempts + 1 >= $4 THEN now() END,
	       body = CASE WHEN attempts + 1 >= $4 THEN NULL ELSE body END
	WHERE bot_id = $1 AND update_id = $2 AND serial = COALESCE(nullif($5::bigint, 0), serial) AND done_at IS NULL AND NOT ` + newerSchema("$6") + `
	RETURNING attempts >= $4`

// CountFailure notes that an update could not be handled, with the class of
// the cause. The third time it is set aside and aside is true: its body is
// gone, nobody else waits for it. An update that is done already is left alone, and so
// is every update while the schema is newer than this program.
func (d *DB) CountFailure(ctx context.Context, botID int64, u dialog.RawUpdate, cause string) (aside bool, err error) {
	err = d.InTx(ctx, func(tx *Tx) error {
		var rows []bool
		if err := tx.tx.SelectContext(ctx, &rows, countFailure, botID, u.ID, cause, maxAttempts, u.Serial, newest); err != nil {
			return err
		}
		aside = len(rows) == 1 && rows[0]
		return nil
	})
	if err != nil {
		return false, safe(fmt.Sprintf("count failure of update %d", u.ID), err)
	}
	return aside, nil
}
