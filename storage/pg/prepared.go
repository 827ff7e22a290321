package pg

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/lib/pq"
)

// What runs with every update is planned once for a connection: planning costs
// several times as much as running it. The statements are prepared here, below
// database/sql, which would repeat one whose reply was lost. Behind a pooler in
// transaction mode they would be mixed up with those of other connections, so
// it is done only where a setting of our own has reached the session.

// maxPrepared is how many statements a connection keeps; the program has
// fewer, but for those that are put together.
const maxPrepared = 400

// keptPlans is the setting with which connections begin that keep plans, and
// with which the session shows that nobody stands in between.
const (
	keptPlans    = "plan_cache_mode"
	keptPlansAs  = "force_generic_plan"
	askKeptPlans = "SHOW " + keptPlans
)

// keepsPlans asks a new connection whether it is the session that it was asked
// to be.
func keepsPlans(ctx context.Context, c pqConn) (bool, error) {
	rows, err := c.QueryContext(ctx, askKeptPlans, nil)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return false, err
	}
	text, _ := value[0].(string)
	if raw, ok := value[0].([]byte); ok {
		text = string(raw)
	}
	return text == keptPlansAs, nil
}

// preparedStatement is what lib/pq's statements can do.
type preparedStatement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

// prepared returns the kept statement of a text; nil = it is sent as it is.
func (c *safeConn) prepared(ctx context.Context, q string, args []driver.NamedValue) (preparedStatement, error) {
	if c.plans == nil || len(args) == 0 {
		return nil, nil
	}
	if s := c.plans[q]; s != nil {
		return s, nil
	}
	if len(c.plans) >= maxPrepared {
		return nil, nil
	}
	made, err := c.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	s, ok := made.(preparedStatement)
	if !ok {
		return nil, errors.New("lib/pq statement lacks an interface that Bangkom needs")
	}
	c.plans[q] = s
	return s, nil
}

// outdated tells whether a kept plan does not fit the tables any more, after a
// migration: the connection is given up, and the transaction runs again.
func outdated(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && (pe.Code == "0A000" || pe.Code == "26000")
}
