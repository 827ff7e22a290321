package command

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/handlers"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/storage"
)

// selfAssessment is the id of the task of a person.
func (o *office) selfAssessment(who int64) int64 {
	o.t.Helper()
	return int64(o.count(`SELECT id FROM task WHERE employee_id = $1 AND kind = 'self_assessment' ORDER BY id DESC LIMIT 1`, who))
}

// waiting lists what the sender would send to a person at now.
func (o *office) waiting(who int64, now time.Time) []string {
	o.t.Helper()
	return o.rows(`SELECT key FROM outbox WHERE chat_id = 900000 + $1::bigint AND state = 'new' AND not_before <= $2 AND expires_at > $2 ORDER BY id`, who, now)
}

// Whoever finishes, is excused or mutes while a message waits to be sent does not
// get it any more; others do, and so do other matters.
func TestWhatWaitsIsWithdrawn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
	now := at("2027-01-11 09:01")
	o.run(at("2027-01-11 09:00"), "reminders")
	alert := func(who int64) {
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, err := o.courier.Send(ctx, tx, at("2027-01-11 09:00"), courier.Message{Employee: who, Key: "alert:" + string(rune('0'+who)), Reply: replyOf("Halo."),
				Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Alert}})
			return err
		})
	}
	alert(6) // joins the invitation
	for _, who := range []int64{2, 6} {
		if err := o.finish(who, now); err != nil {
			t.Fatal(err)
		}
	}
	mute := func(who int64, until string) {
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			return tx.SetPreferences(ctx, who, courier.Preferences{MutedUntil: at(until)}, now)
		})
	}
	mute(3, "2028-01-01 00:00")
	mute(4, "2027-01-18 09:01")
	o.tx(func(ctx context.Context, tx *storage.Tx) error { return tx.ExcuseSelf(ctx, 5, "leave", 1, now) })
	for who, want := range map[int64]string{2: "drop finished", 3: "drop muted", 4: "hold muted", 5: "drop released", 6: "send allowed", 7: "send allowed"} {
		got := o.rows(`SELECT action || ' ' || reason FROM notice WHERE employee_id = $1 AND step = 'invitation'`, who)[0]
		if left := len(o.waiting(who, at("2027-01-11 09:10"))); got != want || (left > 0) != strings.HasPrefix(want, "send") {
			t.Errorf("employee %d: %s, %d messages wait, want %s", who, got, left, want)
		}
	}
	if n := o.count(`SELECT count(*) FROM outbox WHERE state = 'cancelled' AND payload IS NULL`); n != 4 {
		t.Errorf("%d messages are cancelled and empty, want 4", n)
	}
	o.send(at("2027-01-11 09:10"))
	o.run(at("2027-01-18 09:05"), "reminders") // the silence of a week is over
	if got := o.waiting(4, at("2027-01-18 09:05")); len(got) != 1 || !strings.HasPrefix(got[0], "n:ladder") {
		t.Errorf("after the silence waits %v, want the invitation", got)
	}
}

// finish sends the self-assessment of a person.
func (o *office) finish(who int64, now time.Time) error {
	ctx := context.Background()
	return o.db.InTx(ctx, func(tx *storage.Tx) error {
		tk, err := tx.PaperTask(ctx, who)
		if err != nil {
			return err
		}
		return tx.Submit(ctx, tk, questionnaire.Answers{"x": "3"}, now)
	})
}

