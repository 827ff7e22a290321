package competency

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var nine = []string{"M.04", "M.02", "M.03", "M.05", "M.06", "M.07", "M.08", "SK.01", "M.01"}

func scores(levels ...Hundredths) []Score {
	var s []Score
	for i, l := range levels {
		s = append(s, Score{Code: nine[i], Level: l})
	}
	return s
}

func uniform(l Level) map[string]Level {
	m := map[string]Level{}
	for _, c := range nine {
		m[c] = l
	}
	return m
}

func codes(rows []Row) []string {
	var s []string
	for _, r := range rows {
		s = append(s, r.Code)
	}
	return s
}

func gaps(p Profile) []Hundredths {
	var g []Hundredths
	for _, r := range p.Rows {
		g = append(g, r.Gap)
	}
	return g
}

// TestWorkedExample is a Pengawas (standard 2) with mixed levels.
func TestWorkedExample(t *testing.T) {
	p := NewProfile(scores(200, 200, 160, 200, 300, 100, 180, 200, 200), uniform(2))
	if diff := cmp.Diff([]Hundredths{0, 0, -40, 0, 100, -100, -20, 0, 0}, gaps(p)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	bands := map[string]int{}
	for _, r := range p.Rows {
		bands[BandGap(r.Gap, GapBands())]++
	}
	if diff := cmp.Diff(map[string]int{"Memenuhi": 6, "Rendah": 3}, bands); diff != "" {
		t.Errorf("bands (-want +got):\n%s", diff)
	}
	percent, ok := p.JPM()
	if !ok || percent != 9111 || percent.String() != "91,11" || BandJPM(percent, JPMBands()) != "Optimal" {
		t.Errorf("JPM() = %v, %v, %s, want 91,11 Optimal", percent, ok, BandJPM(percent, JPMBands()))
	}
	if percent, ok := p.JPMUncapped(); !ok || percent != 9667 {
		t.Errorf("JPMUncapped() = %v, %v, want 96,67", percent, ok)
	}
	if diff := cmp.Diff([]string{"M.06", "M.04", "M.02"}, codes(p.Strengths)); diff != "" {
		t.Errorf("strengths (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"M.07", "M.03", "M.08"}, codes(p.Areas)); diff != "" {
		t.Errorf("areas (-want +got):\n%s", diff)
	}
}

func TestBelum(t *testing.T) {
	p := NewProfile(scores(100, 100, 0, 100, 100, 100, 100, 100, 100), uniform(1))
	percent, ok := p.JPM()
	if !ok || percent != 8889 || BandJPM(percent, JPMBands()) != "Cukup Optimal" {
		t.Errorf("eight 1 and one 0: JPM() = %v, %v, want 88,89 Cukup Optimal", percent, ok)
	}
	if diff := cmp.Diff([]string{"M.03"}, codes(p.Areas)); diff != "" {
		t.Errorf("areas (-want +got):\n%s", diff)
	}
	lki := Weighted(0, 1, DefaultWeights())
	gap := Gap(lki, 1)
	if lki != 25 || gap != -75 || BandGap(gap, GapBands()) != "Rendah" {
		t.Errorf("supervisor 0, self 1: LKI %v, gap %v, band %s, want 0,25, -0,75, Rendah", lki, gap, BandGap(gap, GapBands()))
	}
}

func TestProfileOrder(t *testing.T) {
	tests := []struct {
		name           string
		scores         []Score
		standard       map[string]Level
		wantStrengths  []string
		wantAreas      []string
		wantSkipped    int
		wantComparable int
	}{
		{"no standard at all", scores(300, 0), nil, nil, nil, 0, 0},
		{"a standard of 0 or 6 is none", scores(300, 0), map[string]Level{"M.04": 0, "M.02": 6}, nil, nil, 0, 0},
		{
			"same gap: higher level first, then the order of asking",
			scores(200, 300, 300, 200), map[string]Level{"M.04": 2, "M.02": 3, "M.03": 3, "M.05": 2},
			[]string{"M.02", "M.03", "M.04"}, nil, 0, 4,
		},
		{
			"all areas are named; those with the same gap keep the order of asking, not the level",
			scores(100, 300, 0, 200, 100), map[string]Level{"M.04": 2, "M.02": 4, "M.03": 2, "M.05": 3, "M.06": 2},
			nil, []string{"M.03", "M.04", "M.02", "M.05", "M.06"}, 0, 5,
		},
		{
			"skipped has no level and is no area",
			[]Score{{Code: "T.LD", Skipped: true}, {Code: "T.PD", Level: 100}, {Code: "T.MP", Level: 200}},
			map[string]Level{"T.LD": 2, "T.PD": 2, "T.MP": 2},
			[]string{"T.MP"}, []string{"T.PD"}, 1, 2,
		},
	}
	for _, tt := range tests {
		p := NewProfile(tt.scores, tt.standard)
		compared := 0
		for _, r := range p.Rows {
			if r.Compared {
				compared++
			}
		}
		if !cmp.Equal(codes(p.Strengths), tt.wantStrengths) || !cmp.Equal(codes(p.Areas), tt.wantAreas) {
			t.Errorf("%s: strengths %v, areas %v, want %v, %v", tt.name, codes(p.Strengths), codes(p.Areas), tt.wantStrengths, tt.wantAreas)
		}
		if p.Skipped != tt.wantSkipped || compared != tt.wantComparable {
			t.Errorf("%s: skipped %d, compared %d, want %d, %d", tt.name, p.Skipped, compared, tt.wantSkipped, tt.wantComparable)
		}
		if _, ok := p.JPM(); ok != (tt.wantComparable > 0) {
			t.Errorf("%s: JPM() ok = %v with %d compared rows", tt.name, ok, tt.wantComparable)
		}
	}
}

func TestBands(t *testing.T) {
	tests := []struct {
		value Hundredths
		bands []Band
		want  string
	}{
		{10000, JPMBands(), "Optimal"}, {9000, JPMBands(), "Optimal"}, {8999, JPMBands(), "Cukup Optimal"},
		{7800, JPMBands(), "Cukup Optimal"}, {7799, JPMBands(), "Kurang Optimal"}, {0, JPMBands(), "Kurang Optimal"},
		{100, GapBands(), "Memenuhi"}, {0, GapBands(), "Memenuhi"}, {-1, GapBands(), "Rendah"},
		{-100, GapBands(), "Rendah"}, {-101, GapBands(), "Sedang"}, {-200, GapBands(), "Sedang"},
		{-201, GapBands(), "Tinggi"}, {-500, GapBands(), "Tinggi"}, {-501, GapBands(), ""}, {5, nil, ""},
		{50, []Band{{Name: "low", From: 0}, {Name: "high", From: 40}}, "high"},
	}
	for _, tt := range tests {
		if got := band(tt.value, tt.bands); got != tt.want {
			t.Errorf("band(%v, %v) = %q, want %q", tt.value, tt.bands, got, tt.want)
		}
	}
}

func TestWeightedAndDialogue(t *testing.T) {
	tests := []struct {
		supervisor, self Level
		weights          Weights
		want             Hundredths
		wantDialogue     bool
	}{
		{0, 1, DefaultWeights(), 25, false}, {2, 1, DefaultWeights(), 175, false}, {5, 5, DefaultWeights(), 500, false},
		{0, 0, DefaultWeights(), 0, false}, {4, 2, DefaultWeights(), 350, true}, {2, 4, DefaultWeights(), 250, true},
		{3, 4, Weights{1, 1}, 350, false}, {1, 0, Weights{2, 1}, 67, false}, {0, 5, Weights{1, 0}, 0, true},
		{2, 1, Weights{}, 175, false}, {2, 1, Weights{-1, 2}, 175, false},
	}
	for _, tt := range tests {
		if got := Weighted(tt.supervisor, tt.self, tt.weights); got != tt.want {
			t.Errorf("Weighted(%d, %d, %v) = %v, want %v", tt.supervisor, tt.self, tt.weights, got, tt.want)
		}
		if got := Dialogue(tt.supervisor, tt.self); got != tt.wantDialogue {
			t.Errorf("Dialogue(%d, %d) = %v, want %v", tt.supervisor, tt.self, got, tt.wantDialogue)
		}
	}
	if (Weights{}).Validate() == nil || (Weights{Supervisor: -1, Self: 2}).Validate() == nil || DefaultWeights().Validate() != nil {
		t.Error("Weights.Validate accepts nonsense or refuses the default")
	}
}

func TestLevelAndHundredthsText(t *testing.T) {
	for h, want := range map[Hundredths]string{0: "0", 160: "1,6", -40: "-0,4", -105: "-1,05", 10000: "100", 7: "0,07"} {
		if got := h.String(); got != want {
			t.Errorf("Hundredths(%d).String() = %q, want %q", int(h), got, want)
		}
	}
	for l, want := range map[Level]string{-1: "", 0: "Belum", 1: "Paham", 5: "Ahli", 6: ""} {
		if got := l.Name(); got != want {
			t.Errorf("Level(%d).Name() = %q, want %q", int(l), got, want)
		}
	}
}

func TestSeed(t *testing.T) {
	levels := map[string]int{}
	unconfirmed := map[string]bool{}
	for _, c := range Classes() {
		levels[c.Code] = c.RequiredLevel
		if !c.Confirmed {
			unconfirmed[c.Code] = true
		}
		if c.Source == "" || c.Name == "" {
			t.Errorf("class %s has no name or source", c.Code)
		}
	}
	wantLevels := map[string]int{
		"JPT_PRATAMA": 4, "ADMINISTRATOR": 3, "PENGAWAS": 2, "PELAKSANA": 1, "JF_UTAMA": 5, "JF_MADYA": 4,
		"JF_MUDA": 3, "JF_PERTAMA": 2, "JF_PENYELIA": 3, "JF_MAHIR": 2, "JF_TERAMPIL": 2, "JF_PEMULA": 1,
	}
	if diff := cmp.Diff(wantLevels, levels); diff != "" {
		t.Errorf("levels of the classes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"JF_PENYELIA": true, "JF_MAHIR": true, "JF_TERAMPIL": true}, unconfirmed); diff != "" {
		t.Errorf("unconfirmed classes (-want +got):\n%s", diff)
	}
	technical := map[string]int{}
	for _, l := range TechnicalLevels() {
		technical[l.Class] = l.Level
		if _, known := levels[l.Class]; !known {
			t.Errorf("technical level of the unknown class %s", l.Class)
		}
	}
	wantTechnical := map[string]int{
		"PELAKSANA": 2, "JF_PERTAMA": 2, "JF_MUDA": 3, "JF_MADYA": 4, "PENGAWAS": 2, "ADMINISTRATOR": 3, "JPT_PRATAMA": 3,
	}
	if diff := cmp.Diff(wantTechnical, technical); diff != "" {
		t.Errorf("technical levels (-want +got):\n%s", diff)
	}
	seen := map[string]bool{}
	for _, c := range append(Managerial(), Technical()...) {
		if seen[c.Code] || c.Name == "" || c.Definition == "" {
			t.Errorf("competency %s is doubled or incomplete", c.Code)
		}
		seen[c.Code] = true
	}
	if len(Managerial()) != 9 || len(Technical()) != 8 {
		t.Errorf("%d managerial and %d technical, want 9 and 8", len(Managerial()), len(Technical()))
	}
}

// TestProfileProperties promises, for any scores and standards: the capped
// JPM is between 0 and 100 and never above the uncapped one, strengths and
// areas share nothing and are the extremes, and the order of the scores
// changes neither JPM nor which gaps are named.
func TestProfileProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		standard := map[string]Level{}
		var in []Score
		for _, c := range nine[:rapid.IntRange(0, 9).Draw(t, "n")] {
			in = append(in, Score{
				Code: c, Level: Hundredths(rapid.IntRange(0, 500).Draw(t, "level")), Skipped: rapid.Bool().Draw(t, "skipped"),
			})
			standard[c] = Level(rapid.IntRange(0, 5).Draw(t, "standard"))
		}
		p := NewProfile(in, standard)
		capped, ok := p.JPM()
		uncapped, okToo := p.JPMUncapped()
		if capped < 0 || capped > 10000 || capped > uncapped || ok != okToo {
			t.Fatalf("JPM %v %v, uncapped %v %v", capped, ok, uncapped, okToo)
		}
		if ok && (capped == 10000) != (len(p.Areas) == 0) {
			t.Fatalf("JPM %v with %d areas, want 100,00 exactly when there is none", capped, len(p.Areas))
		}
		named := map[string]bool{}
		for _, r := range append(append([]Row{}, p.Strengths...), p.Areas...) {
			if named[r.Code] || r.Skipped || !r.Compared {
				t.Fatalf("%s is named twice or has no gap", r.Code)
			}
			named[r.Code] = true
		}
		checkExtremes(t, p)

		shuffled := NewProfile(rapid.Permutation(in).Draw(t, "shuffled"), standard)
		if again, _ := shuffled.JPM(); again != capped {
			t.Fatalf("JPM %v in another order, was %v", again, capped)
		}
		if diff := cmp.Diff(gapsOf(p.Strengths, p.Areas), gapsOf(shuffled.Strengths, shuffled.Areas)); diff != "" {
			t.Fatalf("gaps in another order:\n%s", diff)
		}
	})
}

