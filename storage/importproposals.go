package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/needs"
	"bangkom/internal/register"
)

const (
	// A title of the catalogue is that programme, as in the chat.
	givenProposals = `(
		SELECT i.year, i.unit_id, i.people, i.reason, COALESCE(g.title, i.title) AS title, g.id AS programme_id, COALESCE(i.ruled, (
		    SELECT o.ruled FROM unit_proposal o WHERE o.year = i.year AND o.unit_id = i.unit_id AND lower(o.title) = lower(COALESCE(g.title, i.title)) AND o.withdrawn_at IS NULL), false) AS ruled
		FROM unnest($1::int[], $2::bigint[], $3::text[], $4::int[], $5::text[], $6::boolean[]) AS i (year, unit_id, title, people, reason, ruled)
		LEFT JOIN LATERAL (SELECT id, title FROM programme WHERE lower(title) = lower(i.title) AND char_length(title) <= 150 ORDER BY id LIMIT 1) g ON true) i`
	differs          = `(p.people, p.reason, p.ruled, p.programme_id) IS DISTINCT FROM (i.people, i.reason, i.ruled, i.programme_id)`
	compareProposals = `
		SELECT count(*) FILTER (WHERE p.id IS NULL) AS new, count(*) FILTER (WHERE p.id IS NOT NULL AND ` + differs + `) AS changed,
		       count(*) FILTER (WHERE p.id IS NOT NULL AND NOT ` + differs + `) AS unchanged
		FROM ` + givenProposals + ` LEFT JOIN unit_proposal p ON p.year = i.year AND p.unit_id = i.unit_id AND lower(p.title) = lower(i.title) AND p.withdrawn_at IS NULL`
	storeProposals = `
		INSERT INTO unit_proposal AS p (year, unit_id, programme_id, title, people, reason, ruled, by_id, at)
		SELECT i.year, i.unit_id, i.programme_id, i.title, i.people, i.reason, i.ruled, nullif($7::bigint, 0), $8::timestamptz FROM ` + givenProposals + `
		ORDER BY i.year, i.unit_id, lower(i.title)
		ON CONFLICT (year, unit_id, lower(title)) WHERE withdrawn_at IS NULL DO UPDATE SET programme_id = excluded.programme_id, people = excluded.people,
		       reason = excluded.reason, ruled = excluded.ruled, by_id = excluded.by_id, at = excluded.at, revision = p.revision + 1
		WHERE (p.people, p.reason, p.ruled, p.programme_id) IS DISTINCT FROM (excluded.people, excluded.reason, excluded.ruled, excluded.programme_id)
		RETURNING p.id, p.revision`
)

// ImportProposals stores what units propose by a spreadsheet. What the file does not name
// stays; a training that the unit proposes already gets the number and the reason of the file,
// and is of whoever sent it.
func (t *Tx) ImportProposals(ctx context.Context, list []needs.Proposal, now time.Time) (out register.Imported, err error) {
	n := len(list)
	years, units, people := make([]int64, n), make([]int64, n), make([]int64, n)
	titles, reasons, ruled := make([]string, n), make([]string, n), make([]sql.NullBool, n)
	for i, p := range list {
		years[i], units[i], titles[i], people[i], reasons[i] = int64(p.Year), p.Unit, p.Title, int64(p.People), p.Reason
		ruled[i] = sql.NullBool{Bool: p.Ruled, Valid: !p.Unsaid}
	}
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	rows := []any{pq.Array(years), pq.Array(units), pq.Array(titles), pq.Array(people), pq.Array(reasons), pq.Array(ruled)}
	if err := t.tx.GetContext(ctx, &out, compareProposals, rows...); err != nil {
		return out, safe("compare proposals", err)
	}
	var stored []struct {
		ID       int64 `db:"id"`
		Revision int   `db:"revision"`
	}
	if err := t.tx.SelectContext(ctx, &stored, storeProposals, append(rows, t.importer, now)...); err != nil {
		return out, safe("import proposals", err)
	}
	for _, one := range stored {
		action := "proposal.add"
		if one.Revision > 1 {
			action = "proposal.change"
		}
		if err := t.auditProposal(ctx, action, one.ID, t.importer, now); err != nil {
			return out, err
		}
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	_, err = t.tx.ExecContext(ctx, auditRow, now, "import.proposals", "")
	return out, safe("audit", err)
}
