package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/intake"
)

const (
	addUpload = `
		INSERT INTO upload (chat_id, employee_id, kind, file_id, size, state, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, 'received', $6, $6) RETURNING id`
	dropUploads = `UPDATE upload SET state = 'cancelled', changed_at = $2 WHERE chat_id = $1 AND state IN ('received', 'previewed')`
	readUpload  = `
		SELECT p.id, p.chat_id, p.employee_id, p.kind, p.file_id, p.size, p.state, p.created_at, p.changed_at, p.attempts,
		       EXISTS (SELECT FROM chat c WHERE c.id = p.chat_id AND c.employee_id = p.employee_id)
		       AND EXISTS (SELECT FROM role_grant g JOIN employee e ON e.id = g.employee_id
		                   WHERE g.employee_id = p.employee_id AND g.role = 'hr' AND g.revoked_at IS NULL AND e.active) AS allowed
		FROM upload p WHERE `
	nextUpload = readUpload + `p.state IN ('received', 'applying') ORDER BY COALESCE(p.tried_at, p.changed_at), p.id LIMIT 1`
	lockUpload = readUpload + `p.id = $1 FOR UPDATE OF p`
	setUpload  = `UPDATE upload SET state = $2, result = COALESCE($3, result), changed_at = $4, attempts = 0, tried_at = NULL WHERE id = $1`
	lateUpload = `UPDATE upload SET tried_at = $2, attempts = attempts + $3 WHERE id = $1`
)

type uploadRow struct {
	ID         int64     `db:"id"`
	ChatID     int64     `db:"chat_id"`
	EmployeeID int64     `db:"employee_id"`
	Kind       string    `db:"kind"`
	FileID     string    `db:"file_id"`
	Size       int64     `db:"size"`
	State      string    `db:"state"`
	At         time.Time `db:"created_at"`
	Changed    time.Time `db:"changed_at"`
	Attempts   int       `db:"attempts"`
	Allowed    bool      `db:"allowed"`
}

func (r uploadRow) upload() intake.Upload {
	return intake.Upload{ID: r.ID, ChatID: r.ChatID, EmployeeID: r.EmployeeID, Kind: r.Kind, FileID: r.FileID, Size: r.Size,
		State: intake.UploadState(r.State), At: r.At, Changed: r.Changed, Attempts: r.Attempts, Allowed: r.Allowed}
}

// AddUpload stores a spreadsheet that came through the chat, to be read by the
// worker. What the same chat sent before and did not apply is dropped.
func (t *Tx) AddUpload(ctx context.Context, u intake.Upload, now time.Time) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, dropUploads, u.ChatID, now); err != nil {
		return 0, safe("drop uploads", err)
	}
	err = t.tx.GetContext(ctx, &id, addUpload, u.ChatID, u.EmployeeID, u.Kind, u.FileID, u.Size, now)
	return id, safe("add upload", err)
}

// NextUpload returns the upload that has waited longest, or ErrNotFound.
func (t *Tx) NextUpload(ctx context.Context) (intake.Upload, error) {
	var r uploadRow
	err := t.one(ctx, &r, nextUpload)
	return r.upload(), err
}

// LockUpload reads an upload for a change of its state, or ErrNotFound.
func (t *Tx) LockUpload(ctx context.Context, id int64) (intake.Upload, error) {
	var r uploadRow
	err := t.one(ctx, &r, lockUpload, id)
	return r.upload(), err
}

// SetUpload gives an upload its next state; report is kept without the refused
// rows, nil = as before.
func (t *Tx) SetUpload(ctx context.Context, id int64, state intake.UploadState, report *intake.Report, now time.Time) error {
	var raw *string
	if report != nil {
		short := *report
		short.Refused = nil
		body, err := json.Marshal(short)
		if err != nil {
			return fmt.Errorf("encode report: %w", err)
		}
		text := string(body)
		raw = &text
	}
	_, err := t.tx.ExecContext(ctx, setUpload, id, state, raw, now)
	return safe("set upload", err)
}

// PutOffUpload lets other uploads go first; failures says how many attempts
// count as failed.
func (t *Tx) PutOffUpload(ctx context.Context, id int64, failures int, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, lateUpload, id, now, failures)
	return safe("put off upload", err)
}
