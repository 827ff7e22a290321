package imports

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
)

// lastWrite is how long this program, when it is being stopped, still tries to store
// that a file did not bring it to an end.
const lastWrite = 3 * time.Second

// giveBack puts off an upload that was taken; failures says how many attempts count
// as failed. It does so also when ctx has ended: otherwise two orderly restarts would
// be taken for a file that ends whoever reads it. What the database does not take is
// given back at the next look.
func (p *desk) giveBack(ctx context.Context, u intake.Upload, failures int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	err := p.inTx(ctx, func(tx Tx) error {
		now, err := tx.LockUpload(ctx, u.ID)
		if err != nil || now.State != u.State || now.Begun != u.Begun { // ended, or taken by somebody else since
			return err
		}
		return tx.PutOffUpload(ctx, u.ID, failures, p.Cfg.Now())
	})
	if err == nil || errors.Is(err, dialog.ErrNotFound) {
		p.Ungiven.Delete(u.ID)
		return nil
	}
	p.Ungiven.Store(u.ID, u)
	return err
}

// giveOwedBack gives back what could not be given back before.
func (p *desk) giveOwedBack(ctx context.Context) (err error) {
	p.Ungiven.Range(func(_, u any) bool {
		err = p.giveBack(ctx, u.(intake.Upload), 0)
		return err == nil
	})
	return err
}

// drawing runs read for a file that is wanted once more. As when it is read for the
// first time, that is counted before: a file that ends the process while it is drawn
// would do so at every start.
func (p *desk) drawing(ctx context.Context, u intake.Upload, read func() error) error {
	count := func(ctx context.Context, by int) error {
		return p.inTx(ctx, func(tx Tx) error { return tx.CountReading(ctx, u.ID, by) })
	}
	if u.Begun >= maxBegun {
		return errors.New("the file is set aside: whoever drew it came to an end")
	}
	if err := count(ctx, 1); err != nil {
		return err
	}
	err := p.Guarded(read)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	return errors.Join(err, count(last, -1))
}
