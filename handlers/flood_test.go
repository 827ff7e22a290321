package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// A flood of one person, messages or presses, in one moment (1000, or 200 to a
// webhook): twenty are read and one warning is given; ten other people who write
// after that wait for none of it.
func TestFloodOfOnePersonSlowsNobodyElse(t *testing.T) {
	devdbtest.Long(t, "two floods")
	for _, kind := range []string{"messages", "presses"} {
		t.Run(kind, func(t *testing.T) {
			everyWay(t, func(t *testing.T, by way) { floodOf(t, by, kind) })
		})
	}
}

func floodOf(t *testing.T, by way, kind string) {
	w := newWorldBy(t, by)
	w.stop()
	w.rate = 20
	w.start()
	flooder := account("Tamu")
	flood := 1000
	if by != polled { // delivered one after the other, each with a commit of its own
		flood = 200
	}
	before := len(w.fake.Messages(flooder))
	w.fake.SendText(flooder, "/bantuan") // so that the bot may write to him; the first of the twenty
	quiet := w.answerTen(t, firstAccount+1000)
	w.settle()
	for range flood {
		if kind == "presses" {
			w.fake.ForgePress(flooder, 1, "1menu:0:::AAAAAAAAAAA")
		} else {
			w.fake.SendText(flooder, "/bantuan")
		}
	}
	busy := w.answerTen(t, firstAccount+2000)
	t.Logf("the slowest of ten others was answered after %s, without the flood after %s", busy.Round(time.Millisecond), quiet.Round(time.Millisecond))
	if most := quiet + floodBound; busy > most {
		t.Errorf("somebody else was answered after %s, want at most %s", busy, most)
	}
	w.settle()
	answers, warnings := 0, 0
	for _, m := range w.fake.Messages(flooder)[before:] {
		switch {
		case !m.FromBot:
		case strings.Contains(m.Text, "terlalu cepat"):
			warnings++
		default:
			answers++
		}
	}
	least, most := 20, (20+40)*by.replicas()
	if kind == "presses" {
		least = 0 // they edit one message
	}
	if answers < least || answers > most || warnings < 1 || warnings > by.replicas() {
		t.Errorf("%d answers and %d warnings, want %d to %d and one for each replica", answers, warnings, least, most)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL OR failed IS NOT NULL`); n != 0 {
		t.Errorf("%d updates wait or were set aside", n)
	}
}

// answerTen lets ten people who were never there ask for help, and returns how
// long the slowest waits.
func (w *world) answerTen(t *testing.T, first int64) time.Duration {
	t.Helper()
	begin := time.Now()
	for i := range int64(10) {
		w.fake.AddUser(faketelegram.User{ID: first + i, FirstName: "Lain"})
		w.fake.SendText(first+i, "/bantuan")
	}
	for i := range int64(10) {
		for m, ok := w.fake.Last(first + i); !ok || !m.FromBot; m, ok = w.fake.Last(first + i) {
			if time.Since(begin) > patience {
				t.Fatal("somebody else got no answer")
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	return time.Since(begin)
}
