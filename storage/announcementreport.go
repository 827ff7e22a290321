package storage

import (
	"context"
	"database/sql"

	"bangkom/internal/announcement"
)

const (
	ledgerOf = `
		SELECT a.id, a.body, a.version FROM announcement a
		WHERE a.id = $1 AND a.approved_at IS NOT NULL AND EXISTS (SELECT FROM chat c JOIN employee e ON e.id = c.employee_id
		      JOIN role_grant g ON g.employee_id = e.id WHERE c.id = $2 AND e.active AND g.role = 'hr' AND g.revoked_at IS NULL)`
	ledgerRows = `
		SELECT e.name, u.name AS unit, ` + shownState + ` AS state, r.sent_at, r.read_at, COALESCE(r.read_version, a.version) < a.version AS old, r.told_at,
		       COALESCE(o.name, '') AS told_by, ` + silent + ` AS silent,
		       COALESCE(r.version, 0) AS shows, COALESCE(r.patch_state, '') AS patch
		FROM announcement a JOIN announcement_recipient r ON r.announcement_id = a.id
		JOIN employee e ON e.id = r.employee_id JOIN unit u ON u.id = e.unit_id LEFT JOIN employee o ON o.id = r.told_by
		WHERE a.id = $1 ORDER BY u.name, e.name, e.id`
)

// Ledger returns all rows of one announcement for the spreadsheet of the personnel
// office, by unit and name. ErrNotFound unless the chat belongs to somebody of the
// office at this moment: the file is made when it is sent.
func (t *Tx) Ledger(ctx context.Context, id, chat int64) (out announcement.Ledger, err error) {
	var a struct {
		ID      int64  `db:"id"`
		Body    string `db:"body"`
		Version int    `db:"version"`
	}
	if err := t.one(ctx, &a, ledgerOf, id, chat); err != nil {
		return out, err
	}
	var rows []struct {
		Name   string       `db:"name"`
		Unit   string       `db:"unit"`
		State  string       `db:"state"`
		Sent   sql.NullTime `db:"sent_at"`
		Read   sql.NullTime `db:"read_at"`
		Old    bool         `db:"old"`
		Told   sql.NullTime `db:"told_at"`
		ToldBy string       `db:"told_by"`
		Silent bool         `db:"silent"`
		Shows  int          `db:"shows"`
		Patch  string       `db:"patch"`
	}
	if err := t.tx.SelectContext(ctx, &rows, ledgerRows, id); err != nil {
		return out, safe("read ledger", err)
	}
	out.Title, out.Version = announcement.Opening(a.Body), a.Version
	for _, r := range rows {
		out.Rows = append(out.Rows, announcement.LedgerRow{Name: r.Name, Unit: r.Unit, Delivery: announcement.Delivery(r.State), SentAt: r.Sent.Time,
			ReadAt: r.Read.Time, Old: r.Old && r.Read.Valid, ToldAt: r.Told.Time, ToldBy: r.ToldBy,
			Shows: r.Shows, Patch: announcement.Patch(r.Patch)})
		if r.Silent {
			out.Silent++
		}
	}
	return out, nil
}
