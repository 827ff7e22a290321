package command

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/proof"
	"bangkom/storage"
)

var (
	drillSeed   = flag.Uint64("drill.seed", 1, "seed of the drills")
	drillRounds = flag.Int("drill.rounds", 0, "kills, restarts or pauses in each drill instead of those of the short form")
	drillTimed  = flag.Bool("drill.timed", false, "demand the latencies of the drills: on a machine that does nothing else")
)

// childVariable turns the test program into `bangkom serve`.
const childVariable = "DRILL_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(devdbtest.Main(m))
	}
	environ := slices.DeleteFunc(os.Environ(), func(line string) bool { return strings.HasPrefix(line, "BANGKOM_TEST_") })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := Run(ctx, strings.Fields(os.Getenv(childVariable)), environ, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// migrateForTests makes the tables of a test database.
func migrateForTests(ctx context.Context, owner string) error {
	db, err := storage.Open(storage.Options{URL: owner, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence})
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := app.ShippedSeed()
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, seed)
	return err
}

// lockedBuffer takes what many goroutines write.
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

// testProgram is the test binary as the program of drills and benchmarks.
func testProgram(log *lockedBuffer) proof.Program {
	a := &console{stdout: log, stderr: log, now: time.Now}
	child := func(words string) func() *exec.Cmd {
		return func() *exec.Cmd {
			c := exec.Command(os.Args[0])
			c.Env = []string{childVariable + "=" + words}
			return c
		}
	}
	return a.programOf(child("serve"), child("bench --as-plain"))
}

// raced are the drills that are played under the race detector: processes that are killed
// and take over from each other, and a database whose replies are lost. The program is slowed
// down many times there, and two dozen of such programs at once would measure only that.
var raced = []string{"kill", "replies-lost"}

// TestDrills is guarantee G1 and G2: whatever goes wrong, every answer is stored
// exactly once and everybody gets the result.
func TestDrills(t *testing.T) {
	devdbtest.Long(t, "the drills take minutes")
	names := proof.Names()
	if devdbtest.RaceDetector {
		names = raced
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			timed := *drillTimed && !devdbtest.RaceDetector
			if !timed || !proof.Timed(name) {
				t.Parallel()
			}
			log := &lockedBuffer{}
			result, err := proof.Drill(t.Context(), testProgram(log), name,
				proof.Options{Seed: *drillSeed, Rounds: *drillRounds, Untimed: !timed})
			if err != nil {
				t.Fatalf("%v\n%s", err, log.tail(3000))
			}
			for _, line := range result.Broken {
				t.Error(line)
			}
			t.Logf("\n%s\n%s", proof.DrillHeader(), result.Row())
			if t.Failed() {
				t.Log(log.tail(3000))
			}
		})
	}
}
