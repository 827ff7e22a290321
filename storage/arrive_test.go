package storage

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// newUpdates are updates of chats 1 to 6 that are not stored yet, each with the number of
// its chat, and one more of chat 1.
func newUpdates() (first []dialog.Arrived, rest []dialog.RawUpdate) {
	for chat := int64(1); chat <= 6; chat++ {
		first = append(first, dialog.Arrived{More: chat == 1, RawUpdate: dialog.RawUpdate{ID: chat, Lane: chat, Age: time.Hour, Body: fmt.Sprintf(`{"update_id":%d}`, chat)}})
	}
	return first, []dialog.RawUpdate{
		{ID: 90, Lane: 1, Body: `{"update_id":90}`}, {ID: 91, Lane: 0, Body: "of nobody"}, {ID: 92, Lane: 8, Failed: "broken"},
		{ID: 93, Lane: 5, Body: "an answer without a name", Sealed: true},
	}
}

// arrivingOf reads chats as they are before updates of theirs are stored.
func arrivingOf(ctx context.Context, s sealing, on sqlx.QueryerContext, first []dialog.Arrived) (found map[int64]loaded, err error) {
	found = map[int64]loaded{}
	err = s.read(ctx, on, bot, first, start, taskForms, func(s dialog.Session, e personnel.Employee, tasks []task.Task) {
		found[s.ChatID] = loaded{s, e, tasks, true}
	})
	return found, err
}

// nothingWaits is variedChats in which nothing waits.
func nothingWaits(t *testing.T) *fixture {
	f, _ := variedChats(t)
	f.exec(`DELETE FROM inbox`)
	return f
}

// decideArrived stores new updates with the decisions of variety.
func (f *fixture) decideArrived(spoil func(list []dialog.Decision, rest []dialog.RawUpdate)) (list []dialog.Decision, err error) {
	first, rest := newUpdates()
	found, err := arrivingOf(f.t.Context(), sealing{f.seal}, f.db, first)
	if err != nil {
		return nil, err
	}
	serial := map[int64]int64{}
	for chat, l := range found {
		serial[chat] = l.session.Update.Serial
	}
	list = variety(serial)
	for i, d := range list {
		list[i].Came, list[i].Version = found[d.ChatID].session.Update.Came, found[d.ChatID].session.Version
	}
	spoil(list, rest)
	return list, (sealing{f.seal}).write(f.t.Context(), f.db, list, rest)
}

