package storage

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/questionnaire"
)

// emptied is a database without any table.
const emptied = `DROP SCHEMA public CASCADE; CREATE SCHEMA public`

// contents maps every table to a digest of all its rows.
func (f *fixture) contents() map[string]string {
	f.t.Helper()
	rows, err := f.owner.Query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		f.t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			f.t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		f.t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		out[name] = f.text(`SELECT count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ` + name + ` t`)
	}
	return out
}

func TestMigrateManyAtOnce(t *testing.T) {
	devdbtest.Long(t, "an empty database migrates eight times at once")
	f := newFixture(t)
	want := f.contents()
	f.exec(emptied)
	seed, err := shippedSeed()
	if err != nil {
		t.Fatal(err)
	}
	var ran atomic.Int64
	dbs := make([]*DB, 8)
	for i := range dbs {
		dbs[i] = f.open(Options{URL: f.ownerURL, MaxOpen: 2})
	}
	for i, err := range atOnce(len(dbs), func(i int) error {
		n, err := dbs[i].Migrate(t.Context(), seed)
		ran.Add(int64(n))
		return err
	}) {
		if err != nil {
			t.Errorf("migration %d: %v", i, err)
		}
	}
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	if got := int(ran.Load()); got != len(files) {
		t.Errorf("%d migrations ran in all, want %d", got, len(files))
	}
	counts := map[string]int{"position_class": len(seed.Classes), "competency": len(seed.Managerial) + len(seed.Technical),
		"questionnaire": len(seed.Questionnaires), "goose_db_version": len(files) + 1,
		"standard": len(seed.Classes)*len(seed.Managerial) + len(seed.Levels)*len(seed.Technical)}
	for table, want := range counts {
		if got := f.count(`SELECT count(*) FROM ` + table); got != want {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	got := f.contents()
	if n, m := len(got), len(want); n != m {
		t.Errorf("%d tables, want %d", n, m)
	}
	n, err := dbs[0].Migrate(t.Context(), seed)
	if n != 0 || err != nil {
		t.Errorf("Migrate again = %d, %v; want 0, nil", n, err)
	}
	if diff := cmp.Diff(got, f.contents()); diff != "" {
		t.Errorf("a second Migrate changed (-before +after):\n%s", diff)
	}
}

func TestMigrateLeavesWhatWasChanged(t *testing.T) {
	f := newFixture(t)
	f.exec(`UPDATE position_class SET required_level = 5, name = 'Pelaksana Khusus' WHERE code = 'PELAKSANA'`)
	f.exec(`UPDATE standard SET level = 4 WHERE class_code = 'PENGAWAS'`)
	want := f.contents()
	if err := prepare(t.Context(), f.ownerURL); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, f.contents()); diff != "" {
		t.Errorf("Migrate changed (-before +after):\n%s", diff)
	}
}

func TestCheckSchema(t *testing.T) {
	tests := []struct {
		name, change string
		want         error
	}{
		{"present", `SELECT 1`, nil},
		{"empty database", emptied, ErrOldSchema},
		{"older", `DELETE FROM goose_db_version WHERE id = (SELECT max(id) FROM goose_db_version)`, ErrOldSchema},
		{"newer", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`, ErrNewSchema},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.exec(tt.change)
			err := f.CheckSchema(t.Context())
			if !errors.Is(err, tt.want) {
				t.Fatalf("CheckSchema = %v, want %v", err, tt.want)
			}
			if err != nil && (errors.Is(err, ErrOldSchema) != strings.Contains(err.Error(), "`bangkom migrate`") || strings.Contains(err.Error(), "42P01")) {
				t.Errorf("CheckSchema says %q, want a sentence that names the command, if it helps", err)
			}
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		f := newFixture(t)
		db := f.open(Options{URL: "host=" + t.TempDir() + " dbname=x sslmode=disable"})
		if err := db.CheckSchema(t.Context()); !Unavailable(err) || errors.Is(err, ErrOldSchema) {
			t.Errorf("CheckSchema = %v, want an error of an unreachable database", err)
		}
	})
}

// The tables are not taken away from processes that are answering. One that was
// killed leaves rows that are in the way for a short time, by the clock of the
// database, and not for ever.
func TestMigrateWaitsUntilNobodyIsAlive(t *testing.T) {
	devdbtest.Long(t, "nine databases of an older release migrate")
	tests := []struct {
		name, change string
		want         error
	}{
		{"nobody", `SELECT 1`, nil},
		{"alive", `INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp() - interval '2 s'), ('b', clock_timestamp())`, ErrRunning},
		{"killed some seconds ago", `INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp() - interval '11 s')`, nil},
		{"killed long ago", `INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp() - interval '3 days')`, nil},
		{"written by a clock that was set back", `INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp() + interval '1 hour')`, nil},
		{"alive, and writes seldom because of a long lease", `INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp() - interval '19 s');
			INSERT INTO lease (name, holder, term, until) VALUES ('telegram', 'a', 1, clock_timestamp() + interval '40 s')`, ErrRunning},
		{"killed, the lease has ended", `INSERT INTO lease (name, holder, term, until) VALUES ('telegram', 'a', 1, clock_timestamp() - interval '1 s')`, nil},
		{"a lease of a clock that was set back", `INSERT INTO lease (name, holder, term, until) VALUES ('telegram', 'a', 1, clock_timestamp() + interval '1 day')`, nil},
		{"a newer version has been here", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`, ErrNewSchema},
	}
	seed, err := shippedSeed()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.fillReleased(12)
			f.exec(tt.change)
			n, err := f.open(Options{URL: f.ownerURL}).Migrate(t.Context(), seed)
			if !errors.Is(err, tt.want) || (err == nil) != (n > 0) {
				t.Errorf("Migrate = %d, %v; want %v", n, err, tt.want)
			}
			if there := f.count(`SELECT count(*) FROM information_schema.tables WHERE table_name = 'occasion'`); (there == 1) != (tt.want == nil) {
				t.Errorf("the table is there: %d", there)
			}
			if errors.Is(err, ErrRunning) && (!strings.Contains(err.Error(), "stop every `bangkom serve`") || strings.Contains(err.Error(), "\n")) {
				t.Errorf("Migrate says %q, want one sentence that tells what to do", err)
			}
		})
	}
	t.Run("alive, but nothing is due", func(t *testing.T) {
		f := newFixture(t)
		f.exec(`INSERT INTO replica (holder, seen_at) VALUES ('a', clock_timestamp())`)
		if n, err := f.open(Options{URL: f.ownerURL}).Migrate(t.Context(), seed); n != 0 || err != nil {
			t.Errorf("Migrate = %d, %v; want 0, nil", n, err)
		}
	})
}

