// Command bangkom runs the Telegram bot for the civil servants of one agency.
// This package reads the command line and connects the parts; it is the only
// one that knows every other package.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the agency's time zone also works in an empty container
)

// Exit codes of the command line.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// app is what every command may use: the outside world.
type app struct {
	env    []string
	stdout io.Writer // data
	stderr io.Writer // messages
	now    func() time.Time
}

// command is one word of the command line.
type command struct {
	name string
	args string // for the usage text
	help string
	run  func(*app, context.Context, []string) error
}

func commands() []command {
	return []command{
		{"serve", "[--config FILE]", "run the bot", (*app).serve},
		{"demo", "[--listen ADDRESS] [--keep DIR]", "try everything in the browser, without Telegram", (*app).demo},
		{"migrate", "[--config FILE]", "bring the database schema up to date", (*app).migrate},
		{"check", "[--config FILE]", "say whether everything is in order", (*app).check},
		{"period", "open|close [OPTIONS]", "open or close an assessment period", (*app).period},
		{"import", "KIND FILE [--apply] ...", "bring in the register or a list beside it", (*app).importFile},
		{"template", "KIND >FILE", "an empty file of a kind, to fill in and import", (*app).template},
		{"invite", "--out FILE.pdf|FILE.csv ...", "make one-time codes for handing out", (*app).invite},
		{"grant", "ROLE NIP [--unit UNIT] [--revoke]", "give a person a role, or take it away", (*app).grant},
		{"drill", "[NAME ...] [--list] [--seed N] [--long]", "let things go wrong under load and count what is lost", (*app).drill},
		{"bench", "[NAME ...] [--list] [--seconds N]", "measure, with a floor in the same run", (*app).bench},
		{"job", "list|run NAME [--at TIME]", "list the scheduled jobs, or run one now", (*app).job},
		{"version", "", "print the version", (*app).version},
	}
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	a := &app{env: env, stdout: stdout, stderr: stderr, now: time.Now}
	if len(args) == 0 {
		usage(stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "--help":
		usage(stdout)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return a.exitCode(c.run(a, ctx, args[1:]))
		}
	}
	fmt.Fprintf(stderr, "bangkom: there is no command %q\n\n", args[0])
	usage(stderr)
	return exitUsage
}

func usage(w io.Writer) {
	var b strings.Builder
	b.WriteString("usage: bangkom COMMAND [OPTIONS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-8s %-32s %s\n", c.name, c.args, c.help)
	}
	b.WriteString("\n`bangkom COMMAND --help` lists the options of a command.\n")
	_, _ = io.WriteString(w, b.String())
}

// usageError says that the command line was wrong: exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error {
	return usageError{fmt.Sprintf(format, args...)}
}

// errNotInOrder ends `check` with code 1; its sentences are printed already.
var errNotInOrder = errors.New("not everything is in order")

func (a *app) exitCode(err error) int {
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &wrong):
		fmt.Fprintln(a.stderr, "bangkom:", err)
		return exitUsage
	default:
		fmt.Fprintln(a.stderr, "bangkom:", err)
		return exitFailed
	}
}

// flags makes the flag set of a command. Its own messages are kept back,
// because parse says them once.
func (a *app) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("bangkom "+name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parse reads the options of a command that takes nothing but options. Asked
// for help it prints the options and returns flag.ErrHelp.
func (a *app) parse(fs *flag.FlagSet, args []string) error {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return a.help(fs)
	case err != nil:
		return wrongUsage("%v; see `%s --help`", err, fs.Name())
	case fs.NArg() > 0:
		return wrongUsage("unexpected argument %q; see `%s --help`", fs.Arg(0), fs.Name())
	}
	return nil
}

// help prints the options of a command and the lines that say more.
func (a *app) help(fs *flag.FlagSet, more ...string) error {
	fmt.Fprintf(a.stdout, "usage: %s [OPTIONS]\n", fs.Name())
	for _, line := range more {
		fmt.Fprintln(a.stdout, line)
	}
	fs.SetOutput(a.stdout)
	fs.PrintDefaults()
	return flag.ErrHelp
}

// asksHelp tells whether the words before the options are the wish for help.
func asksHelp(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-help" || a == "-h" || a == "help" })
}

func (a *app) version(_ context.Context, args []string) error {
	if err := a.parse(a.flags("version"), args); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: "unknown"}
	}
	_, err := fmt.Fprintln(a.stdout, versionLine(info))
	return err
}

// versionLine is "bangkom VERSION (REVISION, GO)"; what is not known is left
// out, and a build from changed files says so.
func versionLine(info *debug.BuildInfo) string {
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	details := []string{info.GoVersion}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			details = append(details, "revision "+s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			details = append(details, "with local changes")
		}
	}
	return fmt.Sprintf("bangkom %s (%s)", version, strings.Join(details, ", "))
}
