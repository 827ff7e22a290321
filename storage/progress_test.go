package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// fortyUnits fills 40 units with people in every state, and opens a period.
func fortyUnits(f *fixture) {
	f.t.Helper()
	people := f.employees(400)
	r := rand.New(rand.NewPCG(18, 2))
	f.exec(`INSERT INTO unit (code, name) SELECT 'U' || n, CASE WHEN n < 3 THEN 'Seksi Tata Usaha' ELSE 'Unit ' || n END FROM generate_series(1, 40) n`)
	f.exec(`UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'U3') WHERE code = 'U1'`)
	f.exec(`UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'U4') WHERE code = 'U2'`)
	for i, id := range people {
		f.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'U' || $2::int), supervisor_id = $3, self_only = $4 WHERE id = $1`,
			id, 1+r.IntN(40), people[(i+1)%len(people)], r.IntN(20) == 0)
	}
	f.openPeriod("Tahun 2027")
	for i, id := range people {
		if r.IntN(3) > 0 {
			f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES ($1, $2, $3)`, 9000+i, id, start)
		}
		f.exec(`UPDATE task SET state = $2 WHERE employee_id = $1 AND kind = 'self_assessment'`, id, []string{"open", "open", "started", "done", "done", "expired", "excused"}[r.IntN(7)])
		f.exec(`UPDATE task SET state = $2 WHERE subject_id = $1 AND kind = 'rating'`, id, []string{"open", "done", "excused", "expired"}[r.IntN(4)])
		if r.IntN(25) == 0 {
			f.exec(`UPDATE employee SET active = false WHERE id = $1`, id)
		}
	}
}

// The board of the units equals a recount in plain SQL, one number after the other.
func TestUnitProgressEqualsARecount(t *testing.T) {
	devdbtest.Long(t, "40 units are counted anew")
	f := newFixture(t)
	fortyUnits(f)
	var p task.Progress
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		p, err = tx.UnitProgress(ctx, personnel.Area{All: true})
		return err
	})
	if len(p.Units) != 40 || p.Period != "Tahun 2027" {
		t.Fatalf("%d units of %q", len(p.Units), p.Period)
	}
	self := `SELECT count(*) FROM task k JOIN employee e ON e.id = k.employee_id WHERE k.kind = 'self_assessment' AND e.active AND e.unit_id = $1 AND k.state <> 'excused'`
	linked := ` AND k.employee_id IN (SELECT employee_id FROM chat WHERE employee_id IS NOT NULL)`
	unlinked := ` AND k.employee_id NOT IN (SELECT employee_id FROM chat WHERE employee_id IS NOT NULL)`
	rated := ` AND (SELECT count(*) FROM task r WHERE r.kind = 'rating' AND r.subject_id = k.employee_id AND r.state `
	share := -1.0
	for _, u := range p.Units {
		want := task.UnitProgress{Unit: u.Unit, Name: u.Name, Owed: f.count(self, u.Unit), Linked: f.count(self+linked, u.Unit), Sent: f.count(self+` AND k.state = 'done'`, u.Unit),
			Started: f.count(self+linked+` AND k.state = 'started'`, u.Unit), Fresh: f.count(self+linked+` AND k.state IN ('open', 'expired')`, u.Unit),
			Unlinked: f.count(self+unlinked+` AND k.state <> 'done'`, u.Unit), Asked: f.count(self+rated+`<> 'excused') > 0`, u.Unit), Rated: f.count(self+rated+`= 'done') > 0`, u.Unit),
			Excused: f.count(`SELECT count(*) FROM task k JOIN employee e ON e.id = k.employee_id WHERE k.kind = 'self_assessment' AND e.active AND e.unit_id = $1 AND k.state = 'excused'`, u.Unit)}
		if diff := cmp.Diff(want, u); diff != "" {
			t.Errorf("%s (-recount +board):\n%s", u.Name, diff)
		}
		if sum := u.Sent + u.Started + u.Fresh + u.Unlinked; sum != u.Owed {
			t.Errorf("%s: the parts add up to %d of %d", u.Name, sum, u.Owed)
		}
		if of := float64(u.Sent) / float64(u.Owed); of < share {
			t.Errorf("%s stands behind a unit that has sent more", u.Name)
		} else {
			share = of
		}
	}
	names := map[string]bool{}
	for _, u := range p.Units {
		names[u.Name] = true
	}
	if len(names) != 40 || !names["Seksi Tata Usaha (Unit 3)"] {
		t.Errorf("two units have the same name: %v", names)
	}
}

