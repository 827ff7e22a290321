package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/faketelegram"
)

// killAtRandom runs one process after the other for a random while. The while
// begins when it holds the lease, so that every process does some work, and as
// many presses are granted to each that people answer until the last one.
func killAtRandom(ctx context.Context, r *run) error {
	p := r.procs[0]
	for range r.rounds {
		r.crowd.pace.grant(r.people*moves/r.rounds + 1)
		if err := p.start(); err != nil {
			return err
		}
		if err := p.awaitLease(ctx); err != nil {
			return err
		}
		if err := r.pause(ctx, time.Duration(r.rng.IntN(600))*time.Millisecond); err != nil { // the random instant
			return err
		}
		r.kills++
		if err := p.kill(); err != nil {
			return err
		}
	}
	if err := p.start(); err != nil {
		return err
	}
	return p.awaitLease(ctx)
}

// killTheHolder kills whoever holds the lease, in even intervals.
func killTheHolder(ctx context.Context, r *run) error {
	for range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		if err := r.replace(ctx); err != nil {
			return err
		}
	}
	return r.pause(ctx, r.every)
}

// restartPostgres restarts it by turns in order and as after a crash.
func restartPostgres(ctx context.Context, r *run) error {
	for n := range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		how := devdb.Fast
		if n%2 == 1 {
			how = devdb.Immediate
		}
		if err := r.cluster.Halt(how); err != nil {
			return err
		}
		if err := r.cluster.Resume(ctx); err != nil {
			return err
		}
	}
	r.notef("%s, every second one as after a crash", plural(r.rounds, "restart"))
	return r.pause(ctx, r.every)
}

// takePostgresAway halts it and, later, freezes it: connections that are refused
// and connections that hang are two different troubles.
func takePostgresAway(ctx context.Context, r *run) error {
	if err := r.pause(ctx, r.every); err != nil {
		return err
	}
	if err := r.cluster.Halt(devdb.Immediate); err != nil {
		return err
	}
	if err := r.pause(ctx, r.away); err != nil {
		return err
	}
	if err := r.cluster.Resume(ctx); err != nil {
		return err
	}
	r.worksAgain()
	if err := r.pause(ctx, r.every); err != nil {
		return err
	}
	frozen := min(r.away, time.Minute)
	if err := r.cluster.Freeze(); err != nil {
		return err
	}
	if err := r.pause(ctx, frozen); err != nil {
		return err
	}
	if err := r.cluster.Thaw(); err != nil {
		return err
	}
	r.worksAgain()
	r.notef("halted for %s, frozen for %s", r.away, frozen)
	return r.pause(ctx, r.every)
}

// cutOffHolder takes the database away from whoever holds the lease, and from
// nobody else, by turns with ended connections and with silent ones: the other
// process takes over, and the first one comes back as the second.
func cutOffHolder(ctx context.Context, r *run) error {
	for n := range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		p, err := r.holder(ctx)
		if err != nil {
			return err
		}
		way, state := r.ways[slices.Index(r.procs, p)], lineCut
		if n%2 == 1 {
			state = lineSilent
		}
		way.set(state)
		if err := r.otherHolder(ctx, p); err != nil {
			return err
		}
		if err := r.pause(ctx, r.away); err != nil {
			return err
		}
		way.set(lineWorks)
	}
	r.notef("cut off %d times, every second time in silence", r.rounds)
	return r.pause(ctx, r.every)
}

// loseReplies lets Postgres commit and the program not hear of it, several times
// in each round, on the connections of all processes.
func loseReplies(ctx context.Context, r *run) error {
	const each = 3
	for range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		for _, way := range r.ways {
			way.lose(each)
		}
	}
	lost := 0
	for _, way := range r.ways {
		way.lose(0)
		lost += way.losses()
	}
	if lost < r.rounds*each {
		r.breaks("%d replies were lost, %d at least were meant to be", lost, r.rounds*each)
	}
	r.notef("%d replies to commits lost", lost)
	return r.pause(ctx, r.every)
}

// takeTelegramAway lets every call fail for a while.
func takeTelegramAway(ctx context.Context, r *run) error {
	if err := r.pause(ctx, r.every); err != nil {
		return err
	}
	gone := r.faults
	gone.Unavailable = true
	r.fake.SetFaults(gone)
	if err := r.pause(ctx, r.away); err != nil {
		return err
	}
	r.fake.SetFaults(r.faults)
	r.worksAgain()
	r.notef("unreachable for %s", r.away)
	return r.pause(ctx, r.every)
}

