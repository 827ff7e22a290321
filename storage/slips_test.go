package storage

import (
	"context"
	"testing"

	"bangkom/internal/personnel"
)

// A file of slips holds whom its presser may invite when it is drawn: for an officer of units
// nobody who holds a role, though the personnel office made that code.
func TestSlipCodesOfTheAreaOfNow(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	unit := int64(f.count(`SELECT unit_id FROM employee WHERE id = $1`, ids[0]))
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT id, 'officer', unit_id, $3 FROM employee WHERE id IN ($1, $2)`, ids[0], ids[1], start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.PrintCodes(ctx, ids[1:], [][]byte{make([]byte, 32), append(make([]byte, 31), 1)}, ids[0], start, start.AddDate(0, 0, 7)); err != nil {
			return err
		}
		for _, c := range []struct {
			area personnel.Area
			want int
		}{{personnel.Area{All: true}, 2}, {personnel.Area{Officer: ids[0]}, 1}, {personnel.Area{Officer: ids[2]}, 0}} {
			codes, err := tx.SlipCodes(ctx, c.area, unit, start, start)
			if err != nil {
				return err
			}
			if len(codes) != c.want || c.want == 1 && codes[0].Employee != ids[2] {
				t.Errorf("%+v: %d slips, want %d", c.area, len(codes), c.want)
			}
		}
		return nil
	})
}
