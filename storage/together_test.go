package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// together loads chats as a batch does.
func together(ctx context.Context, tx *Tx, chats ...int64) (found map[int64]loaded, err error) {
	found = map[int64]loaded{}
	err = tx.LoadTogether(ctx, bot, chats, start, taskForms,
		func(s dialog.Session, e personnel.Employee, tasks []task.Task, waiting bool, err error) {
			if err == nil {
				found[s.ChatID] = loaded{s, e, tasks, waiting}
			}
		})
	return found, err
}

// variety is one decision of each sort, about chats 1 and so on, whose updates and drafts
// variedChats has stored.
func variety(serial map[int64]int64) []dialog.Decision {
	draft := func(form string, done bool) *dialog.Record {
		return &dialog.Record{Form: form, Ref: 7, At: "b", State: json.RawMessage(`{"n": [1, 2], "t": "a\nb"}`), Message: 9, Done: done}
	}
	list := []dialog.Decision{
		{ActiveForm: "q", ActiveRef: 7, Draft: draft("q", false)},
		{Draft: draft("q", true)},
		{WrongTries: 3, TriesSince: start, HourUpdates: 5, HourSince: start.Add(time.Hour)},
		{Pressed: dialog.Pressed{Message: 8, Card: "abc", Button: "a-b_1", At: start.Add(time.Minute)}},
		{ActiveForm: "s.x", ActiveRef: 7, Draft: draft("s.x", false)},
		{},
	}
	for i := range list {
		chat := int64(i + 1)
		d := &list[i]
		d.BotID, d.UpdateID, d.ChatID, d.Now, d.Term, d.Reachable, d.Serial = bot, chat, chat, start, 3, chat != 2, serial[chat]
		for n := range i % 3 {
			d.Rows = append(d.Rows, reply(chat, fmt.Sprintf("in:%d:%d", chat, n)))
		}
	}
	sealed := reply(5, list[4].Rows[0].Key)
	sealed.Sealed = true
	list[4].Draft.Card, list[4].Rows[0] = sealed.Key, sealed
	return list
}

// variedChats are chats with an update each; the second has a draft that ends, and before
// the third an older message waits.
func variedChats(t *testing.T) (f *fixture, serial map[int64]int64) {
	f, serial = newFixture(t), map[int64]int64{}
	f.SealWith(disclosure.NewSealer([]byte("key of the tests")))
	for chat := int64(1); chat <= 6; chat++ {
		f.arrive(chat, chat)
		serial[chat] = f.load(chat).session.Update.Serial
	}
	f.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES (2, 'q', 7, '{"form": "q", "ref": 7}', now()), (1, 'q', 7, '{"form": "q", "ref": 7}', now()), (2, 'q', 8, '{"form": "q", "ref": 8}', now())`)
	f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, term) VALUES ('old', 3, 0, 'reply', 't', 0, 'm', '{}', 'new', 0)`)
	return f, serial
}

// written is all that decisions change, without ids, times and what is sealed.
func (f *fixture) written() []string {
	return []string{
		f.text(`SELECT string_agg(concat_ws(' ', id, reachable, active_form, active_ref, wrong_tries, tries_since, hour_updates, hour_since, press_at, press_message, press_card, press_button, rev), E'\n' ORDER BY id) FROM chat`),
		f.text(`SELECT string_agg(concat_ws(' ', chat_id, form, ref, CASE WHEN form NOT LIKE 's.%' THEN body END, CASE WHEN form = 'q' AND ref <> 8 THEN touched_at END), E'\n' ORDER BY chat_id, form, ref) FROM draft WHERE NOT (chat_id = 2 AND ref = 7)`),
		f.text(`SELECT string_agg(concat_ws(' ', update_id, lane, body, done_at IS NULL, attempts, failed), E'\n' ORDER BY update_id) FROM inbox`),
		f.text(`SELECT string_agg(concat_ws(' ', key, chat_id, lane, class, template, length, method, CASE WHEN NOT sealed THEN payload END, edit_of, sealed, forget, state, term, not_before, expires_at, attempts), E'\n' ORDER BY key) FROM outbox`),
	}
}

