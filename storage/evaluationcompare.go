package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/evaluation"
)

// Only what is shown is read: $1 and $2 bound when it was published. A group of batches
// that several partners held counts for none of them.
const publishedResults = `
	SELECT a.id, a.programme_id, p.title, a.persons, v.batches, v.partner, COALESCE(r.name, '') AS house, s.cells, s.persons_of, s.texts
	FROM atom a JOIN programme p ON p.id = a.programme_id
	CROSS JOIN LATERAL (SELECT count(*) AS batches, CASE WHEN min(COALESCE(e.partner_id, 0)) = max(COALESCE(e.partner_id, 0)) THEN max(COALESCE(e.partner_id, 0)) ELSE -1 END AS partner
	    FROM evaluation e WHERE e.atom_id = a.id) v
	LEFT JOIN partner r ON r.id = v.partner
	CROSS JOIN LATERAL (SELECT array_agg(x.cell ORDER BY x.cell) AS cells, array_agg(x.n ORDER BY x.cell) AS persons_of, array_agg(x.text ORDER BY x.cell) AS texts
	    FROM shown x WHERE x.atom_id = a.id) s
	WHERE a.at >= $1 AND a.at < $2 AND s.cells IS NOT NULL ORDER BY a.id`

// PublishedResults reads what was shown of all groups that were published from one moment
// up to another, for comparisons.
func (t *Tx) PublishedResults(ctx context.Context, from, until time.Time) ([]evaluation.Shown, error) {
	var rows []struct {
		ID        int64          `db:"id"`
		Programme int64          `db:"programme_id"`
		Title     string         `db:"title"`
		Persons   int            `db:"persons"`
		Batches   int            `db:"batches"`
		Partner   int64          `db:"partner"`
		House     string         `db:"house"`
		Cells     pq.StringArray `db:"cells"`
		PersonsOf pq.Int64Array  `db:"persons_of"`
		Texts     pq.StringArray `db:"texts"`
	}
	if err := t.tx.SelectContext(ctx, &rows, publishedResults, from, until); err != nil {
		return nil, safe("read published results", err)
	}
	all := make([]evaluation.Shown, len(rows))
	for i, r := range rows {
		all[i] = evaluation.Shown{Atom: r.ID, Programme: r.Programme, Title: r.Title, Partner: r.Partner, House: r.House, Batches: r.Batches, Persons: r.Persons}
		for k, cell := range r.Cells {
			all[i].Cells = append(all[i].Cells, evaluation.ParseCell(cell, int(r.PersonsOf[k]), r.Texts[k]))
		}
	}
	return all, nil
}
