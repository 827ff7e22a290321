package storage

import (
	"context"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/training"
)

// superior as everybody does.
func TestOfficerPermitsNotOneself(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	officer := ids[1]
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, ids[0], officer)
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $2 FROM employee WHERE id = $1`, officer, start)
	batch := f.openSeats("PD", training.InOrder, 2, 0)
	f.exec(`UPDATE batch SET permission_until = $2 WHERE id = $1`, batch, start.AddDate(0, 0, 7))
	f.apply(batch, officer, start)
	area := everywhere
	area.All, area.Officer = false, officer
	out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.RecordLetter(ctx, area, f.enrolled(batch, officer).ID, "800/1/2027", start, officer, start)
	})
	if out.Verdict != training.NotAllowed || f.enrolled(batch, officer).Permission != training.Asked {
		t.Errorf("an officer's letter for oneself: %+v", out)
	}
}

// Who comes in the place of somebody without a letter of the unit head needs the own
// superior's permission; with a letter, that letter holds.
func TestReplacementNeedsPermission(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(5)
	batch := f.openSeats("PD", training.InOrder, 4, 0)
	f.exec(`UPDATE batch SET permission_until = $2 WHERE id = $1`, batch, start.AddDate(0, 0, 7))
	f.apply(batch, ids[0], start)
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Nominate(ctx, everywhere, training.Nomination{Batch: batch, Employee: ids[1], Letter: "800/1", Day: start, By: ids[4]}, start)
	})
	for i, want := range []training.Permission{training.Asked, training.NotNeeded} {
		out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.Replace(ctx, everywhere, batch, ids[i], ids[2+i], ids[4], start)
		})
		if got := f.enrolled(batch, ids[2+i]); out.Verdict != training.Accepted || got.Permission != want {
			t.Errorf("in the place of %d: %s, permission %s, want %s", i, out.Verdict, got.Permission, want)
		}
	}
}

// A seat that is given by hand goes past whoever has left service.
func TestFillByHandPassesWhoHasLeft(t *testing.T) {
	devdbtest.Long(t, "an odd event of seats")
	f := newFixture(t)
	ids := f.employees(4)
	batch := f.openSeats("PD", training.InOrder, 1, 0)
	for _, id := range ids[:3] {
		f.apply(batch, id, start)
	}
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, ids[1])
	f.exec(`UPDATE batch SET seats = 2 WHERE id = $1`, batch)
	out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.FillByHand(ctx, batch, ids[3], start.AddDate(0, 0, 13))
	})
	if out.Verdict != training.Accepted || out.Now.Employee != ids[2] {
		t.Errorf("FillByHand: %s to %d, want to %d", out.Verdict, out.Now.Employee, ids[2])
	}
}
