package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/needs"
)

// proposalColumns is the list that proposalRow scans: p is unit_proposal, u its unit, g its
// programme, by whose present title it goes.
const proposalColumns = `p.id, p.year, p.unit_id, ` + unitLabel + ` AS unit_name, COALESCE(p.programme_id, 0) AS programme_id, COALESCE(g.title, p.title) AS title, p.people, p.reason, p.ruled,
	COALESCE(p.by_id, 0) AS by_id, p.at, p.revision`

const ofProposal = `unit_proposal p JOIN unit u ON u.id = p.unit_id LEFT JOIN programme g ON g.id = p.programme_id`

type proposalRow struct {
	ID        int64     `db:"id"`
	Year      int       `db:"year"`
	Unit      int64     `db:"unit_id"`
	UnitName  string    `db:"unit_name"`
	Programme int64     `db:"programme_id"`
	Title     string    `db:"title"`
	People    int       `db:"people"`
	Reason    string    `db:"reason"`
	Ruled     bool      `db:"ruled"`
	By        int64     `db:"by_id"`
	At        time.Time `db:"at"`
	Revision  int       `db:"revision"`
}

func (r proposalRow) proposal() needs.Proposal {
	return needs.Proposal{ID: r.ID, Year: r.Year, Unit: r.Unit, UnitName: r.UnitName, Programme: r.Programme, Title: r.Title, People: r.People, Reason: r.Reason,
		Ruled: r.Ruled, By: r.By, At: r.At, Revision: r.Revision}
}

const (
	// mine are the units of an officer, $2; $1 is false.
	proposalUnits = inArea + `
		SELECT u.id, ` + unitLabel + ` AS name, (
			WITH RECURSIVE below AS (SELECT u.id UNION SELECT v.id FROM unit v JOIN below w ON v.parent_id = w.id)
			SELECT count(*) FROM employee e JOIN below w ON w.id = e.unit_id WHERE e.active) AS people
		FROM unit u WHERE NOT $1 AND u.id IN (SELECT unit_id FROM role_grant WHERE employee_id = $2 AND role = 'officer' AND revoked_at IS NULL)
		ORDER BY 2, u.id`
	ofOfficer        = inArea + ` SELECT ` + proposalColumns + ` FROM ` + ofProposal + ` WHERE p.withdrawn_at IS NULL AND ($1 OR p.unit_id IN (SELECT unit_id FROM mine))`
	officerProposals = ofOfficer + ` ORDER BY p.year DESC, unit_name, lower(COALESCE(g.title, p.title)), p.id`
	officerProposal  = ofOfficer + ` AND p.id = $3`
	yearProposals    = `SELECT ` + proposalColumns + ` FROM ` + ofProposal + ` WHERE p.withdrawn_at IS NULL AND p.year = $1 ORDER BY unit_name, lower(COALESCE(g.title, p.title)), p.id`
	proposalYears    = `SELECT DISTINCT year FROM unit_proposal WHERE withdrawn_at IS NULL ORDER BY year DESC`
	addProposal      = `
		INSERT INTO unit_proposal (year, unit_id, programme_id, title, people, reason, ruled, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (year, unit_id, lower(title)) WHERE withdrawn_at IS NULL DO NOTHING RETURNING id`
	proposedElsewhere = `SELECT EXISTS (SELECT FROM unit_proposal WHERE year = $1 AND unit_id = $2 AND lower(title) = lower($3) AND id <> $4 AND withdrawn_at IS NULL)`
	changeProposal    = `
		UPDATE unit_proposal SET year = $3, programme_id = $4, title = $5, people = $6, reason = $7, ruled = $8, by_id = $9, at = $10, revision = revision + 1
		WHERE id = $1 AND revision = $2 AND withdrawn_at IS NULL`
	withdrawProposal = `UPDATE unit_proposal SET withdrawn_at = $3, revision = revision + 1 WHERE id = $1 AND revision = $2 AND withdrawn_at IS NULL`
	copyProposals    = `
		SELECT json_agg(json_build_object('tahun', p.year, 'unit_kerja', u.name, 'pelatihan', p.title, 'orang', p.people, 'alasan', p.reason,
		       'diusulkan_pada', p.at, 'ditarik_pada', p.withdrawn_at) ORDER BY p.id)
		FROM chat c JOIN unit_proposal p ON p.by_id = c.employee_id JOIN unit u ON u.id = p.unit_id WHERE c.id = $1`
	// Two years after the plan year nothing is decided by it any more.
	pruneProposals = `DELETE FROM unit_proposal WHERE id IN (SELECT id FROM unit_proposal
		WHERE year < extract(year FROM $1::timestamptz)::int - 2 ORDER BY id LIMIT $2)`
)

