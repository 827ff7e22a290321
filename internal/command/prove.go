package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"bangkom/internal/config"
	"bangkom/internal/proof"
	"bangkom/internal/proof/plain"
	"bangkom/internal/prove"
)

// errNotHeld ends `drill` with code 1; what does not hold is printed already.
var errNotHeld = errors.New("not everything held")

func (a *console) drill(ctx context.Context, args []string) error {
	names, args := leadingWords(args)
	fs := a.flags("drill [NAME ...]")
	list := fs.Bool("list", false, "list the drills and run none")
	long := fs.Bool("long", false, "the long form, of which some take a quarter of an hour")
	seed := fs.Uint64("seed", 1, "`N` from which faults and instants are drawn")
	rounds := fs.Int("rounds", 0, "`N` kills, restarts or pauses instead of those of the form")
	together := fs.Int("together", 0, "limits.decide_together is `N`: people decided about in one transaction at most, 1 = each alone")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if *list {
		for _, name := range proof.Names() {
			fmt.Fprintf(a.stdout, "%-16s %s\n", name, proof.Describe(name))
		}
		return nil
	}
	names, err := chosen(names, proof.Names(), "drill")
	if err != nil {
		return err
	}
	program, err := a.program()
	if err != nil {
		return err
	}
	held := true
	fmt.Fprintln(a.stdout, proof.DrillHeader())
	for _, name := range names {
		result, err := proof.Drill(ctx, program, name, proof.Options{Seed: *seed, Long: *long, Rounds: *rounds, Together: *together})
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, result.Row())
		for _, line := range result.Broken {
			fmt.Fprintf(a.stderr, "%s: %s\n", name, line)
		}
		held = held && result.OK()
	}
	if !held {
		return errNotHeld
	}
	return nil
}

// chosen is what was asked for, or everything; a name that is not there is told
// before anything runs.
func chosen(names, all []string, command string) ([]string, error) {
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, wrongUsage("there is no %q; see `bangkom %s --list`", name, command)
		}
	}
	return names, nil
}

// leadingWords splits off what stands before the first option.
func leadingWords(args []string) (words, rest []string) {
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		words, args = append(words, args[0]), args[1:]
	}
	return words, args
}

// program is this program, as drills and benchmarks run it.
func (a *console) program() (proof.Program, error) {
	self, err := os.Executable()
	if err != nil {
		return proof.Program{}, fmt.Errorf("find the own program: %w", err)
	}
	return a.programOf(func() *exec.Cmd { return exec.Command(self, "serve") },
		func() *exec.Cmd { return exec.Command(self, "bench", "--as-plain") }), nil
}

func (a *console) programOf(command, peer func() *exec.Cmd) proof.Program {
	return proof.Program{Command: command, Plain: peer, Serve: a.serveWith, Prepare: prove.Prepare, Ledger: prove.OpenLedger, Agency: prove.OpenAgency, Log: a.stderr}
}

// serveWith is `serve` in this process, with another environment and clock.
func (a *console) serveWith(ctx context.Context, env []string, now func() time.Time, log io.Writer) error {
	other := &console{env: env, stdout: io.Discard, stderr: log, now: now}
	return other.serve(ctx, nil)
}

// plain is the plain bot, configured by the environment of `serve`.
func (a *console) plain(ctx context.Context) error {
	cfg, err := config.Load("", a.env)
	if err != nil {
		return err
	}
	return plain.Run(ctx, plain.Config{Token: cfg.Telegram.Token.Reveal(), Endpoint: cfg.Telegram.APIEndpoint,
		DatabaseURL: cfg.Database.URL.Reveal(), Log: slog.New(slog.NewTextHandler(a.stderr, nil))})
}

func (a *console) bench(ctx context.Context, args []string) error {
	names, args := leadingWords(args)
	fs := a.flags("bench [NAME ...]")
	list := fs.Bool("list", false, "list the benchmarks and run none")
	seconds := fs.Int("seconds", 15, "`N` seconds for each measurement")
	long := fs.Bool("long", false, "growth goes to five million answers")
	people := fs.Int("people", 0, "`N` people of the smaller agency of jobs instead of 10,000; the larger has five times as many")
	profile := fs.String("profile", "", "write the CPU profile of load, whose bot then runs in this process, or of jobs to `FILE`; the figures are then not comparable")
	asPlain := fs.Bool("as-plain", false, "be the plain bot that load and latency compare with; they start it themselves")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if *asPlain {
		return a.plain(ctx)
	}
	if *list {
		for _, name := range proof.BenchNames() {
			fmt.Fprintf(a.stdout, "%-16s %s\n", name, proof.DescribeBench(name))
		}
		return nil
	}
	names, err := chosen(names, proof.BenchNames(), "bench")
	if err != nil {
		return err
	}
	program, err := a.program()
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, proof.Machine())
	fmt.Fprintln(a.stdout, proof.BenchHeader())
	for _, name := range names {
		figures, err := proof.Bench(ctx, program, name, proof.BenchOptions{Seconds: *seconds, Long: *long, People: *people, Profile: *profile})
		for _, f := range figures {
			fmt.Fprintln(a.stdout, f.Row())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
