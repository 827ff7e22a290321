package register

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/satisfaction"
	"bangkom/internal/sheet"
)

// The codes of refused rows of a survey of citizens' satisfaction.
const (
	SurveyUnit        = "SURVEY_UNIT"        // several units are called so
	SurveyPeriod      = "SURVEY_PERIOD"      // the period is none
	SurveyPeriods     = "SURVEY_PERIODS"     // the sheet holds several periods
	SurveyService     = "SURVEY_SERVICE"     // the kind of service is missing, or the unit has two
	SurveyElement     = "SURVEY_ELEMENT"     // an element is missing
	SurveyValue       = "SURVEY_VALUE"       // a mean is no number from 1 to 4
	SurveyAnswer      = "SURVEY_ANSWER"      // an answer of one respondent is not 1, 2, 3 or 4
	SurveyRespondents = "SURVEY_RESPONDENTS" // the number of respondents is none
	SurveyMixed       = "SURVEY_MIXED"       // answers of single respondents beside a summary
	SurveyWeight      = "SURVEY_WEIGHT"      // the weight is none that is in use
	SurveyPublished   = "SURVEY_PUBLISHED"   // the published index does not follow from the elements
	SurveyParts       = "SURVEY_PARTS"       // another row of the same unit was refused
)

// SurveyRow is one row of a survey: the answers of one respondent, or a summary of so many.
// Nothing of it is about a person: columns that are, are not read.
type SurveyRow struct {
	Source
	Unit        int64
	Point       string // titik layanan; the points of a unit are one survey
	Period      satisfaction.Period
	Service     string
	Respondents int // of a summary; 0 = the row is one respondent
	Answers     [satisfaction.Count]satisfaction.Answers
	Published   satisfaction.Centi // 0 = not told
	Weight      satisfaction.Weight
	slack       satisfaction.Centi
}

// Surveys are the surveys of such rows, with how many rows each is of.
type Surveys struct {
	satisfaction.Survey
	Rows int
}

// The columns of a survey, by their places; the elements stand from colSurveyFirst.
const (
	colSurveyUnit = iota
	colSurveyPoint
	colSurveyService
	colSurveyPeriod
	colSurveyRespondents
	colSurveyFirst
	colSurveyPublished = colSurveyFirst + satisfaction.Count
	colSurveyWeight    = colSurveyPublished + 1
)

// surveyElements are the headings of the elements and what else they are called. Copies of
// the regulation number the last two differently: a name beside the number decides.
func surveyElements() [satisfaction.Count][2]string {
	return [satisfaction.Count][2]string{
		{"U1", "u1 u1persyaratan persyaratan unsur1"},
		{"U2", "u2 u2prosedur u2sistemmekanismeprosedur u2sistemmekanismedanprosedur prosedur sistemmekanismeprosedur sistemmekanismedanprosedur unsur2"},
		{"U3", "u3 u3waktu u3waktupenyelesaian waktu waktupenyelesaian waktupelayanan unsur3"},
		{"U4", "u4 u4biaya u4biayatarif biaya tarif biayatarif unsur4"},
		{"U5", "u5 u5produk u5produkspesifikasijenispelayanan produk produkspesifikasijenispelayanan produklayanan unsur5"},
		{"U6", "u6 u6kompetensi u6kompetensipelaksana kompetensipelaksana unsur6"},
		{"U7", "u7 u7perilaku u7perilakupelaksana perilakupelaksana unsur7"},
		{"U8 SARANA", "u8sarana u8saranadanprasarana u9sarana u9saranadanprasarana saranadanprasarana saranaprasarana sarana | u8 unsur8"},
		{"U9 PENGADUAN", "u9pengaduan u9penangananpengaduan u9penangananpengaduansarandanmasukan u8pengaduan u8penangananpengaduan u8penangananpengaduansarandanmasukan " +
			"penangananpengaduan penangananpengaduansarandanmasukan pengaduan | u9 unsur9"},
	}
}

