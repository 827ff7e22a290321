package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

// row is one accepted row of a register; boss 0 = the cell is blank.
func row(t *testing.T, n int, unit, parent, title, class string, boss int) register.Record {
	t.Helper()
	r := register.Record{NIP: nip(t, n), Name: fmt.Sprintf("Pegawai %d", n), Sex: personnel.Female, Unit: unit, UnitKey: register.UnitKey(unit),
		Parent: parent, Position: personnel.Position{Title: title}, Class: class}
	if boss > 0 {
		r.Supervisor = nip(t, boss)
	}
	return r
}

// imports stores rows, and nothing else that a file may say.
func (f *fixture) imports(rows ...register.Record) register.Imported {
	f.t.Helper()
	return f.importsAll(register.Register{People: rows})
}

func (f *fixture) importsAll(r register.Register) (out register.Imported) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		out, err = tx.ImportEmployees(ctx, r, start)
		return err
	})
	return out
}

// imported wants numbers of an import.
func (f *fixture) imported(got register.Imported, isNew, changed, unchanged int) {
	f.t.Helper()
	want := [3]int{isNew, changed, unchanged}
	if have := [3]int{got.New, got.Changed, got.Unchanged}; have != want {
		f.t.Errorf("new, changed, unchanged %v, want %v", have, want)
	}
}

func (f *fixture) idOf(n int) int64 {
	f.t.Helper()
	return int64(f.count(`SELECT id FROM employee WHERE nip = $1`, nip(f.t, n).Reveal()))
}

// units lists who belongs where: "number: unit < unit above".
func (f *fixture) units() string {
	return f.text(`SELECT string_agg(right(e.nip, 1) || ': ' || u.name || COALESCE(' < ' || p.name, ''), E'\n' ORDER BY e.nip)
		FROM employee e JOIN unit u ON u.id = e.unit_id LEFT JOIN unit p ON p.id = u.parent_id`)
}

const office = "Subbagian Umum"

// Units of one name under different units are different units, and their
// officers reach nobody of the other.
func TestSameNameUnderAnotherUnit(t *testing.T) {
	f := newFixture(t)
	rows := []register.Record{row(t, 1, "Dinas Kesehatan", "", "X", "PELAKSANA", 0), row(t, 2, office, "Dinas Kesehatan", "X", "PELAKSANA", 0),
		row(t, 3, "Dinas Pendidikan", "", "X", "PELAKSANA", 0), row(t, 4, office, "Dinas Pendidikan", "X", "PELAKSANA", 0)}
	f.imported(f.imports(rows...), 4, 0, 0)
	f.imported(f.imports(rows...), 0, 0, 4)
	want := "1: Dinas Kesehatan\n2: Subbagian Umum < Dinas Kesehatan\n3: Dinas Pendidikan\n4: Subbagian Umum < Dinas Pendidikan"
	if diff := cmp.Diff(want, f.units()); diff != "" {
		t.Error(diff)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		for _, o := range []struct {
			officer       int
			unit          string
			people, other int
		}{{1, "Dinas Kesehatan", 2, 4}, {3, "Dinas Pendidikan", 2, 2}, {2, "Dinas Kesehatan/" + office, 1, 4}} {
			if _, err := tx.Grant(ctx, nip(t, o.officer), personnel.RoleOfficer, register.UnitNames(o.unit), false, start); err != nil {
				return err
			}
			area := personnel.Area{Officer: f.idOf(o.officer)}
			if _, err := tx.Person(ctx, area, f.idOf(o.other)); !errors.Is(err, ErrNotFound) {
				t.Errorf("the officer of %s opens somebody of the other unit: %v", o.unit, err)
			}
			if b, err := tx.Board(ctx, area); err != nil || b.People != o.people {
				t.Errorf("the officer of %s has %d people (%v), want %d", o.unit, b.People, err, o.people)
			}
		}
		_, err := tx.Grant(ctx, nip(t, 1), personnel.RoleOfficer, register.UnitNames(office), false, start)
		if !errors.Is(err, ErrManyUnits) {
			t.Errorf("an officer of the unit whose name two have: %v", err)
		}
		return nil
	})
}

