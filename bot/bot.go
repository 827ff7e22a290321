package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"bangkom/internal/dialog"
)

// Config is what a Telegram needs. Numbers and durations that are zero take
// the default named beside them, but for the two rates.
type Config struct {
	Token    Token
	Endpoint string // two %s, for token and method; default Telegram's own
	Files    string // two %s, for token and path; default Telegram's own

	Inbox  Inbox
	Outbox Outbox
	Leases Leases
	Drawer Drawer // nil = pictures fall back to their caption
	// Webhook is where Telegram delivers; nil = it is polled. Facts are needed
	// with it.
	Webhook *WebhookConfig
	Facts   Facts

	Profile Profile
	// OnUsername is told the bot's user name once Telegram has said it; may be nil.
	OnUsername func(ctx context.Context, username string)

	Rate     float64 // calls a second over all chats; 0 = no limit
	ChatRate float64 // new messages a second to one chat; 0 = no limit
	InFlight int     // calls of the sender at a time: 8
	Workers  int     // people handled at a time: 16
	Together int     // people decided about in one transaction while many wait: 1
	Queued   int     // unsent rows in memory: 10,000
	Lanes    int     // people waiting in memory: 20,000
	// PersonRate is how many updates of one person are read in ten seconds;
	// 0 = any number.
	PersonRate int
	// NotStored answers a press while the database is away, TooFast one that is
	// ignored because the person sends too much.
	NotStored, TooFast string
	NotMade            string           // HTML; stands below the words of a file that could not be made
	TooSlow            string           // HTML; the same of a report that was given up because it took too long
	Now                func() time.Time // the clock of people: time.Now
	PollWait           time.Duration    // of a long poll, at most 50 s: 30 s
	LeaseTTL           time.Duration    // 3 s
	AckAfter           time.Duration    // a press that nobody answered by then is answered without words: 1 s
	HoldText           time.Duration    // what stands behind a picture or file of its chat waits for it: 1 s
	Grace              time.Duration    // for work in flight at the end: 20 s
	Meter              Meter            // may be nil
	Log                *slog.Logger     // default: nothing is logged
}

const (
	leaseName    = "telegram"
	lanesGrace   = 5 * time.Second
	profileRetry = time.Second
	profileMax   = time.Minute
)

func (c *Config) defaults() {
	c.InFlight = cmp.Or(c.InFlight, 8)
	c.Workers = cmp.Or(c.Workers, 16)
	c.Queued = cmp.Or(c.Queued, 10_000)
	c.Lanes = cmp.Or(c.Lanes, 20_000)
	c.PollWait = min(cmp.Or(c.PollWait, 30*time.Second), 50*time.Second)
	c.LeaseTTL = cmp.Or(c.LeaseTTL, 3*time.Second)
	c.AckAfter = cmp.Or(c.AckAfter, ackAfter)
	c.Grace = cmp.Or(c.Grace, defaultGrace)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Meter == nil {
		c.Meter = unmeasured{}
	}
}

// Telegram is everything between Telegram and the database. Several processes
// may run one for the same bot: one of them polls and sends.
type Telegram struct {
	client  *Client
	lease   *Lease
	sender  *Sender
	acks    *Acks
	cfg     Config
	log     *slog.Logger
	ignored atomic.Int64

	username atomic.Pointer[string]
	way      atomic.Pointer[wayIn]
	fatal    atomic.Pointer[error]
}

// wayIn is how updates come in: by polls or by a webhook.
type wayIn interface {
	Run(ctx context.Context) error
	Err() error
}

