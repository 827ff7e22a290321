package summary

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/effect"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

// UnitShare is how far a unit of MinGroup people or more is.
type UnitShare struct {
	Name       string
	Owed, Done int
	Excused    int // beside those who owe
}

// Failure counts messages that did not reach anybody, by cause.
type Failure struct {
	Cause string
	N     int // messages
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
	Excused  int // who need not fill in, beside those
	Done     int
	WeekAgo  int         // done a week ago
	Both     int         // people of whom both views were sent
	Lowest   []UnitShare // at most five, lowest first
	Small    int         // units that are left out because they are smaller than MinGroup
	Failures []Failure   // of the last seven days
	Unknown  int         // messages of unknown outcome
	Overdue  int         // requests that wait for longer than three days
	Letters  int         // stand-ins that wait for the check of their letter
	Monthly  []personnel.Employee
	Superior int // how many people Monthly lists
	// Announcements is what has gone wrong with announcements, or stands still.
	Announcements announcement.Board
	Training      Trainings
	// Signoffs say how far units are in each round that is not done, the oldest first.
	Signoffs []SignoffBoard
	Partners PartnerBoard
	Reports  int // trainings whose participants wait longer than promised to hear what was done
	// Results are what was published in the month before of evaluations of trainings.
	Results []evaluation.Shown
	// Used are the groups that were published of follow-ups: for the personnel office of the
	// last week, for the agency's head of the month before.
	Used, UsedBefore []followup.Shown
	Plans            Plans
	// Effects are comparisons of what citizens say whose later figures came in in the month
	// before.
	Effects []effect.Outcome
}

// Plans is what became of the lines of development plans of a year that were submitted. The
// zero Plans is that nothing was.
type Plans struct{ Year, People, Lines, Done int }

// PartnerBoard counts what the personnel office has to do about partners. The zero
// PartnerBoard is nothing.
type PartnerBoard struct {
	Over, Soon int // agreements that are over, and that end within 90 days
	Offers     int // offers that have not begun and of which no batch was planned
	Bare       int // competencies for which such an offer stands and no batch of the year is planned
}

// SignoffBoard counts the units of a round that are not validated yet.
type SignoffBoard struct{ Year, Unprepared, Prepared, Approved, Late int }

// Trainings counts the trainings of the agency at a moment. The zero Trainings is none.
type Trainings struct {
	Short   int // batches with fewer people than seats whose registration ends within a week
	Empty   int // seats that are free in batches that begin within two weeks and take no registration
	EmptyIn int // how many batches have those
	Bare    int // participants of batches within a week who have no surat tugas
	Held    int // batches that ended in the month before
	Reached int // people who were there, each once
}

// Office sends the week's roll-up to the personnel office.
func (m *Mailer) Office(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	monday := outreach.DayOf(now, m.Writer.Location).Monday()
	return m.rollup(ctx, tx, now, rollup{role: personnel.RoleHR, name: "office", from: monday, until: monday + 7, write: m.Writer.Office})
}

// Month sends one screen to the agency's head in the first days of a month.
func (m *Mailer) Month(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	local := now.In(m.Writer.Location)
	first := outreach.NewDay(local.Year(), local.Month(), 1)
	return m.rollup(ctx, tx, now, rollup{role: personnel.RoleHead, name: "month", from: first, until: first + 14, write: m.Writer.Month})
}

// rollup is what one page of counts is, and to whom it goes.
type rollup struct {
	role  personnel.Role // who gets it
	name  string         // of the keys and of its sentence in the catalogue
	from  outreach.Day   // when the first may go; the day stands in the key
	until outreach.Day   // when none may go any more
	write func(Office, personnel.Employee, time.Time) string
}

