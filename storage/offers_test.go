package storage

import (
	"context"
	"maps"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/reminder"
	"bangkom/internal/training"
)

// deliver lets the sender take everything that waits and report that it arrived at a
// moment of people's time.
func (f *fixture) deliver(term int64, at time.Time) (n int) {
	f.t.Helper()
	rows, err := f.Claim(f.t.Context(), term, dialog.LaneBulk, 100, at)
	if err != nil {
		f.t.Fatal(err)
	}
	var marks []dialog.Mark
	for i, r := range rows {
		marks = append(marks, dialog.Mark{ID: r.ID, State: dialog.StateSent, MessageID: 1000 + i, At: at})
	}
	if len(marks) > 0 {
		if _, err := f.Mark(f.t.Context(), term, marks); err != nil {
			f.t.Fatal(err)
		}
	}
	return len(rows)
}

func (f *fixture) enrolled(batch, employee int64) (n training.Enrolment) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		n, err = tx.Enrolment(ctx, batch, employee)
		return err
	})
	return n
}

func (f *fixture) stands(when string, batch, employee int64, want training.Standing) {
	f.t.Helper()
	if got := f.enrolled(batch, employee).Standing; got != want {
		f.t.Errorf("%s: person %d is %s, want %s", when, employee, got, want)
	}
}

// A seat is freed on Friday at 20.50 before a day off. The queue holds one who has blocked
// the bot, one without an account, one on leave and one with nothing of the sort.
func TestOfferOfAFridayEvening(t *testing.T) {
	devdbtest.Long(t, "a weekend passes")
	f := newFixture(t)
	ids := f.employees(6)
	first, blocked, unlinked, away, normal, behind := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]
	f.linked(ids...)
	batch := f.openSeats("PD", training.InOrder, 1, 0)
	friday := time.Date(2027, 1, 15, 20, 50, 0, 0, jakarta)
	f.exec(`INSERT INTO holiday (on_date, name, kind) VALUES ('2027-01-18', 'Libur', 'national')`)
	for _, id := range ids {
		if out := f.apply(batch, id, start); out.Verdict != training.Accepted {
			t.Fatalf("person %d: %+v", id, out)
		}
	}
	f.exec(`UPDATE chat SET reachable = false WHERE employee_id = $1`, blocked)
	f.exec(`DELETE FROM chat WHERE employee_id = $1`, unlinked)
	f.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-01-14', '2027-01-20', 'leave')`, away)
	clerk := f.clerk()
	f.tick(clerk, friday.Add(-time.Hour))

	if out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Withdraw(ctx, batch, first, training.Urgent, friday)
	}); out.Verdict != training.Accepted {
		t.Fatalf("Withdraw: %+v", out)
	}
	f.tick(clerk, friday.Add(time.Minute))
	f.stands("a minute after", batch, normal, training.Offered)
	for _, id := range []int64{blocked, unlinked, away, behind} {
		f.stands("a minute after", batch, id, training.Waiting)
	}
	if n := f.deliver(1, friday.Add(2*time.Minute)); n != 1 {
		t.Fatalf("%d messages went, want the offer", n)
	}
	f.tick(clerk, friday.Add(3*time.Minute))
	until := time.Date(2027, 1, 20, 0, 0, 0, 0, jakarta) // the end of Tuesday: Monday is off
	if got := f.enrolled(batch, normal).OfferUntil; !got.Equal(until) {
		t.Fatalf("the offer ends %s, want %s", got, until)
	}
	if p := f.enrolled(batch, away).Position; p != 3 {
		t.Errorf("who is on leave stands at %d, want 3", p)
	}

	f.tick(clerk, until.Add(-time.Minute))
	f.stands("in the last minute", batch, normal, training.Offered)
	late := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.TakeOffer(ctx, batch, normal, until)
	})
	if late.Verdict != training.OfferEnded || !late.At.Equal(until) {
		t.Errorf("a tap at the end: %+v", late)
	}
	f.stands("after the tap", batch, normal, training.Lapsed)
	f.tick(clerk, until.Add(time.Minute))
	f.stands("on Wednesday", batch, away, training.Offered) // works again on Thursday
	if out := f.apply(batch, normal, until.Add(2*time.Minute)); out.Verdict != training.Accepted || out.Now.Position != 4 {
		t.Errorf("who let an offer pass comes back: %+v, position %d, want the end", out.Verdict, out.Now.Position)
	}
}