// A job that is at work while a person presses Kirim queues a message that neither of
// the two can take back: the job has read the task before, and the press does not see
// what is not committed. The sender looks at the task and drops it.
func TestKirimWhileAJobIsAtWork(t *testing.T) {
	t.Parallel()
	now := at("2027-01-12 09:00")
	for name, interleaved := range map[string]func(t *testing.T, o *office){
		"the press is committed first": func(t *testing.T, o *office) {
			o.tx(func(ctx context.Context, tx *storage.Tx) error {
				n, err := o.reminder.Nudge(ctx, tx, now, personnel.Employee{ID: 1, Name: "Pegawai 0"}, []int64{o.selfAssessment(2), o.selfAssessment(3)})
				if n.Sent != 2 {
					t.Errorf("nudged: %+v", n)
				}
				if err := o.finish(2, now); err != nil {
					t.Error(err)
				}
				return err
			})
		},
		"the press waits for the job": func(t *testing.T, o *office) {
			done := make(chan error, 1)
			o.tx(func(ctx context.Context, tx *storage.Tx) error {
				if _, err := o.reminder.Climb(ctx, tx, now, 100); err != nil {
					return err
				}
				go func() { done <- o.finish(2, now) }()
				for o.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 0 {
					time.Sleep(5 * time.Millisecond)
				}
				return nil
			})
			if err := <-done; err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, nil)
			o.people(3)
			o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
			interleaved(t, o)
			if n := len(o.waiting(2, now)); n != 1 {
				t.Fatalf("%d messages are queued for who has finished, want 1: the test shows nothing", n)
			}
			rows, err := o.db.Claim(t.Context(), 1, dialog.LaneBulk, 100, now)
			if err != nil {
				t.Fatal(err)
			}
			to := map[int64]int{}
			for _, r := range rows {
				to[r.ChatID]++
			}
			if to[900002] != 0 || to[900003] != 1 {
				t.Errorf("the sender gets messages to %v, want one to 900003 and none to 900002", to)
			}
			if got := o.rows(`SELECT n.action || ' ' || n.reason || ' ' || o.state || ' ' || (o.payload IS NULL) FROM notice n JOIN outbox o ON o.key = n.outbox_key
				WHERE n.employee_id = 2 AND n.class = 'prompt'`); len(got) != 1 || got[0] != "drop finished cancelled true" {
				t.Errorf("of who has finished is stored %v", got)
			}
		})
	}
}

// What a message waited for stays its reason when it is looked at in the night after:
// the hour kept it for a few minutes, the pause of the unit for days.
func TestNightIsNotTheReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(3)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
	o.exec(`INSERT INTO unit_pause (unit_id, paused_at, people, muted, blocked) SELECT id, $1, 3, 3, 0 FROM unit`, at("2027-01-11 08:00"))
	o.tx(func(ctx context.Context, tx *storage.Tx) error { // over before the pause has an end and the hour comes
		_, err := o.courier.Send(ctx, tx, at("2027-01-11 09:00"), courier.Message{Employee: 2, Key: "short", Reply: replyOf("Halo."),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Alert, Expires: at("2027-01-12 07:45")}})
		return err
	})
	for _, look := range []struct{ at, want string }{
		{"2027-01-11 09:00", "hold unit_paused"}, {"2027-01-12 02:00", "hold unit_paused"}, {"2027-01-12 08:30", "send allowed"},
	} {
		o.run(at(look.at), "reminders")
		o.exec(`UPDATE unit_pause SET resumed_at = $1 WHERE resumed_at IS NULL`, at("2027-01-11 18:00"))
		if got := o.rows(`SELECT DISTINCT action || ' ' || reason FROM notice WHERE step = 'invitation'`); len(got) != 1 || got[0] != look.want {
			t.Errorf("at %s the invitations are %v, want %s", look.at, got, look.want)
		}
	}
	if got := o.rows(`SELECT action || ' ' || reason FROM notice WHERE key = 'short'`); len(got) != 1 || got[0] != "drop unit_paused" {
		t.Errorf("what ended in the pause is %v, want drop unit_paused", got)
	}
}

// rowLocks is a transaction that tells which call comes when.
type rowLocks struct {
	*storage.Tx
	calls *[]string
}

func (l rowLocks) Enqueue(ctx context.Context, rows []dialog.Outgoing) error {
	*l.calls = append(*l.calls, "queue")
	return l.Tx.Enqueue(ctx, rows)
}

func (l rowLocks) SetLadders(ctx context.Context, tasks []int64, next []time.Time) error {
	*l.calls = append(*l.calls, "lock")
	return l.Tx.SetLadders(ctx, tasks, next)
}

