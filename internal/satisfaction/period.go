package satisfaction

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Period is the time that a survey covers: a year, a half of one (semester), a quarter
// (triwulan) or a month. Its days are civil dates in UTC, both included.
type Period struct {
	Key      string // 2026, 2026-S1, 2026-T3, 2026-M03
	From, To time.Time
}

// The letters of keys.
const (
	half    = "S"
	quarter = "T"
	month   = "M"
)

// months is how long a part of a year is, by its letter.
func months(letter string) int { return map[string]int{"": 12, half: 6, quarter: 3, month: 1}[letter] }

// The years that a period can be of.
const (
	firstYear = 2010
	lastYear  = 2100
)

func period(year int, letter string, n int) (p Period, ok bool) {
	long := months(letter)
	if year < firstYear || year > lastYear || n < 1 || n*long > 12 {
		return p, false
	}
	p.Key = strconv.Itoa(year)
	switch letter {
	case "":
	case month:
		p.Key = fmt.Sprintf("%d-M%02d", year, n)
	default:
		p.Key = fmt.Sprintf("%d-%s%d", year, letter, n)
	}
	p.From = time.Date(year, time.Month((n-1)*long+1), 1, 0, 0, 0, 0, time.UTC)
	p.To = p.From.AddDate(0, long, -1)
	return p, true
}

var keyForm = regexp.MustCompile(`^([0-9]{4})(?:-([STM])([0-9]{1,2}))?$`)

// PeriodOf reads a key.
func PeriodOf(key string) (Period, bool) {
	m := keyForm.FindStringSubmatch(key)
	if m == nil {
		return Period{}, false
	}
	year, _ := strconv.Atoi(m[1])
	n := 1
	if m[2] != "" {
		n, _ = strconv.Atoi(m[3])
	}
	p, ok := period(year, m[2], n)
	return p, ok && p.Key == key
}

// Parts are what a period is called by: its year, the letter of its kind ("" = a whole
// year) and which of the year it is.
func (p Period) Parts() (year int, letter string, n int) {
	m := keyForm.FindStringSubmatch(p.Key)
	if m == nil {
		return 0, "", 0
	}
	year, _ = strconv.Atoi(m[1])
	n, _ = strconv.Atoi(m[3])
	return year, m[2], n
}

// Next is the period of the same length behind it; WithinYear tells whether there is one
// of the same name a year later that is another one.
func (p Period) Next() Period {
	year, letter, n := p.Parts()
	if letter == "" {
		next, _ := period(year+1, "", 1)
		return next
	}
	if next, ok := period(year, letter, n+1); ok {
		return next
	}
	next, _ := period(year+1, letter, 1)
	return next
}

// NextYear is the period of the same name a year later.
func (p Period) NextYear() Period {
	year, letter, n := p.Parts()
	next, _ := period(year+1, letter, max(n, 1))
	return next
}

// Before tells whether the whole period lies before another one.
func (p Period) Before(q Period) bool { return p.To.Before(q.From) }

var typedForm = regexp.MustCompile(`^(?:(semester|smt|sem|s|triwulan|tw|t|kuartal|q|bulan|)[ .-]*([ivx]+|[0-9]{1,2}|[a-z]+)[ .,-]+)?(?:tahun |th )?([0-9]{4})$`)

// ParsePeriod reads a period as people write it: 2026, Semester I 2026, Triwulan 2 Tahun
// 2026, Maret 2026, or a key.
func ParsePeriod(text string) (Period, bool) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	if p, ok := PeriodOf(strings.ToUpper(text)); ok {
		return p, true
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "tahun "), "periode ")
	m := typedForm.FindStringSubmatch(text)
	if m == nil {
		return Period{}, false
	}
	year, _ := strconv.Atoi(m[3])
	if m[2] == "" {
		return period(year, "", 1)
	}
	letter := map[string]string{"semester": half, "smt": half, "sem": half, "s": half, "triwulan": quarter, "tw": quarter, "t": quarter, "kuartal": quarter,
		"q": quarter, "bulan": month, "": month}[m[1]]
	n, ok := ordinal(m[2], letter == month, m[1] == "")
	if !ok {
		return Period{}, false
	}
	return period(year, letter, n)
}

// ordinal reads a number, a Roman one, or, where months are meant, their name; named takes
// nothing but names.
func ordinal(word string, months, named bool) (n int, ok bool) {
	if months {
		if n, ok = monthNames()[word]; ok || named {
			return n, ok
		}
	}
	if n, ok = map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4}[word]; ok {
		return n, true
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}

func monthNames() map[string]int {
	out := map[string]int{}
	for i, name := range strings.Fields("januari februari maret april mei juni juli agustus september oktober november desember") {
		out[name] = i + 1
	}
	return out
}
