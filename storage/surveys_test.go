package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/effect"
	"bangkom/internal/intake"
	"bangkom/internal/satisfaction"
)

const surveyHeading = "UNIT KERJA;TITIK LAYANAN;JENIS LAYANAN;PERIODE;RESPONDEN;U1;U2;U3;U4;U5;U6;U7;U8;U9;NILAI SKM;BOBOT\n"

// offices registers units without people: Kantor 1 and so on.
func (f *fixture) offices(n int) {
	f.t.Helper()
	f.exec(`INSERT INTO unit (code, name, name_key) SELECT 'K' || i, 'Kantor ' || i, 'kantor ' || i FROM generate_series(1, $1::int) i`, n)
}

// summaryRow is a row with one mean for all elements.
func summaryRow(unit, period, respondents, mean, rest string) string {
	return unit + ";;Perizinan;" + period + ";" + respondents + strings.Repeat(";"+mean, 9) + ";" + rest + "\n"
}

// Every bad input has its cause, and never takes a part of a unit's survey.
func TestSurveysAreRefused(t *testing.T) {
	f := newFixture(t)
	f.offices(4)
	f.exec(`INSERT INTO unit (code, name, name_key) VALUES ('X1', 'Loket', 'loket'), ('X2', 'Loket', 'loket')`)
	good := summaryRow("Kantor 1", "Semester I 2027", "50", "3,20", ";")
	for _, c := range []struct{ name, rows, codes string }{
		{"good", good, ""},
		{"a point for a comma", summaryRow("Kantor 1", "Semester I 2027", "50", "3.20", ";"), ""},
		{"a code for a name", summaryRow("K1", "2027-S1", "50", "3,20", ";"), ""},
		{"missing element", good + strings.Replace(summaryRow("Kantor 2", "Semester I 2027", "50", "3,2", ";"), ";3,2;", ";;", 1), "SURVEY_ELEMENT"},
		{"above 4", good + summaryRow("Kantor 2", "Semester I 2027", "50", "4,01", ";"), "SURVEY_VALUE"},
		{"below 1", good + summaryRow("Kantor 2", "Semester I 2027", "50", "0,99", ";"), "SURVEY_VALUE"},
		{"no number", good + summaryRow("Kantor 2", "Semester I 2027", "50", "baik", ";"), "SURVEY_VALUE"},
		{"a mean of one respondent", good + summaryRow("Kantor 2", "Semester I 2027", "", "3,5", ";"), "SURVEY_ANSWER"},
		{"an answer of 5", good + summaryRow("Kantor 2", "Semester I 2027", "", "3", ";") + summaryRow("Kantor 2", "Semester I 2027", "", "5", ";"), "SURVEY_PARTS SURVEY_ANSWER"},
		{"unknown unit", good + summaryRow("Kantor 9", "Semester I 2027", "50", "3,20", ";"), "UNIT_UNKNOWN"},
		{"two units of one name", good + summaryRow("Loket", "Semester I 2027", "50", "3,20", ";"), "SURVEY_UNIT"},
		{"two periods", good + summaryRow("Kantor 2", "Semester II 2027", "50", "3,20", ";"), "SURVEY_PERIODS SURVEY_PERIODS"},
		{"no period", good + summaryRow("Kantor 2", "kemarin", "50", "3,20", ";"), "SURVEY_PERIOD"},
		{"no service", good + strings.Replace(summaryRow("Kantor 2", "Semester I 2027", "50", "3,20", ";"), "Perizinan", "", 1), "SURVEY_SERVICE"},
		{"two services", good + strings.Replace(summaryRow("Kantor 1", "Semester I 2027", "50", "3,20", ";"), ";;Perizinan", ";Loket 2;Dukcapil", 1), "SURVEY_SERVICE SURVEY_SERVICE"},
		{"no respondents", good + summaryRow("Kantor 2", "Semester I 2027", "0", "3,20", ";"), "SURVEY_RESPONDENTS"},
		{"mixed", good + summaryRow("Kantor 1", "Semester I 2027", "", "3", ";"), "SURVEY_MIXED SURVEY_MIXED"},
		{"weight", good + summaryRow("Kantor 2", "Semester I 2027", "50", "3,20", "80,00;0,12"), "SURVEY_WEIGHT"},
		{"published fits", good + summaryRow("Kantor 2", "Semester I 2027", "50", "3,20", "79,20;0,11"), ""},
		{"published does not fit", good + summaryRow("Kantor 2", "Semester I 2027", "50", "3,20", "81,00;"), "SURVEY_PUBLISHED"},
		{"published by another weight", good + summaryRow("Kantor 2", "Semester I 2027", "50", "3,20", "80,00;0,11"), "SURVEY_PUBLISHED"},
		{"published of respondents does not fit", good + summaryRow("Kantor 2", "Semester I 2027", "", "3", "75,02;"), "SURVEY_PUBLISHED"},
	} {
		var got []string
		rollback := errors.New("looked only")
		err := f.try(func(ctx context.Context, tx *Tx) error {
			lists, err := intake.LoadLists(ctx, tx, intake.AnyKind, 62)
			if err != nil {
				return err
			}
			b, err := intake.Recognise([]byte(surveyHeading+c.rows), lists, start)
			if err != nil {
				return err
			}
			r, err := b.Store(ctx, tx, start)
			if err != nil {
				return err
			}
			for _, one := range r.Refused {
				got = append(got, one.Code)
			}
			if rows := strings.Count(c.rows, "\n"); b.Kind != "surveys" || r.Accepted+len(r.Refused) != rows || r.New != r.Accepted {
				t.Errorf("%s: %s, %d rows are %d accepted, %d new and %d refused", c.name, b.Kind, rows, r.Accepted, r.New, len(r.Refused))
			}
			return rollback
		})
		if codes := strings.Join(got, " "); codes != c.codes || !errors.Is(err, rollback) {
			t.Errorf("%s: refused %q, want %q, %v", c.name, codes, c.codes, err)
		}
	}
}