// What several decisions write together is what each of them writes alone.
func TestTogetherAsAlone(t *testing.T) {
	var alone, many []string
	var terms [2][]int64
	t.Run("both", func(t *testing.T) {
		t.Run("alone", func(t *testing.T) {
			f, serial := variedChats(t)
			list := variety(serial)
			for _, d := range list {
				f.save(d)
			}
			alone, terms[0] = f.written(), f.handedBack(list)
		})
		t.Run("together", func(t *testing.T) {
			f, serial := variedChats(t)
			list := variety(serial)
			f.tx(func(ctx context.Context, tx *Tx) error { return tx.SaveTogether(ctx, list) })
			many, terms[1] = f.written(), f.handedBack(list)
		})
	})
	if diff := cmp.Diff(alone, many); diff != "" {
		t.Errorf("stored (-alone +together):\n%s", diff)
	}
	if diff := cmp.Diff(terms[0], terms[1]); diff != "" || !slices.Contains(terms[1], 3) || !slices.Contains(terms[1], 0) {
		t.Errorf("terms of rows (-alone +together), of which some are claimed and some are not:\n%s", diff)
	}
}

// handedBack checks the ids that rows have got and returns their terms.
func (f *fixture) handedBack(list []dialog.Decision) (terms []int64) {
	f.t.Helper()
	for _, d := range list {
		for _, row := range d.Rows {
			if id := int64(f.count(`SELECT id FROM outbox WHERE key = $1`, row.Key)); row.ID != id {
				f.t.Errorf("row %s comes back with id %d, want %d", row.Key, row.ID, id)
			}
			terms = append(terms, row.Term)
		}
	}
	return terms
}

// What is read of several chats is what Load reads of each. Whatever cannot be had at once
// is left out.
func TestLoadTogether(t *testing.T) {
	f, _ := variedChats(t)
	ids := f.employees(1)
	f.exec(`UPDATE chat SET employee_id = $1 WHERE id = 1`, ids[0])
	f.arrive(1, 90)
	f.save(decision(6, 6))
	want := map[int64]loaded{}
	for _, chat := range []int64{1, 2, 3} {
		want[chat] = f.load(chat)
	}
	want[6] = loaded{session: dialog.Session{ChatID: 6}} // nothing waits
	f.tx(func(ctx context.Context, held *Tx) error {
		if _, _, _, _, err := held.Load(ctx, bot, 4, start, taskForms); err != nil {
			return err
		}
		f.tx(func(ctx context.Context, tx *Tx) error {
			limit, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			got, err := together(limit, tx, 6, 4, 3, 2, 1, 77)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(loaded{}, personnel.NIP{})); diff != "" {
				t.Errorf("read (-alone +together):\n%s", diff)
			}
			return err
		})
		return nil
	})
	if n := f.count(`SELECT count(*) FROM chat WHERE id = 77`); n != 0 {
		t.Error("a chat that nobody has written in was made")
	}
}

