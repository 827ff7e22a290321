package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// enrolmentColumns is the list that enrolmentRow scans: n is enrolment, y whoever gave
// the permission.
const enrolmentColumns = `n.id AS n_id, n.batch_id, n.employee_id, n.way AS n_way, n.state AS n_state, n.applied_at, COALESCE(n.cause, '') AS cause,
	CASE WHEN n.state = 'waiting' THEN (SELECT count(*) FROM enrolment w WHERE w.batch_id = n.batch_id AND w.state = 'waiting' AND w.place <= n.place) ELSE 0 END AS position,
	n.offer_until, n.asked_until, n.permission, COALESCE(y.name, '') AS permission_name, COALESCE(y.sex, 0) AS permission_sex, n.permission_reason, n.permission_letter,
	n.nomination, n.nomination_date, n.assignment, n.assignment_date, COALESCE(n.kept_revision, 0) AS kept_revision`

const ofEnrolment = `enrolment n LEFT JOIN employee y ON y.id = n.permission_by`

type enrolmentRow struct {
	NID              int64        `db:"n_id"`
	BatchID          int64        `db:"batch_id"`
	EmployeeID       int64        `db:"employee_id"`
	NWay             string       `db:"n_way"`
	NState           string       `db:"n_state"`
	AppliedAt        time.Time    `db:"applied_at"`
	Cause            string       `db:"cause"`
	Position         int          `db:"position"`
	OfferUntil       sql.NullTime `db:"offer_until"`
	AskedUntil       sql.NullTime `db:"asked_until"`
	Permission       string       `db:"permission"`
	PermissionName   string       `db:"permission_name"`
	PermissionSex    int64        `db:"permission_sex"`
	PermissionReason string       `db:"permission_reason"`
	PermissionLetter string       `db:"permission_letter"`
	Nomination       string       `db:"nomination"`
	NominationDate   sql.NullTime `db:"nomination_date"`
	Assignment       string       `db:"assignment"`
	AssignmentDate   sql.NullTime `db:"assignment_date"`
	KeptRevision     int          `db:"kept_revision"`
}

func (r enrolmentRow) enrolment() training.Enrolment {
	n := training.Enrolment{ID: r.NID, Employee: r.EmployeeID, Way: training.Way(r.NWay), Standing: training.Standing(r.NState), Position: r.Position,
		AppliedAt: r.AppliedAt, Cause: training.Cause(r.Cause), OfferUntil: r.OfferUntil.Time, AskedUntil: r.AskedUntil.Time, Permission: training.Permission(r.Permission),
		PermissionReason: r.PermissionReason, PermissionLetter: r.PermissionLetter, Nomination: r.Nomination, NominationDate: r.NominationDate.Time,
		Assignment: r.Assignment, AssignmentDate: r.AssignmentDate.Time, KeptRevision: r.KeptRevision}
	n.Batch.ID = r.BatchID
	if r.PermissionName != "" {
		n.PermissionBy = personnel.Employee{Name: r.PermissionName, Sex: sexOf(r.PermissionSex)}.Address()
	}
	return n
}

const (
	enrolmentOf  = `SELECT ` + enrolmentColumns + ` FROM ` + ofEnrolment + ` WHERE n.batch_id = $1 AND n.employee_id = $2`
	enrolmentsOf = `
		SELECT ` + enrolmentColumns + `, ` + batchColumns + `
		FROM ` + ofEnrolment + ` JOIN batch b ON b.id = n.batch_id JOIN programme g ON g.id = b.programme_id LEFT JOIN partner r ON r.id = g.partner_id
		     LEFT JOIN employee c ON c.id = b.changed_by
		WHERE n.employee_id = $1 AND COALESCE(b.ends_at, 'infinity') >= $2 ORDER BY b.starts_at NULLS LAST, b.id`
)

