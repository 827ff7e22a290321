package command

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/register"
	"bangkom/scheduler"
	"bangkom/storage"
)

// awake lets the clock of the scheduler tick once at now for the given jobs.
func (o *office) awake(now time.Time, names ...string) {
	o.t.Helper()
	for _, j := range app.Jobs(77, o.reminder, testMailer(o.t, o.courier), followup.DefaultRules()) {
		for _, name := range names {
			if j.Name == name {
				o.tickOnce(j, now)
			}
		}
	}
}

// tickOnce does what the clock does for one job: the slots since the last one.
func (o *office) tickOnce(j scheduler.Job, now time.Time) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := scheduler.New(scheduler.Config{Jobs: []scheduler.Job{j}, Store: app.Slots{DB: o.db}, Location: jakarta,
		Now: func() time.Time { return now }}).Tick(ctx); err != nil {
		o.t.Fatalf("%s at %s: %v", j.Name, now, err)
	}
}

func (o *office) runs(job string, after time.Time) int {
	o.t.Helper()
	return o.count(`SELECT count(*) FROM job_run WHERE job = $1 AND scheduled_for > $2`, job, after)
}

// Asleep from Friday to Monday afternoon: each job runs once for all that was
// missed, the note of the week still comes, nothing comes twice, and what had its
// time in between has its reason.
func TestThreeDaysAsleep(t *testing.T) {
	devdbtest.Long(t, "days pass for the jobs")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	all := []string{"reminders", "weekly-summary", "weekly-note", "unit-pauses", "calendar", "expiries", "retention"}
	start := at("2027-01-11 08:00")
	o.awake(start, all...) // a job that is new begins now
	o.open("Satu", start, "2027-01-24")
	for _, now := range []string{"2027-01-11 08:30", "2027-01-13 07:50", "2027-01-15 15:00"} {
		o.awake(at(now), all...)
		o.send(at(now))
	}
	asleep := at("2027-01-15 15:00")
	woke := at("2027-01-18 14:02")
	o.awake(woke, all...)
	for _, job := range all {
		if n := o.runs(job, asleep); n != 1 {
			t.Errorf("%s ran %d times for three days, want once", job, n)
		}
	}
	before := o.state()
	o.awake(woke, all...)
	o.awake(asleep.Add(-time.Hour), all...) // the clock is set back
	if after := o.state(); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Error("a second tick, or a clock that was set back, changed something")
	}
	if n := o.count(`SELECT count(*) FROM notice WHERE kind IN ('note', 'summary') AND action = 'send' AND decided_at = $1`, woke); n != 20 {
		t.Errorf("%d notes and summaries went after the sleep, want one for each of 20", n)
	}
	// The evening of a Monday on which nothing ran: no prompt goes at night.
	if n := o.count(`SELECT count(*) FROM notice WHERE action = 'send' AND class = 'prompt'
		AND (decided_at AT TIME ZONE 'Asia/Jakarta')::time NOT BETWEEN '07:45' AND '15:45'`); n != 0 {
		t.Errorf("%d prompts at night", n)
	}
}

// A run that fails half-way leaves nothing, is recorded, and comes again with the
// next tick.
func TestAJobThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
	broken := true
	job := scheduler.Reminders(o.reminder)
	run := job.Run
	job.Run = func(ctx context.Context, tx scheduler.Tx, s scheduler.Slot, now time.Time) (scheduler.Result, error) {
		r, err := run(ctx, tx, s, now)
		if broken && err == nil {
			err = errors.New("half-way")
		}
		return r, err
	}
	s := scheduler.New(scheduler.Config{Jobs: []scheduler.Job{job}, Store: app.Slots{DB: o.db}, Location: jakarta})
	now := at("2027-01-11 08:30")
	if _, err := s.RunJob(t.Context(), "reminders", now); err == nil {
		t.Fatal("the broken run gives no error")
	}
	if n := o.count(`SELECT (SELECT count(*) FROM notice) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM job_run)`); n != 0 {
		t.Errorf("the broken run left %d rows", n)
	}
	if n := o.count(`SELECT count(*) FROM job_failure WHERE cause LIKE '%half-way%'`); n != 1 {
		t.Errorf("%d failures recorded, want 1", n)
	}
	broken = false
	o.run(now, "reminders")
	if n := o.count(`SELECT count(*) FROM outbox`); n != 20 {
		t.Errorf("%d invitations, want 20", n)
	}
}

