package storage

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// People are counted for the batches of one page only.
const unitBatches = inArea + `, page AS MATERIALIZED (
		SELECT b.id, count(*) OVER () AS total, row_number() OVER (ORDER BY b.starts_at NULLS LAST, b.id) AS line FROM batch b
		WHERE b.state IN ('open', 'closed', 'running') AND COALESCE(b.ends_at, 'infinity') > $3 ORDER BY line OFFSET $4 LIMIT $5
	)
	SELECT ` + batchColumns + `, t.seated, t.offered, o.ours, o.owed, p.total FROM page p JOIN (` + ofBatch + `) ON b.id = p.id
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE n.state = 'seated' AND n.way <> 'walk_in') AS seated, count(*) FILTER (WHERE n.state = 'offered') AS offered
	    FROM enrolment n WHERE n.batch_id = b.id OFFSET 0) t
	CROSS JOIN LATERAL (SELECT count(*) AS ours, count(*) FILTER (WHERE n.assignment = '' AND n.permission <> 'asked') AS owed
	    FROM enrolment n JOIN employee e ON e.id = n.employee_id
	    WHERE n.batch_id = b.id AND n.state = 'seated' AND n.way <> 'walk_in' AND ($1 OR e.unit_id IN (SELECT unit_id FROM mine)) OFFSET 0) o
	ORDER BY p.line`

// UnitBatches lists the batches that are shown and not over, with how many people of an
// area are in them, nearest first; total is how many batches there are.
func (t *Tx) UnitBatches(ctx context.Context, a personnel.Area, now time.Time, skip, limit int) (list []training.UnitBatch, total int, err error) {
	var rows []struct {
		batchRow
		Seated  int `db:"seated"`
		Offered int `db:"offered"`
		Ours    int `db:"ours"`
		Owed    int `db:"owed"`
		Total   int `db:"total"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unitBatches, a.All, a.Officer, now, skip, limit); err != nil {
		return nil, 0, safe("list batches of a unit", err)
	}
	for _, r := range rows {
		b := training.UnitBatch{Batch: r.batch(), Ours: r.Ours, Owed: r.Owed}
		b.Counts = training.Counts{Seated: r.Seated, Offered: r.Offered}
		list, total = append(list, b), r.Total
	}
	return list, total, nil
}

const runsAny = `
	SELECT CASE WHEN $2 THEN EXISTS (SELECT FROM batch) ELSE EXISTS (SELECT FROM committee m JOIN batch b ON b.id = m.batch_id
		WHERE m.employee_id = $1 AND COALESCE(b.ends_at, 'infinity') > $3::timestamptz) END`

// RunsAny tells whether somebody runs any batch, as BatchesRun lists them.
func (t *Tx) RunsAny(ctx context.Context, who personnel.Employee, now time.Time) (any bool, err error) {
	err = t.tx.GetContext(ctx, &any, runsAny, who.ID, who.Rights.HR, now.AddDate(0, 0, -training.CommitteeDays))
	return any, safe("look for batches", err)
}

// What others did with the person's place is told, by whom it is not. What somebody has
// answered about a training is not here: those answers have no names.
const copyTrainings = `
	SELECT json_agg(json_build_object('pelatihan', b.name, 'cara', n.way, 'keadaan', n.state, 'mendaftar', n.applied_at, 'mendapat_tempat', n.seated_at,
		'berhalangan', n.cause, 'izin', n.permission, 'izin_pada', n.permission_at, 'alasan_izin', nullif(n.permission_reason, ''),
		'surat_izin', nullif(n.permission_letter, ''), 'surat_usulan', nullif(n.nomination, ''), 'tanggal_usulan', n.nomination_date,
		'surat_tugas', nullif(n.assignment, ''), 'tanggal_tugas', n.assignment_date, 'kode_salah', n.code_tries,
		'panitia', EXISTS (SELECT FROM committee m WHERE m.batch_id = b.id AND m.employee_id = n.employee_id),
		'kehadiran', (SELECT json_agg(json_build_object('sesi', s.n, 'hadir', a.present, 'dicatat', a.at, 'dengan', a.way, 'menyatakan_hadir', a.claimed_at,
				'diputuskan', a.decided_at) ORDER BY s.n)
			FROM attendance a JOIN training_session s ON s.id = a.session_id WHERE s.batch_id = b.id AND a.employee_id = n.employee_id)) ORDER BY n.id)
	FROM chat c JOIN enrolment n ON n.employee_id = c.employee_id JOIN batch b ON b.id = n.batch_id WHERE c.id = $1`

// CopyTrainings is what is stored about the trainings of the person to whom a chat
// belongs; nil when there is nothing.
func (t *Tx) CopyTrainings(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.tx.GetContext(ctx, &raw, copyTrainings, chatID)
	return raw, safe("copy trainings", err)
}
