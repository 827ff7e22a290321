package storage

import (
	"slices"
	"testing"
	"time"
)

func TestAliveKeepsLongSilences(t *testing.T) {
	f := newFixture(t)
	at := start
	for _, tt := range []struct {
		name string
		move time.Duration
		gaps int
	}{
		{"the first sign of life", 0, 0},
		{"half a minute", 30 * time.Second, 0},
		{"two minutes are no gap", 2 * time.Minute, 0},
		{"ten are", 10 * time.Minute, 1},
		{"a clock that is set back is none", -time.Hour, 1},
		{"and goes on from there", time.Minute, 1},
		{"the next gap", 3 * time.Minute, 2},
	} {
		at = at.Add(tt.move)
		for i, err := range atOnce(4, func(int) error { return f.Alive(t.Context(), at) }) { // replicas
			if err != nil {
				t.Errorf("%s: Alive %d: %v", tt.name, i, err)
			}
		}
		if n := f.count(`SELECT count(*) FROM gap`); n != tt.gaps {
			t.Errorf("%s: %d gaps, want %d", tt.name, n, tt.gaps)
		}
	}
	if n := f.count(`SELECT count(*) FROM gap WHERE until - since IN (interval '10 min', interval '3 min')`); n != 2 {
		t.Errorf("%d gaps are as long as the silence, want 2", n)
	}
}

// A clock that is moved ahead on purpose makes no gap; an outage before or after it
// does, as long as it was.
func TestSkipMakesNoGap(t *testing.T) {
	f := newFixture(t)
	at := start
	step := func(d time.Duration, gaps int) {
		t.Helper()
		at = at.Add(d)
		if err := f.Alive(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		if n := f.count(`SELECT count(*) FROM gap`); n != gaps {
			t.Errorf("at %s: %d gaps, want %d", at, n, gaps)
		}
	}
	skip := func(d time.Duration) {
		t.Helper()
		if err := f.Skip(t.Context(), func() time.Duration { at = at.Add(d); return d }); err != nil {
			t.Fatal(err)
		}
	}
	skip(time.Hour) // before the first sign of life there is nothing to move
	step(0, 0)
	at = at.Add(10 * time.Second)
	skip(61 * time.Hour)
	step(5*time.Second, 0)
	at = at.Add(5 * time.Minute)
	skip(24 * time.Hour)
	step(0, 1)
	if n := f.count(`SELECT count(*) FROM gap WHERE until - since = interval '5 min'`); n != 1 {
		t.Errorf("%d gaps of the five minutes of silence, want 1", n)
	}
}

func TestAskAgain(t *testing.T) {
	f := newFixture(t)
	since, until := start, start.Add(10*time.Minute)
	person := int64(0)
	add := func(chat int64, touched time.Time, sets string) {
		t.Helper()
		person++
		f.exec(`INSERT INTO chat (id, employee_id, active_form, active_ref)
			VALUES ($1, (SELECT id FROM employee ORDER BY id OFFSET $2 LIMIT 1), 'q', 1)`, chat, person-1)
		f.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES ($1, 'q', 1, '{}', $2)`, chat, touched)
		if sets != "" {
			f.exec(`UPDATE chat SET `+sets+` WHERE id = $1`, chat)
		}
	}
	f.exec(`INSERT INTO unit (code, name) VALUES ('GAP', 'Gap')`)
	f.exec(`DELETE FROM employee`)
	for i := range 7 {
		f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT $1, 'x', 1, id FROM unit WHERE code = 'GAP'`,
			"19850720201001100"+string(rune('1'+i)))
	}
	add(1, since.Add(-29*time.Minute), "")
	add(2, since.Add(-31*time.Minute), "")
	add(3, since.Add(5*time.Minute), "")
	add(4, until.Add(time.Second), "")
	add(5, since, "reachable = false")
	add(6, since, "employee_id = NULL")
	add(7, since, "active_form = ''")

	ask := func() []int64 {
		t.Helper()
		people := 0
		err := f.InTx(t.Context(), func(tx *Tx) (err error) {
			people, err = tx.AskAgain(t.Context(), bot, until, 30*time.Minute)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		lanes, err := f.PendingLanes(t.Context(), bot, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		f.exec(`UPDATE inbox SET done_at = now(), lane = NULL WHERE done_at IS NULL`)
		if len(lanes) != people {
			t.Errorf("%d people, lanes %v", people, lanes)
		}
		slices.Sort(lanes)
		return lanes
	}
	if got := ask(); len(got) != 0 {
		t.Errorf("without a gap %v are asked", got)
	}
	for _, at := range []time.Time{since, until} {
		if err := f.Alive(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(); !slices.Equal(got, []int64{1, 3}) {
		t.Errorf("after the gap %v are asked, want 1 and 3", got)
	}
	if got := ask(); len(got) != 0 {
		t.Errorf("a second time %v are asked", got)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE update_id < 0 AND body LIKE '%bangkom_again%'`); n != 2 {
		t.Errorf("%d updates were made, want 2", n)
	}
}
