package readiness

import (
	"fmt"
	"math"
	"testing"
)

func answers(values ...float64) map[string]float64 {
	out := map[string]float64{}
	for i, v := range values {
		if v != 0 {
			out[fmt.Sprintf("C%d", i+1)] = v
		}
	}
	return out
}

// The fixture of domain.md 8, to the printed digits.
func TestFixture(t *testing.T) {
	r, ok := Of(answers(4, 4, 3, 2, 3, 4, 3, 4))
	if !ok || fmt.Sprintf("%.3f %.2f %s %.0f %.2f %s", r.Mean, math.Round(100*r.Index)/100, r.Class, r.Stages[Awareness], r.Stages[Desire], r.Barrier) != "3.125 53.13 fairly 4 2.75 D" {
		t.Errorf("%v %+v", ok, r)
	}
}

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers map[string]float64
		ok      bool
		class   Class
		barrier Stage
	}{
		{"all for it", answers(5, 5, 5, 5, 5, 5, 5, 1), true, Ready, ""},
		{"all against it", answers(1, 1, 1, 1, 1, 1, 1, 5), true, NeedsHelp, Awareness},
		{"75 is ready", answers(4, 4, 4, 4, 4, 4, 4, 2), true, Ready, ""},
		{"50 is fairly ready, and 3 holds up", answers(3, 3, 3, 3, 3, 3, 3, 3), true, FairlyReady, Awareness},
		{"just below 50", answers(3, 3, 3, 3, 3, 3, 2, 3), true, NeedsHelp, Awareness},
		{"only ability is low", answers(4, 4, 4, 4, 4, 3, 4, 2), true, FairlyReady, Ability},
		{"only reinforcement is low", answers(5, 5, 5, 5, 5, 5, 2, 1), true, Ready, Reinforcement},
		{"six of eight", answers(4, 4, 4, 4, 0, 0, 4, 2), true, Ready, ""},
		{"five of eight", answers(4, 4, 4, 4, 0, 0, 0, 2), false, "", ""},
		{"outside of the scale", answers(4, 4, 4, 4, 4, 4, 4, 6), false, "", ""},
		{"shown means", answers(3.5, 3.5, 3.0, 3.5, 2.8, 3.6, 3.4, 3.0), true, FairlyReady, Knowledge},
		{"nothing", nil, false, "", ""},
	} {
		r, ok := Of(tt.answers)
		if ok != tt.ok || r.Class != tt.class || r.Barrier != tt.barrier {
			t.Errorf("%s: %v %+v", tt.name, ok, r)
		}
	}
}
