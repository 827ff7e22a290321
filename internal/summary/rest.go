package summary

import (
	"context"
	"sync"
	"time"
)

// mostRest is how long nobody is looked for after a run that found nobody: so long
// may pass until somebody has a turn who became a superior meanwhile, or wished
// another hour.
const mostRest = time.Hour

// rest remembers that nobody has a turn for a while: the week's work is done, or
// the next hour has not come. The zero rest is none.
type rest struct {
	mu          sync.Mutex
	from, until time.Time
}

func (r *rest) begin(from, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from, r.until = from, until
}

func (r *rest) holds(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !now.Before(r.from) && now.Before(r.until)
}

// Rests tells whether a run at now can be left out: the one before found nobody
// whose turn it was, nobody's has come since, and nothing that was held is due.
func (m *Mailer) Rests(ctx context.Context, tx Tx, now time.Time) (bool, error) {
	if !m.rest.holds(now) {
		return false, nil
	}
	due, err := tx.HeldSummary(ctx, now)
	return !due, err
}
