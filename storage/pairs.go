package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
)

// bothSent is true once the rating t and the self-assessment s were sent. Every
// query that gives one side to the other holds it.
const bothSent = `EXISTS (SELECT FROM response r WHERE r.task_id = t.id OFFSET 0) AND EXISTS (SELECT FROM response r WHERE r.task_id = s.id OFFSET 0)`

// mayCompare is true when $1 may read the rating t of the person e beside the
// self-assessment, on the civil date $2: the person; the superior of now, if the
// rating was asked of that superior; the stand-in of that superior, as in
// readsFor. What was rated under another superior stays closed to a new one, who
// may have become it a minute ago for that very purpose.
var mayCompare = `(e.id = $1 OR t.employee_id = e.supervisor_id AND (e.supervisor_id = $1 OR e.id <> $1 AND ` +
	readsFor("$1", "e.supervisor_id", "t.id") + `))`

// readsFor is true for a stand-in whose checked letter gives the official's
// ratings on the civil date $2, and for a rating that was first sent since that
// letter works, or by the stand-in.
func readsFor(viewer, official, rating string) string {
	return `EXISTS (SELECT FROM delegation d JOIN response f ON f.task_id = ` + rating + ` AND f.revision = 1
		WHERE d.acting_id = ` + viewer + ` AND d.for_id = ` + official + ` AND d.rates AND ` + delegationWorks("$2::date") + `
		  AND (f.sent_by = ` + viewer + ` OR f.sent_at >= greatest(d.checked_at, d.starts_on::timestamptz)) OFFSET 0)`
}

// presentFirst puts, of several ratings t of a person e in a period, that of the
// present superior first, then the latest.
const presentFirst = `t.employee_id IS NOT DISTINCT FROM e.supervisor_id DESC, t.done_at DESC`

// both is the moment from which both views were there: the later one of the first
// responses of each side. What was sent after it is a change.
//
// What the person says about it is read with both views, by the person and by the direct
// superior, for whom it was written: not by a stand-in. The personnel office gets it as a
// request, and not here.
var (
	pairs = func(reply string) string {
		return `
		SELECT json_build_object('task', ` + taskJSON + `, 'self', s.id, 'subject', e.id, 'superior', t.employee_id,
		       'former', t.employee_id IS DISTINCT FROM e.supervisor_id,
		       'self_changed', (SELECT max(r.id) FROM response r WHERE r.task_id = s.id) > f.both,
		       'rated_changed', (SELECT max(r.id) FROM response r WHERE r.task_id = t.id) > f.both,
		       'talks', (SELECT json_agg(json_build_object('item', k.item_code, 'agreed', COALESCE(k.agreed, -1),
		                 'reason', k.reason, 'action', k.action, 'at', k.at) ORDER BY k.at, k.item_code, k.n)
		                 FROM talk k WHERE k.task_id = t.id), 'reply', ` + reply + `)
		FROM task t JOIN period p ON p.id = t.occasion_id JOIN employee e ON e.id = t.subject_id
		JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = e.id
		CROSS JOIN LATERAL (SELECT greatest((SELECT min(r.id) FROM response r WHERE r.task_id = s.id),
		       (SELECT min(r.id) FROM response r WHERE r.task_id = t.id)) AS both) f
		WHERE ` + isRating("t") + ` AND ` + bothSent
	}
	pairFor   = pairs(`CASE WHEN e.id = $1 OR e.supervisor_id = $1 THEN `+replyOf+` END`) + ` AND t.id = $3 AND ` + mayCompare
	pairForHR = pairs("NULL") + ` AND e.id = $1 ORDER BY p.id DESC, ` + presentFirst + ` LIMIT 1`
)

// opened notes that $2 has opened the answers of a person who is somebody else.
const opened = `
	INSERT INTO audit (at, actor, action, employee_id, detail)
	SELECT $1, $2, '` + personnel.ComparedBySuperior + `', e.id, CASE WHEN e.supervisor_id = $2 THEN 'direct' ELSE '` + standInDetail + `' END
	FROM employee e WHERE e.id = $3 AND e.id <> $2`

// Pair opens both views of a person for somebody who may see them on the civil
// date of now, and records that, unless it is the person; ErrNotFound for
// everybody else, and for everybody until both were sent.
func (t *Tx) Pair(ctx context.Context, id, viewer int64, now time.Time) (rating.Pair, error) {
	p, err := t.PairNews(ctx, id, viewer, now)
	if err != nil {
		return rating.Pair{}, err
	}
	_, err = t.tx.ExecContext(ctx, opened, now, viewer, p.Subject.ID)
	return p, safe("audit", err)
}

// PairNews is Pair for a message that says no more than that both views are
// there and on how many competencies they differ: nobody opens them by it, so
// nothing is recorded.
func (t *Tx) PairNews(ctx context.Context, id, viewer int64, now time.Time) (rating.Pair, error) {
	var raw []byte
	if err := t.one(ctx, &raw, pairFor, viewer, now.Format(time.DateOnly), id); err != nil {
		return rating.Pair{}, err
	}
	return t.pair(ctx, raw)
}

// PairForHR is Pair of the latest period for the personnel office. The reason
// is written to the audit log in the same transaction; where nothing can be opened,
// nothing is.
func (t *Tx) PairForHR(ctx context.Context, subject, by int64, reason string, now time.Time) (rating.Pair, error) {
	var raw []byte
	if err := t.one(ctx, &raw, pairForHR, subject); err != nil {
		return rating.Pair{}, err
	}
	if _, err := t.tx.ExecContext(ctx, auditPerson, now, by, personnel.OpenedByHR, subject, reason); err != nil {
		return rating.Pair{}, safe("audit", err)
	}
	return t.pair(ctx, raw)
}

