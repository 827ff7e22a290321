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
	Person     personnel.Employee // id, name and sex
	Unit       int64
	Preference Preference
	// Waits says that the week's summary is still to be decided: the person has
	// an account, and there is no notification of it or a held one whose time has
	// come.
	Waits bool
}

// Tx is what summaries ask of the open transaction.
type Tx interface {
	courier.Tx
	// Superiors returns the next of those who lead people on the civil date of now by
	// the register, without a stand-in, or as a stand-in: by unit and id, after the
	// given one. suffix is what follows the id in the key of the week's notification.
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

// atATime is how many summaries are written with one set of statements.
const atATime = 500

// Weekly sends this week's summary to every superior whose hour has come and who
// has not had it. What is told is what is so now: somebody who was moved last night
// is in the new superior's summary.
func (m *Mailer) Weekly(ctx context.Context, tx Tx, now time.Time) (all courier.Tally, err error) {
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return all, fmt.Errorf("summaries: %w", err)
	}
	monday := gate.Calendar.Day(now).Monday()
	w := weekly{Mailer: m, tx: tx, gate: gate, now: now, monday: monday}
	for after := (Superior{}); ; {
		page, err := tx.Superiors(ctx, ":"+monday.String(), now, after, atATime)
		if err != nil {
			return all, fmt.Errorf("summaries: %w", err)
		}
		if len(page) == 0 {
			return all, nil
		}
		after = page[len(page)-1]
		t, err := w.part(ctx, page)
		if err != nil {
			return all, fmt.Errorf("summaries: %w", err)
		}
		all.Add(t)
	}
}

// weekly is one run of the weekly summary.
type weekly struct {
	*Mailer
	tx     Tx
	gate   outreach.Gate
	now    time.Time
	monday outreach.Day // of the week of the summaries
}

// part sends the summaries of some superiors whose hour has come.
func (w weekly) part(ctx context.Context, list []Superior) (t courier.Tally, err error) {
	if list = slices.DeleteFunc(list, func(s Superior) bool { return !s.Waits }); len(list) == 0 {
		return t, nil
	}
	ids := make([]int64, len(list))
	for i, s := range list {
		ids[i] = s.Person.ID
	}
	slices.Sort(ids)
	if err := w.tx.LockPeople(ctx, ids); err != nil {
		return t, err
	}
	known, err := w.tx.Recipients(ctx, ids, nil, w.now)
	if err != nil {
		return t, err
	}
	var due []Superior
	var muted []courier.Notification
	usual := w.gate.Rules.Hours.Weekly
	for _, s := range list {
		at, ok := s.Preference.At(w.gate.Calendar, w.monday, usual, known[s.Person.ID].Diary)
		switch {
		case !ok || w.now.Before(at):
		case w.now.Before(s.Preference.MutedUntil):
			muted = append(muted, courier.Notification{Key: Key(s.Person.ID, w.monday), Employee: s.Person.ID, Class: outreach.Prompt, Kind: outreach.Summary,
				Action: outreach.Drop, Reason: outreach.Muted, DecidedAt: w.now, At: w.now})
		default:
			due = append(due, s)
		}
	}
	if err := putMuted(ctx, w.tx, muted); err != nil {
		return t, err
	}
	messages, err := w.summaries(ctx, due, known)
	if err != nil {
		return t, err
	}
	t, err = w.send(ctx, w.tx, w.now, messages)
	t.Kept += len(muted)
	return t, err
}

// summaries writes the summaries of superiors whose turn it is.
func (w weekly) summaries(ctx context.Context, due []Superior, known map[int64]courier.Recipient) (messages []courier.Message, err error) {
	ids := make([]int64, len(due))
	for i, s := range due {
		ids[i] = s.Person.ID
	}
	teams, err := w.tx.Teams(ctx, ids, w.now, w.gate.Rules.Caps)
	if err != nil {
		return nil, err
	}
	for _, s := range due {
		f, ok := teams[s.Person.ID]
		if !ok {
			continue
		}
		reply, err := w.Writer.Reply(Card{To: s.Person, Facts: *f, Now: w.now, Work: w.gate.Calendar, Next: next(w.gate, s.Preference, known[s.Person.ID], w.now)})
		if err != nil {
			return nil, err
		}
		messages = append(messages, courier.Message{Employee: s.Person.ID, Key: Key(s.Person.ID, w.monday), Reply: reply, Candidate: outreach.Candidate{
			Class: outreach.Prompt, Kind: outreach.Summary, Empty: !f.Tells(), Expires: (w.monday + 7).Start(w.gate.Calendar.Location())}})
	}
	return messages, nil
}

// next is when the summary after the present one goes. Without a tap on the
// present one it may be a monthly one (rule 9); a tap writes the summary again.
func next(gate outreach.Gate, w Preference, p courier.Recipient, now time.Time) time.Time {
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
func putMuted(ctx context.Context, tx Tx, list []courier.Notification) error {
	if len(list) == 0 {
		return nil
	}
	ids, err := tx.NextNotifications(ctx, len(list))
	if err != nil {
		return err
	}
	for i := range list {
		list[i].ID = ids[i]
	}
	return tx.PutNotifications(ctx, list)
}

func (m *Mailer) send(ctx context.Context, tx Tx, now time.Time, messages []courier.Message) (t courier.Tally, err error) {
	decisions, err := m.Courier.SendAll(ctx, tx, now, messages)
	t.Count(decisions)
	return t, err
}
