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
