package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

// benchmark is one that can be asked for by name.
type benchmark struct {
	name, what string
	run        func(ctx context.Context, program Program, o BenchOptions) ([]Figure, error)
}

func benchmarks() []benchmark {
	return []benchmark{
		{"load", "durable updates a second in a closed loop of 32 people, beside the floor of pgbench and a plain bot", benchLoad},
		{"latency", "tap to visible change, CPU time and memory at 100 and 300 updates a second, beside a plain bot", benchLatency},
		{"growth", "cost per update with few and with many answers already stored", benchGrowth},
		{"jobs", "opening a period, invitations, weekly summaries with pictures, weekly notes for 10,000 and 50,000 people, due queries", benchJobs},
		{"announcement", "an announcement under Telegram's limits while people answer and it is corrected; 10,000 and 50,000 recipients counted, foreseen, decided and queued", benchAnnouncement},
		{"start", "from the start of the process to the first reply", benchStart},
	}
}

// BenchOptions say how to measure.
type BenchOptions struct {
	Seconds int    // each measurement lasts; 0 = 15
	Long    bool   // growth goes to five million answers
	People  int    // of the smaller agency of jobs; 0 = 10,000. The larger has five times as many
	Profile string // load runs in this process and it, or jobs, writes its CPU profile there; "" = no profile
}

func (o BenchOptions) length() time.Duration {
	if o.Seconds <= 0 {
		return 15 * time.Second
	}
	return time.Duration(o.Seconds) * time.Second
}

// Figure is one line of the table of a benchmark.
type Figure struct {
	Bench, What, Value string
	Target             string // "" = it is told for the record
	Missed             bool
}

// BenchNames lists the benchmarks.
func BenchNames() []string {
	var out []string
	for _, b := range benchmarks() {
		out = append(out, b.name)
	}
	return out
}

// DescribeBench says in one sentence what a benchmark measures.
func DescribeBench(name string) string {
	for _, b := range benchmarks() {
		if b.name == name {
			return b.what
		}
	}
	return ""
}

// Bench runs one benchmark and returns its figures.
func Bench(ctx context.Context, program Program, name string, o BenchOptions) ([]Figure, error) {
	for _, b := range benchmarks() {
		if b.name != name {
			continue
		}
		list, err := b.run(ctx, program, o)
		for i := range list {
			list[i].Bench = name
		}
		if err != nil {
			return list, fmt.Errorf("bench %s: %w", name, err)
		}
		return list, nil
	}
	return nil, fmt.Errorf("%q: %w", name, ErrUnknown)
}

// BenchHeader is the head of the table whose lines Row returns.
func BenchHeader() string {
	return "| Benchmark | Figure | Value | Target | |\n| --- | --- | --- | --- | --- |"
}

// Row is the figure as a line of a Markdown table.
func (f Figure) Row() string {
	verdict := ""
	if f.Target != "" {
		verdict = "reached"
		if f.Missed {
			verdict = "**below target**"
		}
	}
	return "| " + strings.Join([]string{f.Bench, f.What, f.Value, f.Target, verdict}, " | ") + " |"
}

// Machine describes where figures were taken, and how busy it was.
func Machine() string {
	load, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(load), " ")
	cpu := "unknown processor"
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if _, name, ok := strings.Cut(line, "model name"); ok {
			cpu = strings.TrimSpace(strings.TrimLeft(name, "\t :"))
			break
		}
	}
	return fmt.Sprintf("%s, %d processors, load before the start %s", cpu, strings.Count(string(raw), "processor\t"), first)
}

// measured is what a while of load has cost and brought.
type measured struct {
	took      time.Duration
	updates   int // whose effect was seen
	taps      []tap
	late      int           // turns that nobody was free to take
	bot, base time.Duration // CPU time of the program and of Postgres
	peak      int64         // memory of the program, bytes
}

func (m measured) perSecond() float64 { return float64(m.updates) / m.took.Seconds() }

// perThousand is CPU seconds for 1,000 updates.
func (m measured) perThousand(cpu time.Duration) float64 {
	return cpu.Seconds() / float64(max(1, m.updates)) * 1000
}

// leanFake keeps no calls: what a benchmark measures shall not be its memory.
func leanFake() faketelegram.Config { return faketelegram.Config{Seed: 1, Lean: true} }

const warmUp = 3 * time.Second

// play lets people come for a while, of which the beginning is not counted.
func play(ctx context.Context, s *stage, bot int, together int, p *pace, d time.Duration) (measured, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &crowd{fake: s.fake, codes: s.codes[s.came:], first: s.came, pace: p, manners: manners{lean: true, known: true}, log: io.Discard, rng: rand.New(rand.NewPCG(1, 1))}
	c.open(ctx, together)
	defer func() {
		cancel()
		p.free()
		c.people.Wait()
		started, _ := c.count()
		s.came += started // a code works once
	}()
	sleep := func(d time.Duration) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := sleep(warmUp); err != nil {
		return measured{}, err
	}
	var m measured
	botBefore, baseBefore, err := s.used(bot)
	if err != nil {
		return m, err
	}
	begin, missed := time.Now(), p.late()
	if err := sleep(d); err != nil {
		return m, err
	}
	end := time.Now()
	m.took, m.late = end.Sub(begin), int(p.late()-missed)
	botAfter, baseAfter, err := s.used(bot)
	if err != nil {
		return m, err
	}
	m.bot, m.base = botAfter-botBefore, baseAfter-baseBefore
	if m.peak, err = memoryOf(bot, "VmHWM"); err != nil {
		return m, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.exhausted {
		return m, fmt.Errorf("%d people were too few", len(c.codes))
	}
	for _, t := range c.taps {
		if seen := t.at.Add(t.took); seen.After(begin) && seen.Before(end) {
			m.updates++
			m.taps = append(m.taps, t)
		}
	}
	if m.updates == 0 {
		return m, errors.New("no effect of anything was seen")
	}
	return m, nil
}

// used is the CPU time of the program and of Postgres so far.
func (s *stage) used(bot int) (program, postgres time.Duration, err error) {
	if program, err = cpuOf(bot); err != nil {
		return 0, 0, err
	}
	postgres, err = cpuOfTree(s.cluster.PID())
	return program, postgres, err
}

// host runs the program for a benchmark: as a process of its own, or in this
// one while its CPU profile is written.
func (s *stage) host(ctx context.Context, profile string) (pid int, stop func() error, err error) {
	if profile == "" {
		p := s.processes(1, s.program.Command, func(int) []string { return s.environ(s.url, s.more...) })[0]
		if err := p.start(); err != nil {
			return 0, nil, err
		}
		if err := p.awaitLease(ctx); err != nil {
			_ = p.kill()
			return 0, nil, err
		}
		return p.pid(), p.stop, nil
	}
	file, err := os.Create(profile)
	if err != nil {
		return 0, nil, fmt.Errorf("write the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return 0, nil, fmt.Errorf("profile: %w", err)
	}
	p := &inProcess{program: s.program, env: s.environ(s.url), log: newLogBook()}
	p.start(ctx)
	stop = func() error {
		pprof.StopCPUProfile()
		if err := p.stop(); err != nil {
			return err
		}
		return file.Close()
	}
	if err := p.awaitLease(ctx); err != nil {
		_ = stop()
		return 0, nil, err
	}
	return os.Getpid(), stop, nil
}

// median of a few numbers.
func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	if len(list)%2 == 1 {
		return list[len(list)/2]
	}
	return (list[len(list)/2-1] + list[len(list)/2]) / 2
}

func number(v float64, digits int) string {
	if digits == 0 {
		return thousands(int(v + 0.5))
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
