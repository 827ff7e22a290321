package demand

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/report"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

func calendarDesk(t *testing.T) *desk {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	place := time.FixedZone("WIB", 7*60*60)
	now := time.Date(2027, 1, 11, 8, 0, 0, 0, place)
	return at(&feature.Desk{Cfg: feature.Config{Text: cat, Location: place, Now: func() time.Time { return now }}})
}

// Over all pictures of a year every batch stands in the month of its first day, once and in
// order, and every month is there, also where nothing is held.
func TestYearChartHoldsEveryBatchAndMonth(t *testing.T) {
	p, r := calendarDesk(t), rand.New(rand.NewPCG(4, 19))
	for _, n := range []int{1, 12, 13, 30, 36} {
		var list []training.Batch
		for i := range n {
			b := training.Batch{Name: fmt.Sprint("Angkatan ", i), Seats: 10 + i, State: training.Planned}
			if i < n-n/10 {
				b.First = time.Date(2027, 1, 1+r.IntN(365), 8, 0, 0, 0, p.Cfg.Location)
				b.Last = b.First.AddDate(0, 0, r.IntN(10)).Add(7 * time.Hour)
			}
			list = append(list, b)
		}
		slices.SortStableFunc(list, func(a, b training.Batch) int {
			if a.First.IsZero() != b.First.IsZero() {
				return map[bool]int{true: 1, false: -1}[a.First.IsZero()]
			}
			return a.First.Compare(b.First)
		})
		var names, months, want []string
		pages := slices.Collect(slices.Chunk(list, batchesShown))
		for k := range pages {
			c := p.yearChart(2027, pages, k, text.Args{"tahun": "2027", "angkatan": n, "tempat": 0, "k": k + 1, "jumlah": len(pages)})
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, m := range c.Months {
				if len(months) == 0 || months[len(months)-1] != m.Name {
					months = append(months, m.Name)
				}
				for _, e := range m.Events {
					names = append(names, e.Name+" "+m.Name)
				}
			}
		}
		for _, b := range list {
			month := "Belum berjadwal"
			if !b.First.IsZero() {
				month = p.month(b.First.Month())
			}
			want = append(want, b.Name+" "+month)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%d batches: the pictures hold %q, want %q", n, names, want)
		}
		if len(months) < 12 || months[0] != "Januari" || months[11] != "Desember" || !slices.Equal(months[12:], map[bool][]string{true: {"Belum berjadwal"}, false: {}}[n >= 10]) {
			t.Errorf("%d batches: the months are %q", n, months)
		}
	}
}

// A batch that goes on beyond its month, or its year, has a bar up to the last day.
func TestYearChartBeyondTheMonth(t *testing.T) {
	p := calendarDesk(t)
	day := func(year int, m time.Month, d int) time.Time {
		return time.Date(year, m, d, 9, 0, 0, 0, p.Cfg.Location)
	}
	for _, tt := range []struct {
		first, last time.Time
		want        report.YearEvent
	}{
		{day(2027, 4, 13), day(2027, 4, 13), report.YearEvent{Text: "13 April; 40 tempat", From: 13, To: 13}},
		{day(2027, 4, 13), day(2027, 4, 15), report.YearEvent{Text: "13-15 April; 40 tempat", From: 13, To: 15}},
		{day(2027, 4, 28), day(2027, 5, 4), report.YearEvent{Text: "28 April sampai 4 Mei; 40 tempat", From: 28, To: 30}},
		{day(2027, 12, 30), day(2028, 1, 2), report.YearEvent{Text: "30 Desember sampai 2 Januari; 40 tempat", From: 30, To: 31}},
		{day(2028, 2, 20), day(2029, 2, 25), report.YearEvent{Text: "20 Februari sampai 25 Februari; 40 tempat", From: 20, To: 29}},
	} {
		got := p.yearMonth(tt.first.Year(), tt.first.Month(), []training.Batch{{Seats: 40, State: training.Planned, First: tt.first, Last: tt.last}}).Events[0]
		if got != tt.want {
			t.Errorf("%s to %s: %+v, want %+v", tt.first, tt.last, got, tt.want)
		}
	}
}
