package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// latin1 is a database of the present schema that has no place for most
// characters, as one was that a former version did not refuse.
func latin1(t *testing.T) *fixture {
	t.Helper()
	t.Parallel()
	f := &fixture{t: t, ownerURL: devdbtest.Empty(t, `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)}
	f.DB = f.open(Options{URL: f.ownerURL})
	var err error
	if f.owner, err = sql.Open("postgres", f.ownerURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.owner.Close() })
	p, err := f.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMigrateRefusesADatabaseThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"LATIN1", "SQL_ASCII"} {
		f := &fixture{t: t}
		db := f.open(Options{URL: devdbtest.Empty(t, `ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)})
		seed, err := shippedSeed()
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.Migrate(t.Context(), seed)
		if n != 0 || !errors.Is(err, ErrEncoding) || !strings.Contains(err.Error(), encoding) || !strings.Contains(err.Error(), "UTF8") {
			t.Errorf("Migrate in %s = %d, %v; want %v", encoding, n, err, ErrEncoding)
		}
		if err := db.CheckSchema(t.Context()); !errors.Is(err, ErrOldSchema) {
			t.Errorf("something was made in %s: %v", encoding, err)
		}
	}
}

// One update that the database cannot hold is stored without what it held; the
// others of its batch are stored as they are.
func TestRefusedUpdateHoldsUpNobody(t *testing.T) {
	f := latin1(t)
	gone := withoutContent(dialog.RawUpdate{}).Body
	var rows []dialog.RawUpdate
	var want []inboxRow
	var lanes []int64
	for id := int64(1); id <= 12; id++ {
		body := fmt.Sprintf("teks %d é", id)
		kept := body
		if id == 5 || id == 6 || id == 12 {
			body, kept = body+" 😀", gone
		}
		rows = append(rows, dialog.RawUpdate{ID: id, Lane: 10 * id, Body: body})
		want = append(want, inboxRow{ID: id, Lane: 10 * id, Body: kept})
		lanes = append(lanes, 10*id)
	}
	rows = append(rows, dialog.RawUpdate{ID: 13, Body: "nobody's 😀"}, dialog.RawUpdate{ID: 14, Lane: 3, Body: "x", Failed: "cause 😀"})
	want = append(want, inboxRow{ID: 13, Done: true}, inboxRow{ID: 14, Lane: 3, Failed: gone, Done: true})
	for range 2 { // Telegram may send them again
		wake, err := f.StoreUpdates(t.Context(), bot, rows)
		slices.Sort(wake)
		if err != nil || !slices.Equal(wake, lanes) {
			t.Errorf("StoreUpdates = %v, %v; want the lanes %v", wake, err, lanes)
		}
		if diff := cmp.Diff(want, f.inbox()); diff != "" {
			t.Errorf("inbox (-want +got):\n%s", diff)
		}
	}
}

// The same whatever the reason is, as long as it lies in the content: where the
// database takes nothing at all, nothing is given up.
func TestRefusedForTheContentOnly(t *testing.T) {
	f := newFixture(t)
	rows := []dialog.RawUpdate{{ID: 1, Lane: 5, Body: "a"}, {ID: 2, Lane: 6, Body: "poison"}, {ID: 3, Lane: 7, Body: "c"}}
	f.exec(`ALTER TABLE inbox ADD CONSTRAINT picky CHECK (body NOT LIKE '%poison%')`)
	if wake, err := f.StoreUpdates(t.Context(), bot, rows); err != nil || len(wake) != 3 {
		t.Errorf("StoreUpdates = %v, %v; want three lanes", wake, err)
	}
	if n := f.count(`SELECT count(*) FROM inbox WHERE body IN ('a', 'c')`); n != 2 {
		t.Errorf("%d of the other updates are stored, want 2", n)
	}
	f.exec(`DELETE FROM inbox`)
	f.exec(`ALTER TABLE inbox DROP CONSTRAINT picky, ADD CONSTRAINT shut CHECK (false)`)
	if _, err := f.StoreUpdates(t.Context(), bot, rows); !violates(err, "shut") {
		t.Errorf("StoreUpdates = %v, want that the database refuses", err)
	}
	if n := f.count(`SELECT count(*) FROM inbox`); n != 0 {
		t.Errorf("%d updates are stored, want none", n)
	}
}
