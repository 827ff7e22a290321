package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/seating"
	"bangkom/internal/training"
)

const dueBatches = `
	SELECT id FROM batch WHERE id = ANY(ARRAY(SELECT d.id FROM batch d WHERE d.look_at <= $1 ORDER BY d.look_at LIMIT $2)) AND look_at <= $1
	ORDER BY id FOR NO KEY UPDATE`

// DueBatches locks the batches that are to be looked at now, longest due first when there
// are more than limit, and returns them in the order of their ids.
func (t *Tx) DueBatches(ctx context.Context, now time.Time, limit int) (ids []int64, err error) {
	err = t.tx.SelectContext(ctx, &ids, dueBatches, now, limit)
	return ids, safe("read due batches", err)
}

// $1 is the batch, $2 its programme, $3 the year of its beginning as text. What somebody
// lacks is told by the own newest self-assessment: see offers. A message that was
// delivered, or whose row is gone since, has arrived; one that was given up is lost.
var queueOf = `
	WITH need AS MATERIALIZED (SELECT employee_id, competency_code, level FROM ` + requiredLevels(`SELECT e.* FROM enrolment n JOIN employee e ON e.id = n.employee_id
	     WHERE n.batch_id = $1 AND n.state = 'applied'`) + ` s)
	SELECT n.id AS n_id, n.employee_id, n.state AS n_state, n.place, n.applied_at, n.offers, n.delivered_at, n.offer_until, e.name, e.sex, NOT e.active AS gone,
	       ARRAY(WITH RECURSIVE up AS (SELECT e.unit_id AS id UNION SELECT u.parent_id FROM unit u JOIN up ON up.id = u.id WHERE u.parent_id IS NOT NULL)
	             SELECT q.unit_id FROM batch_quota q JOIN up ON up.id = q.unit_id WHERE q.batch_id = $1) AS units,
	       CASE WHEN n.state = 'applied' THEN COALESCE((
	           SELECT max(s.level - a.value::int) FROM (
	               SELECT f.id FROM task k JOIN response f ON f.task_id = k.id WHERE k.employee_id = n.employee_id AND ` + isSelf("k") + `
	               ORDER BY f.sent_at DESC LIMIT 1) f
	           JOIN answer a ON a.response_id = f.id AND a.value ~ '^[0-5]$' JOIN programme_competency p ON p.competency_code = a.item_code AND p.programme_id = $2
	           JOIN need s ON s.competency_code = a.item_code AND s.employee_id = n.employee_id
	           WHERE p.level > a.value::int AND s.level > a.value::int), 0) ELSE 0 END AS gap,
	       n.state = 'applied' AND EXISTS (SELECT FROM enrolment o JOIN batch x ON x.id = o.batch_id
	           WHERE o.employee_id = n.employee_id AND o.batch_id <> $1 AND o.state = 'seated' AND to_char(x.starts_at, 'YYYY') = $3) AS trained,
	       CASE WHEN n.state <> 'offered' OR x.id IS NULL OR x.action = 'hold' THEN ''
	            WHEN x.action = 'drop' OR o.state IN ('failed', 'cancelled') THEN 'lost'
	            WHEN o.state IN ('new', 'sending', 'held', 'expired') THEN ''
	            ELSE 'arrived' END AS sent,
	       COALESCE(o.delivered_at, o.sent_at, x.decided_at, n.offered_at, n.applied_at) AS sent_at
	FROM enrolment n JOIN employee e ON e.id = n.employee_id
	     LEFT JOIN notice x ON n.state = 'offered' AND x.key = 'seat:' || n.id || ':' || n.offers LEFT JOIN outbox o ON o.key = x.outbox_key
	WHERE n.batch_id = $1 AND n.state IN ('applied', 'waiting', 'offered') ORDER BY n.place, n.id`