// rollup sends a page to everybody who gets it, once.
func (m *Mailer) rollup(ctx context.Context, tx Tx, now time.Time, r rollup) (courier.Tally, error) {
	people, err := tx.Holders(ctx, r.role)
	if err != nil || len(people) == 0 {
		return courier.Tally{}, err
	}
	gate, err := m.Courier.Gate(ctx, tx)
	if err != nil {
		return courier.Tally{}, fmt.Errorf("%s: %w", r.name, err)
	}
	begin := r.from.At(gate.Rules.Hours.Weekly, m.Writer.Location)
	if now.Before(begin) || !now.Before(r.until.Start(m.Writer.Location)) {
		return courier.Tally{}, nil
	}
	office, err := tx.Office(ctx, now)
	if err != nil {
		return courier.Tally{}, fmt.Errorf("%s: %w", r.name, err)
	}
	var messages []courier.Message
	for _, p := range people {
		messages = append(messages, courier.Message{Employee: p.ID, Key: fmt.Sprintf("%s:%d:%s", r.name, p.ID, r.from),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Rollup, Expires: r.until.Start(m.Writer.Location)},
			Reply:     dialog.Reply{Template: "rollup." + r.name, Text: r.write(office, p, now)}})
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
			"persen": percent(o.Done, o.Owed), "selisih": w.Text.Number(max(change, -change)), "kecuali": w.besides("rollup.excused", o.Excused)}))
	}
	if len(o.Lowest) > 0 {
		var units []string
		for _, u := range o.Lowest {
			key := "rollup.unit"
			if u.Excused > 0 {
				key = "rollup.unit_excused"
			}
			units = append(units, w.t(key, text.Args{"unit": text.HTML(measure.Fit(u.Name, 60)), "persen": percent(u.Done, u.Owed), "n": w.Text.Number(u.Excused)}))
		}
		lines = append(lines, w.t("rollup.lowest", text.Args{"daftar": text.HTML(strings.Join(units, ", "))}))
	}
	if o.Small > 0 {
		lines = append(lines, w.t("rollup.small", text.Args{"n": o.Small, "paling": MinGroup}))
	}
	lines = append(lines, w.failing(o))
	if o.Overdue > 0 || o.Letters > 0 {
		lines = append(lines, w.t("rollup.overdue", text.Args{"n": o.Overdue, "surat": o.Letters}))
	}
	if b := o.Announcements; b != (announcement.Board{}) {
		n := w.Text.Number
		lines = append(lines, w.t("ledger.board", text.Args{"gagal": n(b.Failed), "tidak_pasti": n(b.Unknown), "terlambat": n(b.Overdue), "tanya": n(b.Questions)}))
	}
	lines = append(lines, w.trainings(o.Training)...)
	for _, b := range o.Signoffs {
		n := w.Text.Number
		lines = append(lines, w.t("rollup.signoffs", text.Args{"tahun": strconv.Itoa(b.Year), "siap": n(b.Unprepared), "setuju": n(b.Prepared), "valid": n(b.Approved), "lewat": n(b.Late)}))
	}
	if b := o.Partners; b.Over+b.Soon > 0 {
		lines = append(lines, w.t("rollup.agreements", text.Args{"lewat": b.Over, "segera": b.Soon}))
	}
	if b := o.Partners; b.Offers > 0 {
		lines = append(lines, w.t("rollup.offers", text.Args{"n": b.Offers, "kompetensi": b.Bare}))
	}
	if o.Reports > 0 {
		lines = append(lines, w.t("rollup.reports_late", text.Args{"n": o.Reports}))
	}
	if line := w.barriers(o.Used); line != "" {
		lines = append(lines, line)
	}
	if o.Superior > 0 {
		var names []string
		for _, e := range o.Monthly {
			names = append(names, measure.Fit(e.Address(), 40))
		}
		lines = append(lines, w.t("rollup.monthly", text.Args{"n": o.Superior, "daftar": text.HTML(strings.Join(names, ", "))}))
	}
	return strings.Join(lines, "\n")
}

