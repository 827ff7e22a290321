package outreach

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// linked is somebody who can be written to.
func linked(messages ...Message) Person {
	return Person{Linked: true, Reachable: true, Messages: messages}
}

func sent(class Class, kind Kind, when string) Message {
	return Message{ID: 1, Class: class, Kind: kind, At: at(when), State: Sent}
}

func with(m Message, change func(*Message)) Message {
	change(&m)
	return m
}

func queued(m Message) Message { m.State = Queued; return m }
func held(m Message) Message   { m.State = Held; return m }

// decision writes a decision as "hold cap_day 2027-01-13 07:45".
func decision(d Decision) string {
	s := string(d.Action) + " " + string(d.Reason)
	if !d.At.IsZero() {
		s += " " + show(d.At)
	}
	return s
}

type gateCase struct {
	name string
	who  Person
	what Candidate
	now  string
	want string
}

func runGate(t *testing.T, tests []gateCase) {
	t.Helper()
	g := shipped()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := decision(g.Decide(tt.who, tt.what, at(tt.now))); got != tt.want {
				t.Errorf("Decide(%+v, %+v, %s) = %s, want %s", tt.who, tt.what, tt.now, got, tt.want)
			}
		})
	}
}

// Tuesday, 12 January 2027, 09:00, is an ordinary moment.
const tuesday = "2027-01-12 09:00"

func prompt(kind Kind) Candidate { return Candidate{Class: Prompt, Kind: kind} }

func TestDecideClasses(t *testing.T) {
	news := Candidate{Class: Broadcast, Kind: Announcement}
	late := linked(sent(Prompt, Reminder, "2027-01-12 08:00"))
	runGate(t, []gateCase{
		{"a prompt", linked(), prompt(Reminder), tuesday, "send allowed"},
		{"a reply at night, to whom nothing is known", Person{}, Candidate{Class: Reply}, "2027-03-10 03:00", "send reply"},
		{"no account", Person{Reachable: true}, prompt(Reminder), tuesday, "drop not_linked"},
		{"blocked", Person{Linked: true}, prompt(Reminder), tuesday, "drop unreachable"},
		{"a service by day, the budget is spent", late, Candidate{Class: Service}, tuesday, "send asked"},
		{"a service on a holiday", linked(), Candidate{Class: Service}, "2027-03-10 10:00", "send asked"},
		{"a service at night", linked(), Candidate{Class: Service}, "2027-03-10 22:00", "hold outside_hours 2027-03-11 06:00"},
		{"an announcement", linked(), news, tuesday, "send allowed"},
		{"an announcement, the budget is spent", late, news, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"an announcement that expires today", late, Candidate{Class: Broadcast, Expires: at("2027-01-12 15:45")}, tuesday, "drop cap_day"},
		{"expired", linked(), Candidate{Class: Prompt, Expires: at(tuesday)}, tuesday, "drop expired"},
		{"a reply that expired", linked(), Candidate{Class: Reply, Expires: at(tuesday)}, tuesday, "drop expired"},
		{"a class without rules", linked(), Candidate{Class: "spam"}, tuesday, "drop unknown_class"},
	})
}