// A holiday that was announced yesterday holds what was planned for it; a unit
// that works on Saturday gets its reminder then; a deadline on a holiday moves for
// each unit to its own next working day.
func TestCalendarOfTheAgency(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20) // units u1 and u2
	o.exec(`INSERT INTO unit_week (unit_id, days) SELECT id, 126 FROM unit WHERE code = 'u2'`)
	o.open("Satu", at("2027-04-21 08:00"), "2027-05-01") // Labour Day, a Saturday
	for unit, want := range map[string]string{"u1": "2027-05-03", "u2": "2027-05-03"} {
		if got := o.dueDay(unit); got != want {
			t.Errorf("a deadline on Saturday 1 May, a holiday, of %s is %s, want %s", unit, got, want)
		}
	}
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, at("2027-04-22 08:00"))
		return err
	})
	o.open("Dua", at("2027-06-10 08:00"), "2027-06-19") // an ordinary Saturday
	for unit, want := range map[string]string{"u1": "2027-06-21", "u2": "2027-06-19"} {
		if got := o.dueDay(unit); got != want {
			t.Errorf("a deadline on Saturday of %s is %s, want %s", unit, got, want)
		}
	}
	o.run(at("2027-06-10 09:00"), "reminders")
	o.send(at("2027-06-10 09:00"))
	// Monday the 14th is the second working day of the offices, Saturday the 12th
	// that of the unit with six days.
	o.run(at("2027-06-12 08:00"), "reminders")
	o.send(at("2027-06-12 08:00"))
	if n := o.count(`SELECT count(*) FROM notice WHERE step = 'first' AND action = 'send'`); n != 10 {
		t.Errorf("%d people of the unit that works on Saturday were reminded, want 10", n)
	}
	o.exec(`INSERT INTO holiday (on_date, name, kind) VALUES ('2027-06-14', 'Pilkada', 'national')`)
	o.run(at("2027-06-14 09:00"), "reminders")
	if n := o.count(`SELECT count(*) FROM notice WHERE decided_at::date = '2027-06-14' AND action = 'send'`); n != 0 {
		t.Errorf("%d messages on a holiday that was announced yesterday", n)
	}
	o.run(at("2027-06-15 08:00"), "reminders")
	if n := o.count(`SELECT count(*) FROM notice WHERE step = 'first' AND action = 'send'`); n != 20 {
		t.Errorf("%d reminders after the holiday, want 20", n)
	}
}

// A holiday that becomes known after a period was opened, or another week of a
// unit, moves the deadlines that lie ahead, never to an earlier day.
func TestHolidayAnnouncedLate(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.exec(`INSERT INTO unit_week (unit_id, days) SELECT id, 127 FROM unit WHERE code = 'u2'`)
	o.open("Satu", at("2027-06-07 08:00"), "2027-06-23") // a Wednesday
	holidays := func(now time.Time, days ...string) {
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			var list []register.Holiday
			for _, d := range days {
				list = append(list, register.Holiday{Date: at(d + " 00:00"), Name: "Pilkada", Kind: "national"})
			}
			_, err := tx.ImportHolidays(ctx, list, now)
			return err
		})
	}
	want := func(u1, u2 string) {
		t.Helper()
		if got := o.dueDay("u1") + " " + o.dueDay("u2"); got != u1+" "+u2 {
			t.Errorf("the deadlines are %s, want %s %s", got, u1, u2)
		}
	}
	o.exec(`UPDATE task SET ladder_at = '2027-06-29'`)
	holidays(at("2027-06-22 08:00"), "2027-06-21") // nothing is due then
	want("2027-06-23", "2027-06-23")
	holidays(at("2027-06-22 08:00"), "2027-06-23")
	want("2027-06-24", "2027-06-24")
	if n := o.count(`SELECT count(*) FROM task WHERE kind = 'self_assessment' AND ladder_at = $1`, at("2027-06-22 08:00")); n != 20 {
		t.Errorf("%d ladders are looked at again, want 20", n)
	}
	holidays(at("2027-06-22 08:05"), "2027-06-24", "2027-06-25") // then Saturday, on which only u2 works
	want("2027-06-28", "2027-06-26")
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ImportWeeks(ctx, []register.Week{{Unit: register.UnitKey("u2"), Days: 62}}, at("2027-06-22 08:10"))
		return err
	})
	want("2027-06-28", "2027-06-28")
	if got := o.rows(`SELECT to_char(due_at AT TIME ZONE 'Asia/Jakarta', 'MM-DD') || ' ' || to_char(rating_due_at AT TIME ZONE 'Asia/Jakarta', 'MM-DD') FROM period`); got[0] != "06-29 07-01" {
		t.Errorf("the period is due before %s, want 06-29 07-01", got[0])
	}
	holidays(at("2027-06-29 08:00"), "2027-06-28") // known too late: it is over
	want("2027-06-28", "2027-06-28")
}

