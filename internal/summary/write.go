package summary

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// TeamPicture is the kind of picture that shows the progress of a team. Its data
// is a report.TeamChart.
const TeamPicture = "team"

// Longest is how long a summary may be, in UTF-16 units with its markup: a
// caption has room for 1,024 without.
const Longest = 1000

// Writer writes summaries in the words of the catalogue.
type Writer struct {
	Text     *text.Catalogue
	Location *time.Location
}

// Card is one summary to write.
type Card struct {
	To    personnel.Employee
	Facts Facts
	Now   time.Time
	Next  time.Time          // of the next summary; zero = not known
	Work  *outreach.Calendar // tells when a reminder can go; nil = at any time
	Muted bool               // the person wants nothing, so there is no next one
	Note  string             // HTML that stands above it; "" = none
	Why   int64              // the notification that "Alasan pesan ini" explains; 0 = no such row
	// Excused is the person who was excused a moment before; the way back leads to
	// nobody else then. 0 = nobody was.
	Excused int64
	// Plain asks for no picture, because the message that is edited has none.
	Plain bool
	// Over says that the message that is edited shows a picture.
	Over bool
}

// Action is a button of a summary.
func (c Card) Action(step string, ref int64, rest string, loc *time.Location) dialog.Action {
	s := Stamp{Day: outreach.DayOf(c.Now, loc), Picture: c.Over || c.drawn(), Rest: rest}
	return dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume, Value: s.String()}
}

// drawn tells whether the summary comes with a picture.
func (c Card) drawn() bool {
	return !c.Plain && (c.Over || c.Facts.Owing()) && len(c.Facts.rows()) > 0
}

// Reply is the summary as a message: a picture with its caption, or a text where
// there is nothing to draw.
func (w Writer) Reply(c Card) (dialog.Reply, error) {
	r := dialog.Reply{Template: "summary.verdict", Text: w.body(c), Rows: w.buttons(c), OverPicture: c.Over}
	if c.drawn() {
		data, err := json.Marshal(w.chart(c))
		if err != nil {
			return r, fmt.Errorf("encode picture: %w", err)
		}
		r.Picture = &dialog.Picture{Kind: TeamPicture, Data: data}
	}
	return r, nil
}

// body is the text. What does not fit is left out from the end of the order of
// product.md 2.1, after names were cut.
func (w Writer) body(c Card) string {
	for _, fit := range []struct{ name, needs, blocks int }{
		{60, MaxNeeds, 4}, {32, MaxNeeds, 4}, {24, MaxNeeds, 3}, {20, MaxNeeds, 2}, {16, MaxNeeds, 1}, {16, 3, 1}, {12, 1, 0},
	} {
		if body := w.compose(c, fit.name, fit.needs, fit.blocks); measure.Units(body) <= Longest {
			return body
		}
	}
	c.Note = ""
	return w.compose(c, 12, 0, 0)
}

// compose writes the blocks in their order: the first ones always, of the others
// so many.
func (w Writer) compose(c Card, name, needs, blocks int) string {
	f := c.Facts
	var lines []string
	if c.Note != "" {
		lines = append(lines, c.Note, "")
	}
	lines = append(lines, "<b>"+w.verdict(c)+"</b>")
	if f.Owing() {
		if list := w.needs(c, name, needs); len(list) > 0 {
			lines = append(append(lines, ""), list...)
		}
		lines = append(append(lines, w.permits(c)...), w.signoffs(c)...)
		lines = append(lines, w.followUps(c)...)
		if n := c.Facts.Plans; n > 0 {
			lines = append(lines, w.t("summary.plans", text.Args{"n": n}))
		}
		more := [][]string{w.progress(c), w.risks(c), w.good(c, name), w.below(c)}
		lines = append(lines, "")
		for i, block := range more {
			if i < blocks {
				lines = append(lines, block...)
			}
		}
	}
	if u := f.Unread; u.People > 0 {
		lines = append(lines, w.t("summary.unread", text.Args{"n": w.Text.Number(u.People), "pengumuman": w.Text.Number(u.Announcements)}))
	}
	return strings.Join(append(lines, w.foot(c)), "\n")
}

// foot says of when the numbers are, and when the next summary comes by itself.
func (w Writer) foot(c Card) string {
	foot := w.t("summary.footer", text.Args{"tanggal": w.Text.Date(w.in(c.Now)), "jam": w.Text.Clock(w.in(c.Now))})
	switch {
	case !c.Facts.Tells():
		foot += " " + w.t("summary.next_none", nil)
	case c.Muted:
		foot += " " + w.t("summary.next_muted", nil)
	case !c.Next.IsZero():
		foot += " " + w.t("summary.next", text.Args{"tanggal": w.day(c.Next)})
	}
	return foot
}

func (w Writer) t(key string, args text.Args) string { return w.Text.T(key, args) }

func (w Writer) in(t time.Time) time.Time { return t.In(w.Location) }