// A unit that came before without the unit above is the same unit, if no other
// can be meant; a file that does not tell the unit above moves nobody.
func TestUnitIsAdopted(t *testing.T) {
	f := newFixture(t)
	f.imports(row(t, 1, "Dinas Kesehatan", "", "X", "PELAKSANA", 0), row(t, 2, office, "", "X", "PELAKSANA", 0))
	unit := f.count(`SELECT unit_id FROM employee WHERE nip = $1`, nip(t, 2).Reveal())
	f.imported(f.imports(row(t, 2, office, "Dinas Kesehatan", "X", "PELAKSANA", 0)), 0, 1, 0)
	if got := f.count(`SELECT unit_id FROM employee WHERE nip = $1`, nip(t, 2).Reveal()); got != unit {
		t.Errorf("the person went to another unit: %s", f.units())
	}
	f.imported(f.imports(row(t, 3, office, "Dinas Pendidikan", "X", "PELAKSANA", 0)), 1, 0, 0)
	f.imported(f.imports(row(t, 2, office, "", "X", "PELAKSANA", 0), row(t, 3, office, "", "X", "PELAKSANA", 0)), 0, 0, 2)
	want := "1: Dinas Kesehatan\n2: Subbagian Umum < Dinas Kesehatan\n3: Subbagian Umum < Dinas Pendidikan"
	if diff := cmp.Diff(want, f.units()); diff != "" {
		t.Error(diff)
	}
}

// Who comes under another unit has changed, also if only UNIT INDUK did.
func TestUnitMoveIsAChange(t *testing.T) {
	f := newFixture(t)
	a, b := row(t, 1, "Dinas A", "", "X", "PELAKSANA", 0), row(t, 2, "Dinas B", "", "X", "PELAKSANA", 0)
	f.imports(a, b, row(t, 3, "Bidang C", "Dinas A", "X", "PELAKSANA", 0))
	f.imported(f.imports(a, b, row(t, 3, "Bidang C", "Dinas B", "X", "PELAKSANA", 0)), 0, 1, 2)
	if want := "1: Dinas A\n2: Dinas B\n3: Bidang C < Dinas B"; f.units() != want {
		t.Error(f.units())
	}
}

// Units that stand above each other in circles end somewhere.
func TestUnitCircle(t *testing.T) {
	f := newFixture(t)
	rows := []register.Record{row(t, 1, "A", "B", "X", "PELAKSANA", 0), row(t, 2, "B", "A", "X", "PELAKSANA", 0), row(t, 3, "C", "C", "X", "PELAKSANA", 0)}
	f.imported(f.imports(rows...), 3, 0, 0)
	f.imported(f.imports(rows...), 0, 0, 3)
}

