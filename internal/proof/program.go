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
	// Plain is the bot without guarantees that the program is compared with, as a process
	// of its own, configured as `serve` is.
	Plain func() *exec.Cmd
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
	// Arrivals is when each update came by the clock of the database, by its number.
	Arrivals(ctx context.Context) (map[int64]time.Time, error)
	// Paused is for how long nothing may be sent because Telegram has asked for a
	// pause, as the next process will read it; 0 = sending is free.
	Paused(ctx context.Context) (time.Duration, error)
	// StepClock leaves leases and pauses as a clock of the database that was set
	// back by that much leaves them.
	StepClock(ctx context.Context, by time.Duration) error
	// Outgrow makes the schema one of a newer version that the program cannot work
	// with, or takes that back.
	Outgrow(ctx context.Context, newer bool) error
	// FillPast adds about that many answers of former periods.
	FillPast(ctx context.Context, answers int) error
	// LinkAll gives everybody in the register an account: the first one gets
	// that number, and so on.
	LinkAll(ctx context.Context, first int64) error
	// Appoint gives a person of the register, by the place in it, the role of the
	// personnel office.
	Appoint(ctx context.Context, person int) error
	Mail
	Seats
	Close() error
}

// Seats is the books of one training, and what the personnel office and the clock do with
// its seats.
type Seats interface {
	// OpenSeats shows a training with so many seats, given in the order of registration,
	// and begins to note what is written about them.
	OpenSeats(ctx context.Context, seats int) (batch int64, err error)
	// SetSeats changes how many there are.
	SetSeats(ctx context.Context, batch int64, seats int) error
	// SettleSeats does what the job of seats does each minute.
	SettleSeats(ctx context.Context, zone string) error
	// SeatEvents is what was written about seats, in its order.
	SeatEvents(ctx context.Context) ([]SeatEvent, error)
	// Decided returns which of these updates are decided for good, each with its chat: one
	// that a killed process was at is either that, or is not decided at all.
	Decided(ctx context.Context, chats map[int64]int64) (updates []int64, err error)
	// Deadlocks counts transactions that were ended because they waited for each other.
	Deadlocks(ctx context.Context) (int, error)
}

// Mail is the books of announcements (pengumuman), and what the personnel office does with
// them.
type Mail interface {
	// WorkDaily makes every day around now a day of work from 6 to 21.
	WorkDaily(ctx context.Context, now time.Time) error
	// Scatter takes one of a hundred people's account away, and makes one silent, all of
	// them in the second half of the register.
	Scatter(ctx context.Context, now time.Time) error
	// Ask stores an announcement to everybody, written by a person of the register, by the
	// place in it, who asks for the approval of a second one.
	Ask(ctx context.Context, author int, body string) (id int64, err error)
	// Approve gives the approval of a second person.
	Approve(ctx context.Context, id int64, second int) error
	// Pause stops it (Jeda), Continue lets it go on.
	Pause(ctx context.Context, id int64) error
	Continue(ctx context.Context, id int64) error
	// Correct puts a text in the place of the first one; fact is the short reply.
	Correct(ctx context.Context, id int64, body, fact string) error
	// Unfinished counts what is still to be decided, sent or edited.
	Unfinished(ctx context.Context, id int64) (int, error)
	// Receipts is the ledger (laporan pengiriman): a row for each of the frozen audience.
	Receipts(ctx context.Context, id int64) ([]Receipt, error)
}

// Receipt is the row of the ledger of one person.
type Receipt struct {
	Chat    int64 // of the person now; 0 = none
	State   string
	Message int // 0 = none is known
	Version int // that the message shows by the ledger; 0 = none is known
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
	// CountAudience counts everybody, as the office does while it chooses to whom an
	// announcement goes; Forecast tells what would become of it for each of them.
	CountAudience(ctx context.Context, now time.Time) (int, error)
	Forecast(ctx context.Context, now time.Time) (int, error)
	// Announce approves an announcement to everybody.
	Announce(ctx context.Context, now time.Time) (id int64, people int, err error)
	// DecideAnnouncement decides about all recipients, and returns how many messages wait to
	// be sent then.
	DecideAnnouncement(ctx context.Context, id int64, now time.Time) (queued int, err error)
	Close() error
}

// DueQuery is one query that found so many rows in so much time.
type DueQuery struct {
	Name string
	Rows int
	Took time.Duration
}
