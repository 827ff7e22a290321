package competency

import (
	"cmp"
	"slices"
)

// TopCount is how many strengths a profile names. Areas to develop are named all:
// whoever reads three of five takes the others for met.
const TopCount = 3

// Score is the level that a person shows in one competency.
type Score struct {
	Code    string
	Level   Hundredths // without meaning when Skipped
	Skipped bool       // left out on purpose: no level, counted apart
}

// Row is one competency of a profile.
type Row struct {
	Score
	Required Level      // LKJ; 0 = the position has no standard for it
	Gap      Hundredths // only if Compared
	Compared bool       // there is a level and a standard
}

// Profile is the comparison of one person with one standard. It says nothing
// about who rated: a profile of the self-assessment alone must not be shown
// with a JPM or a band, because people would answer for the label.
type Profile struct {
	Rows      []Row // in the order of the scores
	Strengths []Row // at most TopCount with gap >= 0, largest gap first
	Areas     []Row // all with gap < 0, most negative first
	Skipped   int   // how many were left out on purpose
}

// NewProfile compares scores, given in the order of the questionnaire, with
// the standard (competency code to required level). A standard outside 1 to 5
// is none. Strengths with the same gap: the higher level first, then the order
// of the questionnaire; areas with the same gap: the order of the questionnaire.
func NewProfile(scores []Score, standard map[string]Level) Profile {
	p := Profile{Rows: make([]Row, 0, len(scores))}
	for _, s := range scores {
		r := Row{Score: s}
		if required := standard[s.Code]; required.Valid() {
			r.Required = required
		}
		if s.Skipped {
			p.Skipped++
		}
		if r.Required > 0 && !s.Skipped {
			r.Compared = true
			r.Gap = Gap(s.Level, r.Required)
		}
		p.Rows = append(p.Rows, r)
	}
	met := sorted(p.Rows, func(r Row) bool { return r.Gap >= 0 }, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Gap, a.Gap), cmp.Compare(b.Level, a.Level))
	})
	p.Strengths = met[:min(TopCount, len(met))]
	p.Areas = sorted(p.Rows, func(r Row) bool { return r.Gap < 0 }, func(a, b Row) int {
		return cmp.Compare(a.Gap, b.Gap)
	})
	return p
}

// Compared lists the codes that have a level and a standard, in the order of the scores.
func (p Profile) Compared() (codes []string) {
	for _, r := range p.Rows {
		if r.Compared {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// sorted returns the compared rows that keep accepts, sorted stably by order.
func sorted(rows []Row, keep func(Row) bool, order func(a, b Row) int) []Row {
	var kept []Row
	for _, r := range rows {
		if r.Compared && keep(r) {
			kept = append(kept, r)
		}
	}
	slices.SortStableFunc(kept, order)
	return kept
}

// JPM is the job person match: the sum of the shown levels over the sum of
// the required levels in per cent, rounded half up to hundredths. Each level
// is capped at its requirement first, so that a surplus cannot hide a deficit;
// it is therefore at most 100 %. Only compared rows count; ok is false when
// there is none.
func (p Profile) JPM() (percent Hundredths, ok bool) {
	return p.match(func(r Row) Hundredths { return min(r.Level, r.Required.Hundredths()) })
}

// JPMUncapped is JPM without the cap, for the detailed export only.
func (p Profile) JPMUncapped() (percent Hundredths, ok bool) {
	return p.match(func(r Row) Hundredths { return r.Level })
}

func (p Profile) match(counted func(Row) Hundredths) (Hundredths, bool) {
	shown, required := 0, 0
	for _, r := range p.Rows {
		if r.Compared {
			shown += int(counted(r))
			required += int(r.Required.Hundredths())
		}
	}
	if required == 0 {
		return 0, false
	}
	return Hundredths(divideHalfUp(shown*10000, required)), true
}

// Band is a named range that begins at From and ends where the next begins.
type Band struct {
	Name   string
	From   Hundredths // inclusive
	Source string
}

// JPMBands returns the classes of Peraturan BRIN 3/2023 Pasal 33, in per cent.
func JPMBands() []Band {
	const source = "Peraturan BRIN 3/2023 Pasal 33"
	return []Band{
		{"Optimal", 9000, source},
		{"Cukup Optimal", 7800, source},
		{"Kurang Optimal", 0, source},
	}
}

// GapBands returns the bands of one gap, in levels. No official bands for the
// analysis of needs exist; these are a choice of the program. Their names are those
// of the domain and stand in no message: "Rendah" beside somebody's competency reads
// as a verdict on the person, and means that little is missing.
func GapBands() []Band {
	const source = DesignSource
	return []Band{
		{"Memenuhi", 0, source},
		{"Rendah", -100, source},
		{"Sedang", -200, source},
		{"Tinggi", -MaxLevel.Hundredths(), source},
	}
}

// BandJPM returns the name of the band of a per cent figure, judged as it is
// shown, that is rounded to hundredths. It is empty when no band reaches down
// to it. The order of the bands does not matter.
func BandJPM(percent Hundredths, bands []Band) string { return band(percent, bands) }

// BandGap is BandJPM for a gap.
func BandGap(gap Hundredths, bands []Band) string { return band(gap, bands) }

func band(value Hundredths, bands []Band) string {
	var best *Band
	for i, b := range bands {
		if value >= b.From && (best == nil || b.From > best.From) {
			best = &bands[i]
		}
	}
	if best == nil {
		return ""
	}
	return best.Name
}
