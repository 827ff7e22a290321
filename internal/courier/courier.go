// Package courier is the way by which Bangkom starts a message. Whoever has
// something to say by itself, a job or a supervisor who nudges, hands a Message
// to Courier.Send: it loads what the gate of package outreach has to know about
// the recipient, lets the gate decide, and keeps the decision with the code of
// its reason as a notification (pemberitahuan), so that every message and every silence
// can be explained. What may go becomes a row of the outbox, never a call.
//
// The package is pure but for the transaction that it is given.
package courier

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// Tx is what the courier asks of the open transaction.
type Tx interface {
	// LockPeople locks people in the order of their ids until the end of the
	// transaction, so that two jobs cannot spend one budget twice.
	LockPeople(ctx context.Context, ids []int64) error
	// OwnCalendar returns what the agency has entered over the shipped calendar.
	OwnCalendar(ctx context.Context) (OwnCalendar, error)
	// Recipients returns what the gate has to know about people at now, by id. The
	// named tasks are there beside those that are open. Who is not known is left out.
	Recipients(ctx context.Context, ids, tasks []int64, now time.Time) (map[int64]Recipient, error)
	// Notifications returns those of the given keys that exist.
	Notifications(ctx context.Context, keys []string) (map[string]Notification, error)
	// NotificationReply returns the message of a notification; ErrNotFound of
	// dialog when it is not kept any more.
	NotificationReply(ctx context.Context, id int64) (dialog.Reply, error)
	// NextNotifications reserves n ids.
	NextNotifications(ctx context.Context, n int) ([]int64, error)
	// PutNotifications stores notifications. One of a key that exists replaces it
	// if that one is held, else it is left out.
	PutNotifications(ctx context.Context, list []Notification) error
	// ReplaceQueued gives an outbox row that nobody has begun to send another
	// content; false when there is none.
	ReplaceQueued(ctx context.Context, row dialog.Outgoing) (bool, error)
	Enqueue(ctx context.Context, rows []dialog.Outgoing) error
}

// Decider decides about a candidate: outreach.Gate, or a test's own.
type Decider interface {
	Decide(p outreach.Person, c outreach.Candidate, now time.Time) outreach.Decision
}

// Config is what a Courier needs.
type Config struct {
	Text     *text.Catalogue
	Render   func(chatID int64, r dialog.Reply) (dialog.Outgoing, error)
	Location *time.Location
	Rules    outreach.Rules // the zero Rules = outreach.DefaultRules
	// Decide replaces the gate; nil = the gate decides. A test shows with it what
	// the gate is good for.
	Decide func(outreach.Gate) Decider
}

// Courier starts messages. It is safe for concurrent use.
type Courier struct{ cfg Config }

// New makes a courier.
func New(cfg Config) *Courier {
	if cfg.Rules.Caps == (outreach.Caps{}) {
		cfg.Rules = outreach.DefaultRules()
	}
	return &Courier{cfg: cfg}
}

// Message is something that the bot wants to say by itself.
type Message struct {
	Employee  int64 // id of the recipient
	Candidate outreach.Candidate
	Tasks     []int64 // that it is about, beside Candidate.Task; of a digest all
	// Key is the natural unique key, for example "note:17:2027-01-18". A message
	// whose key was decided before is left alone, unless it is held and its time
	// has come: then it is decided again, with this content.
	Key string
	// Reply is the message. The button "Alasan pesan ini" is added below its rows.
	// Class is that of the candidate.
	Reply dialog.Reply
	Step  outreach.Step // of a task's ladder; "" = none
}

// Send decides about one message and stores what was decided. The decision of a
// key that was decided before is returned as it was, and nothing happens.
func (c *Courier) Send(ctx context.Context, tx Tx, now time.Time, m Message) (outreach.Decision, error) {
	d, err := c.SendAll(ctx, tx, now, []Message{m})
	if err != nil {
		return outreach.Decision{}, err
	}
	return d[0], nil
}

