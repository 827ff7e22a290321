package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

// A thousand messages of one person in one moment (200 to a webhook): twenty are answered and one
// warning is given; ten other people who write after that wait for none of it.
func TestFloodOfOnePersonSlowsNobodyElse(t *testing.T) {
	everyWay(t, func(t *testing.T, by way) {
		w := newWorldBy(t, by)
		w.stop()
		w.rate = 20
		w.start()
		flooder := account("Tamu")
		flood := 1000
		if by != polled { // delivered one after the other, each with a commit of its own
			flood = 200
		}
		for range flood {
			w.fake.SendText(flooder, "/bantuan")
		}
		var others []int64
		for i := range int64(10) {
			others = append(others, firstAccount+1000+i)
			w.fake.AddUser(faketelegram.User{ID: firstAccount + 1000 + i, FirstName: "Lain"})
			w.fake.SendText(firstAccount+1000+i, "/bantuan")
		}
		begin := time.Now()
		for _, other := range others {
			for _, ok := w.fake.Last(other); !ok; _, ok = w.fake.Last(other) {
				if time.Since(begin) > patience {
					t.Fatal("somebody else got no answer")
				}
				time.Sleep(2 * time.Millisecond)
			}
		}
		t.Logf("the slowest of ten others was answered after %s", time.Since(begin).Round(time.Millisecond))
		w.settle()
		answers, warnings := 0, 0
		for _, m := range w.fake.Messages(flooder) {
			switch {
			case !m.FromBot:
			case strings.Contains(m.Text, "terlalu cepat"):
				warnings++
			default:
				answers++
			}
		}
		if most := (20 + 40) * by.replicas(); answers < 20 || answers > most || warnings < 1 || warnings > by.replicas() {
			t.Errorf("%d answers and %d warnings, want 20 to %d and one for each replica", answers, warnings, most)
		}
		if n := w.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL OR failed IS NOT NULL`); n != 0 {
			t.Errorf("%d updates wait or were set aside", n)
		}
	})
}

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second
