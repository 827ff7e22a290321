package proof

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What the program may cost beside the plain bot, in the same run: the target, and below
// which it is good.
const (
	plainDatabase   = "plain"
	plainRateTarget = 0.8
	plainRateGoal   = 1.2
	plainSlowTarget = 2.0
	plainCostTarget = 1.6
	plainGoal       = 1.0
)

// beside measures the plain bot as play measures the program, which does not run
// meanwhile: a process of its own, a database of its own in the same Postgres, the same
// Telegram. Most people who come to it are new to the program too: it asks for no code.
func (s *stage) beside(ctx context.Context, together int, p *pace, d time.Duration) (m measured, err error) {
	if err := s.cluster.CreateDatabase(ctx, plainDatabase); err != nil {
		return m, err
	}
	s.codes = append(s.codes, make([]string, int((d+warmUp).Seconds())*maxPeople)...)
	url := s.cluster.URL(plainDatabase, owner)
	r := s.processes(1, s.program.Plain, func(int) []string { return s.environ(url) })[0]
	if err := r.start(); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("the plain bot: %w; its log ends:\n%s", err, r.log.tail(1000))
		}
		err = errors.Join(err, r.stop())
	}()
	return play(ctx, s, r.pid(), together, p, d)
}

// plainFigures are what the plain bot needs, told before the ratios.
func plainFigures(at string, m measured) []Figure {
	p50, p99, worst := percentiles(m.taps)
	return []Figure{
		{What: at + "plain bot: updates a second; tap to visible change, p50 / p99 / longest",
			Value: number(m.perSecond(), 0) + "; " + short(p50) + " / " + short(p99) + " / " + short(worst)},
		{What: at + "plain bot: CPU seconds per 1,000 updates, bot + Postgres; peak memory",
			Value: number(m.perThousand(m.bot), 2) + " + " + number(m.perThousand(m.base), 2) + "; " + mebibytes(m.peak)},
	}
}

// rateBeside compares how much both do.
func rateBeside(own, other measured) Figure {
	ratio := own.perSecond() / other.perSecond()
	return Figure{What: "updates a second, to the plain bot", Value: number(ratio, 2),
		Target: fmt.Sprintf("at least %.1f, goal %.1f", plainRateTarget, plainRateGoal), Missed: ratio < plainRateTarget}
}

// costBeside compares what both cost at a given rate, and how long people wait.
func costBeside(at string, own, other measured) []Figure {
	_, slow, _ := percentiles(own.taps)
	_, otherSlow, _ := percentiles(other.taps)
	waits := float64(slow) / float64(otherSlow)
	spends := own.perThousand(own.bot+own.base) / other.perThousand(other.bot+other.base)
	return []Figure{
		{What: at + "p99, to the plain bot", Value: number(waits, 2),
			Target: fmt.Sprintf("at most %.1f, goal %.1f", plainSlowTarget, plainGoal), Missed: waits > plainSlowTarget},
		{What: at + "CPU time, bot + Postgres, to the plain bot", Value: number(spends, 2),
			Target: fmt.Sprintf("at most %.1f, goal %.1f", plainCostTarget, plainGoal), Missed: spends > plainCostTarget},
	}
}
