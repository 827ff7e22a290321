package handlers

import (
	"context"
	"strconv"
	"strings"

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
	lines := []string{e.t("pause.none", nil)}
	if len(list) > 0 {
		lines = []string{e.t("pause.list", text.Args{"jumlah": len(list)})}
	}
	var rows [][]dialog.Button
	for i, p := range list {
		n := strconv.Itoa(i + 1)
		lines = append(lines, e.t("pause.line", text.Args{"n": n, "unit": p.Unit, "tanggal": e.cfg.Text.Date(p.At.In(e.cfg.Location)),
			"hening": p.Muted, "blokir": p.Blocked, "pegawai": p.People}))
		b := dialog.Button{Label: e.cfg.Text.Plain("label.pause_end", text.Args{"n": n}), Action: e.menuAction("jedaya", p.ID)}
		if i%2 == 1 {
			rows[len(rows)-1] = append(rows[len(rows)-1], b)
			continue
		}
		rows = append(rows, []dialog.Button{b})
	}
	gate, err := e.cfg.Courier.Gate(ctx, e.tx)
	if err != nil {
		return err
	}
	lines = append(lines, "", e.calendarLine(gate))
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "pause.list", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// calendarLine says what the calendar lacks, or up to when it is known.
func (e *env) calendarLine(gate outreach.Gate) string {
	for _, w := range gate.Calendar.Warnings(e.now) {
		args := text.Args{"tahun": w.Year}
		switch w.Code {
		case string(outreach.CalendarMissing):
			return e.t("pause.calendar_missing", args)
		case outreach.RamadanMissing:
			return e.t("pause.ramadan_missing", args)
		case outreach.RamadanUnconfirmed:
			return e.t("pause.ramadan_unconfirmed", args)
		}
	}
	return e.t("pause.calendar_ok", text.Args{"tahun": e.now.Year()})
}

// resumeUnit ends a pause.
func (e *env) resumeUnit(ctx context.Context, a dialog.Action, message int) error {
	if err := e.tx.ResumeUnit(ctx, a.Ref, e.employee.ID, e.now); err != nil {
		return err
	}
	return e.pausedUnits(ctx, a, message)
}
