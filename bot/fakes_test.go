package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"bangkom/internal/dialog"
)

var errAway = errors.New("database away")

// memory is a database in memory: inbox, outbox and leases.
type memory struct {
	mu   sync.Mutex
	away bool
	// failStore makes so many of the next stores fail
	failStore int
	changed   chan struct{}

	holder string
	term   int64
	until  time.Time
	others int
	why    dialog.Hold // sending is held

	alive []time.Time
	facts map[string]string

	outbox     map[int64]*memRow
	lastRow    int64
	pauseUntil time.Time
	marks      []dialog.Mark
	markWrites int // how often some were written

	inbox    map[int64]dialog.RawUpdate
	done     map[int64]bool
	received []int64 // ids in the order of their first storing
}

type memRow struct {
	row     dialog.Outgoing
	state   dialog.State
	term    int64
	due     time.Time
	message int
	cause   string
}

func newMemory() *memory {
	return &memory{
		changed: make(chan struct{}), facts: map[string]string{}, outbox: map[int64]*memRow{},
		inbox: map[int64]dialog.RawUpdate{}, done: map[int64]bool{},
	}
}

func (m *memory) touch() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// patience is after how long a test gives up waiting. It measures nothing: a machine
// on which much else runs may be slow.
const patience = 2 * time.Minute

// await waits until the condition, looked at under the lock, is true.
func (m *memory) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		m.mu.Lock()
		yes, changed := ok(), m.changed
		m.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (m *memory) setAway(away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = away
}

func (m *memory) Take(_ context.Context, _, holder string, ttl time.Duration, newTerm bool) (dialog.Holding, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	switch {
	case m.away:
		return dialog.Holding{}, errAway
	case m.why != "":
		return dialog.Holding{Hold: m.why, Since: now}, nil
	case m.holder != holder && now.Before(m.until):
		return dialog.Holding{Others: m.others}, nil
	case m.holder != holder || !now.Before(m.until) || newTerm:
		m.term++
	}
	m.holder, m.until = holder, now.Add(ttl)
	return dialog.Holding{Term: m.term, Others: m.others}, nil
}

func (m *memory) Release(_ context.Context, _, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holder == holder {
		m.until = time.Now()
	}
	m.touch()
	return nil
}

// put stores a row under the term, 0 = as new, and returns it as it is offered.
func (m *memory) put(row dialog.Outgoing, term int64) dialog.Outgoing {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lastRow++
	row.ID = m.lastRow
	r := &memRow{row: row, state: dialog.StateNew, term: term}
	if term != 0 {
		r.state, row.Term = dialog.StateSending, term
	}
	m.outbox[row.ID] = r
	return row
}

func (m *memory) Claim(_ context.Context, term int64, lane dialog.Lane, limit int, _ time.Time) ([]dialog.Outgoing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, errAway
	}
	var out []dialog.Outgoing
	for id := int64(1); id <= m.lastRow && len(out) < limit; id++ {
		r := m.outbox[id]
		if r.row.Lane != lane {
			continue
		}
		switch {
		case r.state == dialog.StateNew && !r.due.After(time.Now()):
		case r.state == dialog.StateSending && r.term < term && r.row.Class.Resend():
		default:
			continue
		}
		r.state, r.term = dialog.StateSending, term
		r.row.Attempts++
		row := r.row
		row.Term = term
		out = append(out, row)
	}
	return out, nil
}

func (m *memory) Mark(_ context.Context, term int64, marks []dialog.Mark) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return 0, errAway
	}
	changed := 0
	m.markWrites++
	for _, k := range marks {
		r := m.outbox[k.ID]
		if r.term != term || r.state != dialog.StateSending {
			continue
		}
		changed++
		r.state, r.message, r.cause = k.State, k.MessageID, k.Cause
		r.due = time.Now().Add(k.RetryIn)
		m.marks = append(m.marks, k)
	}
	m.touch()
	return changed, nil
}

func (m *memory) Pause(_ context.Context, d time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := time.Now().Add(d); until.After(m.pauseUntil) {
		m.pauseUntil = until
	}
	return nil
}

func (m *memory) Paused(context.Context) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(0, time.Until(m.pauseUntil)), nil
}