// A batch is written as a whole or not at all.
func TestSaveTogetherAllOrNothing(t *testing.T) {
	for name, spoil := range map[string]func(f *fixture, list []dialog.Decision){
		"one is decided already": func(f *fixture, list []dialog.Decision) { f.save(decision(3, 3)) },
		"one has another serial": func(_ *fixture, list []dialog.Decision) { list[2].Serial += 100 },
		"one has no chat":        func(f *fixture, list []dialog.Decision) { f.exec(`DELETE FROM chat WHERE id = 6`) },
		"one was set aside":      func(f *fixture, _ []dialog.Decision) { f.exec(`UPDATE inbox SET done_at = now() WHERE update_id = 1`) },
		"one forgets":            func(_ *fixture, list []dialog.Decision) { list[3].Forget = true },
		"one leaves a card":      func(_ *fixture, list []dialog.Decision) { list[3].Spent = "in:1:0" },
		"one is of another term": func(_ *fixture, list []dialog.Decision) { list[3].Term = 4 },
		"one has a key that is taken": func(_ *fixture, list []dialog.Decision) {
			list[1].Rows[0].Key = "old"
		},
		"one answers another chat": func(_ *fixture, list []dialog.Decision) { list[1].Rows[0].ChatID = 1 },
		"one cannot be kept": func(_ *fixture, list []dialog.Decision) {
			list[0].Draft.State = json.RawMessage(`{"t": "\u0000"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, serial := variedChats(t)
			list := variety(serial)
			spoil(f, list)
			before := f.contents()
			if err := f.InTxOnce(t.Context(), func(tx *Tx) error { return tx.SaveTogether(t.Context(), list) }); err == nil {
				t.Error("it was saved")
			}
			if diff := cmp.Diff(before, f.contents()); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
		})
	}
}

// Lone updates that also write to other people meet batches over the same chats: nobody
// waits for each other in a circle, and each update is decided once.
func TestBatchesAndPostsToOthers(t *testing.T) {
	const chats, updates, workers = 8, 30, 6
	f := newFixture(t)
	for chat := int64(1); chat <= chats; chat++ {
		for n := range int64(updates) {
			f.arrive(chat, chat*1000+n)
		}
		f.load(chat)
	}
	var left, batched atomic.Int64
	left.Store(chats * updates)
	errs := atOnce(workers, func(i int) error {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		for left.Load() > 0 {
			var done int64
			err := f.InTxOnce(t.Context(), func(tx *Tx) (err error) {
				if i%2 == 0 {
					done, err = decideMany(t.Context(), tx, chats)
					return err
				}
				done, err = decideAndPost(t.Context(), tx, 1+rng.Int64N(chats), 1+rng.Int64N(chats))
				return err
			})
			switch {
			case errors.Is(err, pg.ErrStale):
			case err != nil:
				return fmt.Errorf("worker %d: %w", i, err)
			default:
				left.Add(-done)
				if i%2 == 0 {
					batched.Add(done)
				}
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL`); n != 0 || left.Load() != 0 {
		t.Errorf("%d updates wait, %d are missing in the count", n, left.Load())
	}
	if n := batched.Load(); n == 0 || n == chats*updates {
		t.Errorf("%d of %d updates were decided in batches: both sorts are wanted", n, chats*updates)
	}
}

// decideMany decides what waits in all chats.
func decideMany(ctx context.Context, tx *Tx, chats int64) (done int64, err error) {
	all := make([]int64, chats)
	for i := range all {
		all[i] = chats - int64(i)
	}
	found, err := together(ctx, tx, all...)
	if err != nil {
		return 0, err
	}
	var list []dialog.Decision
	for chat, l := range found {
		if !l.ok {
			continue
		}
		d := decision(chat, l.session.Update.ID, reply(chat, fmt.Sprint("in:", l.session.Update.ID)))
		d.Serial = l.session.Update.Serial
		list = append(list, d)
	}
	if len(list) == 0 {
		return 0, nil
	}
	slices.SortFunc(list, func(a, b dialog.Decision) int { return int(b.UpdateID%7 - a.UpdateID%7) })
	return int64(len(list)), tx.SaveTogether(ctx, list)
}

// decideAndPost decides the update of a chat, which writes to another one too.
func decideAndPost(ctx context.Context, tx *Tx, chat, other int64) (done int64, err error) {
	s, _, _, ok, err := tx.Load(ctx, bot, chat, start, taskForms)
	if err != nil || !ok {
		return 0, err
	}
	d := decision(chat, s.Update.ID, reply(chat, fmt.Sprint("in:", s.Update.ID)))
	d.Serial = s.Update.Serial
	if err := tx.Save(ctx, d); err != nil {
		return 0, err
	}
	if other < chat {
		return 1, nil // two lone ones would wait for each other in a circle without any batch
	}
	return 1, tx.Enqueue(ctx, []dialog.Outgoing{reply(other, fmt.Sprint("post:", s.Update.ID))})
}
