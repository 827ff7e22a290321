package summary

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
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
	Next  time.Time // of the next summary; zero = not known
	Note  string    // HTML that stands above it; "" = none
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
	return !c.Plain && (c.Over || c.Facts.Owing()) && len(c.rows(nil)) > 0
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
		{60, MostNeeds, 4}, {32, MostNeeds, 4}, {24, MostNeeds, 3}, {20, MostNeeds, 2}, {16, MostNeeds, 1}, {16, 3, 1}, {12, 1, 0},
	} {
		if body := w.compose(c, fit.name, fit.needs, fit.blocks); length(body) <= Longest {
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
		more := [][]string{w.progress(c), w.risks(c), w.good(c, name), w.below(c)}
		lines = append(lines, "")
		for i, block := range more {
			if i < blocks {
				lines = append(lines, block...)
			}
		}
	}
	foot := w.t("summary.footer", text.Args{"tanggal": w.Text.Date(w.in(c.Now)), "jam": w.Text.Clock(w.in(c.Now))})
	if !c.Next.IsZero() {
		foot += " " + w.t("summary.next", text.Args{"tanggal": w.day(c.Next)})
	}
	return strings.Join(append(lines, foot), "\n")
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
	switch outreach.DayOf(due.Add(-time.Second), w.Location) - outreach.DayOf(now, w.Location) {
	case 0:
		return w.t("reminder.today", text.Args{"batas": w.until(due)})
	case 1:
		return w.t("reminder.tomorrow", text.Args{"batas": w.until(due)})
	}
	return w.until(due)
}

func (w Writer) verdict(c Card) string {
	f, call := c.Facts, c.To.Salutation()
	switch {
	case f.Self.Opened.IsZero() && f.Ratings.Opened.IsZero():
		return w.t("summary.nothing", text.Args{"sapaan": call})
	case !f.Owing() && f.Self.Expired+f.Ratings.Expired > 0:
		return w.t("summary.waiting_none", text.Args{"sapaan": call})
	case !f.Owing():
		return w.t("summary.all_done", text.Args{"sapaan": call})
	}
	args := text.Args{"selesai": f.Self.Done, "jumlah": f.People, "n": f.Self.Done - f.Self.Before}
	key := "summary.verdict"
	if f.Self.Opened.Before(c.Now.Add(-Week)) {
		key = "summary.verdict_up"
		if f.Self.Done == f.Self.Before {
			key = "summary.verdict_same"
		}
	}
	waiting := w.t("summary.waiting_none", text.Args{"sapaan": call})
	if f.Waiting > 0 {
		waiting = w.t("summary.waiting", text.Args{"n": f.Waiting, "sapaan": call})
	}
	return w.t(key, args) + " " + waiting
}

// needs names people with the state of a task, most urgent first.
func (w Writer) needs(c Card, name, most int) []string {
	f := c.Facts
	if len(f.Needs) == 0 || most == 0 {
		return nil
	}
	lines := []string{w.t("summary.needs", text.Args{"sapaan": c.To.Salutation()})}
	shown := f.Needs[:min(most, len(f.Needs))]
	for i, n := range shown {
		args := text.Args{"k": i + 1, "alamat": text.HTML(fit(n.Person.Address(), name)), "batas": w.until(n.Due), "sapaan": c.To.Salutation(),
			"keadaan": w.state(n)}
		lines = append(lines, w.t(needKey(n.Why), args))
	}
	if rest := f.Waiting - len(shown); rest > 0 {
		lines = append(lines, w.t("summary.more", text.Args{"n": rest}))
	}
	return lines
}

func needKey(y Why) string {
	switch y {
	case LastDay:
		return "summary.need_last"
	case Late:
		return "summary.need_late"
	case Talk:
		return "summary.need_talk"
	case Rate:
		return "summary.need_rate"
	}
	return "summary.need_unlinked"
}

func (w Writer) state(n Need) string {
	if n.Started {
		return w.Text.Plain("team.started", nil)
	}
	return w.Text.Plain("team.open", nil)
}

// progress counts each task; what nobody is in is left out.
func (w Writer) progress(c Card) (lines []string) {
	for _, r := range c.rows(&w) {
		lines = append(lines, html.EscapeString(r.Name+": "+r.Text))
	}
	if c.Facts.Median >= 0 && c.Facts.Self.Owed() > 0 {
		lines = append(lines, w.t("summary.median", text.Args{"n": c.Facts.Median}))
	}
	return lines
}

// parts are the counts of a task in words, plain.
func (w Writer) parts(p Progress, done, running, fresh string) string {
	var parts []string
	add := func(key string, n int) {
		if n > 0 || key == done {
			parts = append(parts, w.Text.Plain(key, text.Args{"n": n}))
		}
	}
	add(done, p.Done)
	add(running, p.Running)
	add(fresh, p.Fresh)
	add("summary.unreachable", p.Unreachable)
	add("summary.expired", p.Expired)
	add("summary.excused", p.Excused)
	return strings.Join(parts, " · ")
}

