package storage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

// A register lists by name whose superior it changes, of those who were known:
// nothing of who is new can be read. Whoever imports becomes a superior only of
// those. Each change stands in the audit log with both superiors.
func TestRegisterListsNewSuperiors(t *testing.T) {
	f := newFixture(t)
	const unit = "Dinas Arsip"
	f.imports(row(t, 1, unit, "", "X", "PELAKSANA", 0), row(t, 2, unit, "", "X", "PELAKSANA", 1), row(t, 3, unit, "", "X", "PELAKSANA", 1), row(t, 4, unit, "", "X", "PELAKSANA", 1),
		row(t, 5, unit, "", "X", "PELAKSANA", 0))
	gone := row(t, 4, unit, "", "X", "PELAKSANA", 99) // a superior of no register
	gone.SupervisorGiven = true
	var got register.Imported
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		tx.ImportFor(f.idOf(1))
		got, err = tx.ImportEmployees(ctx, register.Register{People: []register.Record{row(t, 1, unit, "", "X", "PELAKSANA", 5),
			row(t, 2, unit, "", "X", "PELAKSANA", 5), row(t, 3, unit, "", "X", "PELAKSANA", 1), gone,
			row(t, 5, unit, "", "X", "PELAKSANA", 0), row(t, 6, unit, "", "X", "PELAKSANA", 1)}}, start)
		return err
	})
	want := []register.NewSuperior{{Name: "Pegawai 1", NIP4: "2001", Unit: unit, New: "Pegawai 5"},
		{Name: "Pegawai 2", NIP4: "2002", Unit: unit, Old: "Pegawai 1", New: "Pegawai 5"}, {Name: "Pegawai 4", NIP4: "2004", Unit: unit, Old: "Pegawai 1"}}
	if diff := cmp.Diff(want, got.Superiors); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	if boss := f.text(`SELECT right(b.nip, 1) FROM employee e JOIN employee b ON b.id = e.supervisor_id WHERE e.id = $1`, f.idOf(6)); boss != "1" {
		t.Errorf("who is new has the superior %q, want the one of the file", boss)
	}
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		tx.ImportFor(f.idOf(1))
		got, err = tx.ImportEmployees(ctx, register.Register{People: []register.Record{row(t, 2, unit, "", "X", "PELAKSANA", 1)}}, start)
		return err
	})
	if len(got.Superiors) != 1 || !got.Superiors[0].Waits {
		t.Errorf("the own import lists %+v, want one that waits", got.Superiors)
	}
	if n := f.count(`SELECT count(*) FROM employee e JOIN superior_change r ON r.employee_id = e.id AND r.old_id = e.supervisor_id AND r.decided_at IS NULL WHERE e.id = $1`, f.idOf(2)); n != 1 {
		t.Error("the own import did not wait for somebody else")
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'superior' AND actor = $1 AND detail ~ '^old [0-9]+, new [0-9]+$'`, f.idOf(1)); n != 3 {
		t.Errorf("%d changes in the audit log, want 3", n)
	}
}

// What waits in the chat waits in a file too: a superior for whom the sender
// stands in with the rating. So does a superior who is new with the file, who may
// be the sender under another number. Of those who may decide, nobody reads by it.
func TestImportedSuperiorsWait(t *testing.T) {
	f := newFixture(t)
	const unit = "Dinas Arsip"
	plain := func(n, boss int) register.Record { return row(t, n, unit, "", "X", "PELAKSANA", boss) }
	f.imports(plain(1, 0), plain(2, 1), plain(3, 1), plain(4, 0), plain(5, 0), plain(6, 0), plain(7, 1))
	sender, second, reader, official := f.idOf(1), f.idOf(4), f.idOf(6), f.idOf(5)
	for _, id := range []int64{sender, second, reader} {
		f.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', now())`, id)
	}
	for _, id := range []int64{sender, reader} { // the reader's letter is not checked yet
		f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by)
			VALUES ($1, $2, $3::date - 5, $3::date + 100, 'SP-1', true, now(), CASE WHEN $2 = $4::bigint THEN now() END, CASE WHEN $2 = $4::bigint THEN $5::bigint END)`,
			official, id, start.Format("2006-01-02"), sender, second)
	}
	sends := func(by int64, at time.Time, rows ...register.Record) (got register.Imported, office []int64) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			tx.ImportFor(by)
			if got, err = tx.ImportEmployees(ctx, register.Register{People: rows}, at); err != nil {
				return err
			}
			office, err = tx.ImportApprovers(ctx, by, at)
			return err
		})
		return got, office
	}
	waits := func(what string, got register.Imported, want ...bool) {
		t.Helper()
		var found []bool
		for _, s := range got.Superiors {
			found = append(found, s.Waits)
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s: %+v, want waits %v", what, got.Superiors, want)
		}
	}
	got, office := sends(sender, start, plain(2, 5), plain(7, 4))
	waits("through a letter", got, true, false)
	if !slices.Equal(office, []int64{second}) {
		t.Errorf("%v may decide, want only %d, who does not read by it", office, second)
	}
	got, office = sends(sender, start.Add(time.Hour), plain(3, 8), plain(8, 0), plain(9, 8))
	waits("a superior of the same file", got, true)
	if !slices.Equal(office, []int64{second, reader}) {
		t.Errorf("%v may decide, want %d and %d", office, second, reader)
	}
	for _, n := range []int{2, 3} {
		if boss := f.text(`SELECT right(b.nip, 1) FROM employee e JOIN employee b ON b.id = e.supervisor_id WHERE e.id = $1`, f.idOf(n)); boss != "1" {
			t.Errorf("%d has the superior %s before anybody else agreed", n, boss)
		}
	}
	if n := f.count(`SELECT count(*) FROM employee WHERE supervisor_id = $1`, f.idOf(8)); n != 1 {
		t.Errorf("the new superior leads %d people, want the one who is new as well", n)
	}
	got, _ = sends(0, start.Add(2*time.Hour), plain(3, 10), plain(10, 0)) // the command line has nobody to ask
	waits("the command line", got, false)
}

// A superior whom only who asks has brought into the register, after the person, may
// be that one under another name: somebody else has to agree, in the chat and in a
// file, until a file of another or an approval has confirmed that person.
func TestSuperiorKnownByWhoAsksAlone(t *testing.T) {
	f := newFixture(t)
	const unit = "Dinas Arsip"
	plain := func(n, boss int) register.Record { return row(t, n, unit, "", "X", "PELAKSANA", boss) }
	f.imports(plain(1, 0), plain(2, 1), plain(3, 1), plain(4, 0))
	sender, other := f.idOf(1), f.idOf(4)
	for _, id := range []int64{sender, other} {
		f.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', now())`, id)
	}
	tomorrow := start.Add(24 * time.Hour)
	sends := func(by int64, at time.Time, rows ...register.Record) (got register.Imported) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			tx.ImportFor(by)
			got, err = tx.ImportEmployees(ctx, register.Register{People: rows}, at)
			return err
		})
		return got
	}
	asks := func(what string, by int64, boss, of int, want bool) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error {
			got, err := tx.NeedsSecond(ctx, personnel.Area{All: true}, personnel.SuperiorChange{EmployeeID: f.idOf(of), New: f.idOf(boss), By: by}, tomorrow)
			if got != want {
				t.Errorf("%s: somebody else must agree: %v, want %v", what, got, want)
			}
			return err
		})
	}
	sends(sender, start.Add(time.Hour), plain(8, 0), plain(9, 0))
	asks("who was brought in after the person", sender, 8, 2, true)
	asks("by somebody else", other, 8, 2, false)
	asks("both came together", sender, 8, 9, false)
	asks("who was there before", sender, 3, 2, false)
	if got := sends(sender, tomorrow, plain(2, 8), plain(9, 8)); len(got.Superiors) != 2 || got.Superiors[0].Waits == got.Superiors[1].Waits {
		t.Errorf("the next file: %+v, want one that waits", got.Superiors)
	}
	request := int64(f.count(`SELECT id FROM superior_change WHERE employee_id = $1 AND new_id = $2 AND decided_at IS NULL`, f.idOf(2), f.idOf(8)))
	f.tx(func(ctx context.Context, tx *Tx) error {
		out, _, err := tx.DecideChange(ctx, request, other, true, tomorrow)
		if out != personnel.ChangeApproved {
			t.Errorf("the request was %s", out)
		}
		return err
	})
	asks("once approved", sender, 8, 3, false)
	asks("another one of the same file", sender, 9, 2, true)
	sends(sender, tomorrow, plain(9, 8))
	asks("named by the same sender again", sender, 9, 2, true)
	sends(other, tomorrow, plain(9, 8))
	asks("named by the file of another", sender, 9, 2, false)
	sends(sender, tomorrow, plain(7, 0))
	asks("one more", sender, 7, 2, true)
	sends(0, tomorrow, plain(7, 0))
	asks("named by a file of the command line", sender, 7, 2, false)
}

