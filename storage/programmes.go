package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

const partnerColumns = `r.id, r.code, r.name, r.kind, r.agreement, r.agreed_from, r.agreed_until, r.removed_at`

type partnerRow struct {
	ID        sql.NullInt64  `db:"id"`
	Code      sql.NullString `db:"code"`
	Name      sql.NullString `db:"name"`
	Kind      sql.NullString `db:"kind"`
	Agreement sql.NullString `db:"agreement"`
	From      sql.NullTime   `db:"agreed_from"`
	Until     sql.NullTime   `db:"agreed_until"`
	Removed   sql.NullTime   `db:"removed_at"`
}

func (r partnerRow) partner() training.Partner {
	return training.Partner{ID: r.ID.Int64, Code: r.Code.String, Name: r.Name.String, Kind: training.PartnerKind(r.Kind.String),
		Agreement: r.Agreement.String, From: r.From.Time, Until: r.Until.Time, Removed: r.Removed.Valid}
}

const partners = `SELECT ` + partnerColumns + ` FROM partner r ORDER BY r.name, r.id`

// Partners lists who holds trainings with the agency, by name.
func (t *Tx) Partners(ctx context.Context) ([]training.Partner, error) {
	var rows []partnerRow
	if err := t.tx.SelectContext(ctx, &rows, partners); err != nil {
		return nil, safe("list partners", err)
	}
	out := make([]training.Partner, len(rows))
	for i, r := range rows {
		out[i] = r.partner()
	}
	return out, nil
}

// programmeColumns is the list that programmeRow scans: g is programme, r its partner.
const programmeColumns = `g.id AS g_id, g.code AS g_code, g.title, g.aim, g.ability, g.form, g.jp, g.way, g.share,
	r.id AS "partner.id", r.code AS "partner.code", r.name AS "partner.name", r.kind AS "partner.kind", r.agreement AS "partner.agreement",
	r.agreed_from AS "partner.agreed_from", r.agreed_until AS "partner.agreed_until", r.removed_at AS "partner.removed_at"`

const ofProgramme = `programme g LEFT JOIN partner r ON r.id = g.partner_id`

type programmeRow struct {
	GID     int64      `db:"g_id"`
	GCode   string     `db:"g_code"`
	Title   string     `db:"title"`
	Aim     string     `db:"aim"`
	Ability string     `db:"ability"`
	Form    string     `db:"form"`
	JP      int        `db:"jp"`
	Way     string     `db:"way"`
	Share   int        `db:"share"`
	Partner partnerRow `db:"partner"`
}

func (r programmeRow) programme() training.Programme {
	return training.Programme{ID: r.GID, Code: r.GCode, Title: r.Title, Aim: r.Aim, Ability: r.Ability, Form: r.Form, JP: r.JP,
		Partner: r.Partner.partner(), WayIn: training.WayIn(r.Way), Share: r.Share}
}

const (
	programmes    = `SELECT ` + programmeColumns + ` FROM ` + ofProgramme + ` ORDER BY g.title, g.id`
	programmeByID = `SELECT ` + programmeColumns + ` FROM ` + ofProgramme + ` WHERE g.id = $1`
	aimsOf        = `
		SELECT a.competency_code AS code, c.name, a.level FROM programme_competency a JOIN competency c ON c.code = a.competency_code
		WHERE a.programme_id = $1 ORDER BY c.name, c.code`
)

// Programmes lists all programmes by title, without their aims.
func (t *Tx) Programmes(ctx context.Context) ([]training.Programme, error) {
	var rows []programmeRow
	if err := t.tx.SelectContext(ctx, &rows, programmes); err != nil {
		return nil, safe("list programmes", err)
	}
	out := make([]training.Programme, len(rows))
	for i, r := range rows {
		out[i] = r.programme()
	}
	return out, nil
}

// Programme reads one programme with its aims, or ErrNotFound.
func (t *Tx) Programme(ctx context.Context, id int64) (p training.Programme, err error) {
	var r programmeRow
	if err := t.one(ctx, &r, programmeByID, id); err != nil {
		return p, err
	}
	p = r.programme()
	p.Aims, err = t.aims(ctx, id)
	return p, err
}

func (t *Tx) aims(ctx context.Context, programme int64) ([]training.Aim, error) {
	return t.readAims(ctx, aimsOf, programme)
}

