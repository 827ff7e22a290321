package register

import (
	"cmp"
	"errors"
	"iter"
	"slices"
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
	Kind     personnel.AbsenceKind
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

// List is what a list says. Every row that holds something is accepted, refused or
// repeated, but for totals.
type List[T any] struct {
	Rows     []T
	Refused  []Refusal
	Repeated int // further rows of one thing; the last wins
	// Rounded says that the few NIPs of the file may have lost their last digits.
	Rounded bool
	Choices []Choice // where several columns mean the same
	Hidden  int      // rows that were read and that the spreadsheet does not show, as after a filter
}

// leftOut is the code of a row that says nothing: it was prepared and not filled in.
const leftOut = "-"

// readList reads a list whose columns stand in any order. row decides about
// one row: its cells are in the order of cols, key is what may stand once. rows
// is read several times.
func readList[T any](rows iter.Seq2[sheet.Row, error], cols []column, row func([]sheet.Cell) (one T, key, code string)) (List[T], error) {
	where, last, choices, err := listHeading(rows, cols)
	if err != nil {
		return List[T]{}, err
	}
	out := List[T]{Choices: choices}
	numbers := make([]floats, len(cols))
	first := true // of the rows below the headings
	seen := map[string]int{}
	for r, err := range rows {
		if err != nil {
			return List[T]{}, err
		}
		if r.Number <= last {
			continue
		}
		cells, given, broken := make([]sheet.Cell, len(cols)), make([]string, len(cols)), ""
		for i, at := range where {
			cells[i] = cellAt(r, at)
			given[i] = cells[i].Text
			broken = cmp.Or(broken, noText(cells[i]))
			numbers[i].take(given[i])
		}
		skip := strings.Join(given, "") == "" && broken == "" || first && len(cols) > 1 && counting(given)
		if first = false; skip {
			continue
		}
		one, key, code := row(cells)
		if code == leftOut && broken == "" {
			continue
		}
		if p, ok := any(&one).(interface{ put(int, []string) }); ok {
			p.put(r.Number, given)
		}
		if code = cmp.Or(broken, code); code != "" && total(r) {
			continue
		}
		if r.Hidden {
			out.Hidden++
		}
		out.add(r.Number, one, key, code, given, seen)
	}
	for _, f := range numbers {
		if f.certain() {
			return List[T]{}, ErrFloatNIPs
		}
		out.Rounded = out.Rounded || f.doubtful()
	}
	return out, nil
}

// add takes one row; seen is where each key stands.
func (l *List[T]) add(number int, one T, key, code string, given []string, seen map[string]int) {
	at, again := seen[key]
	switch {
	case code != "":
		l.Refused = append(l.Refused, Refusal{Row: number, Code: code, Cells: given})
	case again:
		l.Repeated++
		l.Rows[at] = one
	default:
		seen[key] = len(l.Rows)
		l.Rows = append(l.Rows, one)
	}
}

// listHeading finds the columns of a list; last is the number of the last row
// of its heading.
func listHeading(rows iter.Seq2[sheet.Row, error], cols []column) (where []int, last int, choices []Choice, err error) {
	nothing := func(string) bool { return false }
	known := func(name string) bool {
		return slices.ContainsFunc(cols, func(c column) bool { return c.rank(name) >= 0 })
	}
	l, found, err := findLayout(rows, known, func(l layout) bool {
		for i, of := range candidates(l, cols, nothing) {
			if len(of) == 0 && !cols[i].optional {
				return false
			}
		}
		return true
	})
	switch {
	case err != nil:
		return nil, 0, nil, err
	case !found:
		return nil, 0, nil, ErrNoHeading
	}
	where, choices, err = located(rows, l, cols, candidates(l, cols, nothing))
	return where, l.last, choices, err
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
	return []column{{heading: "NIP", names: ownNIP, fits: likeNIP},
		{heading: "NIP ATASAN", fits: likeNIP, names: superiorNIP + " | atasanlangsung atasan pejabatpenilai pejabatpenilaikinerja"}}
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

func peopleColumns() []column {
	return []column{{heading: "NIP", names: "nip nipbaru nippegawai pegawainip nomorindukpegawai nipnrp nippppk", fits: likeNIP}}
}

// PeopleTemplate is the heading of a list of people.
func PeopleTemplate() []string { return headings(peopleColumns()) }

// ReadPeople reads who is meant from a list with a column of NIPs; whatever else stands
// in it is not read.
func ReadPeople(rows iter.Seq2[sheet.Row, error], known map[string]bool, today time.Time) (List[personnel.NIP], error) {
	p := people{known, today}
	return readList(rows, peopleColumns(), func(c []sheet.Cell) (nip personnel.NIP, key, code string) {
		nip, code = p.nip(c[0])
		return nip, nip.Reveal(), code
	})
}

func delegationColumns() []column {
	return []column{{heading: "NIP PEJABAT", names: "nippejabat pejabatnip", fits: likeNIP}, {heading: "NIP PELAKSANA", names: "nippelaksana pelaksananip nipplt nipplh", fits: likeNIP}, {heading: "MULAI", names: "mulai tanggalmulai tglmulai | tmt", fits: anything},
		{heading: "SELESAI", names: "selesai sampai tanggalselesai tglselesai", fits: anything}, {heading: "NOMOR SURAT", names: "nomorsurat nosurat nomorsuratperintah"},
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
	return []column{{heading: "NIP", names: ownNIP, fits: likeNIP}, {heading: "MULAI", names: "mulai tanggalmulai tglmulai", fits: anything}, {heading: "SELESAI", names: "selesai sampai tanggalselesai tglselesai", fits: anything}, {heading: "JENIS", names: "jenis jeniscuti keterangan"}}
}

// anything is for columns of days and numbers.
func anything(sheet.Cell) bool { return true }

// LeaveTemplate is the heading of a list of absences.
func LeaveTemplate() []string { return headings(leaveColumns()) }

// ReadLeave reads absences. Of any kind of leave only OnLeave is kept: health
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
			l.Kind = personnel.OnLeave
		case strings.HasPrefix(word, "tugasbelajar"), strings.HasPrefix(word, "izinbelajar"):
			l.Kind = personnel.Studying
		case strings.HasPrefix(word, "dinas"), strings.HasPrefix(word, "perjalanandinas"):
			l.Kind = personnel.OnDuty
		default:
			l.Kind = personnel.AwayElse
		}
		return l, l.NIP.Reveal() + l.From.String() + string(l.Kind), ""
	})
}

func holidayColumns() []column {
	return []column{{heading: "TANGGAL", names: "tanggal tgl", fits: anything}, {heading: "NAMA", names: "nama keterangan harilibur"}, {heading: "JENIS", names: "jenis"}}
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
