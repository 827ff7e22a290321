package demo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/faketelegram"
	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/resolve"
	"bangkom/internal/text"
	"bangkom/internal/training"
	"bangkom/scheduler"
	"bangkom/storage"
)

// beforeSession is how long before a session the clock stops: codes work by then.
const beforeSession = 15 * time.Minute

// mostBatches is how many batches are looked at.
const mostBatches = 200

// afterTraining are the moments at which something comes after a batch that has ended: the
// offer of a resolve and its question, and each follow-up, from its first hour of work to its
// close. What else comes days later is added here, and its job to trainingJobs.
func afterTraining(c *outreach.Calendar, rules followup.Rules, b training.Batch) []time.Time {
	ends := b.Ends()
	if ends.IsZero() {
		return nil
	}
	all := []time.Time{resolve.OfferAt(c, ends), resolve.AskAt(c, ends)}
	for _, day := range rules.DaysOf(b.Programme.Form, b.Programme.JP) {
		opens := rules.OpensAt(ends, day, c)
		all = append(all, nextHours(c, opens), rules.ClosesAt(opens, c).Add(time.Minute))
	}
	return all
}

// trainingJobs are what is due at such a moment, in the order of the clock.
func trainingJobs() []string {
	return []string{"seats", "training-sessions", "evaluations", "evaluation-close", "resolves", "follow-ups", "reminders"}
}

// nextTraining is the first moment after now at which something happens in a training: its
// registration opens, a session is about to begin, has ended, an evaluation closes, or
// something comes days later; zero = nothing does.
func nextTraining(ctx context.Context, db *storage.DB, rules followup.Rules, now time.Time) (next time.Time, err error) {
	calendar := outreach.NewCalendar(outreach.ShippedFacts(now.Location(), nil), outreach.DefaultRules().Hours)
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
			if b.State.Shown() || b.State == training.Done {
				for _, moment := range afterTraining(calendar, rules, b) {
					at(moment)
				}
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
		Hint: "Jam ruang coba maju: ke dibukanya pendaftaran, ke 15 menit sebelum sesi pelatihan, ke selesainya, ke tawaran niat, ke penutupan evaluasinya, lalu ke hari ke-30 dan ke-90 serta penutupannya."}
}

// playTraining moves the clock on and runs what is due then.
func (d *demo) playTraining(ctx context.Context) (string, error) {
	d.jobs.Lock()
	defer d.jobs.Unlock()
	loc := d.cfg.Location()
	at, err := nextTraining(ctx, d.db, app.FollowUpRules(d.cfg.FollowUps), d.clock.Now().In(loc))
	if err != nil {
		return "", err
	}
	if at.IsZero() {
		return "Belum ada angkatan yang ditampilkan ke pegawai.", nil
	}
	if err := d.clock.SkipTo(ctx, d.db, at); err != nil {
		return "", err
	}
	for _, job := range trainingJobs() {
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
