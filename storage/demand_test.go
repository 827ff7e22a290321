package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/intake"
	"bangkom/internal/needs"
)

// demands are those of a period for a reader.
func (f *fixture) demands(period, reader int64) (list []needs.Demand) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		of, err := tx.Needs(ctx, period, reader)
		if err != nil {
			return err
		}
		levels, err := tx.NeedLevels(ctx, period)
		list = needs.Demands(of, levels)
		return err
	})
	return list
}

// TestDemandIsRecounted counts anew, in plain SQL and from the answers, who needs which
// level, of 300 people in 40 units: each number that is told holds what is counted, and no
// later change of the register moves it.
func TestDemandIsRecounted(t *testing.T) {
	devdbtest.Long(t, "the demand of 300 people is counted anew")
	f := newFixture(t)
	f.fillNeeds(300, "Januari")
	period := f.closePeriod()
	all := f.recountNeeds(period)
	required := map[string]int{}
	rows, err := f.owner.Query(`SELECT e.id || s.competency_code, s.level FROM employee e JOIN standard s ON s.class_code = e.class_code`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var level int
		if err := rows.Scan(&key, &level); err != nil {
			t.Fatal(err)
		}
		required[key] = level
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	count := func(code string, level int, units []int64) (n, affected int) {
		for _, r := range all {
			if r.code != code || level > 0 && required[fmt.Sprint(r.person, r.code)] != level || units != nil && !slices.Contains(units, r.unit) {
				continue
			}
			if n++; r.gap < 0 {
				affected++
			}
		}
		return n, affected
	}
	list, told, units := f.demands(period, 0), 0, 0
	for _, d := range list {
		if n, affected := count(d.Code, 0, nil); n != d.N || affected < d.From || affected > d.To {
			t.Errorf("%s: %+v, SQL counts %d of %d", d.Code, d.Told, affected, n)
		}
		for _, l := range d.Levels {
			if n, affected := count(d.Code, int(l.Level), nil); n != l.N || affected < l.From || affected > l.To {
				t.Errorf("%s, level %d: %+v, SQL counts %d of %d", d.Code, l.Level, l.Told, affected, n)
			}
			told++
		}
		for _, u := range d.Units {
			if n, affected := count(d.Code, 0, f.of(u.Node)); n != u.N || n < 5 || affected < u.From || affected > u.To || u.Exact() {
				t.Errorf("%s of %s: %+v, SQL counts %d of %d", d.Code, u.Name, u.Told, affected, n)
			}
			units++
		}
	}
	if told < 9 || units < 50 {
		t.Fatalf("%d levels and %d units are told: nothing is proved", told, units)
	}
	f.exec(`UPDATE employee SET class_code = 'JF_MADYA', unit_id = (SELECT max(id) FROM unit) WHERE id % 3 = 0`)
	f.exec(`UPDATE standard SET level = 5`)
	if again := f.demands(period, 0); fmt.Sprint(again) != fmt.Sprint(list) {
		t.Error("the demand of a closed period has changed with the register")
	}
}

// propose stores a proposal of a unit, of an officer.
func (f *fixture) propose(p needs.Proposal) (out needs.Stored) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		out, err = tx.AddProposal(ctx, p, start)
		return err
	})
	return out
}

