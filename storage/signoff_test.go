package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
)

// signingWorld is a fixture with an agency that has filled in a period, and a round for it.
type signingWorld struct {
	*fixture
	period int64
	office int64
}

func newSigning(t *testing.T, people int) *signingWorld {
	f := newFixture(t)
	f.registerNeeds(people)
	// Everybody leads the next one of the unit: whoever leads knows few by name.
	f.exec(`WITH place AS (SELECT id, unit_id, row_number() OVER (PARTITION BY unit_id ORDER BY id) AS k FROM employee)
		UPDATE employee e SET supervisor_id = b.id FROM place p LEFT JOIN place b ON b.unit_id = p.unit_id AND b.k = p.k - 1 WHERE p.id = e.id`)
	f.playNeeds("Januari")
	w := &signingWorld{fixture: f, period: f.closePeriod()}
	f.exec(`INSERT INTO unit (code, name) VALUES ('BKD', 'BKD')`)
	for i := range 2 {
		f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT $1, $2, 1, id FROM unit WHERE code = 'BKD'`, fmt.Sprintf("19850720201001188%d", i), fmt.Sprint("Petugas ", i))
		f.exec(`INSERT INTO role_grant (employee_id, role, granted_at) SELECT id, 'hr', $1 FROM employee WHERE name = $2`, start, fmt.Sprint("Petugas ", i))
	}
	w.office = w.who("Petugas 0")
	return w
}

func (w *signingWorld) who(name string) int64 {
	w.t.Helper()
	return int64(w.count(`SELECT id FROM employee WHERE name = $1`, name))
}

func (w *signingWorld) unit(name string) int64 {
	w.t.Helper()
	return int64(w.count(`SELECT id FROM unit WHERE name = $1`, name))
}

// opens a round of a year for the units that sign, and returns them.
func (w *signingWorld) opens(year int) (units []int64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *Tx) error {
		f, err := tx.Needs(ctx, w.period, 0)
		if err != nil {
			return err
		}
		for unit, with := range needs.SigningUnits(f.Units) {
			if unit == with {
				units = append(units, unit)
			}
		}
		out, err := tx.OpenSignoff(ctx, needs.Round{Year: year, Period: needs.Period{ID: w.period}, Due: start.AddDate(0, 3, 0), By: w.office}, units, start)
		if err == nil && out != needs.Kept {
			w.t.Errorf("the round of %d is there already", year)
		}
		return err
	})
	return units
}

// signoff is that of a unit as somebody sees it; ok is false when that one sees none.
func (w *signingWorld) signoff(unit, person int64) (s needs.Signoff, ok bool) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *Tx) error {
		s, ok = needs.Signoff{}, false
		id := int64(w.count(`SELECT id FROM signoff WHERE unit_id = $1 ORDER BY year DESC LIMIT 1`, unit))
		one, err := tx.Signoff(ctx, id, w.isOffice(person), person, start)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		s, ok = one, err == nil
		return err
	})
	return s, ok
}

func (w *signingWorld) isOffice(person int64) bool {
	return w.count(`SELECT count(*) FROM role_grant WHERE employee_id = $1 AND role = 'hr' AND revoked_at IS NULL`, person) > 0
}

func (w *signingWorld) step(s needs.Signoff, d needs.Deed, by int64, more string) (out needs.Stored) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *Tx) (err error) {
		out, err = tx.StepSignoff(ctx, s, d, more, by, start)
		return err
	})
	return out
}

// prepare freezes a unit for somebody, and returns what was frozen.
func (w *signingWorld) prepare(s needs.Signoff, by int64) (c needs.Content, out needs.Stored) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *Tx) error {
		f, err := tx.Needs(ctx, w.period, by)
		if err != nil {
			return err
		}
		knows, err := tx.SignoffKnown(ctx, s.ID, w.period, by, start)
		if err != nil {
			return err
		}
		proposals, err := tx.Proposals(ctx, s.Year)
		if err != nil {
			return err
		}
		before, err := tx.SignedContent(ctx, s)
		if err != nil {
			return err
		}
		c, _ = needs.ContentOf(f, s.Unit, knows, proposals)
		c.Needs = needs.Anew(c.Needs, before.Needs)
		out, err = tx.PrepareSignoff(ctx, s, c, by, start)
		return err
	})
	return c, out
}

// What is frozen of 600 people in 40 units is what plain SQL counts, rounded; of nothing
// below five; and nothing that one of its readers may not see on the map.
func TestSignedNeedsAreWhatSQLCounts(t *testing.T) {
	devdbtest.Long(t, "counts the needs of hundreds of people")
	w := newSigning(t, 600)
	units := w.opens(2028)
	if n := w.count(`SELECT count(*) FROM (SELECT unit_id FROM signoff) s`); n != len(units) || n < 20 {
		t.Fatalf("%d units sign: nothing is proved", n)
	}
	all := w.recountNeeds(w.period)
	shown := 0
	for _, unit := range units {
		s, _ := w.signoff(unit, w.office)
		if s.Heads == 0 {
			continue
		}
		if _, out := w.prepare(s, w.office); out != needs.Kept {
			t.Fatalf("unit %d cannot be prepared: %d", unit, out)
		}
		s, _ = w.signoff(unit, w.office)
		if people := w.count(`WITH RECURSIVE b AS (SELECT $1::bigint AS id UNION SELECT u.unit_id FROM need_unit u JOIN b ON u.parent_id = b.id)
			SELECT count(*) FROM need_person n JOIN b ON b.id = n.unit_id`, unit); people != s.People || people < 5 {
			t.Errorf("unit %d: %d people, SQL counts %d", unit, s.People, people)
		}
		shown += w.compareSigned(s, all)
	}
	if shown < 50 {
		t.Fatalf("%d values are shown: nothing is proved", shown)
	}
}

// The recap is passed on. Whoever leads nearly all of a unit without being its head would
// subtract them, so nothing of them is frozen, whether it was so at the close or is so now.
func TestSignedNeedsAreForWhoeverLeads(t *testing.T) {
	w := newSigning(t, 600)
	w.opens(2028)
	unit := w.unit("Badan 2")
	shown := func() (n int) {
		s, _ := w.signoff(unit, w.office)
		w.exec(`UPDATE signoff SET state = 'open' WHERE id = $1`, s.ID)
		s, _ = w.signoff(unit, w.office)
		c, out := w.prepare(s, w.office)
		if out != needs.Kept {
			t.Fatalf("it cannot be prepared: %d", out)
		}
		for _, one := range c.Needs {
			if one.Shown() {
				n++
			}
		}
		return n
	}
	if shown() == 0 {
		t.Fatal("nothing is shown of small teams: nothing is proved")
	}
	boss := int64(w.count(`SELECT min(id) + 1 FROM employee WHERE unit_id = $1`, unit))
	w.exec(`CREATE TABLE former AS SELECT employee_id, superior_id FROM need_person`)
	w.exec(`UPDATE need_person SET superior_id = $2 WHERE unit_id = $1 AND employee_id > $2`, unit, boss)
	if n := shown(); n > 0 {
		t.Errorf("%d values are frozen that a superior of the close subtracts the own team from", n)
	}
	w.exec(`UPDATE need_person n SET superior_id = f.superior_id FROM former f WHERE f.employee_id = n.employee_id`)
	if shown() == 0 {
		t.Fatal("nothing is shown of small teams any more: nothing is proved")
	}
	w.exec(`UPDATE employee SET supervisor_id = $2 WHERE unit_id = $1 AND id > $2`, unit, boss)
	if n := shown(); n > 0 {
		t.Errorf("%d values are frozen that a superior of now subtracts the own team from", n)
	}
}

// compareSigned compares the frozen values of a unit with what plain SQL counts, and with the
// map of each head, and returns how many are shown.
func (w *signingWorld) compareSigned(s needs.Signoff, all []recounted) (shown int) {
	w.t.Helper()
	var c needs.Content
	var heads []int64
	w.tx(func(ctx context.Context, tx *Tx) (err error) {
		if c, err = tx.SignedContent(ctx, s); err != nil {
			return err
		}
		heads, err = tx.SignoffHeads(ctx, s.HeadUnit, start)
		return err
	})
	below := map[int64]bool{}
	for _, id := range strings.Fields(w.text(`WITH RECURSIVE b AS (SELECT $1::bigint AS id UNION SELECT u.unit_id FROM need_unit u JOIN b ON u.parent_id = b.id)
		SELECT string_agg(id::text, ' ') FROM b`, s.Unit)) {
		n, _ := strconv.ParseInt(id, 10, 64)
		below[n] = true
	}
	for _, n := range c.Needs {
		if !n.Shown() {
			continue
		}
		shown++
		count, lack := 0, 0
		for _, r := range all {
			if below[r.unit] && r.code == n.Code {
				count, lack = count+1, lack-min(0, r.gap)
			}
		}
		if count != n.N || n.Lack != min(needs.MostLack, disclosure.RoundHundredths(lack, count)) {
			w.t.Errorf("%s of %s: %+v, SQL counts %d with %d", n.Code, s.UnitName, n.Value, count, lack)
		}
		for _, reader := range append(heads, w.office) {
			a := w.analysis(w.period, reader)
			at, _ := a.At(s.Unit)
			if k, ok := a.Competency(n.Code); !ok || a.Nodes[at].Values[k] != n.Value {
				w.t.Errorf("%s of %s is frozen as %+v, which reader %d does not see on the map", n.Code, s.UnitName, n.Value, reader)
			}
		}
	}
	return shown
}

// A unit goes its whole way: prepared, corrected, approved by a stand-in, validated, with the
// signed paper; who comes second, by a revision, changes nothing; what was given back is
// prepared once more with the same values and the correction.
func TestSignoffGoesItsWay(t *testing.T) {
	w := newSigning(t, 300)
	w.opens(2028)
	unit := w.unit("Badan 2")
	s, _ := w.signoff(unit, w.office)
	first, out := w.prepare(s, w.office)
	if _, again := w.prepare(s, w.who("Petugas 1")); out != needs.Kept || again != needs.Outdated {
		t.Fatalf("prepared: %d, by a second one: %d", out, again)
	}
	head := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, unit))
	s, ok := w.signoff(unit, head)
	if !ok || !s.Head || s.Officer || s.May(needs.Approve) != "" || s.Stage != needs.Prepared {
		t.Fatalf("the head sees %+v", s)
	}
	if _, ok := w.signoff(unit, int64(w.count(`SELECT max(id) FROM employee WHERE unit_id = $1`, unit))); ok {
		t.Error("somebody of the unit reads what its head signs")
	}
	w.correct(s, first, head)
	s, _ = w.signoff(unit, head)
	if w.step(s, needs.GiveBack, head, "Usulan belum ada") != needs.Kept {
		t.Fatal("it cannot be given back")
	}
	s, _ = w.signoff(unit, w.office)
	if s.Stage != needs.Unprepared || s.Note != "Usulan belum ada" || s.Prepared.ID != 0 {
		t.Fatalf("what was given back: %+v", s)
	}
	second, _ := w.prepare(s, w.office)
	if second.Needs[0].Code != first.Needs[2].Code || second.Needs[0].Reason != "Layanan baru" {
		t.Errorf("the correction is lost: %+v", second.Needs[0])
	}
	for _, n := range first.Needs {
		if !slices.ContainsFunc(second.Needs, func(m needs.SignedNeed) bool { return m.Code == n.Code && m.Value == n.Value }) {
			t.Errorf("%s is frozen as another value the second time", n.Code)
		}
	}
	w.finish(unit, head)
}

// correct moves the third competency to the top.
func (w *signingWorld) correct(s needs.Signoff, c needs.Content, head int64) {
	w.t.Helper()
	list, _ := needs.Move(c.Needs, c.Needs[2].Code, 1, needs.Signed{ID: head, At: start}, "Layanan baru")
	for i, want := range []needs.Stored{needs.Kept, needs.Outdated} {
		w.tx(func(ctx context.Context, tx *Tx) error {
			got, err := tx.CorrectSignoff(ctx, s, list, c.Needs[2].Code, head, start)
			if got != want {
				w.t.Errorf("correction %d: %d, want %d", i, got, want)
			}
			return err
		})
	}
}

// finish lets a stand-in approve, and the office validate.
func (w *signingWorld) finish(unit, head int64) {
	w.t.Helper()
	acting := int64(w.count(`SELECT max(id) FROM employee WHERE unit_id = $1`, unit))
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by) VALUES ($1, $2, $3, $4, '800/1', false, $5, $5, $6)`,
		head, acting, start.AddDate(0, 0, -1).Format(time.DateOnly), start.AddDate(0, 0, 9).Format(time.DateOnly), start, w.office)
	s, ok := w.signoff(unit, acting)
	if !ok || s.May(needs.Approve) != "" || w.step(s, needs.Approve, acting, "") != needs.Kept {
		w.t.Fatalf("the stand-in sees %+v", s)
	}
	if w.step(s, needs.Approve, head, "") != needs.Outdated {
		w.t.Error("it is approved twice")
	}
	s, _ = w.signoff(unit, w.office)
	if s.Approved.ID != acting || s.For != head {
		w.t.Errorf("approved by %+v for %d", s.Approved, s.For)
	}
	if err := w.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.StepSignoff(ctx, s, needs.Validate, "", acting, start)
		return err
	}); err == nil {
		w.t.Error("who has approved validates: the database has no say")
	}
	w.step(s, needs.Attach, w.office, "document berkas")
	s, _ = w.signoff(unit, w.office)
	if s.Scan != "document berkas" || w.step(s, needs.Validate, w.office, "") != needs.Kept {
		w.t.Errorf("it cannot be validated: %+v", s)
	}
	s, _ = w.signoff(unit, w.office)
	if s.Stage != needs.Validated || s.Validated.ID != w.office || w.count(`SELECT count(*) FROM audit WHERE action LIKE 'signoff.%'`) != 8 {
		w.t.Errorf("it ended as %+v with %d rows of the audit log", s, w.count(`SELECT count(*) FROM audit WHERE action LIKE 'signoff.%'`))
	}
}

