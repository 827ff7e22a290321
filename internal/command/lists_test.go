package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/intake"
)

// Every list beside the register: what is refused and why, and that a second
// time changes nothing.
func TestImportLists(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	const boss, anna, budi, nobody = "197803122002121001", "198507202010012002", "199001152015031003", "199212052019032004"
	owner := devdbtest.Empty(t)
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner}}
	o.run(0, "migrate")
	if err := devdb.AppUser(t.Context(), owner, "bangkom_lists"); err != nil {
		t.Fatal(err)
	}
	o.env = append(o.env, "BANGKOM_DATABASE_URL="+devdbtest.As(owner, "bangkom_lists")) // the login that serves is enough
	o.run(0, "import employees "+writeCSV(t, [][]string{{"NIP", "NAMA", "JABATAN", "UNIT KERJA"}, {boss, "Bambang", "Kepala Seksi", "Dinas"},
		{anna, "Anna", "Pengelola", "Dinas"}, {budi, "Budi", "Pengelola", "Dinas"}})+" --apply")
	for _, tt := range []struct {
		kind    string
		rows    [][]string
		first   string
		refused string
	}{
		{"superiors", [][]string{{"DAFTAR"}, {"NIP", "NAMA", "NIP ATASAN"}, {anna, "Anna", boss}, {budi, "Budi", budi}, {nobody, "X", boss},
			{anna, "Anna", boss}, {"1985", "Y", boss}, {}, {budi, "Budi", boss}},
			"accepted 2: 0 new, 2 changed, 0 unchanged; refused 3, repeated 1",
			`{"row":4,"code":"SAME_PERSON"},{"row":5,"code":"PERSON_UNKNOWN"},{"row":7,"code":"NIP_LEN"}`},
		{"delegations", [][]string{{"NIP PEJABAT", "NIP PELAKSANA", "MULAI", "SELESAI", "NOMOR SURAT", "PENILAIAN"},
			{boss, anna, "1/3/2027", "31 Maret 2027", "800/1", "tidak"}, {boss, budi, "31/3/2027", "1/3/2027", "800/2", ""},
			{boss, budi, "31/3/2027", "besok", "800/2", ""}, {boss, budi, "1/4/2027", "3/4/2027", "", ""}},
			"accepted 1: 1 new, 0 changed, 0 unchanged; refused 3",
			`{"row":3,"code":"DATE_ORDER"},{"row":4,"code":"DATE_BAD"},{"row":5,"code":"LETTER_EMPTY"}`},
		{"leave", [][]string{{"NIP", "MULAI", "SELESAI", "JENIS"}, {anna, "1/3/2027", "5/3/2027", "Cuti sakit"}, {nobody, "1/3/2027", "5/3/2027", "Cuti"}},
			"accepted 1: 1 new, 0 changed, 0 unchanged; refused 1", `{"row":3,"code":"PERSON_UNKNOWN"}`},
		{"competencies", [][]string{{"KODE", "NAMA", "JENIS", "DEFINISI", "PELAKSANA", "JF_MUDA"}, {"T.90", "Kearsipan", "Teknis", "Mengelola arsip", "1", "3"},
			{"T 91", "A", "teknis", "x", "", ""}, {"T.92", "", "teknis", "x", "", ""}, {"T.93", "A", "lain", "x", "", ""}, {"T.94", "A", "teknis", "x", "6", ""}},
			"accepted 1: 1 new, 0 changed, 0 unchanged; refused 4",
			`{"row":3,"code":"CODE_BAD"},{"row":4,"code":"COMPETENCY_EMPTY"},{"row":5,"code":"KIND_UNKNOWN"},{"row":6,"code":"LEVEL_BAD"}`},
		{"standards", [][]string{{"KODE KOMPETENSI", "TINGKAT", "KELAS", "JENIS UNIT", "UNIT KERJA", "JABATAN", "JABATAN FUNGSIONAL"},
			{"T.KD", "3", "", "", "Dinas", "", ""}, {"Kearsipan & Tata Naskah Digital", "2", "Pelaksana", "", "", "", ""}, {"T.PG", "2", "", "Dinas", "", "", ""},
			{"T.XX", "3", "", "", "Dinas", "", ""}, {"T.KD", "6", "", "", "Dinas", "", ""}, {"T.KD", "3", "JF_LAIN", "", "", "", ""}, {"T.KD", "3", "", "", "Dinas Angin", "", ""},
			{"T.KD", "3", "", "Badan", "", "", ""}, {"T.KD", "3", "", "", "", "Raja", ""}, {"T.KD", "3", "", "", "", "", "Raja"}, {"T.KD", "3", "", "", "", "", ""},
			{"T.KD", "3", "", "Dinas", "Dinas", "", ""}, {"T.AR", "1", "", "", "Dinas", "", ""}, {"T.AR", "2", "", "", "Dinas", "", ""}, {"T.KD", "3", "", "", "Dinas", "", ""}},
			"accepted 3: 2 new, 1 changed, 0 unchanged; refused 11, repeated 1",
			`{"row":5,"code":"STANDARD_COMPETENCY"},{"row":6,"code":"STANDARD_LEVEL"},{"row":7,"code":"CLASS_UNKNOWN"},{"row":8,"code":"UNIT_UNKNOWN"},` +
				`{"row":9,"code":"UNITKIND_UNKNOWN"},{"row":10,"code":"TITLE_UNKNOWN"},{"row":11,"code":"FUNCTIONAL_UNKNOWN"},{"row":12,"code":"STANDARD_SCOPE"},` +
				`{"row":13,"code":"STANDARD_SCOPE"},{"row":14,"code":"STANDARD_CONTRADICTS"},{"row":15,"code":"STANDARD_CONTRADICTS"}`},
		{"weeks", [][]string{{"UNIT KERJA", "HARI KERJA", "JAM MULAI", "JAM SELESAI"}, {"Dinas", "enam hari", "07.30", "14:00"},
			{"Unit Lain", "lima hari", "", ""}, {"Dinas", "tiga hari", "", ""}, {"Dinas", "bergilir", "05.00", "14.00"}},
			"accepted 1: 1 new, 0 changed, 0 unchanged; refused 3",
			`{"row":3,"code":"UNIT_UNKNOWN"},{"row":4,"code":"WEEK_UNKNOWN"},{"row":5,"code":"HOURS_BAD"}`},
		{"holidays", [][]string{{"TANGGAL", "NAMA", "JENIS"}, {"2027-03-08", "Nyepi", "Libur nasional"}, {"9 Maret 2027", "Idulfitri", "Cuti bersama"},
			{"10/3/2027", "Idulfitri", "apa"}, {"11/3/2027", "", "libur nasional"}, {"17 Agustus 2027", "Proklamasi", "hari kerja"},
			{"28/1/2028", "1449 H", "awal ramadan"}, {"26/2/2028", "1449 H", "akhir ramadan"}},
			"accepted 5: 5 new, 0 changed, 0 unchanged; refused 2", `{"row":4,"code":"KIND_UNKNOWN"},{"row":5,"code":"HOLIDAY_EMPTY"}`},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			file := writeCSV(t, tt.rows)
			if out := o.run(0, "import "+tt.kind+" "+file+" --json", tt.first, "nothing was changed"); !strings.Contains(out, `"refused":[`+tt.refused+`]`) {
				t.Errorf("refused rows: %s", out)
			}
			o.run(0, "import "+tt.kind+" "+file+" --apply", tt.first, "superior unknown 1, phone missing 3") // the boss has none
			o.run(0, "import "+tt.kind+" "+file+" --apply", "0 new, 0 changed")
			o.run(1, "import "+tt.kind+" "+writeCSV(t, [][]string{{"A", "B"}, {"1", "2"}}), "no heading was found")
		})
	}
}

