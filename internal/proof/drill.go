package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/loopback"
)

// size is how large a drill is in its short or its long form. What a number
// means beyond the first four is said by the script that uses it.
type size struct {
	people   int     // who may come at most
	together int     // of them at a time
	rate     float64 // presses a second; 0 = as the script allows
	rounds   int
	every    time.Duration // between two rounds
	away     time.Duration // that something is gone
	speed    float64       // calls a second that the program may make; 0 = any number
}

// drill is one declared drill: people, replicas, what goes wrong, what must
// hold beyond what holds always.
type drill struct {
	name, what  string
	short, long size
	replicas    int // processes; 0 = the script starts them
	webhook     bool
	pooled      bool
	lines       bool // each replica has its own way to Postgres, which can be cut
	inProcess   bool // the program runs in this process, with a clock that can be moved
	linked      bool // people have accounts from the beginning
	doubtful    bool // messages may be refused, or get lost: what became of each is demanded by the drill
	overtakes   bool // its clock passes the end of messages that wait to go to many: these expire, as they must
	lease       time.Duration
	inFlight    int
	faults      faketelegram.Faults
	manners     manners
	script      func(ctx context.Context, r *run) error
	struck      []string                                   // faults that must have befallen somebody
	slowest     time.Duration                              // 99th percentile of tap to visible change; 0 = not demanded
	demand      func(ctx context.Context, r *run) []string // more of them; each line is one that is broken
}

// Options say how to run a drill.
type Options struct {
	Seed uint64
	Long bool
	// Rounds replaces the number of rounds (of kills, say); 0 = that of the form.
	Rounds int
	// Together is of how many people updates are decided in one transaction at most; 0 = as
	// the program is delivered.
	Together int
	// Untimed only tells the latencies: under the race detector they mean
	// nothing.
	Untimed bool
}

// Names lists the drills, in the order in which they run.
func Names() []string {
	var out []string
	for _, d := range drills() {
		out = append(out, d.name)
	}
	return out
}

// Describe says in one sentence what a drill does.
func Describe(name string) string {
	for _, d := range drills() {
		if d.name == name {
			return d.what
		}
	}
	return ""
}

// Timed tells whether a drill demands a latency, so that nothing else should
// run beside it.
func Timed(name string) bool {
	for _, d := range drills() {
		if d.name == name {
			return d.slowest > 0
		}
	}
	return false
}

// ErrUnknown says that there is no drill or benchmark of that name.
var ErrUnknown = errors.New("there is no such name")

// Drill runs one drill and returns its figures. The error says that it could
// not be run; what was broken stands in the result.
func Drill(ctx context.Context, program Program, name string, o Options) (Result, error) {
	list := drills()
	at := slices.IndexFunc(list, func(d drill) bool { return d.name == name })
	if at < 0 {
		return Result{}, fmt.Errorf("%q: %w", name, ErrUnknown)
	}
	r := &run{drill: list[at], size: list[at].short, options: o, rng: rand.New(rand.NewPCG(o.Seed, 0))}
	if o.Long {
		r.size = r.long
	}
	if o.Rounds > 0 {
		r.rounds = o.Rounds
	}
	res, err := r.do(ctx, program)
	if err != nil {
		return res, fmt.Errorf("drill %s: %w", name, err)
	}
	return res, nil
}

// run is one drill that is under way.
type run struct {
	drill
	size
	*stage
	options Options
	rng     *rand.Rand
	crowd   *crowd
	procs   []*replica
	service *inProcess
	proxy   *http.Server
	ways    []*line // of the replicas to Postgres, if lines is set
	mailing *mailing
	seating *seating

	kills  int
	notes  []string // what else was done, for the table
	broken []string
	began  time.Time
}

// do prepares, plays, waits, stops and compares.
func (r *run) do(ctx context.Context, program Program) (_ Result, err error) {
	r.stage, err = newStage(ctx, program, stageOptions{people: r.people, pooled: r.pooled, linked: r.linked,
		fake: faketelegram.Config{Seed: r.options.Seed}})
	if err != nil {
		return Result{}, err
	}
	defer func() {
		r.killAll()
		if r.proxy != nil {
			err = errors.Join(err, r.proxy.Close())
		}
		for _, l := range r.ways {
			err = errors.Join(err, l.close())
		}
		err = errors.Join(err, r.stage.close())
	}()
	r.fake.SetFaults(r.faults)
	if err := r.prepare(ctx); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.began = time.Now()
	r.crowd.open(ctx, r.together)
	scripted := r.script(ctx, r)
	if scripted != nil {
		r.breaks("the script could not go on: %v", scripted)
	}
	r.waitForAll(ctx)
	r.settle(ctx)
	over := ctx.Err()
	cancel()
	r.crowd.people.Wait()
	if over != nil { // somebody ended the drill
		return Result{}, over
	}
	if err := r.stopAll(); err != nil {
		r.breaks("%v", err)
	}
	return r.result(context.WithoutCancel(ctx))
}

