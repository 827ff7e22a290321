// Package register reads the register of employees (data pegawai) as agencies
// export it and says of every row what becomes of it. It decides nothing about
// what is stored already.
package register

import (
	"cmp"
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// The codes of a refusal beside those of personnel.NIPCode.
const (
	NameEmpty = "NAME_EMPTY"
	UnitEmpty = "UNIT_EMPTY"
	TextLong  = "TEXT_LONG"
	CellError = "CELL_ERROR" // a formula has failed: #N/A and the like
	NoResult  = "NO_RESULT"  // a formula whose result is not in the file
	Ditto     = "CELL_DITTO" // the cell points to the one above it: s.d.a.
	// StandingCode: only a code, whose meaning is not in the file, tells whether
	// somebody new is in service.
	StandingCode = "STANDING_CODE"
)

// noText is the code of a cell that holds no text to be read; "" = it does.
func noText(c sheet.Cell) string {
	switch {
	case c.Error:
		return CellError
	case c.Unknown:
		return NoResult
	case ditto(c.Text):
		return Ditto
	}
	return ""
}

// ditto tells whether a cell only says that the one above it holds (sama dengan di
// atas). It is refused: rows are sorted and filtered, and then another one is above.
func ditto(text string) bool {
	if strings.Trim(text, "\"'\u2018\u2019\u201c\u201d\u201e\u3003-, ") == "" {
		return strings.ContainsAny(text, "\"\u201c\u201d\u201e\u3003") || strings.Contains(text, "''")
	}
	return slices.Contains([]string{"sda", "idem", "samadenganatas", "samadengandiatas", "sdadiatas"}, heading(text))
}

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
	Grade      string // pangkat/golongan as the file writes it, for lists; "" = not told
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
// exactly one of accepted (People), refused, inactive or repeated, but for totals
// and signatures below the table.
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
	// RemarkRows are rows of accepted people whose remark (keterangan) sounds as if
	// they had left: a question, because remarks are about anything.
	RemarkRows []int
	// Rounded says that the few NIPs of the file may have lost their last digits.
	Rounded bool
	Choices []Choice // where several columns mean the same
	Hidden  int      // rows that were read and that the spreadsheet does not show, as after a filter
	// HasSupervisors says that the table has a column for them; without it,
	// what is known about them stays.
	HasSupervisors bool
}

// Agency is what a register is read with.
type Agency struct {
	Today   time.Time         // civil date
	Titles  map[string]string // its own list of titles and classes (key: personnel.TitleKey)
	Known   map[string]bool   // NIPs of those in service
	Country int               // code for phone numbers that name none, for example 62
}

// Read reads a whole table, several times. Of the rows of one person the last
// without Plt. or Plh. wins, else the last.
func Read(rows iter.Seq2[sheet.Row, error], with Agency) (Register, error) {
	cols, last, choices, err := registerHeading(rows)
	if err != nil {
		return Register{}, err
	}
	r := &reader{Agency: with, cols: cols, seen: map[personnel.NIP]int{}, named: map[personnel.NIP]bool{}}
	first := true
	for row, err := range rows {
		if err != nil {
			return Register{}, err
		}
		if row.Number <= last || first && numbering(texts(row)) {
			continue
		}
		first = false
		r.row(row)
	}
	if r.own.certain() || r.chiefs.certain() {
		return Register{}, ErrFloatNIPs
	}
	r.out.Choices, r.out.Rounded = choices, r.own.doubtful() || r.chiefs.doubtful()
	_, r.out.HasSupervisors = cols[fieldSupervisor]
	for _, f := range cols.order() {
		r.out.Headings = append(r.out.Headings, f.heading())
	}
	r.finish()
	slices.SortFunc(r.out.People, func(a, b Record) int { return cmp.Compare(a.Row, b.Row) })
	return r.out, nil
}

