// Package command reads the command line. Each word of it stands in a file of its
// own, which opens what it needs and calls the package that does the work. It is the
// only package that knows every other one, and only the main package knows it.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the agency's time zone also works in an empty container

	"bangkom/internal/advice"
)

// Exit codes of the command line.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// console is what every command may use: the outside world.
type console struct {
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
	run  func(*console, context.Context, []string) error
}

func commands() []command {
	return []command{
		{"serve", "[--config FILE]", "run the bot", (*console).serve},
		{"demo", "[--listen ADDRESS] [--keep DIR]", "try everything in the browser, without Telegram", (*console).demo},
		{"migrate", "[--config FILE]", "bring the database schema up to date", (*console).migrate},
		{"check", "[--config FILE]", "say whether everything is in order", (*console).check},
		{"period", "open|close [OPTIONS]", "open or close an assessment period", (*console).period},
		{"import", "KIND FILE [--apply] ...", "bring in the register or a list beside it", (*console).importFile},
		{"template", "KIND >FILE", "an empty file of a kind, to fill in and import", (*console).template},
		{"export", "demand|needs|plan --out FILE ...", "write what people need, for a partner, the personnel office or the budget", (*console).export},
		{"invite", "--out FILE.pdf|FILE.csv ...", "make one-time codes for handing out", (*console).invite},
		{"grant", "ROLE NIP [--unit UNIT] [--revoke]", "give a person a role, or take it away", (*console).grant},
		{"backup", "--out FILE", "write the database to a file", (*console).backup},
		{"restore", "FILE [--replace]", "put a backup into the database, and hold sending", (*console).restore},
		{"stop", "[--config FILE]", "stop all that the bot starts by itself; answers still go", (*console).stop},
		{"resume", "[--apply] [--drop-waiting]", "show what is held or stopped, or allow sending again", (*console).resume},
		{"drill", "[NAME ...] [--list] [--seed N] [--long]", "let things go wrong under load and count what is lost", (*console).drill},
		{"bench", "[NAME ...] [--list] [--seconds N]", "measure, with a floor in the same run", (*console).bench},
		{"job", "list|run NAME [--at TIME]", "list the scheduled jobs, or run one now", (*console).job},
		{"version", "", "print the version", (*console).version},
	}
}

// Run executes one command line and returns the exit code.
func Run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	a := &console{env: env, stdout: stdout, stderr: stderr, now: time.Now}
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
var errNotInOrder = advice.New("check.result", "not everything is in order")

func (a *console) exitCode(err error) int {
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
func (a *console) flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet("bangkom "+name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parse reads the options of a command that takes nothing but options. Asked
// for help it prints the options and returns flag.ErrHelp.
func (a *console) parse(fs *flag.FlagSet, args []string) error {
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
func (a *console) help(fs *flag.FlagSet, more ...string) error {
	fmt.Fprintf(a.stdout, "usage: %s [OPTIONS]\n", fs.Name())
	for _, line := range more {
		fmt.Fprintln(a.stdout, line)
	}
	fs.SetOutput(a.stdout)
	fs.PrintDefaults()
	return flag.ErrHelp
}

// asksHelp tells whether the words before the options ask for help.
func asksHelp(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-help" || a == "-h" || a == "help" })
}
