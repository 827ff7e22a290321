package register

import (
	"iter"
	"strconv"
	"strings"

	"bangkom/internal/sheet"
)

// The codes of refused rows of working weeks.
const (
	UnitUnknown = "UNIT_UNKNOWN"
	WeekUnknown = "WEEK_UNKNOWN"
	HoursBad    = "HOURS_BAD"
)

// Week is the working week of a unit and of those below it.
type Week struct {
	Unit     string // as UnitKey makes it
	Days     int    // a bit for each day, from Sunday on
	From, To int    // sending hours of its own, in minutes; 0 = those of the agency
}

func weekColumns() []column {
	return []column{{heading: "UNIT KERJA", names: "unitkerja unit kodeunit opd"}, {heading: "HARI KERJA", names: "harikerja hari"},
		{heading: "JAM MULAI", names: "jammulai mulai", optional: true}, {heading: "JAM SELESAI", names: "jamselesai selesai", optional: true}}
}

// WeeksTemplate is the heading of a list of working weeks.
func WeeksTemplate() []string { return headings(weekColumns()) }

// ReadWeeks reads working weeks: HARI KERJA is "lima hari", "enam hari" or
// "bergilir" (every day, in shifts). The hours are those in which the bot may
// write, 06.00 to 21.00; both or neither. units are the known ones by UnitKey.
func ReadWeeks(rows iter.Seq2[sheet.Row, error], units map[string]bool) (List[Week], error) {
	const five = 0b0111110
	kinds := map[string]int{"limahari": five, "5hari": five, "5": five, "lima": five, "enamhari": five | 1<<6, "6hari": five | 1<<6, "6": five | 1<<6,
		"enam": five | 1<<6, "bergilir": 127, "sif": 127, "shift": 127, "setiaphari": 127, "7": 127, "tujuhhari": 127}
	return readList(rows, weekColumns(), func(c []sheet.Cell) (w Week, key, code string) {
		if w.Unit = UnitKey(c[0].Text); w.Unit == "" || !units[w.Unit] {
			return w, "", UnitUnknown
		}
		if w.Days = kinds[heading(c[1].Text)]; w.Days == 0 {
			return w, "", WeekUnknown
		}
		from, to := squeeze(c[2].Text), squeeze(c[3].Text)
		if from == "" && to == "" {
			return w, w.Unit, ""
		}
		var ok1, ok2 bool
		w.From, ok1 = clock(from)
		w.To, ok2 = clock(to)
		if !ok1 || !ok2 || w.From < 6*60 || w.To > 21*60 || w.From >= w.To {
			return w, "", HoursBad
		}
		return w, w.Unit, ""
	})
}

// clock reads 07.30, 07:30 or 7.30 as minutes from midnight.
func clock(text string) (int, bool) {
	h, m, ok := strings.Cut(strings.ReplaceAll(text, ":", "."), ".")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	return hour*60 + minute, ok && err1 == nil && err2 == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}
