package planning

import (
	"strings"
	"testing"

	"bangkom/handlers/feature"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

func TestHours(t *testing.T) {
	for typed, want := range map[string][2]outreach.Clock{
		"08.30-15.30":           {outreach.At(8, 30), outreach.At(15, 30)},
		"8.30-12.00":            {outreach.At(8, 30), outreach.At(12, 0)},
		"08:30 – 12:00":         {outreach.At(8, 30), outreach.At(12, 0)},
		"08.30 sampai 12":       {outreach.At(8, 30), outreach.At(12, 0)},
		"8 s.d. 12":             {outreach.At(8, 0), outreach.At(12, 0)},
		"Pukul 8 s/d 12.15 WIB": {outreach.At(8, 0), outreach.At(12, 15)},
		"jam 8 hingga 12":       {outreach.At(8, 0), outreach.At(12, 0)},
		"12-8":                  {}, "08.30": {}, "8.3-12": {}, "8-24": {}, "8.60-12": {}, "8-8": {}, "pagi": {}, "": {},
	} {
		from, to, ok := hours(typed)
		if ok != (want[1] != 0) || ok && (from != want[0] || to != want[1]) {
			t.Errorf("%q is read as %v to %v (%v), want %v", typed, from, to, ok, want)
		}
	}
}

// testDesk is a desk that only speaks.
func testDesk(t *testing.T) *desk {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return at(&feature.Desk{Cfg: feature.Config{Text: cat}})
}

func TestQuotas(t *testing.T) {
	p := testDesk(t)
	units := []training.Unit{{ID: 1, Name: "Dinas Kesehatan"}, {ID: 2, Name: "Dinas Pendidikan"}, {ID: 3, Name: "Kecamatan Natar"}, {ID: 4, Name: "SMP Negeri 2"}}
	for _, c := range []struct{ typed, want string }{
		{"dinas kesehatan 5", "Dinas Kesehatan (5)"},
		{"Natar: 3", "Kecamatan Natar (3)"},
		{"kesehatan = 5 tempat\nPendidikan 2 orang", "Dinas Kesehatan (5); Dinas Pendidikan (2)"},
		{"SMP Negeri 2 4; natar 1; natar 0", "SMP Negeri 2 (4)"},
		{"kesehatan 5\nkesehatan 6", "Dinas Kesehatan (6)"},
		{"dinas 5", "!"}, {"kesehatan", "!"}, {"Perhubungan 3", "!"}, {"5", "!"}, {"na 5", "!"}, {"natar 99999", "!"},
	} {
		s := plan{units: units}
		err := takeQuota(p, &s, c.typed, true)
		if (err != nil) != (c.want == "!") || err == nil && quotaWords(s.Quotas) != c.want {
			t.Errorf("%q gives %q (%v), want %q", c.typed, quotaWords(s.Quotas), err, c.want)
		}
	}
	s := plan{units: units, Quotas: []training.Quota{{Unit: 1, Name: "Dinas Kesehatan", Seats: 5}}}
	if err := takeQuota(p, &s, enough, false); err != nil || s.More || len(s.Quotas) != 1 {
		t.Errorf("Selesai: %v, %+v", err, s)
	}
	if err := takeQuota(p, &s, free, false); err != nil || s.More || len(s.Quotas) != 0 {
		t.Errorf("Tanpa kuota: %v, %+v", err, s)
	}
}

func TestAims(t *testing.T) {
	p := testDesk(t)
	known := []training.Aim{{Code: "M.01", Name: "Integritas"}, {Code: "M.02", Name: "Kerja Sama"}, {Code: "T-3", Name: "Kerja Sama Daerah"}}
	for _, c := range []struct {
		answers []string // a leading + is a button
		want    string
		more    bool
	}{
		{[]string{"+p-M.01", "+t-3-M.01", "+selesai"}, "Integritas sampai tingkat 3", false},
		{[]string{"+p-M.01", "+t-3-M.01", "+t-3-M.01"}, "Integritas sampai tingkat 3", true}, // the second tap of two
		{[]string{"integ", "2", "+p-T-3", "+t-5-T-3", "selesai"}, "Integritas sampai tingkat 2; Kerja Sama Daerah sampai tingkat 5", false},
		{[]string{"kerja", "+p-M.02", "9", "4"}, "Kerja Sama sampai tingkat 4", true},
		{[]string{"+t-1-M.02", "+x-M.02"}, "", false},
		{[]string{"+t-1-M.99", "+t-9-M.01", "+p", "astronomi"}, "", false},
	} {
		s := draft{known: known}
		for _, a := range c.answers {
			button := a[0] == '+'
			before := s
			if err := takeAim(p, &s, strings.TrimPrefix(a, "+"), !button); err != nil {
				s = before
			}
		}
		if got := p.aimWords(s.Aims); got != c.want || c.want != "" && s.More != c.more {
			t.Errorf("%v gives %q (more %v), want %q (%v)", c.answers, got, s.More, c.want, c.more)
		}
	}
}
