package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// testRunner asks and closes; its courier only decides, and nobody is linked.
func testRunner(t testing.TB) *evaluation.Runner {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return &evaluation.Runner{Courier: courier.New(courier.Config{Text: cat, Location: time.UTC}), Text: cat, Location: time.UTC}
}

// courses is a database of trainings with people who may have attended them.
type courses struct {
	*fixture
	runner *evaluation.Runner
	people []int64
	ends   time.Time
}

// newCourses makes so many people; batches end at ends.
func newCourses(t *testing.T, people int) *courses {
	c := &courses{fixture: newFixture(t), runner: testRunner(t), ends: start.Add(8 * time.Hour)}
	c.SealWith(disclosure.NewSealer([]byte("sealer of the storage tests")))
	c.exec(`INSERT INTO unit (code, name) VALUES ('U', 'Unit')`)
	c.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1 + i % 2, (SELECT id FROM unit)
		FROM generate_series(1, $1) i`, people)
	rows, err := c.owner.Query(`SELECT id FROM employee ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		c.people = append(c.people, id)
	}
	c.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '-', 'mengolah data', 'bimtek', 8, 'order'
		FROM generate_series(1, 40) i`)
	return c
}

// batch makes a batch of a programme with two sessions that has just ended; each of the
// present attended both.
func (c *courses) batch(programme, number int, present []int64) (id int64) {
	c.t.Helper()
	if err := c.owner.QueryRow(`INSERT INTO occasion (kind) VALUES ('batch') RETURNING id`).Scan(&id); err != nil {
		c.t.Fatal(err)
	}
	c.exec(`INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		VALUES ($1, (SELECT id FROM programme WHERE code = $2), $3, $4, 40, 'free', 'none', 'running', $5, $6, $6)`,
		id, fmt.Sprintf("P%d", programme), number, fmt.Sprintf("Program %d, angkatan %d", programme, number), c.ends.Add(-30*time.Hour), c.ends)
	c.exec(`INSERT INTO training_session (batch_id, n, starts_at, ends_at) VALUES ($1, 1, $2, $3), ($1, 2, $4, $5)`, id, c.ends.Add(-30*time.Hour), c.ends.Add(-24*time.Hour), c.ends.Add(-6*time.Hour), c.ends)
	c.exec(`INSERT INTO session_trainer (session_id, n, name) SELECT id, 1, 'Dr. Hasan' FROM training_session WHERE batch_id = $1`, id)
	for _, p := range present {
		c.enrol(id, p, "seated", 1, 2)
	}
	return id
}

// enrol lets somebody take part, who attended the named sessions.
func (c *courses) enrol(batch, person int64, state string, sessions ...int) {
	c.t.Helper()
	c.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) VALUES ($1, $2, 'nominated', $3, $4, $4)`, batch, person, state, c.ends)
	for _, n := range sessions {
		c.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $2, true, 'committee', $3 FROM training_session WHERE batch_id = $1 AND n = $4`,
			batch, person, c.ends, n)
	}
}

func (c *courses) ask(now time.Time) {
	c.t.Helper()
	c.tx(func(ctx context.Context, tx *Tx) error {
		_, err := c.runner.Ask(ctx, tx, now)
		return err
	})
}

func (c *courses) close(now time.Time) {
	c.t.Helper()
	c.tx(func(ctx context.Context, tx *Tx) error {
		_, err := c.runner.Close(ctx, tx, now)
		return err
	})
}

// taskOf is the task of somebody who was asked about a batch; ok = there is one.
func (c *courses) taskOf(batch, person int64) (of task.Task, ok bool) {
	c.t.Helper()
	c.tx(func(ctx context.Context, tx *Tx) error {
		var id int64
		err := tx.one(ctx, &id, `SELECT id FROM task WHERE occasion_id = $1 AND employee_id = $2 AND `+isEvaluation("task"), batch, person)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		of, err = tx.Task(ctx, id, person)
		return err
	})
	return of, ok
}

// answer sends what somebody says, in a transaction of its own, as the chat does.
func (c *courses) answer(batch, person int64, a disclosure.Answers, now time.Time) error {
	c.t.Helper()
	of, ok := c.taskOf(batch, person)
	if !ok {
		c.t.Fatalf("%d was not asked about %d", person, batch)
	}
	return c.InTx(c.t.Context(), func(tx *Tx) error { return tx.HoldAnswer(c.t.Context(), of, a, now) })
}

// says are answers that the number decides.
func says(n int) disclosure.Answers {
	return disclosure.Answers{"R1": strconv.Itoa(1 + n%4), "R2 Dr. Hasan": strconv.Itoa(1 + (n/4)%4), "R3": strconv.Itoa(1 + n%3), "R4": "3",
		evaluation.Ability: disclosure.PairOf(strconv.Itoa(1+n%3), strconv.Itoa(2+n%4)), "S": fmt.Sprintf("Saran %04d", (n*7919)%10000)}
}

// Exactly those who attended are asked, once: the share of the sessions that the
// programme wants, with a seat, and no role in the batch. Who is marked present later is
// asked then.
func TestExactlyThoseWhoAttendedAreAsked(t *testing.T) {
	c := newCourses(t, 8)
	p := c.people
	batch := c.batch(1, 1, p[:2])
	c.enrol(batch, p[2], "seated", 1)       // half of what 80 per cent wants
	c.enrol(batch, p[3], "withdrawn", 1, 2) // has left
	c.enrol(batch, p[4], "seated")          // never came
	c.enrol(batch, p[5], "seated", 1, 2)
	c.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, batch, p[5], c.ends)
	c.ask(c.ends.Add(-time.Hour))
	if n := c.count(`SELECT count(*) FROM task`); n != 0 {
		t.Fatalf("%d were asked before the end", n)
	}
	for range 3 {
		c.ask(c.ends.Add(25 * time.Minute))
	}
	asked := func() string {
		return c.text(`SELECT string_agg(employee_id || '', ' ' ORDER BY employee_id) FROM task WHERE occasion_id = $1`, batch)
	}
	if want := fmt.Sprintf("%d %d", p[0], p[1]); asked() != want {
		t.Errorf("asked are %s, want %s", asked(), want)
	}
	c.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $2, true, 'claim', $3 FROM training_session WHERE batch_id = $1`, batch, p[4], c.ends.AddDate(0, 0, 2))
	c.exec(`UPDATE attendance SET present = false WHERE employee_id = $1`, p[0]) // taken back: the frozen n stays
	c.ask(c.ends.AddDate(0, 0, 2))
	if want := fmt.Sprintf("%d %d %d", p[0], p[1], p[4]); asked() != want {
		t.Errorf("with a claim accepted asked are %s, want %s", asked(), want)
	}
	if n := c.count(`SELECT count(*) FROM notice WHERE key LIKE 'evaluation:%'`); n != 3 {
		t.Errorf("%d invitations, want one for each of three", n)
	}
}

