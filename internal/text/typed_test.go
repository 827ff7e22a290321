package text_test

import (
	"testing"
	"time"

	"bangkom/internal/text"
)

// Tuesday, 1 December 2026.
var tuesday = time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("WIB", 7*3600))

func TestDay(t *testing.T) {
	for typed, want := range map[string]string{
		"31-12-2027": "2027-12-31", "31/12/2027": "2027-12-31", "31.12.2027": "2027-12-31", "2027-12-31": "2027-12-31",
		"31 Desember 2027": "2027-12-31", " 31  DES  2027 ": "2027-12-31", "31 Des. 2027": "2027-12-31", "31-Des-2027": "2027-12-31", "31des2027": "2027-12-31",
		"7 des 2026": "2026-12-07", "7 Desember 2026.": "2026-12-07", "Senin, 7 Desember 2026": "2026-12-07", "tanggal 7 Desember 2026": "2026-12-07",
		"1 Jan 2027": "2027-01-01", "1 Peb 2027": "2027-02-01", "1 Mrt 2027": "2027-03-01", "1 Mei 2027": "2027-05-01", "1 Jun 2027": "2027-06-01",
		"1 Juli 2027": "2027-07-01", "1 Agt 2027": "2027-08-01", "1 Agust 2027": "2027-08-01", "1 Sept 2027": "2027-09-01", "1 Okt 2027": "2027-10-01", "1 Nopember 2027": "2027-11-01",
		// Without a year it is the next one, or a moment ago.
		"7 des": "2026-12-07", "7 Desember": "2026-12-07", "5 januari": "2027-01-05", "20 nov": "2026-11-20", "20 okt": "2027-10-20", "29 feb": "2028-02-29",
		"tanggal 7": "2026-12-07", "tgl. 1": "2026-12-01", "tgl 31": "2026-12-31",
		"hari ini": "2026-12-01", "Besok": "2026-12-02", "lusa": "2026-12-03", "3 hari lagi": "2026-12-04",
		// A day of the week is the next one; "depan" is the week that begins on Monday.
		"selasa": "2026-12-01", "jumat": "2026-12-04", "Jum'at ini": "2026-12-04", "hari senin": "2026-12-07", "senin depan": "2026-12-07",
		"Selasa depan": "2026-12-08", "jumat depan": "2026-12-11", "Jumat pekan depan": "2026-12-11", "minggu": "2026-12-06",
		"31 Feb 2027": "", "1 Januar 2027": "", "1 X 2027": "", "1 2027": "", "Desember 2027": "", "kemarin": "", "": "", "1 Des 1999": "", "0 Des 2026": "",
		"minggu depan": "", "secepatnya": "", "12/13/2027": "", "7 des 2026 pagi": "", "800/12/DPT/2027": "", "tanggal 32": "",
	} {
		got, ok := text.Day(typed, tuesday)
		if written := got.Format(time.DateOnly); ok != (want != "") || ok && written != want {
			t.Errorf("%q is read as %s (%v), want %q", typed, written, ok, want)
		}
	}
}

// On a Sunday "senin depan" is tomorrow, on a Monday it is in a week.
func TestNextWeek(t *testing.T) {
	for today, want := range map[string]string{"2026-12-06": "2026-12-07", "2026-12-07": "2026-12-14", "2026-12-12": "2026-12-14"} {
		day, err := time.Parse(time.DateOnly, today)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := text.Day("senin depan", day); got.Format(time.DateOnly) != want {
			t.Errorf("on %s it is %s, want %s", today, got.Format(time.DateOnly), want)
		}
	}
}

func TestDays(t *testing.T) {
	for typed, want := range map[string][3]string{
		"12-15 Januari 2027, 800/12/DPT/2027":              {"2027-01-12", "2027-01-15", "800/12/DPT/2027"},
		"12 s.d. 15 jan 2027 800/12/DPT/2027":              {"2027-01-12", "2027-01-15", "800/12/DPT/2027"},
		"12 s/d 15 Jan":                                    {"2027-01-12", "2027-01-15", ""},
		"mulai 12 sampai dengan 15 Januari; 800.1.3/12/26": {"2027-01-12", "2027-01-15", "800.1.3/12/26"},
		"7 des - 11 des 2026 nomor 5":                      {"2026-12-07", "2026-12-11", "nomor 5"},
		"7 des 2026 sampai 11 des 2026, B/5/2026":          {"2026-12-07", "2026-12-11", "B/5/2026"},
		"28 des - 4 jan":                                   {"2026-12-28", "2027-01-04", ""},
		"1/12/2026-3/12/2026":                              {"2026-12-01", "2026-12-03", ""},
		"besok sampai jumat 800/12":                        {"2026-12-02", "2026-12-04", "800/12"},
		"besok - lusa":                                     {"2026-12-02", "2026-12-03", ""},
		"dari besok":                                       {"2026-12-02", "", ""},
		"senin depan, 800/12/DPT/2027":                     {"2026-12-07", "", "800/12/DPT/2027"},
		"7 des, 12/DPT/2027":                               {"2026-12-07", "", "12/DPT/2027"},
		"15 jan - 12 jan 2027":                             {"2027-01-15", "2027-01-12", ""},
		"secepatnya":                                       {"", "", "secepatnya"},
		"800/12/DPT/2027":                                  {"", "", "800/12/DPT/2027"},
	} {
		from, to, rest, ok := text.Days(typed, tuesday)
		got := [3]string{"", "", rest}
		if ok {
			got[0] = from.Format(time.DateOnly)
		}
		if !to.IsZero() {
			got[1] = to.Format(time.DateOnly)
		}
		if got != want || ok != (want[0] != "") {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}
