package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/standard"
)

func levelRow(code string, level competency.Level, scope standard.Scope, name, class string) register.StandardRow {
	r := register.StandardRow{Rule: standard.Rule{ClassCode: class, Requirement: standard.Requirement{Code: code, Level: level,
		Source: standard.Source{Scope: scope, Name: name, Basis: "Perbup 1"}}}}
	if scope == standard.ByUnitKind {
		r.Key = register.UnitKey(name)
	}
	return r
}

// An import tells new, changed and unchanged, with the difference of each level, and who
// is left without a technical standard. What is taken back of a class is as it was shipped.
func TestImportStandards(t *testing.T) {
	f := newFixture(t)
	person := f.employees(3)[0]
	f.exec(`UPDATE employee SET position_title = 'Plt. Bendahara' WHERE id = $1`, person)
	load := func(want string, list ...register.StandardRow) (out register.Imported) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			out, err = tx.ImportStandards(ctx, list, start)
			return err
		})
		if got := fmt.Sprint(out.New, out.Changed, out.Unchanged, out.Levels); got != want {
			t.Errorf("imported %s, want %s", got, want)
		}
		return out
	}
	title := func(l competency.Level) register.StandardRow {
		return levelRow("T.KD", l, standard.ByTitle, "Bendahara", "")
	}
	class := func(l competency.Level) register.StandardRow {
		return levelRow("T.AR", l, standard.ByClass, "Pelaksana", "PELAKSANA")
	}
	unit := levelRow("M.05", 2, standard.ByUnit, "Dinas Pelayanan Terpadu", "")
	unit.UnitID = int64(f.count(`SELECT id FROM unit WHERE code = 'DPT'`))
	if out := load("1 0 0 []", unit); out.Bare != nil {
		t.Errorf("nobody has a technical standard, and %v is told", out.Bare)
	}
	if out := load("1 0 0 []", title(3)); out.Bare == nil || fmt.Sprint(*out.Bare) != "{[{Pengelola Layanan 2}] 2}" {
		t.Errorf("without a technical standard: %v", out.Bare)
	}
	load("0 0 1 []", title(3))
	load("0 1 0 [{Bendahara Pengelolaan Keuangan Daerah 3 2}]", title(2))
	if out := load("0 1 0 [{Pelaksana Kearsipan & Tata Naskah Digital 2 4}]", class(4)); len(out.Bare.Titles) != 0 {
		t.Errorf("the class requires it of all, and %v is told", out.Bare)
	}
	if got := f.standardOf(person).Duties(); brief(got) != "T.AR4classPerbup 1; T.KD2titlePerbup 1" {
		t.Errorf("the duties need %s", brief(got))
	}
	load("0 2 0 [{Bendahara Pengelolaan Keuangan Daerah 2 0} {Pelaksana Kearsipan & Tata Naskah Digital 4 0}]", title(0), class(0))
	load("0 0 1 []", title(0))
	if got := f.standardOf(person); len(got.Duties()) != 0 || got.Levels()["T.AR"] != 2 || got.Levels()["M.05"] != 2 {
		t.Errorf("after taking back: %s", brief(got))
	}
}

// A unit is the same by its code and by its name: two rows of one level are one, two of
// different levels contradict each other.
func TestStandardsOfAUnitByCodeAndName(t *testing.T) {
	f := newFixture(t)
	f.employees(1)
	rows := func(yield func(sheet.Row, error) bool) {
		for i, r := range []string{"KODE KOMPETENSI;TINGKAT;UNIT KERJA", "T.KD;3;DPT", "T.KD;3;Dinas Pelayanan Terpadu", "T.AR;2;DPT", "T.AR;4;Dinas Pelayanan Terpadu", "T.PG;2;dpt"} {
			row := sheet.Row{Number: i + 1}
			for text := range strings.SplitSeq(r, ";") {
				row.Cells = append(row.Cells, sheet.Cell{Text: text})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		lists, err := tx.StandardLists(ctx)
		if err != nil {
			return err
		}
		list, err := register.ReadStandards(rows, lists)
		if err != nil {
			return err
		}
		var refused []string
		for _, r := range list.Refused {
			refused = append(refused, fmt.Sprint(r.Row, " ", r.Code))
		}
		if got := strings.Join(refused, ", "); got != "4 STANDARD_CONTRADICTS, 5 STANDARD_CONTRADICTS" || len(list.Rows) != 2 {
			t.Errorf("%d rows, refused %s", len(list.Rows), got)
		}
		_, err = tx.ImportStandards(ctx, list.Rows, start)
		return err
	})
	if got := f.text(`SELECT string_agg(r.competency_code || r.level || u.code, ' ' ORDER BY r.competency_code) FROM required_level r JOIN unit u ON u.id = r.unit_id`); got != "T.KD3DPT T.PG2DPT" {
		t.Errorf("stored is %s", got)
	}
}

// What a list may name: titles with the classes of their people, units that share a name.
func TestStandardLists(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(4)
	f.exec(`INSERT INTO unit (code, name) VALUES ('X1', 'Seksi Umum'), ('X2', 'Seksi Umum')`)
	f.exec(`UPDATE employee SET class_code = 'JF_MUDA', position_title = 'Guru' WHERE id = $1`, ids[0])
	f.exec(`UPDATE employee SET class_code = 'JF_MADYA', position_title = 'GURU' WHERE id = $1`, ids[1])
	f.exec(`UPDATE employee SET class_code = NULL WHERE id = $1`, ids[2])
	f.tx(func(ctx context.Context, tx *Tx) error {
		l, err := tx.StandardLists(ctx)
		if len(l.Titles["guru"]) != 2 || fmt.Sprint(l.Titles["pengelola layanan"]) != "[PELAKSANA]" {
			t.Errorf("titles: %v", l.Titles)
		}
		if len(l.Units["seksi umum"]) != 2 || len(l.Units["x1"]) != 1 || len(l.Units["dinas pelayanan terpadu"]) != 1 {
			t.Errorf("units: %v", l.Units)
		}
		return err
	})
}
