package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/training"
)

// TestEditProgramme: a change reaches the names of batches that are not over; the second
// of two editors is told by whom; a code stays unique; and how seats are won stays while
// people take part.
func TestEditProgramme(t *testing.T) {
	f := newFixture(t)
	people := f.employees(3)
	batch := f.openSeats("PD-1", training.InOrder, 5, 0)
	f.openSeats("PD-2", training.InOrder, 5, 1)
	was := f.batch(batch).Programme
	edit := func(change func(*training.Programme), was training.Programme, by int64) training.Outcome {
		next := f.batch(batch).Programme
		change(&next)
		return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.EditProgramme(ctx, next, was, by, start.Add(time.Hour))
		})
	}
	want := func(when string, got training.Outcome, v training.Verdict) {
		t.Helper()
		if got.Verdict != v {
			t.Fatalf("%s: %q, want %q", when, got.Verdict, v)
		}
	}
	want("nothing is different", edit(func(*training.Programme) {}, was, people[0]), training.Unchanged)
	want("the code of another one", edit(func(p *training.Programme) { p.Code = "PD-2" }, was, people[0]), training.CodeTaken)
	want("nobody takes part", edit(func(p *training.Programme) { p.WayIn, p.Title = training.Ranked, "Statistik Sektoral" }, was, people[0]), training.Accepted)
	if got := f.batch(batch).Name; got != "Statistik Sektoral, angkatan 1" {
		t.Fatalf("the batch is called %q", got)
	}
	late := edit(func(p *training.Programme) { p.JP = 16 }, was, people[1])
	want("the second editor", late, training.Stale)
	if late.By == "" || !late.At.Equal(start.Add(time.Hour)) {
		t.Fatalf("the second editor is told %q at %v", late.By, late.At)
	}
	f.apply(batch, people[2], start)
	was = f.batch(batch).Programme
	want("somebody takes part", edit(func(p *training.Programme) { p.WayIn = training.InOrder }, was, people[0]), training.WayInUse)
	want("all else may change", edit(func(p *training.Programme) { p.JP, p.Code = 16, "PD-9" }, was, people[0]), training.Accepted)
	if got := f.batch(batch).Programme; got.JP != 16 || got.Code != "PD-9" || got.WayIn != training.Ranked {
		t.Fatalf("the programme is %+v", got)
	}
}

// batch reads a batch.
func (f *fixture) batch(id int64) (b training.Batch) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		b, err = tx.Batch(ctx, id)
		return err
	})
	return b
}

// TestLastBatch: a batch that was cancelled, or has no session yet, is no pattern for the
// next one.
func TestLastBatch(t *testing.T) {
	f := newFixture(t)
	people := f.employees(1)
	first := f.openSeats("PD-1", training.InOrder, 5, 0)
	f.openSeats("PD-2", training.InOrder, 5, 1)
	programme := f.batch(first).Programme.ID
	last := func(of int64) (id int64) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error {
			b, found, err := tx.LastBatch(ctx, of)
			if id = b.ID; err == nil && found != (id != 0) {
				t.Errorf("found %t, batch %d", found, id)
			}
			return err
		})
		return id
	}
	if got := last(programme); got != first {
		t.Errorf("the only batch is %d, want %d", got, first)
	}
	var second, third int64
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		if second, err = tx.CopyBatch(ctx, first, start.AddDate(0, 3, 0), people[0], start); err != nil {
			return err
		}
		third, err = tx.AddBatch(ctx, training.Batch{Programme: training.Programme{ID: programme}, Seats: 5, Funding: training.Free, Journey: training.NoJourney}, people[0], start)
		return err
	})
	if got := last(programme); got != second || third == 0 {
		t.Errorf("the last one with a session is %d, want %d", got, second)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, second)
		if err != nil {
			return err
		}
		_, _, err = tx.CancelBatch(ctx, second, b.Revision, "Pengajar berhalangan", people[0], start)
		return err
	})
	if got := last(programme); got != first {
		t.Errorf("after the second was cancelled it is %d, want %d", got, first)
	}
	if got := last(programme + 1000); got != 0 {
		t.Errorf("an unknown programme has batch %d", got)
	}
}