// What is decided as it is stored leaves the same rows as what is stored first and decided
// afterwards, and comes as long ago.
func TestArrivedAsStored(t *testing.T) {
	const came = `SELECT count(*) FROM inbox WHERE update_id <= 6 AND received_at BETWEEN now() - interval '62 minutes' AND now() - interval '58 minutes' AND serial > 0`
	var written [3][]string
	var terms [3][]int64
	t.Run("both", func(t *testing.T) {
		t.Run("first stored", func(t *testing.T) {
			f := nothingWaits(t)
			first, rows := newUpdates()
			for _, a := range first {
				rows = append(rows, a.RawUpdate)
			}
			if _, err := f.StoreUpdates(t.Context(), bot, rows); err != nil {
				t.Fatal(err)
			}
			serial := map[int64]int64{}
			for chat := int64(1); chat <= 6; chat++ {
				serial[chat] = f.load(chat).session.Update.Serial
			}
			list := variety(serial)
			f.tx(func(ctx context.Context, tx *Tx) error { return tx.SaveTogether(ctx, list) })
			if n := f.count(came); n != 6 {
				t.Errorf("%d updates came an hour ago, want 6", n)
			}
			written[0], terms[0] = f.written(), f.handedBack(list)
		})
		t.Run("at once", func(t *testing.T) {
			f := nothingWaits(t)
			list, err := f.decideArrived(func([]dialog.Decision, []dialog.RawUpdate) {})
			if err != nil {
				t.Fatal(err)
			}
			if n := f.count(came); n != 6 {
				t.Errorf("%d updates came an hour ago, want 6", n)
			}
			if n := f.count(`SELECT count(*) FROM inbox WHERE body LIKE '%answer without%'`); n != 0 {
				t.Error("an answer without a name is stored in the open")
			}
			written[1], terms[1] = f.written(), f.handedBack(list)
		})
		t.Run("each at once", func(t *testing.T) {
			f := nothingWaits(t)
			first, rest := newUpdates()
			var list []dialog.Decision
			for i, a := range first {
				found, err := arrivingOf(t.Context(), sealing{f.seal}, f.db, []dialog.Arrived{a})
				if err != nil {
					t.Fatal(err)
				}
				s := found[a.Lane].session
				d := variety(map[int64]int64{a.Lane: s.Update.Serial})[i]
				d.Came, d.Version = s.Update.Came, s.Version
				if err := (sealing{f.seal}).write(t.Context(), f.db, []dialog.Decision{d}, nil); err != nil {
					t.Fatal(err)
				}
				list = append(list, d)
			}
			if _, err := f.StoreUpdates(t.Context(), bot, rest); err != nil {
				t.Fatal(err)
			}
			if n := f.count(came); n != 6 {
				t.Errorf("%d updates came an hour ago, want 6", n)
			}
			written[2], terms[2] = f.written(), f.handedBack(list)
		})
	})
	for i := range written { // what is sealed differs from time to time
		for n, table := range written[i] {
			lines := strings.Split(table, "\n")
			for k, line := range lines {
				if at := strings.Index(line, "sealed:"); at >= 0 {
					lines[k] = line[:at]
				}
			}
			written[i][n] = strings.Join(lines, "\n")
		}
	}
	for i, how := range map[int]string{1: "at once", 2: "each at once"} {
		if diff := cmp.Diff(written[0], written[i]); diff != "" {
			t.Errorf("stored (-first stored +%s):\n%s", how, diff)
		}
		if diff := cmp.Diff(terms[0], terms[i]); diff != "" {
			t.Errorf("terms of rows (-first stored +%s):\n%s", how, diff)
		}
	}
}