// Jobs go on after the clock was far ahead for a moment, and the operator is told.
func TestTheClockWasAhead(t *testing.T) {
	devdbtest.Long(t, "days pass for the jobs")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	var said bytes.Buffer
	now := at("2027-01-11 07:00")
	s := scheduler.New(scheduler.Config{Jobs: app.Jobs(77, o.reminder, testMailer(t, o.courier), followup.DefaultRules()), Store: app.Slots{DB: o.db}, Location: jakarta,
		Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&said, nil))})
	tick := func(when time.Time) {
		now = when
		if err := s.Tick(t.Context()); err != nil {
			t.Error(err)
		}
	}
	tick(now)
	tick(at("2028-01-11 07:00"))
	o.open("Satu", at("2027-01-11 07:01"), "2027-01-24")
	for _, when := range []string{"2027-01-11 07:05", "2027-01-11 08:30", "2027-01-11 08:31", "2027-01-13 09:00", "2027-01-18 09:00"} {
		tick(at(when))
		o.send(at(when))
	}
	if got := o.rows(`SELECT DISTINCT kind FROM notice WHERE action = 'send' ORDER BY 1`); !slices.Contains(got, "invitation") || !slices.Contains(got, "note") {
		t.Errorf("after the clock had been a year ahead for one tick the jobs sent %v", got)
	}
	if n := strings.Count(said.String(), "job=reminders slot="); n != 1 {
		t.Errorf("the operator is warned %d times about the job reminders, want once", n)
	}
}

// dueDay is the last day of the newest task of a unit.
func (o *office) dueDay(unit string) string {
	return o.rows(`SELECT to_char((t.due_at - interval '1 second') AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM-DD') FROM task t JOIN employee e ON e.id = t.employee_id
		JOIN unit u ON u.id = e.unit_id WHERE u.code = $1 AND t.kind = 'self_assessment' ORDER BY t.id DESC LIMIT 1`, unit)[0]
}

// A message that the sender did not reach in its window is decided again, and goes
// on the next working day; one whose own end has come is dropped and says so.
func TestWhatExpiresUnsent(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	send := func(key string, expires time.Time) {
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, err := o.courier.Send(ctx, tx, at("2027-01-15 15:40"), courier.Message{Employee: 2, Key: key, Reply: replyOf("Halo."),
				Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Alert, Expires: expires}})
			return err
		})
	}
	send("long", at("2027-01-25 09:00"))
	send("short", at("2027-01-15 16:00")) // joins it
	if n := o.count(`SELECT count(*) FROM outbox`); n != 1 {
		t.Fatalf("%d messages, want one of two", n)
	}
	o.run(at("2027-01-15 16:05"), "expiries", "reminders")
	for key, want := range map[string]string{"long": "hold outside_hours", "short": "drop expired"} {
		if got := o.rows(`SELECT action || ' ' || reason FROM notice WHERE key = $1`, key); got[0] != want {
			t.Errorf("%s: %s, want %s", key, got[0], want)
		}
	}
	o.run(at("2027-01-18 08:30"), "reminders")
	o.send(at("2027-01-18 08:31"))
	if got := o.rows(`SELECT key || ' ' || state FROM outbox ORDER BY key`); strings.Join(got, ", ") != "n:long:1 expired, n:long:2 sent" {
		t.Errorf("the outbox holds %v", got)
	}
	o.run(at("2027-01-18 08:35"), "expiries")
	if n := o.count(`SELECT count(*) FROM notice WHERE reply IS NOT NULL`); n != 0 {
		t.Errorf("%d texts are kept after they went", n)
	}
}

func replyOf(body string) dialog.Reply { return dialog.Reply{Template: "test", Text: body} }