func (t *Tx) pair(ctx context.Context, raw []byte) (p rating.Pair, err error) {
	var r struct {
		Task         json.RawMessage `json:"task"`
		Self         int64           `json:"self"`
		Subject      int64           `json:"subject"`
		Superior     int64           `json:"superior"`
		Former       bool            `json:"former"`
		SelfChanged  bool            `json:"self_changed"`
		RatedChanged bool            `json:"rated_changed"`
		Talks        []rating.Talk   `json:"talks"`
		Reply        *rating.Reply   `json:"reply"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return p, fmt.Errorf("decode pair: %w", err)
	}
	if err := json.Unmarshal(r.Task, &p.Task); err != nil {
		return p, fmt.Errorf("decode pair: %w", err)
	}
	p.SelfChanged, p.RatedChanged, p.Talks = r.SelfChanged, r.RatedChanged, r.Talks
	if r.Reply != nil {
		p.Reply = *r.Reply
	}
	if p.Subject, err = t.Employee(ctx, r.Subject); err != nil {
		return p, err
	}
	if p.Superior, err = t.Employee(ctx, r.Superior); err != nil {
		return p, err
	}
	p.Former = r.Former
	if p.Self, err = t.Answers(ctx, r.Self); err != nil {
		return p, err
	}
	if p.Rated, err = t.Answers(ctx, p.Task.ID); err != nil {
		return p, err
	}
	p.Weights, err = t.Weights(ctx)
	return p, err
}

const readWeights = `SELECT side, weight FROM rating_weight`

// Weights returns how much each side counts in the final level.
func (t *Tx) Weights(ctx context.Context) (w competency.Weights, err error) {
	var rows []struct {
		Side   string `db:"side"`
		Weight int    `db:"weight"`
	}
	if err := t.tx.SelectContext(ctx, &rows, readWeights); err != nil {
		return w, safe("read weights", err)
	}
	for _, r := range rows {
		switch r.Side {
		case "supervisor":
			w.Supervisor = r.Weight
		case "self":
			w.Self = r.Weight
		}
	}
	return w, w.Validate()
}

var openPairs = `
	SELECT t.id FROM task t JOIN employee e ON e.id = t.subject_id
	JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = e.id
	WHERE ` + isRating("t") + ` AND ` + bothSent + ` AND t.subject_id = $3 AND ($4::bigint = 0 OR t.occasion_id = $4) AND ` + mayCompare + `
	ORDER BY t.occasion_id DESC, ` + presentFirst + ` LIMIT 1`

// OpenPair returns the rating task by which somebody may open both views of a
// person in a period, 0 = the latest, or ErrNotFound.
func (t *Tx) OpenPair(ctx context.Context, subject, period, viewer int64, now time.Time) (id int64, err error) {
	err = t.one(ctx, &id, openPairs, viewer, now.Format(time.DateOnly), subject, period)
	return id, err
}

// A side that can still be sent is one that its person may fill in at $4.
var missingSelves = `
	SELECT count(*) FILTER (WHERE f.possible) AS awaited, count(*) FILTER (WHERE NOT f.possible) AS closed
	FROM task t JOIN employee e ON e.id = t.subject_id JOIN period p ON p.id = t.occasion_id
	JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = e.id
	CROSS JOIN LATERAL (SELECT s.state IN ('open', 'started') AND s.due_at > $4 AND p.closed_at IS NULL AS possible) f
	WHERE ` + isRating("t") + ` AND t.id = ANY ($3) AND NOT EXISTS (SELECT FROM response r WHERE r.task_id = s.id) AND ` + mayCompare

// MissingSelves counts, of the people of some ratings whom the viewer may
// compare, whose self-assessment was not sent: awaited can still be, closed not.
func (t *Tx) MissingSelves(ctx context.Context, ratings []int64, viewer int64, now time.Time) (awaited, closed int, err error) {
	var row struct {
		Awaited int `db:"awaited"`
		Closed  int `db:"closed"`
	}
	err = t.one(ctx, &row, missingSelves, viewer, now.Format(time.DateOnly), pq.Array(ratings), now)
	return row.Awaited, row.Closed, err
}

// The one who rated is told, if that person may compare; else the superior.
var ratedBy = `
	SELECT COALESCE((SELECT r.sent_by FROM response r WHERE r.task_id = t.id ORDER BY r.revision DESC LIMIT 1), t.employee_id)
	FROM task t WHERE t.id = $1 AND ` + isRating("t") + ``

// RatedBy tells who gave a rating last.
func (t *Tx) RatedBy(ctx context.Context, id int64) (employeeID int64, err error) {
	err = t.one(ctx, &employeeID, ratedBy, id)
	return employeeID, err
}

const addTalk = `
	INSERT INTO talk (task_id, item_code, n, agreed, reason, action, by_id, at)
	SELECT $1, $2, 1 + (SELECT count(*) FROM talk WHERE task_id = $1 AND item_code = $2), nullif($3, -1), $4, $5, $6, $7`

// AddTalk stores what came of a talk about one competency; it is never changed.
func (t *Tx) AddTalk(ctx context.Context, id int64, k rating.Talk, by int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, addTalk, id, k.Item, k.Agreed, k.Reason, k.Action, by, now)
	return safe("add talk", err)
}