func (m *memory) StoreUpdates(_ context.Context, _ int64, rows []dialog.RawUpdate) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away || m.failStore > 0 {
		m.failStore--
		return nil, errAway
	}
	var lanes []int64
	for _, r := range rows {
		if _, ok := m.inbox[r.ID]; ok {
			continue
		}
		m.inbox[r.ID] = r
		m.received = append(m.received, r.ID)
		if r.Failed == "" && r.Lane != 0 {
			lanes = append(lanes, r.Lane)
		}
	}
	m.touch()
	return lanes, nil
}

func (m *memory) PendingLanes(context.Context, int64, time.Duration, int) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return nil, errAway
	}
	var out []int64
	for id, r := range m.inbox {
		if r.Failed == "" && !m.done[id] && !slices.Contains(out, r.Lane) {
			out = append(out, r.Lane)
		}
	}
	return out, nil
}

func (m *memory) Alive(_ context.Context, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errAway
	}
	m.alive = append(m.alive, now)
	m.touch()
	return nil
}

func (m *memory) Fact(_ context.Context, name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return "", errAway
	}
	return m.facts[name], nil
}

func (m *memory) SetFact(_ context.Context, name, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errAway
	}
	m.facts[name] = text
	return nil
}

// oldest returns the oldest pending update of a lane and how many there are.
func (m *memory) oldest(lane int64) (row dialog.RawUpdate, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range m.inbox {
		if r.Lane != lane || r.Failed != "" || m.done[id] {
			continue
		}
		if n++; n == 1 || id < row.ID {
			row = r
		}
	}
	return row, n
}

func (m *memory) count(state dialog.State) (n int) {
	for _, r := range m.outbox {
		if r.state == state {
			n++
		}
	}
	return n
}

// fakeAPI answers calls in memory, so that time can be simulated.
type fakeAPI struct {
	mu     sync.Mutex
	calls  []fakeCall
	takes  time.Duration // how long a call takes
	answer func(c fakeCall, n int) (json.RawMessage, error)
	flying map[string]int
	most   int
}

type fakeCall struct {
	at     time.Time
	method string
	params map[string]string
	file   string
}

func (f *fakeAPI) Call(ctx context.Context, method string, params map[string]string) (json.RawMessage, error) {
	return f.call(ctx, fakeCall{time.Now(), method, params, ""})
}

func (f *fakeAPI) Upload(ctx context.Context, method string, params map[string]string, field, name string, body []byte) (json.RawMessage, error) {
	return f.call(ctx, fakeCall{time.Now(), method, params, field + "/" + name + "/" + string(body)})
}

func (f *fakeAPI) call(ctx context.Context, c fakeCall) (json.RawMessage, error) {
	chat := c.params["chat_id"]
	f.mu.Lock()
	f.calls = append(f.calls, c)
	n := len(f.calls)
	if f.flying == nil {
		f.flying = map[string]int{}
	}
	f.flying[chat]++
	total := 0
	for _, k := range f.flying {
		total += k
	}
	f.most = max(f.most, total)
	if f.flying[chat] > 1 {
		panic("two calls of one chat at a time")
	}
	answer, takes := f.answer, f.takes
	f.mu.Unlock()
	ok := pause(ctx, takes)
	f.mu.Lock()
	f.flying[chat]--
	f.mu.Unlock()
	if !ok {
		return nil, ErrUnknownOutcome
	}
	if answer != nil {
		if r, err := answer(c, n); r != nil || err != nil {
			return r, err
		}
	}
	return json.RawMessage(`{"message_id":` + strconv.Itoa(100+n) + `,"date":1}`), nil
}

func (f *fakeAPI) set(takes time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.takes = takes
}

func (f *fakeAPI) all() []fakeCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// peak is how many calls were in flight at a time.
func (f *fakeAPI) peak() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.most
}

func (f *fakeAPI) texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, c := range f.calls {
		out = append(out, c.params["chat_id"]+":"+c.params["text"]+c.params["caption"])
	}
	return out
}

// logged is a log that a test can read.
type logged struct {
	mu  sync.Mutex
	buf []byte
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	return len(p), nil
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.buf)
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func message(chat int64, text string) dialog.Outgoing {
	return dialog.Outgoing{
		ChatID: chat, Class: dialog.ClassReply, Method: methodSend, Template: "t",
		Params: map[string]string{"chat_id": strconv.FormatInt(chat, 10), "text": text, "parse_mode": "HTML"},
	}
}

func edit(chat int64, of int, text string) dialog.Outgoing {
	out := message(chat, text)
	out.Method, out.EditOf = methodEdit, of
	out.Params["message_id"] = strconv.Itoa(of)
	return out
}