// New checks the configuration. It calls neither Telegram nor the database.
func New(cfg Config) (*Telegram, error) {
	cfg.defaults()
	if cfg.Inbox == nil || cfg.Outbox == nil || cfg.Leases == nil {
		return nil, errors.New("telegram: inbox, outbox and leases are needed")
	}
	client, err := NewClient(cfg.Token, cfg.Endpoint, cfg.InFlight+ackWorkers+2)
	if err != nil {
		return nil, err
	}
	if client.files, err = checkFileEndpoint(cfg.Files); err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // only helps whoever reads the lease table
	holder := fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
	lease := NewLease(cfg.Leases, leaseName, holder, cfg.LeaseTTL, cfg.Log)
	t := &Telegram{
		client: client, lease: lease, acks: NewAcks(client, cfg.Log), cfg: cfg, log: cfg.Log,
		sender: NewSender(SenderConfig{Now: cfg.Now,
			Client: client, Outbox: cfg.Outbox, Lease: lease, Drawer: cfg.Drawer,
			Rate: cfg.Rate, ChatRate: cfg.ChatRate, InFlight: cfg.InFlight, Queued: cfg.Queued,
			HoldText: cfg.HoldText, Grace: cfg.Grace, Meter: cfg.Meter, NotMade: cfg.NotMade, TooSlow: cfg.TooSlow, Log: cfg.Log,
		}),
	}
	t.acks.quiet, t.acks.after = t.sender.quietUntil, cfg.AckAfter
	return t, nil
}

// newWayIn makes what takes updates in.
func (t *Telegram) newWayIn(lanes *Lanes, p Processor) (wayIn, error) {
	in := &intake{inbox: t.cfg.Inbox, lanes: lanes, acks: t.acks, botID: t.client.ID(), now: t.cfg.Now, log: t.log,
		flood: newFlood(t.cfg.PersonRate, func(n int64) { t.ignored.Add(n) }), toast: t.cfg.NotStored, slow: t.cfg.TooFast}
	if t.cfg.Together > 1 {
		in.many, _ = p.(Arrivals)
		in.most, in.mayDecide = t.cfg.Together, func() bool { return t.lease.isAllowed() && t.sender.hasRoom() }
	}
	if t.cfg.Webhook == nil {
		return newReceiver(ReceiverConfig{Client: t.client, Lease: t.lease, Wait: t.cfg.PollWait, Log: t.log}, in), nil
	}
	if t.cfg.Facts == nil {
		return nil, errors.New("telegram: facts are needed with a webhook")
	}
	return newWebhook(*t.cfg.Webhook, t.client, t.cfg.Facts, t.lease, in, t.log)
}

// BotID is the bot's account id.
func (t *Telegram) BotID() int64 { return t.client.ID() }

// Client makes calls beside the outbox, for `check`.
func (t *Telegram) Client() *Client { return t.client }

// Username is the bot's user name; "" until Telegram has said it.
func (t *Telegram) Username() string {
	if name := t.username.Load(); name != nil {
		return *name
	}
	return ""
}

// Accepting is the term under which a transaction may store rows as being sent
// and Offer them after its commit; 0 = it must store them as new and Wake.
func (t *Telegram) Accepting() int64 { return t.sender.Accepting() }

// Offer hands over rows that were committed as being sent.
func (t *Telegram) Offer(rows []dialog.Outgoing) { t.sender.Offer(rows) }

// CommitUnknown says that the reply to a commit was lost, so that rows may be
// stored as being sent while nobody sends them.
func (t *Telegram) CommitUnknown() { t.sender.CommitUnknown() }

// Wake says that new rows wait in the outbox.
func (t *Telegram) Wake() { t.sender.Wake() }

// Stats tells what was done since the start, and what is so now.
func (t *Telegram) Stats() Stats {
	s := t.sender.Stats()
	s.Ignored, s.Term, s.Others = t.ignored.Load(), t.lease.Term(), t.lease.Others()
	s.Hold, _ = t.lease.Hold()
	return s
}

// Answer answers a button press with a short text or none. It does not wait.
func (t *Telegram) Answer(queryID, toast string) { t.acks.Answer(queryID, toast) }

