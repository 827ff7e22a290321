package outreach

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// A year in memory: 500 people with three kinds of weeks, leave and own hours,
// three campaigns, weekly notes and summaries, announcements, people who mute and
// put off; a third is nudged every day. Every job asks at night too.
const (
	simPeople = 500
	simFrom   = "2027-01-01"
	simTo     = "2027-12-31"
)

type simTask struct {
	owed Owed
	id   int64
	late TaskState       // snoozes and nudges
	why  map[Step]Reason // the last that the gate said about a step
}

type pending struct {
	c     Candidate
	step  Step
	again time.Time
}

type simPerson struct {
	Person
	supervisor bool // who also asks for notes in which nothing is owed
	nudged     bool // by a supervisor of their own, every day
	tasks      []*simTask
	waiting    []pending
	log        []Message // all that went
	twice      map[string]bool
}

type simulation struct {
	g       Gate
	gateOff bool
	r       *rand.Rand
	people  []*simPerson
	reasons map[Reason]int
	nextID  int64
}

func newSimulation(people int, gateOff bool) *simulation {
	s := &simulation{g: shipped(), gateOff: gateOff, r: rand.New(rand.NewPCG(5, 2027)), reasons: map[Reason]int{}}
	kinds := []Week{{}, {}, {}, SixDays(), Shifts()}
	for i := range people {
		p := &simPerson{Person: linked(), supervisor: i%10 == 0, nudged: i%3 == 0, twice: map[string]bool{}}
		p.Diary.Week = kinds[i%len(kinds)]
		if i%7 == 0 {
			p.Diary.Hour = []Clock{At(6, 30), At(13, 0), At(19, 0)}[i/7%3]
		}
		for range s.r.IntN(3) {
			from := on(simFrom) + Day(s.r.IntN(360))
			p.Diary.Leave = append(p.Diary.Leave, Days{from, from + Day(s.r.IntN(15))})
		}
		p.Reachable = i%50 != 49
		for j, opens := range []string{"2027-01-11", "2027-02-22", "2027-08-09"} {
			start := on(opens) + Day(s.r.IntN(3))
			due := s.g.Calendar.Deadline((start + 14).Start(wib), p.Diary.Week)
			p.tasks = append(p.tasks, &simTask{id: int64(j + 1), why: map[Step]Reason{},
				owed: Owed{Opens: start.Start(wib), Due: due, State: TaskOpen, Sent: map[Step]time.Time{}, Anonymous: j == 2}})
		}
		s.people = append(s.people, p)
	}
	return s
}

func (s *simulation) run() {
	clocks := []Clock{At(2, 0), At(6, 40), At(9, 0), At(13, 40), At(19, 5)}
	for d := on(simFrom); d <= on(simTo); d++ {
		news := s.r.IntN(12) == 0
		for _, p := range s.people {
			s.live(p, d)
			s.plan(p, d, news)
			for _, c := range clocks {
				s.decide(p, d.At(c, wib))
			}
		}
	}
}

// live lets the person start, finish, put off and mute.
func (s *simulation) live(p *simPerson, d Day) {
	for _, t := range p.tasks {
		open := !d.Start(wib).Before(t.owed.Opens) && d.Start(wib).Before(t.owed.Due)
		switch n := s.r.IntN(100); {
		case !open || t.owed.State.over() != Free:
		case n < 8:
			t.owed.State = TaskStarted
		case n < 12:
			t.owed.State = TaskDone
		case n < 14:
			t.owed.Snoozes++
			t.late.SnoozedUntil = (d + 1).At(At(10, 0), wib)
			p.waiting = append(p.waiting, pending{c: Candidate{Class: Service, Kind: Snoozed, Task: t.id, NotBefore: t.late.SnoozedUntil}})
		}
	}
	if s.r.IntN(2000) == 0 {
		p.Mute = Mute{Until: (d + 7).Start(wib), All: s.r.IntN(2) == 0}
	}
}

