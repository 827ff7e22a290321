package outreach

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// standing writes a ladder, one line a step: name, when, reason.
func standing(rungs []Rung) []string {
	var all []string
	for _, r := range rungs {
		all = append(all, string(r.Step)+" "+show(r.From)+" "+string(r.Reason))
	}
	return all
}

// january is a task of 14 days: Monday, 11 January to the end of Friday, 22.
func january(change func(*Owed)) Owed {
	o := Owed{Opens: at("2027-01-11 00:00"), Due: at("2027-01-23 00:00"), State: TaskOpen, Sent: map[Step]time.Time{}}
	if change != nil {
		change(&o)
	}
	return o
}

func did(steps ...any) func(*Owed) {
	return func(o *Owed) {
		for i := 0; i < len(steps); i += 2 {
			o.Sent[steps[i].(Step)] = at(steps[i+1].(string))
		}
	}
}

func both(changes ...func(*Owed)) func(*Owed) {
	return func(o *Owed) {
		for _, change := range changes {
			change(o)
		}
	}
}

func state(s State) func(*Owed) { return func(o *Owed) { o.State = s } }
func span(opens, due string) func(*Owed) {
	return func(o *Owed) { o.Opens, o.Due = at(opens), at(due) }
}

func TestLadder(t *testing.T) {
	invited := did(StepInvitation, "2027-01-11 08:30")
	tests := []struct {
		name  string
		owed  Owed
		diary Diary
		now   string
		want  [4]string // the messages
	}{
		{"before it opens", january(nil), Diary{}, "2027-01-10 12:00", [4]string{
			"2027-01-11 08:30 not_yet", "2027-01-13 07:45 not_yet", "2027-01-18 08:30 not_started", "2027-01-21 07:45 not_yet"}},
		{"day 0", january(nil), Diary{}, "2027-01-11 08:30", [4]string{
			"2027-01-11 08:30 due", "2027-01-13 07:45 not_yet", "2027-01-18 08:30 not_started", "2027-01-21 07:45 not_yet"}},
		{"working day 2", january(invited), Diary{}, "2027-01-13 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 due", "2027-01-18 08:30 not_started", "2027-01-21 07:45 not_yet"}},
		{"T-5 is a Sunday and moves; the first reminder was missed", january(both(invited, state(TaskStarted))), Diary{}, "2027-01-18 08:30", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 missed", "2027-01-18 08:30 due", "2027-01-21 07:45 not_yet"}},
		{"who has not started has the first reminder until T-1", january(invited), Diary{}, "2027-01-20 09:00", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 due", "2027-01-18 08:30 not_started", "2027-01-21 07:45 not_yet"}},
		{"T-1", january(both(invited, did(StepFirst, "2027-01-13 07:45"))), Diary{}, "2027-01-21 09:00", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 sent", "2027-01-18 08:30 not_started", "2027-01-21 07:45 due"}},
		{"over", january(both(invited, state(TaskStarted))), Diary{}, "2027-01-23 00:00", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 missed", "2027-01-18 08:30 missed", "2027-01-21 07:45 missed"}},
		{"done after the invitation", january(both(invited, state(TaskDone))), Diary{}, "2027-01-13 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 finished", "2027-01-18 08:30 finished", "2027-01-21 07:45 finished"}},
		{"excused", january(state(TaskExcused)), Diary{}, "2027-01-13 07:45", [4]string{
			"2027-01-11 08:30 released", "2027-01-13 07:45 released", "2027-01-18 08:30 released", "2027-01-21 07:45 released"}},
		{"put off twice", january(both(invited, func(o *Owed) { o.Snoozes = 2 })), Diary{}, "2027-01-13 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 snoozed_out", "2027-01-18 08:30 snoozed_out", "2027-01-21 07:45 snoozed_out"}},
		{"opened alone: only the last one", january(both(invited, state(TaskStarted), func(o *Owed) { o.Alone = true })), Diary{}, "2027-01-13 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 opens_alone", "2027-01-18 08:30 opens_alone", "2027-01-21 07:45 not_yet"}},
		{"a supervisor has used the three", january(both(invited, func(o *Owed) { o.Reminders = 3 })), Diary{}, "2027-01-21 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 07:45 reminders_spent", "2027-01-18 08:30 reminders_spent", "2027-01-21 07:45 reminders_spent"}},
		{"linked late: invited first, then counted from there", january(did(StepInvitation, "2027-01-15 10:00")), Diary{}, "2027-01-19 08:00", [4]string{
			"2027-01-15 10:00 sent", "2027-01-19 07:45 due", "2027-01-18 08:30 not_started", "2027-01-21 07:45 not_yet"}},
		{"not invited yet: no reminder", january(state(TaskStarted)), Diary{}, "2027-01-18 09:00", [4]string{
			"2027-01-11 08:30 due", "2027-01-13 07:45 missed", "2027-01-18 08:30 not_invited", "2027-01-21 07:45 not_yet"}},
		{"never invited: the last reminder comes alone", january(nil), Diary{}, "2027-01-21 08:00", [4]string{
			"2027-01-11 08:30 missed", "2027-01-13 07:45 missed", "2027-01-18 08:30 not_started", "2027-01-21 07:45 due"}},
		{"own hour", january(nil), Diary{Hour: At(19, 0)}, "2027-01-11 08:30", [4]string{
			"2027-01-11 19:00 not_yet", "2027-01-13 19:00 not_yet", "2027-01-18 19:00 not_started", "2027-01-21 19:00 not_yet"}},
		{"leave over T-1", january(both(invited, did(StepFirst, "2027-01-13 08:00"))), Diary{Leave: days("2027-01-20/2027-01-21")}, "2027-01-22 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-13 08:00 sent", "2027-01-18 08:30 not_started", "2027-01-22 07:45 due"}},
		{"leave until after the deadline", january(both(invited, state(TaskStarted))), Diary{Leave: days("2027-01-12/2027-01-31")}, "2027-01-21 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-23 00:00 leave", "2027-01-23 00:00 leave", "2027-01-23 00:00 leave"}},
		{"back on T-1: everything before is overtaken", january(both(invited, state(TaskStarted))), Diary{Leave: days("2027-01-12/2027-01-20")}, "2027-01-21 07:45", [4]string{
			"2027-01-11 08:30 sent", "2027-01-21 07:45 overtaken", "2027-01-21 07:45 overtaken", "2027-01-21 07:45 due"}},
	}
	g := shipped()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			for i, step := range []Step{StepInvitation, StepFirst, StepSecond, StepLast} {
				want = append(want, string(step)+" "+tt.want[i])
			}
			if diff := cmp.Diff(want, standing(g.Ladder(tt.owed, tt.diary, at(tt.now))[:4])); diff != "" {
				t.Errorf("Ladder(%s) (-want +got):\n%s", tt.now, diff)
			}
		})
	}
}

