package register

import (
	"iter"
	"strconv"
	"strings"

	"bangkom/internal/outreach"
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
	Days     int    // outreach.Weekdays
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
	kinds := weekKinds()
	return readList(rows, weekColumns(), func(c []sheet.Cell) (w Week, key, code string) {
		if w.Unit = UnitKey(c[0].Text); w.Unit == "" || !units[w.Unit] {
			return w, "", UnitUnknown
		}
		if w.Days = int(kinds[heading(c[1].Text)].Days); w.Days == 0 {
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

// weekKinds are the words for a working week, as heading makes them.
func weekKinds() map[string]outreach.Week {
	kinds := map[string]outreach.Week{}
	for words, week := range map[string]outreach.Week{"limahari 5hari 5 lima": outreach.FiveDays(),
		"enamhari 6hari 6 enam": outreach.SixDays(), "bergilir sif shift setiaphari 7 tujuhhari": outreach.Shifts()} {
		for word := range strings.FieldsSeq(words) {
			kinds[word] = week
		}
	}
	return kinds
}

// clock reads 07.30, 07:30 or 7.30 as minutes from midnight.
func clock(text string) (int, bool) {
	h, m, ok := strings.Cut(strings.ReplaceAll(text, ":", "."), ".")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	return hour*60 + minute, ok && err1 == nil && err2 == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}
