package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/storage/sample"
)

// round opens a period for two people and returns the task of the first.
func (f *fixture) round() (owed task.Task, other int64) {
	f.t.Helper()
	people := f.employees(2)
	f.openPeriod("2027")
	return f.tasks(people[0])[0], people[1]
}

func (f *fixture) reread(of task.Task) (out task.Task) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		out, err = tx.Task(ctx, of.ID, of.EmployeeID)
		return err
	})
	return out
}

func TestTaskIsOnlyItsOwners(t *testing.T) {
	f := newFixture(t)
	owed, other := f.round()
	if diff := cmp.Diff(owed, f.reread(owed), byTime); diff != "" {
		t.Errorf("Task (-listed +read):\n%s", diff)
	}
	for _, tt := range []struct {
		name         string
		id, employee int64
	}{{"somebody else's", owed.ID, other}, {"nobody's", owed.ID, 0}, {"unknown", 1 << 40, owed.EmployeeID}} {
		err := f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Task(ctx, tt.id, tt.employee)
			return err
		})
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: Task = %v, want %v", tt.name, err, ErrNotFound)
		}
	}
}

func TestStartTask(t *testing.T) {
	f := newFixture(t)
	owed, other := f.round()
	begin := func() {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error { return tx.StartTask(ctx, owed.ID, start) })
	}
	for _, tt := range []struct{ from, want task.State }{
		{task.Open, task.Started}, {task.Started, task.Started}, {task.Done, task.Done},
		{task.Excused, task.Excused}, {task.Expired, task.Expired},
	} {
		f.exec(`UPDATE task SET state = $1, started_at = NULL WHERE id = $2`, string(tt.from), owed.ID)
		begin()
		if got := f.reread(owed).State; got != tt.want {
			t.Errorf("a task that is %s becomes %s, want %s", tt.from, got, tt.want)
		}
		if n := f.count(`SELECT count(*) FROM task WHERE started_at = $1`, start); (n == 1) != (tt.from == task.Open) {
			t.Errorf("from %s: %d tasks have begun now", tt.from, n)
		}
	}
	if got := f.tasks(other)[0].State; got != task.Open {
		t.Errorf("another person's task is %s, want open", got)
	}
}

func TestOfferTask(t *testing.T) {
	f := newFixture(t)
	owed, other := f.round()
	offer := func(of int64, kind task.Kind) (id int64, err error) {
		err = f.InTx(t.Context(), func(tx *Tx) (err error) {
			id, err = tx.OfferTask(t.Context(), of, kind)
			return err
		})
		return id, err
	}
	ids := make([]int64, 6)
	for i, err := range atOnce(len(ids), func(i int) (err error) {
		ids[i], err = offer(owed.ID, task.Interest)
		return err
	}) {
		if err != nil || ids[i] != ids[0] {
			t.Errorf("OfferTask %d = %d, %v; want %d for all", i, ids[i], err, ids[0])
		}
	}
	list := f.tasks(owed.EmployeeID)
	if len(list) != 2 {
		t.Fatalf("%d tasks, want 2", len(list))
	}
	got, want := list[1], owed
	want.ID, want.Kind, want.Questionnaire, want.Version = ids[0], task.Interest, got.Questionnaire, got.Version
	if diff := cmp.Diff(want, got, byTime); diff != "" {
		t.Errorf("offered task (-want +got):\n%s", diff)
	}
	if n := f.count(`SELECT count(*) FROM questionnaire WHERE code = $1 AND version = $2 AND kind = 'interest'`, got.Questionnaire, got.Version); n != 1 {
		t.Errorf("it is about %s v%d, want a questionnaire of its kind", got.Questionnaire, got.Version)
	}
	if n := len(f.tasks(other)); n != 1 {
		t.Errorf("another person has %d tasks, want 1", n)
	}
	if _, err := offer(1<<40, task.Interest); !errors.Is(err, ErrNotFound) {
		t.Errorf("OfferTask of an unknown task = %v, want %v", err, ErrNotFound)
	}
	if _, err := offer(owed.ID, "unknown"); !errors.Is(err, ErrNotFound) {
		t.Errorf("OfferTask without a questionnaire = %v, want %v", err, ErrNotFound)
	}
	for kinds, want := range map[task.Kind]int{task.SelfAssessment: 1, task.Interest: 1, task.SelfAssessmentTechnical: 0} {
		f.tx(func(ctx context.Context, tx *Tx) error {
			list, err := tx.Tasks(ctx, owed.EmployeeID, []task.Kind{kinds})
			if len(list) != want {
				t.Errorf("%d tasks of kind %s, want %d", len(list), kinds, want)
			}
			return err
		})
	}
}

