package devdb

import (
	"context"
	"testing"
	"time"
)

// What was committed before the server went away is there afterwards, however
// it went.
func TestHaltAndResume(t *testing.T) {
	ctx := t.Context()
	c, err := Start(ctx, Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	url := c.URL("postgres", "postgres")
	if err := Exec(ctx, url, "CREATE TABLE kept (n int PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	for n, how := range []Shutdown{Fast, Immediate} {
		before := c.PID()
		if err := Exec(ctx, url, "INSERT INTO kept SELECT coalesce(max(n), 0) + 1 FROM kept"); err != nil {
			t.Fatal(err)
		}
		if err := c.Halt(how); err != nil {
			t.Fatal(err)
		}
		if alive(before) {
			t.Errorf("round %d: process %d lives after Halt", n, before)
		}
		if err := Exec(ctx, url, "SELECT 1"); err == nil {
			t.Errorf("round %d: a halted server answers", n)
		}
		if err := c.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		if c.PID() == before {
			t.Errorf("round %d: the same process after Resume", n)
		}
	}
	if err := Exec(ctx, url, "SELECT 1 / (SELECT CASE WHEN max(n) = 2 THEN 1 ELSE 0 END FROM kept)"); err != nil {
		t.Errorf("not all rows are there: %v", err)
	}
}

func TestFreezeAndThaw(t *testing.T) {
	ctx := t.Context()
	c, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if err := c.Freeze(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- Exec(context.WithoutCancel(ctx), c.URL("postgres", "postgres"), "SELECT 1") }()
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
	if alive(c.PID()) {
		t.Errorf("process %d stays after Stop", c.PID())
	}
}

func TestPooler(t *testing.T) {
	ctx := t.Context()
	c, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	p, err := c.StartPooler(ctx, "postgres")
	if err != nil {
		t.Fatal(err)
	}
	if err := Exec(ctx, p.URL("postgres", "postgres")+" statement_timeout=1000", "SELECT 1"); err != nil {
		t.Errorf("through the pooler: %v", err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := Exec(ctx, p.URL("postgres", "postgres"), "SELECT 1"); err == nil {
		t.Error("a stopped pooler answers")
	}
}
