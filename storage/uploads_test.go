package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
)

// Taking an upload is counted before its file is opened, and keeps it from
// others for two minutes; giving it back in order takes the count back.
func TestTakeUpload(t *testing.T) {
	f := newFixture(t)
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	person := f.employees(1)[0]
	var id int64
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		id, err = tx.AddUpload(ctx, intake.Upload{ChatID: 1, EmployeeID: person, FileID: "f", Size: 1}, now)
		return err
	})
	take := func(at time.Time) (u intake.Upload, err error) {
		err = f.try(func(ctx context.Context, tx *Tx) (err error) {
			u, err = tx.TakeUpload(ctx, at)
			return err
		})
		return u, err
	}
	if u, err := take(now); err != nil || u.ID != id || u.Begun != 1 {
		t.Fatalf("first: %+v, %v", u, err)
	}
	if _, err := take(now.Add(time.Minute)); !errors.Is(err, dialog.ErrNotFound) {
		t.Errorf("while it is taken: %v, want that there is none", err)
	}
	if u, err := take(now.Add(3 * time.Minute)); err != nil || u.Begun != 2 {
		t.Errorf("after the taker has died: %+v, %v", u, err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.PutOffUpload(ctx, id, 0, now) })
	if u, err := take(now.Add(4 * time.Minute)); err != nil || u.Begun != 2 {
		t.Errorf("after it was given back: %+v, %v", u, err)
	}
}

// What a file was called, and what a questionnaire in it would ask, go with the preview that
// nobody has applied. Both may hold a name.
func TestNamesOfFilesGo(t *testing.T) {
	f := newFixture(t)
	now := time.Date(2027, 1, 20, 9, 0, 0, 0, time.UTC)
	f.employees(1)
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	f.exec(`INSERT INTO upload (chat_id, employee_id, kind, file_id, size, state, name, draft, created_at, changed_at)
		SELECT 5, e.id, 'questionnaires', 'f', 1, 'previewed', 'Survei Budi 1980.xlsx', '{}', x.at, x.at
		FROM (SELECT min(id) AS id FROM employee) e, (VALUES ($1::timestamptz), ($2)) AS x (at)`, now.Add(-49*time.Hour), now.Add(-47*time.Hour))
	f.tx(func(ctx context.Context, tx *Tx) error { _, err := tx.Prune(ctx, now, 100); return err })
	if gone, kept := f.count(`SELECT count(*) FROM upload WHERE name = '' AND draft IS NULL`), f.count(`SELECT count(*) FROM upload WHERE name <> '' AND draft IS NOT NULL`); gone != 1 || kept != 1 {
		t.Errorf("%d are without a name and %d have it, want one of each", gone, kept)
	}
}
