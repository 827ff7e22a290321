package proof

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bangkom/internal/faketelegram"
)

// Of 65 people who want a seat, this many can have one: at first, when the personnel office
// has lowered it, and in the end.
const (
	seekers    = 65
	seatsFirst = 40
	seatsFewer = 35
	seatsMore  = 42
)

// killedAnswers is how many answers to presses one kill may take along at most: one of each
// of the sixteen people for whom a process decides at a time (what is about seats needs the
// database, so that it is never decided in a batch). While Telegram answers at once
// no answers wait, so that what is committed and not answered is what these are at.
const killedAnswers = 16

// tapAgain is after how long somebody presses a button again that is still there.
const tapAgain = 3 * time.Second

// seatsDrill lets people want the seats of one training, each on two phones at once. Rounds
// is kills.
func seatsDrill() drill {
	return drill{
		name: "seats", what: "65 people on two phones each want the 40 seats of a training, which become 35 and then 42, while some withdraw and processes are killed",
		short:    size{people: seekers, rounds: 3},
		long:     size{people: 6 * seekers, rounds: 12},
		replicas: 2,
		linked:   true,
		lease:    time.Second,
		script:   wantSeats,
		demand:   seatsKept,
	}
}

// seating is the training of a drill, and who wants to go there.
type seating struct {
	batch   int64
	people  []*seeker
	leave   chan struct{} // closed when those who withdraw may do so
	over    chan struct{} // closed when nobody waits for an offer any more
	running sync.WaitGroup
	left    atomic.Int64    // people who have withdrawn
	gone    int             // how many are to
	taken   map[string]bool // presses whose answers killed processes may have taken along
}

// seeker is one who wants a seat.
type seeker struct {
	*person
	n       int
	presses []pressed
}

