package office

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/invitation"
	"bangkom/internal/measure"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// The buttons of slips in bulk (lembar undangan unit). The ref is the unit.
const (
	slipsStep    = "undang"    // the units; its value is the page
	slipUnitStep = "undangu"   // what would be printed for one
	renewStep    = "undangl"   // asks whether codes that work shall be replaced too
	printStep    = "undangc"   // prints for those without a code
	reprintStep  = "undangcya" // prints for all
)

// SlipsFile is the kind of file that holds slips.
const SlipsFile = "slips"

const (
	slipUnitsShown = 40  // units on a card: most agencies need no second one
	slipsAtOnce    = 300 // slips in a file; whoever is left gets one with the next press
)

// slips lists the units of the area in which somebody has no account, the most first. Of a
// single unit it shows at once what would be printed.
func (e *env) slips(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	units, err := e.tx.SlipUnits(ctx, e.Area(), 0, e.Now)
	if err != nil {
		return err
	}
	switch {
	case len(units) == 0:
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "slips.none", Text: e.T("slips.none", nil), Edit: message, Rows: [][]dialog.Button{e.backRow()}})
		return nil
	case len(units) == 1:
		e.showSlips(units[0], message)
		return nil
	case page*slipUnitsShown >= len(units): // there are fewer by now
		page = 0
	}
	from := page * slipUnitsShown
	shown := units[from:min(from+slipUnitsShown, len(units))]
	lines := []string{e.T("slips.units", text.Args{"jumlah": e.Cfg.Text.Number(len(units))}), ""}
	var numbers []dialog.Button
	room := (feature.MessageBudget-measure.Units(lines[0]))/len(shown) - 40
	for i, u := range shown {
		k := strconv.Itoa(from + i + 1)
		lines = append(lines, e.T("slips.line", text.Args{"k": k, "unit": measure.Cut(u.Name, min(room, feature.LongName)), "n": e.Cfg.Text.Number(u.People + u.Guarded)}))
		numbers = append(numbers, dialog.Button{Label: k, Action: e.MenuAction(slipUnitStep, u.Unit)})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(slipsStep, 0, page, slipUnitsShown, len(units))...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "slips.units", Text: strings.Join(lines, "\n"), Edit: message, Rows: append(rows, e.backRow())})
	return nil
}

// slipUnit is a unit of the area with what may be printed for it.
func (e *env) slipUnit(ctx context.Context, unit int64) (personnel.SlipUnit, error) {
	if unit <= 0 {
		return personnel.SlipUnit{}, dialog.ErrNotFound
	}
	units, err := e.tx.SlipUnits(ctx, e.Area(), unit, e.Now)
	if err == nil && len(units) == 0 {
		err = dialog.ErrNotFound
	}
	if err != nil {
		return personnel.SlipUnit{}, err
	}
	return units[0], nil
}

// slipCard shows what would be printed for a unit, or asks whether codes that work shall
// be replaced.
func (e *env) slipCard(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.slipUnit(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == renewStep {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "slips.renew", Edit: message, Text: e.T("slips.renew", e.slipArgs(u)),
			Rows: [][]dialog.Button{{{Label: e.Label("slips_renew_yes"), Action: e.MenuAction(reprintStep, u.Unit)}}, {{Label: e.Label("unlink_no"), Action: e.MenuAction(slipUnitStep, u.Unit)}}}})
		return nil
	}
	e.showSlips(u, message)
	return nil
}

func (e *env) slipArgs(u personnel.SlipUnit) text.Args {
	n := e.Cfg.Text.Number
	return text.Args{"unit": feature.Clip(u.Name, feature.LongName), "n": n(u.People), "baru": n(u.People - u.Coded), "kode": n(u.Coded), "lain": n(u.Guarded),
		"batas": e.Cfg.Text.Date(e.Now.AddDate(0, 0, e.Cfg.CodeDays).In(e.Cfg.Location))}
}

