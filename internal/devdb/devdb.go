// Package devdb starts a private Postgres for tests and for the demo: found on
// the machine, run as another user when root, reachable only through a socket
// in a folder of its own, gone without a trace when it is stopped or when its
// parent dies.
package devdb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/lib/pq" // the driver of the few statements that manage databases
)

// Options says how to start. The zero value is a fast, temporary cluster.
type Options struct {
	Memory   bool              // the files stay in memory where the machine has room: many copies of a database are made ten times as fast
	Durable  bool              // fsync and synchronous commits, for drills and benchmarks
	Settings map[string]string // further settings of the server
	Keep     string            // folder in which the data stays; "" = temporary
	Log      func(string)      // told before something is installed; may be nil
}

// Cluster is a running Postgres.
type Cluster struct {
	dir, socket string
	keep        bool
	bin         string // where the programs of Postgres are
	owner       *identity
	options     Options
	stop        sync.Once

	mu    sync.Mutex
	cmd   *exec.Cmd     // the server that runs, or ran last
	ended chan struct{} // closed when it is gone
	log   *bytes.Buffer // what it said
}

// maxSocket is how long the path of a socket may be on Linux.
const maxSocket = 107

// Start makes or reuses the data folder and starts the server; it returns when
// the server answers.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	bin, err := programs(ctx, o.Log)
	if err != nil {
		return nil, err
	}
	sweep(tempRoot())
	sweep(memoryRoot)
	owner, err := runAs()
	if err != nil {
		return nil, err
	}
	c := &Cluster{keep: o.Keep != "", bin: bin, owner: owner, options: o}
	if c.dir, err = c.folder(o.Keep, owner); err != nil {
		return nil, err
	}
	c.socket = c.dir
	if err := c.initialise(ctx, bin, owner); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	if err := c.launch(); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	if err := c.await(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	if serverPID(c.dir) != c.PID() { // somebody else's server answered
		return nil, errors.Join(fmt.Errorf("the folder %s is in use by another program: stop that one, or choose another folder", c.dir), c.Stop())
	}
	return c, nil
}

// tempRoot is a temporary directory whose sockets have a short enough path.
func tempRoot() string {
	root := os.TempDir()
	if len(root)+len("/bangkom-pg-1234567-1234567890/.s.PGSQL.5432.lock") > maxSocket {
		return "/tmp"
	}
	return root
}

// memoryRoot is where Linux keeps files in memory.
const memoryRoot = "/dev/shm"

// minMemory is how much must be free there: the tests of one package at a time
// need a fraction of it.
const minMemory = 2 << 30

const prefix = "bangkom-pg-"

func (c *Cluster) folder(keep string, owner *identity) (string, error) {
	dir := keep
	if keep == "" {
		root := tempRoot()
		if c.options.Memory && free(memoryRoot) > minMemory {
			root = memoryRoot
		}
		made, err := os.MkdirTemp(root, fmt.Sprintf("%s%d-", prefix, os.Getpid()))
		if err != nil {
			return "", fmt.Errorf("make a folder for Postgres: %w", err)
		}
		dir = made
	} else if abs, err := filepath.Abs(keep); err == nil {
		dir = abs
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", fmt.Errorf("make a folder for Postgres: %w", err)
		}
	}
	if len(dir)+len("/.s.PGSQL.5432.lock") > maxSocket {
		return "", fmt.Errorf("the folder %s is too long a path for a socket: choose a shorter one", dir)
	}
	return dir, owner.own(dir)
}

// sweep removes the folders of processes that are gone.
func sweep(root string) {
	left, _ := filepath.Glob(filepath.Join(root, prefix+"*"))
	for _, dir := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		n, err := strconv.Atoi(pid)
		if err != nil || alive(n) || serverAlive(dir) {
			continue
		}
		_ = os.RemoveAll(dir)
	}
}

// serverAlive tells whether the server of a data folder still runs.
func serverAlive(dir string) bool {
	pid := serverPID(dir)
	return pid != 0 && alive(pid)
}

