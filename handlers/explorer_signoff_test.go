package handlers_test

import (
	"math/rand/v2"

	"bangkom/internal/personnel"
)

// signoffs has a period that was closed before the play, and a round of sign-off for its
// units.
func (e *explorer) signoffs() {
	e.t.Helper()
	now := e.clock.Now()
	e.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('period') RETURNING id)
		INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'Penilaian 2026', $1::timestamptz - interval '90 days', $1::timestamptz - interval '60 days',
		$1::timestamptz - interval '50 days', $1::timestamptz - interval '40 days' FROM o`, now)
	e.exec(`INSERT INTO need_unit (period_id, unit_id, parent_id, name) SELECT p.id, u.id, u.parent_id, u.name FROM period p, unit u WHERE p.name = 'Penilaian 2026'`)
	e.exec(`INSERT INTO need_person (period_id, employee_id, unit_id, status, filled, rated) SELECT p.id, e.id, e.unit_id, 'PNS', true, true FROM period p, employee e WHERE p.name = 'Penilaian 2026'`)
	e.exec(`INSERT INTO signoff_round (year, period_id, due_on, opened_by, opened_at) SELECT 2027, id, '2027-06-30', $1, $2 FROM period WHERE name = 'Penilaian 2026'`, e.subjects[4].id, now)
	e.exec(`INSERT INTO signoff (year, unit_id, head_unit_id) SELECT DISTINCT 2027, unit_id, unit_id FROM need_person`)
}

// stands puts the unit of somebody into a stage in every round, as if others had been there.
func (t *trip) stands(s *subject, stage string) {
	t.exec(`UPDATE signoff SET state = $2, prepared_by = $1, prepared_at = $3, approved_by = CASE WHEN $2 = 'approved' THEN $1::bigint END, validated_by = NULL,
		revision = revision + 1 WHERE unit_id = (SELECT unit_id FROM employee WHERE id = $1)`, s.id, stage, t.clock.Now())
	t.exec(`INSERT INTO signoff_need (signoff_id, competency_code, name, place, n, gap, lack, share_part, share_of)
		SELECT s.id, c.code, c.name, row_number() OVER (PARTITION BY s.id ORDER BY c.code), 0, 0, 0, 0, 0 FROM signoff s JOIN competency c ON c.code LIKE 'M.0%'
		WHERE s.unit_id = (SELECT unit_id FROM employee WHERE id = $1) ON CONFLICT DO NOTHING`, s.id)
}

// signoffErrands come to the conversations about the sign-off.
func signoffErrands() []*errand {
	office := ofRole(personnel.RoleHR)
	list := func(t *trip) {
		t.say("/laporan")
		t.press("Kebutuhan dan usulan")
		t.press("Pengesahan kebutuhan")
	}
	return []*errand{
		{name: "open a round", who: office, run: func(t *trip, _ *rand.Rand) {
			list(t)
			if t.first("Mulai pengesahan", "Ubah batas waktu") == "Mulai pengesahan" {
				t.press("Mulai pengesahan")
				t.press(t.first("2027", "2028"))
				t.say("31 Mei 2027")
			}
			t.press("Ubah batas waktu")
			t.say("30 Juni 2027")
		}},
		{name: "return what was approved", who: office, run: func(t *trip, _ *rand.Rand) {
			t.stands(t.subjects[standInFor], "approved")
			list(t)
			if t.first("2027", "Ubah batas waktu") == "2027" { // a later round was opened: it has no sign-off of a small unit
				t.press("2027")
			}
			t.press("1")
			t.press("Lampirkan pindaian")
			t.step(func(n int64) []*deed { return t.upload(t.a, n, "rekap.pdf", map[string]string{"rekap.pdf": "%PDF"}) })
			t.press("Kembalikan")
			t.say("Usulan arsip belum ada")
		}},
		{name: "correct what the unit needs", who: func(e *explorer, a *actor) bool { return a.person == e.subjects[1] || a.person == e.subjects[2] }, run: func(t *trip, _ *rand.Rand) {
			t.stands(t.a.person, "prepared")
			t.say("/tugas")
			t.press("Pengesahan kebutuhan")
			t.press("Ubah prioritas")
			t.press("2")
			t.press(t.first("Paling atas", "Paling bawah"))
			t.say("Layanan baru dibuka")
		}},
	}
}
