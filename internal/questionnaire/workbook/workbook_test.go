package workbook_test

import (
	"bytes"
	"testing"

	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/sheet"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, raw []byte) workbook.Reading {
	t.Helper()
	tables, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if !workbook.Fits(tables) {
		t.Fatal("not recognised as a questionnaire")
	}
	r, err := workbook.Read(tables, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What ships goes out and comes back unchanged, with the same hash, in both forms.
func TestShippedComeBackUnchanged(t *testing.T) {
	all, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		for _, form := range []workbook.Form{workbook.Plain, workbook.XLSForm} {
			t.Run(d.Code+" "+string(form), func(t *testing.T) {
				var file bytes.Buffer
				if err := workbook.Write(&file, d, form); err != nil {
					t.Fatal(err)
				}
				r := read(t, file.Bytes())
				if len(r.Faults) > 0 {
					t.Fatalf("refused: %+v", r.Faults)
				}
				if r.Form != form {
					t.Errorf("read as %s", r.Form)
				}
				want, err := d.Hash()
				if err != nil {
					t.Fatal(err)
				}
				got, err := r.Definition.Hash()
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("another questionnaire came back (-sent +got):\n%s", cmp.Diff(d, r.Definition))
				}
			})
		}
	}
}