// prepare makes the crowd and starts the replicas.
func (r *run) prepare(ctx context.Context) error {
	r.crowd = &crowd{fake: r.fake, codes: r.codes, manners: r.manners, log: r.program.Log, rng: rand.New(rand.NewPCG(r.options.Seed, 1))}
	r.crowd.pace = gatedPace(moves * r.people)
	if r.rate > 0 {
		r.crowd.pace = steadyPace(r.rate)
	}
	if r.inProcess {
		r.service = &inProcess{program: r.program, env: r.environ(r.url, r.settings()...), log: newLogBook()}
		r.service.start(ctx)
		return r.service.awaitLease(ctx)
	}
	listen := make([]string, max(1, r.replicas))
	if r.webhook {
		if err := r.balance(listen); err != nil {
			return err
		}
	}
	urls, err := r.layLines(len(listen))
	if err != nil {
		return err
	}
	r.procs = r.processes(max(1, r.replicas), r.program.Command, func(i int) []string {
		return r.environ(urls[i], append(r.settings(), r.hook(listen[i])...)...)
	})
	for i := range r.replicas {
		if err := r.procs[i].start(); err != nil {
			return err
		}
	}
	if r.replicas > 0 {
		_, err := r.holder(ctx)
		return err
	}
	return nil
}

// layLines gives each replica its way to the database, and returns the addresses.
func (r *run) layLines(replicas int) ([]string, error) {
	urls := make([]string, replicas)
	for i := range urls {
		urls[i] = r.url
		if !r.lines {
			continue
		}
		l, err := newLine(filepath.Join(r.cluster.Socket(), ".s.PGSQL.5432"))
		if err != nil {
			return nil, err
		}
		r.ways = append(r.ways, l)
		urls[i] = l.url(database, appUser)
	}
	return urls, nil
}

// settings are the environment variables of this drill.
func (r *run) settings() []string {
	var out []string
	if r.lease > 0 {
		out = append(out, "BANGKOM_TELEGRAM_LEASE="+r.lease.String())
	}
	if r.manners.reads > 0 {
		out = append(out, "BANGKOM_LIMITS_DOUBLE_PRESS="+doublePress.String())
	}
	if r.speed > 0 {
		out = append(out, "BANGKOM_TELEGRAM_RATE_PER_SECOND="+strconv.FormatFloat(r.speed, 'f', -1, 64))
	}
	if r.options.Together > 0 {
		out = append(out, "BANGKOM_LIMITS_DECIDE_TOGETHER="+strconv.Itoa(r.options.Together))
	}
	if r.inFlight > 0 {
		out = append(out, "BANGKOM_TELEGRAM_IN_FLIGHT="+strconv.Itoa(r.inFlight))
	}
	return out
}

// hookSecret is what Telegram shows with every update; it protects nothing.
const hookSecret = "secret-of-the-drill"

// balance opens the public address and fills in where each replica listens.
func (r *run) balance(listen []string) error {
	for i := range listen {
		address, err := loopback.Free()
		if err != nil {
			return err
		}
		listen[i] = address
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open the public address: %w", err)
	}
	r.proxy = serve(l, newBalancer(listen).handler())
	r.proxy.Addr = l.Addr().String()
	return nil
}

func (r *run) hook(listen string) []string {
	if !r.webhook {
		return nil
	}
	return []string{
		"BANGKOM_TELEGRAM_MODE=webhook", "BANGKOM_TELEGRAM_WEBHOOK_URL=http://" + r.proxy.Addr + "/telegram",
		"BANGKOM_TELEGRAM_WEBHOOK_LISTEN=" + listen, "BANGKOM_TELEGRAM_WEBHOOK_SECRET=" + hookSecret,
	}
}

// breaks notes a demand that does not hold.
func (r *run) breaks(format string, args ...any) {
	r.broken = append(r.broken, fmt.Sprintf(format, args...))
}

// notef adds to what is told about the run.
func (r *run) notef(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// patience is how long nothing at all may happen before something is lost. It
// is longer than a press lives at Telegram and a person then waits.
func (r *run) patience() time.Duration {
	switch {
	case r.away >= pressLife:
		return pressLife + askAgain + time.Minute
	case r.options.Untimed: // the machine has other things to do
		return 5 * time.Minute
	}
	return time.Minute
}

// settle waits until what people need not wait for is done too: the last
// message of somebody may still be on its way.
func (r *run) settle(ctx context.Context) {
	left, since := -1, time.Now()
	for time.Since(since) < settleLimit {
		b, err := r.ledger.Books(ctx)
		if err != nil || len(r.broken) > 0 {
			return // the books are compared in any case
		}
		now := b.Waiting + b.Outbox["new"] + b.Outbox["sending"]
		if now == 0 {
			return
		}
		if now != left {
			left, since = now, time.Now()
		}
		if r.pause(ctx, 100*time.Millisecond) != nil {
			return
		}
	}
}

// settleLimit is for how long none of the last messages may go; those that are still
// there then are counted as not sent.
const settleLimit = 30 * time.Second

// waitForAll lets in nobody else and waits until everybody has the result or
// nothing moves any more.
func (r *run) waitForAll(ctx context.Context) {
	c := r.crowd
	c.close()
	last, since := int64(-1), time.Now()
	for ctx.Err() == nil {
		started, finished := c.count()
		if started == finished {
			return
		}
		if now := c.progress.Load(); now != last {
			last, since = now, time.Now()
		}
		if time.Since(since) > r.patience() {
			r.breaks("%d of %d people have the result and nothing moves any more: something was lost", finished, started)
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}
