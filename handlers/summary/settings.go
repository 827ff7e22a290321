package summary

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// summaryLine says when the next summary comes to somebody who leads a team of which
// there is anything to tell; "" = none does.
func (e *env) summaryLine(ctx context.Context) (string, error) {
	if !feature.Supervises(e.Employee.Rights) {
		return "", nil
	}
	f, gate, err := e.facts(ctx)
	if errors.Is(err, dialog.ErrNotFound) || err == nil && !f.Tells() {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	up, err := e.upcoming(ctx, gate)
	if err != nil || up.muted || up.next.IsZero() {
		return "", err
	}
	return e.T("attention.summary_next", text.Args{"kapan": e.When(up.next)}), nil
}

// summaryHours are the hours that are offered for the summary: each lies in the
// hours of work.
func summaryHours() []outreach.Clock {
	return []outreach.Clock{outreach.At(9, 0), outreach.At(10, 0), outreach.At(14, 0)}
}

// upcoming is what is planned of the summaries that go by themselves.
type upcoming struct {
	preference summary.Preference
	next       time.Time // zero = none
	muted      bool      // there is none because the person wants no reminders
	skipped    time.Time // when the next summary would go that the person leaves out; zero = none
}

// upcoming looks up when the next summary goes by itself. The one of this week
// may have gone on a day that was chosen before, or may wait for an hour of the
// person's own.
func (e *env) upcoming(ctx context.Context, gate outreach.Gate) (up upcoming, err error) {
	if up.preference, err = e.tx.SummaryPreference(ctx, e.Employee.ID); err != nil {
		return up, err
	}
	known, err := e.tx.Recipients(ctx, []int64{e.Employee.ID}, nil, e.Now)
	if err != nil {
		return up, err
	}
	diary, silence := known[e.Employee.ID].Diary, known[e.Employee.ID].Mute.Until
	cal, usual := gate.Calendar, gate.Rules.Hours.Weekly
	monday, from := cal.Day(e.Now).Monday(), e.Now
	skip, skips := up.preference.Skipped(cal)
	weeks, err := e.tx.Notifications(ctx, []string{summary.Key(e.Employee.ID, monday), summary.Key(e.Employee.ID, skip)})
	if err != nil {
		return up, err
	}
	this, decided := weeks[summary.Key(e.Employee.ID, monday)]
	if decided {
		from = (monday + 7).Start(e.Cfg.Location).Add(-1)
	}
	if of, ok := weeks[summary.Key(e.Employee.ID, skip)]; skips && skip >= monday && (!ok || of.Action == outreach.Hold) {
		up.skipped, _ = up.preference.At(cal, skip, usual, diary)
	}
	waits := decided && this.Action == outreach.Hold && this.At.After(e.Now) && !this.At.Before(up.preference.MutedUntil)
	if waits {
		up.next, waits = summary.AfterSilence(cal, this.At, diary, silence)
	}
	if !waits {
		up.next = up.preference.Next(cal, from, usual, diary, silence)
	}
	up.muted = up.next.IsZero() && e.Now.Before(silence)
	return up, nil
}

// summarySettings shows when the summary goes, and changes that.
func (e *env) summarySettings(ctx context.Context, _ dialog.Action, at summary.Stamp, message int) (string, bool, error) {
	gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return "", false, err
	}
	up, err := e.upcoming(ctx, gate)
	if err != nil {
		return "", false, err
	}
	if at.Rest != "" {
		preference, ok := e.changedPreference(gate, up, at.Rest)
		if !ok {
			return "", false, dialog.ErrNotFound
		}
		if err := e.tx.SetSummaryPreference(ctx, e.Employee.ID, preference, e.Now); err != nil {
			return "", false, err
		}
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
		if up, err = e.upcoming(ctx, gate); err != nil {
			return "", false, err
		}
	}
	hour := up.hour(gate)
	args := text.Args{"hari": e.Cfg.Text.Plain("format.day_"+strconv.Itoa(int(up.preference.Day())), nil), "jam": strings.Replace(hour.String(), ":", ".", 1),
		"dilewati": "", "berikutnya": "-"}
	switch {
	case !up.next.IsZero():
		args["berikutnya"] = e.When(up.next)
	case up.muted:
		args["berikutnya"] = text.HTML(e.T("summary.setting_muted", nil))
	}
	if !up.skipped.IsZero() {
		args["dilewati"] = text.HTML(e.T("summary.setting_skipped", text.Args{"tanggal": e.Cfg.Text.Date(up.skipped.In(e.Cfg.Location))}) + " ")
	}
	e.overSummary("summary.setting", args, at, message, e.settingRows(up, hour, at))
	return "", true, nil
}

// hour is the hour that was chosen, or the usual one.
func (u upcoming) hour(gate outreach.Gate) outreach.Clock {
	if u.preference.Hour != 0 {
		return u.preference.Hour
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
	var days []dialog.Button
	for d := time.Monday; d <= time.Friday; d++ {
		name := e.Cfg.Text.Plain("format.day_"+strconv.Itoa(int(d)), nil)
		days = append(days, set(name, "hari-"+strconv.Itoa(int(d)), d == up.preference.Day()))
	}
	var hours []dialog.Button
	for _, h := range summaryHours() {
		hours = append(hours, set(strings.Replace(h.String(), ":", ".", 1), "jam-"+strconv.Itoa(int(h)), h == hour))
	}
	rows := append(feature.Grid(3, days), hours)
	switch {
	case !up.skipped.IsZero():
		rows = append(rows, []dialog.Button{set(e.Label("sum_unskip"), "kirim", false)})
	case !up.next.IsZero():
		rows = append(rows, []dialog.Button{set(e.Label("sum_skip"), "diam", false)})
	}
	return append(rows, e.backToSummary(at))
}

// changedPreference is what a button of the settings says; false = it says
// nothing that is known.
func (e *env) changedPreference(gate outreach.Gate, up upcoming, what string) (preference summary.Preference, ok bool) {
	preference = up.preference
	name, number, _ := strings.Cut(what, "-")
	n, _ := strconv.Atoi(number)
	switch {
	case name == "hari" && n >= int(time.Monday) && n <= int(time.Friday):
		preference.Weekday = time.Weekday(n)
	case name == "jam" && slices.Contains(summaryHours(), outreach.Clock(n)):
		preference.Hour = outreach.Clock(n)
	case what == "diam" && !up.skipped.IsZero(): // pressed twice
	case what == "diam" && !up.next.IsZero():
		preference = preference.Skip(gate.Calendar, up.next)
	case what == "kirim":
		preference.MutedUntil = time.Time{}
	default:
		return preference, false
	}
	return preference, true
}