// serverPID reads which process holds a data folder; 0 = none.
func serverPID(dir string) int {
	raw, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

func (c *Cluster) initialise(ctx context.Context, bin string, owner *identity) error {
	data := filepath.Join(c.dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir, cmd.SysProcAttr = c.dir, owner.attr(false)
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) && owner != nil {
		return fmt.Errorf("the folder %s lies where the user under which Postgres runs may not go: choose another, for example below /var/tmp", c.dir)
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, lastLine(out))
	}
	return nil
}

// launch starts a server on the folder.
func (c *Cluster) launch() error {
	o := c.options
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": c.socket, "max_connections": "100",
		"shared_buffers": "32MB", "logging_collector": "off", "log_min_messages": "fatal",
		"fsync": onOff(o.Durable), "synchronous_commit": onOff(o.Durable), "full_page_writes": onOff(o.Durable),
	}
	for k, v := range o.Settings {
		settings[k] = v
	}
	args := []string{"-D", filepath.Join(c.dir, "data")}
	for k, v := range settings {
		args = append(args, "-c", k+"="+v)
	}
	cmd, log, ended := exec.Command(filepath.Join(c.bin, "postgres"), args...), &bytes.Buffer{}, make(chan struct{})
	cmd.Dir, cmd.SysProcAttr = c.dir, c.owner.attr(true)
	cmd.Stderr = log
	if err := startLocked(cmd, ended); err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cmd, c.ended, c.log = cmd, ended, log
	return nil
}

// server is the one that runs or ran last.
func (c *Cluster) server() (cmd *exec.Cmd, ended chan struct{}, log *bytes.Buffer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cmd, c.ended, c.log
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// await returns when the server answers, or says why it does not.
func (c *Cluster) await(ctx context.Context) error {
	db, err := sql.Open("postgres", c.URL("postgres", "postgres"))
	if err != nil {
		return fmt.Errorf("open Postgres: %w", err)
	}
	defer db.Close()
	_, ended, log := c.server()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("the private Postgres ended at once: %s", lastLine(log.Bytes()))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the private Postgres does not answer: %w", err)
		}
	}
}

// URL returns the connection string of a database for a user; no password is
// needed.
func (c *Cluster) URL(database, username string) string {
	return fmt.Sprintf("host=%s dbname=%s user=%s sslmode=disable", c.socket, database, username)
}

// PID is the process of the server that runs, or ran last.
func (c *Cluster) PID() int {
	cmd, _, _ := c.server()
	return cmd.Process.Pid
}

// Bin is the folder of the programs of Postgres, pgbench among them.
func (c *Cluster) Bin() string { return c.bin }

// Socket is the folder of the server's socket, for programs that take no URL.
func (c *Cluster) Socket() string { return c.socket }

// Dir is the folder of the cluster.
func (c *Cluster) Dir() string { return c.dir }

// Stop ends the server at once and removes a temporary folder. It may be
// called twice.
func (c *Cluster) Stop() (err error) {
	c.stop.Do(func() {
		_ = c.Thaw() // a frozen server does not hear that it shall stop
		cmd, ended, _ := c.server()
		_ = interrupt(cmd.Process) // fast shutdown: connections are cut
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		err = c.remove()
	})
	return err
}

func (c *Cluster) remove() error {
	if c.keep || c.dir == "" {
		return nil
	}
	return os.RemoveAll(c.dir)
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// identity is the user under which Postgres runs.
type identity struct{ uid, gid int }

// runAs chooses the user: oneself, or as root one of the unprivileged users,
// because Postgres refuses to run as root.
func runAs() (*identity, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil {
			return &identity{uid: uid, gid: gid}, nil
		}
	}
	return nil, errors.New("there is no user postgres or nobody, and Postgres refuses to run as root: run as an ordinary user")
}

func (i *identity) own(dir string) error {
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("protect the folder of Postgres: %w", err)
	}
	if i == nil {
		return nil
	}
	if err := os.Chown(dir, i.uid, i.gid); err != nil {
		return fmt.Errorf("hand the folder to the user of Postgres: %w", err)
	}
	return nil
}
