package storage

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/internal/competency"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/standard"
)

// What ships: a class requires its level in the nine, and of some classes a default in the
// technical ones, which is nobody's duty.
func TestStandardOfClass(t *testing.T) {
	f := newFixture(t)
	seed, err := shippedSeed()
	if err != nil {
		t.Fatal(err)
	}
	technical := map[string]int{}
	for _, l := range seed.Levels {
		technical[l.Class] = l.Level
	}
	person := f.employees(1)[0]
	for _, class := range seed.Classes {
		want := map[string]competency.Level{}
		for _, c := range seed.Managerial {
			want[c.Code] = competency.Level(class.RequiredLevel)
		}
		for _, c := range seed.Technical {
			if level, ok := technical[class.Code]; ok {
				want[c.Code] = competency.Level(level)
			}
		}
		f.exec(`UPDATE employee SET class_code = $1`, class.Code)
		got := f.standardOf(person)
		if diff := gocmp.Diff(want, got.Levels()); diff != "" {
			t.Errorf("standard of %s (-want +got):\n%s", class.Code, diff)
		}
		if n := len(got.Duties()) + len(got.Special()); n != 0 {
			t.Errorf("%s: %d levels are special, want none", class.Code, n)
		}
	}
	f.exec(`UPDATE employee SET class_code = NULL`)
	if got := append(f.standardOf(person), f.standardOf(person+1)...); len(got) != 0 {
		t.Errorf("without a class: %v, want none", got)
	}
}

func (f *fixture) standardOf(employee int64) (s standard.Standard) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		s, err = tx.Standard(ctx, employee)
		return err
	})
	return s
}

// standards reads the table of what everybody's position requires, by employee.
func (f *fixture) standards() map[int64]standard.Standard {
	f.t.Helper()
	var rows []struct {
		Employee int64 `db:"employee_id"`
		requirementRow
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.tx.SelectContext(ctx, &rows, `SELECT employee_id, `+requirementColumns+` FROM `+
			requiredLevels(`SELECT * FROM employee WHERE active`)+` n ORDER BY employee_id, competency_code COLLATE "C"`)
	})
	all := map[int64]standard.Standard{}
	for _, r := range rows {
		all[r.Employee] = append(all[r.Employee], r.requirement())
	}
	return all
}