// The day of the close: seven days after the day of the end, whatever the hour.
func TestEvaluationClosesOnTheSeventhDay(t *testing.T) {
	c := newCourses(t, 6)
	batch := c.batch(1, 1, c.people[:5])
	c.ask(c.ends)
	closes := time.Date(2027, 1, 19, 0, 0, 0, 0, time.UTC)
	for i, p := range c.people[:5] {
		if err := c.answer(batch, p, says(i), closes.Add(-time.Second)); err != nil {
			t.Fatalf("in the last second: %v", err)
		}
	}
	c.close(closes.Add(-time.Minute))
	if n := c.count(`SELECT count(*) FROM atom`) + c.count(`SELECT count(*) FROM tally`) + c.count(`SELECT count(*) FROM shown`); n != 0 {
		t.Errorf("%d rows tell of answers before the close", n)
	}
	if err := c.answer(batch, c.people[0], says(9), closes); !errors.Is(err, ErrNotFound) {
		t.Errorf("an answer at the close: %v", err)
	}
	c.close(closes)
	c.close(closes.Add(time.Hour)) // once
	if n := c.count(`SELECT count(*) FROM held_answer`); n != 0 {
		t.Errorf("%d sealed answers are left", n)
	}
	if n := c.count(`SELECT persons FROM atom WHERE batch_id = $1`, batch); n != 5 {
		t.Errorf("a group of %d, want 5", n)
	}
	if n := c.count(`SELECT sum(n) FROM tally WHERE item = 'R1'`); n != 5 {
		t.Errorf("%d answers are counted of R1, want 5", n)
	}
	c.tx(func(ctx context.Context, tx *Tx) error {
		r, err := tx.EvaluationResult(ctx, batch)
		if err == nil && (r.State != evaluation.Published || r.Asked != 5 || r.Answered != 5 || len(r.Cells) != 9 || len(r.Remarks) != 0) {
			t.Errorf("result = %+v", r)
		}
		return err
	})
}

