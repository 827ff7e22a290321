package reminder

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// MonthLine is the line of somebody's plan for a month (butir rencana bulan ini): one that
// stands since before the month, of which no reminder was asked for, and for which the person
// has no place in a training yet. Those of one person take turns from month to month.
type MonthLine struct {
	Line   int64
	Person personnel.Employee
	Title  string
	Form   plan.Form
	More   int // lines of the year that are open besides, whether they take turns or not
}

// MonthFilter says of whom the line of a month is read.
type MonthFilter struct {
	Year  int
	Turn  int       // number of the month, by which lines take turns
	Since time.Time // beginning of the month: what stands only since then waits for the next one
	// People are those asked about; nil = everybody to whom it was not told yet: by no
	// message whose key begins with KeyPrefix, the person and KeyMonth, and by no note whose key
	// is NotePrefix, the person and NoteSuffix.
	People                                      []int64
	KeyPrefix, KeyMonth, NotePrefix, NoteSuffix string
	Limit                                       int // people at most
}

// planMonthKey begins the key of what is told of a line of a month.
const planMonthKey = "plan-month:"

// firstMonday is the first Monday of the month of a moment: the note of that week tells of the
// line of the month, and who got none is told of it a week later.
func firstMonday(now time.Time) outreach.Day {
	return (outreach.DayOf(monthBegins(now), now.Location()) + 6).Monday()
}

// monthBegins is the beginning of the month of a moment, in its zone.
func monthBegins(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
}

// monthAtOnce is how many people a run tells of their line at most. The others follow with the
// next run.
const monthAtOnce = 1000

// planMonths tells people of the line of the month, from its second Monday on, if no note has.
func (r *Reminder) planMonths(ctx context.Context, tx PlansTx, now time.Time) (messages []courier.Message, err error) {
	monday := firstMonday(now)
	if outreach.DayOf(now, r.cfg.Location) < monday+7 {
		return nil, nil
	}
	begins, month := monthBegins(now), now.Format(":2006-01:")
	list, err := tx.MonthLines(ctx, MonthFilter{Year: now.Year(), Turn: int(now.Month()), Since: begins, KeyPrefix: planMonthKey, KeyMonth: month,
		NotePrefix: noteKey, NoteSuffix: ":" + monday.String(), Limit: monthAtOnce})
	for _, l := range list {
		say, args := "idp.told_month", r.monthArgs(l, now.Year())
		if l.More > 0 {
			say = "idp.told_month_more"
		}
		messages = append(messages, courier.Message{Employee: l.Person.ID, Key: fmt.Sprintf("%s%d%s%d", planMonthKey, l.Person.ID, month, l.Line),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.PlanMonth, Expires: begins.AddDate(0, 1, 0)},
			Reply:     dialog.Reply{Template: say, Text: r.cfg.Text.T(say, args), Rows: [][]dialog.Button{{r.button("idp_line", plan.LineStep, l.Line)}}}})
	}
	return messages, err
}

func (r *Reminder) monthArgs(l MonthLine, year int) text.Args {
	return text.Args{"sapaan": l.Person.Salutation(), "nama": l.Person.DisplayName(), "tahun": strconv.Itoa(year), "judul": l.Title, "cara": r.cfg.Text.Plain(l.Form.Word(), nil), "lain": l.More}
}

// monthLines are what the note of the first week of a month says of the plans of some people.
func (w noting) monthLines(ctx context.Context, people []int64) (map[int64][]string, error) {
	now := w.now.In(w.cfg.Location)
	if w.monday != firstMonday(now) {
		return nil, nil
	}
	list, err := w.tx.MonthLines(ctx, MonthFilter{Year: now.Year(), Turn: int(now.Month()), Since: monthBegins(now), People: people, Limit: len(people)})
	lines := map[int64][]string{}
	for _, l := range list {
		lines[l.Person.ID] = []string{w.cfg.Text.T("note.plan", w.monthArgs(l, now.Year()))}
	}
	return lines, err
}
