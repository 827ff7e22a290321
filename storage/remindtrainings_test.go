package storage

import (
	"context"
	"maps"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// told counts the messages of a kind that went, by recipient.
func (f *fixture) told(kind string) map[int64]int {
	f.t.Helper()
	rows, err := f.owner.Query(`SELECT employee_id FROM notice WHERE kind = $1 AND action = 'send'`, kind)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	out := map[int64]int{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			f.t.Fatal(err)
		}
		out[id]++
	}
	return out
}

// everyDay runs what comes once on a working day, at 09.00 of a day.
func (f *fixture) everyDay(year int, month time.Month, day int) {
	f.t.Helper()
	c, now := f.clerk(), time.Date(year, month, day, 9, 0, 0, 0, jakarta)
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := c.Day(ctx, tx, now)
		return err
	})
}

// Permissions come to a superior once a day as one list, and only when there is a new one;
// to whoever stands in instead; of somebody without a superior to the officer.
func TestPermissionsComeAsOneList(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(8)
	boss, away, acting, officer := ids[0], ids[1], ids[2], ids[3]
	f.linked(ids...)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id IN ($2, $3)`, boss, ids[4], ids[5])
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, away, ids[6])
	f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at)
		VALUES ($1, $2, '2027-01-01', '2027-02-01', 'x', false, now(), now())`, away, acting)
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $2 FROM employee WHERE id = $1`, officer, start)
	batch := f.openSeats("PD", training.InOrder, 9, 0)
	f.exec(`UPDATE batch SET permission_until = '2027-01-28' WHERE id = $1`, batch)
	for _, id := range ids[4:8] {
		f.apply(batch, id, start)
	}

	f.everyDay(2027, time.January, 17) // a Sunday
	if got := f.told("permits"); len(got) != 0 {
		t.Errorf("on a Sunday %v were written to", got)
	}
	f.everyDay(2027, time.January, 12)
	if got, want := f.told("permits"), map[int64]int{boss: 1, acting: 1}; !maps.Equal(got, want) {
		t.Errorf("lists to %v, want %v", got, want)
	}
	if got, want := f.told("training"), map[int64]int{officer: 1}; !maps.Equal(got, want) {
		t.Errorf("without a superior: %v, want the officer %v", got, want)
	}
	f.everyDay(2027, time.January, 13)
	if got, want := f.told("permits"), map[int64]int{boss: 1, acting: 1}; !maps.Equal(got, want) {
		t.Errorf("a day later without a new request: %v", got)
	}
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, boss, away)
	f.apply(batch, away, start.AddDate(0, 0, 2))
	f.everyDay(2027, time.January, 14)
	if got, want := f.told("permits"), map[int64]int{boss: 2, acting: 1}; !maps.Equal(got, want) {
		t.Errorf("after a new request: %v, want %v", got, want)
	}
}

// Whoever may come is reminded the working day before and an hour before, once, and anew
// when the session has moved.
func TestReminderOfASession(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	f.linked(ids...)
	batch := f.openSeats("PD", training.InOrder, 9, 0) // on Monday, 1 February, 15.00
	for _, id := range ids[:2] {
		f.apply(batch, id, start)
	}
	f.exec(`UPDATE enrolment SET permission = 'asked' WHERE employee_id = $1`, ids[1])
	c := f.clerk()
	soon := func(at time.Time) {
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := c.Soon(ctx, tx, at)
			return err
		})
	}
	f.everyDay(2027, time.January, 28)
	f.everyDay(2027, time.January, 29) // the Friday before
	f.everyDay(2027, time.January, 29)
	monday := time.Date(2027, 2, 1, 15, 0, 0, 0, jakarta)
	if got, want := f.told("training_session"), map[int64]int{ids[0]: 1}; !maps.Equal(got, want) {
		t.Errorf("on Friday %v, want %v", got, want)
	}
	soon(monday.Add(-61 * time.Minute))
	soon(monday.Add(-60 * time.Minute))
	soon(monday.Add(-55 * time.Minute))
	if got, want := f.told("training_session"), map[int64]int{ids[0]: 2}; !maps.Equal(got, want) {
		t.Errorf("an hour before %v, want %v", got, want)
	}
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return training.Outcome{}, err
		}
		b.Sessions[0].Starts, b.Sessions[0].Ends = monday.Add(time.Hour), monday.Add(3*time.Hour)
		out, moved, _, err := tx.ChangeBatch(ctx, b, ids[2], monday.Add(-50*time.Minute))
		if !moved {
			t.Error("an hour later is not moved")
		}
		return out, err
	})
	soon(monday)
	if got, want := f.told("training_session"), map[int64]int{ids[0]: 3}; !maps.Equal(got, want) {
		t.Errorf("after it moved %v, want %v", got, want)
	}
	soon(monday.Add(time.Hour))
	if got := f.told("training_session"); got[ids[0]] != 3 {
		t.Errorf("when it has begun: %v", got)
	}
}

// A batch that is cancelled while offers are open ends them, whoever has a seat or waits
// is told, and a late tap is told so.
func TestCancelWithOpenOffers(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(4)
	f.linked(ids...)
	batch := f.openSeats("PD", training.InOrder, 1, 0)
	for _, id := range ids[:3] {
		f.apply(batch, id, start)
	}
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Withdraw(ctx, batch, ids[0], training.Shift, start)
	})
	clerk := f.clerk()
	f.tick(clerk, start.Add(time.Minute))
	f.stands("before", batch, ids[1], training.Offered)
	f.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		out, were, err := tx.CancelBatch(ctx, batch, b.Revision, "pengajar berhalangan", ids[3], start.Add(time.Hour))
		if err != nil || out.Verdict != training.Accepted || len(were) != 2 {
			t.Errorf("CancelBatch: %+v, %d people, %v", out, len(were), err)
		}
		var messages []courier.Message
		if messages = clerk.Cancelled(b, "pengajar berhalangan", were); len(messages) != 2 {
			t.Errorf("%d messages, want one to whoever was in it", len(messages))
		}
		if out, _, err = tx.CancelBatch(ctx, batch, b.Revision, "x", ids[3], start); err != nil || out.Verdict != training.Gone {
			t.Errorf("a second time: %+v, %v", out, err)
		}
		return nil
	})
	if out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.TakeOffer(ctx, batch, ids[1], start.Add(2*time.Hour))
	}); out.Verdict != training.Gone {
		t.Errorf("a late tap: %+v", out)
	}
	f.tick(clerk, start.Add(3*time.Hour))
	f.stands("afterwards", batch, ids[2], training.Called)
}

// The wishes of officers: within the area, within the seats and the quota, with the
// letter; a seat goes from one to another, also of somebody who has left.
func TestNominateAndReplace(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(6)
	batch := f.openSeats("PD", training.InOrder, 3, 0)
	f.exec(`INSERT INTO batch_quota (batch_id, unit_id, seats) SELECT $1, unit_id, 2 FROM employee WHERE id = $2`, batch, ids[0])
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $2 FROM employee WHERE id = $1`, ids[5], start)
	area := personnel.Area{Officer: ids[5]}
	nominate := func(a personnel.Area, who int64) training.Verdict {
		t.Helper()
		return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.Nominate(ctx, a, training.Nomination{Batch: batch, Employee: who, Letter: "800/1", Day: start, By: ids[5]}, start)
		}).Verdict
	}
	replace := func(leaves, comes int64, now time.Time) training.Verdict {
		t.Helper()
		return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.Replace(ctx, area, batch, leaves, comes, ids[5], now)
		}).Verdict
	}
	if err := f.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Nominate(ctx, personnel.Area{Officer: ids[4]}, training.Nomination{Batch: batch, Employee: ids[0]}, start)
		return err
	}); err == nil {
		t.Error("somebody who is no officer nominates")
	}
	first, last := start.AddDate(0, 0, 21), start.AddDate(0, 0, 21).Add(6*time.Hour)
	for what, tt := range map[int]struct{ got, want training.Verdict }{
		1: {nominate(area, ids[0]), training.Accepted}, 2: {nominate(area, ids[0]), training.Unchanged}, 3: {nominate(area, ids[1]), training.Accepted},
		4: {nominate(area, ids[2]), training.QuotaFull},
	} {
		if tt.got != tt.want {
			t.Errorf("nomination %d: %s, want %s", what, tt.got, tt.want)
		}
	}
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, ids[1])
	if got := replace(ids[1], ids[0], start); got != training.AlreadyInside {
		t.Errorf("by somebody who has a seat: %s", got)
	}
	if got := replace(ids[1], ids[2], first.Add(time.Hour)); got != training.Accepted {
		t.Errorf("of somebody who has left, during the first session: %s", got)
	}
	f.stands("replaced", batch, ids[1], training.Replaced)
	if n := f.enrolled(batch, ids[2]); n.Nomination != "800/1" || n.Standing != training.Seated {
		t.Errorf("the letter stays with the seat: %+v", n)
	}
	if got := replace(ids[2], ids[3], last); got != training.Gone {
		t.Errorf("after the first session: %s", got)
	}
	if n := f.count(`SELECT count(*) FROM enrolment WHERE state = 'seated'`); n != 2 {
		t.Errorf("%d seats, want two", n)
	}
}

