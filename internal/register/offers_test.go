package register

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bangkom/internal/sheet"
	"bangkom/internal/training"
)

func TestRupiah(t *testing.T) {
	for text, want := range map[string]int64{"1250000": 1_250_000, "1.250.000": 1_250_000, "Rp 1.250.000": 1_250_000, "Rp1.250.000,-": 1_250_000, "Rp. 1.250.000,00": 1_250_000,
		"1.250.000.-": 1_250_000, "1250000,0": 1_250_000, "0": 0, "IDR 500.000": 500_000, "1.250": 1250, "100.000.000.000": 100_000_000_000, " 750 ": 750} {
		if got, ok := rupiah(sheet.Cell{Text: text}); !ok || got != want {
			t.Errorf("rupiah(%q) = %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, bad := range []string{"", "-1250000", "-1.250.000", "(1.250.000)", "1250000,50", "1,250,000", "1.250.00", "12.5", "1.25.000", "2,5 juta", "gratis", "1e6", "Rp", "1 250 000",
		"100.000.000.001", "999999999999", "1250.5", "１２", "1.250.000,00,00", "1.250.000 per orang"} {
		if got, ok := rupiah(sheet.Cell{Text: bad}); ok {
			t.Errorf("rupiah(%q) = %d, want none", bad, got)
		}
	}
	// The point of a number is that of decimals, whatever the spreadsheet shows.
	for text, want := range map[string]bool{"1250000": true, "1250.125": false, "1250000.5": false, "1250": true, "-1250": false, "1.25E6": false} {
		if _, ok := rupiah(sheet.Cell{Text: text, Numeric: true}); ok != want {
			t.Errorf("numeric cell %q: %t, want %t", text, ok, want)
		}
	}
}

// dotted writes a number with points between groups of three.
func dotted(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Whatever price is written in any of the ways is read as that price, and never as another
// one: a minus, cents or a cell cut short refuse it.
func TestRupiahOfEveryWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, training.MostPrice).Draw(t, "price")
		body := rapid.SampledFrom([]string{strconv.FormatInt(n, 10), dotted(n)}).Draw(t, "body")
		text := rapid.SampledFrom([]string{"", "Rp", "Rp ", "rp. ", "IDR "}).Draw(t, "before") + body + rapid.SampledFrom([]string{"", ",00", ",-", ".-", ",0"}).Draw(t, "behind")
		if got, ok := rupiah(sheet.Cell{Text: text}); !ok || got != n {
			t.Fatalf("%q is read as %d, %t", text, got, ok)
		}
		for _, bad := range []string{"-" + text, body + ",5", body + ",50", strings.Replace(body, ".", ",", 1) + ",000"} {
			if got, ok := rupiah(sheet.Cell{Text: bad}); ok {
				t.Fatalf("%q is read as %d", bad, got)
			}
		}
	})
}

// FuzzRupiah: what is read is a price that can be meant, written with the same digits.
func FuzzRupiah(f *testing.F) {
	for _, text := range []string{"1.250.000", "Rp 5,00", "-1", "1,5", "9.99", "", "Rp.", "1.000.000.000.000"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, numeric bool) {
		n, ok := rupiah(sheet.Cell{Text: text, Numeric: numeric})
		if !ok {
			return
		}
		if n < 0 || n > training.MostPrice || strings.Contains(text, "-") && !strings.HasSuffix(strings.TrimSpace(text), "-") {
			t.Errorf("%q is read as %d", text, n)
		}
	})
}

// offersToday is the day on which the offers of the tests are read.
var offersToday = time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)

// offerTable are rows of a list of offers.
func offerTable(rows ...string) iter.Seq2[sheet.Row, error] {
	all := append([]string{strings.Join(OffersTemplate(), ";")}, rows...)
	return func(yield func(sheet.Row, error) bool) {
		for i, line := range all {
			var cells []sheet.Cell
			for _, text := range strings.Split(line, ";") {
				cells = append(cells, sheet.Cell{Text: strings.TrimSpace(text)})
			}
			if !yield(sheet.Row{Number: i + 1, Cells: cells}, nil) {
				return
			}
		}
	}
}

