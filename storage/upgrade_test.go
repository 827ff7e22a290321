package storage

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/resolve"
	"bangkom/internal/survey"
	"bangkom/internal/task"
)

// release is a state from which agencies upgrade.
type release struct {
	version int64
	filled  string // the file that fills a database of it, above that of the release before
	// kept are the tables whose rows an upgrade must not change; nil = all but seeded.
	kept  []string
	large []string // tables that are not written anew
	// renamed are columns that have another name since.
	renamed map[string]string
}

// trainingRelease is the first one with trainings, citizensRelease with surveys of citizens,
// newestRelease the last of all, with surveys of the personnel office.
const (
	trainingRelease = 31
	citizensRelease = 47
	newestRelease   = 58
)

// releases are the states of which a filled database is upgraded, oldest first. A later
// one is filled above those before it, as an agency has come to it.
func releases() []release {
	return []release{
		{version: 12, filled: "testdata/version12.sql",
			kept:    strings.Fields("period task response answer talk co_rater team_check draft outbox notice snooze inbox audit employee chat"),
			large:   strings.Fields("task response answer"),
			renamed: map[string]string{"task.period_id": "occasion_id"}},
		{version: trainingRelease, filled: "testdata/version31.sql", large: strings.Fields("task response answer outbox notice enrolment attendance announcement_recipient"),
			renamed: map[string]string{"spent_prompt.batch_id": "occasion_id"}},
		{version: citizensRelease, filled: "testdata/version47.sql", kept: strings.Fields("survey survey_element comparison enrolment attendance batch programme"),
			large: strings.Fields("survey survey_element enrolment attendance")},
		{version: newestRelease, filled: "testdata/version58.sql", kept: strings.Fields("staff_survey staff_survey_person unit_readiness occasion task response answer survey batch programme"),
			large: strings.Fields("staff_survey_person task response answer")},
	}
}

// seeded are tables to which a migration adds what the program ships, and that of the
// migrations themselves.
var seeded = strings.Fields("competency goose_db_version position_class position_title questionnaire rating_weight standard holiday ramadan bot_state")

// tables lists all tables but the seeded ones.
func (f *fixture) tables() (names []string) {
	for _, name := range strings.Fields(f.text(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)) {
		if !slices.Contains(seeded, name) {
			names = append(names, name)
		}
	}
	return names
}

// columns lists the columns of a table in their order.
func (f *fixture) columns(table string) []string {
	return strings.Fields(f.text(`SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name = $1`, table))
}

// digest counts the rows of a table and digests the given columns.
func (f *fixture) digest(table string, columns []string) string {
	return f.text(fmt.Sprintf(`SELECT count(*) || ' rows ' || md5(string_agg(r, '|' ORDER BY r)) FROM (SELECT ROW(%s)::text AS r FROM %s) rows`,
		strings.Join(columns, ", "), table))
}

// fillReleased leaves an empty database as a release with data in it.
func (f *fixture) fillReleased(version int64) {
	f.t.Helper()
	f.exec(emptied)
	p, err := f.open(Options{URL: f.ownerURL}).provider()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, r := range releases() {
		if r.version > version {
			return
		}
		if _, err := p.UpTo(f.t.Context(), r.version); err != nil {
			f.t.Fatal(err)
		}
		body, err := os.ReadFile(r.filled)
		if err != nil {
			f.t.Fatal(err)
		}
		f.exec(string(body))
	}
}

// dataFiles are the files of large tables, and of the unique key of tasks.
const dataFiles = `
	SELECT string_agg(relfilenode::text, ' ' ORDER BY oid) FROM pg_class
	WHERE oid = ANY($1::regclass[])
	   OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'task'::regclass AND indisunique)`

