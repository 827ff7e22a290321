package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/needs"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
	"bangkom/internal/summary"
)

const (
	addRound = `
		INSERT INTO signoff_round (year, period_id, due_on, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (year) DO NOTHING RETURNING year`
	addSignoffs = `INSERT INTO signoff (year, unit_id, head_unit_id) SELECT $1, id, id FROM unnest($2::bigint[]) AS u (id) ORDER BY id`
	moveRound   = `UPDATE signoff_round SET due_on = $3, revision = revision + 1 WHERE year = $1 AND revision = $2`
)

// OpenSignoff opens a round for some units; Again when its year has one.
func (t *Tx) OpenSignoff(ctx context.Context, r needs.Round, units []int64, now time.Time) (needs.Stored, error) {
	var year int
	err := t.tx.GetContext(ctx, &year, addRound, r.Year, r.Period.ID, civil(r.Due), r.By, now)
	if errors.Is(err, sql.ErrNoRows) {
		return needs.Again, nil
	}
	if err != nil {
		return needs.Kept, safe("open round", err)
	}
	if _, err := t.tx.ExecContext(ctx, addSignoffs, r.Year, pq.Array(units)); err != nil {
		return needs.Kept, safe("open round", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, r.By, "signoff.open", nil, fmt.Sprintf("year %d, due %s", r.Year, r.Due.Format(time.DateOnly)))
	return needs.Kept, safe("audit", err)
}

// MoveSignoffDue gives a round another last day, if it is of the revision that was seen.
func (t *Tx) MoveSignoffDue(ctx context.Context, r needs.Round, by int64, now time.Time) (needs.Stored, error) {
	res, err := t.tx.ExecContext(ctx, moveRound, r.Year, r.Revision, civil(r.Due))
	if err != nil {
		return needs.Kept, safe("move round", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("move round", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "signoff.due", nil, fmt.Sprintf("year %d, due %s", r.Year, r.Due.Format(time.DateOnly)))
	return needs.Kept, safe("audit", err)
}

const (
	prepareSignoff = `
		UPDATE signoff SET state = 'prepared', people = $3, filled = $4, rated = $5, prepared_by = $6, prepared_at = $7, approved_by = NULL, approved_at = NULL,
		       approved_for = NULL, validated_by = NULL, validated_at = NULL, note = '', noted_by = NULL, revision = revision + 1 WHERE id = $1 AND revision = $2 AND state = 'open'`
	clearNeeds     = `DELETE FROM signoff_need WHERE signoff_id = $1`
	clearProposals = `DELETE FROM signoff_proposal WHERE signoff_id = $1`
	addNeed        = `
		INSERT INTO signoff_need (signoff_id, competency_code, name, place, n, gap, lack, share_part, share_of, reason, moved_by, moved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	addSigned = `INSERT INTO signoff_proposal (signoff_id, place, title, people, reason, ruled) VALUES ($1, $2, $3, $4, $5, $6)`
)

// PrepareSignoff freezes what a unit signs and passes it to its head.
func (t *Tx) PrepareSignoff(ctx context.Context, s needs.Signoff, c needs.Content, by int64, now time.Time) (needs.Stored, error) {
	res, err := t.tx.ExecContext(ctx, prepareSignoff, s.ID, s.Revision, c.People, c.Filled, c.Rated, by, now)
	if err != nil {
		return needs.Kept, safe("prepare sign-off", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("prepare sign-off", err)
	}
	if err := t.storeNeeds(ctx, s.ID, c.Needs); err != nil {
		return needs.Kept, err
	}
	if _, err := t.tx.ExecContext(ctx, clearProposals, s.ID); err != nil {
		return needs.Kept, safe("store signed proposals", err)
	}
	for i, p := range c.Proposals {
		if _, err := t.tx.ExecContext(ctx, addSigned, s.ID, i+1, p.Title, p.People, p.Reason, p.Ruled); err != nil {
			return needs.Kept, safe("store signed proposals", err)
		}
	}
	return needs.Kept, t.auditSignoff(ctx, "prepare", s.ID, by, "", now)
}

func (t *Tx) storeNeeds(ctx context.Context, id int64, list []needs.SignedNeed) error {
	if _, err := t.tx.ExecContext(ctx, clearNeeds, id); err != nil {
		return safe("store signed needs", err)
	}
	for i, n := range list {
		at := sql.NullTime{Time: n.Moved.At, Valid: n.Moved.ID != 0}
		_, err := t.tx.ExecContext(ctx, addNeed, id, n.Code, n.Name, i+1, n.N, n.Gap, n.Lack, n.Share.Part, n.Share.Of, n.Reason, nullID(n.Moved.ID), at)
		if err != nil {
			return safe("store signed needs", err)
		}
	}
	return nil
}

const touchSignoff = `UPDATE signoff SET revision = revision + 1 WHERE id = $1 AND revision = $2 AND state = 'prepared'`

// CorrectSignoff stores the needs of a unit in the order that its head has given them.
func (t *Tx) CorrectSignoff(ctx context.Context, s needs.Signoff, list []needs.SignedNeed, code string, by int64, now time.Time) (needs.Stored, error) {
	res, err := t.tx.ExecContext(ctx, touchSignoff, s.ID, s.Revision)
	if err != nil {
		return needs.Kept, safe("correct sign-off", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("correct sign-off", err)
	}
	if err := t.storeNeeds(ctx, s.ID, list); err != nil {
		return needs.Kept, err
	}
	return needs.Kept, t.auditSignoff(ctx, "correct", s.ID, by, ", "+code, now)
}

// What each deed changes; $3 is by whom, $4 when, $5 a text.
var signoffDeeds = map[needs.Deed]string{
	needs.Approve: `state = 'approved', approved_by = $3, approved_at = $4, note = '', noted_by = NULL, head_unit_id = ` + headUnit("leads") + `, approved_for = (
		SELECT l.for_id FROM leads l WHERE l.unit_id = ` + headUnit("leads") + ` AND l.id = $3 AND l.for_id <> $3
		       AND NOT EXISTS (SELECT FROM leads p WHERE p.unit_id = l.unit_id AND p.id = $3 AND p.for_id = $3) ORDER BY l.for_id LIMIT 1)`,
	needs.GiveBack: takenBack,
	needs.Return:   takenBack,
	needs.Validate: `state = 'validated', validated_by = $3, validated_at = $4`,
	needs.Lift:     `head_unit_id = (SELECT u.parent_id FROM unit u WHERE u.id = s.head_unit_id)`,
	needs.Attach:   `scan = $5, scanned_by = $3, scanned_at = $4`,
}

const takenBack = `state = 'open', note = $5, noted_by = $3, prepared_by = NULL, prepared_at = NULL, approved_by = NULL, approved_at = NULL, approved_for = NULL,
	validated_by = NULL, validated_at = NULL, scan = '', scanned_by = NULL, scanned_at = NULL`

// StepSignoff does a deed that needs.Signoff.May allows; more is the reason, or the file.
func (t *Tx) StepSignoff(ctx context.Context, s needs.Signoff, d needs.Deed, more string, by int64, now time.Time) (needs.Stored, error) {
	q := `WITH leads AS (` + unitLeads("$6::date") + `)
		UPDATE signoff s SET ` + signoffDeeds[d] + `, revision = revision + 1
		WHERE s.id = $1 AND s.revision = $2 AND $3::bigint IS NOT NULL AND $4::timestamptz IS NOT NULL AND $5::text IS NOT NULL AND $6::date IS NOT NULL`
	res, err := t.tx.ExecContext(ctx, q, s.ID, s.Revision, by, now, more, now.Format(time.DateOnly))
	if err != nil {
		return needs.Kept, safe("step sign-off", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return needs.Outdated, safe("step sign-off", err)
	}
	return needs.Kept, t.auditSignoff(ctx, string(d), s.ID, by, "", now)
}

const unitAbove = `SELECT COALESCE(parent_id, 0) FROM unit WHERE id = $1`

// UnitAbove is the unit above another one now; 0 when there is none.
func (t *Tx) UnitAbove(ctx context.Context, unit int64) (above int64, err error) {
	return above, t.one(ctx, &above, unitAbove, unit)
}

// Whoever has something to do for a round on the civil date $1: units to prepare for the
// officer of the unit or the nearest one above, units to approve for heads and who stands in.
var signoffsWaiting = `
	WITH RECURSIVE leads AS (
		` + unitLeads("$1::date") + `
	), up AS (
		SELECT s.id, s.year, s.unit_id AS at FROM signoff s WHERE s.state = 'open'
		UNION ALL SELECT p.id, p.year, u.parent_id
		FROM up p JOIN unit u ON u.id = p.at WHERE u.parent_id IS NOT NULL
		  AND NOT EXISTS (SELECT FROM role_grant g JOIN employee o ON o.id = g.employee_id AND o.active WHERE g.unit_id = p.at AND g.role = 'officer' AND g.revoked_at IS NULL)
	)
	SELECT w.year, w.person, r.due_on, r.opened_at, count(DISTINCT w.prepare) AS prepare, count(DISTINCT w.approve) AS approve FROM (
		SELECT p.year, g.employee_id AS person, p.id AS prepare, NULL::bigint AS approve FROM up p JOIN role_grant g ON g.unit_id = p.at AND g.role = 'officer' AND g.revoked_at IS NULL
		UNION ALL SELECT s.year, l.id, NULL, s.id FROM signoff s JOIN leads l ON l.unit_id = ` + headUnit("leads") + ` WHERE s.state = 'prepared'
	) w JOIN signoff_round r ON r.year = w.year JOIN employee e ON e.id = w.person AND e.active GROUP BY w.year, w.person, r.due_on, r.opened_at ORDER BY w.year, w.person`

// SignoffsWaiting lists who has something to do for a round, with how much.
func (t *Tx) SignoffsWaiting(ctx context.Context, today time.Time) (list []reminder.Signing, err error) {
	var rows []struct {
		Year    int       `db:"year"`
		Person  int64     `db:"person"`
		Due     time.Time `db:"due_on"`
		Opened  time.Time `db:"opened_at"`
		Prepare int       `db:"prepare"`
		Approve int       `db:"approve"`
	}
	if err := t.tx.SelectContext(ctx, &rows, signoffsWaiting, today.Format(time.DateOnly)); err != nil {
		return nil, safe("list who signs off", err)
	}
	for _, r := range rows {
		list = append(list, reminder.Signing(r))
	}
	return list, nil
}

var openSignoffs = `
	WITH leads AS MATERIALIZED (` + unitLeads("$2::date") + `)
	SELECT w.key FROM (SELECT '` + outreach.ToldHead + `' || s.id || ':' || floor(extract(epoch FROM s.prepared_at))::bigint || ':' || l.id AS key
	      FROM signoff s JOIN leads l ON l.unit_id = ` + headUnit("leads") + ` WHERE s.state = 'prepared') w WHERE w.key = ANY($1)`

// OpenSignoffs returns which of the given keys (outreach.WaitsKey) are of what waits for that
// head on a civil date, as it was prepared.
func (t *Tx) OpenSignoffs(ctx context.Context, keys []string, today time.Time) (map[string]bool, error) {
	return t.keys(ctx, "read who approves", openSignoffs, pq.Array(keys), today.Format(time.DateOnly))
}

// Two years after the plan year nothing is decided by it any more.
const (
	pruneSignoffs = `DELETE FROM signoff WHERE id IN (SELECT id FROM signoff WHERE year < extract(year FROM $1::timestamptz)::int - 2 ORDER BY id LIMIT $2)`
	pruneRounds   = `DELETE FROM signoff_round WHERE year IN (SELECT r.year FROM signoff_round r WHERE r.year < extract(year FROM $1::timestamptz)::int - 2
		AND NOT EXISTS (SELECT FROM signoff s WHERE s.year = r.year) LIMIT $2)`
)

// Whether $2 stood in for the head of the unit that approves, by a letter that is over.
var stoodIn = `
	SELECT u.name FROM signoff s JOIN (` + unitHeads + `) h ON h.unit_id IN (s.unit_id, s.head_unit_id) JOIN unit u ON u.id = h.unit_id
	     JOIN delegation d ON d.for_id = h.id AND d.acting_id = $2 AND d.checked_at IS NOT NULL AND d.starts_on <= $3::date AND (d.ended_at IS NOT NULL OR d.ends_on < $3::date)
	WHERE s.id = $1 ORDER BY h.unit_id = s.head_unit_id DESC LIMIT 1`

// StoodIn tells for the head of which unit of a sign-off somebody stood in before a civil date;
// ErrNotFound when nobody.
func (t *Tx) StoodIn(ctx context.Context, id, person int64, today time.Time) (unit string, err error) {
	err = t.one(ctx, &unit, stoodIn, id, person, today.Format(time.DateOnly))
	return unit, err
}

var signoffHeads = `SELECT DISTINCT l.id FROM (` + unitLeads("$2::date") + `) l WHERE l.unit_id = $1 ORDER BY 1`

// SignoffHeads lists the heads of a unit, and who stands in for them.
func (t *Tx) SignoffHeads(ctx context.Context, unit int64, today time.Time) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, signoffHeads, unit, today.Format(time.DateOnly))
	return people, safe("list heads", err)
}

var teamSignoffs = `
	SELECT l.id AS boss, count(DISTINCT s.id) AS n, min(r.due_on) AS until FROM signoff s JOIN signoff_round r ON r.year = s.year
	CROSS JOIN LATERAL (SELECT u.id FROM (` + unitLeads("$2::date") + `) u WHERE u.unit_id = ` + headUnit("("+unitHeads+")") + `) l
	WHERE s.state = 'prepared' AND l.id = ANY($1) GROUP BY l.id`

// teamSignoffs adds how many units wait to be approved by each of the superiors.
func (t *Tx) teamSignoffs(ctx context.Context, ids any, now time.Time, out map[int64]*summary.Facts) error {
	var rows []struct {
		Boss  int64     `db:"boss"`
		N     int       `db:"n"`
		Until time.Time `db:"until"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamSignoffs, ids, now.Format(time.DateOnly)); err != nil {
		return safe("count sign-offs", err)
	}
	for _, r := range rows {
		if f, ok := out[r.Boss]; ok {
			f.Signoffs = summary.Signoffs{N: r.N, Until: r.Until}
		}
	}
	return nil
}

const officeSignoffs = `
	SELECT r.year, count(*) FILTER (WHERE s.state = 'open') AS unprepared, count(*) FILTER (WHERE s.state = 'prepared') AS prepared,
	       count(*) FILTER (WHERE s.state = 'approved') AS approved, count(*) FILTER (WHERE s.state <> 'validated' AND r.due_on < $1::date) AS late
	FROM signoff_round r JOIN signoff s ON s.year = r.year GROUP BY r.year HAVING bool_or(s.state <> 'validated') ORDER BY r.year`

// officeSignoffs counts the units of each round that is not done, the oldest first.
func (t *Tx) officeSignoffs(ctx context.Context, now time.Time) (list []summary.SignoffBoard, err error) {
	var rows []struct {
		Year       int `db:"year"`
		Unprepared int `db:"unprepared"`
		Prepared   int `db:"prepared"`
		Approved   int `db:"approved"`
		Late       int `db:"late"`
	}
	if err := t.tx.SelectContext(ctx, &rows, officeSignoffs, now.Format(time.DateOnly)); err != nil {
		return nil, safe("count sign-offs", err)
	}
	for _, r := range rows {
		list = append(list, summary.SignoffBoard(r))
	}
	return list, nil
}
