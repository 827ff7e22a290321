package proof

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bangkom/internal/faketelegram"
)

const (
	firstAccount = 8_000_000_000
	items        = 9         // questions
	moves        = items + 2 // what a known person does: /asesmen, the answers, Kirim
	pressLife    = 150 * time.Second
	askAgain     = 3 * time.Minute // after an outage, a person presses what is dead again unasked
)

// choice is what a person answers to a question: 0 is Belum.
func choice(person, question int) int { return (person*7 + question*3) % 6 }

// wanted is what a person must have answered, in the order of the questions.
func wanted(person int) string {
	out := make([]byte, items)
	for q := range out {
		out[q] = byte('0' + choice(person, q))
	}
	return string(out)
}

// card is a button that a person looks for, on a message with this text.
type card struct{ label, text string }

// cards are what a person presses, one after the other; the last one is never
// pressed: its sight tells that Kirim was taken.
func cards(person int) []card {
	out := []card{{label: "Setuju"}, {label: "Mulai"}}
	for q := range items {
		label := strconv.Itoa(choice(person, q))
		if label == "0" {
			label = "Belum"
		}
		out = append(out, card{label, "Pertanyaan " + strconv.Itoa(q+1) + " dari " + strconv.Itoa(items)})
	}
	return append(out, card{label: "Kirim"}, card{label: "Ubah jawaban"})
}

// manners is how people behave beside answering.
type manners struct {
	twice  float64 // share of presses that are made twice at once
	chatty float64 // share of presses before which somebody also asks for help
	lean   bool    // the chat of whoever has finished is forgotten
	listed bool    // presses are noted
	known  bool    // people have an account already and come for the self-assessment
	// reads is how long people look at a card before they tap; 0 = they tap at once, and
	// the program runs without its guard against double taps.
	reads time.Duration
}

// tap is one press or message and how long its effect took to be seen.
type tap struct {
	at   time.Time
	took time.Duration
}

// pressed is a press as Telegram knows it.
type pressed struct {
	at    time.Time
	query string
}

// pair is a double tap: both presses as Telegram knows them, and the person's press
// before them, "" = none.
type pair struct{ before, first, second string }

// crowd is people who come, answer and go. Whoever has finished makes room for
// the next one. At a steady pace only as many are there as the pace needs, so
// that many wait when nothing works and people finish all the time.
type crowd struct {
	fake    *faketelegram.Server
	codes   []string
	first   int // people who have been there before this crowd
	pace    *pace
	manners manners
	log     io.Writer

	progress, finished   atomic.Int64
	back                 atomic.Int64 // when everything was last made to work again, in Unix nanoseconds
	forgotten            atomic.Int64 // of the unasked ones those in the middle of the questions, whom the bot should have asked
	shownAgain, unasked  atomic.Int64 // presses of dead buttons: after the bot showed them again, or without
	doubled, asked, idle atomic.Int64 // double presses, calls for help, people who wait for their turn
	noButton             atomic.Int64 // presses that Telegram itself refused
	mu                   sync.Mutex
	rng                  *rand.Rand
	started              int
	closed, exhausted    bool
	over                 time.Time // of close
	taps                 []tap
	presses              []pressed
	pairs                []pair        // double taps
	helped               map[int64]int // help messages by person that are owed
	people               sync.WaitGroup
}

// open lets people in, at most together at a time, until close or until the
// codes are used up.
func (c *crowd) open(ctx context.Context, together int) {
	c.helped = map[int64]int{}
	come := func() {
		c.people.Go(func() {
			for i, ok := c.next(); ok; i, ok = c.next() {
				if !c.play(ctx, i) {
					return
				}
			}
		})
	}
	if c.pace == nil || c.pace.every == 0 {
		for range together {
			come()
		}
		return
	}
	c.people.Go(func() {
		c.pace.run(func() bool {
			if together == 0 {
				return false
			}
			together--
			come()
			return true
		})
	})
}

// next lets one more person in.
func (c *crowd) next() (i int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, false
	}
	if c.started == len(c.codes) {
		c.exhausted = true
		return 0, false
	}
	c.started++
	return c.started - 1, true
}

// close lets nobody else in and makes everybody finish at once.
func (c *crowd) close() {
	c.mu.Lock()
	c.closed, c.over = true, time.Now()
	c.mu.Unlock()
	c.pace.free()
}

// count is how many people have come and how many have finished.
func (c *crowd) count() (started, finished int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.started, int(c.finished.Load())
}

// play lets one person go the whole way; false = ctx ended before.
func (c *crowd) play(ctx context.Context, i int) bool {
	p := &person{crowd: c, account: int64(firstAccount + c.first + i)}
	c.fake.AddUser(faketelegram.User{ID: p.account, FirstName: "P"})
	if !c.turn(ctx) {
		return false
	}
	p.did()
	list := cards(i)
	if c.manners.known {
		list = list[2:] // no consent, and the first question at once
		c.fake.SendText(p.account, "/asesmen")
	} else {
		c.fake.SendText(p.account, "/start "+c.codes[i])
	}
	for n, want := range list {
		message, data, ok := p.await(ctx, want)
		if !ok {
			return false
		}
		c.seen(p.since)
		if n == len(list)-1 {
			break
		}
		if !p.reads(ctx) || !c.turn(ctx) {
			return false
		}
		p.press(want, message, data)
	}
	if !p.until(ctx, func() bool { return c.fake.HasMedia(p.account, "photo") }) {
		return false
	}
	c.progress.Add(1)
	c.finished.Add(1)
	if c.manners.lean {
		c.fake.Forget(p.account)
	}
	return true
}

