package competency

import (
	"slices"
	"strings"
)

// The families of positions, by which choices are offered that fit the work.
const (
	FamilyLeader     = "pimpinan"
	FamilyTeacher    = "pendidik"
	FamilyHealth     = "kesehatan"
	FamilyFunctional = "fungsional"
	FamilyStaff      = "pelaksana"
)

// titleWords are words of titles that tell the family, whatever the class.
var titleWords = map[string][]string{
	FamilyTeacher: {"guru", "pamong belajar", "kepala sekolah", "pengawas sekolah", "penilik"},
	FamilyHealth: {"perawat", "bidan", "dokter", "apoteker", "nutrisionis", "sanitarian", "epidemiolog", "radiografer", "perekam medis",
		"fisioterapis", "pranata laboratorium kesehatan", "promosi kesehatan", "terapis", "refraksionis"},
}

// FamilyOf is the family of a position, by its title and its class (kelas jabatan).
func FamilyOf(class, title string) string {
	title = strings.ToLower(title)
	for _, family := range []string{FamilyTeacher, FamilyHealth} {
		if slices.ContainsFunc(titleWords[family], func(word string) bool { return strings.Contains(title, word) }) {
			return family
		}
	}
	switch {
	case class == "PENGAWAS" || class == "ADMINISTRATOR" || strings.HasPrefix(class, "JPT"):
		return FamilyLeader
	case strings.HasPrefix(class, "JF_"):
		return FamilyFunctional
	}
	return FamilyStaff
}
