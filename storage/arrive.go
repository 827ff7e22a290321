package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// An update that is plain enough is decided before it is stored. Its row in the inbox is
// written once, as decided: what the person sent is never stored at all.

// Arriving is one connection on which updates that come are read and stored. It is
// nobody's but of who is called with it.
type Arriving struct {
	sealing
	db   *sqlx.DB
	conn *sqlx.Conn // nil = none is taken yet
}

// Arriving calls fn with a connection, which is given back afterwards.
func (d *DB) Arriving(ctx context.Context, fn func(*Arriving) error) error {
	a := &Arriving{sealing: sealing{d.seal}, db: d.db}
	defer a.release()
	return fn(a)
}

func (a *Arriving) release() {
	if a.conn != nil {
		_ = a.conn.Close() // of a connection that goes back: there is nothing to do about it
		a.conn = nil
	}
}

// Load is Tx.Load for updates of one chat each that are not stored yet, without a lock: each
// is called with what that would return if they were. Left out are chats that nobody has
// written in yet, or in which an older update waits, and what cannot be decided with others.
// Nothing is written by it, so it goes on to another connection when one was lost, as all of a
// pool are after a restart of the server.
func (a *Arriving) Load(ctx context.Context, botID int64, list []dialog.Arrived, now time.Time, ofTask []string,
	each func(s dialog.Session, e personnel.Employee, tasks []task.Task),
) (err error) {
	for try := 0; ; try++ {
		if a.conn, err = a.db.Connx(ctx); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		err = a.read(ctx, a.conn, botID, list, now, ofTask, each)
		if !errors.Is(err, pg.ErrOutcomeUnknown) || ctx.Err() != nil || try == a.db.Stats().MaxOpenConnections {
			return err
		}
		a.release()
	}
}

// Save stores updates: those in list as decided, with what was decided, as SaveTogether
// does, and the rest as StoreUpdates does. It writes all or nothing: an error also where the
// number of one of them is taken, and same = false where a chat is not as it was read by
// Load, or somebody is at it. It is one statement, which is never repeated.
func (a *Arriving) Save(ctx context.Context, list []dialog.Decision, rest []dialog.RawUpdate) (same bool, err error) {
	err = a.write(ctx, a.conn, list, rest)
	if errors.Is(err, pg.ErrStale) {
		return false, nil
	}
	return err == nil, err
}

// Reading and saving are one statement each, and nothing is locked in between: two
// exchanges with the database instead of four. Only a chat in which nothing waits can be decided
// about: the order within a chat comes first. The number is taken before the row is there,
// because the keys of the replies are made of it. That bot_id is written with "+ 0" keeps the
// plan on the index of what waits in a chat, as in oldestWaiting.
var loadArrived = loading("id = ANY($2)", "me.id", "me.rev", `
		SELECT g.update_id, nextval('inbox_serial_seq') AS serial, now() - make_interval(secs => g.age) AS received_at, '' AS body, g.more
		FROM unnest($2::bigint[], $5::bigint[], $6::float8[], $7::boolean[]) AS g (chat, update_id, age, more)
		WHERE g.chat = me.id AND NOT EXISTS (SELECT FROM inbox WHERE lane = me.id AND bot_id + 0 = $1 AND done_at IS NULL)`)

// Most often one update comes, and statements for many are dearer for one.
var loadOneArrived = loading("id = $2", "$2", "me.rev", `
		SELECT $5::bigint AS update_id, nextval('inbox_serial_seq') AS serial, now() - make_interval(secs => $6) AS received_at, '' AS body, $7::boolean AS more
		WHERE NOT EXISTS (SELECT FROM inbox WHERE lane = $2 AND bot_id + 0 = $1 AND done_at IS NULL)`)

