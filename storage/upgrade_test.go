package storage

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
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

// newestRelease is the last of releases.
const newestRelease = 31

// releases are the states of which a filled database is upgraded, oldest first. A later
// one is filled above those before it, as an agency has come to it.
func releases() []release {
	return []release{
		{version: 12, filled: "testdata/version12.sql",
			kept:    strings.Fields("period task response answer talk co_rater team_check draft outbox notice snooze inbox audit employee chat"),
			large:   strings.Fields("task response answer"),
			renamed: map[string]string{"task.period_id": "occasion_id"}},
		{version: newestRelease, filled: "testdata/version31.sql", large: strings.Fields("task response answer outbox notice enrolment attendance announcement_recipient")},
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
			if r.version >= newestRelease {
				f.trainingsAfterUpgrade()
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
