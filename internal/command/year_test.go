package command

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/handlers"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/storage"
)

// The long form: go test . -run TestSimulatedYear -v -year.people 2000 -timeout 2h
// The short form has fewer people and leaves out months without anything open.
var (
	yearPeople = flag.Int("year.people", 40, "how many people the simulated year has")
	yearSeed   = flag.Uint64("year.seed", 27, "what people do in the simulated year follows from it")
)

// wholeYear is from how many people on no month is left out.
const wholeYear = 500

// anyway is a gate that is off.
type anyway struct{}

func (anyway) Decide(p outreach.Person, _ outreach.Candidate, _ time.Time) outreach.Decision {
	if !p.Linked {
		return outreach.Decision{Action: outreach.Drop, Reason: outreach.NotLinked}
	}
	return outreach.Decision{Action: outreach.Send, Reason: outreach.Allowed}
}

// year is a year of an agency: three campaigns, leave, own hours, units that work
// on Saturday and in shifts, announcements, supervisors who nudge every day,
// people who begin, finish, put off, mute and block, a sender that is down at times.
type year struct {
	*office
	rng  *rand.Rand
	days []string // on which announcements come
}

func newYear(t *testing.T, people int, decide func(outreach.Gate) courier.Decider) *year {
	y := &year{office: newOffice(t, decide), rng: rand.New(rand.NewPCG(*yearSeed, 1))}
	y.people(people)
	y.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES (1, 'hr', '2026-12-01')`)
	y.exec(`INSERT INTO unit_week (unit_id, days, from_min, to_min) SELECT id, CASE code WHEN 'u8' THEN 126 ELSE 127 END,
	        CASE code WHEN 'u10' THEN 360 END, CASE code WHEN 'u10' THEN 1200 END FROM unit WHERE code IN ('u8', 'u9', 'u10')`)
	y.exec(`INSERT INTO attention (employee_id, hour, changed_at) SELECT id, (ARRAY[390, 780, 1140])[1 + id / 7 % 3], '2026-12-01'
	        FROM employee WHERE id % 7 = 0`)
	y.exec(`DELETE FROM chat WHERE employee_id % 25 = 24`)
	y.exec(`UPDATE chat SET reachable = false WHERE employee_id % 50 = 49`)
	for id := 1; id <= people; id++ {
		for range y.rng.IntN(3) {
			from := at("2027-01-01 00:00").AddDate(0, 0, y.rng.IntN(360))
			y.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, $2, $3, 'leave') ON CONFLICT DO NOTHING`,
				id, from.Format(time.DateOnly), from.AddDate(0, 0, y.rng.IntN(14)).Format(time.DateOnly))
		}
	}
	// The job retention deletes decisions after 90 days; the recount needs them all.
	y.exec(`CREATE TABLE old_notice (LIKE notice); GRANT INSERT ON old_notice TO PUBLIC`)
	y.exec(`CREATE FUNCTION keep_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO old_notice SELECT OLD.*; RETURN OLD; END $$;
	        CREATE TRIGGER keep_notice BEFORE DELETE ON notice FOR EACH ROW WHEN (OLD.key <> '') EXECUTE FUNCTION keep_notice();
	        CREATE VIEW every_notice AS SELECT * FROM notice UNION ALL SELECT * FROM old_notice`)
	for m := 1; m <= 12; m++ {
		y.days = append(y.days, fmt.Sprintf("2027-%02d-%02d", m, 1+y.rng.IntN(28)))
	}
	return y
}

// live runs the year, or part of it.
func (y *year) live(from, to string) {
	last := at(to + " 00:00")
	for day := at(from + " 00:00"); !day.After(last); day = day.AddDate(0, 0, 1) {
		y.officeDay(day.Format(time.DateOnly))
		y.behave(day.Add(7 * time.Hour))
		quiet := y.count(`SELECT count(*) FROM task WHERE ladder_at IS NOT NULL`) == 0
		ticks := []string{"02:00", "06:35", "08:30", "09:00", "10:00", "13:15", "19:05"}
		switch {
		case quiet:
			ticks = []string{"08:30", "10:00"}
		case *yearPeople >= wholeYear:
			ticks = append(ticks, "07:45", "14:00", "15:00")
			slices.Sort(ticks)
		}
		for _, clock := range ticks {
			y.tick(at(day.Format(time.DateOnly)+" "+clock), clock)
		}
	}
}