// The names behind the board: as many as have not sent, each once, by pages, and of the
// own units alone for their officer.
func TestNotFilledEqualsTheBoard(t *testing.T) {
	devdbtest.Long(t, "40 units are listed")
	f := newFixture(t)
	fortyUnits(f)
	officer := f.count(`SELECT id FROM employee WHERE active ORDER BY id LIMIT 1`)
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT $1, 'officer', id, $2 FROM unit WHERE code = 'U3'`, officer, start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		for _, area := range []personnel.Area{{All: true}, {Officer: int64(officer)}} {
			p, err := tx.UnitProgress(ctx, area)
			if err != nil {
				return err
			}
			if !area.All && len(p.Units) != 2 { // the unit and the one below it
				t.Errorf("the officer sees %d units, want 2", len(p.Units))
			}
			total := 0
			for _, u := range p.Units {
				seen := map[int64]bool{}
				for skip := 0; ; skip += 7 {
					list, err := tx.NotFilled(ctx, area, u.Unit, skip, 7, start)
					if err != nil {
						return err
					}
					for _, m := range list {
						if m.UnitID != u.Unit || m.Progress == "done" || m.Progress == "excused" {
							t.Errorf("%s: %+v", u.Name, m)
						}
						seen[m.ID] = true
					}
					if len(list) < 7 {
						break
					}
				}
				if len(seen) != u.Owed-u.Sent {
					t.Errorf("%s: %d names, want %d", u.Name, len(seen), u.Owed-u.Sent)
				}
				total += len(seen)
			}
			if all, err := tx.NotFilled(ctx, area, 0, 0, 0, start); err != nil || len(all) != total {
				t.Errorf("%d names in all, want %d, %v", len(all), total, err)
			}
		}
		foreign, err := tx.NotFilled(ctx, personnel.Area{Officer: int64(officer)}, int64(f.count(`SELECT id FROM unit WHERE code = 'U9'`)), 0, 0, start)
		if len(foreign) != 0 {
			t.Errorf("an officer reads %d names of another unit", len(foreign))
		}
		return err
	})
}

// While no period is open the board says who has an account.
func TestUnitProgressWithoutAPeriod(t *testing.T) {
	f := newFixture(t)
	people := f.employees(5)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (901, $1, $3), (902, $2, $3)`, people[0], people[1], start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		p, err := tx.UnitProgress(ctx, personnel.Area{All: true})
		all := p.All()
		if p.Period != "" || all.Owed != 5 || all.Linked != 2 || all.Fresh != 2 || all.Unlinked != 3 || all.Sent != 0 {
			t.Errorf("%+v of %q", all, p.Period)
		}
		return err
	})
}

// Whoever extends a period waits for the job that holds the people and has read the former
// deadline; what that job closes has a deadline that has passed.
func TestExtensionAndLadder(t *testing.T) {
	f := newFixture(t)
	people := f.employees(2)
	f.openPeriod("Tahun 2027")
	var id int64
	var former time.Time
	if err := f.owner.QueryRow(`SELECT id, due_at FROM period`).Scan(&id, &former); err != nil {
		t.Fatal(err)
	}
	extended := make(chan error, 1)
	var tasks []int64
	for _, who := range people {
		for _, k := range f.tasks(who) {
			tasks = append(tasks, k.ID)
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.LockPeople(ctx, people); err != nil {
			return err
		}
		go func() {
			extended <- f.try(func(ctx context.Context, tx *Tx) error {
				_, err := tx.ExtendPeriod(ctx, id, former, former.AddDate(0, 1, 0), people[0], start)
				return err
			})
		}()
		f.await(1, waitingForLock)
		return tx.CloseTasks(ctx, tasks[:1], former)
	})
	if err := <-extended; err != nil {
		t.Fatal(err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.CloseTasks(ctx, tasks, former) })
	if n := f.count(`SELECT count(*) FROM task WHERE state <> 'open'`); n != 0 {
		t.Errorf("%d tasks are closed before their deadline", n)
	}
}

