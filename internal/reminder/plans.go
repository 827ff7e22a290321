package reminder

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// PlansTx is what time does to development plans asks of the open transaction.
type PlansTx interface {
	courier.Tx
	courier.PartTx
	// CloseAttended ends the lines about a training in which their person counts as present,
	// and returns how many.
	CloseAttended(ctx context.Context, now time.Time) (int, error)
	// EndPlanYear ends what is open of the years before a year, of at most limit people: what
	// was submitted moves into the next one with its reason, what never was is dropped. It
	// returns who has lines that moved, by person.
	EndPlanYear(ctx context.Context, year, limit int, now time.Time) ([]MovedPlan, error)
	// SilentPlans lists plans that were submitted before a moment and that nobody has answered
	// or let stand, by person; at most limit behind a person.
	SilentPlans(ctx context.Context, before time.Time, after int64, limit int) ([]SilentPlan, error)
	// LetPlansStand stores that plans stand as submitted, those that are still of that revision.
	LetPlansStand(ctx context.Context, list []SilentPlan, now time.Time) error
	// PlanReminders lists the lines for which a reminder was asked up to a civil date and did
	// not go, and notes that it does; at most limit.
	PlanReminders(ctx context.Context, today, now time.Time, limit int) ([]PlanReminder, error)
	// WaitingForBosses counts the plans that wait for each superior or stand-in who was not told
	// by a message of this key (the prefix, the person, the suffix), without those that stand.
	WaitingForBosses(ctx context.Context, today time.Time, prefix, suffix string) ([]WaitingPlans, error)
	MonthLines(ctx context.Context, f MonthFilter) ([]MonthLine, error)
}

// MovedPlan is how many lines of somebody have moved into a year.
type MovedPlan struct {
	Person personnel.Employee
	Year   int // into which
	Lines  int
}

// SilentPlan is a plan that waits for the superior's word.
type SilentPlan struct {
	Person      personnel.Employee
	Year        int
	Revision    int
	SubmittedAt time.Time
	Boss        string // how the superior is called; "" = the register knows none
}

// PlanReminder is a line of which its person wants to be reminded.
type PlanReminder struct {
	Line   int64
	Person personnel.Employee
	Title  string
	Form   plan.Form
	On     time.Time
}

// WaitingPlans is how many plans wait for somebody.
type WaitingPlans struct {
	Boss personnel.Employee
	N    int
}

// The keys of what is told about plans that wait, and of reminders of a line.
const (
	plansKey      = "plans:"
	planRemindKey = "plan-remind:"
)

// PlansKey is the key of what a superior is told in a week that begins on a Monday.
func PlansKey(boss int64, monday outreach.Day) string {
	return fmt.Sprintf("%s%d:%s", plansKey, boss, monday)
}

func (p PlanReminder) key() string {
	return fmt.Sprintf("%s%d:%s", planRemindKey, p.Line, p.On.Format(time.DateOnly))
}

// Plans does to development plans what time does: attendance ends lines, a year that is over
// moves them, a superior's silence lets a plan stand as submitted, reminders that were asked for
// go, superiors learn once a week that plans wait, and people once a month of a line. A step that fails stops none of the
// others. It may run any number of times.
func (r *Reminder) Plans(ctx context.Context, tx PlansTx, now time.Time) (t courier.Tally, err error) {
	now = now.In(r.cfg.Location)
	for _, step := range []struct {
		what string
		do   func(context.Context, PlansTx, time.Time) (courier.Tally, error)
	}{{"attendance", r.attendedPlans}, {"the end of the year", r.told(r.movedPlans)}, {"silence", r.told(r.silentPlans)},
		{"reminders", r.told(r.planReminders)}, {"what waits", r.told(r.waitingPlans)}, {"the line of the month", r.told(r.planMonths)}} {
		part, err := courier.Alone(ctx, tx, now, "plans: "+step.what, func() (courier.Tally, error) { return step.do(ctx, tx, now) })
		if err != nil {
			return t, err
		}
		t.Add(part)
	}
	return t, nil
}

func (r *Reminder) attendedPlans(ctx context.Context, tx PlansTx, now time.Time) (t courier.Tally, err error) {
	t.Sent, err = tx.CloseAttended(ctx, now)
	return t, err
}

// told sends what a step has to say.
func (r *Reminder) told(step func(context.Context, PlansTx, time.Time) ([]courier.Message, error)) func(context.Context, PlansTx, time.Time) (courier.Tally, error) {
	return func(ctx context.Context, tx PlansTx, now time.Time) (courier.Tally, error) {
		messages, err := step(ctx, tx, now)
		if err != nil {
			return courier.Tally{}, err
		}
		return r.cfg.Courier.SendInParts(ctx, tx, now, messages)
	}
}

// endAtOnce is of how many people a run ends the year: their plans are locked until it is
// committed. The others follow with the next run.
const endAtOnce = 1000

// movedPlans tells whose lines have moved into a new year.
func (r *Reminder) movedPlans(ctx context.Context, tx PlansTx, now time.Time) (messages []courier.Message, err error) {
	list, err := tx.EndPlanYear(ctx, now.Year(), endAtOnce, now)
	for _, m := range list {
		messages = append(messages, r.planNews(m.Person, fmt.Sprintf("plan-moved:%d:%d", m.Person.ID, m.Year), outreach.Prompt, "idp.told_moved",
			text.Args{"n": m.Lines, "lama": strconv.Itoa(m.Year - 1), "tahun": strconv.Itoa(m.Year)}, int64(m.Year)))
	}
	return messages, err
}

