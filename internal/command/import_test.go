package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/text"
)

// messy is a register of n people as an agency might export it, with rows that
// must be refused, and which those are.
func messy(n int) (rows [][]string, refused []register.Refusal, inactive, repeated int) {
	rows = [][]string{{"DAFTAR PEGAWAI"}, {}, {"NO", "NIP", "NAMA", "JABATAN", "ESELON", "UNIT KERJA", "NO HP", "KEDUDUKAN HUKUM", "NIP ATASAN"}}
	damage := []struct{ nip, code string }{{"1.98703E+17", "NIP_SCI"}, {"198703152010011000", "NIP_SERIAL"}, {"19870315201001199", "NIP_LEN"},
		{"198713152010011999", "NIP_BIRTH"}, {"199211082019152998", "NIP_MONTH"}, {"198703152010013999", "NIP_SEX"}, {"1987O3152010011999", "NIP_CHAR"}}
	for i := range n {
		nip := fmt.Sprintf("19%02d%02d%02d2010%02d%d%03d", 70+i/1000%25, 1+i/84%12, 1+i/3%28, 1+i/7%12, 1+i%2, 1+i%998)
		title, echelon, boss := "Pengelola Layanan Terampil", "", rows[min(len(rows)-1, 3)][1]
		if i%50 == 0 {
			title, echelon = "Kepala Seksi", "IV.a"
		}
		if i == 0 {
			boss = ""
		}
		row := []string{fmt.Sprint(i + 1), nip, fmt.Sprintf("PEGAWAI %d, S.Sos.", i), title, echelon, fmt.Sprintf("Kec. Unit %d", i%40),
			fmt.Sprintf("0812%07d", i), "", boss}
		switch {
		case i > 0 && i%29 == 0:
			d := damage[i/29%len(damage)]
			row[1] = d.nip
			refused = append(refused, register.Refusal{Row: len(rows) + 1, Code: d.code})
		case i > 0 && i%97 == 0:
			row[7] = "Pensiun"
			inactive++
		case i > 0 && i%101 == 0:
			row[1] = rows[3][1]
			row[3] = "Plt. Camat"
			repeated++
		}
		rows = append(rows, row)
	}
	return append(rows, []string{"", "", "JUMLAH"}), refused, inactive, repeated
}

func writeCSV(t testing.TB, rows [][]string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\ufeff")
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			if strings.ContainsAny(cell, ";\"\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	path := filepath.Join(t.TempDir(), "pegawai.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeXLSX(t testing.TB, rows [][]string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = c
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "pegawai.xlsx")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// importInto runs `import employees` against a database of its own.
func importInto(t testing.TB) func(args ...string) intake.Report {
	t.Helper()
	owner := devdbtest.Empty(t)
	env := []string{"BANGKOM_DATABASE_URL=" + owner}
	var out, messages bytes.Buffer
	if code := Run(t.Context(), []string{"migrate"}, env, &out, &messages); code != 0 {
		t.Fatal(messages.String())
	}
	return func(args ...string) (r intake.Report) {
		t.Helper()
		out.Reset()
		messages.Reset()
		if code := Run(t.Context(), append([]string{"import", "employees"}, args...), env, &out, &messages); code != 0 {
			t.Fatalf("import %q = %d: %s", args, code, &messages)
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatalf("%v: %s", err, &out)
		}
		if r.Accepted != r.New+r.Changed+r.Unchanged {
			t.Errorf("accepted %d is not new %d + changed %d + unchanged %d", r.Accepted, r.New, r.Changed, r.Unchanged)
		}
		return r
	}
}

func TestImportEmployees(t *testing.T) {
	rows, refused, inactive, repeated := messy(1000)
	people := 1000 - len(refused) - inactive - repeated
	for _, kind := range []struct{ name, path string }{{"CSV", writeCSV(t, rows)}, {"XLSX", writeXLSX(t, rows)}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			imported := importInto(t)
			look := imported(kind.path, "--json")
			if look.New != people || look.Accepted != people {
				t.Errorf("a dry run accepts %d and finds %d new, want %d", look.Accepted, look.New, people)
			}
			first := imported(kind.path, "--apply", "--full", "--json")
			if diff := cmp.Diff(refused, first.Refused); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			if first.New != people || first.Inactive != inactive || first.Repeated != repeated || *first.Missing != 0 {
				t.Errorf("first import: %+v, want %d new, %d inactive, %d repeated", first, people, inactive, repeated)
			}
			if first.NoSupervisor != 1 || first.NoPhone != 0 || first.UnknownClass != 0 {
				t.Errorf("without superior %d, phone %d, class %d; want 1, 0, 0", first.NoSupervisor, first.NoPhone, first.UnknownClass)
			}
			second := imported(kind.path, "--apply", "--full", "--json")
			if second.Unchanged != people || second.New+second.Changed != 0 {
				t.Errorf("second import: %+v, want %d unchanged", second, people)
			}
		})
	}
}

