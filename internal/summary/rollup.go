package summary

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
	"bangkom/internal/text"
)

// Rollup is the kind of messages that count the agency: for the personnel office
// each week, for the agency's head each month.
const Rollup outreach.Kind = "rollup"

// UnitShare is how far a unit of LeastGroup people or more is.
type UnitShare struct {
	Name       string
	Owed, Done int
}

// Failure counts messages that did not reach anybody, by cause.
type Failure struct {
	Cause string
	N     int
}

// Office is what the agency looks like at a moment. Nobody is named in it but
// superiors whose summary comes monthly by now.
type Office struct {
	People   int // in service
	Linked   int // with an account that can be reached
	Blocked  int // with an account that cannot be reached
	Before   int // linked a month ago, of those who are now
	Period   string
	Owed     int // self-assessments that are not excused
	Done     int
	WeekAgo  int         // done a week ago
	Both     int         // people of whom both views were sent
	Lowest   []UnitShare // at most five, lowest first
	Small    int         // units that are left out because they are smaller than LeastGroup
	Failures []Failure   // of the last seven days
	Unknown  int         // messages of unknown outcome
	Overdue  int         // requests that wait for longer than three days
	Letters  int         // stand-ins that wait for the check of their letter
	Monthly  []personnel.Employee
	Superior int // all of those
}

// Office sends the week's roll-up to the personnel office.
func (m *Mailer) Office(ctx context.Context, tx Tx, now time.Time) (Tally, error) {
	monday := outreach.DayOf(now, m.Writer.Location).Monday()
	return m.rollup(ctx, tx, now, personnel.RoleHR, "office", monday, monday, monday+7, m.Writer.Office)
}

// Month sends one screen to the agency's head in the first days of a month.
func (m *Mailer) Month(ctx context.Context, tx Tx, now time.Time) (Tally, error) {
	local := now.In(m.Writer.Location)
	first := outreach.NewDay(local.Year(), local.Month(), 1)
	return m.rollup(ctx, tx, now, personnel.RoleHead, "month", first, first, first+14, m.Writer.Month)
}

func (m *Mailer) rollup(ctx context.Context, tx Tx, now time.Time, role personnel.Role, name string, stamp, from, until outreach.Day,
	write func(Office, personnel.Employee, time.Time) string) (Tally, error) {
	people, err := tx.Holders(ctx, role)
	if err != nil || len(people) == 0 {
		return Tally{}, err
	}
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return Tally{}, fmt.Errorf("%s: %w", name, err)
	}
	begin := from.At(gate.Rules.Hours.Weekly, m.Writer.Location)
	if now.Before(begin) || !now.Before(until.Start(m.Writer.Location)) {
		return Tally{}, nil
	}
	office, err := tx.Office(ctx, now)
	if err != nil {
		return Tally{}, fmt.Errorf("%s: %w", name, err)
	}
	var messages []courier.Message
	for _, p := range people {
		messages = append(messages, courier.Message{Employee: p.ID, Key: fmt.Sprintf("%s:%d:%s", name, p.ID, stamp),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: Rollup, Expires: until.Start(m.Writer.Location)},
			Reply:     dialog.Reply{Template: "rollup." + name, Text: write(office, p, now)}})
	}
	return m.send(ctx, tx, now, messages)
}

// Office writes the week's roll-up of the personnel office.
func (w Writer) Office(o Office, _ personnel.Employee, now time.Time) string {
	lines := []string{w.t("rollup.head", text.Args{"tanggal": w.Text.Date(w.in(now))}),
		w.t("rollup.reach", text.Args{"n": w.Text.Number(o.Linked), "jumlah": w.Text.Number(o.People), "persen": percent(o.Linked, o.People),
			"blokir": w.Text.Number(o.Blocked), "belum": w.Text.Number(o.People - o.Linked - o.Blocked)})}
	if o.Owed > 0 {
		change := o.Done - o.WeekAgo
		lines = append(lines, w.t(compared(change, "rollup.answers_up", "rollup.answers_same", "rollup.answers_down"), text.Args{"periode": o.Period, "n": w.Text.Number(o.Done), "jumlah": w.Text.Number(o.Owed),
			"persen": percent(o.Done, o.Owed), "selisih": w.Text.Number(max(change, -change))}))
	}
	if len(o.Lowest) > 0 {
		var units []string
		for _, u := range o.Lowest {
			units = append(units, w.t("rollup.unit", text.Args{"unit": text.HTML(fit(u.Name, 60)), "persen": percent(u.Done, u.Owed)}))
		}
		lines = append(lines, w.t("rollup.lowest", text.Args{"daftar": text.HTML(strings.Join(units, ", "))}))
	}
	if o.Small > 0 {
		lines = append(lines, w.t("rollup.small", text.Args{"n": o.Small, "paling": LeastGroup}))
	}
	lines = append(lines, w.failing(o))
	if o.Overdue > 0 || o.Letters > 0 {
		lines = append(lines, w.t("rollup.overdue", text.Args{"n": o.Overdue, "surat": o.Letters}))
	}
	if o.Superior > 0 {
		var names []string
		for _, e := range o.Monthly {
			names = append(names, fit(e.Address(), 40))
		}
		lines = append(lines, w.t("rollup.monthly", text.Args{"n": o.Superior, "daftar": text.HTML(strings.Join(names, ", "))}))
	}
	return strings.Join(lines, "\n")
}

func (w Writer) failing(o Office) string {
	if len(o.Failures) == 0 && o.Unknown == 0 {
		return w.t("rollup.no_failures", nil)
	}
	n, causes := 0, make([]string, 0, len(o.Failures))
	for _, f := range o.Failures {
		n += f.N
		causes = append(causes, f.Cause+" "+w.Text.Number(f.N))
	}
	return w.t("rollup.failures", text.Args{"n": w.Text.Number(n), "sebab": strings.Join(causes, ", "), "tidak_pasti": w.Text.Number(o.Unknown)})
}

// Month writes the page of the agency's head.
func (w Writer) Month(o Office, to personnel.Employee, now time.Time) string {
	local := w.in(now)
	month := w.Text.Plain("format.month_"+strconv.Itoa(int(local.Month())), nil) + " " + strconv.Itoa(local.Year())
	change := o.Linked - o.Before
	points := percent(max(change, -change), o.People)
	if points == percent(0, o.People) { // too little to be seen in one decimal
		change = 0
	}
	lines := []string{w.t(compared(change, "rollup.month_up", "rollup.month_same", "rollup.month_down"), text.Args{"bulan": month, "persen": percent(o.Linked, o.People), "selisih": points,
		"n": w.Text.Number(o.Linked), "jumlah": w.Text.Number(o.People)})}
	if o.Owed >= LeastGroup {
		lines = append(lines, w.t("rollup.month_answers", text.Args{"periode": o.Period, "mandiri": percent(o.Done, o.Owed), "lengkap": percent(o.Both, o.Owed)}))
	}
	lines = append(lines, w.t("rollup.month_none", text.Args{"sapaan": to.Salutation()}))
	return strings.Join(lines, "\n")
}

// compared chooses the sentence that compares with before.
func compared(change int, up, same, down string) string {
	switch {
	case change > 0:
		return up
	case change < 0:
		return down
	}
	return same
}

// percent writes a share with one decimal: "70,2".
func percent(part, whole int) string {
	if whole == 0 {
		return "0,0"
	}
	return strings.Replace(strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64), ".", ",", 1)
}
