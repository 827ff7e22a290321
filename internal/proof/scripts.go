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
		if err := r.allLost(ctx); err != nil {
			return err
		}
	}
	lost := 0
	for _, way := range r.ways {
		lost += way.losses()
	}
	if want := r.rounds * each * len(r.ways); lost < want {
		r.breaks("%d replies were lost, %d were meant to be", lost, want)
	}
	r.notef("%d replies to commits lost", lost)
	return r.pause(ctx, r.every)
}

// allLost waits until all replies that are to get lost are, or long enough: a process
// that commits nothing any more is told by what comes after.
func (r *run) allLost(ctx context.Context) error {
	keeps := func(l *line) bool { return l.stillToLose() > 0 }
	for limit := time.Now().Add(leaseLimit); time.Now().Before(limit) && slices.ContainsFunc(r.ways, keeps); {
		if err := r.pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
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

// sending are the calls of which the drills with long pauses refuse one.
var sending = []string{"sendMessage", "sendPhoto", "editMessageText"}

// refuseOnce answers every sending call with 429 until one was, tells when that one
// came, and waits until the pause is stored: a process that is killed before that tells
// nobody of it.
func (r *run) refuseOnce(ctx context.Context) (time.Time, error) {
	told, err := r.refuse(ctx, r.away, sending...)
	if err != nil {
		return told, err
	}
	for limit := time.Now().Add(leaseLimit); time.Now().Before(limit); {
		if paused, err := r.ledger.Paused(ctx); err != nil || paused > 0 {
			return told, err
		}
		if err := r.pause(ctx, 20*time.Millisecond); err != nil {
			return told, err
		}
	}
	return told, fmt.Errorf("the pause was not stored within %s", leaseLimit)
}

// refuse is refuseOnce for other methods and another pause, which need not be stored.
func (r *run) refuse(ctx context.Context, pause time.Duration, methods ...string) (time.Time, error) {
	before, until := r.fake.CallCount(), time.Now().Add(leaseLimit)
	r.fake.SetFaults(faketelegram.Faults{TooMany: 1, RetryAfter: int(pause / time.Second), Methods: methods})
	defer r.fake.SetFaults(r.faults)
	for time.Now().Before(until) {
		for _, c := range r.fake.CallsSince(before) {
			if c.Code == 429 && slices.Contains(methods, c.Method) {
				return c.At, nil
			}
		}
		if err := r.pause(ctx, time.Millisecond); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, fmt.Errorf("nothing was sent for %s", leaseLimit)
}

// obeyed demands that nothing was sent in a pause.
func (r *run) obeyed(told time.Time) {
	sends := func(c faketelegram.Call) bool { return slices.Contains(sending, c.Method) }
	if list := r.within(r.fake.Calls(), sends, told, told.Add(r.away-500*time.Millisecond)); len(list) > r.onTheirWay("") {
		r.breaks("%s was called %s after Telegram had asked for %s of silence", list[0].Method, short(list[0].At.Sub(told)), r.away)
	}
}

// within lists the calls that were made in a pause. Those that came right after it was
// told are left out: they were on their way.
func (r *run) within(calls []faketelegram.Call, silent func(faketelegram.Call) bool, from, to time.Time) (out []faketelegram.Call) {
	margin := onItsWay
	if r.options.Untimed {
		margin = 2 * time.Second
	}
	for _, c := range calls {
		if silent(c) && c.At.After(from.Add(margin)) && c.At.Before(to) {
			out = append(out, c)
		}
	}
	return out
}

// onTheirWay is how many calls a pause by this method may meet later than at once. A slow
// machine holds up a call, or the word that there is a pause, for as long as it likes,
// so there as many are allowed as can be in flight: who does not obey makes more of them.
func (r *run) onTheirWay(method string) int {
	switch {
	case !r.options.Untimed:
		return 0
	case method == pollMethod:
		return 1
	}
	return r.allowance()
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
