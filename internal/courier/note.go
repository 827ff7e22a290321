package courier

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// NoteTx is what the weekly note asks of the open transaction.
type NoteTx interface {
	LadderTx
	// OwingSince returns who owes a task that opened before the given time and is
	// not due at now, in the order of their ids after the given one: who has no
	// notice of the key prefix + id + suffix yet, or a held one whose time has come.
	OwingSince(ctx context.Context, opened, now time.Time, after int64, prefix, suffix string, limit int) ([]int64, error)
	// OpenTasks returns the tasks of people that are open at now, by due time.
	OpenTasks(ctx context.Context, people []int64, now time.Time) ([]DueLadder, error)
}

// Later tells of whom of some people something else goes before the note.
type Later = func(people []int64) (func(id int64, diary outreach.Diary) bool, error)

// Notes sends the weekly note to everybody who owes something that opened before
// this week: three lines, at the hour of their own Monday. It replaces the other
// prompts of that week, which is the gate's doing. Of whom later is true is left to
// a later run; it is asked about some people at a time.
func (c *Courier) Notes(ctx context.Context, tx NoteTx, now time.Time, later Later) (Tally, error) {
	var all Tally
	gate, err := c.Gate(ctx, tx)
	if err != nil {
		return all, err
	}
	monday := outreach.DayOf(now, c.cfg.Location).Monday()
	suffix := ":" + monday.String()
	for after := int64(0); ; {
		people, err := tx.OwingSince(ctx, monday.Start(c.cfg.Location), now, after, "note:", suffix, atATime)
		if err != nil || len(people) == 0 {
			return all, err
		}
		after = people[len(people)-1]
		left, err := later(people)
		if err != nil {
			return all, fmt.Errorf("weekly notes: %w", err)
		}
		t, err := c.notePart(ctx, tx, gate, now, monday, people, left)
		if err != nil {
			return all, fmt.Errorf("weekly notes: %w", err)
		}
		all.Sent, all.Kept = all.Sent+t.Sent, all.Kept+t.Kept
	}
}

func (c *Courier) notePart(ctx context.Context, tx NoteTx, gate outreach.Gate, now time.Time, monday outreach.Day, people []int64,
	left func(int64, outreach.Diary) bool) (t Tally, err error) {
	if err := tx.LockPeople(ctx, people); err != nil {
		return t, err
	}
	known, err := tx.Recipients(ctx, people, nil, now)
	if err != nil {
		return t, err
	}
	open, err := tx.OpenTasks(ctx, people, now)
	if err != nil {
		return t, err
	}
	var ids []int64
	for _, o := range open {
		ids = append(ids, o.Task)
	}
	climbs, err := tx.Climbs(ctx, ids)
	if err != nil {
		return t, err
	}
	owed := map[int64][]Climb{}
	for _, l := range climbs {
		if climbed(l.Kind) && c.notable(known[l.Employee.ID], l.Task, monday, now) {
			owed[l.Employee.ID] = append(owed[l.Employee.ID], l)
		}
	}
	var messages []Message
	for _, id := range people {
		at, ok := gate.Calendar.WeeklyAt(monday, c.cfg.Rules.Hours.Weekly, known[id].Diary)
		if !ok || now.Before(at) || len(owed[id]) == 0 || !known[id].Linked || left(id, known[id].Diary) {
			continue
		}
		messages = append(messages, c.note(owed[id], now, monday))
	}
	decisions, err := c.SendAll(ctx, tx, now, messages)
	for _, d := range decisions {
		if d.Action == outreach.Send || d.Action == outreach.Merge {
			t.Sent++
		} else {
			t.Kept++
		}
	}
	return t, err
}