// A filled database of a release keeps every task, answer, rating, message, seat and
// result when two processes migrate it at once and one of them once more, and no row is
// written anew.
func TestUpgradeOfAFilledDatabase(t *testing.T) {
	for _, r := range releases() {
		t.Run(fmt.Sprint(r.version), func(t *testing.T) {
			if r.version < newestRelease {
				devdbtest.Long(t, "migrates an older release")
			}
			f := newFixture(t)
			f.fillReleased(r.version)
			if r.kept == nil {
				r.kept = f.tables()
			}
			f.upgrade(r)
			f.worksAfterUpgrade()
			if r.version >= trainingRelease {
				f.trainingsAfterUpgrade()
				f.resolvesAfterUpgrade()
			}
			if r.version >= citizensRelease {
				f.surveysAfterUpgrade()
			}
			if r.version >= newestRelease {
				f.staffSurveysAfterUpgrade()
			}
		})
	}
}

// upgrade migrates a filled database and compares what is in it.
func (f *fixture) upgrade(r release) {
	t := f.t
	t.Helper()
	before, columns := map[string]string{}, map[string][]string{}
	for _, table := range r.kept {
		columns[table] = f.columns(table)
		before[table] = f.digest(table, columns[table])
		if strings.HasPrefix(before[table], "0 rows") {
			t.Errorf("%s is empty: nothing is proved of it", table)
		}
	}
	files := f.text(dataFiles, pq.Array(r.large))
	seed, err := shippedSeed()
	if err != nil {
		t.Fatal(err)
	}
	pending := 0
	for _, v := range migrationVersions() {
		if v > r.version {
			pending++
		}
	}
	dbs := []*DB{f.open(Options{URL: f.ownerURL, MaxOpen: 2}), f.open(Options{URL: f.ownerURL, MaxOpen: 2})}
	ran := make([]int, len(dbs))
	for i, err := range atOnce(len(dbs), func(i int) (err error) {
		ran[i], err = dbs[i].Migrate(t.Context(), seed)
		return err
	}) {
		if err != nil {
			t.Errorf("migration %d: %v", i, err)
		}
	}
	if ran[0]+ran[1] != pending || ran[0]*ran[1] != 0 {
		t.Errorf("%v migrations ran, want %d by one process", ran, pending)
	}
	if again, err := dbs[0].Migrate(t.Context(), seed); again != 0 || err != nil {
		t.Errorf("Migrate again = %d, %v; want 0, nil", again, err)
	}
	for _, table := range r.kept {
		for i, c := range columns[table] {
			if now, ok := r.renamed[table+"."+c]; ok {
				columns[table][i] = now
			}
		}
		if after := f.digest(table, columns[table]); after != before[table] {
			t.Errorf("%s: %s before, %s after", table, before[table], after)
		}
	}
	if after := f.text(dataFiles, pq.Array(r.large)); after != files {
		t.Errorf("rows were written anew: files %s before, %s after", files, after)
	}
}

// trainingsAfterUpgrade lets the program read what the rooms of trainings have left.
func (f *fixture) trainingsAfterUpgrade() {
	f.t.Helper()
	shown := f.count(`SELECT count(*) FROM evaluation WHERE state = 'published'`)
	f.tx(func(ctx context.Context, tx *Tx) error {
		all, err := tx.PublishedResults(ctx, start.AddDate(-1, 0, 0), start.AddDate(1, 0, 0))
		if err != nil {
			return err
		}
		if len(all) != shown || shown == 0 || len(all[0].Cells) != 3 {
			f.t.Errorf("%d results are read, want %d", len(all), shown)
		}
		_, batches, err := tx.BatchesRun(ctx, personnel.Employee{Rights: personnel.Rights{HR: true}}, start, 0, 10)
		if batches != 60 {
			f.t.Errorf("%d batches are read, want 60", batches)
		}
		if err != nil {
			return err
		}
		_, err = tx.Office(ctx, start)
		return err
	})
	if n := f.count(`SELECT count(*) FROM evaluation v JOIN programme p ON p.id = v.programme_id WHERE v.partner_id IS DISTINCT FROM p.partner_id`); n != 0 {
		f.t.Errorf("%d evaluations have another partner than their programme", n)
	}
}

