package standard_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/standard"
)

// rows reads a file of testdata without its comments and heading.
func rows(t *testing.T, name string) (all [][]string) {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		if !strings.HasPrefix(line, "#") {
			all = append(all, strings.Split(line, ";"))
		}
	}
	return all[1:]
}

// unitID gives each unit of the files a number: that of its name.
func unitID(name string) (id int64) {
	for _, r := range register.UnitKey(name) {
		id = id*31 + int64(r)
	}
	return id
}

func rules(t *testing.T) (all []standard.Rule) {
	for _, c := range rows(t, "aturan.csv") {
		level, err := strconv.Atoi(c[1])
		if err != nil {
			t.Fatal(err)
		}
		r := standard.Rule{ClassCode: c[4], Requirement: standard.Requirement{Code: c[0], Technical: strings.HasPrefix(c[0], "T."), Level: competency.Level(level),
			Source: standard.Source{Scope: standard.Scope(c[2]), Name: c[3], Basis: c[5]}}}
		switch r.Source.Scope {
		case standard.ByUnitKind:
			r.Key = register.UnitKey(c[3])
		case standard.ByUnit:
			r.UnitID = unitID(c[3])
		case standard.ByTitle:
			r.Key = personnel.TitleKey(c[3])
		case standard.ByFunctional:
			r.Key = personnel.FunctionalKey(c[3])
		}
		all = append(all, r)
	}
	return all
}

func position(class, title, units string) standard.Position {
	p := standard.Position{Class: class, Title: personnel.TitleKey(title)}
	if personnel.IsFunctionalClass(class) {
		p.Functional = personnel.FunctionalKey(title)
	}
	for _, name := range strings.Split(units, " > ") {
		p.Units = append(p.Units, standard.Unit{ID: unitID(name), Key: register.UnitKey(name)})
	}
	return p
}

// Twelve people, worked outside the program, with standards from class, unit, kind of unit, title and
// the own standard of a functional position: what is required, by what, the gap, the JPM.
func TestTwelvePeople(t *testing.T) {
	ruled := rules(t)
	people := map[string]bool{}
	var got standard.Standard
	var scores []competency.Score
	var want [][]string
	for _, c := range rows(t, "duabelas.csv") {
		if !people[c[0]] {
			got, scores, want = standard.Resolve(position(c[1], c[2], c[3]), ruled), nil, nil
			people[c[0]] = true
		}
		if c[4] != "JPM" {
			above, _ := strconv.Atoi(c[7])
			self, _ := strconv.Atoi(c[8])
			scores = append(scores, competency.Score{Code: c[4], Level: competency.Weighted(competency.Level(above), competency.Level(self), competency.DefaultWeights())})
			want = append(want, c)
			continue
		}
		profile := competency.NewProfile(scores, got.Levels())
		if len(got) != len(want) {
			t.Errorf("%s: %d levels are required, want %d", c[0], len(got), len(want))
			continue
		}
		for i, w := range want {
			r, row := got[i], profile.Rows[i]
			if is := fmt.Sprintf("%s;%d;%s;%s;%s", r.Code, r.Level, r.Source.Scope, row.Level, row.Gap); is != strings.Join([]string{w[4], w[5], w[6], w[9], w[10]}, ";") {
				t.Errorf("%s: %s, want %v", c[0], is, w)
			}
		}
		if jpm, ok := profile.JPM(); !ok || jpm.String() != c[10] {
			t.Errorf("%s: JPM %s, want %s", c[0], jpm, c[10])
		}
	}
	if len(people) != 12 {
		t.Errorf("%d people, want 12", len(people))
	}
}

// A default of the program is compared with and is nobody's duty; what an agency requires
// by class is.
func TestDutiesAndSpecial(t *testing.T) {
	ruled := rules(t)
	codes := func(s standard.Standard) (out []string) {
		for _, r := range s {
			out = append(out, r.Code)
		}
		return out
	}
	of := func(class, title, units string, more ...standard.Rule) (duties, special, byClass []string) {
		s := standard.Resolve(position(class, title, units), append(slices.Clone(ruled), more...))
		return codes(s.Duties()), codes(s.Special()), codes(s.ByClass())
	}
	for _, tt := range []struct {
		name, class, title, units string
		more                      []standard.Rule
		duties, special, byClass  string
	}{
		{"class alone", "PELAKSANA", "Pengelola", "Bagian Umum", nil, "[]", "[]", "[M.04 M.05]"},
		{"kind, and a unit above it", "PELAKSANA", "Pengelola", "UPTD Puskesmas Natar > Dinas Kesehatan", nil, "[T.PG]", "[M.05 T.PG]", "[M.04]"},
		{"the agency requires it of the class", "PELAKSANA", "Pengelola", "Bagian Umum", []standard.Rule{{ClassCode: "PELAKSANA", Requirement: standard.Requirement{
			Code: "T.AR", Technical: true, Level: 2, Source: standard.Source{Scope: standard.ByClass, Basis: "Perbup 9"}}}}, "[T.AR]", "[T.AR]", "[M.04 M.05]"},
		{"nothing is known", "", "", "Bagian Umum", nil, "[]", "[]", "[]"},
	} {
		duties, special, byClass := of(tt.class, tt.title, tt.units, tt.more...)
		if is := fmt.Sprint(duties, special, byClass); is != tt.duties+" "+tt.special+" "+tt.byClass {
			t.Errorf("%s: %s, want %s %s %s", tt.name, is, tt.duties, tt.special, tt.byClass)
		}
	}
}

func TestIsKind(t *testing.T) {
	for _, tt := range []struct {
		unit, kind string
		want       bool
	}{
		{"puskesmas natar", "puskesmas", true}, {"uptd puskesmas natar", "puskesmas", true}, {"upt puskesmas", "puskesmas", true},
		{"puskesmasan", "puskesmas", false}, {"dinas kesehatan puskesmas", "puskesmas", false}, {"uptd puskesmas natar", "uptd puskesmas", true},
		{"uptd puskesmas natar", "uptd", true}, {"dinas", "", false}, {"kecamatan natar", "kecamatan natar", true},
	} {
		if got := standard.IsKind(tt.unit, tt.kind); got != tt.want {
			t.Errorf("IsKind(%q, %q) = %v", tt.unit, tt.kind, got)
		}
	}
}