func gapsOf(lists ...[]Row) (g []Hundredths) {
	for _, rows := range lists {
		for _, r := range rows {
			g = append(g, r.Gap)
		}
	}
	return g
}

// checkExtremes: a strength that is not named has no better claim than the first
// named, and every area is named.
func checkExtremes(t *rapid.T, p Profile) {
	met, needs := 0, 0
	for _, r := range p.Rows {
		if !r.Compared {
			continue
		}
		if r.Gap >= 0 {
			met++
			if n := len(p.Strengths); n == TopCount && r.Gap > p.Strengths[0].Gap {
				t.Fatalf("%s has a larger gap than the first strength", r.Code)
			}
		} else {
			needs++
			if len(p.Areas) == 0 {
				t.Fatalf("%s is below the standard and no area is named", r.Code)
			}
			if r.Gap < p.Areas[0].Gap {
				t.Fatalf("%s has a more negative gap than the first area", r.Code)
			}
		}
	}
	if len(p.Strengths) != min(met, TopCount) || len(p.Areas) != needs {
		t.Fatalf("%d strengths of %d, %d areas of %d", len(p.Strengths), met, len(p.Areas), needs)
	}
}

// TestWeightedProperties promises that the mean lies between both views.
func TestWeightedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Map(rapid.IntRange(0, 5), func(n int) Level { return Level(n) })
		a, b := level.Draw(t, "supervisor"), level.Draw(t, "self")
		w := Weights{rapid.IntRange(0, 10000).Draw(t, "ws"), rapid.IntRange(0, 10000).Draw(t, "wf")}
		got := Weighted(a, b, w)
		if got < min(a, b).Hundredths() || got > max(a, b).Hundredths() {
			t.Fatalf("Weighted(%d, %d, %v) = %v", a, b, w, got)
		}
		if Dialogue(a, b) != Dialogue(b, a) {
			t.Fatalf("Dialogue(%d, %d) is not symmetric", a, b)
		}
	})
}
