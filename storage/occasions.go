package storage

import (
	"context"
	"time"

	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// occasions is where every occasion tells what is asked of tasks of any kind: its
// id, its name and closed_at. A further kind is added with UNION ALL, and every list,
// copy and rule that is for all tasks knows it.
const occasions = `(SELECT id, name, closed_at FROM period UNION ALL SELECT id, name, closed_at FROM batch
	UNION ALL SELECT id, name, closed_at FROM follow_up UNION ALL SELECT id, name, closed_at FROM staff_survey)`

// addOccasion makes an occasion of the kind $1, as the part o of a WITH.
const addOccasion = `o AS (INSERT INTO occasion (kind) VALUES ($1) RETURNING id)`

var ratingUntil = `
	SELECT least(p.rating_due_at, p.closed_at) AS until,
	       EXISTS (SELECT FROM task t WHERE t.occasion_id = p.id AND t.subject_id = $2 AND ` + isRating("t") + ` AND t.state <> 'excused') AS asked
	FROM period p WHERE p.id = $1`

// RatingUntil tells until when a person may be rated in a period, and whether a
// rating is asked for at all; ErrNotFound when the occasion is no period.
func (t *Tx) RatingUntil(ctx context.Context, occasion, subject int64) (until time.Time, asked bool, err error) {
	var row struct {
		Until time.Time `db:"until"`
		Asked bool      `db:"asked"`
	}
	err = t.one(ctx, &row, ratingUntil, occasion, subject)
	return row.Until, row.Asked, err
}

// Every kind of task in every occasion is one step in the index, however many
// tasks there are.
const storedKinds = `
	WITH RECURSIVE step AS (
		(SELECT occasion_id, kind FROM task ORDER BY occasion_id, kind LIMIT 1)
		UNION ALL
		SELECT n.occasion_id, n.kind FROM step s CROSS JOIN LATERAL (
			SELECT t.occasion_id, t.kind FROM task t WHERE (t.occasion_id, t.kind) > (s.occasion_id, s.kind)
			ORDER BY t.occasion_id, t.kind LIMIT 1) n
	)
	SELECT s.kind, o.kind AS occasion FROM step s JOIN occasion o ON o.id = s.occasion_id
	UNION SELECT q.kind, '' FROM questionnaire q ORDER BY 1, 2`

// CheckKinds returns an error that names the first kind of task that is stored and
// has no row in the table of kinds, or whose tasks belong to another kind of
// occasion than the table says.
func (d *DB) CheckKinds(ctx context.Context) error {
	var rows []struct {
		Kind     string `db:"kind"`
		Occasion string `db:"occasion"`
	}
	if err := d.InTx(ctx, func(tx *Tx) error { return tx.tx.SelectContext(ctx, &rows, storedKinds) }); err != nil {
		return safe("read the kinds of tasks", err)
	}
	for _, r := range rows {
		kind := task.Kind(r.Kind)
		if r.Occasion == "" && r.Kind == string(questionnaire.Readiness) { // always asked without names
			kind = task.AnonymousSurvey
		}
		if err := task.Check(kind, task.OccasionKind(r.Occasion)); err != nil {
			return err
		}
	}
	return nil
}
