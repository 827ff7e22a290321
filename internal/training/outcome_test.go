package training

import (
	"testing"
	"time"
)

// A seat that is given back is promised to those who wait only when somebody waits, and
// is open again only where people can still register.
func TestFrees(t *testing.T) {
	full := Batch{Seats: 2, Closes: now.Add(time.Hour), Counts: Counts{Seated: 2}}
	with := func(change func(*Batch)) Batch {
		b := full
		change(&b)
		return b
	}
	queue := with(func(b *Batch) { b.Counts.Waiting = 1 })
	for _, c := range []struct {
		why  string
		b    Batch
		was  Standing
		want Freed
	}{
		{"somebody waits", queue, Seated, ToQueue},
		{"an offer is a seat", queue, Offered, ToQueue},
		{"nobody waits", full, Seated, Reopened},
		{"who waited had no seat", queue, Waiting, NoSeat},
		{"who was to be ranked had no seat", full, Applied, NoSeat},
		{"registration is over", with(func(b *Batch) { b.Closes = now }), Seated, NoSeat},
		{"more have a seat than there are now", with(func(b *Batch) { b.Seats = 1 }), Seated, NoSeat},
	} {
		if got := c.b.Frees(c.was, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}
