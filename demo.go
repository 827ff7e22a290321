package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"bangkom/internal/config"
	"bangkom/internal/devdb"
	"bangkom/internal/faketelegram"
	"bangkom/storage"
)

const (
	demoAddress  = "127.0.0.1:8080"
	demoDatabase = "bangkom"
	demoOwner    = "postgres"
	demoUser     = "bangkom_demo"
	demoUsername = "bangkom_demo_bot"
	demoTimeZone = "Asia/Jakarta"
	// demoKey makes the codes and buttons of the demo; it protects nothing.
	demoKey = "ZGVtby1rZXktcHJvdGVjdHMtbm90aGluZy1hdC1hbGw="
)

func (a *app) demo(ctx context.Context, args []string) error {
	fs := a.flags("demo")
	listen := fs.String("listen", "", "`ADDRESS` of the chat page; default "+demoAddress+", or a free port if that is taken")
	keep := fs.String("keep", "", "keep the database in `DIR` and go on with it next time")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	listener, err := demoListener(*listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	cluster, err := devdb.Start(ctx, devdb.Options{
		Keep: *keep, Durable: *keep != "", // what is thrown away need not survive a crash
		Log: func(message string) { fmt.Fprintln(a.stderr, message) },
	})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	fmt.Fprintf(a.stderr, "Basis data: psql '%s'\n", cluster.URL(demoDatabase, demoOwner))
	d := &demo{app: a, address: reachable(listener.Addr()), log: log, clock: &demoClock{real: a.now}}
	if err := d.prepare(ctx, cluster); err != nil {
		return err
	}
	defer d.db.Close()
	return d.run(ctx, listener)
}

// demoListener opens the port of the chat page. Only the default port may be
// replaced by a free one.
func demoListener(address string) (net.Listener, error) {
	if address != "" {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("--listen: %w", err)
		}
		return l, nil
	}
	if l, err := net.Listen("tcp", demoAddress); err == nil {
		return l, nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// reachable is the address to open: a listener on all interfaces has none of
// its own.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.String()
	}
	if tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return tcp.String()
}

// demo is one running demonstration.
type demo struct {
	*app
	address string
	log     *slog.Logger
	db      *storage.DB
	cfg     config.Config
	fake    *faketelegram.Server
	cast    []demoCast
	fresh   bool // the sample data was made just now
	sample  []byte
	clock   *demoClock
	svc     *service
	jobs    sync.Mutex // held while a visitor runs a job
}

