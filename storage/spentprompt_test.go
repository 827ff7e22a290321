package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/register"
)

// prompt lets a prompt be decided about somebody, and returns what was decided.
func (c *courses) prompt(send *courier.Courier, key string, to int64, at time.Time) (d outreach.Decision) {
	c.t.Helper()
	c.tx(func(ctx context.Context, tx *Tx) (err error) {
		d, err = send.Send(ctx, tx, at, courier.Message{Employee: to, Key: key, Reply: dialog.Reply{Text: key},
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Permits}})
		return err
	})
	return d
}

// What reminded of an evaluation is deleted at the close and counts in the limit of the
// week nevertheless, alike for who had answered before it and who had not. Somebody who
// was not asked has the whole limit; nine days later everybody has.
func TestReminderCountsBeyondTheClose(t *testing.T) {
	devdbtest.Long(t, "nine days after a close")
	c := newCourses(t, 7)
	send, cat := c.courier()
	c.runner, c.ends = &evaluation.Runner{Courier: send, Text: cat, Location: jakarta}, start // a Monday
	batch, asked, other := c.batch(1, 1, c.people[:6]), c.people[:6], c.people[6]
	c.linked(c.people...)
	c.ask(c.ends)
	c.deliver(1, c.ends.Add(time.Minute))
	for i, p := range asked[:5] {
		if err := c.answer(batch, p, says(i), c.ends.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	reminded := c.ends.AddDate(0, 0, 4).Add(-time.Hour) // it was Friday before the rest could be
	c.ask(reminded)
	if n := c.deliver(1, reminded.Add(time.Minute)); n != 1 {
		t.Fatalf("%d people were reminded, want one", n)
	}
	c.close(c.ends.AddDate(0, 0, 8))
	if n := c.count(`SELECT count(*) FROM notice WHERE kind = 'evaluation_reminder'`); n != 0 {
		t.Fatalf("%d reminders are kept: the test asks nothing", n)
	}
	first, second := time.Date(2027, 1, 19, 10, 0, 0, 0, jakarta), time.Date(2027, 1, 20, 10, 0, 0, 0, jakarta)
	for _, p := range []int64{asked[0], asked[5], other} {
		if d := c.prompt(send, "first", p, first); d.Action != outreach.Send {
			t.Fatalf("the first prompt after the close: %+v", d)
		}
		c.exec(`UPDATE notice SET key = 'first:' || $1 WHERE key = 'first'`, p)
		c.deliver(1, first.Add(time.Minute))
		want := outreach.CapWeek
		if p == other {
			want = outreach.Allowed
		}
		if d := c.prompt(send, "second", p, second); d.Reason != want {
			t.Errorf("the second prompt of %d, beside the reminder of Friday: %+v, want %q", p, d, want)
		}
		c.exec(`UPDATE notice SET key = 'second:' || $1 WHERE key = 'second'`, p)
	}
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{reminded.AddDate(0, 0, 8), 6}, {reminded.AddDate(0, 0, 9), 0}} {
		c.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Prune(ctx, tt.at, 100)
			return err
		})
		if n := c.count(`SELECT count(*) FROM spent_prompt`); n != tt.want {
			t.Errorf("at %s %d count, want %d", tt.at, n, tt.want)
		}
	}
}

// A batch of few counts at the close: the day of a reminder would tell of them.
func TestFewCountAtTheClose(t *testing.T) {
	devdbtest.Long(t, "an evaluation of few and its close")
	c := newCourses(t, 3)
	c.batch(1, 1, c.people)
	c.ask(c.ends)
	c.ask(c.ends.AddDate(0, 0, 1))
	closed := c.ends.AddDate(0, 0, 8)
	c.close(closed)
	if n := c.count(`SELECT count(*) FROM spent_prompt WHERE at = $1`, closed); n != 3 {
		t.Errorf("%d of three count at the close", n)
	}
}

// A message that had joined the reminder of an evaluation, as a former version let it, goes
// on to count when the reminder is deleted.
func TestJoinedMessageOutlivesTheReminder(t *testing.T) {
	devdbtest.Long(t, "what a former version left")
	c := newCourses(t, 5)
	batch := c.batch(1, 1, c.people)
	c.ask(c.ends)
	of, _ := c.taskOf(batch, c.people[0])
	at := c.ends.AddDate(0, 0, 4)
	c.exec(`INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at) VALUES ('evaluation-reminder:' || $1::bigint, $2, 'prompt', 'reminder', $1::bigint, ARRAY[$1::bigint], 'send', '', $3, $3)`,
		of.ID, c.people[0], at)
	c.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at, with_id) SELECT 'joined', employee_id, 'prompt', 'permits', 'merge', 'joined', at, at, id FROM notice WHERE key LIKE 'evaluation-reminder:%'`)
	c.close(c.ends.AddDate(0, 0, 8))
	if got := c.text(`SELECT action || COALESCE(with_id::text, '') FROM notice WHERE key = 'joined'`); got != "send" {
		t.Errorf("what had joined the reminder stands as %q, want send", got)
	}
}

// What fails at every run for the same cause is one row that counts, until it has not
// failed for a day.
func TestRepeatedFailureIsCounted(t *testing.T) {
	c := newCourses(t, 5)
	batch := c.batch(1, 1, c.people)
	c.ask(c.ends)
	c.exec(`INSERT INTO held_answer (task_id, occasion_id, sealed) SELECT id, occasion_id, '\x00' FROM task WHERE occasion_id = $1`, batch)
	late := c.ends.AddDate(0, 0, 8)
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{{0, "1"}, {5 * time.Minute, "2"}, {10 * time.Minute, "3"}, {34 * time.Hour, "3 1"}} {
		c.slot("evaluation-close", late.Add(tt.after), func(ctx context.Context, tx *Tx, now time.Time) (courier.Tally, error) {
			return c.runner.Close(ctx, tx, now)
		}, 1)
		if got := c.text(`SELECT string_agg(times::text, ' ' ORDER BY id) FROM job_failure`); got != tt.want {
			t.Errorf("%s later the failures count %q, want %q", tt.after, got, tt.want)
		}
	}
}

// A list of days off that moves deadlines waits for whoever holds the people: the job of
// the ladders has read the former deadline.
func TestMovedDeadlineWaitsForPeople(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	f := newFixture(t)
	people := f.employees(2)
	f.openPeriod("Tahun 2027")
	last := start.AddDate(0, 0, 13) // the deadline is the end of that day
	moved := make(chan error, 1)
	var tasks []int64
	for _, k := range f.tasks(people[0]) {
		tasks = append(tasks, k.ID)
	}
	var former time.Time
	if err := f.owner.QueryRow(`SELECT due_at FROM task WHERE employee_id = $1 LIMIT 1`, people[0]).Scan(&former); err != nil {
		t.Fatal(err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.LockPeople(ctx, people); err != nil {
			return err
		}
		go func() {
			moved <- f.try(func(ctx context.Context, tx *Tx) error {
				var days []register.Holiday
				for i := range 4 {
					days = append(days, register.Holiday{Date: time.Date(last.Year(), last.Month(), last.Day()-1+i, 0, 0, 0, 0, time.UTC), Name: "Libur", Kind: string(outreach.National)})
				}
				_, err := tx.ImportHolidays(ctx, days, start)
				return err
			})
		}()
		f.await(1, waitingForLock)
		return tx.CloseTasks(ctx, tasks, former)
	})
	if err := <-moved; err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM task WHERE due_at <= $1`, former); n != 0 {
		t.Errorf("%d deadlines have not moved", n)
	}
}