// plan collects what all jobs and people want to send that day.
func (s *simulation) plan(p *simPerson, d Day, news bool) {
	now, c := d.Start(wib), s.g.Calendar
	owes := false
	for _, t := range p.tasks {
		if now.Before(t.owed.Opens) || t.owed.State.over() != Free || now.After(t.owed.Due) && d.Weekday() != time.Monday {
			continue
		}
		for _, r := range s.g.Ladder(t.owed, p.Diary, d.At(EndOfDay-1, wib)) {
			if r.Reason == StepDue && r.Until.IsZero() {
				t.owed.Sent[r.Step] = now
				if r.Step == StepClose {
					t.owed.State = TaskExpired
				}
			}
			if key := fmt.Sprint(t.id, r.Step); r.Reason == StepDue && !r.Until.IsZero() && !p.twice[key] {
				p.twice[key] = true
				p.waiting = append(p.waiting, pending{c: r.Candidate(t.id), step: r.Step})
			}
		}
		if t.owed.State.over() == Free && !now.Before(t.owed.Opens) && now.Before(t.owed.Due) {
			owes = true
			if p.nudged {
				p.waiting = append(p.waiting, pending{c: Candidate{Class: Prompt, Kind: Nudge, Task: t.id, Expires: (d + 2).Start(wib)}})
			}
		}
	}
	if news {
		p.waiting = append(p.waiting, pending{c: Candidate{Class: Broadcast, Kind: Announcement, Expires: (d + 10).Start(wib)}})
	}
	if d.Weekday() != time.Monday {
		return
	}
	if week, ok := c.WeeklyAt(d, s.g.Rules.Hours.Weekly, p.Diary); ok {
		if owes || p.supervisor {
			p.waiting = append(p.waiting, pending{c: Candidate{Class: Prompt, Kind: Note, NotBefore: week, Expires: (d.Monday() + 7).Start(wib), Empty: !owes}})
		}
		if p.supervisor {
			p.waiting = append(p.waiting, pending{c: Candidate{Class: Prompt, Kind: Summary, NotBefore: week, Expires: (d.Monday() + 7).Start(wib)}})
		}
	}
}

// state is what storage would read for the gate.
func (s *simulation) state(p *simPerson, now time.Time) Person {
	q := p.Person
	q.Messages, q.Tasks = nil, nil
	for i := len(p.log) - 1; i >= 0 && now.Sub(p.log[i].At) < 8*24*time.Hour; i-- {
		q.Messages = append(q.Messages, p.log[i])
	}
	for _, w := range p.waiting {
		if w.c.Class == Broadcast && !w.again.IsZero() {
			q.Messages = append(q.Messages, Message{Class: Broadcast, Kind: Announcement, At: w.again, State: Held})
		}
	}
	for _, t := range p.tasks {
		one := t.late
		one.ID, one.State, one.Opens, one.Due, one.Reminders, one.Snoozes = t.id, t.owed.State, t.owed.Opens, t.owed.Due, t.owed.Reminders, t.owed.Snoozes
		q.Tasks = append(q.Tasks, one)
	}
	return q
}