func TestDecideWindows(t *testing.T) {
	away := linked()
	away.Diary.Leave = days("2027-01-11/2027-01-15")
	evening := linked()
	evening.Diary.Hour = At(19, 0)
	gone := linked()
	gone.Diary.Leave = days("2027-01-01/2027-12-31")
	early := prompt(Summary)
	early.NotBefore = at("2027-01-12 09:30")
	runGate(t, []gateCase{
		{"lunch", linked(), prompt(Reminder), "2027-01-12 12:00", "hold outside_hours 2027-01-12 13:15"},
		{"it expires when the next window opens", linked(), Candidate{Class: Prompt, Expires: at("2027-01-12 13:15")}, "2027-01-12 12:00", "drop outside_hours"},
		{"it expires a minute later", linked(), Candidate{Class: Prompt, Expires: at("2027-01-12 13:16")}, "2027-01-12 12:00", "hold outside_hours 2027-01-12 13:15"},
		{"Friday prayers", linked(), prompt(Reminder), "2027-01-15 12:00", "hold outside_hours 2027-01-15 13:30"},
		{"apel", linked(), prompt(Reminder), "2027-01-11 08:00", "hold outside_hours 2027-01-11 08:30"},
		{"weekend", linked(), prompt(Reminder), "2027-01-16 09:00", "hold day_off 2027-01-18 08:30"},
		{"a holiday", linked(), prompt(Reminder), "2027-01-05 09:00", "hold holiday 2027-01-06 07:45"},
		{"collective leave before Idulfitri", linked(), prompt(Reminder), "2027-03-09 09:00", "hold collective_leave 2027-03-16 07:45"},
		{"leave", away, prompt(Reminder), tuesday, "hold leave 2027-01-18 08:30"},
		{"leave for longer than the matter lives", away, Candidate{Class: Prompt, Expires: at("2027-01-16 00:00")}, tuesday, "drop leave"},
		{"the whole year", gone, prompt(Reminder), tuesday, "hold leave 2027-01-13 00:00"},
		{"own hour", evening, prompt(Reminder), tuesday, "hold outside_hours 2027-01-12 19:00"},
		{"at the own hour", evening, prompt(Reminder), "2027-01-12 19:30", "send allowed"},
		{"before its time", linked(), early, tuesday, "hold too_early 2027-01-12 09:30"},
		{"a year without calendar", linked(), prompt(Reminder), "2028-01-04 09:00", "hold calendar_missing 2028-01-05 00:00"},
		{"the evening before it", linked(), prompt(Reminder), "2027-12-31 16:00", "hold outside_hours 2028-01-01 00:00"},
	})
}

func TestDecideCaps(t *testing.T) {
	monday, friday := sent(Prompt, Nudge, "2027-01-11 09:00"), sent(Broadcast, Announcement, "2027-01-08 09:00")
	deadline := func(messages ...Message) Person {
		p := linked(messages...)
		p.Tasks = []TaskState{{ID: 7, State: TaskOpen, Due: at("2027-01-16 00:00")}}
		return p
	}
	done := deadline(monday, friday)
	done.Tasks[0].State = TaskDone
	runGate(t, []gateCase{
		{"one a day", linked(sent(Prompt, Nudge, "2027-01-12 07:50")), prompt(Reminder), tuesday, "hold cap_day 2027-01-13 07:45"},
		{"replies and services count in no cap", linked(sent(Service, Snoozed, tuesday), sent(Reply, "", tuesday)), prompt(Reminder), tuesday, "send allowed"},
		{"two a week: free when the older is seven days old", linked(monday, friday), prompt(Reminder), tuesday, "hold cap_week 2027-01-15 07:45"},
		{"seven days later", linked(monday, friday), prompt(Reminder), "2027-01-15 07:45", "send allowed"},
		{"three in the week of a deadline", deadline(monday, friday), prompt(Reminder), tuesday, "send allowed"},
		{"not four", deadline(monday, friday, sent(Prompt, Nudge, "2027-01-07 09:00")), prompt(Reminder), tuesday, "hold cap_deadline_week 2027-01-14 07:45"},
		{"a task that is done has no deadline", done, prompt(Reminder), tuesday, "hold cap_week 2027-01-15 07:45"},
		{"what the sender has counts", linked(queued(sent(Broadcast, Announcement, "2027-01-12 08:00"))), prompt(Reminder), tuesday, "hold cap_day 2027-01-13 07:45"},
		{"an announcement that waits for today goes first", linked(held(sent(Broadcast, Announcement, "2027-01-12 13:15"))), prompt(Reminder), tuesday, "hold yields 2027-01-13 07:45"},
		{"an announcement that waits for this week goes first", linked(friday, held(sent(Broadcast, Announcement, "2027-01-14 13:15"))), prompt(Reminder), tuesday, "hold yields 2027-01-15 07:45"},
		{"announcements do not yield to each other", linked(held(sent(Broadcast, Announcement, "2027-01-12 13:15"))), Candidate{Class: Broadcast}, tuesday, "send allowed"},
		{"a prompt that waits holds nobody up", linked(held(sent(Prompt, Nudge, "2027-01-12 13:15"))), prompt(Reminder), tuesday, "send allowed"},
	})
}

