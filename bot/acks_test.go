package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// acking is Acks at work over a fake, inside a bubble; before changes it before it works.
func acking(t *testing.T, api *fakeAPI, before ...func(*Acks)) *Acks {
	t.Helper()
	a := NewAcks(unordered{api}, (&logged{}).logger())
	for _, change := range before {
		change(a)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = a.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return a
}

// asked are the presses that calls were made for, in their order.
func asked(api *fakeAPI) (out []string) {
	for _, c := range api.all() {
		out = append(out, c.params["callback_query_id"])
	}
	return out
}

// A pause throws no press away: all are answered after it, the newest first, and
// none is called for during it.
func TestPressesWaitOutAPause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := &fakeAPI{takes: 10 * time.Millisecond}
		api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
			if n == 1 {
				return nil, &APIError{Code: 429, RetryAfter: 10 * time.Second}
			}
			return json.RawMessage("true"), nil
		}
		a := acking(t, api)
		for i := range 20 {
			a.Answer("q"+strconv.Itoa(i), "")
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(7 * time.Second)
		if n := len(api.all()); n != 1 {
			t.Fatalf("%d calls during the pause, want the one that met it", n)
		}
		time.Sleep(5 * time.Second)
		got := asked(api)[1:]
		for i := range 20 { // as many as there are workers go at once
			if at := slices.Index(got, "q"+strconv.Itoa(19-i)); len(got) != 20 || at < i-ackWorkers || at > i+ackWorkers {
				t.Fatalf("answered in the order %v, want the newest first", got)
			}
		}
	})
}

// What Telegram would not take any more is not sent, and what waits stays bounded.
func TestPressesAreGivenUpWithTheirTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := &fakeAPI{}
		api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
			if n == 1 {
				return nil, &APIError{Code: 429, RetryAfter: 40 * time.Second}
			}
			return json.RawMessage("true"), nil
		}
		a := acking(t, api)
		for i := range 3 * ackKnown {
			a.Answer("early"+strconv.Itoa(i), "x")
			if i == 0 {
				synctest.Wait() // the pause is known before the others come
			}
		}
		a.mu.Lock()
		if n := len(a.known); n > ackKnown || len(a.waiting) > ackKnown {
			t.Errorf("%d presses are remembered, %d wait, want at most %d", n, len(a.waiting), ackKnown)
		}
		a.mu.Unlock()
		time.Sleep(35 * time.Second)
		a.Answer("late", "x")
		time.Sleep(10 * time.Second)
		if got := asked(api); len(got) != 2 || got[1] != "late" {
			t.Errorf("%d calls, want the one that met the pause and that for the late press", len(got))
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if n := len(a.waiting); n != 0 {
			t.Errorf("%d answers wait, want none", n)
		}
	})
}

// An apology that waits is not replaced; an answer without words is.
func TestWordsGoWithAnAnswerThatWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := &fakeAPI{}
		begin := time.Now()
		a := acking(t, api, func(a *Acks) { a.quiet = func() time.Time { return begin.Add(5 * time.Second) } })
		a.Answer("apology", "belum tersimpan")
		a.Expect("plain")
		time.Sleep(3 * time.Second)
		a.Answer("apology", "Tersimpan.")
		a.Answer("plain", "Tersimpan.")
		time.Sleep(5 * time.Second)
		got := map[string]string{}
		for _, c := range api.all() {
			got[c.params["callback_query_id"]] += c.params["text"]
			if c.at.Before(begin.Add(5 * time.Second)) {
				t.Errorf("called %v into a pause of every call", c.at.Sub(begin))
			}
		}
		if got["apology"] != "belum tersimpan" || got["plain"] != "Tersimpan." || len(api.all()) != 2 {
			t.Errorf("answers %v in %d calls", got, len(api.all()))
		}
	})
}

// While Telegram is away a press waits too.
func TestPressesWaitForTelegram(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := &fakeAPI{}
		begin := time.Now()
		api.answer = func(fakeCall, int) (json.RawMessage, error) {
			if time.Since(begin) < 8*time.Second {
				return nil, &TransientError{Method: "answerCallbackQuery"}
			}
			return json.RawMessage("true"), nil
		}
		a := acking(t, api)
		for i := range 100 {
			a.Answer("q"+strconv.Itoa(i), "belum tersimpan")
		}
		time.Sleep(7500 * time.Millisecond)
		before := len(api.all())
		if before > 8*(ackWorkers+1)+ackWorkers {
			t.Errorf("%d calls while Telegram is away, want a few a second", before)
		}
		time.Sleep(2 * time.Second)
		seen := map[string]bool{}
		for _, q := range asked(api)[before:] {
			seen[q] = true
		}
		if len(seen) != 100 {
			t.Errorf("%d of 100 are answered once Telegram is back", len(seen))
		}
	})
}

// A pause that Telegram asks of answers to buttons delays no message; one that it
// asks of messages holds for the answers too.
func TestPausesOfAnswersAndMessages(t *testing.T) {
	for _, hit := range []string{"answerCallbackQuery", methodSend} {
		t.Run(hit, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, nil)
				s.api.answer = func(c fakeCall, n int) (json.RawMessage, error) {
					if n == 1 && c.method == hit {
						return nil, &APIError{Code: 429, RetryAfter: 10 * time.Second}
					}
					return nil, nil
				}
				acks := acking(t, s.api, func(a *Acks) { a.quiet = s.sender.quietUntil })
				time.Sleep(time.Second)
				begin := time.Now()
				if hit == methodSend {
					s.offer(message(1, "first"))
				} else {
					acks.Answer("first", "")
				}
				time.Sleep(time.Second)
				s.offer(message(2, "later"))
				acks.Answer("later", "")
				time.Sleep(20 * time.Second)
				at := map[string]time.Duration{}
				for _, c := range s.api.all() {
					if c.params["text"] == "later" || c.params["callback_query_id"] == "later" {
						at[c.method] = c.at.Sub(begin).Truncate(time.Second)
					}
				}
				want := map[string]time.Duration{methodSend: time.Second, "answerCallbackQuery": 10 * time.Second}
				if hit == methodSend {
					want[methodSend] = 10 * time.Second
				}
				if fmt.Sprint(at) != fmt.Sprint(want) {
					t.Errorf("calls after %v, want %v", at, want)
				}
			})
		})
	}
}
