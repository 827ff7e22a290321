// Package loopback finds addresses of this computer for programs that are told where to
// listen before they do, in tests, drills and benchmarks.
package loopback

import (
	"fmt"
	"net"
	"os"
	"sync"
)

// given are the addresses that this process was given: one may be given long before
// anybody listens there, and whoever listened may be started anew.
var given sync.Map

// Free returns an address, "127.x.y.z:port", on which nobody listens, and which nobody else
// comes by meanwhile. Every program that wants any port of 127.0.0.1 gets one of the same
// fourteen thousand, so that a port that is only looked for and let go is taken now and then
// before the program listens there. All addresses that begin with 127 are this computer's own
// on Linux, and each process looks on another of them; elsewhere it looks on 127.0.0.1. No
// address is returned twice.
func Free() (string, error) {
	for {
		l, err := net.Listen("tcp", own(os.Getpid())+":0")
		if err != nil {
			l, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return "", fmt.Errorf("find a free address: %w", err)
		}
		address := l.Addr().String()
		_ = l.Close() // nobody has connected
		if _, twice := given.LoadOrStore(address, true); !twice {
			return address, nil
		}
	}
}

// own is the address of a process: those of Linux have at most 22 bits.
func own(pid int) string { return fmt.Sprintf("127.%d.%d.%d", 64+pid>>16&63, pid>>8&255, pid&255) }
