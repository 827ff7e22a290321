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
