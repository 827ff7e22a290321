package storage

import "context"

// Backlog is what waits in the inbox and the outbox.
type Backlog struct {
	Waiting       int     `db:"waiting"`        // updates not decided
	OldestSeconds float64 `db:"oldest"`         // age of the oldest; 0 = none
	Aside         int     `db:"aside"`          // set aside in the last three days
	Replies       int     `db:"replies"`        // messages not sent, of the reply lane
	Bulk          int     `db:"bulk"`           // of the bulk lane
	DueSeconds    float64 `db:"due"`            // how long the oldest that may go waits; 0 = none
	Unknown       int     `db:"unknown"`        // messages of unknown outcome
	FailedProofs  int     `db:"failed_proofs"`  // wrong codes and phone numbers of the last hour
	Stopped       bool    `db:"stopped"`        // by the kill switch
	PausedSeconds float64 `db:"paused_seconds"` // how long nothing may be sent; 0 = sending is free
}

const readBacklog = `
	SELECT i.waiting, i.oldest, o.replies, o.bulk, o.due,
	       (SELECT count(*) FROM inbox WHERE failed IS NOT NULL AND received_at > now() - interval '3 days') AS aside,
	       (SELECT count(*) FROM outbox WHERE state = 'unknown') AS unknown,
	       EXISTS (SELECT FROM bot_state WHERE name = 'stopped' AND text <> '') AS stopped,
	       (SELECT count(*) FROM failed_proof WHERE at > now() - interval '1 hour') AS failed_proofs,
	       COALESCE((SELECT greatest(0, least(extract(epoch FROM at - clock_timestamp()), text::numeric))::float8
	                 FROM bot_state WHERE name = 'paused_until'), 0) AS paused_seconds
	FROM (SELECT count(*) AS waiting,
	             COALESCE(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8 AS oldest
	      FROM inbox WHERE done_at IS NULL AND lane IS NOT NULL) i,
	     (SELECT count(*) FILTER (WHERE lane = 0) AS replies, count(*) FILTER (WHERE lane = 1) AS bulk,
	             COALESCE(greatest(0, extract(epoch FROM clock_timestamp() - min(greatest(created_at, retry_at, not_before))
	                      FILTER (WHERE greatest(retry_at, not_before) <= clock_timestamp()))), 0)::float8 AS due
	      FROM outbox WHERE state IN ('new', 'sending')) o`

// Backlog counts what waits, for the operator's metrics.
func (d *DB) Backlog(ctx context.Context) (b Backlog, err error) {
	err = d.InTx(ctx, func(tx *Tx) error { return tx.tx.GetContext(ctx, &b, readBacklog) })
	return b, safe("read backlog", err)
}

// Pool is the state of the connections.
type Pool struct {
	InUse, Idle int   // connections
	Waits       int64 // how often one had to be waited for, since the start
}

// Pool tells how busy the connections are.
func (d *DB) Pool() Pool {
	s := d.db.Stats()
	return Pool{InUse: s.InUse, Idle: s.Idle, Waits: s.WaitCount}
}
