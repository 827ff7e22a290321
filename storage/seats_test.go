package storage

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/seating"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// jakarta is the zone of the agency; start lies at 15.00 of a Monday there.
var jakarta = time.FixedZone("WIB", 7*60*60)

// clerk makes what keeps the seats, with the catalogue and a rendering that keeps the
// template alone.
func (f *fixture) clerk() *seating.Clerk {
	send, cat := f.courier()
	return seating.New(seating.Config{Courier: send, Text: cat, Location: jakarta})
}

func (f *fixture) courier() (*courier.Courier, *text.Catalogue) {
	f.t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		f.t.Fatal(err)
	}
	return courier.New(courier.Config{Text: cat, Location: jakarta, Render: func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Template: r.Template, Method: "sendMessage"}, nil
	}}), cat
}

// tick runs the job of seats at a moment.
func (f *fixture) tick(c *seating.Clerk, now time.Time) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := c.Tick(ctx, tx, now.In(jakarta))
		return err
	})
}

// linked gives people chats of the same numbers, so that they can be reached.
func (f *fixture) linked(people ...int64) {
	f.t.Helper()
	for _, id := range people {
		f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES ($1, $1, $2)`, id, start)
	}
}

// openSeats makes an open batch of that way with so many seats: registration runs for two
// weeks from a day before start, the session is in the week behind it, in the week number
// later. It has no deadline for permissions.
func (f *fixture) openSeats(code string, way training.WayIn, seats, later int) (id int64) {
	f.t.Helper()
	day := start.AddDate(0, 0, 21+7*later)
	f.tx(func(ctx context.Context, tx *Tx) error {
		p, err := tx.AddProgramme(ctx, training.Programme{Code: code, Title: "Pengolahan Data " + code, Aim: "data", Ability: "mengolah data", Form: "Bimbingan teknis",
			JP: 8, WayIn: way, Share: 80}, 0, start)
		if err != nil {
			return err
		}
		b := training.Batch{Programme: training.Programme{ID: p}, Seats: seats, Opens: start.AddDate(0, 0, -1), Closes: start.AddDate(0, 0, 14),
			Funding: training.ByOffice, Journey: training.NoJourney,
			Sessions: []training.Session{{Starts: day, Ends: day.Add(6 * time.Hour), Place: "Aula BKD", Trainers: []string{"Rahmat"}}}}
		if id, err = tx.AddBatch(ctx, b, 0, start); err != nil {
			return err
		}
		_, err = tx.OpenBatch(ctx, id, 1, 0, start)
		return err
	})
	return id
}

// verdict runs a wish and returns what came of it.
func (f *fixture) verdict(fn func(context.Context, *Tx) (training.Outcome, error)) (out training.Outcome) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	return out
}

func (f *fixture) apply(batch, employee int64, now time.Time) training.Outcome {
	f.t.Helper()
	return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Apply(ctx, batch, employee, false, now)
	})
}

// seatLog notes each seat and each offer that is given: how many the batch has at that
// moment, how many are taken with it, and how many wait in front of who got it.
const seatLog = `
	CREATE TABLE seat_log (seats int, taken int, passed int);
	CREATE FUNCTION note_seat() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
		INSERT INTO public.seat_log SELECT b.seats,
			(SELECT count(*) FROM public.enrolment n WHERE n.batch_id = b.id AND n.state IN ('seated', 'offered')),
			(SELECT count(*) FROM public.enrolment n WHERE n.batch_id = b.id AND n.state = 'waiting' AND n.place < NEW.place)
		FROM public.batch b WHERE b.id = NEW.batch_id;
		RETURN NEW;
	END $$;
	CREATE TRIGGER note_seat_new AFTER INSERT ON enrolment FOR EACH ROW WHEN (NEW.state IN ('seated', 'offered')) EXECUTE FUNCTION note_seat();
	CREATE TRIGGER note_seat AFTER UPDATE ON enrolment FOR EACH ROW
		WHEN (NEW.state IN ('seated', 'offered') AND OLD.state NOT IN ('seated', 'offered')) EXECUTE FUNCTION note_seat();`

// inChat is a tap of a person, whose chat is locked first, as Load does.
func inChat(ctx context.Context, db *DB, chat int64, fn func(*Tx) (training.Outcome, error)) (out training.Outcome, err error) {
	err = patient(ctx, db, func(tx *Tx) (err error) {
		if _, err := tx.tx.ExecContext(ctx, `SELECT id FROM chat WHERE id = $1 FOR UPDATE`, chat); err != nil {
			return safe("lock a chat", err)
		}
		out, err = fn(tx)
		return err
	})
	return out, err
}

// patient does again what waited too long for a lock, as the program does with updates and
// jobs: on a busy computer a hundred taps on one batch take longer than one may wait.
func patient(ctx context.Context, db *DB, fn func(*Tx) error) error {
	for {
		if err := db.InTx(ctx, fn); !Unavailable(err) || ctx.Err() != nil {
			return err
		}
	}
}

// rush is 65 people with two phones each on two replicas.
type rush struct {
	*fixture
	other    *DB
	clerk    *seating.Clerk
	batch    int64
	people   []int64
	accepted atomic.Int64
	wrong    sync.Map
}

// person taps on both phones at once; some withdraw, and come back.
func (r *rush) person(ctx context.Context, i int) {
	id := r.people[i]
	first := atomic.Int64{}
	var taps sync.WaitGroup
	for _, db := range []*DB{r.DB, r.other} {
		taps.Go(func() {
			out, err := inChat(ctx, db, id, func(tx *Tx) (training.Outcome, error) { return tx.Apply(ctx, r.batch, id, false, start) })
			switch {
			case err != nil:
				r.wrong.Store(fmt.Sprintf("tap of %d", i), err)
			case out.Verdict == training.Accepted:
				first.Add(1)
			case out.Verdict != training.Unchanged || !out.Now.Standing.In():
				r.wrong.Store(fmt.Sprintf("tap of %d", i), out.Verdict)
			}
		})
	}
	taps.Wait()
	r.accepted.Add(first.Load())
	if i%7 != 0 {
		return
	}
	for _, back := range []bool{false, true} {
		_, err := inChat(ctx, r.other, id, func(tx *Tx) (training.Outcome, error) {
			if back {
				return tx.Apply(ctx, r.batch, id, false, start)
			}
			return tx.Withdraw(ctx, r.batch, id, training.Urgent, start)
		})
		if err != nil {
			r.wrong.Store(fmt.Sprintf("second thought of %d", i), err)
		}
	}
}

// office sets the seats to n, as often as somebody else was faster.
func (r *rush) office(ctx context.Context, n int) error {
	for {
		var out training.Outcome
		err := patient(ctx, r.other, func(tx *Tx) error {
			b, err := tx.Batch(ctx, r.batch)
			if err != nil {
				return err
			}
			out, err = tx.SetSeats(ctx, r.batch, b.Revision, n, r.people[0], start)
			return err
		})
		if err != nil || out.Verdict == training.Accepted {
			return err
		}
	}
}

// takeOffers lets everybody with an open offer take it, until nothing is offered.
func (r *rush) takeOffers() {
	r.t.Helper()
	for range len(r.people) {
		r.tick(r.clerk, start.Add(time.Minute))
		var held []int64
		rows, err := r.owner.Query(`SELECT employee_id FROM enrolment WHERE batch_id = $1 AND state = 'offered'`, r.batch)
		if err != nil {
			r.t.Fatal(err)
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				r.t.Fatal(err)
			}
			held = append(held, id)
		}
		if rows.Close(); len(held) == 0 {
			return
		}
		for _, id := range held {
			if out := r.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
				return tx.TakeOffer(ctx, r.batch, id, start)
			}); out.Verdict != training.Accepted {
				r.t.Errorf("an offer is taken: %s", out.Verdict)
			}
		}
	}
}

// Never more seats and offers are given than there are at that moment, in the order of
// the queue, one row for each person, without a deadlock.
func TestSeatsAreNeverOversold(t *testing.T) {
	devdbtest.Long(t, "65 people and the clerk at once")
	f := newFixture(t)
	r := &rush{fixture: f, other: f.open(Options{URL: f.appURL}), clerk: f.clerk(), people: f.employees(65)}
	f.linked(r.people...)
	r.batch = f.openSeats("PD", training.InOrder, 40, 0)
	f.exec(seatLog)
	deadlocks := f.count(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`)

	ctx := t.Context()
	errs := atOnce(len(r.people)+2, func(i int) error {
		switch i {
		case len(r.people):
			for range 20 {
				err := patient(ctx, r.DB, func(tx *Tx) error {
					_, err := r.clerk.Tick(ctx, tx, start.In(jakarta))
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		case len(r.people) + 1:
			if err := r.office(ctx, 35); err != nil {
				return err
			}
			return r.office(ctx, 42)
		}
		r.person(ctx, i)
		return nil
	})
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	r.wrong.Range(func(what, why any) bool {
		t.Errorf("%v: %v", what, why)
		return true
	})
	if n := r.accepted.Load(); n != 65 {
		t.Errorf("%d of 130 taps were the first of a person, want 65", n)
	}
	r.takeOffers()
	r.check(deadlocks)
}

// check compares what is stored with what must hold.
func (r *rush) check(deadlocks int) {
	r.t.Helper()
	for what, tt := range map[string]struct {
		query string
		want  int
	}{
		"rows of people":               {`SELECT count(*) FROM enrolment`, 65},
		"seats":                        {`SELECT count(*) FROM enrolment WHERE state = 'seated'`, 42},
		"people who wait":              {`SELECT count(*) FROM enrolment WHERE state = 'waiting'`, 23},
		"grants beyond the seats":      {`SELECT count(*) FROM seat_log WHERE taken > seats`, 0},
		"grants past somebody":         {`SELECT count(*) FROM seat_log WHERE passed > 0`, 0},
		"places that two people share": {`SELECT count(*) FROM (SELECT FROM enrolment GROUP BY place HAVING count(*) > 1) x`, 0},
	} {
		if got := r.count(tt.query); got != tt.want {
			r.t.Errorf("%d %s, want %d", got, what, tt.want)
		}
	}
	if n := r.count(`SELECT count(*) FROM seat_log`); n < 42 {
		r.t.Errorf("only %d grants were noted", n)
	}
	if n := r.count(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`); n != deadlocks {
		r.t.Errorf("%d deadlocks", n-deadlocks)
	}
}

var everywhere = personnel.Area{All: true}
