package register

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	fieldRank       field = "pangkat"
	fieldGrade      field = "golongan"
)

// The names of a column with the NIP of the person, and with that of the superior.
const (
	ownNIP      = "nip nipbaru nippppk nippegawai nipegawai nipnipppk nipnrp nrpnip nipasn nippns nomorindukpegawai noindukpegawai nomorinduk pegawainip"
	superiorNIP = "nipatasan nipatasanlangsung atasanlangsungnip atasannip nippejabatpenilai nippejabatpenilaikinerja pejabatpenilainip " +
		"pejabatpenilaikinerjanip nippenilai penilainip"
)

// registerColumns are the columns of a register, with the headings of exports of
// SIASN and of local lists, and the field of each.
func registerColumns() (cols []column, fields []field) {
	add := func(f field, names string, fits func(sheet.Cell) bool) {
		cols, fields = append(cols, column{heading: f.heading(), names: names, optional: true, fits: fits}), append(fields, f)
	}
	add(fieldNIP, ownNIP, likeNIP)
	add(fieldName, "nama namapegawai namalengkap namaasn namapns pegawainama namalengkapdangelar namalengkapdengangelar namalengkapgelar namadangelar namabesertagelar", nil)
	add(fieldFront, "gelardepan", nil)
	add(fieldBack, "gelarbelakang", nil)
	add(fieldPosition, "jabatan namajabatan jabatannama | jabatanterakhir jabatansaatini", nil)
	add(fieldKind, "jenisjabatan jenisjabatannama | jenisjabatanid", nil)
	add(fieldEchelon, "eselon eselonnama | eselonid", nil)
	add(fieldUnit, "unitkerja namaunitkerja unitkerjanama | unor unornama unitorganisasi unitorganisasinama namaunitorganisasi | satker satuankerja satuankerjanama | unitkerjaskpd unitkerjaopd skpdunitkerja opdunitkerja | tempattugas", nil)
	add(fieldParent, "unitinduk unorinduk unorinduknama | opd skpd namaopd namaskpd perangkatdaerah namaperangkatdaerah | unitkerjainduk satuankerjainduk satuankerjainduknama unitorganisasiinduk opdinduk skpdinduk", nil)
	add(fieldPhone, "nohp nomorhp hp nohandphone nomorhandphone nohpaktif nomorhpaktif | nohpwa nomorhpwa hpwa nowahp wahp nohpnowa nohpwhatsapp | wa nowa nomorwa nowhatsapp nomorwhatsapp | notelp nomortelp notelepon nomortelepon telepon telp notelphp telphp nohptelp", likePhone)
	add(fieldSupervisor, superiorNIP+" | atasanlangsung", likeNIP)
	add(fieldStanding, "kedudukanhukum kedudukanhukumnama kedudukan kedudukanpegawai | statuskeaktifan statusaktif keaktifan | "+
		"statuspegawai statuskepegawaian | status | kedudukanhukumid", nil)
	add(fieldNote, "keterangan ket catatan", nil)
	add(fieldSex, "jeniskelamin jk kelamin", nil)
	add(fieldRank, "pangkat namapangkat pangkatnama", nil)
	add(fieldGrade, "pangkatgolongan pangkatgol pangkatgolruang | golakhirnama golongan golonganruang golru golruang | gol", nil)
	return cols, fields
}

// ignored tells which headings are known although nothing below them is ever
// read: NIK, NPWP, address, religion, marital status, birth, codes, and what a
// register says about other people. They help to recognise a row as the heading.
func ignored(name string) bool {
	return slices.Contains(strings.Fields("no nomor niplama nik npwp npwpnomor bpjs alamat agama agamaid jeniskawinid "+
		"golakhirid golawalid tmtgolongan tmtgolru tmtjabatan statusasn jenispegawai "+
		"statuscpnspns tempatlahirnama tanggallahir tgllahir email pendidikanterakhir pnsid jabatanid unorid "+
		"namaatasan namaatasanlangsung atasanlangsungnama jabatanatasan jabatanatasanlangsung namapejabatpenilai pejabatpenilainama "+
		"jabatanpejabatpenilai pejabatpenilaijabatan pejabatpenilai"), name)
}

// The refusals of a whole table.
var (
	ErrNoHeader = errors.New("no heading was found: one row must hold at least three of NIP, NAMA, JABATAN, UNIT KERJA and the like")
	ErrNoNIP    = errors.New("there is no column NIP: give the column with the numbers that heading")
	ErrNoTitles = errors.New("no heading was found: one row must hold JABATAN and KELAS")
	ErrNoColumn = errors.New("a column is missing: NIP, NAMA, JABATAN and UNIT KERJA are needed")
)

// minKnown is how many known headings make a row a heading.
const minKnown = 3

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

// registerHeading finds the columns of a register: last is the number of the
// last row of its heading.
func registerHeading(rows iter.Seq2[sheet.Row, error]) (cols columns, last int, choices []Choice, err error) {
	wanted, fields := registerColumns()
	own := func(name string) bool {
		return slices.ContainsFunc(wanted, func(c column) bool { return c.rank(name) >= 0 })
	}
	known := func(name string) bool { return ignored(name) || own(name) }
	l, found, err := findLayout(rows, known, func(l layout) bool {
		n := 0
		for _, keys := range l.keys {
			if slices.ContainsFunc(keys, func(k key) bool { return known(k.name) }) {
				n++
			}
		}
		return n >= minKnown
	})
	switch {
	case err != nil:
		return nil, 0, nil, err
	case !found:
		return nil, 0, nil, ErrNoHeader
	}
	where, choices, err := located(rows, l, wanted, candidates(l, wanted, ignored))
	if err != nil {
		return nil, 0, nil, err
	}
	cols = columns{}
	for i, at := range where {
		if at >= 0 {
			cols[fields[i]] = at
		}
	}
	return cols, l.last, choices, cols.complete()
}

// complete tells which columns are missing. A list that has only a column for the
// unit above means the person's unit by it.
func (c columns) complete() error {
	if _, ok := c[fieldNIP]; !ok {
		return ErrNoNIP
	}
	if at, ok := c[fieldParent]; ok && !c.has(fieldUnit) {
		c[fieldUnit] = at
		delete(c, fieldParent)
	}
	for _, f := range []field{fieldName, fieldPosition, fieldUnit} {
		if !c.has(f) {
			return fmt.Errorf("%w; %s was not found", ErrNoColumn, f.heading())
		}
	}
	return nil
}

func (c columns) has(f field) bool {
	_, ok := c[f]
	return ok
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
	return n >= minKnown
}
