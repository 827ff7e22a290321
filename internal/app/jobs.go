package app

import (
	"context"
	"time"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/internal/courier"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/mailing"
	"bangkom/internal/reminder"
	"bangkom/internal/resolve"
	"bangkom/internal/seating"
	"bangkom/internal/summary"
	"bangkom/internal/survey"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// Jobs is the list of everything that the clock starts; a new job is one line.
func Jobs(botID int64, r *reminder.Reminder, m *summary.Mailer, f followup.Rules) []scheduler.Job {
	ask := newAsker(m)
	return []scheduler.Job{
		scheduler.AfterOutage(botID),
		scheduler.Reminders(r),
		scheduler.WeeklySummary(m),
		scheduler.OfficeSummary(m),
		scheduler.MonthlySummary(m),
		scheduler.WeeklyNote(r, m),
		scheduler.UnitPauses(r),
		scheduler.Calendar(r),
		scheduler.Signoffs(r),
		scheduler.Plans(r),
		scheduler.Agreements(r),
		scheduler.Persuasion(r),
		scheduler.Evaluations(ask),
		scheduler.EvaluationClose(ask),
		scheduler.FollowUps(newFollower(m, f)),
		scheduler.Resolves(newResolver(m)),
		scheduler.Surveys(newSurveyor(m)),
		scheduler.Expiries(),
		scheduler.Announcements(newAnnouncer(m)),
		scheduler.Retention(),
		scheduler.Seats(newClerk(m)),
		scheduler.TrainingSessions(newClerk(m)),
		scheduler.TrainingDay(newClerk(m)),
	}
}

// newAsker makes what asks about trainings; nil without a mailer, where only the names of
// the jobs are asked for.
func newAsker(m *summary.Mailer) *evaluation.Runner {
	if m == nil {
		return nil
	}
	return &evaluation.Runner{Courier: m.Courier, Text: m.Writer.Text, Location: m.Writer.Location}
}

// newFollower makes what asks weeks after a training; nil without a mailer, where only the
// names of the jobs are asked for.
func newFollower(m *summary.Mailer, f followup.Rules) *followup.Runner {
	if m == nil {
		return nil
	}
	return &followup.Runner{Courier: m.Courier, Writer: followup.Writer{Text: m.Writer.Text, Location: m.Writer.Location}, Rules: f}
}

// newResolver makes what offers resolves and brings them back; nil without a mailer, where
// only the names of the jobs are asked for.
func newResolver(m *summary.Mailer) *resolve.Runner {
	if m == nil {
		return nil
	}
	return &resolve.Runner{Courier: m.Courier, Text: m.Writer.Text, Location: m.Writer.Location}
}

// newSurveyor makes what asks for the personnel office; nil without a mailer, where only the
// names of the jobs are asked for.
func newSurveyor(m *summary.Mailer) *survey.Runner {
	if m == nil {
		return nil
	}
	return &survey.Runner{Courier: m.Courier, Text: m.Writer.Text, Location: m.Writer.Location}
}

// newAnnouncer makes what looks after announcements; nil without a mailer, where only the
// names of the jobs are asked for.
func newAnnouncer(m *summary.Mailer) *mailing.Mailer {
	if m == nil {
		return nil
	}
	return &mailing.Mailer{Courier: m.Courier, Writer: mailing.Writer{Text: m.Writer.Text, Location: m.Writer.Location}}
}

// newClerk makes what keeps the seats of trainings; nil without a mailer, where only the
// names of the jobs are asked for.
func newClerk(m *summary.Mailer) *seating.Clerk {
	if m == nil {
		return nil
	}
	return seating.New(seating.Config{Courier: m.Courier, Text: m.Writer.Text, Location: m.Writer.Location})
}

// NewMailer makes what writes summaries.
func NewMailer(c *courier.Courier, cat *text.Catalogue, loc *time.Location) *summary.Mailer {
	return &summary.Mailer{Courier: c, Writer: summary.Writer{Text: cat, Location: loc}}
}

// NewCourier makes what starts messages.
func NewCourier(k Keys, cat *text.Catalogue, loc *time.Location) *courier.Courier {
	return courier.New(courier.Config{Text: cat, Render: bot.NewRenderer(bot.NewCodec(k.buttons)).Render, Location: loc})
}

// NewReminder makes the part that writes reminders.
func NewReminder(c *courier.Courier, cat *text.Catalogue, loc *time.Location) *reminder.Reminder {
	return reminder.New(reminder.Config{Courier: c, Text: cat, Location: loc, TaskForms: handlers.TaskForms()})
}

// Slots gives the scheduler the database behind its own interfaces.
type Slots struct{ DB *storage.DB }

// LastSlot is the last slot of a job.
func (s Slots) LastSlot(ctx context.Context, job string, now time.Time) (last, ahead time.Time, err error) {
	return s.DB.LastSlot(ctx, job, now)
}

// InTx runs fn in a transaction that no update waits for.
func (s Slots) InTx(ctx context.Context, fn func(scheduler.Tx) error) error {
	return s.DB.InLongTx(ctx, func(tx *storage.Tx) error { return fn(slotTx{tx}) })
}

// SlotFailed notes why a slot failed.
func (s Slots) SlotFailed(ctx context.Context, slot scheduler.Slot, cause string, now time.Time) error {
	return s.DB.SlotFailed(ctx, stored(slot), cause, now)
}

// slotTx is an open transaction with everything that jobs ask of it.
type slotTx struct{ *storage.Tx }

// ClaimSlot claims a slot.
func (t slotTx) ClaimSlot(ctx context.Context, slot scheduler.Slot, now time.Time) (bool, error) {
	return t.Tx.ClaimSlot(ctx, stored(slot), now)
}

// FinishSlot records what a slot did.
func (t slotTx) FinishSlot(ctx context.Context, slot scheduler.Slot, r scheduler.Result, now time.Time) error {
	return t.Tx.FinishSlot(ctx, stored(slot), r.Done, r.Skipped, now)
}

func stored(s scheduler.Slot) storage.JobSlot {
	return storage.JobSlot{Job: s.Job, ScheduledFor: s.ScheduledFor, Manual: s.Manual}
}
