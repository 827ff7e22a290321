package bot

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"bangkom/internal/dialog"
)

func TestFlood(t *testing.T) {
	ignored := int64(0)
	f := newFlood(20, func(n int64) { ignored += n })
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	count := func(lane int64, n int, at time.Time) (got [3]int) {
		for range n {
			got[f.pass(lane, at, time.Time{})]++
		}
		return got
	}
	steps := []struct {
		name string
		lane int64
		n    int
		at   time.Duration
		want [3]int // passes, warns, ignores
	}{
		{"twenty at once are read", 7, 20, 0, [3]int{20, 0, 0}},
		{"more are not, and that is said once", 7, 980, 0, [3]int{0, 1, 979}},
		{"somebody else notices nothing", 8, 20, 0, [3]int{20, 0, 0}},
		{"after a second two more are read, without a second warning", 7, 5, time.Second, [3]int{2, 0, 3}},
		{"after ten seconds twenty", 7, 21, 11 * time.Second, [3]int{20, 0, 1}},
		{"after a minute it is said again", 7, 22, 90 * time.Second, [3]int{20, 1, 1}},
		{"a clock that is set back gives nothing", 7, 1, 0, [3]int{0, 0, 1}},
		{"what belongs to nobody is not counted", 0, 100, 0, [3]int{100, 0, 0}},
	}
	want := int64(0)
	for _, tt := range steps {
		if got := count(tt.lane, tt.n, now.Add(tt.at)); got != tt.want {
			t.Errorf("%s: %v passed, warned, ignored; want %v", tt.name, got, tt.want)
		}
		want += int64(tt.want[1] + tt.want[2])
	}
	if ignored != want {
		t.Errorf("%d counted as ignored, want %d", ignored, want)
	}
	if got := newFlood(0, nil).pass(7, now, time.Time{}); got != passes {
		t.Errorf("without a limit: %v", got)
	}
}

func TestFloodForgetsTheQuiet(t *testing.T) {
	f := newFlood(20, func(int64) {})
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	for lane := range int64(3 * floodSweep) {
		now = now.Add(time.Second)
		f.pass(lane+1, now, now)
	}
	if n := len(f.buckets); n > floodSweep+1 {
		t.Errorf("%d people in memory, want at most %d", n, floodSweep+1)
	}
}

// One person's thousand updates are stored as done but for twenty and one
// warning; everybody else is answered.
func TestIntakeIgnoresAFlood(t *testing.T) {
	m := newMemory()
	log := (&logged{}).logger()
	at := time.Now() // stands still: a slow computer must not let the bucket fill meanwhile
	in := &intake{inbox: m, lanes: NewLanes(LanesConfig{Workers: 1, Known: 10}), acks: NewAcks(nil, log),
		flood: newFlood(20, func(int64) {}), now: func() time.Time { return at }, log: log}
	var batch []arrival
	for i := range 1000 {
		raw := strings.ReplaceAll(`{"update_id":N,"message":{"message_id":1,"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`, "N", json.Number(itoa(i+1)).String())
		a, hasID := envelope(json.RawMessage(raw))
		if !hasID {
			t.Fatal("an update without a number")
		}
		a.at = at
		batch = append(batch, in.admit(a))
	}
	if _, err := in.store(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	kinds := map[dialog.Kind]int{}
	codec := NewCodec(testKey)
	for _, row := range m.inbox {
		if row.Lane == 0 {
			kinds["ignored"]++
			continue
		}
		u, err := Decode(row.Body, codec)
		if err != nil || u.ChatID != 7 {
			t.Errorf("Decode = %+v, %v", u, err)
		}
		kinds[u.Kind]++
	}
	if kinds[dialog.KindText] != 20 || kinds[dialog.KindFlood] != 1 || kinds["ignored"] != 979 {
		t.Errorf("stored %v, want 20 texts, 1 flood, 979 ignored", kinds)
	}
}

// Nobody has flooded who wrote once a minute while the bot was away; who wrote
// forty messages in a moment has.
func TestBacklogIsNoFlood(t *testing.T) {
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name        string
		apart       time.Duration
		least, most int
	}{{"one a minute", time.Minute, 40, 40}, {"all in a moment", 0, 20, 20}, {"one a second", time.Second, 40, 40}, {"four a second", 250 * time.Millisecond, 37, 40}} {
		f := newFlood(20, func(int64) {})
		passed := 0
		for i := range 40 {
			sent := now.Add(-time.Hour + time.Duration(i)*tt.apart).Truncate(time.Second)
			if f.pass(7, now, sent) == passes {
				passed++
			}
		}
		if passed < tt.least || passed > tt.most {
			t.Errorf("%s: %d of 40 are read, want %d to %d", tt.name, passed, tt.least, tt.most)
		}
	}
}