// planNews is a message to somebody about the own plan.
func (r *Reminder) planNews(to personnel.Employee, key string, class outreach.Class, say string, args text.Args, year int64) courier.Message {
	args["sapaan"], args["nama"] = to.Salutation(), to.DisplayName()
	open := r.button("idp", plan.OwnStep, year)
	open.Action.Value = plan.Fresh
	return courier.Message{Employee: to.ID, Key: key, Candidate: outreach.Candidate{Class: class, Kind: outreach.Plan},
		Reply: dialog.Reply{Template: say, Text: r.cfg.Text.T(say, args), Rows: [][]dialog.Button{{open}}}}
}

// silentPlans lets plans stand that were not answered for plan.SilentDays working days of the
// person's unit after the day on which they were submitted.
func (r *Reminder) silentPlans(ctx context.Context, tx PlansTx, now time.Time) (messages []courier.Message, err error) {
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return nil, err
	}
	var after int64
	for {
		list, err := tx.SilentPlans(ctx, now.AddDate(0, 0, -plan.SilentDays), after, atOnce)
		if err != nil || len(list) == 0 {
			return messages, err
		}
		var ids []int64
		for _, s := range list {
			ids = append(ids, s.Person.ID)
		}
		after = ids[len(ids)-1]
		known, err := tx.Recipients(ctx, ids, nil, now)
		if err != nil {
			return nil, err
		}
		var silent []SilentPlan
		for _, s := range list {
			from, today := outreach.DayOf(s.SubmittedAt, r.cfg.Location), outreach.DayOf(now, r.cfg.Location)
			if gate.Calendar.WorkingDaysBetween(from, today, known[s.Person.ID].Diary.Week) <= plan.SilentDays {
				continue
			}
			silent = append(silent, s)
			if s.Boss != "" {
				messages = append(messages, r.planNews(s.Person, fmt.Sprintf("plan-stands:%d:%d:%d", s.Person.ID, s.Year, s.Revision), outreach.Service, "idp.told_stands",
					text.Args{"atasan": s.Boss, "hari": plan.SilentDays, "tahun": strconv.Itoa(s.Year)}, int64(s.Year)))
			}
		}
		if err := tx.LetPlansStand(ctx, silent, now); err != nil {
			return nil, err
		}
	}
}

// planReminders are the reminders that people have asked for (Ingatkan saya).
func (r *Reminder) planReminders(ctx context.Context, tx PlansTx, now time.Time) (messages []courier.Message, err error) {
	var list []PlanReminder
	for {
		some, err := tx.PlanReminders(ctx, now, now, atOnce)
		if err != nil {
			return nil, err
		}
		if list = append(list, some...); len(some) < atOnce {
			break
		}
	}
	for _, p := range list {
		line := r.button("idp_line", plan.LineStep, p.Line)
		messages = append(messages, courier.Message{Employee: p.Person.ID, Key: p.key(), Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.PlanReminder},
			Reply: dialog.Reply{Template: "idp.told_reminder", Text: r.cfg.Text.T("idp.told_reminder", text.Args{"sapaan": p.Person.Salutation(), "nama": p.Person.DisplayName(),
				"judul": p.Title, "cara": r.cfg.Text.Plain(p.Form.Word(), nil)}), Rows: [][]dialog.Button{{line}}}})
	}
	return messages, err
}

// waitingPlans tells superiors once a week that plans wait for them.
func (r *Reminder) waitingPlans(ctx context.Context, tx PlansTx, now time.Time) (messages []courier.Message, err error) {
	monday := outreach.DayOf(now, r.cfg.Location).Monday()
	list, err := tx.WaitingForBosses(ctx, now, plansKey, ":"+monday.String())
	for _, w := range list {
		agree := r.button("idp_team", plan.AgreeAllStep, 0)
		agree.Label = r.cfg.Text.Plain("label.idp_agree_all", text.Args{"n": w.N})
		messages = append(messages, courier.Message{Employee: w.Boss.ID, Key: PlansKey(w.Boss.ID, monday),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Plans, Expires: (monday + 7).Start(r.cfg.Location)},
			Reply: dialog.Reply{Template: "idp.told_waiting", Text: r.cfg.Text.T("idp.told_waiting", text.Args{"sapaan": w.Boss.Salutation(), "nama": w.Boss.DisplayName(), "n": w.N,
				"hari": plan.SilentDays}), Rows: [][]dialog.Button{{agree}, {r.button("idp_team", plan.TeamStep, 0)}}}})
	}
	return messages, err
}

// PlansOf is of which superior such a key is; 0 = of none.
func PlansOf(key string) (boss int64) {
	id, _, _ := strings.Cut(strings.TrimPrefix(key, plansKey), ":")
	boss, _ = strconv.ParseInt(id, 10, 64)
	return boss
}

// aboutPlans tells whether a key is of what may have ended since it was written.
func aboutPlans(key string) bool {
	return strings.HasPrefix(key, plansKey) || strings.HasPrefix(key, planRemindKey) || strings.HasPrefix(key, planMonthKey)
}
