package register

import (
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

func months() []string {
	return strings.Fields("januari februari maret april mei juni juli agustus september oktober november desember")
}

// date reads a civil date, in UTC: 31/3/2027, 31-03-27, 2027-03-31, 31 Maret
// 2027, or the serial number of a spreadsheet. Days stand before months. A cell
// that holds a number but is shown with digits only in between is ambiguous,
// because its format may put the month first: it is refused.
func date(c sheet.Cell) (time.Time, bool) {
	text := strings.ToLower(squeeze(c.Text))
	if n, err := strconv.Atoi(text); err == nil && n >= firstSerial && n <= lastSerial {
		return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC), true
	}
	named := false
	for i, name := range months() {
		for _, word := range []string{name, name[:3]} {
			if day, rest, ok := strings.Cut(text, " "+word+" "); ok && !named {
				text, named = day+"-"+strconv.Itoa(i+1)+"-"+rest, true
			}
		}
	}
	text = strings.NewReplacer("/", "-", ".", "-").Replace(text)
	forms := []string{"2006-1-2"}
	if !c.Numeric || named {
		forms = append(forms, "2-1-2006", "2-1-06")
	}
	for _, form := range forms {
		if d, err := time.Parse(form, text); err == nil && d.Year() >= 2000 && d.Year() < 2100 {
			return d, true
		}
	}
	return time.Time{}, false
}
