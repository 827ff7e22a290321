package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bangkom/handlers"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// What goes wrong with one in fifty updates each.
const (
	sound = iota
	panics
	failsInAStatement
	unreadable
)

func oddity(update int64) int {
	switch update % 50 {
	case 0:
		return panics
	case 17:
		return failsInAStatement
	case 34:
		return unreadable
	}
	return sound
}

// spoiltTx lets the statements fail that save an update of that kind.
type spoiltTx struct {
	handlers.Tx
	batches *sizes
	well    bool // nothing fails; batches are only counted
}

// sizes are how many decisions were saved together, and how often that failed.
type sizes struct {
	mu            sync.Mutex
	saved, failed []int
}

// spoil gives the card of the last press an end that Postgres takes for no text.
func (s spoiltTx) spoil(d dialog.Decision) dialog.Decision {
	if !s.well && oddity(d.UpdateID) == failsInAStatement {
		d.Pressed.Card += "\x00"
	}
	return d
}

func (s spoiltTx) Save(ctx context.Context, d dialog.Decision) error {
	return s.Tx.Save(ctx, s.spoil(d))
}

func (s spoiltTx) SaveTogether(ctx context.Context, list []dialog.Decision) error {
	err := s.Tx.SaveTogether(ctx, s.spoilAll(list))
	s.batches.count(len(list), err)
	return err
}

// arriving is spoiltTx for updates that are decided before they are stored.
func (s spoiltTx) arriving(a handlers.Arriving) handlers.Arriving { return spoiltArriving{a, s} }

type spoiltArriving struct {
	handlers.Arriving
	spoilt spoiltTx
}

func (a spoiltArriving) Save(ctx context.Context, list []dialog.Decision, rest []dialog.RawUpdate) (bool, error) {
	same, err := a.Arriving.Save(ctx, a.spoilt.spoilAll(list), rest)
	a.spoilt.batches.count(len(list), err)
	return same, err
}

func (s spoiltTx) spoilAll(list []dialog.Decision) []dialog.Decision {
	given := slices.Clone(list)
	for i := range given {
		given[i] = s.spoil(given[i])
	}
	return given
}

func (s *sizes) count(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed = append(s.failed, n)
	} else {
		s.saved = append(s.saved, n)
	}
}

// Sixty-four people answer at once. With one in fifty updates the conversation panics, one
// in fifty fails in the statement that saves it, one in fifty cannot be read: these are set
// aside, with an apology, and their people answer again. Every other update takes part in
// two attempts at most, one of them alone: so nobody waits for the trouble of others longer
// than two ordinary turns.
func TestTroubleInABatch(t *testing.T) {
	t.Parallel()
	const people = 64
	var mu sync.Mutex
	tries := map[int64]int{}
	batches := &sizes{}
	w := newWorld(t, func(w *world) {
		w.most = 32
		w.decoded = func(u dialog.Update) {
			mu.Lock()
			tries[u.ID]++
			mu.Unlock()
			if oddity(u.ID) == panics {
				panic("a conversation that nobody has thought of")
			}
		}
		w.poison = func(u dialog.Update) error {
			if oddity(u.ID) == unreadable {
				return errors.New("it cannot be read")
			}
			return nil
		}
	})
	accounts := w.crowd(people)
	wrapped := func(tx handlers.Tx) handlers.Tx { return spoiltTx{tx, batches, false} }
	w.wrap.Store(&wrapped)

	var all sync.WaitGroup
	var again atomic.Int64
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for _, who := range accounts {
		all.Go(func() { answersAll(ctx, t, w.fake, who, &again) })
	}
	all.Wait()
	w.settle()

	if n := w.count(`SELECT count(*) FROM answer`); n != people*9 {
		t.Errorf("%d answers are stored, want %d", n, people*9)
	}
	odd := 0
	for id, n := range tries {
		switch {
		case oddity(id) != sound:
			odd++
		case n > 2:
			t.Errorf("update %d was tried %d times", id, n)
		}
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL`); n != odd || odd < 10 || int(again.Load()) != odd {
		t.Errorf("%d updates are set aside and %d were made again, of %d that go wrong", n, again.Load(), odd)
	}
	if len(batches.saved) == 0 || slices.Max(batches.saved) < 4 || len(batches.failed) == 0 {
		t.Errorf("batches: %v were saved, %v failed: both are wanted", batches.saved, batches.failed)
	}
	t.Logf("%d updates, %d odd; batches saved: %v, failed: %v", len(tries), odd, batches.saved, batches.failed)
}

// crowd makes so many people with accounts, in the order of their names, in a period.
func (w *world) crowd(people int) (accounts []int64) {
	w.t.Helper()
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, position_title, class_code)
		SELECT '19800101200901' || (1 + n % 2) || lpad((1 + n / 2)::text, 3, '0'), 'Pegawai ' || n, 1, (SELECT min(id) FROM unit), 'Pengelola', 'PELAKSANA' FROM generate_series(1, $1::int) n`, people)
	const first = int64(7_000_000_001)
	w.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT $1::bigint - 1 + row_number() OVER (ORDER BY id), id, $2 FROM employee WHERE name LIKE 'Pegawai %'`, first, w.clock.Now())
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
	for i := range int64(people) {
		accounts = append(accounts, first+i)
		w.fake.AddUser(faketelegram.User{ID: first + i, FirstName: "P"})
	}
	return accounts
}

// answersAll lets somebody answer the nine questions and send them. What comes to an
// apology is done again.
func answersAll(ctx context.Context, t *testing.T, fake *faketelegram.Server, who int64, again *atomic.Int64) {
	apologies := func() (n int) {
		for _, m := range fake.Messages(who) {
			if m.FromBot && strings.Contains(m.Text, "tidak dapat kami proses") {
				n++
			}
		}
		return n
	}
	step := func(do func(), seen func() bool) bool {
		known := apologies()
		do()
		for {
			changed := fake.ChatChanged(who)
			switch {
			case seen():
				return true
			case apologies() > known:
				known++
				again.Add(1)
				do()
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				t.Errorf("%d does not get on", who)
				return false
			}
		}
	}
	shows := func(label, text string) func() bool {
		return func() bool { _, _, ok := fake.Button(who, label, text, 0); return ok }
	}
	press := func(label, text string) func() {
		return func() {
			if message, data, ok := fake.Button(who, label, text, 0); ok {
				_, _ = fake.Press(who, message, data)
			}
		}
	}
	question := func(n int) string { return fmt.Sprintf("Pertanyaan %d dari 9", n) }
	ok := step(func() { fake.SendText(who, "/asesmen") }, shows("3", question(1)))
	for n := 1; ok && n < 9; n++ {
		ok = step(press("3", question(n)), shows("3", question(n+1)))
	}
	ok = ok && step(press("3", question(9)), shows("Kirim", ""))
	if ok {
		step(press("Kirim", ""), func() bool { return fake.HasMedia(who, "photo") })
	}
}