// An offer that has not arrived has no end; one whose message is given up keeps the place,
// and the next is asked.
func TestOfferThatDoesNotArrive(t *testing.T) {
	devdbtest.Long(t, "an odd event of offers")
	f := newFixture(t)
	ids := f.employees(3)
	f.linked(ids...)
	batch := f.openSeats("PD", training.InOrder, 0, 0)
	for _, id := range ids {
		f.apply(batch, id, start)
	}
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.SetSeats(ctx, batch, 2, 1, ids[0], start)
	})
	clerk := f.clerk()
	f.tick(clerk, start.Add(time.Minute))
	f.tick(clerk, start.AddDate(0, 0, 3))
	f.stands("while its message waits", batch, ids[0], training.Offered)
	f.exec(`UPDATE outbox SET state = 'failed' WHERE chat_id = $1`, ids[0])
	f.tick(clerk, start.AddDate(0, 0, 3).Add(time.Minute))
	f.stands("when it has failed", batch, ids[0], training.Waiting)
	if p := f.enrolled(batch, ids[0]).Position; p != 1 {
		t.Errorf("whose offer was lost stands at %d, want the place of before", p)
	}
	if n := f.count(`SELECT count(*) FROM enrolment WHERE state = 'offered'`); n != 1 {
		t.Errorf("%d offers are open, want one", n)
	}
}

// A superior who says nothing: one working day before the deadline the person and the
// officer are told; at the deadline the seat goes to the next, unless a letter is there.
func TestSilentSuperior(t *testing.T) {
	devdbtest.Long(t, "days pass until an offer ends")
	f := newFixture(t)
	ids := f.employees(5)
	boss, officer, silent, letter, next := ids[0], ids[1], ids[2], ids[3], ids[4]
	f.linked(ids...)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id <> $1`, boss)
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $2 FROM employee WHERE id = $1`, officer, start)
	batch := f.openSeats("PD", training.InOrder, 2, 0)
	deadline := time.Date(2027, 1, 21, 0, 0, 0, 0, jakarta)                                                                          // the end of Wednesday
	f.exec(`UPDATE batch SET permission_until = $2, closes_at = $2::timestamptz + interval '4 days' WHERE id = $1`, batch, deadline) // so that offers are made
	for _, id := range []int64{silent, letter, next} {
		f.apply(batch, id, start)
	}
	clerk := f.clerk()
	f.tick(clerk, start.Add(time.Minute))
	var asked []training.Request
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		asked, err = tx.Requests(ctx, boss, start)
		return err
	})
	if len(asked) != 2 || !asked[0].Until.Equal(deadline) {
		t.Fatalf("Requests = %+v, want two until %s", asked, deadline)
	}
	f.deliver(1, start.Add(2*time.Minute))

	tuesday := time.Date(2027, 1, 19, 6, 0, 0, 0, jakarta)
	f.tick(clerk, tuesday)
	if n := f.count(`SELECT count(*) FROM notice WHERE key LIKE 'permit:%:late:%' AND action = 'send'`); n != 4 {
		t.Errorf("%d messages on Tuesday, want two to the people and two to the officer", n)
	}
	f.tick(clerk, tuesday.Add(time.Hour))
	if n := f.count(`SELECT count(*) FROM notice WHERE key LIKE 'permit:%'`); n != 4 {
		t.Errorf("%d messages after a second look, want no more", n)
	}
	area := everywhere
	area.All, area.Officer = false, officer
	out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		list, err := tx.RequestsOfUnit(ctx, area, tuesday)
		if err != nil || len(list) != 2 {
			t.Errorf("RequestsOfUnit = %d, %v, want two", len(list), err)
		}
		return tx.RecordLetter(ctx, area, f.enrolled(batch, letter).ID, "800/12/2027", tuesday, officer, tuesday)
	})
	if out.Verdict != training.Accepted {
		t.Fatalf("RecordLetter: %+v", out)
	}
	f.tick(clerk, deadline.Add(-time.Second))
	f.stands("before the deadline", batch, silent, training.Seated)
	f.tick(clerk, deadline)
	f.stands("at the deadline", batch, silent, training.Refused)
	f.stands("with a letter", batch, letter, training.Seated)
	f.stands("the next", batch, next, training.Offered)
	late := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Permit(ctx, f.enrolled(batch, silent).ID, boss, training.Given, "", deadline.Add(time.Minute))
	})
	if late.Verdict != training.Gone {
		t.Errorf("a permission after the deadline: %+v", late)
	}
}

