package courier

import (
	"context"
	"fmt"
	"time"
)

// PartTx is a transaction whose parts may fail by themselves.
type PartTx interface {
	// Part runs fn; what it has written is undone when it fails, and failed says why.
	// err = the whole transaction is lost.
	Part(ctx context.Context, fn func() error) (failed, err error)
	// PartFailed records that a part was left out.
	PartFailed(ctx context.Context, what string, failed error, now time.Time) error
}

// Alone runs one step of a job as a part: when it fails, that is recorded, and the other
// steps go on.
func Alone(ctx context.Context, tx PartTx, now time.Time, what string, step func() (Tally, error)) (Tally, error) {
	var t Tally
	failed, err := tx.Part(ctx, func() (err error) {
		t, err = step()
		return err
	})
	if err != nil || failed == nil {
		return t, err
	}
	return Tally{Failed: 1}, tx.PartFailed(ctx, what, failed, now)
}

// Each does the work of many matters at once, because that takes few statements. When it
// fails it is done anew for one after the other, and only what fails by itself is left
// out: it is recorded, and later is told of it, so that it can be tried again in a while.
func Each(ctx context.Context, tx PartTx, now time.Time, what string, ids []int64, work func(ids []int64) (Tally, error), later func(id int64) error) (Tally, error) {
	var all Tally
	failed, err := tx.Part(ctx, func() (err error) {
		all, err = work(ids)
		return err
	})
	if err != nil || failed == nil {
		return all, err
	}
	all = Tally{}
	for _, id := range ids {
		t, err := Alone(ctx, tx, now, fmt.Sprintf("%s %d", what, id), func() (Tally, error) { return work([]int64{id}) })
		if err != nil {
			return all, err
		}
		all.Add(t)
		if t.Failed == 0 {
			continue
		}
		if err := later(id); err != nil {
			return all, err
		}
	}
	return all, nil
}
