package storage

import (
	"context"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
)

// An agency of so many people in 40 units: eight, each with four below. Everybody's place,
// position and answers follow from a digest of the number, and the first of each unit leads
// the others. $1 is how many.
const (
	chance       = `('x' || substr(md5(%s || '%s'), 1, 7))::bit(28)::int`
	needfulUnits = `
		INSERT INTO unit (code, name, parent_id) SELECT 'B' || i, 'Badan ' || i, NULL FROM generate_series(1, 8) i;
		INSERT INTO unit (code, name, parent_id) SELECT 'S' || i, 'Subbagian ' || i, (SELECT id FROM unit WHERE code = 'B' || 1 + i % 8) FROM generate_series(1, 32) i`
)

// dice is a number from 0 up to but without most that follows from who or what of is.
func dice(of, salt string, most int) string { return fmt.Sprintf(chance+` %% %d`, of, salt, most) }

// fillNeeds registers people and plays a period up to its close: some have sent nothing,
// some are not rated, some of their answers are no level, and some have sent twice.
func (f *fixture) fillNeeds(people int, name string) {
	f.t.Helper()
	f.registerNeeds(people)
	f.playNeeds(name)
}

// registerNeeds registers those people: the first of each unit leads the others.
func (f *fixture) registerNeeds(people int) {
	f.t.Helper()
	f.exec(needfulUnits)
	f.exec(fmt.Sprintf(`
		INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1 + i %% 2,
		       (SELECT id FROM unit ORDER BY id OFFSET (%s) * (%s) / 100 * 40 / 1000 LIMIT 1),
		       (ARRAY['PELAKSANA', 'PENGAWAS', 'JF_MUDA', 'ADMINISTRATOR', NULL])[1 + (%s)]
		FROM generate_series(1, $1::int) i`, dice("i", "u", 1000), dice("i", "v", 100), dice("i", "k", 5)), people)
	f.exec(`WITH first AS (SELECT unit_id, min(id) AS id FROM employee GROUP BY unit_id)
		UPDATE employee e SET supervisor_id = b.id FROM first b WHERE b.unit_id = e.unit_id AND b.id <> e.id`)
}

// playNeeds opens a period and answers it.
func (f *fixture) playNeeds(name string) {
	f.t.Helper()
	f.openPeriod(name)
	f.exec(fmt.Sprintf(`UPDATE task SET state = 'done', done_at = opens_at + interval '1 day' WHERE state = 'open' AND (%s) < 85`, dice("id", "d", 100)))
	f.exec(fmt.Sprintf(`UPDATE task SET state = 'excused', excused_why = 'leave' WHERE state = 'open' AND employee_id = subject_id AND (%s) < 20`, dice("id", "e", 100)))
	f.exec(fmt.Sprintf(`
		INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT t.id, r, t.questionnaire_code, t.questionnaire_version, false, t.done_at FROM task t, generate_series(1, 2) r
		WHERE t.state = 'done' AND NOT EXISTS (SELECT FROM response x WHERE x.task_id = t.id) AND (r = 1 OR (%s) < 20)`, dice("t.id", "r", 100)))
	f.exec(fmt.Sprintf(`
		INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, i.item->>'code', CASE WHEN (%s) < 4 AND t.employee_id <> t.subject_id THEN '-' ELSE greatest(0, (%s) - (%s))::text END
		FROM response r JOIN task t ON t.id = r.task_id JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') i (item)
		WHERE i.item->>'code' IN (SELECT code FROM competency) AND NOT EXISTS (SELECT FROM answer a WHERE a.response_id = r.id)`,
		dice("r.id || i.item::text", "s", 100), dice("r.id || i.item::text", "a", 6), dice("t.subject_id", "g", 3)))
}

func (f *fixture) closePeriod() (id int64) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		p, _, err := tx.ClosePeriod(ctx, start.AddDate(0, 1, 0))
		id = p.ID
		return err
	})
	return id
}

