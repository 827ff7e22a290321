package mailing

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/outreach"
)

// Forecast tells what would become of an announcement if it went at its time, or at now:
// the gate is asked about everybody of the audience, and nothing is stored.
func (m *Mailer) Forecast(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) (announcement.Forecast, error) {
	people, err := tx.AudiencePeople(ctx, a.Audience, now)
	if err != nil {
		return announcement.Forecast{}, err
	}
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return announcement.Forecast{}, err
	}
	decider, at, c := m.Courier.Decider(gate), now, candidate(a)
	if a.SendAt.After(now) {
		at = a.SendAt
	}
	f, silent := announcement.Forecast{Total: len(people)}, 0
	for part := range slices.Chunk(people, atATime) {
		known, err := tx.Recipients(ctx, part, nil, at)
		if err != nil {
			return f, err
		}
		for _, who := range part {
			d := decider.Decide(known[who].Person, c, at)
			silent += count(&f, d)
			if a.Kind == announcement.Near && after(d, a.EventAt) {
				f.Late++
			}
		}
	}
	if silent >= announcement.SilentAlone {
		f.Silent = silent
	}
	return f, nil
}

// Fair returns the beginning of the working day after everybody has been told who is told
// at all, by a forecast of the moment now: from then on nobody has an advantage who was
// told first.
func (m *Mailer) Fair(ctx context.Context, tx Tx, a announcement.Announcement, f announcement.Forecast, now time.Time) (time.Time, error) {
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	told := now
	for _, at := range []time.Time{a.SendAt, f.Until} {
		if at.After(told) {
			told = at
		}
	}
	cal := gate.Calendar
	return cal.NextWorkingDay(cal.Day(told), outreach.FiveDays()).Start(cal.Location()), nil
}

// Open tells whether the hours in which an announcement may go are open at now, for
// somebody who has chosen none of their own.
func (m *Mailer) Open(ctx context.Context, tx Tx, a announcement.Announcement, now time.Time) (bool, error) {
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return false, err
	}
	at, ok := gate.Calendar.Next(candidate(a).Class, now, outreach.Diary{})
	return ok && !at.After(now), nil
}

// count adds one decision and returns 1 for somebody who is silent by own wish.
func count(f *announcement.Forecast, d outreach.Decision) (silent int) {
	switch delivery(d) {
	case announcement.Queued:
		f.Now++
	case announcement.Held:
		if d.Reason == outreach.Muted {
			f.Unreachable++
			return 1
		}
		f.Held++
		if d.At.After(f.Until) {
			f.Until = d.At
		}
	case announcement.Unlinked:
		f.Unlinked++
	case announcement.Unreachable:
		f.Unreachable++
		if d.Reason == outreach.Muted {
			return 1
		}
	default:
		f.Expired++
	}
	return 0
}

// after tells whether somebody would hear only after an event, or not at all because it
// comes first.
func after(d outreach.Decision, event time.Time) bool {
	return d.Action == outreach.Hold && !d.At.Before(event) || delivery(d) == announcement.Expired
}
