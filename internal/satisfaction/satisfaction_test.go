package satisfaction

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// respondents adds up answer sheets, each a digit for every element.
func respondents(sheets ...string) (all [Count]Answers) {
	for _, sheet := range sheets {
		for i, digit := range sheet {
			all[i] = all[i].Add(Answers{Sum: int64(digit-'0') * Scale, N: 1})
		}
	}
	return all
}

// sums are the answers of so many respondents with these sums.
func sums(n int64, of ...int64) (all []Answers) {
	for _, s := range of {
		all = append(all, Answers{Sum: s * Scale, N: n})
	}
	return all
}

// fiveRespondents are sums of another five, with the same total.
var fiveRespondents = []int64{17, 15, 14, 20, 16, 17, 18, 14, 18}

// The index of published examples, to the printed digit, by each weight in use.
func TestIndex(t *testing.T) {
	first := respondents("333433433", "434434334", "433332333", "433323324", "443444434")
	second := sums(29, 105, 101, 100, 116, 102, 105, 106, 105, 115)
	for _, c := range []struct {
		name    string
		answers []Answers
		weight  Weight
		index   Centi
		band    Band
	}{
		{"five respondents", first[:], Exact, 8278, BandB}, {"0.11", first[:], Hundredth, 8195, BandB}, {"0.111", first[:], Thousandth, 8270, BandB},
		{"29 respondents", second, Exact, 9148, BandA}, {"29 with 0.11", second, Hundredth, 9056, BandA},
		{"all 4", sums(3, 12, 12, 12, 12, 12, 12, 12, 12, 12), Exact, 10000, BandA}, {"all 4 with 0.11", sums(1, 4, 4, 4, 4, 4, 4, 4, 4, 4), Hundredth, 9900, BandA},
		{"all 4 with 0.111", sums(1, 4, 4, 4, 4, 4, 4, 4, 4, 4), Thousandth, 9990, BandA}, {"all 1", sums(7, 7, 7, 7, 7, 7, 7, 7, 7, 7), Exact, 2500, BandD},
		{"two elements", sums(2, 5, 6), Exact, 6875, BandC},
	} {
		index, ok := IndexBy(c.weight, c.answers)
		if !ok || index != c.index || BandOf(index) != c.band {
			t.Errorf("%s: %d %s, want %d %s", c.name, index, BandOf(index), c.index, c.band)
		}
	}
	means := sums(5, fiveRespondents...)
	if index, _ := Index(means); index != 8278 {
		t.Errorf("five respondents by their sums: %d", index)
	}
	if got := [...]Centi{means[0].Mean(), means[2].Mean(), means[3].Mean(), means[7].Mean()}; got != [...]Centi{340, 280, 400, 280} {
		t.Errorf("means %v", got)
	}
	for _, none := range [][]Answers{nil, {}, append(sums(5, 17), Answers{})} {
		if index, ok := Index(none); ok {
			t.Errorf("%v has the index %d", none, index)
		}
	}
}

// The bounds of the bands are met after rounding half upwards, which 64-bit floating-point
// numbers get wrong: 64.995 is C.
func TestBands(t *testing.T) {
	for thousandths, want := range map[int64]Band{64_994: BandD, 64_995: BandC, 76_604: BandC, 76_605: BandB, 88_304: BandB, 88_305: BandA, 100_000: BandA, 25_000: BandD} {
		// One element of a single respondent with the mean thousandths/25000.
		one := []Answers{{Sum: thousandths * Scale / 25_000, N: 1}}
		if thousandths*Scale%25_000 != 0 {
			one = []Answers{{Sum: thousandths * Scale, N: 25_000}}
		}
		index, _ := Index(one)
		if got := BandOf(index); got != want {
			t.Errorf("%d/1000 is %d: %s, want %s", thousandths, index, got, want)
		}
	}
	if halfUp(big.NewRat(12999, 2)) != 6500 || halfUp(big.NewRat(64_994, 10)) != 6499 {
		t.Error("a half is not rounded upwards")
	}
}

// The printed formula for tables without gaps gives the same as the fractions.
func TestIndexFormula(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 6))
	for range 2000 {
		n, x := 1+r.Int64N(400), 1+r.Int64N(Count)
		var all []Answers
		var sum int64
		for range x {
			s := n + r.Int64N(3*n+1)
			all, sum = append(all, Answers{s * Scale, n}), sum+s
		}
		want := (5000*sum + n*x) / (2 * n * x)
		if got, _ := Index(all); int64(got) != want {
			t.Fatalf("%v: %d, by the formula %d", all, got, want)
		}
	}
}

