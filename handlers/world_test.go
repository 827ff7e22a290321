package handlers_test

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/handlers/feature"
	"bangkom/internal/competency"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/mailing"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/reminder"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
	"bangkom/storage"
	"bangkom/storage/pg"
)

func TestMain(m *testing.M) { os.Exit(devdbtest.Main(m)) }

// world is a whole Bangkom: Postgres, a strict Telegram, the bot, and a clock
// that stands still unless it is moved.
type world struct {
	t        testing.TB
	fake     *faketelegram.Server
	db       *storage.DB
	reports  *storage.DB // nil = reports are read with db
	sql      *sql.DB
	rest     *sql.Stmt // open, planned once
	clock    *clock
	ids      map[string]int64 // employee ids by first name
	log      *lockedLog
	stop     func()
	endpoint string
	owner    string // connection string of the owner of the tables
	way      way
	prepare  func(url, owner string) // fills the database before the bot begins; nil = nobody is there but the cast
	called   string                  // the personnel office in short; "" = BKD
	pool     int                     // connections at most; 0 = as many as the program has
	address  *balancer               // of the webhook
	rate     int                     // updates of a person in ten seconds; 0 = any number
	hour     int                     // and in an hour
	double   time.Duration           // within which a press on a new card is a double tap; 0 = nothing is one
	bots     []*bot.Telegram
	procs    []*handlers.Processor
	courier  *courier.Courier
	reminder *reminder.Reminder
	ears     ears
	wrap     atomic.Pointer[func(handlers.Tx) handlers.Tx]
	// Hooks of tests that look inside; nil = nobody looks.
	decoded func(dialog.Update)       // each update that is about to be decided
	poison  func(dialog.Update) error // whether it cannot be read
	most    int                       // people decided about together
	workers int                       // of each replica; 0 = as many as the program has
	entered func(conversation string) // each input that a conversation took
}

// oneByOne is how many connections suffice, for each replica, where people act one after
// the other. The program would open more when it starts, and each costs Postgres as much
// processor time as a copy of the database, and plans every statement for itself.
const oneByOne = 4

// lockedLog is what the bot logged; it may be read at any time.
type lockedLog struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String is everything so far.
func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// figure is somebody who appears in transcripts. The account number is the
// index; a figure without NIP is a stranger.
type figure struct {
	name, nip, full, position, class, boss, code string
	sex                                          personnel.Sex
}

func cast() []figure {
	return []figure{
		{name: "Bambang", nip: "197803122002121001", full: "Bambang Setiawan, S.Sos.", position: "Kepala Seksi Pelayanan",
			class: "PENGAWAS", code: "7K2MQ9TX4HBD", sex: personnel.Male},
		{name: "Rina", nip: "198507202010012002", full: "Rina Kartika", position: "Pengelola Layanan",
			class: "PELAKSANA", boss: "Bambang", code: "3FJWC8RVN5XA", sex: personnel.Female},
		{name: "Wayan", nip: "199001152015031003", full: "Wayan <Putra> & O'Neil", position: "Petugas Khusus",
			boss: "Bambang", code: "9DPTHB2KZ6QE", sex: personnel.Male},
		{name: "Sari", nip: "199212052019032004", full: "Sari Dewi", position: "Analis Kebijakan Ahli Muda",
			class: "JF_MUDA", boss: "Bambang", code: "5GNSY4MW7RCJ", sex: personnel.Female},
		{name: "Tamu"},
	}
}

const firstAccount = 6_000_000_001

var wib = time.FixedZone("WIB", 7*60*60)

func hashCode(code string) []byte {
	h := hmac.New(sha256.New, []byte("key of the tests"))
	h.Write([]byte(code))
	return h.Sum(nil)
}

// store is the database behind the interfaces of the handlers.
type store struct {
	*storage.DB
	t    testing.TB
	wrap *atomic.Pointer[func(handlers.Tx) handlers.Tx] // of a test that lets a method go wrong
}

func (s store) InTx(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.DB.InTx(ctx, func(tx *storage.Tx) error { return fn(s.honest(tx)) })
}

func (s store) InTxOnce(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.DB.InTxOnce(ctx, func(tx *storage.Tx) error { return fn(s.honest(tx)) })
}

func (s store) honest(tx *storage.Tx) handlers.Tx {
	honest := honestTx{tx, s.t}
	if wrap := s.wrap.Load(); wrap != nil {
		return (*wrap)(honest)
	}
	return honest
}

