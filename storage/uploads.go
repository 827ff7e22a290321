package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/intake"
	"bangkom/internal/register"
)

var (
	addUpload = `
		INSERT INTO upload (chat_id, employee_id, kind, file_id, size, state, created_at, changed_at, name)
		VALUES ($1, $2, $3, $4, $5, 'received', $6, $6, $7) RETURNING id`
	dropUploads = `UPDATE upload SET state = 'cancelled', name = '', draft = NULL, superiors = NULL, losses = NULL, changed_at = $2 WHERE chat_id = $1 AND state IN ('received', 'previewed')`
	readUpload  = `
		SELECT p.id, p.chat_id, p.employee_id, p.kind, p.file_id, p.name, p.size, p.state, p.created_at, p.changed_at, p.attempts, p.begun, p.superiors, p.losses, COALESCE(p.result ->> 'shown', '') AS shown,
		       EXISTS (SELECT FROM chat c WHERE c.id = p.chat_id AND c.employee_id = p.employee_id)
		       AND EXISTS (SELECT FROM role_grant g JOIN employee e ON e.id = g.employee_id
		                   WHERE g.employee_id = p.employee_id AND g.role = 'hr' AND g.revoked_at IS NULL AND e.active) AS allowed
		FROM upload p WHERE `
	takeUpload = `
		UPDATE upload SET begun = begun + 1, taken_until = $1::timestamptz + interval '2 minutes'
		WHERE id = (SELECT id FROM upload
		            WHERE state IN ('received', 'applying') AND (taken_until IS NULL OR taken_until <= $1)
		            ORDER BY COALESCE(tried_at, changed_at), id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id`
	oneUpload  = readUpload + `p.id = $1`
	lockUpload = readUpload + `p.id = $1 FOR UPDATE OF p`
	setUpload  = `UPDATE upload SET state = $2, name = CASE WHEN $2 IN ('previewed', 'applying') THEN name ELSE '' END, draft = CASE WHEN $2 = 'previewed' THEN COALESCE($7, draft) END, result = COALESCE($3, result), superiors = CASE WHEN $2 IN ('previewed', 'applying') THEN COALESCE($5, superiors) END,
		losses = CASE WHEN $2 IN ('previewed', 'applying', 'applied') THEN COALESCE($6, losses) END,
		changed_at = $4, attempts = 0, tried_at = NULL, begun = 0, taken_until = NULL WHERE id = $1`
	lateUpload = `UPDATE upload SET tried_at = $2, attempts = attempts + CASE WHEN ` + newerSchema("$4") + ` THEN 0 ELSE $3::int END,
		begun = greatest(begun - 1, 0), taken_until = NULL WHERE id = $1`
	countReading = `UPDATE upload SET begun = greatest(begun + $2, 0) WHERE id = $1`
)

type uploadRow struct {
	ID         int64     `db:"id"`
	ChatID     int64     `db:"chat_id"`
	EmployeeID int64     `db:"employee_id"`
	Kind       string    `db:"kind"`
	FileID     string    `db:"file_id"`
	Name       string    `db:"name"`
	Size       int64     `db:"size"`
	State      string    `db:"state"`
	At         time.Time `db:"created_at"`
	Changed    time.Time `db:"changed_at"`
	Attempts   int       `db:"attempts"`
	Begun      int       `db:"begun"`
	Allowed    bool      `db:"allowed"`
	Superiors  []byte    `db:"superiors"`
	Losses     []byte    `db:"losses"`
	Shown      string    `db:"shown"`
}

func (r uploadRow) upload() (u intake.Upload, err error) {
	for _, list := range []struct {
		raw  []byte
		into any
	}{{r.Superiors, &u.Superiors}, {r.Losses, &u.Losses}} {
		if list.raw == nil {
			continue
		}
		if err := json.Unmarshal(list.raw, list.into); err != nil {
			return u, fmt.Errorf("decode upload: %w", err)
		}
	}
	return intake.Upload{Superiors: u.Superiors, Losses: u.Losses, Shown: r.Shown, ID: r.ID, ChatID: r.ChatID, EmployeeID: r.EmployeeID, Kind: r.Kind, FileID: r.FileID, Name: r.Name, Size: r.Size,
		State: intake.UploadState(r.State), At: r.At, Changed: r.Changed, Attempts: r.Attempts, Begun: r.Begun, Allowed: r.Allowed}, nil
}

// AddUpload stores a spreadsheet that came through the chat, to be read by the
// worker. What the same chat sent before and did not apply is dropped.
func (t *Tx) AddUpload(ctx context.Context, u intake.Upload, now time.Time) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, dropUploads, u.ChatID, now); err != nil {
		return 0, safe("drop uploads", err)
	}
	err = t.tx.GetContext(ctx, &id, addUpload, u.ChatID, u.EmployeeID, u.Kind, u.FileID, u.Size, now, u.Name)
	return id, safe("add upload", err)
}

// TakeUpload takes the upload that has waited longest, so that for two minutes
// nobody else does, and counts that before its file is opened. ErrNotFound =
// there is none.
func (t *Tx) TakeUpload(ctx context.Context, now time.Time) (intake.Upload, error) {
	var id int64
	if err := t.one(ctx, &id, takeUpload, now); err != nil {
		return intake.Upload{}, err
	}
	var r uploadRow
	if err := t.one(ctx, &r, oneUpload, id); err != nil {
		return intake.Upload{}, err
	}
	return r.upload()
}

// LockUpload reads an upload for a change of its state, or ErrNotFound.
func (t *Tx) LockUpload(ctx context.Context, id int64) (intake.Upload, error) {
	var r uploadRow
	if err := t.one(ctx, &r, lockUpload, id); err != nil {
		return intake.Upload{}, err
	}
	return r.upload()
}

// SetUpload gives an upload its next state; report is kept without the refused
// rows, nil = as before. Whose superior it changes is kept until the end, who loses
// something until Prune.
func (t *Tx) SetUpload(ctx context.Context, id int64, state intake.UploadState, report *intake.Report, now time.Time) error {
	var kept [4]*string // the report, the superiors, the losses, the draft of a questionnaire
	if report != nil {
		short := *report
		short.Refused = nil
		for i, one := range []any{short, append([]register.NewSuperior{}, report.Superiors...), report.Losses} {
			body, err := json.Marshal(one)
			if err != nil {
				return fmt.Errorf("encode report: %w", err)
			}
			text := string(body)
			kept[i] = &text
		}
	}
	if report != nil && report.Version != nil && report.Version.Draft != nil {
		body, err := json.Marshal(report.Version.Draft)
		if err != nil {
			return fmt.Errorf("encode a questionnaire: %w", err)
		}
		text := string(body)
		kept[3] = &text
	}
	_, err := t.tx.ExecContext(ctx, setUpload, id, state, kept[0], now, kept[1], kept[2], kept[3])
	return safe("set upload", err)
}

// PutOffUpload gives a taken upload back, behind the others; failures says how
// many attempts count as failed, none while the schema is newer than this program.
func (t *Tx) PutOffUpload(ctx context.Context, id int64, failures int, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, lateUpload, id, now, failures, newest)
	return safe("put off upload", err)
}

// CountReading adds to how often the file of an upload was begun and not ended: 1
// before it is read outside its turn, -1 after that.
func (t *Tx) CountReading(ctx context.Context, id int64, by int) error {
	_, err := t.tx.ExecContext(ctx, countReading, id, by)
	return safe("count the readings of an upload", err)
}
