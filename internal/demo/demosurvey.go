package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"bangkom/internal/register"
	"bangkom/internal/satisfaction"
	"bangkom/internal/sheet"
	"bangkom/storage"
)

// demoSurvey is where the page offers the survey that comes after those that are stored.
const demoSurvey = "/contoh/survei-kepuasan.xlsx"

// surveyed are the units that citizens are asked about.
func surveyed() []string { return []string{"DPT", "KMI", "PKS", "SMP", "DPU", "KEL", "UMU", "PHB"} }

// demoService is what all of them do, so that they may be compared.
const demoService = "Pelayanan administrasi"

// surveyPeriods are three halves of a year that follow each other: two are stored, the last
// one, the second half of the year before, is a file.
func surveyPeriods(now time.Time) (stored [2]satisfaction.Period, file satisfaction.Period) {
	stored[0], _ = satisfaction.PeriodOf(fmt.Sprintf("%d-S2", now.Year()-2))
	stored[1] = stored[0].Next()
	return stored, stored[1].Next()
}

// surveyMean is the mean of an element of a unit in the half with that number, in hundredths.
// It follows from the unit, so that it is the same at every start; one unit should be
// helped. In the last half the units whose people were trained rise by more than the others.
func surveyMean(unit, element, half int) int {
	mean := 305 + 2*((3*unit+5*element)%7) + 3*half
	code := surveyed()[unit]
	if code == "PHB" { // most of all in what its people can do and how they behave
		mean -= 14
		if element == 5 || element == 6 {
			mean -= 14
		}
	}
	if element == (unit+half)%satisfaction.Count {
		mean -= 20
	}
	switch {
	case half < 2:
	case slices.Contains(trainedUnits(), code):
		mean += 9 + unit%3
	default:
		mean += unit % 3
	}
	return mean
}

// respondents are how many citizens are asked about a unit.
func respondents(unit int) int { return 60 + 10*unit }

// fillSurveys stores what citizens said of the units that serve them in two halves of a year.
func fillSurveys(ctx context.Context, tx *storage.Tx, now time.Time) error {
	stored, _ := surveyPeriods(now)
	for half, period := range stored {
		var rows []register.SurveyRow
		for i, code := range surveyed() {
			id, err := unitID(ctx, tx, code)
			if err != nil {
				return err
			}
			row := register.SurveyRow{Unit: id, Period: period, Service: demoService, Respondents: respondents(i)}
			for u := range row.Answers {
				row.Answers[u] = satisfaction.Answers{Sum: int64(surveyMean(i, u, half)) * satisfaction.Scale / 100 * int64(row.Respondents), N: int64(row.Respondents)}
			}
			rows = append(rows, row)
		}
		if _, err := tx.ImportSurveys(ctx, rows, period.To.AddDate(0, 0, 10)); err != nil {
			return err
		}
	}
	return nil
}

// surveyFile is the survey of the half after those, as a unit of the agency would send it.
func surveyFile(now time.Time) ([]byte, error) {
	_, period := surveyPeriods(now)
	rows := [][]string{{"UNIT KERJA", "JENIS LAYANAN", "PERIODE", "RESPONDEN", "U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8 SARANA", "U9 PENGADUAN", "NAMA RESPONDEN TERAKHIR"}}
	year, _, _ := period.Parts()
	for i, code := range surveyed() {
		row := []string{unitName(code), demoService, fmt.Sprintf("Semester II %d", year), fmt.Sprint(respondents(i))}
		for u := range satisfaction.Count {
			mean := surveyMean(i, u, 2)
			row = append(row, fmt.Sprintf("%d,%02d", mean/100, mean%100))
		}
		rows = append(rows, append(row, "tidak dibaca"))
	}
	var b bytes.Buffer
	err := sheet.Write(&b, "Survei", rows)
	return b.Bytes(), err
}

// unitName is what a unit of the demo is called.
func unitName(code string) string {
	for _, u := range demoUnits() {
		if u.code == code {
			return u.name
		}
	}
	return ""
}

// unitID finds a unit of the demo by its short code.
func unitID(ctx context.Context, tx *storage.Tx, code string) (int64, error) {
	name := unitName(code)
	return tx.PutUnit(ctx, register.UnitKey(name), name)
}