// Arriving goes wrong where the test lets it.
func (s store) Arriving(ctx context.Context, fn func(handlers.Arriving) error) error {
	return s.DB.Arriving(ctx, func(a *storage.Arriving) error {
		if wrap := s.wrap.Load(); wrap != nil {
			if w, ok := (*wrap)(nil).(interface {
				arriving(handlers.Arriving) handlers.Arriving
			}); ok {
				return fn(w.arriving(a))
			}
		}
		return fn(a)
	})
}

// honestTx fails every test in which "nothing was changed" is said after a change.
type honestTx struct {
	handlers.Tx
	t testing.TB
}

func (h honestTx) Save(ctx context.Context, d dialog.Decision) error {
	for _, r := range d.Rows {
		if n := h.Writes(); n > 0 && r.Template == "form.stale" {
			h.t.Errorf("an answer says that nothing was changed, after %d changes", n)
		}
	}
	return h.Tx.Save(ctx, d)
}

func (store) Unavailable(err error) bool { return storage.Unavailable(err) }

func migrate(ctx context.Context, url string) error {
	db, err := storage.Open(storage.Options{URL: url, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence})
	if err != nil {
		return err
	}
	defer db.Close()
	shipped, err := questionnaire.Shipped()
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, storage.Seed{Classes: competency.Classes(), Managerial: competency.Managerial(),
		Technical: competency.Technical(), Levels: competency.TechnicalLevels(), Questionnaires: shipped})
	return err
}

// newWorld starts everything; it stops with the test. Updates are polled. The
// options run before anything else
// does. With -short only the transcripts get one: they play every conversation once.
func newWorld(t testing.TB, options ...func(*world)) *world {
	t.Helper()
	if !strings.HasPrefix(t.Name(), "TestTranscripts/") {
		devdbtest.Long(t, "plays a whole Bangkom")
	}
	w := &world{t: t, fake: faketelegram.New(faketelegram.Config{}), log: &lockedLog{}, way: polled,
		clock: &clock{now: time.Date(2027, 1, 11, 8, 0, 0, 0, wib)}, ids: map[string]int64{}}
	for _, option := range options {
		option(w)
	}
	url, owner := devdbtest.Database(t, migrate)
	db, err := storage.Open(storage.Options{URL: url, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence,
		MaxOpen: w.pool, KeepPlans: true}) // as the program does; planning costs more than running
	if err != nil {
		t.Fatal(err)
	}
	db.SealWith(sealer)
	direct, err := sql.Open("postgres", devdbtest.Set(url, "plan_cache_mode", "force_generic_plan"))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := direct.Prepare(open)
	if err != nil {
		t.Fatal(err)
	}
	w.db, w.sql, w.rest, w.owner = db, direct, rest, owner
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	db.ComposeWith(mailing.Writer{Text: cat, Location: wib, Agency: "Tirta Raya"}.Compose(bot.NewRenderer(bot.NewCodec([]byte("buttons of the tests"))).Render))
	w.people()
	if w.prepare != nil {
		w.prepare(url, owner)
	}
	server := httptest.NewServer(w.fake.APIHandler())
	w.endpoint = server.URL + "/bot%s/%s"
	if w.way.hooked() {
		w.address = newBalancer(t)
	}
	w.start()
	t.Cleanup(func() {
		w.stop()
		w.fake.Close()
		server.Close()
		w.noBreach()
		_, _ = direct.Close(), db.Close()
	})
	return w
}

// start runs the bot until stop.
func (w *world) start() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.bots, w.procs = nil, nil
	done := make(chan error, 1)
	replicas := w.way.replicas()
	for range replicas {
		telegram, proc := w.connect(ctx)
		w.bots, w.procs = append(w.bots, telegram), append(w.procs, proc)
		go func() { done <- telegram.Run(ctx, w.way.deciding(proc)) }()
		go func() { done <- proc.Work(ctx) }()
	}
	w.stop = func() {
		cancel()
		for range 2 * replicas {
			if err := <-done; err != nil {
				w.t.Errorf("the bot ended with %v", err)
			}
		}
	}
}

// lateDrawer draws with a processor that is made after the sender.
type lateDrawer struct{ *handlers.Processor }

func renderMenu(chatID int64, menu []handlers.MenuEntry) (dialog.Outgoing, error) {
	var commands []bot.Command
	for _, m := range menu {
		commands = append(commands, bot.Command{Name: m.Command, Description: m.Description})
	}
	return bot.RenderMenu(chatID, commands)
}

