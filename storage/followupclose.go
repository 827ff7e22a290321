package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/followup"
	"bangkom/internal/task"
)

const followUpsClosing = `
	SELECT ` + followUpJSON + ` FROM follow_up f WHERE f.closed_at IS NULL AND f.closes_at <= $1 ORDER BY f.id LIMIT $2 FOR UPDATE OF f`

// FollowUpsClosing locks the first follow-ups that are to be closed.
func (t *Tx) FollowUpsClosing(ctx context.Context, now time.Time, limit int) (out []followup.FollowUp, err error) {
	var raws [][]byte
	if err := t.tx.SelectContext(ctx, &raws, followUpsClosing, now, limit); err != nil {
		return nil, safe("list follow-ups to close", err)
	}
	for _, raw := range raws {
		var f followup.FollowUp
		if err := json.Unmarshal(raw, &f); err != nil {
			return nil, fmt.Errorf("decode a follow-up: %w", err)
		}
		out = append(out, f)
	}
	return out, nil
}

// Both sides of a person are one answer of that person, under the first of their tasks. Of a
// follow-up that is closed only what was not counted yet waits.
const followUpHeld = `
	SELECT min(t.id) AS task_id, f.id AS of, k.subject_id, json_object_agg(a.item_code, a.value) AS answers
	FROM follow_up f JOIN follow_up_pair k ON k.follow_up_id = f.id
	JOIN task t ON t.occasion_id = f.id AND t.subject_id = k.subject_id AND t.kind = ANY($5)
	JOIN response r ON r.task_id = t.id JOIN answer a ON a.response_id = r.id AND a.item_code <> $6
	WHERE k.group_id IS NULL AND (f.id = $1 OR f.programme_id = $2 AND f.day = $3 AND f.closed_at >= $4)
	GROUP BY f.id, k.subject_id ORDER BY f.id, k.subject_id`

// FollowUpHeld reads what was answered for a follow-up, and what waits of others of its
// programme and day that were closed since a moment.
func (t *Tx) FollowUpHeld(ctx context.Context, f followup.FollowUp, since time.Time) (own, pool []disclosure.Held, err error) {
	var rows []struct {
		Task    int64  `db:"task_id"`
		Of      int64  `db:"of"`
		Subject int64  `db:"subject_id"`
		Answers []byte `db:"answers"`
	}
	kinds := kindArray([]task.Kind{task.FollowUp, task.FollowUpSuperior})
	if err := t.tx.SelectContext(ctx, &rows, followUpHeld, f.ID, f.Programme, f.Day, since, kinds, followup.Line); err != nil {
		return nil, nil, safe("read answers of follow-ups", err)
	}
	for _, r := range rows {
		h := disclosure.Held{Task: r.Task, Batch: r.Of, Person: r.Subject}
		if err := json.Unmarshal(r.Answers, &h.Answers); err != nil {
			return nil, nil, fmt.Errorf("decode answers of follow-ups: %w", err)
		}
		if r.Of == f.ID {
			own = append(own, h)
		} else {
			pool = append(pool, h)
		}
	}
	return own, pool, nil
}

var (
	endFollowUp      = `UPDATE follow_up SET closed_at = $2 WHERE id = $1`
	endFollowUpTasks = `UPDATE task SET state = 'expired', ladder_at = NULL WHERE occasion_id = $1 AND state IN ('open', 'started')`
	endPairs         = `
		UPDATE follow_up_pair k SET ended = CASE WHEN k.own <> '' THEN 'not_asked' WHEN x.own AND x.other THEN 'complete' WHEN x.own THEN 'other_missing'
		       WHEN x.other THEN 'own_missing' ELSE 'both_missing' END
		FROM (SELECT p.subject_id, COALESCE(bool_or(` + isFollowUp("t") + ` AND r.id IS NOT NULL), false) AS own,
		             COALESCE(bool_or(` + isSuperiorFollowUp("t") + ` AND r.id IS NOT NULL), false) AS other
		      FROM follow_up_pair p LEFT JOIN task t ON t.occasion_id = p.follow_up_id AND t.subject_id = p.subject_id LEFT JOIN response r ON r.task_id = t.id
		      WHERE p.follow_up_id = $1 GROUP BY p.subject_id) x
		WHERE k.follow_up_id = $1 AND k.subject_id = x.subject_id`
	addFollowUpGroup = `INSERT INTO follow_up_group (programme_id, day, persons, at) VALUES ($1, $2, $3, $4) RETURNING id`
	addFollowUpCells = `
		INSERT INTO follow_up_cell (group_id, cell, n, text) SELECT $1, x.cell, x.n, x.text
		FROM unnest($2::text[], $3::int[], $4::text[]) AS x (cell, n, text) ORDER BY x.cell`
	groupPairs = `
		UPDATE follow_up_pair k SET group_id = $1 FROM task t
		WHERE t.id = ANY($2) AND k.follow_up_id = t.occasion_id AND k.subject_id = t.subject_id AND k.group_id IS NULL`
)