// surveysAfterUpgrade lets the program compare what the release has stored of surveys.
func (f *fixture) surveysAfterUpgrade() {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		named, err := tx.Comparisons(ctx)
		if err != nil {
			return err
		}
		if len(named) != 12 {
			f.t.Fatalf("%d comparisons are read, want 12", len(named))
		}
		before, err := tx.SurveysIn(ctx, named[0].Before.Key)
		if err != nil {
			return err
		}
		after, err := tx.SurveysIn(ctx, named[0].After.Key)
		if units := f.count(`SELECT count(*) FROM unit`); len(before) != units || len(after) != units || before[0].Index() != 7625 {
			f.t.Errorf("%d and %d surveys are read of %d units, the first index is %d", len(before), len(after), units, before[0].Index())
		}
		return err
	})
}

// staffSurveysAfterUpgrade lets the program go on with the surveys of the personnel office that
// the release has left: what was told stays told, single answers of people who were not told of
// it are in no file, the one that is open closes with its figures, and one without names asks
// people whose unit of then is not known.
func (f *fixture) staffSurveysAfterUpgrade() {
	f.t.Helper()
	id := func(name string) int64 { return int64(f.count(`SELECT id FROM staff_survey WHERE name = $1`, name)) }
	f.tx(func(ctx context.Context, tx *Tx) error {
		told, err := tx.SurveyByID(ctx, id("Bernama"), start)
		if err != nil {
			return err
		}
		if told.Manner != survey.Named || told.Reported.IsZero() || told.Readable || told.Figures == nil || told.Figures.Counts.Sent != 200 {
			f.t.Errorf("after the upgrade a survey that was told of is %+v", told)
		}
		if err := tx.CloseSurveys(ctx, told.Opens.AddDate(1, 0, 0)); err != nil {
			return err
		}
		over, err := tx.SurveyByID(ctx, id("Berjalan"), start)
		if over.Closed.IsZero() || over.Figures == nil || over.Figures.Counts.Sent != 200 || over.Figures.Counts.Asked != 300 || len(over.Figures.Said) != 1 {
			f.t.Errorf("the survey that was open closes as %+v with %+v", over, over.Figures)
		}
		return err
	})
	if n := f.count(`SELECT count(*) FROM task WHERE kind = 'survey' AND state IN ('open', 'started')`); n != 0 {
		f.t.Errorf("%d tasks of surveys are open after the close", n)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		s := survey.Survey{Name: "Anonim", Questionnaire: "jam-lama", Version: 1, Manner: survey.Anonymous, Owner: 1, Use: "Menentukan jam.", Audience: announcement.Audience{All: true},
			Opens: start, Closes: start.AddDate(0, 0, 5), ReportBy: start.AddDate(0, 0, 9)}
		reach, err := tx.SurveyReach(ctx, s, start)
		if err != nil {
			return err
		}
		if reach.Again != "" || reach.Asked != 0 { // all wait for what was promised after Rahasia and Berjalan
			f.t.Errorf("a survey without names would reach %+v", reach)
		}
		_, err = tx.StartSurvey(ctx, s, start)
		return err
	})
	if n := f.count(`SELECT count(*) FROM staff_survey_person p JOIN staff_survey s ON s.id = p.survey_id WHERE s.name = 'Anonim' AND p.left_out AND p.unit_id IS NOT NULL`); n != 300 {
		f.t.Errorf("%d people of a new survey wait for a promise of before the upgrade, each with a unit; want 300", n)
	}
}

// resolvesAfterUpgrade lets somebody of a training of the release write a resolve.
func (f *fixture) resolvesAfterUpgrade() {
	f.t.Helper()
	var batch, who int64
	if err := f.owner.QueryRow(`SELECT s.batch_id, a.employee_id FROM attendance a JOIN training_session s ON s.id = a.session_id
		ORDER BY s.batch_id DESC, a.employee_id LIMIT 1`).Scan(&batch, &who); err != nil {
		f.t.Fatal(err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		day := resolve.DayOf(start, time.UTC)
		err := tx.PutResolve(ctx, who, resolve.Resolve{Batch: batch, Line: "Jika A, maka saya akan B", Written: day, AskOn: day.AddDate(0, 0, 30)})
		if err != nil {
			return err
		}
		own, err := tx.Resolves(ctx, who, batch, time.Time{}, start)
		if len(own) != 1 || own[0].Line == "" {
			f.t.Errorf("%+v is read after the upgrade", own)
		}
		return err
	})
}

