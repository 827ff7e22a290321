package intake_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/intake"
)

var today = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// lists are those of an agency in which Budi, Ani and Siti are in service.
func lists() intake.Lists {
	return intake.Lists{Known: map[string]bool{"198703152010011999": true, "199211082019032998": true, "199004272023212997": true},
		Classes: map[string]string{"PELAKSANA": "Pelaksana"}, Units: map[string]bool{"dinas contoh": true}}
}

// told is what a preview could say of a file, in one line.
func told(body []byte) string {
	b, err := intake.Recognise(body, lists(), today)
	if err != nil {
		return err.Error()
	}
	r := b.Report()
	out := fmt.Sprintf("%s: accepted %d, repeated %d", b.Kind, r.Accepted, r.Repeated)
	for _, f := range r.Refused {
		out += fmt.Sprintf("; row %d %s", f.Row, f.Code)
	}
	if len(r.InactiveRows) > 0 {
		out += fmt.Sprintf("; inactive rows %v", r.InactiveRows)
	}
	if len(r.RemarkRows) > 0 {
		out += fmt.Sprintf("; remarks in rows %v", r.RemarkRows)
	}
	if r.Rounded {
		out += "; look rounded"
	}
	for _, c := range r.Choices {
		out += fmt.Sprintf("; %s, not %s", c.Taken, strings.Join(c.Left, ", "))
	}
	return out
}

