package loopback

import (
	"net"
	"runtime"
	"strings"
	"testing"
)

func TestFree(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		address, err := Free()
		if err != nil {
			t.Fatal(err)
		}
		if seen[address] {
			t.Errorf("%s is given twice", address)
		}
		seen[address] = true
		if runtime.GOOS == "linux" && strings.HasPrefix(address, "127.0.0.1:") {
			t.Errorf("%s is an address of everybody", address)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatalf("nobody can listen on %s: %v", address, err)
		}
		_ = l.Close()
	}
}

// Each process of a computer has an address of its own, and none is that of everybody.
func TestOwn(t *testing.T) {
	seen := map[string]int{}
	for pid := range 1 << 22 {
		if pid > 1<<16 && pid%977 != 0 { // some of the many
			continue
		}
		a := own(pid)
		if other, twice := seen[a]; twice || a == "127.0.0.1" {
			t.Fatalf("%d and %d have the address %s", pid, other, a)
		}
		seen[a] = pid
	}
	if a := own(1<<22 - 1); a != "127.127.255.255" {
		t.Errorf("the last process has %s", a)
	}
}
