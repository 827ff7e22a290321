package summary

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// Superior is somebody who may get a summary.
type Superior struct {
	Person personnel.Employee // id, name and sex
	Wish   Wish
}

// Tx is what summaries ask of the open transaction.
type Tx interface {
	courier.Tx
	// Superiors returns, by unit, who leads people on the civil date of now by the
	// register, without a stand-in, or as a stand-in, and has an account: those who
	// have no notice of the key "summary:" + id + suffix, or a held one whose time
	// has come.
	Superiors(ctx context.Context, suffix string, now time.Time) ([]Superior, error)
	Teams(ctx context.Context, bosses []int64, now time.Time, caps outreach.Caps) (map[int64]*Facts, error)
	// Holders returns who has a role and an account.
	Holders(ctx context.Context, role personnel.Role) ([]personnel.Employee, error)
	Office(ctx context.Context, now time.Time) (Office, error)
}

// Mailer writes summaries and hands them to the courier.
type Mailer struct {
	Courier *courier.Courier
	Writer  Writer
}

// Tally is what a run did: summaries on their way, and decisions against or for
// later.
type Tally struct{ Sent, Kept int }

// atATime is how many summaries are written with one set of statements.
const atATime = 500

// Weekly sends this week's summary to every superior whose hour has come and who
// has not had it. What is told is what is so now: somebody who was moved last night
// is in the new superior's summary.
func (m *Mailer) Weekly(ctx context.Context, tx Tx, now time.Time) (all Tally, err error) {
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return all, fmt.Errorf("summaries: %w", err)
	}
	monday := gate.Calendar.Day(now).Monday()
	list, err := tx.Superiors(ctx, ":"+monday.String(), now)
	if err != nil {
		return all, fmt.Errorf("summaries: %w", err)
	}
	for part := range slices.Chunk(list, atATime) {
		t, err := m.weeklyPart(ctx, tx, gate, now, monday, part)
		if err != nil {
			return all, fmt.Errorf("summaries: %w", err)
		}
		all.Sent, all.Kept = all.Sent+t.Sent, all.Kept+t.Kept
	}
	return all, nil
}

func (m *Mailer) weeklyPart(ctx context.Context, tx Tx, gate outreach.Gate, now time.Time, monday outreach.Day, part []Superior) (t Tally, err error) {
	ids := make([]int64, len(part))
	for i, s := range part {
		ids[i] = s.Person.ID
	}
	slices.Sort(ids)
	if err := tx.LockPeople(ctx, ids); err != nil {
		return t, err
	}
	known, err := tx.Recipients(ctx, ids, nil, now)
	if err != nil {
		return t, err
	}
	var due []Superior
	var muted []courier.Notice
	usual := gate.Rules.Hours.Weekly
	for _, s := range part {
		at, ok := s.Wish.At(gate.Calendar, monday, usual, known[s.Person.ID].Diary)
		switch {
		case !ok || now.Before(at):
		case now.Before(s.Wish.MutedUntil):
			muted = append(muted, courier.Notice{Key: Key(s.Person.ID, monday), Employee: s.Person.ID, Class: outreach.Prompt, Kind: outreach.Summary,
				Action: outreach.Drop, Reason: outreach.Muted, DecidedAt: now, At: now})
		default:
			due = append(due, s)
		}
	}
	if err := putMuted(ctx, tx, muted); err != nil {
		return t, err
	}
	ids = ids[:0]
	for _, s := range due {
		ids = append(ids, s.Person.ID)
	}
	teams, err := tx.Teams(ctx, ids, now, gate.Rules.Caps)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, s := range due {
		f, ok := teams[s.Person.ID]
		if !ok {
			continue
		}
		reply, err := m.Writer.Reply(Card{To: s.Person, Facts: *f, Now: now, Next: s.Wish.Next(gate.Calendar, now, usual, known[s.Person.ID].Diary, known[s.Person.ID].Mute.Until)})
		if err != nil {
			return t, err
		}
		messages = append(messages, courier.Message{Employee: s.Person.ID, Key: Key(s.Person.ID, monday), Reply: reply, Candidate: outreach.Candidate{
			Class: outreach.Prompt, Kind: outreach.Summary, Empty: !f.Owing(), Expires: (monday + 7).Start(gate.Calendar.Location())}})
	}
	t, err = m.send(ctx, tx, now, messages)
	t.Kept += len(muted)
	return t, err
}

// Key is the key of somebody's summary of a week.
func Key(id int64, monday outreach.Day) string { return fmt.Sprintf("summary:%d:%s", id, monday) }

// putMuted notes whose summary is left out because they said so.
func putMuted(ctx context.Context, tx Tx, list []courier.Notice) error {
	if len(list) == 0 {
		return nil
	}
	ids, err := tx.NextNotices(ctx, len(list))
	if err != nil {
		return err
	}
	for i := range list {
		list[i].ID = ids[i]
	}
	return tx.PutNotices(ctx, list)
}

func (m *Mailer) send(ctx context.Context, tx Tx, now time.Time, messages []courier.Message) (t Tally, err error) {
	decisions, err := m.Courier.SendAll(ctx, tx, now, messages)
	for _, d := range decisions {
		if d.Action == outreach.Send || d.Action == outreach.Merge {
			t.Sent++
		} else {
			t.Kept++
		}
	}
	return t, err
}
