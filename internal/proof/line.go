package proof

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"sync"
)

// lineState is what becomes of what goes over a line.
type lineState int

const (
	lineWorks  lineState = iota
	lineCut              // connections are ended, new ones too
	lineSilent           // nothing arrives any more, and nobody is told
)

// line is the only way of one replica to Postgres, so that the database can be
// away for that replica alone.
type line struct {
	listener net.Listener
	socket   string // of the server

	mu      sync.Mutex
	state   lineState
	toLose  int // replies to commits that do not arrive; their connection ends
	lost    int
	ends    map[net.Conn]bool
	running sync.WaitGroup
}

// newLine opens a line to the socket of a server.
func newLine(socket string) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a line to Postgres: %w", err)
	}
	l := &line{listener: listener, socket: socket, ends: map[net.Conn]bool{}}
	l.running.Go(l.accept)
	return l, nil
}

// url leads to a database over the line.
func (l *line) url(database, user string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Host: l.listener.Addr().String(), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

func (l *line) accept() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", l.socket)
		if err != nil {
			_ = client.Close()
			continue
		}
		if !l.open(client, server) {
			continue
		}
		l.running.Go(func() { l.pass(client, server, func([]byte) bool { return false }) })
		l.running.Go(func() { l.pass(server, client, l.loses) })
	}
}

// open notes a connection; false = the line is cut, and it is ended.
func (l *line) open(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range ends {
		if l.state == lineCut {
			_ = c.Close()
			continue
		}
		l.ends[c] = true
	}
	return l.state != lineCut
}

// lose lets the next n replies to commits get lost.
func (l *line) lose(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.toLose = n
}

// stillToLose is how many replies are yet to get lost.
func (l *line) stillToLose() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.toLose
}

// losses is how many replies were lost.
func (l *line) losses() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// What Postgres says when a transaction is over, and what it says to a new
// connection.
var (
	readyIdle = []byte("Z\x00\x00\x00\x05I")
	backKey   = []byte("K\x00\x00\x00\x0c")
)

// loses tells whether a reply gets lost: the server has committed, and the
// program cannot know it.
func (l *line) loses(reply []byte) bool {
	if !bytes.Contains(reply, readyIdle) || bytes.Contains(reply, backKey) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.toLose == 0 {
		return false
	}
	l.toLose--
	l.lost++
	return true
}

// pass carries what comes from one end to the other until either is closed, or
// something of it gets lost.
func (l *line) pass(from, to net.Conn, loses func([]byte) bool) {
	defer l.end(from, to)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && loses(buf[:n]) {
			return
		}
		if n > 0 && !l.silent() {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *line) silent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == lineSilent
}

func (l *line) end(ends ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range ends {
		_ = c.Close()
		delete(l.ends, c)
	}
}

// set changes what becomes of the line. What was open when it is cut, or works
// again, is ended: bytes are missing in it.
func (l *line) set(state lineState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
	if state == lineSilent {
		return
	}
	for c := range l.ends {
		_ = c.Close()
	}
}

// close ends the line and what goes over it.
func (l *line) close() error {
	err := l.listener.Close()
	l.set(lineCut)
	l.running.Wait()
	return err
}
