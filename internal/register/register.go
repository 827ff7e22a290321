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
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// The codes of a refusal beside those of personnel.NIPCode.
const (
	NameEmpty = "NAME_EMPTY"
	UnitEmpty = "UNIT_EMPTY"
	TextLong  = "TEXT_LONG"
)

// longestText is how many characters a name, a title or a unit may have. More
// is a whole list in one cell, and no key of the database holds it.
const longestText = 300

func tooLong(texts ...string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return utf8.RuneCountInString(t) > longestText })
}

// Record is one accepted person.
type Record struct {
	Row        int // as the spreadsheet shows it
	NIP        personnel.NIP
	Name       string // with degrees
	Sex        personnel.Sex
	Position   personnel.Position
	Class      string // "" = unknown
	Unit       string
	UnitKey    string // units with one key and one parent are one unit
	Parent     string // unit above; "" = not told
	Phone      string // E.164; "" = none or not usable
	Supervisor personnel.NIP
	// SupervisorGiven says that the file names a superior, usable or not: the
	// former one does not stay.
	SupervisorGiven bool
}

// ParentKey is the key of the unit above; "" = not told.
func (r Record) ParentKey() string {
	if key := UnitKey(r.Parent); key != r.UnitKey {
		return key
	}
	return "" // a unit that stands above itself is the top
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
	// InactiveRows are the rows of Inactive, as the spreadsheet shows them.
	InactiveRows []int
	// Left are the people of those rows who stand in no accepted row.
	Left []personnel.NIP
	// Seen are all people whom the file names, also in rows that were not accepted.
	Seen []personnel.NIP
	// HasSupervisors says that the table has a column for them; without it,
	// what is known about them stays.
	HasSupervisors bool
}

// Read reads a whole table. today is the civil date of the agency; table is its
// own list of titles and classes (key: personnel.TitleKey). Of the rows of one
// person the last without Plt. or Plh. wins, else the last.
func Read(rows iter.Seq2[sheet.Row, error], today time.Time, table map[string]string) (Register, error) {
	h := newHeaderFinder()
	r := &reader{today: today, table: table, seen: map[personnel.NIP]int{}, named: map[personnel.NIP]bool{}}
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
	r.finish()
	slices.SortFunc(r.out.People, func(a, b Record) int { return cmp.Compare(a.Row, b.Row) })
	return r.out, nil
}

type reader struct {
	today time.Time
	table map[string]string
	cols  columns
	seen  map[personnel.NIP]int // index in People
	left  []personnel.NIP       // of inactive rows
	named map[personnel.NIP]bool
	out   Register
}

// finish lists who is named in the file and who of them has left.
func (r *reader) finish() {
	told := map[personnel.NIP]bool{}
	for _, nip := range r.left {
		if _, accepted := r.seen[nip]; !accepted && !told[nip] {
			told[nip] = true
			r.out.Left = append(r.out.Left, nip)
		}
	}
	for nip := range r.named {
		r.out.Seen = append(r.out.Seen, nip)
	}
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
	if number.Text == "" {
		return
	}
	nip, code := r.number(number)
	if code == "" {
		r.named[nip] = true
	}
	if inactive(r.text(row, fieldStanding), r.today) || inactive(r.text(row, fieldNote), r.today) {
		r.out.Inactive++
		r.out.InactiveRows = append(r.out.InactiveRows, row.Number)
		if code == "" {
			r.left = append(r.left, nip)
		}
		return
	}
	var rec Record
	if code == "" {
		rec, code = r.record(row, nip)
	}
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

// number reads a NIP, or tells why it cannot be one.
func (r *reader) number(c sheet.Cell) (personnel.NIP, string) {
	if c.Numeric { // the spreadsheet has kept 15 of 18 digits
		return personnel.NIP{}, string(personnel.NIPSci)
	}
	nip, err := personnel.ParseNIP(c.Text, r.today)
	if bad := (*personnel.NIPError)(nil); errors.As(err, &bad) {
		return personnel.NIP{}, string(bad.Code)
	}
	return nip, ""
}

func (r *reader) record(row sheet.Row, nip personnel.NIP) (rec Record, code string) {
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
	case tooLong(rec.Name, rec.Position.Title, rec.Unit, rec.Parent):
		return rec, TextLong
	}
	rec.UnitKey, rec.Class = UnitKey(rec.Unit), rec.Position.Class(r.table)
	boss := r.cell(row, fieldSupervisor)
	rec.SupervisorGiven = heading(boss.Text) != "" // a dash is a blank
	if chief, code := r.number(boss); code == "" && chief != nip {
		rec.Supervisor = chief
	}
	return rec, ""
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

// UnitNames are the comparable forms of what somebody typed to name a unit: its
// name, or the unit above and the unit with a stroke in between.
func UnitNames(typed string) []string {
	names := []string{UnitKey(typed)}
	if above, own, ok := strings.Cut(typed, "/"); ok {
		names = append(names, UnitKey(above)+"/"+UnitKey(own))
	}
	return names
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