// An offer that waits for the morning is not sent any more when it is over by then.
func TestOfferOfTheNight(t *testing.T) {
	devdbtest.Long(t, "an odd event of offers")
	f := newFixture(t)
	ids := f.employees(3)
	f.linked(ids...)
	batch := f.openSeats("PD", training.InOrder, 1, 0)
	for _, id := range ids {
		f.apply(batch, id, start)
	}
	night, morning := time.Date(2027, 1, 12, 22, 0, 0, 0, jakarta), time.Date(2027, 1, 13, 6, 5, 0, 0, jakarta)
	leave := func(id int64, now time.Time) {
		f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.Withdraw(ctx, batch, id, training.Urgent, now)
		})
	}
	clerk := f.clerk()
	leave(ids[0], night)
	f.tick(clerk, night.Add(time.Minute))
	f.stands("at night", batch, ids[1], training.Offered)
	leave(ids[1], night.Add(time.Hour))
	f.tick(clerk, night.Add(time.Hour+time.Minute))
	f.stands("an hour later", batch, ids[2], training.Offered)
	send, cat := f.courier()
	resume := reminder.New(reminder.Config{Courier: send, Text: cat, Location: jakarta, TaskForms: taskForms})
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := resume.Resume(ctx, tx, morning, 100)
		return err
	})
	if got, want := f.told("seat_offer"), map[int64]int{ids[2]: 1}; !maps.Equal(got, want) {
		t.Errorf("offers in the morning %v, want %v", got, want)
	}
	f.deliver(1, morning.Add(time.Minute))
	f.tick(clerk, morning.Add(2*time.Minute))
	if got, want := f.enrolled(batch, ids[2]).OfferUntil, time.Date(2027, 1, 15, 0, 0, 0, 0, jakarta); !got.Equal(want) {
		t.Errorf("it lives until %s, want the end of the working day after it arrived, %s", got, want)
	}
}

// Where seats are given at the close, whoever lacks more by the own assessment comes
// first, whoever had a training this year last; all are told, and the rest waits.
func TestRankedRegistration(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(4)
	f.linked(ids...)
	f.openPeriod("P")
	f.exec(`WITH r AS (INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
			SELECT id, 1, questionnaire_code, questionnaire_version, false, now() FROM task RETURNING id, task_id)
		INSERT INTO answer (response_id, item_code, value) SELECT r.id, 'M.04', CASE WHEN t.employee_id = $1 THEN '0' ELSE '1' END FROM r JOIN task t ON t.id = r.task_id`, ids[3])
	batch := f.openSeats("PD", training.Ranked, 2, 0)
	f.exec(`INSERT INTO programme_competency SELECT id, 'M.04', 3 FROM programme`)
	earlier := f.openSeats("LAIN", training.InOrder, 9, 1)
	f.apply(earlier, ids[0], start)
	for i, id := range ids {
		if out := f.apply(batch, id, start.Add(time.Duration(i)*time.Minute)); out.Verdict != training.Accepted || out.Now.Standing != training.Applied {
			t.Fatalf("person %d: %+v", i, out)
		}
	}
	clerk, closes := f.clerk(), start.AddDate(0, 0, 14)
	f.tick(clerk, closes.Add(-time.Minute))
	f.stands("before the close", batch, ids[3], training.Applied)
	f.tick(clerk, closes)
	for id, want := range map[int64]training.Standing{ids[3]: training.Seated, ids[1]: training.Seated, ids[2]: training.Waiting, ids[0]: training.Waiting} {
		f.stands("at the close", batch, id, want)
	}
	if got, want := f.told("training"), map[int64]int{ids[0]: 1, ids[1]: 1, ids[2]: 1, ids[3]: 1}; !maps.Equal(got, want) {
		t.Errorf("told %v, want everybody once", got)
	}
	if out := f.apply(batch, ids[2], closes.Add(time.Hour)); out.Verdict != training.Unchanged {
		t.Errorf("a tap of who waits: %s", out.Verdict)
	}
	fill := func() training.Outcome {
		return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.FillByHand(ctx, batch, ids[0], closes.Add(2*time.Hour))
		})
	}
	if out := fill(); out.Verdict != training.Full {
		t.Errorf("by hand without a free seat: %s", out.Verdict)
	}
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Withdraw(ctx, batch, ids[1], training.Other, closes.Add(time.Hour))
	})
	f.tick(clerk, closes.Add(61*time.Minute))
	f.stands("no offers after the close", batch, ids[2], training.Waiting)
	if out := fill(); out.Verdict != training.Accepted || out.Now.Employee != ids[2] {
		t.Errorf("by hand: %s for %d, want the first in the queue", out.Verdict, out.Now.Employee)
	}
}
