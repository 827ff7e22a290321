package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/disclosure"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/task"
)

// readyForm is the shipped questionnaire of readiness.
func (s *surveyed) readyForm() (d questionnaire.Definition) {
	s.t.Helper()
	shipped, err := questionnaire.Shipped()
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(shipped, func(d questionnaire.Definition) bool { return d.Kind == questionnaire.Readiness })
	return shipped[i]
}

// newNameless is a database whose people are in units of the given sizes below one that is
// above all of them; the units of each are returned by their order.
func newNameless(t *testing.T, sizes ...int) (s *surveyed, units []int64) {
	whole := 0
	for _, n := range sizes {
		whole += n
	}
	s = newSurveyed(t, whole)
	at := 0
	for i, n := range sizes {
		s.exec(`INSERT INTO unit (code, name, parent_id) VALUES ($1, $2, (SELECT id FROM unit WHERE code = 'U'))`, fmt.Sprintf("B%d", i), fmt.Sprintf("Bidang %d", i))
		units = append(units, int64(s.count(`SELECT max(id) FROM unit`)))
		for _, p := range s.people[at : at+n] {
			s.exec(`UPDATE employee SET unit_id = $2 WHERE id = $1`, p, units[i])
		}
		at += n
	}
	return s, units
}

// startNameless starts a survey of readiness without names, open for ten days.
func (s *surveyed) startNameless(now time.Time, who announcement.Audience) (id int64) {
	s.t.Helper()
	d := s.readyForm()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		id, err = tx.StartSurvey(ctx, survey.Survey{Name: "Kesiapan", Questionnaire: d.Code, Version: d.Version, Manner: survey.Anonymous, Owner: s.hr, Change: "Aplikasi persuratan",
			Use: "Menyiapkan pendampingan.", Audience: who, Closes: now.AddDate(0, 0, 10), ReportBy: now.AddDate(0, 0, 20)}, now)
		return err
	})
	return id
}

// thinks are answers to the eight statements that the number decides.
func thinks(n int) disclosure.Answers {
	out := disclosure.Answers{}
	for i := range 8 {
		out[fmt.Sprintf("C%d", i+1)] = strconv.Itoa(1 + (n+i*7)%5)
	}
	return out
}

func (s *surveyed) hold(id, person int64, a disclosure.Answers, now time.Time) error {
	s.t.Helper()
	of := task.Task{ID: int64(s.count(`SELECT id FROM task WHERE occasion_id = $1 AND employee_id = $2`, id, person)), EmployeeID: person, Occasion: task.Occasion{ID: id}}
	return s.InTx(context.Background(), func(tx *Tx) error { return tx.HoldSurveyAnswer(context.Background(), of, a, now) })
}

func (s *surveyed) groupsOf(id int64) (told []survey.Told) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		told, err = tx.SurveyGroups(ctx, id)
		return err
	})
	return told
}

