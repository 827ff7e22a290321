package storage

import (
	"bytes"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lib/pq"
)

// proxy stands between the program and Postgres and can lose replies or stop
// to forward anything.
type proxy struct {
	listener         net.Listener
	network, address string // of the server

	mu      sync.Mutex
	marker  string        // a message that holds it is forwarded, its reply is lost
	cuts    int           // how often that still happens
	done    int           // how often it happened
	frozen  chan struct{} // closed when forwarding goes on; nil = it does
	opened  []net.Conn
	running sync.WaitGroup
}

// newProxy starts a proxy and returns it with the URL that leads through it.
func newProxy(t *testing.T, url string) (*proxy, string) {
	t.Helper()
	cfg, err := pq.NewConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{network: "tcp", address: net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port))}
	if strings.HasPrefix(cfg.Host, "/") {
		p.network, p.address = "unix", filepath.Join(cfg.Host, fmt.Sprintf(".s.PGSQL.%d", cfg.Port))
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.running.Go(p.accept)
	t.Cleanup(p.stop)
	at, _ := p.listener.Addr().(*net.TCPAddr)
	via := fmt.Sprintf("host=127.0.0.1 port=%d dbname=%s user=%s sslmode=disable", at.Port, cfg.Database, cfg.User)
	if cfg.Password != "" {
		via += " password=" + cfg.Password
	}
	return p, via
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.address)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.opened = append(p.opened, client, server)
		p.mu.Unlock()
		lost := make(chan struct{}) // closed before a message whose reply is to be lost goes on
		p.running.Go(func() { p.requests(client, server, lost) })
		p.running.Go(func() { p.replies(client, server, lost) })
	}
}

// requests forwards what the program sends.
func (p *proxy) requests(client, server net.Conn, lost chan struct{}) {
	defer server.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			p.wait()
			if p.cut(buf[:n]) {
				close(lost)
			}
			if _, err := server.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut tells whether the reply to a message is to be lost.
func (p *proxy) cut(message []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cuts == 0 || !bytes.Contains(message, []byte(p.marker)) {
		return false
	}
	p.cuts--
	p.done++
	return true
}

// replies forwards what the server sends. The first bytes of a reply that is
// to be lost prove that the server has done its work: then the line is cut.
func (p *proxy) replies(client, server net.Conn, lost chan struct{}) {
	defer client.Close()
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		select {
		case <-lost:
			return
		default:
		}
		if n > 0 {
			p.wait()
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// wait holds up what passes while the proxy is frozen.
func (p *proxy) wait() {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	if frozen != nil {
		<-frozen
	}
}

// loseReply loses the next n replies to messages that hold marker.
func (p *proxy) loseReply(marker string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marker, p.cuts, p.done = marker, n, 0
}

// lost tells how many replies were lost since loseReply.
func (p *proxy) lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frozen = make(chan struct{})
}

func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frozen != nil {
		close(p.frozen)
		p.frozen = nil
	}
}

func (p *proxy) stop() {
	p.thaw()
	_ = p.listener.Close()
	p.mu.Lock()
	for _, c := range p.opened {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}