// prepare makes the database with its sample data, and the fake Telegram.
func (d *demo) prepare(ctx context.Context, cluster *devdb.Cluster) error {
	owner, err := openOwner(ctx, cluster)
	if err != nil {
		return err
	}
	defer owner.Close()
	if d.cfg, err = d.config(cluster); err != nil {
		return err
	}
	secret, err := d.cfg.CodeKey()
	if err != nil {
		return err
	}
	now, err := d.present(ctx, owner)
	if err != nil {
		return err
	}
	people, err := demoPeople(now)
	if err != nil {
		return err
	}
	if d.cast, err = castRoles(people, deriveKeys(secret)); err != nil {
		return err
	}
	if d.sample, err = demoFile(people, now); err != nil {
		return err
	}
	filled, err := owner.Fact(ctx, factDemo)
	if err != nil {
		return err
	}
	if d.fresh = filled == ""; d.fresh {
		if err := fillDemo(ctx, owner, people, d.cast, now); err != nil {
			return err
		}
		if err := owner.SetFact(ctx, factDemo, now.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	d.fake = demoTelegram(d.cast, now, d.clock.Now)
	d.db, err = openServing(ctx, d.cfg.Database)
	return err
}

// present is the present of the demo, which is where a kept one has left it.
func (d *demo) present(ctx context.Context, owner *storage.DB) (time.Time, error) {
	kept, err := owner.Fact(ctx, factDemoAhead)
	if err != nil {
		return time.Time{}, err
	}
	if seconds, err := strconv.ParseInt(kept, 10, 64); err == nil {
		d.clock.ahead.Store(seconds * int64(time.Second))
	}
	return d.clock.Now().In(d.cfg.Location()), nil
}

// openOwner makes the database, or finds that of the last time, brings its
// schema up to date, and returns it as its owner sees it. The bot gets a login
// of its own that cannot change answers.
func openOwner(ctx context.Context, cluster *devdb.Cluster) (*storage.DB, error) {
	url := cluster.URL(demoDatabase, demoOwner)
	db, err := openDatabase(ctx, config.Database{}, config.Secret(url))
	if err != nil { // not there yet
		if err := cluster.CreateDatabase(ctx, demoDatabase); err != nil {
			return nil, err
		}
		if db, err = openDatabase(ctx, config.Database{}, config.Secret(url)); err != nil {
			return nil, err
		}
	}
	seed, err := shippedSeed()
	if err == nil {
		_, err = db.Migrate(ctx, seed)
	}
	if err == nil {
		err = devdb.AppUser(ctx, url, demoUser)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// config is read like that of `serve`, but only from what stands here.
func (d *demo) config(cluster *devdb.Cluster) (config.Config, error) {
	cfg, err := config.Load("", []string{
		"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken,
		"BANGKOM_TELEGRAM_API_ENDPOINT=http://" + d.address + "/bot%s/%s",
		"BANGKOM_TELEGRAM_FILE_ENDPOINT=http://" + d.address + "/file/bot%s/%s",
		"BANGKOM_DATABASE_URL=" + cluster.URL(demoDatabase, demoUser),
		"BANGKOM_IDENTITY_CODE_KEY=" + demoKey,
		"BANGKOM_AGENCY_NAME=" + demoAgency,
		"BANGKOM_AGENCY_SHORT_NAME=" + demoShortName,
		"BANGKOM_AGENCY_TIME_ZONE=" + demoTimeZone,
		"BANGKOM_AGENCY_PROMISE=" + demoPromise,
		"BANGKOM_AGENCY_HELPDESK=" + demoHelpdesk,
		"BANGKOM_AGENCY_RECOGNITION=" + demoRecognition,
	})
	if err != nil {
		return cfg, err
	}
	return cfg, cfg.ValidateServe()
}

// demoTelegram is a Telegram with the limits of the real one.
func demoTelegram(cast []demoCast, now time.Time, clock func() time.Time) *faketelegram.Server {
	fake := faketelegram.New(faketelegram.Config{
		BotName: "Bangkom " + demoShortName, BotUsername: demoUsername,
		RatePerSecond: 30, ChatRatePerSecond: 1, Now: clock,
	})
	// A kept database knows the numbers of earlier updates: ten for each second
	// since the end of 2023 leave room enough.
	fake.RestartUpdateIDs((now.Unix() - 1_700_000_000) * 10)
	for _, c := range cast {
		first, last, _ := strings.Cut(c.name, " ")
		fake.AddUser(faketelegram.User{ID: c.userID, FirstName: first, LastName: last,
			Phone: c.phone()})
	}
	return fake
}

// run serves the page and the bot until ctx ends. The fake Telegram outlives
// the bot, so that calls in flight end properly.
func (d *demo) run(ctx context.Context, listener net.Listener) error {
	svc, err := newService(ctx, d.cfg, d.db, d.log, d.clock.Now)
	if err != nil {
		return err
	}
	played := make(chan struct{})
	svc.jobsAfter = played // a summary must not count people who are about to come
	d.svc = svc
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return serveHTTP(serving, listener, d.handler()) })
	g.Go(func() error {
		defer stopServing()
		defer d.fake.Close()
		return svc.run(ctx)
	})
	g.Go(func() error {
		defer close(played)
		if d.fresh {
			d.playAll(ctx)
		}
		return nil
	})
	fmt.Fprintf(d.stdout, "Buka http://%s/ di peramban.\n", d.address)
	for _, hint := range demoHints() {
		fmt.Fprintln(d.stdout, "-", hint)
	}
	return g.Wait()
}

// handler serves the Bot API and the chat page under one address.
func (d *demo) handler() http.Handler {
	api, page := d.fake.APIHandler(), d.fake.PageHandler(demoPage(d.cast, d.actions()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bot") || strings.HasPrefix(r.URL.Path, "/file/bot") {
			api.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == demoSample {
			serveSample(w, d.sample)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// playLimit is how long one played conversation may take.
const playLimit = time.Minute

// playAll plays the people who have come before the visitor, through the same
// conversations that everybody has.
func (d *demo) playAll(ctx context.Context) {
	for _, c := range d.cast {
		if !c.linked {
			continue
		}
		if err := d.play(ctx, c); err != nil && ctx.Err() == nil {
			d.log.Error("sample conversation", "account", c.userID, "err", err)
		}
	}
}

// play links one account and answers as far as the role says.
func (d *demo) play(ctx context.Context, c demoCast) error {
	ctx, cancel := context.WithTimeout(ctx, playLimit)
	defer cancel()
	d.fake.SendText(c.userID, "/start "+c.code)
	seen, answers := "", 0
	for {
		card, err := d.nextCard(ctx, c.userID, seen)
		if err != nil {
			return err
		}
		seen = card.mark
		label := card.next(answers, c)
		if label == "" {
			return nil
		}
		if _, _, err := d.fake.PressLabel(c.userID, label); err != nil {
			return fmt.Errorf("press %s: %w", label, err)
		}
		if label == "Kirim" {
			return nil
		}
		if slices.Contains(card.labels, "Belum") {
			answers++
		}
	}
}

// demoCard is the newest message with buttons in a chat.
type demoCard struct {
	mark   string // changes with every edit
	labels []string
}

// next is the button to press now, "" for none: the person has finished.
func (k demoCard) next(answers int, c demoCast) string {
	has := func(label string) bool { return slices.Contains(k.labels, label) }
	switch {
	case has("Setuju"):
		return "Setuju"
	case c.answers == answers && !has("Kirim"):
		return ""
	case has("Kirim"):
		return "Kirim"
	case has("Belum"):
		return strconv.Itoa(1 + (c.person+2*answers)%4)
	case has("Mulai"):
		return "Mulai"
	default:
		return ""
	}
}

var errNoAnswer = errors.New("the bot did not answer in time")

// nextCard waits for a card that is not the one already seen.
func (d *demo) nextCard(ctx context.Context, userID int64, seen string) (demoCard, error) {
	for {
		changed := d.fake.Changed()
		if card := newestCard(d.fake.Messages(userID)); card.mark != seen {
			return card, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return demoCard{}, errNoAnswer
		}
	}
}

func newestCard(chat []faketelegram.Message) demoCard {
	for _, m := range slices.Backward(chat) {
		if !m.FromBot || m.Deleted || len(m.Inline) == 0 {
			continue
		}
		card := demoCard{mark: fmt.Sprint(m.ID, " ", m.HTML)}
		for _, row := range m.Inline {
			for _, b := range row {
				card.labels = append(card.labels, b.Text)
				card.mark += b.Data
			}
		}
		return card
	}
	return demoCard{}
}
