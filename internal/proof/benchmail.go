package proof

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/faketelegram"
)

const (
	telegramRate  = 30 // calls a second that Telegram takes from one bot
	chatRate      = 1  // and messages a second to one chat
	answerRate    = 5  // people a second who answer meanwhile
	answerers     = 32 // of them at a time at most
	mailLength    = 4  // as long as another measurement
	rateTarget    = 29.5
	answerTarget  = 200 * time.Millisecond
	firstTarget   = 2 * time.Second
	decideTarget  = 5 * time.Second
	countTarget   = 500 * time.Millisecond
	forecastMost  = 3 * time.Second
	mailPeak      = 96 << 20
	mailRounds    = 3
	countRounds   = 5
	firstMailWait = time.Minute
)

// benchAnnouncement sends one under Telegram's limits while people answer and it is
// corrected, and measures what is done before the first message goes.
func benchAnnouncement(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	if list, err = mailUnderLimits(ctx, program, mailLength*o.length()); err != nil {
		return list, err
	}
	more, err := mailDecided(ctx, program, o)
	return append(list, more...), err
}

// mailUnderLimits approves an announcement in the chat and counts calls for a while, of
// which a quarter is over when it is corrected.
func mailUnderLimits(ctx context.Context, program Program, d time.Duration) (list []Figure, err error) {
	people := telegramRate*int((d+warmUp).Seconds())*2 + answerers + int(d.Seconds())*answerRate
	s, err := newStage(ctx, program, stageOptions{people: people, linked: true,
		fake: faketelegram.Config{Seed: 1, RatePerSecond: telegramRate, ChatRatePerSecond: chatRate}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.more = []string{fmt.Sprintf("BANGKOM_TELEGRAM_RATE_PER_SECOND=%d", telegramRate), fmt.Sprintf("BANGKOM_TELEGRAM_CHAT_RATE_PER_SECOND=%d", chatRate)}
	b := &mailBench{stage: s, people: people}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	pid, stop, err := s.host(ctx, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := b.quiet(ctx); err != nil {
		return nil, err
	}
	first, err := b.approve(ctx)
	if err != nil {
		return nil, err
	}
	s.came = people - answerers - int(d.Seconds())*answerRate // whom the announcement does not reach meanwhile
	corrected := make(chan error, 1)
	time.AfterFunc(warmUp+d/4, func() { corrected <- s.ledger.Correct(ctx, b.id, newBody, newFact) })
	m, err := play(ctx, s, pid, answerers, steadyPace(answerRate), d)
	if err != nil {
		return nil, err
	}
	if err := <-corrected; err != nil {
		return nil, err
	}
	return b.figures(first, m, time.Now()), nil
}

// mailBench is the announcement whose calls are counted.
type mailBench struct {
	*stage
	people int
	id     int64
}

// prepare makes everybody known to Telegram, two of them the office, and asks for an
// approval.
func (b *mailBench) prepare(ctx context.Context) (err error) {
	for i := range b.people {
		b.fake.Greet(faketelegram.User{ID: int64(firstAccount + i), FirstName: "P"})
	}
	if err := b.ledger.WorkDaily(ctx, time.Now()); err != nil {
		return err
	}
	for _, place := range []int{0, 1} {
		if err := b.ledger.Appoint(ctx, place); err != nil {
			return err
		}
	}
	b.id, err = b.ledger.Ask(ctx, 0, oldBody)
	return err
}

// quiet waits until everybody has the menu of the bot, which goes once after the start.
func (b *mailBench) quiet(ctx context.Context) error {
	for {
		books, err := b.ledger.Books(ctx)
		if err != nil || books.Outbox["new"]+books.Outbox["sending"] == 0 {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// approve presses as the second person, and returns how long it took until the first
// message had come.
func (b *mailBench) approve(ctx context.Context) (time.Duration, error) {
	p := &person{crowd: &crowd{fake: b.fake}, account: firstAccount + 1}
	b.fake.SendText(p.account, "/siaran")
	for _, label := range []string{"Periksa permintaan", "Setujui"} {
		shown, err := p.find(ctx, label)
		if err != nil {
			return 0, err
		}
		if label == "Setujui" {
			b.fake.ResetCalls()
		}
		if _, err := b.fake.Press(p.account, shown.ID, labelled(shown, label).Data); err != nil {
			return 0, fmt.Errorf("press %s: %w", label, err)
		}
	}
	begin := time.Now()
	for time.Since(begin) < firstMailWait {
		change := b.fake.Changed()
		for _, c := range b.fake.Calls() {
			if about(c) == isFirst {
				return c.At.Sub(begin), nil
			}
		}
		select {
		case <-change:
		case <-time.After(firstMailWait):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return 0, fmt.Errorf("no message came within %s of the approval", firstMailWait)
}

// figures are what was measured until end.
func (b *mailBench) figures(first time.Duration, m measured, end time.Time) []Figure {
	var n, firsts, edits, facts, refused int
	for _, c := range b.fake.Calls() {
		if c.Code == 429 {
			refused++
		}
		if c.At.Before(end.Add(-m.took)) || c.At.After(end) || !c.Accepted || !strings.HasPrefix(c.Method, "send") && !strings.HasPrefix(c.Method, "edit") {
			continue
		}
		n++
		switch about(c) {
		case isFirst:
			firsts++
		case isEdit:
			edits++
		case isFact:
			facts++
		}
	}
	rate := float64(n) / m.took.Seconds()
	p50, p99, worst := percentiles(m.taps)
	return []Figure{
		{What: "approval to the first message", Value: short(first), Target: "under " + short(firstTarget), Missed: first >= firstTarget},
		{What: fmt.Sprintf("calls a second for %s: announcements + edits + short replies + all others", short(m.took)),
			Value:  fmt.Sprintf("%s (%s + %s + %s + %s)", number(rate, 2), thousands(firsts), thousands(edits), thousands(facts), thousands(n-firsts-edits-facts)),
			Target: fmt.Sprintf("at least %.1f", rateTarget), Missed: rate < rateTarget},
		{What: "calls that Telegram answered with 429", Value: thousands(refused), Target: "none", Missed: refused > 0},
		{What: fmt.Sprintf("meanwhile %d people a second answer: tap to visible change, p50 / p99 / longest", answerRate),
			Value: short(p50) + " / " + short(p99) + " / " + short(worst), Target: "p99 under " + short(answerTarget), Missed: p99 >= answerTarget},
		{What: "peak memory of the bot", Value: mebibytes(m.peak), Target: "under " + mebibytes(mailPeak), Missed: m.peak >= mailPeak},
	}
}

// mailDecided measures what comes before the sending, for an agency and for one with five
// times as many people, in this process, over the connections that `serve` has.
func mailDecided(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	people := o.People
	if people <= 0 {
		people = jobPeople
	}
	c, err := devdb.Start(ctx, devdb.Options{Durable: true, Settings: jobSettings,
		Log: func(line string) { fmt.Fprintln(program.Log, line) }})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	b := &jobBench{program: program, cluster: c, small: people}
	var decided [2]spent
	for i, size := range []int{people, jobTimes * people} {
		m, err := b.mail(ctx, size)
		if err != nil {
			return list, err
		}
		decided[i] = m.decided
		of := thousands(size) + " people: "
		rows := Figure{What: fmt.Sprintf("%srecipients decided and queued, how many; wall time; CPU bot + Postgres (median of %d)", of, mailRounds),
			Value: thousands(m.decided.did) + "; " + short(m.decided.wall) + "; " + short(m.decided.bot) + " + " + short(m.decided.base)}
		forecast := Figure{What: of + "forecast", Value: short(m.forecast)}
		count := Figure{What: fmt.Sprintf("%saudience counted, median of %d", of, countRounds), Value: short(m.count)}
		if i == 0 {
			rows.Target, rows.Missed = "under "+short(decideTarget), m.decided.wall >= decideTarget
			forecast.Target, forecast.Missed = "under "+short(forecastMost), m.forecast >= forecastMost
		} else {
			count.Target, count.Missed = "under "+short(countTarget), m.count >= countTarget
		}
		list = append(list, Figure{What: of + "approved, audience frozen", Value: short(m.approved)}, rows, forecast, count)
	}
	v := math.Log(decided[1].cpu().Seconds()/decided[0].cpu().Seconds()) / math.Log(jobTimes)
	return append(list, Figure{What: "recipients decided and queued: growth exponent of CPU time", Value: number(v, 2),
		Target: fmt.Sprintf("at most %.2f", exponentMost), Missed: v > exponentMost}), nil
}

// mailSpent is what an agency of one size took.
type mailSpent struct {
	decided                   spent
	approved, forecast, count time.Duration
}

// mail measures rounds of one size; each begins with the same register.
func (b *jobBench) mail(ctx context.Context, people int) (out mailSpent, err error) {
	now, err := b.template(ctx, people)
	if err != nil {
		return out, err
	}
	now = now.AddDate(0, 0, 1).Add(time.Hour) // Tuesday at nine
	var decided []spent
	for range mailRounds {
		if err := b.cluster.CloneDatabase(ctx, jobDatabase, jobTemplate); err != nil {
			return out, err
		}
		a, err := b.open(ctx, jobDatabase)
		if err != nil {
			return out, err
		}
		one, err := b.mailRound(ctx, a, people, now)
		if err := errors.Join(err, a.Close(), b.cluster.DropDatabase(ctx, jobDatabase)); err != nil {
			return out, err
		}
		decided = append(decided, one.decided)
		out = one
	}
	out.decided = medianSpent(decided)
	return out, b.cluster.DropDatabase(ctx, jobTemplate)
}

// mailRound counts, foresees, approves and decides once.
func (b *jobBench) mailRound(ctx context.Context, a Agency, people int, now time.Time) (out mailSpent, err error) {
	took := func(what string, do func() (int, error)) time.Duration {
		begin := time.Now()
		n, failed := do()
		if failed == nil && n != people {
			failed = fmt.Errorf("%s: %d of %d people", what, n, people)
		}
		err = errors.Join(err, failed)
		return time.Since(begin)
	}
	var counts []time.Duration
	for range countRounds {
		counts = append(counts, took("audience", func() (int, error) { return a.CountAudience(ctx, now) }))
	}
	slices.Sort(counts)
	out.count = counts[len(counts)/2]
	out.forecast = took("forecast", func() (int, error) { return a.Forecast(ctx, now) })
	var id int64
	out.approved = took("approval", func() (n int, err error) {
		id, n, err = a.Announce(ctx, now)
		return n, err
	})
	if err != nil {
		return out, err
	}
	out.decided, err = b.measure(func() (int, error) { return a.DecideAnnouncement(ctx, id, now) })
	if err == nil && out.decided.did != people {
		err = fmt.Errorf("%d messages for %d people", out.decided.did, people)
	}
	return out, err
}