// Before the close nobody sees anything, whoever asks (A4).
func TestNothingIsShownBeforeTheClose(t *testing.T) {
	c := newCourses(t, 6)
	batch := c.batch(1, 1, c.people[:6])
	c.ask(c.ends)
	hr := personnel.Employee{ID: c.people[5], Rights: personnel.Rights{HR: true}}
	look := func() (out string) {
		c.tx(func(ctx context.Context, tx *Tx) error {
			list, _, err := tx.EvaluationsRun(ctx, hr, c.ends.Add(time.Hour), 0, 10)
			if err != nil {
				return err
			}
			r, err := tx.EvaluationResult(ctx, batch)
			out = fmt.Sprintf("%+v %+v", list, r)
			return err
		})
		return out
	}
	before := look()
	for i, p := range c.people[:5] {
		if err := c.answer(batch, p, says(i), c.ends.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if after := look(); after != before {
			t.Fatalf("after %d answers something else is seen:\n%s\n%s", i+1, before, after)
		}
	}
}

// Groups that are too small wait, sealed, for others of their programme, are shown with
// them or destroyed after six months; each person counts once.
func TestSmallGroupsWaitInThePool(t *testing.T) {
	c := newCourses(t, 12)
	first, other := c.batch(1, 1, c.people[:3]), c.batch(2, 1, c.people[:3])
	c.ask(c.ends)
	for i, p := range c.people[:3] {
		for _, b := range []int64{first, other} {
			if err := c.answer(b, p, says(i), c.ends); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.close(c.ends.AddDate(0, 0, 8))
	if n := c.count(`SELECT count(*) FROM atom`); n != 0 || c.count(`SELECT count(*) FROM held_answer`) != 6 {
		t.Fatalf("%d groups of three are shown", n)
	}
	if n := c.count(`SELECT count(*) FROM evaluation WHERE answered IS NOT NULL`); n != 0 {
		t.Error("it is stored how many answered where fewer than five did")
	}
	c.exec(`INSERT INTO partner (code, name, kind) VALUES ('M', 'Mitra', 'university')`)
	c.exec(`UPDATE programme SET partner_id = (SELECT id FROM partner) WHERE code = 'P1'`) // it moves to a partner
	c.ends = c.ends.AddDate(0, 1, 0)
	second := c.batch(1, 2, []int64{c.people[0], c.people[3], c.people[4]}) // one of them was there before
	c.ask(c.ends)
	for i, p := range []int64{c.people[0], c.people[3], c.people[4]} {
		if err := c.answer(second, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.close(c.ends.AddDate(0, 0, 8))
	if got := c.text(`SELECT string_agg(persons || ' of ' || COALESCE(batch_id::text, 'several'), ', ') FROM atom`); got != "5 of several" {
		t.Errorf("groups: %q, want 5 of several", got)
	}
	c.tx(func(ctx context.Context, tx *Tx) error {
		all, err := tx.PublishedResults(ctx, start, start.AddDate(1, 0, 0))
		if len(all) != 1 || all[0].Partner != evaluation.Mixed || all[0].Batches != 2 || all[0].Persons != 5 {
			t.Errorf("to compare: %+v, want one group of several partners", all)
		}
		return err
	})
	if got := c.text(`SELECT string_agg(state, ' ' ORDER BY batch_id) FROM evaluation`); got != "merged pooled merged" {
		t.Errorf("states %q", got)
	}
	if n := c.count(`SELECT sum(n) FROM tally WHERE item = 'R1'`); n != 5 {
		t.Errorf("%d answers are counted, want one of each of five", n)
	}
	c.close(start.AddDate(0, 6, 8))
	if n := c.count(`SELECT count(*) FROM held_answer`); n != 3 {
		t.Errorf("%d answers wait before the six months are over, want 3", n)
	}
	c.close(start.AddDate(0, 6, 10))
	if n := c.count(`SELECT count(*) FROM held_answer`); n != 0 || c.text(`SELECT state FROM evaluation WHERE batch_id = $1`, other) != "destroyed" {
		t.Errorf("%d answers wait after six months", n)
	}
}

// Kirim and the close in the same moments: an answer is counted, or refused; none is lost
// and none is left.
func TestKirimAndTheClose(t *testing.T) {
	devdbtest.Long(t, "answers at the moment of the close")
	c := newCourses(t, 40)
	batch := c.batch(1, 1, c.people)
	c.ask(c.ends)
	closes := c.ends.AddDate(0, 0, 8)
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for i, p := range c.people {
		of, _ := c.taskOf(batch, p)
		wg.Go(func() {
			err := c.InTx(c.t.Context(), func(tx *Tx) error { return tx.HoldAnswer(c.t.Context(), of, says(i), c.ends) })
			if err != nil && !errors.Is(err, ErrNotFound) {
				t.Errorf("Kirim: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				taken++
			}
		})
		if i == 20 {
			wg.Go(func() { c.close(closes) })
		}
	}
	wg.Wait()
	counted := c.count(`SELECT COALESCE(sum(n), 0) FROM tally WHERE item = 'R4'`)
	if held := c.count(`SELECT count(*) FROM held_answer`); held+counted != taken || held > 4 {
		t.Errorf("%d answers were taken, %d counted, %d held", taken, counted, held)
	}
}

// Who may open an evaluation and read its results: the personnel office, and the
// committee of that batch until 14 days after its end.
func TestWhoRunsAnEvaluation(t *testing.T) {
	c := newCourses(t, 8)
	mine, foreign := c.batch(1, 1, c.people[:5]), c.batch(2, 1, c.people[:5])
	c.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, mine, c.people[6], c.ends)
	for _, tt := range []struct {
		who   personnel.Employee
		batch int64
		at    time.Time
		want  bool
	}{
		{personnel.Employee{ID: c.people[6]}, mine, c.ends.AddDate(0, 0, 13), true}, {personnel.Employee{ID: c.people[6]}, foreign, c.ends, false},
		{personnel.Employee{ID: c.people[6]}, mine, c.ends.AddDate(0, 0, 15), false}, {personnel.Employee{ID: c.people[0]}, mine, c.ends, false},
		{personnel.Employee{ID: c.people[7], Rights: personnel.Rights{HR: true}}, mine, c.ends.AddDate(1, 0, 0), true},
		{personnel.Employee{ID: c.people[7], Rights: personnel.Rights{Supervises: true, Officer: true, Head: true}}, mine, c.ends, false},
	} {
		c.tx(func(ctx context.Context, tx *Tx) error {
			got, err := tx.RunsEvaluation(ctx, tt.batch, tt.who, tt.at)
			if got != tt.want {
				t.Errorf("RunsEvaluation(%d, %+v, %s) = %t", tt.batch, tt.who.Rights, tt.at, got)
			}
			return err
		})
	}
}

// One reminder, on the next day and not before, to who has not answered.
func TestOneReminder(t *testing.T) {
	c := newCourses(t, 6)
	batch := c.batch(1, 1, c.people[:6])
	c.ask(c.ends)
	if err := c.answer(batch, c.people[0], says(0), c.ends); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{c.ends.Add(time.Hour), c.ends.AddDate(0, 0, 1), c.ends.AddDate(0, 0, 1).Add(time.Hour), c.ends.AddDate(0, 0, 3)} {
		c.ask(at)
		want := 5
		if at.Day() == c.ends.Day() {
			want = 0
		}
		if n := c.count(`SELECT count(*) FROM notice WHERE key LIKE 'evaluation-reminder:%'`); n != want {
			t.Errorf("at %s %d reminders were decided, want %d", at, n, want)
		}
	}
	if kinds := strings.TrimSpace(c.text(`SELECT string_agg(DISTINCT class || ' ' || kind, ', ') FROM notice WHERE key LIKE 'evaluation-reminder:%'`)); kinds != string(outreach.Prompt)+" "+string(outreach.EvaluationReminder) {
		t.Errorf("a reminder is a %s", kinds)
	}
}

// shuffled is a list in another order.
func shuffled[T any](r *rand.Rand, list []T) []T {
	out := append([]T(nil), list...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Who asks for erasure takes back what is sealed and not counted yet.
func TestErasureTakesTheSealedAnswer(t *testing.T) {
	c := newCourses(t, 7)
	batch := c.batch(1, 1, c.people[:6])
	c.ask(c.ends)
	for i, p := range c.people[:6] {
		if err := c.answer(batch, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.exec(`INSERT INTO ticket (employee_id, kind, body, created_at) VALUES ($1, 'erasure', '', $2)`, c.people[0], c.ends)
	if got := c.count(`SELECT erase_person((SELECT id FROM ticket), $1, $2)`, c.people[6], c.ends); got != int(c.people[0]) {
		t.Fatalf("erased is %d", got)
	}
	if n := c.count(`SELECT count(*) FROM held_answer`); n != 5 {
		t.Errorf("%d sealed answers are left, want 5", n)
	}
	c.close(c.ends.AddDate(0, 0, 8))
	if n := c.count(`SELECT persons FROM atom`); n != 5 {
		t.Errorf("a group of %d, want 5", n)
	}
}

// Participants were promised to hear what was done, by a day; until it was said, the
// personnel office is told that it is late. It is said once.
func TestReportsOverdue(t *testing.T) {
	devdbtest.Long(t, "weeks pass until a promise is late")
	c := newCourses(t, 6)
	batch := c.batch(1, 1, c.people[:5])
	c.ask(c.ends)
	for i, p := range c.people[:5] {
		if err := c.answer(batch, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.close(c.ends.AddDate(0, 0, 8))
	late := func(at time.Time) (n int) {
		c.tx(func(ctx context.Context, tx *Tx) error {
			o, err := tx.Office(ctx, at)
			n = o.Reports
			return err
		})
		return n
	}
	promised := time.Date(2027, 2, 1, 23, 59, 0, 0, time.UTC) // the close is on 19 January
	if n := late(promised); n != 0 {
		t.Errorf("%d reports are late on the promised day", n)
	}
	if n := late(promised.Add(time.Hour)); n != 1 {
		t.Errorf("%d reports are late the day after, want 1", n)
	}
	for _, want := range []bool{true, false} {
		c.tx(func(ctx context.Context, tx *Tx) error {
			given, err := tx.GiveReport(ctx, batch, "Praktik ditambah 2 JP.", c.people[5], promised)
			if given != want {
				t.Errorf("GiveReport = %t, want %t", given, want)
			}
			return err
		})
	}
	if n := late(promised.Add(time.Hour)); n != 0 {
		t.Errorf("%d reports are late after it was said", n)
	}
}

// What the server writes down beside the tables is told (check): statements hold what
// people send.
func TestStatementLoggingIsTold(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		value string
		want  bool
	}{{"none", false}, {"all", true}, {"mod", true}, {"ddl", false}} {
		f.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = ' || quote_literal('` + tt.value + `'), current_database()); END $$`)
		db := f.open(Options{URL: f.appURL})
		loose, err := db.LooseRights(t.Context())
		if err != nil || loose.Statements != tt.want || loose.Commits {
			t.Errorf("log_statement %s: %+v, %v", tt.value, loose, err)
		}
	}
}

// Batches whose answers cannot be opened hold up no other, however many there are and
// however old: what can be closed is closed, and what cannot is recorded.
func TestUnopenedBatchesHoldUpNobody(t *testing.T) {
	devdbtest.Long(t, "a hundred batches are closed")
	c := newCourses(t, 6)
	const broken = evaluation.CloseAtOnce + 3
	for i := range broken {
		c.batch(1, 1+i, c.people[:1])
	}
	good := c.batch(2, 1, c.people[:5])
	c.ask(c.ends)
	for i, p := range c.people[:5] {
		if err := c.answer(good, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.exec(`INSERT INTO held_answer (task_id, occasion_id, sealed) SELECT id, occasion_id, '\x00' FROM task WHERE occasion_id <> $1`, good)
	late := c.ends.AddDate(0, 0, 8)
	c.slot("evaluation-close", late, func(ctx context.Context, tx *Tx, now time.Time) (courier.Tally, error) {
		return c.runner.Close(ctx, tx, now)
	}, broken)
	if got := c.text(`SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM evaluation GROUP BY state) x`); got != fmt.Sprintf("open %d, published 1", broken) {
		t.Errorf("after the first run: %s", got)
	}
}