// officeDay is what the personnel office does.
func (y *year) officeDay(date string) {
	switch date {
	case "2027-01-11", "2027-02-22", "2027-08-09":
		name := map[string]string{"2027-01-11": "Satu", "2027-02-22": "Dua", "2027-08-09": "Tiga"}[date]
		until := map[string]string{"2027-01-11": "2027-01-24", "2027-02-22": "2027-03-07", "2027-08-09": "2027-08-22"}[date]
		y.open(name, at(date+" 08:00"), until)
	case "2027-02-20", "2027-04-01", "2027-10-01":
		y.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, _, err := tx.ClosePeriod(ctx, at(date+" 08:00"))
			return err
		})
	case "2027-08-18": // a holiday is announced for tomorrow
		y.exec(`INSERT INTO holiday (on_date, name, kind) VALUES ('2027-08-19', 'Pilkada', 'national')`)
	}
	y.exec(`UPDATE unit_pause SET resumed_at = $1, resumed_by = 1 WHERE resumed_at IS NULL AND paused_at < $1::timestamptz - interval '5 days'`, at(date+" 07:00"))
}

// behave is what people do in a day.
func (y *year) behave(now time.Time) {
	open := y.rows(`SELECT id || ' ' || employee_id FROM task WHERE state IN ('open', 'started') AND opens_at <= $1 AND due_at > $1 ORDER BY id`, now)
	var begun, done, excused []int64
	for _, line := range open {
		var id, who int64
		if _, err := fmt.Sscan(line, &id, &who); err != nil {
			y.t.Fatal(err)
		}
		switch n := y.rng.IntN(200); {
		case n < 16:
			begun = append(begun, id)
		case n < 24:
			done = append(done, id)
		case n < 25:
			excused = append(excused, id)
		case n < 29:
			y.putOff(now, id, who)
		case n < 30:
			y.mute(now, who, y.rng.IntN(10) == 0)
		}
	}
	for state, ids := range map[string][]int64{"started": begun, "done": done, "excused": excused} {
		for _, id := range ids {
			y.exec(`UPDATE task SET state = $2, started_at = COALESCE(started_at, $3), done_at = CASE WHEN $2 = 'started' THEN NULL ELSE $3::timestamptz END
			        WHERE id = $1 AND state IN ('open', 'started')`, id, state, now)
		}
	}
}

func (y *year) putOff(now time.Time, id, who int64) {
	y.tx(func(ctx context.Context, tx *storage.Tx) error {
		climbs, err := tx.Climbs(ctx, []int64{id}, handlers.TaskForms())
		if err != nil {
			return err
		}
		options, p, err := y.reminder.Options(ctx, tx, now, climbs[0].Due, who)
		if err != nil || len(options) == 0 {
			return err
		}
		for _, t := range p.Tasks {
			if t.ID == id && t.Snoozes >= 2 {
				return nil
			}
		}
		until := options[y.rng.IntN(len(options))].At
		if err := tx.AddSnooze(ctx, id, who, now, until, true); err != nil {
			return err
		}
		_, err = y.reminder.Snooze(ctx, tx, now, climbs[0], until, fmt.Sprintf("snooze:%d:%d", id, now.Unix()))
		return err
	})
}

func (y *year) mute(now time.Time, who int64, all bool) {
	y.tx(func(ctx context.Context, tx *storage.Tx) error {
		w, err := tx.Preferences(ctx, who)
		if err != nil {
			return err
		}
		w.MutedUntil, w.MuteAll = now.AddDate(0, 0, 7), all
		return tx.SetPreferences(ctx, who, w, now)
	})
}

