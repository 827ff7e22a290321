package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/outreach"
	"bangkom/internal/plan"
	"bangkom/internal/training"
	"bangkom/storage"
)

// planned puts a line about a competency into somebody's plan.
func (w *world) planned(who int64, code string, form plan.Form) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ChooseLine(ctx, who, plan.Line{Year: plan.YearOf(w.clock.Now().In(wib)), Item: plan.CompetencyItem(code), Source: plan.FromGap, Code: code, Title: "Kompetensi " + code, Form: form}, w.clock.Now())
		return err
	})
}

func (w *world) submits(who int64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.SubmitPlan(ctx, who, plan.YearOf(w.clock.Now().In(wib)), w.clock.Now())
		return err
	})
}

// A year of 24 people, day by day: they choose, submit or not, finish, drop and ask to be
// reminded, some attend a training and one is cancelled, superiors agree to some and are silent
// about others, some leave. On the third day of the next year each line has ended as done, moved
// or dropped, with its reason, and nobody got more messages than the rules allow.
func TestPlansOfAYear(t *testing.T) {
	devdbtest.Long(t, "a year of plans, day by day")
	t.Parallel()
	w := newWorld(t)
	for _, f := range cast() {
		if f.nip != "" {
			w.linkStraight(w.ids[f.name], account(f.name), f.name)
		}
	}
	people := append(w.crew("Bambang", 20), w.ids["Rina"], w.ids["Wayan"], w.ids["Sari"])
	for i, id := range people[:10] {
		w.linkStraight(id, firstAccount+int64(100+i), fmt.Sprint("Zulkifli ", i))
	}
	held := w.batch("Komunikasi Dasar", w.at("2027-05-03 08:30"), w.at("2027-05-03 15:30"), 20, nil)
	gone := w.batch("Komunikasi Lanjut", w.at("2027-09-06 08:30"), w.at("2027-09-06 15:30"), 20, func(b *training.Batch) {})
	dice := rand.New(rand.NewPCG(21, 51))
	for day := w.clock.Now(); day.Before(w.at("2028-01-03 09:00")); day = day.AddDate(0, 0, 1) {
		w.clock.move(day.Sub(w.clock.Now()))
		who := people[dice.IntN(len(people))]
		switch dice.IntN(8) {
		case 0, 1:
			w.planned(who, fmt.Sprintf("M.0%d", 1+dice.IntN(8)), plan.Forms()[dice.IntN(5)])
		case 2, 3:
			w.submits(who)
		case 4:
			if day.Month()%3 == 0 {
				w.agreesAll("Bambang")
			}
		case 5:
			w.exec(`UPDATE plan_line SET remind_on = $2::date WHERE id = (SELECT min(id) FROM plan_line WHERE employee_id = $1 AND state IN ('chosen', 'submitted', 'agreed'))`, who, day.AddDate(0, 0, 9).Format(time.DateOnly))
		case 6:
			w.endsOne(who, dice.IntN(2) == 0)
		}
		switch day.In(wib).Format(time.DateOnly) {
		case "2027-04-01":
			for _, id := range people[:6] {
				w.planned(id, "M.03", plan.Training)
				w.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) VALUES ($1, $3, 'nominated', 'seated', $4, $4), ($2, $3, 'nominated', 'cancelled', $4, $4)`, held, gone, id, day)
				w.submits(id)
			}
			w.exec(`UPDATE batch SET state = 'cancelled' WHERE id = $1`, gone)
		case "2027-05-04":
			w.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, n.employee_id <> $2, 'committee', $3 FROM training_session s
				JOIN enrolment n ON n.batch_id = s.batch_id WHERE s.batch_id = $1`, held, people[0], day)
		case "2027-08-02":
			w.exec(`UPDATE employee SET active = false WHERE id = ANY(ARRAY[$1::bigint, $2::bigint])`, people[18], people[19])
		}
		w.runJob("plans")
		w.runJob("reminders")
		w.settle()
	}
	if n := w.count(`SELECT count(*) FROM plan_line WHERE year = 2027 AND state IN ('chosen', 'submitted', 'agreed')`); n != 0 {
		t.Errorf("%d lines of the year are still open", n)
	}
	if n := w.count(`SELECT count(*) FROM plan_line WHERE year = 2027 AND (ended_at IS NULL OR reason = '')`); n != 0 {
		t.Errorf("%d lines have ended without a reason", n)
	}
	if n := w.count(`SELECT count(*) FROM plan_line l WHERE l.state = 'moved' AND NOT EXISTS (SELECT FROM plan_line n
		WHERE n.employee_id = l.employee_id AND n.year = 2028 AND n.item = l.item AND n.form = l.form)`); n != 0 {
		t.Errorf("%d lines moved and arrived nowhere", n)
	}
	for _, reason := range []plan.Reason{plan.ByAttendance, plan.BySelf, plan.NoTime, plan.Unsubmitted, plan.Unfinished, plan.NoBatch, plan.CancelledFor, plan.LeftService} {
		if w.count(`SELECT count(*) FROM plan_line WHERE reason = $1`, string(reason)) == 0 {
			t.Errorf("no line has ended by %s: the year was too quiet", reason)
		}
	}
	if n := w.count(`SELECT count(*) FROM plan_line WHERE reason = 'attendance' AND employee_id = $1`, people[0]); n != 0 {
		t.Error("who was absent has learnt it")
	}
	caps := outreach.DefaultRules().Caps
	if n := w.count(`SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM notice WHERE action = 'send' AND class = 'prompt' GROUP BY employee_id, (decided_at AT TIME ZONE 'Asia/Jakarta')::date) d`); n > caps.Day {
		t.Errorf("somebody got %d prompts in one day, at most %d are allowed", n, caps.Day)
	}
	if n := w.count(`SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM notice WHERE action = 'send' AND class = 'prompt' GROUP BY employee_id, date_trunc('week', decided_at AT TIME ZONE 'Asia/Jakarta')) d`); n > caps.Week {
		t.Errorf("somebody got %d prompts in one week, at most %d are allowed", n, caps.Week)
	}
	if n := w.count(`SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM notice WHERE kind = 'plan_month' GROUP BY employee_id, date_trunc('month', decided_at AT TIME ZONE 'Asia/Jakarta')) d`); n != 1 {
		t.Errorf("somebody was told of a line of the month %d times in one month", n)
	}
	if n := w.count(`SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM notice WHERE kind = 'plans' AND action = 'send' GROUP BY employee_id, date_trunc('week', decided_at AT TIME ZONE 'Asia/Jakarta')) d`); n != 1 {
		t.Errorf("a superior was told of plans %d times in one week", n)
	}
}