// analysis is that of a period for a reader.
func (f *fixture) analysis(period, reader int64) (a needs.Analysis) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		of, err := tx.Needs(ctx, period, reader)
		a = needs.Analyse(of)
		return err
	})
	return a
}

// recounted is one person in one competency, as plain SQL finds it.
type recounted struct {
	unit, person int64
	code         string
	gap          int
}

// Every level of somebody by both views, with standard weights of three to one: half up,
// which needs no rounding, as the sum of both has four parts.
const recountNeeds = `
	WITH last AS (
		SELECT t.occasion_id, t.kind, t.employee_id, t.subject_id, a.item_code, a.value
		FROM task t JOIN response r ON r.task_id = t.id AND r.revision = (SELECT max(revision) FROM response WHERE task_id = t.id)
		JOIN answer a ON a.response_id = r.id WHERE t.occasion_id = $1 AND a.value <> '-'
	)
	SELECT e.unit_id, e.id, s.item_code, 75 * g.value::int + 25 * s.value::int - 100 * d.level
	FROM employee e JOIN last s ON s.employee_id = e.id AND s.subject_id = e.id
	JOIN last g ON g.subject_id = e.id AND g.employee_id = e.supervisor_id AND g.item_code = s.item_code
	JOIN standard d ON d.class_code = e.class_code AND d.competency_code = s.item_code
	WHERE EXISTS (SELECT FROM task k WHERE k.occasion_id = $1 AND k.employee_id = e.id AND k.subject_id = e.id AND k.state <> 'excused')`