func (w *world) connect(ctx context.Context) (*bot.Telegram, *handlers.Processor) {
	w.t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		w.t.Fatal(err)
	}
	late, log := &lateDrawer{}, slog.New(slog.NewTextHandler(w.log, nil))
	telegram, err := bot.New(bot.Config{Token: faketelegram.DefaultToken, Endpoint: w.endpoint,
		Files: strings.Replace(w.endpoint, "/bot%s/", "/file/bot%s/", 1),
		Inbox: w.db, Outbox: w.db, Leases: w.db, Drawer: late, Facts: w.db, Now: w.clock.Now, PersonRate: w.rate, Together: w.most, Workers: w.workers, Log: log,
		LeaseTTL: slowLease, AckAfter: slowAck, HoldText: slowAck,
		Webhook: w.webhook(), TooFast: cat.Plain("odd.flood", nil), NotStored: cat.Plain("odd.not_stored", nil)})
	if err != nil {
		w.t.Fatal(err)
	}
	var defs []questionnaire.Definition
	if err := w.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		defs, err = tx.Questionnaires(ctx)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	codec := bot.NewCodec([]byte("buttons of the tests"))
	w.courier = courier.New(courier.Config{Text: cat, Render: bot.NewRenderer(codec).Render, Location: wib})
	w.reminder = reminder.New(reminder.Config{Courier: w.courier, Text: cat, Location: wib, TaskForms: handlers.TaskForms()})
	proc, err := handlers.New(handlers.Config{
		BotID: telegram.BotID(), Store: store{w.db, w.t, &w.wrap}, Sender: telegram, Courier: w.courier, Reminder: w.reminder, Text: cat, Questionnaires: defs,
		Decode: func(body string) (dialog.Update, error) {
			u, err := bot.Decode(body, codec)
			if w.decoded != nil {
				w.decoded(u)
			}
			if w.poison != nil && err == nil {
				err = w.poison(u)
			}
			return u, err
		},
		Render: w.hearing(bot.NewRenderer(codec).Render), CodeDays: 21, PersonHour: w.hour, DoublePress: w.double, ApprovalFrom: 4, Reasons: []string{"Tugas bendahara", "Tugas pengadaan", "Tugas gawat darurat"}, Share: 50, Proposed: map[satisfaction.Element][]string{satisfaction.Competence: {"M.05", "M.03"}, satisfaction.Conduct: {"M.05", "M.03"}}, Topics: map[string]string{"aplikasi_perkantoran": "M.05", "memimpin_tim": "M.06"}, RenderMenu: renderMenu,
		Fetch: func(ctx context.Context, id string) ([]byte, error) {
			return telegram.Client().Download(ctx, id, 1<<20)
		},
		Agency: feature.Agency{Name: "Pemerintah Kabupaten Tirta Raya", ShortName: "Tirta Raya", Office: cmp.Or(w.called, "BKD"), Recognition: "TELAGA BIRU",
			Helpdesk: "BKD Tirta Raya, telepon 0800-000-000", Country: personnel.Indonesia},
		HashCode: hashCode, Now: w.clock.Now, Location: wib,
		BotUsername: func() string { return "bangkom_tirta_bot" },
		Log:         log,
		Reports:     w.reportStore(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if w.entered != nil {
		proc.WatchConversations(w.entered)
	}
	late.Processor = proc
	return telegram, proc
}

// reportStore is what reports are read with.
func (w *world) reportStore() handlers.Store {
	if w.reports == nil {
		return nil
	}
	return store{w.reports, w.t, &w.wrap}
}

// hearing lets the test see what is sent, before an edit is overtaken.
func (w *world) hearing(render func(int64, dialog.Reply) (dialog.Outgoing, error)) func(int64, dialog.Reply) (dialog.Outgoing, error) {
	return func(chatID int64, r dialog.Reply) (dialog.Outgoing, error) {
		w.ears.hear(chatID, r)
		return render(chatID, r)
	}
}

// people fills the register; everybody has a code.
func (w *world) people() {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		if err != nil {
			return err
		}
		for i, f := range cast() {
			w.fake.AddUser(faketelegram.User{ID: firstAccount + int64(i), FirstName: f.name})
			if f.nip == "" {
				continue
			}
			nip, err := personnel.ParseNIP(f.nip, w.clock.Now())
			if err != nil {
				return err
			}
			e := personnel.Employee{NIP: nip, Name: f.full, Sex: f.sex, UnitID: unit, PositionTitle: f.position, ClassCode: f.class}
			if boss, ok := w.ids[f.boss]; ok {
				e.SupervisorID = &boss
			}
			if w.ids[f.name], err = tx.PutEmployee(ctx, e); err != nil {
				return err
			}
			err = tx.AddCode(ctx, hashCode(f.code), w.ids[f.name], w.clock.Now(), w.clock.Now().AddDate(0, 0, 21))
			if err != nil {
				return err
			}
		}
		return nil
	})
	for name, id := range w.ids {
		w.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, id, phoneOf(name))
	}
}