// dutyWorld is an agency made by chance, as the database and as standard.Resolve know it.
type dutyWorld struct {
	*fixture
	r         *rand.Rand
	parent    map[int64]int64
	key       map[int64]string
	units     []int64
	positions map[int64]standard.Position
	rules     []standard.Rule
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// build fills the emptied tables.
func (w *dutyWorld) build() {
	w.exec(`DELETE FROM required_level; DELETE FROM employee; DELETE FROM unit; DELETE FROM standard`)
	w.parent, w.key, w.units, w.positions, w.rules = map[int64]int64{}, map[int64]string{}, nil, map[int64]standard.Position{}, nil
	names := []string{"Dinas Kesehatan", "UPTD Puskesmas Natar", "Puskesmas Katibung", "Puskesmasan", "Kec. Natar", "Kecamatan Kalianda", "Seksi Pelayanan", "Sub Bagian Keuangan"}
	for i := range 3 + w.r.IntN(8) {
		name, parent := pick(w.r, names...), int64(0)
		if i > 0 && w.r.IntN(4) > 0 {
			parent = pick(w.r, w.units...)
		}
		id := int64(w.count(`INSERT INTO unit (code, name, name_key, parent_id) VALUES ($1, $2, $3, nullif($4, 0)) RETURNING id`,
			fmt.Sprintf("U%d", i), name, register.UnitKey(name), parent))
		w.units, w.parent[id], w.key[id] = append(w.units, id), parent, register.UnitKey(name)
	}
	titles := []string{"Bendahara", "Plt. Bendahara", "Pranata Komputer Ahli Muda", "PRANATA  KOMPUTER - Ahli Pertama", "Pelaksana Tugas Plh Kepala Seksi", "Pelaksana", "", "Perawat Penyelia"}
	for i := range 15 {
		title, class := pick(w.r, titles...), pick(w.r, "", "PELAKSANA", "JF_MUDA", "JF_PERTAMA", "PENGAWAS")
		unit := pick(w.r, w.units...)
		id := int64(w.count(`INSERT INTO employee (nip, name, sex, unit_id, position_title, class_code) VALUES ($1, 'A', 1, $2, $3, nullif($4, '')) RETURNING id`,
			fmt.Sprintf("198507202010011%03d", i), unit, title, class))
		p := standard.Position{Class: class, Title: personnel.TitleKey(title)}
		if personnel.IsFunctionalClass(class) {
			p.Functional = personnel.FunctionalKey(title)
		}
		for u := unit; u != 0; u = w.parent[u] {
			p.Units = append(p.Units, standard.Unit{ID: u, Key: w.key[u]})
		}
		w.positions[id] = p
	}
	for range w.r.IntN(40) {
		w.rule()
	}
}

// rule requires one level by chance, if it is not required already.
func (w *dutyWorld) rule() {
	codes := []string{"M.04", "T.PD", "T.KD"}
	r := standard.Rule{ClassCode: pick(w.r, "", "PELAKSANA", "JF_MUDA")}
	r.Code, r.Level = pick(w.r, codes...), competency.Level(1+w.r.IntN(5))
	r.Source.Scope = pick(w.r, standard.Scopes()...)
	r.Source.Basis = pick(w.r, "Perbup 1", competency.DesignSource)
	switch r.Source.Scope {
	case standard.ByClass:
		r.ClassCode = cmp.Or(r.ClassCode, "PENGAWAS")
		r.Source.Name = r.ClassCode
	case standard.ByUnit:
		r.UnitID = pick(w.r, w.units...)
	case standard.ByUnitKind:
		r.Key = pick(w.r, "puskesmas", "dinas", "kecamatan", "uptd puskesmas", "seksi pelayanan", "kecamatan natar")
	case standard.ByTitle:
		r.Key = pick(w.r, "bendahara", "kepala seksi", "pelaksana", "perawat penyelia")
	case standard.ByFunctional:
		r.Key = pick(w.r, "pranata komputer", "perawat", "bendahara")
	}
	if slices.ContainsFunc(w.rules, func(o standard.Rule) bool {
		return o.Source.Scope == r.Source.Scope && o.Key == r.Key && o.UnitID == r.UnitID && o.ClassCode == r.ClassCode && o.Code == r.Code
	}) {
		return
	}
	w.rules = append(w.rules, r)
	if r.Source.Scope == standard.ByClass {
		w.exec(`INSERT INTO standard (class_code, competency_code, level, source) VALUES ($1, $2, $3, $4)`, r.ClassCode, r.Code, r.Level, r.Source.Basis)
		return
	}
	w.exec(`INSERT INTO required_level (scope, key, name, unit_id, class_code, competency_code, level, source, changed_at)
		VALUES ($1, $2, 'n', nullif($3, 0), nullif($4, ''), $5, $6, $7, now())`, string(r.Source.Scope), r.Key, r.UnitID, r.ClassCode, r.Code, int(r.Level), r.Source.Basis)
}

// brief is what decides about a standard, in a form that both sides can give.
func brief(s standard.Standard) string {
	var lines []string
	for _, r := range s {
		lines = append(lines, fmt.Sprint(r.Code, r.Level, r.Source.Scope, r.Source.Basis))
	}
	return strings.Join(lines, "; ")
}

// For any agency, what the database says of one person, of all at once, and what
// standard.Resolve says are the same.
func TestStandardsOfOneAndOfAllAreEqual(t *testing.T) {
	devdbtest.Long(t, "40 agencies are compared")
	f := newFixture(t)
	special := map[standard.Scope]int{}
	for seed := range uint64(40) {
		w := &dutyWorld{fixture: f, r: rand.New(rand.NewPCG(seed, 19))}
		w.build()
		all := f.standards()
		for id, p := range w.positions {
			want, one := standard.Resolve(p, w.rules), f.standardOf(id)
			if brief(want) != brief(one) {
				t.Fatalf("seed %d, %+v:\nResolve: %s\nStandard: %s", seed, p, brief(want), brief(one))
			}
			if diff := gocmp.Diff(one, all[id], gocmp.Transformer("", func(s standard.Standard) []standard.Requirement { return append([]standard.Requirement{}, s...) })); diff != "" {
				t.Fatalf("seed %d: of one (-) and of all (+):\n%s", seed, diff)
			}
			for _, r := range one {
				special[r.Source.Scope]++
			}
		}
	}
	for _, s := range standard.Scopes() {
		if special[s] < 20 {
			t.Errorf("only %d levels by %s were compared", special[s], s)
		}
	}
}
