package handlers_test

import (
	"context"
	"errors"
	"time"

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

// slots is the database behind the interfaces of the scheduler.
type slots struct{ *storage.DB }

func (s slots) InTx(ctx context.Context, fn func(scheduler.Tx) error) error {
	return s.DB.InTx(ctx, func(tx *storage.Tx) error { return fn(slotTx{tx}) })
}

func (s slots) SlotFailed(ctx context.Context, slot scheduler.Slot, cause string, now time.Time) error {
	return s.DB.SlotFailed(ctx, storage.JobSlot{Job: slot.Job, ScheduledFor: slot.ScheduledFor, Manual: slot.Manual}, cause, now)
}

type slotTx struct{ *storage.Tx }

func (t slotTx) ClaimSlot(ctx context.Context, s scheduler.Slot, now time.Time) (bool, error) {
	return t.Tx.ClaimSlot(ctx, storage.JobSlot{Job: s.Job, ScheduledFor: s.ScheduledFor, Manual: s.Manual}, now)
}

func (t slotTx) FinishSlot(ctx context.Context, s scheduler.Slot, r scheduler.Result, now time.Time) error {
	return t.Tx.FinishSlot(ctx, storage.JobSlot{Job: s.Job, ScheduledFor: s.ScheduledFor, Manual: s.Manual}, r.Done, r.Skipped, now)
}

// runJob runs a job for the present slot of the clock.
func (w *world) runJob(name string) {
	w.t.Helper()
	s := scheduler.New(scheduler.Config{Jobs: worldJobs(w.courier, w.reminder), Store: slots{w.db}, Now: w.clock.Now, Location: wib})
	if _, err := s.RunJob(w.t.Context(), name, w.clock.Now()); err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
		w.t.Fatalf("job %s: %v", name, err)
	}
}

func worldJobs(c *courier.Courier, r *reminder.Reminder) []scheduler.Job {
	cat, _ := text.Indonesian() // loaded before without an error
	m := &summary.Mailer{Courier: c, Writer: summary.Writer{Text: cat, Location: wib}}
	ask := &evaluation.Runner{Courier: c, Text: cat, Location: wib}
	clerk := seating.New(seating.Config{Courier: c, Text: cat, Location: wib})
	return []scheduler.Job{scheduler.Reminders(r), scheduler.WeeklySummary(m), scheduler.OfficeSummary(m), scheduler.MonthlySummary(m),
		scheduler.WeeklyNote(r, m), scheduler.UnitPauses(r), scheduler.Calendar(r), scheduler.Signoffs(r), scheduler.Plans(r), scheduler.Expiries(),
		scheduler.Announcements(&mailing.Mailer{Courier: c, Writer: mailing.Writer{Text: cat, Location: wib}}), scheduler.Retention(), scheduler.Persuasion(r), scheduler.Evaluations(ask), scheduler.EvaluationClose(ask),
		scheduler.Surveys(&survey.Runner{Courier: c, Text: cat, Location: wib}),
		scheduler.FollowUps(&followup.Runner{Courier: c, Writer: followup.Writer{Text: cat, Location: wib}, Rules: followup.DefaultRules()}),
		scheduler.Resolves(&resolve.Runner{Courier: c, Text: cat, Location: wib}),
		scheduler.Seats(clerk), scheduler.TrainingSessions(clerk), scheduler.TrainingDay(clerk)}
}