// Whoever the register says has left becomes inactive, is never removed, and is
// back as soon as the register says so.
func TestLeaving(t *testing.T) {
	f := newFixture(t)
	rows := []register.Record{row(t, 1, "Dinas", "", "Kabid", "PENGAWAS", 0), row(t, 2, "Dinas", "", "Staf", "PELAKSANA", 1)}
	f.imports(rows...)
	left := register.Register{People: rows[1:], Left: []personnel.NIP{nip(t, 1), nip(t, 9)}, Seen: []personnel.NIP{nip(t, 1), nip(t, 2), nip(t, 9)}}
	out := f.importsAll(left)
	if len(out.Losses.Left) != 1 || out.Missing != 0 || out.NoSupervisor != 1 || out.Changed != 1 {
		t.Errorf("%+v, want one who left, nobody missing, one without superior", out)
	}
	if again := f.importsAll(left); again.Losses.Any() || again.Unchanged != 1 {
		t.Errorf("the same again: %+v", again)
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action = 'left' AND employee_id = $1`, f.idOf(1)); n != 1 {
		t.Errorf("%d notes in the audit log, want 1", n)
	}
	if n := f.count(`SELECT count(*) FROM employee WHERE NOT active`); n != 1 {
		t.Errorf("%d inactive people, want 1", n)
	}
	f.imported(f.imports(rows...), 0, 2, 0)
	if n := f.count(`SELECT count(*) FROM employee WHERE active AND (supervisor_id IS NOT NULL OR nip = $1)`, nip(t, 1).Reveal()); n != 2 {
		t.Errorf("%d people are as before, want 2", n)
	}
}

// An import names whom it takes out of service and who loses the superior, whether
// that one leaves or cannot be found; nobody who had none, whom nobody rates, who
// leaves too, or whose change waits.
func TestImportNamesLosses(t *testing.T) {
	f := newFixture(t)
	const unit = "Dinas Arsip"
	plain := func(n, boss int) register.Record { return row(t, n, unit, "", "X", "PELAKSANA", boss) }
	f.imports(plain(1, 0), plain(2, 1), plain(3, 1), plain(4, 5), plain(5, 0), plain(6, 0), plain(7, 1), plain(8, 1), plain(9, 5))
	f.exec(`UPDATE employee SET self_only = true WHERE id = $1`, f.idOf(7))
	unknown, waits := plain(4, 99), plain(8, 6)
	unknown.SupervisorGiven = true
	file := register.Register{People: []register.Record{plain(2, 0), unknown, waits, plain(6, 99)}, Left: []personnel.NIP{nip(t, 1), nip(t, 3)}}
	var got register.Imported
	look := func() register.Losses {
		_ = f.try(func(ctx context.Context, tx *Tx) (err error) {
			tx.ImportFor(f.idOf(6))
			got, err = tx.ImportEmployees(ctx, file, start)
			return errors.Join(err, errors.New("only looks"))
		})
		return got.Losses
	}
	of := func(n int, boss string) register.Loss {
		return register.Loss{Name: fmt.Sprintf("Pegawai %d", n), NIP4: fmt.Sprintf("200%d", n), Unit: unit, Superior: boss}
	}
	want := register.Losses{Left: []register.Loss{of(1, ""), of(3, "")}, Bereft: []register.Loss{of(2, "Pegawai 1"), of(4, "Pegawai 5"), of(8, "Pegawai 1")}}
	if diff := cmp.Diff(want, look()); diff != "" {
		t.Errorf("losses (-want +got):\n%s", diff)
	}
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, f.idOf(9), f.idOf(2)) // somebody who stays
	if diff := cmp.Diff(want.Bereft[1:], look().Bereft); diff != "" {
		t.Errorf("who was given another superior before (-want +got):\n%s", diff)
	}
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		got, err = tx.ImportSuperiors(ctx, []register.Superior{{NIP: nip(t, 2), Boss: nip(t, 5)}}, start)
		return err
	})
	if got.Losses.Any() {
		t.Errorf("another superior is taken for a loss: %+v", got.Losses)
	}
}

// Who has left has no right, and a role of theirs can still be taken away.
func TestRightsEndWithTheService(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, ids[0], ids[1])
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Grant(ctx, nip(t, 0), personnel.RoleHR, nil, false, start)
		return err
	})
	f.exec(`INSERT INTO chat (id, employee_id, linked_at, menu) VALUES (5, $1, now(), 'sh')`, ids[0])
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, ids[0])
	f.arrive(5, 1)
	f.tx(func(ctx context.Context, tx *Tx) error {
		s, e, _, ok, err := tx.Load(ctx, bot, 5, start, taskForms)
		if err != nil || !ok || s.EmployeeID != 0 || e != (personnel.Employee{}) {
			t.Errorf("the chat is %d, %+v, %t, %v; want nobody's", s.EmployeeID, e, ok, err)
		}
		if yes, err := tx.Guarded(ctx, ids[0], start); err != nil || yes {
			t.Errorf("the person has rights: %t, %v", yes, err)
		}
		if chat, err := tx.ChatOf(ctx, ids[0]); err != nil || chat != 0 {
			t.Errorf("messages go to %d, %v", chat, err)
		}
		changed, err := tx.Grant(ctx, nip(t, 0), personnel.RoleHR, nil, true, start)
		if err != nil || !changed {
			t.Errorf("revoke: %t, %v", changed, err)
		}
		_, err = tx.Grant(ctx, nip(t, 0), personnel.RoleHR, nil, false, start)
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("a role for somebody who has left: %v", err)
		}
		return nil
	})
}

// The account of somebody who has left may belong to a new person: the number
// of a contract (NI PPPK) changes with it.
func TestAccountOfSomebodyWhoLeft(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, now())`, ids[0])
	f.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES (5, 'q', 1, '{}', now())`)
	claim := personnel.Claim{EmployeeID: ids[1], Notice: "x"}
	link := func(ctx context.Context, tx *Tx) error { _, err := tx.Link(ctx, claim, 5, start); return err }
	if err := f.try(link); !errors.Is(err, personnel.ErrLinkedElsewhere) {
		t.Errorf("the account of somebody in service: %v", err)
	}
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, ids[0])
	f.tx(link)
	if n := f.count(`SELECT count(*) FROM draft`); n != 0 {
		t.Error("what the former person had not sent is still there")
	}
}

// A superior who is given and not usable ends the former one; a blank cell does not.
func TestFormerSuperior(t *testing.T) {
	f := newFixture(t)
	boss, staff := row(t, 1, "Dinas", "", "Kabid", "PENGAWAS", 0), row(t, 2, "Dinas", "", "Staf", "PELAKSANA", 1)
	f.imports(boss, staff)
	blank := row(t, 2, "Dinas", "", "Staf", "PELAKSANA", 0)
	f.imported(f.imports(boss, blank), 0, 0, 2)
	opens := func() bool {
		err := f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.TeamMember(ctx, f.idOf(1), f.idOf(2), start)
			return err
		})
		return err == nil
	}
	if !opens() {
		t.Error("a blank cell took the superior away")
	}
	damaged := blank
	damaged.SupervisorGiven = true
	for name, r := range map[string]register.Record{"unknown": row(t, 2, "Dinas", "", "Staf", "PELAKSANA", 99), "damaged": damaged} {
		f.imports(boss, staff)
		out := f.imports(boss, r)
		f.imported(out, 0, 1, 1)
		if opens() || out.NoSupervisor != 2 {
			t.Errorf("%s: the former superior opens the person: %t; %d without superior, want 2", name, opens(), out.NoSupervisor)
		}
		f.imported(f.imports(boss, r), 0, 0, 2)
	}
}

// The class that was assigned stays as long as the title does.
func TestClassEndsWithTheTitle(t *testing.T) {
	f := newFixture(t)
	f.imports(row(t, 1, "Dinas", "", "Juru Ketik", "PELAKSANA", 0))
	f.imported(f.imports(row(t, 1, "Dinas", "", "Juru Ketik", "", 0)), 0, 0, 1)
	out := f.imports(row(t, 1, "Dinas", "", "Juru Ketik Khusus", "", 0))
	if class := f.text(`SELECT class_code FROM employee`); class != "" || out.UnknownClass != 1 {
		t.Errorf("class %q, unknown %d", class, out.UnknownClass)
	}
}

// A phone number that several people in service have proves nobody, and is counted.
func TestSharedPhone(t *testing.T) {
	f := newFixture(t)
	a, b := row(t, 1, "Dinas", "", "X", "PELAKSANA", 0), row(t, 2, "Dinas", "", "X", "PELAKSANA", 0)
	a.Phone, b.Phone = "+6281234567890", "+6281234567890"
	if out := f.imports(a, b); out.SharedPhone != 2 {
		t.Errorf("%d people with a shared number, want 2", out.SharedPhone)
	}
	belongs := func() (yes bool) {
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			yes, err = tx.PhoneBelongs(ctx, f.idOf(1), a.Phone)
			return err
		})
		return yes
	}
	if belongs() {
		t.Error("a number of two people proves one of them")
	}
	f.exec(`UPDATE employee SET active = false WHERE nip = $1`, nip(t, 2).Reveal())
	if !belongs() {
		t.Error("the number of the only one who is left proves nobody")
	}
}

// Names as long as a row may have them fit into every key of the database.
func TestLongestNames(t *testing.T) {
	f := newFixture(t)
	var b strings.Builder
	x := uint32(7)
	for i := range 300 {
		x = x*1664525 + 1013904223
		r := rune(0x4e00 + x>>12%20000) // three bytes each, nothing to compress
		if i%10 == 9 {
			r = ' '
		}
		b.WriteRune(r)
	}
	long := b.String()
	f.imported(f.imports(row(t, 1, long, long+"x", long, "PELAKSANA", 0)), 1, 0, 0)
}

// The menus of 50,000 chats are compared in slices, each far below a second, all
// of them within a minute of ticks.
func TestStaleMenusAtScale(t *testing.T) {
	devdbtest.Heavy(t, "fills 50,000 chats")
	f := newFixture(t)
	f.exec(`INSERT INTO unit (code, name) VALUES ('u', 'u')`)
	f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT lpad((198507202010010000 + g)::text, 18, '0'), 'P' || g, 1, (SELECT id FROM unit) FROM generate_series(1, 50000) g`)
	f.exec(`UPDATE employee SET supervisor_id = (SELECT min(id) FROM employee) + (id % 5000)`)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000 + id, id, now() FROM employee`)
	f.exec(`UPDATE chat c SET menu = 's' WHERE EXISTS (SELECT FROM employee m WHERE m.supervisor_id = c.employee_id)`)
	f.exec(`UPDATE chat SET menu = '' WHERE id = (SELECT max(id) FROM chat WHERE menu = 's')`)
	f.exec(`ANALYZE`)
	const slice = 2000
	var after int64
	var longest, total time.Duration
	found, ticks := 0, 0
	for end := false; !end; ticks++ {
		f.tx(func(ctx context.Context, tx *Tx) error {
			begin := time.Now()
			out, last, read, err := tx.StaleMenus(ctx, start, after, slice)
			took := time.Since(begin)
			longest, total = max(longest, took), total+took
			found, after, end = found+len(out), last, read < slice
			return err
		})
	}
	t.Logf("%d ticks, the longest took %s, all %s", ticks, longest, total)
	if found != 1 || ticks > 30 || longest > 10*time.Second { // after which the pool in service gives a statement up
		t.Errorf("%d stale in %d ticks of at most %s, want 1 in 26", found, ticks, longest)
	}
}
