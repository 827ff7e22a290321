// Package demo runs Bangkom for a visitor in the browser: a fake Telegram, a database of
// its own, an agency that does not exist, and people who have come before. Its pages
// are the chats; nothing leaves the computer.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/devdb"
	"bangkom/internal/faketelegram"
	"bangkom/storage"
)

const (
	// Address is where the chat page is, unless it is taken.
	Address      = "127.0.0.1:8080"
	demoDatabase = "bangkom"
	demoOwner    = "postgres"
	demoUser     = "bangkom_demo"
	demoUsername = "bangkom_demo_bot"
	demoTimeZone = "Asia/Jakarta"
	// demoKey makes the codes and buttons of the demo; it protects nothing.
	demoKey = "ZGVtby1rZXktcHJvdGVjdHMtbm90aGluZy1hdC1hbGw="
)

// Options say how a demo runs.
type Options struct {
	Listen string           // address of the chat page; "" = Address, or a free port
	Keep   string           // directory of the database; "" = it is thrown away
	Stdout io.Writer        // the address, and what to try
	Stderr io.Writer        // messages
	Now    func() time.Time // the clock of all decisions, before a job has moved it
}

// Run serves a demo until ctx ends and everything has stopped.
func Run(ctx context.Context, o Options) error {
	listener, err := demoListener(o.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	log := slog.New(slog.NewTextHandler(o.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	cluster, err := devdb.Start(ctx, devdb.Options{
		Keep: o.Keep, Durable: o.Keep != "", // what is thrown away need not survive a crash
		Log: func(message string) { fmt.Fprintln(o.Stderr, message) },
	})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	fmt.Fprintf(o.Stderr, "Basis data: psql '%s'\n", cluster.URL(demoDatabase, demoOwner))
	st := &stage{address: reachable(listener.Addr())}
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return app.ServeHTTP(serving, listener, st) })
	g.Go(func() error {
		defer stopServing()
		return st.play(ctx, o, cluster, log)
	})
	return g.Wait()
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
	if l, err := net.Listen("tcp", Address); err == nil {
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
	address string
	log     *slog.Logger
	restart *restart
	db      *storage.DB
	cfg     config.Config
	fake    *faketelegram.Server
	cast    []demoCast
	fresh   bool              // the sample data was made just now
	kept    bool              // it is that of a former time, so the chats begin empty
	samples map[string][]byte // the files that the page offers, by their paths
	clock   *Clock
	svc     *app.Service
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
	if err := d.clock.Restore(ctx, owner); err != nil {
		return err
	}
	now := d.clock.Now().In(d.cfg.Location())
	people, err := demoPeople(now)
	if err != nil {
		return err
	}
	if d.cast, err = castRoles(people, app.DeriveKeys(secret)); err != nil {
		return err
	}
	if d.samples, err = demoSamples(people, now); err != nil {
		return err
	}
	filled, err := owner.Fact(ctx, factDemo)
	if err != nil {
		return err
	}
	if d.fresh = filled == ""; d.fresh {
		owner.SealWith(app.DeriveKeys(secret).Sealer)
		if err := fillDemo(ctx, owner, people, d.cast, now); err != nil {
			return err
		}
		if err := owner.SetFact(ctx, factDemo, now.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	d.kept = !d.fresh
	d.fake = demoTelegram(d.cast, now, d.clock.Now)
	d.db, err = app.OpenServing(ctx, d.cfg.Database)
	return err
}

// openOwner makes the database, or finds that of the last time, brings its
// schema up to date, and returns it as its owner sees it. The bot gets a login
// of its own that cannot change answers.
func openOwner(ctx context.Context, cluster *devdb.Cluster) (*storage.DB, error) {
	url := cluster.URL(demoDatabase, demoOwner)
	db, err := app.OpenDatabase(ctx, config.Database{}, config.Secret(url))
	if err != nil { // not there yet
		if err := cluster.CreateDatabase(ctx, demoDatabase); err != nil {
			return nil, err
		}
		if db, err = app.OpenDatabase(ctx, config.Database{}, config.Secret(url)); err != nil {
			return nil, err
		}
	}
	seed, err := app.ShippedSeed()
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
		"BANGKOM_LIMITS_DOUBLE_PRESS=0",          // its sample people play weeks in a minute
		"BANGKOM_ANNOUNCEMENTS_APPROVAL_FROM=20", // of 115 people: a small unit goes at once, all need a second officer
		"BANGKOM_AGENCY_NAME=" + demoAgency,
		"BANGKOM_AGENCY_SHORT_NAME=" + demoShortName,
		"BANGKOM_AGENCY_TIME_ZONE=" + demoTimeZone,
		"BANGKOM_AGENCY_PROMISE=" + demoPromise,
		"BANGKOM_AGENCY_HELPDESK=" + demoHelpdesk,
		"BANGKOM_AGENCY_RECOGNITION=" + demoRecognition,
		"BANGKOM_AGENCY_LETTERHEAD=" + demoLetterhead,
		"BANGKOM_AGENCY_PLACE=" + demoShortName,
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

// run runs the bot until ctx ends, and plays who came before. ready is called once the
// page may be shown.
func (d *demo) run(ctx context.Context, ready func()) error {
	svc, err := app.New(ctx, d.cfg, d.db, d.log, d.clock.Now)
	if err != nil {
		return err
	}
	played := make(chan struct{})
	svc.JobsAfter = played // a summary must not count people who are about to come
	d.svc = svc
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer d.fake.Close()
		return svc.Run(ctx)
	})
	g.Go(func() error {
		defer close(played)
		if d.fresh {
			d.playAll(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		return d.db.SetFact(ctx, FactPlayed, "1")
	})
	ready()
	return g.Wait()
}

// handler serves the Bot API and the chat page under one address.
func (d *demo) handler() http.Handler {
	api, page := d.fake.APIHandler(), d.fake.PageHandler(d.page())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bot") || strings.HasPrefix(r.URL.Path, "/file/bot") {
			api.ServeHTTP(w, r)
			return
		}
		if body, ok := d.samples[r.URL.Path]; ok {
			serveSample(w, r.URL.Path, body)
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