func (s *simulation) decide(p *simPerson, now time.Time) {
	for i := len(p.log) - 1; i >= 0 && p.log[i].State == Queued; i-- {
		p.log[i].State = Sent
	}
	if len(p.waiting) == 0 {
		return
	}
	all := p.waiting
	p.waiting = nil
	for i, w := range all {
		if now.Before(w.again) {
			p.waiting = append(p.waiting, w)
			continue
		}
		q := s.state(p, now)
		for _, later := range all[i+1:] { // announcements further down wait too
			if later.c.Class == Broadcast {
				q.Messages = append(q.Messages, Message{Class: Broadcast, Kind: Announcement, At: maxTime(later.again, now), State: Held})
			}
		}
		d := Decision{Action: Send, Reason: Allowed}
		if !s.gateOff {
			d = s.g.Decide(q, w.c, now)
		}
		s.reasons[d.Reason]++
		s.apply(p, w, d, now)
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *simulation) apply(p *simPerson, w pending, d Decision, now time.Time) {
	task := &simTask{why: map[Step]Reason{}}
	if w.c.Task != 0 {
		task = p.tasks[w.c.Task-1]
	}
	task.why[w.step] = d.Reason
	switch d.Action {
	case Hold:
		w.again = d.At
		p.waiting = append(p.waiting, w)
		return
	case Drop:
		return
	case Merge:
		for i := range p.log {
			if p.log[i].ID == d.With {
				p.log[i].Parts = max(p.log[i].Parts, 1) + 1
				p.log[i].Tasks = append(p.log[i].Tasks, w.c.Task)
			}
		}
	case Send:
		s.nextID++
		p.log = append(p.log, Message{ID: s.nextID, Class: w.c.Class, Kind: w.c.Kind, Tasks: []int64{w.c.Task}, At: now, State: Queued})
	}
	if w.step != "" {
		task.owed.Sent[w.step] = now
	}
	if w.c.Kind.Traits().Reminds {
		task.owed.Reminders++
	}
	if w.c.Kind == Nudge {
		task.late.LastNudge = now
	}
}

// broken counts what nobody may see, with none of the code under test: the hours,
// the days and the caps are written out once more.
func (s *simulation) broken() map[string]int {
	out := map[string]int{}
	off := map[string]bool{}
	for _, h := range ShippedHolidays() {
		off[h.Day.String()] = true
	}
	for _, p := range s.people {
		days := map[string]int{}
		for _, m := range p.log {
			if !p.Reachable {
				out["unreachable"]++
			}
			local := m.At.In(wib)
			minute := local.Hour()*60 + local.Minute()
			if m.Class == Service {
				if minute < 6*60 || minute >= 21*60 {
					out["service at night"]++
				}
				continue
			}
			date := local.Format(time.DateOnly)
			days[date]++
			if !allowedMinute(minute, local, p.Diary.Hour) {
				out["hours"]++
			}
			worked := local.Weekday() != time.Sunday && local.Weekday() != time.Saturday ||
				local.Weekday() == time.Saturday && p.Diary.Week.Days == SixDays().Days || p.Diary.Week.Days == Shifts().Days
			if off[date] || !worked {
				out["free days"]++
			}
			for _, l := range p.Diary.Leave {
				if l.From.String() <= date && date <= l.To.String() {
					out["leave"]++
				}
			}
		}
		for date, n := range days {
			week, local := n, on(date).Start(wib)
			for i := 1; i < 7; i++ {
				week += days[local.AddDate(0, 0, -i).Format(time.DateOnly)]
			}
			if n > 1 {
				out["day"]++
			}
			if week > 3 || week > 2 && !p.deadlineIn(local) {
				out["week"]++
			}
		}
		for _, t := range p.tasks {
			if t.owed.Reminders > 3 {
				out["reminders"]++
			}
		}
	}
	return out
}

func (p *simPerson) deadlineIn(local time.Time) bool {
	y, w := local.ISOWeek()
	for _, t := range p.tasks {
		if dy, dw := t.owed.Due.Add(-1).In(wib).ISOWeek(); dy == y && dw == w {
			return true
		}
	}
	return false
}

// allowedMinute is the table of rule 1 in other words.
func allowedMinute(minute int, local time.Time, own Clock) bool {
	if own != 0 {
		return minute >= int(own) && minute < int(own)+60
	}
	date := local.Format(time.DateOnly)
	if date >= "2027-02-08" && date <= "2027-03-09" {
		return minute >= 8*60+15 && minute < 14*60+30
	}
	morning, afternoon := 7*60+45, 13*60+15
	switch local.Weekday() {
	case time.Monday:
		morning = 8*60 + 30
	case time.Friday:
		afternoon = 13*60 + 30
	}
	return minute >= morning && minute < 11*60+30 || minute >= afternoon && minute < 15*60+45
}

func TestAYearInMemory(t *testing.T) {
	s := newSimulation(simPeople, false)
	s.run()
	if got := s.broken(); len(got) > 0 {
		t.Errorf("with the gate, broken: %v", got)
	}
	sentSteps, open, unexplained := map[Step]int{}, 0, 0
	for _, p := range s.people {
		for _, task := range p.tasks {
			for _, r := range s.g.Ladder(task.owed, p.Diary, at("2027-12-31 23:00")) {
				open++
				switch {
				case r.Reason == StepSent:
					sentSteps[r.Step]++
				case r.Reason == Missed && task.why[r.Step] == Free, r.Reason == Free, r.Reason == StepDue:
					unexplained++
				}
			}
		}
	}
	if unexplained > 0 {
		t.Errorf("%d of %d steps have neither gone nor a reason", unexplained, open)
	}
	total := 0
	for _, p := range s.people {
		total += len(p.log)
	}
	t.Logf("%d messages to %d people, steps %v, decisions %v", total, simPeople, sentSteps, s.reasons)
	for _, r := range []Reason{Allowed, Asked, SameDay, OutsideHours, OnHoliday, OnCollectiveLeave, OnLeave, CapDay, CapWeek, CapDeadlineWeek,
		Yields, ReplacedByNote, TaskToday, Unreachable, Muted, SnoozedUntil, SnoozedOut, Reminded, NudgeCoolDown, Finished, EmptyDigest} {
		if s.reasons[r] == 0 {
			t.Errorf("the year never met %q", r)
		}
	}
	if sentSteps[StepInvitation] < simPeople*3*9/10 {
		t.Errorf("only %d invitations went", sentSteps[StepInvitation])
	}
}

// TestAYearWithoutTheGate shows that the caps are kept by the gate and not by luck.
func TestAYearWithoutTheGate(t *testing.T) {
	s := newSimulation(simPeople/10, true)
	s.run()
	broken := s.broken()
	for _, what := range []string{"day", "week", "hours", "free days", "leave", "reminders", "service at night", "unreachable"} {
		if broken[what] == 0 {
			t.Errorf("without the gate %q is not broken: %v", what, broken)
		}
	}
}