// An officer sees and changes what the own units propose and those below them, and nothing
// of others; a unit proposes a training once a year; who was second to change it is told.
func TestProposals(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO unit (code, name) VALUES ('P1', 'Dinas'), ('P2', 'Badan')`)
	f.exec(`INSERT INTO unit (code, name, parent_id) SELECT 'P3', 'UPT', id FROM unit WHERE code = 'P1'`)
	for i, code := range []string{"P1", "P2", "P3"} {
		f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT $1, $2, 1, id FROM unit WHERE code = $3`, fmt.Sprintf("19850720201001177%d", i), "Pegawai "+code, code)
		f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT e.id, 'officer', e.unit_id, $1 FROM employee e WHERE e.name = $2`, start, "Pegawai "+code)
	}
	id := func(query string, args ...any) int64 { return int64(f.count(query, args...)) }
	who := func(code string) int64 { return id(`SELECT id FROM employee WHERE name = $1`, "Pegawai "+code) }
	unit := func(code string) int64 { return id(`SELECT id FROM unit WHERE code = $1`, code) }
	bookkeeping := needs.Proposal{Year: 2028, Unit: unit("P3"), Title: "Bendahara Pengeluaran", People: 3, Reason: "Bendahara", Ruled: true, By: who("P3")}
	for _, c := range []struct {
		p    needs.Proposal
		want needs.Stored
	}{
		{bookkeeping, needs.Kept},
		{needs.Proposal{Year: 2028, Unit: unit("P3"), Title: "bendahara pengeluaran", People: 9, Reason: "lagi", By: who("P1")}, needs.Again},
		{needs.Proposal{Year: 2027, Unit: unit("P3"), Title: "Bendahara Pengeluaran", People: 9, Reason: "tahun lain", By: who("P3")}, needs.Kept},
		{needs.Proposal{Year: 2028, Unit: unit("P2"), Title: "Bendahara Pengeluaran", People: 2, Reason: "unit lain", By: who("P2")}, needs.Kept},
	} {
		if got := f.propose(c.p); got != c.want {
			t.Errorf("%+v: %d, want %d", c.p, got, c.want)
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		for code, want := range map[string]string{"P1": "2028 UPT 3; 2027 UPT 9", "P2": "2028 Badan 2", "P3": "2028 UPT 3; 2027 UPT 9"} {
			list, err := tx.OfficerProposals(ctx, who(code))
			if err != nil {
				return err
			}
			var got []string
			for _, p := range list {
				got = append(got, fmt.Sprint(p.Year, " ", p.UnitName, " ", p.People))
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("%s sees %q, want %q", code, got, want)
			}
		}
		of, err := tx.OfficerProposals(ctx, who("P1"))
		if err != nil {
			return err
		}
		p := of[0]
		if _, err := tx.Proposal(ctx, who("P2"), p.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("an officer of another unit opens it: %v", err)
		}
		p.People, p.By = 5, who("P1")
		for i, want := range []needs.Stored{needs.Kept, needs.Outdated} {
			if got, err := tx.ChangeProposal(ctx, p, start); got != want || err != nil {
				t.Errorf("change %d: %d, %v, want %d", i, got, err, want)
			}
		}
		p.Year, p.Revision = 2027, p.Revision+1
		if got, err := tx.ChangeProposal(ctx, p, start); got != needs.Again || err != nil {
			t.Errorf("it becomes one of the year before, where it stands already: %d, %v", got, err)
		}
		for i, want := range []needs.Stored{needs.Outdated, needs.Kept, needs.Outdated} {
			if got, err := tx.WithdrawProposal(ctx, p.ID, p.Revision+min(i, 1)-1, who("P1"), start); got != want || err != nil {
				t.Errorf("withdrawal %d: %d, %v, want %d", i, got, err, want)
			}
		}
		if list, err := tx.Proposals(ctx, 2028); err != nil || len(list) != 1 || list[0].UnitName != "Badan" {
			t.Errorf("what is withdrawn is listed: %+v, %v", list, err)
		}
		if years, err := tx.ProposalYears(ctx); err != nil || fmt.Sprint(years) != "[2028 2027]" {
			t.Errorf("years %v, %v", years, err)
		}
		return nil
	})
	if f.propose(bookkeeping) != needs.Kept {
		t.Error("what was withdrawn cannot be proposed again")
	}
	if n := f.count(`SELECT count(*) FROM audit WHERE action LIKE 'proposal.%'`); n != 6 {
		t.Errorf("%d of 6 changes are kept", n)
	}
	f.pruneProposals(t)
}

// pruneProposals lets years pass: what was proposed goes two years after its plan year.
func (f *fixture) pruneProposals(t *testing.T) {
	t.Helper()
	for _, c := range []struct{ years, left int }{{2, 4}, {3, 3}, {4, 0}} {
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Prune(ctx, start.AddDate(c.years, 0, 0), 100)
			return err
		})
		if n := f.count(`SELECT count(*) FROM unit_proposal`); n != c.left {
			t.Errorf("after %d years %d proposals are left, want %d", c.years, n, c.left)
		}
	}
}

const proposalHeading = "UNIT KERJA;TAHUN RENCANA;PELATIHAN;JUMLAH ORANG;ALASAN;DIWAJIBKAN ATURAN\n"

// A spreadsheet of proposals adds and changes, and a row that is none is refused with its
// cause; what the file does not name stays, and the same file once more changes nothing.
func TestProposalsBySpreadsheet(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO unit (code, name, name_key) VALUES ('P1', 'Dinas', 'dinas'), ('P2', 'Badan', 'badan'), ('X1', 'Loket', 'loket'), ('X2', 'Loket', 'loket')`)
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('BENDA', 'Bendahara Pengeluaran', '', '', 'bimtek', 20, 'order')`)
	this := start.Year()
	row := func(unit string, year any, title, people, reason, ruled string) string {
		return fmt.Sprintf("%s;%v;%s;%s;%s;%s\n", unit, year, title, people, reason, ruled)
	}
	good := row("Dinas", this, "bendahara  pengeluaran", "3", "Tugas bendahara", "ya") + row("P2", this+1, "Arsip digital", "12", "Tugas baru", "") +
		row("Dinas", this, "Arsip digital", "1", "Layanan baru", "tidak") + row("Dinas", this, "ARSIP digital", "2", "Layanan baru", "tidak")
	take := func(rows string) (r intake.Report) {
		f.tx(func(ctx context.Context, tx *Tx) error {
			lists, err := intake.LoadLists(ctx, tx, intake.AnyKind, 62)
			if err != nil {
				return err
			}
			b, err := intake.Recognise([]byte(proposalHeading+rows), lists, start)
			if err != nil {
				return err
			}
			if b.Kind != "proposals" {
				t.Fatalf("recognised as %s", b.Kind)
			}
			r, err = b.Store(ctx, tx, start)
			return err
		})
		return r
	}
	counts := func(r intake.Report) string {
		return fmt.Sprint(r.New, r.Changed, r.Unchanged, r.Repeated, len(r.Refused))
	}
	for _, c := range []struct{ name, rows, want string }{
		{"new", good, "3 0 0 1 0"}, {"the same", good, "0 0 3 1 0"},
		{"another number", row("Dinas", this, "Arsip Digital", "5", "Layanan baru", "") + row("P2", this+1, "Arsip digital", "12", "Tugas baru", ""), "0 1 1 0 0"},
	} {
		if got := counts(take(c.rows)); got != c.want {
			t.Errorf("%s: new, changed, unchanged, repeated, refused are %s, want %s", c.name, got, c.want)
		}
	}
	for _, c := range []struct{ row, code string }{
		{row("Kantor", this, "Arsip", "3", "Tugas baru", ""), "UNIT_UNKNOWN"}, {row("Loket", this, "Arsip", "3", "Tugas baru", ""), "PROPOSAL_UNIT"},
		{row("Dinas", this-1, "Arsip", "3", "Tugas baru", ""), "PROPOSAL_YEAR"}, {row("Dinas", this+2, "Arsip", "3", "Tugas baru", ""), "PROPOSAL_YEAR"},
		{row("Dinas", "depan", "Arsip", "3", "Tugas baru", ""), "PROPOSAL_YEAR"}, {row("Dinas", this, "", "3", "Tugas baru", ""), "PROPOSAL_TITLE"},
		{row("Dinas", this, strings.Repeat("x", 151), "3", "Tugas baru", ""), "PROPOSAL_TITLE"}, {row("Dinas", this, "Arsip", "0", "Tugas baru", ""), "PROPOSAL_PEOPLE"},
		{row("Dinas", this, "Arsip", "Budi", "Tugas baru", ""), "PROPOSAL_PEOPLE"}, {row("Dinas", this, "Arsip", "3", "-", ""), "PROPOSAL_REASON"},
		{row("Dinas", this, "Arsip", "3", "Tugas baru", "mungkin"), "PROPOSAL_RULED"},
	} {
		if r := take(good + c.row); len(r.Refused) != 1 || r.Refused[0].Code != c.code || r.Refused[0].Row != 6 {
			t.Errorf("%q is refused as %+v, want %s in row 6", c.row, r.Refused, c.code)
		}
	}
	if n := f.count(`SELECT count(*) FROM unit_proposal WHERE withdrawn_at IS NULL`); n != 3 {
		t.Errorf("%d proposals stand, want 3", n)
	}
	if n := f.count(`SELECT count(*) FROM unit_proposal WHERE programme_id IS NOT NULL AND title = 'Bendahara Pengeluaran' AND people = 3 AND ruled AND by_id IS NULL`); n != 1 {
		t.Error("a title of the catalogue is not its programme")
	}
}
