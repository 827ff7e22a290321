package proof

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

// What the announcement of a drill says, before and after its correction, and by which
// words its messages are known.
const (
	oldBody  = "Rapat arsip, Kamis pukul 09.00, di aula lama."
	newBody  = "Rapat arsip, Kamis pukul 09.00, di aula baru."
	newFact  = "Tempatnya pindah ke gedung seberang."
	oldWords = "di aula lama"
	newWords = "di aula baru"
	factWord = "gedung seberang"
)

// announcementDrill sends an announcement to everybody while people answer. Rounds is
// kills; there are twice as many pauses that Telegram asks for, and half as many that the
// office does.
func announcementDrill() drill {
	return drill{
		name: "announcement", what: "an announcement goes to everybody and is corrected in the middle, on a bad network, with kills, pauses and people who block the bot",
		short:    size{people: 500, together: 20, rate: 4, rounds: 4, speed: 60},
		long:     size{people: 10_000, together: 20, rate: 4, rounds: 10, speed: 250},
		linked:   true,
		doubtful: true,
		lease:    time.Second,
		faults:   faketelegram.Faults{ServerError: 0.01, ResetBefore: 0.01, ResetAfter: 0.01},
		manners:  manners{known: true},
		struck:   []string{"server_error", "reset_before", "reset_after", "too_many"},
		script:   announce,
		demand:   proven,
	}
}

// mailing is the announcement of a drill while it goes.
type mailing struct {
	id          int64
	seen        int // calls that were looked at
	firsts, all int // of them those that brought the announcement, and all that were about it
}

// look counts what Telegram has accepted since the last look.
func (m *mailing) look(fake *faketelegram.Server) {
	calls := fake.CallsSince(m.seen)
	m.seen += len(calls)
	for _, c := range calls {
		switch about(c) {
		case isFirst:
			m.firsts++
			m.all++
		case isEdit, isFact:
			m.all++
		}
	}
}

// piece is what a call has to do with the announcement.
type piece int

const (
	isNone  piece = iota
	isFirst       // it brings the announcement
	isEdit        // it corrects it
	isFact        // it brings the short reply of the correction
)

// about tells what an accepted call brought.
func about(c faketelegram.Call) piece {
	text := c.Params["text"]
	announced := strings.Contains(text, oldWords) || strings.Contains(text, newWords)
	switch {
	case !c.Accepted:
	case c.Method == "editMessageText" && announced:
		return isEdit
	case c.Method != "sendMessage":
	case announced:
		return isFirst
	case strings.Contains(text, factWord):
		return isFact
	}
	return isNone
}

// announce asks, approves, and lets go wrong what the drill is about, at even distances
// of what has been sent, so that nothing of it depends on how fast that is.
func announce(ctx context.Context, r *run) error {
	for i := range r.people {
		r.fake.Greet(faketelegram.User{ID: int64(firstAccount + i), FirstName: "P"})
	}
	author, second := r.people-1, r.people-2
	for _, step := range []func() error{
		func() error { return r.ledger.WorkDaily(ctx, time.Now()) },
		func() error { return r.ledger.Scatter(ctx, time.Now()) },
		func() error { return r.ledger.Appoint(ctx, author) },
		func() error { return r.ledger.Appoint(ctx, second) },
		r.procs[0].start,
		func() error { return r.procs[0].awaitLease(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	id, err := r.ledger.Ask(ctx, author, oldBody)
	if err != nil {
		return err
	}
	r.mailing = &mailing{id: id}
	if err := r.ledger.Approve(ctx, id, second); err != nil {
		return err
	}
	mishaps, half := r.mishaps(), r.people/2
	before := len(mishaps) / 2
	if err := r.spread(ctx, mishaps[:before], half, func(m *mailing) int { return m.firsts }); err != nil {
		return err
	}
	if err := r.reached(ctx, half, func(m *mailing) int { return m.firsts }); err != nil {
		return err
	}
	r.blockSome()
	if err := r.ledger.Correct(ctx, id, newBody, newFact); err != nil {
		return err
	}
	// Half of the people have a message that is edited and a reply, the others get one.
	since := r.mailing.all
	if err := r.spread(ctx, mishaps[before:], r.people, func(m *mailing) int { return m.all - since }); err != nil {
		return err
	}
	return r.allMailed(ctx)
}

// mishaps are what goes wrong, in the order in which it does.
func (r *run) mishaps() (list []func(context.Context) error) {
	for i := range r.rounds {
		for range 2 {
			list = append(list, func(ctx context.Context) error {
				_, err := r.refuse(ctx, time.Second, sending...)
				return err
			})
		}
		if i%2 == 0 {
			list = append(list, r.hold)
		}
		list = append(list, r.replace)
	}
	r.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// spread does one after the other at even distances on the way to a count.
func (r *run) spread(ctx context.Context, list []func(context.Context) error, way int, count func(*mailing) int) error {
	for i, do := range list {
		if err := r.reached(ctx, way*(i+1)/(len(list)+1), count); err != nil {
			return err
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reached waits until so much has been sent, or nothing moves any more.
func (r *run) reached(ctx context.Context, n int, count func(*mailing) int) error {
	last, since := -1, time.Now()
	for {
		r.mailing.look(r.fake)
		now := count(r.mailing)
		if now >= n {
			return nil
		}
		if now != last {
			last, since = now, time.Now()
		}
		if time.Since(since) > r.patience() {
			return fmt.Errorf("%d of %d were sent and nothing moves any more", now, n)
		}
		if err := r.pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// hold lets the office pause the announcement for a moment. What the sender had taken
// before may still go, twice as many as are in flight at most: a claim may be under way.
func (r *run) hold(ctx context.Context) error {
	if err := r.ledger.Pause(ctx, r.mailing.id); err != nil {
		return err
	}
	r.mailing.look(r.fake)
	before := r.mailing.firsts
	if err := r.pause(ctx, time.Second); err != nil {
		return err
	}
	r.mailing.look(r.fake)
	if n := r.mailing.firsts - before; n > 2*r.allowance() {
		r.breaks("%d people got the announcement after it had been paused", n)
	}
	return r.ledger.Continue(ctx, r.mailing.id)
}

// blockSome lets two of a hundred of those block the bot who have not got anything yet.
func (r *run) blockSome() {
	for i := r.people * 3 / 4; i < r.people; i++ {
		if n := i % 50; n == 27 {
			r.fake.Block(int64(firstAccount + i))
		}
	}
}

// allMailed waits until nothing is left to be decided, sent or edited.
func (r *run) allMailed(ctx context.Context) error {
	last, since := -1, time.Now()
	for {
		left, err := r.ledger.Unfinished(ctx, r.mailing.id)
		if err != nil || left == 0 {
			return err
		}
		if left != last {
			last, since = left, time.Now()
		}
		if time.Since(since) > r.patience() {
			return fmt.Errorf("%d messages are not finished and nothing moves any more", left)
		}
		if err := r.pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
