// Package register reads the register of employees (data pegawai) as agencies
// export it and says of every row what becomes of it. It decides nothing about
// what is stored already.
package register

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// The codes of a refusal beside those of personnel.NIPCode.
const (
	NameEmpty = "NAME_EMPTY"
	UnitEmpty = "UNIT_EMPTY"
)

// Record is one accepted person.
type Record struct {
	Row        int // as the spreadsheet shows it
	NIP        personnel.NIP
	Name       string // with degrees
	Sex        personnel.Sex
	Position   personnel.Position
	Class      string // "" = unknown
	Unit       string
	UnitKey    string // units with one key are one unit
	Parent     string // unit above; "" = not told
	Phone      string // E.164; "" = none or not usable
	Supervisor personnel.NIP
}

// Refusal is one row that must be mended.
type Refusal struct {
	Row   int      `json:"row"`
	Code  string   `json:"code"`
	Cells []string `json:"-"` // in the order of Register.Headings; personal data
}

// Register is what a table says. Every row with anything in the NIP column is
// exactly one of accepted (People), refused, inactive or repeated.
type Register struct {
	People   []Record
	Refused  []Refusal
	Headings []string // of the columns that are read, in their order
	Inactive int      // retired, moved away, died
	Repeated int      // further rows of a person who is in People
	// HasSupervisors says that the table has a column for them; without it,
	// what is known about them stays.
	HasSupervisors bool
}

// Read reads a whole table. today is the civil date of the agency; table is its
// own list of titles and classes (key: personnel.TitleKey). Of the rows of one
// person the last without Plt. or Plh. wins, else the last.
func Read(rows iter.Seq2[sheet.Row, error], today time.Time, table map[string]string) (Register, error) {
	h := newHeaderFinder()
	r := &reader{today: today, table: table, seen: map[personnel.NIP]int{}}
	for row, err := range rows {
		if err != nil {
			return Register{}, err
		}
		if !h.take(row) {
			continue
		}
		if r.cols == nil {
			if r.cols, err = h.finish(); err != nil {
				return Register{}, err
			}
		}
		r.row(row)
	}
	cols, err := h.finish()
	if err != nil {
		return Register{}, err
	}
	_, r.out.HasSupervisors = cols[fieldSupervisor]
	for _, f := range cols.order() {
		r.out.Headings = append(r.out.Headings, f.heading())
	}
	slices.SortFunc(r.out.People, func(a, b Record) int { return cmp.Compare(a.Row, b.Row) })
	return r.out, nil
}

type reader struct {
	today time.Time
	table map[string]string
	cols  columns
	seen  map[personnel.NIP]int // index in People
	out   Register
}

func (r *reader) cell(row sheet.Row, f field) sheet.Cell {
	if i, ok := r.cols[f]; ok && i < len(row.Cells) {
		return row.Cells[i]
	}
	return sheet.Cell{}
}

func (r *reader) text(row sheet.Row, f field) string { return r.cell(row, f).Text }

// kept returns the cells of the columns that are read, and of no other.
func (r *reader) kept(row sheet.Row) []string {
	var out []string
	for _, f := range r.cols.order() {
		out = append(out, r.text(row, f))
	}
	return out
}

// row decides about one row. Without anything in the NIP column it is no person.
func (r *reader) row(row sheet.Row) {
	number := r.cell(row, fieldNIP)
	switch {
	case number.Text == "":
		return
	case inactive(r.text(row, fieldStanding)):
		r.out.Inactive++
		return
	}
	rec, code := r.record(row, number)
	if code != "" {
		r.out.Refused = append(r.out.Refused, Refusal{Row: row.Number, Code: code, Cells: r.kept(row)})
		return
	}
	at, again := r.seen[rec.NIP]
	if !again {
		r.seen[rec.NIP] = len(r.out.People)
		r.out.People = append(r.out.People, rec)
		return
	}
	r.out.Repeated++
	if personnel.Acting(rec.Position.Title) && !personnel.Acting(r.out.People[at].Position.Title) {
		return
	}
	r.out.People[at] = rec
}

func (r *reader) record(row sheet.Row, number sheet.Cell) (rec Record, code string) {
	if number.Numeric { // the spreadsheet has kept 15 of 18 digits
		return rec, string(personnel.NIPSci)
	}
	nip, err := personnel.ParseNIP(number.Text, r.today)
	if bad := (*personnel.NIPError)(nil); errors.As(err, &bad) {
		return rec, string(bad.Code)
	}
	rec = Record{Row: row.Number, NIP: nip, Sex: nip.Sex(),
		Name: fullName(r.text(row, fieldFront), r.text(row, fieldName), r.text(row, fieldBack)),
		Position: personnel.Position{Title: squeeze(r.text(row, fieldPosition)), Echelon: r.text(row, fieldEchelon),
			Kind: r.text(row, fieldKind)},
		Unit: squeeze(r.text(row, fieldUnit)), Parent: squeeze(r.text(row, fieldParent)),
		Phone: Phone(r.text(row, fieldPhone))}
	switch {
	case squeeze(r.text(row, fieldName)) == "":
		return rec, NameEmpty
	case UnitKey(rec.Unit) == "":
		return rec, UnitEmpty
	}
	rec.UnitKey, rec.Class = UnitKey(rec.Unit), rec.Position.Class(r.table)
	if boss, err := personnel.ParseNIP(r.text(row, fieldSupervisor), r.today); err == nil && boss != nip &&
		!r.cell(row, fieldSupervisor).Numeric {
		rec.Supervisor = boss
	}
	return rec, ""
}

// inactive tells whether a standing (kedudukan hukum, keterangan) says that
// somebody is no longer in service.
func inactive(standing string) bool {
	words := strings.ToLower(standing)
	for _, start := range []string{"pensiun", "bup", "meninggal", "wafat", "almarhum", "berhenti", "diberhentikan", "mutasi keluar",
		"pindah", "nonaktif", "non aktif", "tidak aktif", "mengundurkan diri"} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}

func fullName(front, name, back string) string {
	name = squeeze(name)
	if front = squeeze(front); front != "" && front != "-" {
		name = front + " " + name
	}
	if back = squeeze(back); back != "" && back != "-" {
		name += ", " + back
	}
	return name
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// UnitKey makes the spellings of one unit comparable: "Kec. Natar" and
// "KECAMATAN NATAR" have one key.
func UnitKey(name string) string {
	words := strings.Fields(personnel.TitleKey(name))
	long := map[string]string{"kec": "kecamatan", "kel": "kelurahan", "pkm": "puskesmas", "dis": "dinas", "ds": "desa",
		"subbag": "subbagian", "bag": "bagian", "bid": "bidang", "kab": "kabupaten", "sek": "sekretariat"}
	for i, w := range words {
		words[i] = cmp.Or(long[w], w)
	}
	return strings.Join(words, " ")
}

// Phone writes a number as E.164, "" when it cannot be one. Numbers without a
// country are Indonesian, also when a spreadsheet has eaten the leading 0.
func Phone(raw string) string {
	if raw == "" {
		return ""
	}
	if digits := heading(raw); strings.HasPrefix(digits, "8") {
		raw = "0" + digits
	} else if strings.HasPrefix(digits, "62") && !strings.HasPrefix(raw, "+") {
		raw = "+" + digits
	}
	n, err := phonenumbers.Parse(raw, "ID")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}
