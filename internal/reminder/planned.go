package reminder

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/outreach"
)

// Plan is something that the bot means to say (rencana).
type Plan struct {
	At    time.Time
	Task  int64  // 0 = about none
	Title string // of the task; "" = about none
	Kind  outreach.Kind
}

// ahead is a message of a ladder whose day has not come.
type ahead struct {
	outreach.Rung
	task  int64
	title string
}

// Planned returns what a person is to get, soonest first, as things stand.
func (r *Reminder) Planned(ctx context.Context, tx NoteTx, now time.Time, person int64) ([]Plan, error) {
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return nil, err
	}
	known, err := tx.Recipients(ctx, []int64{person}, nil, now)
	if err != nil {
		return nil, err
	}
	open, err := tx.OpenTasks(ctx, []int64{person}, now)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, o := range open {
		ids = append(ids, o.Task)
	}
	climbs, err := tx.Climbs(ctx, ids, r.cfg.TaskForms)
	if err != nil {
		return nil, err
	}
	p := known[person]
	var rungs []ahead
	titles, given := map[int64]string{}, map[int64]bool{} // given up: the first reminders of a task
	for _, l := range climbs {
		titles[l.Task] = l.Title
		given[l.Task] = l.owed(p).Alone
		for _, r := range gate.Ladder(l.owed(p), p.Diary, now) {
			if l.Kind.Traits().Ladder && r.Step.Message() && r.Reason == outreach.StepDue {
				given[l.Task] = false // it is held and not given up
			}
			if l.Kind.Traits().Ladder && r.Step.Message() && r.Reason == outreach.StepEarly && !l.settled(r.Step) {
				rungs = append(rungs, ahead{Rung: r, task: l.Task, title: l.Title})
			}
		}
	}
	all := foreseen(gate, p.Person, rungs, now)
	for _, m := range waiting(p, now) {
		if m.Kind == outreach.Reminder && len(m.Tasks) == 1 && given[m.Tasks[0]] {
			continue
		}
		one := Plan{At: m.At, Kind: m.Kind}
		if len(m.Tasks) > 0 {
			one.Task, one.Title = m.Tasks[0], titles[m.Tasks[0]]
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b Plan) int { return a.At.Compare(b.At) })
	return all, nil
}

// waiting are the messages of a person that wait for a time to come; what waits for the end of a
// pause of the unit has none.
func waiting(p courier.Recipient, now time.Time) (held []outreach.Message) {
	for _, m := range p.Messages {
		if m.State == outreach.Held && !m.At.Before(now) && (!p.UnitPaused || m.Class == outreach.Service) {
			held = append(held, m)
		}
	}
	return held
}

// foreseen tells when messages of ladders go, as the gate decides about each once its time has
// come, with what goes before it counted: what falls into a silence, was put off, or finds the day
// taken waits, and is left out when it would then be too late. Nothing is foreseen while the unit
// is paused: nobody knows until when.
func foreseen(g outreach.Gate, p outreach.Person, rungs []ahead, now time.Time) (all []Plan) {
	if p.UnitPaused {
		return nil
	}
	p.Messages = slices.Clone(p.Messages)
	for i, m := range p.Messages {
		if m.State == outreach.Held && m.Class != outreach.Broadcast && !m.At.Before(now) {
			p.Messages[i].State = outreach.Queued
		}
	}
	slices.SortStableFunc(rungs, func(a, b ahead) int { return a.From.Compare(b.From) })
	for _, r := range rungs {
		one := Plan{At: r.From, Task: r.task, Title: r.title, Kind: stepKind(r.Step)}
		switch d := g.Decide(p, r.Candidate(r.task), r.From); d.Action {
		case outreach.Hold:
			one.At = d.At
		case outreach.Drop:
			continue
		}
		all = append(all, one)
		p.Messages = append(p.Messages, outreach.Message{Class: outreach.Prompt, Kind: one.Kind, Tasks: []int64{one.Task}, At: one.At, State: outreach.Queued})
	}
	return all
}
