package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/plan"
)

// planLine is what somebody chooses about a competency.
func planLine(year int, code string, form plan.Form) plan.Line {
	return plan.Line{Year: year, Item: plan.CompetencyItem(code), Source: plan.FromGap, Code: code, Title: "Kompetensi " + code, Form: form}
}

// choose puts lines into somebody's plan of 2027.
func (f *fixture) choose(employee int64, now time.Time, lines ...plan.Line) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		for _, l := range lines {
			if _, err := tx.ChooseLine(ctx, employee, l, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *fixture) submit(employee int64, year int, now time.Time) (ok bool) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		ok, err = tx.SubmitPlan(ctx, employee, year, now)
		return err
	})
	return ok
}

func (f *fixture) waiting(superior int64, now time.Time) (list []plan.Waiting) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		list, err = tx.PlansWaiting(ctx, superior, now)
		return err
	})
	return list
}

func (f *fixture) agree(superior int64, shown []plan.Waiting, now time.Time) (n int) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.AgreePlans(ctx, superior, shown, now)
		n = len(list)
		return err
	})
	return n
}

func (f *fixture) planOf(employee int64, year int) (p plan.Plan) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		p, err = tx.Plan(ctx, employee, year)
		return err
	})
	return p
}

// led registers a superior with so many people below.
func (f *fixture) led(n int) (boss int64, team []int64) {
	f.t.Helper()
	ids := f.employees(n + 1)
	for _, id := range ids[1:] {
		f.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, id, ids[0])
	}
	return ids[0], ids[1:]
}

// states lists the lines of everybody by id.
func (f *fixture) states() string {
	f.t.Helper()
	return f.text(`SELECT string_agg(concat_ws(' ', item, form, state, nullif(reason, '')), ', ' ORDER BY id) FROM plan_line`)
}

// A plan goes from the person to the superior, who agrees to what was shown and to nothing else.
func TestPlanIsAgreedAsShown(t *testing.T) {
	f := newFixture(t)
	boss, team := f.led(2)
	ana := team[0]
	f.choose(ana, start, planLine(2027, "M.01", plan.Coaching), planLine(2027, "M.02", plan.SelfStudy), planLine(2027, "M.01", plan.Coaching))
	if got := f.states(); got != "c:M.01 coaching chosen, c:M.02 self chosen" {
		t.Fatalf("lines: %s", got)
	}
	if n := len(f.waiting(boss, start)); n != 0 {
		t.Fatalf("%d plans wait before one was submitted", n)
	}
	if !f.submit(ana, 2027, start) || f.submit(ana, 2027, start) {
		t.Fatal("want one submission, and none without a new line")
	}
	shown := f.waiting(boss, start)
	if len(shown) != 1 || shown[0].Person.ID != ana || len(shown[0].Lines) != 2 {
		t.Fatalf("waiting: %+v", shown)
	}
	if n := len(f.waiting(team[1], start)); n != 0 {
		t.Errorf("%d plans wait for somebody who leads nobody", n)
	}

	// The person adds a line meanwhile: what the superior has on the screen is not it any more.
	f.choose(ana, start, planLine(2027, "M.03", plan.Mentoring))
	f.submit(ana, 2027, start.Add(time.Hour))
	if n := f.agree(boss, shown, start.Add(2*time.Hour)); n != 0 {
		t.Errorf("agreed to %d plans as they were before", n)
	}
	if n := f.agree(team[1], f.waiting(boss, start), start.Add(2*time.Hour)); n != 0 {
		t.Errorf("somebody else agreed to %d plans", n)
	}
	if n := f.agree(boss, f.waiting(boss, start), start.Add(2*time.Hour)); n != 1 {
		t.Fatalf("agreed to %d plans, want 1", n)
	}
	if n := f.agree(boss, f.waiting(boss, start), start.Add(2*time.Hour)); n != 0 {
		t.Errorf("agreed to %d plans twice", n)
	}
	if got := f.states(); got != "c:M.01 coaching agreed, c:M.02 self agreed, c:M.03 mentoring agreed" {
		t.Errorf("lines: %s", got)
	}
	p := f.planOf(ana, 2027)
	if p.AgreedBy == "" || p.AgreedAt.IsZero() || len(p.Of(plan.Agreed)) != 3 {
		t.Errorf("plan %+v", p)
	}

	// What was agreed to and is dropped keeps its reason; what was only chosen goes.
	f.choose(ana, start, planLine(2027, "M.04", plan.Assignment))
	p = f.planOf(ana, 2027)
	f.tx(func(ctx context.Context, tx *Tx) error {
		for i, why := range map[int]plan.Reason{0: plan.NoTime, 3: plan.NoNeed} {
			if err := tx.DropLine(ctx, ana, p.Lines[i], why, start); err != nil {
				return err
			}
		}
		return tx.FinishLine(ctx, ana, p.Lines[1].ID, start)
	})
	if err := f.try(func(ctx context.Context, tx *Tx) error { return tx.FinishLine(ctx, boss, p.Lines[2].ID, start) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else finished a line: %v", err)
	}
	if got := f.states(); got != "c:M.01 coaching dropped no_time, c:M.02 self done self, c:M.03 mentoring agreed" {
		t.Errorf("lines: %s", got)
	}
}