// recountSurveys is the index of each survey as plain SQL counts it, by exact weights.
const recountSurveys = `
	SELECT string_agg(unit || ' ' || n || ' ' || centi, ', ' ORDER BY unit) FROM (
		SELECT u.name AS unit, s.respondents AS n, floor(sum(e.total::numeric / e.answers) / 10000 / count(*) * 2500 + 0.5) AS centi
		FROM survey s JOIN unit u ON u.id = s.unit_id JOIN survey_element e ON e.survey_id = s.id GROUP BY s.id, u.name) x`

// What respondents said is stored as sums alone: the index is that of their answers, points
// of one office are one unit, and nothing that is about a person is anywhere in the
// database.
func TestSurveysOfRespondents(t *testing.T) {
	f := newFixture(t)
	f.offices(3)
	r := rand.New(rand.NewPCG(20, 7))
	var b strings.Builder
	b.WriteString("NAMA RESPONDEN;NO HP;UMUR;NIK;JENIS KELAMIN;" + surveyHeading)
	var sum, n [4][9]int
	people := [4]int{}
	for i := range 300 {
		unit := 1 + i%3
		people[unit]++
		fmt.Fprintf(&b, "Kenari %03d;0812777%04d;41;1871%012d;P;Kantor %d;Loket %d;Perizinan;Tahun 2027;", i, i, i, unit, i%2)
		for u := range 9 {
			b.WriteByte(';')
			if answer := r.IntN(5); answer > 0 || i < 3 { // some leave a question out
				answer = max(answer, 1)
				sum[unit][u], n[unit][u] = sum[unit][u]+answer, n[unit][u]+1
				fmt.Fprint(&b, answer)
			}
		}
		b.WriteString(";;\n")
	}
	if kind, rep := f.takeIn(b.String(), start); kind != "surveys" || rep.New != 300 || len(rep.Refused) != 0 {
		t.Fatalf("%s: %+v", kind, rep)
	}
	var want []string
	for unit := 1; unit <= 3; unit++ {
		mean := 0.0
		for u := range 9 {
			mean += float64(sum[unit][u]) / float64(n[unit][u]) / 9
		}
		want = append(want, fmt.Sprintf("Kantor %d %d %.0f", unit, people[unit], mean*2500))
	}
	if got := f.text(recountSurveys); got != strings.Join(want, ", ") {
		t.Errorf("stored %s\nwant %s", got, strings.Join(want, ", "))
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.SurveysIn(ctx, "2027")
		var got []string
		for _, s := range list {
			got = append(got, fmt.Sprintf("%s %d %d", s.UnitName, s.Respondents, s.Index()))
		}
		if !slices.Equal(got, want) {
			t.Errorf("read %q, want %q", got, want)
		}
		return err
	})
	for _, table := range f.tables() {
		if n := f.count(`SELECT count(*) FROM ` + table + ` x WHERE x::text ~ 'Kenari|0812777|1871[0-9]{12}'`); n > 0 {
			t.Errorf("%s holds something about respondents", table)
		}
	}
}