// The files in testdata are of the kinds that offices have sent, with invented
// people.
func TestFiles(t *testing.T) {
	for name, want := range map[string]string{
		"siasn.csv":                    "employees: accepted 2, repeated 0; inactive rows [3]; JENIS JABATAN NAMA, not JENIS JABATAN ID; ESELON NAMA, not ESELON ID; KEDUDUKAN HUKUM NAMA, not KEDUDUKAN HUKUM ID",
		"siasn-min.csv":                "employees: accepted 0, repeated 0; inactive rows [2]; KEDUDUKAN HUKUM NAMA, not KEDUDUKAN HUKUM ID",
		"superior-name-before-nip.csv": "employees: accepted 2, repeated 0; NIP ATASAN LANGSUNG, not ATASAN LANGSUNG",
		"superiors.csv":                "superiors: accepted 1, repeated 0; NIP PEJABAT PENILAI, not PEJABAT PENILAI",
		"error-cells.xlsx":             "employees: accepted 0, repeated 0; row 2 CELL_ERROR; row 3 CELL_ERROR",
		"five-lines.csv":               "employees: accepted 0, repeated 0; inactive rows [2]",
		"backslash.xlsx":               "employees: accepted 2, repeated 0",
		"strict.xlsx":                  "employees: accepted 2, repeated 0",
		"duk.xlsx":                     "employees: accepted 1, repeated 0",
		"holidays.xlsx":                "holidays: accepted 11, repeated 11; row 13 DATE_BAD; row 24 DATE_BAD",
		"remark.csv":                   "employees: accepted 1, repeated 0; remarks in rows [2]",
		"skpd.csv":                     "employees: accepted 1, repeated 0",
		"one-text-400-times.xlsx":      "a cell holds far more text than a spreadsheet program can write: copy the table alone into a new file and save that",
	} {
		body, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, told(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

const (
	budi = "198703152010011999"
	ani  = "199211082019032998"
)

func TestColumns(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"status by code alone: nobody new comes in, nobody known changes", "NIP;NAMA;JABATAN;UNIT KERJA;KEDUDUKAN HUKUM ID\n" + budi + ";Budi;Camat;A;99\n199503142019031901;Cici;Camat;A;01\n",
			"employees: accepted 1, repeated 0; row 3 STANDING_CODE"},
		{"the words are blank, the codes are not", "NIP;NAMA;JABATAN;UNIT KERJA;KEDUDUKAN HUKUM NAMA;KEDUDUKAN HUKUM ID\n199503142019031901;Cici;Camat;A;;99\n",
			"employees: accepted 0, repeated 0; row 2 STANDING_CODE"},
		{"names that are equal", "NIP;NAMA;NAMA PEGAWAI;JABATAN;UNIT KERJA\n" + budi + ";Budi;BUDI;Camat;A\n",
			"employees: accepted 1, repeated 0; NAMA, not NAMA PEGAWAI"},
		{"names that differ", "NIP;NAMA;NAMA PEGAWAI;JABATAN;UNIT KERJA\n" + budi + ";Budi;Ani;Camat;A\n",
			"the columns NAMA and NAMA PEGAWAI mean the same and differ in row 2: remove one of them"},
		{"a blank column beside a full one", "NIP;NIP BARU;NAMA;JABATAN;UNIT KERJA\n;" + budi + ";Budi;Camat;A\n",
			"employees: accepted 1, repeated 0"},
		{"NIP of the superior behind the name, or before", "NIP;NAMA;JABATAN;UNIT KERJA;NIP ATASAN;ATASAN LANGSUNG\n" + budi + ";Budi;Camat;A;" + ani + ";Ani\n",
			"employees: accepted 1, repeated 0; NIP ATASAN, not ATASAN LANGSUNG"},
		{"a column named for the name that holds the NIP", "NIP;ATASAN LANGSUNG;NIP ATASAN LANGSUNG\n" + budi + ";" + ani + ";\n", "superiors: accepted 1, repeated 0"},
		{"titles by code and by name", "NIP;NAMA;JABATAN ID;JABATAN NAMA;UNOR ID;UNOR NAMA\n" + budi + ";Budi;8ae482862a4d4f92012a4e2b8d5a0f3b;Camat;A8ACA7397AEB3912E040640A040269BB;Kec. A\n",
			"employees: accepted 1, repeated 0"},
		{"groups of e-Kinerja", "PEGAWAI;;PEJABAT PENILAI;\nNIP;NAMA;NIP;NAMA\n" + budi + ";Budi;" + ani + ";Ani\n", "superiors: accepted 1, repeated 0"},
		{"groups in a register", "NO;PEGAWAI;;;UNIT KERJA;PEJABAT PENILAI;\n;NIP;NAMA;JABATAN;;NIP;NAMA\n1;" + budi + ";Budi;Camat;A;" + ani + ";Ani\n", "employees: accepted 1, repeated 0"},
		{"a title of two cells above", "DAFTAR PEGAWAI;TAHUN 2026\n\nNIP;NAMA;JABATAN;UNIT KERJA\n" + budi + ";Budi;Camat;A\n", "employees: accepted 1, repeated 0"},
		{"a title that names officials above", "DAFTAR PEJABAT PENILAI\nNIP;NIP ATASAN\n" + budi + ";" + ani + "\n", "superiors: accepted 1, repeated 0"},
		{"other names", "NOMOR INDUK PEGAWAI;NAMA LENGKAP;JABATAN;UNIT ORGANISASI;UNOR INDUK NAMA\n" + budi + ";Budi;Camat;A;B\n", "employees: accepted 1, repeated 0"},
		{"NIP/NRP and PERANGKAT DAERAH", "NIP/NRP;NAMA;JABATAN;PERANGKAT DAERAH\n" + budi + ";Budi;Camat;A\n", "employees: accepted 1, repeated 0"},
		{"NIP/NRP and OPD, with units", "NIP/NRP;NAMA;JABATAN;OPD;UNIT KERJA\n" + budi + ";Budi;Camat;A;B\n", "employees: accepted 1, repeated 0"},
		{"errors that a program wrote as text", "NIP;NAMA;JABATAN;UNIT KERJA\n" + budi + ";#NAME?;Camat;A\n" + ani + ";Ani;Camat;#N/A\n",
			"employees: accepted 0, repeated 0; row 2 CELL_ERROR; row 3 CELL_ERROR"},
		{"remarks about anything", "NIP;NAMA;JABATAN;UNIT KERJA;KET\n" + budi + ";Budi;Camat;A;BPJS nonaktif\n" + ani + ";Ani;Camat;A;menggantikan pejabat lama yang pensiun\n",
			"employees: accepted 2, repeated 0; remarks in rows [2 3]"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, told([]byte(tt.body))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// rounded is a NIP after a program has kept it as a floating-point number.
func rounded(nip string) string {
	var f float64
	_, _ = fmt.Sscan(nip, &f)
	return fmt.Sprintf("%.0f", f)
}

// NIPs that went through a 64-bit floating-point number are well-formed and
// other people's.
func TestRoundedNIPs(t *testing.T) {
	const head = "NIP;NAMA;JABATAN;UNIT KERJA;NIP ATASAN\n"
	list := func(n int, write func(string) string) (out string) {
		for i := range n {
			out += write(fmt.Sprintf("19870%d15201001%d%03d", 1+i%9, 1+i%2, 101+7*i)) + ";Budi;Camat;A;\n"
		}
		return head + out
	}
	same := func(nip string) string { return nip }
	const refusal = "the NIPs of this file went through a program that rounds long numbers"
	if got := told([]byte(list(40, rounded))); !strings.HasPrefix(got, refusal) {
		t.Errorf("40 rounded NIPs: %s", got)
	}
	if got := told([]byte(list(5, rounded))); !strings.HasPrefix(got, refusal) {
		t.Errorf("5 rounded NIPs: %s", got)
	}
	if got := told([]byte(list(3, rounded))); !strings.Contains(got, "look rounded") {
		t.Errorf("3 rounded NIPs: %s", got)
	}
	if got := told([]byte(list(40, same))); strings.Contains(got, "rounded") || !strings.Contains(got, "accepted 40") {
		t.Errorf("40 honest NIPs: %s", got)
	}
	chiefs := head
	for i := range 8 {
		chiefs += fmt.Sprintf("19870%d15201001%d%03d;Budi;Camat;A;%s\n", 1+i%9, 1+i%2, 101+7*i, rounded(fmt.Sprintf("1975021519980311%02d", 10+7*i)))
	}
	if got := told([]byte(chiefs)); !strings.HasPrefix(got, refusal) {
		t.Errorf("rounded superiors: %s", got)
	}
	if got := told([]byte("NIP;MULAI;SELESAI;JENIS\n" + strings.Repeat(rounded(budi)+";1/3/2027;2/3/2027;cuti\n", 6))); !strings.HasPrefix(got, refusal) {
		t.Errorf("rounded NIPs of a list: %s", got)
	}
}

// A sheet that explains the table may stand before it.
func TestSheetsBeforeTheTable(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range []string{"PETUNJUK", "Isi NIP dan NAMA", "Kirim ke BKD"} {
		if err := f.SetCellStr("Sheet1", fmt.Sprintf("A%d", i+1), line); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Pegawai"); err != nil {
		t.Fatal(err)
	}
	for cell, text := range map[string]string{"A1": "NIP", "B1": "NAMA", "C1": "JABATAN", "D1": "SKPD", "A2": budi, "B2": "Budi", "C2": "Camat", "D2": "Kec. A"} {
		if err := f.SetCellStr("Pegawai", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if got := told(out.Bytes()); got != "employees: accepted 1, repeated 0" {
		t.Error(got)
	}
}

// Whatever a file holds, it is read or refused in a sentence, without a panic.
func FuzzRecognise(f *testing.F) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, one := range files {
		if body, err := os.ReadFile("testdata/" + one.Name()); err == nil && len(body) < 10_000 { // the fuzzer is slow on large ones; testdata/fuzz is a folder
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if told(body) == "" {
			t.Error("nothing was told")
		}
	})
}