// ProposalUnits lists the units that an officer looks after, without those below them.
func (t *Tx) ProposalUnits(ctx context.Context, officer int64) (list []needs.ProposalUnit, err error) {
	err = t.tx.SelectContext(ctx, &list, proposalUnits, false, officer)
	return list, safe("list units", err)
}

// OfficerProposals lists what the units of an officer propose, the newest year first.
func (t *Tx) OfficerProposals(ctx context.Context, officer int64) ([]needs.Proposal, error) {
	return t.proposals(ctx, officerProposals, false, officer)
}

// Proposal is one of those; ErrNotFound when it is none, or was withdrawn.
func (t *Tx) Proposal(ctx context.Context, officer, id int64) (needs.Proposal, error) {
	list, err := t.proposals(ctx, officerProposal, false, officer, id)
	if err != nil || len(list) == 0 {
		return needs.Proposal{}, errors.Join(err, ErrNotFound)
	}
	return list[0], nil
}

// Proposals lists what all units propose for a year.
func (t *Tx) Proposals(ctx context.Context, year int) ([]needs.Proposal, error) {
	return t.proposals(ctx, yearProposals, year)
}

func (t *Tx) proposals(ctx context.Context, query string, args ...any) ([]needs.Proposal, error) {
	var rows []proposalRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list proposals", err)
	}
	list := make([]needs.Proposal, len(rows))
	for i, r := range rows {
		list[i] = r.proposal()
	}
	return list, nil
}

// ProposalYears lists the years for which anything is proposed, the newest first.
func (t *Tx) ProposalYears(ctx context.Context) (years []int, err error) {
	err = t.tx.SelectContext(ctx, &years, proposalYears)
	return years, safe("list years", err)
}

// AddProposal stores what a unit proposes; Again when it does so already.
func (t *Tx) AddProposal(ctx context.Context, p needs.Proposal, now time.Time) (needs.Stored, error) {
	var id int64
	err := t.tx.GetContext(ctx, &id, addProposal, p.Year, p.Unit, nullID(p.Programme), p.Title, p.People, p.Reason, p.Ruled, p.By, now)
	if errors.Is(err, sql.ErrNoRows) {
		return needs.Again, nil
	}
	if err != nil {
		return needs.Kept, safe("add proposal", err)
	}
	return needs.Kept, t.auditProposal(ctx, "proposal.add", id, p.By, now)
}

// ChangeProposal stores what a proposal says now, if it is of the revision that was seen.
func (t *Tx) ChangeProposal(ctx context.Context, p needs.Proposal, now time.Time) (needs.Stored, error) {
	again := false
	if err := t.tx.GetContext(ctx, &again, proposedElsewhere, p.Year, p.Unit, p.Title, p.ID); err != nil || again {
		return needs.Again, safe("read proposals", err)
	}
	res, err := t.tx.ExecContext(ctx, changeProposal, p.ID, p.Revision, p.Year, nullID(p.Programme), p.Title, p.People, p.Reason, p.Ruled, p.By, now)
	if err != nil {
		return needs.Kept, safe("change proposal", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("change proposal", err)
	}
	return needs.Kept, t.auditProposal(ctx, "proposal.change", p.ID, p.By, now)
}

// WithdrawProposal takes a proposal back, if it is of the revision that was seen; Outdated
// when somebody else has changed it or taken it back.
func (t *Tx) WithdrawProposal(ctx context.Context, id int64, revision int, by int64, now time.Time) (needs.Stored, error) {
	res, err := t.tx.ExecContext(ctx, withdrawProposal, id, revision, now)
	if err != nil {
		return needs.Kept, safe("withdraw proposal", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("withdraw proposal", err)
	}
	return needs.Kept, t.auditProposal(ctx, "proposal.withdraw", id, by, now)
}

func (t *Tx) auditProposal(ctx context.Context, action string, id, by int64, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), action, nil, fmt.Sprintf("proposal %d", id))
	return safe("audit", err)
}

// CopyProposals is what the person of a chat has proposed for units; nil when there is
// nothing.
func (t *Tx) CopyProposals(ctx context.Context, chatID int64) (raw json.RawMessage, err error) {
	err = t.tx.GetContext(ctx, (*[]byte)(&raw), copyProposals, chatID)
	return raw, safe("copy proposals", err)
}
