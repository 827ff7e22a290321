package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// format is how a number is shown.
type format struct {
	date   bool // day and time
	digits int  // at least so many digits, as in "000"; 0 = as it comes
	whole  bool // shows every digit of a whole number
}

// The number formats that every workbook knows without naming them (ISO/IEC
// 29500-1, 18.8.30); 27 to 36 and 50 to 58 are dates of East Asian languages.
func builtIn(id int) format {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58:
		return format{date: true}
	case id == 1:
		return format{whole: true}
	}
	return format{}
}

var (
	literal  = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
	elapsed  = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	allZeros = regexp.MustCompile(`^0+$`)
)

// formatOf understands the code of a number format.
func formatOf(code string) format {
	code, _, _ = strings.Cut(code, ";") // of positive numbers
	if elapsed.MatchString(code) {
		return format{date: true}
	}
	code = literal.ReplaceAllString(code, "")
	switch {
	case strings.EqualFold(code, "general"):
		return format{}
	case strings.ContainsAny(strings.ToLower(code), "ymdhs"):
		return format{date: true}
	case allZeros.MatchString(code):
		return format{digits: len(code), whole: true}
	}
	return format{}
}

// readFormats reads how the styles of cells show numbers.
func (b *book) readFormats(part string) error {
	var styles struct {
		Codes []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.archive.decode(part, &styles); err != nil {
		return err
	}
	named := map[int]format{}
	for _, c := range styles.Codes {
		named[c.ID] = formatOf(c.Code)
	}
	for _, c := range styles.Cells {
		f, ok := named[c.Format]
		if !ok {
			f = builtIn(c.Format)
		}
		b.formats = append(b.formats, f)
	}
	return nil
}

// number shows what a cell with a number holds. A date is written as
// 2027-03-31, with 15:04 behind it when it has a time.
func (b *book) number(raw string, style int) Cell {
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return Cell{Text: clean(raw), Numeric: true}
	}
	var f format
	if style >= 0 && style < len(b.formats) {
		f = b.formats[style]
	}
	at, ok := b.moment(value)
	day := time.Time{}
	if ok && value >= 1 {
		day = at.Truncate(24 * time.Hour)
	}
	switch {
	case f.date && ok && value < 1:
		return Cell{Text: at.Format("15:04"), Date: true}
	case f.date && ok && day.Equal(at):
		return Cell{Text: at.Format(time.DateOnly), Date: true, Day: day}
	case f.date && ok:
		return Cell{Text: at.Format("2006-01-02 15:04"), Date: true, Day: day}
	}
	text := strconv.FormatFloat(value, 'f', -1, 64)
	if value != math.Trunc(value) || math.Abs(value) >= exact && !f.whole {
		text = strconv.FormatFloat(value, 'G', 15, 64)
	}
	if missing := f.digits - len(text); missing > 0 && value >= 0 && value == math.Trunc(value) {
		text = strings.Repeat("0", missing) + text
	}
	return Cell{Text: text, Numeric: true, Day: day}
}

// exact is the first whole number of which a spreadsheet no longer keeps all digits.
const exact = 1e15

// moment turns the serial number of a day into its date, in UTC. Day 1 is the
// first of January 1900, or day 0 that of 1904 in workbooks that say so; 1900
// has a 29th of February there, for the sake of an older program.
func (b *book) moment(serial float64) (time.Time, bool) {
	const lastDay = 2_958_465 // 9999-12-31
	if serial < 0 || serial > lastDay {
		return time.Time{}, false
	}
	seconds := int64(math.Round(serial * 86_400))
	origin := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.from1904:
		origin = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		origin = origin.AddDate(0, 0, 1)
	}
	return origin.AddDate(0, 0, int(seconds/86_400)).Add(time.Duration(seconds%86_400) * time.Second), true
}
