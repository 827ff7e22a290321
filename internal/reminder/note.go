package reminder

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// NoteTx is what the weekly note asks of the open transaction.
type NoteTx interface {
	LadderTx
	// OwingSince returns the ids of people to whom all of the filter applies, in
	// their order.
	OwingSince(ctx context.Context, f OwingFilter) ([]int64, error)
	// OpenTasks returns the tasks of people that are open at now, by due time.
	OpenTasks(ctx context.Context, people []int64, now time.Time) ([]DueLadder, error)
	// TrainingsAhead returns, of people, the session that is next within the time ahead,
	// how many seats are offered to them and what they may still say; who has nothing of
	// that is left out.
	TrainingsAhead(ctx context.Context, people []int64, now time.Time, ahead time.Duration) (map[int64]training.Ahead, error)
	MonthLines(ctx context.Context, f MonthFilter) ([]MonthLine, error)
}

// OwingFilter says who of those is asked for who owe a task: one that has opened and
// is not due yet, and about which the message of a certain key is still to be decided.
type OwingFilter struct {
	OpenedBefore time.Time
	Now          time.Time
	After        int64  // id of the last person before; 0 = from the beginning
	KeyPrefix    string // the key is the prefix, the id and the suffix: there is no
	KeySuffix    string // notification of it, or a held one whose time has come
	Limit        int    // people at most
}

// noteKey begins the key of a note.
const noteKey = "note:"

// Later tells, of some people at a time, who gets something else before the note.
type Later = func(people []int64) (func(id int64, diary outreach.Diary) bool, error)

// Notes sends the weekly note to everybody who owes something that opened before
// this week: three lines, at the hour of their own Monday. It replaces the other
// prompts of that week, which is the gate's doing. Those for whom later is true
// get theirs in a later run; it is asked about some people at a time.
func (r *Reminder) Notes(ctx context.Context, tx NoteTx, now time.Time, later Later) (courier.Tally, error) {
	var all courier.Tally
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return all, err
	}
	monday := outreach.DayOf(now, r.cfg.Location).Monday()
	week := noting{Reminder: r, tx: tx, gate: gate, now: now, monday: monday}
	owing := OwingFilter{OpenedBefore: monday.Start(r.cfg.Location), Now: now, KeyPrefix: noteKey, KeySuffix: ":" + monday.String(), Limit: atOnce}
	for {
		people, err := tx.OwingSince(ctx, owing)
		if err != nil || len(people) == 0 {
			return all, err
		}
		owing.After = people[len(people)-1]
		left, err := later(people)
		if err != nil {
			return all, fmt.Errorf("weekly notes: %w", err)
		}
		t, err := week.part(ctx, people, left)
		if err != nil {
			return all, fmt.Errorf("weekly notes: %w", err)
		}
		all.Add(t)
	}
}

// noting is one run of the weekly note.
type noting struct {
	*Reminder
	tx     NoteTx
	gate   outreach.Gate
	now    time.Time
	monday outreach.Day // of the week of the notes
}

// part sends the notes of some people; those of whom left is true get none now.
func (w noting) part(ctx context.Context, people []int64, left func(int64, outreach.Diary) bool) (t courier.Tally, err error) {
	if err := w.tx.LockPeople(ctx, people); err != nil {
		return t, err
	}
	known, err := w.tx.Recipients(ctx, people, nil, w.now)
	if err != nil {
		return t, err
	}
	open, err := w.tx.OpenTasks(ctx, people, w.now)
	if err != nil {
		return t, err
	}
	var ids []int64
	for _, o := range open {
		ids = append(ids, o.Task)
	}
	climbs, err := w.tx.Climbs(ctx, ids, w.cfg.TaskForms)
	if err != nil {
		return t, err
	}
	owed := map[int64][]Climb{}
	for _, l := range climbs {
		if l.Kind.Traits().Ladder && w.notable(known[l.Employee.ID], l.Task, w.monday, w.now) {
			owed[l.Employee.ID] = append(owed[l.Employee.ID], l)
		}
	}
	ahead, err := w.tx.TrainingsAhead(ctx, people, w.now, sessionsAhead)
	if err != nil {
		return t, err
	}
	months, err := w.monthLines(ctx, people)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, id := range people {
		at, ok := w.gate.Calendar.WeeklyAt(w.monday, w.cfg.Courier.Rules().Hours.Weekly, known[id].Diary)
		if !ok || w.now.Before(at) || len(owed[id]) == 0 || !known[id].Linked || left(id, known[id].Diary) {
			continue
		}
		messages = append(messages, w.note(owed[id], append(w.trainingLines(ahead[id]), months[id]...), w.now, w.monday))
	}
	decisions, err := w.cfg.Courier.SendAll(ctx, w.tx, w.now, messages)
	t.Count(decisions)
	return t, err
}