// What had ended because of the deadline is open again, what waits with the former one is
// taken back, and who was asked before and owes it still is told.
func TestExtendPeriod(t *testing.T) {
	f := newFixture(t)
	people := f.employees(5)
	for _, id := range people[1:] {
		f.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, id, people[0])
	}
	f.openPeriod("Tahun 2027")
	for i, id := range people[:4] { // the last one has no account
		f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES ($1, $2, $3)`, 900+i, id, start)
	}
	set := func(i int, state string) {
		f.exec(`UPDATE task SET state = $2, started_at = CASE WHEN $2 = 'done' OR $3 THEN $4::timestamptz END WHERE employee_id = $1 AND kind = 'self_assessment'`, people[i], state, i == 2, start)
	}
	set(0, "done")
	set(1, "expired")
	set(2, "expired") // after it was begun
	set(3, "open")
	f.exec(`UPDATE task SET state = 'expired' WHERE kind = 'rating' AND subject_id = $1`, people[1])
	one := f.count(`SELECT id FROM task WHERE employee_id = $1 AND kind = 'self_assessment'`, people[3])
	f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state) VALUES ('late', 903, 1, 'prompt', 'reminder.last', 1, 'm', '{}', 'new')`)
	put := func(key, step, class, action, row string) {
		f.exec(`INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, step, action, reason, decided_at, at, outbox_key)
			VALUES ($1, $2, $4, 'reminder', $3, ARRAY[$3::bigint], $5, $6, 'step_due', $7, $7, NULLIF($8, ''))`, key, people[3], one, class, step, action, start, row)
	}
	put("ladder:x:invitation", "invitation", "prompt", "send", "")
	put("ladder:x:last", "last", "prompt", "send", "late")
	put("ladder:x:supervisor_list", "supervisor_list", "list", "send", "")
	var id, due int
	if err := f.owner.QueryRow(`SELECT id, extract(epoch FROM due_at)::bigint FROM period`).Scan(&id, &due); err != nil {
		t.Fatal(err)
	}
	former := time.Unix(int64(due), 0)
	later := start.AddDate(0, 0, 60)
	later = time.Date(later.Year(), later.Month(), later.Day(), 0, 0, 0, 0, time.UTC)
	f.tx(func(ctx context.Context, tx *Tx) error {
		if _, err := tx.ExtendPeriod(ctx, int64(id), former, former, people[0], start); err != task.ErrNotLater {
			t.Errorf("the same deadline: %v", err)
		}
		x, err := tx.ExtendPeriod(ctx, int64(id), former, later, people[0], start)
		if err != nil {
			return err
		}
		if x.Told != 2 || x.Due.Before(later) || x.RatingDue.Before(x.Due) {
			t.Errorf("%+v", x)
		}
		if _, err := tx.ExtendPeriod(ctx, int64(id), former, later.AddDate(0, 0, 9), people[0], start); err != ErrNotFound {
			t.Errorf("the second of two officers: %v", err)
		}
		return nil
	})
	states := f.text(`SELECT string_agg(state, ' ' ORDER BY employee_id) FROM task WHERE kind = 'self_assessment'`)
	if states != "done open started open open" {
		t.Errorf("the tasks are %s", states)
	}
	if n := f.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND state <> 'open'`); n != 0 {
		t.Errorf("%d ratings are not open again", n)
	}
	if n := f.count(`SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id WHERE t.due_at <> CASE t.kind WHEN 'rating' THEN p.rating_due_at ELSE p.due_at END`); n != 0 {
		t.Errorf("%d tasks have another deadline", n)
	}
	if n := f.count(`SELECT count(*) FROM task WHERE ladder_at = $1 AND kind = 'self_assessment'`, start); n != 4 {
		t.Errorf("%d ladders are looked at again, want 4", n)
	}
	if got := f.text(`SELECT state || ' ' || cause FROM outbox WHERE key = 'late'`); got != "cancelled overtaken" {
		t.Errorf("what waited is %s", got)
	}
	if got := f.text(`SELECT string_agg(step || ':' || action, ' ' ORDER BY id) FROM notice WHERE task_id = $1 AND kind = 'reminder'`, one); got != "invitation:send :drop :send" {
		t.Errorf("the steps are %q", got)
	}
	told := f.text(`SELECT string_agg(employee_id::text, ' ' ORDER BY employee_id) FROM notice WHERE kind = 'extended' AND action = 'hold' AND class = 'prompt'`)
	if want := fmt.Sprint(people[2], people[3]); told != want {
		t.Errorf("told are %s, want %s", told, want)
	}
}
