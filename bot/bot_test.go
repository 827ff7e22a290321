package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// house is a whole Telegram over the strict fake and a database in memory. Its
// conversation repeats a text with a button, and a press edits the message.
type house struct {
	*memory
	fake     *faketelegram.Server
	tg       *Telegram
	log      *logged
	codec    *Codec
	cfg      Config
	requests atomic.Int64
	polling  atomic.Int64 // requests for updates that are under way
	stop     func() error
}

func newHouse(t *testing.T, change func(*Config)) *house {
	t.Helper()
	h := &house{memory: newMemory(), fake: faketelegram.New(faketelegram.Config{Token: testToken, Seed: 1}), log: &logged{}, codec: NewCodec(testKey)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "getUpdates") {
			h.requests.Add(1)
			h.polling.Add(1)
			defer h.polling.Add(-1)
		}
		h.fake.APIHandler().ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(h.fake.Close)
	h.cfg = Config{
		Token: testToken, Endpoint: srv.URL + "/bot%s/%s", Inbox: h, Outbox: h, Leases: h, PollWait: 5 * time.Second,
		LeaseTTL: 3 * time.Second, Log: h.log.logger(),
		Profile: Profile{Description: "Bot percobaan.", ShortDescription: "Percobaan.", Commands: []Command{{"menu", "Menu"}}},
	}
	if change != nil {
		change(&h.cfg)
	}
	h.start(t)
	return h
}

func (h *house) start(t *testing.T) {
	t.Helper()
	tg, err := New(h.cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.tg = tg
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- tg.Run(ctx, h) }()
	stopped := false
	h.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { _ = h.stop() })
}

// Process answers the oldest update of a lane.
func (h *house) Process(_ context.Context, lane int64) (bool, error) {
	row, n := h.oldest(lane)
	if n == 0 {
		return false, nil
	}
	u, err := Decode(row.Body, h.codec)
	if err != nil {
		return false, err
	}
	reply := dialog.Reply{Template: "echo", Text: "Anda: " + u.Text, Rows: [][]dialog.Button{{{Label: "1", Action: dialog.Action{Flow: "echo", Ref: u.ID}}}}}
	if u.Kind == dialog.KindPress {
		reply.Edit, reply.Text = u.MessageID, fmt.Sprintf("Ditekan: %t %d", u.Press.OK, u.ID)
	}
	out, err := NewRenderer(h.codec).Render(lane, reply)
	if err != nil {
		return false, err
	}
	h.mu.Lock()
	if h.away {
		h.mu.Unlock()
		return false, errAway
	}
	h.done[row.ID] = true
	h.mu.Unlock()
	h.tg.Offer([]dialog.Outgoing{h.put(out, h.tg.Accepting())})
	if u.QueryID != "" {
		h.tg.Answer(u.QueryID, "Tersimpan")
	}
	return n > 1, nil
}

// settled tells whether all updates are done and all rows are final.
func (h *house) settled(updates int) func() bool {
	return func() bool {
		return len(h.inbox) == updates && h.count(dialog.StateNew)+h.count(dialog.StateSending) == 0 && len(h.done) == updates
	}
}

func (h *house) see(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		changed := h.fake.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Millisecond): // the log and the bot's own state tell nobody
		case <-limit:
			t.Fatalf("waited in vain: %s\n%s", what, h.log)
		}
	}
}

func (h *house) shows(chat int64, text string) func() bool {
	return func() bool {
		m, ok := h.fake.Last(chat)
		return ok && strings.HasPrefix(m.Text, text)
	}
}

func (h *house) clean(t *testing.T) {
	t.Helper()
	for _, c := range h.fake.Breaches() {
		if c.Class == faketelegram.ClassRule {
			t.Errorf("Telegram's rules broken by %s %v: %s", c.Method, c.Params, c.Description)
		}
	}
	if strings.Contains(h.log.String(), "AAsecret") {
		t.Error("the token is in the log")
	}
}

func TestTelegramEndToEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	named := make(chan string, 1)
	h := newHouse(t, func(c *Config) { c.OnUsername = func(_ context.Context, name string) { named <- name } })
	if name := <-named; name == "" || name != h.tg.Username() {
		t.Errorf("user name %q, Username() %q", name, h.tg.Username())
	}
	h.fake.AddUser(faketelegram.User{ID: 77, FirstName: "Ani"})
	h.fake.SendText(77, "halo")
	h.see(t, "the first reply", func() bool { return len(h.fake.Messages(77)) == 2 || h.shows(77, "Anda")() })
	h.fake.SendText(77, "kedua")
	h.see(t, "the second reply", h.shows(77, "Anda: kedua"))
	m, _ := h.fake.Last(77)
	query, err := h.fake.Press(77, m.ID, m.Inline[0][0].Data)
	if err != nil {
		t.Fatal(err)
	}
	h.see(t, "the edit", h.shows(77, "Ditekan: true"))
	h.see(t, "the toast", func() bool { a, ok := h.fake.Answered(query); return ok && a.Text == "Tersimpan" })
	h.fake.ForgePress(77, m.ID, "1echo:0:::AAAAAAAAAAA")
	h.see(t, "the forged press", h.shows(77, "Ditekan: false"))
	h.fake.Block(77)
	h.await(t, "all done", func() bool { return len(h.inbox) == 5 })
	if err := h.tg.Ready(); err != nil {
		t.Errorf("Ready = %v", err)
	}
	h.see(t, "the profile", func() bool {
		p := h.fake.Profile()
		return p.Description == "Bot percobaan." && len(p.Commands["all_private_chats"]) == 1
	})
	if err := h.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if h.tg.Ready() == nil {
		t.Error("ready after its end")
	}
	h.clean(t)
	h.fake.Close()
	awaitGoroutines(t, before+4) // those of the test's own server
}

