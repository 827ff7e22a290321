package storage

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/effect"
	"bangkom/internal/satisfaction"
)

const (
	ofComparison = `
		SELECT c.id, c.programme_id, g.title, c.element, c.before, c.after, c.share, c.named_at, c.in_time
		FROM comparison c JOIN programme g ON g.id = c.programme_id`
	comparisons    = ofComparison + ` ORDER BY c.named_at DESC, c.id DESC`
	comparison     = ofComparison + ` WHERE c.id = $1`
	nameComparison = `
		INSERT INTO comparison (programme_id, element, before, after, share, named_at, in_time)
		SELECT $1, $2, $3, $4, $5, $6, NOT EXISTS (SELECT FROM survey WHERE ends_on >= $7)
		ON CONFLICT (programme_id, element, before, after) DO NOTHING RETURNING id`
	earlierReplaced = `
		SELECT EXISTS (SELECT FROM survey b JOIN survey a ON a.unit_id = b.unit_id AND a.period = $2
		WHERE b.period = $1 AND b.changed_at > (SELECT min(first_at) FROM survey WHERE ends_on >= $3))`
	sameComparison = `SELECT id FROM comparison WHERE (programme_id, element, before, after) = ($1, $2, $3, $4)`
)

// Who has attended the programme $1 in batches that ended from $4 up to $5, of all in
// service, by the nearest unit above that has a survey in one of the periods $2 and $3.
var trainedShares = `
	WITH RECURSIVE surveyed AS (SELECT DISTINCT unit_id AS id FROM survey WHERE period IN ($2, $3)),
	below AS (
		SELECT id, id AS office FROM surveyed
		UNION ALL
		SELECT u.id, b.office FROM unit u JOIN below b ON u.parent_id = b.id WHERE u.id NOT IN (SELECT id FROM surveyed)),
	attended AS (
		SELECT DISTINCT a.employee_id FROM batch b JOIN programme p ON p.id = b.programme_id CROSS JOIN LATERAL (` + attendedBy("$5") + `) a
		WHERE b.programme_id = $1 AND b.state <> 'cancelled' AND b.ends_at >= $4 AND b.ends_at < $5)
	SELECT b.office AS unit_id, count(*) AS people, count(a.employee_id) AS attended
	FROM below b JOIN employee e ON e.unit_id = b.id AND e.active LEFT JOIN attended a ON a.employee_id = e.id
	GROUP BY b.office`

type comparisonRow struct {
	ID        int64     `db:"id"`
	Programme int64     `db:"programme_id"`
	Title     string    `db:"title"`
	Element   string    `db:"element"`
	Before    string    `db:"before"`
	After     string    `db:"after"`
	Share     int       `db:"share"`
	At        time.Time `db:"named_at"`
	InTime    bool      `db:"in_time"`
}

func (r comparisonRow) named() effect.Named {
	before, _ := satisfaction.PeriodOf(r.Before)
	after, _ := satisfaction.PeriodOf(r.After)
	return effect.Named{ID: r.ID, Programme: r.Programme, Title: r.Title, Element: satisfaction.Element(r.Element), Before: before, After: after,
		Share: r.Share, At: r.At, InTime: r.InTime}
}

// Comparisons lists all comparisons, the newest first.
func (t *Tx) Comparisons(ctx context.Context) (list []effect.Named, err error) {
	var rows []comparisonRow
	if err := t.tx.SelectContext(ctx, &rows, comparisons); err != nil {
		return nil, safe("list comparisons", err)
	}
	for _, r := range rows {
		list = append(list, r.named())
	}
	return list, nil
}

// Comparison reads one, or ErrNotFound.
func (t *Tx) Comparison(ctx context.Context, id int64) (effect.Named, error) {
	var r comparisonRow
	if err := t.one(ctx, &r, comparison, id); err != nil {
		return effect.Named{}, err
	}
	return r.named(), nil
}

