package command

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"bangkom/internal/app"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/followup"
	"bangkom/internal/summary"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// everyJob are the jobs that decide something by the clock.
var everyJob = []string{"reminders", "weekly-summary", "office-summary", "monthly-summary", "weekly-note", "unit-pauses", "calendar", "expiries", "retention"}

// busy prepares an office in which every job has something to do at the returned
// moment, a Monday at nine in September of a year whose next one is not known.
func busy(t *testing.T, people int) (*office, time.Time) {
	t.Helper()
	o := newOffice(t, nil)
	o.people(people)
	o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES (1, 'hr', '2027-01-01'), (2, 'head', '2027-01-01')`)
	o.open("Tahun 2027", at("2027-08-30 09:00"), "2027-09-10")
	now := at("2027-09-06 09:00")
	for _, early := range []string{"2027-08-30 09:00", "2027-09-01 08:00"} {
		o.run(at(early), "reminders")
		o.send(at(early))
	}
	o.exec(`UPDATE task SET state = 'started', started_at = $1 WHERE employee_id % 3 = 0`, at("2027-09-02 08:00"))
	o.exec(`UPDATE task SET ladder_at = $1 WHERE employee_id % 4 = 0`, now) // a look that finds nothing to do
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id BETWEEN 11 AND 14`)
	// A message that expired unsent, an old run, an old decision.
	o.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at, outbox_key, expires_at, reply)
	        VALUES ('x', 2, 'prompt', 'alert', 'send', 'allowed', $1, $1, 'n:x:1', $2, '{"Text": "x"}')`, at("2027-09-05 09:00"), at("2027-09-10 09:00"))
	o.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, expires_at)
	        VALUES ('n:x:1', 900002, 1, 'prompt', 'x', 1, 'sendMessage', '{"params": {}}', 'new', $1)`, at("2027-09-05 11:30"))
	o.exec(`INSERT INTO job_run (job, scheduled_for, claimed_at) VALUES ('old', $1, $1), ('old', $2, $2)`, at("2027-01-05 09:00"), now)
	o.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at)
	        VALUES ('old', 2, 'prompt', 'alert', 'drop', 'expired', $1, $1)`, at("2027-01-05 09:00"))
	return o, now
}

// Jobs run twice, and by two replicas at once, leave what one clean run leaves.
func TestJobsTwiceAndAtOnce(t *testing.T) {
	devdbtest.Long(t, "each job runs twice and at once")
	t.Parallel()
	once, now := busy(t, 60)
	once.run(now, everyJob...)
	want := once.state()
	if n := once.count(`SELECT count(DISTINCT kind) FROM notice WHERE decided_at = $1 AND action = 'send'`, now); n < 3 {
		t.Errorf("the run sends %d kinds of messages, want all jobs to do something:\n%s", n, strings.Join(want, "\n"))
	}
	for _, key := range []string{"summary:%", "office:%", "month:%"} {
		if n := once.count(`SELECT count(*) FROM notice WHERE key LIKE $1 AND action IN ('send', 'merge')`, key); n == 0 {
			t.Errorf("no message %s was sent", key)
		}
	}
	again, _ := busy(t, 60)
	again.run(now, everyJob...)
	again.run(now, everyJob...)
	if diff := gocmp.Diff(want, again.state()); diff != "" {
		t.Errorf("twice differs from once (-once +twice):\n%s", diff)
	}
	both, _ := busy(t, 60)
	for _, name := range everyJob {
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if _, err := both.jobs.RunJob(context.Background(), name, now); err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		all.Wait()
	}
	if diff := gocmp.Diff(want, both.state()); diff != "" {
		t.Errorf("two replicas differ from one (-one +two):\n%s", diff)
	}
}

// Two jobs whose slots differ do not share one budget: a second run a minute
// later, at the same time as the first, finds what the first one did.
func TestOverlappingSlots(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o, now := busy(t, 60)
	var all sync.WaitGroup
	for i := range 4 {
		for _, name := range []string{"reminders", "weekly-note"} {
			all.Go(func() {
				if _, err := o.jobs.RunJob(context.Background(), name, now.Add(time.Duration(i)*time.Second)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	all.Wait()
	if n := o.count(`SELECT count(*) FROM (SELECT n.employee_id FROM notice n JOIN outbox o ON o.key = n.outbox_key
		WHERE n.action = 'send' AND n.class = 'prompt' AND n.decided_at > $1::timestamptz - interval '1 hour' GROUP BY 1 HAVING count(*) > 1) x`, now); n != 0 {
		t.Errorf("%d people got two prompts on one day", n)
	}
}

// A job that is killed at any statement has done nothing, and does all of it when
// it comes again.
func TestJobsKilledAtEachStatement(t *testing.T) {
	devdbtest.Heavy(t, "jobs are killed at each of their statements")
	t.Parallel()
	clean, now := busy(t, 24)
	clean.run(now, everyJob...)
	want := clean.state()
	o, _ := busy(t, 24)
	p := newCutter(t, o.url)
	db, err := storage.Open(storage.Options{URL: p.url, MaxOpen: 1, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	cut := scheduler.New(scheduler.Config{Jobs: app.Jobs(77, o.reminder, testMailer(t, o.courier), followup.DefaultRules()), Store: app.Slots{DB: db}, Location: jakarta})
	for _, name := range everyJob {
		before := o.state()
		kills := 0
		for n := 2; ; n++ { // the first is BEGIN, which is repeated on another connection
			p.cutAt(n)
			_, err := cut.RunJob(context.Background(), name, now)
			if !p.didCut() {
				if err != nil {
					t.Fatalf("%s without a cut: %v", name, err)
				}
				break
			}
			if err == nil {
				t.Fatalf("%s cut at statement %d ended without an error", name, n)
			}
			kills++
			if diff := gocmp.Diff(before, o.state()); diff != "" {
				t.Fatalf("%s killed at statement %d left something:\n%s", name, n, diff)
			}
		}
		t.Logf("%s: killed at each of %d statements", name, kills)
		if kills < 4 {
			t.Errorf("%s was killed %d times, want at every statement", name, kills)
		}
	}
	if diff := gocmp.Diff(want, o.state()); diff != "" {
		t.Errorf("after all kills (-clean +killed):\n%s", diff)
	}
}

// cutter is a proxy that drops the connection before the n-th statement.
type cutter struct {
	url     string
	network string
	address string

	mu   sync.Mutex
	left int // statements until the cut; 0 = none
	cut  bool
}

func newCutter(t *testing.T, url string) *cutter {
	t.Helper()
	cfg, err := pq.NewConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	p := &cutter{network: "unix", address: filepath.Join(cfg.Host, ".s.PGSQL."+strconv.Itoa(int(cfg.Port)))}
	if !strings.HasPrefix(cfg.Host, "/") {
		p.network, p.address = "tcp", net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	tcp, _ := l.Addr().(*net.TCPAddr)
	p.url = "host=127.0.0.1 port=" + strconv.Itoa(tcp.Port) + " dbname=" + cfg.Database + " user=" + cfg.User + " sslmode=disable"
	if cfg.Password != "" {
		p.url += " password=" + cfg.Password
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

func (p *cutter) cutAt(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.cut = n, false
}

func (p *cutter) didCut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

// statement counts one and tells whether it must not arrive.
func (p *cutter) statement() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left > 0 {
		if p.left--; p.left == 0 {
			p.cut = true
			return true
		}
	}
	return false
}

func (p *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial(p.network, p.address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
	buffer := make([]byte, 1<<20)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		// Each statement begins with the message Parse or Query.
		if n > 0 && (buffer[0] == 'P' || buffer[0] == 'Q') && p.statement() {
			return
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// testMailer writes summaries as serve does.
func testMailer(t testing.TB, c *courier.Courier) *summary.Mailer {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return app.NewMailer(c, cat, jakarta)
}
