package bot

import (
	"encoding/json"
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
			got[f.pass(lane, at)]++
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
	if got := newFlood(0, nil).pass(7, now); got != passes {
		t.Errorf("without a limit: %v", got)
	}
}

func TestFloodForgetsTheQuiet(t *testing.T) {
	f := newFlood(20, func(int64) {})
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	for lane := range int64(3 * floodSweep) {
		now = now.Add(time.Second)
		f.pass(lane+1, now)
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
	in := &intake{inbox: m, lanes: NewLanes(LanesConfig{Workers: 1, Known: 10}), acks: NewAcks(nil, log),
		flood: newFlood(20, func(int64) {}), now: time.Now, log: log}
	var batch []arrival
	for i := range 1000 {
		raw := strings.ReplaceAll(`{"update_id":N,"message":{"message_id":1,"text":"x","chat":{"id":7,"type":"private"},"from":{"id":7}}}`, "N", json.Number(itoa(i+1)).String())
		row, query, hasID := envelope(json.RawMessage(raw))
		if !hasID {
			t.Fatal("an update without a number")
		}
		batch = append(batch, in.admit(row, query))
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
