package reminder

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// WatchTx is what the watch over units and calendar asks of the open transaction.
type WatchTx interface {
	courier.Tx
	// NoteBlocks notes who has blocked the bot since the last look, and who has
	// come back.
	NoteBlocks(ctx context.Context, now time.Time) error
	// UnitWeeks counts the units in which somebody muted or blocked since the given
	// time and since sending was last resumed; not those that are paused.
	UnitWeeks(ctx context.Context, since time.Time) ([]UnitWeek, error)
	// PauseUnit stops sending to a unit and returns the pause; 0 = it is paused.
	PauseUnit(ctx context.Context, unit int64, u outreach.UnitWeek, now time.Time) (int64, error)
	// Officers returns who is to be told: the personnel office and the operator.
	Officers(ctx context.Context) ([]int64, error)
}

// UnitWeek is what happened in a unit in the days of the stop rule.
type UnitWeek struct {
	Unit int64 // id
	Name string
	outreach.UnitWeek
}

// Watch pauses sending to units in which too many have muted or blocked, and
// tells the personnel office and the operator (product.md 2.3, rule 12). A pause
// ends only by hand.
func (r *Reminder) Watch(ctx context.Context, tx WatchTx, now time.Time) (paused int, err error) {
	if err := tx.NoteBlocks(ctx, now); err != nil {
		return 0, err
	}
	units, err := tx.UnitWeeks(ctx, now.AddDate(0, 0, -r.cfg.Courier.Rules().Stop.Days))
	if err != nil {
		return 0, err
	}
	var messages []courier.Message
	officers, err := tx.Officers(ctx)
	if err != nil {
		return 0, err
	}
	for _, u := range units {
		if !r.cfg.Courier.Rules().Pause(u.UnitWeek) {
			continue
		}
		id, err := tx.PauseUnit(ctx, u.Unit, u.UnitWeek, now)
		if err != nil {
			return paused, err
		}
		if id == 0 {
			continue
		}
		paused++
		args := text.Args{"unit": u.Name, "pegawai": u.People, "hening": u.Muted, "blokir": u.Blocked}
		reply := dialog.Reply{Template: "pause.paused", Text: r.cfg.Text.T("pause.paused", args),
			Rows: [][]dialog.Button{{r.button("manage", "kelola", 0)}}}
		for _, o := range officers {
			messages = append(messages, r.alert(o, fmt.Sprintf("pause:%d:%s", u.Unit, now.UTC().Format(time.RFC3339)), reply, time.Time{}))
		}
	}
	_, err = r.cfg.Courier.SendAll(ctx, tx, now, messages)
	return paused, err
}

// alert is a message to an officer about the work of the office: a service, because
// the office asks for it; it must not wait for a free day of the officer's budget.
func (r *Reminder) alert(officer int64, key string, reply dialog.Reply, expires time.Time) courier.Message {
	return courier.Message{Employee: officer, Key: fmt.Sprintf("%s:%d", key, officer), Reply: reply,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Alert, Expires: expires}}
}

// WarnCalendar tells the personnel office once a month what the calendar lacks:
// the days off of the next year from September on, a month of fasting that is not
// confirmed.
func (r *Reminder) WarnCalendar(ctx context.Context, tx WatchTx, now time.Time) (warnings int, err error) {
	gate, err := r.cfg.Courier.Gate(ctx, tx)
	if err != nil {
		return 0, err
	}
	officers, err := tx.Officers(ctx)
	if err != nil {
		return 0, err
	}
	var messages []courier.Message
	keys := map[string]string{string(outreach.CalendarMissing): "pause.calendar_missing",
		outreach.RamadanMissing: "pause.ramadan_missing", outreach.RamadanUnconfirmed: "pause.ramadan_unconfirmed"}
	month := now.In(r.cfg.Location).Format("2006-01")
	for _, w := range gate.Calendar.Warnings(now) {
		reply := dialog.Reply{Template: keys[w.Code], Text: r.cfg.Text.T(keys[w.Code], text.Args{"tahun": w.Year}),
			Rows: [][]dialog.Button{{r.button("import", "impor", 0)}}}
		for _, o := range officers {
			messages = append(messages, r.alert(o, fmt.Sprintf("calendar:%s:%d:%s", w.Code, w.Year, month), reply, time.Time{}))
		}
		warnings++
	}
	_, err = r.cfg.Courier.SendAll(ctx, tx, now, messages)
	return warnings, err
}

// Pause is a unit to which nothing is sent.
type Pause struct {
	ID      int64     `db:"id"`
	Unit    string    `db:"unit"`
	At      time.Time `db:"paused_at"`
	People  int       `db:"people"`  // linked when the days of the rule began
	Muted   int       `db:"muted"`   // of them, in those days
	Blocked int       `db:"blocked"` // of them, in those days, without who had muted
}
