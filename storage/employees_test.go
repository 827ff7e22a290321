package storage

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/personnel"
)

func TestEmployee(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	var unit int64
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		if unit, err = tx.PutUnit(ctx, "DPT", "Dinas Baru"); err != nil {
			return err
		}
		changed := personnel.Employee{NIP: nip(t, 1), Name: "O'Neil <Putra>, S.Sos.", Sex: personnel.Female, UnitID: unit, SupervisorID: &ids[0]}
		id, err := tx.PutEmployee(ctx, changed)
		if id != ids[1] {
			t.Errorf("the same NIP gives id %d, want %d", id, ids[1])
		}
		return err
	})
	if n := f.count(`SELECT count(*) FROM unit`); n != 1 {
		t.Errorf("%d units, want the one of its code", n)
	}
	read := func(id int64) (e personnel.Employee, err error) {
		err = f.try(func(ctx context.Context, tx *Tx) (err error) {
			e, err = tx.Employee(ctx, id)
			return err
		})
		return e, err
	}
	want := personnel.Employee{ID: ids[1], NIP: nip(t, 1), Name: "O'Neil <Putra>, S.Sos.", Sex: personnel.Female, UnitID: unit,
		UnitName: "Dinas Baru", SupervisorID: &ids[0], Status: personnel.Active}
	got, err := read(ids[1])
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(personnel.NIP{})); diff != "" || err != nil {
		t.Errorf("Employee %v (-want +got):\n%s", err, diff)
	}
	f.exec(`UPDATE employee SET active = false, sex = 1 WHERE id = $1`, ids[0])
	if got, err := read(ids[0]); err != nil || got.Status != personnel.Inactive || got.Sex != personnel.Male || got.SupervisorID != nil {
		t.Errorf("Employee = %+v, %v; want an inactive man without a supervisor", got, err)
	}
	if _, err := read(1 << 40); !errors.Is(err, ErrNotFound) {
		t.Errorf("Employee of an unknown number = %v, want %v", err, ErrNotFound)
	}
}
