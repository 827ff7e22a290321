package proof

import (
	"fmt"
	"slices"
	"strings"
)

// SeatEvent is one thing that was written about the seats of a batch.
type SeatEvent struct {
	Work      string // of one transaction
	Seats     int    // how many there are from now on; 0 = it is about a person
	Chat      int64
	Enrolment int64
	State     string
	Place     int64
}

// seatBook is what the events of a batch come to, one transaction after the other.
type seatBook struct {
	seats  int
	of     map[int64]SeatEvent // newest by enrolment
	broken []string
}

func given(state string) bool { return state == "seated" || state == "offered" }

// count is how many seats are given, or offered, and how many people wait.
func (b *seatBook) count() (taken, offered, waiting int) {
	for _, e := range b.of {
		switch {
		case e.State == "offered":
			offered++
			taken++
		case e.State == "seated":
			taken++
		case e.State == "waiting":
			waiting++
		}
	}
	return taken, offered, waiting
}

// readSeats plays the events and tells what is wrong: more seats given than are in force,
// somebody who gets one before others who wait for longer, two rows for one person.
func readSeats(events []SeatEvent) *seatBook {
	b := &seatBook{of: map[int64]SeatEvent{}}
	for len(events) > 0 {
		n := slices.IndexFunc(events, func(e SeatEvent) bool { return e.Work != events[0].Work })
		if n < 0 {
			n = len(events)
		}
		b.take(events[:n])
		events = events[n:]
	}
	rows := map[int64]int64{}
	for _, e := range b.of {
		if other, ok := rows[e.Chat]; ok && other != e.Enrolment {
			b.breaks("account %d has two rows", e.Chat)
		}
		rows[e.Chat] = e.Enrolment
	}
	slices.Sort(b.broken)
	b.broken = slices.Compact(b.broken)
	return b
}

func (b *seatBook) breaks(format string, args ...any) {
	b.broken = append(b.broken, fmt.Sprintf(format, args...))
}

// take plays what one transaction has written.
func (b *seatBook) take(work []SeatEvent) {
	before, _, _ := b.count()
	last := int64(0) // place of the last one who got a seat
	for _, e := range work {
		if e.Seats > 0 {
			b.seats = e.Seats
			continue
		}
		if given(e.State) && !given(b.of[e.Enrolment].State) {
			last = max(last, e.Place)
		}
		b.of[e.Enrolment] = e
	}
	if after, _, _ := b.count(); after > before && after > b.seats {
		b.breaks("%d seats are given or offered where there are %d", after, b.seats)
	}
	passed := SeatEvent{Place: last} // who has waited for longest
	for _, e := range b.of {
		if e.State == "waiting" && e.Place < passed.Place {
			passed = e
		}
	}
	if passed.Place < last {
		b.breaks("account %d waits at place %d, and place %d has got a seat", passed.Chat, passed.Place, last)
	}
}

// said are words of what the chat says of a step; one of them is enough.
var said = map[string][]string{
	"seated":    {"disisihkan", "mendapat tempat"},
	"waiting":   {"urutan"},
	"offered":   {"Ada satu tempat pada"},
	"withdrawn": {"berhalangan mengikuti"},
}

// unexplained is the first step of a person of which nothing was said in the chat, in the
// order of the steps; "" = all were. texts is what the chat showed, in its order. An offer
// is a message of its own beside the replies and may come after what followed it.
func unexplained(steps, texts []string) string {
	texts = slices.Clone(texts)
	for _, step := range steps {
		at := slices.IndexFunc(texts, func(text string) bool {
			return slices.ContainsFunc(said[step], func(words string) bool { return strings.Contains(text, words) })
		})
		switch {
		case at < 0:
			return step
		case step == "offered":
			texts = slices.Delete(texts, at, at+1)
		default:
			texts = texts[at+1:]
		}
	}
	return ""
}
