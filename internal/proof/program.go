package proof

import (
	"context"
	"io"
	"os/exec"
	"time"
)

// Program is the program that is drilled, as far as a drill needs it.
type Program struct {
	// Command is `bangkom serve` as a process of its own; the environment is
	// added to it.
	Command func() *exec.Cmd
	// Serve is `bangkom serve` in this process, with a clock of its own.
	Serve func(ctx context.Context, env []string, now func() time.Time, log io.Writer) error
	// Prepare makes the schema, a register of that many people and an open
	// period, as the owner of the database, and returns a one-time code for each
	// person, made with CodeKey.
	Prepare func(ctx context.Context, ownerURL string, people int) (codes []string, err error)
	// Ledger opens the books; its statements may take long.
	Ledger func(ownerURL string) (Ledger, error)
	// Agency opens an agency whose jobs are measured, and makes the schema when
	// there is none.
	Agency func(ctx context.Context, ownerURL, appURL string) (Agency, error)
	// Log is told what is going on; figures do not go there.
	Log io.Writer
}

// CodeKey protects the one-time codes and buttons of drills, that is nothing.
const CodeKey = "the key of the drill, which protects nothing"

// Ledger reads, and for a drill bends, what the program has stored.
type Ledger interface {
	// Books is everything that is compared with what people did.
	Books(ctx context.Context) (Books, error)
	// StepClock leaves leases and pauses as a clock of the database that was set
	// back by that much leaves them.
	StepClock(ctx context.Context, by time.Duration) error
	// FillPast adds about that many answers of former periods.
	FillPast(ctx context.Context, answers int) error
	// LinkAll gives everybody in the register an account: the first one gets
	// that number, and so on.
	LinkAll(ctx context.Context, first int64) error
	Close() error
}

// Books is what is stored when a drill ends.
type Books struct {
	Sent              []Sent
	Answers           int            // of everybody together
	Waiting, SetAside int            // updates not finished; updates given up
	Outbox            map[string]int // messages by state
	// OldestWaiting is the age of the oldest update that waits, OldestUnsent that
	// of the oldest message that is not sent; 0 = there is none.
	OldestWaiting, OldestUnsent time.Duration
}

// Sent is one self-assessment as it was sent.
type Sent struct {
	Chat     int64
	Revision int
	Answers  string // the values in the order of the questions
}

// Agency is an agency whose jobs are measured.
type Agency interface {
	Location() *time.Location
	// FillAgency registers that many people with an account; every tenth leads
	// the nine that follow.
	FillAgency(ctx context.Context, people int, now time.Time) error
	// OpenPeriod opens a period of two weeks.
	OpenPeriod(ctx context.Context, now time.Time) (tasks int64, err error)
	// FillWeek leaves tasks in all states, as they are a week later.
	FillWeek(ctx context.Context, now time.Time) error
	// FillTasks adds that many tasks of closed periods.
	FillTasks(ctx context.Context, tasks, people int, now time.Time) error
	// Job runs a job for one slot and tells what it did.
	Job(ctx context.Context, name string, at time.Time) (done, skipped int, err error)
	// Pictures returns what draws the pictures that wait to be sent, as the sender
	// does, and how many there are.
	Pictures(ctx context.Context) (draw func(context.Context) error, n int, err error)
	// DueQueries runs each query that finds what is due once.
	DueQueries(ctx context.Context, now time.Time) ([]DueQuery, error)
	Close() error
}

// DueQuery is one query that found so many rows in so much time.
type DueQuery struct {
	Name string
	Rows int
	Took time.Duration
}
