package handlers_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fairClock tells how much of a while the bot was held up because other programs
// had the processors: of the processor time that the threads of this process and
// its Postgres wanted, the share that they waited for instead of having it. An
// answer of the bot is measured without that, so that a busy machine proves
// nothing against it, and what the bot itself takes long for counts in full.
// Where the system does not tell, nothing is taken off.
type fairClock struct {
	mu   sync.Mutex
	at   []time.Time
	lost []time.Duration // until then
}

const (
	fairEvery   = 50 * time.Millisecond
	lookForMore = time.Second // for threads and processes that came since
)

// run measures until ctx ends.
func (f *fairClock) run(ctx context.Context) {
	tick := time.NewTicker(fairEvery)
	defer tick.Stop()
	m := &meter{files: map[string]*os.File{}}
	m.look()
	defer m.close()
	last := time.Now()
	looked, before := last, m.read()
	var lost time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		after := m.read()
		var had, waited int64
		for thread, t := range after { // one that is new counts from the next time on
			if old, ok := before[thread]; ok {
				had, waited = had+t.had-old.had, waited+t.waited-old.waited
			}
		}
		if wanted := had + waited; wanted > 0 {
			lost += time.Duration(float64(now.Sub(last)) * float64(waited) / float64(wanted))
		}
		last, before = now, after
		if now.Sub(looked) > lookForMore {
			m.look()
			looked = now
		}
		f.mu.Lock()
		f.at, f.lost = append(f.at, now), append(f.lost, lost)
		f.mu.Unlock()
	}
}

// between is the time from a to b in which the process was not held up.
func (f *fairClock) between(a, b time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	until := func(t time.Time) time.Duration {
		i := sort.Search(len(f.at), func(i int) bool { return f.at[i].After(t) })
		if i == 0 {
			return 0
		}
		return f.lost[i-1]
	}
	return b.Sub(a) - (until(b) - until(a))
}

// total is what was lost so far.
func (f *fairClock) total() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.lost) == 0 {
		return 0
	}
	return f.lost[len(f.lost)-1]
}

// processorTime is how long a thread has run, and how long it has waited for a
// processor, in nanoseconds.
type processorTime struct{ had, waited int64 }

// meter reads the times of the threads of this process and of the processes of its
// Postgres; the files stay open from one look to the next.
type meter struct{ files map[string]*os.File }

// look finds the threads and processes that are there now.
func (m *meter) look() {
	names, _ := filepath.Glob("/proc/self/task/*/schedstat") // the pattern is well formed
	for _, pid := range descendants() {
		names = append(names, "/proc/"+pid+"/schedstat")
	}
	for name, file := range m.files {
		if !slices.Contains(names, name) {
			_ = file.Close() // it was only read
			delete(m.files, name)
		}
	}
	for _, name := range names {
		if m.files[name] != nil {
			continue
		}
		if file, err := os.Open(name); err == nil { // else it has ended
			m.files[name] = file
		}
	}
}

func (m *meter) read() map[string]processorTime {
	times := make(map[string]processorTime, len(m.files))
	line := make([]byte, 64)
	for name, file := range m.files {
		n, _ := file.ReadAt(line, 0) // the end comes before the line is full; nothing is read of what has ended
		fields := bytes.Fields(line[:n])
		if len(fields) < 2 {
			continue
		}
		had, err1 := strconv.ParseInt(string(fields[0]), 10, 64)
		waited, err2 := strconv.ParseInt(string(fields[1]), 10, 64)
		if err1 == nil && err2 == nil {
			times[name] = processorTime{had, waited}
		}
	}
	return times
}

func (m *meter) close() {
	for _, file := range m.files {
		_ = file.Close() // it was only read
	}
}

// descendants are the processes that this one has started, directly or not: its
// Postgres with all that serves a connection.
func descendants() (pids []string) {
	children := map[string][]string{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well formed
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		rest := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:])) // a name may hold anything
		if len(rest) > 1 {
			parent := rest[1]
			children[parent] = append(children[parent], filepath.Base(filepath.Dir(file)))
		}
	}
	for more := children[strconv.Itoa(os.Getpid())]; len(more) > 0; more = more[1:] {
		pids = append(pids, more[0])
		more = append(more, children[more[0]]...)
	}
	return pids
}
