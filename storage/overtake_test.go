package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// Updates are read and decided without a lock, while others change their chats: what has
// changed since it was read is not decided about, and nothing is stored of the batch.
func TestSaveArrivedOnlyWhatWasRead(t *testing.T) {
	post := func(f *fixture) error {
		return f.InTx(t.Context(), func(tx *Tx) error { return tx.Enqueue(t.Context(), []dialog.Outgoing{reply(3, "post")}) })
	}
	for name, meanwhile := range map[string]func(f *fixture) error{
		"another update is decided": func(f *fixture) error {
			f.arrive(3, 70)
			s := f.load(3).session
			return f.InTx(t.Context(), func(tx *Tx) error {
				d := decision(3, 70)
				d.Serial = s.Update.Serial
				return tx.Save(t.Context(), d)
			})
		},
		"a message to it is queued": post,
		"its account moves away": func(f *fixture) error {
			f.exec(`UPDATE chat SET employee_id = NULL WHERE id = 3`)
			return nil
		},
		"it is forgotten": func(f *fixture) error {
			f.exec(`DELETE FROM draft WHERE chat_id = 3`)
			f.exec(`DELETE FROM chat WHERE id = 3`)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := nothingWaits(t)
			var before map[string]string
			_, err := f.decideArrived(func([]dialog.Decision, []dialog.RawUpdate) {
				if err := meanwhile(f); err != nil {
					t.Fatal(err)
				}
				before = f.contents()
			})
			f.unchanged(before, err)
		})
		for what, done := range map[string]bool{"begun": false, "done with": true} {
			t.Run(name+", only one is "+what, func(t *testing.T) {
				f := nothingWaits(t)
				f.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES (3, 'q', 7, '{"form": "q", "ref": 7}', now())`)
				list := f.decidedOne(3, 400)
				list[0].Draft = &dialog.Record{Form: "q", Ref: 7, Done: done}
				if err := meanwhile(f); err != nil {
					t.Fatal(err)
				}
				before := f.contents()
				f.unchanged(before, (sealing{f.seal}).write(t.Context(), f.db, list, nil))
			})
		}
	}
	for what, one := range map[string]bool{"with others": false, "alone": true} {
		t.Run("somebody is at it, "+what, func(t *testing.T) {
			f := nothingWaits(t)
			busy, err := f.owner.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = busy.Rollback() }()
			list := f.decidedOne(3, 400)
			if !one {
				list = append(list, f.decidedOne(4, 401)...)
			}
			if _, err := busy.Exec(`SELECT FROM chat WHERE id = 3 FOR UPDATE`); err != nil {
				t.Fatal(err)
			}
			before := f.contents()
			limit, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			f.unchanged(before, (sealing{f.seal}).write(limit, f.db, list, nil))
		})
	}
}

// A message comes into a chat after the statement that saves has begun and before it has the
// lock: what it sees of the messages is too old by then, and it finds that.
func TestSaveArrivedSeesWhatCameBeforeItsLock(t *testing.T) {
	const slowly = " AND pg_sleep(0.2) IS NOT NULL "
	for name, c := range map[string]struct{ statement, where string }{
		"one":  {saveOneArrived, "WHERE id = $3 FOR UPDATE"},
		"many": {saveArrived, "WHERE id = ANY($4) ORDER BY id FOR UPDATE"},
	} {
		t.Run(name, func(t *testing.T) {
			at := strings.LastIndex(c.where, " ORDER")
			if at < 0 {
				at = strings.LastIndex(c.where, " FOR")
			}
			slow := strings.Replace(c.statement, c.where, c.where[:at]+slowly+c.where[at:], 1)
			if slow == c.statement {
				t.Fatal("the statement locks in another way")
			}
			f := newFixture(t)
			f.exec(`INSERT INTO chat (id) VALUES (1)`)
			list := f.decidedOne(1, 1)
			saved := make(chan error, 1)
			go func() {
				s := sealing{f.seal}
				if name == "one" {
					saved <- s.saveOne(t.Context(), f.db, list[0], slow, list[0].Version, list[0].Came)
					return
				}
				b, err := s.batch(list)
				if err == nil {
					c := newColumns(bot, nil)
					err = b.save(t.Context(), f.db, 1, slow, append([]any{pq.Array([]string{list[0].Version})}, c.args()[1:]...)...)
				}
				saved <- err
			}()
			for f.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`) == 0 {
				if len(saved) > 0 {
					t.Fatalf("it did not sleep: %v", <-saved)
				}
			}
			f.tx(func(ctx context.Context, tx *Tx) error { return tx.Enqueue(ctx, []dialog.Outgoing{reply(1, "post")}) })
			if err := <-saved; !errors.Is(err, pg.ErrStale) {
				t.Errorf("saved with error %v, want %v", err, pg.ErrStale)
			}
			if n := f.count(`SELECT count(*) FROM outbox`); n != 1 {
				t.Errorf("%d messages are stored, want that of the other", n)
			}
		})
	}
}

