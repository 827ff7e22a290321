package proof

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/faketelegram"
)

const (
	database = "bangkom"
	owner    = "postgres"
	appUser  = "bangkom_proof"
)

// stage is everything around the program: Postgres, Telegram, the register.
type stage struct {
	program  Program
	cluster  *devdb.Cluster
	pooler   *devdb.Pooler
	url      string // of the database, as the program
	fake     *faketelegram.Server
	endpoint string
	server   *http.Server
	ledger   Ledger
	codes    []string
	came     int // people who have used theirs
	night    bool
	more     []string // of the environment of the program
}

// stageOptions say what is wanted around the program.
type stageOptions struct {
	people int
	known  bool // people have accounts, and it is night: nothing is started for them
	linked bool // people have accounts, and it is day
	pooled bool // pgbouncer stands between program and database
	fake   faketelegram.Config
}

// newStage prepares everything; close ends it. The database is a durable one,
// because what survives a crash is the question.
func newStage(ctx context.Context, program Program, o stageOptions) (_ *stage, err error) {
	s := &stage{program: program}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.cluster, err = devdb.Start(ctx, devdb.Options{Durable: true, Log: s.say}); err != nil {
		return s, err
	}
	if err = s.fill(ctx, database, o.people); err != nil {
		return s, err
	}
	s.url = s.cluster.URL(database, appUser)
	if o.pooled {
		if s.pooler, err = s.cluster.StartPooler(ctx, appUser, owner); err != nil {
			return s, err
		}
		s.url = s.pooler.URL(database, appUser)
	}
	if s.ledger, err = program.Ledger(s.cluster.URL(database, owner)); err != nil {
		return s, err
	}
	if s.night = o.known; o.known || o.linked {
		if err = s.ledger.LinkAll(ctx, firstAccount); err != nil {
			return s, err
		}
		if err = s.swept(ctx, database, "chat", "consent"); err != nil {
			return s, err
		}
	}
	s.fake = faketelegram.New(o.fake)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return s, fmt.Errorf("open the fake Telegram: %w", err)
	}
	s.server = serve(listener, s.fake.APIHandler())
	s.endpoint = "http://" + listener.Addr().String() + "/bot%s/%s"
	return s, nil
}

// fill makes a database with that many people.
func (s *stage) fill(ctx context.Context, name string, people int) error {
	if err := s.cluster.CreateDatabase(ctx, name); err != nil {
		return err
	}
	url := s.cluster.URL(name, owner)
	codes, err := s.program.Prepare(ctx, url, people)
	if err != nil {
		return fmt.Errorf("prepare the database: %w", err)
	}
	s.codes = codes
	if err := devdb.AppUser(ctx, url, appUser); err != nil {
		return err
	}
	return s.swept(ctx, name)
}

// filled are the tables that a fresh installation has rows in.
const filled = "unit, position_class, competency, standard, questionnaire, employee, link_code, period, task"

// swept leaves a database as autovacuum leaves it a minute later. Tables that
// were never written it leaves alone: Postgres then plans for some pages, where
// statistics of an empty table would promise that any way is good enough.
func (s *stage) swept(ctx context.Context, name string, more ...string) error {
	for _, statement := range []string{"VACUUM ANALYZE " + strings.Join(append([]string{filled}, more...), ", "), "CHECKPOINT"} {
		if err := devdb.Exec(ctx, s.cluster.URL(name, owner), statement); err != nil {
			return err
		}
	}
	return nil
}

// serve answers on a listener until it is closed.
func serve(listener net.Listener, h http.Handler) *http.Server {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return server
}

func (s *stage) say(line string) { fmt.Fprintln(s.program.Log, line) }

// close ends everything in the order of its dependence.
func (s *stage) close() error {
	var errs []error
	if s.fake != nil {
		s.fake.Close()
	}
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.ledger != nil {
		errs = append(errs, s.ledger.Close())
	}
	if s.pooler != nil {
		errs = append(errs, s.pooler.Stop())
	}
	if s.cluster != nil {
		errs = append(errs, s.cluster.Stop())
	}
	return errors.Join(errs...)
}

// environ configures one process of the program for this stage.
func (s *stage) environ(url string, more ...string) []string {
	return append([]string{
		"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken,
		"BANGKOM_TELEGRAM_API_ENDPOINT=" + s.endpoint,
		"BANGKOM_TELEGRAM_FILE_ENDPOINT=" + strings.Replace(s.endpoint, "/bot", "/file/bot", 1),
		"BANGKOM_TELEGRAM_RATE_PER_SECOND=0", "BANGKOM_TELEGRAM_CHAT_RATE_PER_SECOND=0",
		"BANGKOM_LIMITS_PERSON_UPDATES_PER_10S=0", "BANGKOM_LIMITS_PERSON_UPDATES_PER_HOUR=0", "BANGKOM_LIMITS_DOUBLE_PRESS=0",
		"BANGKOM_AGENCY_TIME_ZONE=" + s.zone(time.Now()), "BANGKOM_LOG_LEVEL=info",
		"BANGKOM_DATABASE_URL=" + url, "BANGKOM_IDENTITY_CODE_KEY=" + CodeKey,
	}, more...)
}

// zone is a time zone in which it is about noon, because what the bot starts by
// itself after an outage it starts by day; or where it shall start nothing, one
// in which it is late in the evening.
func (s *stage) zone(now time.Time) string {
	if s.night {
		return zoneAt(now, 22)
	}
	return NoonZone(now)
}

// NoonZone is a time zone in which it is about noon.
func NoonZone(now time.Time) string { return zoneAt(now, 12) }

// zoneAt is a time zone in which it is that hour.
func zoneAt(now time.Time, hour int) string {
	east := hour - now.UTC().Hour()
	if east > 12 {
		east -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -east) // the names of these zones count westwards
}

// processes makes that many processes; none is started.
func (s *stage) processes(n int, command func() *exec.Cmd, env func(i int) []string) []*replica {
	var out []*replica
	for i := range n {
		out = append(out, &replica{name: "replica " + strconv.Itoa(i+1), command: command, env: env(i), log: newLogBook(), down: true})
	}
	return out
}