// phoneOf is the number that stands in the register.
func phoneOf(name string) string { return fmt.Sprintf("+62812345670%02d", account(name)%100) }

// grant gives or takes a role. A grant closes the codes of before; the operator
// then hands out a new slip, for which the old one stands here.
func (w *world) grant(name string, role personnel.Role, revoke bool) {
	w.t.Helper()
	i := slices.IndexFunc(cast(), func(f figure) bool { return f.name == name })
	nip, err := personnel.ParseNIP(cast()[i].nip, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		changed, err := tx.Grant(ctx, nip, role, []string{"DPT"}, revoke, w.clock.Now())
		if err == nil && !changed {
			w.t.Errorf("%s had the role %s: %t", name, role, !revoke)
		}
		return err
	})
	w.exec(`UPDATE link_code SET closed_at = NULL WHERE employee_id = $1 AND used_at IS NULL`, w.ids[name])
}

func (w *world) tx(fn func(context.Context, *storage.Tx) error) {
	w.t.Helper()
	ctx := w.t.Context()
	if err := w.db.InTx(ctx, func(tx *storage.Tx) error { return fn(ctx, tx) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) openPeriod(name string, until time.Time) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.OpenPeriod(ctx, storage.Period{Name: name, OpensAt: w.clock.Now(), DueAt: until,
			RatingDueAt: until.AddDate(0, 0, 7)}, w.clock.Now())
		return err
	})
}

func account(name string) int64 {
	i := slices.IndexFunc(cast(), func(f figure) bool { return f.name == name })
	if i < 0 {
		panic("nobody is called " + name)
	}
	return firstAccount + int64(i)
}