type reader struct {
	Agency
	cols        columns
	seen        map[personnel.NIP]int // index in People
	left        []personnel.NIP       // of inactive rows
	named       map[personnel.NIP]bool
	out         Register
	own, chiefs floats
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

// broken is the code of a row in which a cell that is read holds no text.
func (r *reader) broken(row sheet.Row) string {
	for _, f := range r.cols.order() {
		if code := noText(r.cell(row, f)); code != "" && (f != fieldNote || code != Ditto) {
			return code
		}
	}
	return ""
}

// row decides about one row. Without anything in the NIP column it is no person.
func (r *reader) row(row sheet.Row) {
	number := r.cell(row, fieldNIP)
	if number.Text == "" && !number.Unknown {
		return
	}
	r.own.take(number.Text)
	r.chiefs.take(r.text(row, fieldSupervisor))
	nip, code := r.number(number)
	if broken := r.broken(row); broken != "" {
		r.refuse(row, broken)
		return
	}
	if code == "" {
		r.named[nip] = true
	}
	if row.Hidden {
		r.out.Hidden++
	}
	if inactive(r.text(row, fieldStanding), r.Today) {
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
	if standing := r.text(row, fieldStanding); code == "" && isCode(standing) && !r.Known[nip.Reveal()] {
		code = StandingCode
	}
	if code != "" {
		r.refuse(row, code)
		return
	}
	if inactive(r.text(row, fieldNote), r.Today) {
		r.out.RemarkRows = append(r.out.RemarkRows, row.Number)
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

// refuse gives a row back. What stands below a table is no row of it: a total, a
// place and date, who signs.
func (r *reader) refuse(row sheet.Row, code string) {
	nobody := true
	for _, f := range []field{fieldName, fieldPosition, fieldUnit} {
		nobody = nobody && r.text(row, f) == ""
	}
	if total(row) || nobody && words.MatchString(r.text(row, fieldNIP)) {
		return
	}
	r.out.Refused = append(r.out.Refused, Refusal{Row: row.Number, Code: code, Cells: r.kept(row)})
}

var words = regexp.MustCompile(`\p{L}{3,}`)

// total tells whether a row sums up what stands above it.
func total(row sheet.Row) bool {
	return slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool {
		word := heading(c.Text)
		return strings.HasPrefix(word, "jumlah") || strings.HasPrefix(word, "total") || strings.HasPrefix(word, "rekapitulasi")
	})
}

// number reads a NIP, or tells why it cannot be one.
func (r *reader) number(c sheet.Cell) (personnel.NIP, string) {
	if c.Numeric { // the spreadsheet has kept 15 of 18 digits
		return personnel.NIP{}, string(personnel.NIPSci)
	}
	nip, err := personnel.ParseNIP(c.Text, r.Today)
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
		Phone: personnel.RegisterPhone(r.text(row, fieldPhone), r.Country), Grade: grade(r.text(row, fieldRank), r.text(row, fieldGrade))}
	switch {
	case heading(r.text(row, fieldName)) == "":
		return rec, NameEmpty
	case UnitKey(rec.Unit) == "":
		return rec, UnitEmpty
	case tooLong(rec.Name, rec.Position.Title, rec.Unit, rec.Parent, rec.Grade):
		return rec, TextLong
	}
	rec.UnitKey, rec.Class = UnitKey(rec.Unit), rec.Position.Class(r.Titles)
	boss := r.cell(row, fieldSupervisor)
	rec.SupervisorGiven = heading(boss.Text) != "" // a dash is a blank
	if chief, code := r.number(boss); code == "" && chief != nip {
		rec.Supervisor = chief
	}
	return rec, ""
}

// grade writes rank and grade as lists do: "Penata Muda Tk. I (III/b)". A dash is a blank.
func grade(rank, group string) string {
	parts := []string{squeeze(rank), squeeze(group)}
	for i, p := range parts {
		if heading(p) == "" {
			parts[i] = ""
		}
	}
	if parts[0] == "" || parts[1] == "" || strings.Contains(parts[0], parts[1]) {
		return cmp.Or(parts[0], parts[1])
	}
	return parts[0] + " (" + parts[1] + ")"
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