// A unit without a head is approved by the head of the unit above, and a round is of the tree
// of its own period, whatever has moved since.
func TestSignoffOfAMovedTree(t *testing.T) {
	devdbtest.Long(t, "a tree of units that moves")
	w := newSigning(t, 300)
	units := w.opens(2028)
	unit := w.unit("Subbagian 1")
	w.exec(`UPDATE employee SET supervisor_id = NULL WHERE unit_id = $1`, unit)
	s, _ := w.signoff(unit, w.office)
	if s.Heads != 0 || s.May(needs.Prepare) != needs.NobodyLeads {
		t.Fatalf("a unit that nobody leads: %+v", s)
	}
	if w.step(s, needs.Lift, w.office, "") != needs.Kept {
		t.Fatal("the unit above cannot approve")
	}
	s, _ = w.signoff(unit, w.office)
	if s.HeadName != "Badan 2" || s.Heads != 1 || s.May(needs.Prepare) != "" {
		t.Errorf("after that: %+v", s)
	}
	w.exec(`UPDATE unit SET parent_id = $2 WHERE id = $1`, unit, w.unit("Badan 5"))
	w.exec(`INSERT INTO unit (code, name) VALUES ('BARU', 'Badan Baru')`)
	w.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'BARU') WHERE unit_id = $1`, unit)
	old := w.period
	w.playNeeds("Juni")
	w.period = w.closePeriod()
	if later := w.opens(2029); slices.Contains(later, unit) || !slices.Contains(units, unit) || !slices.Contains(later, w.unit("Badan Baru")) {
		t.Error("a round is not of the tree of its period")
	}
	before := w.text(`SELECT string_agg(unit_id::text, ' ' ORDER BY unit_id) FROM signoff WHERE year = 2028`)
	if !strings.Contains(" "+before+" ", fmt.Sprintf(" %d ", unit)) || w.count(`SELECT count(*) FROM signoff_round r WHERE r.year = 2028 AND r.period_id = $1`, old) != 1 {
		t.Error("the round of the year before has changed")
	}
}

// What was moved to the unit above comes back as soon as the unit has a head, unless it was
// approved before.
func TestLiftIsUndoneByAHead(t *testing.T) {
	devdbtest.Long(t, "an odd event of the round")
	w := newSigning(t, 300)
	w.opens(2028)
	unit, above := w.unit("Subbagian 1"), w.unit("Badan 2")
	parent := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, above))
	own := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, unit))
	headless := func() { w.exec(`UPDATE employee SET supervisor_id = NULL WHERE unit_id = $1`, unit) }
	headed := func() { w.exec(`UPDATE employee SET supervisor_id = $2 WHERE unit_id = $1 AND id <> $2`, unit, own) }
	headless()
	s, _ := w.signoff(unit, w.office)
	w.step(s, needs.Lift, w.office, "")
	s, _ = w.signoff(unit, w.office)
	w.prepare(s, w.office)
	if s, ok := w.signoff(unit, parent); !ok || !s.Head || s.May(needs.Approve) != "" || s.HeadName != "Badan 2" {
		t.Fatalf("the head above sees %+v", s)
	}
	waits := func(person int64) (waits bool) {
		w.tx(func(ctx context.Context, tx *Tx) error {
			own, err := tx.OwnSignoffs(ctx, person, start)
			waits = len(own) > 0
			for _, one := range own {
				if seen, ok := w.signoff(one.Unit, person); !ok || seen != one {
					t.Errorf("%+v waits, and is read as %+v", one, seen)
				}
			}
			return err
		})
		return waits
	}
	if !waits(parent) || waits(w.office) {
		t.Error("who may have something to approve is not found, or somebody else is")
	}
	headed()
	if s, ok := w.signoff(unit, parent); ok {
		t.Errorf("the head above still sees it: %+v", s)
	}
	if waits(parent) {
		t.Error("it still waits for the head above")
	}
	s, ok := w.signoff(unit, own)
	if !ok || !s.Head || s.Heads != 1 || s.HeadName != "Subbagian 1" || s.May(needs.Approve) != "" || !waits(own) {
		t.Fatalf("the own head sees %+v", s)
	}
	if office, _ := w.signoff(unit, w.office); office.May(needs.Lift) != needs.HasHead {
		t.Error("the own head can be passed over")
	}
	w.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.SignoffsWaiting(ctx, start)
		for _, one := range list {
			if one.Person == parent && one.Approve > 0 || one.Person == own && one.Approve != 1 {
				t.Errorf("asked to approve: %+v", one)
			}
		}
		return err
	})
	headless()
	if s, ok := w.signoff(unit, parent); !ok || w.step(s, needs.Approve, parent, "") != needs.Kept {
		t.Fatal("without a head it does not stay with the unit above")
	}
	headed()
	if s, _ := w.signoff(unit, w.office); s.Approved.ID != parent || s.HeadName != "Badan 2" {
		t.Errorf("what was approved moves: %+v", s)
	}
	s, _ = w.signoff(unit, w.office)
	w.step(s, needs.Return, w.office, "Sekali lagi")
	s, _ = w.signoff(unit, w.office)
	w.prepare(s, w.office)
	if s, _ = w.signoff(unit, own); w.step(s, needs.Approve, own, "") != needs.Kept || w.count(`SELECT head_unit_id FROM signoff WHERE id = $1`, s.ID) != int(unit) {
		t.Error("whose head has approved is not kept")
	}
}

// Who has something to do is found by the nearest officer and by the head, the summary and
// the roll-up count the same, and years later nothing is left.
func TestSignoffsWaiting(t *testing.T) {
	w := newSigning(t, 300)
	w.opens(2028)
	officer := w.who("Petugas 1")
	w.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES ($1, 'officer', $2, $3)`, officer, w.unit("Badan 2"), start)
	below := w.count(`SELECT count(*) FROM signoff s JOIN unit u ON u.id = s.unit_id WHERE $1 IN (u.id, u.parent_id)`, w.unit("Badan 2"))
	unit := w.unit("Badan 2")
	s, _ := w.signoff(unit, officer)
	w.prepare(s, officer)
	head := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, unit))
	w.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.SignoffsWaiting(ctx, start)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v wait", list, err)
		}
		for _, one := range list {
			if one.Person == officer && (one.Prepare != below-1 || one.Approve != 0) || one.Person == head && (one.Approve != 1 || one.Prepare != 0) {
				t.Errorf("%+v, of %d units", one, below)
			}
		}
		facts, err := tx.Teams(ctx, []int64{head}, start, outreach.DefaultRules().Caps)
		if err != nil {
			return err
		}
		if f := facts[head]; f == nil || f.Signoffs.N != 1 || f.Signoffs.Until.Format(time.DateOnly) != start.AddDate(0, 3, 0).Format(time.DateOnly) {
			t.Errorf("the summary counts %+v", f)
		}
		boards, err := tx.officeSignoffs(ctx, start.AddDate(0, 4, 0))
		if err != nil || len(boards) != 1 {
			t.Fatalf("the roll-up counts %+v, %v", boards, err)
		}
		board := boards[0]
		if all := w.count(`SELECT count(*) FROM signoff`); board.Prepared != 1 || board.Unprepared != all-1 || board.Late != all || board.Year != 2028 {
			t.Errorf("the roll-up counts %+v, %v", board, err)
		}
		return err
	})
	w.leavesAnOlderRound(officer)
	for _, c := range []struct{ year, left int }{{2030, 1}, {2031, 0}} {
		w.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Prune(ctx, time.Date(c.year, 6, 1, 0, 0, 0, 0, time.UTC), 1000)
			return err
		})
		if n := w.count(`SELECT count(*) FROM signoff_round`); n != c.left || (w.count(`SELECT count(*) FROM signoff_need`) > 0) != (c.left > 0) {
			t.Errorf("in %d %d rounds are left, want %d", c.year, n, c.left)
		}
	}
}