func awaitGoroutines(t *testing.T, most int) {
	t.Helper()
	for range 200 {
		if runtime.NumGoroutine() <= most {
			return
		}
		time.Sleep(10 * time.Millisecond) // nothing tells when a goroutine is gone
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines, want at most %d:\n%s", runtime.NumGoroutine(), most, buf[:runtime.Stack(buf, true)])
}

func TestTelegramLosesNothing(t *testing.T) {
	t.Parallel() // it mostly waits
	const people, each = 20, 5
	h := newHouse(t, nil)
	h.fake.SetFaults(faketelegram.Faults{
		TooMany: 0.01, RetryAfter: 1, ServerError: 0.05, ResetBefore: 0.02, ResetAfter: 0.05, DuplicateUpdates: 0.1,
	})
	for i := range each {
		for p := range people {
			h.fake.SendText(int64(1000+p), fmt.Sprint(i))
		}
		if i == 2 {
			h.await(t, "the first updates", func() bool { return len(h.inbox) > 0 })
			h.setAway(true)
			h.fake.SendText(999, "while the database is away")
			h.see(t, "a failed store", func() bool { return strings.Contains(h.log.String(), "updates not stored") })
			if h.tg.Ready() == nil {
				t.Error("ready while nothing can be stored")
			}
			h.setAway(false)
		}
	}
	h.await(t, "all updates answered", h.settled(people*each+1))
	h.mu.Lock()
	if n := h.count(dialog.StateSent); n != people*each+1 {
		t.Errorf("%d replies sent, want %d", n, people*each+1)
	}
	h.mu.Unlock()
	for p := range people {
		var got []string
		for _, m := range h.fake.Messages(int64(1000 + p)) {
			if m.FromBot && (len(got) == 0 || got[len(got)-1] != m.Text) { // one sent again looks the same
				got = append(got, m.Text)
			}
		}
		if want := "Anda: 0 Anda: 1 Anda: 2 Anda: 3 Anda: 4"; strings.Join(got, " ") != want {
			t.Errorf("person %d saw %q, want %q", p, got, want)
		}
	}
	counts := h.fake.FaultCounts()
	extra := h.fakeSent() - people*each - 1
	if resent := int(h.tg.Stats().Resent); extra > counts["reset_after"] || extra > resent {
		t.Errorf("%d messages twice, %d replies cut, %d counted as sent again", extra, counts["reset_after"], resent)
	}
	h.clean(t)
}

func (h *house) fakeSent() (n int) {
	for _, c := range h.fake.Calls() {
		if c.Method == methodSend && c.Accepted {
			n++
		}
	}
	return n
}

func TestTelegramRestartAndLowerNumbers(t *testing.T) {
	t.Parallel() // it mostly waits
	h := newHouse(t, nil)
	h.fake.RestartUpdateIDs(500_000_000)
	h.fake.SendText(77, "a")
	h.see(t, "the first reply", func() bool { return h.shows(77, "Anda: a")() && h.fake.Pending() == 0 })
	h.fake.RestartUpdateIDs(40)
	h.fake.SendText(77, "b")
	h.fake.SendText(77, "c")
	h.see(t, "replies to lower numbers", h.shows(77, "Anda: c"))
	begin := h.requests.Load()
	time.Sleep(time.Second) // nothing happens: the polls of a quiet second are counted
	if n := h.requests.Load() - begin; n > 10 {
		t.Errorf("%d polls in a quiet second, want at most 10", n)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.fake.SendText(77, "d")
	h.start(t)
	h.see(t, "the reply after a restart", h.shows(77, "Anda: d"))
	h.clean(t)
}

func TestTelegramSetsAsideWhatCannotBeRead(t *testing.T) {
	h := newHouse(t, nil)
	h.fake.SendText(77, "a")
	h.fake.InjectRaw(json.RawMessage(`{"message":{"message_id":"x","chat":{"id":77,"type":"private"},"text":5}}`))
	h.fake.InjectRaw(json.RawMessage(`"nonsense"`))
	h.fake.SendText(77, "b")
	h.see(t, "the neighbours' replies", h.shows(77, "Anda: b"))
	h.mu.Lock()
	failed := 0
	for _, r := range h.inbox {
		if r.Failed != "" {
			failed++
		}
	}
	h.mu.Unlock()
	if failed != 2 {
		t.Errorf("%d updates set aside, want 2", failed)
	}
	h.see(t, "acknowledged", func() bool { return h.fake.Pending() == 0 })
	h.clean(t)
}

func TestTelegramWrongToken(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Token = "123456789:AAsecretButWrong" })
	limit := time.After(patience)
	result := make(chan error, 1)
	go func() {
		for h.tg.Ready() == nil || h.tg.fatal.Load() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		result <- h.tg.Ready()
	}()
	select {
	case err := <-result:
		if !strings.Contains(err.Error(), "telegram.token") {
			t.Errorf("Ready = %v, want an error that names the key", err)
		}
	case <-limit:
		t.Fatal("goes on with a wrong token")
	}
	if err := h.stop(); err == nil {
		t.Error("Run = nil with a wrong token")
	}
	if strings.Contains(h.log.String(), "AAsecret") {
		t.Error("the token is in the log")
	}
}

func TestTelegramSecondProcessWaits(t *testing.T) {
	h := newHouse(t, nil)
	h.fake.SendText(77, "a")
	h.see(t, "the first reply", h.shows(77, "Anda: a"))
	first, stopFirst := h.tg, h.stop
	h.start(t)
	time.Sleep(300 * time.Millisecond) // long enough for a second poller to be noticed
	if h.tg.Accepting() != 0 || first.Accepting() == 0 {
		t.Error("both processes send")
	}
	if err := stopFirst(); err != nil {
		t.Fatal(err)
	}
	h.fake.SendText(77, "b")
	h.see(t, "the reply of the second process", h.shows(77, "Anda: b"))
	for _, c := range h.fake.Calls() {
		if c.Class == faketelegram.ClassConflict {
			t.Error("two pollers met")
		}
	}
	h.clean(t)
}
