package pg

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// ErrOutcomeUnknown says that the connection was lost while a statement ran:
// it may or may not have taken effect. It is never repeated silently.
var ErrOutcomeUnknown = errors.New("connection lost, outcome unknown")

const (
	dialTimeout = 5 * time.Second
	keepAlive   = 15 * time.Second
)

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

// Connect opens one guarded connection. Its error prints nothing of the address.
func (c safeConnector) Connect(ctx context.Context) (driver.Conn, error) {
	w := &wire{}
	w.until(ctx)
	defer w.free()
	dc, err := c.Connector.Connect(context.WithValue(ctx, wireKey{}, w))
	if err != nil {
		return nil, unreachable{err}
	}
	conn, ok := dc.(pqConn)
	if !ok {
		return nil, errors.Join(errors.New("lib/pq connection lacks an interface that Bangkom needs"), dc.Close())
	}
	out := &safeConn{pqConn: conn, wire: w}
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
	wire  *wire
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
	c.wire.until(ctx)
	defer c.wire.free()
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
	c.wire.until(ctx)
	defer c.wire.free()
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
	c.wire.until(ctx)
	defer c.wire.free()
	tx, err := c.pqConn.BeginTx(ctx, o)
	var ne net.Error
	if errors.As(err, &ne) && !ne.Timeout() {
		c.bad = true
		return nil, driver.ErrBadConn
	}
	if err != nil {
		return nil, err
	}
	return boundTx{tx, c.wire, ctx}, nil
}

// boundTx ends within the context that its transaction began with.
type boundTx struct {
	driver.Tx
	wire *wire
	ctx  context.Context
}

// Commit is given up like any other statement.
func (t boundTx) Commit() error {
	t.wire.until(t.ctx)
	defer t.wire.free()
	return t.Tx.Commit()
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

// WireGrace is left to a server that works to end a statement whose context is
// over, before the connection is given up.
const WireGrace = 500 * time.Millisecond

// wire holds until when a connection may be silent, as the context of the
// statement that runs on it says.
type wire struct{ end atomic.Int64 } // Unix nanoseconds; 0 = as long as on any

type wireKey struct{}

func (w *wire) until(ctx context.Context) {
	if end, ok := ctx.Deadline(); ok {
		w.end.Store(end.Add(WireGrace).UnixNano())
	}
}

func (w *wire) free() { w.end.Store(0) }

// deadlineDialer gives every read and write its own deadline: a context alone
// does not free a caller of lib/pq while the server is frozen or unreachable.
type deadlineDialer struct{ io time.Duration }

// DialContext connects for the connector, with the limit of the context.
func (d deadlineDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: keepAlive}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w, _ := ctx.Value(wireKey{}).(*wire)
	return deadlineConn{Conn: conn, io: d.io, wire: w}, nil
}

// Dial connects with the default limit.
func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

// DialTimeout connects within timeout.
func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout, KeepAlive: keepAlive}
	conn, err := dialer.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return deadlineConn{Conn: conn, io: d.io}, nil
}

type deadlineConn struct {
	net.Conn
	io   time.Duration
	wire *wire // nil = no context is known
}

// limit is when a call that begins now is given up.
func (c deadlineConn) limit() time.Time {
	limit := time.Now().Add(c.io)
	if c.wire == nil {
		return limit
	}
	if end := c.wire.end.Load(); end != 0 && end < limit.UnixNano() {
		return time.Unix(0, end)
	}
	return limit
}

// Read fails when nothing came for the whole limit.
func (c deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(c.limit()); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Write fails when nothing could be written for the whole limit.
func (c deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(c.limit()); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
