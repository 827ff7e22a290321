package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/task"
)

// byTime compares times as instants.
var byTime = cmp.Comparer(time.Time.Equal)

func (f *fixture) tryOpen(p Period) (tasks int64, err error) {
	f.t.Helper()
	err = f.try(func(ctx context.Context, tx *Tx) (err error) {
		tasks, err = tx.OpenPeriod(ctx, p, start)
		return err
	})
	return tasks, err
}

func (f *fixture) tryClose(now time.Time) (p Period, expired int64, err error) {
	f.t.Helper()
	err = f.try(func(ctx context.Context, tx *Tx) (err error) {
		p, expired, err = tx.ClosePeriod(ctx, now)
		return err
	})
	return p, expired, err
}

func (f *fixture) current() (p Period, err error) {
	f.t.Helper()
	err = f.try(func(ctx context.Context, tx *Tx) (err error) {
		p, err = tx.CurrentPeriod(ctx)
		return err
	})
	return p, err
}

func TestPeriodLife(t *testing.T) {
	f := newFixture(t)
	people := f.employees(4)
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, people[3])
	if _, err := f.current(); !errors.Is(err, ErrNotFound) {
		t.Errorf("CurrentPeriod = %v without a period, want %v", err, ErrNotFound)
	}
	if _, _, err := f.tryClose(start); !errors.Is(err, ErrNotFound) {
		t.Errorf("ClosePeriod = %v without a period, want %v", err, ErrNotFound)
	}
	if n, err := f.tryOpen(period("2027")); n != 3 || err != nil {
		t.Fatalf("OpenPeriod = %d, %v; want 3 tasks", n, err)
	}
	got, err := f.current()
	want := period("2027")
	want.ID = got.ID
	if diff := cmp.Diff(want, got, byTime); diff != "" || err != nil || got.ID == 0 {
		t.Errorf("CurrentPeriod %v (-want +got):\n%s", err, diff)
	}
	before := f.contents()
	if _, err := f.tryOpen(period("2028")); !errors.Is(err, ErrPeriodOpen) {
		t.Errorf("a second period: %v, want %v", err, ErrPeriodOpen)
	}
	if _, err := f.tryOpen(period("2027")); !errors.Is(err, ErrPeriodOpen) && !errors.Is(err, ErrPeriodName) {
		t.Errorf("the same period again: %v", err)
	}
	if diff := cmp.Diff(before, f.contents()); diff != "" {
		t.Errorf("a refused period changed (-before +after):\n%s", diff)
	}
	f.exec(`UPDATE task SET state = 'done' WHERE employee_id = $1`, people[0])
	f.exec(`UPDATE task SET state = 'started' WHERE employee_id = $1`, people[1])
	end := start.AddDate(0, 0, 10)
	closed, expired, err := f.tryClose(end)
	if err != nil || expired != 2 || closed.Name != "2027" || !closed.ClosedAt.Time.Equal(end) {
		t.Errorf("ClosePeriod = %+v, %d, %v; want 2027 with 2 expired tasks", closed, expired, err)
	}
	if got := f.text(`SELECT string_agg(state, ' ' ORDER BY employee_id) FROM task`); got != "done expired expired" {
		t.Errorf("tasks are %s, want done expired expired", got)
	}
	if _, err := f.current(); !errors.Is(err, ErrNotFound) {
		t.Errorf("CurrentPeriod = %v after the close, want %v", err, ErrNotFound)
	}
	if _, err := f.tryOpen(period("2027")); !errors.Is(err, ErrPeriodName) {
		t.Errorf("a repeated name: %v, want %v", err, ErrPeriodName)
	}
	if n, err := f.tryOpen(period("2028")); n != 3 || err != nil {
		t.Errorf("the next period = %d, %v; want 3 tasks", n, err)
	}
	if got := f.text(`SELECT string_agg(action || ' ' || detail, ', ' ORDER BY id) FROM audit`); got != "period.open 2027, period.close 2027, period.open 2028" {
		t.Errorf("audit %q", got)
	}
}

func TestOpenPeriodMakesTasks(t *testing.T) {
	f := newFixture(t)
	people := f.employees(2)
	newest := f.count(`SELECT max(version) FROM questionnaire WHERE kind = 'self_assessment'`) + 1
	f.exec(`INSERT INTO questionnaire (code, version, kind, body, hash) SELECT code, $1, kind, body, hash FROM questionnaire
		WHERE kind = 'self_assessment' AND version = $1 - 1`, newest)
	f.openPeriod("2027")
	p := period("2027")
	for _, person := range people {
		list := f.tasks(person)
		if len(list) != 1 {
			t.Fatalf("%d tasks, want 1", len(list))
		}
		got := list[0]
		want := task.Task{ID: got.ID, EmployeeID: person, SubjectID: person, Kind: task.SelfAssessment,
			Occasion: task.Occasion{ID: got.Occasion.ID, Name: "2027"}, Questionnaire: got.Questionnaire, Version: newest, OpensAt: p.OpensAt, DueAt: p.DueAt, State: task.Open}
		if diff := cmp.Diff(want, got, byTime); diff != "" {
			t.Errorf("task (-want +got):\n%s", diff)
		}
	}
}

func TestOpenPeriodAtOnce(t *testing.T) {
	devdbtest.Long(t, "several change one row at once")
	f := newFixture(t)
	f.employees(3)
	opened := 0
	for i, err := range atOnce(6, func(i int) error {
		return f.InTx(t.Context(), func(tx *Tx) error {
			_, err := tx.OpenPeriod(t.Context(), period(string(rune('A'+i))), start)
			return err
		})
	}) {
		switch {
		case err == nil:
			opened++
		case !errors.Is(err, ErrPeriodOpen):
			t.Errorf("OpenPeriod %d: %v, want %v", i, err, ErrPeriodOpen)
		}
	}
	if n := f.count(`SELECT count(*) FROM task`); opened != 1 || n != 3 {
		t.Errorf("%d periods opened with %d tasks, want 1 with 3", opened, n)
	}
}

func TestImpossiblePeriod(t *testing.T) {
	f := newFixture(t)
	for name, change := range map[string]func(*Period){
		"due before it opens":   func(p *Period) { p.DueAt = p.OpensAt },
		"rated before it's due": func(p *Period) { p.RatingDueAt = p.DueAt.Add(-time.Second) },
	} {
		p := period("2027")
		change(&p)
		if _, err := f.tryOpen(p); err == nil || Unavailable(err) {
			t.Errorf("%s: OpenPeriod = %v, want it refused", name, err)
		}
	}
}
