package planning

import (
	"slices"
	"testing"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/training"
)

// A plan like a batch asks for its first day alone. Its registration keeps its distance from
// that day until somebody says when it ends.
func TestPlanLikeABatch(t *testing.T) {
	p := testDesk(t)
	p.Cfg.Location = time.UTC
	day := func(month time.Month, n int) time.Time { return time.Date(2027, month, n, 0, 0, 0, 0, time.UTC) }
	p.Cfg.Now = func() time.Time { return day(1, 15) }
	session := func(n int) training.Session {
		return training.Session{Starts: day(3, n).Add(8 * time.Hour), Ends: day(3, n).Add(15 * time.Hour), Place: "Aula", Trainers: []string{"Sri"}}
	}
	b := training.Batch{ID: 7, Revision: 3, Seats: 25, Letter: "800/1", Contact: "Maya", Quotas: []training.Quota{{Unit: 1, Seats: 2}},
		Opens: day(2, 1), Closes: day(2, 24), PermissionUntil: day(2, 27), Sessions: []training.Session{session(2), session(3)}}
	s := p.planLike(b)
	s.now, s.programme = day(1, 15).Add(9*time.Hour), training.Programme{WayIn: training.InOrder} // a Friday
	s.calendar = outreach.NewCalendar(outreach.ShippedFacts(time.UTC, nil), outreach.DefaultRules().Hours)
	if s.Batch != 0 || s.Revision != 0 || s.Letter != "" || s.Quotas != nil || s.Kept != nil || !s.First.IsZero() || !s.Closes.IsZero() {
		t.Errorf("the plan takes over what is of the batch alone: %+v", s)
	}
	if s.Place != "Aula" || s.Seats != 25 || s.From != outreach.At(8, 0) || s.To != outreach.At(15, 0) || s.Contact != "Maya" || !slices.Equal(s.Trainers, []string{"Sri"}) {
		t.Errorf("the plan has lost what stays: %+v", s)
	}
	answer := func(key, value string) {
		t.Helper()
		fields := batchFields()
		f := fields[slices.IndexFunc(fields, func(f field[plan]) bool { return f.key == key })]
		if err := f.answer(p, &s, value, true); err != nil {
			t.Fatalf("%s: %v", value, err)
		}
	}
	dates := func(last, opens, closes, permit time.Time) {
		t.Helper()
		for i, d := range [][2]time.Time{{s.Last, last}, {s.Opens, opens}, {s.Closes, closes}, {s.Permission, permit}} {
			if !d[0].Equal(d[1]) {
				t.Errorf("date %d is %s, want %s", i, d[0], d[1])
			}
		}
	}
	answer(firstKey, "14-4-2027")
	dates(day(4, 15), day(1, 18), day(4, 8), day(4, 10)) // the last day of permissions would have been a Saturday
	answer(firstKey, "21-4-2027")
	dates(day(4, 22), day(1, 18), day(4, 15), day(4, 17))
	answer(closesKey, "10-4-2027") // the last day
	answer(firstKey, "28-4-2027")
	dates(day(4, 29), day(1, 18), day(4, 11), day(4, 17))
	if problem := s.problem(); problem != "" {
		t.Errorf("the plan cannot be stored: %s", problem)
	}
}

// Of a programme without a batch before, what has to be known is asked.
func TestPlanWithoutABatchBefore(t *testing.T) {
	known := unasked()
	var asked []string
	for _, f := range batchFields() {
		if !slices.Contains(known, f.key) {
			asked = append(asked, f.key)
		}
	}
	if want := []string{"awal", "jam", "lokasi", "biaya", "jalan", "kontak"}; !slices.Equal(asked, want) {
		t.Errorf("asked are %v, want %v", asked, want)
	}
}

func TestNeedLine(t *testing.T) {
	p := testDesk(t)
	for _, tt := range []struct {
		of   *need
		want string
	}{
		{nil, ""}, {&need{Name: "Integritas"}, ""}, {&need{Name: "Integritas", N: 9, To: 9}, ""},
		{&need{Name: "Integritas", N: 52, From: 30, To: 34}, "Kebutuhan Integritas: 30-34 dari 52 pegawai yang dihitung di bawah tingkat yang diperlukan jabatannya."},
		{&need{Name: "Integritas", N: 52, From: 31, To: 31}, "Kebutuhan Integritas: 31 dari 52 pegawai yang dihitung di bawah tingkat yang diperlukan jabatannya."},
		{&need{Name: "Integritas", N: 52, To: 4}, "Kebutuhan Integritas: paling banyak 4 dari 52 pegawai yang dihitung di bawah tingkat yang diperlukan jabatannya."},
	} {
		if got := p.needLine(tt.of); got != tt.want {
			t.Errorf("%+v is told as %q, want %q", tt.of, got, tt.want)
		}
	}
}
