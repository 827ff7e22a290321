package proof

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/faketelegram"
)

const (
	loadPeople  = 32
	ratioTarget = 0.25
	ratioGoal   = 0.30
	maxPeople   = 300 // who may come in a second of a closed loop
)

// benchLoad is a closed loop, beside the floor against the same Postgres.
func benchLoad(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	d := o.length()
	s, err := newStage(ctx, program, stageOptions{people: int((d + warmUp).Seconds()) * maxPeople, known: true, fake: leanFake()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	f, err := newFloor(ctx, s)
	if err != nil {
		return nil, err
	}
	defer f.close()
	before, err := f.measure(ctx, "prepared", d)
	if err != nil {
		return nil, err
	}
	pid, stop, err := s.host(ctx, o.Profile)
	if err != nil {
		return nil, err
	}
	m, err := play(ctx, s, pid, loadPeople, nil, d)
	if err := errors.Join(err, stop()); err != nil {
		return nil, err
	}
	other, err := s.beside(ctx, loadPeople, nil, d)
	if err != nil {
		return nil, err
	}
	after, err := f.measure(ctx, "prepared", d)
	if err != nil {
		return nil, err
	}
	base, floorCPU := (before+after)/2, f.perThousand
	p50, p99, worst := percentiles(m.taps)
	list = []Figure{
		{What: "updates a second, 32 people, closed loop, visible effect seen", Value: number(m.perSecond(), 0)},
		{What: "floor: pgbench, 8 clients, prepared, before and after", Value: fmt.Sprintf("%s (%s, %s)", number(base, 0), number(before, 0), number(after, 0))},
		{What: "updates a second as a share of the floor", Value: number(m.perSecond()/base, 3),
			Target: fmt.Sprintf("at least %.2f, goal %.2f", ratioTarget, ratioGoal), Missed: m.perSecond()/base < ratioTarget},
		{What: "tap to visible change, p50 / p99 / longest", Value: short(p50) + " / " + short(p99) + " / " + short(worst)},
		{What: "CPU seconds per 1,000 updates, bot + Postgres", Value: number(m.perThousand(m.bot), 2) + " + " + number(m.perThousand(m.base), 2)},
		{What: "the same for 1,000 transactions of the floor, Postgres", Value: number(floorCPU, 2)},
		{What: "peak memory of the bot", Value: mebibytes(m.peak)},
	}
	list = append(append(list, plainFigures("", other)...), rateBeside(m, other))
	for _, mode := range []string{"extended", "simple"} {
		v, err := f.measure(ctx, mode, d/3)
		if err != nil {
			return list, err
		}
		list = append(list, Figure{What: "pgbench, 8 clients, " + mode, Value: number(v, 0)})
	}
	return list, nil
}

func mebibytes(n int64) string { return number(float64(n)/(1<<20), 1) + " MiB" }

const (
	busyRate    = 300
	calmRate    = 100
	people300   = 64 // so many that one is always free
	p99Target   = 10 * time.Millisecond
	spread      = 4 // the 99th percentile as a multiple of the median, at most
	peakTarget  = 64 << 20
	idleTarget  = 40 << 20
	idleSeconds = 5
)

// benchLatency is an open loop: what is due is pressed, whatever became of the
// presses before.
func benchLatency(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	d := o.length()
	s, err := newStage(ctx, program, stageOptions{
		people: int((d+2*warmUp).Seconds())*(busyRate+calmRate)/moves + 4*people300, known: true, fake: leanFake()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	list, own, err := benchOwnLatency(ctx, s, d)
	if err != nil {
		return list, err
	}
	other, err := s.beside(ctx, people300, steadyPace(busyRate), d)
	if err != nil {
		return list, err
	}
	at := fmt.Sprintf("at %d updates/s: ", busyRate)
	return append(append(list, plainFigures(at, other)...), costBeside(at, own, other)...), nil
}

// benchOwnLatency is benchLatency without the plain bot; busy is what the higher rate cost.
func benchOwnLatency(ctx context.Context, s *stage, d time.Duration) (list []Figure, busy measured, err error) {
	pid, stop, err := s.host(ctx, "")
	if err != nil {
		return nil, busy, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	select {
	case <-time.After(idleSeconds * time.Second):
	case <-ctx.Done():
		return nil, busy, ctx.Err()
	}
	idle, err := memoryOf(pid, "VmRSS")
	if err != nil {
		return nil, busy, err
	}
	list = append(list, Figure{What: "memory of the bot before anybody comes", Value: mebibytes(idle), Target: "at most " + mebibytes(idleTarget), Missed: idle > idleTarget})
	for _, rate := range []int{calmRate, busyRate} {
		if busy, err = play(ctx, s, pid, people300, steadyPace(float64(rate)), d); err != nil {
			return list, busy, err
		}
		list = append(list, latencyFigures(rate, busy)...)
	}
	return list, busy, nil
}

func latencyFigures(rate int, m measured) []Figure {
	p50, p99, worst := percentiles(m.taps)
	at := fmt.Sprintf("at %d updates/s: ", rate)
	reached := Figure{What: at + "updates a second reached, turns that nobody was free for",
		Value: number(m.perSecond(), 0) + ", " + thousands(m.late)}
	spent := Figure{What: at + "CPU seconds per 1,000 updates, bot + Postgres",
		Value: number(m.perThousand(m.bot), 2) + " + " + number(m.perThousand(m.base), 2)}
	peak := Figure{What: at + "peak memory of the bot", Value: mebibytes(m.peak)}
	seen := Figure{What: at + "tap to visible change, p50 / p99 / longest", Value: short(p50) + " / " + short(p99) + " / " + short(worst)}
	if rate == busyRate {
		seen.Target = fmt.Sprintf("p99 at most %s and %d × p50", short(p99Target), spread)
		seen.Missed = p99 > p99Target || p99 > spread*p50
		peak.Target, peak.Missed = "at most "+mebibytes(peakTarget), m.peak > peakTarget
	}
	return []Figure{reached, seen, spent, peak}
}

const (
	fewAnswers   = 10_000
	manyAnswers  = 500_000
	maxAnswers   = 5_000_000
	growthRounds = 3
	growthRate   = 200
	growthPeople = 10_000 // who have answered in former periods: the size of the agency
	growthTarget = 1.10
)

// benchGrowth compares what an update costs with few and with many answers that
// are stored already, by turns, so that a busy moment meets both.
func benchGrowth(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	many := manyAnswers
	if o.Long {
		many = maxAnswers
	}
	sizes, d := []int{fewAnswers, many}, o.length()
	var stages []*stage
	defer func() {
		for _, s := range stages {
			err = errors.Join(err, s.close())
		}
	}()
	for _, answers := range sizes {
		people := max(growthPeople, growthRounds*(int((d+2*warmUp).Seconds())*growthRate/moves+people300)+100)
		s, err := newStage(ctx, program, stageOptions{people: people, known: true, fake: leanFake()})
		if err != nil {
			return nil, err
		}
		stages = append(stages, s)
		if err := s.ledger.FillPast(ctx, answers); err != nil {
			return nil, err
		}
		if err := s.swept(ctx, database, "response", "answer"); err != nil {
			return nil, err
		}
	}
	costs, slow := make([][]float64, len(sizes)), make([][]float64, len(sizes))
	for range growthRounds {
		for i, s := range stages {
			m, err := s.once(ctx, d)
			if err != nil {
				return nil, err
			}
			_, p99, _ := percentiles(m.taps)
			costs[i] = append(costs[i], m.perThousand(m.bot+m.base))
			slow[i] = append(slow[i], float64(p99)/float64(time.Millisecond))
		}
	}
	for i, answers := range sizes {
		list = append(list, Figure{What: fmt.Sprintf("%s answers stored: CPU seconds per 1,000 updates, bot + Postgres (median of %d); p99", thousands(answers), growthRounds),
			Value: number(median(costs[i]), 2) + "; " + number(median(slow[i]), 1) + " ms"})
	}
	ratio := median(costs[1]) / median(costs[0])
	return append(list, Figure{What: "cost per update, many against few", Value: number(ratio, 3),
		Target: fmt.Sprintf("at most %.2f", growthTarget), Missed: ratio > growthTarget}), nil
}

// once runs the program for one measurement.
func (s *stage) once(ctx context.Context, d time.Duration) (measured, error) {
	pid, stop, err := s.host(ctx, "")
	if err != nil {
		return measured{}, err
	}
	m, err := play(ctx, s, pid, people300, steadyPace(growthRate), d)
	return m, errors.Join(err, stop())
}

const (
	startRounds = 5
	startTarget = time.Second
)

// benchStart is the time from the start of the process to the first reply to
// somebody who wrote before. Each round follows a clean stop, so that the lease
// is free.
func benchStart(ctx context.Context, program Program, _ BenchOptions) (list []Figure, err error) {
	s, err := newStage(ctx, program, stageOptions{people: 1, fake: faketelegram.Config{Seed: 1}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var took []float64
	for range startRounds {
		s.fake.SendText(firstAccount, "/bantuan")
		before := len(s.fake.Messages(firstAccount))
		begin := time.Now()
		_, stop, err := s.host(ctx, "")
		if err != nil {
			return nil, err
		}
		c := &crowd{fake: s.fake}
		p := &person{crowd: c, account: firstAccount}
		replied := p.until(ctx, func() bool { return len(s.fake.Messages(firstAccount)) > before })
		took = append(took, time.Since(begin).Seconds())
		if err := stop(); err != nil {
			return nil, err
		}
		if !replied {
			return nil, ctx.Err()
		}
	}
	v := time.Duration(median(took) * float64(time.Second))
	return []Figure{{What: fmt.Sprintf("start of the process to the first reply, median of %d", startRounds), Value: short(v),
		Target: "under " + short(startTarget), Missed: v >= startTarget}}, nil
}