// A long run of the ladder takes the rows of tasks last: who answers meanwhile does
// not wait for it from its first part on.
func TestLadderLocksTasksLast(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(510) // more than one part
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
	var calls []string
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := o.reminder.Climb(ctx, rowLocks{tx, &calls}, at("2027-01-12 09:00"), 10_000)
		return err
	})
	if got := strings.Join(calls, " "); got != "queue queue lock lock" {
		t.Errorf("the run does %q, want the rows of tasks last", got)
	}
}

// When a period is closed, what waits to be sent about it is taken back; what is about
// something else, or also about something else, goes.
func TestWhatWaitsEndsWithThePeriod(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(6)
	o.exec(`UPDATE employee SET supervisor_id = NULL`)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-24")
	nine := at("2027-01-11 09:00")
	o.run(nine, "reminders")
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := o.courier.Send(ctx, tx, nine, courier.Message{Employee: 3, Key: "alert:3", Reply: replyOf("Halo."),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Alert}}) // joins the invitation
		return err
	})
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, nine.Add(time.Minute))
		return err
	})
	for who, want := range map[int64]int{2: 0, 3: 1, 4: 0} {
		if got := o.waiting(who, nine.Add(time.Minute)); len(got) != want {
			t.Errorf("after the period was closed %v waits for employee %d, want %d", got, who, want)
		}
	}
	if got := o.rows(`SELECT DISTINCT action || ' ' || reason FROM notice WHERE employee_id IN (2, 4)`); len(got) != 1 || got[0] != "drop closed" {
		t.Errorf("the invitations are %v, want drop closed", got)
	}
}

// A nudge that waits for Monday does not go in the name of who leads the person no
// longer, and speaks of Monday when it goes.
func TestNudgeOfAFormerSuperior(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.open("Satu", at("2027-01-04 08:00"), "2027-01-18")
	o.exec(`UPDATE task SET ladder_at = NULL`)
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		n, err := o.reminder.Nudge(ctx, tx, at("2027-01-17 19:00"), personnel.Employee{ID: 1, Name: "Pegawai 0", Sex: personnel.Male},
			[]int64{o.selfAssessment(2), o.selfAssessment(3)})
		if n.Held != 2 {
			t.Errorf("on Sunday evening: %+v", n)
		}
		return err
	})
	o.exec(`UPDATE employee SET supervisor_id = 11 WHERE id = 2`)
	now := at("2027-01-18 08:30")
	o.run(now, "reminders")
	if got := o.waiting(2, now); len(got) != 0 {
		t.Errorf("in the name of the former superior: %v", got)
	}
	if got := o.rows(`SELECT action || ' ' || reason FROM notice WHERE employee_id = 2 AND kind = 'nudge'`); got[0] != "drop "+string(outreach.FormerBoss) {
		t.Errorf("the nudge of the former superior: %v", got)
	}
	if got := o.rows(`SELECT payload FROM outbox WHERE chat_id = 900003`); len(got) != 1 || !strings.Contains(got[0], "Pegawai 0") || !strings.Contains(got[0], "hari ini") {
		t.Errorf("of the superior that stayed, on the last day: %v", got)
	}
}

// What a job that is run for later queues does not go before.
func TestJobRunForLater(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	o.open("Satu", at("2027-01-04 08:00"), "2027-01-24")
	o.run(at("2027-01-11 09:00"), "weekly-summary", "weekly-note") // by hand, in the night before
	for when, some := range map[string]bool{"2027-01-10 23:30": false, "2027-01-11 09:00": true} {
		rows, err := o.db.Claim(context.Background(), 1, dialog.LaneBulk, 100, at(when))
		if err != nil {
			t.Fatal(err)
		}
		if (len(rows) > 0) != some {
			t.Errorf("%d messages go at %s", len(rows), when)
		}
		o.exec(`UPDATE outbox SET state = 'new'`)
	}
}

