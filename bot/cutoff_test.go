package bot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// losesTheLease takes the database away and waits until the house has read a
// message that it cannot store, and no longer has the lease.
func (h *house) losesTheLease(t *testing.T) {
	t.Helper()
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setAway(true)
	h.fake.SendText(11, "ya")
	h.see(t, "the update is not stored", func() bool {
		return strings.Contains(h.log.String(), "updates not stored") && h.tg.lease.Term() == 0
	})
}

// takeAll receives and acknowledges what waits, as another process does.
func (h *house) takeAll(t *testing.T) (id int64) {
	t.Helper()
	poll := func(offset int64) string {
		batch, err := h.tg.client.callWithin(t.Context(), 5*time.Second, "getUpdates", map[string]string{
			"offset": strconv.FormatInt(offset, 10), "timeout": "0", "limit": "100", "allowed_updates": allowedUpdates})
		if err != nil {
			t.Fatal(err)
		}
		return string(batch)
	}
	batch := poll(0)
	a, _ := envelope([]byte(batch[1 : len(batch)-1]))
	poll(a.row.ID + 1)
	if h.fake.Pending() != 0 {
		t.Fatal("not acknowledged")
	}
	return a.row.ID
}

// A term that is over by the clock acknowledges nothing, even if nobody was told yet.
func TestNothingIsAcknowledgedAfterTheTerm(t *testing.T) {
	t.Parallel() // it mostly waits
	h := newHouse(t, nil)
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.see(t, "it polls again", func() bool { return h.polling.Load() == 1 && h.fake.Pending() == 0 })
	h.mu.Lock()
	h.holder, h.until = "B", time.Now().Add(time.Hour)
	h.term++
	h.mu.Unlock()
	h.tg.lease.mu.Lock()
	h.tg.lease.until = time.Time{}
	h.tg.lease.mu.Unlock()
	h.fake.SendText(11, "ya")
	h.await(t, "stored", func() bool { return len(h.inbox) == 2 })
	time.Sleep(cutOffAfter)
	if h.fake.Pending() != 1 {
		t.Error("an update was acknowledged after the term")
	}
}

// What one process could not store another one did: when the first has the lease
// again days later, and the inbox was cleared, it does nothing twice.
func TestKeptUpdatesAreLeftToTheNextHolder(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, seen := range []bool{true, false} {
		t.Run(fmt.Sprintf("the other is seen: %t", seen), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, nil)
			h.losesTheLease(t)
			h.mu.Lock()
			h.holder, h.until, h.others, h.away = "B", time.Now().Add(time.Hour), 1, !seen
			h.term++
			led := h.term
			h.mu.Unlock()
			if seen {
				h.see(t, "the other is known", func() bool { return h.tg.lease.Err() == nil })
				time.Sleep(3 * cutOffAfter)
			}
			id := h.takeAll(t)
			h.mu.Lock()
			h.inbox, h.done = map[int64]dialog.RawUpdate{}, map[int64]bool{} // three days later
			h.until, h.others, h.away = time.Time{}, 0, false
			h.mu.Unlock()
			h.see(t, "it has the lease again", func() bool { return h.tg.lease.Term() > led })
			h.fake.SendText(11, "lagi")
			h.see(t, "it works", h.shows(11, "Anda: lagi"))
			h.mu.Lock()
			defer h.mu.Unlock()
			if _, again := h.inbox[id]; again {
				t.Errorf("update %d is stored and decided again", id)
			}
		})
	}
}

// What is kept is dropped when Telegram would have dropped it; terms that follow
// one another leave it alone, others do not.
func TestKeptUpdatesEnd(t *testing.T) {
	log := &logged{}
	r := newReceiver(ReceiverConfig{Log: log.logger()}, nil)
	keep := func(id int64, at time.Time) {
		r.kept[id] = arrival{at: at}
		r.order = append(r.order, id)
	}
	r.lead(4)
	keep(1, time.Now().Add(-25*time.Hour))
	keep(2, time.Now().Add(-23*time.Hour))
	r.age()
	if len(r.kept) != 1 || len(r.order) != 1 || r.order[0] != 2 {
		t.Errorf("kept %v after a day", r.order)
	}
	for _, step := range []struct {
		term int64
		kept int
	}{{4, 1}, {5, 1}, {0, 1}, {6, 1}, {8, 0}} {
		if r.lead(step.term); len(r.kept) != step.kept {
			t.Errorf("in term %d %d are kept, want %d", step.term, len(r.kept), step.kept)
		}
	}
}

// A process that was alone loses the database; another one was started
// elsewhere since, and polls. It is cut off once.
func TestProcessThatIsCutOffDoesNotDisturbAnother(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, nil)
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setAway(true)
	h.see(t, "the lease is lost", func() bool { return h.tg.lease.Term() == 0 })
	conflicts := 0
	for begin := time.Now(); time.Since(begin) < 4*time.Second; {
		_, err := h.tg.client.callWithin(t.Context(), 10*time.Second, "getUpdates", map[string]string{"timeout": "2", "limit": "100", "allowed_updates": allowedUpdates})
		var refused *APIError
		if errors.As(err, &refused) && refused.Code == 409 {
			conflicts++
			time.Sleep(100 * time.Millisecond)
		}
	}
	if conflicts > 1 {
		t.Errorf("%d polls of the other process were cut off", conflicts)
	}
}

// What is kept and no longer waits at Telegram was acknowledged by somebody.
func TestTakenByAnother(t *testing.T) {
	now := time.Now()
	raw := func(ids ...string) (batch []byte) {
		for i, id := range ids {
			if i > 0 {
				batch = append(batch, ',')
			}
			batch = append(batch, `{"update_id":`+id+`}`...)
		}
		return append(append([]byte{'['}, batch...), ']')
	}
	one, two := arrival{at: now}, arrival{at: now}
	tests := []struct {
		name  string
		kept  []arrival // with the numbers 1, 2
		there []byte
		want  bool
	}{
		{"all is there", []arrival{one, two}, raw("1", "2", "3"), false},
		{"the first is gone", []arrival{one, two}, raw("2", "3"), true},
		{"all is gone", []arrival{one, two}, raw(), true},
		{"only the head is shown", []arrival{one, two}, raw("1"), false},
		{"the head is new", []arrival{one, two}, raw("3"), true},
		{"nothing is kept", nil, raw("3"), false},
		{"a message of yesterday", []arrival{{at: now, sent: now.Add(-23 * time.Hour)}}, raw(), false},
		{"a press of this minute", []arrival{{at: now, press: true, since: now.Add(-time.Minute)}}, raw(), true},
		{"an old press", []arrival{{at: now, press: true, since: now.Add(-3 * time.Minute)}}, raw(), false},
		{"a press of unknown age", []arrival{{at: now, press: true}}, raw(), false},
	}
	for _, tt := range tests {
		r := newReceiver(ReceiverConfig{Client: &polls{answer: func(int) (string, error) { return string(tt.there), nil }}}, nil)
		for i, a := range tt.kept {
			r.kept[int64(i+1)] = a
		}
		batch, err := r.fetch(t.Context(), 0, 0)
		if got := r.taken(batch); err != nil || got != tt.want {
			t.Errorf("%s: taken = %t, %v; want %t", tt.name, got, err, tt.want)
		}
	}
}
