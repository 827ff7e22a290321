package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"bangkom/handlers"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

var (
	drillSeed  = flag.Uint64("drill.seed", 1, "seed of the kill drill")
	drillKills = flag.Int("drill.kills", 30, "how often the kill drill kills the process")
)

// childVariable turns the test program into `bangkom serve`.
const childVariable = "DRILL_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(devdbtest.Main(m))
	}
	go func() { // the parent is gone: so are we
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(exitFailed)
	}()
	environ := slices.DeleteFunc(os.Environ(), func(line string) bool { return strings.HasPrefix(line, "BANGKOM_TEST_") })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, []string{"serve"}, environ, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const (
	drillPeople   = 200
	drillInFlight = 8
	drillItems    = 9
	drillPatience = time.Minute // without any progress: something was lost
)

// killDrill is 200 people who answer nine questions while the process that
// serves them is killed again and again.
type killDrill struct {
	t        testing.TB
	rng      *rand.Rand
	fake     *faketelegram.Server
	endpoint string
	url      string // of the database, as the program
	codes    []string
	steps    chan struct{} // one for each press that may be made before the next kill
	progress atomic.Int64
	finished atomic.Int64
	log      lockedBuffer
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) tail(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.buf.String()
	return s[max(0, len(s)-n):]
}

// TestKillDrill is guarantee G1 and G2: whatever is killed, every answer is
// stored exactly once and everybody gets the result.
func TestKillDrill(t *testing.T) {
	if testing.Short() {
		t.Skip("the kill drill takes a minute and is left out with -short")
	}
	d := newKillDrill(t)
	var people sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range drillPeople {
		people.Go(func() { d.person(ctx, i) })
	}
	for kill := range *drillKills {
		d.release((drillPeople*(drillItems+4))/(*drillKills) + 1)
		d.serveAndKill(kill)
	}
	go d.release(drillPeople * (drillItems + 4)) // nobody waits any more
	stop := d.serve()
	d.waitForAll()
	cancel()
	people.Wait()
	stop()
	d.verify()
}

func newKillDrill(t testing.TB) *killDrill {
	t.Helper()
	url, _ := devdbtest.Database(t, migrateForTests)
	d := &killDrill{t: t, url: url, rng: rand.New(rand.NewPCG(*drillSeed, 0)), steps: make(chan struct{}, 100*drillPeople),
		fake: faketelegram.New(faketelegram.Config{Seed: *drillSeed})}
	d.people()
	server := httptest.NewServer(d.fake.APIHandler())
	d.endpoint = server.URL + "/bot%s/%s"
	t.Cleanup(func() {
		d.fake.Close()
		server.Close()
	})
	d.fake.SetFaults(faketelegram.Faults{DuplicateUpdates: 0.05, TooMany: 0.02, RetryAfter: 1, ServerError: 0.02, ResetAfter: 0.01})
	return d
}

// migrateForTests makes the tables of a test database.
func migrateForTests(ctx context.Context, owner string) error {
	db, err := storage.Open(storage.Options{URL: owner})
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := shippedSeed()
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, seed)
	return err
}

const drillKey = "the key of the drill, which protects nothing"

