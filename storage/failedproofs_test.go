package storage

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

var takeoverLimits = personnel.TakeoverLimits{PerPerson: 3, PerAccount: 3}

func TestFailedProofs(t *testing.T) {
	f := newFixture(t)
	f.tx(func(ctx context.Context, tx *Tx) error {
		for i := range 4 { // one an hour; what is told twice counts once
			for range 2 {
				hour, err := tx.AddFailedProof(ctx, 5, int64(i), start.Add(time.Duration(i)*time.Hour))
				if err != nil || hour != 1 {
					t.Errorf("AddFailedProof = %d in the hour, %v; want 1", hour, err)
				}
			}
		}
		if hour, err := tx.AddFailedProof(ctx, 6, 9, start.Add(200*time.Minute)); err != nil || hour != 2 {
			t.Errorf("with that of somebody else %d in the hour, %v; want 2", hour, err)
		}
		for _, tt := range []struct {
			name      string
			chat      int64
			nth       int
			at        time.Duration
			last, nst time.Duration // after start; -1 = none
		}{
			{"the third from the end", 5, 3, 4 * time.Hour, 3 * time.Hour, time.Hour},
			{"there are no five", 5, 5, 4 * time.Hour, 3 * time.Hour, -1},
			{"the first has lasted a day", 5, 4, 24 * time.Hour, 3 * time.Hour, -1},
			{"all have", 5, 1, 27 * time.Hour, -1, -1},
			{"somebody who never failed", 7, 1, time.Hour, -1, -1},
		} {
			last, nth, err := tx.FailedProofs(ctx, tt.chat, tt.nth, start.Add(tt.at))
			at := func(d time.Duration) time.Time {
				if d < 0 {
					return time.Time{}
				}
				return start.Add(d)
			}
			if err != nil || !last.Equal(at(tt.last)) || !nth.Equal(at(tt.nst)) {
				t.Errorf("%s: %s, %s, %v; want %s, %s", tt.name, last, nth, err, at(tt.last), at(tt.nst))
			}
		}
		b, err := tx.ProofBoard(ctx, start.Add(210*time.Minute))
		if want := (personnel.ProofBoard{Failed: 5, Accounts: 2, Hour: 2}); err != nil || b != want {
			t.Errorf("ProofBoard = %+v, %v; want %+v", b, err, want)
		}
		return nil
	})
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Prune(ctx, start.Add(25*time.Hour+time.Minute), 100)
		return err
	})
	if n := f.count(`SELECT count(*) FROM failed_proof`); n != 3 {
		t.Errorf("after a day %d failed proofs are kept, want the 3 of less than a day ago", n)
	}
}

// A try during a lockout counts among all, and does not move the end of the lockout.
func TestLockedOutProofs(t *testing.T) {
	f := newFixture(t)
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.AddFailedProof(ctx, 5, 1, start)
		if err != nil {
			return err
		}
		hour, err := tx.AddLockedOutProof(ctx, 5, 2, start.Add(time.Minute))
		if err != nil || hour != 2 {
			t.Errorf("%d in the hour, %v; want 2", hour, err)
		}
		last, second, err := tx.FailedProofs(ctx, 5, 2, start.Add(2*time.Minute))
		if !last.Equal(start) || !second.IsZero() {
			t.Errorf("the last was at %s, the second from the end at %s; want %s and none", last, second, start)
		}
		return err
	})
}

// A code of somebody who has left is no code.
func TestCodeOfWhoHasLeft(t *testing.T) {
	f := newFixture(t)
	person := f.employees(1)[0]
	f.code("h", person)
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, person)
	if f.usable("h") {
		t.Error("a code of somebody who has left is usable")
	}
}

// One question at a time, a few in a day on one phone and of one account; a
// question of one account never stands open when another account has asked.
func TestTakeoverLimits(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	f.exec(`INSERT INTO chat (id, employee_id) VALUES (1, $1), (2, $2), (3, $3)`, ids[0], ids[1], ids[2])
	put := map[int64]int{} // questions by person
	ask := func(person int, chat int64, at time.Duration) (a personnel.TakeoverAsked) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			now := start.Add(at)
			a, err = tx.AskTakeover(ctx, personnel.Claim{EmployeeID: ids[person], Notice: "x"}, chat, now, now.Add(24*time.Hour), takeoverLimits)
			return err
		})
		if a.ID != 0 {
			put[ids[person]]++
		}
		return a
	}
	open := func(person int) (chats []int64) {
		for _, chat := range []int64{11, 12, 13, 14, 15} {
			if f.count(`SELECT count(*) FROM takeover WHERE employee_id = $1 AND chat_id = $2 AND decided_at IS NULL`, ids[person], chat) == 1 {
				chats = append(chats, chat)
			}
		}
		return chats
	}
	for i := range 6 { // one account, again and again
		ask(0, 11, time.Duration(i)*time.Minute)
	}
	if put[ids[0]] != 1 || !slices.Equal(open(0), []int64{11}) {
		t.Errorf("six requests of one account put %d questions, open are those of %v; want 1", put[ids[0]], open(0))
	}
	for i, chat := range []int64{12, 13, 14, 15} { // and others
		ask(0, chat, time.Duration(10+i)*time.Minute)
	}
	if put[ids[0]] != 3 {
		t.Errorf("%d questions on one phone in a day, want 3", put[ids[0]])
	}
	if got := open(0); len(got) != 0 {
		t.Errorf("the question of %v is open although another account has asked since", got)
	}
	if a := ask(0, 12, 24*time.Hour+12*time.Minute); a.ID == 0 {
		t.Error("a day later nothing is asked")
	}
	ask(1, 15, 30*time.Minute)
	ask(2, 15, 31*time.Minute)
	if a := ask(1, 15, 32*time.Minute); !a.Until.IsZero() {
		t.Errorf("what stands open already is counted anew: %+v", a)
	}
	f.exec(`UPDATE takeover SET decided_at = $1, accepted = false WHERE decided_at IS NULL AND chat_id = 15`, start)
	if a := ask(1, 15, 33*time.Minute); a.ID != 0 || !a.Until.Equal(start.Add(24*time.Hour+13*time.Minute)) {
		t.Errorf("the fourth request of one account: %+v, want none until a day after the first", a)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		b, err := tx.ProofBoard(ctx, start.Add(time.Hour))
		if err != nil || b.Takeovers != 8 || b.Moved != 0 {
			t.Errorf("ProofBoard = %+v, %v; want 8 requests", b, err)
		}
		return nil
	})
}

// Requests of two accounts at one moment are put in order: the limit holds.
func TestTakeoverLimitsAtOnce(t *testing.T) {
	devdbtest.Long(t, "several change one row at once")
	f := newFixture(t)
	person := f.employees(1)[0]
	f.exec(`INSERT INTO chat (id, employee_id) VALUES (1, $1)`, person)
	put := 0
	for _, err := range atOnce(8, func(i int) error {
		return f.InTx(t.Context(), func(tx *Tx) error {
			_, err := tx.AskTakeover(t.Context(), personnel.Claim{EmployeeID: person, Notice: "x"}, int64(20+i), start, start.Add(time.Hour), takeoverLimits)
			return err
		})
	}) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	put = f.count(`SELECT count(*) FROM takeover WHERE asked`)
	if open := f.count(`SELECT count(*) FROM takeover WHERE decided_at IS NULL`); put != 3 || open > 1 {
		t.Errorf("%d questions were put and %d are open, want 3 and at most 1", put, open)
	}
}
