package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"bangkom/handlers"
	"bangkom/internal/personnel"
	"bangkom/internal/proof"
	"bangkom/storage"
)

// errNotHeld ends `drill` with code 1; what does not hold is printed already.
var errNotHeld = errors.New("not everything held")

func (a *app) drill(ctx context.Context, args []string) error {
	names, args := leadingWords(args)
	fs := a.flags("drill [NAME ...]")
	list := fs.Bool("list", false, "list the drills and run none")
	long := fs.Bool("long", false, "the long form, of which some take a quarter of an hour")
	seed := fs.Uint64("seed", 1, "`N` from which faults and instants are drawn")
	rounds := fs.Int("rounds", 0, "`N` kills, restarts or pauses instead of those of the form")
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
		result, err := proof.Drill(ctx, program, name, proof.Options{Seed: *seed, Long: *long, Rounds: *rounds})
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
func (a *app) program() (proof.Program, error) {
	self, err := os.Executable()
	if err != nil {
		return proof.Program{}, fmt.Errorf("find the own program: %w", err)
	}
	return a.programOf(func() *exec.Cmd { return exec.Command(self, "serve") }), nil
}

func (a *app) programOf(command func() *exec.Cmd) proof.Program {
	return proof.Program{Command: command, Serve: a.serveWith, Prepare: prepareProof, Ledger: openLedger, Agency: openAgency, Log: a.stderr}
}

// serveWith is `serve` in this process, with another environment and clock.
func (a *app) serveWith(ctx context.Context, env []string, now func() time.Time, log io.Writer) error {
	other := &app{env: env, stdout: io.Discard, stderr: log, now: now}
	return other.serve(ctx, nil)
}

// prepareProof makes what a drill needs: a schema, a register, codes that live
// longer than a stepped clock, and a period that such a clock does not leave.
func prepareProof(ctx context.Context, ownerURL string, people int) ([]string, error) {
	db, err := storage.Open(storage.Options{URL: ownerURL})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	seed, err := shippedSeed()
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx, seed); err != nil {
		return nil, err
	}
	var codes []string
	now := time.Now()
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		codes = codes[:0]
		ids, err := registerProof(ctx, tx, people, now)
		if err != nil {
			return err
		}
		k, hashes := deriveKeys([]byte(proof.CodeKey)), make([][]byte, 0, people)
		for range ids {
			code, err := handlers.NewCode(rand.Reader)
			if err != nil {
				return err
			}
			codes, hashes = append(codes, code), append(hashes, k.hashCode(code))
		}
		if err := tx.ReplaceCodes(ctx, ids, hashes, now.AddDate(0, 0, -7), now.AddDate(0, 0, 14)); err != nil {
			return err
		}
		_, err = tx.OpenPeriod(ctx, storage.Period{Name: "Uji", OpensAt: now.AddDate(0, 0, -7),
			DueAt: now.AddDate(0, 0, 14), RatingDueAt: now.AddDate(0, 0, 21)}, now)
		return err
	})
	return codes, err
}

// registerProof fills the register and returns the ids of its people.
func registerProof(ctx context.Context, tx *storage.Tx, people int, now time.Time) ([]int64, error) {
	unit, err := tx.PutUnit(ctx, "U", "Unit")
	if err != nil {
		return nil, err
	}
	const onePerDay = 999 // people with the same day of birth
	born := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	ids := make([]int64, people)
	for i := range ids {
		nip, err := personnel.ParseNIP(fmt.Sprintf("%s2010012%03d", born.AddDate(0, 0, i/onePerDay).Format("20060102"), i%onePerDay+1), now)
		if err != nil {
			return nil, err
		}
		ids[i], err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: fmt.Sprintf("Pegawai %d", i),
			Sex: personnel.Female, UnitID: unit, ClassCode: "PELAKSANA"})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// ledger gives the drills the books behind their own interface.
type ledger struct{ *storage.DB }

func openLedger(ownerURL string) (proof.Ledger, error) {
	db, err := storage.Open(storage.Options{URL: ownerURL, StatementTimeout: migrateLimit, IOTimeout: migrateLimit + time.Minute})
	if err != nil {
		return nil, err
	}
	return ledger{db}, nil
}

// Books reads what is stored.
func (l ledger) Books(ctx context.Context) (proof.Books, error) {
	b, err := l.DB.Books(ctx)
	out := proof.Books{Answers: b.Answers, Waiting: b.Waiting, SetAside: b.SetAside, Outbox: b.Outbox,
		OldestWaiting: b.OldestWaiting, OldestUnsent: b.OldestUnsent}
	for _, s := range b.Sent {
		out.Sent = append(out.Sent, proof.Sent{Chat: s.Chat, Revision: s.Revision, Answers: s.Answers})
	}
	return out, err
}

func (a *app) bench(ctx context.Context, args []string) error {
	names, args := leadingWords(args)
	fs := a.flags("bench [NAME ...]")
	list := fs.Bool("list", false, "list the benchmarks and run none")
	seconds := fs.Int("seconds", 15, "`N` seconds for each measurement")
	long := fs.Bool("long", false, "growth goes to five million answers")
	people := fs.Int("people", 0, "`N` people of the smaller agency of jobs instead of 10,000; the larger has five times as many")
	profile := fs.String("profile", "", "write the CPU profile of load, whose bot then runs in this process, or of jobs to `FILE`; the figures are then not comparable")
	if err := a.parse(fs, args); err != nil {
		return err
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