// leavesAnOlderRound opens a round of the year before, and gives a unit below an officer to
// somebody who then leaves: what waits in both rounds is found, by the officer above.
func (w *signingWorld) leavesAnOlderRound(officer int64) {
	w.t.Helper()
	waits := func() (n int) {
		w.tx(func(ctx context.Context, tx *Tx) error {
			list, err := tx.SignoffsWaiting(ctx, start)
			n = 0
			for _, one := range list {
				if one.Person == officer && one.Year == 2028 {
					n = one.Prepare
				}
			}
			return err
		})
		return n
	}
	before := waits()
	gone := int64(w.count(`SELECT max(id) FROM employee WHERE unit_id = $1`, w.unit("Badan 5")))
	w.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT $1, 'officer', s.unit_id, $3 FROM signoff s JOIN unit u ON u.id = s.unit_id WHERE u.parent_id = $2 LIMIT 1`,
		gone, w.unit("Badan 2"), start)
	if n := waits(); n != before-1 {
		w.t.Fatalf("%d units wait for the officer above, want %d", n, before-1)
	}
	w.exec(`UPDATE employee SET active = false WHERE id = $1`, gone)
	if n := waits(); n != before {
		w.t.Errorf("%d units wait for the officer above of one who has left, want %d", n, before)
	}
	w.opens(2027)
	w.tx(func(ctx context.Context, tx *Tx) error {
		boards, err := tx.officeSignoffs(ctx, start)
		if err != nil || len(boards) != 2 || boards[0].Year != 2027 || boards[0].Prepared != 0 || boards[1].Prepared != 1 {
			w.t.Errorf("of two rounds the roll-up counts %+v, %v", boards, err)
		}
		return err
	})
	w.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (9001, $1, $2)`, w.office, start)
	w.tx(func(ctx context.Context, tx *Tx) error {
		raw, err := tx.CopySignoffs(ctx, 9001)
		if n := strings.Count(string(raw), "pengesahan_dibuka_pada"); n != 2 {
			w.t.Errorf("the own copy of who opened two rounds: %s", raw)
		}
		return err
	})
	w.exec(`DELETE FROM signoff WHERE year = 2027`)
	w.exec(`DELETE FROM signoff_round WHERE year = 2027`)
}