func TestLadderOfOddTasks(t *testing.T) {
	tests := []struct {
		name  string
		owed  Owed
		diary Diary
		want  [4]string
	}{
		{"one day", january(span("2027-01-11 00:00", "2027-01-12 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-12 00:00 after_due", "2027-01-11 08:30 overtaken", "2027-01-11 08:30 overtaken"}},
		{"two days", january(span("2027-01-11 00:00", "2027-01-13 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 00:00 after_due", "2027-01-11 08:30 overtaken", "2027-01-11 08:30 overtaken"}},
		{"four days", january(span("2027-01-11 00:00", "2027-01-15 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45 overtaken", "2027-01-11 08:30 overtaken", "2027-01-13 07:45"}},
		{"a week", january(span("2027-01-11 00:00", "2027-01-19 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45 overtaken", "2027-01-13 07:45", "2027-01-18 08:30"}},
		{"the deadline is a Monday: T-1 goes in its morning", january(span("2027-01-11 00:00", "2027-01-26 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45", "2027-01-20 07:45", "2027-01-25 08:30"}},
		{"the deadline is a Monday at eight: too late for it", january(span("2027-01-11 00:00", "2027-01-25 08:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45", "2027-01-20 07:45", "2027-01-25 08:00 after_due"}},
		{"on a Saturday, unmoved: T-1 is the Friday", january(span("2027-01-11 00:00", "2027-01-24 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45", "2027-01-18 08:30", "2027-01-22 07:45"}},
		{"on a Sunday, unmoved: no T-1", january(span("2027-01-11 00:00", "2027-01-25 00:00")), Diary{}, [4]string{
			"2027-01-11 08:30", "2027-01-13 07:45", "2027-01-19 07:45", "2027-01-25 00:00 after_due"}},
		{"over Idulfitri: T-5 and T-1 meet on the day after", january(span("2027-03-01 00:00", "2027-03-17 00:00")), Diary{}, [4]string{
			"2027-03-01 08:30", "2027-03-03 08:15", "2027-03-16 07:45 overtaken", "2027-03-16 07:45"}},
		{"it opens in the middle of Idulfitri", january(span("2027-03-09 00:00", "2027-03-27 00:00")), Diary{}, [4]string{
			"2027-03-16 07:45", "2027-03-17 07:45", "2027-03-22 08:30", "2027-03-27 00:00 after_due"}},
		{"it opens in the afternoon", january(span("2027-01-11 14:00", "2027-01-23 00:00")), Diary{}, [4]string{
			"2027-01-11 14:00", "2027-01-13 07:45", "2027-01-18 08:30", "2027-01-21 07:45"}},
		{"six days a week", january(span("2027-01-15 00:00", "2027-01-30 00:00")), Diary{Week: SixDays()}, [4]string{
			"2027-01-15 07:45", "2027-01-18 08:30", "2027-01-25 08:30", "2027-01-28 07:45"}},
		{"nearly all in a year without calendar", january(span("2027-12-30 00:00", "2028-01-15 00:00")), Diary{}, [4]string{
			"2027-12-30 07:45", "2028-01-15 00:00 after_due", "2028-01-15 00:00 after_due", "2028-01-15 00:00 after_due"}},
	}
	g := shipped()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.owed
			o.Answered = 3 // so that every step counts
			var got [4]string
			for i, r := range g.Ladder(o, tt.diary, o.Opens.AddDate(0, 0, -1))[:4] {
				got[i] = strings.TrimSuffix(show(r.From)+" "+string(r.Reason), " not_yet")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Ladder(%s to %s) (-want +got):\n%s", show(o.Opens), show(o.Due), diff)
			}
		})
	}
}

func TestEscalation(t *testing.T) {
	listed := did(StepSupervisorList, "2027-01-25 09:00")
	nameless := func(o *Owed) { o.Anonymous = true }
	tests := []struct {
		name string
		owed Owed
		now  string
		want string
	}{
		{"before the deadline", january(nil), "2027-01-22 23:59", "not_yet not_yet not_yet"},
		{"put off twice: not sooner", january(func(o *Owed) { o.Snoozes = 2 }), "2027-01-22 23:59", "not_yet not_yet not_yet"},
		{"T+1", january(nil), "2027-01-23 00:00", "due not_yet not_yet"},
		{"T+8", january(listed), "2027-01-30 00:00", "sent due not_yet"},
		{"asleep until T+8", january(nil), "2027-01-30 00:00", "due due not_yet"},
		{"T+15", january(both(listed, did(StepHRBoard, "2027-02-01 09:00"))), "2027-02-06 00:00", "sent sent due"},
		{"closed", january(both(listed, state(TaskExpired))), "2027-02-07 00:00", "sent closed closed"},
		{"done in time", january(state(TaskDone)), "2027-01-23 00:00", "finished finished finished"},
		{"anonymous", january(nameless), "2027-01-30 00:00", "anonymous anonymous not_yet"},
		{"anonymous, closed all the same", january(nameless), "2027-02-06 00:00", "anonymous anonymous due"},
	}
	g := shipped()
	for _, tt := range tests {
		var got []string
		for _, r := range g.Ladder(tt.owed, Diary{}, at(tt.now))[4:] {
			got = append(got, string(r.Reason))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}

// dueSteps returns the rungs that are due, in their order.
func dueSteps(rungs []Rung) []Rung {
	var due []Rung
	for _, r := range rungs {
		if r.Reason == StepDue {
			due = append(due, r)
		}
	}
	return due
}

func TestDueStepsAndCandidates(t *testing.T) {
	g := shipped()
	due := dueSteps(g.Ladder(january(did(StepInvitation, "2027-01-11 08:30")), Diary{}, at("2027-01-13 08:00")))
	if len(due) != 1 || due[0].Step != StepFirst || !due[0].Silent {
		t.Fatalf("dueSteps() = %+v, want the first reminder, silent", due)
	}
	want := Candidate{Class: Prompt, Kind: Reminder, Task: 7, NotBefore: at("2027-01-13 07:45"), Expires: at("2027-01-21 07:45")}
	if diff := cmp.Diff(want, due[0].Candidate(7)); diff != "" {
		t.Errorf("Candidate() (-want +got):\n%s", diff)
	}
	due = dueSteps(g.Ladder(january(nil), Diary{}, at("2027-01-11 08:30")))
	if len(due) != 1 || due[0].Candidate(7).Kind != Invitation {
		t.Errorf("dueSteps() = %+v, want the invitation", due)
	}
}

// TestLadderProperties: seven steps, each with a reason; at most one message at a
// time; each message in a window, after the task opens and before the deadline,
// on a later day than the one before; and whoever follows the ladder day by
// day gets no more than three reminders.
func TestLadderProperties(t *testing.T) {
	g := shipped()
	rapid.Check(t, func(t *rapid.T) {
		opens := at("2026-01-05 00:00").AddDate(0, 0, rapid.IntRange(0, 650).Draw(t, "opens"))
		o := Owed{Opens: opens, Due: opens.AddDate(0, 0, rapid.IntRange(1, 60).Draw(t, "days")), State: TaskOpen, Sent: map[Step]time.Time{}}
		d := anyDiary(t)
		startsOn := rapid.IntRange(0, 80).Draw(t, "starts on")
		var gone []time.Time
		for i := range 80 * 2 {
			now := opens.Add(time.Duration(i) * 12 * time.Hour).Add(9 * time.Hour)
			if i/2 == startsOn {
				o.State = TaskStarted
			}
			rungs := g.Ladder(o, d, now)
			if len(rungs) != 7 {
				t.Fatalf("%d steps", len(rungs))
			}
			messages := 0
			for _, r := range dueSteps(rungs) {
				if r.Until.IsZero() {
					continue
				}
				if messages++; messages > 1 || !now.Before(o.Due) || now.Before(r.From) || !r.From.Before(r.Until) {
					t.Fatalf("%+v is due at %s, with %d others; the deadline is %s", r, show(now), messages-1, show(o.Due))
				}
				if next, ok := g.Calendar.Next(Prompt, now, d); ok && next.Equal(now) {
					o.Sent[r.Step] = now
					gone = append(gone, now)
					if r.Step != StepInvitation {
						o.Reminders++
					}
				}
			}
			for _, r := range rungs {
				if r.Reason == Free {
					t.Fatalf("%+v has no reason", r)
				}
			}
		}
		if o.Reminders > 3 {
			t.Fatalf("%d reminders", o.Reminders)
		}
		for i, when := range gone {
			if i > 0 && g.Calendar.Day(when) <= g.Calendar.Day(gone[i-1]) {
				t.Fatalf("%s after %s", show(when), show(gone[i-1]))
			}
		}
	})
}

func TestSnoozeOptions(t *testing.T) {
	tests := []struct {
		name  string
		now   string
		due   string
		diary Diary
		want  string
	}{
		{"Tuesday morning", "2027-01-12 09:00", "", Diary{}, "afternoon 2027-01-12 15:00, tomorrow 2027-01-13 07:45, monday 2027-01-18 08:30"},
		{"half an hour before the afternoon", "2027-01-12 14:30", "", Diary{}, "afternoon 2027-01-12 15:00, tomorrow 2027-01-13 07:45, monday 2027-01-18 08:30"},
		{"too near", "2027-01-12 14:31", "", Diary{}, "tomorrow 2027-01-13 07:45, monday 2027-01-18 08:30"},
		{"Ramadan", "2027-02-09 09:00", "", Diary{}, "afternoon 2027-02-09 14:00, tomorrow 2027-02-10 08:15, monday 2027-02-15 08:30"},
		{"Friday: tomorrow is Monday, and called so", "2027-01-15 09:00", "", Diary{}, "afternoon 2027-01-15 15:00, monday 2027-01-18 08:30"},
		{"Friday, six days", "2027-01-15 09:00", "", Diary{Week: SixDays()}, "afternoon 2027-01-15 15:00, tomorrow 2027-01-16 07:45, monday 2027-01-18 08:30"},
		{"Sunday: tomorrow is Monday", "2027-01-17 20:00", "", Diary{}, "tomorrow 2027-01-18 08:30"},
		{"before Idulfitri: no name is true", "2027-03-05 16:00", "", Diary{}, "tomorrow 2027-03-16 07:45 moved"},
		{"a free Monday", "2027-05-12 16:00", "", Diary{}, "tomorrow 2027-05-13 07:45, monday 2027-05-21 07:45 moved"},
		{"the day before the deadline", "2027-01-21 09:00", "2027-01-23 00:00", Diary{}, "afternoon 2027-01-21 15:00, tomorrow 2027-01-22 07:45"},
		{"the last evening", "2027-01-22 16:00", "2027-01-23 00:00", Diary{}, ""},
		{"own hour", "2027-01-12 09:00", "", Diary{Hour: At(19, 0)}, "afternoon 2027-01-12 15:00, tomorrow 2027-01-13 19:00, monday 2027-01-18 19:00"},
		{"leave tomorrow", "2027-01-12 16:00", "", Diary{Leave: days("2027-01-13/2027-01-14")}, "tomorrow 2027-01-15 07:45 moved, monday 2027-01-18 08:30"},
		{"the end of the calendar", "2027-12-31 16:00", "", Diary{}, ""},
	}
	g := shipped()
	for _, tt := range tests {
		var due time.Time
		if tt.due != "" {
			due = at(tt.due)
		}
		var got []string
		for _, o := range g.SnoozeOptions(at(tt.now), due, tt.diary) {
			s := string(o.Choice) + " " + show(o.At)
			if o.Moved {
				s += " moved"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: SnoozeOptions(%s) = %s, want %s", tt.name, tt.now, s, tt.want)
		}
	}
}

func TestSnoozeProperties(t *testing.T) {
	g := shipped()
	rapid.Check(t, func(t *rapid.T) {
		now, d := anyTime(t), anyDiary(t)
		due := now.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(t, "due")) * time.Hour)
		last := now
		for _, o := range g.SnoozeOptions(now, due, d) {
			if !o.At.After(last) || !o.At.Before(due) {
				t.Fatalf("%+v at %s, due %s", o, show(now), show(due))
			}
			if next, ok := g.Calendar.Next(Service, o.At, d); !ok || !next.Equal(o.At) {
				t.Fatalf("%s is at night", show(o.At))
			}
			last = o.At
		}
	})
}
