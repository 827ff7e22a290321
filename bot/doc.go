// Package bot is Telegram in and out. It stores every update before it is
// acknowledged (Receiver), lets each person's updates be handled one after the
// other (Lanes), and sends what stands in the outbox under Telegram's limits
// (Sender). It knows Telegram and the types of package dialog, and neither
// conversations nor a database: those come through the interfaces below.
package bot

import (
	"context"
	"time"

	"bangkom/internal/dialog"
)

// Inbox stores updates before they are acknowledged.
type Inbox interface {
	// StoreUpdates stores a batch in one transaction; repeated ids are
	// ignored. It returns the lanes that have something new to do.
	StoreUpdates(ctx context.Context, botID int64, rows []dialog.RawUpdate) (lanes []int64, err error)
	// PendingLanes lists lanes with updates that nobody has finished for at
	// least age.
	PendingLanes(ctx context.Context, botID int64, age time.Duration, limit int) ([]int64, error)
	// Alive notes that updates arrive at now. A silence since the last time
	// that was long enough for presses to be lost is kept, so that the people
	// in the middle of something can be asked again.
	Alive(ctx context.Context, now time.Time) error
}

// Processor decides updates.
type Processor interface {
	// Process takes the oldest pending update of the lane and decides it in
	// one transaction; more = call again. It counts attempts by itself and
	// sets an update that fails again and again aside.
	Process(ctx context.Context, lane int64) (more bool, err error)
}

// Together is a Processor that can decide about several lanes at once.
type Together interface {
	// ProcessTogether decides the oldest pending update of each lane in one
	// transaction, as far as they are plain enough for that. more holds those
	// lanes that are done with, and whether to call again; all others are to be
	// given to Process. It neither counts attempts nor waits for a lane that
	// another process is at.
	ProcessTogether(ctx context.Context, lanes []int64) (more map[int64]bool)
	// Away tells whether an update was not decided because the database was away: it may
	// be decided with others again.
	Away(err error) bool
}

// Arrivals is a Processor that can decide updates before they are stored.
type Arrivals interface {
	// Arrive decides the oldest of each lane, of no more than most lanes, as
	// far as they are plain enough for that and nothing waits in their lanes,
	// and stores all updates with what was decided, whole or not at all. Where
	// Done is empty, and after an error, nothing is known to be stored, and the
	// updates are to be given to Inbox.StoreUpdates.
	Arrive(ctx context.Context, rows []dialog.RawUpdate, most int) (dialog.Stored, error)
}

// Outbox is the table of what is to be sent.
type Outbox interface {
	// Claim gives up to limit rows that are due, in row order per chat, and
	// marks them as being sent under term: new ones, and those being sent
	// under an older term whose class may be sent again. Messages that have
	// expired at now are marked so and never given.
	Claim(ctx context.Context, term int64, lane dialog.Lane, limit int, now time.Time) ([]dialog.Outgoing, error)
	// Mark writes outcomes; rows of another term are left alone. It returns
	// how many rows changed.
	Mark(ctx context.Context, term int64, marks []dialog.Mark) (changed int, err error)
	// Pause stores that no call is to be made before the database's now + d.
	// It never shortens a pause.
	Pause(ctx context.Context, d time.Duration) error
	// Paused tells how long the stored pause still lasts; 0 = not at all.
	Paused(ctx context.Context) (time.Duration, error)
}

// Leases are the rows that decide which replica sends.
type Leases interface {
	// Take takes or renews a lease by the database's clock, and notes that
	// holder lives. The term is 0 while somebody else holds it, or while sending
	// is held in this database. It rises whenever the lease changes hands, and
	// when the holder asks for a newTerm.
	Take(ctx context.Context, name, holder string, ttl time.Duration, newTerm bool) (dialog.Holding, error)
	// Release ends the lease if holder has it.
	Release(ctx context.Context, name, holder string) error
}

// Drawer draws pictures when they are sent.
type Drawer interface {
	// Draw returns a neutral file name and the file.
	Draw(ctx context.Context, p dialog.Picture) (name string, body []byte, err error)
}

// Facts are what is remembered about the installation.
type Facts interface {
	// Fact reads one; "" = not known.
	Fact(ctx context.Context, name string) (string, error)
	// SetFact stores one.
	SetFact(ctx context.Context, name, text string) error
}

// Meter measures how long people wait.
type Meter interface {
	// Handled is told how long an update took to be decided.
	Handled(d time.Duration)
	// Sent is told how long a message took from its row to Telegram's yes.
	Sent(bulk bool, d time.Duration)
}

// unmeasured is a Meter that forgets.
type unmeasured struct{}

// Handled forgets.
func (unmeasured) Handled(time.Duration) {}

// Sent forgets.
func (unmeasured) Sent(bool, time.Duration) {}
