package storage

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/training"
)

// generatedBatches makes batches around a moment, some over and some to come, with people
// of the register in every standing and with attendance.
func (f *fixture) generatedBatches(n int, seed uint64, now time.Time) {
	f.t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way, share) SELECT 'G' || g, 'Program ' || g, 'a', 'b', 'c', 8, 'order', 80 FROM generate_series(1, 10) g`)
	states := []string{"planned", "open", "open", "closed", "running", "done", "cancelled"}
	for i := range n {
		starts := now.Add(time.Duration(r.IntN(90*24)-45*24) * time.Hour)
		ends := starts.Add(time.Duration(1+r.IntN(30)) * time.Hour)
		state := states[r.IntN(len(states))]
		switch { // as the job of seats leaves them
		case ends.Before(now) && state != "cancelled":
			state = "done"
		case state == "done" || state == "running" && starts.After(now):
			state = "closed"
		}
		id := f.count(`INSERT INTO occasion (kind) VALUES ('batch') RETURNING id`)
		closes := starts.Add(-time.Duration(1+r.IntN(10*24)) * time.Hour)
		f.exec(`INSERT INTO batch (id, programme_id, number, name, seats, opens_at, closes_at, permission_until, funding, journey, state, starts_at, ends_at, changed_at)
			VALUES ($1::bigint, 1 + $1::bigint % 10, $1::bigint, 'Angkatan ' || $1::bigint, $2, $3, $4, $4, 'free', 'none', $5, $6, $7, $8)`,
			id, r.IntN(12), closes.AddDate(0, 0, -20), closes, state, starts, ends, now)
		f.exec(`INSERT INTO training_session (batch_id, n, starts_at, ends_at) VALUES ($1, 1, $2, $3)`, id, starts, ends)
		f.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at, permission, assignment)
			SELECT $1::bigint, e.id, (ARRAY['nominated', 'registered', 'registered', 'walk_in'])[1 + (e.id + $1::bigint) % 4],
			       (ARRAY['applied', 'waiting', 'offered', 'seated', 'seated', 'seated', 'seated', 'withdrawn', 'refused', 'lapsed'])[1 + (e.id * 7 + $1::bigint * 3) % 10], $2, $2,
			       (ARRAY['asked', 'given', 'none', 'letter'])[1 + (e.id * 3 + $1::bigint) % 4], CASE WHEN (e.id + $1::bigint) % 3 = 0 THEN '800/1' ELSE '' END
			FROM employee e WHERE (e.id * 31 + $1::bigint * 17) % $3 = 0`, id, now, 40+i%60)
	}
	f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, (s.id + n.employee_id) % 4 <> 0, 'committee', $1
		FROM training_session s JOIN enrolment n ON n.batch_id = s.batch_id WHERE s.ends_at < $1 AND n.state = 'seated'`, now)
	f.exec(`ANALYZE`)
}

// Every number about trainings that a board or a roll-up shows equals a recount of 200
// generated batches.
func TestTrainingsEqualARecount(t *testing.T) {
	devdbtest.Long(t, "200 batches are counted anew")
	f := newFixture(t)
	f.generated(120, 11, monday)
	f.generatedBatches(200, 5, monday)
	var office summary.Trainings
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		office, err = tx.officeTrainings(ctx, monday)
		return err
	})
	const taken = `(SELECT count(*) FROM enrolment n WHERE n.batch_id = b.id AND n.way <> 'walk_in' AND n.state IN ('seated', 'offered'))`
	for name, c := range map[string]struct {
		got int
		sql string
	}{
		"short": {office.Short, `SELECT count(*) FROM batch b WHERE state IN ('open', 'closed') AND starts_at > $1 AND closes_at > $1 AND closes_at <= $1 + interval '7 days'
			AND seats > (SELECT count(*) FROM enrolment n WHERE n.batch_id = b.id AND n.state NOT IN ('withdrawn', 'refused', 'lapsed'))`},
		"empty": {office.Empty, `SELECT COALESCE(sum(seats - ` + taken + `), 0) FROM batch b WHERE state IN ('open', 'closed') AND starts_at > $1
			AND starts_at <= $1 + interval '14 days' AND closes_at <= $1 AND seats > ` + taken},
		"empty in": {office.EmptyIn, `SELECT count(*) FROM batch b WHERE state IN ('open', 'closed') AND starts_at > $1
			AND starts_at <= $1 + interval '14 days' AND closes_at <= $1 AND seats > ` + taken},
		"bare": {office.Bare, `SELECT count(*) FROM enrolment n, batch b WHERE b.id = n.batch_id AND n.state = 'seated' AND n.way <> 'walk_in' AND n.assignment = ''
			AND b.state IN ('open', 'closed') AND b.starts_at > $1 AND b.starts_at <= $1 + interval '7 days'`},
		"held": {office.Held, `SELECT count(*) FROM batch WHERE state <> 'cancelled' AND to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM') = to_char($1 AT TIME ZONE 'UTC' - interval '1 month', 'YYYY-MM')`},
		"reached": {office.Reached, `SELECT count(DISTINCT a.employee_id) FROM attendance a, training_session s, batch b WHERE a.present AND s.id = a.session_id AND b.id = s.batch_id
			AND b.state <> 'cancelled' AND to_char(b.ends_at AT TIME ZONE 'UTC', 'YYYY-MM') = to_char($1 AT TIME ZONE 'UTC' - interval '1 month', 'YYYY-MM')`},
	} {
		want := f.count(`WITH x AS (SELECT $1::timestamptz AS at) `+c.sql, monday)
		if c.got != want || want == 0 {
			t.Errorf("%s: %d, a recount gives %d", name, c.got, want)
		}
	}
	f.lackingEqualsTheRollup(office)
	f.unitsEqualARecount()
	f.aheadEqualsARecount()
}

