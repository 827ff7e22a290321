package devdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
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
			started <- fmt.Errorf("start Postgres: %w", err)
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
