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
	Unit   int64
	Wish   Wish
	// Waits says that the week's summary is still to be decided: the person has an
	// account, and there is no notice of it or a held one whose time has come.
	Waits bool
}

// Tx is what summaries ask of the open transaction.
type Tx interface {
	courier.Tx
	// Superiors returns the next of those who lead people on the civil date of now by
	// the register, without a stand-in, or as a stand-in: by unit and id, after the
	// given one. suffix is what follows the id in the key of the week's notice.
	Superiors(ctx context.Context, suffix string, now time.Time, after Superior, limit int) ([]Superior, error)
	// SuperiorsOf returns those of the given people.
	SuperiorsOf(ctx context.Context, suffix string, now time.Time, ids []int64) ([]Superior, error)
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
	for after := (Superior{}); ; {
		page, err := tx.Superiors(ctx, ":"+monday.String(), now, after, atATime)
		if err != nil {
			return all, fmt.Errorf("summaries: %w", err)
		}
		if len(page) == 0 {
			return all, nil
		}
		after = page[len(page)-1]
		t, err := m.weeklyPart(ctx, tx, gate, now, monday, page)
		if err != nil {
			return all, fmt.Errorf("summaries: %w", err)
		}
		all.Sent, all.Kept = all.Sent+t.Sent, all.Kept+t.Kept
	}
}

func (m *Mailer) weeklyPart(ctx context.Context, tx Tx, gate outreach.Gate, now time.Time, monday outreach.Day, part []Superior) (t Tally, err error) {
	if part = slices.DeleteFunc(part, func(s Superior) bool { return !s.Waits }); len(part) == 0 {
		return t, nil
	}
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
	messages, err := m.summaries(ctx, tx, gate, now, monday, due, known)
	if err != nil {
		return t, err
	}
	t, err = m.send(ctx, tx, now, messages)
	t.Kept += len(muted)
	return t, err
}

// summaries writes the summaries of superiors whose turn it is.
func (m *Mailer) summaries(ctx context.Context, tx Tx, gate outreach.Gate, now time.Time, monday outreach.Day, due []Superior,
	known map[int64]courier.Recipient) (messages []courier.Message, err error) {
	ids := make([]int64, len(due))
	for i, s := range due {
		ids[i] = s.Person.ID
	}
	teams, err := tx.Teams(ctx, ids, now, gate.Rules.Caps)
	if err != nil {
		return nil, err
	}
	for _, s := range due {
		f, ok := teams[s.Person.ID]
		if !ok {
			continue
		}
		reply, err := m.Writer.Reply(Card{To: s.Person, Facts: *f, Now: now, Next: next(gate, s.Wish, known[s.Person.ID], now)})
		if err != nil {
			return nil, err
		}
		messages = append(messages, courier.Message{Employee: s.Person.ID, Key: Key(s.Person.ID, monday), Reply: reply, Candidate: outreach.Candidate{
			Class: outreach.Prompt, Kind: outreach.Summary, Empty: !f.Owing(), Expires: (monday + 7).Start(gate.Calendar.Location())}})
	}
	return messages, nil
}

// next is when the summary after the one of now goes. Without a tap on this one it
// may be a monthly one (rule 9); a tap writes the summary anew.
func next(gate outreach.Gate, w Wish, p courier.Recipient, now time.Time) time.Time {
	from := now
	if p.UnreadDigests+1 >= gate.Rules.Caps.Unread {
		local := now.In(gate.Calendar.Location())
		from = time.Date(local.Year(), local.Month()+1, 1, 0, 0, 0, 0, local.Location()).Add(-1)
	}
	return w.Next(gate.Calendar, from, gate.Rules.Hours.Weekly, p.Diary, p.Mute.Until)
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