// Ready explains why the bot does not work now; nil = it does, or another
// process does it.
func (t *Telegram) Ready() error {
	if err := t.fatal.Load(); err != nil {
		return *err
	}
	if err := t.lease.Err(); err != nil {
		return fmt.Errorf("lease: %w", err)
	}
	if why, since := t.lease.Hold(); why != "" {
		return fmt.Errorf("sending is held since %s because %s: see `bangkom resume`", since.UTC().Format(time.RFC3339), why)
	}
	w := t.way.Load()
	if w == nil {
		return errors.New("telegram: not started")
	}
	return (*w).Err()
}

// Run works until ctx ends, then stops in order: polling at once, people's
// updates that are being handled, calls in flight, the lease. The error says
// why it cannot go on; the first part that fails stops the others. Run may be
// called once.
func (t *Telegram) Run(ctx context.Context, p Processor) error {
	lanes := NewLanes(LanesConfig{
		Inbox: t.cfg.Inbox, Processor: p, BotID: t.client.ID(), Workers: t.cfg.Workers, Together: t.cfg.Together, Known: t.cfg.Lanes,
		Grace: min(t.cfg.Grace, lanesGrace), Gate: t.mayDecide, Meter: t.cfg.Meter, Log: t.log,
	})
	way, err := t.newWayIn(lanes, p)
	if err != nil {
		return err
	}
	t.way.Store(&way)
	defer t.client.http.CloseIdleConnections()

	g, ctx := errgroup.WithContext(ctx)
	last := context.WithoutCancel(ctx)
	sending, stopSending := context.WithCancel(last)
	leading, stopLeading := context.WithCancel(last)
	g.Go(func() error { return t.noted(way.Run(ctx)) })
	g.Go(func() error { return t.introduce(ctx) })
	g.Go(func() error {
		defer stopSending()
		return lanes.Run(ctx)
	})
	g.Go(func() error {
		defer stopLeading()
		return t.noted(t.sender.Run(sending))
	})
	g.Go(func() error { return t.acks.Run(leading) })
	g.Go(func() error { return t.lease.Run(leading) })
	err = g.Wait()
	_ = t.noted(errStopped)
	return err
}

// mayDecide waits while sending is held, and while too much waits to be sent.
func (t *Telegram) mayDecide(ctx context.Context) error {
	if err := t.lease.awaitAllowed(ctx); err != nil {
		return err
	}
	return t.sender.WaitRoom(ctx)
}

// WhileAllowed runs fn while sending is not held in this database, again after each
// hold, until ctx ends. The context of fn ends with a hold; fn then returns nil.
func (t *Telegram) WhileAllowed(ctx context.Context, fn func(context.Context) error) error {
	return t.lease.whileAllowed(ctx, fn)
}

var errStopped = errors.New("telegram: stopped")

// noted keeps the first failure for Ready.
func (t *Telegram) noted(err error) error {
	if err != nil {
		t.fatal.CompareAndSwap(nil, &err)
	}
	return err
}

// introduce sets the profile and learns the user name, as soon as Telegram
// answers and sending is allowed: a copy must not speak for the bot. Nothing else
// waits for it.
func (t *Telegram) introduce(ctx context.Context) error {
	for tries := 0; t.lease.awaitAllowed(ctx) == nil; tries++ {
		work, stop := t.lease.untilHeld(ctx)
		name, err := t.client.EnsureProfile(work, t.cfg.Profile, t.cfg.Webhook != nil)
		held := work.Err() != nil
		stop()
		if name != "" && t.Username() == "" {
			t.username.Store(&name)
			if t.cfg.OnUsername != nil {
				t.cfg.OnUsername(ctx, name)
			}
		}
		if err == nil {
			return nil
		}
		if held { // or it is the end; both are looked at first
			continue
		}
		if ctx.Err() == nil {
			t.log.Warn("profile of the bot not set", "tries", tries+1, "err", err)
		}
		if !pause(ctx, max(backoff(tries, profileRetry, profileMax), askedPause(err))) {
			return nil
		}
	}
	return nil
}
