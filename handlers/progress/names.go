package progress

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// names lists a page of the people of a unit who have not sent the self-assessment. The
// unit is the ref; the value is the page, and "" below the picture, which stays.
func (e *env) names(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil || a.Ref <= 0 {
		return dialog.ErrNotFound
	}
	people, err := e.tx.NotFilled(ctx, e.Area(), a.Ref, page*feature.PageSize, feature.PageSize+1, e.Now)
	if err != nil {
		return err
	}
	if a.Value == "" {
		message = 0
	}
	if len(people) == 0 && page > 0 { // the list has become shorter
		a.Value = "0"
		return e.names(ctx, a, message)
	}
	if len(people) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "progress.names_none", Text: e.T("progress.names_none", nil), Edit: message, Rows: e.back(0)})
		return nil
	}
	turn := e.Pages(namesStep, a.Ref, page, feature.PageSize, page*feature.PageSize+len(people)) // one is read that is not shown
	people = people[:min(len(people), feature.PageSize)]
	head := e.T("progress.names", text.Args{"unit": feature.Clip(people[0].UnitName, feature.LongName)})
	body, rows := feature.NumberedBy(head, people, page*feature.PageSize, e.Opener(feature.ToPerson), e.stateOf)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "progress.names", Text: body, Rows: append(append(rows, turn...), e.back(0)...), Edit: message})
	return nil
}

// stateOf says how far somebody is, and that there is no account.
func (e *env) stateOf(m personnel.Member) string {
	word := e.ProgressWord(m)
	if none := e.T("team.not_linked", nil); !m.Linked && word != none {
		return word + ", " + none
	}
	return word
}

// sheetOf says whose area is wanted as a spreadsheet, and in which chat.
type sheetOf struct {
	All     bool      `json:"all,omitempty"`
	Officer int64     `json:"officer"`
	Chat    int64     `json:"chat"`
	At      time.Time `json:"at"`
}

// sheet sends the board and the names as a spreadsheet. It is made to be worked with
// outside the chat.
func (e *env) sheet(context.Context, dialog.Action, int) error {
	data, err := json.Marshal(sheetOf{All: e.Area().All, Officer: e.Employee.ID, Chat: e.Session.ChatID, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode board: %w", err)
	}
	at := e.Now.In(e.Cfg.Location)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "progress.file", Shareable: true, Picture: &dialog.Picture{Kind: boardSheet, Data: data, File: true},
		Text: e.T("progress.file", text.Args{"tanggal": e.Cfg.Text.Date(at), "jam": e.Cfg.Text.Clock(at)})})
	return nil
}

// drawSheet makes the file. Whoever has lost the right, or the chat, since then gets one
// without people.
func (d *desk) drawSheet(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of sheetOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var units, people [][]string
	err := d.Cfg.Store.InTx(ctx, func(open feature.Tx) error {
		tx := open.(Tx)
		held, err := tx.HeldBy(ctx, of.Chat, of.Officer)
		if err != nil {
			return err
		}
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err != nil {
			return err
		}
		area := personnel.Area{All: of.All && office && held}
		if held {
			area.Officer = of.Officer
		}
		if units, err = d.unitRows(ctx, tx, area); err != nil {
			return err
		}
		people, err = d.peopleRows(ctx, tx, area, of.At)
		return err
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = sheet.WriteBook(&b, sheet.Page{Name: d.plain("progress.sheet_units"), Rows: units}, sheet.Page{Name: d.plain("progress.sheet_names"), Rows: people})
	return b.Bytes(), err
}

func (d *desk) plain(key string) string { return d.Cfg.Text.Plain(key, nil) }

// unitRows has a row for each unit and one for all.
func (d *desk) unitRows(ctx context.Context, tx Tx, area personnel.Area) ([][]string, error) {
	p, err := tx.UnitProgress(ctx, area)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{d.plain("progress.col_unit"), d.plain("progress.col_owed"), d.plain("progress.col_linked"), d.plain("progress.col_sent"), d.plain("progress.col_started"),
		d.plain("progress.col_fresh"), d.plain("progress.col_unlinked"), d.plain("progress.col_asked"), d.plain("progress.col_rated"), d.plain("progress.col_excused")}}
	all := p.All()
	all.Name = d.plain("progress.row_all")
	for _, u := range append(p.Units, all) {
		row := []string{u.Name}
		for _, n := range []int{u.Owed, u.Linked, u.Sent, u.Started, u.Fresh, u.Unlinked, u.Asked, u.Rated, u.Excused} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// peopleRows has a row for everybody who has not sent it.
func (d *desk) peopleRows(ctx context.Context, tx Tx, area personnel.Area, at time.Time) ([][]string, error) {
	list, err := tx.NotFilled(ctx, area, 0, 0, 0, at)
	if err != nil {
		return nil, err
	}
	e := &env{Env: &feature.Env{Desk: d.Desk}}
	rows := [][]string{{d.plain("progress.col_name"), d.plain("progress.col_nip4"), d.plain("progress.col_post"), d.plain("progress.col_unit"), d.plain("progress.col_state")}}
	for _, m := range list {
		rows = append(rows, []string{m.DisplayName(), m.NIP.Last4(), m.PositionTitle, m.UnitName, e.stateOf(m)})
	}
	return rows, nil
}
