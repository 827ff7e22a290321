package devdb_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
)

// What was committed before the server went away is there afterwards, however
// it went.
func TestHaltAndResume(t *testing.T) {
	devdbtest.Long(t, "a server stops and starts again, several times")
	ctx := t.Context()
	c, err := devdb.Start(ctx, devdb.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	url := c.URL("postgres", "postgres")
	if err := devdb.Exec(ctx, url, "CREATE TABLE kept (n int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	for n, how := range []devdb.Shutdown{devdb.Fast, devdb.Immediate} {
		before := c.PID()
		if err := devdb.Exec(ctx, url, "INSERT INTO kept SELECT coalesce(max(n), 0) + 1 FROM kept"); err != nil {
			t.Fatal(err)
		}
		if err := c.Halt(how); err != nil {
			t.Fatal(err)
		}
		if syscall.Kill(before, 0) == nil {
			t.Errorf("round %d: process %d lives after Halt", n, before)
		}
		if err := devdb.Exec(ctx, url, "SELECT 1"); err == nil {
			t.Errorf("round %d: a halted server answers", n)
		}
		if err := c.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		if c.PID() == before {
			t.Errorf("round %d: the same process after Resume", n)
		}
	}
	if err := devdb.Exec(ctx, url, "SELECT 1 / (SELECT CASE WHEN max(n) = 2 THEN 1 ELSE 0 END FROM kept)"); err != nil {
		t.Errorf("not all rows are there: %v", err)
	}
}

func TestFreezeAndThaw(t *testing.T) {
	devdbtest.Long(t, "a frozen server is waited for")
	ctx := t.Context()
	c, err := devdb.Start(ctx, devdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if err := c.Freeze(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- devdb.Exec(context.WithoutCancel(ctx), c.URL("postgres", "postgres"), "SELECT 1") }()
	select {
	case err := <-answered:
		t.Errorf("a frozen server answered: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	if err := c.Thaw(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("after Thaw: %v", err)
	}
	if err := c.Freeze(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil { // also of a frozen server
		t.Error(err)
	}
	if syscall.Kill(c.PID(), 0) == nil {
		t.Errorf("process %d stays after Stop", c.PID())
	}
}
