package bot

import (
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// pressed lets a person press the echo's button and returns the query.
func (h *house) pressed(t *testing.T, account int64) string {
	t.Helper()
	last, _ := h.fake.Last(account)
	query, err := h.fake.Press(account, last.ID, last.Inline[0][0].Data)
	if err != nil {
		t.Fatal(err)
	}
	return query
}

// While the database is away long enough for the lease to be lost, presses are
// still answered, kept, and done afterwards.
func TestPressWhileTheDatabaseIsAway(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, func(c *Config) { c.NotStored = "belum tersimpan" })
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.setAway(true)
	h.see(t, "the lease is lost", func() bool { return h.tg.lease.Term() == 0 })
	query := h.pressed(t, 11)
	h.see(t, "the press is answered", func() bool {
		a, ok := h.fake.Answered(query)
		return ok && a.Text == "belum tersimpan"
	})
	if h.tg.Ready() == nil {
		t.Error("Ready = nil while the database is away")
	}
	second := h.pressed(t, 11)
	h.see(t, "the second press too", func() bool { _, ok := h.fake.Answered(second); return ok })
	if n := h.fake.Pending(); n != 2 {
		t.Errorf("%d updates are not acknowledged, want 2", n)
	}
	h.setAway(false)
	h.await(t, "both are done later", h.settled(3))
	h.see(t, "they are acknowledged", func() bool { return h.fake.Pending() == 0 })
}

// Another process may poll already: this one keeps quiet, because two pollers
// cut each other off.
func TestNoPollsWithoutTheLeaseBesideOthers(t *testing.T) {
	devdbtest.Long(t, "waits for terms and pauses to pass")
	t.Parallel() // it mostly waits
	h := newHouse(t, nil)
	h.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	h.fake.SendText(11, "halo")
	h.await(t, "answered", h.settled(1))
	h.mu.Lock()
	h.others = 1
	h.mu.Unlock()
	h.see(t, "the other was seen", func() bool { return h.tg.lease.Others() == 1 })
	h.setAway(true)
	h.see(t, "the lease is lost", func() bool { return h.tg.lease.Term() == 0 })
	before := h.requests.Load()
	time.Sleep(3 * cutOffAfter)
	if n := h.requests.Load() - before; n > 1 { // one may have been on its way
		t.Errorf("%d polls without the lease", n)
	}
}