// read reads chats as Load does.
func (t sealing) read(ctx context.Context, on sqlx.QueryerContext, botID int64, list []dialog.Arrived, now time.Time, ofTask []string,
	each func(s dialog.Session, e personnel.Employee, tasks []task.Task),
) error {
	var rows []sessionRow
	today, forms := now.Format(time.DateOnly), pq.Array(ofTask)
	if len(list) == 1 {
		a := list[0]
		if err := sqlx.SelectContext(ctx, on, &rows, loadOneArrived, botID, a.Lane, today, forms, a.ID, a.Age.Seconds(), a.More); err != nil {
			return safe("load session of a new update", err)
		}
		t.eachArrived(rows, botID, map[int64]string{a.Lane: a.Body}, each)
		return nil
	}
	n := len(list)
	chats, updates, ages, more := make([]int64, n), make([]int64, n), make([]float64, n), make([]bool, n)
	bodies := make(map[int64]string, n)
	for i, a := range list {
		chats[i], updates[i], ages[i], more[i] = a.Lane, a.ID, a.Age.Seconds(), a.More
		bodies[a.Lane] = a.Body
	}
	if err := sqlx.SelectContext(ctx, on, &rows, loadArrived, botID, pq.Array(chats), today, forms, pq.Array(updates), pq.Array(ages), pq.Array(more)); err != nil {
		return safe("load sessions of new updates", err)
	}
	t.eachArrived(rows, botID, bodies, each)
	return nil
}

// eachArrived calls each with every chat whose update can be decided; bodies are of the updates, by chat.
func (t sealing) eachArrived(rows []sessionRow, botID int64, bodies map[int64]string, each func(s dialog.Session, e personnel.Employee, tasks []task.Task)) {
	for _, r := range rows {
		if !r.UpdateID.Valid {
			continue
		}
		if s, e, tasks, err := t.loaded(r, botID); err == nil {
			s.Update.Body, s.Version = storable(bodies[r.ID]), r.Version
			each(s, e, tasks)
		}
	}
}

// Each chat is locked, and must be what was read: its row has the same version. A chat that
// somebody else is at is not waited for. Other decisions, linking and unlinking write the row,
// and so does who puts a message before the replies (see touchChat), because what the statement
// sees of other tables is older than the lock. What changes without the row was never held up
// by its lock either: the register, roles and tasks, updates that come, jobs that drop drafts
// (see droppingDrafts), messages that are marked.
// Updates are stored in the order of their numbers, so that two processes to which the same
// ones are delivered do not wait for each other in a circle. A number that is taken breaks the
// key of the table, which ends the statement.
var saveArrived = saving(`free AS MATERIALIZED (
		SELECT id, xmin::text AS version FROM chat WHERE `+whoIsFree("$4")+`
	), same AS MATERIALIZED (
		SELECT count(*) = cardinality($4) AS all FROM free JOIN unnest($4::bigint[], $7::text[]) AS r (id, version) USING (id, version)
	), `, "(SELECT s.all FROM same s)", `
		INSERT INTO inbox (bot_id, update_id, serial, lane, body, done_at, failed, received_at)
		SELECT $1, u.* FROM (
			SELECT update_id, serial, NULL::bigint, NULL::text, now(), NULL::text, received_at FROM given WHERE update_id = ANY($3)
			UNION ALL
			SELECT `+arriving("nextval('inbox_serial_seq'), ")+` FROM `+arrivals("$8", "$9", "$10", "$11", "$12")+`
			WHERE (SELECT s.all FROM same s)
		) u ORDER BY u.update_id RETURNING 1`)

// The same for one update, with the parameters of saveDecision before.
var saveOneArrived = savingOne(`free AS MATERIALIZED (
		SELECT xmin::text = $23 AS same FROM chat WHERE id = $3 FOR UPDATE SKIP LOCKED
	), `, "(SELECT f.same FROM free f)", `
		INSERT INTO inbox (bot_id, update_id, serial, done_at, received_at)
		SELECT $1, $2, $18::bigint, now(), $24::timestamptz WHERE (SELECT f.same FROM free f) RETURNING 1`)

// write stores as Save does; pg.ErrStale where a chat is not as it was read.
func (t sealing) write(ctx context.Context, on sqlx.QueryerContext, list []dialog.Decision, rest []dialog.RawUpdate) error {
	if d := list[0]; len(list)+len(rest) == 1 && inOneStatement(d) {
		return t.saveOne(ctx, on, d, saveOneArrived, d.Version, d.Came)
	}
	b, err := t.batch(list)
	if err != nil {
		return err
	}
	rest, err = sealedUpdates(t.seal, list[0].BotID, rest)
	if err != nil {
		return err
	}
	versions := make([]string, len(list))
	for i, decision := range list {
		versions[i] = decision.Version
	}
	c := newColumns(list[0].BotID, rest)
	return b.save(ctx, on, len(list)+len(rest), saveArrived, append([]any{pq.Array(versions)}, c.args()[1:]...)...)
}
