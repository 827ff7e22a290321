package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// An update that is plain enough is decided in the transaction that stores it. Its row in
// the inbox is written once, as decided: what the person sent is never stored at all.

// Only a chat in which nothing waits and at which nobody is can be decided about: the order
// within a chat comes first. The number is taken before the row is there, because the keys
// of the replies are made of it. That bot_id is written with "+ 0" keeps the plan on the index
// of what waits in a chat, as in oldestWaiting.
var loadArrived = loading(whoIsFree, "me.id", `
		SELECT g.update_id, nextval('inbox_serial_seq') AS serial, now() - make_interval(secs => g.age) AS received_at, '' AS body, g.more
		FROM unnest($2::bigint[], $5::bigint[], $6::float8[], $7::boolean[]) AS g (chat, update_id, age, more)
		WHERE g.chat = me.id AND NOT EXISTS (SELECT FROM inbox WHERE lane = me.id AND bot_id + 0 = $1 AND done_at IS NULL)`)

// LoadArrived is Load for updates of one chat each that are not stored yet: each is called
// with what Load would return if they were. Left out are chats that are locked, that nobody
// has written in yet, or in which an older update waits, and what cannot be decided with others.
func (t *Tx) LoadArrived(ctx context.Context, botID int64, list []dialog.Arrived, now time.Time, ofTask []string,
	each func(s dialog.Session, e personnel.Employee, tasks []task.Task),
) error {
	n := len(list)
	chats, updates, ages, more := make([]int64, n), make([]int64, n), make([]float64, n), make([]bool, n)
	bodies := make(map[int64]string, n)
	for i, a := range list {
		chats[i], updates[i], ages[i], more[i] = a.Lane, a.ID, a.Age.Seconds(), a.More
		bodies[a.Lane] = a.Body
	}
	var rows []sessionRow
	if err := t.tx.SelectContext(ctx, &rows, loadArrived, botID, pq.Array(chats), now.Format(time.DateOnly), pq.Array(ofTask),
		pq.Array(updates), pq.Array(ages), pq.Array(more)); err != nil {
		return safe("load sessions of new updates", err)
	}
	for _, r := range rows {
		if r.SeenRev.Int64 != r.Rev || !r.UpdateID.Valid {
			continue
		}
		if s, e, tasks, err := t.loaded(r, botID); err == nil {
			s.Update.Body = storable(bodies[r.ID])
			each(s, e, tasks)
		}
	}
	return nil
}

// Updates are stored in the order of their numbers, so that two processes to which the same
// ones are delivered do not wait for each other in a circle.
var saveArrived = saving(`
		INSERT INTO inbox (bot_id, update_id, serial, lane, body, done_at, failed, received_at)
		SELECT $1, u.* FROM (
			SELECT update_id, serial, NULL::bigint, NULL::text, now(), NULL::text, received_at FROM given WHERE update_id = ANY($3)
			UNION ALL
			SELECT ` + arriving("nextval('inbox_serial_seq'), ") + ` FROM ` + arrivals("$7", "$8", "$9", "$10", "$11") + `
		) u ORDER BY u.update_id ON CONFLICT (bot_id, update_id) DO NOTHING RETURNING 1`)

// SaveArrived stores updates: those in list as decided, with what was decided, as SaveTogether
// does, and the rest as StoreUpdates does. It writes all or gives an error, also where the
// number of one of them is taken.
func (t *Tx) SaveArrived(ctx context.Context, list []dialog.Decision, rest []dialog.RawUpdate) error {
	b, err := t.batch(list)
	if err != nil {
		return err
	}
	rest, err = sealedUpdates(t.seal, list[0].BotID, rest)
	if err != nil {
		return err
	}
	c := newColumns(list[0].BotID, rest)
	return t.saveBatch(ctx, b, len(list)+len(rest), saveArrived, c.args()[1:]...)
}