// A survey without names asks everybody at once, keeps what is sent sealed and replaceable, and
// tells nothing before its close. The close counts units of five and more, puts smaller
// ones together, destroys the rest, and stores how ready each unit is that is shown.
func TestAnonymousSurveyIsSealed(t *testing.T) {
	s, units := newNameless(t, 6, 3, 2, 1)
	id := s.startNameless(s.now, announcement.Audience{All: true})
	if n := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1 AND kind = 'anonymous_survey'`, id); n != len(s.people) {
		t.Fatalf("%d of %d were asked at the start", n, len(s.people))
	}
	for i, p := range s.people[:11] { // six, three, two, and nobody of the last one
		if err := s.hold(id, p, thinks(i), s.now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	same := disclosure.Answers{"C1": "4", "C2": "4", "C3": "3", "C4": "2", "C5": "3", "C6": "4", "C7": "3", "C8": "4"}
	for _, p := range s.people[:11] { // replaced: the fixture of the scoring
		if err := s.hold(id, p, same, s.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(`UPDATE employee SET unit_id = $1`, units[3]) // the units are those of the start
	if n := s.count(`SELECT count(*) FROM held_answer WHERE occasion_id = $1`, id); n != 11 {
		t.Errorf("%d sealed answers of eleven people", n)
	}
	if c := s.counts(id); c.Began+c.Sent != 0 || len(s.groupsOf(id)) != 0 {
		t.Errorf("before the close %+v is told", c)
	}
	if n := s.count(`SELECT count(*) FROM response`) + s.count(`SELECT count(*) FROM task WHERE started_at IS NOT NULL OR done_at IS NOT NULL`); n != 0 {
		t.Errorf("%d rows say what somebody answered, or when", n)
	}
	s.run(s.now.AddDate(0, 0, 10))
	if err := s.hold(id, s.people[0], same, s.now.AddDate(0, 0, 10)); !errors.Is(err, ErrNotFound) {
		t.Errorf("an answer after the close: %v", err)
	}
	if n := s.count(`SELECT count(*) FROM held_answer`); n != 0 {
		t.Errorf("%d sealed answers are left", n)
	}
	told := s.groupsOf(id)
	if len(told) != 2 || told[0].Persons != 6 || !slices.Equal(told[0].Units, []string{"Bidang 0"}) || told[1].Persons != 5 || !slices.Equal(told[1].Units, []string{"Bidang 1", "Bidang 2", "Bidang 3"}) {
		t.Fatalf("%+v", told)
	}
	for _, g := range told {
		if g.Class != "fairly" || g.Barrier != "D" || len(g.Cells) != 8 {
			t.Errorf("%v: %s, held up at %q, %d cells", g.Units, g.Class, g.Barrier, len(g.Cells))
		}
	}
	if n := s.count(`SELECT count(*) FROM unit_readiness WHERE survey_id = $1 AND class = 'fairly' AND barrier = 'D' AND unit_id = ANY('{`+fmt.Sprint(units[0], ",", units[1], ",", units[2], ",", units[3])+`}')`, id); n != 4 {
		t.Errorf("%d units have a stage", n)
	}
	if c := s.counts(id); c.Sent != 0 {
		t.Errorf("the tasks tell that %d have sent", c.Sent)
	}
	var told2 survey.Survey
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		told2, err = tx.SurveyByID(ctx, id, s.now)
		return err
	})
	if told2.Figures == nil || told2.Figures.Counts.Sent != 11 || told2.Closed.IsZero() {
		t.Errorf("%+v", told2.Figures)
	}
	s.run(s.now.AddDate(0, 0, 11))
	if again := s.groupsOf(id); len(again) != 2 {
		t.Error("it is counted twice")
	}
}

// With fewer than six of the eight statements shown nobody is called ready or not: the group has
// its means, and no class, and its units have none.
func TestFewStatementsHaveNoClass(t *testing.T) {
	s, _ := newNameless(t, 6)
	id := s.startNameless(s.now, announcement.Audience{All: true})
	for _, p := range s.people {
		if err := s.hold(id, p, disclosure.Answers{"C1": "4", "C2": "4", "C3": "3", "C4": "2", "C5": "3"}, s.now); err != nil {
			t.Fatal(err)
		}
	}
	s.run(s.now.AddDate(0, 0, 10))
	told := s.groupsOf(id)
	if len(told) != 1 || len(told[0].Cells) != 5 || told[0].Class != "" || told[0].Barrier != "" {
		t.Errorf("%+v", told)
	}
	if n := s.count(`SELECT count(*) FROM unit_readiness`); n != 0 {
		t.Errorf("%d units have a class", n)
	}
}

// Fewer than five at the top of all units: nothing is told, and nothing is left.
func TestAnonymousSurveyOfFewIsDestroyed(t *testing.T) {
	s, _ := newNameless(t, 3, 3)
	id := s.startNameless(s.now, announcement.Audience{All: true})
	for i, p := range s.people[:4] {
		if err := s.hold(id, p, thinks(i), s.now); err != nil {
			t.Fatal(err)
		}
	}
	s.run(s.now.AddDate(0, 0, 10))
	if n := s.count(`SELECT count(*) FROM held_answer`) + s.count(`SELECT count(*) FROM tally`) + s.count(`SELECT count(*) FROM unit_readiness`) + len(s.groupsOf(id)); n != 0 {
		t.Errorf("%d rows are left of four answers", n)
	}
}

// The same questions are not asked again within 90 days of people, or of units, of whom some
// were asked: of others they are, and other questions are.
func TestAnonymousSurveysStandApart(t *testing.T) {
	s, units := newNameless(t, 6, 6)
	of := func(unit int64) announcement.Audience { return announcement.Audience{Units: []int64{unit}} }
	s.startNameless(s.now, of(units[0]))
	d := s.readyForm()
	copied := d
	copied.Code, copied.Kind = "salinan", questionnaire.Survey
	s.tx(func(ctx context.Context, tx *Tx) error { return tx.ImportQuestionnaire(ctx, copied, s.now) })
	reach := func(code string, who announcement.Audience, now time.Time) (r survey.Reach) {
		s.tx(func(ctx context.Context, tx *Tx) (err error) {
			r, err = tx.SurveyReach(ctx, survey.Survey{Questionnaire: code, Version: 1, Audience: who}, now)
			return err
		})
		return r
	}
	for _, tt := range []struct {
		name  string
		code  string
		who   announcement.Audience
		after int // days
		again bool
	}{
		{"the same unit", d.Code, of(units[0]), 89, true},
		{"everybody, of whom some were asked", d.Code, announcement.Audience{All: true}, 1, true},
		{"another unit", d.Code, of(units[1]), 1, false},
		{"the same words under another code", "salinan", of(units[0]), 1, true},
		{"other questions", "jam-belajar", of(units[0]), 1, false},
		{"after 90 days", d.Code, of(units[0]), 90, false},
	} {
		if r := reach(tt.code, tt.who, s.now.AddDate(0, 0, tt.after)); (r.Again != "") != tt.again {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
	s.exec(`UPDATE employee SET unit_id = $2 WHERE id = $1`, s.people[0], units[1])
	if r := reach(d.Code, of(units[1]), s.now.AddDate(0, 0, 1)); r.Again == "" {
		t.Error("somebody who was asked has moved, and is asked the same again")
	}
	s.exec(`DELETE FROM chat WHERE employee_id = ANY(SELECT id FROM employee WHERE unit_id = $1 ORDER BY id LIMIT 3)`, units[1])
	if r := reach(d.Code, of(units[1]), s.now); r.Asked != 4 {
		t.Errorf("%d of seven, three without an account, would be asked", r.Asked)
	}
}

// Nothing that is stored after the close tells who has answered a survey without names: not
// what was said to ask them, not what of it was taken back, and not when.
func TestNothingTellsWhoAnsweredASurvey(t *testing.T) {
	s, _ := newNameless(t, 12)
	id := s.startNameless(s.now, announcement.Audience{All: true})
	s.run(s.now)
	answers := func(from, to int, at time.Time) {
		for i, p := range s.people[from:to] {
			if err := s.hold(id, p, thinks(i), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	answers(0, 3, s.now.Add(time.Minute)) // their invitations wait
	s.deliver(1, s.now.Add(2*time.Minute))
	answers(3, 6, s.now.Add(time.Hour))
	s.run(s.now.AddDate(0, 0, 7))
	answers(6, 8, s.now.AddDate(0, 0, 7).Add(time.Minute))
	s.deliver(1, s.now.AddDate(0, 0, 7).Add(2*time.Minute))
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE employee_id = $1`, s.people[10], s.now)
	s.exec(`UPDATE chat SET active_form = $2, active_ref = (SELECT max(id) FROM task WHERE employee_id = $1) WHERE employee_id = $1`, s.people[10], survey.AnonymousFlow)
	s.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT 1000000 + employee_id, 's.sv', id, '{}', $2 FROM task WHERE employee_id = $1`, s.people[10], s.now)
	if n := s.count(`SELECT count(*) FROM notice WHERE task_id IS NOT NULL AND kind = 'survey_reminder'`); n == 0 {
		t.Fatal("nobody was reminded: the test asks nothing")
	}
	others := s.people[1:] // the first is who owns the survey, and is told other things
	if n := len(s.prints(others)); n == 1 {
		t.Fatal("before the close everybody looks alike: the test sees nothing")
	}
	s.run(s.now.AddDate(0, 0, 10))
	if prints := s.prints(others); len(prints) > 1 {
		t.Errorf("people can be told apart after the close:\n%s", strings.Join(slices.Sorted(maps.Keys(prints)), "\n---\n"))
	}
	for what, query := range map[string]string{
		"tasks that tell of themselves": `SELECT count(*) FROM task WHERE occasion_id = $1 AND (state <> 'expired' OR started_at IS NOT NULL OR done_at IS NOT NULL OR ladder_at IS NOT NULL)`,
		"drafts":                        `SELECT count(*) FROM draft WHERE form = 's.sv' AND $1::bigint > 0`,
		"forms on show":                 `SELECT count(*) FROM chat WHERE active_form = 's.sv' AND $1::bigint > 0`,
		"messages that asked":           `SELECT count(*) FROM outbox WHERE template IN ('survey.ask', 'survey.remind') AND NOT forget AND $1::bigint > 0`,
	} {
		if n := s.count(query, id); n != 0 {
			t.Errorf("%d %s are left after the close", n, what)
		}
	}
	s.run(s.now.AddDate(0, 0, 10).Add(time.Hour))
	if n := s.count(`SELECT count(*) FROM notice WHERE task_id IS NOT NULL`); n != 0 {
		t.Errorf("%d people are asked anew", n)
	}
}

// The program "link" over surveys: of 60 with ten people each, whoever puts tasks, sealed
// answers and what is shown into the order of any two clues is right as often as chance. The
// same search finds who answered what when the sealed rows hold it in the order of sending.
func TestSurveyAnswersCannotBeLinked(t *testing.T) {
	devdbtest.Long(t, "600 answers are held, closed and searched")
	const surveys, persons = 60, 10
	sizes := make([]int, surveys)
	for i := range sizes {
		sizes[i] = persons
	}
	s, units := newNameless(t, sizes...)
	r := rand.New(rand.NewPCG(9, 9))
	ids, truth := make([]int64, surveys), make([]map[int64]string, surveys)
	type one struct {
		survey int
		person int64
	}
	var all []one
	for i := range ids {
		ids[i], truth[i] = s.startNameless(s.now, announcement.Audience{Units: []int64{units[i]}}), map[int64]string{}
		for _, p := range s.people[i*persons : (i+1)*persons] {
			all = append(all, one{i, p})
		}
	}
	sent := make([][]trace, surveys) // what must not be kept: answers in the order of sending
	for n, o := range shuffled(r, all) {
		a := thinks(r.IntN(5))
		truth[o.survey][o.person] = a["C1"]
		sent[o.survey] = append(sent[o.survey], trace{key: int64(n), text: a["C1"], clues: map[string]float64{"place": float64(n), "xmin": float64(n), "id": float64(n), "time": float64(n)}})
		if err := s.hold(ids[o.survey], o.person, a, s.now.Add(time.Duration(n)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	const tasks = `SELECT id, employee_id, '', ` + heap + `, xmin::text::float8, 0::float8, COALESCE(extract(epoch FROM COALESCE(done_at, started_at)), 0)::float8 FROM task WHERE occasion_id = $1`
	before := s.dump(ids, tasks)
	held := s.dump(ids, `SELECT task_id, t.employee_id, '', (h.ctid::text::point)[0] * 1000 + (h.ctid::text::point)[1], h.xmin::text::float8, length(h.sealed)::float8, 0::float8
		FROM held_answer h JOIN task t ON t.id = h.task_id WHERE h.occasion_id = $1`)
	s.run(s.now.AddDate(0, 0, 10))
	after := s.dump(ids, tasks)
	// A tally says so many times the value of C1, in the order of its rows.
	shown := s.dump(ids, `SELECT row_number() OVER (), 0, y.value, (y.ctid::text::point)[0] * 1000 + (y.ctid::text::point)[1] + g.i / 100.0, y.xmin::text::float8, length(y.value)::float8, 0::float8
		FROM atom a JOIN tally y ON y.atom_id = a.id AND y.item = 'C1' CROSS JOIN generate_series(1, y.n) AS g (i) WHERE a.survey_id = $1`)
	if len(shown[0]) != persons {
		t.Fatalf("%d of %d answers are in the tallies", len(shown[0]), persons)
	}
	// Whoever deals out the answers of a survey by chance is right, for each value, for as many
	// of those who gave it as is its share among all of them.
	chance := 0.0
	for _, of := range truth {
		gave := map[string]int{}
		for _, value := range of {
			gave[value]++
		}
		for _, n := range gave {
			chance += float64(n*n) / persons
		}
	}
	limit := int(chance + 5*math.Sqrt(chance))
	search := func(texts [][]trace) (int, string) {
		return likeliest(truth, texts, map[string][][]trace{"tasks before the close": before, "sealed answers": held, "tasks after the close": after})
	}
	if right, how := search(shown); right > limit {
		t.Errorf("%s tell %d of %d answers, chance gives %d at most", how, right, surveys*persons, limit)
	}
	if right, _ := search(sent); right < surveys*persons*9/10 {
		t.Errorf("the search finds %d of %d answers in the order of sending: it proves nothing", right, surveys*persons)
	}
	s.tasksAreAlike(held, after)
}

// closeSays is what an owner reads of the close of a survey that asked six people.
const closeSays = "Survei anonim <b>Kesiapan</b> sudah ditutup dan jawabannya dijumlahkan. Ditanya: 6 pegawai. Hasil yang boleh ditampilkan ada di Buka survei. " +
	"Tindak lanjutnya dijanjikan paling lambat Senin, 1 Februari 2027."

// The owner of a survey without names is told once that it was counted, with how many were
// asked: in the same words whether somebody has answered, or enough to be shown, or nobody. Once
// the owner has left the personnel office, everybody in it is told.
func TestCloseIsToldToTheOffice(t *testing.T) {
	for _, answered := range []int{0, 3, 6} {
		t.Run(fmt.Sprint(answered), func(t *testing.T) {
			s, _ := newNameless(t, 6)
			id := s.startNameless(s.now, announcement.Audience{All: true})
			for i, p := range s.people[:answered] {
				if err := s.hold(id, p, thinks(i), s.now); err != nil {
					t.Fatal(err)
				}
			}
			told := func() int { return s.count(`SELECT count(*) FROM notice WHERE key LIKE 'survey-closed:%'`) }
			s.run(s.now.AddDate(0, 0, 9))
			if n := told(); n != 0 {
				t.Errorf("%d are told of a close before it", n)
			}
			s.run(s.now.AddDate(0, 0, 10))
			s.run(s.now.AddDate(0, 0, 11))
			if n := told(); n != 1 || s.count(`SELECT count(*) FROM notice WHERE key = 'survey-closed:' || $1::bigint AND employee_id = $2`, id, s.hr) != 1 {
				t.Errorf("%d are told of the close, want the owner once", n)
			}
			said := s.text(`SELECT reply::jsonb ->> 'Text' FROM notice WHERE key = 'survey-closed:' || $1::bigint`, id)
			if said != closeSays {
				t.Errorf("the owner reads %q, want %q", said, closeSays)
			}
			s.exec(`DELETE FROM notice WHERE key LIKE 'survey-closed:%'`)
			s.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', $3), ($2, 'hr', $3)`, s.people[2], s.people[3], s.now)
			s.exec(`UPDATE role_grant SET revoked_at = $2 WHERE employee_id = $1`, s.hr, s.now)
			s.run(s.now.AddDate(0, 0, 12))
			if n := s.count(`SELECT count(*) FROM notice WHERE key LIKE 'survey-closed:%' AND employee_id = ANY($1)`, pq.Array(s.people[2:4])); n != 2 || told() != 2 {
				t.Errorf("%d of the office are told in the place of the owner, %d in all", n, told())
			}
		})
	}
}