// A file that comes again changes nothing, a mended one replaces the unit's survey whole,
// and when its first figures came in stays.
func TestSurveysComeAgain(t *testing.T) {
	f := newFixture(t)
	f.offices(2)
	one, two := summaryRow("Kantor 1", "Triwulan I 2027", "50", "3,20", ";"), summaryRow("Kantor 2", "Triwulan I 2027", "60", "2,40", ";")
	for i, c := range []struct {
		rows                    string
		fresh, changed, already int
	}{{one + two, 2, 0, 0}, {one + two, 0, 0, 2}, {one + summaryRow("Kantor 2", "Triwulan I 2027", "61", "2,50", ";"), 0, 1, 1}} {
		if _, r := f.takeIn(surveyHeading+c.rows, start.Add(time.Duration(i)*time.Hour)); r.New != c.fresh || r.Changed != c.changed || r.Unchanged != c.already {
			t.Errorf("file %d: %d new, %d changed, %d unchanged", i, r.New, r.Changed, r.Unchanged)
		}
	}
	if got := f.text(recountSurveys); got != "Kantor 1 50 8000, Kantor 2 61 6250" {
		t.Error(got)
	}
	if n := f.count(`SELECT count(*) FROM survey WHERE first_at = $1`, start); n != 2 {
		t.Errorf("%d surveys know when they came in first", n)
	}
}

// A comparison is in time when no figure of the later period is there, whatever comes
// later; what is named again stays as it was, and nobody can change it.
func TestComparisonsAreNamedInTime(t *testing.T) {
	f := newFixture(t)
	f.employees(1)
	f.offices(2)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P', 'Pelayanan Prima', '-', '-', '-', 8, 'order')`)
	programme := int64(f.count(`SELECT id FROM programme`))
	before, _ := satisfaction.PeriodOf("2026-S2")
	after, _ := satisfaction.PeriodOf("2027-S1")
	name := func(element satisfaction.Element, share int, at time.Time) (n effect.Named, fresh bool) {
		f.tx(func(ctx context.Context, tx *Tx) error {
			id, new, err := tx.NameComparison(ctx, effect.Named{Programme: programme, Element: element, Before: before, After: after, Share: share}, 1, at)
			if err != nil {
				return err
			}
			fresh = new
			n, err = tx.Comparison(ctx, id)
			return err
		})
		return n, fresh
	}
	f.takeIn(surveyHeading+summaryRow("Kantor 1", "Semester II 2026", "50", "3,20", ";"), start)
	if n, fresh := name("", 50, start); !n.InTime || !fresh || n.Title != "Pelayanan Prima" || n.Share != 50 || !n.At.Equal(start) || n.After.Key != after.Key {
		t.Errorf("named %+v, %v", n, fresh)
	}
	f.takeIn(surveyHeading+summaryRow("Kantor 1", "Semester I 2027", "50", "3,20", ";"), start.Add(time.Hour))
	if n, fresh := name("", 10, start.Add(2*time.Hour)); !n.InTime || fresh || n.Share != 50 || !n.At.Equal(start) {
		t.Errorf("named again: %+v, %v", n, fresh)
	}
	if n, fresh := name(satisfaction.Conduct, 50, start.Add(2*time.Hour)); n.InTime || !fresh {
		t.Errorf("named too late: %+v, %v", n, fresh)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'comparison' AND actor = 1`); n != 2 {
		t.Errorf("%d namings are recorded", n)
	}
	for _, change := range []string{`UPDATE comparison SET in_time = true`, `DELETE FROM comparison`, `DELETE FROM survey`} {
		if err := f.try(func(ctx context.Context, tx *Tx) error { _, err := tx.tx.ExecContext(ctx, change); return err }); err == nil {
			t.Errorf("the program may %s", change)
		}
	}
}

// Figures of a part of the later period, or of one behind it, come too early as well: who
// knows the halves of a year knows the year.
func TestOverlappingPeriodsAreNotInTime(t *testing.T) {
	for _, c := range []struct {
		known, before, after string
		inTime               bool
	}{
		{"2026-S1", "2025", "2026", false}, {"2026-S2", "2025", "2026", false}, {"2026", "2025-S2", "2026-S1", false}, {"2027", "2025", "2026", false},
		{"2026-M12", "2026-T3", "2026-T4", false}, {"2025", "2025", "2026", true}, {"2025-S2", "2025", "2026", true}, {"2026-T3", "2026-S1", "2026-T4", true},
	} {
		t.Run(c.known+" is known, "+c.before+" to "+c.after, func(t *testing.T) {
			f := newFixture(t)
			f.employees(1)
			f.offices(1)
			f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P', 'Pelayanan Prima', '-', '-', '-', 8, 'order')`)
			f.takeIn(surveyHeading+summaryRow("Kantor 1", c.known, "50", "3,20", ";"), start)
			if n := f.named(c.before, c.after, start); n.InTime != c.inTime {
				t.Errorf("in time: %t", n.InTime)
			}
		})
	}
}