// Of somebody whose superior has no account, has blocked the bot, or is not known, the
// officer is told on the next morning and may record an Izin tertulis; the person's own
// card says which of these it is.
func TestSuperiorOutOfReach(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(6)
	boss, officer, people := ids[0], ids[1], ids[2:5]
	f.linked(officer, people[0], people[1], people[2])
	f.exec(`UPDATE employee SET supervisor_id = CASE WHEN id = $2 THEN NULL ELSE $1::bigint END WHERE id <> $1`, boss, people[2])
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $2 FROM employee WHERE id = $1`, officer, start)
	batch := f.openSeats("PD", training.InOrder, 5, 0)
	f.exec(`UPDATE batch SET permission_until = $2 WHERE id = $1`, batch, start.AddDate(0, 0, 10))
	reach := func(who int64) (r training.Reach) {
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			r, err = tx.SuperiorReach(ctx, who, start)
			return err
		})
		return r
	}
	for _, id := range people {
		f.apply(batch, id, start)
	}
	if got := []training.Reach{reach(people[0]), reach(people[2])}; got[0] != training.Unlinked || got[1] != training.Unknown {
		t.Errorf("reach %q, want unlinked and unknown", got)
	}
	f.everyDay(2027, time.January, 12)
	if got := f.count(`SELECT count(*) FROM notice WHERE key LIKE 'permit:%:officer:%' AND employee_id = $1 AND action = 'send'`, officer); got != 3 {
		t.Errorf("the officer got %d messages, want one about each", got)
	}
	if got := f.count(`SELECT count(*) FROM outbox WHERE template = 'seat.ask_officer_unlinked'`); got != 2 {
		t.Errorf("%d of them say that the superior cannot be asked, want two", got)
	}
	var n training.Enrolment
	if n = f.enrolled(batch, people[0]); n.Permission != training.Asked {
		t.Fatalf("the permission is %q", n.Permission)
	}
	if out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.RecordLetter(ctx, personnel.Area{Officer: officer}, n.ID, "800/3", start, officer, start)
	}); out.Verdict != training.Accepted {
		t.Errorf("the officer records the letter: %+v", out)
	}
	f.linked(boss)
	if got := reach(people[1]); got != training.Reached {
		t.Errorf("with an account: %q", got)
	}
	f.exec(`UPDATE chat SET reachable = false WHERE id = $1`, boss)
	if got := reach(people[1]); got != training.Unlinked {
		t.Errorf("who has blocked the bot: %q", got)
	}
}
