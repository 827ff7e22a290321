// Package satisfaction is the survey of citizens' satisfaction (Survei Kepuasan
// Masyarakat, SKM, Permenpan RB 14/2017): its nine elements, the index with exact weights,
// its bands, and what a unit should look at first. All of it is computed in integers and
// rounded once, at the end.
package satisfaction

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Element is one of the nine things that citizens are asked about (unsur). It is stored by
// name, because copies of the regulation number the last two differently.
type Element string

// The elements, in the order of the regulation.
const (
	Requirements Element = "requirements" // persyaratan
	Procedure    Element = "procedure"    // sistem, mekanisme, prosedur
	Duration     Element = "duration"     // waktu penyelesaian
	Cost         Element = "cost"         // biaya/tarif
	Product      Element = "product"      // produk spesifikasi jenis pelayanan
	Competence   Element = "competence"   // kompetensi pelaksana
	Conduct      Element = "conduct"      // perilaku pelaksana
	Facilities   Element = "facilities"   // sarana dan prasarana
	Complaints   Element = "complaints"   // penanganan pengaduan, saran, masukan
)

// Count is how many elements there are.
const Count = 9

// Elements lists them in the order of the regulation.
func Elements() [Count]Element {
	return [Count]Element{Requirements, Procedure, Duration, Cost, Product, Competence, Conduct, Facilities, Complaints}
}

// Place is where an element stands among them, from 0; -1 = it is none.
func (e Element) Place() int {
	all := Elements()
	return slices.Index(all[:], e)
}

// Scale is how many parts of an answer's unit a sum counts: means of summaries come with
// decimals.
const Scale = 10_000

// Answers are what was answered about one element: the sum, in parts of Scale, and how
// many people answered.
type Answers struct {
	Sum int64 `db:"total"`
	N   int64 `db:"answers"`
}

// Add adds the answers of others.
func (a Answers) Add(b Answers) Answers { return Answers{a.Sum + b.Sum, a.N + b.N} }

func (a Answers) mean() *big.Rat { return big.NewRat(a.Sum, a.N*Scale) }

// Mean is the mean answer (nilai rata-rata, NRR) in hundredths, from 100 to 400; 0 =
// nobody answered.
func (a Answers) Mean() Centi {
	if a.N == 0 {
		return 0
	}
	return halfUp(new(big.Rat).Mul(a.mean(), big.NewRat(100, 1)))
}

// Converted is the mean answer on the scale of the index.
func (a Answers) Converted() Centi {
	if a.N == 0 {
		return 0
	}
	return halfUp(new(big.Rat).Mul(a.mean(), big.NewRat(2500, 1)))
}

// Centi are hundredths: of the index, which goes from 25.00 to 100.00.
type Centi int64

// Points writes hundredths: 82,78.
func (c Centi) Points() string { return fmt.Sprintf("%d,%02d", c/100, c%100) }

// Signed writes a change: +3,10, -0,40 or 0,00.
func (c Centi) Signed() string {
	switch {
	case c > 0:
		return "+" + c.Points()
	case c < 0:
		return "-" + (-c).Points()
	}
	return Centi(0).Points()
}

// halfUp rounds to a whole number, a half upwards.
func halfUp(r *big.Rat) Centi {
	two := big.NewInt(2)
	n := new(big.Int).Mul(r.Num(), two)
	n.Add(n, r.Denom())
	return Centi(n.Div(n, new(big.Int).Mul(r.Denom(), two)).Int64())
}

// Weight is how a published index weighs each element. Reports use rounded weights, by which
// a perfect score is 99.00 or 99.90, so figures of two weights are never compared.
type Weight string

// The weights that are in use.
const (
	Exact      Weight = "exact" // one by the number of elements
	Hundredth  Weight = "0.11"
	Thousandth Weight = "0.111"
)

// Weights lists them, the exact one first.
func Weights() []Weight { return []Weight{Exact, Hundredth, Thousandth} }

// of is the weight of one of so many elements.
func (w Weight) of(elements int) *big.Rat {
	switch w {
	case Hundredth:
		return big.NewRat(11, 100)
	case Thousandth:
		return big.NewRat(111, 1000)
	}
	return big.NewRat(1, int64(elements))
}