// count runs a query that returns one number.
func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.sql.QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// text runs a query that returns one text.
func (w *world) text(query string, args ...any) (s string) {
	w.t.Helper()
	if err := w.sql.QueryRow(query, args...).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// The bot of the tests does not hurry where much else runs on the machine: a lease is
// not lost, a press not answered without words, and no text goes ahead of a picture before
// it while a test waits for the processor.
const (
	slowLease = 15 * time.Second
	slowAck   = 25 * time.Second
)

// patience is after how long a test gives up waiting. It measures nothing: a machine
// on which much else runs may be slow.
const patience = 2 * time.Minute

// open counts what is still to be decided or sent at a time. It is long, and planning
// it takes ten times as long as running it.
const open = `SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL)
		+ (SELECT count(*) FROM upload WHERE state IN ('received', 'applying'))
		+ (SELECT count(*) FROM announcement_nips)
		+ (SELECT count(*) FROM announcement a WHERE a.state IN ('approved', 'sending', 'done', 'cancelled') AND COALESCE(a.send_at, $1) <= $1 AND EXISTS (
		       SELECT FROM announcement_recipient r WHERE r.announcement_id = a.id AND (r.state IN ('waiting', 'queued') AND a.state IN ('approved', 'sending')
		              OR r.state = 'held' AND r.hold_until <= $1 OR r.patch_state = 'queued' OR r.fact_due OR r.remind_due)))
		+ (SELECT count(*) FROM announcement a WHERE a.state IN ('approved', 'sending') AND COALESCE(a.send_at, $1) <= $1 AND NOT EXISTS (
		       SELECT FROM announcement_recipient r WHERE r.announcement_id = a.id AND r.state IN ('waiting', 'held', 'queued')))
		+ (SELECT count(*) FROM announcement a JOIN batch b ON b.id = a.batch_id WHERE a.state IN ('approved', 'sending', 'paused') AND b.state IN ('done', 'cancelled'))
		+ (SELECT count(*) FROM announcement WHERE message_id IS NOT NULL AND COALESCE(told, '') !~
		       CASE state WHEN 'sending' THEN CASE WHEN withdrawn_at IS NULL AND NOT EXISTS (
		              SELECT FROM announcement_recipient r WHERE r.announcement_id = announcement.id AND r.state IN ('waiting', 'queued')) THEN '^<b>Menunggu' ELSE '.' END WHEN 'paused' THEN '^<b>Dijeda' WHEN 'cancelled' THEN '^<b>Dibatalkan' WHEN 'done' THEN
		       CASE WHEN withdrawn_at IS NOT NULL THEN '^<b>Ditarik' WHEN version > 1 THEN '^<b>Selesai.*naskah (baru|lama)' ELSE '^<b>Selesai' END ELSE '' END)
		+ (SELECT count(*) FROM announcement a WHERE a.told ~ 'sedang diubah' AND a.state IN ('done', 'cancelled') AND NOT EXISTS (
		       SELECT FROM announcement_recipient r WHERE r.announcement_id = a.id AND r.patch_state = 'queued'))
		+ (SELECT count(*) FROM announcement WHERE state IN ('done', 'cancelled') AND message_id IS NOT NULL AND ended_at > $1::timestamptz - interval '7 days'
		   AND told_at <= $1::timestamptz - interval '30 s')
		+ (SELECT count(*) FROM announcement a CROSS JOIN LATERAL (SELECT count(*) AS n FROM announcement_recipient r WHERE r.announcement_id = a.id AND r.state = 'withdrawn') w
		   WHERE a.state = 'done' AND a.message_id IS NOT NULL AND w.n > 0 AND a.told !~ ('ditarik ' || w.n || '\M'))
		+ (SELECT count(*) FROM outbox o WHERE state IN ('new', 'sending') AND not_before <= $1
		   AND NOT EXISTS (SELECT FROM announcement a WHERE a.id = o.announcement_id AND a.state = 'paused'))`

// How often settle looks: soon after it began, then less and less often, so that what
// waits long for the processor is not kept from it by looks. So with the bot, which it
// pokes meanwhile.
const (
	firstLook   = time.Millisecond
	longestLook = 100 * time.Millisecond
	firstPoke   = 200 * time.Millisecond
)

// settle waits until everything that arrived is decided and everything that
// was decided is sent.
func (w *world) settle() {
	w.t.Helper()
	limit, poke := time.After(patience), firstPoke
	for begin := time.Now(); ; {
		passed := time.Since(begin)
		if passed > poke {
			w.poke()
			poke = 2 * passed
		}
		changed, sleep := w.fake.Changed(), longestLook
		if w.fake.Pending() == 0 {
			if w.open() == 0 {
				return
			}
			changed, sleep = nil, min(max(passed/4, firstLook), longestLook)
		}
		select {
		case <-time.After(sleep):
		case <-changed:
		case <-limit:
			w.t.Fatalf("the bot did not come to rest; log:\n%s", w.log)
		}
	}
}

// poke lets the bot look now for what it would find at its next look. It looks every
// second or two by the clock of the machine, while the time of a test may have moved on
// by days.
func (w *world) poke() {
	for _, b := range w.bots {
		b.Wake()
	}
	for _, p := range w.procs {
		p.LookNow()
	}
}

// open is how much is still to be decided or sent.
func (w *world) open() (n int) {
	w.t.Helper()
	if err := w.rest.QueryRow(w.clock.Now()).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// answered waits for the answer to a press.
func (w *world) answered(query string) faketelegram.CallbackAnswer {
	w.t.Helper()
	limit := time.After(patience)
	for {
		changed := w.fake.Changed()
		if a, ok := w.fake.Answered(query); ok {
			return a
		}
		select {
		case <-changed:
		case <-limit:
			w.t.Fatal("a press was not answered")
		}
	}
}

// noBreach fails when the bot broke a rule of Telegram. What also happens to a
// correct bot, a second press that changes nothing for instance, is none.
func (w *world) noBreach() {
	w.t.Helper()
	for _, b := range w.fake.Breaches() {
		if b.Class == faketelegram.ClassRule {
			w.t.Errorf("Telegram refused %s: %s", b.Method, b.Description)
		}
	}
}

// nameOf is the figure of an account.
func nameOf(id int64) string { return cast()[id-firstAccount].name }

// exec changes the register behind the program's back, as an import would.
func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.execAs(w.sql, query, args...)
}

// execAs is exec with a connection of one's own. The bot is at work meanwhile, and may
// hold the same rows in another order; when Postgres then ends the statement, it is run
// again, as an import and everybody who types it would. Nothing of it was done.
func (w *world) execAs(db *sql.DB, query string, args ...any) {
	w.t.Helper()
	_, err := db.Exec(query, args...)
	for tries := 1; tries < pg.MaxTries && deadlock(err); tries++ {
		_, err = db.Exec(query, args...)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// deadlock says that Postgres ended a statement because two waited for each other.
func deadlock(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && refused.Code == "40P01"
}