// turn waits until one more press may be made.
func (c *crowd) turn(ctx context.Context) bool {
	c.idle.Add(1)
	defer c.idle.Add(-1)
	ok := c.pace.wait(ctx)
	c.progress.Add(1)
	return ok
}

// seen notes how long an effect took. What is done after close is done in a crush
// of its own and is not what a figure is wanted for.
func (c *crowd) seen(since time.Time) {
	took := time.Since(since)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed || since.Before(c.over) {
		c.taps = append(c.taps, tap{since, took})
	}
}

// draw is true for the given share of its calls.
func (c *crowd) draw(share float64) bool {
	if share <= 0 {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rng.Float64() < share
}

// person is one account on its way.
type person struct {
	crowd   *crowd
	account int64
	since   time.Time // of the last thing done
	last    card      // pressed last; empty after a text
	message int       // on which
	query   string    // as which press
	latest  string    // press, the second one of a double tap too
}

func (p *person) did() { p.since, p.last, p.query = time.Now(), card{}, "" }

// press presses a button, twice at once or with a call for help before if that
// is the manner of people here.
func (p *person) press(what card, message int, data string) {
	c := p.crowd
	if what.text != "" && c.draw(c.manners.chatty) {
		c.asked.Add(1)
		c.mu.Lock()
		c.helped[p.account]++
		c.mu.Unlock()
		c.fake.SendText(p.account, "/bantuan")
	}
	p.since, p.last, p.message = time.Now(), what, message
	query, err := c.fake.Press(p.account, message, data)
	if err != nil {
		c.noButton.Add(1)
		fmt.Fprintf(c.log, "account %d, %q: %v\n", p.account, what.label, err)
	}
	before := p.latest
	p.query, p.latest = query, query
	if c.manners.listed {
		c.mu.Lock()
		c.presses = append(c.presses, pressed{p.since, query})
		c.mu.Unlock()
	}
	if c.draw(c.manners.twice) {
		c.doubled.Add(1)
		if second, err := c.fake.Press(p.account, message, data); err == nil { // else it is gone already: as good as not made
			c.mu.Lock()
			c.pairs = append(c.pairs, pair{before, query, second})
			c.mu.Unlock()
			p.latest = second
		}
	}
}

// reads takes the time that people look at a card; false = ctx ended before.
func (p *person) reads(ctx context.Context) bool {
	select {
	case <-time.After(p.crowd.manners.reads):
		return true
	case <-ctx.Done():
		return false
	}
}

// await waits until a button can be seen, and presses the last one again when
// Telegram has forgotten it or the bot has asked for that. It looks at every message: one that was sent again
// may stand below the one that lives.
func (p *person) await(ctx context.Context, want card) (message int, data string, ok bool) {
	ok = p.until(ctx, func() (found bool) {
		message, data, found = p.crowd.fake.Button(p.account, want.label, want.text, 0)
		if !found {
			p.again()
		}
		return found
	})
	return message, data, ok
}

// again presses the last button again if Telegram has dropped its press, on the
// question that the bot showed again or, when it did not, after a while. What
// the bot has taken is never pressed again: if it is lost, it stays lost.
func (p *person) again() {
	c := p.crowd
	if p.hasty() {
		if message, data, ok := c.fake.Button(p.account, p.last.label, p.last.text, 0); ok {
			p.press(p.last, message, data)
		}
		return
	}
	if time.Since(p.since) < pressLife || !c.fake.Dropped(p.query) {
		return
	}
	if message, data, ok := c.fake.Button(p.account, p.last.label, p.last.text, p.message); ok {
		c.shownAgain.Add(1)
		p.press(p.last, message, data)
	} else if message, data, ok := c.fake.Button(p.account, p.last.label, p.last.text, 0); ok && c.patient() {
		c.unasked.Add(1)
		if p.last.text != "" || p.last.label == "Kirim" {
			c.forgotten.Add(1)
		}
		p.press(p.last, message, data)
	}
}

// tooFast begins what the bot says to a press that belongs to a double tap.
const tooFast = "Ketukan ini terlalu cepat"

// hasty tells whether the bot took the last press for the second one of a double tap, and
// the person has read since. Whoever was answered too late to be told so taps again when
// nothing has happened for a while.
func (p *person) hasty() bool {
	reads, c := p.crowd.manners.reads, p.crowd
	if reads == 0 || p.query == "" || time.Since(p.since) <= reads {
		return false
	}
	return c.toldTooFast(p.query) || time.Since(p.since) > answerLife && c.wordless(p.query)
}

// toldTooFast tells whether a press was answered so.
func (c *crowd) toldTooFast(query string) bool {
	a, ok := c.fake.Answered(query)
	return ok && strings.HasPrefix(a.Text, tooFast)
}

// wordless tells whether a press may have been answered before it was decided: the
// program stops the button from turning after a second, without words.
func (c *crowd) wordless(query string) bool {
	a, _ := c.fake.Answered(query)
	took, ok := c.fake.AnsweredAfter(query)
	return ok && a.Text == "" && took >= time.Second
}

// patient tells whether the bot has had time enough since the last outage to ask
// people again.
func (c *crowd) patient() bool {
	since := c.back.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > askAgain
}

// until waits for a condition of the person's chat; false = ctx ended before.
func (p *person) until(ctx context.Context, ok func() bool) bool {
	for {
		changed := p.crowd.fake.ChatChanged(p.account)
		if ok() {
			return true
		}
		if !p.sleep(ctx, changed) {
			return false
		}
	}
}

// sleep waits for a change of the chat, or long enough to look at the watch.
func (p *person) sleep(ctx context.Context, changed <-chan struct{}) bool {
	const look = 10 * time.Second
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}
	return true
}
