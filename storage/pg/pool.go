// Package pg is how Bangkom speaks with Postgres, whatever it says: the pool, a
// connection that repeats nothing by itself, statements that are planned once,
// transactions, and what the codes of errors mean.
package pg

import (
	"cmp"
	"database/sql"
	"maps"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"bangkom/internal/advice"
)

// MaxOpen is how many connections a pool has at most unless Options say otherwise.
const MaxOpen = 20

// Options says how to open the database. URL is required.
type Options struct {
	URL              string
	MaxOpen          int           // connections; 0 = MaxOpen
	StatementTimeout time.Duration // one statement at the server; 0 = 10 s
	IOTimeout        time.Duration // silence on the wire; 0 = 15 s
	// KeepPlans is for a program that decides updates: what runs with each of
	// them is planned once for a connection, and goes by indexes, because a plan
	// may come from a moment when a table was small. Long work has connections of
	// its own.
	KeepPlans bool
}

// Open prepares a pool. It does not connect. KeepPlans is the caller's matter.
func Open(o Options) (*sqlx.DB, error) { return pool(o, nil) }

// OpenPlanned prepares a pool whose connections plan each statement once and go by
// indexes.
func OpenPlanned(o Options) (*sqlx.DB, error) {
	return pool(o, map[string]string{keptPlans: keptPlansAs, "enable_seqscan": "off", "jit": "off"})
}

// pool opens one pool, with settings that every connection begins with.
func pool(o Options, settings map[string]string) (*sqlx.DB, error) {
	o.MaxOpen = cmp.Or(o.MaxOpen, MaxOpen)
	o.StatementTimeout = cmp.Or(o.StatementTimeout, 10*time.Second)
	o.IOTimeout = cmp.Or(o.IOTimeout, 15*time.Second)
	cfg, err := pq.NewConfig(o.URL)
	if err != nil {
		return nil, advice.New("check.url_read", "database.url cannot be read: expected postgres://user:password@host/name or key=value pairs")
	}
	// One round trip instead of two for a statement with arguments, and the
	// only form that is safe behind a pooler in transaction mode.
	cfg.BinaryParameters = true
	cfg.Runtime = withTimeouts(cfg.Runtime, o.StatementTimeout)
	maps.Copy(cfg.Runtime, settings)
	connector, err := pq.NewConnectorConfig(cfg)
	if err != nil { // it may hold a value of the address
		return nil, advice.New("check.url_use", "database.url cannot be used: a setting in it, or a file that it names, is not right")
	}
	connector.Dialer(deadlineDialer{io: o.IOTimeout})
	p := sql.OpenDB(safeConnector{connector, settings[keptPlans] != ""})
	p.SetMaxOpenConns(o.MaxOpen)
	p.SetMaxIdleConns(o.MaxOpen)
	p.SetConnMaxLifetime(5*time.Minute + rand.N(time.Minute))
	p.SetConnMaxIdleTime(time.Minute)
	return sqlx.NewDb(p, "postgres"), nil
}

// withTimeouts adds the limits of the server side, unless the URL names them.
// They are start-up parameters; a pooler in transaction mode must be told to
// ignore them (docs/operations.md).
func withTimeouts(runtime map[string]string, statement time.Duration) map[string]string {
	out := map[string]string{
		"statement_timeout":                   strconv.FormatInt(statement.Milliseconds(), 10),
		"lock_timeout":                        strconv.FormatInt(statement.Milliseconds()/2, 10),
		"idle_in_transaction_session_timeout": strconv.FormatInt(3*statement.Milliseconds(), 10),
	}
	maps.Copy(out, runtime)
	return out
}