// A change of anything that a file tells is a change; what it leaves blank is
// none, and who is missing stays.
func TestImportChanges(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	imported := importInto(t)
	head := []string{"NIP", "NAMA", "JABATAN", "ESELON", "UNIT KERJA", "NO HP", "NIP ATASAN"}
	boss := []string{"197803122002121001", "Bambang", "Kepala Seksi", "IV.a", "Natar", "081200000001", ""}
	rina := []string{"198507202010012002", "Rina", "Perawat Terampil", "", "Natar", "081200000002", boss[0]}
	sari := []string{"199212052019032004", "Sari", "Guru Ahli Muda", "", "Kalianda", "", boss[0]}
	imported(writeCSV(t, [][]string{head, boss, rina, sari}), "--apply", "--json")
	with := func(row []string, column int, value string) []string {
		out := slices.Clone(row)
		out[column] = value
		return out
	}
	for _, tt := range []struct {
		name string
		row  []string
		want int // changed
	}{
		{"the same", rina, 0},
		{"another spelling of the unit", with(rina, 4, "NATAR"), 0},
		{"no phone", with(rina, 5, ""), 0},
		{"no superior", with(rina, 6, ""), 0},
		{"a superior whom nobody knows", with(rina, 6, "196503121990031005"), 1},
		{"another name", with(rina, 1, "Rina Kartika"), 1},
		{"another title", with(rina, 2, "Perawat Mahir"), 1},
		{"another unit", with(rina, 4, "Sidomulyo"), 1},
		{"another phone", with(rina, 5, "081300000002"), 1},
		{"another superior", with(rina, 6, sari[0]), 1},
	} {
		got := imported(writeCSV(t, [][]string{head, boss, tt.row, sari}), "--json")
		if got.Changed != tt.want || got.New != 0 {
			t.Errorf("%s: %d changed, %d new; want %d, 0", tt.name, got.Changed, got.New, tt.want)
		}
	}
	got := imported(writeCSV(t, [][]string{head, boss}), "--apply", "--full", "--json")
	if *got.Missing != 2 || got.Unchanged != 1 {
		t.Errorf("without Rina and Sari: %d missing, %d unchanged; want 2, 1", *got.Missing, got.Unchanged)
	}
	again := imported(writeCSV(t, [][]string{head, boss, rina, sari}), "--full", "--json")
	if again.Unchanged != 3 || *again.Missing != 0 {
		t.Errorf("all three again: %d unchanged, %d missing; want 3, 0: nobody is removed", again.Unchanged, *again.Missing)
	}
}

// The refused rows come back as a spreadsheet that says why and that is read
// again once it is mended.
func TestRefusedRowsAreMended(t *testing.T) {
	imported := importInto(t)
	dir := t.TempDir()
	back := filepath.Join(dir, "ditolak.xlsx")
	rows, refused, _, _ := messy(200)
	imported(writeCSV(t, rows), "--apply", "--json", "--refused", back)
	f, err := excelize.OpenFile(back)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("Ditolak")
	if err != nil || len(got) != len(refused)+1 {
		t.Fatalf("%d rows came back, %v, want a heading and %d", len(got), err, len(refused))
	}
	for i, row := range got[1:] {
		if cause := row[len(row)-1]; !strings.Contains(cause, "NIP") || strings.Contains(cause, "refused.") {
			t.Errorf("the cause of row %d is %q", refused[i].Row, cause)
		}
		if err := f.SetCellStr("Ditolak", fmt.Sprintf("A%d", i+2), fmt.Sprintf("19880101201001%d%03d", 1+i%2, 900+i)); err != nil {
			t.Fatal(err)
		}
	}
	mended := filepath.Join(dir, "diperbaiki.xlsx")
	if err := f.SaveAs(mended); err != nil {
		t.Fatal(err)
	}
	if again := imported(mended, "--apply", "--json"); again.New != len(refused) || len(again.Refused) != 0 {
		t.Errorf("mended: %+v, want %d new and none refused", again, len(refused))
	}
}

