package handlers_test

import (
	"math/rand/v2"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// seated is somebody who has a seat in the batch that runs during the play; waits has
// one that the superior has still to permit.
const (
	seated = 11
	waits  = 14
)

// trainings opens three batches: one that runs all the time, one for which people
// register, one with somebody whose superior is asked.
func (e *explorer) trainings() {
	e.t.Helper()
	now := e.clock.Now()
	seat := func(batch int64, permission string, people ...int) {
		for _, i := range people {
			e.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at, permission) VALUES ($1, $2, 'registered', 'seated', $3, $3, $4)`,
				batch, e.subjects[i].id, now, permission)
		}
	}
	runs := e.batch("Pengolahan Data", now.Add(-time.Hour), now.AddDate(0, 1, 0), 20, func(b *training.Batch) { // nobody registers any more
		b.Opens, b.Closes = time.Time{}, time.Time{}
	})
	seat(runs, "given", seated, seated+1, seated+3)
	ahead := e.batch("Arsip Digital", now.AddDate(0, 1, 1), now.AddDate(0, 1, 1).Add(4*time.Hour), 20, nil)
	seat(ahead, "given", seated+4, seated+6)
	asked := e.batch("Pelayanan Publik", now.AddDate(0, 1, 2), now.AddDate(0, 1, 2).Add(4*time.Hour), 20, nil)
	seat(asked, "asked", waits)
}

// trainingErrands come to the conversations about trainings.
func trainingErrands() []*errand {
	number := func(t *trip) { // of a letter, and its day
		t.say("800/17/2027")
		t.say("4 Januari 2027")
	}
	officer, office := ofRole(personnel.RoleOfficer), ofRole(personnel.RoleHR)
	return []*errand{
		{name: "register", who: anybody, run: func(t *trip, _ *rand.Rand) {
			t.say("/pelatihan")
			t.press("1")
			if t.first("Saya ikut", "Berhalangan") == "Saya ikut" {
				t.press("Saya ikut")
			}
		}},
		{name: "type a code", who: func(e *explorer, a *actor) bool { return a.person == e.subjects[seated] }, run: func(t *trip, _ *rand.Rand) {
			t.say("/pelatihan")
			t.press("Pelatihan saya")
			t.press("1")
			t.press("Isi kode hadir")
			t.say("000 000")
		}},
		{name: "nominate", who: officer, run: func(t *trip, r *rand.Rand) {
			t.unit("2", "Usulkan peserta")
			number(t)
			t.say(t.subjects[seated+4+3*r.IntN(2)].token)
		}},
		{name: "replace", who: officer, run: func(t *trip, _ *rand.Rand) {
			t.unit("2", "1")
			t.press("Ganti peserta")
			t.say("Batal")
		}},
		{name: "assign", who: officer, run: func(t *trip, _ *rand.Rand) {
			t.unit("1", "Surat tugas")
			number(t)
		}, rare: true},
		{name: "written permission", who: officer, run: func(t *trip, _ *rand.Rand) {
			t.unit("3", "1")
			t.press("Izin tertulis")
			number(t)
		}, rare: true},
		{name: "roll", who: office, run: func(t *trip, _ *rand.Rand) {
			t.run(t.rollLabel)
			t.press("1")
			t.press("Simpan")
		}},
		{name: "walk in", who: office, run: func(t *trip, _ *rand.Rand) {
			t.run(func() string { return "Peserta tambahan" })
			t.say(t.subjects[waits+2].nip)
		}},
		{name: "attach the list", who: office, run: func(t *trip, _ *rand.Rand) {
			t.run(func() string { return "Lampirkan foto" })
			t.step(func(n int64) []*deed { return t.upload(t.a, n, "daftar.pdf", map[string]string{"daftar.pdf": "%PDF"}) })
		}},
		{name: "guests", who: office, run: func(t *trip, r *rand.Rand) {
			t.run(func() string { return "Tamu" })
			t.say("3")
		}},
	}
}

// unit opens a batch from the board of a unit, and presses something on its card.
func (t *trip) unit(batch, label string) {
	t.say("/unit")
	t.press("Pelatihan")
	t.press(batch)
	t.press(label)
}

// run opens the session that runs, as the office does, and presses something on its card.
func (t *trip) run(label func() string) {
	t.say("/pelatihan")
	t.press("Panitia")
	t.press("1")
	t.press(label())
}

// rollLabel is what the button to take attendance is called now.
func (t *trip) rollLabel() string { return t.first("Semua hadir, kecuali", "Ubah kehadiran") }
