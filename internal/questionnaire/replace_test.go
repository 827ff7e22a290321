package questionnaire

import (
	"slices"
	"testing"
)

func TestFollows(t *testing.T) {
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	of := func(code string) Definition {
		i := slices.IndexFunc(shipped, func(d Definition) bool { return d.Code == code })
		d := shipped[i]
		d.Items = slices.Clone(d.Items)
		return d
	}
	competencies := map[string]bool{}
	for _, i := range of("penilaian-mandiri").Items {
		competencies[i.Code] = true
	}
	gone := of("minat-belajar") // of an earlier version, in which X was a text
	gone.Version = 1
	gone.Items = append(gone.Items, Item{Code: "X", Type: Text})
	former := append(slices.Clone(shipped), gone)
	for _, tt := range []struct {
		name   string
		code   string
		change func(*Definition)
		want   []Conflict
	}{
		{"nothing", "penilaian-mandiri", func(*Definition) {}, nil},
		{"other words", "evaluasi-pelatihan", func(d *Definition) { d.Items[0].Prompt = "Apakah sesuai?" }, nil},
		{"an item less", "penilaian-mandiri", func(d *Definition) { d.Items = d.Items[1:] }, nil},
		{"no such questionnaire", "penilaian-mandiri", func(d *Definition) { d.Code = "survei-kantin" }, []Conflict{{Code: UnknownCode}}},
		{"drafted from an older one", "minat-belajar", func(d *Definition) { d.Version = 1 }, []Conflict{{Code: OutdatedVersion}}},
		{"numbered ahead", "minat-belajar", func(d *Definition) { d.Version = 9 }, []Conflict{{Code: OutdatedVersion}}},
		{"another kind", "minat-belajar", func(d *Definition) { d.Kind = SelfAssessment }, []Conflict{{Code: OtherKind}}},
		{"a code that was a text", "minat-belajar", func(d *Definition) { d.Items[0].Code = "X" }, []Conflict{{ReusedCode, "X"}}},
		{"no competency", "penilaian-mandiri", func(d *Definition) { d.Items[0].Code = "Z.01" }, []Conflict{{NoCompetency, "Z.01"}}},
		{"an evaluation without what it is computed from", "evaluasi-pelatihan", func(d *Definition) { d.Items = d.Items[1:] }, []Conflict{{FixedItems, "R1"}}},
		{"an evaluation that asks more", "evaluasi-pelatihan", func(d *Definition) { d.Items = append(d.Items, Item{Code: "R9", Type: Level}) }, []Conflict{{FixedItems, "R9"}}},
		{"an evaluation with other statements", "evaluasi-pelatihan", func(d *Definition) { d.Items[4].Levels = append([]string{"Belum dapat."}, d.Items[4].Levels[1:]...) }, []Conflict{{FixedItems, "K1"}}},
		{"an evaluation with a level 0", "evaluasi-pelatihan", func(d *Definition) { d.Items[4].Zero = "Belum" }, []Conflict{{FixedItems, "K1"}}},
		{"a follow-up with a condition", "penerapan-pelatihan", func(d *Definition) { d.Items[1].OnlyIf = &Condition{Item: "K", In: []string{"1"}} }, []Conflict{{FixedItems, "F"}}},
		{"an evaluation with another scale", "evaluasi-pelatihan", func(d *Definition) { d.Items[1].Choices = d.Items[1].Choices[1:] }, []Conflict{{FixedItems, "R2"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next := of(tt.code)
			tt.change(&next)
			if got := Follows(former, next, competencies); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
