package workbook_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/sheet"

	"github.com/xuri/excelize/v2"
)

// survey is a small questionnaire as XLSForm; each test spoils a copy.
func survey() map[string][][]string {
	return map[string][][]string{
		"survey": {
			{"type", "name", "label", "required", "relevant", "bangkom_length"},
			{"start", "start", "", "", "", ""},
			{"note", "kata", "Tiga pertanyaan tentang kebutuhan belajar.", "", "", ""},
			{"select_one cara", "CARA", "Cara belajar apa yang sesuai?", "yes", "", ""},
			{"select_one alasan", "ALASAN", "Apa alasannya?", "", "${CARA}='kelas'", ""},
			{"text", "CERITA", "Ada hal lain?", "", "${CARA}='kelas' and (${ALASAN}='jauh' or ${ALASAN}='')", "100"},
		},
		"choices": {
			{"list_name", "name", "label"},
			{"cara", "kelas", "Tatap muka"}, {"cara", "mandiri", "Belajar mandiri"},
			{"alasan", "jauh", "Tempat jauh"}, {"alasan", "waktu", "Waktu kerja"},
		},
		"settings": {{"form_title", "form_id", "version", "bangkom_kind"}, {"Minat Belajar", "minat-belajar", "3", "interest"}},
	}
}

