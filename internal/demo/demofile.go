package demo

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bangkom/internal/sheet"
)

// demoSample is where the page offers a register as agencies export it.
const demoSample = "/contoh/data-pegawai.xlsx"

// demoFile is the sample register once more, as an export that needs mending:
// title rows, a total, a moved person, a new one, one who has retired, and four
// rows that must be refused.
func demoFile(people []demoPerson, now time.Time) ([]byte, error) {
	names := map[string]string{}
	for _, u := range demoUnits() {
		names[u.code] = u.name
	}
	rows := [][]string{{"DAFTAR PEGAWAI " + strings.ToUpper(demoShortName)}, {fmt.Sprintf("Keadaan %s", now.Format("02-01-2006"))}, {},
		{"NO", "NIP", "NAMA", "JABATAN", "UNIT KERJA", "NIP ATASAN", "NO HP", "KEDUDUKAN HUKUM"}}
	last := 0 // index of the last person of a unit whose team nobody plays: this person leaves
	for i, p := range people {
		if p.unit == "SMP" {
			last = i
		}
	}
	for i, p := range people {
		boss := ""
		if p.boss >= 0 {
			boss = people[p.boss].NIP.Reveal()
		}
		row := []string{fmt.Sprint(i + 1), p.NIP.Reveal(), p.Name, p.PositionTitle, names[p.unit], boss, "", ""}
		switch i {
		case 5:
			row[1] = "1.98703E+17" // what Excel makes of a number
		case 12:
			row[1] = row[1][:17]
		case 20:
			row[2] = ""
		case 30:
			row[1] = row[1][:15] + "000"
		case last:
			row[7] = "Pensiun"
		case last - 2:
			row[4] = "Kec. Muara Indah" // moved
		}
		rows = append(rows, row)
	}
	rows = append(rows, []string{fmt.Sprint(len(people) + 1), "199503142023211901", "BUDI CONTOH, S.Ars.", "Arsiparis Ahli Pertama",
		"Dinas Perpustakaan dan Arsip", "", "0812 3450 0999", ""}, []string{"", "", "JUMLAH", fmt.Sprint(len(people) + 1)})
	var b bytes.Buffer
	err := sheet.Write(&b, "Data", rows)
	return b.Bytes(), err
}

// demoSamples are the files that the page offers.
func demoSamples(people []demoPerson, now time.Time) (map[string][]byte, error) {
	employees, err := demoFile(people, now)
	if err != nil {
		return nil, err
	}
	survey, err := surveyFile(now)
	if err != nil {
		return nil, err
	}
	offers, err := offersFile(now)
	return map[string][]byte{demoSample: employees, demoSurvey: survey, demoOffers: offers}, err
}

// serveSample sends a spreadsheet under its name.
func serveSample(w http.ResponseWriter, path string, body []byte) {
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", strings.TrimPrefix(path, "/contoh/")))
	_, _ = w.Write(body)
}