// day writes a day without its year: "Senin, 25 Januari".
func (w Writer) day(t time.Time) string {
	written := w.Text.Date(w.in(t))
	return strings.TrimSuffix(written, fmt.Sprintf(" %d", w.in(t).Year()))
}

// until is the last day of a deadline.
func (w Writer) until(due time.Time) string { return w.day(due.Add(-time.Second)) }

// Until is the last day of a deadline as a superior writes it: "Jumat, 22
// Januari"; today and tomorrow by these words.
func (w Writer) Until(due, now time.Time) string {
	return w.Text.Soon(w.until(due), w.in(due), now)
}

// verdict is the first sentence: how far the team is, and whether anything waits.
func (w Writer) verdict(c Card) string {
	f, call := c.Facts, text.Args{"sapaan": c.To.Salutation()}
	switch {
	case f.Self.Opened.IsZero() && f.Ratings.Opened.IsZero() && f.Deeds() == 0:
		return w.t("summary.nothing", call)
	case !f.Owing() && f.Self.Expired+f.Ratings.Expired > 0:
		return w.t("summary.closed", call)
	case !f.Owing() && f.Self.Excused > 0: // not all have finished
		return w.t("summary.all_done_but", text.Args{"selesai": f.Self.Done, "jumlah": f.People, "n": f.Self.Excused, "sapaan": c.To.Salutation()})
	case !f.Owing():
		return w.t("summary.all_done", call)
	case f.Self.Opened.IsZero():
		return w.waiting(c)
	}
	args := text.Args{"selesai": f.Self.Done, "jumlah": f.People, "n": f.Self.Done - f.Self.Before, "kecuali": w.besides("summary.verdict_excused", f.Self.Excused)}
	key := "summary.verdict"
	if f.Self.Opened.Before(c.Now.Add(-Week)) {
		key = "summary.verdict_up"
		if f.Self.Done == f.Self.Before {
			key = "summary.verdict_same"
		}
	}
	return w.t(key, args) + " " + w.waiting(c)
}

// besides counts who is excused beside a figure that says how many have finished;
// "" = nobody is.
func (w Writer) besides(key string, excused int) string {
	if excused == 0 {
		return ""
	}
	return w.Text.Plain(key, text.Args{"n": w.Text.Number(excused)})
}

// waiting says how much waits for the superior, or else what is still open.
func (w Writer) waiting(c Card) string {
	f, call := c.Facts, c.To.Salutation()
	if n := f.Deeds(); n > 0 {
		return w.t("summary.waiting", text.Args{"n": n, "sapaan": call})
	}
	var soon, open []string
	for _, one := range []struct {
		all, first string // all end at once, or some before the others
		p          Progress
	}{{"summary.calm_self", "summary.calm_self_first", f.Self}, {"summary.calm_rating", "summary.calm_rating_first", f.Ratings}} {
		n, key, list := one.p.Left(), one.all, &open
		if n == 0 {
			continue
		}
		if one.p.DueThen < n {
			key = one.first
		}
		if !one.p.Due.After(c.Now.Add(Week)) { // no other summary comes before
			list = &soon
		}
		*list = append(*list, w.t(key, text.Args{"n": n, "dulu": one.p.DueThen, "batas": w.until(one.p.Due)}))
	}
	if n := f.Ratings.Shared; n > 0 {
		open = append(open, w.t("summary.calm_shared", text.Args{"n": n}))
	}
	var said []string
	rest := "summary.calm"
	if len(soon) > 0 {
		rest = "summary.calm_rest"
	}
	for _, one := range []struct {
		key  string
		list []string
	}{{"summary.calm_soon", soon}, {rest, open}} {
		if len(one.list) > 0 {
			said = append(said, w.t(one.key, text.Args{"daftar": text.HTML(strings.Join(one.list, ", "))}))
		}
	}
	if said == nil { // who is late is all that is left
		return w.t("summary.waiting_none", text.Args{"sapaan": call})
	}
	return strings.Join(said, " ")
}

// needs lists who needs something, at most so many, and counts who is late.
func (w Writer) needs(c Card, name, most int) (lines []string) {
	f := c.Facts
	shown := f.Needs[:min(most, len(f.Needs))]
	once := map[Why]bool{} // the deadline stands in the heading
	if len(shown) > 0 {
		head := []string{w.t("summary.needs", text.Args{"sapaan": c.To.Salutation()})}
		for _, one := range []struct {
			why Why
			key string
		}{{Rate, "summary.needs_rate"}, {LastDay, "summary.needs_last"}} {
			if due, ok := together(shown, one.why); ok {
				once[one.why] = true
				head = append(head, w.t(one.key, text.Args{"batas": w.Until(due, c.Now)}))
			}
		}
		lines = append(lines, strings.Join(head, " · "))
	}
	for i, n := range shown {
		lines = append(lines, w.t(needKey(n, once[n.Why]), text.Args{"k": i + 1, "alamat": text.HTML(measure.Fit(n.Person.Address(), name)),
			"sapaan": c.To.Salutation(), "keadaan": w.state(n), "batas": w.Until(n.Due, c.Now)}))
	}
	if rest := f.Waiting - len(shown); rest > 0 {
		lines = append(lines, w.t("summary.more", text.Args{"n": rest}))
	}
	if f.Self.Late > 0 {
		lines = append(lines, w.t("summary.late", text.Args{"n": f.Self.Late}))
	}
	return lines
}