func TestDecideMerge(t *testing.T) {
	note := queued(with(sent(Prompt, Nudge, "2027-01-12 08:50"), func(m *Message) { m.ID, m.Tasks = 42, []int64{7} }))
	full := with(note, func(m *Message) { m.Parts = 2 })
	spent := []Message{sent(Prompt, Nudge, "2027-01-08 09:00"), note}
	about := Candidate{Class: Prompt, Kind: Reminder, Task: 8}
	runGate(t, []gateCase{
		{"two matters of a day", linked(note), about, tuesday, "merge same_day"},
		{"a merged message is no second one for the week", linked(spent...), about, tuesday, "merge same_day"},
		{"not three", linked(full), about, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"not what has gone", linked(with(note, func(m *Message) { m.State = Sent })), about, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"not the same task twice", linked(note), Candidate{Class: Prompt, Kind: Reminder, Task: 7}, tuesday, "hold task_today 2027-01-13 07:45"},
		{"announcements stand alone", linked(note), Candidate{Class: Broadcast}, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"not a note a summary", linked(with(note, func(m *Message) { m.Kind = Summary })), Candidate{Class: Prompt, Kind: Note}, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"not the reminder of an evaluation", linked(note), Candidate{Class: Prompt, Kind: EvaluationReminder, Task: 8}, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"nothing the reminder of an evaluation", linked(with(note, func(m *Message) { m.Kind = EvaluationReminder })), about, tuesday, "hold cap_day 2027-01-13 07:45"},
		{"not a summary anything", linked(note), Candidate{Class: Prompt, Kind: Summary}, tuesday, "hold cap_day 2027-01-13 07:45"},
	})
	if got := shipped().Decide(linked(note), about, at(tuesday)); got.With != 42 || !got.Until.Equal(at("2027-01-12 11:30")) {
		t.Errorf("Decide() = %+v, want to join 42 until the window ends", got)
	}
}

func TestDecideTasks(t *testing.T) {
	owes := func(change func(*TaskState)) Person {
		p := linked()
		p.Tasks = []TaskState{{ID: 7, State: TaskOpen, Due: at("2027-02-01 00:00")}}
		change(&p.Tasks[0])
		return p
	}
	robot := Candidate{Class: Prompt, Kind: Reminder, Task: 7}
	human := Candidate{Class: Prompt, Kind: Nudge, Task: 7}
	asked := linked(with(sent(Service, Snoozed, "2027-01-12 08:00"), func(m *Message) { m.Tasks = []int64{7} }))
	runGate(t, []gateCase{
		{"done", owes(func(s *TaskState) { s.State = TaskDone }), robot, tuesday, "drop finished"},
		{"excused", owes(func(s *TaskState) { s.State = TaskExcused }), human, tuesday, "drop released"},
		{"closed", owes(func(s *TaskState) { s.State = TaskExpired }), robot, tuesday, "drop closed"},
		{"three reminders", owes(func(s *TaskState) { s.Reminders = 3 }), robot, tuesday, "drop reminders_spent"},
		{"three reminders, and a nudge", owes(func(s *TaskState) { s.Reminders = 3 }), human, tuesday, "drop reminders_spent"},
		{"two reminders", owes(func(s *TaskState) { s.Reminders = 2 }), robot, tuesday, "send allowed"},
		{"put off twice", owes(func(s *TaskState) { s.Snoozes = 2 }), robot, tuesday, "drop snoozed_out"},
		{"put off twice, a human may still ask", owes(func(s *TaskState) { s.Snoozes = 2 }), human, tuesday, "send allowed"},
		{"put off twice: the last time still comes", owes(func(s *TaskState) { s.Snoozes = 2 }), Candidate{Class: Service, Kind: Snoozed, Task: 7}, tuesday, "send asked"},
		{"put off until Thursday", owes(func(s *TaskState) { s.SnoozedUntil = at("2027-01-14 15:00") }), robot, tuesday, "hold snoozed 2027-01-14 15:00"},
		{"seen today, because it was asked for", asked, robot, tuesday, "hold task_today 2027-01-13 07:45"},
		{"a nudge of the day before yesterday", owes(func(s *TaskState) { s.LastNudge = at("2027-01-10 00:00") }), human, tuesday, "drop nudge_cool_down 2027-01-13 00:00"},
		{"the third day, by the calendar", owes(func(s *TaskState) { s.LastNudge = at("2027-01-09 23:59") }), human, tuesday, "send allowed"},
		{"Friday afternoon and Monday morning", owes(func(s *TaskState) { s.LastNudge = at("2027-01-08 15:40") }), human, "2027-01-11 08:30", "send allowed"},
		{"the robot has no cool-down", owes(func(s *TaskState) { s.LastNudge = at("2027-01-11 09:01") }), robot, tuesday, "send allowed"},
	})
}

