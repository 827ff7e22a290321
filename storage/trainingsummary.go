package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/summary"
	"bangkom/internal/training"
)

// Permissions are asked of whoever leads a person on the civil date $2, as Requests
// lists them.
var teamPermits = led + `
	SELECT l.boss, count(*) AS n, min(COALESCE(n.asked_until, b.permission_until)) AS until
	FROM led l JOIN enrolment n ON n.employee_id = l.id AND n.permission = 'asked' AND n.state = 'seated'
	JOIN batch b ON b.id = n.batch_id AND b.state IN ('planned', 'open', 'closed')
	GROUP BY l.boss`

// teamPermits adds how many permissions wait for each of the superiors.
func (t *Tx) teamPermits(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss  int64        `db:"boss"`
		N     int          `db:"n"`
		Until sql.NullTime `db:"until"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamPermits, ids, now.Format(time.DateOnly)); err != nil {
		return safe("count permissions", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Permits = summary.Permits{N: r.N, Until: r.Until.Time}
		}
	}
	return nil
}

// Each person once, whatever trainings there are between $3 and $4.
var teamAway = led + `, gone AS (
		SELECT l.boss, l.id, l.name, l.sex, min(s.starts_at) AS first
		FROM led l JOIN enrolment n ON n.employee_id = l.id AND ` + maySit + ` JOIN batch b ON b.id = n.batch_id AND b.state IN ('open', 'closed', 'running')
		JOIN training_session s ON s.batch_id = b.id AND s.starts_at < $4 AND s.ends_at > $3
		GROUP BY l.boss, l.id, l.name, l.sex
	)
	SELECT boss, id, name, sex, n FROM (
		SELECT g.*, count(*) OVER (PARTITION BY boss) AS n, row_number() OVER (PARTITION BY boss ORDER BY first, name, id) AS place FROM gone g) ranked
	WHERE place <= $5 ORDER BY boss, place`

// teamAway adds who of the teams is in a training within the week ahead.
func (t *Tx) teamAway(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss int64 `db:"boss"`
		N    int   `db:"n"`
		superiorRow
	}
	err := t.tx.SelectContext(ctx, &rows, teamAway, ids, now.Format(time.DateOnly), now, now.Add(summary.Week), summary.MaxNames)
	if err != nil {
		return safe("list who is in a training", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Away, f.Gone = append(f.Away, r.person()), r.N
		}
	}
	return nil
}

// aheadTrainings are the batches that are shown and have not begun at $1; $2 is a week and
// $3 two weeks ahead.
const aheadTrainings = `
	WITH ahead AS MATERIALIZED (
		SELECT b.id, b.name, b.seats, b.closes_at, b.starts_at, count(n.id) AS people,
		       count(n.id) FILTER (WHERE n.state IN ('seated', 'offered') AND n.way <> 'walk_in') AS taken,
		       count(n.id) FILTER (WHERE n.state = 'seated' AND n.way <> 'walk_in' AND n.assignment = '') AS bare
		FROM batch b LEFT JOIN enrolment n ON n.batch_id = b.id AND n.state IN ('applied', 'waiting', 'offered', 'seated')
		WHERE b.state IN ('open', 'closed') AND b.starts_at > $1 GROUP BY b.id
	)`

// What is true of a batch of aheadTrainings that has too few registrations, or free seats.
const (
	isShort = `closes_at > $1 AND closes_at <= $2 AND people < seats`
	isEmpty = `starts_at <= $3 AND COALESCE(closes_at, $1) <= $1 AND taken < seats`
)

// $1 to $3 are those of aheadTrainings; from $4 to $5 is the month before.
const officeTrainings = aheadTrainings + `, held AS MATERIALIZED (
		SELECT b.id FROM batch b WHERE b.state <> 'cancelled' AND b.ends_at >= $4 AND b.ends_at < $5
	)
	SELECT count(*) FILTER (WHERE ` + isShort + `) AS short,
	       COALESCE(sum(seats - taken) FILTER (WHERE ` + isEmpty + `), 0) AS empty,
	       count(*) FILTER (WHERE ` + isEmpty + `) AS empty_in,
	       COALESCE(sum(bare) FILTER (WHERE starts_at <= $2), 0) AS bare,
	       (SELECT count(*) FROM held) AS held,
	       (SELECT count(DISTINCT a.employee_id) FROM held h JOIN training_session s ON s.batch_id = h.id JOIN attendance a ON a.session_id = s.id AND a.present) AS reached
	FROM ahead`

// officeTrainings counts the trainings of the agency.
func (t *Tx) officeTrainings(ctx context.Context, now time.Time) (summary.Trainings, error) {
	var r struct {
		Short   int `db:"short"`
		Empty   int `db:"empty"`
		EmptyIn int `db:"empty_in"`
		Bare    int `db:"bare"`
		Held    int `db:"held"`
		Reached int `db:"reached"`
	}
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	err := t.tx.GetContext(ctx, &r, officeTrainings, now, now.Add(summary.Week), now.Add(2*summary.Week), month.AddDate(0, -1, 0), month)
	return summary.Trainings(r), safe("count trainings", err)
}

const lackingTrainings = aheadTrainings + `
	SELECT id, name, seats, people, taken, closes_at IS NOT NULL AND closes_at > $1 AS short FROM ahead WHERE ` + isShort + ` OR ` + isEmpty + `
	ORDER BY short DESC, COALESCE(closes_at, starts_at), id`

// LackingTrainings lists the batches that the personnel office has to look at, nearest
// first, those whose registration still runs before the others.
func (t *Tx) LackingTrainings(ctx context.Context, now time.Time) ([]training.Lacking, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Name   string `db:"name"`
		Seats  int    `db:"seats"`
		People int    `db:"people"`
		Taken  int    `db:"taken"`
		Short  bool   `db:"short"`
	}
	if err := t.tx.SelectContext(ctx, &rows, lackingTrainings, now, now.Add(summary.Week), now.Add(2*summary.Week)); err != nil {
		return nil, safe("list trainings with free seats", err)
	}
	out := make([]training.Lacking, len(rows))
	for i, r := range rows {
		out[i] = training.Lacking(r)
	}
	return out, nil
}

var trainingsAhead = `
	SELECT p.id, COALESCE(s.name, '') AS name, s.starts_at, o.offers, v.says, v.closes_at
	FROM unnest($1::bigint[]) AS p (id)
	LEFT JOIN LATERAL (SELECT b.name, s.starts_at FROM enrolment n JOIN batch b ON b.id = n.batch_id AND b.state IN ('open', 'closed', 'running')
	    JOIN training_session s ON s.batch_id = b.id AND s.starts_at > $2 AND s.starts_at <= $3
	    WHERE n.employee_id = p.id AND n.state = 'seated' ORDER BY s.starts_at, s.id LIMIT 1) s ON true
	CROSS JOIN LATERAL (SELECT count(*) AS offers FROM enrolment n WHERE n.employee_id = p.id AND n.state = 'offered' OFFSET 0) o
	CROSS JOIN LATERAL (SELECT count(*) AS says, min(e.closes_at) AS closes_at FROM task t JOIN evaluation e ON e.batch_id = t.occasion_id AND e.state = 'open' AND e.closes_at > $2
	    WHERE t.employee_id = p.id AND ` + isEvaluation("t") + ` AND t.state IN ('open', 'started') OFFSET 0) v
	WHERE s.starts_at IS NOT NULL OR o.offers > 0 OR v.says > 0`

// TrainingsAhead returns, of people, the session that is next within the time ahead, how
// many seats are offered to them, and how many evaluations they may still send.
func (t *Tx) TrainingsAhead(ctx context.Context, people []int64, now time.Time, ahead time.Duration) (map[int64]training.Ahead, error) {
	var rows []struct {
		ID     int64        `db:"id"`
		Name   string       `db:"name"`
		Starts sql.NullTime `db:"starts_at"`
		Offers int          `db:"offers"`
		Says   int          `db:"says"`
		Closes sql.NullTime `db:"closes_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, trainingsAhead, pq.Array(people), now, now.Add(ahead)); err != nil {
		return nil, safe("list trainings ahead", err)
	}
	out := map[int64]training.Ahead{}
	for _, r := range rows {
		out[r.ID] = training.Ahead{Name: r.Name, Starts: r.Starts.Time, Offers: r.Offers, Says: r.Says, Closes: r.Closes.Time}
	}
	return out, nil
}
