package devdb

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain turns the test binary into the parent that TestNothingStaysAfterKill
// kills.
func TestMain(m *testing.M) {
	if os.Getenv("DEVDB_PARENT") != "" {
		c, err := Start(context.Background(), Options{})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(c.PID(), c.Dir())
		time.Sleep(10 * time.Minute) // it is killed long before
	}
	os.Exit(m.Run())
}

func TestStartAndStop(t *testing.T) {
	ctx := t.Context()
	a, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Start(ctx, Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CreateDatabase(ctx, "one"); err != nil {
		t.Error(err)
	}
	if err := a.CloneDatabase(ctx, "two", "one"); err != nil {
		t.Error(err)
	}
	if err := a.DropDatabase(ctx, "two"); err != nil {
		t.Error(err)
	}
	for _, c := range []*Cluster{a, b} {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
		if err := c.Stop(); err != nil {
			t.Errorf("second Stop: %v", err)
		}
		if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
			t.Errorf("folder %s stays after Stop", c.Dir())
		}
		if alive(c.PID()) {
			t.Errorf("process %d stays after Stop", c.PID())
		}
	}
}

func TestNothingStaysAfterKill(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "DEVDB_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	if _, err := fmt.Sscan(line, &pid, &dir); err != nil {
		t.Fatalf("parent said %q: %v", strings.TrimSpace(line), err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	for deadline := time.Now().Add(2 * time.Minute); alive(pid); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("Postgres %d lives on after its parent was killed", pid)
		}
	}
	sweep(filepath.Dir(dir))
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("folder %s was not swept", dir)
	}
}

func TestLongTemporaryDirectory(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 90))
	t.Setenv("TMPDIR", long)
	if got := tempRoot(); got != "/tmp" {
		t.Errorf("tempRoot() = %q with a long TMPDIR, want /tmp", got)
	}
}

// A kept folder serves one program at a time.
func TestKeptFolderInUse(t *testing.T) {
	dir, err := os.MkdirTemp("", "bangkom-keep-test-") // not t.TempDir: Postgres may run as another user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	first, err := Start(t.Context(), Options{Keep: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Stop()
	if second, err := Start(t.Context(), Options{Keep: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second start = %v, %v, want that the folder is in use", second, err)
	}
	if err := Exec(t.Context(), first.URL("postgres", "postgres"), "SELECT 1"); err != nil {
		t.Errorf("the first server after the attempt: %v", err)
	}
}