func TestDecidePreferences(t *testing.T) {
	paused := linked()
	paused.UnitPaused = true
	muted, silent := linked(), linked()
	muted.Mute = Mute{Until: at("2027-01-18 00:00")}
	silent.Mute = Mute{Until: at("2027-01-18 00:00"), All: true}
	news := Candidate{Class: Broadcast}
	runGate(t, []gateCase{
		{"the unit is paused", paused, prompt(Reminder), tuesday, "hold unit_paused 2027-01-13 00:00"},
		{"announcements too", paused, news, tuesday, "hold unit_paused 2027-01-13 00:00"},
		{"not what was asked for", paused, Candidate{Class: Service}, tuesday, "send asked"},
		{"a unit that is paused until the end", paused, Candidate{Class: Broadcast, Expires: at("2027-01-12 15:45")}, tuesday, "drop unit_paused"},
		{"muted this week", muted, prompt(Reminder), tuesday, "hold muted 2027-01-18 08:30"},
		{"announcements come through", muted, news, tuesday, "send allowed"},
		{"unless all are muted", silent, news, tuesday, "hold muted 2027-01-18 08:30"},
		{"what was asked for comes through", silent, Candidate{Class: Service}, tuesday, "send asked"},
	})
}

func TestDecideDigests(t *testing.T) {
	noted := func(due, opens string) Person {
		p := linked(sent(Prompt, Note, "2027-01-11 09:00"))
		p.Tasks = []TaskState{{ID: 7, State: TaskOpen, Opens: at(opens), Due: at(due)}}
		return p
	}
	robot := Candidate{Class: Prompt, Kind: Reminder, Task: 7}
	unread := func(last string) Person {
		p := linked()
		p.UnreadDigests, p.LastSummary = 4, at(last)
		return p
	}
	lebaran := linked(sent(Prompt, Note, "2027-03-01 09:00"))
	lebaran.Tasks = []TaskState{{ID: 7, State: TaskOpen, Due: at("2027-03-16 08:00")}}
	summed := linked(sent(Prompt, Summary, "2027-01-11 09:00"))
	runGate(t, []gateCase{
		{"an empty note", linked(), Candidate{Class: Prompt, Kind: Note, Empty: true}, tuesday, "drop empty_digest"},
		{"an empty summary", linked(), Candidate{Class: Prompt, Kind: Summary, Empty: true}, tuesday, "drop empty_digest"},
		{"the note replaces the week's reminders", noted("2027-02-01 00:00", "2027-01-04 00:00"), robot, tuesday, "hold in_digest 2027-01-18 08:30"},
		{"a matter that ends this week goes alone", noted("2027-01-16 00:00", "2027-01-04 00:00"), robot, tuesday, "send allowed"},
		{"also when the next note is not before it, because of Idulfitri", lebaran, robot, "2027-03-02 09:00", "send allowed"},
		{"what ends after the next note waits for it", noted("2027-01-19 00:00", "2027-01-04 00:00"), robot, tuesday, "hold in_digest 2027-01-18 08:30"},
		{"an alert that expires before the next summary", summed, Candidate{Class: Prompt, Kind: Alert, Expires: at("2027-01-18 08:59")}, tuesday, "send allowed"},
		{"so does what opened after the note", noted("2027-02-01 00:00", "2027-01-12 00:00"), robot, tuesday, "send allowed"},
		{"announcements are in no note", noted("2027-02-01 00:00", "2027-01-04 00:00"), Candidate{Class: Broadcast}, tuesday, "send allowed"},
		{"the summary replaces alerts", summed, prompt(Alert), tuesday, "hold in_digest 2027-01-18 08:30"},
		{"not the supervisor's own tasks", summed, robot, tuesday, "send allowed"},
		{"four unread, one a month is gone", unread("2027-01-04 09:00"), prompt(Summary), tuesday, "drop digest_monthly"},
		{"four unread, a new month", unread("2026-12-28 09:00"), prompt(Summary), tuesday, "send allowed"},
		{"the note of ASN stays weekly", unread("2027-01-04 09:00"), prompt(Note), tuesday, "send allowed"},
	})
}

