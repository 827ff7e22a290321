package reminder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// LadderTx is what the ladder of reminders asks of the open transaction.
type LadderTx interface {
	courier.Tx
	PersuadeTx
	// DueLadders returns tasks whose ladder is to be looked at, by person.
	DueLadders(ctx context.Context, now time.Time, limit int) ([]DueLadder, error)
	// Climbs returns where tasks stand, in the order of the ids.
	Climbs(ctx context.Context, tasks []int64, forms []string) ([]Climb, error)
	// SetLadders stores when each ladder is to be looked at again; zero = never.
	SetLadders(ctx context.Context, tasks []int64, next []time.Time) error
	// CloseTasks closes tasks as not answered whose deadline has passed at now.
	CloseTasks(ctx context.Context, tasks []int64, now time.Time) error
}

// DueLadder names a task and who owes it, by their ids.
type DueLadder struct{ Task, Employee int64 }

// Climb is where a task stands on its ladder.
type Climb struct {
	Task      int64              // id
	Employee  personnel.Employee // name and sex
	Kind      task.Kind
	Title     string
	Opens     time.Time
	Due       time.Time
	StartedAt time.Time // zero = not begun
	State     outreach.State
	Items     int             // questions
	Answered  int             // questions
	Minutes   int             // for all questions
	Steps     map[string]Rest // by step: what is stored of it
}

// Rest is what is stored of one step of a ladder.
type Rest struct {
	Notification int64 // id
	Action       outreach.Action
	Reason       outreach.Reason
	At           time.Time // as in Notification
	Went         bool      // it has been sent or is being sent
}

// atOnce is how many tasks or people are looked at with one set of statements.
const atOnce = 500

// Climb takes every ladder that is due one look further, at most limit of them:
// it sends the step whose time has come, notes why others did not go, and moves
// what was not answered to the lists of supervisor and personnel office.
func (r *Reminder) Climb(ctx context.Context, tx LadderTx, now time.Time, limit int) (courier.Tally, error) {
	var all courier.Tally
	due, err := tx.DueLadders(ctx, now, limit)
	if err != nil {
		return all, err
	}
	var looked schedule
	for part := range slices.Chunk(due, atOnce) {
		t, err := r.climbPart(ctx, tx, now, part, &looked)
		if err != nil {
			return all, fmt.Errorf("ladder: %w", err)
		}
		all.Add(t)
	}
	if err := looked.store(ctx, tx, now); err != nil {
		return all, fmt.Errorf("ladder: %w", err)
	}
	return all, nil
}

// schedule is what a run writes into the rows of tasks. It is written at the very
// end of the run: from that moment until the commit, whoever answers one of the
// tasks has to wait.
type schedule struct {
	closed []int64
	tasks  []int64
	next   []time.Time // of tasks: when the ladder is looked at again; zero = never
}

func (s schedule) store(ctx context.Context, tx LadderTx, now time.Time) error {
	if len(s.closed) > 0 {
		if err := tx.CloseTasks(ctx, s.closed, now); err != nil {
			return err
		}
	}
	for from := 0; from < len(s.tasks); from += atOnce {
		to := min(from+atOnce, len(s.tasks))
		if err := tx.SetLadders(ctx, s.tasks[from:to], s.next[from:to]); err != nil {
			return err
		}
	}
	return nil
}

// climbing is one look at some ladders.
type climbing struct {
	*Reminder
	tx     LadderTx
	now    time.Time
	gate   outreach.Gate
	people map[int64]courier.Recipient
	put    []courier.Notification // steps that are settled without a message
	looked *schedule
}

func (r *Reminder) climbPart(ctx context.Context, tx LadderTx, now time.Time, part []DueLadder, looked *schedule) (t courier.Tally, err error) {
	var people, tasks []int64
	for _, d := range part {
		people, tasks = append(people, d.Employee), append(tasks, d.Task)
	}
	slices.Sort(people)
	people = slices.Compact(people)
	if err := tx.LockPeople(ctx, people); err != nil {
		return t, err
	}
	w := &climbing{Reminder: r, tx: tx, now: now, looked: looked}
	if w.gate, err = r.cfg.Courier.Gate(ctx, tx); err != nil {
		return t, err
	}
	if w.people, err = tx.Recipients(ctx, people, nil, now); err != nil {
		return t, err
	}
	climbs, err := tx.Climbs(ctx, tasks, r.cfg.TaskForms)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	var of []int // index of climbs
	var about []Climb
	for i := range climbs {
		if m, ok := w.look(&climbs[i]); ok {
			messages, of, about = append(messages, m), append(of, i), append(about, climbs[i])
		}
	}
	if err := w.persuade(ctx, messages, about); err != nil {
		return t, err
	}
	decisions, err := r.cfg.Courier.SendAll(ctx, tx, now, messages)
	if err != nil {
		return t, err
	}
	for i, d := range decisions {
		climbs[of[i]].note(messages[i].Step, d, now)
	}
	t.Count(decisions)
	return t, w.finish(ctx, climbs)
}

// note remembers what became of a step.
func (l *Climb) note(s outreach.Step, d outreach.Decision, now time.Time) {
	r := Rest{Action: d.Action, Reason: d.Reason, At: now, Went: d.Goes()}
	if d.Action == outreach.Hold {
		r.At = d.At
	}
	l.Steps[string(s)] = r
}

