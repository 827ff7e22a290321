package prove

import (
	"context"
	"errors"
	"sync"
	"time"

	"bangkom/handlers"
	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/mailing"
	"bangkom/internal/proof"
	"bangkom/internal/reminder"
	"bangkom/internal/summary"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
	"bangkom/storage/sample"
)

// agency is an agency whose jobs are measured: the program's own jobs over the
// connections of `serve`, and the owner's for what surrounds them.
type agency struct {
	db       *storage.DB
	owner    *sample.DB
	jobs     *scheduler.Scheduler
	mailer   *mailing.Mailer
	location *time.Location
}

// OpenAgency makes the schema when there is none, and opens an agency. The
// login of appURL is needed later.
func OpenAgency(ctx context.Context, ownerURL, appURL string) (proof.Agency, error) {
	if err := migrated(ctx, ownerURL); err != nil {
		return nil, err
	}
	owner, err := sample.Open(patient(ownerURL))
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load("", []string{"BANGKOM_DATABASE_URL=" + appURL})
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	cat, err := text.Indonesian()
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	db, err := storage.Open(app.ServingOptions(cfg.Database)) // the login may not be there yet
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	a := &agency{db: db, owner: owner, location: cfg.Location()}
	send := app.NewCourier(app.DeriveKeys([]byte(proof.CodeKey)), cat, a.location)
	a.mailer = &mailing.Mailer{Courier: send, Writer: mailing.Writer{Text: cat, Location: a.location}}
	a.jobs = scheduler.New(scheduler.Config{Jobs: app.Jobs(1, app.NewReminder(send, cat, a.location), app.NewMailer(send, cat, a.location), followup.DefaultRules()), Store: app.Slots{DB: db}, Location: a.location})
	return a, nil
}

// migrated brings a database up to date.
func migrated(ctx context.Context, ownerURL string) error {
	db, err := storage.Open(patient(ownerURL))
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := app.ShippedSeed()
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, seed)
	return err
}

// Location is the time zone of the agency.
func (a *agency) Location() *time.Location { return a.location }

// FillAgency registers people.
func (a *agency) FillAgency(ctx context.Context, people int, now time.Time) error {
	return a.owner.FillAgency(ctx, people, now)
}

// FillWeek leaves everything as it is a week after the period has opened.
func (a *agency) FillWeek(ctx context.Context, now time.Time) error {
	return a.owner.FillWeek(ctx, now)
}

// FillTasks adds tasks of closed periods.
func (a *agency) FillTasks(ctx context.Context, tasks, people int, now time.Time) error {
	return a.owner.FillTasks(ctx, tasks, people, now)
}

// OpenPeriod opens a period of two weeks as the personnel office does in the chat.
func (a *agency) OpenPeriod(ctx context.Context, now time.Time) (tasks int64, err error) {
	err = a.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		tasks, err = tx.StartPeriod(ctx, "Uji", now, now.AddDate(0, 0, 14), now.AddDate(0, 0, 21))
		return err
	})
	return tasks, err
}

// Job runs a job for the slot at.
func (a *agency) Job(ctx context.Context, name string, at time.Time) (done, skipped int, err error) {
	r, err := a.jobs.RunJob(ctx, name, at)
	return r.Done, r.Skipped, err
}

// Pictures returns what draws the pictures that wait in the outbox, and how many
// there are. Two are drawn at a time, as by the sender.
func (a *agency) Pictures(ctx context.Context) (draw func(context.Context) error, n int, err error) {
	list, err := a.owner.QueuedPictures(ctx)
	if err != nil {
		return nil, 0, err
	}
	return func(ctx context.Context) error {
		const atOnce = 2
		errs, next := make([]error, atOnce), make(chan dialog.Picture)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				for p := range next {
					_, _, err := handlers.Drawer{}.Draw(ctx, p)
					errs[i] = errors.Join(errs[i], err)
				}
			})
		}
		for _, p := range list {
			next <- p
		}
		close(next)
		all.Wait()
		return errors.Join(errs...)
	}, len(list), nil
}

// DueQueries runs each query that finds what is due once.
func (a *agency) DueQueries(ctx context.Context, now time.Time) (list []proof.DueQuery, err error) {
	const tasks, people = 500, 500 // of a set of statements
	monday := now.In(a.location).AddDate(0, 0, -(int(now.In(a.location).Weekday())+6)%7)
	monday = time.Date(monday.Year(), monday.Month(), monday.Day(), 0, 0, 0, 0, a.location)
	suffix := ":" + monday.Format(time.DateOnly)
	err = a.db.InLongTx(ctx, func(tx *storage.Tx) error {
		list = list[:0]
		for _, q := range []struct {
			name string
			run  func() (int, error)
		}{
			{"ladders that are due, 500", func() (int, error) { l, err := tx.DueLadders(ctx, now, tasks); return len(l), err }},
			{"messages that were held, 500", func() (int, error) { l, err := tx.HeldNotifications(ctx, now, tasks); return len(l), err }},
			{"who owes a weekly note, 500", func() (int, error) {
				l, err := tx.OwingSince(ctx, reminder.OwingFilter{OpenedBefore: monday, Now: now, KeyPrefix: "probe:", KeySuffix: suffix, Limit: people})
				return len(l), err
			}},
			{"who gets a summary, 500", func() (int, error) {
				l, err := tx.Superiors(ctx, ":probe", now, summary.Superior{}, people)
				return len(l), err
			}},
		} {
			begin := time.Now()
			n, err := q.run()
			if err != nil {
				return err
			}
			list = append(list, proof.DueQuery{Name: q.name, Rows: n, Took: time.Since(begin)})
		}
		return nil
	})
	return list, err
}

// Close ends all connections.
func (a *agency) Close() error { return errors.Join(a.db.Close(), a.owner.Close()) }
