package register

import (
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// The codes of refused rows of the lists beside the register.
const (
	PersonUnknown = "PERSON_UNKNOWN"
	SamePerson    = "SAME_PERSON"
	DateBad       = "DATE_BAD"
	DateOrder     = "DATE_ORDER"
	LetterEmpty   = "LETTER_EMPTY"
	KindUnknown   = "KIND_UNKNOWN"
	HolidayEmpty  = "HOLIDAY_EMPTY"
)

// ErrNoHeading says that a list has no row with its headings.
var ErrNoHeading = errors.New("no heading was found: make an empty spreadsheet with `bangkom template KIND`")

// Superior is one line of a chain of command (pejabat penilai kinerja).
type Superior struct{ NIP, Boss personnel.NIP }

// Delegation is a stand-in (Plt., Plh.) by letter of order.
type Delegation struct {
	For, Acting personnel.NIP
	From, To    time.Time // civil dates, both included
	Letter      string
	Rates       bool
}

// Leave is a time in which somebody is away. Health is never told.
type Leave struct {
	NIP      personnel.NIP
	From, To time.Time // civil dates, both included
	Kind     string    // leave, study, duty or other
}

// Holiday is a day off by decree (SKB of three ministers).
type Holiday struct {
	Date time.Time
	Name string
	// Kind is national, collective (cuti bersama) or workday (a shipped day off
	// that is worked after all); ramadan_start and ramadan_end are the first and
	// the last day of fasting.
	Kind string
}

// List is what a list says. Every row that holds something is accepted,
// refused or repeated.
type List[T any] struct {
	Rows     []T
	Refused  []Refusal
	Repeated int // further rows of one thing; the last wins
}

// column is one column of a list, under any of its names.
type column struct {
	heading string
	names   string // comparable, separated by blanks
	// optional columns may be missing; their cells are empty then.
	optional bool
}

func headings(cols []column) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.heading
	}
	return out
}

// readList reads a list whose columns stand in any order. row decides about
// one row: its cells are in the order of cols, key is what may stand once.
func readList[T any](rows iter.Seq2[sheet.Row, error], cols []column, row func([]sheet.Cell) (one T, key, code string)) (List[T], error) {
	var out List[T]
	var where []int
	begun := false // the first row below the headings went by
	seen := map[string]int{}
	for r, err := range rows {
		if err != nil {
			return List[T]{}, err
		}
		if where == nil {
			where = located(texts(r), cols)
			continue
		}
		cells, given := make([]sheet.Cell, len(cols)), make([]string, len(cols))
		for i, at := range where {
			if at >= 0 && at < len(r.Cells) {
				cells[i] = r.Cells[at]
			}
			given[i] = cells[i].Text
		}
		first := !begun
		begun = true
		if strings.Join(given, "") == "" || first && len(cols) > 1 && counting(given) {
			continue
		}
		one, key, code := row(cells)
		at, again := seen[key]
		switch {
		case code != "":
			out.Refused = append(out.Refused, Refusal{Row: r.Number, Code: code, Cells: given})
		case again:
			out.Repeated++
			out.Rows[at] = one
		default:
			seen[key] = len(out.Rows)
			out.Rows = append(out.Rows, one)
		}
	}
	if where == nil {
		return List[T]{}, ErrNoHeading
	}
	return out, nil
}

// counting tells whether a row only numbers the columns: small numbers that rise.
func counting(given []string) bool {
	n := 0
	for _, g := range given {
		g = strings.Trim(g, " ()")
		k, err := strconv.Atoi(g)
		if g == "" {
			continue
		}
		if err != nil || k <= 0 || k > 300 {
			return false
		}
		n++
	}
	return n > 1
}

// located finds the columns in a row of headings; nil = it is none.
func located(cells []string, cols []column) []int {
	where := make([]int, len(cols))
	for i, c := range cols {
		if where[i] = headed(cells, strings.Fields(c.names)...); where[i] < 0 && !c.optional {
			return nil
		}
	}
	return where
}

// people checks numbers against those who are in the register.
type people struct {
	known map[string]bool
	today time.Time
}

func (p people) nip(c sheet.Cell) (personnel.NIP, string) {
	if c.Numeric {
		return personnel.NIP{}, string(personnel.NIPSci)
	}
	nip, err := personnel.ParseNIP(c.Text, p.today)
	if bad := (*personnel.NIPError)(nil); errors.As(err, &bad) {
		return personnel.NIP{}, string(bad.Code)
	}
	if !p.known[nip.Reveal()] {
		return personnel.NIP{}, PersonUnknown
	}
	return nip, ""
}

// pair reads two people who must not be the same.
func (p people) pair(a, b sheet.Cell) (first, second personnel.NIP, code string) {
	if first, code = p.nip(a); code != "" {
		return first, second, code
	}
	if second, code = p.nip(b); code == "" && first == second {
		code = SamePerson
	}
	return first, second, code
}

func span(from, to sheet.Cell) (a, b time.Time, code string) {
	a, ok1 := date(from)
	b, ok2 := date(to)
	switch {
	case !ok1 || !ok2:
		return a, b, DateBad
	case b.Before(a):
		return a, b, DateOrder
	}
	return a, b, ""
}

func superiorColumns() []column {
	return []column{{heading: "NIP", names: "nip nipbaru nippegawai"},
		{heading: "NIP ATASAN", names: "nipatasan nipatasanlangsung atasanlangsung nippejabatpenilai pejabatpenilai nippejabatpenilaikinerja"}}
}

