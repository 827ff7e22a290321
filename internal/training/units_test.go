package training

import "testing"

// A unit is meant by its whole name, or by a part that only it has; two of one name are told
// apart by what the name says of the unit above.
func TestUnitsNamed(t *testing.T) {
	all := []Unit{{1, "Dinas Kesehatan"}, {2, "Dinas Kesehatan Hewan"}, {3, "Kecamatan Natar"}, {4, "Sekretariat (Dinas Kesehatan)"}, {5, "Sekretariat (Kecamatan Natar)"}}
	for typed, want := range map[string][]int64{"natar": {3, 5}, "kecamatan natar": {3}, "hewan": {2}, " dinas  kesehatan ": {1}, "Sekretariat": {4, 5}, "na": nil, "badan": nil, "": nil} {
		var got []int64
		for _, u := range UnitsNamed(all, typed, 3) {
			got = append(got, u.ID)
		}
		if len(got) != len(want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q finds %v, want %v", typed, got, want)
			}
		}
	}
}
