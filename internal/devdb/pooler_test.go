package devdb

import (
	"testing"
	"time"
)

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
	cmd, _ := p.process()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); len(p.Ends()) == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if err := p.await(ctx); err != nil || len(p.Ends()) != 1 {
		t.Errorf("a pooler that ended by itself: %v, started again %d times, want once", err, len(p.Ends()))
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := Exec(ctx, p.URL("postgres", "postgres"), "SELECT 1"); err == nil {
		t.Error("a stopped pooler answers")
	}
	if n := len(p.Ends()); n != 1 {
		t.Errorf("its end was counted as one of its own: %d", n)
	}
}