// All connections of the pool are dead, as after a restart of the server: updates that come
// are decided and stored all the same.
func TestArrivingOnADeadPool(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (1)`)
	db := f.open(Options{URL: f.appURL, KeepPlans: true})
	if err := errors.Join(atOnce(6, func(int) error {
		return db.InTx(t.Context(), func(tx *Tx) error {
			_, err := tx.tx.ExecContext(t.Context(), `SELECT pg_sleep(0.1)`)
			return err
		})
	})...); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); n < 6 {
		t.Fatalf("%d connections ended, want six", n)
	}
	came := []dialog.Arrived{{RawUpdate: dialog.RawUpdate{ID: 1, Lane: 1, Body: "{}"}}}
	err := db.Arriving(t.Context(), func(a *Arriving) error {
		var list []dialog.Decision
		if err := a.Load(t.Context(), bot, came, start, taskForms, func(s dialog.Session, _ personnel.Employee, _ []task.Task) {
			d := decision(1, 1, reply(1, "reply"))
			d.Serial, d.Came, d.Version = s.Update.Serial, s.Update.Came, s.Version
			list = append(list, d)
		}); err != nil {
			return err
		}
		same, err := a.Save(t.Context(), list, nil)
		if err == nil && !same {
			return pg.ErrStale
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE done_at IS NOT NULL`); n != 1 {
		t.Errorf("%d updates are decided, want 1", n)
	}
}

// unchanged fails unless what was read before was found to be stale, and nothing was written.
func (f *fixture) unchanged(before map[string]string, err error) {
	f.t.Helper()
	if !errors.Is(err, pg.ErrStale) {
		f.t.Errorf("saved with error %v, want %v", err, pg.ErrStale)
	}
	for table, rows := range f.contents() {
		if rows != before[table] {
			f.t.Errorf("%s is changed", table)
		}
	}
}

// Messages of others come into a chat at the same instant as an update of it is decided: no
// reply is claimed while an older message waits, at any instant.
func TestNoReplyOvertakesAMessage(t *testing.T) {
	devdbtest.Heavy(t, "two thousand messages race with updates")
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (1)`)
	saved := 0
	for n := int64(1); n <= 2000; n++ {
		list := f.decidedOne(1, n)
		apart := time.Duration(rand.IntN(4000)-1500) * time.Microsecond
		var save error
		errs := atOnce(2, func(i int) error {
			if i == 0 {
				time.Sleep(apart)
				save = (sealing{f.seal}).write(t.Context(), f.db, list, nil)
				return nil
			}
			time.Sleep(-apart)
			return f.InTx(t.Context(), func(tx *Tx) error {
				return tx.Enqueue(t.Context(), []dialog.Outgoing{reply(1, fmt.Sprint("post ", n))})
			})
		})
		if err := errors.Join(errs...); err != nil || save != nil && !errors.Is(save, pg.ErrStale) {
			t.Fatal(err, save)
		}
		if save == nil {
			saved++
		}
		if k := f.count(`SELECT count(*) FROM outbox r JOIN outbox p ON p.id < r.id WHERE r.state = 'sending' AND p.state = 'new'`); k != 0 {
			t.Fatalf("message %d was overtaken", n)
		}
		f.exec(`DELETE FROM outbox`)
	}
	if saved < 100 || saved > 1900 {
		t.Errorf("%d of 2000 updates are saved: the two did not meet", saved)
	}
	t.Logf("%d of 2000 updates are saved", saved)
}

// decidedOne is a decision about the update n of a chat with one reply, as it was read.
func (f *fixture) decidedOne(chat, n int64) (list []dialog.Decision) {
	f.t.Helper()
	came := []dialog.Arrived{{RawUpdate: dialog.RawUpdate{ID: n, Lane: chat, Body: "{}"}}}
	found, err := arrivingOf(context.Background(), sealing{f.seal}, f.db, came)
	if err != nil {
		f.t.Fatal(err)
	}
	s := found[chat].session
	d := decision(chat, n, reply(chat, fmt.Sprint("reply ", n)))
	d.Term, d.Serial, d.Came, d.Version = 3, s.Update.Serial, s.Update.Came, s.Version
	return []dialog.Decision{d}
}