// notable tells whether the note of a week may name a task: not one that was put
// off for the last time, or until a time of this week or later, which the person
// has chosen instead; nor one of which a message of today speaks already.
func (c *Courier) notable(p Recipient, id int64, monday outreach.Day, now time.Time) bool {
	for _, t := range p.Tasks {
		if t.ID == id && (t.Snoozes >= c.cfg.Rules.Caps.Snoozes || !t.SnoozedUntil.Before(monday.Start(c.cfg.Location))) {
			return false
		}
	}
	for _, m := range p.Messages {
		same := outreach.DayOf(m.At, c.cfg.Location) == outreach.DayOf(now, c.cfg.Location)
		if same && m.State != outreach.Held && slices.Contains(m.Tasks, id) {
			return false
		}
	}
	return true
}

// note is three lines: what is owed, how far it is, until when.
func (c *Courier) note(owed []Climb, now time.Time, monday outreach.Day) Message {
	first := owed[0]
	args := c.taskArgs(first, now)
	args["lain"] = len(owed) - 1
	lines := []string{c.cfg.Text.T("note.owed", args)}
	if len(owed) > 1 {
		lines[0] = c.cfg.Text.T("note.owed_more", args)
	}
	lines = append(lines, c.cfg.Text.T("note.progress", args), c.cfg.Text.T("note.until", args))
	m := Message{Employee: first.Employee.ID, Key: "note:" + fmt.Sprint(first.Employee.ID) + ":" + monday.String(),
		Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Note, Expires: (monday + 7).Start(c.cfg.Location)}}
	for _, l := range owed {
		m.Tasks = append(m.Tasks, l.Task)
	}
	label := "resume_filling"
	if first.Answered == 0 {
		label = "start"
	}
	m.Reply = dialog.Reply{Template: "note.owed", Text: strings.Join(lines, "\n"), Rows: [][]dialog.Button{
		{{Label: c.cfg.Text.Plain("label."+label, nil), Action: dialog.Action{Flow: TaskFlow, Ref: first.Task, Verb: dialog.Resume}}},
		{c.button("later", SnoozeStep, first.Task)},
	}}
	return m
}

// Plan is something that the bot means to say (rencana).
type Plan struct {
	At    time.Time
	Title string // of the task; "" = about none
	Kind  outreach.Kind
}

// Planned returns what a person is to get, soonest first, as things stand.
func (c *Courier) Planned(ctx context.Context, tx NoteTx, now time.Time, person int64) ([]Plan, error) {
	gate, err := c.Gate(ctx, tx)
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
	climbs, err := tx.Climbs(ctx, ids)
	if err != nil {
		return nil, err
	}
	p := known[person]
	var all []Plan
	titles := map[int64]string{}
	for _, l := range climbs {
		titles[l.Task] = l.Title
		for _, r := range gate.Ladder(l.owed(p), p.Diary, now) {
			if climbed(l.Kind) && r.Step.Message() && r.Reason == outreach.StepEarly && !l.settled(r.Step) {
				all = append(all, Plan{At: r.From, Title: l.Title, Kind: stepKind(r.Step)})
			}
		}
	}
	for _, m := range p.Messages {
		if m.State != outreach.Held || m.At.Before(now) {
			continue
		}
		one := Plan{At: m.At, Kind: m.Kind}
		if len(m.Tasks) > 0 {
			one.Title = titles[m.Tasks[0]]
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Plan) int { return a.At.Compare(b.At) })
	return all, nil
}

// Options are the times that Nanti offers a person for a task.
func (c *Courier) Options(ctx context.Context, tx Tx, now, due time.Time, person int64) ([]outreach.SnoozeOption, Recipient, error) {
	gate, err := c.Gate(ctx, tx)
	if err != nil {
		return nil, Recipient{}, err
	}
	known, err := tx.Recipients(ctx, []int64{person}, nil, now)
	if err != nil {
		return nil, Recipient{}, err
	}
	p := known[person]
	return gate.SnoozeOptions(now, due, p.Diary), p, nil
}

// Caps are the limits that people are told about.
func (c *Courier) Caps() outreach.Caps { return c.cfg.Rules.Caps }

// TaskArgs are what sentences about a task may name.
func (c *Courier) TaskArgs(l Climb, now time.Time) text.Args { return c.taskArgs(l, now) }
