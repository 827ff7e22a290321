package personnel_test

import (
	"testing"

	"bangkom/internal/personnel"
)

func TestInside(t *testing.T) {
	for typed, want := range map[string][2]string{
		"NIP saya 198507202010012002":               {"198507202010012002", ""},
		"nip: 19850720 201001 2 002, mohon dibantu": {"19850720 201001 2 002", ""},
		"198507202010012002":                        {"198507202010012002", ""},
		"1985072020100120021":                       {"", ""}, // nineteen digits
		"kode saya 7K2M-Q9TX-4HBD":                  {"", "7K2M-Q9TX-4HBD"},
		"Kode saya 7K2M Q9TX 4HBD.":                 {"", "7K2M-Q9TX-4HBD."},
		"selamat pagi, kodenya 3fjwc8rvn5xa ya":     {"", "3fjwc8rvn5xa"},
		"3FJW-C8RV-N5XA":                            {"", "3FJW-C8RV-N5XA"},
		"kode saya hilang":                          {"", ""},
		"saya mau berhenti":                         {"", ""},
		"perencanaan kegiatan tahun ini":            {"", ""},
		"surat 800/12/DPT/2027":                     {"", ""},
	} {
		if got := [2]string{personnel.NIPInside(typed), personnel.CodeInside(typed)}; got != want {
			t.Errorf("%q holds %q, want %q", typed, got, want)
		}
	}
}
