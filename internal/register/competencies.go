package register

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/sheet"
)

// The codes of refused rows of a list of competencies.
const (
	CodeBad         = "CODE_BAD"
	LevelBad        = "LEVEL_BAD"
	CompetencyEmpty = "COMPETENCY_EMPTY"
)

// Competency is one line of the agency's dictionary (kamus kompetensi).
type Competency struct {
	Code, Name, Definition string
	Kind                   string         // managerial or technical
	Levels                 map[string]int // required level by class; classes that the list leaves blank are missing
}

// competencyColumns are KODE, NAMA, JENIS, DEFINISI and one optional column for
// each class of positions.
func competencyColumns(classes map[string]string) (cols []column, codes []string) {
	cols = []column{{heading: "KODE", names: "kode kodekompetensi"}, {heading: "NAMA", names: "nama namakompetensi kompetensi"},
		{heading: "JENIS", names: "jenis"}, {heading: "DEFINISI", names: "definisi"}}
	codes = slices.Sorted(maps.Keys(classes))
	for _, code := range codes {
		cols = append(cols, column{heading: code, names: heading(code), optional: true})
	}
	return cols, codes
}

// CompetenciesTemplate is the heading of a dictionary of competencies; a column
// for each class, named by its code, may follow with the required levels.
func CompetenciesTemplate() []string {
	cols, _ := competencyColumns(nil)
	return headings(cols)
}

// ReadCompetencies reads a dictionary of competencies with the required levels
// 1 to 5 of each class (Permenpan RB 38/2017). classes maps codes to names.
func ReadCompetencies(rows iter.Seq2[sheet.Row, error], classes map[string]string) (List[Competency], []string, error) {
	cols, codes := competencyColumns(classes)
	kinds := map[string]string{"manajerial": "managerial", "sosialkultural": "managerial", "managerial": "managerial", "teknis": "technical", "technical": "technical"}
	list, err := readList(rows, cols, func(c []sheet.Cell) (one Competency, key, code string) {
		one = Competency{Code: strings.ToUpper(squeeze(c[0].Text)), Name: squeeze(c[1].Text), Definition: squeeze(c[3].Text),
			Kind: kinds[heading(c[2].Text)], Levels: map[string]int{}}
		switch {
		case heading(one.Code) == "" || strings.ContainsAny(one.Code, " ,;"):
			return one, "", CodeBad
		case tooLong(one.Code, one.Name):
			return one, "", TextLong
		case one.Name == "" || one.Definition == "":
			return one, "", CompetencyEmpty
		case one.Kind == "":
			return one, "", KindUnknown
		}
		for i, class := range codes {
			text := c[4+i].Text
			if text == "" {
				continue
			}
			level, err := strconv.Atoi(text)
			if err != nil || level < 1 || level > 5 {
				return one, "", LevelBad
			}
			one.Levels[class] = level
		}
		return one, one.Code, ""
	})
	return list, headings(cols), err
}
