package handlers_test

import (
	"context"
	"fmt"

	"bangkom/internal/personnel"
	"bangkom/storage"
)

// crew gives somebody n more subordinates, who owe what everybody owes. Their
// names sort behind those of the cast, and nobody of them has an account.
func (w *world) crew(boss string, n int) []int64 {
	w.t.Helper()
	ids := make([]int64, n)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		if err != nil {
			return err
		}
		for i := range ids {
			nip, err := personnel.ParseNIP(fmt.Sprintf("19850720201001%d%03d", 1+i%2, 100+i), w.clock.Now())
			if err != nil {
				return err
			}
			superior := w.ids[boss]
			ids[i], err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: fmt.Sprintf("Zulkifli %03d", i+1), Sex: nip.Sex(),
				UnitID: unit, PositionTitle: "Pengelola Layanan", ClassCode: "PELAKSANA", SupervisorID: &superior})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}
