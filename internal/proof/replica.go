package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"bangkom/internal/devdb"
)

const (
	stopLimit  = 40 * time.Second // of a graceful end, which has 25 s
	leaseLimit = time.Minute      // until somebody holds the lease
	keptLog    = 64 << 10
)

// replica is one process of `bangkom serve`, again and again.
type replica struct {
	name    string
	command func() *exec.Cmd
	env     []string
	log     *logBook

	cmd   *exec.Cmd
	ended <-chan struct{}
	down  bool // not started, or ended on purpose
}

// start begins a new process.
func (r *replica) start() error {
	r.log.begin()
	cmd := r.command()
	cmd.Env = append(childEnviron(cmd.Env), r.env...)
	cmd.Stdout, cmd.Stderr = io.Discard, r.log
	ended, err := devdb.StartTied(cmd)
	if err != nil {
		return fmt.Errorf("start %s: %w", r.name, err)
	}
	r.cmd, r.ended, r.down = cmd, ended, false
	return nil
}

// childEnviron is the environment without what configures the program: an
// operator's own configuration must not reach a drill.
func childEnviron(more []string) []string {
	var out []string
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "BANGKOM_") {
			out = append(out, line)
		}
	}
	return append(out, more...)
}

// alive tells whether the process runs.
func (r *replica) alive() bool {
	if r.down {
		return false
	}
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}

// pid is the process that runs or ran last.
func (r *replica) pid() int { return r.cmd.Process.Pid }

// kill ends the process as a power cut does.
func (r *replica) kill() error {
	if err := r.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", r.name, err)
	}
	<-r.ended
	r.down = true
	r.log.died()
	return nil
}

// stop ends the process as an operator does, and says so if that was not clean.
func (r *replica) stop() error {
	if r.down {
		return nil
	}
	_ = r.cmd.Process.Signal(os.Interrupt) // if it has ended, the state tells
	select {
	case <-r.ended:
	case <-time.After(stopLimit):
		_ = r.kill()
		return fmt.Errorf("%s did not stop within %s; its log ends:\n%s", r.name, stopLimit, r.log.tail(3000))
	}
	r.log.died()
	if !r.cmd.ProcessState.Success() {
		return fmt.Errorf("%s ended with %s; its log ends:\n%s", r.name, r.cmd.ProcessState, r.log.tail(3000))
	}
	return nil
}

// logBook reads along what a process logs: its last lines, and whether it holds
// the lease.
type logBook struct {
	mu     sync.Mutex
	last   []byte
	term   string
	terms  int // leases taken so far
	gaveUp int // times that it said that it takes no more work
	change chan struct{}
}

func newLogBook() *logBook { return &logBook{change: make(chan struct{})} }

// Write takes one line of the log, which a logger writes in one piece.
func (l *logBook) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, line...)
	if extra := len(l.last) - keptLog; extra > keptLog {
		l.last = append([]byte(nil), l.last[extra:]...)
	}
	for part := range bytes.Lines(line) {
		if _, rest, ok := strings.Cut(string(part), `msg="lease changed" term=`); ok {
			l.set(strings.TrimSpace(rest))
		}
		if strings.Contains(string(part), givesUp) {
			l.gaveUp++
		}
	}
	return len(line), nil
}

func (l *logBook) set(term string) {
	if term == "0" {
		term = ""
	}
	if term != "" {
		l.terms++
	}
	l.term = term
	close(l.change)
	l.change = make(chan struct{})
}

func (l *logBook) begin() { l.died() }

func (l *logBook) died() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set("")
}

func (l *logBook) tail(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.last[max(0, len(l.last)-n):])
}

// holds tells whether the lease is held, and gives a channel that is closed at
// the next change.
func (l *logBook) holds() (bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.term != "", l.change
}

// gaveUps is how often it was said so far that no more work is taken. It is counted when it
// is written, because only the end of the log is kept.
func (l *logBook) gaveUps() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gaveUp
}

// taken is how often the lease was taken so far.
func (l *logBook) taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.terms
}

// awaitLease waits until the process holds the lease.
func (r *replica) awaitLease(ctx context.Context) error {
	limit := time.NewTimer(leaseLimit)
	defer limit.Stop()
	for {
		held, change := r.log.holds()
		if held {
			return nil
		}
		select {
		case <-change:
		case <-r.ended:
			return fmt.Errorf("%s ended before it took the lease; its log ends:\n%s", r.name, r.log.tail(3000))
		case <-limit.C:
			return fmt.Errorf("%s did not take the lease within %s; its log ends:\n%s", r.name, leaseLimit, r.log.tail(3000))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
