package attention

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// pausesShown is how many paused units stand on one card.
const pausesShown = 6

// pausedUnits shows the units to which nothing is sent, and what the calendar
// lacks.
func (e *env) pausedUnits(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.Pauses(ctx, pausesShown)
	if err != nil {
		return err
	}
	lines := []string{e.T("pause.none", nil)}
	if len(list) > 0 {
		lines = []string{e.T("pause.list", text.Args{"jumlah": len(list)})}
	}
	var buttons []dialog.Button
	for i, p := range list {
		n := strconv.Itoa(i + 1)
		lines = append(lines, e.T("pause.line", text.Args{"n": n, "unit": p.Unit, "tanggal": e.Cfg.Text.Date(p.At.In(e.Cfg.Location)),
			"hening": p.Muted, "blokir": p.Blocked, "pegawai": p.People}))
		buttons = append(buttons, dialog.Button{Label: e.Cfg.Text.Plain("label.pause_end", text.Args{"n": n}), Action: e.MenuAction("jedaya", p.ID)})
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return err
	}
	lines = append(lines, "", calendarLines(e.Cfg.Text, gate.Calendar, e.Now))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "pause.list", Text: strings.Join(lines, "\n"), Edit: message,
		Rows: append(feature.Grid(2, buttons), []dialog.Button{e.Link(feature.ToCampaigns, "campaigns", 0), {Label: e.Label("helpers"), Action: e.MenuAction(helperList, 0)}},
			[]dialog.Button{e.Link(feature.ToDesk, "back", 0)})})
	return nil
}

// calendarLines say of which years the days off are known, this one and the next, and what
// the calendar lacks. Before the next year is missed they say how it comes.
func calendarLines(words *text.Catalogue, c *outreach.Calendar, now time.Time) string {
	year := c.Day(now).Year()
	this, next := c.Known(year), c.Known(year+1)
	var lines []string
	switch {
	case this && next:
		lines = append(lines, words.T("pause.calendar_both", text.Args{"tahun": year, "depan": year + 1}))
	case this:
		lines = append(lines, words.T("pause.calendar_ok", text.Args{"tahun": year}))
	case next:
		lines = append(lines, words.T("pause.calendar_ok", text.Args{"tahun": year + 1}))
	}
	missed := false
	for _, w := range c.Warnings(now) {
		args := text.Args{"tahun": w.Year}
		switch w.Code {
		case string(outreach.CalendarMissing):
			missed = missed || w.Year == year+1
			lines = append(lines, words.T("pause.calendar_missing", args))
		case outreach.RamadanMissing:
			lines = append(lines, words.T("pause.ramadan_missing", args))
		case outreach.RamadanUnconfirmed:
			lines = append(lines, words.T("pause.ramadan_unconfirmed", args))
		}
	}
	if !next && !missed {
		lines = append(lines, words.T("pause.calendar_next", text.Args{"tahun": year + 1}))
	}
	return strings.Join(lines, "\n")
}

// resumeUnit ends a pause.
func (e *env) resumeUnit(ctx context.Context, a dialog.Action, message int) error {
	if err := e.tx.ResumeUnit(ctx, a.Ref, e.Employee.ID, e.Now); err != nil {
		return err
	}
	return e.pausedUnits(ctx, a, message)
}
