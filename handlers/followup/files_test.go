package followup

import (
	"strings"
	"testing"

	"bangkom/handlers/feature"
	"bangkom/internal/followup"
	"bangkom/internal/text"
)

// sampleGroups are groups of two programmes and partners on two days; one of them is too small
// for its reader, and one shows the ability alone.
func sampleGroups() []followup.Shown {
	full := func(n int, self string) []followup.Cell {
		cells := []followup.Cell{{Item: followup.Ability, N: n, Text: self}, {Item: followup.Seen, N: n, Text: "30"}, {Item: followup.Frequency, N: n, Text: "25"},
			{Item: followup.Frequency, Value: followup.NoChance, N: n, Text: "1/3"}, {Item: followup.Given, Value: followup.NotGiven, N: n, Text: "2/3"}}
		for i, h := range followup.Helps() {
			cells = append(cells, followup.Cell{Item: followup.Help, Value: h, N: n, Text: []string{"0/3", "1/3", "0/3", "0/3", "0/3"}[i]})
		}
		return cells
	}
	return followup.Visible([]followup.Shown{
		{Group: 1, Programme: 1, Title: "Komunikasi <Publik>", Day: 30, Batches: []string{"Komunikasi, angkatan 1"}, Persons: 14, Cells: full(14, "34")},
		{Group: 2, Programme: 1, Title: "Komunikasi <Publik>", Day: 30, Batches: []string{"Komunikasi, angkatan 2"}, Persons: 12, Cells: full(12, "45")},
		{Group: 3, Programme: 2, Title: "Kearsipan", Partner: 7, House: "Universitas Sagara", Day: 30, Batches: []string{"Kearsipan, angkatan 1"}, Persons: 6,
			Cells: []followup.Cell{{Item: followup.Ability, N: 6, Text: "<2"}}},
		{Group: 4, Programme: 3, Title: "Tersembunyi", Day: 30, Batches: []string{"Tersembunyi, angkatan 1"}, Persons: 9, Known: 5, Cells: full(9, "30")},
		{Group: 5, Programme: 1, Title: "Komunikasi <Publik>", Day: 90, Batches: []string{"Komunikasi, angkatan 1"}, Persons: 20, Cells: full(20, "38")},
	})
}

func testDesk(t *testing.T) *desk {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return at(&feature.Desk{Cfg: feature.Config{Text: cat}})
}

// plainText is a message without its marks.
func plainText(body string) string {
	return strings.NewReplacer("<b>", "", "</b>", "", "&lt;", "<", "&gt;", ">").Replace(body)
}

// The spreadsheet and the picture hold what the pages of the chat say, word for word, and
// nothing else.
func TestFilesSayWhatThePagesSay(t *testing.T) {
	p, all, base := testDesk(t), sampleGroups(), map[int64]string{1: "2,9"}
	var pages []string
	read := func(ref int64, value string) string {
		g, err := pageOf(all, base, ref, value)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := p.groupsText(g)
		body = plainText(body)
		pages = append(pages, body)
		for _, row := range p.groupChart(g).Rows {
			word, _, _ := strings.Cut(row.Text, " dari 5")
			if !strings.Contains(body, word) {
				t.Errorf("the picture says %q of %s, the page does not:\n%s", row.Text, row.Name, body)
			}
		}
		if _, err := p.groupChart(g).PNG(); err != nil {
			t.Errorf("the picture of %s: %v", value, err)
		}
		return body
	}
	for _, value := range []string{"30.p", "30.m", "90.p", "90.m"} {
		read(0, value)
	}
	for programme := int64(1); programme <= 2; programme++ {
		read(programme, "30.b")
	}
	read(1, "90.b")
	said := strings.Join(pages, "\n")
	sheets := p.groupPages(all, base)
	cells := 0
	for _, s := range sheets[:3] {
		for _, row := range s.Rows[1:] {
			if len(row) != len(s.Rows[0]) {
				t.Errorf("%s: a row of %d cells below %d headings", s.Name, len(row), len(s.Rows[0]))
			}
			for k, cell := range row[1:] {
				if cell == "" {
					continue
				}
				cells++
				if !strings.Contains(said, cell) {
					t.Errorf("%s: %q (%s) stands on no page", s.Name, cell, s.Rows[0][k+1])
				}
			}
		}
	}
	if cells < 40 {
		t.Errorf("only %d cells were compared", cells)
	}
	if got := len(sheets[0].Rows); got != 1+3+2 { // heading; all, two programmes; all, one
		t.Errorf("%d rows of programmes", got)
	}
	everything := said
	for _, s := range sheets {
		for _, row := range s.Rows {
			everything += strings.Join(row, "|")
		}
	}
	if strings.Contains(everything, "Tersembunyi") {
		t.Error("a group that is too small for its reader is shown")
	}
}
