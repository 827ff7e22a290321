package proof

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What scripts do to the program.

// worksAgain notes the end of an outage.
func (r *run) worksAgain() { r.crowd.back.Store(time.Now().UnixNano()) }

// interruptions is how often calls in flight may have been left to another
// holder of the lease: by kills, or because it was lost in an outage.
func (r *run) interruptions() int {
	holders := 0
	for _, p := range r.procs {
		holders += p.log.taken()
	}
	return max(r.kills, holders-1)
}

// pause lets the people go on for a while.
func (r *run) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// holder waits until a replica holds the lease and returns it.
func (r *run) holder(ctx context.Context) (*replica, error) {
	limit := time.Now().Add(leaseLimit)
	for time.Now().Before(limit) {
		for _, p := range r.procs {
			if held, _ := p.log.holds(); held && p.alive() {
				return p, nil
			}
		}
		for _, p := range r.procs {
			if !p.down && !p.alive() {
				return nil, fmt.Errorf("%s ended by itself; its log ends:\n%s", p.name, p.log.tail(3000))
			}
		}
		if err := r.pause(ctx, 5*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("nobody took the lease within %s; the log of the first ends:\n%s", leaseLimit, r.procs[0].log.tail(3000))
}

// otherHolder waits until somebody else than p holds the lease.
func (r *run) otherHolder(ctx context.Context, p *replica) error {
	for limit := time.Now().Add(leaseLimit); time.Now().Before(limit); {
		if held, _ := p.log.holds(); !held {
			now, err := r.holder(ctx)
			if err != nil || now != p {
				return err
			}
		}
		if err := r.pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s was cut off and nobody took over within %s", p.name, leaseLimit)
}

// killHolder ends the process that holds the lease.
func (r *run) killHolder(ctx context.Context) (*replica, error) {
	p, err := r.holder(ctx)
	if err != nil {
		return nil, err
	}
	r.kills++
	return p, p.kill()
}

// replace kills the holder of the lease and starts it again a moment later.
func (r *run) replace(ctx context.Context) error {
	p, err := r.killHolder(ctx)
	if err != nil {
		return err
	}
	return r.revive(ctx, p)
}

// revive starts a replica that was killed, after as long as a supervisor takes.
func (r *run) revive(ctx context.Context, p *replica) error {
	if err := r.pause(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	return p.start()
}

// killAll ends what still runs; for the end of a drill that went wrong.
func (r *run) killAll() {
	for _, p := range r.procs {
		if p.alive() {
			_ = p.kill()
		}
	}
	if r.service != nil {
		r.service.cancel()
	}
}

// stopAll ends all replicas as an operator does; each must end cleanly. A signal
// before it works would meet a program that is only being loaded.
func (r *run) stopAll() error {
	var errs []error
	for _, p := range r.procs {
		errs = append(errs, p.stop())
	}
	if r.service != nil {
		errs = append(errs, r.service.stop())
	}
	return errors.Join(errs...)
}
