package proof

import (
	"context"
	_ "embed" // the statements of the floor
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/devdb"
)

// The floor is what Postgres itself takes for an update of any durable bot.
var (
	//go:embed floor/setup.sql
	floorSetup string
	//go:embed floor/update.sql
	floorUpdate string
)

const (
	floorDatabase = "floor"
	floorClients  = 8
	// floorSeconds is how long it measures at least: a busy computer may not end one
	// transaction in a second, of which pgbench then tells no rate.
	floorSeconds = 4
)

// floor measures with pgbench against the cluster of a stage.
type floor struct {
	stage  *stage
	dir    string
	script string
	// perThousand is the CPU time of Postgres for 1,000 transactions, in seconds,
	// of the last measurement.
	perThousand float64
}

// newFloor prepares the tables of the floor in a database of their own.
func newFloor(ctx context.Context, s *stage) (*floor, error) {
	if err := s.cluster.CreateDatabase(ctx, floorDatabase); err != nil {
		return nil, err
	}
	if err := devdb.Exec(ctx, s.cluster.URL(floorDatabase, owner), floorSetup); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bangkom-floor-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for pgbench: %w", err)
	}
	f := &floor{stage: s, dir: dir, script: filepath.Join(dir, "update.sql")}
	if err := os.WriteFile(f.script, []byte(floorUpdate), 0o600); err != nil {
		return nil, fmt.Errorf("write the script of pgbench: %w", err)
	}
	return f, nil
}

func (f *floor) close() { _ = os.RemoveAll(f.dir) } // what stays is a script in the temporary folder

var (
	tps  = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)
	made = regexp.MustCompile(`(?m)^number of transactions actually processed: ([0-9]+)`)
)

// measure returns how many transactions a second pgbench reaches in a protocol
// mode (prepared, extended, simple), and notes what they cost.
func (f *floor) measure(ctx context.Context, mode string, d time.Duration) (float64, error) {
	before, err := cpuOfTree(f.stage.cluster.PID())
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(f.stage.cluster.Bin(), "pgbench"), "-n", "-f", f.script, "-M", mode,
		"-c", strconv.Itoa(floorClients), "-j", "2", "-T", strconv.Itoa(max(floorSeconds, int(d/time.Second))),
		"-h", f.stage.cluster.Socket(), "-U", owner, floorDatabase)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, strings.TrimSpace(string(out)))
	}
	match := tps.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("pgbench names no transactions per second: %s", out)
	}
	after, err := cpuOfTree(f.stage.cluster.PID())
	if err != nil {
		return 0, err
	}
	if n := made.FindSubmatch(out); n != nil {
		count, _ := strconv.ParseFloat(string(n[1]), 64)
		f.perThousand = (after - before).Seconds() / max(1, count) * 1000
	}
	return strconv.ParseFloat(string(match[1]), 64)
}