// Queue returns who waits for a seat in a batch, by place: with what a message of an open
// offer came to, and what the order of a ranked registration asks.
func (t *Tx) Queue(ctx context.Context, b training.Batch) ([]seating.Queued, error) {
	var rows []struct {
		ID        int64         `db:"n_id"`
		Employee  int64         `db:"employee_id"`
		State     string        `db:"n_state"`
		Place     int64         `db:"place"`
		AppliedAt time.Time     `db:"applied_at"`
		Offers    int           `db:"offers"`
		Delivered sql.NullTime  `db:"delivered_at"`
		Until     sql.NullTime  `db:"offer_until"`
		Name      string        `db:"name"`
		Sex       int64         `db:"sex"`
		Gone      bool          `db:"gone"`
		Units     pq.Int64Array `db:"units"`
		Gap       int           `db:"gap"`
		Trained   bool          `db:"trained"`
		Sent      string        `db:"sent"`
		SentAt    time.Time     `db:"sent_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, queueOf, b.ID, b.Programme.ID, b.Starts().Format("2006")); err != nil {
		return nil, safe("read queue", err)
	}
	out := make([]seating.Queued, len(rows))
	for i, r := range rows {
		out[i] = seating.Queued{Person: personnel.Employee{ID: r.Employee, Name: r.Name, Sex: sexOf(r.Sex)}, Offer: r.Offers,
			Sent: seating.Delivery(r.Sent), SentAt: r.SentAt,
			Candidate: training.Candidate{Enrolment: r.ID, Employee: r.Employee, Standing: training.Standing(r.State), Place: r.Place,
				AppliedAt: r.AppliedAt, Units: []int64(r.Units), Delivered: r.Delivered.Time, Until: r.Until.Time, Left: r.Gone, Gap: r.Gap, Trained: r.Trained}}
	}
	return out, nil
}

const deliverOffers = `
	UPDATE enrolment n SET delivered_at = i.delivered::timestamptz, offer_until = i.until::timestamptz
	FROM unnest($1::bigint[], $2::text[], $3::text[]) AS i (id, delivered, until) WHERE n.id = i.id AND n.state = 'offered'`

// DeliverOffers stores from when to when offers live.
func (t *Tx) DeliverOffers(ctx context.Context, list []training.Candidate) error {
	ids, from, until := make([]int64, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, c := range list {
		ids[i], from[i], until[i] = c.Enrolment, c.Delivered.Format(time.RFC3339Nano), c.Until.Format(time.RFC3339Nano)
	}
	_, err := t.tx.ExecContext(ctx, deliverOffers, pq.Array(ids), pq.Array(from), pq.Array(until))
	return safe("note offers", err)
}

// A seat that was offered and could not reach the person leaves the place in the queue;
// an offer that has ended keeps its end, so that a late tap is told when that was.
const moveSeats = `
	UPDATE enrolment n SET state = i.state, place = i.place, changed_at = $4,
	       offers = n.offers + (i.state = 'offered')::int, offered_at = CASE WHEN i.state = 'offered' THEN $4 ELSE n.offered_at END,
	       delivered_at = CASE WHEN i.state IN ('offered', 'waiting') THEN NULL ELSE n.delivered_at END,
	       offer_until = CASE WHEN i.state IN ('offered', 'waiting', 'seated') THEN NULL ELSE n.offer_until END,
	       passed = CASE WHEN i.passed THEN 'unreachable' END,
	       seated_at = CASE WHEN i.state = 'seated' THEN $4 ELSE n.seated_at END, permission = CASE WHEN i.state = 'seated' THEN $5 ELSE n.permission END,
	       asked_until = CASE WHEN i.state = 'seated' THEN NULL ELSE n.asked_until END, listed_at = CASE WHEN i.state = 'seated' THEN NULL ELSE n.listed_at END
	FROM unnest($1::bigint[], $2::text[], $3::boolean[], $6::bigint[]) AS i (id, state, passed, place) WHERE n.id = i.id`

// MoveSeats stores the moves of a batch that is locked.
func (t *Tx) MoveSeats(ctx context.Context, b training.Batch, moves []training.Move, now time.Time) error {
	ids, states, passed, places := make([]int64, len(moves)), make([]string, len(moves)), make([]bool, len(moves)), make([]int64, len(moves))
	for i, m := range moves {
		ids[i], states[i], passed[i], places[i] = m.Enrolment, string(m.To), m.Passed, m.Place
	}
	_, err := t.tx.ExecContext(ctx, moveSeats, pq.Array(ids), pq.Array(states), pq.Array(passed), now, string(b.Permission()), pq.Array(places))
	return safe("move seats", err)
}

const awaits = `
	SELECT n.id AS n_id, n.seated_at, n.asked_until, n.warned_at IS NOT NULL AS warned, e.id, e.name, e.sex
	FROM enrolment n JOIN employee e ON e.id = n.employee_id
	WHERE n.batch_id = $1 AND n.state = 'seated' AND n.permission = 'asked' ORDER BY n.id`

// Awaits returns the permissions that a batch waits for.
func (t *Tx) Awaits(ctx context.Context, batch int64) ([]seating.Awaited, error) {
	var rows []struct {
		NID    int64        `db:"n_id"`
		Seated sql.NullTime `db:"seated_at"`
		Until  sql.NullTime `db:"asked_until"`
		Warned bool         `db:"warned"`
		superiorRow
	}
	if err := t.tx.SelectContext(ctx, &rows, awaits, batch); err != nil {
		return nil, safe("read permissions", err)
	}
	out := make([]seating.Awaited, len(rows))
	for i, r := range rows {
		out[i] = seating.Awaited{Await: training.Await{Enrolment: r.NID, Employee: r.ID, Warned: r.Warned}, Person: r.person(),
			SeatedAt: r.Seated.Time, Until: r.Until.Time}
	}
	return out, nil
}

const setAwaits = `
	UPDATE enrolment n SET asked_until = i.until::timestamptz, warned_at = CASE WHEN i.stage = 'late' THEN $4 ELSE n.warned_at END,
	       state = CASE WHEN i.stage = 'frees' THEN 'refused' ELSE n.state END, permission = CASE WHEN i.stage = 'frees' THEN 'refused' ELSE n.permission END,
	       permission_at = CASE WHEN i.stage = 'frees' THEN $4 ELSE n.permission_at END, changed_at = $4
	FROM unnest($1::bigint[], $2::text[], $3::text[]) AS i (id, until, stage) WHERE n.id = i.id AND n.permission = 'asked'`

// SetAwaits stores deadlines, warnings, and whose seat is freed.
func (t *Tx) SetAwaits(ctx context.Context, list []seating.Awaited, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	ids, until, stages := make([]int64, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, a := range list {
		ids[i], until[i], stages[i] = a.Enrolment, a.Until.Format(time.RFC3339Nano), string(a.Stage)
	}
	_, err := t.tx.ExecContext(ctx, setAwaits, pq.Array(ids), pq.Array(until), pq.Array(stages), now)
	return safe("note permissions", err)
}

const setBatchState = `
	UPDATE batch SET state = $2, look_at = $3, closed_at = CASE WHEN $4 THEN COALESCE(closed_at, $5) ELSE closed_at END WHERE id = $1`

// SetBatchState stores where a batch stands and when it is looked at next; zero = not by
// itself. closed = nothing of it can be changed any more.
func (t *Tx) SetBatchState(ctx context.Context, batch int64, s training.State, next time.Time, closed bool, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, setBatchState, batch, string(s), moment(next), closed, now)
	return safe("note batch", err)
}

const lookLater = `UPDATE batch SET look_at = $2 WHERE id = $1`

// LookLater puts off when a batch is looked at.
func (t *Tx) LookLater(ctx context.Context, batch int64, at time.Time) error {
	_, err := t.tx.ExecContext(ctx, lookLater, batch, at)
	return safe("put off batch", err)
}

// The nearest unit upwards that has an officer with an account, with all of its officers;
// where there is none, the personnel office.
const officersOf = `
	WITH RECURSIVE up AS (
		SELECT e.id AS person, e.unit_id, 0 AS far FROM employee e WHERE e.id = ANY($1)
		UNION ALL SELECT up.person, u.parent_id, up.far + 1 FROM up JOIN unit u ON u.id = up.unit_id WHERE u.parent_id IS NOT NULL AND up.far < 20
	), able AS (
		SELECT DISTINCT up.person, g.employee_id, up.far FROM up JOIN role_grant g ON g.role = 'officer' AND g.unit_id = up.unit_id AND g.revoked_at IS NULL
		UNION SELECT e.id, g.employee_id, 1000 FROM employee e, role_grant g WHERE e.id = ANY($1) AND g.role = 'hr' AND g.revoked_at IS NULL
	), ranked AS (
		SELECT a.person, a.employee_id, rank() OVER (PARTITION BY a.person ORDER BY a.far) AS n FROM able a
		JOIN employee b ON b.id = a.employee_id AND b.active JOIN chat c ON c.employee_id = b.id AND c.reachable
		WHERE a.employee_id <> a.person
	)
	SELECT person, employee_id FROM ranked WHERE n = 1 ORDER BY person, employee_id`

// OfficersOf returns, by person, the officers of the nearest unit that has one who can be
// reached, else the personnel office; people for whom there is nobody are left out.
func (t *Tx) OfficersOf(ctx context.Context, people []int64) (map[int64][]int64, error) {
	var rows []struct {
		Person  int64 `db:"person"`
		Officer int64 `db:"employee_id"`
	}
	if err := t.tx.SelectContext(ctx, &rows, officersOf, pq.Array(people)); err != nil {
		return nil, safe("find officers", err)
	}
	out := map[int64][]int64{}
	for _, r := range rows {
		out[r.Person] = append(out[r.Person], r.Officer)
	}
	return out, nil
}

const (
	newNominees = `
		SELECT n.id AS n_id, e.id, e.name, e.sex, COALESCE(b.id, 0) AS boss_id, COALESCE(b.name, '') AS boss_name, COALESCE(b.sex, 0) AS boss_sex
		FROM enrolment n JOIN employee e ON e.id = n.employee_id LEFT JOIN employee b ON b.id = e.supervisor_id AND b.active
		WHERE n.batch_id = $1 AND NOT n.told AND n.state = 'seated' ORDER BY n.id`
	toldNominees = `UPDATE enrolment SET told = true WHERE batch_id = $1 AND NOT told`
)

// NewNominees returns who was nominated in a file for a batch and not told yet.
func (t *Tx) NewNominees(ctx context.Context, batch int64) ([]seating.Nominated, error) {
	var rows []struct {
		NID      int64  `db:"n_id"`
		BossID   int64  `db:"boss_id"`
		BossName string `db:"boss_name"`
		BossSex  int64  `db:"boss_sex"`
		superiorRow
	}
	if err := t.tx.SelectContext(ctx, &rows, newNominees, batch); err != nil {
		return nil, safe("read nominees", err)
	}
	out := make([]seating.Nominated, len(rows))
	for i, r := range rows {
		out[i] = seating.Nominated{Enrolment: r.NID, Person: r.person(), Superior: superiorRow{r.BossID, r.BossName, r.BossSex}.person()}
	}
	return out, nil
}

// ToldNominees notes that everybody who was nominated for a batch is told.
func (t *Tx) ToldNominees(ctx context.Context, batch int64) error {
	_, err := t.tx.ExecContext(ctx, toldNominees, batch)
	return safe("note nominees", err)
}

const openOffers = `
	SELECT x.key FROM unnest($1::text[]) AS x (key) JOIN enrolment n ON n.id = split_part(x.key, ':', 2)::bigint
	WHERE n.state = 'offered' AND n.offers = split_part(x.key, ':', 3)::int`

// OpenOffers returns which of the given keys (seating.OfferKey) are those of offers that
// are still open.
func (t *Tx) OpenOffers(ctx context.Context, keys []string) (map[string]bool, error) {
	return t.keys(ctx, "read offers", openOffers, pq.Array(keys))
}

// keys runs a query for keys of notifications.
func (t *Tx) keys(ctx context.Context, what, query string, args ...any) (map[string]bool, error) {
	var found []string
	if err := t.tx.SelectContext(ctx, &found, query, args...); err != nil {
		return nil, safe(what, err)
	}
	out := make(map[string]bool, len(found))
	for _, k := range found {
		out[k] = true
	}
	return out, nil
}
