package devdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// attr runs a program as the identity, in a session of its own. With tied the
// kernel ends it when the thread that started it is gone.
func (i *identity) attr(tied bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true}
	if tied {
		a.Pdeathsig = syscall.SIGQUIT // immediate shutdown
	}
	if i != nil {
		a.Credential = &syscall.Credential{Uid: uint32(i.uid), Gid: uint32(i.gid)}
	}
	return a
}

// startLocked starts cmd from a thread that lives as long as cmd: the signal of
// a dead parent is tied to the thread, not to the process.
func startLocked(cmd *exec.Cmd, ended chan<- struct{}) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		_ = cmd.Wait() // how it ended is said by whoever waits for it
		close(ended)
	}()
	return <-started
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

func interrupt(p *os.Process) error { return p.Signal(syscall.SIGINT) }

// StartTied starts a program that is killed when this one is gone, however it
// ended. The channel is closed when the program has ended.
func StartTied(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
	gone := make(chan struct{})
	return gone, startLocked(cmd, gone)
}

// quit asks for an immediate shutdown, which leaves the recovery to the start.
func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }

// signalAll sends a signal to a server and then to each of its processes, or
// the other way round with last.
func signalAll(pid int, sig syscall.Signal, last bool) error {
	send := func() error {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if err != nil {
			return fmt.Errorf("list the processes of Postgres: %w", err)
		}
		for field := range strings.FieldsSeq(string(raw)) {
			if child, err := strconv.Atoi(field); err == nil {
				_ = syscall.Kill(child, sig) // it may just have ended
			}
		}
		return nil
	}
	if last {
		return errors.Join(send(), syscall.Kill(pid, sig))
	}
	return errors.Join(syscall.Kill(pid, sig), send())
}

func freeze(pid int) error { return signalAll(pid, syscall.SIGSTOP, false) }
func thaw(pid int) error   { return signalAll(pid, syscall.SIGCONT, true) }

// lockInstall lets one process at a time install packages; unlock ends that.
func lockInstall() (unlock func(), err error) {
	f, err := os.OpenFile("/run/bangkom-install.lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the installation: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the installation: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// free is how many bytes can still be written below a folder; 0 = none.
func free(dir string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}
