package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/plan"
)

// The end of a year locks some people at a time. Whoever is left follows with the next run, and
// once all were there nothing more is to do.
func TestYearEndsInParts(t *testing.T) {
	f := newFixture(t)
	_, team := f.led(5)
	for i, id := range team {
		f.choose(id, start, planLine(2027, "M.01", plan.Coaching), planLine(2027, "M.02", plan.SelfStudy))
		if i != 4 { // the last one never submits
			f.submit(id, 2027, start)
		}
	}
	end := start.AddDate(1, 0, 0)
	open := func() int {
		return f.count(`SELECT count(DISTINCT employee_id) FROM plan_line WHERE year = 2027 AND state IN ('chosen', 'submitted', 'agreed')`)
	}
	for run, want := range []struct{ told, open int }{{2, 3}, {2, 1}, {0, 0}, {0, 0}} {
		told := 0
		f.tx(func(ctx context.Context, tx *Tx) error {
			list, err := tx.EndPlanYear(ctx, 2028, 2, end)
			for _, m := range list {
				if told++; m.Lines != 2 || m.Year != 2028 {
					t.Errorf("run %d: %+v", run, m)
				}
			}
			return err
		})
		if told != want.told || open() != want.open {
			t.Errorf("run %d: %d are told and %d have open lines, want %+v", run, told, open(), want)
		}
	}
	if n := f.count(`SELECT count(*) FROM plan_line WHERE year = 2028 AND state = 'chosen' AND from_id IS NOT NULL`); n != 8 {
		t.Errorf("%d lines are in the next year, want 8", n)
	}
	if n := f.count(`SELECT count(*) FROM plan_line WHERE year = 2027 AND (state, reason) NOT IN (('moved', 'unfinished'), ('dropped', 'unsubmitted'))`); n != 0 {
		t.Errorf("%d lines have ended otherwise", n)
	}
}

// Who sees the plan of somebody: the person all of it; the superior, and who stands in with a
// letter that is checked, what was submitted; the personnel office too, with a reason. A former
// superior, the superior's superior, a colleague and somebody from elsewhere see nothing. Each
// opening by another person is recorded.
func TestWhoSeesPlans(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(7)
	above, boss, former, standIn, colleague, ana, office := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6]
	f.exec(`UPDATE employee SET supervisor_id = NULL`)
	f.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, boss, above)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id IN ($2, $3)`, former, ana, colleague)
	f.choose(ana, start, planLine(2027, "M.01", plan.Coaching))
	f.submit(ana, 2027, start)
	f.choose(ana, start, planLine(2027, "M.02", plan.SelfStudy)) // never submitted
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id IN ($2, $3)`, boss, ana, colleague)
	f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at) VALUES ($1, $2, '2027-01-01', '2027-01-31', '800/1', false, now(), now())`, boss, standIn)
	later := start.AddDate(0, 1, 0)
	for _, c := range []struct {
		who  string
		id   int64
		when time.Time
		want int // lines; -1 = nothing there
	}{{"the superior", boss, start, 1}, {"who stands in", standIn, start, 1}, {"who stood in", standIn, later, -1}, {"a former superior", former, start, -1},
		{"the superior's superior", above, start, -1}, {"a colleague", colleague, start, -1}, {"the personnel office without a reason", office, start, -1}, {"the person as superior", ana, start, -1}} {
		seen, waits := f.count(`SELECT count(*) FROM audit WHERE action = 'development.seen'`), 0
		var p plan.Plan
		err := f.try(func(ctx context.Context, tx *Tx) (err error) {
			list, err := tx.PlansWaiting(ctx, c.id, c.when)
			if err != nil {
				return err
			}
			waits = len(list)
			p, _, err = tx.PlanForSuperior(ctx, ana, 2027, c.id, c.when)
			return err
		})
		recorded := f.count(`SELECT count(*) FROM audit WHERE action = 'development.seen'`) - seen
		if c.want < 0 && (!errors.Is(err, ErrNotFound) || waits != 0 || recorded != 0) || c.want > 0 && (err != nil || len(p.Lines) != c.want || waits != 1 || recorded != 1) {
			t.Errorf("%s: %d lines, %d plans wait, %d recorded, %v", c.who, len(p.Lines), waits, recorded, err)
		}
		line := int64(f.count(`SELECT min(id) FROM plan_line WHERE employee_id = $1`, ana))
		for what, do := range map[string]func(ctx context.Context, tx *Tx) error{
			"reads":  func(ctx context.Context, tx *Tx) error { _, err := tx.PlanLine(ctx, c.id, line); return err },
			"ends":   func(ctx context.Context, tx *Tx) error { return tx.FinishLine(ctx, c.id, line, c.when) },
			"delays": func(ctx context.Context, tx *Tx) error { return tx.RemindLine(ctx, c.id, line, later) },
		} {
			if err := f.try(do); c.id != ana && !errors.Is(err, ErrNotFound) {
				t.Errorf("%s %s a line of somebody else: %v", c.who, what, err)
			}
			if c.id == ana {
				f.exec(`UPDATE plan_line SET state = 'submitted', reason = '', ended_at = NULL WHERE id = $1`, line)
			}
		}
	}
	var p plan.Plan
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		p, err = tx.PlanForHR(ctx, ana, 2027, office, "usulan pelatihan", start)
		return err
	})
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'development.opened' AND employee_id = $1 AND actor = $2 AND detail = 'usulan pelatihan'`, ana, office); len(p.Lines) != 1 || n != 1 {
		t.Errorf("the personnel office sees %d lines, recorded %d times", len(p.Lines), n)
	}
	if own := f.planOf(ana, 2027); len(own.Lines) != 2 {
		t.Errorf("the person sees %s", fmt.Sprint(own.Lines))
	}
}

// Offers and partners say nothing of people, so their import makes no rating and gives none
// back.
func TestOffersLeaveRatingsAlone(t *testing.T) {
	f := newFixture(t)
	f.team(4)
	f.exec(`DELETE FROM task WHERE kind = 'rating' AND subject_id = (SELECT max(id) FROM employee)`)
	before := f.text(`SELECT string_agg(id || ' ' || state || ' ' || subject_id, ',' ORDER BY id) FROM task WHERE kind = 'rating'`)
	f.takeIn(partnersTable, start)
	if _, r := f.takeIn(offersTable, start); r.New != 3 {
		t.Fatalf("%+v", r)
	}
	if after := f.text(`SELECT string_agg(id || ' ' || state || ' ' || subject_id, ',' ORDER BY id) FROM task WHERE kind = 'rating'`); after != before {
		t.Errorf("ratings were %s, are %s", before, after)
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.fitRatings(ctx, 0, start) }) // what an import of people does
	if after := f.text(`SELECT string_agg(id || ' ' || state || ' ' || subject_id, ',' ORDER BY id) FROM task WHERE kind = 'rating'`); after == before {
		t.Error("nothing would have changed, so nothing is proved")
	}
}
