package handlers_test

import (
	"fmt"
	"math/rand/v2"

	"bangkom/internal/plan"
)

// planErrand opens the plan of somebody for a reason. It submits one for them first, as if they
// had.
func planErrand(t *trip, r *rand.Rand) {
	whom := t.subjects[paperFrom]
	year := plan.YearOf(t.clock.Now().In(wib))
	t.exec(`INSERT INTO plan (employee_id, year, submitted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, whom.id, year, t.clock.Now())
	t.exec(`INSERT INTO plan_line (employee_id, year, item, source, title, form, state, chosen_at, submitted_at, unit_id)
		SELECT id, $2, 'c:M.01', 'gap', 'Integritas', 'coaching', 'submitted', $3, $3, unit_id FROM employee WHERE id = $1 ON CONFLICT DO NOTHING`, whom.id, year, t.clock.Now())
	t.say("/kelola")
	t.press("Cari pegawai")
	t.say(whom.token)
	t.press("Rencana pengembangan")
	t.say(fmt.Sprintf("Permintaan inspektorat nomor %d", r.IntN(100)))
}