// wantSeats lets everybody register at one time, lowers the seats in the middle of it, lets
// some withdraw, raises the seats, and kills whoever holds the lease in between.
func wantSeats(ctx context.Context, r *run) error {
	part := func(n int) int { return r.people * n / seekers }
	batch, err := r.ledger.OpenSeats(ctx, part(seatsFirst))
	if err != nil {
		return err
	}
	s := &seating{batch: batch, leave: make(chan struct{}), over: make(chan struct{}), taken: map[string]bool{}}
	r.seating = s
	defer s.running.Wait()
	defer close(s.over)
	for n := range r.people {
		one := &seeker{person: &person{crowd: r.crowd, account: int64(firstAccount + n)}, n: n}
		s.people = append(s.people, one)
		if one.leaves() {
			s.gone++
		}
		s.running.Go(func() { one.play(ctx, s) })
	}
	registered := func(b *seatBook) bool { return len(b.of) == r.people }
	kill := func() error { return r.killSeating(ctx) }
	for _, step := range []func() error{
		func() error { return r.seatsReach(ctx, func(b *seatBook) bool { return len(b.of) >= r.people/3 }) },
		func() error { return r.ledger.SetSeats(ctx, batch, part(seatsFewer)) },
		kill,
		func() error { return r.seatsReach(ctx, registered) },
		func() error { close(s.leave); return nil },
		func() error {
			return r.seatsReach(ctx, func(*seatBook) bool { return s.left.Load() > int64(s.gone/2) })
		},
		kill,
		func() error { return r.ledger.SetSeats(ctx, batch, part(seatsMore)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for n := 2; n < r.rounds; n++ {
		if err := r.seatsReach(ctx, func(*seatBook) bool { return true }); err != nil {
			return err
		}
		if err := kill(); err != nil {
			return err
		}
	}
	return r.seatsReach(ctx, func(b *seatBook) bool {
		taken, offered, waiting := b.count()
		return s.left.Load() == int64(s.gone) && offered == 0 && (waiting == 0 || taken >= b.seats)
	})
}

// killSeating replaces the process that holds the lease, and notes which answers to presses
// it has taken along at most. The answer to a press is called after its decision is
// committed and is no row of the outbox, so it dies with a process that is killed between
// the two; what was pressed has its effect and is told in words. That are the presses that
// were open when the process was dead and are decided by then. One that was not decided is
// decided and answered by the next process, like all that come later.
func (r *run) killSeating(ctx context.Context) error {
	p, err := r.killHolder(ctx)
	if err != nil {
		return err
	}
	chats, queries := map[int64]int64{}, map[int64]string{}
	for query, account := range r.fake.Unanswered() {
		if update, ok := r.fake.UpdateOf(query); ok {
			chats[update], queries[update] = account, query
		}
	}
	decided, err := r.ledger.Decided(ctx, chats)
	if err != nil {
		return err
	}
	for _, update := range decided {
		r.seating.taken[queries[update]] = true
	}
	return r.revive(ctx, p)
}

// seatsReach does what the job of seats does until the books say so, or nothing moves.
func (r *run) seatsReach(ctx context.Context, done func(*seatBook) bool) error {
	last, since := -1, time.Now()
	for {
		if err := r.ledger.SettleSeats(ctx, r.zone(r.began)); err != nil {
			return err
		}
		events, err := r.ledger.SeatEvents(ctx)
		if err != nil {
			return err
		}
		b := readSeats(events)
		if done(b) {
			return nil
		}
		if len(events) != last {
			last, since = len(events), time.Now()
		}
		if time.Since(since) > r.patience() {
			taken, offered, waiting := b.count()
			return fmt.Errorf("%d seats of %d are given, %d of them offered, %d people wait, %d of %d have withdrawn, and nothing moves any more",
				taken, b.seats, offered, waiting, r.seating.left.Load(), r.seating.gone)
		}
		if err := r.pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// leaves tells whether the person withdraws as soon as that may be, refuses whether an
// offer is not taken.
func (p *seeker) leaves() bool  { return p.n%7 == 3 }
func (p *seeker) refuses() bool { return p.n%5 == 4 }

// play registers, waits for an offer, and takes or refuses it.
func (p *seeker) play(ctx context.Context, s *seating) {
	p.crowd.fake.AddUser(faketelegram.User{ID: p.account, FirstName: "P"})
	p.crowd.fake.SendText(p.account, "/start p-"+strconv.FormatInt(s.batch, 36))
	if !p.both(ctx, s, "Saya ikut", "", 0) {
		return
	}
	shown, _, ok := p.see(ctx, s, "Berhalangan", "", 0)
	if !ok {
		return
	}
	p.crowd.seen(p.since)
	if p.leaves() {
		select {
		case <-s.leave:
		case <-s.over:
			return
		case <-ctx.Done():
			return
		}
		if p.insist(ctx, s, "", 0, "Berhalangan", "Tugas mendesak") && p.told(ctx, s, "berhalangan mengikuti") {
			p.crowd.seen(p.since)
			s.left.Add(1)
		}
		return
	}
	if p.refuses() {
		p.insist(ctx, s, "Tawaran ini berlaku", shown, "Berhalangan", "Tugas mendesak")
		return
	}
	p.insist(ctx, s, "Tawaran ini berlaku", shown, "Ambil tempat")
}

// insist presses buttons one after the other, the first on a message with that text, above
// a message. Whoever sees after a while that a button is still there presses it again, as
// the bot asks for when a press was too quick. false = the drill was over before.
func (p *seeker) insist(ctx context.Context, s *seating, text string, after int, labels ...string) bool {
	for n, label := range labels {
		if !p.both(ctx, s, label, text, after) {
			return false
		}
		seen := func(label string) bool {
			_, _, ok := p.crowd.fake.Button(p.account, label, text, after)
			return ok
		}
		gone := func() bool { return !seen(label) }
		if text = ""; n+1 < len(labels) {
			gone = func() bool { return seen(labels[n+1]) }
		}
		for !p.before(ctx, s, tapAgain, gone) {
			if s.ended() || ctx.Err() != nil || !p.both(ctx, s, label, "", after) {
				return false
			}
		}
	}
	return true
}

// both presses a button on both phones as soon as it can be seen; false = it never was.
func (p *seeker) both(ctx context.Context, s *seating, label, text string, after int) bool {
	message, data, ok := p.see(ctx, s, label, text, after)
	if !ok {
		return false
	}
	p.since = time.Now()
	for range 2 {
		if query, err := p.crowd.fake.Press(p.account, message, data); err == nil { // the second phone may see another card by now
			p.presses = append(p.presses, pressed{p.since, query})
		}
	}
	p.crowd.doubled.Add(1)
	return true
}

// see waits for a button on a message with that text, above a message.
func (p *seeker) see(ctx context.Context, s *seating, label, text string, after int) (message int, data string, ok bool) {
	ok = p.before(ctx, s, 0, func() (found bool) {
		message, data, found = p.crowd.fake.Button(p.account, label, text, after)
		return found
	})
	return message, data, ok
}

// told waits for words in the chat.
func (p *seeker) told(ctx context.Context, s *seating, words string) bool {
	return p.before(ctx, s, 0, func() bool {
		for _, m := range p.crowd.fake.Messages(p.account) {
			if m.FromBot && strings.Contains(m.Text, words) {
				return true
			}
		}
		return false
	})
}

// before waits for something in the chat until the drill is over, or for a time (0 = any).
func (p *seeker) before(ctx context.Context, s *seating, limit time.Duration, ok func() bool) bool {
	var late <-chan time.Time
	if limit > 0 {
		late = time.After(limit)
	}
	for {
		changed := p.crowd.fake.ChatChanged(p.account)
		if ok() {
			return true
		}
		select {
		case <-changed:
		case <-late:
			return false
		case <-s.over:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// ended tells whether the drill is over.
func (s *seating) ended() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// seatsKept compares what was written about seats with the rules, and with what the chats
// say.
func seatsKept(ctx context.Context, r *run) []string {
	if r.seating == nil {
		return []string{"nobody wanted a seat"}
	}
	events, err := r.ledger.SeatEvents(ctx)
	if err != nil {
		return []string{fmt.Sprintf("the books cannot be read: %v", err)}
	}
	b := readSeats(events)
	broken := b.broken
	taken, offered, waiting := b.count()
	r.notef("%d people, %d events, %d seats given of %d, %d wait, %d withdrew", len(b.of), len(events), taken, b.seats, waiting, r.seating.gone)
	if len(b.of) != r.people || offered > 0 || waiting > 0 && taken != b.seats {
		broken = append(broken, fmt.Sprintf("%d of %d people have a row, %d hold an offer, %d wait while %d of %d seats are given", len(b.of), r.people, offered, waiting, taken, b.seats))
	}
	if n, err := r.ledger.Deadlocks(ctx); err != nil || n > 0 {
		broken = append(broken, fmt.Sprintf("%d deadlocks (%v)", n, err))
	}
	return append(broken, r.unsaid(events)...)
}

// unsaid tells whose steps were not told, and which presses were not answered.
func (r *run) unsaid(events []SeatEvent) (broken []string) {
	steps, texts := map[int64][]string{}, map[int64][]string{}
	for _, e := range events {
		if e.Chat != 0 {
			steps[e.Chat] = append(steps[e.Chat], e.State)
		}
	}
	for _, c := range r.fake.Calls() {
		if c.Accepted {
			texts[c.ChatID] = append(texts[c.ChatID], c.Params["text"])
		}
	}
	presses, silent := 0, 0
	var lost []string
	for _, p := range r.seating.people {
		if step := unexplained(steps[p.account], texts[p.account]); step != "" {
			broken = append(broken, fmt.Sprintf("account %d was not told of %q: %v; it read %q", p.account, step, steps[p.account], texts[p.account]))
		}
		for _, press := range p.presses {
			presses++
			_, answered := r.fake.Answered(press.query)
			switch {
			case answered || r.fake.Dropped(press.query):
			case r.seating.taken[press.query]:
				silent++
			default:
				lost = append(lost, fmt.Sprintf("a press of account %d was not answered, and no kill has taken the answer along (answered too late: %t)", p.account, r.fake.Late(press.query)))
			}
		}
	}
	if silent > r.kills*killedAnswers {
		broken = append(broken, fmt.Sprintf("%d presses were not answered, more than %d kills can take along", silent, r.kills))
	}
	if !r.slowMay(len(lost), presses) {
		broken = append(broken, lost...)
	}
	r.notef("%d of %d presses not answered, of %d whose answers kills may have taken along; %d others", silent, presses, len(r.seating.taken), len(lost))
	return broken
}
