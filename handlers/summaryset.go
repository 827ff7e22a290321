package handlers

import (
	"context"
	"slices"
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

// upcoming is what is planned of the summaries that go by themselves.
type upcoming struct {
	wish    summary.Wish
	next    time.Time // zero = none
	muted   bool      // there is none because the person wants no reminders
	skipped time.Time // when the one would go that is skipped next; zero = none
}

// upcoming looks up when the next summary goes by itself. This week's may have gone
// on a day that was wished before, or wait for an hour of its own.
func (e *env) upcoming(ctx context.Context, gate outreach.Gate) (up upcoming, err error) {
	if up.wish, err = e.tx.SummaryWish(ctx, e.employee.ID); err != nil {
		return up, err
	}
	known, err := e.tx.Recipients(ctx, []int64{e.employee.ID}, nil, e.now)
	if err != nil {
		return up, err
	}
	diary, silence := known[e.employee.ID].Diary, known[e.employee.ID].Mute.Until
	cal, usual := gate.Calendar, gate.Rules.Hours.Weekly
	monday, from := cal.Day(e.now).Monday(), e.now
	skip, skips := up.wish.Skipped(cal)
	weeks, err := e.tx.Notices(ctx, []string{summary.Key(e.employee.ID, monday), summary.Key(e.employee.ID, skip)})
	if err != nil {
		return up, err
	}
	this, decided := weeks[summary.Key(e.employee.ID, monday)]
	if decided {
		from = (monday + 7).Start(e.cfg.Location).Add(-1)
	}
	if of, ok := weeks[summary.Key(e.employee.ID, skip)]; skips && skip >= monday && (!ok || of.Action == outreach.Hold) {
		up.skipped, _ = up.wish.At(cal, skip, usual, diary)
	}
	waits := decided && this.Action == outreach.Hold && this.At.After(e.now) && !this.At.Before(up.wish.MutedUntil)
	if waits {
		up.next, waits = summary.AfterSilence(cal, this.At, diary, silence)
	}
	if !waits {
		up.next = up.wish.Next(cal, from, usual, diary, silence)
	}
	up.muted = up.next.IsZero() && e.now.Before(silence)
	return up, nil
}

// summarySettings shows when the summary goes, and changes that.
func (e *env) summarySettings(ctx context.Context, _ dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	gate, err := e.cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return "", false, err
	}
	up, err := e.upcoming(ctx, gate)
	if err != nil {
		return "", false, err
	}
	if at.Rest != "" {
		wish, ok := e.changedWish(gate, up, at.Rest)
		if !ok {
			return "", false, dialog.ErrNotFound
		}
		if err := e.tx.SetSummaryWish(ctx, e.employee.ID, wish, e.now); err != nil {
			return "", false, err
		}
		e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
		if up, err = e.upcoming(ctx, gate); err != nil {
			return "", false, err
		}
	}
	hour := up.hour(gate)
	args := text.Args{"hari": e.cfg.Text.Plain("format.day_"+strconv.Itoa(int(up.wish.Day())), nil), "jam": strings.Replace(hour.String(), ":", ".", 1),
		"dilewati": "", "berikutnya": "-"}
	switch {
	case !up.next.IsZero():
		args["berikutnya"] = e.when(up.next)
	case up.muted:
		args["berikutnya"] = text.HTML(e.t("summary.setting_muted", nil))
	}
	if !up.skipped.IsZero() {
		args["dilewati"] = text.HTML(e.t("summary.setting_skipped", text.Args{"tanggal": e.cfg.Text.Date(up.skipped.In(e.cfg.Location))}) + " ")
	}
	e.overSummary("summary.setting", args, at, message, e.settingRows(up, hour, at))
	return "", true, nil
}

// hour is the hour that is wished, or the usual one.
func (u upcoming) hour(gate outreach.Gate) outreach.Clock {
	if u.wish.Hour != 0 {
		return u.wish.Hour
	}
	return gate.Rules.Hours.Weekly
}

func (e *env) settingRows(up upcoming, hour outreach.Clock, at summary.Stamp) [][]dialog.Button {
	set := func(label, rest string, chosen bool) dialog.Button {
		if chosen {
			label = "✓ " + label
		}
		return dialog.Button{Label: label, Action: e.stamped(summary.SettingStep, 0, at, rest)}
	}
	var rows [][]dialog.Button
	for d := time.Monday; d <= time.Friday; d++ {
		if (d-time.Monday)%3 == 0 {
			rows = append(rows, nil)
		}
		name := e.cfg.Text.Plain("format.day_"+strconv.Itoa(int(d)), nil)
		rows[len(rows)-1] = append(rows[len(rows)-1], set(name, "hari-"+strconv.Itoa(int(d)), d == up.wish.Day()))
	}
	var hours []dialog.Button
	for _, h := range summaryHours() {
		hours = append(hours, set(strings.Replace(h.String(), ":", ".", 1), "jam-"+strconv.Itoa(int(h)), h == hour))
	}
	rows = append(rows, hours)
	switch {
	case !up.skipped.IsZero():
		rows = append(rows, []dialog.Button{set(e.label("sum_unskip"), "kirim", false)})
	case !up.next.IsZero():
		rows = append(rows, []dialog.Button{set(e.label("sum_skip"), "diam", false)})
	}
	return append(rows, e.backToSummary(at))
}

// changedWish is what a button of the settings says; false = it says nothing that
// is known.
func (e *env) changedWish(gate outreach.Gate, up upcoming, what string) (wish summary.Wish, ok bool) {
	wish = up.wish
	name, number, _ := strings.Cut(what, "-")
	n, _ := strconv.Atoi(number)
	switch {
	case name == "hari" && n >= int(time.Monday) && n <= int(time.Friday):
		wish.Weekday = time.Weekday(n)
	case name == "jam" && slices.Contains(summaryHours(), outreach.Clock(n)):
		wish.Hour = outreach.Clock(n)
	case what == "diam" && !up.skipped.IsZero(): // pressed twice
	case what == "diam" && !up.next.IsZero():
		wish = wish.Skip(gate.Calendar, up.next)
	case what == "kirim":
		wish.MutedUntil = time.Time{}
	default:
		return wish, false
	}
	return wish, true
}