// An empty spreadsheet of every kind is one that can be imported.
func TestEveryTemplateCanBeImported(t *testing.T) {
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + devdbtest.Empty(t)}}
	o.run(0, "migrate")
	for _, kind := range intake.Kinds() {
		path := filepath.Join(t.TempDir(), kind+".xlsx")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := intake.Template(file, kind); !ok || err != nil || file.Close() != nil {
			t.Fatalf("template %s: %t, %v", kind, ok, err)
		}
		want := "accepted 0"
		if kind == intake.Questionnaires { // what ships, to begin with
			want = "accepted 1: 0 new, 0 changed, 1 unchanged"
		}
		o.run(0, "import "+kind+" "+path+" --apply", want)
	}
}

// A new version of a questionnaire: what differs is said, a number that is
// taken is refused, and what ships imports without a change.
func TestImportQuestionnaire(t *testing.T) {
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + devdbtest.Empty(t)}}
	o.run(0, "migrate")
	shipped, err := os.ReadFile("../questionnaire/shipped/penilaian-mandiri.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raw := string(shipped)
	file := func(body string) string {
		path := filepath.Join(t.TempDir(), "q.yaml")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	o.run(0, "import questionnaires "+file(raw)+" --apply", "0 new, 0 changed, 1 unchanged")
	reworded := strings.Replace(raw, "Penilaian Mandiri Kompetensi", "Penilaian Kompetensi Mandiri", 1)
	if reworded == raw {
		t.Fatal("the title was not found")
	}
	o.run(1, "import questionnaires "+file(reworded)+" --apply", "next version")
	second := file(strings.Replace(reworded, "version: 1", "version: 2", 1))
	o.run(0, "import questionnaires "+second, "1 changed", "- changed title", "nothing was changed")
	o.run(0, "import questionnaires "+second+" --apply --json", "1 changed", `"changed":1`)
	o.run(0, "import questionnaires "+second+" --apply", "1 unchanged")
	o.run(1, "import questionnaires "+file(raw), "give the new one version 3")
	o.run(1, "import questionnaires "+file("code: x"))
}
