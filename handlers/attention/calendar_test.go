package attention

import (
	"testing"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// What the office reads about the calendar is true on the day on which it is read: a year
// is called known only when it is, and the next one is named with how it comes.
func TestCalendarLines(t *testing.T) {
	words, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("WIB", 7*3600)
	calendar := func(years ...int) *outreach.Calendar {
		f := outreach.ShippedFacts(zone, nil)
		for _, year := range years {
			for d := range 17 {
				f.Holidays = append(f.Holidays, outreach.Holiday{Day: outreach.NewDay(year, time.March, 1+d), Kind: outreach.National})
			}
		}
		return outreach.NewCalendar(f, outreach.DefaultRules().Hours)
	}
	known := func(year string) string { return "Kalender: hari libur " + year + " sudah ada." }
	next := func(year string) string {
		return "Untuk " + year + ", kirim daftar hari libur (TANGGAL, NAMA, JENIS) lewat /impor setelah keputusan bersama tiga menteri terbit."
	}
	missing := func(year string) string {
		return "Hari libur tahun " + year + " belum ada. Tanpa itu, pengingat dan pengumuman tahun " + year + " menunggu. Kirim daftarnya (TANGGAL, NAMA, JENIS) lewat /impor setelah keputusan bersama tiga menteri terbit."
	}
	fasting := func(year string) string {
		return "Bulan Ramadan tahun " + year + " belum ada pada kalender. Kirim dua baris lewat /impor, jenis awal ramadan dan akhir ramadan, agar jam pesan mengikuti jam kerja Ramadan."
	}
	unsure := "Tanggal Ramadan tahun 2027 masih perkiraan. Setelah sidang isbat, kirim dua baris lewat /impor, jenis awal ramadan dan akhir ramadan."
	for _, tt := range []struct {
		name string
		c    *outreach.Calendar
		now  time.Time
		want string
	}{
		{"December, the next year ships", calendar(), time.Date(2026, 12, 1, 8, 0, 0, 0, zone), known("2026 dan 2027")},
		{"the last hour of the year in the zone of the agency", calendar(), time.Date(2026, 12, 31, 23, 59, 0, 0, zone), known("2026 dan 2027")},
		{"the first hour of the next, a year earlier elsewhere", calendar(), time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC), known("2027") + "\n" + next("2028")},
		{"before the sighting", calendar(), time.Date(2027, 1, 11, 8, 0, 0, 0, zone), known("2027") + "\n" + unsure + "\n" + next("2028")},
		{"the last day on which nobody misses it", calendar(), time.Date(2027, 8, 31, 23, 59, 0, 0, zone), known("2027") + "\n" + next("2028")},
		{"from September on it is missed", calendar(), time.Date(2027, 9, 1, 0, 0, 0, 0, zone), known("2027") + "\n" + missing("2028")},
		{"entered, without Ramadan", calendar(2028), time.Date(2027, 10, 1, 8, 0, 0, 0, zone), known("2027 dan 2028") + "\n" + fasting("2028")},
		{"this year was never entered", calendar(), time.Date(2028, 2, 1, 8, 0, 0, 0, zone), missing("2028") + "\n" + next("2029")},
		{"neither was, in autumn", calendar(), time.Date(2028, 10, 1, 8, 0, 0, 0, zone), missing("2028") + "\n" + missing("2029")},
		{"only the next one was", calendar(2029), time.Date(2028, 3, 1, 8, 0, 0, 0, zone), known("2029") + "\n" + missing("2028")},
	} {
		if got := calendarLines(words, tt.c, tt.now); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
}
