package register

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bangkom/internal/sheet"
)

func TestDate(t *testing.T) {
	day := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"31/3/2027": day, "31-03-2027": day, "31.03.2027": day, "31-03-27": day, "2027-03-31": day, "31 Maret 2027": day,
		"31 MAR 2027": day, " 31  maret   2027 ": day, "46477": day, "31-Mar-27": day, "Rabu, 31 Maret 2027": day,
		"rabu 31 maret 2027": day, "2027-03-31 00:00": day, "31/03/2027 07:30": day, "2027-03-31T00:00:00": day, "31 - 3 - 2027": day,
		"20 Nopember 2027": time.Date(2027, 11, 20, 0, 0, 0, 0, time.UTC), "20 Pebruari 2027": time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC),
		"17 Agt 2027": time.Date(2027, 8, 17, 0, 0, 0, 0, time.UTC), "1 mei 2027": time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got, ok := date(sheet.Cell{Text: text}); !ok || !got.Equal(want) {
			t.Errorf("date(%q) = %s, %t, want %s", text, got, ok, want)
		}
	}
	for _, bad := range []string{"", "31", "3/31/2027", "31/2/2027", "31/3/1927", "besok", "45", "99999999", "31-3", "2027", "31 Smarch 2027", "Rabu", "31 Maret"} {
		if got, ok := date(sheet.Cell{Text: bad}); ok {
			t.Errorf("date(%q) = %s, want none", bad, got)
		}
	}
	// A cell of the kind date whose format puts the month first cannot be told
	// from one that does not.
	for text, want := range map[string]bool{"03-04-27": false, "3/4/2027": false, "2027-04-03": true, "46477": true, "3 April 2027": true} {
		if _, ok := date(sheet.Cell{Text: text, Numeric: true}); ok != want {
			t.Errorf("numeric cell %q: %t, want %t", text, ok, want)
		}
	}
}

// Two digits mean 2000 to 2068. Whatever day is written in any of the ways is read as that day.
func TestDateOfEveryWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2000, 1, 1+rapid.IntRange(0, 25000).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		form := rapid.SampledFrom([]string{"2/1/2006", "02-01-2006", "2006-01-02", "2.1.06"}).Draw(t, "form")
		got, ok := date(sheet.Cell{Text: day.Format(form)})
		if !ok || !got.Equal(day) {
			t.Fatalf("%s is read as %s, %t", day.Format(form), got, ok)
		}
	})
}
