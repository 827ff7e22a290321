package outreach

import (
	"slices"
	"time"
)

// HolidayKind is what sort of day off it is. The codes of the first two are
// those of the table holiday.
type HolidayKind string

// The kinds of days off.
const (
	National   HolidayKind = "national"   // libur nasional
	Collective HolidayKind = "collective" // cuti bersama
	// Workday takes a shipped day off back: an amended decree made it a day of
	// work again.
	Workday HolidayKind = "workday"
)

// Holiday is one day off for the whole agency, by decree of three ministers
// (SKB 3 Menteri).
type Holiday struct {
	Day    Day
	Name   string
	Kind   HolidayKind
	Source string // the decree; "" = entered by HR
}

// off is one row of a year's decree.
type off struct {
	month time.Month
	day   int
	kind  HolidayKind
	name  string
}

// decree is the list of one year.
type decree struct {
	year   int
	source string
	days   []off
}

// decree2026 is SKB 1497/2025: 17 national holidays, 8 days of collective leave
// (domain.md 10).
func decree2026() decree {
	return decree{2026, "SKB 3 Menteri 1497/2025, 2/2025, 5/2025", []off{
		{1, 1, National, "Tahun Baru Masehi"},
		{1, 16, National, "Isra Mikraj"},
		{2, 16, Collective, "Cuti bersama Imlek"},
		{2, 17, National, "Tahun Baru Imlek"},
		{3, 18, Collective, "Cuti bersama Nyepi"},
		{3, 19, National, "Hari Suci Nyepi"},
		{3, 20, Collective, "Cuti bersama Idulfitri"},
		{3, 21, National, "Idulfitri"},
		{3, 22, National, "Idulfitri"},
		{3, 23, Collective, "Cuti bersama Idulfitri"},
		{3, 24, Collective, "Cuti bersama Idulfitri"},
		{4, 3, National, "Wafat Yesus Kristus"},
		{4, 5, National, "Paskah"},
		{5, 1, National, "Hari Buruh"},
		{5, 14, National, "Kenaikan Yesus Kristus"},
		{5, 15, Collective, "Cuti bersama Kenaikan Yesus Kristus"},
		{5, 27, National, "Iduladha"},
		{5, 28, Collective, "Cuti bersama Iduladha"},
		{5, 31, National, "Waisak"},
		{6, 1, National, "Hari Lahir Pancasila"},
		{6, 16, National, "1 Muharam"},
		{8, 17, National, "Proklamasi Kemerdekaan"},
		{8, 25, National, "Maulid Nabi Muhammad"},
		{12, 24, Collective, "Cuti bersama Natal"},
		{12, 25, National, "Natal"},
	}}
}

// decree2027 is SKB 1205/2026, announced on 15 September 2026: 18 national
// holidays, 8 days of collective leave (domain.md 10).
func decree2027() decree {
	return decree{2027, "SKB 3 Menteri 1205/2026, 3/2026, 2/2026", []off{
		{1, 1, National, "Tahun Baru Masehi"},
		{1, 5, National, "Isra Mikraj"},
		{2, 5, Collective, "Cuti bersama Imlek"},
		{2, 6, National, "Tahun Baru Imlek"},
		{3, 8, National, "Hari Suci Nyepi"},
		{3, 9, Collective, "Cuti bersama Idulfitri"},
		{3, 10, National, "Idulfitri"},
		{3, 11, National, "Idulfitri"},
		{3, 12, Collective, "Cuti bersama Idulfitri"},
		{3, 15, Collective, "Cuti bersama Idulfitri"},
		{3, 25, Collective, "Cuti bersama Wafat Yesus Kristus"},
		{3, 26, National, "Wafat Yesus Kristus"},
		{3, 28, National, "Paskah"},
		{5, 1, National, "Hari Buruh"},
		{5, 6, National, "Kenaikan Yesus Kristus"},
		{5, 17, National, "Iduladha"},
		{5, 18, Collective, "Cuti bersama Iduladha"},
		{5, 19, Collective, "Cuti bersama Waisak"},
		{5, 20, National, "Waisak"},
		{6, 1, National, "Hari Lahir Pancasila"},
		{6, 6, National, "1 Muharam"},
		{8, 15, National, "Maulid Nabi Muhammad"},
		{8, 17, National, "Proklamasi Kemerdekaan"},
		{12, 24, Collective, "Cuti bersama Natal"},
		{12, 25, National, "Natal"},
		{12, 26, National, "Isra Mikraj"},
	}}
}

// ShippedHolidays returns the days off of 2026 and 2027 in their order. Later
// years are not guessed: HR imports them when their decree is out.
func ShippedHolidays() []Holiday {
	var all []Holiday
	for _, d := range []decree{decree2026(), decree2027()} {
		for _, o := range d.days {
			all = append(all, Holiday{NewDay(d.year, o.month, o.day), o.name, o.kind, d.source})
		}
	}
	return all
}

// MergeHolidays puts the agency's own rows over the shipped ones: of two rows of
// one day the agency's counts, and a Workday takes the day off away. The result
// is sorted by day; it is empty when nothing is left.
func MergeHolidays(shipped, own []Holiday) []Holiday {
	byDay := make(map[Day]Holiday, len(shipped)+len(own))
	for _, list := range [][]Holiday{shipped, own} {
		for _, h := range list {
			byDay[h.Day] = h
		}
	}
	all := make([]Holiday, 0, len(byDay))
	for _, h := range byDay {
		if h.Kind != Workday {
			all = append(all, h)
		}
	}
	slices.SortFunc(all, func(a, b Holiday) int { return int(a.Day - b.Day) })
	return all
}

// Ramadan is one month of fasting, in which the hours of work are shorter.
type Ramadan struct {
	Name      string // "1447 H"
	Days      Days
	Confirmed bool // false: the sighting (sidang isbat) decides, HR must check
	Source    string
}

// ShippedRamadans returns the months of fasting that lie in the shipped years.
func ShippedRamadans() []Ramadan {
	return []Ramadan{
		{"1447 H", Days{NewDay(2026, 2, 19), NewDay(2026, 3, 20)}, true, "sidang isbat (awal), SKB 3 Menteri 1497/2025 (akhir)"},
		{"1448 H", Days{NewDay(2027, 2, 8), NewDay(2027, 3, 9)}, false, "perkiraan; menunggu sidang isbat"},
	}
}

// ShippedCeremonies returns the days of national ceremonies (upacara) of the
// shipped years that are not days off. No rule lists them for this agency; they
// are a cautious custom, which costs three quarters of an hour, and HR may
// replace them.
func ShippedCeremonies() []Day {
	dates := []struct {
		month time.Month
		day   int
	}{
		{5, 2},   // Hari Pendidikan Nasional
		{5, 20},  // Hari Kebangkitan Nasional
		{10, 1},  // Hari Kesaktian Pancasila
		{10, 28}, // Hari Sumpah Pemuda
		{11, 10}, // Hari Pahlawan
		{11, 29}, // HUT KORPRI
	}
	var all []Day
	for _, year := range []int{2026, 2027} {
		for _, d := range dates {
			all = append(all, NewDay(year, d.month, d.day))
		}
	}
	return all
}
