package register

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
	"bangkom/internal/standard"
)

// The codes of refused rows of a list of required levels.
const (
	StandardScope       = "STANDARD_SCOPE"       // none of the columns that say for whom is filled, or several
	StandardContradicts = "STANDARD_CONTRADICTS" // another row asks another level for the same
	StandardCompetency  = "STANDARD_COMPETENCY"  // no competency has that code or name
	StandardLevel       = "STANDARD_LEVEL"       // is not 1 to 5, nor "hapus"
	TitleUnknown        = "TITLE_UNKNOWN"        // nobody has that title, or nobody of that class
	TitleShared         = "TITLE_SHARED"         // people of several classes have it, and no class is named
	FunctionalUnknown   = "FUNCTIONAL_UNKNOWN"   // nobody has that functional position
	UnitShared          = "UNIT_SHARED"          // several units are called so
	UnitKindUnknown     = "UNITKIND_UNKNOWN"     // no unit is called so
)

// StandardRow is one required level of a list. A unit is its UnitID, whether the list has
// its name or its code. Level 0 takes back what was required.
type StandardRow struct {
	Source
	standard.Rule
}

// StandardLists are what a list of required levels is compared with.
type StandardLists struct {
	Competencies map[string]string  // code to name
	Classes      map[string]string  // code to name
	Units        map[string][]int64 // UnitKey of codes and names: the units that are called so
	// Titles maps personnel.TitleKey of the titles of the agency to the codes of their
	// classes, of which one may be "" (not known).
	Titles map[string][]string
}

// The columns of a list of required levels, by their places.
const (
	colStandardOf = iota
	colStandardLevel
	colStandardClass
	colStandardKind
	colStandardUnit
	colStandardTitle
	colStandardFunctional
	colStandardBasis
)

func standardColumns() []column {
	return []column{{heading: "KODE KOMPETENSI", names: "kodekompetensi kompetensi"},
		{heading: "TINGKAT", names: "tingkat level tingkatstandar levelstandar lkj", fits: anything},
		{heading: "KELAS", names: "kelas kelasjabatan", optional: true}, {heading: "JENIS UNIT", names: "jenisunit jenisunitkerja", optional: true},
		{heading: "UNIT KERJA", names: "unitkerja namaunitkerja unit", optional: true}, {heading: "JABATAN", names: "jabatan namajabatan", optional: true},
		{heading: "JABATAN FUNGSIONAL", names: "jabatanfungsional namajabatanfungsional", optional: true},
		{heading: "DASAR", names: "dasar dasarhukum", optional: true}}
}

// StandardsTemplate is the heading of a list of required levels.
func StandardsTemplate() []string { return headings(standardColumns()) }

// StandardOfTitle is a row of such a list for a title, to be filled in.
func StandardOfTitle(title string) []string {
	row := make([]string, len(standardColumns()))
	row[colStandardTitle] = title
	return row
}

// usualBasis stands where a row names no regulation or letter.
const usualBasis = "diisi petugas kepegawaian"

// ReadStandards reads required levels. A row says for whom by one of JENIS UNIT, UNIT
// KERJA, JABATAN and JABATAN FUNGSIONAL, which KELAS may limit, or by KELAS alone. TINGKAT is 1
// to 5, or "hapus". Rows that contradict each other are refused, all of them.
func ReadStandards(rows iter.Seq2[sheet.Row, error], lists StandardLists) (List[StandardRow], error) {
	r := newStandardReader(lists)
	list, err := readList(rows, standardColumns(), func(c []sheet.Cell) (one StandardRow, key, code string) {
		for _, read := range []func([]sheet.Cell, *StandardRow) string{r.what, r.class, r.scope} {
			if code := read(c, &one); code != "" {
				return one, "", code
			}
		}
		return one, forWhat(one) + "\n" + strconv.Itoa(int(one.Level)), ""
	})
	if err == nil {
		refuseContradictions(&list)
	}
	return list, err
}

// forWhat is equal for rows that say for whom and for which competency the same.
func forWhat(r StandardRow) string {
	return strings.Join([]string{string(r.Rule.Source.Scope), r.Key, strconv.FormatInt(r.UnitID, 10), r.ClassCode, r.Code}, "\n")
}

// refuseContradictions takes out all rows that ask several levels for the same.
func refuseContradictions(l *List[StandardRow]) {
	count := map[string]int{}
	for _, r := range l.Rows {
		count[forWhat(r)]++
	}
	l.Rows = slices.DeleteFunc(l.Rows, func(r StandardRow) bool {
		if count[forWhat(r)] > 1 {
			l.Refused = append(l.Refused, r.Refuse(StandardContradicts))
			return true
		}
		return false
	})
	slices.SortStableFunc(l.Refused, func(a, b Refusal) int { return a.Row - b.Row })
}