// The agency's list of titles gives classes to people whose title told none,
// those who are there and those who come.
func TestImportPositions(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	owner := devdbtest.Empty(t)
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner}}
	people := [][]string{{"NIP", "NAMA", "JABATAN", "UNIT KERJA"},
		{"197803122002121001", "Bambang", "Camat", "Natar"}, {"198507202010012002", "Rina", "Plt. Camat", "Kalianda"},
		{"199212052019032004", "Sari", "Sopir Ambulans", "Puskesmas"}}
	titles := writeCSV(t, [][]string{{"DAFTAR JABATAN"}, {"NO", "NAMA JABATAN", "KELAS"},
		{"1", "CAMAT", "Administrator"}, {"2", "Juru Masak", "pelaksana"}, {"3", "Sopir", "RAJA"}, {"4", "", "PENGAWAS"}, {"5", "camat.", "ADMINISTRATOR"}})
	o.run(0, "migrate")
	o.run(0, "import employees "+writeCSV(t, people[:2])+" --apply", "class unknown 1")
	out := o.run(0, "import positions "+titles+" --json", "accepted 2: 2 new", "refused 2", "repeated 1", "class unknown 0", "nothing was changed")
	if !strings.Contains(out, `"refused":[{"row":5,"code":"CLASS_UNKNOWN"},{"row":6,"code":"TITLE_EMPTY"}]`) {
		t.Errorf("refused rows: %s", out)
	}
	o.run(0, "import positions "+titles+" --apply", "accepted 2: 2 new")
	o.run(0, "import positions "+titles+" --apply", "accepted 2: 0 new, 0 changed, 2 unchanged")
	o.run(0, "import employees "+writeCSV(t, people)+" --apply", "accepted 3: 2 new, 0 changed, 1 unchanged", "class unknown 1")
	o.run(1, "import positions "+writeCSV(t, people), "JABATAN and KELAS")
}

func TestTemplate(t *testing.T) {
	var out, messages bytes.Buffer
	if code := Run(t.Context(), []string{"template", "employees"}, nil, &out, &messages); code != 0 {
		t.Fatal(messages.String())
	}
	path := filepath.Join(t.TempDir(), "t.xlsx")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := importInto(t)(path, "--apply", "--json"); r.Accepted+len(r.Refused) != 0 {
		t.Errorf("the empty template: %+v, want nobody", r)
	}
	if code := Run(t.Context(), []string{"template", "cars"}, nil, &out, &messages); code != 2 {
		t.Errorf("template cars = %d, want 2", code)
	}
}

// Every code of a refusal has its sentence.
func TestEveryRefusalHasASentence(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{string(personnel.NIPSci), string(personnel.NIPChar), string(personnel.NIPLen), string(personnel.NIPBirth),
		string(personnel.NIPYear), string(personnel.NIPMonth), string(personnel.NIPAge), string(personnel.NIPSex),
		string(personnel.NIPSerial), register.NameEmpty, register.UnitEmpty,
		register.TitleEmpty, register.ClassUnknown, register.PersonUnknown, register.SamePerson, register.DateBad, register.DateOrder,
		register.CodeBad, register.LevelBad, register.CompetencyEmpty, register.LetterEmpty, register.KindUnknown, register.HolidayEmpty} {
		if !slices.Contains(cat.Keys(), "refused."+strings.ToLower(code)) {
			t.Errorf("%s has no sentence", code)
		}
	}
}

func TestImportWrongUsage(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(notes, []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want int
		say  string
	}{
		{[]string{"import"}, 2, "import KIND FILE"},
		{[]string{"import", "employees"}, 2, "import KIND FILE"},
		{[]string{"import", "cars", "x.csv"}, 2, `no kind "cars"`},
		{[]string{"import", "employees", "x.csv", "--quick"}, 2, "-quick"},
		{[]string{"import", "employees", "/no/such/file"}, 1, "/no/such/file"},
		{[]string{"import", "employees", notes}, 1, "is no table"},
	} {
		var out bytes.Buffer
		env := []string{"BANGKOM_DATABASE_URL=postgres://nobody@127.0.0.1:1/none"}
		if got := Run(t.Context(), tt.args, env, &out, &out); got != tt.want || !strings.Contains(out.String(), tt.say) {
			t.Errorf("%q = %d, %s; want %d and %q", tt.args, got, &out, tt.want, tt.say)
		}
	}
}

// BenchmarkImport is a first import of so many rows, from the file to the
// commit, with the memory that it took.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{10_000, 50_000} {
		rows, _, _, _ := messy(n)
		for kind, path := range map[string]string{"CSV": writeCSV(b, rows), "XLSX": writeXLSX(b, rows)} {
			b.Run(fmt.Sprintf("%s-%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					imported := importInto(b)
					runtime.GC()
					peak := make(chan uint64)
					stop := make(chan struct{})
					go func() { peak <- peakHeap(stop) }()
					b.StartTimer()
					imported(path, "--apply", "--json")
					b.StopTimer()
					close(stop)
					b.ReportMetric(float64(<-peak)/(1<<20), "MiB-peak")
					b.StartTimer()
				}
			})
		}
	}
}

// peakHeap watches the memory in use until stop.
func peakHeap(stop <-chan struct{}) (peak uint64) {
	var m runtime.MemStats
	for {
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse+m.StackInuse)
		select {
		case <-stop:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}