// worksAfterUpgrade lets the program read and go on with what the release has left.
func (f *fixture) worksAfterUpgrade() {
	t := f.t
	t.Helper()
	if err := f.CheckSchema(t.Context()); err != nil {
		t.Error(err)
	}
	if err := f.CheckKinds(t.Context()); err != nil {
		t.Error(err)
	}
	var names []string
	for _, owed := range f.tasksOf(2, task.SelfAssessment) {
		names = append(names, owed.Occasion.Name)
	}
	if got := strings.Join(names, ", "); got != "Tahun 2027, Tahun 2026, Tahun 2025" {
		t.Errorf("a person has tasks of %q", got)
	}
	last := int64(f.count(`SELECT max(id) FROM occasion`))
	f.tx(func(ctx context.Context, tx *Tx) error {
		rated, err := tx.Ratings(ctx, 1, start)
		if want := f.count(`SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id
			WHERE t.kind = 'rating' AND t.employee_id = 1 AND p.closed_at IS NULL AND t.state <> 'excused'
			AND NOT EXISTS (SELECT FROM co_rater c WHERE c.subject_id = t.subject_id AND c.period_id = p.id)`); len(rated) != want || want == 0 {
			t.Errorf("a superior has %d ratings, want %d", len(rated), want)
		}
		if err != nil {
			return err
		}
		closed, _, err := tx.ClosePeriod(ctx, start)
		if err != nil {
			return err
		}
		if frozen, err := tx.NeedPeriods(ctx); err != nil || len(frozen) != 1 || frozen[0].ID != closed.ID {
			t.Errorf("%+v are frozen, %v; want the period alone that was closed after the upgrade", frozen, err)
		}
		n, err := tx.OpenPeriod(ctx, Period{Name: "Tahun 2028", OpensAt: start, DueAt: start.AddDate(0, 0, 11), RatingDueAt: start.AddDate(0, 0, 18)}, start)
		if n != 300 {
			t.Errorf("%d tasks of the next period, want 300", n)
		}
		return err
	})
	f.standardsAfterUpgrade()
	if next := f.tasksOf(2, task.SelfAssessment)[0].Occasion; next.ID != last+1 || next.Name != "Tahun 2028" {
		t.Errorf("the next period is %+v, want the id %d", next, last+1)
	}
}

// standardsAfterUpgrade: what classes require is as it was, for one and for all, until
// something more specific is required.
func (f *fixture) standardsAfterUpgrade() {
	f.t.Helper()
	before, all := f.standardOf(2), f.standards()
	if n := f.count(`SELECT count(*) FROM standard s JOIN employee e ON e.class_code = s.class_code WHERE e.id = 2`); len(before) != n || brief(all[2]) != brief(before) {
		f.t.Errorf("after the upgrade %d levels are required, want %d: %s, of all %s", len(before), n, brief(before), brief(all[2]))
	}
	f.exec(`INSERT INTO required_level (scope, key, name, unit_id, competency_code, level, source, changed_at)
		SELECT 'unit', '', 'Unit', unit_id, 'T.KD', 4, 'uji', now() FROM employee WHERE id = 2`)
	if after := f.standardOf(2).Duties(); len(after) != 1 || after[0].Level != 4 {
		f.t.Errorf("the duties need %s, want T.KD 4", brief(after))
	}
	f.exec(`DELETE FROM required_level`)
}

func (f *fixture) tasksOf(employee int64, kind task.Kind) (list []task.Task) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		list, err = tx.Tasks(ctx, employee, []task.Kind{kind})
		return err
	})
	return list
}