func readOffers(t *testing.T, rows ...string) List[OfferRow] {
	t.Helper()
	partners := Agreements{"UNILA": {Code: "UNILA", Until: time.Date(2028, 12, 31, 0, 0, 0, 0, time.UTC)}, "LAN": {Code: "LAN"},
		"LAMA": {Code: "LAMA", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)}, "HARI": {Code: "HARI", Until: offersToday}, "LEPAS": {Code: "LEPAS", Removed: true}}
	l, err := ReadOffers(offerTable(rows...), partners, Known{Competencies: map[string]bool{"M.03": true, "T.KD": true}, Today: offersToday})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Each thing that may be wrong with an offer has one outcome.
func TestReadOffers(t *testing.T) {
	for row, want := range map[string]string{
		"UNILA;Menulis;M.03;2;3;24;30;1.250.000;per orang;01/03/2027;03/03/2027":    "",
		"unila;Menulis;m.03;2;3;24;30;;;01/03/2027;":                                "",
		"LAN;Menulis;T.KD;5;3;24;30;0;per kelas;02/02/2027;02/02/2027":              "",
		"HARI;Menulis;M.03;2;3;24;30;;;01/03/2027;03/03/2027":                       "",
		"MANA;Menulis;M.03;2;3;24;30;;;01/03/2027;03/03/2027":                       PartnerUnknown,
		"LEPAS;Menulis;M.03;2;3;24;30;;;01/03/2027;03/03/2027":                      PartnerRemoved,
		"LAMA;Menulis;M.03;2;3;24;30;;;01/03/2027;03/03/2027":                       AgreementOver,
		"UNILA;;M.03;2;3;24;30;;;01/03/2027;03/03/2027":                             OfferEmpty,
		"UNILA;Menulis;M.99;2;3;24;30;;;01/03/2027;03/03/2027":                      StandardCompetency,
		"UNILA;Menulis;M.03;0;3;24;30;;;01/03/2027;03/03/2027":                      LevelBad,
		"UNILA;Menulis;M.03;6;3;24;30;;;01/03/2027;03/03/2027":                      LevelBad,
		"UNILA;Menulis;M.03;2;2,5;24;30;;;01/03/2027;03/03/2027":                    OfferNumber,
		"UNILA;Menulis;M.03;2;3;24,0;30;;;01/03/2027;03/03/2027":                    OfferNumber,
		"UNILA;Menulis;M.03;2;3;24;0;;;01/03/2027;03/03/2027":                       OfferNumber,
		"UNILA;Menulis;M.03;2;3;24;30;-1.250.000;per orang;01/03/2027;03/03/2027":   PriceBad,
		"UNILA;Menulis;M.03;2;3;24;30;1.250.000,50;per orang;01/03/2027;03/03/2027": PriceBad,
		"UNILA;Menulis;M.03;2;3;24;30;1.250.000;;01/03/2027;03/03/2027":             PriceUnit,
		"UNILA;Menulis;M.03;2;3;24;30;1.250.000;per hari;01/03/2027;03/03/2027":     PriceUnit,
		"UNILA;Menulis;M.03;2;3;24;30;;per orang;01/03/2027;03/03/2027":             PriceUnit,
		"UNILA;Menulis;M.03;2;3;24;30;;;01/02/2027;03/03/2027":                      DatePast,
		"UNILA;Menulis;M.03;2;3;24;30;;;03/03/2027;01/03/2027":                      DateOrder,
		"UNILA;Menulis;M.03;2;3;24;30;;;Maret;03/03/2027":                           DateBad,
		"UNILA;Menulis;M.03;2;3;24;30;;;;":                                          DateBad,
		"UNILA;" + strings.Repeat("x", 301) + ";M.03;2;3;24;30;;;01/03/2027;":       TextLong,
		"UNILA;;M.03;2;;;;;;;":      leftOut, // prepared, and not filled in
		";;M.03;2;;;;;;;":           leftOut,
		"UNILA;;;;;;;;;01/03/2027;": OfferEmpty,
	} {
		l := readOffers(t, row)
		got := ""
		switch {
		case len(l.Refused) == 1:
			got = l.Refused[0].Code
		case len(l.Rows) == 0:
			got = leftOut
		}
		if got != want {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
}

// Two offers of one title by a partner that say different things are refused, both; the same
// row twice is one offer, and another partner may offer the same.
func TestOffersOfOneTitle(t *testing.T) {
	a, b := "UNILA;Menulis;M.03;2;3;24;30;;;01/03/2027;", "UNILA;MENULIS;M.03;2;3;24;25;;;01/03/2027;"
	l := readOffers(t, a, b, strings.Replace(a, "UNILA", "LAN", 1))
	if len(l.Rows) != 1 || l.Rows[0].Partner.Code != "LAN" || len(l.Refused) != 2 || l.Refused[0].Code != OfferTwice || l.Refused[1].Row != 3 {
		t.Errorf("accepted %v, refused %v", l.Rows, l.Refused)
	}
	if l := readOffers(t, a, a); len(l.Rows) != 1 || l.Repeated != 1 || len(l.Refused) != 0 {
		t.Errorf("accepted %v, repeated %d, refused %v", l.Rows, l.Repeated, l.Refused)
	}
}

// Whatever the rows say, each is accepted, refused, repeated or was left out, and what is
// accepted can be stored.
func TestOffersOfEverySort(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cell := func(name string, some ...string) string { return rapid.SampledFrom(some).Draw(rt, name) }
		var rows []string
		left := 0
		for range rapid.IntRange(0, 12).Draw(rt, "rows") {
			row := []string{cell("partner", "UNILA", "LAN", "LEPAS", "MANA", ""), cell("title", "A", "a", "B", ""), cell("code", "M.03", "T.KD", "M.99", ""), cell("level", "1", "5", "6", "2,0", ""),
				cell("days", "1", "3", "2,5", ""), cell("jp", "8", "-8", ""), cell("seats", "30", "0", ""), cell("price", "", "0", "1.000", "1,5", "-3"), cell("for", "", "per orang", "per kelas", "x"),
				cell("starts", "01/03/2027", "2027-02-01", "x", ""), cell("ends", "03/03/2027", "", "x")}
			all := strings.Join(row, "")
			switch {
			case all == "":
				left++
			case row[colOfferCompetency] != "" && row[colOfferLevel] != "" && all == row[0]+row[2]+row[3]:
				left++
			}
			rows = append(rows, strings.Join(row, ";"))
		}
		l := readOffers(t, rows...)
		if n := len(l.Rows) + len(l.Refused) + l.Repeated + left; n < len(rows)-1 || n > len(rows) { // a first row of small numbers is the numbering of the columns
			rt.Fatalf("%d rows, %d accounted for: %+v", len(rows), n, l)
		}
		seen := map[string]bool{}
		for _, o := range l.Rows {
			if seen[offerKey(o)] || o.Seats < 1 || o.Days < 1 || o.JP < 1 || o.Price < 0 || (o.Price > 0 && o.For == "") || o.Ends.Before(o.Starts) || !o.Starts.After(offersToday) {
				rt.Fatalf("accepted %+v", o)
			}
			seen[offerKey(o)] = true
		}
	})
}

// A prepared row holds what it is for, and nothing else.
func TestOfferFor(t *testing.T) {
	row := OfferFor("UNILA", "M.03", 2)
	if got := fmt.Sprint(strings.Join(row, "|")); got != "UNILA||M.03|2|||||||" || len(row) != len(OffersTemplate()) {
		t.Error(got)
	}
}
