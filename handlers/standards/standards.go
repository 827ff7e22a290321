package standards

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// personButtons lead to the standard of somebody whose position requires more than its
// class does.
func (e *env) personButtons(ctx context.Context, m personnel.Member) ([][]dialog.Button, error) {
	s, err := e.tx.Standard(ctx, m.ID)
	if err != nil || len(s.Special()) == 0 {
		return nil, err
	}
	return [][]dialog.Button{{{Label: e.Label("standard"), Action: e.MenuAction(personStep, m.ID)}}}, nil
}

// person lists what the position of somebody requires, and where that comes from.
func (e *env) person(ctx context.Context, a dialog.Action, _ int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	s, err := e.tx.Standard(ctx, m.ID)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "standard.head", Text: e.StandardText(m.Address(), s),
		Rows: [][]dialog.Button{{e.Link(feature.ToPerson, "back", m.ID)}}})
	return nil
}

// bareShown is how many positions are named in the message; the file has all.
const bareShown = 20

// bare names the positions of which no technical competency is required.
func (e *env) bare(ctx context.Context, _ dialog.Action, message int) error {
	b, err := e.tx.BareTitles(ctx)
	if err != nil {
		return err
	}
	reply := dialog.Reply{Template: "standard.bare", Edit: message, Text: e.T("standard.bare_none", nil)}
	if len(b.Titles) > 0 {
		reply.Text = e.desk().bareText(b)
		reply.Rows = [][]dialog.Button{{{Label: e.Label("standard_sheet"), Action: e.MenuAction(sheetStep, 0)}}}
	}
	reply.Rows = append(reply.Rows, []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, reply)
	return nil
}

func (e *env) desk() *desk { return at(e.Desk) }

func (p *desk) bareText(b register.Bare) string {
	n := p.Cfg.Text.Number
	lines := []string{p.Cfg.Text.T("standard.bare", text.Args{"jabatan": n(len(b.Titles)), "pegawai": n(b.People)}), ""}
	for _, one := range b.Titles[:min(len(b.Titles), bareShown)] {
		lines = append(lines, p.Cfg.Text.T("standard.bare_line", text.Args{"jabatan": titleOf(p, one), "n": n(one.People)}))
	}
	if rest := len(b.Titles) - bareShown; rest > 0 {
		lines = append(lines, p.Cfg.Text.T("standard.bare_more", text.Args{"n": n(rest)}))
	}
	return strings.Join(lines, "\n")
}

// titleOf is the title of a position, or that there is none.
func titleOf(p *desk, one register.BareTitle) string {
	if one.Title == "" {
		return p.Cfg.Text.Plain("standard.no_title", nil)
	}
	return measure.Cut(one.Title, feature.LongName)
}

// sheetOf says who wants that list, in which chat.
type sheetOf struct {
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// sheet sends all of these positions as a list that can be filled in and sent back.
func (e *env) sheet(_ context.Context, _ dialog.Action, _ int) error {
	data, err := json.Marshal(sheetOf{Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode positions: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "standard.sheet", Text: e.T("standard.sheet", nil),
		Picture: &dialog.Picture{Kind: bareSheet, Data: data, File: true}})
	return nil
}

// drawSheet is that list as it is when it is sent: a row for each position, with its
// title in the column of an import. Whoever has lost the right, or the chat, since it was
// asked for gets none.
func (p *desk) drawSheet(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of sheetOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var b register.Bare
	if err := p.Cfg.Store.InTx(ctx, func(open feature.Tx) error {
		tx := open.(Tx)
		if err := feature.ForOffice(ctx, tx, of.Chat, of.Reader); err != nil {
			return err
		}
		var err error
		b, err = tx.BareTitles(ctx)
		return err
	}); err != nil {
		return nil, err
	}
	rows := [][]string{append(register.StandardsTemplate(), p.Cfg.Text.Plain("standard.people", nil))}
	for _, one := range b.Titles {
		if one.Title != "" {
			rows = append(rows, append(register.StandardOfTitle(one.Title), strconv.Itoa(one.People)))
		}
	}
	var out bytes.Buffer
	err := sheet.Write(&out, "Bangkom", rows)
	return out.Bytes(), err
}
