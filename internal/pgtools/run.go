package pgtools

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

// Dump writes a backup of the database at url to out, in the custom format of
// pg_dump, as it is at one moment. Nobody who works meanwhile waits for it. program
// is the path of pg_dump.
func Dump(ctx context.Context, program, url string, out io.Writer) error {
	cmd, err := connected(ctx, program, url, "--format=custom", "--no-password")
	if err != nil {
		return err
	}
	cmd.Stdout = out
	return run(cmd, "pg_dump")
}

// Restore puts a backup into the database at url, all of it or, after an error,
// nothing. The tables belong to the login of url, and nobody else has a right until
// `migrate` has made them. program is the path of pg_restore.
func Restore(ctx context.Context, program, url, file string) error {
	cmd, err := connected(ctx, program, url, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-password", file)
	if err != nil {
		return err
	}
	for _, line := range cmd.Env { // pg_restore takes the name of the database from nowhere else
		if name, ok := strings.CutPrefix(line, "PGDATABASE="); ok {
			cmd.Args = append([]string{cmd.Args[0], "--dbname=" + name}, cmd.Args[1:]...)
		}
	}
	return run(cmd, "pg_restore")
}

// Contents lists what a backup holds, a line for each entry. The error says that the
// file is no backup, or is damaged at its head. program is the path of pg_restore.
func Contents(ctx context.Context, program, file string) ([]string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, "--list", file)
	cmd.Env = environment(nil)
	cmd.Stdout = &out
	if err := run(cmd, "pg_restore"); err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, ";") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines, nil
}

// stopGrace is for a program that was asked to stop.
const stopGrace = 5 * time.Second

// connected is a program that finds the database at url in its environment.
func connected(ctx context.Context, program, url string, args ...string) (*exec.Cmd, error) {
	cfg, err := pq.NewConfig(url)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read")
	}
	if cfg.SSLInline {
		return nil, errors.New("sslinline is known to Bangkom only: name the files of the certificates in the address of the database")
	}
	if len(cfg.Multi) > 0 { // pg_dump would take the first, Bangkom whichever answers
		return nil, errors.New("the address of the database names several hosts: name the one to work with")
	}
	host := cfg.Host
	if cfg.Hostaddr.IsValid() {
		host = cfg.Hostaddr.String()
	}
	set := map[string]string{
		"PGHOST": host, "PGPORT": strconv.Itoa(int(cfg.Port)), "PGUSER": cfg.User, "PGPASSWORD": cfg.Password,
		"PGDATABASE": cmp.Or(cfg.Database, cfg.User), "PGOPTIONS": cfg.Options, "PGPASSFILE": cfg.Passfile, "PGSSLMODE": string(cfg.SSLMode), "PGSSLCERT": cfg.SSLCert,
		"PGSSLKEY": cfg.SSLKey, "PGSSLROOTCERT": cfg.SSLRootCert, "PGAPPNAME": "bangkom", "PGCONNECT_TIMEOUT": "10",
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = environment(set)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopGrace
	return cmd, nil
}

// environment is that of this program without what is about a database or is a
// secret of Bangkom's, and with what is set and not empty. Messages are in English.
func environment(set map[string]string) []string {
	var env []string
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "PG") && !strings.HasPrefix(line, "BANGKOM_") && !strings.HasPrefix(line, "LC_") {
			env = append(env, line)
		}
	}
	env = append(env, "LC_MESSAGES=C")
	for name, value := range set {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// run runs a program and says what its last complaint was. Those of pg_dump and
// pg_restore may quote a row: what follows the first line of one is left out.
func run(cmd *exec.Cmd, name string) error {
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	err := cmd.Run()
	if err == nil {
		return nil
	}
	for line := range strings.Lines(complaints.String()) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+": error: "); ok {
			return fmt.Errorf("%s: %s", name, text)
		}
	}
	return fmt.Errorf("%s: %w", name, err)
}
