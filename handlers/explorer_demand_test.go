package handlers_test

import (
	"fmt"
	"math/rand/v2"
)

// proposalErrand lets an officer propose a training for the unit, and then for more people.
func proposalErrand(t *trip, r *rand.Rand) {
	t.say("/unit")
	t.press("Usulan pelatihan")
	t.press("Usulan baru")
	years := []string{"2027", "2028", "2029"}
	if one := t.first(append(years, "1")...); one == "1" { // of several units
		t.press(one)
	}
	t.press(t.first(years...))
	t.say(fmt.Sprintf("Penanganan arsip %d", r.IntN(1_000)))
	t.say("7")
	t.press("Tugas baru")
	for _, label := range []string{"1", "Ubah usulan", "Jumlah orang"} {
		t.press(label)
	}
	t.say("8")
	t.ok = t.ok && t.sees("Ubah usulan")
}
