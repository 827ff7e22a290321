package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/storage/pg"
)

func TestLostReplyIsNeverRepeated(t *testing.T) {
	tests := []struct {
		name, marker string
		do           func(context.Context, *DB) error
		want         int // effects
	}{
		{"statement outside a transaction", "INSERT INTO audit", func(ctx context.Context, db *DB) error {
			_, err := db.db.ExecContext(ctx, note)
			return err
		}, 1},
		{"statement with an argument", "INSERT INTO audit", func(ctx context.Context, db *DB) error {
			_, err := db.db.ExecContext(ctx, `INSERT INTO audit (at, action) VALUES (now(), $1)`, "note")
			return err
		}, 1},
		{"query outside a transaction", "INSERT INTO audit", func(ctx context.Context, db *DB) error {
			var got string
			return db.db.GetContext(ctx, &got, `INSERT INTO audit (at, action) VALUES (now(), $1) RETURNING action`, "note")
		}, 1},
		{"statement inside a transaction", "INSERT INTO audit", func(ctx context.Context, db *DB) error {
			return db.InTx(ctx, func(tx *Tx) error {
				_, err := tx.tx.ExecContext(ctx, auditRow, start, "note", "")
				return safe("write", err)
			})
		}, 0},
		{"commit", "COMMIT", func(ctx context.Context, db *DB) error {
			return db.InTx(ctx, func(tx *Tx) error {
				_, err := tx.tx.ExecContext(ctx, auditRow, start, "note", "")
				return safe("write", err)
			})
		}, 1},
	}
	f := newFixture(t)
	p, url := newProxy(t, f.appURL)
	db := f.open(Options{URL: url, MaxOpen: 4})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := db.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			before := f.count(notes)
			p.loseReply(tt.marker, 2) // a repetition would lose its reply too, and still be counted
			err := tt.do(t.Context(), db)
			if p.lost() != 1 {
				t.Errorf("the statement was sent %d times, want once", p.lost())
			}
			p.loseReply("", 0)
			if !errors.Is(err, ErrOutcomeUnknown) || !Unavailable(err) {
				t.Errorf("got %v, want %v", err, ErrOutcomeUnknown)
			}
			if got := f.count(notes) - before; got != tt.want {
				t.Errorf("%d effects, want %d", got, tt.want)
			}
			if err := db.SetFact(t.Context(), "after", tt.name); err != nil {
				t.Errorf("the pool does not recover: %v", err)
			}
		})
	}
}

// TestLostReplyOfAMethod cuts the reply of methods that the bot repeats: the
// repetition must find what is there.
func TestLostReplyOfAMethod(t *testing.T) {
	f := newFixture(t)
	p, url := newProxy(t, f.appURL)
	db := f.open(Options{URL: url})
	rows := []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "{}"}}
	p.loseReply("INSERT INTO inbox", 1)
	if _, err := db.StoreUpdates(t.Context(), bot, rows); !Unavailable(err) {
		t.Errorf("StoreUpdates = %v, want the database to be unavailable", err)
	}
	if _, err := db.StoreUpdates(t.Context(), bot, rows); err != nil {
		t.Error(err)
	}
	if got := f.count(`SELECT count(*) FROM inbox`); got != 1 {
		t.Errorf("%d updates stored, want 1", got)
	}
}

func TestTerminatedConnection(t *testing.T) {
	f := newFixture(t)
	const hold = `INSERT INTO audit (at, action) SELECT now(), 'note' FROM pg_sleep(45)` // it is ended long before
	const running = `FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%' || $1 || '%' AND wait_event = 'PgSleep'`
	tests := []struct {
		name string
		do   func(context.Context) error
	}{
		{"outside a transaction", func(ctx context.Context) error {
			_, err := f.db.ExecContext(ctx, hold)
			return err
		}},
		{"inside a transaction", func(ctx context.Context) error {
			return f.InTx(ctx, func(tx *Tx) error {
				_, err := tx.tx.ExecContext(ctx, hold)
				return safe("hold", err)
			})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan error, 1)
			go func() { ended <- tt.do(t.Context()) }()
			f.await(1, `SELECT count(*) `+running, "pg_sleep")
			f.exec(`SELECT pg_terminate_backend(pid) `+running, "pg_sleep")
			if err := <-ended; !errors.Is(err, ErrOutcomeUnknown) || !Unavailable(err) {
				t.Errorf("got %v, want %v", err, ErrOutcomeUnknown)
			}
			if n := f.count(`SELECT count(*) `+running, "pg_sleep"); n != 0 {
				t.Errorf("the statement runs again %d times", n)
			}
			if err := f.SetFact(t.Context(), "after", tt.name); err != nil {
				t.Errorf("the pool does not recover: %v", err)
			}
		})
	}
	if got := f.count(notes); got != 0 {
		t.Errorf("%d effects, want none", got)
	}
}

