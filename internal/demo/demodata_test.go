package demo

import (
	"testing"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/competency"
	"bangkom/internal/personnel"
)

func TestDemoPeople(t *testing.T) {
	people, err := demoPeople(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(people), 115; got != want {
		t.Errorf("%d people, want %d", got, want)
	}
	classes := map[string]bool{"": true}
	for _, c := range competency.Classes() {
		classes[c.Code] = true
	}
	nips, names, superiors, kinds := map[personnel.NIP]bool{}, map[string]bool{}, map[int]bool{}, map[personnel.Kind]int{}
	unknown := 0
	for i, p := range people {
		if nips[p.NIP] || names[p.DisplayName()] {
			t.Errorf("person %d (%s) is there twice", i, p.Name)
		}
		nips[p.NIP], names[p.DisplayName()] = true, true
		kinds[p.NIP.Kind()]++
		if p.NIP.Sex() != p.Sex || p.NIP.Unusual() {
			t.Errorf("person %d: the NIP does not fit the person", i)
		}
		if !classes[p.ClassCode] {
			t.Errorf("person %d: unknown class %q", i, p.ClassCode)
		}
		if p.ClassCode == "" {
			unknown++
		}
		if p.boss >= i {
			t.Errorf("person %d comes before the superior %d", i, p.boss)
		}
		if p.boss >= 0 {
			superiors[p.boss] = true
		}
	}
	if len(superiors) != 26 || unknown != 1 {
		t.Errorf("%d superiors and %d without a class, want 26 and 1", len(superiors), unknown)
	}
	if kinds[personnel.PPPK] == 0 || kinds[personnel.PPPK] > 25 {
		t.Errorf("%d PPPK of 115, want some", kinds[personnel.PPPK])
	}
}

func TestCastRoles(t *testing.T) {
	people, err := demoPeople(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	cast, err := castRoles(people, app.DeriveKeys([]byte("any")))
	if err != nil {
		t.Fatal(err)
	}
	again, err := castRoles(people, app.DeriveKeys([]byte("any")))
	if err != nil {
		t.Fatal(err)
	}
	persons, codes := map[int]bool{}, map[string]bool{}
	for i, c := range cast {
		if persons[c.person] || codes[c.code] {
			t.Errorf("role %d shares its person or code", i)
		}
		persons[c.person], codes[c.code] = true, true
		if c.code != again[i].code {
			t.Errorf("role %d has code %s at one start and %s at the next", i, c.code, again[i].code)
		}
		if c.role == "PPPK" && people[c.person].NIP.Kind() != personnel.PPPK {
			t.Errorf("%s is shown as PPPK but is none", c.name)
		}
		if c.role == "Kelas jabatan belum diketahui" && people[c.person].ClassCode != "" {
			t.Errorf("%s is shown without a class but has one", c.name)
		}
	}
	groups, page := map[string]int{}, (&demo{cast: cast, clock: NewClock(time.Now)}).page()
	for _, p := range page.Personas {
		groups[p.Group]++
	}
	for _, g := range demoGroups() {
		if n := groups[g]; n < 1 || n > 6 { // more would not stand on one screen of a phone
			t.Errorf("%d people are in %s, want 1 to 6", n, g)
		}
		delete(groups, g)
	}
	if len(groups) > 0 {
		t.Errorf("people are in parts that the page does not have: %v", groups)
	}
	if got := page.Personas[0]; got.Group != groupStaff || got.StartPayload == "" {
		t.Errorf("the first of the open part is %+v, want somebody with a code to start with", got)
	}
}