// trainings are the lines about what the personnel office has to do for trainings.
func (w Writer) trainings(t Trainings) (lines []string) {
	if t.Short > 0 {
		lines = append(lines, w.t("rollup.training_short", text.Args{"n": t.Short}))
	}
	if t.Empty > 0 {
		lines = append(lines, w.t("rollup.training_empty", text.Args{"n": t.Empty, "angkatan": t.EmptyIn}))
	}
	if t.Bare > 0 {
		lines = append(lines, w.t("rollup.training_bare", text.Args{"n": t.Bare}))
	}
	return lines
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
	if o.Owed >= MinGroup {
		lines = append(lines, w.t("rollup.month_answers", text.Args{"periode": o.Period, "mandiri": percent(o.Done, o.Owed), "lengkap": percent(o.Both, o.Owed),
			"kecuali": w.besides("rollup.excused", o.Excused)}))
	}
	switch t := o.Training; {
	case t.Held > 0 && t.Reached >= MinGroup:
		lines = append(lines, w.t("rollup.month_trained", text.Args{"n": t.Held, "orang": w.Text.Number(t.Reached)}))
	case t.Held > 0:
		lines = append(lines, w.t("rollup.month_held", text.Args{"n": t.Held}))
	}
	if line := w.results(o.Results); line != "" {
		lines = append(lines, line)
	}
	if line := w.used(o.UsedBefore); line != "" {
		lines = append(lines, line)
	}
	for _, one := range o.Effects {
		lines = append(lines, w.effect(one))
	}
	if p := o.Plans; p.People >= MinGroup {
		lines = append(lines, w.t("rollup.month_plans", text.Args{"tahun": strconv.Itoa(p.Year), "n": w.Text.Number(p.Lines), "selesai": w.Text.Number(p.Done), "orang": w.Text.Number(p.People)}))
	}
	lines = append(lines, w.t("rollup.month_none", text.Args{"sapaan": to.Salutation()}))
	return strings.Join(lines, "\n")
}

// results say of what was published in a month how many people can do alone what they
// were taught; "" = nothing was.
func (w Writer) results(all []evaluation.Shown) string {
	batches := 0
	for _, g := range all {
		batches += g.Batches
	}
	before, now := evaluation.Alone(w.Text, all)
	if now.Text == "" {
		return ""
	}
	return w.t("rollup.month_alone", text.Args{"angkatan": batches, "n": w.Text.Number(now.N), "sebelum": before.Text, "sekarang": now.Text})
}

// barriers say of what was published in a week what keeps people from using what they have
// learned; "" = nothing was.
func (w Writer) barriers(all []followup.Shown) string {
	j := followup.Join(all)
	share := func(item, value string) string {
		return evaluation.WriteShare(w.Text, j.Shares[followup.Cell{Item: item, Value: value}.Key()])
	}
	var parts []string
	if s := share(followup.Frequency, followup.NoChance); s != "" {
		parts = append(parts, w.Text.Plain("rollup.no_chance", text.Args{"bagian": s}))
	}
	for _, h := range followup.Helps() {
		if s := share(followup.Help, h); s != "" {
			parts = append(parts, w.Text.Plain(followup.HelpKey(h), nil)+" "+s)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return w.t("rollup.barriers", text.Args{"n": w.Text.Number(j.Persons), "daftar": strings.Join(parts, "; ")})
}

// monthDay is after how many days the agency's head reads the ability.
const monthDay = 90

// used says of what was published in a month which ability people have after ninety days;
// "" = nothing was.
func (w Writer) used(all []followup.Shown) string {
	j := followup.Join(followup.Of(all, monthDay))
	mean := func(item string) string {
		if j.Means[item].From >= followup.High {
			return w.Text.Plain("followup.or_more", nil)
		}
		return evaluation.WriteJoint(w.Text, j.Means[item])
	}
	self := mean(followup.Ability)
	if self == "" {
		return ""
	}
	line := w.t("rollup.month_used", text.Args{"n": w.Text.Number(j.Persons), "hari": monthDay, "nilai": self})
	if seen := mean(followup.Seen); seen != "" {
		line += " " + w.t("rollup.month_seen", text.Args{"nilai": seen})
	}
	return line
}

// effect says how what citizens say has moved, and what follows from that: never one without
// the other.
func (w Writer) effect(o effect.Outcome) string {
	moved := func(m effect.Mean) string { return satisfaction.Centi(m.Change()).Signed() }
	key := "rollup.month_effect"
	if o.Untrained.Units == 0 {
		key = "rollup.month_effect_alone"
	}
	return w.t(key, text.Args{"nama": o.Title, "n": o.Trained.Units, "gerak": moved(o.Trained), "lain": o.Untrained.Units, "gerak_lain": moved(o.Untrained),
		"kalimat": w.Text.Plain(o.Verdict.Sentence(), text.Args{"n": o.Chance.Of100()})})
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