func (f *fixture) recountNeeds(period int64) (all []recounted) {
	f.t.Helper()
	rows, err := f.owner.Query(recountNeeds, period)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r recounted
		if err := rows.Scan(&r.unit, &r.person, &r.code, &r.gap); err != nil {
			f.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// of are those of a node: a unit with all below it, or its own staff.
func (f *fixture) of(n needs.Node) (units []int64) {
	f.t.Helper()
	query := `WITH RECURSIVE below AS (SELECT id FROM unit WHERE id = $1 OR $1 = 0 UNION SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id) SELECT array_agg(id) FROM below`
	if n.OwnStaff {
		query = `SELECT ARRAY[$1::bigint]`
	}
	if err := f.owner.QueryRow(query, n.Unit).Scan((*pq.Int64Array)(&units)); err != nil {
		f.t.Fatal(err)
	}
	return units
}

// nearest rounds a mean of n persons, in hundredths of a level, as the rules say: halves
// away from nought, to the step for so many.
func nearest(sum, n int) int {
	step := int64(1)
	if n <= 10 {
		step = 5
	} else if n <= 20 {
		step = 2
	}
	mean, sign := big.NewRat(int64(sum), int64(10*n)), 1
	if sum < 0 {
		mean, sign = mean.Neg(mean), -1
	}
	for k := int64(0); ; k++ {
		if big.NewRat((2*k+1)*step, 2).Cmp(mean) > 0 {
			return sign * int(k*step)
		}
	}
}

// Of 300 people in 40 units every cell that is shown is what plain SQL counts, what is
// hidden is too small or would give something small away, and nothing moves when people,
// classes and standards do.
func TestNeedsAreWhatSQLCounts(t *testing.T) {
	devdbtest.Long(t, "the needs of 300 people are counted anew")
	f := newFixture(t)
	f.fillNeeds(300, "Januari")
	f.tx(func(ctx context.Context, tx *Tx) error {
		if list, err := tx.NeedPeriods(ctx); err != nil || len(list) > 0 {
			t.Errorf("%d periods are there before the close, %v", len(list), err)
		}
		return nil
	})
	period := f.closePeriod()
	a, all := f.analysis(period, 0), f.recountNeeds(period)
	shown := f.compareCells(a, all)
	if len(all) < 1000 || shown < 100 {
		t.Fatalf("%d levels and %d cells are shown: nothing is proved", len(all), shown)
	}
	f.exec(`UPDATE employee SET unit_id = (SELECT max(id) FROM unit), class_code = 'JF_MADYA', supervisor_id = NULL WHERE id % 3 = 0`)
	f.exec(`UPDATE standard SET level = 5`)
	f.exec(`UPDATE unit SET parent_id = NULL, name = name || ' baru'`)
	f.exec(`UPDATE rating_weight SET weight = 50`)
	if after := f.analysis(period, 0); !reflect.DeepEqual(a, after) {
		t.Error("the analysis of a closed period has changed with the register")
	}
	f.playNeeds("Februari")
	if second := f.closePeriod(); reflect.DeepEqual(a.Nodes, f.analysis(second, 0).Nodes) || !reflect.DeepEqual(a, f.analysis(period, 0)) {
		t.Error("a second period is not counted for itself")
	}
}

// compareCells compares every cell with the recount, and returns how many are shown.
func (f *fixture) compareCells(a needs.Analysis, all []recounted) (shown int) {
	f.t.Helper()
	within := make([][]int64, len(a.Nodes))
	for i, n := range a.Nodes {
		within[i] = f.of(n)
	}
	for c, competency := range a.Competencies {
		for i, n := range a.Nodes {
			count, gap, lack, affected := 0, 0, 0, 0
			for _, r := range all {
				if r.code != competency.Code || !slices.Contains(within[i], r.unit) {
					continue
				}
				count, gap = count+1, gap+r.gap
				if r.gap < 0 {
					lack, affected = lack-r.gap, affected+1
				}
			}
			v := n.Values[c]
			if !v.Shown() {
				if v != (needs.Value{}) {
					f.t.Errorf("%s of %s is hidden and says %+v", competency.Code, n.Name, v)
				}
				continue
			}
			shown++
			of := 5
			if count < 10 {
				of = 3
			}
			want := needs.Value{N: count, Gap: max(-needs.MostLack, min(needs.MostSurplus, nearest(gap, count))), Lack: min(needs.MostLack, nearest(lack, count))}
			want.Share.Part, want.Share.Of = min(of-1, affected*of/count), of
			if v != want || count < 5 {
				f.t.Errorf("%s of %s (own staff %t): %+v, SQL counts %+v", competency.Code, n.Name, n.OwnStaff, v, want)
			}
		}
	}
	return shown
}

// The program "equations" over the frozen rows of 300 people, for somebody who knows
// nobody and for each who leads a team: what is shown of a unit minus what is shown within
// it is nobody or five persons, without those whom the reader knows. With the rule off
// that is not so.
func TestNoNeedsOfFewerThanFive(t *testing.T) {
	devdbtest.Long(t, "what each superior of 300 people sees is subtracted")
	f := newFixture(t)
	f.fillNeeds(300, "Januari")
	period := f.closePeriod()
	all := f.recountNeeds(period)
	var leaders []int64
	if err := f.owner.QueryRow(`SELECT array_agg(DISTINCT supervisor_id) || 0::bigint FROM employee WHERE supervisor_id IS NOT NULL`).Scan((*pq.Int64Array)(&leaders)); err != nil {
		t.Fatal(err)
	}
	off := 0
	for _, reader := range leaders {
		a := f.analysis(period, reader)
		var known []int64
		if err := f.owner.QueryRow(`SELECT array_agg(id) FROM employee WHERE id = $1 OR supervisor_id = $1`, reader).Scan((*pq.Int64Array)(&known)); err != nil {
			t.Fatal(err)
		}
		own := map[int64]int{}
		for i, n := range a.Nodes {
			if len(n.Children) == 0 {
				own[n.Unit] = i
			}
		}
		for c, competency := range a.Competencies {
			persons := make([][]int64, len(a.Nodes))
			for _, r := range all {
				if r.code != competency.Code || slices.Contains(known, r.person) {
					continue
				}
				for at := own[r.unit]; at >= 0; at = a.Nodes[at].Parent {
					persons[at] = append(persons[at], r.person)
				}
			}
			isShown := func(i int) bool { return a.Nodes[i].Values[c].Shown() }
			for _, rest := range rests(a, persons, isShown) {
				if rest > 0 && rest < 5 {
					t.Fatalf("%s: %d persons can be worked out by %d", competency.Code, rest, reader)
				}
			}
			for _, rest := range rests(a, persons, func(i int) bool { return len(persons[i]) >= 5 }) {
				if rest > 0 && rest < 5 {
					off++
				}
			}
		}
	}
	if off == 0 {
		t.Error("with the rule off nobody can be worked out: nothing is proved")
	}
}

// rests are, of each node that is shown, how many persons are in it and in none of the
// shown nodes within it.
func rests(a needs.Analysis, persons [][]int64, shown func(int) bool) (out []int) {
	for i := range a.Nodes {
		if !shown(i) {
			continue
		}
		covered := map[int64]bool{}
		for j := i + 1; j < len(a.Nodes); j++ {
			inside := false
			for at := j; at >= 0 && !inside; at = a.Nodes[at].Parent {
				inside = a.Nodes[at].Parent == i
			}
			if inside && shown(j) {
				for _, p := range persons[j] {
					covered[p] = true
				}
			}
		}
		out = append(out, len(persons[i])-len(covered))
	}
	return out
}

// The importance that somebody gives a competency is kept with who gave it, moves the
// order and no figure.
func TestImportance(t *testing.T) {
	f := newFixture(t)
	f.fillNeeds(120, "Januari")
	period := f.closePeriod()
	before := f.analysis(period, 0)
	last := before.Competencies[len(before.Competencies)-1]
	who, set := int64(f.count(`SELECT min(id) FROM employee`)), func(code string, n int) (changed bool, err error) {
		err = f.try(func(ctx context.Context, tx *Tx) error {
			changed, err = tx.SetImportance(ctx, code, n, int64(f.count(`SELECT min(id) FROM employee`)), start.Add(time.Hour))
			return err
		})
		return changed, err
	}
	for _, c := range before.Competencies[:len(before.Competencies)-1] {
		if changed, err := set(c.Code, needs.NotAsked); !changed || err != nil {
			t.Fatal(changed, err)
		}
	}
	if changed, err := set(last.Code, needs.DefaultImportance); changed || err != nil {
		t.Errorf("what is so already is changed: %t, %v", changed, err)
	}
	if _, err := set("M.99", 1); err == nil {
		t.Error("a competency that does not exist has an importance")
	}
	after := f.analysis(period, 0)
	if after.Competencies[0].Code != last.Code || !slices.Contains(after.Agency().Values, before.Agency().Values[0]) {
		t.Errorf("first is %+v, want %+v with the same figures", after.Competencies[0], last)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'competency.importance' AND actor = $1`, who); n != len(before.Competencies)-1 {
		t.Errorf("%d changes are kept", n)
	}
}

// The programmes that develop a competency are listed with the seats of their batches
// ahead: what was cancelled, has begun or is only planned has none.
func TestDevelopingProgrammes(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '-', 'menulis', 'bimtek', 8, 'order' FROM generate_series(1, 3) i`)
	f.exec(`INSERT INTO programme_competency (programme_id, competency_code, level) SELECT id, 'M.03', 4 - id FROM programme WHERE id < 3 UNION ALL SELECT id, 'M.04', 2 FROM programme WHERE id = 3`)
	f.exec(`INSERT INTO unit (code, name) VALUES ('U', 'Unit')`)
	f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT '1985072020100' || to_char(10000 + i, 'FM00000'), 'Pegawai ' || i, 1, (SELECT id FROM unit) FROM generate_series(1, 5) i`)
	f.exec(`WITH o AS (INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 5) RETURNING id)
		INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		SELECT o.id, (SELECT min(id) FROM programme), k, 'Angkatan ' || k, 10 * k, 'free', 'none', (ARRAY['open', 'closed', 'planned', 'cancelled', 'open'])[k],
		       $1::timestamptz + CASE WHEN k = 5 THEN -1 ELSE k END * interval '1 day', $1::timestamptz + interval '9 days', $1
		FROM (SELECT id, row_number() OVER (ORDER BY id)::int AS k FROM o) o`, start)
	f.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at)
		SELECT (SELECT min(id) FROM batch), e.id, 'nominated', CASE WHEN e.id % 2 = 0 THEN 'seated' ELSE 'waiting' END, $1, $1 FROM employee e`, start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.Developing(ctx, "M.03", start)
		if len(list) != 2 || err != nil {
			t.Fatalf("%+v, %v", list, err)
		}
		if none := list[0]; none.Level != 2 || none.Batches != 0 || none.Free() != 0 {
			t.Errorf("without a batch: %+v", none)
		}
		if one := list[1]; one.Level != 3 || one.Batches != 2 || one.Planned != 1 || one.Seats != 30 || one.Taken != 2 || one.Free() != 28 {
			t.Errorf("with two batches ahead: %+v", one)
		}
		return nil
	})
}

