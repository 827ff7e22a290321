package proof

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// inProcess is the program in this process, with a clock that a script moves.
type inProcess struct {
	program Program
	env     []string
	log     *logBook
	offset  atomic.Int64 // of the clock
	cancel  context.CancelFunc
	done    chan error
}

// now is the clock of the program.
func (p *inProcess) now() time.Time { return time.Now().Add(time.Duration(p.offset.Load())) }

func (p *inProcess) start(ctx context.Context) {
	ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.done = make(chan error, 1)
	go func() { p.done <- p.program.Serve(ctx, p.env, p.now, p.log) }()
}

func (p *inProcess) awaitLease(ctx context.Context) error {
	limit := time.NewTimer(leaseLimit)
	defer limit.Stop()
	for {
		held, change := p.log.holds()
		if held {
			return nil
		}
		select {
		case <-change:
		case err := <-p.done:
			p.done <- err
			return fmt.Errorf("the program ended before it took the lease: %w", err)
		case <-limit.C:
			return fmt.Errorf("no lease within %s; the log ends:\n%s", leaseLimit, p.log.tail(3000))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *inProcess) stop() error {
	p.cancel()
	select {
	case err := <-p.done:
		if err != nil {
			return fmt.Errorf("the program ended with an error: %w", err)
		}
		return nil
	case <-time.After(stopLimit):
		return fmt.Errorf("the program did not stop within %s", stopLimit)
	}
}