func file(t *testing.T, pages map[string][][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	var list []sheet.Page
	for _, name := range []string{"survey", "choices", "settings", "PERTANYAAN", "PILIHAN", "PENGATURAN"} {
		if rows, ok := pages[name]; ok {
			list = append(list, sheet.Page{Name: name, Rows: rows})
		}
	}
	if err := sheet.WriteBook(&out, list...); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSFormIsUnderstood(t *testing.T) {
	r := read(t, file(t, survey()))
	if len(r.Faults) > 0 {
		t.Fatalf("refused: %+v", r.Faults)
	}
	d := r.Definition
	if d.Intro != "Tiga pertanyaan tentang kebutuhan belajar." || d.Minutes != 2 || d.Version != 3 || len(d.Items) != 3 {
		t.Errorf("got %+v", d)
	}
	if want := []workbook.Ignored{{Cell: "survey!2", What: "start"}}; !slices.Equal(r.Ignored, want) {
		t.Errorf("ignored %v, want %v", r.Ignored, want)
	}
	if i := d.Items[0]; i.Title != "CARA" || i.Optional || i.Choices[1].Label != "Belajar mandiri" {
		t.Errorf("first item %+v", i)
	}
	asked := func(answers map[string]string) (codes []string) {
		for _, i := range d.Applicable(answers) {
			codes = append(codes, i.Code)
		}
		return codes
	}
	for _, tt := range []struct {
		answers map[string]string
		want    []string
	}{
		{nil, []string{"CARA"}},
		{map[string]string{"CARA": "mandiri", "ALASAN": "jauh"}, []string{"CARA"}},
		{map[string]string{"CARA": "kelas", "ALASAN": "waktu"}, []string{"CARA", "ALASAN"}},
		{map[string]string{"CARA": "kelas", "ALASAN": "jauh"}, []string{"CARA", "ALASAN", "CERITA"}},
		{map[string]string{"CARA": "kelas", "ALASAN": "-"}, []string{"CARA", "ALASAN", "CERITA"}}, // left out on purpose
	} {
		if got := asked(tt.answers); !slices.Equal(got, tt.want) {
			t.Errorf("%v asks %v, want %v", tt.answers, got, tt.want)
		}
	}
}

// Each fault is refused at its cell, and nothing is half read.
func TestFaultsHaveTheirCell(t *testing.T) {
	set := func(page string, row, column int, value string) func(map[string][][]string) {
		return func(p map[string][][]string) { p[page][row-1][column-1] = value }
	}
	for _, tt := range []struct {
		name  string
		spoil func(map[string][][]string)
		code  workbook.Code
		cell  string
	}{
		{"no name", set("survey", 5, 2, ""), workbook.BadName, "survey!B5"},
		{"a name that is none", set("survey", 5, 2, "APA ITU"), workbook.BadName, "survey!B5"},
		{"a name twice", set("survey", 5, 2, "CARA"), workbook.DoubleName, "survey!B5"},
		{"a list that is not there", set("survey", 4, 1, "select_one lain"), workbook.NoList, "survey!A4"},
		{"several answers", set("survey", 4, 1, "select_multiple cara"), workbook.BadType, "survey!A4"},
		{"a group that is asked under a condition", set("survey", 5, 1, "begin_group"), workbook.BadType, "survey!A5"},
		{"a group that is repeated", set("survey", 4, 1, "begin_repeat"), workbook.BadType, "survey!A4"},
		{"or other", set("survey", 4, 1, "select_one cara or_other"), workbook.BadType, "survey!A4"},
		{"no label", set("survey", 4, 3, ""), workbook.NoText, "survey!C4"},
		{"another answer in a label", set("survey", 5, 3, "Mengapa ${CARA}?"), workbook.Reference, "survey!C5"},
		{"relevant to nowhere", set("survey", 5, 5, "${LAIN}='kelas'"), workbook.NoSuchItem, "survey!E5"},
		{"relevant to itself", set("survey", 5, 5, "${ALASAN}='jauh'"), workbook.LaterItem, "survey!E5"},
		{"relevant to a later item", set("survey", 4, 5, "${ALASAN}='jauh'"), workbook.LaterItem, "survey!E4"},
		{"two questions that wait for each other", func(p map[string][][]string) {
			p["survey"][3][4], p["survey"][4][4] = "${ALASAN}='jauh'", "${CARA}='kelas'"
		}, workbook.LaterItem, "survey!E4"},
		{"an answer that is none", set("survey", 5, 5, "${CARA}='daring'"), workbook.NoSuchValue, "survey!E5"},
		{"left out where that is not allowed", set("survey", 5, 5, "${CARA}=''"), workbook.NoSuchValue, "survey!E5"},
		{"XPath beyond the subset", set("survey", 5, 5, "selected(${CARA}, 'kelas')"), workbook.BadExpression, "survey!E5"},
		{"not equal", set("survey", 5, 5, "${CARA}!='kelas'"), workbook.BadExpression, "survey!E5"},
		{"half a condition", set("survey", 5, 5, "${CARA}='kelas' and"), workbook.BadExpression, "survey!E5"},
		{"an open parenthesis", set("survey", 5, 5, "(${CARA}='kelas'"), workbook.BadExpression, "survey!E5"},
		{"neither yes nor no", set("survey", 4, 4, "mungkin"), workbook.BadFlag, "survey!D4"},
		{"a length that is no number", set("survey", 6, 6, "panjang"), workbook.BadNumber, "survey!F6"},
		{"text in the middle", func(p map[string][][]string) { p["survey"][4], p["survey"][5] = p["survey"][5], p["survey"][4] }, workbook.TwoTexts, "survey!A5"},
		{"two texts", set("survey", 5, 1, "text"), workbook.TwoTexts, "survey!A5"},
		{"a version that is no number", set("settings", 2, 3, "v3"), workbook.BadSetting, "settings!C2"},
		{"no use", set("settings", 2, 4, ""), workbook.BadSetting, "settings!D2"},
		{"a use that is unknown", set("settings", 2, 4, "quiz"), workbook.Unfit, "settings"},
		{"no title", set("settings", 2, 1, ""), workbook.BadSetting, "settings!A2"},
		{"a heading twice", set("survey", 1, 6, "label"), workbook.TwoColumns, "survey!F1"},
		{"no labels", set("survey", 1, 3, "teks"), workbook.NoColumn, "survey!1"},
		{"both forms", func(p map[string][][]string) { p["PERTANYAAN"] = [][]string{{"KODE"}} }, workbook.TwoSheets, "PERTANYAAN"},
		{"no questions", func(p map[string][][]string) { p["survey"] = p["survey"][:3] }, workbook.NoSheet, "survey"},
		{"a label that is too long", set("choices", 2, 3, "Tatap muka di ruang kelas bersama pengajar"), workbook.TooLong, "choices!C2"},
		{"a value twice", set("choices", 3, 2, "kelas"), workbook.DoubleName, "choices!B3"},
		{"a value that is none", set("choices", 3, 2, "belajar mandiri"), workbook.BadValue, "choices!B3"},
		{"a value that no button can carry", set("choices", 3, 2, "belajar_mandiri_di_rumah_masi"), workbook.BadValue, "choices!B3"},
		{"two choices that read alike", set("choices", 3, 3, "tatap muka"), workbook.DoubleName, "choices!C3"},
		{"a choice without text", set("choices", 3, 3, ""), workbook.NoText, "choices!C3"},
		{"one choice", func(p map[string][][]string) { p["choices"] = append(p["choices"][:1:1], p["choices"][2:]...) }, workbook.TooManyChoose, "survey!A4"},
		{"ten choices", func(p map[string][][]string) {
			for n := range 8 {
				p["choices"] = append(p["choices"], []string{"cara", fmt.Sprintf("x%d", n), fmt.Sprintf("Cara %d", n)})
			}
		}, workbook.TooManyChoose, "survey!A4"},
		{"a text that must be filled in", set("survey", 6, 4, "yes"), workbook.MustText, "survey!D6"},
		{"ten rated items", func(p map[string][][]string) {
			rows := p["survey"][:3]
			for n := range 10 {
				rows = append(rows, []string{"select_one cara", fmt.Sprintf("X%d", n), "Apa?", "", "", ""})
			}
			p["survey"] = rows
		}, workbook.TooManyRated, "survey!B13"},
		{"ten thousand items", func(p map[string][][]string) {
			for n := range 10_000 {
				p["survey"] = append(p["survey"], []string{"select_one cara", fmt.Sprintf("X%d", n), "Apa?", "", "", ""})
			}
		}, workbook.TooManyRows, "survey!502"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := survey()
			tt.spoil(p)
			r := read(t, file(t, p))
			if len(r.Definition.Items) > 0 {
				t.Error("half of it was read")
			}
			if !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == tt.code && f.Cell() == tt.cell }) {
				t.Errorf("want %s at %s, got %+v", tt.code, tt.cell, r.Faults)
			}
		})
	}
}

