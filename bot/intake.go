package bot

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"bangkom/internal/dialog"
)

const (
	storeTimeout = 15 * time.Second
	// arriveTimeout is how long deciding may keep updates from being stored, which waits for
	// nobody: a decision may wait for a job that is at a draft of somebody.
	arriveTimeout = time.Second
)

// arrival is one update between Telegram and the inbox.
type arrival struct {
	row    dialog.RawUpdate
	press  bool      // Telegram forgets it soon
	query  string    // of a press, to be answered
	sent   time.Time // when it was written; zero = Telegram does not tell
	member bool      // tells that the person blocked the bot, or no longer does
	at     time.Time // when it came
	since  time.Time // when Telegram was asked before; zero = not known
	passed bool      // it was taken out of the person's bucket
	warned bool      // it became a warning
	told   bool      // the person knows that it is not stored yet
}

// intake takes updates into the inbox. Both ways in, polls and webhook, share
// one, so that a person's flood is one flood.
type intake struct {
	inbox Inbox
	lanes *Lanes
	acks  *Acks
	flood *flood
	botID int64
	// many decides updates of up to most people as they are stored, while mayDecide; nil =
	// they are only stored.
	many      Arrivals
	most      int
	mayDecide func() bool
	now       func() time.Time
	toast     string // answers a press that could not be stored
	slow      string // answers a press that is ignored
	log       *slog.Logger
}

// admit prepares one update, as envelope gave it, for the inbox.
func (i *intake) admit(a arrival) arrival {
	row := a.row
	a.at = time.Now()
	if row.Failed != "" {
		i.log.Error("update cannot be read and is set aside", "update_id", row.ID, "err", row.Failed)
		a.query = ""
		return a
	}
	if row.Lane == 0 {
		i.log.Debug("update of no chat is left alone", "update_id", row.ID)
	}
	if a.member { // there are few of these, and one that is not read leaves the chat wrong for ever
		return a
	}
	switch i.flood.pass(row.Lane, a.at, a.sent) {
	case passes:
		a.passed = true
	case warns:
		a.warned, a.row.Body = true, floodBody(row)
		i.acks.Answer(a.query, i.slow)
		i.log.Warn("a person sends too fast", "update_id", row.ID)
	case ignores:
		a.row.Lane, a.query = 0, "" // nobody has to answer it: a thousand answers would hold up those of others
		i.log.Debug("an update of a person who sends too fast is not read", "update_id", row.ID)
	}
	return a
}

// refuse takes back what admit counted of an update that comes again.
func (i *intake) refuse(a arrival) {
	if a.passed || a.warned {
		i.flood.back(a.row.Lane, a.warned)
	}
}

// floodBody puts into the place of an update that is not read the news that
// some were not.
func floodBody(row dialog.RawUpdate) string {
	return fmt.Sprintf(`{"update_id":%d,"bangkom_flood":{"chat":{"id":%d}}}`, row.ID, row.Lane)
}

// store commits arrivals and hands them on; fresh tells whether any of them
// is new and has, or had, something to do.
func (i *intake) store(ctx context.Context, batch []arrival) (fresh bool, err error) {
	rows := make([]dialog.RawUpdate, len(batch))
	for n, a := range batch {
		rows[n] = a.row
		rows[n].Age = time.Since(a.at)
	}
	call, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	stored := i.arrive(call, rows)
	if len(stored.Done) == 0 {
		lanes, err := i.inbox.StoreUpdates(call, i.botID, rows)
		if err != nil {
			return false, fmt.Errorf("store updates: %w", err)
		}
		stored.Lanes = lanes
	}
	for _, a := range batch {
		if a.query != "" && !a.told && !stored.Done[a.row.ID] {
			i.acks.Expect(a.query)
		}
	}
	i.lanes.wake(stored.Lanes, stored.Alone)
	return len(stored.Lanes)+len(stored.Done) > 0, nil
}

// arrive has updates decided as they are stored, unless none may be decided now. Where
// Done is empty, nothing is known to be stored.
func (i *intake) arrive(ctx context.Context, rows []dialog.RawUpdate) (stored dialog.Stored) {
	if i.many == nil || !i.mayDecide() {
		return stored
	}
	var err error
	defer func() {
		if r := recover(); r != nil {
			err = panicError(r)
			i.log.Error("panic while storing and deciding updates", "err", err, "stack", string(debug.Stack()))
		}
		if err != nil { // one of them may spoil a batch: each goes by itself
			stored = dialog.Stored{Alone: lanesOf(rows)}
			i.log.Debug("updates are stored before they are decided", "updates", len(rows), "err", err)
		}
	}()
	call, cancel := context.WithTimeout(ctx, arriveTimeout)
	defer cancel()
	start := time.Now()
	stored, err = i.many.Arrive(call, rows, i.most)
	took := time.Since(start)
	for range stored.Done {
		i.lanes.cfg.Meter.Handled(took)
	}
	return stored
}

// lanesOf are the lanes of updates.
func lanesOf(rows []dialog.RawUpdate) []int64 {
	lanes := make([]int64, len(rows))
	for n, r := range rows {
		lanes[n] = r.Lane
	}
	return lanes
}

// apologise answers presses that have waited for the database for some time.
// A press is answered once.
func (i *intake) apologise(batch []arrival, patience time.Duration) {
	for n := range batch {
		a := &batch[n]
		if a.query == "" || a.told || time.Since(a.at) < patience {
			continue
		}
		a.told = true
		i.acks.Answer(a.query, i.toast)
	}
}

// beat notes that updates arrive, so that a longer silence is known afterwards.
func (i *intake) beat(ctx context.Context) {
	call, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := i.inbox.Alive(call, i.now()); err != nil && ctx.Err() == nil {
		i.log.Debug("not noted that updates arrive", "err", err)
	}
}