// SendInParts is SendAll for any number of messages, some hundreds at a time, and counts what
// was decided. They go by person, so that two jobs lock the same people in one order.
func (c *Courier) SendInParts(ctx context.Context, tx Tx, now time.Time, all []Message) (t Tally, err error) {
	slices.SortStableFunc(all, func(a, b Message) int { return cmp.Compare(a.Employee, b.Employee) })
	for part := range slices.Chunk(all, atATime) {
		decisions, err := c.SendAll(ctx, tx, now, part)
		if err != nil {
			return t, err
		}
		t.Count(decisions)
	}
	return t, nil
}

// SendAll is Send for many messages in few statements, in their order: a job
// gives some hundreds at a time. Decisions are in the order of the messages.
func (c *Courier) SendAll(ctx context.Context, tx Tx, now time.Time, all []Message) ([]outreach.Decision, error) {
	if len(all) == 0 {
		return nil, nil
	}
	round, err := c.begin(ctx, tx, now, all)
	if err != nil {
		return nil, fmt.Errorf("courier: %w", err)
	}
	decisions := make([]outreach.Decision, len(all))
	for i, m := range all {
		if decisions[i], err = round.decide(ctx, m); err != nil {
			return nil, fmt.Errorf("courier: %s: %w", m.Key, err)
		}
	}
	if err := round.store(ctx); err != nil {
		return nil, fmt.Errorf("courier: %w", err)
	}
	return decisions, nil
}

// Gate returns the gate with the calendar of this moment.
func (c *Courier) Gate(ctx context.Context, tx Tx) (outreach.Gate, error) {
	own, err := tx.OwnCalendar(ctx)
	if err != nil {
		return outreach.Gate{}, err
	}
	return outreach.Gate{Calendar: outreach.NewCalendar(own.Facts(c.cfg.Location), c.cfg.Rules.Hours), Rules: c.cfg.Rules}, nil
}

// Rules are the rules of the gate.
func (c *Courier) Rules() outreach.Rules { return c.cfg.Rules }

// Caps are the limits that people are told about.
func (c *Courier) Caps() outreach.Caps { return c.cfg.Rules.Caps }

// Decider returns what decides about candidates: the gate, or a test's own.
func (c *Courier) Decider(g outreach.Gate) Decider {
	if c.cfg.Decide != nil {
		return c.cfg.Decide(g)
	}
	return g
}

// round is one call of SendAll.
type round struct {
	*Courier
	tx            Tx
	now           time.Time
	gate          Decider
	known         map[string]Notification
	people        map[int64]Recipient
	ids           []int64 // reserved
	notifications []Notification
	rows          []dialog.Outgoing
	fresh         map[int64]int // by notification id: index in rows
}

func (c *Courier) begin(ctx context.Context, tx Tx, now time.Time, all []Message) (*round, error) {
	people, tasks := map[int64]bool{}, map[int64]bool{}
	keys := make([]string, len(all))
	for i, m := range all {
		if err := m.Candidate.Kind.Check(); err != nil {
			return nil, err
		}
		keys[i], people[m.Employee] = m.Key, true
		if m.Candidate.Task != 0 {
			tasks[m.Candidate.Task] = true
		}
	}
	ids := slices.Sorted(maps.Keys(people))
	if err := tx.LockPeople(ctx, ids); err != nil {
		return nil, err
	}
	gate, err := c.Gate(ctx, tx)
	if err != nil {
		return nil, err
	}
	r := &round{Courier: c, tx: tx, now: now, gate: c.Decider(gate), fresh: map[int64]int{}}
	if r.known, err = tx.Notifications(ctx, keys); err != nil {
		return nil, err
	}
	if r.people, err = tx.Recipients(ctx, ids, slices.Sorted(maps.Keys(tasks)), now); err != nil {
		return nil, err
	}
	r.ids, err = tx.NextNotifications(ctx, len(all))
	return r, err
}