// people fills the register and opens a period.
func (d *killDrill) people() {
	d.t.Helper()
	db, err := storage.Open(storage.Options{URL: d.url})
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	k, now := deriveKeys([]byte(drillKey)), time.Now()
	err = db.InTx(d.t.Context(), func(tx *storage.Tx) error {
		unit, err := tx.PutUnit(d.t.Context(), "U", "Unit")
		if err != nil {
			return err
		}
		for i := range drillPeople {
			nip, err := personnel.ParseNIP(fmt.Sprintf("198507202010012%03d", i+1), now)
			if err != nil {
				return err
			}
			id, err := tx.PutEmployee(d.t.Context(), personnel.Employee{NIP: nip, Name: "Pegawai " + strconv.Itoa(i),
				Sex: personnel.Female, UnitID: unit, ClassCode: "PELAKSANA"})
			if err != nil {
				return err
			}
			code, err := handlers.NewCode(rand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%032d", i)))))
			if err != nil {
				return err
			}
			d.codes = append(d.codes, code)
			if err := tx.AddCode(d.t.Context(), k.hashCode(code), id, now, now.AddDate(0, 0, 1)); err != nil {
				return err
			}
		}
		_, err = tx.OpenPeriod(d.t.Context(), storage.Period{Name: "Uji", OpensAt: now.Add(-time.Hour),
			DueAt: now.AddDate(0, 0, 7), RatingDueAt: now.AddDate(0, 0, 14)}, now)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

const drillAccount = 8_000_000_000

// choice is what a person answers to a question: 0 is Belum.
func choice(person, question int) int { return (person*7 + question*3) % 6 }

// person links, answers nine questions and sends. It presses once and waits
// until that has had its effect: what is lost stays lost.
func (d *killDrill) person(ctx context.Context, i int) {
	account := int64(drillAccount + i)
	d.fake.AddUser(faketelegram.User{ID: account, FirstName: "P"})
	labels := []string{"Setuju", "Mulai"}
	for q := range drillItems {
		labels = append(labels, cmp.Or(map[int]string{0: "Belum"}[choice(i, q)], strconv.Itoa(choice(i, q))))
	}
	labels = append(labels, "Kirim")
	if !d.step(ctx) {
		return
	}
	d.fake.SendText(account, "/start "+d.codes[i])
	for n, label := range labels {
		message, data, ok := d.await(ctx, account, label, n-2)
		if !ok || !d.step(ctx) {
			return
		}
		if _, err := d.fake.Press(account, message, data); err != nil {
			d.t.Errorf("person %d, %q: %v", i, label, err)
			return
		}
	}
	if d.awaitPicture(ctx, account) {
		d.finished.Add(1)
	}
}

func (d *killDrill) step(ctx context.Context) bool {
	select {
	case <-d.steps:
		d.progress.Add(1)
		return true
	case <-ctx.Done():
		return false
	}
}

// await waits for the button of that label on the card of question q+1, which
// is the notice and the welcome below 0 and the review at the end. It looks at
// every message: one that was sent again may stand below the one that lives.
func (d *killDrill) await(ctx context.Context, account int64, label string, q int) (message int, data string, ok bool) {
	want := "Pertanyaan " + strconv.Itoa(q+1) + " dari 9"
	ok = d.until(ctx, func() bool {
		for _, m := range slices.Backward(d.fake.Messages(account)) {
			if q >= 0 && q < drillItems && !strings.Contains(m.Text, want) {
				continue
			}
			for _, row := range m.Inline {
				for _, b := range row {
					if b.Text == label {
						message, data = m.ID, b.Data
						return true
					}
				}
			}
		}
		return false
	})
	return message, data, ok
}

func (d *killDrill) awaitPicture(ctx context.Context, account int64) bool {
	return d.until(ctx, func() bool {
		return slices.ContainsFunc(d.fake.Messages(account), func(m faketelegram.Message) bool { return m.Photo != nil })
	})
}

func (d *killDrill) until(ctx context.Context, ok func() bool) bool {
	for !ok() {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (d *killDrill) release(n int) {
	for range n {
		d.steps <- struct{}{}
	}
}

// start runs `bangkom serve` as a process of its own.
func (d *killDrill) start() *exec.Cmd {
	d.t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"=1",
		"BANGKOM_TELEGRAM_TOKEN="+faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT="+d.endpoint,
		"BANGKOM_TELEGRAM_RATE_PER_SECOND=0", "BANGKOM_TELEGRAM_CHAT_RATE_PER_SECOND=0",
		"BANGKOM_TELEGRAM_LEASE=1s", "BANGKOM_TELEGRAM_IN_FLIGHT="+strconv.Itoa(drillInFlight),
		"BANGKOM_DATABASE_URL="+d.url, "BANGKOM_IDENTITY_CODE_KEY="+drillKey)
	c.Stderr = &d.log
	if _, err := c.StdinPipe(); err != nil { // its end tells the child that we are gone
		d.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	return c
}

// serveAndKill lets a process work for a random while and kills it. The while
// begins when it holds the lease, so that every process does some work.
func (d *killDrill) serveAndKill(kill int) {
	d.t.Helper()
	before := d.leases()
	c := d.start()
	d.awaitLease(before)
	time.Sleep(time.Duration(d.rng.IntN(600)) * time.Millisecond) // the random instant
	if err := c.Process.Kill(); err != nil {
		d.t.Errorf("kill %d: %v", kill, err)
	}
	_ = c.Wait()
}

// leases counts how often a process has taken the lease.
func (d *killDrill) leases() int { return strings.Count(d.log.tail(1<<30), "lease changed") }

func (d *killDrill) awaitLease(before int) {
	d.t.Helper()
	limit := time.After(drillPatience)
	for d.leases() == before {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-limit:
			d.t.Fatalf("no process took the lease; its log:\n%s", d.log.tail(3000))
		}
	}
}

// serve runs a process until stop is called.
func (d *killDrill) serve() (stop func()) {
	before := d.leases()
	c := d.start()
	return func() {
		d.awaitLease(before) // a signal before would meet a program that is only being loaded
		_ = c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			d.t.Errorf("the last process ended with %v; its log:\n%s", err, d.log.tail(3000))
		}
	}
}

// waitForAll waits until everybody has the result or nothing moves any more.
func (d *killDrill) waitForAll() {
	d.t.Helper()
	last, since := int64(-1), time.Now()
	for d.finished.Load() < drillPeople {
		if now := d.progress.Load() + d.finished.Load(); now != last {
			last, since = now, time.Now()
		}
		if time.Since(since) > drillPatience {
			d.t.Errorf("%d of %d people have the result and nothing moves any more: something was lost", d.finished.Load(), drillPeople)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (d *killDrill) verify() {
	d.t.Helper()
	db, err := sql.Open("postgres", d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	d.verifyAnswers(db)
	var pending, failed int
	err = db.QueryRow(`SELECT count(*) FILTER (WHERE done_at IS NULL), count(*) FILTER (WHERE failed IS NOT NULL) FROM inbox`).
		Scan(&pending, &failed)
	if err != nil || pending > 0 || failed > 0 {
		d.t.Errorf("inbox: %d waiting, %d set aside, %v, want none", pending, failed, err)
	}
	faults := d.fake.FaultCounts()
	for _, kind := range []string{"duplicate", "too_many", "server_error", "reset_after"} {
		if faults[kind] == 0 {
			d.t.Errorf("the fault %s never struck", kind)
		}
	}
	repeated, allowed := d.repeated(), drillInFlight**drillKills+faults["reset_after"]
	if repeated > allowed {
		d.t.Errorf("%d messages came twice, want at most %d", repeated, allowed)
	}
	for _, b := range d.fake.Breaches() {
		if b.Class == faketelegram.ClassRule {
			d.t.Errorf("Telegram refused %s: %s", b.Method, b.Description)
		}
	}
	d.t.Logf("seed %d: %d kills; faults %v; %d calls; repeated messages %d of at most %d", *drillSeed, *drillKills,
		faults, d.fake.CallCount(), repeated, allowed)
}

// verifyAnswers compares every stored answer with what was pressed.
func (d *killDrill) verifyAnswers(db *sql.DB) {
	d.t.Helper()
	rows, err := db.Query(`
		SELECT c.id, r.revision, string_agg(a.value, '' ORDER BY i.ordinality)
		FROM response r JOIN task t ON t.id = r.task_id AND t.kind = 'self_assessment'
		JOIN chat c ON c.employee_id = t.employee_id
		JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') WITH ORDINALITY AS i(item, ordinality)
		JOIN answer a ON a.response_id = r.id AND a.item_code = i.item->>'code'
		GROUP BY c.id, r.id, r.revision`)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	sent := map[int64]int{}
	for rows.Next() {
		var account int64
		var revision int
		var got string
		if err := rows.Scan(&account, &revision, &got); err != nil {
			d.t.Fatal(err)
		}
		want := ""
		for q := range drillItems {
			want += strconv.Itoa(choice(int(account-drillAccount), q))
		}
		if sent[account]++; revision != 1 || sent[account] > 1 || got != want {
			d.t.Errorf("account %d: revision %d holds %q, want revision 1 with %q", account, revision, got, want)
		}
	}
	if err := errors.Join(rows.Err()); err != nil || len(sent) != drillPeople {
		d.t.Errorf("%d people have sent, %v, want %d", len(sent), err, drillPeople)
	}
	var answers int
	if err := db.QueryRow(`SELECT count(*) FROM answer`).Scan(&answers); err != nil || answers != drillPeople*drillItems {
		d.t.Errorf("%d answers, %v, want %d", answers, err, drillPeople*drillItems)
	}
}

// repeated counts what people got more than once: new messages with a content
// that they had already got, and edits that changed nothing.
func (d *killDrill) repeated() (n int) {
	type message struct {
		chat int64
		text string
	}
	seen := map[message]bool{}
	for _, c := range d.fake.Calls() {
		switch {
		case c.Class == faketelegram.ClassState && strings.HasPrefix(c.Method, "edit"):
			n++
		case !c.Accepted || c.Method != "sendMessage" && c.Method != "sendPhoto":
		case seen[message{c.ChatID, c.Params["text"] + c.Params["caption"]}]:
			n++
		default:
			seen[message{c.ChatID, c.Params["text"] + c.Params["caption"]}] = true
		}
	}
	return n
}
