package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bangkom/bot"
	"bangkom/internal/dialog"
	"bangkom/storage"
)

// outdated watches whether the schema has become newer than this program. The
// processes of the former version are to be stopped before a migration, and
// `migrate` refuses otherwise; one that is started meanwhile, or was not seen, must
// not go on with tables that it does not know.
type outdated struct {
	log  *slog.Logger
	once sync.Once
	seen chan struct{} // closed once the schema is newer
}

func newOutdated(log *slog.Logger) *outdated { return &outdated{log: log, seen: make(chan struct{})} }

// Err is why this process takes no work any more; nil = it does.
func (o *outdated) Err() error {
	select {
	case <-o.seen:
		return storage.ErrNewSchema
	default:
		return nil
	}
}

// current returns a context that ends with ctx or when the schema is newer.
func (o *outdated) current(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		select {
		case <-o.seen:
			stop()
		case <-ctx.Done():
		}
	}()
	return ctx, stop
}

// currentLeases gives a lease only to a process that knows the schema. The schema
// is looked at in the statement of each renewal.
type currentLeases struct {
	bot.Leases
	outdated *outdated
}

// Take takes or renews a lease, but never once the schema is newer.
func (l currentLeases) Take(ctx context.Context, name, holder string, ttl time.Duration, newTerm bool) (dialog.Holding, error) {
	got, err := l.Leases.Take(ctx, name, holder, ttl, newTerm)
	if errors.Is(err, storage.ErrNewSchema) {
		l.outdated.once.Do(func() {
			l.outdated.log.Error("this program takes no more work: " + err.Error())
			close(l.outdated.seen)
		})
		return dialog.Holding{}, nil
	}
	return got, err
}
