// Package devdbtest gives each test a database of its own on a private
// Postgres that is started at the first use in a test process.
package devdbtest

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb"
)

// server is the Postgres of this test process.
type server struct {
	mu       sync.Mutex
	cluster  *devdb.Cluster
	address  string       // of the administrator
	admin    *devdb.Admin // nil = nothing is started
	prepared bool
	count    int
}

var shared server // one Postgres per test process is the point of the package

// appUser is the login of the program in tests.
const appUser = "bangkom_test"

// unswept leaves out the sweeping that a database of a few seconds has no use for.
var unswept = map[string]string{"autovacuum": "off"}

// Statement and Silence are the limits with which a test opens its database unless it is
// about them (storage.Options): a computer that runs many tests at a time may keep a
// statement, or a lock that it waits for, longer than a server in service would.
const (
	Statement = time.Minute
	Silence   = 2 * time.Minute
)

// atOnce is how many tests run at a time at least: they mostly wait for a database.
const atOnce = 4

// A test process lives for minutes and makes much that is soon forgotten: memory is
// collected less often than Go would by itself, unless it grows.
const (
	lazyGC    = 400
	roomForGC = 1 << 30
)

// Main runs the tests of a package and stops its Postgres, or removes what the
// tests left on a given one; call it from TestMain: os.Exit(devdbtest.Main(m)).
// Unless -parallel says otherwise, at least four of them run at a time.
func Main(m *testing.M) int {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given && runtime.GOMAXPROCS(0) < atOnce {
		_ = flag.Set("test.parallel", strconv.Itoa(atOnce))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(lazyGC)
		debug.SetMemoryLimit(roomForGC)
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "devdbtest:", err)
	}
	return code
}

// Database returns the URLs of a fresh database, as the program and as its
// owner. prepare (the migrations) runs once in a process, on a template of
// which every test gets a copy; the copy is dropped at the end of the test.
// Parallel tests are copied at the same time.
func Database(t testing.TB, prepare func(ctx context.Context, ownerURL string) error) (appURL, ownerURL string) {
	t.Helper()
	ctx := context.Background()
	name, err := shared.clone(ctx, prepare)
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	t.Cleanup(func() {
		if err := shared.admin.Drop(ctx, name); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return shared.url(name, appUser), shared.url(name, "")
}

// Empty returns the URL of a database without any table, as its owner. It is
// dropped at the end of the test. options stand in its CREATE DATABASE; none =
// UTF-8 and the order of bytes.
func Empty(t testing.TB, options ...string) (ownerURL string) {
	t.Helper()
	ctx := context.Background()
	name, err := shared.create(ctx, strings.Join(options, " "))
	if err != nil {
		t.Fatalf("empty database: %v", err)
	}
	t.Cleanup(func() {
		if err := shared.admin.Drop(ctx, name); err != nil {
			t.Errorf("drop empty database: %v", err)
		}
	})
	return shared.url(name, "")
}

func (s *server) create(ctx context.Context, options string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(ctx); err != nil {
		return "", err
	}
	s.count++
	name := fmt.Sprintf("bangkom_%d_%d", os.Getpid(), s.count)
	return name, s.admin.Exec(ctx, `CREATE DATABASE "`+name+`" `+options)
}

func (s *server) clone(ctx context.Context, prepare func(context.Context, string) error) (string, error) {
	number, err := s.ready(ctx, prepare)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("bangkom_%d_%d", os.Getpid(), number)
	return name, s.admin.Clone(ctx, name, template())
}

// template is the name of the prepared database.
func template() string { return fmt.Sprintf("bangkom_%d_template", os.Getpid()) }

// ready starts the server and prepares the template if need be, and counts the
// copies.
func (s *server) ready(ctx context.Context, prepare func(context.Context, string) error) (number int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(ctx); err != nil {
		return 0, err
	}
	s.count++
	if s.prepared {
		return s.count, nil
	}
	if err := s.admin.Drop(ctx, template()); err != nil { // of an attempt that failed
		return 0, err
	}
	if err := s.admin.Exec(ctx, `CREATE DATABASE "`+template()+`"`); err != nil {
		return 0, err
	}
	if err := prepare(ctx, s.url(template(), "")); err != nil {
		return 0, fmt.Errorf("prepare: %w", err)
	}
	if err := devdb.AppUser(ctx, s.url(template(), ""), appUser); err != nil {
		return 0, err
	}
	s.prepared = true
	return s.count, nil
}

func (s *server) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.admin == nil {
		return nil
	}
	defer s.admin.Close()
	switch {
	case s.cluster != nil:
		return s.cluster.Stop()
	case s.prepared:
		return s.admin.Drop(context.Background(), template())
	}
	return nil
}

func (s *server) start(ctx context.Context) error {
	if s.admin != nil {
		return nil
	}
	if given := os.Getenv("BANGKOM_TEST_DATABASE_URL"); given != "" {
		return s.connect(given)
	}
	c, err := devdb.Start(ctx, devdb.Options{Memory: true, Settings: unswept, Log: func(line string) { fmt.Fprintln(os.Stderr, line) }})
	if err != nil {
		return err
	}
	s.cluster = c
	return s.connect(c.URL("postgres", "postgres"))
}

// connect takes the URL of the administrator.
func (s *server) connect(address string) (err error) {
	s.address = address
	s.admin, err = devdb.OpenAdmin(address)
	return err
}

// url is the administrator's URL with another database and, unless it is "",
// another user.
func (s *server) url(database, username string) string {
	out := s.address + " dbname=" + database
	if u, err := url.Parse(s.address); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + database
		out = u.String()
	}
	if username == "" {
		return out
	}
	return As(out, username)
}

// As returns the URL of the same database for another user.
func As(databaseURL, username string) string {
	if u, err := url.Parse(databaseURL); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.User = url.User(username)
		return u.String()
	}
	return databaseURL + " user=" + username
}

// Set returns the URL of the same database for sessions that begin with a setting.
func Set(databaseURL, name, value string) string {
	if u, err := url.Parse(databaseURL); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	return databaseURL + " " + name + "=" + value
}
