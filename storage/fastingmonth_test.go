package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/reminder"
	"bangkom/internal/training"
)

// A March in which people fast, with a batch on the 17th and 18th that ends half an hour
// before the sun sets: every message about it, by the minute at which the sender takes it.
// Nothing goes from 17.30 to 19.30 and nothing from 21.00 to 06.00; the superior is asked
// once, in the morning; who attended is asked that evening, after the meal, and whoever
// has not answered is reminded once, on the next working day.
func TestTrainingInTheMonthOfFasting(t *testing.T) {
	devdbtest.Long(t, "the jobs of eighteen days")
	f := newFixture(t)
	f.SealWith(disclosure.NewSealer([]byte("sealer of the storage tests")))
	f.exec(`INSERT INTO ramadan (name, starts_on, ends_on) VALUES ('1448 H', '2027-03-01', '2027-03-30')`)
	ids := f.employees(7)
	boss, panitia, absent := ids[0], ids[5], ids[4]
	f.linked(ids...)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id <> $1`, boss)
	at := func(day, hour, minute int) time.Time { return time.Date(2027, 3, day, hour, minute, 0, 0, jakarta) }
	batch := f.openSeats("PD", training.InOrder, 4, 0)
	f.exec(`DELETE FROM session_trainer`)
	f.exec(`DELETE FROM training_session`)
	f.exec(`UPDATE batch SET opens_at = $2, closes_at = $3, permission_until = $3, starts_at = $4, ends_at = $5 WHERE id = $1`, batch, at(1, 8, 0), at(13, 0, 0), at(17, 8, 0), at(18, 17, 30))
	f.exec(`INSERT INTO training_session (batch_id, n, starts_at, ends_at) VALUES ($1, 1, $2, $3), ($1, 2, $4, $5)`, batch, at(17, 8, 0), at(17, 14, 30), at(18, 13, 0), at(18, 17, 30))
	f.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, batch, panitia, at(1, 8, 0))
	m := newMonth(f)

	m.until(at(1, 20, 40))
	for _, id := range ids[1:6] { // the fifth waits
		if out := f.apply(batch, id, at(1, 20, 40)); out.Verdict != training.Accepted {
			t.Fatalf("person %d: %+v", id, out)
		}
	}
	m.until(at(3, 10, 0))
	for _, id := range ids[1:5] {
		n := f.enrolled(batch, id)
		f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.Permit(ctx, n.ID, boss, training.Given, "", at(3, 10, 0))
		})
	}
	m.until(at(5, 20, 50))
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Withdraw(ctx, batch, ids[1], training.Urgent, at(5, 20, 50))
	})
	for _, s := range []struct{ day, n int }{{17, 1}, {18, 2}} {
		m.until(at(s.day, 14, 0))
		session := int64(f.count(`SELECT id FROM training_session WHERE n = $1`, s.n))
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.TakeAttendance(ctx, session, []int64{absent}, panitia, at(s.day, 14, 0))
			return err
		})
	}
	m.until(at(18, 20, 0))
	m.answer(ids[2], at(18, 20, 0))
	if got, want := f.text(`SELECT to_char(min(offer_until) AT TIME ZONE 'Asia/Jakarta', 'DD HH24.MI') FROM enrolment WHERE employee_id = $1`, ids[5]), "13 00.00"; got != want {
		t.Errorf("the offer of Friday evening ended %s, want %s: registration closed before the next working day", got, want)
	}
	m.until(at(27, 9, 0))
	want := []string{
		"Tue 02 09.00 permit.head 1",
		"Fri 05 20.50 seat.offer 6",
		"Sat 13 06.00 seat.lapsed_closed 6",
		"Tue 16 09.00 session.day 3 4 5", // the first working day after the holidays
		"Wed 17 07.00 session.hour 3 4 5",
		"Thu 18 12.00 session.hour 3 4 5",
		"Thu 18 19.30 evaluation.intro 3 4",
		"Fri 19 08.15 evaluation.reminder 4",
		"Fri 26 06.00 evaluation.closed 6",
	}
	if got := m.sent; !slices.Equal(got, want) {
		t.Errorf("sent:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// month is the clock of that month: all jobs about trainings, and the sender behind each
// run of them.
type month struct {
	*fixture
	now  time.Time
	sent []string
	jobs []func(context.Context, *Tx, time.Time) error
	of   map[int64]int // place in the list of people by chat
}

func newMonth(f *fixture) *month {
	send, cat := f.courier()
	clerk, ask := f.clerk(), &evaluation.Runner{Courier: send, Text: cat, Location: jakarta}
	resume := reminder.New(reminder.Config{Courier: send, Text: cat, Location: jakarta, TaskForms: taskForms})
	m := &month{fixture: f, now: time.Date(2027, 3, 1, 18, 0, 0, 0, jakarta), of: map[int64]int{}}
	m.jobs = []func(context.Context, *Tx, time.Time) error{
		func(ctx context.Context, tx *Tx, now time.Time) error { _, err := clerk.Tick(ctx, tx, now); return err },
		func(ctx context.Context, tx *Tx, now time.Time) error { _, err := clerk.Soon(ctx, tx, now); return err },
		func(ctx context.Context, tx *Tx, now time.Time) error {
			if now.Hour() != 9 || now.Minute() != 0 {
				return nil
			}
			_, err := clerk.Day(ctx, tx, now)
			return err
		},
		func(ctx context.Context, tx *Tx, now time.Time) error { _, err := ask.Ask(ctx, tx, now); return err },
		func(ctx context.Context, tx *Tx, now time.Time) error { _, err := ask.Close(ctx, tx, now); return err },
		func(ctx context.Context, tx *Tx, now time.Time) error {
			_, err := resume.Resume(ctx, tx, now, 100)
			return err
		},
		func(ctx context.Context, tx *Tx, now time.Time) error { _, err := tx.Expire(ctx, now); return err },
	}
	return m
}

// until lets the time pass: in steps of five minutes where something is to be seen, else in
// longer ones.
func (m *month) until(end time.Time) {
	m.t.Helper()
	for ; m.now.Before(end); m.now = earlier(m.now.Add(m.step()), end) {
		m.tx(func(ctx context.Context, tx *Tx) error {
			for _, job := range m.jobs {
				if err := job(ctx, tx, m.now); err != nil {
					return err
				}
			}
			return nil
		})
		m.send()
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (m *month) step() time.Duration {
	switch h, day := m.now.Hour(), m.now.Day(); {
	case day == 5 && h == 20, day == 18 && h >= 17 && h < 20:
		return 5 * time.Minute
	case day >= 17 && day <= 19 && h > 5 && h < 21:
		return 15 * time.Minute
	}
	return 3*time.Hour - time.Duration(m.now.Hour()%3)*time.Hour - time.Duration(m.now.Minute())*time.Minute
}

// send takes what waits, and writes down what it was and for whom.
func (m *month) send() {
	m.t.Helper()
	rows, err := m.Claim(m.t.Context(), 1, dialog.LaneBulk, 100, m.now)
	if err != nil {
		m.t.Fatal(err)
	}
	var marks []dialog.Mark
	to := map[string][]string{}
	for i, r := range rows {
		marks = append(marks, dialog.Mark{ID: r.ID, State: dialog.StateSent, MessageID: 1000 + i, At: m.now})
		to[r.Template] = append(to[r.Template], fmt.Sprint(r.ChatID))
	}
	if len(marks) > 0 {
		if _, err := m.Mark(m.t.Context(), 1, marks); err != nil {
			m.t.Fatal(err)
		}
	}
	var lines []string
	for template, people := range to {
		slices.Sort(people)
		lines = append(lines, m.now.Format("Mon 02 15.04 ")+template+" "+strings.Join(people, " "))
	}
	slices.Sort(lines)
	m.sent = append(m.sent, lines...)
}

// answer sends the evaluation of somebody.
func (m *month) answer(person int64, now time.Time) {
	m.t.Helper()
	c := &courses{fixture: m.fixture}
	if err := c.answer(int64(m.count(`SELECT id FROM batch`)), person, says(1), now); err != nil {
		m.t.Fatal(err)
	}
}
