package proof

import (
	"strings"
	"testing"
)

// What the books of announcements demand is seen when it is broken.
func TestBrokenMailIsFound(t *testing.T) {
	good := func() arrived { return arrived{ids: []int{7}, first: 1, shows: newest, facts: 1} }
	for _, c := range []struct {
		name  string
		state string
		spoil func(*arrived, *Receipt)
		doubt int
		want  string
	}{
		{name: "nothing is wrong", state: "sent"},
		{name: "the short reply came twice", state: "sent", spoil: func(a *arrived, _ *Receipt) { a.facts = 2 }},
		{name: "unknown, and it has come", state: "unknown", spoil: func(a *arrived, _ *Receipt) { a.shows, a.facts = 1, 0 }, doubt: 1},
		{name: "unknown, and nothing has come", state: "unknown", spoil: func(a *arrived, _ *Receipt) { *a = arrived{} }, doubt: 1},
		{name: "more unknown than can be", state: "unknown", want: "nobody knows"},
		{name: "twice", state: "sent", spoil: func(a *arrived, _ *Receipt) { a.ids = []int{7, 9} }, want: "came twice"},
		{name: "unknown twice", state: "unknown", spoil: func(a *arrived, _ *Receipt) { a.ids = []int{7, 9} }, doubt: 1, want: "came twice"},
		{name: "not decided", state: "queued", want: "nothing was decided"},
		{name: "failed and there", state: "failed", want: "the ledger says failed"},
		{name: "failed", state: "failed", spoil: func(a *arrived, _ *Receipt) { *a = arrived{} }},
		{name: "not there", state: "sent", spoil: func(a *arrived, _ *Receipt) { *a = arrived{} }, want: "nothing has come"},
		{name: "another message", state: "sent", spoil: func(_ *arrived, r *Receipt) { r.Message = 8 }, want: "another message"},
		{name: "the old text", state: "sent", spoil: func(a *arrived, _ *Receipt) { a.shows = 1 }, want: "old text stands"},
		{name: "another version", state: "sent", spoil: func(_ *arrived, r *Receipt) { r.Version = 1 }, want: "another version"},
		{name: "no short reply", state: "sent", spoil: func(a *arrived, _ *Receipt) { a.facts = 0 }, want: "did not"},
		{name: "a short reply too many", state: "sent", spoil: func(a *arrived, _ *Receipt) { a.first = newest }, want: "too"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, row := good(), Receipt{Chat: firstAccount, State: c.state, Message: 7, Version: newest}
			if c.spoil != nil {
				c.spoil(&a, &row)
			}
			said := strings.Join(compareMail([]Receipt{row}, map[int64]*arrived{firstAccount: &a}, c.doubt), "\n")
			if (c.want == "") != (said == "") || !strings.Contains(said, c.want) {
				t.Errorf("broken: %q, want something with %q", said, c.want)
			}
		})
	}
}
