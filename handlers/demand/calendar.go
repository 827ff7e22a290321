package demand

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// batchesShown is how many batches stand on one picture, so that a phone shows its letters;
// picturesShown is how many pictures there are at most.
const (
	batchesShown  = 12
	picturesShown = 3
)

// yearPictures sends the batches of a year as pictures, months from above. They are made to
// be passed on and printed.
func (e *env) yearPictures(ctx context.Context, a dialog.Action, _ int) error {
	year, _, err := e.year(ctx, a.Ref)
	if err != nil {
		return err
	}
	list, err := e.tx.YearBatches(ctx, year, e.Cfg.Location)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "demand.year_none", Text: e.T("demand.year_none", text.Args{"tahun": strconv.Itoa(year)}),
			Rows: [][]dialog.Button{{e.Link(feature.ToTrainings, "plan", 0)}, {{Label: e.Label("back"), Action: e.MenuAction(boardStep, int64(year))}}}})
		return nil
	}
	seats := 0
	for _, b := range list {
		seats += b.Seats
	}
	pages := slices.Collect(slices.Chunk(list, batchesShown))
	for k := range pages[:min(len(pages), picturesShown)] {
		args := text.Args{"tahun": strconv.Itoa(year), "angkatan": e.Cfg.Text.Number(len(list)), "tempat": e.Cfg.Text.Number(seats), "k": k + 1, "jumlah": min(len(pages), picturesShown)}
		data, err := json.Marshal(e.desk().yearChart(year, pages, k, args))
		if err != nil {
			return fmt.Errorf("encode calendar: %w", err)
		}
		caption := e.T("demand.year_caption", args)
		if left := len(list) - batchesShown*picturesShown; left > 0 && k == picturesShown-1 {
			caption += "\n" + e.T("demand.year_more", text.Args{"n": e.Cfg.Text.Number(left)})
		}
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "demand.year_caption", Text: caption, Shareable: true, Picture: &dialog.Picture{Kind: yearPicture, Data: data}})
	}
	return nil
}

// yearChart is one of the pictures. The first begins with January, the last ends with
// December, so that months without any batch are seen too.
func (p *desk) yearChart(year int, pages [][]training.Batch, k int, args text.Args) report.YearChart {
	plain, place := p.Cfg.Text.Plain, p.Cfg.Location
	c := report.YearChart{Title: plain("demand.year_title", args), Subtitle: plain("demand.year_all", args),
		Legend: [2]string{plain("demand.year_firm", nil), plain("demand.year_planned", nil)},
		Footer: plain("demand.year_foot", text.Args{"tanggal": p.Cfg.Text.ShortDate(p.Cfg.Now().In(place))})}
	if len(pages) > 1 {
		c.Subtitle = plain("demand.year_page", args)
	}
	month := func(b training.Batch) time.Month { // of those without a day: after December
		if b.Starts().IsZero() {
			return time.December + 1
		}
		return b.Starts().In(place).Month()
	}
	from, to := time.January, time.December
	last := month(pages[k][len(pages[k])-1])
	if k > 0 { // the month of the picture before goes on, or the next one begins
		before := pages[k-1]
		from = min(month(pages[k][0]), month(before[len(before)-1])+1)
	}
	if k+1 < len(pages) {
		to = last
	}
	for m := from; m <= max(to, last); m++ {
		of := slices.DeleteFunc(slices.Clone(pages[k]), func(b training.Batch) bool { return month(b) != m })
		c.Months = append(c.Months, p.yearMonth(year, m, of))
	}
	return c
}

// yearMonth is a month with its batches, or those that have no day yet.
func (p *desk) yearMonth(year int, month time.Month, list []training.Batch) report.YearMonth {
	plain := p.Cfg.Text.Plain
	m := report.YearMonth{Name: plain("demand.year_no_day", nil), Text: plain("demand.year_month", text.Args{"n": len(list)})}
	if len(list) == 0 {
		m.Text = plain("demand.year_empty", nil)
	}
	if month <= time.December {
		m.Name, m.Days = p.month(month), time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	for _, b := range list {
		event := report.YearEvent{Name: b.Name, Text: plain("demand.year_no_when", text.Args{"tempat": p.Cfg.Text.Number(b.Seats)}), Firm: b.State != training.Planned}
		if m.Days > 0 {
			first, last := b.Starts().In(p.Cfg.Location), b.Ends().In(p.Cfg.Location)
			event.From, event.To = first.Day(), last.Day()
			if last.Month() != month || last.Year() != first.Year() { // it goes on beyond the month
				event.To = m.Days
			}
			event.Text = plain("demand.year_when", text.Args{"kapan": p.span(first, last), "tempat": p.Cfg.Text.Number(b.Seats)})
		}
		m.Events = append(m.Events, event)
	}
	return m
}

// month is its name.
func (p *desk) month(m time.Month) string {
	return p.Cfg.Text.Plain("format.month_"+strconv.Itoa(int(m)), nil)
}

// span writes the days from the first to the last one, without the year.
func (p *desk) span(first, last time.Time) string {
	day := func(t time.Time) string { return strconv.Itoa(t.Day()) + " " + p.month(t.Month()) }
	switch {
	case first.YearDay() == last.YearDay() && first.Year() == last.Year():
		return day(first)
	case first.Month() == last.Month() && first.Year() == last.Year():
		return p.Cfg.Text.Plain("demand.year_same_month", text.Args{"dari": strconv.Itoa(first.Day()), "sampai": day(last)})
	}
	return p.Cfg.Text.Plain("demand.year_two_months", text.Args{"dari": day(first), "sampai": day(last)})
}