// Enrolment reads what somebody has in a batch, with the batch, or ErrNotFound.
func (t *Tx) Enrolment(ctx context.Context, batch, employee int64) (training.Enrolment, error) {
	var r enrolmentRow
	if err := t.one(ctx, &r, enrolmentOf, batch, employee); err != nil {
		return training.Enrolment{}, err
	}
	n := r.enrolment()
	b, err := t.Batch(ctx, batch)
	n.Batch = b
	return n, err
}

// Enrolments lists what somebody takes or took part in, of batches that end at since or
// later, nearest first, whatever became of it; the batches are without their sessions.
func (t *Tx) Enrolments(ctx context.Context, employee int64, since time.Time) ([]training.Enrolment, error) {
	var rows []struct {
		enrolmentRow
		batchRow
	}
	if err := t.tx.SelectContext(ctx, &rows, enrolmentsOf, employee, since); err != nil {
		return nil, safe("list enrolments", err)
	}
	out := make([]training.Enrolment, len(rows))
	for i, r := range rows {
		out[i] = r.enrolment()
		out[i].Batch = r.batch()
	}
	return out, nil
}

// Whoever has a seat comes first, by name; then the queue in its order; then those who
// are ranked at the close, and those who left.
const participants = inArea + `
	SELECT ` + enrolmentColumns + `, e.nip, e.name, e.sex, e.grade, e.position_title, u.name AS unit_name, e.unit_id, e.supervisor_id,
	       EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked,
	       (SELECT count(*) FROM attendance a JOIN training_session s ON s.id = a.session_id
	        WHERE s.batch_id = n.batch_id AND a.employee_id = n.employee_id AND a.present) AS present
	FROM ` + ofEnrolment + ` JOIN employee e ON e.id = n.employee_id JOIN unit u ON u.id = e.unit_id
	WHERE n.batch_id = $3 AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine))
	ORDER BY CASE n.state WHEN 'seated' THEN 0 WHEN 'offered' THEN 1 WHEN 'waiting' THEN 2 WHEN 'applied' THEN 3 ELSE 4 END,
	         CASE WHEN n.state IN ('offered', 'waiting') THEN n.place END, e.name, e.id`

// Participants lists who of an area is or was in a batch.
func (t *Tx) Participants(ctx context.Context, a personnel.Area, batch int64) ([]training.Participant, error) {
	var rows []struct {
		enrolmentRow
		NIP     string `db:"nip"`
		Name    string `db:"name"`
		Sex     int64  `db:"sex"`
		Grade   string `db:"grade"`
		Title   string `db:"position_title"`
		Unit    string `db:"unit_name"`
		UnitID  int64  `db:"unit_id"`
		Boss    *int64 `db:"supervisor_id"`
		Linked  bool   `db:"linked"`
		Present int    `db:"present"`
	}
	if err := t.tx.SelectContext(ctx, &rows, participants, a.All, a.Officer, batch); err != nil {
		return nil, safe("list participants", err)
	}
	out := make([]training.Participant, len(rows))
	for i, r := range rows {
		nip, err := personnel.RestoreNIP(r.NIP)
		if err != nil {
			return nil, err
		}
		out[i] = training.Participant{Enrolment: r.enrolment(), Present: r.Present,
			Person: personnel.Employee{ID: r.EmployeeID, NIP: nip, Name: r.Name, Sex: sexOf(r.Sex), PositionTitle: r.Title, UnitName: r.Unit, UnitID: r.UnitID, SupervisorID: r.Boss},
			Grade:  r.Grade, Linked: r.Linked}
	}
	return out, nil
}