// permits counts the permissions that wait.
func (w Writer) permits(c Card) []string {
	p := c.Facts.Permits
	switch {
	case p.N == 0:
		return nil
	case p.Until.IsZero():
		return []string{w.t("summary.permits", text.Args{"n": p.N})}
	}
	return []string{w.t("summary.permits_until", text.Args{"n": p.N, "batas": w.Until(p.Until, c.Now)})}
}

// signoffs counts the units of which something waits to be approved.
func (w Writer) signoffs(c Card) []string {
	s := c.Facts.Signoffs
	if s.N == 0 {
		return nil
	}
	return []string{w.t("summary.signoffs", text.Args{"n": s.N, "batas": w.Text.Date(s.Until)})}
}

// followUps counts the people about whom the superior is asked what they use of a training.
func (w Writer) followUps(c Card) []string {
	f := c.Facts.Follow
	if f.N == 0 {
		return nil
	}
	return []string{w.t("summary.follow_ups", text.Args{"n": f.N, "batas": w.Until(f.Until, c.Now)})}
}

// together returns the deadline that all who need something for the same reason
// have, if they are several.
func together(shown []Need, y Why) (due time.Time, ok bool) {
	n := 0
	for _, one := range shown {
		if one.Why != y {
			continue
		}
		if n++; n > 1 && !one.Due.Equal(due) {
			return due, false
		}
		due = one.Due
	}
	return due, n > 1
}

// needKey is the line of a reason; once says that the deadline stands above.
func needKey(n Need, once bool) string {
	switch y := n.Why; {
	case y == LastDay && once:
		return "summary.need_last_once"
	case y == LastDay:
		return "summary.need_last"
	case y == Talk:
		return "summary.need_talk"
	case y == Rate && once:
		return "summary.need_rate_once"
	case y == Rate:
		return "summary.need_rate"
	case n.Linked:
		return "summary.need_unreachable"
	}
	return "summary.need_unlinked"
}

func (w Writer) state(n Need) string {
	if n.Started {
		return w.Text.Plain("team.started", nil)
	}
	return w.Text.Plain("team.open", nil)
}

// risks are the deadlines of the next seven days, unless the verdict names them,
// and the next reminder.
func (w Writer) risks(c Card) (lines []string) {
	f := c.Facts
	var soon []string
	for _, one := range []struct {
		key string
		p   Progress
	}{{"summary.risk_self", f.Self}, {"summary.risk_rating", f.Ratings}} {
		if f.Waiting > 0 && one.p.DueThen > 0 && one.p.Due.After(c.Now) && !one.p.Due.After(c.Now.Add(Week)) {
			soon = append(soon, w.t(one.key, text.Args{"batas": w.until(one.p.Due), "n": one.p.DueThen}))
		}
	}
	if len(soon) > 0 {
		lines = append(lines, w.t("summary.risk", text.Args{"daftar": text.HTML(strings.Join(soon, "; "))}))
	}
	if next := f.NextNudge(c.Now, c.Work); !next.IsZero() && len(f.Remindable(c.Now)) == 0 {
		lines = append(lines, w.t("summary.nudge_from", text.Args{"kapan": w.day(next)}))
	}
	if f.Gone > 0 {
		var names []string
		for _, e := range f.Away {
			names = append(names, measure.Fit(e.Address(), 32))
		}
		key := "summary.away"
		if f.Gone > len(names) {
			key = "summary.away_more"
		}
		lines = append(lines, w.t(key, text.Args{"n": f.Gone, "daftar": text.HTML(strings.Join(names, ", "))}))
	}
	if n, from := f.Asked(c.Now); n > 0 {
		lines = append(lines, w.t("summary.codes_from", text.Args{"n": n, "kapan": w.day(from)}))
	}
	if f.Spent > 0 {
		lines = append(lines, w.t("summary.nudge_spent", text.Args{"n": f.Spent}))
	}
	return lines
}

func (w Writer) good(c Card, name int) []string {
	n := c.Facts.Self.Done - c.Facts.Self.Before
	if n <= 0 || len(c.Facts.Finished) == 0 {
		return nil
	}
	var names []string
	for _, e := range c.Facts.Finished {
		names = append(names, measure.Fit(e.Address(), name))
	}
	key := "summary.good"
	if n > len(names) {
		key = "summary.good_more"
	}
	return []string{w.t(key, text.Args{"n": n, "daftar": text.HTML(strings.Join(names, ", "))})}
}

// below counts the people below the team, of a head of unit.
func (w Writer) below(c Card) []string {
	g := c.Facts.Below
	if g.People < MinGroup {
		return nil
	}
	return []string{w.t("summary.below", text.Args{"selesai": g.Done, "jumlah": g.People, "kecuali": w.besides("summary.verdict_excused", g.Excused)})}
}