func surveyColumns() []column {
	cols := []column{{heading: "UNIT KERJA", names: "unitkerja namaunitkerja unit unitpelayanan unitlayanan"},
		{heading: "TITIK LAYANAN", names: "titiklayanan loket titikpelayanan", optional: true, fits: anything},
		{heading: "JENIS LAYANAN", names: "jenislayanan jenispelayanan"}, {heading: "PERIODE", names: "periode periodesurvei", fits: anything},
		{heading: "RESPONDEN", names: "responden jumlahresponden", optional: true, fits: anything}}
	for _, e := range surveyElements() {
		cols = append(cols, column{heading: e[0], names: e[1], optional: true, fits: anything})
	}
	return append(cols, column{heading: "NILAI SKM", names: "nilaiskm skm nilaiikm ikm indeks", optional: true, fits: anything},
		column{heading: "BOBOT", names: "bobot bobotunsur", optional: true, fits: anything})
}

// SurveysTemplate is the heading of a survey.
func SurveysTemplate() []string { return headings(surveyColumns()) }

// ReadSurveys reads a survey of one period: a row for each respondent with answers of 1 to
// 4, or, where RESPONDEN says of how many, one with the means of a unit. A unit is taken
// whole or not at all: without its refused rows its index would be another one.
func ReadSurveys(rows iter.Seq2[sheet.Row, error], units map[string][]int64) (List[SurveyRow], error) {
	n := 0
	l, err := readList(rows, surveyColumns(), func(c []sheet.Cell) (s SurveyRow, key, code string) {
		n++
		for _, read := range []func([]sheet.Cell, *SurveyRow) string{surveyWhere(units), surveyOf, surveyAnswers, surveyPublished} {
			if code = read(c, &s); code != "" {
				return s, "", code
			}
		}
		if key = strconv.Itoa(n); s.Respondents > 0 {
			key = strings.Join([]string{s.Period.Key, strconv.FormatInt(s.Unit, 10), s.Point, "ringkasan"}, "\n")
		}
		return s, key, ""
	})
	if err == nil {
		refuseParts(&l, units)
	}
	return l, err
}

// surveyWhere reads the unit and its point.
func surveyWhere(units map[string][]int64) func([]sheet.Cell, *SurveyRow) string {
	return func(c []sheet.Cell, s *SurveyRow) string {
		ids := units[UnitKey(c[colSurveyUnit].Text)]
		switch len(ids) {
		case 0:
			return UnitUnknown
		case 1:
			s.Unit, s.Point = ids[0], heading(c[colSurveyPoint].Text)
			return ""
		}
		return SurveyUnit
	}
}

func surveyOf(c []sheet.Cell, s *SurveyRow) string {
	var ok bool
	if s.Period, ok = satisfaction.ParsePeriod(c[colSurveyPeriod].Text); !ok {
		return SurveyPeriod
	}
	if s.Service = squeeze(c[colSurveyService].Text); s.Service == "" {
		return SurveyService
	}
	if tooLong(s.Service) {
		return TextLong
	}
	if c[colSurveyRespondents].Text != "" {
		const most = 1_000_000
		if s.Respondents, ok = between(c[colSurveyRespondents], 1, most); !ok {
			return SurveyRespondents
		}
	}
	return ""
}

// surveyAnswers reads the elements. A respondent may leave some of them out.
func surveyAnswers(c []sheet.Cell, s *SurveyRow) string {
	decimals, any := 2, false
	for i := range s.Answers {
		cell := c[colSurveyFirst+i].Text
		switch {
		case cell == "" && s.Respondents > 0:
			return SurveyElement
		case cell == "":
			continue
		}
		n, digits, ok := decimal(cell, satisfaction.Scale)
		ok = ok && n >= satisfaction.Scale && n <= 4*satisfaction.Scale
		switch {
		case s.Respondents == 0 && (!ok || n%satisfaction.Scale != 0):
			return SurveyAnswer
		case !ok:
			return SurveyValue
		}
		many := int64(max(s.Respondents, 1))
		any, decimals, s.Answers[i] = true, max(decimals, min(digits, 4)), satisfaction.Answers{Sum: n * many, N: many}
	}
	if !any {
		return SurveyElement
	}
	// Means that were rounded to so many decimals move the index by up to half of the last,
	// times 25; an index may be cut off instead of rounded.
	s.slack = 1
	if s.Respondents > 0 {
		s.slack += satisfaction.Centi(math.Ceil(1250 / math.Pow10(decimals)))
	}
	return ""
}

// decimal reads a number with a comma or a point, in parts of scale, and tells how many
// decimals it is written with.
func decimal(text string, scale int64) (n int64, digits int, ok bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1000 {
		return 0, 0, false
	}
	if _, behind, found := strings.Cut(text, "."); found {
		digits = len(behind)
	}
	return int64(math.Round(f * float64(scale))), digits, true
}

