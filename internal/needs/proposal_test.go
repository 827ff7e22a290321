package needs

import (
	"fmt"
	"testing"
)

// What units propose is added up by training and by unit; a typed title is the same
// training whatever its case and white space are, and the programme of that title.
func TestProposalsAreAddedUp(t *testing.T) {
	all := []Proposal{
		{Unit: 1, UnitName: "Dinas", Programme: 7, Title: "Pengadaan Barang", People: 12, Ruled: true},
		{Unit: 2, UnitName: "Badan", Title: "pengadaan  barang", People: 3},
		{Unit: 2, UnitName: "Badan", Title: "BTCLS", People: 20, Ruled: true},
		{Unit: 3, UnitName: "RSUD", Title: "btcls", People: 5},
		{Unit: 3, UnitName: "RSUD", Title: "Kearsipan", People: 20},
	}
	for what, c := range map[string]struct {
		got  any
		want string
	}{
		"by training": {ByTraining(all), "[{BTCLS 0 0 2 25 20} {Kearsipan 0 0 1 20 0} {Pengadaan Barang 7 0 2 15 12}]"},
		"by unit":     {ByUnit(all), "[{RSUD 0 3 2 25 0} {Badan 0 2 2 23 20} {Dinas 7 1 1 12 12}]"},
		"for programmes": {Propose([]Supply{{Programme: 7, Title: "Pengadaan Barang"}, {Programme: 8, Title: "Lain"}}, all),
			"[{7 Pengadaan Barang [] [] 0 0 0 15} {8 Lain [] [] 0 0 0 0}]"},
		"of nobody": {ByUnit(nil), "[]"},
	} {
		if got := fmt.Sprint(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}