// IndexBy is the index by a weight; ok is false when an element has no answer.
func IndexBy(w Weight, answers []Answers) (index Centi, ok bool) {
	sum := new(big.Rat)
	for _, a := range answers {
		if a.N == 0 {
			return 0, false
		}
		sum.Add(sum, a.mean())
	}
	if len(answers) == 0 {
		return 0, false
	}
	sum.Mul(sum, w.of(len(answers)))
	return halfUp(sum.Mul(sum, big.NewRat(2500, 1))), true
}

// Index is the index by exact weights.
func Index(answers []Answers) (Centi, bool) { return IndexBy(Exact, answers) }

// Fits finds by which weight a published index follows from the answers, to so many
// hundredths; of several the nearest, and only those of among when it names one.
func Fits(published Centi, among Weight, answers []Answers, slack Centi) (w Weight, ok bool) {
	best := slack + 1
	for _, one := range Weights() {
		if among != "" && one != among {
			continue
		}
		index, any := IndexBy(one, answers)
		if far := max(index-published, published-index); any && far < best {
			w, best, ok = one, far, true
		}
	}
	return w, ok
}

// Band is the quality of a service (mutu pelayanan), from A to D.
type Band string

// The bands.
const (
	BandA Band = "A" // sangat baik
	BandB Band = "B" // baik
	BandC Band = "C" // kurang baik
	BandD Band = "D" // tidak baik
)

// BandOf is the band of an index that is rounded to hundredths. The regulation prints
// bounds with holes between them; with this rounding nothing falls into one.
func BandOf(index Centi) Band {
	switch {
	case index >= 8831:
		return BandA
	case index >= 7661:
		return BandB
	case index >= 6500:
		return BandC
	}
	return BandD
}

// Low tells whether a unit of this band should be helped.
func (b Band) Low() bool { return b == BandC || b == BandD }

// LowestShown is how many of the lowest elements are told.
const LowestShown = 3

// Survey is the survey of one unit in one period.
type Survey struct {
	ID          int64
	Unit        int64
	UnitName    string
	Period      Period
	Service     string // jenis layanan, as it is written
	Respondents int
	Published   Centi  // as the unit published it; 0 = it did not say
	Weight      Weight // by which that follows from the answers
	Answers     [Count]Answers
	First       time.Time // when it came in for the first time
}

// Kind is the kind of service in comparable form.
func (s Survey) Kind() string { return strings.ToLower(strings.Join(strings.Fields(s.Service), " ")) }

// Index is the index of the survey.
func (s Survey) Index() Centi {
	index, _ := Index(s.Answers[:])
	return index
}

// Figure is one of the figures that a comparison may be about: the index, or one element.
// "" is the index.
func (s Survey) Figure(of Element) Centi {
	if at := of.Place(); at >= 0 {
		return s.Answers[at].Converted()
	}
	return s.Index()
}

// Lowest are the three lowest elements, the lowest first, of equal ones the earlier.
func (s Survey) Lowest() []Element {
	all := Elements()
	list := all[:]
	slices.SortStableFunc(list, func(a, b Element) int {
		x, y := s.Answers[a.Place()], s.Answers[b.Place()]
		if x.N == 0 || y.N == 0 {
			return cmp.Compare(y.N, x.N)
		}
		return x.mean().Cmp(y.mean())
	})
	return list[:LowestShown]
}

// Step is one survey of a unit with what changed since the one before.
type Step struct {
	Survey
	Change  Centi
	Changed bool // there is one before it
}

// Trend puts the surveys of one unit in order and tells what changed from each to the next,
// always by exact weights: what was published is never compared.
func Trend(surveys []Survey) []Step {
	list := slices.Clone(surveys)
	slices.SortStableFunc(list, func(a, b Survey) int {
		return cmp.Or(a.Period.To.Compare(b.Period.To), a.Period.From.Compare(b.Period.From))
	})
	out := make([]Step, len(list))
	for i, s := range list {
		out[i].Survey = s
		if i > 0 {
			out[i].Change, out[i].Changed = s.Index()-list[i-1].Index(), true
		}
	}
	return out
}