func TestFits(t *testing.T) {
	a := respondents("333433433", "434434334", "433332333", "433323324", "443444434")
	for _, c := range []struct {
		published Centi
		among     Weight
		slack     Centi
		weight    Weight
		ok        bool
	}{
		{8278, "", 1, Exact, true}, {8277, "", 1, Exact, true}, {8195, "", 1, Hundredth, true}, {8270, "", 1, Thousandth, true}, {8269, "", 1, Thousandth, true},
		{8300, "", 1, "", false}, {8195, Exact, 1, "", false}, {8275, "", 13, Exact, true}, {8273, "", 13, Thousandth, true}, {8260, Hundredth, 13, "", false},
	} {
		if w, ok := Fits(c.published, c.among, a[:], c.slack); w != c.weight || ok != c.ok {
			t.Errorf("%d among %q: %q %v, want %q %v", c.published, c.among, w, ok, c.weight, c.ok)
		}
	}
}

func TestLowest(t *testing.T) {
	s := Survey{Answers: [Count]Answers(sums(5, fiveRespondents...))}
	if got := s.Lowest(); !slices.Equal(got, []Element{Duration, Facilities, Procedure}) {
		t.Errorf("lowest %v", got)
	}
	if s.Figure("") != 8278 || s.Figure(Duration) != 7000 || s.Figure("none") != 8278 {
		t.Errorf("figures %d %d", s.Figure(""), s.Figure(Duration))
	}
}

// A trend is that of exact indexes, whatever was published by which weight.
func TestTrend(t *testing.T) {
	of := func(key string, published Centi, w Weight, sheet string) Survey {
		p, ok := PeriodOf(key)
		if !ok {
			t.Fatal(key)
		}
		return Survey{Period: p, Published: published, Weight: w, Answers: respondents(sheet)}
	}
	got := Trend([]Survey{of("2027", 7425, Hundredth, "333333333"), of("2026-S1", 5000, Exact, "222222222"), of("2026-S2", 7500, Exact, "333333333")})
	want := []struct {
		key    string
		change Centi
		any    bool
	}{{"2026-S1", 0, false}, {"2026-S2", 2500, true}, {"2027", 0, true}}
	for i, w := range want {
		if s := got[i]; s.Period.Key != w.key || s.Change != w.change || s.Changed != w.any {
			t.Errorf("%d: %s %d %v, want %+v", i, s.Period.Key, s.Change, s.Changed, w)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]string{"2026": "2026", " Tahun  2026": "2026", "Semester I 2026": "2026-S1", "semester 2 tahun 2026": "2026-S2", "SEMESTER II, 2026": "2026-S2",
		"Triwulan IV 2026": "2026-T4", "TW 3 2026": "2026-T3", "tw3 2026": "2026-T3", "Maret 2026": "2026-M03", "bulan desember 2026": "2026-M12", "Bulan 3 2026": "2026-M03", "2026-S1": "2026-S1", "2026-m03": "2026-M03",
		"Periode Semester 1 2026": "2026-S1",
		"Semester III 2026":       "", "Triwulan 5 2026": "", "Semester 0 2026": "", "1999": "", "semester 2026": "", "I 2026": "", "1 2026": "", "Maretto 2026": "", "semester maret 2026": "", "": "", "2026-S3": "", "2026-M3": "", "kemarin": ""} {
		if got, ok := ParsePeriod(text); got.Key != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, got.Key, ok, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	day := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ key, from, to, next, year string }{
		{"2026", "2026-01-01", "2026-12-31", "2027", "2027"}, {"2026-S2", "2026-07-01", "2026-12-31", "2027-S1", "2027-S2"},
		{"2026-T1", "2026-01-01", "2026-03-31", "2026-T2", "2027-T1"}, {"2028-M02", "2028-02-01", "2028-02-29", "2028-M03", "2029-M02"}, {"2026-M12", "2026-12-01", "2026-12-31", "2027-M01", "2027-M12"},
	} {
		p, ok := PeriodOf(c.key)
		if !ok || !p.From.Equal(day(c.from)) || !p.To.Equal(day(c.to)) || p.Next().Key != c.next || p.NextYear().Key != c.year {
			t.Errorf("%s: %+v, next %s, next year %s", c.key, p, p.Next().Key, p.NextYear().Key)
		}
		if !p.Before(p.Next()) || p.Before(p) {
			t.Errorf("%s does not lie before the next", c.key)
		}
	}
}