// lackingEqualsTheRollup compares the batches that /kelola names with what the roll-up of
// the week counts, and each of them with a recount.
func (f *fixture) lackingEqualsTheRollup(office summary.Trainings) {
	f.t.Helper()
	var list []training.Lacking
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		list, err = tx.LackingTrainings(ctx, monday)
		return err
	})
	short, empty, free := 0, 0, 0
	for _, b := range list {
		if b.Short {
			short++
		} else {
			empty++
			free += b.Seats - b.Taken
		}
		people := f.count(`SELECT count(*) FROM enrolment WHERE batch_id = $1 AND state NOT IN ('withdrawn', 'refused', 'lapsed')`, b.ID)
		taken := f.count(`SELECT count(*) FROM enrolment WHERE batch_id = $1 AND way <> 'walk_in' AND state IN ('seated', 'offered')`, b.ID)
		if b.People != people || b.Taken != taken || b.Name != f.text(`SELECT name FROM batch WHERE id = $1`, b.ID) {
			f.t.Errorf("%+v: a recount gives %d people, %d seats", b, people, taken)
		}
	}
	if short != office.Short || empty != office.EmptyIn || free != office.Empty {
		f.t.Errorf("/kelola names %d short and %d with %d free seats, the roll-up counts %+v", short, empty, free, office)
	}
}

// unitsEqualARecount compares what officers read of their units.
func (f *fixture) unitsEqualARecount() {
	f.t.Helper()
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT 1, 'officer', id, $1 FROM unit WHERE id <= 8`, monday)
	var list []training.UnitBatch
	var total int
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		list, total, err = tx.UnitBatches(ctx, personnel.Area{Officer: 1}, monday, 0, 1000)
		return err
	})
	if want := f.count(`SELECT count(*) FROM batch WHERE state IN ('open', 'closed', 'running') AND ends_at > $1`, monday); total != want || len(list) != want || want == 0 {
		f.t.Errorf("%d batches in a list of %d, a recount gives %d", total, len(list), want)
	}
	for _, b := range list {
		const of = `SELECT count(*) FROM enrolment n, employee e WHERE n.batch_id = $1 AND e.id = n.employee_id AND e.unit_id <= 8 AND n.state = 'seated' AND n.way <> 'walk_in'`
		if want := f.count(of, b.ID); b.Ours != want {
			f.t.Errorf("batch %d: %d of the unit, a recount gives %d", b.ID, b.Ours, want)
		}
		if want := f.count(of+` AND n.assignment = '' AND n.permission <> 'asked'`, b.ID); b.Owed != want {
			f.t.Errorf("batch %d: %d without a letter, a recount gives %d", b.ID, b.Owed, want)
		}
	}
}

// aheadEqualsARecount compares what the weekly note says of trainings.
func (f *fixture) aheadEqualsARecount() {
	f.t.Helper()
	const ahead = 14 * 24 * time.Hour
	people := make([]int64, 300)
	for i := range people {
		people[i] = int64(i + 1)
	}
	var got map[int64]training.Ahead
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		got, err = tx.TrainingsAhead(ctx, people, monday, ahead)
		return err
	})
	if len(got) < 50 {
		f.t.Fatalf("%d people have something ahead", len(got))
	}
	offers := f.numbers(`SELECT employee_id, count(*) FROM enrolment WHERE state = 'offered' AND $1::timestamptz IS NOT NULL GROUP BY 1`, monday)
	next := f.numbers(`SELECT n.employee_id, extract(epoch FROM min(s.starts_at))::bigint FROM enrolment n, batch b, training_session s WHERE b.id = n.batch_id AND s.batch_id = b.id
		AND n.state = 'seated' AND b.state IN ('open', 'closed', 'running') AND s.starts_at > $1 AND s.starts_at <= $1::timestamptz + interval '14 days' GROUP BY 1`, monday)
	for _, id := range people {
		starts := 0
		if !got[id].Starts.IsZero() {
			starts = int(got[id].Starts.Unix())
		}
		if got[id].Offers != offers[id] || starts != next[id] {
			f.t.Errorf("person %d: %d offers, session at %d; a recount gives %d and %d", id, got[id].Offers, starts, offers[id], next[id])
		}
	}
}