// Of many who give one person another superior at once, knowing the same one of
// before, exactly one succeeds; the others change nothing.
func TestSuperiorsChangedAtOnce(t *testing.T) {
	devdbtest.Long(t, "several change one row at once")
	f := newFixture(t)
	ids := f.team(8)
	failures := make([]error, len(ids))
	var at sync.WaitGroup
	for i := 2; i < len(ids); i++ {
		at.Go(func() {
			c := personnel.SuperiorChange{EmployeeID: ids[1], Old: ids[0], New: ids[i]}
			failures[i] = f.try(func(ctx context.Context, tx *Tx) error {
				if err := tx.LockPeople(ctx, []int64{c.EmployeeID, c.Old, c.New}); err != nil {
					return err
				}
				_, err := tx.ChangeSuperior(ctx, c, ids[0], start)
				return err
			})
		})
	}
	at.Wait()
	won := 0
	for _, err := range failures[2:] {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, ErrNotFound):
			t.Error(err)
		}
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'superior'`); won != 1 || n != 1 {
		t.Errorf("%d changes were made and %d recorded, want one", won, n)
	}
}

// The own copy names the superiors of the audit log, and who opened the answers.
func TestCopyNamesSuperiors(t *testing.T) {
	f := newFixture(t)
	ids := f.team(3)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, now())`, ids[1])
	var c personnel.Copy
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		if err := setSuperior(ctx, tx, ids[1], ids[2], ids[0], start); err != nil {
			return err
		}
		c, err = tx.Copy(ctx, 5, taskForms)
		return err
	})
	found := false
	for _, o := range c.Openings {
		found = found || o.Action == "superior" && o.Detail == "Pegawai 0 → Pegawai 2"
		if strings.Contains(o.Detail, "old ") {
			t.Errorf("the copy has numbers of people: %q", o.Detail)
		}
	}
	if !found {
		t.Errorf("the change is not in the copy: %+v", c.Openings)
	}
}