// A silence counts for the rule that stops sending to a unit also when an earlier
// one has run out.
func TestMuteAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	for id := int64(2); id < 8; id++ {
		for _, day := range []string{"2027-01-11 09:00", "2027-03-15 09:00"} {
			o.tx(func(ctx context.Context, tx *storage.Tx) error {
				return tx.SetPreferences(ctx, id, courier.Preferences{MutedUntil: at(day).AddDate(0, 0, 7)}, at(day))
			})
		}
	}
	if got := o.rows(`SELECT DISTINCT at || ' ' || COALESCE(ended_at::text, 'open') FROM silence ORDER BY 1`); len(got) != 2 || strings.Contains(got[0], "open") {
		t.Errorf("silences: %v", got)
	}
	o.run(at("2027-03-15 10:10"), "unit-pauses")
	if n := o.count(`SELECT count(*) FROM unit_pause`); n != 1 {
		t.Errorf("6 of 10 muted this week: %d pauses, want 1", n)
	}
}

// The weekly note leaves out what was put off for the last time, and what comes or
// came at a time of this week that the person has chosen.
func TestNoteLeavesOutWhatWasPutOff(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	o.open("Satu", at("2027-01-11 08:00"), "2027-01-30")
	for _, d := range []string{"2027-01-11 09:00", "2027-01-13 09:00"} {
		o.run(at(d), "reminders")
		o.send(at(d))
	}
	friday, monday := at("2027-01-15 10:00"), at("2027-01-18 08:30")
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		for _, d := range []string{"2027-01-12 09:00", "2027-01-13 09:00"} {
			if err := tx.AddSnooze(ctx, o.selfAssessment(2), 2, at(d), time.Time{}, true); err != nil {
				return err
			}
		}
		id := o.selfAssessment(3)
		if err := tx.AddSnooze(ctx, id, 3, friday, monday, true); err != nil {
			return err
		}
		l, err := tx.Climbs(ctx, []int64{id}, handlers.TaskForms())
		if err != nil {
			return err
		}
		_, err = o.reminder.Snooze(ctx, tx, friday, l[0], monday, "snooze:x")
		return err
	})
	o.run(monday, "reminders")
	o.send(monday)
	for _, d := range []string{"2027-01-18 09:00", "2027-01-19 09:00", "2027-01-25 09:00"} {
		o.run(at(d), "weekly-note")
		o.send(at(d))
	}
	for who, want := range map[int64]string{2: "", 3: "note 2027-01-25", 4: "note 2027-01-18, note 2027-01-25"} {
		got := strings.Join(o.rows(`SELECT kind || ' ' || at::date FROM notice WHERE employee_id = $1 AND action = 'send' AND kind = 'note' ORDER BY at`, who), ", ")
		if got != want {
			t.Errorf("employee %d got %q, want %q", who, got, want)
		}
	}
}

// In a period that is longer than decisions are kept nobody is invited twice.
func TestLongPeriod(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(3)
	o.open("Satu", at("2027-01-11 08:00"), "2027-05-12")
	for _, day := range []string{"2027-01-11", "2027-01-13", "2027-04-20", "2027-05-07", "2027-05-11"} {
		o.run(at(day+" 02:00"), "retention")
		o.run(at(day+" 09:00"), "reminders")
		o.send(at(day + " 09:01"))
		o.exec(`UPDATE outbox SET created_at = sent_at - interval '91 days' WHERE sent_at < $1::timestamptz - interval '90 days'`, at(day+" 09:01"))
	}
	got := strings.Join(o.rows(`SELECT step || ' ' || decided_at::date FROM notice WHERE employee_id = 2 AND action = 'send' AND class = 'prompt' ORDER BY id`), ", ")
	if want := "invitation 2027-01-11, first 2027-01-13, last 2027-05-11"; got != want {
		t.Errorf("one task brought %s, want %s", got, want)
	}
	if n := o.count(`SELECT count(*) FROM outbox WHERE template = 'reminder.invitation' AND sent_at > '2027-02-01'`); n != 0 {
		t.Errorf("%d people were invited again", n)
	}
}
