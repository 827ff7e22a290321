package storage

import (
	"context"
	"slices"
	"testing"
	"time"

	"bangkom/internal/personnel"
)

// Who looks for somebody to rate means the own people, at any depth: a name that
// is also borne elsewhere in the agency is clear among them.
func TestFindBelow(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(6) // 0 leads 1, 1 leads 2 who has left, 2 leads 3; 4 and 5 are elsewhere
	f.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, ids[1], ids[0])
	f.exec(`UPDATE employee SET supervisor_id = $2, active = false WHERE id = $1`, ids[2], ids[1])
	f.exec(`UPDATE employee SET supervisor_id = $2, name = 'Murni Asih' WHERE id = $1`, ids[3], ids[2])
	f.exec(`UPDATE employee SET name = 'Murni Wati' WHERE id = $1`, ids[4])
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $1`, ids[5]) // a loop of the register
	tests := []struct {
		name     string
		superior int64
		typed    string
		nip      int
		want     []int64
	}{
		{"a name that is borne elsewhere too", ids[0], "murni", 99, []int64{ids[3]}},
		{"by NIP", ids[0], "x", 1, []int64{ids[1]}},
		{"by the NIP of somebody elsewhere", ids[0], "x", 4, nil},
		{"who has left", ids[0], "Pegawai 2", 99, nil},
		{"not oneself", ids[0], "Pegawai 0", 99, nil},
		{"a sign of LIKE", ids[0], "%", 99, nil},
		{"who leads nobody", ids[4], "murni", 99, nil},
		{"one's own superior", ids[5], "Pegawai", 99, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.tx(func(ctx context.Context, tx *Tx) error {
				list, err := tx.FindBelow(ctx, tt.superior, tt.typed, nip(t, tt.nip), 2)
				var got []int64
				for _, m := range list {
					got = append(got, m.ID)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("found %v, want %v", got, tt.want)
				}
				return err
			})
		})
	}
}

// The table of absences takes every kind that is offered, and no other: a kind that
// is added needs a migration.
func TestAbsenceKinds(t *testing.T) {
	f := newFixture(t)
	id := f.employees(1)[0]
	day := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	add := func(kind personnel.AbsenceKind) error {
		return f.InTx(t.Context(), func(tx *Tx) error { return tx.AddAbsence(t.Context(), id, day, day, kind, id, day) })
	}
	for _, kind := range personnel.AbsenceKinds() {
		if err := add(kind); err != nil {
			t.Errorf("AddAbsence of %q: %v", kind, err)
		}
	}
	if err := add("sick"); err == nil {
		t.Error(`AddAbsence of "sick" is stored: health is not`)
	}
}