func surveyPublished(c []sheet.Cell, s *SurveyRow) string {
	switch heading(c[colSurveyWeight].Text) {
	case "":
	case "19", "01111":
		s.Weight = satisfaction.Exact
	case "011":
		s.Weight = satisfaction.Hundredth
	case "0111":
		s.Weight = satisfaction.Thousandth
	default:
		return SurveyWeight
	}
	if c[colSurveyPublished].Text == "" {
		return ""
	}
	n, _, ok := decimal(c[colSurveyPublished].Text, 100)
	if s.Published = satisfaction.Centi(n); !ok || n < 2000 || n > 10_000 {
		return SurveyPublished
	}
	if s.Respondents == 0 {
		return ""
	}
	if s.Weight, ok = satisfaction.Fits(s.Published, s.Weight, s.Answers[:], s.slack); !ok {
		return SurveyPublished
	}
	return ""
}

// refuseParts takes out whole units, or the whole sheet, of which a part cannot stand.
func refuseParts(l *List[SurveyRow], units map[string][]int64) {
	broken := map[int64]string{}
	for _, r := range l.Refused {
		if ids := units[UnitKey(at(r.Cells, colSurveyUnit))]; len(ids) == 1 {
			broken[ids[0]] = SurveyParts
		}
	}
	for unit, rows := range byUnit(l.Rows) {
		if code := together(rows); code != "" && broken[unit] == "" {
			broken[unit] = code
		}
	}
	periods := map[string]bool{}
	for _, r := range l.Rows {
		periods[r.Period.Key] = true
	}
	l.Rows = slices.DeleteFunc(l.Rows, func(r SurveyRow) bool {
		code := broken[r.Unit]
		if len(periods) > 1 {
			code = SurveyPeriods
		}
		if code != "" {
			l.Refused = append(l.Refused, r.Refuse(code))
		}
		return code != ""
	})
	slices.SortStableFunc(l.Refused, func(a, b Refusal) int { return a.Row - b.Row })
}

func byUnit(rows []SurveyRow) map[int64][]SurveyRow {
	out := map[int64][]SurveyRow{}
	for _, r := range rows {
		out[r.Unit] = append(out[r.Unit], r)
	}
	return out
}

// together tells why the rows of a unit cannot be one survey; "" = they can.
func together(rows []SurveyRow) string {
	s := gather(rows)
	for _, r := range rows {
		switch {
		case heading(r.Service) != heading(rows[0].Service):
			return SurveyService
		case (r.Respondents > 0) != (rows[0].Respondents > 0):
			return SurveyMixed
		}
	}
	if slices.ContainsFunc(s.Answers[:], func(a satisfaction.Answers) bool { return a.N == 0 }) {
		return SurveyElement
	}
	if rows[0].Respondents > 0 {
		return ""
	}
	for _, r := range rows {
		if r.Published != 0 {
			if _, ok := satisfaction.Fits(r.Published, r.Weight, s.Answers[:], r.slack); !ok {
				return SurveyPublished
			}
		}
	}
	return ""
}

// gather adds up the rows of a unit. What several points have published is the figure of
// none of them together.
func gather(rows []SurveyRow) (s Surveys) {
	s.Rows = len(rows)
	s.Unit, s.Period, s.Service = rows[0].Unit, rows[0].Period, rows[0].Service
	for _, r := range rows {
		s.Respondents += max(r.Respondents, 1)
		for i, a := range r.Answers {
			s.Answers[i] = s.Answers[i].Add(a)
		}
		if r.Published != 0 && (len(rows) == 1 || r.Respondents == 0) {
			s.Published, s.Weight = r.Published, r.Weight
		}
	}
	if s.Weight, _ = satisfaction.Fits(s.Published, s.Weight, s.Answers[:], max(1, rows[0].slack)); s.Published == 0 {
		s.Weight = ""
	}
	return s
}

// SurveysOf are the surveys of accepted rows, by unit.
func SurveysOf(rows []SurveyRow) (list []Surveys) {
	for _, of := range byUnit(rows) {
		list = append(list, gather(of))
	}
	slices.SortFunc(list, func(a, b Surveys) int { return int(a.Unit - b.Unit) })
	return list
}
