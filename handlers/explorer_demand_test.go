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

// peopleErrand lets the personnel office open the levels of a unit of a period that was
// closed just now, with a reason.
func peopleErrand(t *trip, r *rand.Rand) {
	if t.ok {
		t.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('period') RETURNING id), p AS (
				INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'Uji ' || id, $1::timestamptz - interval '30 days', $1, $1, $1 FROM o RETURNING id
			), u AS (INSERT INTO need_unit (period_id, unit_id, name) SELECT p.id, x.id, 'Unit uji' FROM p, (SELECT min(id) AS id FROM unit) x RETURNING period_id, unit_id
			), e AS (INSERT INTO need_person (period_id, employee_id, unit_id, status, filled, rated) SELECT u.period_id, x.id, u.unit_id, 'PNS', true, true FROM u, employee x)
			INSERT INTO need_cell (period_id, unit_id, competency_code, n, gap, lack, affected) SELECT u.period_id, u.unit_id, 'M.01', 500, -30000, 30000, 250 FROM u`, t.clock.Now())
	}
	t.say("/laporan")
	t.press("A")
	t.press("Tingkat per pegawai")
	t.say(fmt.Sprintf("Rencana suksesi jabatan %d", r.IntN(1_000)))
}