// SuperiorsTemplate is the heading of a list of superiors.
func SuperiorsTemplate() []string { return headings(superiorColumns()) }

// ReadSuperiors reads a chain of command, for example the sheet of rating
// officials of e-Kinerja. known holds the NIPs of the register.
func ReadSuperiors(rows iter.Seq2[sheet.Row, error], known map[string]bool, today time.Time) (List[Superior], error) {
	p := people{known, today}
	return readList(rows, superiorColumns(), func(c []sheet.Cell) (s Superior, key, code string) {
		s.NIP, s.Boss, code = p.pair(c[0], c[1])
		return s, s.NIP.Reveal(), code
	})
}

func delegationColumns() []column {
	return []column{{heading: "NIP PEJABAT", names: "nippejabat"}, {heading: "NIP PELAKSANA", names: "nippelaksana nipplt nipplh"}, {heading: "MULAI", names: "mulai tmt tanggalmulai"},
		{heading: "SELESAI", names: "selesai sampai tanggalselesai"}, {heading: "NOMOR SURAT", names: "nomorsurat nosurat nomorsuratperintah"},
		{heading: "PENILAIAN BERALIH", names: "penilaianberalih penilaian"}}
}

// DelegationsTemplate is the heading of a list of stand-ins.
func DelegationsTemplate() []string { return headings(delegationColumns()) }

// ReadDelegations reads stand-ins (Plt., Plh.). The rating stays with the
// official unless PENILAIAN BERALIH says "ya".
func ReadDelegations(rows iter.Seq2[sheet.Row, error], known map[string]bool, today time.Time) (List[Delegation], error) {
	p := people{known, today}
	return readList(rows, delegationColumns(), func(c []sheet.Cell) (d Delegation, key, code string) {
		if d.For, d.Acting, code = p.pair(c[0], c[1]); code != "" {
			return d, "", code
		}
		if d.From, d.To, code = span(c[2], c[3]); code != "" {
			return d, "", code
		}
		if d.Letter = squeeze(c[4].Text); d.Letter == "" {
			return d, "", LetterEmpty
		}
		if tooLong(d.Letter) {
			return d, "", TextLong
		}
		d.Rates = strings.EqualFold(c[5].Text, "ya")
		return d, d.For.Reveal() + d.Acting.Reveal() + d.From.String(), ""
	})
}

func leaveColumns() []column {
	return []column{{heading: "NIP", names: "nip nipbaru"}, {heading: "MULAI", names: "mulai tanggalmulai"}, {heading: "SELESAI", names: "selesai sampai tanggalselesai"}, {heading: "JENIS", names: "jenis jeniscuti keterangan"}}
}

// LeaveTemplate is the heading of a list of absences.
func LeaveTemplate() []string { return headings(leaveColumns()) }

// ReadLeave reads absences. Of any kind of leave only "leave" is kept: health
// is never stored.
func ReadLeave(rows iter.Seq2[sheet.Row, error], known map[string]bool, today time.Time) (List[Leave], error) {
	p := people{known, today}
	return readList(rows, leaveColumns(), func(c []sheet.Cell) (l Leave, key, code string) {
		if l.NIP, code = p.nip(c[0]); code != "" {
			return l, "", code
		}
		if l.From, l.To, code = span(c[1], c[2]); code != "" {
			return l, "", code
		}
		switch word := heading(c[3].Text); {
		case strings.HasPrefix(word, "cuti"):
			l.Kind = "leave"
		case strings.HasPrefix(word, "tugasbelajar"), strings.HasPrefix(word, "izinbelajar"):
			l.Kind = "study"
		case strings.HasPrefix(word, "dinas"), strings.HasPrefix(word, "perjalanandinas"):
			l.Kind = "duty"
		default:
			l.Kind = "other"
		}
		return l, l.NIP.Reveal() + l.From.String() + l.Kind, ""
	})
}

func holidayColumns() []column {
	return []column{{heading: "TANGGAL", names: "tanggal tgl"}, {heading: "NAMA", names: "nama keterangan harilibur"}, {heading: "JENIS", names: "jenis"}}
}

// HolidaysTemplate is the heading of a list of days off.
func HolidaysTemplate() []string { return headings(holidayColumns()) }

// ReadHolidays reads days off; JENIS is "libur nasional", "cuti bersama", "hari
// kerja", "awal ramadan" or "akhir ramadan".
func ReadHolidays(rows iter.Seq2[sheet.Row, error]) (List[Holiday], error) {
	kinds := map[string]string{"liburnasional": "national", "libur": "national", "l": "national", "cutibersama": "collective", "c": "collective",
		"harikerja": "workday", "kerja": "workday", "awalramadan": "ramadan_start", "akhirramadan": "ramadan_end"}
	return readList(rows, holidayColumns(), func(c []sheet.Cell) (h Holiday, key, code string) {
		var ok bool
		if h.Date, ok = date(c[0]); !ok {
			return h, "", DateBad
		}
		if h.Name = squeeze(c[1].Text); h.Name == "" {
			return h, "", HolidayEmpty
		}
		if tooLong(h.Name) {
			return h, "", TextLong
		}
		if h.Kind = kinds[heading(c[2].Text)]; h.Kind == "" {
			return h, "", KindUnknown
		}
		key = h.Date.String()
		if strings.HasPrefix(h.Kind, "ramadan") { // which may fall on a day off
			key += h.Kind
		}
		return h, key, ""
	})
}
