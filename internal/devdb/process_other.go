//go:build !linux

package devdb

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// attr changes nothing: other systems run Postgres as the present user.
func (i *identity) attr(bool) *syscall.SysProcAttr { return nil }

func startLocked(cmd *exec.Cmd, ended chan<- struct{}) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // how it ended is said by whoever waits for it
		close(ended)
	}()
	return nil
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

// StartTied starts a program; the channel is closed when it has ended. Here
// nothing ends it when this one is gone.
func StartTied(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	gone := make(chan struct{})
	return gone, startLocked(cmd, gone)
}

var errOnlyLinux = errors.New("this is possible on Linux only")

func quit(p *os.Process) error { return p.Signal(syscall.SIGQUIT) }
func freeze(int) error         { return errOnlyLinux }
func thaw(int) error           { return nil }

// lockInstall does nothing: packages are installed on Linux only.
func lockInstall() (unlock func(), err error) { return func() {}, nil }

// free is unknown elsewhere.
func free(string) uint64 { return 0 }