// What somebody lacks is told by the own newest self-assessment alone: whoever sees a
// place in a list must not learn from it how the superior has rated. A programme fits
// when it leads above the level that the person shows.
var offers = `
	WITH own AS (
		SELECT a.item_code AS code, a.value::int AS level
		FROM (SELECT f.id FROM task k JOIN response f ON f.task_id = k.id WHERE k.employee_id = $1 AND ` + isSelf("k") + `
		      ORDER BY f.sent_at DESC LIMIT 1) f JOIN answer a ON a.response_id = f.id AND a.value ~ '^[0-5]$'
	), lack AS (
		SELECT o.code, o.level, s.level - o.level AS gap FROM own o
		JOIN ` + requiredLevels(`SELECT * FROM employee WHERE id = $1`) + ` s ON s.competency_code = o.code WHERE s.level > o.level
	), near AS MATERIALIZED (
		SELECT DISTINCT n.batch_id FROM employee m JOIN employee e ON e.unit_id = m.unit_id JOIN enrolment n ON n.employee_id = e.id
		WHERE m.id = $1 AND e.id <> $1 AND e.active AND n.state IN ('applied', 'waiting', 'offered', 'seated')
	), fit AS MATERIALIZED (
		SELECT DISTINCT ON (a.programme_id) a.programme_id, l.gap, q.name FROM lack l
		JOIN programme_competency a ON a.competency_code = l.code AND a.level > l.level JOIN competency q ON q.code = l.code
		ORDER BY a.programme_id, l.gap DESC, q.name
	), page AS MATERIALIZED (
		SELECT b.id, COALESCE(f.name, '') AS lacking, x.batch_id IS NOT NULL AS near, count(*) OVER () AS total,
		       row_number() OVER (ORDER BY f.gap DESC NULLS LAST, x.batch_id IS NULL, b.starts_at, b.id) AS line
		FROM batch b LEFT JOIN fit f ON f.programme_id = b.programme_id LEFT JOIN near x ON x.batch_id = b.id
		WHERE b.state IN ('open', 'closed') AND b.starts_at > $2 ORDER BY line OFFSET $3 LIMIT $4
	)
	SELECT p.lacking, p.near, p.total, ` + batchColumns + `, COALESCE(n.state, '') AS standing,
	       CASE WHEN n.state = 'waiting' THEN (SELECT count(*) FROM enrolment w WHERE w.batch_id = b.id AND w.state = 'waiting' AND w.place <= n.place) ELSE 0 END AS position,
	       t.seated, t.offered, t.waiting
	FROM page p JOIN batch b ON b.id = p.id JOIN programme g ON g.id = b.programme_id LEFT JOIN partner r ON r.id = g.partner_id
	     LEFT JOIN employee c ON c.id = b.changed_by LEFT JOIN enrolment n ON n.batch_id = b.id AND n.employee_id = $1
	     CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE n.state = 'seated' AND n.way <> 'walk_in') AS seated, count(*) FILTER (WHERE n.state = 'offered') AS offered,
	                                count(*) FILTER (WHERE n.state = 'waiting') AS waiting FROM enrolment n WHERE n.batch_id = b.id OFFSET 0) t
	ORDER BY p.line`

// Offers lists the batches ahead that somebody sees, in the order that training.Offer
// says; total is how many there are.
func (t *Tx) Offers(ctx context.Context, employee int64, now time.Time, skip, limit int) (list []training.Offer, total int, err error) {
	var rows []struct {
		batchRow
		Lacking  string `db:"lacking"`
		Near     bool   `db:"near"`
		Total    int    `db:"total"`
		Standing string `db:"standing"`
		Position int    `db:"position"`
		Seated   int    `db:"seated"`
		Offered  int    `db:"offered"`
		Waiting  int    `db:"waiting"`
	}
	if err := t.tx.SelectContext(ctx, &rows, offers, employee, now, skip, limit); err != nil {
		return nil, 0, safe("list trainings", err)
	}
	for _, r := range rows {
		o := training.Offer{Batch: r.batch(), Why: training.AnyBody, Lacking: r.Lacking, Standing: training.Standing(r.Standing), Position: r.Position}
		o.Batch.Counts = training.Counts{Seated: r.Seated, Offered: r.Offered, Waiting: r.Waiting}
		switch {
		case r.Lacking != "":
			o.Why = training.FitsGap
		case r.Near:
			o.Why = training.FromUnit
		}
		list, total = append(list, o), r.Total
	}
	return list, total, nil
}
