package demo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// beforeSession is how long before a session the clock stops: codes work by then.
const beforeSession = 15 * time.Minute

// mostBatches is how many batches are looked at.
const mostBatches = 200

// nextTraining is the first moment after now at which something happens in a training: its
// registration opens, a session is about to begin, has ended, or an evaluation closes;
// zero = nothing does.
func nextTraining(ctx context.Context, db *storage.DB, now time.Time) (next time.Time, err error) {
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		office := personnel.Employee{Rights: personnel.Rights{HR: true}}
		list, _, err := tx.BatchesRun(ctx, office, now, 0, mostBatches)
		if err != nil {
			return err
		}
		for _, one := range list {
			b, err := tx.Batch(ctx, one.ID)
			if err != nil {
				return err
			}
			if b.State.Shown() {
				at(b.Opens)
			}
			for _, s := range b.Sessions {
				if b.State.Shown() {
					at(s.Starts.Add(-beforeSession))
					at(s.Ends.Add(time.Minute))
				}
			}
			e, err := tx.Evaluation(ctx, b.ID)
			if err == nil {
				at(e.Closes.Add(time.Minute))
			} else if !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	return next, err
}

// trainingAction is the button of the page that plays a training on.
func (d *demo) trainingAction() faketelegram.Action {
	return faketelegram.Action{Label: "Pelatihan berikutnya", Run: d.playTraining,
		Hint: "Jam ruang coba maju: ke dibukanya pendaftaran, ke 15 menit sebelum sesi pelatihan, ke selesainya, lalu ke penutupan evaluasinya."}
}

// playTraining moves the clock on and runs what is due then.
func (d *demo) playTraining(ctx context.Context) (string, error) {
	d.jobs.Lock()
	defer d.jobs.Unlock()
	loc := d.cfg.Location()
	at, err := nextTraining(ctx, d.db, d.clock.Now().In(loc))
	if err != nil {
		return "", err
	}
	if at.IsZero() {
		return "Belum ada angkatan yang ditampilkan ke pegawai.", nil
	}
	if err := d.clock.SkipTo(ctx, d.db, at); err != nil {
		return "", err
	}
	for _, job := range []string{"seats", "training-sessions", "evaluations", "evaluation-close"} {
		now := d.clock.Now().In(loc).Truncate(time.Microsecond)
		if _, err := d.svc.Scheduler.RunJob(ctx, job, now); err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
			return "", err
		}
	}
	if err := d.db.SetFact(ctx, FactAhead, strconv.FormatInt(d.clock.ahead.Load()/int64(time.Second), 10)); err != nil {
		return "", err
	}
	d.svc.Telegram.Wake()
	words, err := text.Indonesian()
	if err != nil {
		return "", err
	}
	now := d.clock.Now().In(loc)
	return "Jam ruang coba: " + words.Date(now) + ", " + words.Clock(now) + ".", nil
}
