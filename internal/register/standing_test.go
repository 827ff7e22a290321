package register_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

func tableOf(t *testing.T, body string) iter.Seq2[sheet.Row, error] {
	t.Helper()
	tables, err := sheet.Open(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	return tables[0].Rows()
}

const head = "NIP;NAMA;JABATAN;UNIT KERJA;UNIT INDUK;NIP ATASAN;KEDUDUKAN HUKUM;KET\n"

// Whole words and known values decide who has left; what is planned, temporary
// or about somebody else does not. A remark decides nothing: it is a question. today is 24 November 2026.
func TestWhoHasLeft(t *testing.T) {
	tests := map[string]bool{
		"Pensiun": true, "Telah pensiun": true, "PENSIUN TMT 01-10-2026": true, "Mencapai BUP": true, "BUP": true,
		"Pemberhentian dengan hormat": true, "Diberhentikan": true, "PTDH": true, "Alm.": true, "(Meninggal dunia)": true,
		"Mengundurkan diri": true, "Non-aktif": true, "Tidak aktif": true, "Mutasi keluar": true, "Pindah instansi": true, "Pindah": true,
		"": false, "Aktif": false, "PNS": false, "Tugas Belajar": false, "CLTN": false, "Pemberhentian sementara": false,
		"Masa Persiapan Pensiun": false, "Akan pensiun": false, "Pensiun TMT 01-12-2026": false, "Pensiun 1 Maret 2030": false,
		"Pensiun tahun 2031": false, "BUP 58 tahun, TMT 01-01-2040": false, "Pindah dari Dinas Sosial per 1-3-2026": false,
		"Pindahan dari Kab. Pringsewu": false, "Cuti, orang tua meninggal": false, "Palmira": false,
	}
	for standing, want := range tests {
		for column, row := range map[string]string{"KEDUDUKAN HUKUM": standing + ";", "KET": ";" + standing} {
			r, err := read(t, head+"198703152010011999;Budi;Camat;Kec. Natar;;;"+row+"\n")
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Inactive == 1; got != (want && column != "KET") {
				t.Errorf("%s %q: inactive %t, want %t", column, standing, got, want)
			}
			if got := len(r.RemarkRows) == 1; got != (want && column == "KET") {
				t.Errorf("%s %q: a question %t, want %t", column, standing, got, want)
			}
		}
	}
}

// The file names everybody whom it holds, also those whose rows are refused or
// inactive; who stands in an accepted row as well has not left.
func TestLeftAndSeen(t *testing.T) {
	r, err := read(t, head+`198703152010011999;Budi;Camat;Kec. Natar;;;Pensiun;
198703152010011999;Budi;Camat;Kec. Natar;;;Aktif;
199211082019032998;Ani;Guru;SMPN 1;;;Pensiun;
199004272023212997;;Guru;SMPN 1;;;;
1.98703E+17;Cici;Guru;SMPN 1;;;;
`)
	if err != nil {
		t.Fatal(err)
	}
	var left, seen []string
	for _, nip := range r.Left {
		left = append(left, nip.Last4())
	}
	for _, nip := range r.Seen {
		seen = append(seen, nip.Last4())
	}
	slices.Sort(seen)
	got := fmt.Sprint(len(r.People), left, seen, r.Inactive, r.InactiveRows)
	if diff := cmp.Diff("1 [2998] [1999 2997 2998] 2 [2 4]", got); diff != "" {
		t.Error(diff)
	}
}

// A superior who is named and cannot be used is told apart from a blank cell.
func TestGivenSuperior(t *testing.T) {
	for cell, want := range map[string]bool{"": false, "-": false, "199211082019032998": true, "1.98703E+17": true, "Camat Natar": true} {
		r, err := read(t, head+"198703152010011999;Budi;Guru;SMPN 1;;"+cell+";;\n")
		if err != nil || len(r.People) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if got := r.People[0].SupervisorGiven; got != want {
			t.Errorf("%q: given %t, want %t", cell, got, want)
		}
	}
}

// A cell that holds more than any name is refused by row; the others go on.
func TestLongCells(t *testing.T) {
	long := strings.Repeat("ab ", 150)
	r, err := read(t, head+"198703152010011999;"+long+";Guru;SMPN 1;;;;\n199211082019032998;Ani;"+long+`;SMPN 1;;;;
199004272023212997;Cici;Guru;`+long+";;;;\n199004272023212996;Dedi;Guru;SMPN 1;"+long+";;;\n199004272023212995;Eka;Guru;SMPN 1;;;;\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2 TEXT_LONG", "3 TEXT_LONG", "4 TEXT_LONG", "5 TEXT_LONG"}
	var got []string
	for _, f := range r.Refused {
		got = append(got, fmt.Sprint(f.Row, " ", f.Code))
	}
	if diff := cmp.Diff(want, got); diff != "" || len(r.People) != 1 {
		t.Errorf("%d accepted; refused (-want +got):\n%s", len(r.People), diff)
	}
	titles, err := register.ReadTitles(tableOf(t, "JABATAN;KELAS\n"+long+";PELAKSANA\n"), map[string]string{"PELAKSANA": "Pelaksana"})
	if err != nil || len(titles.Refused) != 1 {
		t.Errorf("titles %+v, %v", titles, err)
	}
}