// tick is a moment at which jobs run, others start messages, and the sender sends.
func (y *year) tick(now time.Time, clock string) {
	switch clock {
	case "02:00":
		y.run(now, "retention")
	case "08:30":
		y.run(now, "unit-pauses", "calendar")
	case "10:00":
		y.nudge(now)
		y.announce(now)
	case "09:00":
		y.summarise(now)
	}
	y.run(now, "expiries", "reminders")
	if clock != "02:00" {
		y.run(now, "weekly-note")
	}
	if y.rng.IntN(40) != 0 {
		y.send(now)
	}
}

func (y *year) deliver(now time.Time, all []courier.Message) {
	for part := range slices.Chunk(all, 500) {
		y.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, err := y.courier.SendAll(ctx, tx, now, part)
			return err
		})
	}
}

// nudge is what a third of the people get from their supervisor, each day.
func (y *year) nudge(now time.Time) {
	var all []courier.Message
	for _, line := range y.rows(`SELECT id || ' ' || employee_id FROM task WHERE state IN ('open', 'started') AND opens_at <= $1 AND due_at > $1
		AND employee_id % 3 = 0 ORDER BY id`, now) {
		var id, who int64
		if _, err := fmt.Sscan(line, &id, &who); err != nil {
			y.t.Fatal(err)
		}
		all = append(all, courier.Message{Employee: who, Key: fmt.Sprintf("nudge:%d:%s", id, now.Format(time.DateOnly)),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Nudge, Task: id, Expires: now.AddDate(0, 0, 3)},
			Reply:     dialog.Reply{Template: "nudge", Text: "Atasan mengingatkan."}})
	}
	y.deliver(now, all)
}

func (y *year) announce(now time.Time) {
	if !slices.Contains(y.days, now.Format(time.DateOnly)) {
		return
	}
	var all []courier.Message
	for id := range y.count(`SELECT max(id) FROM employee`) {
		all = append(all, courier.Message{Employee: int64(id + 1), Key: fmt.Sprintf("news:%s:%d", now.Format(time.DateOnly), id+1),
			Candidate: outreach.Candidate{Class: outreach.Broadcast, Kind: outreach.Announcement, Expires: now.AddDate(0, 0, 5)},
			Reply:     dialog.Reply{Template: "news", Text: "Pengumuman."}})
	}
	y.deliver(now, all)
}

// summarise stands for the weekly summary of supervisors.
func (y *year) summarise(now time.Time) {
	if now.Weekday() != time.Monday {
		return
	}
	var all []courier.Message
	for _, line := range y.rows(`SELECT b.id || ' ' || EXISTS (SELECT FROM task t JOIN employee e ON e.id = t.employee_id
		WHERE e.supervisor_id = b.id AND t.state IN ('open', 'started')) FROM employee b WHERE (b.id - 1) % 10 = 0 ORDER BY b.id`) {
		var id int64
		var owed bool
		if _, err := fmt.Sscan(line, &id, &owed); err != nil {
			y.t.Fatal(err)
		}
		all = append(all, courier.Message{Employee: id, Key: fmt.Sprintf("summary:%d:%s", id, now.Format(time.DateOnly)),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Summary, Empty: !owed, Expires: now.AddDate(0, 0, 6)},
			Reply:     dialog.Reply{Template: "summary", Text: "Ringkasan."}})
	}
	y.deliver(now, all)
}

func TestSimulatedYear(t *testing.T) {
	devdbtest.Heavy(t, "takes half a minute")
	t.Parallel()
	y := newYear(t, *yearPeople, nil)
	began := time.Now()
	if *yearPeople >= wholeYear {
		y.live("2027-01-01", "2027-12-31")
	} else {
		y.live("2027-01-08", "2027-02-12")
		y.live("2027-02-20", "2027-04-02")
		y.live("2027-08-06", "2027-09-10")
	}
	y.report(t, time.Since(began))
	if broken := y.recount(); len(broken) > 0 {
		t.Errorf("broken: %s", strings.Join(broken, "\n"))
	}
	y.ladders(t)
	y.explained(t)
}