// flood lets one call meet a 429 with a long pause, which nothing may be sent
// in; in every second round the process is killed in the middle of it.
func flood(ctx context.Context, r *run) error {
	for n := range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		told, err := r.refuseOnce(ctx)
		if err != nil {
			return err
		}
		if err := r.pause(ctx, r.away/2); err != nil {
			return err
		}
		if n%2 == 1 {
			if err := r.replace(ctx); err != nil {
				return err
			}
		}
		if err := r.pause(ctx, time.Until(told.Add(r.away+time.Second))); err != nil {
			return err
		}
		r.obeyed(told)
	}
	r.notef("%s of %s", plural(r.rounds, "pause"), r.away)
	return r.pause(ctx, r.every)
}

// refuseOnce answers every sending call with 429 until one was, and tells when.
func (r *run) refuseOnce(ctx context.Context) (time.Time, error) {
	before, until := r.fake.FaultCounts()["too_many"], time.Now().Add(leaseLimit)
	r.fake.SetFaults(faketelegram.Faults{TooMany: 1, RetryAfter: int(r.away / time.Second),
		Methods: []string{"sendMessage", "sendPhoto", "editMessageText"}})
	defer r.fake.SetFaults(r.faults)
	for r.fake.FaultCounts()["too_many"] == before {
		if time.Now().After(until) {
			return time.Time{}, fmt.Errorf("nothing was sent for %s", leaseLimit)
		}
		if err := r.pause(ctx, time.Millisecond); err != nil {
			return time.Time{}, err
		}
	}
	return time.Now(), nil
}

// obeyed demands that nothing was sent in a pause. Calls that were on their way
// when it was told are nobody's fault.
func (r *run) obeyed(told time.Time) {
	onTheirWay := 500 * time.Millisecond
	if r.options.Untimed {
		onTheirWay = 2 * time.Second // a picture may still be in the drawing
	}
	for _, c := range r.fake.Calls() {
		sends := c.Method == "sendMessage" || c.Method == "sendPhoto" || c.Method == "editMessageText"
		if sends && c.At.After(told.Add(onTheirWay)) && c.At.Before(told.Add(r.away-500*time.Millisecond)) {
			r.breaks("%s was called %s after Telegram had asked for %s of silence", c.Method, short(c.At.Sub(told)), r.away)
			return
		}
	}
}

// justAnswer lets people answer while the declared faults strike.
func justAnswer(ctx context.Context, r *run) error {
	err := r.pause(ctx, r.away)
	r.notef("%d double taps, %d calls for help", r.crowd.doubled.Load(), r.crowd.asked.Load())
	return err
}

// stepClock moves the clock of the program.
func stepClock(ctx context.Context, r *run) error {
	steps := []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour}
	for _, step := range steps {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		r.service.offset.Store(int64(step))
	}
	if err := r.pause(ctx, r.every); err != nil {
		return err
	}
	r.service.offset.Store(0)
	r.notef("steps to %v and back", steps)
	return r.pause(ctx, r.every)
}

// stepDatabaseClock leaves a lease and a pause far in the future, and kills who
// holds it: somebody else must take over at once all the same.
func stepDatabaseClock(ctx context.Context, r *run) error {
	const step = time.Hour
	for range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		if _, err := r.refuseOnce(ctx); err != nil {
			return err
		}
		if err := r.pause(ctx, 200*time.Millisecond); err != nil { // so that the pause is stored
			return err
		}
		p, err := r.killHolder(ctx)
		if err != nil {
			return err
		}
		if err := r.ledger.StepClock(ctx, step); err != nil {
			return err
		}
		stepped := time.Now()
		if _, err := r.holder(ctx); err != nil {
			return err
		}
		if err := r.pause(ctx, r.away); err != nil {
			return err
		}
		if err := r.resumed(ctx, stepped); err != nil {
			return err
		}
		if err := p.start(); err != nil {
			return err
		}
	}
	r.notef("%s of %s", plural(r.rounds, "step"), step)
	return r.pause(ctx, r.every)
}

// resumed waits until something was sent again.
func (r *run) resumed(ctx context.Context, since time.Time) error {
	begin := len(r.fake.Calls())
	for limit := time.Now().Add(leaseLimit); time.Now().Before(limit); {
		for _, c := range r.fake.Calls()[begin:] {
			if c.Accepted && c.Method == "editMessageText" {
				return nil
			}
		}
		if err := r.pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	r.breaks("%s after the clock was set back nothing is sent", short(time.Since(since)))
	return nil
}
