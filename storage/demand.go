package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/needs"
	"bangkom/internal/training"
)

const (
	addLevels = `
		INSERT INTO need_level (period_id, unit_id, competency_code, level, n, affected)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::int[], $5::int[], $6::int[]) ORDER BY 2, 3, 4`
	needLevels = `SELECT unit_id AS unit, competency_code AS code, level, n, affected FROM need_level WHERE period_id = $1 ORDER BY unit_id, competency_code, level`
	// What is planned without a day counts for every year: it has not been held yet.
	supplies = `
		SELECT g.id, g.title, ARRAY(SELECT a.competency_code FROM programme_competency a WHERE a.programme_id = g.id ORDER BY a.competency_code) AS codes,
		       ARRAY(SELECT a.level::bigint FROM programme_competency a WHERE a.programme_id = g.id ORDER BY a.competency_code) AS levels,
		       count(b.id) AS batches, COALESCE(sum(b.seats), 0) AS seats, COALESCE(sum(b.seats) FILTER (WHERE b.state = 'done'), 0) AS held
		FROM programme g LEFT JOIN batch b ON b.programme_id = g.id AND b.state <> 'cancelled'
		     AND (b.starts_at >= $1 AND b.starts_at < $2 OR b.starts_at IS NULL AND b.state = 'planned')
		GROUP BY g.id ORDER BY g.title, g.id`
	yearBatches = `SELECT ` + batchColumns + ` FROM ` + ofBatch + ` WHERE b.state <> 'cancelled'
		AND (b.starts_at >= $1 AND b.starts_at < $2 OR b.starts_at IS NULL AND b.state = 'planned') ORDER BY b.starts_at NULLS LAST, b.name, b.id`
)

// levelPlace is where a person is counted by the level that is required.
type levelPlace struct {
	cellPlace
	level competency.Level
}

// levelCounts are those people.
type levelCounts map[levelPlace]*needs.Tally

func (c levelCounts) add(at cellPlace, required competency.Level, of needs.Tally) {
	place := levelPlace{at, required}
	if c[place] == nil {
		c[place] = &needs.Tally{}
	}
	*c[place] = c[place].Plus(of)
}

// freezeLevels stores them.
func (t *Tx) freezeLevels(ctx context.Context, period int64, counts levelCounts) error {
	var units, levels, n, affected []int64
	var codes []string
	for at, c := range counts {
		units, codes, levels = append(units, at.unit), append(codes, at.code), append(levels, int64(at.level))
		n, affected = append(n, int64(c.N)), append(affected, int64(c.Affected))
	}
	_, err := t.tx.ExecContext(ctx, addLevels, period, pq.Array(units), pq.Array(codes), pq.Array(levels), pq.Array(n), pq.Array(affected))
	return safe("freeze levels", err)
}

// NeedLevels reads who needed which level when a period was closed. Nothing of it may be
// shown before needs.Demands has made ranges of it.
func (t *Tx) NeedLevels(ctx context.Context, period int64) (list []needs.OwnLevel, err error) {
	err = t.tx.SelectContext(ctx, &list, needLevels, period)
	return list, safe("read frozen levels", err)
}

// yearOf is the first moment of a year, and of the next one.
func yearOf(year int, place *time.Location) (from, to time.Time) {
	from = time.Date(year, time.January, 1, 0, 0, 0, 0, place)
	return from, from.AddDate(1, 0, 0)
}

// Supplies lists all programmes with what is planned of them in a year.
func (t *Tx) Supplies(ctx context.Context, year int, place *time.Location) (list []needs.Supply, err error) {
	var rows []struct {
		ID      int64          `db:"id"`
		Title   string         `db:"title"`
		Codes   pq.StringArray `db:"codes"`
		Levels  pq.Int64Array  `db:"levels"`
		Batches int            `db:"batches"`
		Seats   int            `db:"seats"`
		Held    int            `db:"held"`
	}
	from, to := yearOf(year, place)
	if err := t.tx.SelectContext(ctx, &rows, supplies, from, to); err != nil {
		return nil, safe("list programmes", err)
	}
	for _, r := range rows {
		s := needs.Supply{Programme: r.ID, Title: r.Title, Codes: r.Codes, Batches: r.Batches, Seats: r.Seats, Held: r.Held}
		for _, l := range r.Levels {
			s.Levels = append(s.Levels, int(l))
		}
		list = append(list, s)
	}
	return list, nil
}

// YearBatches lists the batches of a year in the order of their days; those that have no
// day yet stand last.
func (t *Tx) YearBatches(ctx context.Context, year int, place *time.Location) (list []training.Batch, err error) {
	var rows []batchRow
	from, to := yearOf(year, place)
	if err := t.tx.SelectContext(ctx, &rows, yearBatches, from, to); err != nil {
		return nil, safe("list batches", err)
	}
	for _, r := range rows {
		list = append(list, r.batch())
	}
	return list, nil
}

// RecordExport keeps that a file about the demand left the agency: what, for whom, and by
// whom (0: whoever runs the program).
func (t *Tx) RecordExport(ctx context.Context, what, partner string, by int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "export."+what, nil, fmt.Sprintf("for %s", partner))
	return safe("audit", err)
}
