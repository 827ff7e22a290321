package devdb

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Shutdown is how a server is made to go away.
type Shutdown int

// Fast cuts the connections and writes everything down; Immediate gives up at
// once, as after a crash, and leaves the recovery to the next start.
const (
	Fast Shutdown = iota
	Immediate
)

// haltLimit is how long a shutdown may take.
const haltLimit = 30 * time.Second

// Halt ends the server and keeps its folder, so that Resume can start it again.
func (c *Cluster) Halt(how Shutdown) error {
	cmd, ended, _ := c.server()
	signal := interrupt
	if how == Immediate {
		signal = quit
	}
	if err := signal(cmd.Process); err != nil {
		return fmt.Errorf("halt Postgres: %w", err)
	}
	select {
	case <-ended:
		return nil
	case <-time.After(haltLimit):
		return errors.New("halt Postgres: it does not end")
	}
}

// Resume starts the server again after Halt and returns when it answers.
func (c *Cluster) Resume(ctx context.Context) error {
	if err := c.launch(); err != nil {
		return err
	}
	return c.await(ctx)
}

// Freeze stops every process of the server where it stands: connections stay
// open, and nobody answers. Thaw lets them go on.
func (c *Cluster) Freeze() error { return freeze(c.PID()) }

// Thaw ends a Freeze; without one it changes nothing.
func (c *Cluster) Thaw() error {
	_, ended, _ := c.server()
	select {
	case <-ended:
		return nil
	default:
		return thaw(c.PID())
	}
}
