package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// reply is one message to a chat.
func reply(chat int64, key string) dialog.Outgoing {
	return dialog.Outgoing{ChatID: chat, Lane: dialog.LaneReply, Class: dialog.ClassReply, Template: "t", Method: "sendMessage",
		Params: map[string]string{"text": "Halo \u0000 \"Ibu\" 😀"}, Key: key, Way: dialog.WayAnswer}
}

// decision is the plainest decision about an update.
func decision(chat, update int64, rows ...dialog.Outgoing) dialog.Decision {
	return dialog.Decision{BotID: bot, UpdateID: update, ChatID: chat, Now: start, Reachable: true, Rows: rows}
}

// loaded is what Load returns.
type loaded struct {
	session dialog.Session
	person  personnel.Employee
	tasks   []task.Task
	ok      bool
}

func (f *fixture) load(chat int64) (l loaded) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		l.session, l.person, l.tasks, l.ok, err = tx.Load(ctx, bot, chat, start, taskForms)
		return err
	})
	return l
}

func (f *fixture) save(d dialog.Decision) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, d) })
}

func TestLoadTakesTheOldest(t *testing.T) {
	f := newFixture(t)
	f.exec(`DROP INDEX inbox_pending`) // it would give the right order by chance
	if l := f.load(5); l.ok {
		t.Errorf("Load of an unknown chat without updates = %+v", l.session)
	}
	for _, id := range []int64{30, 10, 20} {
		f.arrive(5, id)
	}
	f.arrive(6, 1)
	if _, err := f.StoreUpdates(t.Context(), bot+1, []dialog.RawUpdate{{ID: 2, Lane: 5, Body: "other bot"}}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{10, 20, 30} {
		l := f.load(5)
		if age := time.Since(l.session.Update.Came); age < 0 || age > time.Hour {
			t.Errorf("the update came %s ago", age)
		}
		if again := f.load(5); again.session.Update != l.session.Update {
			t.Errorf("Load without Save gives %+v, then %+v", l.session.Update, again.session.Update)
		}
		s := dialog.Session{ChatID: 5, Reachable: true, More: i < 2,
			Update: dialog.RawUpdate{ID: want, Came: l.session.Update.Came, Serial: []int64{2, 3, 1}[i], Lane: 5, Body: fmt.Sprintf(`{"update_id":%d}`, want)}}
		if diff := cmp.Diff(loaded{session: s, ok: true}, l, cmp.AllowUnexported(loaded{}, personnel.NIP{})); diff != "" {
			t.Errorf("Load (-want +got):\n%s", diff)
		}
		f.save(decision(5, want))
	}
	if l := f.load(5); l.ok {
		t.Errorf("Load after all are decided = %+v", l.session)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE update_id >= 10 AND (body IS NOT NULL OR lane IS NOT NULL OR done_at IS NULL)`); n != 0 {
		t.Errorf("%d decided updates keep their content or their person", n)
	}
}

// When an update came is told by its age, whatever kept it from being stored, and what
// is compared with it is kept with the chat until the next press.
func TestWhenAPressCame(t *testing.T) {
	f := newFixture(t)
	if _, err := f.StoreUpdates(t.Context(), bot, []dialog.RawUpdate{{ID: 1, Lane: 5, Age: 20 * time.Hour, Body: "{}"}, {ID: 2, Lane: 5, Body: "{}"}}); err != nil {
		t.Fatal(err)
	}
	first := f.load(5).session
	if first.Pressed != (dialog.Pressed{}) {
		t.Errorf("a new chat has pressed %+v", first.Pressed)
	}
	d := decision(5, 1)
	d.Pressed = dialog.Pressed{Message: 8, Card: "abc", Button: "a-button-_1", At: first.Update.Came}
	f.save(d)
	second := f.load(5).session
	if gap := second.Update.Came.Sub(first.Update.Came); gap != 20*time.Hour {
		t.Errorf("they came %s apart, want 20h", gap)
	}
	if !second.Pressed.At.Equal(d.Pressed.At) || second.Pressed.Message != 8 || second.Pressed.Card != "abc" || second.Pressed.Button != "a-button-_1" {
		t.Errorf("the next one is compared with %+v, want %+v", second.Pressed, d.Pressed)
	}
}

// crowd decides updates from many goroutines and counts what happened.
type crowd struct {
	f       *fixture
	inside  []atomic.Int32 // transactions that decide a lane now
	decided []atomic.Int32 // commits by update
	left    atomic.Int32   // updates to decide
}

// decide decides the next update of a lane, if there is one.
func (c *crowd) decide(lane int64) error {
	ctx, id := c.f.t.Context(), int64(-1)
	err := c.f.InTx(ctx, func(tx *Tx) error {
		id = -1
		s, _, _, ok, err := tx.Load(ctx, bot, lane, start, taskForms)
		if err != nil || !ok {
			return err
		}
		if n := c.inside[lane].Add(1); n != 1 {
			c.f.t.Errorf("lane %d is decided by %d at once", lane, n)
		}
		defer c.inside[lane].Add(-1)
		id = s.Update.ID
		return tx.Save(ctx, decision(lane, id, reply(lane, fmt.Sprint("u:", id))))
	})
	if err == nil && id >= 0 {
		c.decided[id].Add(1)
		c.left.Add(-1)
	}
	return err
}

// TestEachUpdateIsDecidedOnce lets eight workers ask for the lanes in any
// order, as several replicas do.
func TestEachUpdateIsDecidedOnce(t *testing.T) {
	const lanes, each, workers = 20, 10, 8
	f := newFixture(t)
	var batch []dialog.RawUpdate
	for i := range int64(lanes * each) {
		batch = append(batch, dialog.RawUpdate{ID: i, Lane: 1 + i%lanes, Body: "{}"})
	}
	if _, err := f.StoreUpdates(t.Context(), bot, batch); err != nil {
		t.Fatal(err)
	}
	c := &crowd{f: f, inside: make([]atomic.Int32, lanes+1), decided: make([]atomic.Int32, len(batch))}
	c.left.Store(int32(len(batch)))
	for i, err := range atOnce(workers, func(int) error {
		for n := 0; c.left.Load() > 0 && n < 10_000; n++ {
			err := c.decide(1 + rand.Int64N(lanes))
			if err != nil && !errors.Is(err, pg.ErrStale) { // a crowded lane may be stale again and again
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("worker %d: %v", i, err)
		}
	}
	for id := range c.decided {
		if n := c.decided[id].Load(); n != 1 {
			t.Errorf("update %d was decided %d times", id, n)
		}
	}
	if n := f.count(`SELECT count(*) FROM outbox`); n != len(batch) {
		t.Errorf("%d replies, want %d", n, len(batch))
	}
	if n := f.count(`SELECT count(*) FROM (SELECT key, lag(substr(key, 3)::int) OVER (PARTITION BY chat_id ORDER BY id) AS before
		FROM outbox) o WHERE before > substr(key, 3)::int`); n != 0 {
		t.Errorf("%d replies stand before that of an older update", n)
	}
	if n := f.count(`SELECT count(*) FROM chat WHERE rev <> $1`, each); n != 0 {
		t.Errorf("%d chats have a wrong number of decisions", n)
	}
}

// TestStaleSnapshot lets a second transaction wait for the chat while the
// first decides: what the second read is older than what it locked.
func TestStaleSnapshot(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.arrive(5, 2)
	f.arrive(5, 3)
	f.load(5) // the chat exists
	for i, tt := range []struct {
		name string
		run  func(context.Context, func(*Tx) error) error
		want error
	}{{"the transaction itself", func(ctx context.Context, fn func(*Tx) error) error { return once(ctx, f.db, fn) }, pg.ErrStale}, {"repeated", f.InTx, nil}} {
		t.Run(tt.name, func(t *testing.T) {
			second := make(chan error, 1)
			got := int64(-1)
			f.tx(func(ctx context.Context, tx *Tx) error {
				s, _, _, ok, err := tx.Load(ctx, bot, 5, start, taskForms)
				if err != nil || !ok {
					return fmt.Errorf("load: %t, %w", ok, err)
				}
				go func() {
					second <- tt.run(t.Context(), func(tx *Tx) error {
						s, _, _, _, err := tx.Load(t.Context(), bot, 5, start, taskForms)
						got = s.Update.ID
						return err
					})
				}()
				f.await(1, waitingForLock)
				return tx.Save(ctx, decision(5, s.Update.ID))
			})
			if err := <-second; !errors.Is(err, tt.want) {
				t.Errorf("the second transaction ends with %v, want %v", err, tt.want)
			}
			if want := int64(i + 2); tt.want == nil && got != want {
				t.Errorf("the second transaction read update %d, want %d", got, want)
			}
		})
	}
}

func TestSaveTwice(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.arrive(5, 2)
	f.load(5)
	f.save(decision(5, 1, reply(5, "u:1:0")))
	before := f.contents()
	for _, tt := range []struct {
		name string
		d    dialog.Decision
	}{
		{"the same again", decision(5, 1, reply(5, "u:1:0"))},
		{"without messages", decision(5, 1)},
		{"with other messages", decision(5, 1, reply(5, "u:1:1"))},
		{"a message of the first with another update", decision(5, 2, reply(5, "u:1:0"))},
		{"an update that never came", decision(5, 3, reply(5, "u:3:0"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := f.try(func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, tt.d) }); err == nil {
				t.Error("Save reports success")
			}
			if diff := cmp.Diff(before, f.contents()); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
		})
	}
}

// TestSaveOfWhatWasSetAside lets the update be set aside between Load and Save.
func TestSaveOfWhatWasSetAside(t *testing.T) {
	f := newFixture(t)
	f.arrive(5, 1)
	f.arrive(5, 2)
	var seen []int64
	f.tx(func(ctx context.Context, tx *Tx) error {
		s, _, _, _, err := tx.Load(ctx, bot, 5, start, taskForms)
		if err != nil {
			return err
		}
		if seen = append(seen, s.Update.ID); s.Update.ID == 1 {
			for range maxAttempts {
				if _, err := f.CountFailure(ctx, bot, s.Update, "handler"); err != nil {
					return err
				}
			}
		}
		return tx.Save(ctx, decision(5, s.Update.ID, reply(5, fmt.Sprint("u:", s.Update.ID))))
	})
	if diff := cmp.Diff([]int64{1, 2}, seen); diff != "" {
		t.Errorf("updates that were decided (-want +got):\n%s", diff)
	}
	if got := f.text(`SELECT string_agg(key, ' ') FROM outbox`); got != "u:2" {
		t.Errorf("messages %q, want only that of update 2", got)
	}
}

// same compares JSON by its meaning: Postgres keeps that, not the blanks.
var same = cmp.Transformer("json", func(raw json.RawMessage) (v any) {
	_ = json.Unmarshal(raw, &v)
	return v
})