func TestTasksNewestPeriodFirst(t *testing.T) {
	f := newFixture(t)
	person := f.employees(1)[0]
	for i, name := range []string{"2027", "2029", "2028"} {
		p := period(name)
		years := []int{0, 2, 1}[i]
		p.OpensAt, p.DueAt, p.RatingDueAt = p.OpensAt.AddDate(years, 0, 0), p.DueAt.AddDate(years, 0, 0), p.RatingDueAt.AddDate(years, 0, 0)
		if _, err := f.tryOpen(p); err != nil {
			t.Fatal(err)
		}
		if name != "2028" {
			if _, _, err := f.tryClose(p.DueAt); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got []string
	for _, owed := range f.tasks(person) {
		got = append(got, fmt.Sprint(owed.Occasion.Name, " ", owed.Occasion.Closed, " ", owed.State))
	}
	if diff := cmp.Diff([]string{"2029 true expired", "2028 false open", "2027 true expired"}, got); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
}

func TestSubmit(t *testing.T) {
	f := newFixture(t)
	owed, other := f.round()
	read := func() (got questionnaire.Answers) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			got, err = tx.Answers(ctx, owed.ID)
			return err
		})
		return got
	}
	if got := read(); len(got) != 0 {
		t.Errorf("answers %v before any, want none", got)
	}
	rounds := []questionnaire.Answers{{"KOM1": "3", "KOM2": "0", "catatan": "Baik, \"ya\" {1,2} \\ 😀"}, {"KOM1": "4", "KOM2": "-"}, {}}
	for i, answers := range rounds {
		owed = f.reread(owed)
		if owed.Revision != i {
			t.Errorf("revision %d, want %d", owed.Revision, i)
		}
		now := start.AddDate(0, 0, i)
		f.tx(func(ctx context.Context, tx *Tx) error { return tx.Submit(ctx, owed, answers, now) })
		if diff := cmp.Diff(answers, read()); diff != "" {
			t.Errorf("answers of revision %d (-want +got):\n%s", i+1, diff)
		}
		after := f.reread(owed)
		if after.State != task.Done || after.Revision != i+1 {
			t.Errorf("task is %s with revision %d, want done with %d", after.State, after.Revision, i+1)
		}
		if n := f.count(`SELECT count(*) FROM response WHERE revision = $1 AND sent_at = $2 AND after_result = ($1 > 1)
			AND questionnaire_code = $3 AND questionnaire_version = $4`, i+1, now, owed.Questionnaire, owed.Version); n != 1 {
			t.Errorf("%d responses with revision %d, want 1", n, i+1)
		}
	}
	if n := f.count(`SELECT count(*) FROM answer`); n != 5 {
		t.Errorf("%d answers are kept, want those of every revision", n)
	}
	if got := f.tasks(other)[0]; got.State != task.Open || got.Revision != 0 {
		t.Errorf("another person's task is %s with revision %d", got.State, got.Revision)
	}
}

func TestSubmitAtOnce(t *testing.T) {
	f := newFixture(t)
	owed, _ := f.round()
	stored := 0
	for i, err := range atOnce(6, func(i int) error {
		return f.InTx(t.Context(), func(tx *Tx) error {
			return tx.Submit(t.Context(), owed, questionnaire.Answers{"KOM1": fmt.Sprint(i)}, start)
		})
	}) {
		if err == nil {
			stored++
		} else if !violates(err, "response_task_id_revision_key") {
			t.Errorf("Submit %d: %v", i, err)
		}
	}
	if n := f.count(`SELECT count(*) FROM answer`); stored != 1 || n != 1 {
		t.Errorf("%d copies stored with %d answers, want 1 with 1", stored, n)
	}
}

// Somebody's list of tasks costs the same after years: it goes by the last
// periods, not by all that the person or the agency ever did.
func TestTasksAfterYears(t *testing.T) {
	devdbtest.Long(t, "answers of 40 years are filled in")
	const people, years = 60, 40
	f := newFixture(t)
	person := f.employees(people)[7]
	now := time.Now() // as the sample, whose former periods end in the weeks before today
	f.tx(func(ctx context.Context, tx *Tx) error {
		due := now.AddDate(0, 0, 14)
		_, err := tx.OpenPeriod(ctx, Period{Name: "now", OpensAt: now, DueAt: due, RatingDueAt: due.AddDate(0, 0, 7)}, now)
		return err
	})
	if err := f.sample().FillPast(t.Context(), people*years*sample.AnswersEach); err != nil {
		t.Fatal(err)
	}
	f.exec(`VACUUM ANALYZE`)
	f.tx(func(ctx context.Context, tx *Tx) error {
		const read = `SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid IN ('task'::regclass, 'response'::regclass)`
		var before, after int
		if err := tx.tx.GetContext(ctx, &before, read); err != nil {
			return err
		}
		list, err := tx.Tasks(ctx, person, []task.Kind{task.SelfAssessment})
		if err != nil {
			return err
		}
		if len(list) != recentPeriods || list[0].Occasion.Name != "now" {
			t.Errorf("%d tasks, the first of %q", len(list), list[0].Occasion.Name)
		}
		if err := tx.tx.GetContext(ctx, &after, read); err != nil {
			return err
		}
		if after-before > 3*recentPeriods {
			t.Errorf("read %d entries of indexes for %d tasks", after-before, len(list))
		}
		return nil
	})
}