// CloseFollowUp ends the tasks of a follow-up, stores how each pair stands, and, where there
// are enough, what is shown of the group: nothing of that changes afterwards.
func (t *Tx) CloseFollowUp(ctx context.Context, f followup.FollowUp, o followup.Outcome, now time.Time) error {
	for _, step := range []struct {
		query string
		args  []any
	}{{endFollowUp, []any{f.ID, now}}, {endFollowUpTasks, []any{f.ID}}, {endPairs, []any{f.ID}}} {
		if _, err := t.tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return safe("close a follow-up", err)
		}
	}
	if o.Persons == 0 {
		return nil
	}
	var group int64
	if err := t.tx.GetContext(ctx, &group, addFollowUpGroup, f.Programme, f.Day, o.Persons, now); err != nil {
		return safe("close a follow-up", err)
	}
	var cells, texts []string
	var n []int64
	for _, c := range o.Cells {
		cells, n, texts = append(cells, c.Key()), append(n, int64(c.N)), append(texts, c.Text)
	}
	if _, err := t.tx.ExecContext(ctx, addFollowUpCells, group, pq.Array(cells), pq.Array(n), pq.Array(texts)); err != nil {
		return safe("close a follow-up", err)
	}
	_, err := t.tx.ExecContext(ctx, groupPairs, group, pq.Array(o.Counted))
	return safe("close a follow-up", err)
}

// Whom a reader sees by name counts as known also while the pair is not open: a superior
// knows the own answer in any case. Of several readers of one page the most known counts.
const followUpGroups = `
	SELECT g.id, g.programme_id, p.title, g.day, g.persons, v.partner, COALESCE(r.name, '') AS house, v.batches, s.cells, s.persons_of, s.texts,
	       COALESCE((SELECT max(y.n) FROM (SELECT count(*) AS n FROM follow_up_pair k CROSS JOIN unnest($3::bigint[]) AS w (id)
	            WHERE k.group_id = g.id AND w.id IN (k.subject_id, k.superior_id) GROUP BY w.id) y), 0) AS known
	FROM follow_up_group g JOIN programme p ON p.id = g.programme_id
	CROSS JOIN LATERAL (SELECT array_agg(DISTINCT f.name) AS batches,
	      CASE WHEN min(COALESCE(f.partner_id, 0)) = max(COALESCE(f.partner_id, 0)) THEN max(COALESCE(f.partner_id, 0)) ELSE $4 END AS partner
	      FROM follow_up f WHERE f.id IN (SELECT k.follow_up_id FROM follow_up_pair k WHERE k.group_id = g.id)) v
	LEFT JOIN partner r ON r.id = v.partner
	CROSS JOIN LATERAL (SELECT array_agg(x.cell ORDER BY x.cell) AS cells, array_agg(x.n ORDER BY x.cell) AS persons_of, array_agg(x.text ORDER BY x.cell) AS texts
	    FROM follow_up_cell x WHERE x.group_id = g.id) s
	WHERE g.at >= $1 AND g.at < $2 AND s.cells IS NOT NULL ORDER BY g.id`

// FollowUpGroups reads what may be shown of groups that were published from one moment up to
// another, to some readers of the same page.
func (t *Tx) FollowUpGroups(ctx context.Context, from, until time.Time, readers []int64) ([]followup.Shown, error) {
	var rows []struct {
		ID        int64          `db:"id"`
		Programme int64          `db:"programme_id"`
		Title     string         `db:"title"`
		Day       int            `db:"day"`
		Persons   int            `db:"persons"`
		Partner   int64          `db:"partner"`
		House     string         `db:"house"`
		Batches   pq.StringArray `db:"batches"`
		Cells     pq.StringArray `db:"cells"`
		PersonsOf pq.Int64Array  `db:"persons_of"`
		Texts     pq.StringArray `db:"texts"`
		Known     int            `db:"known"`
	}
	if err := t.tx.SelectContext(ctx, &rows, followUpGroups, from, until, pq.Array(readers), followup.MixedPartners); err != nil {
		return nil, safe("read groups of follow-ups", err)
	}
	all := make([]followup.Shown, len(rows))
	for i, r := range rows {
		all[i] = followup.Shown{Group: r.ID, Programme: r.Programme, Title: r.Title, Partner: r.Partner, House: r.House, Day: r.Day, Batches: r.Batches,
			Persons: r.Persons, Known: r.Known}
		for k, cell := range r.Cells {
			all[i].Cells = append(all[i].Cells, followup.ParseCell(cell, int(r.PersonsOf[k]), r.Texts[k]))
		}
	}
	return followup.Visible(all), nil
}