func (t *Tx) readAims(ctx context.Context, query string, args ...any) ([]training.Aim, error) {
	var rows []struct {
		Code  string `db:"code"`
		Name  string `db:"name"`
		Level int    `db:"level"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("read competencies", err)
	}
	out := make([]training.Aim, len(rows))
	for i, r := range rows {
		out[i] = training.Aim{Code: r.Code, Name: r.Name, Level: r.Level}
	}
	return out, nil
}

const (
	programmeTaken = `SELECT EXISTS (SELECT FROM programme WHERE code = $1)`
	addProgramme   = `
		INSERT INTO programme (code, title, aim, ability, form, jp, partner_id, way, share) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (code) DO NOTHING RETURNING id`
	changeProgramme = `
		UPDATE programme SET title = $2, aim = $3, ability = $4, form = $5, jp = $6, partner_id = $7, way = $8, share = $9, code = $10
		WHERE id = $1 RETURNING id`
	// What is over keeps the name that people knew.
	renamedBatches = `
		SELECT id FROM batch WHERE programme_id = $1 AND state NOT IN ('done', 'cancelled') AND name <> $2 || ', angkatan ' || number`
	renameBatches = `UPDATE batch SET name = $2 || ', angkatan ' || number WHERE id = ANY($1)`
	dropAims      = `DELETE FROM programme_competency WHERE programme_id = $1`
	addAims       = `
		INSERT INTO programme_competency (programme_id, competency_code, level)
		SELECT $1, code, level FROM unnest($2::text[], $3::int[]) AS i (code, level)`
)

// AddProgramme stores a new programme, on behalf of by; training.ErrTaken when its code
// is in use.
func (t *Tx) AddProgramme(ctx context.Context, p training.Programme, by int64, now time.Time) (id int64, err error) {
	var taken bool
	if err := t.tx.GetContext(ctx, &taken, programmeTaken, p.Code); err != nil {
		return 0, safe("read programme", err)
	}
	if taken {
		return 0, training.ErrTaken
	}
	err = t.one(ctx, &id, addProgramme, p.Code, p.Title, p.Aim, p.Ability, p.Form, p.JP, nullID(p.Partner.ID), string(p.WayIn), p.Share)
	if err != nil {
		return 0, err
	}
	if err := t.setAims(ctx, id, p.Aims); err != nil {
		return 0, err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "programme.add", nil, p.Code)
	return id, safe("audit", err)
}

// ChangeProgramme replaces what a programme says, on behalf of by, and the names of its
// batches that are not over. Announcements that have told of another way to win seats in
// them are edited: whoever calls it holds them, and those batches. ErrNotFound when there
// is no programme.
func (t *Tx) ChangeProgramme(ctx context.Context, p training.Programme, by int64, now time.Time) error {
	var batches []int64
	if err := t.tx.SelectContext(ctx, &batches, renamedBatches, p.ID, p.Title); err != nil {
		return safe("find batches", err)
	}
	if err := t.LockBatches(ctx, batches); err != nil {
		return err
	}
	another, err := t.otherWay(ctx, p)
	if err != nil {
		return err
	}
	var id int64
	err = t.one(ctx, &id, changeProgramme, p.ID, p.Title, p.Aim, p.Ability, p.Form, p.JP, nullID(p.Partner.ID), string(p.WayIn), p.Share, p.Code)
	if err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, renameBatches, pq.Array(batches), p.Title); err != nil {
		return safe("name batches", err)
	}
	for _, batch := range another {
		if err := t.renewCarriers(ctx, batch, by, now); err != nil {
			return err
		}
	}
	if err := t.setAims(ctx, id, p.Aims); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), "programme.change", nil, p.Code)
	return safe("audit", err)
}

const (
	// The batches that are not over, if their seats are won in another way than $2.
	otherWay = `
		SELECT b.id FROM batch b JOIN programme g ON g.id = b.programme_id
		WHERE g.id = $1 AND g.way <> $2 AND b.state NOT IN ('done', 'cancelled') ORDER BY b.id`
	livingBatches = `SELECT id FROM batch WHERE programme_id = $1 AND state NOT IN ('done', 'cancelled')`
	codeTaken     = `SELECT EXISTS (SELECT FROM programme WHERE code = $2 AND id <> $1)`
	wayUsed       = `
		SELECT EXISTS (SELECT FROM batch b JOIN enrolment n ON n.batch_id = b.id WHERE b.programme_id = $1
		               AND b.state IN ('open', 'closed', 'running') AND n.state IN ('applied', 'waiting', 'offered', 'seated'))`
	// Who has changed a programme stands in the audit log only.
	changedLast = `
		SELECT e.name, e.sex, a.at FROM audit a LEFT JOIN employee e ON e.id = a.actor
		WHERE a.action = 'programme.change' AND a.detail = $1 ORDER BY a.id DESC LIMIT 1`
)

// EditProgramme is ChangeProgramme for somebody who saw the programme as was: Stale when
// it says something else by now, CodeTaken, WayInUse, or Unchanged.
func (t *Tx) EditProgramme(ctx context.Context, p, was training.Programme, by int64, now time.Time) (out training.Outcome, err error) {
	var batches []int64 // locked before the programme, as an import does
	if err := t.tx.SelectContext(ctx, &batches, livingBatches, p.ID); err != nil {
		return out, safe("find batches", err)
	}
	if err := t.lockCarriers(ctx, batches); err != nil {
		return out, err
	}
	if err := t.LockBatches(ctx, batches); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, lockProgramme, p.ID); err != nil {
		return out, safe("lock programme", err)
	}
	is, err := t.Programme(ctx, p.ID)
	if err != nil {
		return out, err
	}
	if !is.Same(was) {
		return t.changedBy(ctx, is)
	}
	if is.Same(p) {
		return training.Outcome{Verdict: training.Unchanged}, nil
	}
	var taken, used bool
	if err := t.tx.GetContext(ctx, &taken, codeTaken, p.ID, p.Code); err != nil {
		return out, safe("read programme", err)
	}
	if used, err = t.wayInUse(ctx, is, p); err != nil {
		return out, err
	}
	switch {
	case taken:
		return training.Outcome{Verdict: training.CodeTaken}, nil
	case used:
		return training.Outcome{Verdict: training.WayInUse}, nil
	}
	return training.Outcome{Verdict: training.Accepted}, t.ChangeProgramme(ctx, p, by, now)
}

// otherWay lists the batches of a programme, as it is stored, whose seats are won in
// another way than p says.
func (t *Tx) otherWay(ctx context.Context, p training.Programme) (batches []int64, err error) {
	err = t.tx.SelectContext(ctx, &batches, otherWay, p.ID, string(p.WayIn))
	return batches, safe("find batches", err)
}

// wayInUse tells whether a programme would have another way to win seats while people take
// part in a batch of it that is shown. Its batches are locked.
func (t *Tx) wayInUse(ctx context.Context, is, next training.Programme) (used bool, err error) {
	if is.WayIn == next.WayIn {
		return false, nil
	}
	err = t.tx.GetContext(ctx, &used, wayUsed, is.ID)
	return used, safe("read batches", err)
}

// changedBy tells who has changed a programme last; nobody = an import.
func (t *Tx) changedBy(ctx context.Context, p training.Programme) (training.Outcome, error) {
	var r struct {
		Name sql.NullString `db:"name"`
		Sex  sql.NullInt64  `db:"sex"`
		At   time.Time      `db:"at"`
	}
	out := training.Outcome{Verdict: training.Stale}
	err := t.one(ctx, &r, changedLast, p.Code)
	if errors.Is(err, ErrNotFound) {
		return out, nil
	}
	if out.At = r.At; r.Name.Valid {
		out.By = personnel.Employee{Name: r.Name.String, Sex: sexOf(r.Sex.Int64)}.Address()
	}
	return out, err
}

func (t *Tx) setAims(ctx context.Context, programme int64, aims []training.Aim) error {
	if _, err := t.tx.ExecContext(ctx, dropAims, programme); err != nil {
		return safe("drop aims", err)
	}
	codes, levels := make([]string, len(aims)), make([]int64, len(aims))
	for i, a := range aims {
		codes[i], levels[i] = a.Code, int64(a.Level)
	}
	_, err := t.tx.ExecContext(ctx, addAims, programme, pq.Array(codes), pq.Array(levels))
	return safe("store aims", err)
}

const unitsNamed = `
	SELECT u.id, u.name || CASE WHEN p.name IS NOT NULL AND count(*) OVER (PARTITION BY lower(u.name)) > 1 THEN ' (' || p.name || ')' ELSE '' END AS name
	FROM unit u LEFT JOIN unit p ON p.id = u.parent_id ORDER BY name, u.id`

// Units lists all units, by name.
func (t *Tx) Units(ctx context.Context) (out []training.Unit, err error) {
	err = t.tx.SelectContext(ctx, &out, unitsNamed)
	return out, safe("list units", err)
}

const competencies = `SELECT code, name, 0 AS level FROM competency ORDER BY kind, code`

// Competencies lists all competencies that a programme may develop, without levels.
func (t *Tx) Competencies(ctx context.Context) ([]training.Aim, error) {
	return t.readAims(ctx, competencies)
}