// An update that could not be stored comes again and again; it counts once.
func TestRefusedUpdatesCountOnce(t *testing.T) {
	f := newFlood(20, func(int64) {})
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	for range 100 {
		if got := f.pass(7, now, now); got != passes {
			t.Fatalf("an update that comes again: %v", got)
		}
		f.back(7, false)
	}
	for range 20 {
		f.pass(7, now, now)
	}
	for range 2 {
		if got := f.pass(7, now, now); got != warns {
			t.Errorf("the warning that was not stored: %v, want it again", got)
		}
		f.back(7, true)
	}
}

// intakeAlone is an intake over memory, with a limit of twenty.
func intakeAlone(m *memory, acks *Acks, log *logged) *intake {
	return &intake{inbox: m, lanes: NewLanes(LanesConfig{Workers: 1, Known: 10}), acks: acks, slow: "terlalu cepat",
		flood: newFlood(20, func(int64) {}), now: time.Now, log: log.logger()}
}

// A thousand presses of one person are a few calls, so that the button of
// somebody else stops turning at once; each that is ignored has its line.
func TestFloodOfPressesHoldsUpNobody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		log, api := &logged{}, &fakeAPI{takes: 100 * time.Millisecond}
		api.answer = func(fakeCall, int) (json.RawMessage, error) { return json.RawMessage("true"), nil }
		acks := NewAcks(unordered{api}, log.logger())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { _ = acks.Run(ctx); close(done) }()
		in := intakeAlone(newMemory(), acks, log)
		var batch []arrival
		for i := range 1000 {
			a, _ := envelope(json.RawMessage(strings.ReplaceAll(`{"update_id":N,"callback_query":{"id":"qN","data":"x","from":{"id":7},"message":{"message_id":1,"chat":{"id":7,"type":"private"}}}}`, "N", itoa(i+1))))
			batch = append(batch, in.admit(a))
		}
		if _, err := in.store(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		acks.Answer("other", "tersimpan")
		time.Sleep(10 * time.Second)
		cancel()
		<-done
		took, calls := time.Duration(-1), api.all()
		for _, c := range calls {
			if c.params["callback_query_id"] == "other" {
				took = c.at.Sub(begin)
			}
		}
		if took < 0 || took > time.Second || len(calls) > 25 {
			t.Errorf("somebody else was answered after %s, among %d calls; want at once and 25 at most", took, len(calls))
		}
		if n := strings.Count(log.String(), "is not read"); n != 979 {
			t.Errorf("%d lines of ignored updates, want 979", n)
		}
	})
}

// unordered lets a fakeAPI take calls without a chat at a time.
type unordered struct{ *fakeAPI }

func (u unordered) Call(ctx context.Context, method string, params map[string]string) (json.RawMessage, error) {
	with := map[string]string{"chat_id": params["callback_query_id"]}
	maps.Copy(with, params)
	return u.fakeAPI.Call(ctx, method, with)
}

// Who blocks the bot in the middle of a flood is known to have done so.
func TestFloodHidesNoBlock(t *testing.T) {
	in := intakeAlone(newMemory(), NewAcks(nil, (&logged{}).logger()), &logged{})
	for i := range 100 {
		a, _ := envelope(json.RawMessage(strings.ReplaceAll(`{"update_id":N,"message":{"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`, "N", itoa(i+1))))
		in.admit(a)
	}
	a, _ := envelope(json.RawMessage(`{"update_id":101,"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"new_chat_member":{"status":"kicked"}}}`))
	if a = in.admit(a); a.row.Lane != 7 || strings.Contains(a.row.Body, "flood") {
		t.Errorf("the block became %+v", a.row)
	}
}
