package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// summaryHours are the hours that are offered for the summary: each lies in the
// hours of work.
func summaryHours() []outreach.Clock {
	return []outreach.Clock{outreach.At(9, 0), outreach.At(10, 0), outreach.At(14, 0)}
}

// summarySettings shows when the summary goes, and changes that.
func (e *env) summarySettings(ctx context.Context, _ dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	wish, err := e.tx.SummaryWish(ctx, e.employee.ID)
	if err != nil {
		return "", false, err
	}
	if at.Rest != "" {
		if !e.changeWish(&wish, at.Rest) {
			return "", false, dialog.ErrNotFound
		}
		if err := e.tx.SetSummaryWish(ctx, e.employee.ID, wish, e.now); err != nil {
			return "", false, err
		}
		e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
	}
	gate, err := e.cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return "", false, err
	}
	next, err := e.nextSummary(ctx, gate)
	if err != nil {
		return "", false, err
	}
	hour := wish.Hour
	if hour == 0 {
		hour = gate.Rules.Hours.Weekly
	}
	args := text.Args{"hari": e.cfg.Text.Plain("format.day_"+strconv.Itoa(int(wish.Day())), nil), "jam": strings.Replace(hour.String(), ":", ".", 1),
		"berikutnya": "-"}
	if !next.IsZero() {
		args["berikutnya"] = e.cfg.Text.Date(next.In(e.cfg.Location)) + ", " + e.cfg.Text.Clock(next.In(e.cfg.Location))
	}
	e.overSummary("summary.setting", args, at, message, e.settingRows(wish, at))
	return "", true, nil
}

func (e *env) settingRows(wish summary.Wish, at summary.Stamp) [][]dialog.Button {
	set := func(label, rest string) dialog.Button {
		return dialog.Button{Label: label, Action: e.stamped(summary.SettingStep, 0, at, rest)}
	}
	var rows [][]dialog.Button
	for d := time.Monday; d <= time.Friday; d++ {
		if (d-time.Monday)%3 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], set(e.cfg.Text.Plain("format.day_"+strconv.Itoa(int(d)), nil), "hari-"+strconv.Itoa(int(d))))
	}
	var hours []dialog.Button
	for _, h := range summaryHours() {
		hours = append(hours, set(strings.Replace(h.String(), ":", ".", 1), "jam-"+strconv.Itoa(int(h))))
	}
	mute := set(e.label("sum_mute"), "diam")
	if wish.MutedUntil.After(e.now) {
		mute = set(e.label("sum_unmute"), "kirim")
	}
	return append(rows, hours, []dialog.Button{mute}, e.backToSummary(at))
}

// changeWish applies what a button of the settings says; false = it says nothing
// that is known.
func (e *env) changeWish(wish *summary.Wish, what string) bool {
	name, number, _ := strings.Cut(what, "-")
	n, _ := strconv.Atoi(number)
	switch {
	case name == "hari" && n >= int(time.Monday) && n <= int(time.Friday):
		wish.Weekday = time.Weekday(n)
	case name == "jam" && e.offeredHour(outreach.Clock(n)):
		wish.Hour = outreach.Clock(n)
	case what == "diam":
		wish.MutedUntil = (outreach.DayOf(e.now, e.cfg.Location).Monday() + 7).Start(e.cfg.Location)
	case what == "kirim":
		wish.MutedUntil = time.Time{}
	default:
		return false
	}
	return true
}

func (e *env) offeredHour(c outreach.Clock) bool {
	for _, h := range summaryHours() {
		if h == c {
			return true
		}
	}
	return false
}