// What is read of a chat before its update is stored is what Load reads afterwards. A chat
// in which an older update waits or that nobody has written in is left out.
func TestLoadArrived(t *testing.T) {
	f := nothingWaits(t)
	ids := f.employees(1)
	f.exec(`UPDATE chat SET employee_id = $1 WHERE id = 1`, ids[0])
	f.arrive(3, 80)
	first, rest := newUpdates()
	first = append(first, dialog.Arrived{RawUpdate: dialog.RawUpdate{ID: 77, Lane: 77, Body: "{}"}})
	got, err := arrivingOf(t.Context(), sealing{f.seal}, f.db, first)
	if err != nil {
		t.Fatal(err)
	}
	single := map[int64]loaded{}
	for _, a := range first {
		one, err := arrivingOf(t.Context(), sealing{f.seal}, f.db, []dialog.Arrived{a})
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(single, one)
	}
	rows := []dialog.RawUpdate{rest[0]}
	want := map[int64]loaded{}
	for _, chat := range []int64{1, 2, 4, 5, 6} {
		rows = append(rows, first[chat-1].RawUpdate)
	}
	if _, err := f.StoreUpdates(t.Context(), bot, rows); err != nil {
		t.Fatal(err)
	}
	for _, chat := range []int64{1, 2, 4, 5, 6} {
		want[chat] = f.load(chat)
	}
	for _, m := range []map[int64]loaded{want, got, single} {
		for chat, l := range m {
			if ago := time.Since(l.session.Update.Came); ago < 58*time.Minute || ago > 62*time.Minute || l.session.Update.Serial <= 0 {
				t.Errorf("the update of chat %d came %v ago with serial number %d", chat, ago, l.session.Update.Serial)
			}
			l.session.Update.Came, l.session.Update.Serial, l.session.Version = time.Time{}, 0, ""
			m[chat] = l
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(loaded{}, personnel.NIP{})); diff != "" {
		t.Errorf("read (-when it is stored +before):\n%s", diff)
	}
	if diff := cmp.Diff(want, single, cmp.AllowUnexported(loaded{}, personnel.NIP{})); diff != "" {
		t.Errorf("read one by one (-when it is stored +before):\n%s", diff)
	}
}

// Updates are stored with their decisions as a whole or not at all.
func TestSaveArrivedAllOrNothing(t *testing.T) {
	for name, spoil := range map[string]func(f *fixture, list []dialog.Decision, rest []dialog.RawUpdate){
		"a decided one has come already": func(f *fixture, _ []dialog.Decision, _ []dialog.RawUpdate) { f.arrive(40, 3) },
		"another one has come already":   func(f *fixture, _ []dialog.Decision, _ []dialog.RawUpdate) { f.arrive(40, 90) },
		"one has come twice":             func(_ *fixture, _ []dialog.Decision, rest []dialog.RawUpdate) { rest[0].ID = 2 },
		"one forgets":                    func(_ *fixture, list []dialog.Decision, _ []dialog.RawUpdate) { list[3].Forget = true },
		"one has a key that is taken":    func(_ *fixture, list []dialog.Decision, _ []dialog.RawUpdate) { list[1].Rows[0].Key = "old" },
		"one has no chat":                func(_ *fixture, list []dialog.Decision, _ []dialog.RawUpdate) { list[5].ChatID = 66 },
	} {
		t.Run(name, func(t *testing.T) {
			f := nothingWaits(t)
			var before map[string]string
			_, err := f.decideArrived(func(list []dialog.Decision, rest []dialog.RawUpdate) {
				spoil(f, list, rest)
				before = f.contents()
			})
			if err == nil {
				t.Error("it was saved")
			}
			if diff := cmp.Diff(before, f.contents()); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
		})
	}
}

// So is a single one.
func TestSaveOneArrivedOrNothing(t *testing.T) {
	for name, spoil := range map[string]func(f *fixture, d *dialog.Decision){
		"it has come already":        func(f *fixture, _ *dialog.Decision) { f.arrive(40, 400) },
		"it forgets":                 func(_ *fixture, d *dialog.Decision) { d.Forget = true },
		"it leaves a card behind":    func(_ *fixture, d *dialog.Decision) { d.Spent = "old" },
		"it has a key that is taken": func(_ *fixture, d *dialog.Decision) { d.Rows[0].Key = "old" },
		"it writes to another chat":  func(_ *fixture, d *dialog.Decision) { d.Rows[0].ChatID = 4 },
	} {
		t.Run(name, func(t *testing.T) {
			f := nothingWaits(t)
			list := f.decidedOne(2, 400)
			list[0].Draft = &dialog.Record{Form: "q", Ref: 7, Done: true}
			spoil(f, &list[0])
			before := f.contents()
			if err := (sealing{f.seal}).write(t.Context(), f.db, list, nil); err == nil {
				t.Error("it was saved")
			}
			if diff := cmp.Diff(before, f.contents()); diff != "" {
				t.Errorf("changed (-before +after):\n%s", diff)
			}
		})
	}
}

// A program without the key stores nothing that may be an answer without a name.
func TestArrivedNeedsTheKey(t *testing.T) {
	f := nothingWaits(t)
	f.SealWith(nil)
	if _, err := f.decideArrived(func(list []dialog.Decision, _ []dialog.RawUpdate) {
		list[4] = list[5]
		list[4].ChatID, list[4].UpdateID = 5, 5
	}); err == nil {
		t.Error("it was saved")
	}
	if n := f.count(`SELECT count(*) FROM inbox`); n != 0 {
		t.Errorf("%d updates are stored", n)
	}
}
