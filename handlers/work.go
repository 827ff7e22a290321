package handlers

import (
	"context"
	"sync"
	"time"

	"bangkom/handlers/feature"
)

const workEvery = 2 * time.Second

// wakeWorker lets Work look at once whether there is something to do.
func (p *Processor) wakeWorker() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Work does the background work until ctx ends: that of each feature
// (spreadsheets are read and applied), and beside it telling who has left, and
// giving chats the command menu that fits the rights of their person. They run
// side by side, so that a slow download holds up nothing else. Several processes
// may do so at once.
func (p *Processor) Work(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { p.repeatedly(ctx, p.wake, p.workFeatures) })
	both.Go(func() { p.repeatedly(ctx, nil, p.keepHouse) })
	both.Wait()
	return nil
}

// repeatedly runs something at once, then whenever it is woken, and now and again
// until ctx ends; wake may be nil.
func (p *Processor) repeatedly(ctx context.Context, wake <-chan struct{}, do func(context.Context)) {
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

func (p *Processor) workFeatures(ctx context.Context) {
	for _, f := range p.Reg.Features {
		p.workOff(ctx, f)
	}
}

// keepHouse does the small things that come up with every change of the register.
func (p *Processor) keepHouse(ctx context.Context) {
	for _, chore := range []struct {
		do   func(context.Context) error
		late string
	}{
		{p.FreshQuestionnaires, "questionnaires were not renewed"}, {p.tellDepartures, "who has left was not told"}, {p.freshMenus, "menus were not renewed"},
	} {
		if err := chore.do(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Warn(chore.late, "err", err)
		}
	}
}

// workOff does all that a feature has to do now; it is tried again later after an
// error.
func (p *Processor) workOff(ctx context.Context, f feature.Feature[*feature.Env]) {
	for more := f.Work != nil; more; {
		var err error
		if more, err = f.Work(p.Desk, ctx); err != nil {
			if ctx.Err() == nil {
				p.cfg.Log.Warn("work was left for later", "feature", f.Name, "err", err)
			}
			return
		}
	}
}