// TestErasureMovesNoFigure erases what people may have erased: the analysis stays as it was
// frozen, for every reader, and so does who was where.
func TestErasureMovesNoFigure(t *testing.T) {
	devdbtest.Long(t, "needs are counted twice")
	f := newFixture(t)
	f.fillNeeds(120, "Januari")
	period := f.closePeriod()
	before, frozen := f.analysis(period, 0), f.text(`SELECT md5(string_agg(n::text, '' ORDER BY n.employee_id)) FROM need_person n`)
	office := f.count(`SELECT max(id) FROM employee`)
	for _, id := range []int{f.count(`SELECT min(employee_id) FROM need_person WHERE filled AND rated`), f.count(`SELECT min(employee_id) FROM need_person WHERE NOT filled`)} {
		f.tx(func(ctx context.Context, tx *Tx) error {
			ticket, err := tx.AddTicket(ctx, int64(id), 5, personnel.ErasureTicket, "", start)
			if err != nil {
				return err
			}
			return tx.Erase(ctx, personnel.Erasure{TicketID: ticket, EmployeeID: int64(id)}, int64(office), start)
		})
	}
	if f.count(`SELECT count(*) FROM audit WHERE action = 'erase'`) != 2 {
		t.Error("nothing was erased: nothing is proved")
	}
	if after := f.analysis(period, 0); !reflect.DeepEqual(before, after) {
		t.Error("the analysis has changed with an erasure")
	}
	if now := f.text(`SELECT md5(string_agg(n::text, '' ORDER BY n.employee_id)) FROM need_person n`); now != frozen {
		t.Error("who was where has changed with an erasure")
	}
}

// The sums of a close are those of the levels of its people, rounded as those are, by weights
// that leave a remainder; the file of people holds exactly who is counted.
func TestSumsAreThoseOfPeople(t *testing.T) {
	f := newFixture(t)
	f.fillNeeds(120, "Januari")
	f.exec(`UPDATE rating_weight SET weight = CASE side WHEN 'self' THEN 33 ELSE 67 END`)
	period := f.closePeriod()
	gap, lack, n, affected := 0, 0, 0, 0
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.NeedPeople(ctx, needs.Opening{Period: period}, func(p needs.Person) error {
			for _, l := range p.Levels {
				if g, ok := l.Gap(); ok {
					n, gap = n+1, gap+int(g)
					if g < 0 {
						lack, affected = lack-int(g), affected+1
					}
				}
			}
			return nil
		})
	})
	got := f.text(`SELECT concat_ws(' ', sum(n), sum(gap), sum(lack), sum(affected)) FROM need_cell`)
	if want := fmt.Sprint(n, gap, lack, affected); got != want || n < 300 {
		t.Errorf("the cells add up to %s, those of the people are %s", got, want)
	}
}