// notable tells whether the note of a week may name a task. It may not name one
// that was put off for the last time, nor one that was put off until this week or
// later, because the person has chosen that time instead; nor one about which a
// message of today speaks already.
func (r *Reminder) notable(p courier.Recipient, id int64, monday outreach.Day, now time.Time) bool {
	for _, t := range p.Tasks {
		if t.ID == id && (t.Snoozes >= r.cfg.Courier.Rules().Caps.Snoozes || t.Alone || !t.SnoozedUntil.Before(monday.Start(r.cfg.Location))) {
			return false
		}
	}
	for _, m := range p.Messages {
		same := outreach.DayOf(m.At, r.cfg.Location) == outreach.DayOf(now, r.cfg.Location)
		if same && m.State != outreach.Held && slices.Contains(m.Tasks, id) {
			return false
		}
	}
	return true
}

// sessionsAhead is how far ahead a note looks for the person's next training.
const sessionsAhead = 14 * 24 * time.Hour

// trainingLines are the lines of a note about trainings.
func (r *Reminder) trainingLines(a training.Ahead) (lines []string) {
	if !a.Starts.IsZero() {
		at := a.Starts.In(r.cfg.Location)
		lines = append(lines, r.cfg.Text.T("note.session", text.Args{"judul": a.Name, "kapan": r.cfg.Text.Date(at) + ", " + r.cfg.Text.Clock(at)}))
	}
	if a.Offers > 0 {
		lines = append(lines, r.cfg.Text.T("note.offers", text.Args{"n": a.Offers}))
	}
	if a.Says > 0 {
		lines = append(lines, r.cfg.Text.T("note.evaluation", text.Args{"n": a.Says, "batas": r.cfg.Text.Deadline(a.Closes.In(r.cfg.Location))}))
	}
	return lines
}

// note is three lines: what is owed, how far it is, until when; and what is ahead.
func (r *Reminder) note(owed []Climb, ahead []string, now time.Time, monday outreach.Day) courier.Message {
	first := owed[0]
	args := r.taskArgs(first, now)
	args["lain"] = len(owed) - 1
	lines := []string{r.cfg.Text.T("note.owed", args)}
	if len(owed) > 1 {
		lines[0] = r.cfg.Text.T("note.owed_more", args)
	}
	lines = append(lines, r.cfg.Text.T("note.progress", args), r.cfg.Text.T("note.until", args))
	lines = append(lines, ahead...)
	m := courier.Message{Employee: first.Employee.ID, Key: noteKey + fmt.Sprint(first.Employee.ID) + ":" + monday.String(),
		Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Note, Expires: (monday + 7).Start(r.cfg.Location)}}
	for _, l := range owed {
		m.Tasks = append(m.Tasks, l.Task)
	}
	label := "resume_filling"
	if first.Answered == 0 {
		label = "start"
	}
	m.Reply = dialog.Reply{Template: "note.owed", Text: strings.Join(lines, "\n"), Rows: [][]dialog.Button{
		{{Label: r.cfg.Text.Plain("label."+label, nil), Action: dialog.Action{Flow: TaskFlow, Ref: first.Task, Verb: dialog.Resume}}},
		{r.button("later", SnoozeStep, first.Task)},
	}}
	return m
}

// Options are the times that Nanti offers a person for a task.
func (r *Reminder) Options(ctx context.Context, tx courier.Tx, now, due time.Time, person int64) ([]outreach.SnoozeOption, courier.Recipient, error) {
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return nil, courier.Recipient{}, err
	}
	known, err := tx.Recipients(ctx, []int64{person}, nil, now)
	if err != nil {
		return nil, courier.Recipient{}, err
	}
	p := known[person]
	return gate.SnoozeOptions(now, due, p.Diary), p, nil
}