func (e *env) showSlips(u personnel.SlipUnit, message int) {
	args := e.slipArgs(u)
	lines := []string{e.T("slips.unit", args)}
	var rows [][]dialog.Button
	if fresh := min(u.People-u.Coded, slipsAtOnce); fresh > 0 {
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.slips_print", text.Args{"n": fresh}), Action: e.MenuAction(printStep, u.Unit)}})
	}
	if u.Coded > 0 {
		lines = append(lines, e.T("slips.coded", args))
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.slips_renew", text.Args{"n": min(u.People, slipsAtOnce)}), Action: e.MenuAction(renewStep, u.Unit)}})
	}
	if u.Guarded > 0 {
		lines = append(lines, e.T("slips.guarded", args))
	}
	if u.People > slipsAtOnce {
		lines = append(lines, e.T("slips.most", text.Args{"paling": slipsAtOnce}))
	}
	lines = append(lines, e.T("slips.care", args))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "slips.unit", Text: strings.Join(lines, "\n"), Edit: message, Rows: append(rows, e.backRow())})
}

// slipsOf says which slips are to be printed: of whose codes that were made at that moment
// in the batch of that number, and for which chat. It holds no code.
type slipsOf struct {
	Unit  int64     `json:"unit"`
	Batch string    `json:"batch"`
	At    time.Time `json:"at"`
	Chat  int64     `json:"chat"`
	By    int64     `json:"by"`
}

// printSlips makes the codes and sends the slips. The file is drawn when it is sent.
func (e *env) printSlips(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.slipUnit(ctx, a.Ref)
	if err != nil {
		return err
	}
	people, err := e.tx.SlipPeople(ctx, e.Area(), u.Unit, a.Step == reprintStep, slipsAtOnce, e.Now)
	if err != nil {
		return err
	}
	if len(people) == 0 { // pressed twice, or all came in meanwhile
		e.showSlips(u, message)
		return nil
	}
	batch := make([]byte, 16)
	if _, err := rand.Read(batch); err != nil {
		return fmt.Errorf("new batch of slips: %w", err)
	}
	of := slipsOf{Unit: u.Unit, Batch: hex.EncodeToString(batch), At: e.Now, Chat: e.Session.ChatID, By: e.Employee.ID}
	hashes := make([][]byte, len(people))
	for i, id := range people {
		code, err := invitation.Derived(e.Cfg.HashCode, of.Batch, id)
		if err != nil {
			return err
		}
		hashes[i] = e.Cfg.HashCode(code)
	}
	expires := e.Now.AddDate(0, 0, e.Cfg.CodeDays)
	if err := e.tx.PrintCodes(ctx, people, hashes, e.Employee.ID, e.Now, expires); err != nil {
		return err
	}
	data, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode slips: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "slips.file", Shareable: true, Picture: &dialog.Picture{Kind: SlipsFile, Data: data, File: true},
		Text: e.T("slips.file", text.Args{"unit": feature.Clip(u.Name, feature.LongName), "n": e.Cfg.Text.Number(len(people)), "batas": e.Cfg.Text.Date(expires.In(e.Cfg.Location))})})
	return nil
}

// drawSlips prints the slips. Codes that were used or replaced meanwhile are left out, and
// so is who is out of the reach of the role held by now; a chat that is somebody else's by now,
// or whose person looks after nobody any more, gets none.
func (p *desk) drawSlips(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of slipsOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var codes []personnel.SlipCode
	err := p.Cfg.Store.InTx(ctx, func(open feature.Tx) error {
		tx := open.(Tx)
		held, err := tx.HeldBy(ctx, of.Chat, of.By)
		if err != nil || !held {
			return err
		}
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err != nil {
			return err
		}
		area := personnel.Area{All: office, Officer: of.By}
		units, err := tx.SlipUnits(ctx, area, of.Unit, of.At)
		if err != nil || len(units) == 0 {
			return err
		}
		codes, err = tx.SlipCodes(ctx, area, of.Unit, of.At, p.Cfg.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	var slips []invitation.Slip
	until := of.At.AddDate(0, 0, p.Cfg.CodeDays)
	for _, c := range codes {
		code, err := invitation.Derived(p.Cfg.HashCode, of.Batch, c.Employee)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare(p.Cfg.HashCode(code), c.Hash) == 1 {
			slips, until = append(slips, invitation.Slip{Name: c.Name, Unit: c.Unit, NIP: c.NIP, Code: code}), c.Expires
		}
	}
	a := p.Cfg.Agency
	w := invitation.Writer{Text: p.Cfg.Text, Agency: a.Name, Mandate: a.Mandate, Recognition: a.Recognition, Helpdesk: a.Helpdesk, Bot: p.Cfg.BotUsername(), Location: p.Cfg.Location}
	var b bytes.Buffer
	err = w.Write(&b, slips, until)
	return b.Bytes(), err
}