// Earlier figures that are changed once later ones are known move the result: then there is
// no probability. The same file again moves nothing, nor does a unit without later figures.
func TestEarlierFiguresAreReplaced(t *testing.T) {
	f := newFixture(t)
	f.employees(1)
	f.offices(3)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P', 'Pelayanan Prima', '-', '-', '-', 8, 'order')`)
	n := f.named("2026", "2027", start)
	for i, c := range []struct {
		what, rows string
		replaced   bool
	}{
		{"the earlier figures", summaryRow("Kantor 1", "2026", "50", "3,20", ";") + summaryRow("Kantor 3", "2026", "50", "3,20", ";"), false},
		{"a change in time", summaryRow("Kantor 1", "2026", "50", "3,10", ";"), false},
		{"the later figures", summaryRow("Kantor 1", "2027", "50", "3,40", ";") + summaryRow("Kantor 2", "2027", "50", "3,40", ";"), false},
		{"the same again", summaryRow("Kantor 1", "2026", "50", "3,10", ";"), false},
		{"a unit without later figures", summaryRow("Kantor 3", "2026", "50", "2,10", ";"), false},
		{"a change too late", summaryRow("Kantor 1", "2026", "50", "3,00", ";"), true},
	} {
		f.takeIn(surveyHeading+c.rows, start.Add(time.Duration(1+i)*time.Hour))
		f.tx(func(ctx context.Context, tx *Tx) error {
			replaced, err := tx.EarlierReplaced(ctx, n)
			if replaced != c.replaced {
				t.Errorf("after %s: replaced is %t", c.what, replaced)
			}
			return err
		})
	}
}

// named names a comparison of the one programme.
func (f *fixture) named(before, after string, at time.Time) (n effect.Named) {
	f.t.Helper()
	from, ok1 := satisfaction.PeriodOf(before)
	to, ok2 := satisfaction.PeriodOf(after)
	if !ok1 || !ok2 {
		f.t.Fatalf("no periods: %s, %s", before, after)
	}
	programme := int64(f.count(`SELECT id FROM programme`))
	f.tx(func(ctx context.Context, tx *Tx) error {
		id, _, err := tx.NameComparison(ctx, effect.Named{Programme: programme, Before: from, After: to, Share: 50}, 1, at)
		if err != nil {
			return err
		}
		n, err = tx.Comparison(ctx, id)
		return err
	})
	return n
}