// Without the gate the rules are broken: the recount sees it. In the long form for a
// year, else for a month.
func TestSimulatedYearWithoutTheGate(t *testing.T) {
	devdbtest.Heavy(t, "a month passes")
	t.Parallel()
	people, last := 30, "2027-02-04"
	if *yearPeople >= wholeYear {
		people, last = *yearPeople, "2027-12-31"
	}
	y := newYear(t, people, func(outreach.Gate) courier.Decider { return anyway{} })
	began := time.Now()
	y.live("2027-01-04", last)
	y.report(t, time.Since(began))
	broken := strings.Join(y.recount(), "\n")
	for _, what := range []string{"messages on one day", "in seven days", "outside the hours"} {
		if !strings.Contains(broken, what) {
			t.Errorf("without the gate nothing breaks %q: %s", what, broken)
		}
	}
	t.Logf("broken without the gate:\n%s", broken)
}

// ladders looks at every task: each step has gone or has a reason, and nearly all
// steps that nothing stood against have gone.
func (y *year) ladders(t *testing.T) {
	const steps = `unnest(ARRAY['invitation','first','second','last','supervisor_list','hr_board','close'])`
	// A task that ended needs no reason for what would have come later; ratings
	// have no ladder, the weekly summary names them.
	if lost := y.rows(`SELECT format('task %s (%s, due %s): %s', t.id, t.state, t.due_at, s) FROM task t, ` + steps + ` s
		WHERE t.kind = 'self_assessment' AND t.state NOT IN ('done', 'excused') AND NOT EXISTS (SELECT FROM every_notice n WHERE n.task_id = t.id AND n.step = s) LIMIT 10`); len(lost) > 0 {
		t.Errorf("steps without a row: %s", strings.Join(lost, "\n"))
	}
	if held := y.rows(`SELECT key || ' ' || reason FROM every_notice WHERE action = 'hold' AND step <> '' LIMIT 10`); len(held) > 0 {
		t.Errorf("steps that still wait: %v", held)
	}
	went := y.count(`SELECT count(*) FROM every_notice n JOIN outbox o ON o.key = n.outbox_key
		WHERE n.step <> '' AND n.class = 'prompt' AND n.action IN ('send', 'merge') AND o.state = 'sent'`)
	// Nothing stood against these, and still they did not go.
	lost := y.count(`SELECT count(*) FROM every_notice WHERE step <> '' AND class = 'prompt' AND action = 'drop' AND reason IN ` + lostReasons)
	budget := y.count(`SELECT count(*) FROM every_notice WHERE step <> '' AND class = 'prompt' AND action = 'drop'
		AND reason IN ('cap_day', 'cap_week', 'cap_deadline_week', 'in_digest', 'task_today', 'yields')`)
	t.Logf("%d steps went, %d were lost (%.1f%% of what was allowed went); the budget kept %d", went, lost, 100*float64(went)/float64(went+lost), budget)
	if went*100 < 95*(went+lost) || went < *yearPeople*3 {
		t.Errorf("%d steps went and %d were lost, want at least 95%%", went, lost)
	}
}

// explained looks at every message: it has a notice with a known reason and words
// for it, and so has every silence.
func (y *year) explained(t *testing.T) {
	if n := y.count(`SELECT count(*) FROM outbox o WHERE lane = 1 AND NOT EXISTS (SELECT FROM every_notice n
		WHERE 'n:' || n.key = regexp_replace(o.key, ':\d+$', ''))`); n > 0 {
		t.Errorf("%d messages have no notice", n)
	}
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range y.rows(`SELECT format('%s %s', reason, count(*)) FROM every_notice GROUP BY reason ORDER BY count(*) DESC`) {
		code, _, _ := strings.Cut(line, " ")
		if !slices.Contains(outreach.Reasons(), outreach.Reason(code)) {
			t.Errorf("no reason has the code %q", code)
		}
		if _, err := cat.Render("reason."+code, nil); err != nil {
			t.Errorf("nobody can be told why: %v", err)
		}
	}
	t.Logf("decisions: %s", strings.Join(y.rows(`SELECT format('%s/%s %s', action, reason, count(*)) FROM every_notice GROUP BY action, reason ORDER BY 1`), ", "))
}