// owed is the task as the ladder of the gate sees it.
func (l Climb) owed(p courier.Recipient) outreach.Owed {
	o := outreach.Owed{Opens: l.Opens, Due: l.Due, State: l.State, Answered: l.Answered, Anonymous: l.Kind.Traits().Anonymous, Sent: map[outreach.Step]time.Time{}}
	for s, r := range l.Steps {
		if r.Went {
			o.Sent[outreach.Step(s)] = r.At
		}
	}
	if _, ok := o.Sent[outreach.StepInvitation]; !ok && !l.StartedAt.IsZero() {
		o.Sent[outreach.StepInvitation] = l.StartedAt // who has begun needs no invitation
	}
	for _, t := range p.Tasks {
		if t.ID == l.Task {
			o.Reminders, o.Snoozes, o.Alone = t.Reminders, t.Snoozes, t.Alone
		}
	}
	return o
}

// settled tells whether a step will not be looked at again.
func (l Climb) settled(s outreach.Step) bool {
	r, ok := l.Steps[string(s)]
	return ok && r.Action != outreach.Hold
}

// look returns the message whose time has come, and settles what has none.
func (w *climbing) look(l *Climb) (m courier.Message, ok bool) {
	if !l.Kind.Traits().Ladder {
		return m, false
	}
	p := w.people[l.Employee.ID]
	for _, r := range w.gate.Ladder(l.owed(p), p.Diary, w.now) {
		switch {
		case l.settled(r.Step) || r.Reason == outreach.StepSent:
			w.unneeded(l, r)
		case r.Reason == outreach.StepDue && r.Step.Message():
			if p.Linked && p.Reachable {
				m, ok = w.message(*l, r), true
			}
		case r.Reason == outreach.StepDue:
			w.settle(l, r.Step, outreach.Send, outreach.StepDue)
			if r.Step == outreach.StepClose {
				w.looked.closed = append(w.looked.closed, l.Task)
				l.State = outreach.TaskExpired
			}
		case ended(l.State) != outreach.Free:
			if _, held := l.Steps[string(r.Step)]; held {
				w.settle(l, r.Step, outreach.Drop, r.Reason)
			}
		case r.Reason != outreach.StepEarly && r.Reason != outreach.NotInvited && !w.now.Before(r.Day.Start(w.gate.Calendar.Location())):
			w.settle(l, r.Step, outreach.Drop, w.why(*l, r, p))
		}
	}
	return m, ok
}

// unneeded notes why the invitation of somebody who has begun does not go, or
// does not wait any longer.
func (w *climbing) unneeded(l *Climb, r outreach.Rung) {
	if !l.settled(r.Step) && r.Step == outreach.StepInvitation {
		w.settle(l, r.Step, outreach.Drop, outreach.TaskToday)
	}
}

// why is the reason of a step whose time went by: what held it back, or that the
// person could not be reached.
func (w *climbing) why(l Climb, r outreach.Rung, p courier.Recipient) outreach.Reason {
	held, isHeld := l.Steps[string(r.Step)]
	switch {
	case r.Reason != outreach.Missed:
		return r.Reason
	case !p.Linked:
		return outreach.NotLinked
	case !p.Reachable:
		return outreach.Unreachable
	case isHeld:
		return held.Reason
	}
	return r.Reason
}

// settle stores what became of a step without a message.
func (w *climbing) settle(l *Climb, s outreach.Step, action outreach.Action, reason outreach.Reason) {
	class, kind := courier.ListClass, outreach.Kind(s)
	if s.Message() {
		class, kind = outreach.Prompt, stepKind(s)
	}
	w.put = append(w.put, courier.Notification{Key: ladderKey(l.Task, s), Employee: l.Employee.ID, Class: class, Kind: kind, Task: l.Task, Step: s,
		Tasks: []int64{l.Task}, Action: action, Reason: reason, DecidedAt: w.now, At: w.now})
	l.Steps[string(s)] = Rest{Action: action, Reason: reason, At: w.now, Went: action == outreach.Send}
}

// finish stores what was settled, and notes when each ladder is to be looked at again.
func (w *climbing) finish(ctx context.Context, climbs []Climb) error {
	if len(w.put) > 0 {
		ids, err := w.tx.NextNotifications(ctx, len(w.put))
		if err != nil {
			return err
		}
		for i := range w.put {
			w.put[i].ID = ids[i]
		}
		if err := w.tx.PutNotifications(ctx, w.put); err != nil {
			return err
		}
	}
	for _, l := range climbs {
		w.looked.tasks, w.looked.next = append(w.looked.tasks, l.Task), append(w.looked.next, w.next(l))
	}
	return nil
}

// next is when a ladder is to be looked at again; zero = never.
func (w *climbing) next(l Climb) (next time.Time) {
	if !l.Kind.Traits().Ladder || ended(l.State) != outreach.Free {
		return next
	}
	p := w.people[l.Employee.ID]
	earlier := func(t time.Time) {
		if !t.After(w.now) {
			t = w.now.Add(time.Hour)
		}
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, r := range w.gate.Ladder(l.owed(p), p.Diary, w.now) {
		rest, stored := l.Steps[string(r.Step)]
		day := r.Day.Start(w.gate.Calendar.Location())
		switch {
		case l.settled(r.Step) || r.Reason == outreach.StepSent:
		case r.Reason == outreach.StepEarly:
			earlier(r.From)
		case stored: // held
			earlier(rest.At)
		case r.Reason == outreach.StepDue: // not to be reached now
			earlier((w.gate.Calendar.Day(w.now) + 1).Start(w.gate.Calendar.Location()))
		case day.After(w.now):
			earlier(day)
		}
	}
	return next
}

func ladderKey(id int64, s outreach.Step) string { return fmt.Sprintf("ladder:%d:%s", id, s) }

// stepKind is the kind of the message of a step.
func stepKind(s outreach.Step) outreach.Kind {
	if s == outreach.StepInvitation {
		return outreach.Invitation
	}
	return outreach.Reminder
}
