package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/plan"
)

// recountGaps counts anew, in plain SQL and from the answers, what everybody lacks: by both
// views once the rating was sent and knows a level, else by the own one.
const recountGaps = `
	WITH last AS (
		SELECT t.employee_id, t.subject_id, a.item_code, a.value FROM task t
		JOIN response r ON r.task_id = t.id AND r.revision = (SELECT max(revision) FROM response WHERE task_id = t.id)
		JOIN answer a ON a.response_id = r.id WHERE a.value <> '-' AND t.kind IN ('self_assessment', 'rating'))
	SELECT e.id || ' ' || s.item_code || ' ' || x.gap || ' ' || (g.value IS NOT NULL)
	FROM employee e JOIN last s ON s.employee_id = e.id AND s.subject_id = e.id LEFT JOIN last g ON g.subject_id = e.id AND g.employee_id <> e.id AND g.item_code = s.item_code
	JOIN standard d ON d.class_code = e.class_code AND d.competency_code = s.item_code
	CROSS JOIN LATERAL (SELECT CASE WHEN g.value IS NULL THEN 100 * s.value::int ELSE 75 * g.value::int + 25 * s.value::int END - 100 * d.level AS gap) x
	WHERE x.gap < 0`

// What is proposed to each of 300 people, and what is added up of their plans, is counted anew.
func TestPlansAreRecounted(t *testing.T) {
	devdbtest.Long(t, "the plans of 300 people are counted anew")
	f := newFixture(t)
	f.fillNeeds(300, "Januari")
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P1', 'Komunikasi', '', '', '', 8, 'order')`)
	f.exec(`INSERT INTO programme_competency SELECT id, 'M.03', 2 FROM programme`)
	f.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id)
		INSERT INTO batch (id, programme_id, number, name, seats, opens_at, closes_at, funding, journey, state, starts_at, ends_at, changed_at)
		SELECT o.id, p.id, 1, 'Komunikasi 1', 5, $1::timestamptz - interval '1 day', $1::timestamptz + interval '30 days', 'free', 'none', 'open',
		       $1::timestamptz + interval '40 days', $1::timestamptz + interval '41 days', $1 FROM o, programme p`, start)

	want := f.texts(recountGaps)
	var got []string
	chosen := map[string]int{} // people by competency and form, by competency, and by unit and competency
	units := map[int64]string{}
	spent := time.Duration(0)
	people := f.ids(`SELECT id FROM employee ORDER BY id`)
	for i, id := range people {
		units[id] = f.text(`SELECT unit_id FROM employee WHERE id = $1`, id)
		f.tx(func(ctx context.Context, tx *Tx) error {
			begin := time.Now()
			list, err := tx.PlanWants(ctx, id, 2027, start)
			spent += time.Since(begin)
			last := plan.Want{}
			for _, w := range list {
				got = append(got, fmt.Sprintf("%d %s %d %t", id, w.Code, w.Gap, w.Final))
				if last.Code != "" && w.Gap < last.Gap {
					t.Errorf("person %d: %s comes behind a smaller gap", id, w.Code)
				}
				last = w
				// The training leads to level 2: it helps whoever shows less than that.
				shown := w.Level.Hundredths() + w.Gap
				if helps := w.Code == "M.03" && shown < 200; helps != (len(w.Courses) == 1 && w.Courses[0].Free == 5) {
					t.Errorf("person %d, %s at %d: trainings %+v", id, w.Code, shown, w.Courses)
				}
				a := w.Actions()[i%len(w.Actions())]
				if _, err := tx.ChooseLine(ctx, id, plan.Line{Year: 2027, Item: w.Item, Source: w.Source, Code: w.Code, Title: w.Title, Form: a.Form, Programme: a.Course.Programme}, start); err != nil {
					return err
				}
				if i%4 != 2 { // each of them has one form for each competency
					chosen[w.Code+" "+string(a.Form)]++
					chosen[w.Code]++
					chosen[units[id]+" "+w.Code]++
				}
			}
			if err == nil && i%4 != 2 {
				_, err = tx.SubmitPlan(ctx, id, 2027, start)
			}
			return err
		})
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) < 200 {
		t.Errorf("%d gaps are proposed, %d are counted anew", len(got), len(want))
	}
	t.Logf("%d people, %d gaps, %s for each", len(people), len(got), spent/time.Duration(len(people)))

	// Everybody moves to one unit: what was submitted stays where it was.
	f.exec(`UPDATE employee SET unit_id = (SELECT min(id) FROM unit)`)
	var sums plan.Sums
	var early plan.Sums
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		if early, err = tx.PlanSums(ctx, 2027, start); err == nil {
			sums, err = tx.PlanSums(ctx, 2027, start.AddDate(0, 1, 0))
		}
		return err
	})
	if len(early.Cells) > 0 || !early.AsOf.IsZero() {
		t.Errorf("in the month of the submissions: %+v", early)
	}
	sum := map[string]int{}
	for _, c := range sums.Cells {
		sum[strings.TrimSpace(c.Code+" "+string(c.Form))] = c.People
	}
	inUnits := 0
	for _, u := range sums.Units {
		inUnits += u.People
		for code, n := range u.Cells {
			sum[fmt.Sprint(u.Unit, " ", code)] = n
		}
	}
	// Of units in which fewer than five have submitted nothing is added up.
	small := map[string]bool{}
	for _, id := range f.texts(`SELECT unit_id FROM plan_line WHERE submitted_at IS NOT NULL GROUP BY 1 HAVING count(DISTINCT employee_id) < 5`) {
		small[id] = true
	}
	maps.DeleteFunc(chosen, func(cell string, _ int) bool { unit, _, _ := strings.Cut(cell, " "); return small[unit] })
	if !maps.Equal(sum, chosen) || len(small) == 0 {
		t.Errorf("added up %d cells, counted %d\n%v\n%v", len(sum), len(chosen), sum, chosen)
	}
	if n := f.count(`SELECT count(DISTINCT employee_id) FROM plan_line WHERE submitted_at IS NOT NULL`); sums.People != n || inUnits > n || inUnits < n/2 || n < 150 {
		t.Errorf("%d people, %d in units, counted %d", sums.People, inUnits, n)
	}
	if n := f.count(`SELECT max(n) FROM (SELECT e.supervisor_id, count(*) + 1 AS n FROM employee e WHERE e.id IN (SELECT employee_id FROM plan_line WHERE submitted_at IS NOT NULL) GROUP BY 1) x WHERE supervisor_id IS NOT NULL`); sums.Knows < n-1 || sums.Knows > n {
		t.Errorf("one person reads %d plans at most, counted %d with the own one", sums.Knows, n)
	}
	f.laterKnown(start, sums)
}

// laterKnown lets four people of each unit drop what they plan: the agency moves on, no unit does,
// and whom one person reads of a unit is still counted among those of its own day.
func (f *fixture) laterKnown(start time.Time, before plan.Sums) {
	f.t.Helper()
	f.exec(`UPDATE plan_line l SET state = 'dropped', ended_at = $1, reason = 'self' WHERE l.submitted_at IS NOT NULL AND l.employee_id IN (
		SELECT employee_id FROM (SELECT employee_id, row_number() OVER (PARTITION BY min(unit_id) ORDER BY employee_id) AS n FROM plan_line WHERE submitted_at IS NOT NULL GROUP BY employee_id) x WHERE n <= 4)`, start.AddDate(0, 1, 3))
	var after plan.Sums
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		after, err = tx.PlanSums(ctx, 2027, start.AddDate(0, 2, 0))
		return err
	})
	if !after.AsOf.After(before.AsOf) || after.People >= before.People || len(after.Units) != len(before.Units) {
		f.t.Fatalf("the agency stands at %s with %d people, before %s with %d", after.AsOf, after.People, before.AsOf, before.People)
	}
	most := 0
	for i, u := range after.Units {
		was := before.Units[i]
		if u.Knows != was.Knows || u.People != was.People || !u.AsOf.Equal(was.AsOf) {
			f.t.Errorf("unit %d at %s: %d people, %d known; before at %s: %d, %d", u.Unit, u.AsOf, u.People, u.Knows, was.AsOf, was.People, was.Knows)
		}
		most = max(most, u.Knows)
	}
	if most < 2 {
		f.t.Errorf("nobody reads anything of a unit, so nothing is proved")
	}
}

// texts and ids run a query of the owner that returns one column.
func (f *fixture) texts(query string, args ...any) (out []string) {
	f.t.Helper()
	rows, err := f.owner.Query(query, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

func (f *fixture) ids(query string, args ...any) (out []int64) {
	f.t.Helper()
	for _, s := range f.texts(query, args...) {
		var id int64
		if _, err := fmt.Sscan(s, &id); err != nil {
			f.t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}
