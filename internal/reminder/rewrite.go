package reminder

import (
	"context"
	"maps"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
)

// RewriteTx is what writing held notifications again asks of the open transaction.
type RewriteTx interface {
	courier.HeldTx
	LadderTx
	// Leading returns the superiors of those of the given pairs that hold on the
	// civil date of now, also by a delegation.
	Leading(ctx context.Context, pairs []Led, now time.Time) (map[Led]personnel.Employee, error)
	UnsharedTx
	// OpenOffers returns which of the given keys are those of offers of a seat that are
	// still open.
	OpenOffers(ctx context.Context, keys []string) (map[string]bool, error)
	// OpenShares returns which of the given keys (rating.SharedKey) ask for ratings that are
	// still asked for.
	OpenShares(ctx context.Context, keys []string, now time.Time) (map[string]bool, error)
	// WorkingStandIns returns which of the given keys (personnel.ActingKey) are about a
	// letter that works, now or from a later day on.
	WorkingStandIns(ctx context.Context, keys []string, now time.Time) (map[string]bool, error)
	// OpenSignoffs returns which of the given keys (outreach.WaitsKey) are of what waits for
	// that head on a civil date, as it was prepared.
	OpenSignoffs(ctx context.Context, keys []string, today time.Time) (map[string]bool, error)
	SignoffsWaiting(ctx context.Context, today time.Time) ([]Signing, error)
	// OpenPlans returns which of the given keys (PlansKey) are of superiors for whom plans wait
	// on a civil date, OpenPlanLines which are of reminders of lines that are still open.
	OpenPlans(ctx context.Context, keys []string, today time.Time) (map[string]bool, error)
	OpenPlanLines(ctx context.Context, keys []string) (map[string]bool, error)
	// OpenCampaigns returns which of the given keys are of campaigns of which something may still
	// go.
	OpenCampaigns(ctx context.Context, keys []string, now time.Time) (map[string]bool, error)
}

// Resume decides held notifications again whose time has come, at most limit of
// them. What a person put off with Nanti is written again, and dropped when the
// task is done; so is what tells of a later deadline, and a nudge, which is also dropped when its superior no longer
// leads the person; an offer of a seat that is over is dropped, and so is what asks for ratings or tells of a stand-in when
// that was taken back or has ended. What the register has ended, such as helping to rate, is
// written here for the first time.
func (r *Reminder) Resume(ctx context.Context, tx RewriteTx, now time.Time, limit int) (courier.Tally, error) {
	return r.cfg.Courier.Resume(ctx, tx, now, limit, func(ctx context.Context, part []courier.Notification) (func(courier.Notification) (dialog.Reply, outreach.Reason), error) {
		today, err := r.standingOf(ctx, tx, now, part)
		return func(n courier.Notification) (dialog.Reply, outreach.Reason) { return r.rewritten(n, today, now) }, err
	})
}

// rewritten is a held notification as things stand; why is set when it must not go.
func (r *Reminder) rewritten(n courier.Notification, today standing, now time.Time) (reply dialog.Reply, why outreach.Reason) {
	if n.Reply != nil {
		reply = *n.Reply
	}
	l, known := today.climbs[n.Task]
	led, nudge := nudger(n)
	superior, leads := today.superiors[led]
	switch {
	case n.Kind == outreach.Snoozed:
		return r.taskReply(l, sentences{"reminder.snoozed", "reminder.snoozed_new"}, now), ended(l.State)
	case n.Kind == outreach.Extended:
		return r.taskReply(l, sentences{"reminder.extended", "reminder.extended_new"}, now), ended(l.State)
	case perishable(n) && !today.holds[n.Key]:
		return reply, outreach.Closed
	case n.Kind == outreach.Unshared:
		return r.unsharedReply(today.unshared, n)
	case nudge && !leads:
		return reply, outreach.FormerBoss
	case nudge && known:
		return r.nudgeReply(l, superior, now), outreach.Free
	}
	return reply, outreach.Free
}

// standing is what held notifications speak of, as it is now.
type standing struct {
	climbs    map[int64]Climb
	superiors map[Led]personnel.Employee // of nudges, who still lead
	unshared  map[int64]Unshared
	holds     map[string]bool // by the keys of what is perishable
}