// standardReader finds what rows name.
type standardReader struct {
	lists                 StandardLists
	competencies, classes map[string]string // comparable code or name, to code
	functional            map[string][]string
}

func newStandardReader(lists StandardLists) standardReader {
	byName := func(of map[string]string) map[string]string {
		out := map[string]string{}
		for code, name := range of {
			out[heading(name)] = code
		}
		for code := range of {
			out[heading(code)] = code
		}
		return out
	}
	r := standardReader{lists: lists, competencies: byName(lists.Competencies), classes: byName(lists.Classes), functional: map[string][]string{}}
	for title, classes := range lists.Titles {
		for _, class := range classes {
			if personnel.IsFunctionalClass(class) {
				key := personnel.FunctionalKey(title)
				r.functional[key] = append(r.functional[key], class)
			}
		}
	}
	return r
}

// what reads competency, level and basis.
func (r standardReader) what(c []sheet.Cell, one *StandardRow) string {
	if one.Code = r.competencies[heading(c[colStandardOf].Text)]; one.Code == "" {
		return StandardCompetency
	}
	one.Name = r.lists.Competencies[one.Code]
	if heading(c[colStandardLevel].Text) != "hapus" {
		n, ok := between(c[colStandardLevel], 1, int(competency.MaxLevel))
		if !ok {
			return StandardLevel
		}
		one.Level = competency.Level(n)
	}
	one.Rule.Source.Basis = squeeze(c[colStandardBasis].Text)
	if one.Rule.Source.Basis == "" {
		one.Rule.Source.Basis = usualBasis
	}
	if tooLong(one.Rule.Source.Basis) {
		return TextLong
	}
	return ""
}

func (r standardReader) class(c []sheet.Cell, one *StandardRow) string {
	if c[colStandardClass].Text == "" {
		return ""
	}
	if one.ClassCode = r.classes[heading(c[colStandardClass].Text)]; one.ClassCode == "" {
		return ClassUnknown
	}
	return ""
}

// scope reads for whom the row is.
func (r standardReader) scope(c []sheet.Cell, one *StandardRow) string {
	at := 0
	for _, col := range []int{colStandardKind, colStandardUnit, colStandardTitle, colStandardFunctional} {
		if c[col].Text != "" && at != 0 {
			return StandardScope
		}
		if c[col].Text != "" {
			at = col
		}
	}
	s, name := &one.Rule.Source, squeeze(c[at].Text)
	if tooLong(name) {
		return TextLong
	}
	s.Name = name
	switch at {
	case colStandardKind:
		s.Scope, one.Key = standard.ByUnitKind, UnitKey(name)
		return r.kind(one.Key)
	case colStandardUnit:
		s.Scope = standard.ByUnit
		return r.unit(UnitKey(name), one)
	case colStandardTitle:
		s.Scope, one.Key = standard.ByTitle, personnel.TitleKey(name)
		return held(r.lists.Titles[one.Key], one.ClassCode, TitleUnknown)
	case colStandardFunctional:
		s.Scope, one.Key = standard.ByFunctional, personnel.FunctionalKey(name)
		classes := r.functional[one.Key]
		if len(classes) == 0 || one.ClassCode != "" && !slices.Contains(classes, one.ClassCode) {
			return FunctionalUnknown
		}
		return ""
	}
	if one.ClassCode == "" {
		return StandardScope
	}
	s.Scope, s.Name = standard.ByClass, r.lists.Classes[one.ClassCode]
	return ""
}

func (r standardReader) kind(key string) string {
	for unit := range r.lists.Units {
		if standard.IsKind(unit, key) {
			return ""
		}
	}
	return UnitKindUnknown
}

func (r standardReader) unit(key string, one *StandardRow) string {
	switch ids := r.lists.Units[key]; len(ids) {
	case 0:
		return UnitUnknown
	case 1:
		one.UnitID = ids[0]
		return ""
	}
	return UnitShared
}

// held tells whether somebody has a title; of a title that several classes share the
// row has to name the class.
func held(classes []string, class, unknown string) string {
	switch {
	case len(classes) == 0 || class != "" && !slices.Contains(classes, class):
		return unknown
	case class == "" && len(classes) > 1:
		return TitleShared
	}
	return ""
}
