package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// monthsTyped are the months as people write them, by the first three letters.
var monthsTyped = map[string]time.Month{"jan": 1, "feb": 2, "peb": 2, "mar": 3, "mrt": 3, "apr": 4, "mei": 5, "jun": 6, "jul": 7,
	"agu": 8, "agt": 8, "ags": 8, "sep": 9, "okt": 10, "nov": 11, "nop": 11, "des": 12}

// monthNames are the months written out; a name may be cut anywhere after three letters.
var monthNames = []string{"januari", "februari", "pebruari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "sept",
	"oktober", "november", "nopember", "desember", "jan", "feb", "peb", "mar", "mrt", "apr", "jun", "jul", "agu", "agt", "ags", "agust", "sep", "okt", "nov", "nop", "des"}

var weekdaysTyped = map[string]time.Weekday{"minggu": time.Sunday, "ahad": time.Sunday, "senin": time.Monday, "selasa": time.Tuesday,
	"rabu": time.Wednesday, "kamis": time.Thursday, "jumat": time.Friday, "jum'at": time.Friday, "sabtu": time.Saturday}

const weekday = `(minggu|ahad|senin|selasa|rabu|kamis|jum'?at|sabtu)`

// What a date may look like at the beginning of a text. Behind it stands the end, a blank
// or a mark, so that the number of a letter is no date.
var (
	behind      = `(?:$|[\s,;:–-]+)`
	namedDay    = regexp.MustCompile(`(?i)^(?:` + weekday + `\s*,?\s+)?(?:tanggal\s+|tgl\.?\s+)?(\d{1,2})[ ./-]*([a-z]{3,10})\.?(?:[ ./-]*(\d{4})\b)?` + behind)
	digitsDay   = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})` + behind)
	isoDay      = regexp.MustCompile(`^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})` + behind)
	relativeDay = regexp.MustCompile(`(?i)^(hari ini|besok|esok|lusa|(\d{1,2}) hari lagi)` + behind)
	weekDay     = regexp.MustCompile(`(?i)^(?:hari\s+)?` + weekday + `(?:\s+(ini|besok|depan|pekan depan|minggu depan))?` + behind)
	bareDay     = regexp.MustCompile(`(?i)^(?:tanggal|tgl\.?)\s+(\d{1,2})` + behind)
	// sharedMonth is 12-15 Januari 2027, whose first day has the month of the second.
	sharedMonth = regexp.MustCompile(`(?i)^(\d{1,2})\s*(?:-|–|s\.?\s?/?d\.?|sampai(?:\s+dengan)?|hingga)\s*(\d{1,2}[ ./-]*([a-z]{3,10})\.?(?:[ ./-]*\d{4}\b)?` + behind + `)`)
	filler      = regexp.MustCompile(`(?i)^(?:(?:mulai|dari|sejak|pada|per)\s+)+`)
	between     = regexp.MustCompile(`(?i)^(?:-|–|s\.?\s?/?d\.?\s|sampai(?:\s+dengan)?\s|hingga\s)\s*`)
)

// back is how many days a date without a year may lie in the past.
const back = 31

// Day reads a date as people type it: 31-12-2027, 31/12/2027, 31.12.2027, 2027-12-31,
// 31 Desember 2027, 31 des 2027, 31 des, tanggal 31, hari ini, besok, lusa, 3 hari lagi,
// jumat, senin depan. today is the beginning of the civil day, in the zone of the answer.
func Day(typed string, today time.Time) (time.Time, bool) {
	day, rest, ok := cutDay(clean(typed), today)
	return day, ok && rest == ""
}

// Days reads one date, or the first and the last one, at the beginning of a line, and what
// else stands in it. to is zero when there is one date only.
func Days(typed string, today time.Time) (from, to time.Time, rest string, ok bool) {
	line := filler.ReplaceAllString(clean(typed), "")
	if m := sharedMonth.FindStringSubmatch(line); m != nil && month(m[3]) != 0 {
		last, rest, found := cutDay(m[2]+line[len(m[0]):], today)
		first, err := strconv.Atoi(m[1])
		if from = time.Date(last.Year(), last.Month(), first, 0, 0, 0, 0, last.Location()); found && err == nil && first > 0 && from.Month() == last.Month() {
			return from, last, rest, true
		}
	}
	from, rest, ok = cutDay(line, today)
	if !ok {
		return from, to, rest, false
	}
	if day, after, second := cutDay(between.ReplaceAllString(rest, ""), today); second {
		if day.Before(from) && from.Sub(day) < 400*24*time.Hour && !yearTyped(rest, after) { // 28 des - 4 jan
			day = day.AddDate(1, 0, 0)
		}
		return from, day, after, true
	}
	return from, to, rest, true
}

// yearTyped tells whether the date that was cut from a text was written with its year.
func yearTyped(before, after string) bool {
	return regexp.MustCompile(`\d{4}`).MatchString(strings.TrimSuffix(before, after))
}

func clean(typed string) string { return strings.Trim(strings.Join(strings.Fields(typed), " "), " .") }

// cutDay reads a date at the beginning of a text.
func cutDay(s string, today time.Time) (day time.Time, rest string, ok bool) {
	at := func(y int, m time.Month, d int) (time.Time, bool) {
		day := time.Date(y, m, d, 0, 0, 0, 0, today.Location())
		return day, d > 0 && day.Day() == d && day.Month() == m && y > 2000 && y < 2100
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // digits only
	if m := namedDay.FindStringSubmatch(s); m != nil && month(m[3]) != 0 {
		if m[4] != "" {
			day, ok = at(number(m[4]), month(m[3]), number(m[2]))
		} else {
			day, ok = nearest(today, func(y int) (time.Time, bool) { return at(y, month(m[3]), number(m[2])) })
		}
		return day, s[len(m[0]):], ok
	}
	if m := digitsDay.FindStringSubmatch(s); m != nil {
		day, ok = at(number(m[3]), time.Month(number(m[2])), number(m[1]))
		return day, s[len(m[0]):], ok
	}
	if m := isoDay.FindStringSubmatch(s); m != nil {
		day, ok = at(number(m[1]), time.Month(number(m[2])), number(m[3]))
		return day, s[len(m[0]):], ok
	}
	return cutRelative(s, today)
}

// cutRelative reads what is counted from today.
func cutRelative(s string, today time.Time) (day time.Time, rest string, ok bool) {
	if m := relativeDay.FindStringSubmatch(s); m != nil {
		days := map[string]int{"hari ini": 0, "besok": 1, "esok": 1, "lusa": 2}
		n, known := days[strings.ToLower(m[1])]
		if !known {
			n, _ = strconv.Atoi(m[2]) // digits only
		}
		return today.AddDate(0, 0, n), s[len(m[0]):], true
	}
	if m := weekDay.FindStringSubmatch(s); m != nil {
		ahead := (int(weekdaysTyped[strings.ToLower(m[1])]) - int(today.Weekday()) + 7) % 7
		switch which := strings.ToLower(m[2]); {
		case strings.EqualFold(m[1], "minggu") && which == "depan": // next week, which is no day
			return day, s, false
		case strings.HasSuffix(which, "depan"): // of the next week, which begins on Monday
			monday := (8 - int(today.Weekday())) % 7
			if monday == 0 {
				monday = 7
			}
			ahead = monday + (int(weekdaysTyped[strings.ToLower(m[1])])+6)%7
		}
		return today.AddDate(0, 0, ahead), s[len(m[0]):], true
	}
	if m := bareDay.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits only
		for ahead := range 62 {
			if day = today.AddDate(0, 0, ahead); day.Day() == n {
				return day, s[len(m[0]):], true
			}
		}
	}
	return day, s, false
}

// nearest is the day of the year that is next, or was a moment ago.
func nearest(today time.Time, in func(year int) (time.Time, bool)) (time.Time, bool) {
	for y := today.Year() - 1; y < today.Year()+9; y++ { // 29 February comes within eight years
		if day, ok := in(y); ok && !day.Before(today.AddDate(0, 0, -back)) {
			return day, true
		}
	}
	return time.Time{}, false
}

// month is the month of a name, written out or short; 0 = none.
func month(name string) time.Month {
	name = strings.ToLower(name)
	for _, full := range monthNames {
		if name == full {
			return monthsTyped[name[:3]]
		}
	}
	return 0
}