// endsOne finishes or drops the first open line of somebody, if there is one.
func (w *world) endsOne(who int64, done bool) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		p, err := tx.Plan(ctx, who, plan.YearOf(w.clock.Now().In(wib)))
		open := p.Of(plan.Submitted, plan.Agreed)
		if err != nil || len(open) == 0 {
			return err
		}
		if done {
			return tx.FinishLine(ctx, who, open[0].ID, w.clock.Now())
		}
		return tx.DropLine(ctx, who, open[0], plan.NoTime, w.clock.Now())
	})
}

// agreesAll lets somebody agree to all plans that wait.
func (w *world) agreesAll(boss string) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		list, err := tx.PlansWaiting(ctx, w.ids[boss], w.clock.Now())
		if err == nil {
			_, err = tx.AgreePlans(ctx, w.ids[boss], list, w.clock.Now())
		}
		return err
	})
}

// A superior who has a list on the screen agrees to nothing that was changed since then, and is
// told so in one sentence.
func TestAgreementIsToWhatWasShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Bambang"], account("Bambang"), "Bambang")
	boss, rina, sari := account("Bambang"), w.ids["Rina"], w.ids["Sari"]
	for _, id := range []int64{rina, sari} {
		w.planned(id, "M.01", plan.Coaching)
		w.submits(id)
	}
	w.say(boss, "/rencana")
	w.tap(boss, "Rencana tim: 2", "Setujui semua 2")
	w.planned(rina, "M.02", plan.SelfStudy)
	w.submits(rina)
	w.tap(boss, "Ya, setujui")
	if got := w.onShow(boss); !strings.Contains(got, "berubah sejak ditampilkan") {
		t.Errorf("told\n%s", got)
	}
	if n := w.count(`SELECT count(*) FROM plan WHERE agreed_at IS NOT NULL`); n != 0 {
		t.Fatalf("agreed to %d plans that were not shown", n)
	}
	w.tap(boss, "Satu per satu")
	w.planned(rina, "M.03", plan.SelfStudy)
	w.submits(rina)
	w.tap(boss, "Setujui")
	if got := w.onShow(boss); !strings.Contains(got, "berubah setelah ditampilkan, jadi belum disetujui") {
		t.Errorf("told\n%s", got)
	}
	if n := w.count(`SELECT count(*) FROM plan WHERE agreed_at IS NOT NULL`); n != 0 {
		t.Fatalf("agreed to %d plans that were changed meanwhile", n)
	}
	w.tap(boss, "Setujui") // as it is now
	if n := w.count(`SELECT count(*) FROM plan WHERE agreed_at IS NOT NULL AND employee_id = $1`, rina); n != 1 {
		t.Error("the plan as it is shown now was not agreed to")
	}

	// Somebody else leads Sari now: her plan waits there, and not here any more.
	w.tap(boss, "Setujui semua 1")
	w.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, sari, w.ids["Wayan"])
	w.tap(boss, "Ya, setujui")
	if n := w.count(`SELECT count(*) FROM plan WHERE agreed_at IS NOT NULL AND employee_id = $1`, sari); n != 0 {
		t.Error("a former superior has agreed")
	}
}

