package devdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Pooler is a running pgbouncer in transaction mode before a Cluster: each
// transaction of a client may meet another connection of the server. When it ends
// by itself it is started again, as the unit file of its package does: versions
// 1.18 to 1.20 end now and then when statements are cancelled on a busy server
// (its changelog for 1.21.0: "server in bad state: 11").
type Pooler struct {
	dir     string
	command func() *exec.Cmd
	stop    sync.Once

	mu       sync.Mutex
	cmd      *exec.Cmd
	ended    <-chan struct{}
	stopping bool
	ends     []string // the last line of its log at each end of its own
}

// poolerPort names the socket; nothing listens on the network.
const poolerPort = "6432"

// PoolerSetting is the line of pgbouncer's configuration without which it refuses
// the program's connections.
const PoolerSetting = "ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout, plan_cache_mode, enable_seqscan, jit"

// StartPooler starts a pgbouncer for the given users, after installing it as
// root on Debian when it is missing. It is to be stopped before the cluster.
func (c *Cluster) StartPooler(ctx context.Context, users ...string) (*Pooler, error) {
	program, err := poolerProgram(ctx, c.options.Log)
	if err != nil {
		return nil, err
	}
	p := &Pooler{dir: filepath.Join(c.dir, "pooler")}
	if err := p.configure(c, users); err != nil {
		return nil, err
	}
	p.command = func() *exec.Cmd {
		cmd := exec.Command(program, "-q", filepath.Join(p.dir, "pgbouncer.ini"))
		cmd.Dir, cmd.SysProcAttr = p.dir, c.owner.attr(true)
		return cmd
	}
	if err := p.start(); err != nil {
		return nil, err
	}
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	go p.watch()
	return p, nil
}

// start starts the program, unless it shall stop.
func (p *Pooler) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping {
		return errStopping
	}
	cmd := p.command()
	ended, err := StartTied(cmd)
	if err != nil {
		return fmt.Errorf("start pgbouncer: %w", err)
	}
	p.cmd, p.ended = cmd, ended
	return nil
}

var errStopping = errors.New("pgbouncer shall stop")

// process is the one that runs, or ran last.
func (p *Pooler) process() (*exec.Cmd, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd, p.ended
}

// watch starts it again whenever it has ended, until Stop.
func (p *Pooler) watch() {
	for {
		_, ended := p.process()
		<-ended
		said, _ := os.ReadFile(filepath.Join(p.dir, "log"))
		if err := p.start(); err != nil {
			return // it shall stop, or cannot be started: whoever connects says so
		}
		p.mu.Lock()
		p.ends = append(p.ends, lastLine(said))
		p.mu.Unlock()
	}
}

// Ends tells how often pgbouncer ended by itself and was started again: the last
// line of its log each time; none = never.
func (p *Pooler) Ends() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ends)
}

// poolerProgram finds pgbouncer or installs it.
func poolerProgram(ctx context.Context, log func(string)) (string, error) {
	const program = "pgbouncer"
	find := func() string {
		path, err := exec.LookPath(program)
		if err != nil {
			path = "/usr/sbin/" + program // not in the PATH of everybody
			if _, err := os.Stat(path); err != nil {
				return ""
			}
		}
		return path
	}
	if path := find(); path != "" {
		return path, nil
	}
	if installs() {
		unlock, err := lockInstall()
		if err != nil {
			return "", err
		}
		defer unlock()
		if log != nil {
			log("pgbouncer was not found: installing the package pgbouncer")
		}
		if err := install(ctx, program); err != nil {
			return "", err
		}
		if path := find(); path != "" {
			return path, nil
		}
	}
	return "", errors.New("pgbouncer was not found: install it (package pgbouncer)")
}

// configure writes the files of pgbouncer into a folder below that of the
// cluster, which ends with it.
func (p *Pooler) configure(c *Cluster, users []string) error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return fmt.Errorf("make a folder for pgbouncer: %w", err)
	}
	var list strings.Builder
	for _, user := range users {
		fmt.Fprintf(&list, "%q \"\"\n", user)
	}
	ini := fmt.Sprintf(`[databases]
* = host=%s
[pgbouncer]
listen_addr =
listen_port = %s
unix_socket_dir = %s
logfile = %s
auth_type = trust
auth_file = %s
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
%s
`, c.socket, poolerPort, p.dir, filepath.Join(p.dir, "log"), filepath.Join(p.dir, "users"), PoolerSetting)
	for name, content := range map[string]string{"users": list.String(), "pgbouncer.ini": ini} {
		path := filepath.Join(p.dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return fmt.Errorf("configure pgbouncer: %w", err)
		}
		if c.owner != nil {
			if err := os.Chown(path, c.owner.uid, c.owner.gid); err != nil {
				return fmt.Errorf("configure pgbouncer: %w", err)
			}
		}
	}
	return c.owner.own(p.dir)
}

// await returns when the pooler answers.
func (p *Pooler) await(ctx context.Context) error {
	db, err := sql.Open("postgres", p.URL("postgres", "postgres"))
	if err != nil {
		return fmt.Errorf("open pgbouncer: %w", err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, ended := p.process()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			said, _ := os.ReadFile(filepath.Join(p.dir, "log"))
			return fmt.Errorf("pgbouncer ended at once: %s", lastLine(said))
		case <-ctx.Done():
			return fmt.Errorf("pgbouncer does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL returns the connection string of a database through the pooler.
func (p *Pooler) URL(database, username string) string {
	return fmt.Sprintf("host=%s port=%s dbname=%s user=%s sslmode=disable", p.dir, poolerPort, database, username)
}

// Stop ends the pooler; its folder goes with that of the cluster. It may be
// called twice.
func (p *Pooler) Stop() error {
	p.stop.Do(func() {
		p.mu.Lock()
		p.stopping = true
		p.mu.Unlock()
		cmd, ended := p.process()
		_ = interrupt(cmd.Process)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	return nil
}