// risks are the deadlines of the next seven days, at most three with the next
// reminder.
func (w Writer) risks(c Card) (lines []string) {
	f := c.Facts
	var soon []string
	for _, one := range []struct {
		key string
		p   Progress
	}{{"summary.risk_self", f.Self}, {"summary.risk_rating", f.Ratings}} {
		if one.p.DueThen > 0 && one.p.Due.After(c.Now) && !one.p.Due.After(c.Now.Add(Week)) {
			soon = append(soon, w.t(one.key, text.Args{"batas": w.until(one.p.Due), "n": one.p.DueThen}))
		}
	}
	if len(soon) > 0 {
		lines = append(lines, w.t("summary.risk", text.Args{"daftar": text.HTML(strings.Join(soon, "; "))}))
	}
	if next := f.NextNudge(c.Now); !next.IsZero() && len(f.Remindable(c.Now)) == 0 {
		lines = append(lines, w.t("summary.nudge_from", text.Args{"kapan": w.day(next)}))
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
		names = append(names, fit(e.Address(), name))
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
	if g.People < LeastGroup {
		return nil
	}
	return []string{w.t("summary.below", text.Args{"selesai": g.Done, "jumlah": g.People})}
}

// rows are the bars of the picture, which the text repeats. Without a writer they
// have no words.
func (c Card) rows(w *Writer) (rows []report.TeamRow) {
	for _, one := range []struct {
		name, done, running, fresh string
		p                          Progress
	}{{"summary.self", "summary.done", "summary.running", "summary.fresh", c.Facts.Self},
		{"summary.ratings", "summary.rated", "summary.rating", "summary.unrated", c.Facts.Ratings}} {
		r := report.TeamRow{Done: one.p.Done, Running: one.p.Running, Fresh: one.p.Fresh, Unreachable: one.p.Unreachable}
		if r.Done+r.Running+r.Fresh+r.Unreachable == 0 {
			continue
		}
		if one.p.Opened.Before(c.Now.Add(-Week)) {
			r.Before = one.p.Before
		}
		if w != nil {
			r.Name, r.Text = w.Text.Plain(one.name, nil), w.parts(one.p, one.done, one.running, one.fresh)
		}
		rows = append(rows, r)
	}
	return rows
}

func (w Writer) chart(c Card) report.TeamChart {
	plain := w.Text.Plain
	chart := report.TeamChart{Title: plain("summary.picture", nil), Rows: c.rows(&w),
		Subtitle: plain("summary.picture_of", text.Args{"tanggal": w.Text.Date(w.in(c.Now)), "jumlah": c.Facts.People}),
		Legend:   report.TeamLegend{Done: plain("summary.legend_done", nil)}}
	for _, r := range chart.Rows {
		for _, one := range []struct {
			n    int
			key  string
			word *string
		}{{r.Running, "summary.legend_running", &chart.Legend.Running}, {r.Fresh, "summary.legend_fresh", &chart.Legend.Fresh},
			{r.Unreachable, "summary.legend_unreachable", &chart.Legend.Unreachable}, {r.Before, "summary.legend_before", &chart.Legend.Before}} {
			if one.n > 0 {
				*one.word = plain(one.key, nil)
			}
		}
	}
	return chart
}

// buttons are the actions: of each person who needs something, then of all.
func (w Writer) buttons(c Card) (rows [][]dialog.Button) {
	button := func(label string, k int, step string, ref int64) dialog.Button {
		return dialog.Button{Label: w.Text.Plain(label, text.Args{"n": k}), Action: c.Action(step, ref, "", w.Location)}
	}
	f := c.Facts
	if f.Owing() {
		for i, n := range f.Needs {
			switch k := i + 1; n.Why {
			case Talk:
				rows = append(rows, []dialog.Button{button("label.sum_talk", k, TalkStep, n.Task)})
			case Rate:
				row := []dialog.Button{button("label.sum_rate", k, RateStep, n.Task)}
				if n.Own {
					row = append(row, button("label.sum_share", k, ShareStep, n.Task))
				}
				rows = append(rows, row)
			default:
				rows = append(rows, []dialog.Button{button("label.sum_excuse", k, ExcuseStep, n.Person.ID)})
			}
		}
		if n := len(f.Remindable(c.Now)); n > 0 {
			rows = append(rows, []dialog.Button{button("label.sum_remind", n, RemindStep, 0)})
		}
	}
	return append(rows, []dialog.Button{button("label.sum_setting", 0, SettingStep, 0)})
}

// length counts a text in UTF-16 units.
func length(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// fit cuts a plain text so that it takes at most room units once it is escaped,
// and escapes it.
func fit(plain string, room int) string {
	escaped := html.EscapeString(plain)
	if length(escaped) <= room {
		return escaped
	}
	var b strings.Builder
	used := 1 // the mark of the cut
	for _, r := range plain {
		part := html.EscapeString(string(r))
		if used += length(part); used > room {
			break
		}
		b.WriteString(part)
	}
	return strings.TrimRight(b.String(), " ,.") + "…"
}