// NameComparison stores a comparison by somebody; one that was named before stays as it was
// then, and fresh is false. It is in time while no figure is there of any period that reaches
// into the later one or lies behind it: a half of a year tells of the year.
func (t *Tx) NameComparison(ctx context.Context, n effect.Named, by int64, now time.Time) (id int64, fresh bool, err error) {
	if _, err := t.tx.ExecContext(ctx, lockSurveys); err != nil {
		return 0, false, safe("lock surveys", err)
	}
	var ids []int64
	if err := t.tx.SelectContext(ctx, &ids, nameComparison, n.Programme, string(n.Element), n.Before.Key, n.After.Key, n.Share, now, n.After.From.Format(time.DateOnly)); err != nil {
		return 0, false, safe("name comparison", err)
	}
	if len(ids) == 0 {
		err := t.one(ctx, &id, sameComparison, n.Programme, string(n.Element), n.Before.Key, n.After.Key)
		return id, false, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "comparison", nil, fmt.Sprintf("comparison %d", ids[0]))
	return ids[0], true, safe("audit", err)
}

// EarlierReplaced tells whether figures of the earlier period of a compared unit came in or
// were changed after the first ones that tell of the later period: whoever did that could
// choose the result.
func (t *Tx) EarlierReplaced(ctx context.Context, n effect.Named) (replaced bool, err error) {
	err = t.tx.GetContext(ctx, &replaced, earlierReplaced, n.Before.Key, n.After.Key, n.After.From.Format(time.DateOnly))
	return replaced, safe("look for replaced figures", err)
}

// TrainedShares counts the people of each unit of a comparison, and who of them attended
// between the surveys: in a batch that ended after the earlier period and within or before
// the later one.
func (t *Tx) TrainedShares(ctx context.Context, n effect.Named, place *time.Location) (list []effect.Share, err error) {
	midnight := func(day time.Time) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, place)
	}
	err = t.tx.SelectContext(ctx, &list, trainedShares, n.Programme, n.Before.Key, n.After.Key, midnight(n.Before.To), midnight(n.After.To))
	return list, safe("count trained people", err)
}

// Outcome works out what a comparison shows.
func (t *Tx) Outcome(ctx context.Context, n effect.Named, place *time.Location) (o effect.Outcome, err error) {
	before, err := t.SurveysIn(ctx, n.Before.Key)
	if err != nil {
		return o, err
	}
	after, err := t.SurveysIn(ctx, n.After.Key)
	if err != nil {
		return o, err
	}
	shares, err := t.TrainedShares(ctx, n, place)
	if err != nil {
		return o, err
	}
	replaced, err := t.EarlierReplaced(ctx, n)
	if err != nil {
		return o, err
	}
	p := effect.Compare(n.Units(before, after, shares), n.InTime && !replaced, uint64(n.ID))
	if p.Verdict == effect.Late && n.InTime {
		p.Verdict = effect.Replaced
	}
	return effect.Outcome{Named: n, Picture: p}, nil
}

// Of the index alone: elements stand in /layanan.
const freshComparisons = ofComparison + `
	WHERE c.element = '' AND (SELECT max(s.first_at) FROM survey s WHERE s.period = c.after AND s.first_at < $2) >= $1
	ORDER BY c.named_at, c.id LIMIT 3`

// officeEffects are the first comparisons of the index of which later figures have come in in
// the month that ends at month.
func (t *Tx) officeEffects(ctx context.Context, month time.Time) (list []effect.Outcome, err error) {
	var rows []comparisonRow
	if err := t.tx.SelectContext(ctx, &rows, freshComparisons, month.AddDate(0, -1, 0), month); err != nil {
		return nil, safe("read comparisons of a month", err)
	}
	for _, r := range rows {
		o, err := t.Outcome(ctx, r.named(), month.Location())
		if err != nil {
			return nil, err
		}
		if o.Verdict != effect.Nothing {
			list = append(list, o)
		}
	}
	return list, nil
}
