package proof

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

// arrivals is a ledger of which only these are asked for.
type arrivals struct {
	Ledger
	at map[int64]time.Time
}

func (l arrivals) Arrivals(context.Context) (map[int64]time.Time, error) { return l.at, nil }

// Of a double tap only what the program promises is demanded, by the clock of the
// database, and enough of them must be there to show it.
func TestSecondTapsAreJudgedByTheirArrival(t *testing.T) {
	const hasty, other, none = tooFast + ", jadi tidak dihitung.", "Tercatat.", "-"
	for _, c := range []struct {
		name          string
		first, second string        // answers
		gap           time.Duration // between the two
		took          time.Duration // to answer
		broken        bool
	}{
		{"told in time", none, hasty, time.Millisecond, 0, false},
		{"not told in time", none, other, doublePress - time.Microsecond, 0, true},
		{"nothing is said in time", none, "", time.Millisecond, time.Second - time.Microsecond, true},
		{"answered before it was decided", none, "", time.Millisecond, time.Second, false},
		{"something else is said late", none, other, time.Millisecond, time.Second, true},
		{"later, and not told", none, other, doublePress, 0, false},
		{"later, and told all the same", none, hasty, doublePress, 0, true},
		{"a first one is told without reason", hasty, other, time.Second, 0, true},
		{"no answer", none, none, time.Millisecond, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, taps := played(t), newTaps(t)
			r.fake, r.crowd.fake = taps.fake, taps.fake
			for range enoughPairs {
				taps.pair(r.crowd, none, hasty, time.Millisecond, 0)
			}
			r.ledger = arrivals{at: taps.at}
			if broken := secondsAreTold(t.Context(), r); broken != nil {
				t.Fatalf("double taps as they should be: %q", broken)
			}
			taps.pair(r.crowd, c.first, c.second, c.gap, c.took)
			if broken := secondsAreTold(t.Context(), r); (broken != nil) != c.broken {
				t.Errorf("broken: %q, want some %t", broken, c.broken)
			}
			r.crowd.pairs = r.crowd.pairs[2:]
			if secondsAreTold(t.Context(), r) == nil {
				t.Error("too few double taps are enough")
			}
		})
	}
}

// taps makes double taps, and the answers to them, on a Telegram of its own.
type taps struct {
	t    *testing.T
	fake *faketelegram.Server
	url  string
	now  time.Time
	at   map[int64]time.Time // when the database had each update
}

func newTaps(t *testing.T) *taps {
	a := &taps{t: t, now: time.Date(2027, 1, 11, 9, 0, 0, 0, time.UTC), at: map[int64]time.Time{}}
	fake := faketelegram.New(faketelegram.Config{Now: func() time.Time { return a.now }})
	server := httptest.NewServer(fake.APIHandler())
	t.Cleanup(func() { server.Close(); fake.Close() })
	fake.AddUser(faketelegram.User{ID: firstAccount, FirstName: "P"})
	a.fake, a.url = fake, server.URL
	return a
}

// pair makes one, long after the last one.
func (a *taps) pair(c *crowd, first, second string, gap, took time.Duration) {
	a.now = a.now.Add(time.Minute)
	p := pair{first: a.press(first, 0)}
	a.now = a.now.Add(gap)
	p.second = a.press(second, took)
	c.pairs = append(c.pairs, p)
}

// press makes a press and answers it after a while, unless the answer is "-".
func (a *taps) press(answer string, took time.Duration) (query string) {
	query = a.fake.ForgePress(firstAccount, 1, "x")
	id, ok := a.fake.UpdateOf(query)
	if !ok {
		a.t.Fatal("a press without an update")
	}
	a.at[id] = a.now
	if answer == "-" {
		return query
	}
	a.now = a.now.Add(took)
	res, err := http.PostForm(a.url+"/bot"+faketelegram.DefaultToken+"/answerCallbackQuery", url.Values{"callback_query_id": {query}, "text": {answer}})
	if err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("answer a press: %v, %v", res, err)
	}
	_ = res.Body.Close()
	return query
}