// What waits in a round and was held goes only while it still waits, as it was prepared.
func TestSignoffPromptsThatAreOver(t *testing.T) {
	devdbtest.Long(t, "an odd event of the round")
	w := newSigning(t, 300)
	w.opens(2028)
	unit := w.unit("Badan 2")
	s, _ := w.signoff(unit, w.office)
	w.prepare(s, w.office)
	s, _ = w.signoff(unit, w.office)
	head := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, unit))
	w.linked(head)
	send, cat := w.courier()
	resume := reminder.New(reminder.Config{Courier: send, Text: cat, Location: jakarta, TaskForms: taskForms})
	night, morning := time.Date(2027, 1, 12, 22, 0, 0, 0, jakarta), time.Date(2027, 1, 13, 6, 5, 0, 0, jakarta)
	for _, c := range []struct {
		name     string
		prepared time.Time
		change   string
		want     int
	}{
		{"as it is", start, `UPDATE signoff SET state = 'prepared' WHERE id = $1`, 1},
		{"an earlier preparation", start.AddDate(0, 0, -1), `UPDATE signoff SET state = 'prepared' WHERE id = $1`, 0},
		{"given back", start, `UPDATE signoff SET state = 'open' WHERE id = $1`, 0},
	} {
		w.exec(`UPDATE signoff SET state = 'prepared' WHERE id = $1`, s.ID)
		w.exec(`DELETE FROM notice`)
		w.exec(`DELETE FROM outbox`)
		w.tx(func(ctx context.Context, tx *Tx) error {
			_, err := send.Send(ctx, tx, night, courier.Message{Employee: head, Key: outreach.WaitsKey(s.ID, c.prepared, head), Reply: dialog.Reply{Template: "signoff.told_head", Text: "Menunggu"},
				Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Signoff}})
			return err
		})
		w.exec(c.change, s.ID)
		w.tx(func(ctx context.Context, tx *Tx) error {
			_, err := resume.Resume(ctx, tx, morning.Add(4*time.Hour), 100)
			return err
		})
		if n := w.told("signoff")[head]; n != c.want {
			t.Errorf("%s: %d messages went, want %d: %s", c.name, n, c.want, w.text(`SELECT string_agg(n::text, ' ') FROM notice n`))
		}
	}
}
