package prove

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/proof"
	"bangkom/internal/seating"
	"bangkom/internal/text"
	"bangkom/internal/training"
	"bangkom/storage"
)

// OpenSeats shows a training with so many seats, given in the order of registration, and
// begins to note what is written about them.
func (l ledger) OpenSeats(ctx context.Context, seats int) (batch int64, err error) {
	if err := l.WatchSeats(ctx); err != nil {
		return 0, err
	}
	now := time.Now()
	err = l.db.InTx(ctx, func(tx *storage.Tx) error {
		programme, err := tx.AddProgramme(ctx, training.Programme{Code: "UJI", Title: "Pengolahan Data", Aim: "data", Ability: "mengolah data",
			Form: "Bimbingan teknis", JP: 8, WayIn: training.InOrder, Share: 80}, 0, now)
		if err != nil {
			return err
		}
		day := now.AddDate(0, 0, 28)
		batch, err = tx.AddBatch(ctx, training.Batch{Programme: training.Programme{ID: programme}, Seats: seats, Opens: now.Add(-time.Hour),
			Closes: now.AddDate(0, 0, 21), Funding: training.ByOffice, Journey: training.NoJourney,
			Sessions: []training.Session{{Starts: day, Ends: day.Add(6 * time.Hour), Place: "Aula"}}}, 0, now)
		if err != nil {
			return err
		}
		_, err = tx.OpenBatch(ctx, batch, 1, 0, now)
		return err
	})
	return batch, err
}

// SetSeats changes how many seats a batch has, as the personnel office does.
func (l ledger) SetSeats(ctx context.Context, batch int64, seats int) error {
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		b, err := tx.Batch(ctx, batch)
		if err != nil {
			return err
		}
		out, err := tx.SetSeats(ctx, batch, b.Revision, seats, 0, time.Now())
		if err == nil && out.Verdict != training.Accepted {
			err = fmt.Errorf("the seats were not changed: %s", out.Verdict)
		}
		return err
	})
}

// SettleSeats does what the job of seats does each minute, in that time zone.
func (l ledger) SettleSeats(ctx context.Context, zone string) error {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return fmt.Errorf("load the zone: %w", err)
	}
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	clerk := seating.New(seating.Config{Courier: app.NewCourier(app.DeriveKeys([]byte(proof.CodeKey)), cat, loc), Text: cat, Location: loc})
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		now := time.Now().In(loc)
		slot := storage.JobSlot{Job: "seats", ScheduledFor: now, Manual: true}
		if _, err := tx.ClaimSlot(ctx, slot, now); err != nil {
			return err
		}
		t, err := clerk.Tick(ctx, tx, now)
		if err == nil && t.Failed > 0 {
			err = errors.New("a batch could not be looked at")
		}
		return err
	})
}

// SeatEvents is what was written about seats, in its order.
func (l ledger) SeatEvents(ctx context.Context) ([]proof.SeatEvent, error) {
	rows, err := l.DB.SeatEvents(ctx)
	out := make([]proof.SeatEvent, len(rows))
	for i, r := range rows {
		out[i] = proof.SeatEvent(r)
	}
	return out, err
}
