package register

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bangkom/internal/sheet"
)

// field is what a column of a register means.
type field string

const (
	fieldNIP        field = "nip"
	fieldName       field = "nama"
	fieldFront      field = "gelar_depan"
	fieldBack       field = "gelar_belakang"
	fieldPosition   field = "jabatan"
	fieldKind       field = "jenis_jabatan"
	fieldEchelon    field = "eselon"
	fieldUnit       field = "unit_kerja"
	fieldParent     field = "unit_induk"
	fieldPhone      field = "no_hp"
	fieldSupervisor field = "nip_atasan"
	fieldStanding   field = "kedudukan"
	fieldNote       field = "ket"
	fieldSex        field = "jenis_kelamin"
	fieldIgnored    field = "-" // known as a heading, never read
)

// synonyms are the headings of exports of SIASN and of local lists, compared
// as lower-case letters and digits. Of columns that are listed as ignored,
// nothing is ever read: NIK, NPWP, address, religion, marital status, birth.
func synonyms() map[string]field {
	all := map[string]field{}
	for f, names := range map[field]string{
		fieldNIP:        "nip nipbaru nippppk nipegawai nipnipppk",
		fieldName:       "nama namapegawai namalengkap namaasn",
		fieldFront:      "gelardepan",
		fieldBack:       "gelarbelakang",
		fieldPosition:   "jabatan namajabatan jabatannama jabatanterakhir jabatansaatini",
		fieldKind:       "jenisjabatan jenisjabatannama jenisjabatanid",
		fieldEchelon:    "eselon eselonid",
		fieldUnit:       "unitkerja namaunitkerja unor unornama satker satuankerja",
		fieldParent:     "unitinduk unorinduk opd skpd perangkatdaerah unitorganisasiinduk",
		fieldPhone:      "nohp nomorhp hp wa nowa nomorwa nowhatsapp nomorwhatsapp notelp nomortelp notelepon nomortelepon telepon telp nohandphone nomorhandphone",
		fieldSupervisor: "nipatasan atasanlangsung nipatasanlangsung",
		fieldStanding:   "kedudukanhukum kedudukanhukumid kedudukanhukumnama kedudukan statuspegawai",
		fieldNote:       "keterangan ket",
		fieldSex:        "jeniskelamin jk kelamin",
		fieldIgnored: "no nomor niplama nik npwp npwpnomor bpjs alamat agama agamaid jeniskawinid gol golru golruang " +
			"pangkatgol golakhirnama golakhirid golawalid pangkat tmtgolongan tmtgolru tmtjabatan statusasn jenispegawai " +
			"statuscpnspns tempatlahirnama tanggallahir tgllahir email pendidikanterakhir pnsid jabatanid unorid",
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = f
		}
	}
	return all
}

// heading makes a heading comparable.
func heading(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// The refusals of a whole table.
var (
	ErrNoHeader = errors.New("no heading was found: one row must hold at least three of NIP, NAMA, JABATAN, UNIT KERJA and the like")
	ErrNoNIP    = errors.New("there is no column NIP: give the column with the numbers that heading")
	ErrNoTitles = errors.New("no heading was found: one row must hold JABATAN and KELAS")
	ErrNoColumn = errors.New("a column is missing: NIP, NAMA, JABATAN and UNIT KERJA are needed")
)

// leastKnown is how many known headings make a row a heading.
const leastKnown = 3

// columns maps a field to its column, from 0.
type columns map[field]int

// order lists the fields of a table from left to right.
func (c columns) order() []field {
	return slices.SortedFunc(maps.Keys(c), func(a, b field) int { return cmp.Compare(c[a], c[b]) })
}

// heading is how a column is called in files that Bangkom writes.
func (f field) heading() string { return strings.ToUpper(strings.ReplaceAll(string(f), "_", " ")) }

// Template is the heading of a file that is read without a change.
func Template() []string {
	var out []string
	for _, f := range []field{fieldNIP, fieldName, fieldPosition, fieldEchelon, fieldKind, fieldUnit, fieldParent, fieldPhone,
		fieldSupervisor, fieldStanding} {
		out = append(out, f.heading())
	}
	return out
}

// headerFinder watches rows go by until the heading is complete. A heading may
// have two rows, of which the upper one has merged cells.
type headerFinder struct {
	known map[string]field
	upper []string // of a heading that may go on in the next row
	cols  columns
	begun bool // the first row below the heading went by
}

func newHeaderFinder() *headerFinder { return &headerFinder{known: synonyms()} }

// take looks at a row. data is true when the row belongs to the people below a
// heading that is complete.
func (h *headerFinder) take(row sheet.Row) (data bool) {
	here := texts(row)
	if h.cols != nil {
		first := !h.begun
		h.begun = true
		return !first || !numbering(here)
	}
	if h.upper != nil {
		lower := h.match(merge(h.upper, here))
		if _, hasNIP := h.match(here)[fieldNIP]; !h.looksLikeData(here) && len(h.match(here)) > 0 || hasNIP {
			h.cols = lower
			return false
		}
		h.cols, h.begun = h.match(h.upper), true
		return !numbering(here)
	}
	if h.count(here) >= leastKnown {
		h.upper = here
	}
	return false
}

// numbering tells whether a row only counts the columns, 1 2 3 or (1) (2) (3),
// as forms have it below their heading.
func numbering(cells []string) bool {
	n := 0
	for i, c := range cells {
		c = strings.Trim(c, " ()")
		if c == "" {
			continue
		}
		if c != strconv.Itoa(i+1) && c != strconv.Itoa(n+1) {
			return false
		}
		n++
	}
	return n >= leastKnown
}

// looksLikeData tells whether the cell in the NIP column of the upper heading
// holds digits: then the heading has one row only.
func (h *headerFinder) looksLikeData(here []string) bool {
	nip, ok := h.match(h.upper)[fieldNIP]
	return ok && nip < len(here) && strings.ContainsAny(here[nip], "0123456789")
}

// finish returns the columns, or why the table cannot be read.
func (h *headerFinder) finish() (columns, error) {
	if h.cols == nil && h.upper != nil {
		h.cols = h.match(h.upper)
	}
	if h.cols == nil {
		return nil, ErrNoHeader
	}
	if _, ok := h.cols[fieldNIP]; !ok {
		return nil, ErrNoNIP
	}
	for _, f := range []field{fieldName, fieldPosition, fieldUnit} {
		if _, ok := h.cols[f]; !ok {
			return nil, fmt.Errorf("%w; %s was not found", ErrNoColumn, f.heading())
		}
	}
	return h.cols, nil
}

func (h *headerFinder) count(cells []string) (n int) {
	for _, c := range cells {
		if _, ok := h.known[heading(c)]; ok {
			n++
		}
	}
	return n
}

// match finds the first column of each field.
func (h *headerFinder) match(cells []string) columns {
	cols := columns{}
	for i, c := range cells {
		f, ok := h.known[heading(c)]
		if _, taken := cols[f]; ok && !taken && f != fieldIgnored {
			cols[f] = i
		}
	}
	return cols
}

// merge lays the lower row of a heading over the upper one, whose merged cells
// hold their text in the first column only.
func merge(upper, lower []string) []string {
	out := make([]string, max(len(upper), len(lower)))
	copy(out, upper)
	for i, text := range lower {
		if text != "" {
			out[i] = text
		}
	}
	return out
}

func texts(row sheet.Row) []string {
	out := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		out[i] = c.Text
	}
	return out
}
