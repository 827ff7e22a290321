package handlers_test

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/storage"
)

// Programmes that may be compared can be looked at as a picture; before there are enough
// batches there is none, and no button that leads to it.
func TestComparisonAsAPicture(t *testing.T) {
	w := newRoom(t)
	w.grant("Sari", personnel.RoleHR, false)
	published := func(batch int64) {
		t.Helper()
		w.exec(`INSERT INTO evaluation (batch_id, programme_id, ability, trainers, opened_at, closes_at, state, closed_at, asked, answered)
			SELECT id, programme_id, '-', '{}', $2::timestamptz - interval '8 days', $2, 'published', $2, 12, 10 FROM batch WHERE id = $1`, batch, w.clock.Now())
		w.exec(`INSERT INTO atom (programme_id, batch_id, persons, at) SELECT programme_id, id, 10, $2 FROM batch WHERE id = $1`, batch, w.clock.Now())
		w.exec(`UPDATE evaluation v SET atom_id = a.id FROM atom a WHERE a.batch_id = v.batch_id AND v.batch_id = $1`, batch)
		w.exec(`INSERT INTO shown (atom_id, cell, n, text) SELECT id, 'R1|mean', 10, '3,2' FROM atom WHERE batch_id = $1`, batch)
	}
	pictures := func() (n int) {
		for _, m := range w.fake.Messages(w.sari) {
			if m.Photo != nil {
				n++
			}
		}
		return n
	}
	published(w.batchID)
	w.say(w.sari, "/umpanbalik")
	w.tap(w.sari, "Bandingkan hasil")
	w.shows(w.sari, "belum dapat dibandingkan")
	if _, data := w.buttons(w.sari); data["Lihat gambar"] != "" {
		t.Error("a picture of nothing is offered")
	}
	for n := range 2 {
		var batch int64
		w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
			batch, err = tx.CopyBatch(ctx, w.batchID, w.starts.AddDate(0, 0, 7*(n+1)), w.ids["Sari"], w.clock.Now())
			return err
		})
		published(batch)
	}
	w.clock.move(time.Minute)
	w.say(w.sari, "/umpanbalik")
	w.tap(w.sari, "Bandingkan hasil")
	w.shows(w.sari, "3,2 dari 4")
	before := pictures()
	w.tap(w.sari, "Lihat gambar")
	w.until(func() bool { return pictures() == before+1 })
}
