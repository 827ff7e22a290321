package summary

import (
	"html"
	"strings"

	"bangkom/internal/report"
	"bangkom/internal/text"
)

// row is one kind of task of a team: its line of counts, and its bar.
type row struct {
	progress Progress
	name     string // keys of the catalogue
	words    []string
}

// rows are the kinds of tasks that the team has.
func (f Facts) rows() (out []row) {
	for _, r := range []row{
		{f.Self, "summary.self", []string{"summary.done", "summary.running", "summary.fresh", "summary.missed"}},
		{f.Ratings, "summary.ratings", []string{"summary.rated", "summary.rating", "summary.unrated", "summary.expired"}},
	} {
		if r.progress.Owed() > 0 {
			out = append(out, r)
		}
	}
	return out
}

// progress counts each task; what nobody is in is left out.
func (w Writer) progress(c Card) (lines []string) {
	for _, r := range c.Facts.rows() {
		lines = append(lines, html.EscapeString(w.Text.Plain(r.name, nil)+": "+w.parts(r)))
	}
	if c.Facts.Median >= 0 && c.Facts.Self.Owed() > 0 {
		lines = append(lines, w.t("summary.median", text.Args{"n": c.Facts.Median}))
	}
	return lines
}

// parts are the counts of a task in words, plain. They add up to all of them.
func (w Writer) parts(r row) string {
	p := r.progress
	parts := []string{w.Text.Plain(r.words[0], text.Args{"n": p.Done})}
	for _, one := range []struct {
		key string
		n   int
	}{{r.words[1], p.Running}, {r.words[2], p.Fresh}, {"summary.unlinked", p.Unlinked}, {"summary.unreachable", p.Unreachable}, {"summary.shared_out", p.Shared},
		{r.words[3], p.Late + p.Expired}, {"summary.excused", p.Excused}} {
		if one.n > 0 {
			parts = append(parts, w.Text.Plain(one.key, text.Args{"n": one.n}))
		}
	}
	return strings.Join(parts, " · ")
}

// chart is the picture. Its texts are those of the summary; a bar is as long as
// what is owed.
func (w Writer) chart(c Card) report.TeamChart {
	plain := w.Text.Plain
	chart := report.TeamChart{Title: plain("summary.picture", nil),
		Subtitle: plain("summary.picture_of", text.Args{"tanggal": w.Text.Date(w.in(c.Now)), "jumlah": c.Facts.People}),
		Legend:   report.TeamLegend{Done: plain("summary.legend_done", nil)}}
	for _, r := range c.Facts.rows() {
		p := r.progress
		bar := report.TeamRow{Name: plain(r.name, nil), Text: w.parts(r), Done: p.Done, Running: p.Running,
			Fresh: p.Fresh + p.Shared + p.Late + p.Expired, Unreachable: p.Unreachable + p.Unlinked}
		if p.Opened.Before(c.Now.Add(-Week)) {
			bar.Before = p.Before
		}
		chart.Rows = append(chart.Rows, bar)
		without := map[bool]string{true: "summary.legend_unlinked", false: "summary.legend_unreachable"}[p.Unlinked > 0]
		if p.Unlinked > 0 && p.Unreachable > 0 {
			without = "summary.legend_without"
		}
		fresh := "summary.legend_fresh"
		if bar.Fresh > p.Fresh {
			fresh = "summary.legend_rest"
		}
		for _, one := range []struct {
			n    int
			key  string
			word *string
		}{{bar.Running, "summary.legend_running", &chart.Legend.Running}, {bar.Fresh, fresh, &chart.Legend.Fresh},
			{bar.Unreachable, without, &chart.Legend.Unreachable}, {bar.Before, "summary.legend_before", &chart.Legend.Before}} {
			if one.n > 0 && (*one.word == "" || one.key == "summary.legend_rest") {
				*one.word = plain(one.key, nil)
			}
		}
	}
	return chart
}