// TestIdleConnectionsDie kills every pooled connection, as a restart of the
// server does: the next transaction takes a new one.
func TestIdleConnectionsDie(t *testing.T) {
	f := newFixture(t)
	const others = `FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`
	for range 2 {
		for _, err := range atOnce(8, func(int) error { return f.SetFact(t.Context(), "x", "y") }) {
			if err != nil {
				t.Fatal(err)
			}
		}
		f.owner.SetMaxOpenConns(1)
		f.exec(`SELECT pg_terminate_backend(pid) ` + others)
		f.await(1, `SELECT (count(*) = 0)::int `+others)
		if err := f.SetFact(t.Context(), "x", "z"); err != nil {
			t.Errorf("after the connections died: %v", err)
		}
	}
}

func TestFrozenServerIsGivenUp(t *testing.T) {
	devdbtest.Long(t, "a server that is silent is waited for")
	f := newFixture(t)
	p, url := newProxy(t, f.appURL)
	db := f.open(Options{URL: url, IOTimeout: 500 * time.Millisecond})
	write := func() error {
		return db.InTx(t.Context(), func(tx *Tx) error {
			_, err := tx.tx.ExecContext(t.Context(), note)
			return safe("write", err)
		})
	}
	frozenInside := func() error {
		return db.InTx(t.Context(), func(tx *Tx) error {
			p.freeze()
			_, err := tx.tx.ExecContext(t.Context(), note)
			return safe("write", err)
		})
	}
	for _, tt := range []struct {
		name string
		do   func() error
	}{{"in the middle of a transaction", frozenInside}, {"while it is begun", write}, {"while it connects", write}} {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan error, 1)
			go func() { ended <- tt.do() }()
			select {
			case err := <-ended:
				if !Unavailable(err) {
					t.Errorf("got %v, want the database to be unavailable", err)
				}
			case <-time.After(patience):
				t.Fatal("the call does not return while the server is frozen")
			}
		})
	}
	p.thaw()
	before := f.count(notes)
	err := write()
	for limit := time.Now().Add(patience); Unavailable(err) && !errors.Is(err, ErrOutcomeUnknown) && time.Now().Before(limit); err = write() {
		// a busy computer may need longer than the half second of this pool to connect
	}
	if err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}
	if got := f.count(notes) - before; got != 1 {
		t.Errorf("%d effects after the thaw, want 1", got)
	}
}

// A caller who allows less than the wire does is freed by then, and nothing of
// his limit is left for the next one.
func TestFrozenServerIsGivenUpInTheCallersTime(t *testing.T) {
	devdbtest.Long(t, "a server that is silent is waited for")
	f := newFixture(t)
	p, url := newProxy(t, f.appURL)
	db := f.open(Options{URL: url, MaxOpen: 1})
	within := func(limit time.Duration, id int64) (time.Duration, error) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		begin := time.Now()
		_, err := db.StoreUpdates(ctx, bot, []dialog.RawUpdate{{ID: id, Lane: 5, Body: "{}"}})
		return time.Since(begin), err
	}
	if _, err := within(patience, 1); err != nil {
		t.Fatal(err)
	}
	p.freeze()
	for _, state := range []string{"on a connection", "while it connects"} {
		if took, err := within(200*time.Millisecond, 2); !Unavailable(err) || took > 3*time.Second {
			t.Errorf("%s: %v after %s, want the database to be unavailable soon", state, err, took)
		}
	}
	p.thaw()
	if _, err := within(patience, 3); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	time.Sleep(2 * pg.WireGrace) // longer than the limit of a call that has ended
	if err := db.InTx(t.Context(), func(tx *Tx) error {
		_, err := tx.tx.ExecContext(t.Context(), note)
		return safe("write", err)
	}); err != nil {
		t.Errorf("without a limit: %v", err)
	}
}

// A statement that is too slow for its caller is ended at the server, and its
// transaction is not there.
func TestCallersLimitEndsASlowStatement(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := f.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `INSERT INTO audit (at, action) SELECT now(), 'note' FROM pg_sleep(60)`)
		return safe("write", err)
	})
	if took := time.Since(begin); !Unavailable(err) || took > 30*time.Second {
		t.Errorf("%v after %s", err, took)
	}
	f.await(1, `SELECT (count(*) = 0)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`)
	if got := f.count(notes); got != 0 {
		t.Errorf("%d effects, want none", got)
	}
}

func TestServerEndsWhatTakesTooLong(t *testing.T) {
	f := newFixture(t)
	db := f.open(Options{URL: f.appURL, StatementTimeout: 100 * time.Millisecond})
	limits := map[string]string{"statement_timeout": "100ms", "lock_timeout": "50ms", "idle_in_transaction_session_timeout": "300ms"}
	for name, want := range limits {
		var got string
		if err := db.db.GetContext(t.Context(), &got, `SHOW `+name); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %s", name, got, err, want)
		}
	}
	if _, err := db.db.ExecContext(t.Context(), `SELECT pg_sleep(20)`); !Unavailable(err) {
		t.Errorf("a slow statement ends with %v, want it to be unavailable", err)
	}
	own := f.open(Options{URL: devdbtest.Set(f.appURL, "statement_timeout", "7s")})
	var got string
	if err := own.db.GetContext(t.Context(), &got, `SHOW statement_timeout`); err != nil || got != "7s" {
		t.Errorf("statement_timeout = %q, %v; want that of the URL", got, err)
	}
}