// decide lets the gate decide about one message.
func (r *round) decide(ctx context.Context, m Message) (outreach.Decision, error) {
	n := Notification{Key: m.Key, Employee: m.Employee, Class: m.Candidate.Class, Kind: m.Candidate.Kind, Task: m.Candidate.Task,
		Step: m.Step, Tasks: m.tasks(), NotBefore: m.Candidate.NotBefore, Expires: m.Candidate.Expires, DecidedAt: r.now}
	old, ok := r.known[m.Key]
	if ok {
		if old.Action != outreach.Hold || old.At.After(r.now) {
			return old.Decision(), nil
		}
		n.ID, n.Tries = old.ID, old.Tries
	} else {
		n.ID, r.ids = r.ids[0], r.ids[1:]
	}
	p := r.people[m.Employee]
	p.leave(n.ID)
	d, err := r.carry(ctx, &n, &p, m)
	if err != nil {
		return d, err
	}
	if ok && d.Reason == outreach.OutsideHours {
		d.Reason = old.Reason // that it is night is nothing new: keep the reason for which it waited
	}
	n.take(d, r.now)
	r.known[m.Key] = n
	r.notifications = append(r.notifications, n)
	p.remember(n, d)
	r.people[m.Employee] = p
	return d, nil
}

// carry decides, and does what follows for the outbox. A message that is to join
// another one may find that the sender has just taken that one, or that both do
// not fit together: then it is decided again without that choice.
func (r *round) carry(ctx context.Context, n *Notification, p *Recipient, m Message) (outreach.Decision, error) {
	for {
		d := r.gate.Decide(p.Person, m.Candidate, r.now)
		switch d.Action {
		case outreach.Hold:
			n.Reply = &m.Reply
			return d, nil
		case outreach.Send:
			return d, r.queue(n, *p, m, d)
		case outreach.Merge:
			ok, err := r.join(ctx, n, *p, m, d)
			if ok || err != nil {
				n.Reply = &m.Reply
				return d, err
			}
			p.gone(d.With)
		default:
			return d, nil
		}
	}
}

// queue makes the outbox row of a message.
func (r *round) queue(n *Notification, p Recipient, m Message, d outreach.Decision) error {
	n.Tries++
	n.OutboxKey = fmt.Sprintf("n:%s:%d", n.Key, n.Tries)
	n.Reply = &m.Reply
	row, err := r.render(p.Chat, *n, m.Reply, n.ID)
	if err != nil {
		return err
	}
	row.NotBefore, row.ExpiresAt = r.now, d.Until // r.now lies ahead when a job is run for later
	r.fresh[n.ID] = len(r.rows)
	r.rows = append(r.rows, row)
	return nil
}

// render adds the reason's button and makes a call of the message. about is the
// notification that the button explains.
func (c *Courier) render(chat int64, n Notification, reply dialog.Reply, about int64) (dialog.Outgoing, error) {
	reply.Class = n.Class
	if reply.Compose != nil { // its buttons are made with it
		row, err := c.cfg.Render(chat, reply)
		row.Key, row.Lane, row.Way = n.OutboxKey, dialog.LaneBulk, dialog.WayGate
		return row, err
	}
	why := dialog.Button{Label: c.cfg.Text.Plain("label.why", nil),
		Action: dialog.Action{Flow: "m", Step: WhyStep, Ref: about, Verb: dialog.Resume}}
	reply.Rows = append(slices.Clone(reply.Rows), []dialog.Button{why})
	row, err := c.cfg.Render(chat, reply)
	if err != nil {
		return row, err
	}
	row.Key, row.Lane, row.Way = n.OutboxKey, dialog.LaneBulk, dialog.WayGate
	return row, nil
}

// store writes all at once.
func (r *round) store(ctx context.Context) error {
	if len(r.notifications) > 0 {
		if err := r.tx.PutNotifications(ctx, r.notifications); err != nil {
			return err
		}
	}
	if len(r.rows) == 0 {
		return nil
	}
	return r.tx.Enqueue(ctx, r.rows)
}

// tasks are all that the message is about, each once.
func (m Message) tasks() []int64 {
	all := slices.Clone(m.Tasks)
	if t := m.Candidate.Task; t != 0 && !slices.Contains(all, t) {
		all = append(all, t)
	}
	return all
}
