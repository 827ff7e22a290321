package proof

import (
	"context"
	"slices"
	"time"
)

// givesUp is what a process logs that sees a schema newer than itself.
const givesUp = "takes no more work"

// outgrow lets the schema become newer than the processes that are answering. They
// must stop taking work, say so once, and live on; then processes that know the
// schema take their place, which is this one again on its own schema.
func outgrow(ctx context.Context, r *run) error {
	for range r.rounds {
		if err := r.pause(ctx, r.every); err != nil {
			return err
		}
		before := make([]int, len(r.procs))
		for i, p := range r.procs {
			before[i] = p.log.gaveUps()
		}
		if err := r.ledger.Outgrow(ctx, true); err != nil {
			return err
		}
		if err := r.allGiveUp(ctx, before); err != nil {
			return err
		}
		if err := r.pause(ctx, r.away); err != nil { // in which it must stay so
			return err
		}
		for i, p := range r.procs {
			held, _ := p.log.holds()
			if said := p.log.gaveUps() - before[i]; said != 1 || held || !p.alive() {
				r.breaks("%s on a newer schema: alive %t, holds the lease %t, said %d times that it takes no more work", p.name, p.alive(), held, said)
			}
		}
		if err := r.ledger.Outgrow(ctx, false); err != nil {
			return err
		}
		for _, p := range r.procs {
			if err := p.stop(); err != nil {
				return err
			}
			if err := p.start(); err != nil {
				return err
			}
		}
		if _, err := r.holder(ctx); err != nil {
			return err
		}
	}
	r.notef("outgrown %d times", r.rounds)
	return r.pause(ctx, r.every)
}

// allGiveUp waits until every process has said that it takes no more work, or long
// enough: whoever has not said it then is told by what comes after.
func (r *run) allGiveUp(ctx context.Context, before []int) error {
	silent := func(p *replica) bool { return p.log.gaveUps() == before[slices.Index(r.procs, p)] }
	for limit := time.Now().Add(leaseLimit); time.Now().Before(limit) && slices.ContainsFunc(r.procs, silent); {
		if err := r.pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