func anyPerson(t *rapid.T, now time.Time) Person {
	p := Person{Linked: true, Reachable: true, Diary: anyDiary(t)}
	near := func(name string) time.Time {
		return now.Add(time.Duration(rapid.IntRange(-9*24*60, 10*24*60).Draw(t, name)) * time.Minute)
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "messages") {
		m := Message{ID: int64(i), At: near("at"), Tasks: []int64{int64(rapid.IntRange(0, 3).Draw(t, "task"))},
			Class: rapid.SampledFrom([]Class{Service, Prompt, Broadcast}).Draw(t, "class"),
			Kind:  rapid.SampledFrom([]Kind{Invitation, Reminder, Nudge, Note, Summary}).Draw(t, "kind"), State: Sent}
		if m.At.After(now) {
			m.State = Held
		} else if rapid.Bool().Draw(t, "queued") {
			m.State = Queued
		}
		p.Messages = append(p.Messages, m)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "tasks") {
		p.Tasks = append(p.Tasks, TaskState{ID: int64(i + 1), State: rapid.SampledFrom([]State{TaskOpen, TaskStarted, TaskDone}).Draw(t, "state"),
			Opens: near("opens"), Due: near("due"), Reminders: rapid.IntRange(0, 4).Draw(t, "reminders"),
			Snoozes: rapid.IntRange(0, 3).Draw(t, "snoozes"), SnoozedUntil: near("snoozed"), LastNudge: near("nudge")})
	}
	if rapid.Bool().Draw(t, "muted") {
		p.Mute = Mute{Until: near("mute"), All: rapid.Bool().Draw(t, "all")}
	}
	return p
}

// TestDecideProperties: what goes, goes in a window and inside the caps, counted
// here anew; what waits, waits for a moment at which it goes; every reason has a
// code; and the same question has the same answer.
func TestDecideProperties(t *testing.T) {
	g := shipped()
	known := map[Reason]bool{}
	for _, r := range Reasons() {
		known[r] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		now := anyTime(t)
		p := anyPerson(t, now)
		c := Candidate{Class: rapid.SampledFrom([]Class{Service, Prompt, Broadcast}).Draw(t, "class"), Task: int64(rapid.IntRange(0, 3).Draw(t, "task")),
			Kind: rapid.SampledFrom([]Kind{Invitation, Reminder, Nudge, Note, Summary, Alert}).Draw(t, "kind")}
		if rapid.Bool().Draw(t, "expires") {
			c.Expires = now.Add(time.Duration(rapid.IntRange(0, 10*24).Draw(t, "in")) * time.Hour)
		}
		d := g.Decide(p, c, now)
		if again := g.Decide(p, c, now); again != d {
			t.Fatalf("Decide() = %+v, and again %+v", d, again)
		}
		if !known[d.Reason] {
			t.Fatalf("reason %q has no code", d.Reason)
		}
		switch d.Action {
		case Send, Merge:
			if next, ok := g.Calendar.Next(c.Class, now, p.Diary); !ok || !next.Equal(now) || !d.Until.After(now) {
				t.Fatalf("%+v at %s, outside the windows", d, show(now))
			}
			checkCaps(t, g, p, c, d, now)
		case Hold:
			if !d.At.After(now) || !c.Expires.IsZero() && !d.At.Before(c.Expires) {
				t.Fatalf("%+v at %s, expires %s", d, show(now), show(c.Expires))
			}
			if then := g.Decide(p, c, d.At); then.Action == Hold && g.Calendar.Known(d.At.Year()) && then.Reason != OnLeave {
				t.Fatalf("%+v, and then %+v", d, then)
			}
		}
	})
}

func checkCaps(t *rapid.T, g Gate, p Person, c Candidate, d Decision, now time.Time) {
	if d.Action == Merge || c.Class == Service {
		return
	}
	today, week := 0, 0
	for _, m := range p.Messages {
		if m.State == Held || m.Class == Service {
			continue
		}
		switch days := g.Calendar.Day(now) - g.Calendar.Day(m.At); {
		case days == 0:
			today++
			week++
		case 0 < days && days < 7:
			week++
		}
	}
	if today > 0 || week > 2 || week > 1 && !g.deadlineWeek(p, g.Calendar.Day(now)) {
		t.Fatalf("%+v after %d today and %d in the week", d, today, week)
	}
}
