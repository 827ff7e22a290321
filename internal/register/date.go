package register

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/sheet"
)

// Serials of spreadsheets count days since the end of 1899 (the date system
// 1900 of ISO/IEC 29500); these are 2000-01-01 and 2099-12-31.
const (
	firstSerial = 36526
	lastSerial  = 73050
)

// monthNames are the names of the months from January, each with the other
// spellings of official letters and of spreadsheet programs.
func monthNames() []string {
	return []string{"januari jan january", "februari pebruari feb peb february", "maret mar march", "april apr", "mei may",
		"juni jun june", "juli jul july", "agustus agu agt ags aug august", "september sep sept", "oktober okt oct october",
		"november nopember nov nop", "desember des dec december"}
}

var (
	weekday   = regexp.MustCompile(`^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad) *[,/]? *`)
	timeOfDay = regexp.MustCompile(`[ t]\d{1,2}[:.]\d{2}([:.]\d{2})?( ?(wib|am|pm))?$`)
	namedDate = regexp.MustCompile(`^(\d{1,2})[ \-./]*([a-z]+)[ \-./]*(\d{4}|\d{2})$`)
)

// date reads a civil date, in UTC: 31/3/2027, 31-03-27, 2027-03-31, 31 Maret
// 2027, Rabu, 31-Mar-27, a cell that holds a day, or the serial number of one.
// A time of day behind it is left out. Days stand before months. A number that
// is no day and is shown with digits only in between is ambiguous: it is refused.
func date(c sheet.Cell) (time.Time, bool) {
	if !c.Day.IsZero() {
		return c.Day, usual(c.Day)
	}
	text := strings.ToLower(squeeze(c.Text))
	if n, err := strconv.Atoi(text); err == nil && n >= firstSerial && n <= lastSerial {
		return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC), true
	}
	text = timeOfDay.ReplaceAllString(weekday.ReplaceAllString(text, ""), "")
	if parts := namedDate.FindStringSubmatch(text); parts != nil {
		month := slices.IndexFunc(monthNames(), func(names string) bool { return slices.Contains(strings.Fields(names), parts[2]) })
		if month < 0 {
			return time.Time{}, false
		}
		return parsed(parts[1]+"-"+strconv.Itoa(month+1)+"-"+parts[3], "2-1-2006", "2-1-06")
	}
	text = strings.NewReplacer("/", "-", ".", "-", " ", "").Replace(text)
	if c.Numeric {
		return parsed(text, "2006-1-2")
	}
	return parsed(text, "2006-1-2", "2-1-2006", "2-1-06")
}

func parsed(text string, forms ...string) (time.Time, bool) {
	for _, form := range forms {
		if d, err := time.Parse(form, text); err == nil && usual(d) {
			return d, true
		}
	}
	return time.Time{}, false
}

// usual tells whether a day can be meant: nothing here is older than 2000.
func usual(d time.Time) bool { return d.Year() >= 2000 && d.Year() < 2100 }