// Statements of levels are 0 or 1 to 5, each with its text.
func TestStatementsOfLevels(t *testing.T) {
	levels := func() map[string][][]string {
		return map[string][][]string{
			"PERTANYAAN": {{"KODE", "JUDUL", "JENIS", "PERTANYAAN"}, {"K", "Kemampuan", "tingkat", "Mana yang sesuai?"}},
			"PILIHAN": {{"KODE", "NILAI", "TEKS"}, {"K", "1", "Satu"}, {"K", "2", "Dua"}, {"K", "3", "Tiga"},
				{"K", "4", "Empat"}, {"K", "5", "Lima"}},
			"PENGATURAN": {{"PENGATURAN", "ISI"}, {"KODE", "minat-belajar"}, {"VERSI", "1"}, {"KEGUNAAN", "interest"}, {"JUDUL", "Minat"},
				{"PENGANTAR", "Satu pertanyaan."}, {"MENIT", "1"}, {"PERIKSA DULU", "Tidak"}},
		}
	}
	if r := read(t, file(t, levels())); len(r.Faults) > 0 || r.Definition.Items[0].Levels[4] != "Lima" {
		t.Fatalf("refused: %+v", r.Faults)
	}
	missing := levels()
	missing["PILIHAN"] = missing["PILIHAN"][:5]
	if r := read(t, file(t, missing)); len(r.Faults) == 0 || r.Faults[0].Code != workbook.Levels || r.Faults[0].Cell() != "PERTANYAAN!C2" {
		t.Errorf("a missing level: %+v", r.Faults)
	}
	empty := levels()
	empty["PILIHAN"][3][2] = ""
	if r := read(t, file(t, empty)); len(r.Faults) == 0 || r.Faults[0].Code != workbook.NoText || r.Faults[0].Cell() != "PILIHAN!C4" {
		t.Errorf("a level without text: %+v", r.Faults)
	}
}

// A formula is refused with its cell, whatever its result was.
func TestFormulasAreRefused(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(file(t, survey())))
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellFormula("survey", "C5", `"Apa "&"alasannya?"`); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	r := read(t, out.Bytes())
	if !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == workbook.HasFormula && f.Cell() == "survey!C5" }) {
		t.Errorf("got %+v", r.Faults)
	}
}

// Two sheets of one name, which only a blank tells apart, and cells that are merged, so that
// what stood in the lower or the right one is gone, are refused where they stand.
func TestSheetsOfOneNameAndMergedCells(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*excelize.File) error
		code  workbook.Code
		cell  string
	}{
		{"two sheets", func(f *excelize.File) error {
			_, err := f.NewSheet("survey ")
			return err
		}, workbook.TwoSheets, "survey"},
		{"two types are one", func(f *excelize.File) error { return f.MergeCell("survey", "A4", "A5") }, workbook.BadType, "survey!A5"},
		{"a code and its question are one", func(f *excelize.File) error { return f.MergeCell("survey", "B4", "C4") }, workbook.NoText, "survey!C4"},
		{"two texts of choices are one", func(f *excelize.File) error { return f.MergeCell("choices", "C2", "C3") }, workbook.NoText, "choices!C3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			book, err := excelize.OpenReader(bytes.NewReader(file(t, survey())))
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.spoil(book); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := book.Write(&out); err != nil {
				t.Fatal(err)
			}
			r := read(t, out.Bytes())
			if len(r.Definition.Items) > 0 || !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == tt.code && f.Cell() == tt.cell }) {
				t.Errorf("want %s at %s, got %+v", tt.code, tt.cell, r.Faults)
			}
		})
	}
}