// Seven plans are agreed to in two taps on what the week's message says.
func TestSevenPlansInTwoTaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boss := account("Bambang")
	w.linkStraight(w.ids["Bambang"], boss, "Bambang")
	for _, id := range w.crew("Bambang", 7) {
		w.planned(id, "M.01", plan.Coaching)
		w.submits(id)
	}
	w.clock.move(w.at("2027-01-12 09:00").Sub(w.clock.Now()))
	w.runJob("plans")
	w.settle()
	w.tap(boss, "Setujui semua 7", "Ya, setujui")
	if n := w.count(`SELECT count(*) FROM plan WHERE agreed_at IS NOT NULL`); n != 7 {
		t.Errorf("%d plans are agreed to, want 7", n)
	}
}

// Whose lines have moved into the new year is told so once its holidays are known: until then
// every reminder waits.
func TestMovedPlanIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.planned(w.ids["Sari"], "M.04", plan.Coaching)
	w.submits(w.ids["Sari"])
	w.clock.move(w.at("2028-01-03 09:00").Sub(w.clock.Now()))
	w.runJob("plans")
	w.settle()
	const told = "1 butir rencana pengembangan 2027 yang belum selesai dipindahkan ke tahun 2028"
	if m, _ := w.fake.Last(account("Sari")); strings.Contains(m.Text, told) {
		t.Error("a reminder went while nobody knows the holidays of the year")
	}
	w.exec(`INSERT INTO holiday (on_date, name, kind) SELECT date '2028-02-05' + 7 * i, 'Libur', 'national' FROM generate_series(0, 19) i`) // Saturdays
	w.clock.move(24 * time.Hour)
	w.runJob("reminders")
	w.settle()
	if m, _ := w.fake.Last(account("Sari")); !strings.Contains(m.Text, told) {
		t.Errorf("told %q, want %q", m.Text, told)
	}
}

// Once a month people are told of one line of what stands of their plans, in turns: in the note
// of the first week, who gets one; else in a message of its own a week later. Nothing is said of
// what was agreed to in the same month, nor to who has stopped reminders; a held message about a
// line that is done by then is dropped.
func TestPlanLineOfTheMonth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people := []string{"Rina", "Sari", "Wayan"}
	for _, name := range people {
		w.linkStraight(w.ids[name], account(name), name)
		w.planned(w.ids[name], "M.01", plan.Coaching)
		w.planned(w.ids[name], "M.02", plan.SelfStudy)
		w.submits(w.ids[name])
	}
	w.exec(`UPDATE plan_line SET state = 'agreed', agreed_at = submitted_at`)
	w.exec(`UPDATE plan SET agreed_at = submitted_at, agreed_by = $1`, w.ids["Bambang"])
	on := func(when, want string, jobs ...string) {
		t.Helper()
		w.clock.move(w.at(when).Sub(w.clock.Now()))
		for _, job := range jobs {
			w.runJob(job)
		}
		w.settle()
		var told []string
		for _, name := range people {
			told = append(told, fmt.Sprint(w.got(name, "untuk bulan ini: Kompetensi M.01"), "+", w.got(name, "untuk bulan ini: Kompetensi M.02")))
		}
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s: told of M.01 and M.02 %s times, want %s", when, got, want)
		}
	}
	on("2027-01-12 09:00", "0+0 0+0 0+0", "plans")
	w.openPeriod("Tahun 2027", w.at("2027-02-26 15:30"))
	w.exec(`UPDATE plan_line SET remind_on = '2027-12-01' WHERE employee_id = $1 AND competency_code = 'M.01'`, w.ids["Sari"])
	first := "1+0 0+1 1+0"
	on("2027-02-01 09:30", first, "weekly-note")
	on("2027-02-09 09:30", first, "weekly-note", "plans")
	on("2027-04-05 09:30", first, "weekly-note", "plans") // nothing is owed, so there is no note
	w.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, '2027-12-31', true, now())`, w.ids["Wayan"])
	on("2027-04-12 09:35", "2+0 0+2 1+0", "plans")
	on("2027-04-13 09:35", "2+0 0+2 1+0", "plans", "reminders")
	on("2027-05-10 18:35", "2+0 0+2 1+0", "plans") // after the hours: it waits for the morning
	w.exec(`UPDATE plan_line SET state = 'done', reason = 'self', ended_at = $2 WHERE employee_id = $1 AND competency_code = 'M.02'`, w.ids["Rina"], w.clock.Now())
	on("2027-05-11 09:35", "2+0 0+3 1+0", "reminders", "plans")
}