// The agency's head reads a comparison in the month after its later figures came in, and once.
func TestEffectsOfTheMonth(t *testing.T) {
	f := newFixture(t)
	f.employees(2)
	f.offices(2)
	f.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'K' || employee.id) WHERE id <= 2`)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way, share) VALUES ('P', 'Pelayanan Prima', '-', '-', '-', 8, 'order', 100)`)
	f.takeIn(surveyHeading+summaryRow("Kantor 1", "2026", "50", "3,20", ";")+summaryRow("Kantor 2", "2026", "50", "3,20", ";"), start)
	f.named("2026", "2027", start)
	ends := time.Date(2027, 3, 1, 15, 0, 0, 0, jakarta)
	f.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id),
		b AS (INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
			SELECT o.id, g.id, 1, 'x', 40, 'free', 'none', 'done', $1::timestamptz - interval '6 hours', $1, $1 FROM o, programme g RETURNING id),
		s AS (INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT id, 1, $1::timestamptz - interval '6 hours', $1 FROM b RETURNING id, batch_id),
		n AS (INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) SELECT batch_id, 1, 'nominated', 'seated', $1, $1 FROM s)
		INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, 1, true, 'committee', $1 FROM s`, ends)
	came := time.Date(2028, 1, 12, 9, 0, 0, 0, jakarta)
	f.takeIn(surveyHeading+summaryRow("Kantor 1", "2027", "50", "3,40", ";")+summaryRow("Kantor 2", "2027", "50", "3,30", ";"), came)
	for _, tt := range []struct {
		month time.Month
		want  int
	}{{time.January, 0}, {time.February, 1}, {time.March, 0}} {
		f.tx(func(ctx context.Context, tx *Tx) error {
			o, err := tx.Office(ctx, time.Date(2028, tt.month, 3, 8, 0, 0, 0, jakarta))
			if len(o.Effects) != tt.want {
				t.Errorf("in %s the head reads %d comparisons, want %d", tt.month, len(o.Effects), tt.want)
			}
			if len(o.Effects) == 1 && (o.Effects[0].Verdict != effect.Few || o.Effects[0].Trained.Units != 1 || o.Effects[0].Untrained.Units != 1) {
				t.Errorf("it shows %+v", o.Effects[0].Picture)
			}
			return err
		})
	}
}

// Who counts as trained: present in enough sessions, in a batch that ended between the
// surveys, and counted at the nearest unit above that has a survey.
func TestTrainedShares(t *testing.T) {
	f := newFixture(t)
	f.employees(12)
	f.offices(4)
	f.exec(`UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'K1') WHERE code IN ('K2', 'K3')`)                                  // K2 has a survey of its own
	f.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'K' || (1 + employee.id % 4)), active = id <> 12 WHERE id <= 12`) // three in each
	f.takeIn(surveyHeading+summaryRow("Kantor 1", "2026", "50", "3,20", ";")+summaryRow("Kantor 4", "2026", "50", "3,20", ";"), start)
	f.takeIn(surveyHeading+summaryRow("Kantor 2", "2027", "50", "3,20", ";"), start)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way, share) VALUES ('P', 'Pelayanan Prima', '-', '-', '-', 8, 'order', 100), ('Q', 'Lain', '-', '-', '-', 8, 'order', 100)`)
	batch := func(programme string, ends time.Time, present ...int) {
		f.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id)
			INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
			SELECT o.id, g.id, o.id, 'x', 40, 'free', 'none', 'done', $2::timestamptz - interval '6 hours', $2, $2 FROM o, programme g WHERE g.code = $1`, programme, ends)
		id := f.count(`SELECT max(id) FROM batch`)
		f.exec(`INSERT INTO training_session (batch_id, n, starts_at, ends_at) SELECT $1, n, $2::timestamptz - interval '6 hours', $2 FROM generate_series(1, 2) n`, id, ends)
		for _, who := range present {
			f.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) VALUES ($1, $2, 'nominated', 'seated', $3, $3)`, id, who, ends)
			f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, $2::bigint, NOT ($2::bigint = 5 AND s.n = 2), 'committee', $3 FROM training_session s WHERE s.batch_id = $1`, id, who, ends)
		}
	}
	at := func(day string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", day, jakarta)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	batch("P", at("2027-03-01 15:00"), 1, 2, 5, 12) // of unit K2, K3, K2 and K1; 5 was there half the time, 12 has left
	batch("P", at("2027-12-31 23:00"), 4, 1)        // the last evening; 4 is of K1, 1 comes twice
	batch("P", at("2026-12-31 23:00"), 8)           // before the first survey was over
	batch("P", at("2028-01-01 00:00"), 3)           // after the second
	batch("Q", at("2027-03-01 15:00"), 9)           // another programme
	before, _ := satisfaction.PeriodOf("2026")
	after, _ := satisfaction.PeriodOf("2027")
	got := map[string]string{}
	f.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.TrainedShares(ctx, effect.Named{Programme: int64(f.count(`SELECT id FROM programme WHERE code = 'P'`)), Before: before, After: after}, jakarta)
		for _, s := range list {
			got[f.text(`SELECT code FROM unit WHERE id = $1`, s.Unit)] = fmt.Sprintf("%d of %d", s.Attended, s.People)
		}
		return err
	})
	want := map[string]string{"K1": "2 of 5", "K2": "1 of 3", "K4": "0 of 3"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("trained %v, want %v", got, want)
	}
}
