//go:build !linux

package devdb

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// attr changes nothing: other systems run Postgres as the present user.
func (i *identity) attr(bool) *syscall.SysProcAttr { return nil }

func startLocked(cmd *exec.Cmd, ended chan<- struct{}) error {
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start Postgres: %w", err)
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

// lockInstall does nothing: packages are installed on Linux only.
func lockInstall() (unlock func(), err error) { return func() {}, nil }