// perishable tells whether a notification is about something that may have ended since
// it was written: an offer of a seat, plans that wait or a line of one, ratings that somebody asks for, a stand-in, what waits in
// a round of sign-off, a campaign.
func perishable(n courier.Notification) bool {
	return aboutPlans(n.Key) || n.Kind == outreach.SeatOffer || n.Kind == outreach.Shared || n.Kind == outreach.Campaign || n.Kind == outreach.Signoff && signing(n.Key) || n.Kind == outreach.Acting && strings.Contains(n.Key, personnel.ActingPrefix)
}

// standingOf reads what is put off and who nudged.
func (r *Reminder) standingOf(ctx context.Context, tx RewriteTx, now time.Time, part []courier.Notification) (s standing, err error) {
	var tasks, lost []int64
	var pairs []Led
	perish := map[outreach.Kind][]string{}
	for _, n := range part {
		if perishable(n) {
			perish[n.Kind] = append(perish[n.Kind], n.Key)
		}
		if id, ok := unsharedOf(n); ok {
			lost = append(lost, id)
		}
		led, nudge := nudger(n)
		if nudge {
			pairs = append(pairs, led)
		}
		if nudge || n.Kind == outreach.Snoozed || n.Kind == outreach.Extended {
			tasks = append(tasks, n.Task)
		}
	}
	list, err := tx.Climbs(ctx, tasks, r.cfg.TaskForms)
	if err != nil {
		return s, err
	}
	s.climbs = make(map[int64]Climb, len(list))
	for _, l := range list {
		s.climbs[l.Task] = l
	}
	if len(pairs) > 0 {
		if s.superiors, err = tx.Leading(ctx, pairs, now); err != nil {
			return s, err
		}
	}
	if s.holds, err = holding(ctx, tx, now.In(r.cfg.Location), perish); err != nil {
		return s, err
	}
	if len(lost) > 0 {
		s.unshared, err = tx.Unshared(ctx, lost)
	}
	return s, err
}

// holding reads which of the perishable notifications, given by their keys, still hold.
func holding(ctx context.Context, tx RewriteTx, now time.Time, perish map[outreach.Kind][]string) (map[string]bool, error) {
	holds := map[string]bool{}
	for kind, keys := range perish {
		var some map[string]bool
		var err error
		switch kind {
		case outreach.SeatOffer:
			some, err = tx.OpenOffers(ctx, keys)
		case outreach.Shared:
			some, err = tx.OpenShares(ctx, keys, now)
		case outreach.Acting:
			some, err = tx.WorkingStandIns(ctx, keys, now)
		case outreach.Signoff:
			some, err = openSignoffs(ctx, tx, keys, now)
		case outreach.Campaign:
			some, err = tx.OpenCampaigns(ctx, keys, now)
		case outreach.Plans:
			some, err = tx.OpenPlans(ctx, keys, now)
		case outreach.PlanReminder, outreach.PlanMonth:
			some, err = tx.OpenPlanLines(ctx, keys)
		}
		if err != nil {
			return nil, err
		}
		maps.Copy(holds, some)
	}
	return holds, nil
}

// ended tells why nothing is asked for any more; Free while a task is open.
func ended(s outreach.State) outreach.Reason {
	switch s {
	case outreach.TaskDone:
		return outreach.Finished
	case outreach.TaskExcused:
		return outreach.Released
	case outreach.TaskExpired:
		return outreach.Closed
	}
	return outreach.Free
}

// Snooze puts a task off: the person is reminded at the given time, because they
// asked for it.
func (r *Reminder) Snooze(ctx context.Context, tx courier.Tx, now time.Time, l Climb, until time.Time, key string) (outreach.Decision, error) {
	return r.cfg.Courier.Send(ctx, tx, now, courier.Message{Employee: l.Employee.ID, Key: key,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Snoozed, Task: l.Task, NotBefore: until, Expires: l.Due},
		Reply:     r.taskReply(l, sentences{"reminder.snoozed", "reminder.snoozed_new"}, until)})
}
