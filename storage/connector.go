package storage

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"time"

	"github.com/lib/pq"
)

// ErrOutcomeUnknown says that the connection was lost while a statement ran:
// it may or may not have taken effect. It is never repeated silently.
var ErrOutcomeUnknown = errors.New("connection lost, outcome unknown")

// pqConn is everything that a connection of lib/pq can do.
type pqConn interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// safeConnector wraps lib/pq so that database/sql never repeats a statement
// whose reply was lost (lib/pq #939: it would run twice) and never reuses a
// connection on which the protocol broke.
type safeConnector struct {
	driver.Connector
	plans bool // statements are planned once, see prepared.go
}

// Connect opens one guarded connection.
func (c safeConnector) Connect(ctx context.Context) (driver.Conn, error) {
	dc, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := dc.(pqConn)
	if !ok {
		return nil, errors.Join(errors.New("lib/pq connection lacks an interface that Bangkom needs"), dc.Close())
	}
	out := &safeConn{pqConn: conn}
	if !c.plans {
		return out, nil
	}
	own, err := keepsPlans(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, dc.Close())
	}
	if own {
		out.plans = map[string]preparedStatement{}
	}
	return out, nil
}

type safeConn struct {
	pqConn
	bad   bool
	plans map[string]preparedStatement // by text; nil = none are kept
}

func (c *safeConn) guard(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, driver.ErrBadConn) {
		c.bad = true
		return ErrOutcomeUnknown
	}
	var pe *pq.Error
	if !errors.As(err, &pe) || c.plans != nil && outdated(err) {
		c.bad = true
	}
	return err
}

// ExecContext runs a statement once, never twice.
func (c *safeConn) ExecContext(ctx context.Context, q string, a []driver.NamedValue) (driver.Result, error) {
	s, err := c.prepared(ctx, q, a)
	if err != nil {
		return nil, c.guard(err)
	}
	if s != nil {
		r, err := s.ExecContext(ctx, a)
		return r, c.guard(err)
	}
	r, err := c.pqConn.ExecContext(ctx, q, a)
	return r, c.guard(err)
}

// QueryContext runs a query once, never twice.
func (c *safeConn) QueryContext(ctx context.Context, q string, a []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepared(ctx, q, a)
	if err != nil {
		return nil, c.guard(err)
	}
	if s != nil {
		r, err := s.QueryContext(ctx, a)
		return r, c.guard(err)
	}
	r, err := c.pqConn.QueryContext(ctx, q, a)
	return r, c.guard(err)
}

// BeginTx opens a transaction. Nothing has happened yet, so that database/sql
// may go on to another connection when this one was reset, as all of a pool
// are after a restart of the server. A silent server is not asked again.
func (c *safeConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.pqConn.BeginTx(ctx, o)
	var ne net.Error
	if errors.As(err, &ne) && !ne.Timeout() {
		c.bad = true
		return nil, driver.ErrBadConn
	}
	return tx, err
}

// IsValid keeps a broken connection out of the pool.
func (c *safeConn) IsValid() bool { return !c.bad && c.pqConn.IsValid() }

// ResetSession refuses a broken connection.
func (c *safeConn) ResetSession(ctx context.Context) error {
	if c.bad {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// deadlineDialer gives every read and write its own deadline: a context alone
// does not free a caller of lib/pq while the server is frozen or unreachable.
type deadlineDialer struct{ io time.Duration }

// Dial connects with the default limit.
func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, 5*time.Second)
}

// DialTimeout connects within timeout.
func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}
	conn, err := dialer.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return deadlineConn{Conn: conn, io: d.io}, nil
}

type deadlineConn struct {
	net.Conn
	io time.Duration
}

// Read fails when nothing came for the whole limit.
func (c deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.io)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write fails when nothing could be written for the whole limit.
func (c deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.io)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
