package storage

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/lib/pq"

	"bangkom/storage/pg"
)

// note is an effect of a transaction that can be counted.
const (
	note  = `INSERT INTO audit (at, action) VALUES (now(), 'note')`
	notes = `SELECT count(*) FROM audit WHERE action = 'note'`
)

func TestInTxRepeatsWhatPostgresAsksFor(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name  string
		code  string // "" = pg.ErrStale
		fails int    // attempts that fail
		want  int    // calls of the function
		ok    bool
	}{
		{"serialisation failure once", "40001", 1, 2, true},
		{"deadlock three times", "40P01", 3, 4, true},
		{"stale session", "", 2, 3, true},
		{"without end", "40001", 99, pg.MaxTries, false},
		{"other fault", "23505", 99, 1, false},
		{"absence", "57P01", 99, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			calls, before := 0, f.count(notes)
			err := f.try(func(ctx context.Context, tx *Tx) error {
				calls++
				if _, err := tx.tx.ExecContext(ctx, note); err != nil {
					return err
				}
				if calls > tt.fails {
					return nil
				}
				if tt.code == "" {
					return pg.ErrStale
				}
				_, err := tx.tx.ExecContext(ctx, `DO $$ BEGIN RAISE SQLSTATE '`+tt.code+`'; END $$`)
				return safe("raise", err)
			})
			var pe *pq.Error
			if tt.ok != (err == nil) || !tt.ok && (!errors.As(err, &pe) || string(pe.Code) != tt.code) {
				t.Errorf("InTx = %v", err)
			}
			if calls != tt.want {
				t.Errorf("the function ran %d times, want %d", calls, tt.want)
			}
			want := 0
			if tt.ok {
				want = 1
			}
			if got := f.count(notes) - before; got != want {
				t.Errorf("%d effects, want %d", got, want)
			}
		})
	}
}

func TestInTxSurvivesADeadlock(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (1), (2)`)
	// A setting of the database holds for new connections.
	f.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database()); END $$`)
	db := f.open(Options{URL: f.appURL})
	var calls atomic.Int64
	met := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	for i, err := range atOnce(2, func(i int) error {
		first := true
		return db.InTx(t.Context(), func(tx *Tx) error {
			calls.Add(1)
			if _, err := tx.tx.ExecContext(t.Context(), touchChat, i+1); err != nil {
				return safe("touch", err)
			}
			if first { // both hold one lock before either asks for the other
				first = false
				close(met[i])
				<-met[1-i]
			}
			if _, err := tx.tx.ExecContext(t.Context(), touchChat, 2-i); err != nil {
				return safe("touch", err)
			}
			_, err := tx.tx.ExecContext(t.Context(), note)
			return err
		})
	}) {
		if err != nil {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	if calls.Load() < 3 {
		t.Errorf("%d attempts, want a repeated one: there was no deadlock", calls.Load())
	}
	if got := f.count(notes); got != 2 {
		t.Errorf("%d effects, want 2", got)
	}
}

func TestInTxRollsBack(t *testing.T) {
	f := newFixture(t)
	db := f.open(Options{URL: f.appURL, MaxOpen: 1}) // a connection that is not given back would be missed
	fault := errors.New("fault")
	write := func(then func() error) func(tx *Tx) error {
		return func(tx *Tx) error {
			if _, err := tx.tx.ExecContext(t.Context(), note); err != nil {
				return err
			}
			return then()
		}
	}
	if err := db.InTx(t.Context(), write(func() error { return fault })); !errors.Is(err, fault) {
		t.Errorf("InTx = %v, want %v", err, fault)
	}
	func() {
		defer func() {
			if got := recover(); got != fault {
				t.Errorf("recovered %v, want the panic of the function", got)
			}
		}()
		_ = db.InTx(t.Context(), write(func() error { panic(fault) }))
		t.Error("InTx returned after a panic")
	}()
	ctx, cancel := context.WithCancel(t.Context())
	if err := db.InTx(ctx, write(func() error { cancel(); return nil })); !Unavailable(err) {
		t.Errorf("InTx of a cancelled context = %v, want it to be unavailable", err)
	}
	if got := f.count(notes); got != 0 {
		t.Errorf("%d effects after an error, a panic and a cancellation, want none", got)
	}
	if err := db.InTx(t.Context(), write(func() error { return nil })); err != nil {
		t.Error(err)
	}
	if got := f.count(notes); got != 1 {
		t.Errorf("%d effects, want 1", got)
	}
}

func TestInTxHidesNoFailureOfTheTransaction(t *testing.T) {
	f := newFixture(t)
	err := f.try(func(ctx context.Context, tx *Tx) error {
		_, _ = tx.tx.ExecContext(ctx, note)
		_, _ = tx.tx.ExecContext(ctx, `SELECT 1/0`) // an error that the function does not report
		return nil
	})
	if err == nil {
		t.Error("InTx reports success for a transaction that Postgres gave up")
	}
	if got := f.count(notes); got != 0 {
		t.Errorf("%d effects, want none", got)
	}
}