func TestQuestionnaireVersionIsLocked(t *testing.T) {
	f := newFixture(t)
	seed, err := shippedSeed()
	if err != nil {
		t.Fatal(err)
	}
	before := f.contents()
	other := seed.Questionnaires[0]
	other.Title += " (diubah)"
	next := other
	next.Version = 1000
	put := func(d questionnaire.Definition) error {
		return f.try(func(ctx context.Context, tx *Tx) error { return tx.PutQuestionnaire(ctx, d) })
	}
	if err := put(seed.Questionnaires[0]); err != nil {
		t.Errorf("the same content again: %v", err)
	}
	if err := put(other); err == nil || !strings.Contains(err.Error(), other.Code) {
		t.Errorf("other content under the same version: %v, want an error that names %s", err, other.Code)
	}
	changed := seed
	changed.Questionnaires = []questionnaire.Definition{other}
	if _, err := f.open(Options{URL: f.ownerURL}).Migrate(t.Context(), changed); err == nil {
		t.Error("Migrate accepts other content under the same version")
	}
	if diff := cmp.Diff(before, f.contents()); diff != "" {
		t.Errorf("refused content changed (-before +after):\n%s", diff)
	}
	if err := put(next); err != nil {
		t.Errorf("the next version: %v", err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		got, err := tx.Questionnaires(ctx)
		if err != nil {
			return err
		}
		want := map[string]string{}
		for _, d := range append(seed.Questionnaires, next) {
			want[d.Code+" "+hash(t, d)] = ""
		}
		stored := map[string]string{}
		for _, d := range got {
			stored[d.Code+" "+hash(t, d)] = ""
		}
		if diff := cmp.Diff(want, stored); diff != "" {
			t.Errorf("stored questionnaires (-want +got):\n%s", diff)
		}
		return nil
	})
}

func hash(t *testing.T, d questionnaire.Definition) string {
	t.Helper()
	h, err := d.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}
