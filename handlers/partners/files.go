package partners

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/coverage"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// fileOf says which year is wanted as a file, by whom, in which chat.
type fileOf struct {
	Year   int   `json:"year"`
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// file sends the coverage as a spreadsheet, or the agency's plan as one or on paper.
func (e *env) file(ctx context.Context, a dialog.Action, _ int) error {
	b, err := e.book(ctx, a.Ref)
	if err != nil {
		return err
	}
	of := map[string]struct{ kind, key, what string }{sheetStep: {coverSheet, "coverage.file", "coverage"}, planSheetStep: {planSheet, "hcdp.file", "plan"}, planPageStep: {planPage, "hcdp.file", "plan"}}[a.Step]
	if err := e.tx.RecordExport(ctx, of.what, e.Cfg.Text.Plain("demand.own_office", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(fileOf{Year: b.Year, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode file: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: of.key, Shareable: of.kind != coverSheet, // the sheet of coverage is for its reader: what they know by name is left out
		Text:    e.T(of.key, text.Args{"tahun": strconv.Itoa(b.Year)}),
		Picture: &dialog.Picture{Kind: of.kind, Data: data, File: true, Report: true}})
	return nil
}

// draw makes a file for whoever has asked for it; who has lost the right, or the chat, since
// then gets none.
func (p *desk) draw(ctx context.Context, data json.RawMessage, write func(tx Tx, of fileOf, now time.Time, w io.Writer) error) ([]byte, error) {
	var of fileOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := p.Cfg.Reports.InTx(ctx, func(open feature.Tx) error {
		tx := open.(Tx)
		if err := feature.ForOffice(ctx, tx, of.Chat, of.Reader); err != nil {
			return err
		}
		out.Reset()
		return write(tx, of, p.Cfg.Now().In(p.Cfg.Location), &out)
	})
	return out.Bytes(), err
}

func (p *desk) drawCover(ctx context.Context, data json.RawMessage) ([]byte, error) {
	return p.draw(ctx, data, func(tx Tx, of fileOf, now time.Time, w io.Writer) error {
		b, err := coverage.ReadMarket(ctx, tx, of.Year, of.Reader, now)
		if err != nil {
			return err
		}
		return sheet.WriteBook(w, sheet.Page{Name: p.plain("coverage.sheet"), Rows: p.coverRows(b)}, sheet.Page{Name: p.plain("coverage.sheet_offers"), Rows: p.offerRows(b)},
			sheet.Page{Name: p.plain("demand.sheet_book"), Rows: p.bookRows([]string{"perlu_min", "coverage.book_need", "ditawarkan", "coverage.book_offered", "direncanakan", "coverage.book_planned",
				"terlaksana", "coverage.book_held", "kurang_maks", "coverage.book_lacks"})})
	})
}

func (p *desk) plain(key string) string { return p.Cfg.Text.Plain(key, nil) }

// bookRows say what columns hold: names and the keys of their meaning, by turns.
func (p *desk) bookRows(pairs []string) [][]string {
	rows := [][]string{{p.plain("needs.book_column"), p.plain("needs.book_meaning")}}
	for i := 0; i+1 < len(pairs); i += 2 {
		rows = append(rows, []string{pairs[i], p.plain(pairs[i+1])})
	}
	return append(rows, []string{p.plain("needs.book_rules"), p.plain("demand.book_hidden")})
}

// told are the cells of a need: from how many up to how many; empty where nothing is told.
func told(t disclosure.Told) []string {
	if !needs.Tells(t) {
		return []string{"", ""}
	}
	return []string{strconv.Itoa(t.From), strconv.Itoa(t.To)}
}

func (p *desk) coverRows(b coverage.Book) [][]string {
	rows := [][]string{{"tahun", "kode_kompetensi", "kompetensi", "tingkat", "perlu_min", "perlu_maks", "ditawarkan", "direncanakan", "terlaksana", "kurang_maks"}}
	for _, l := range b.Lines() {
		level := p.plain("demand.all_levels")
		if l.Level != 0 {
			level = strconv.Itoa(l.Level)
		}
		lacks := ""
		if needs.Tells(l.Need) {
			lacks = strconv.Itoa(l.Lacks())
		}
		rows = append(rows, append(append([]string{strconv.Itoa(b.Year), l.Code, l.Name, level}, told(l.Need)...), strconv.Itoa(l.Offered), strconv.Itoa(l.Planned), strconv.Itoa(l.Held), lacks))
	}
	return rows
}

func (p *desk) offerRows(b coverage.Book) [][]string {
	rows := [][]string{{"mitra", "pelatihan", "kode_kompetensi", "kompetensi", "tingkat", "hari", "jp", "tempat", "harga", "mulai", "selesai", "angkatan_direncanakan"}}
	for _, o := range b.Offers {
		rows = append(rows, []string{o.Partner.Name, o.Title, o.Aim.Code, o.Aim.Name, strconv.Itoa(o.Aim.Level), strconv.Itoa(o.Days), strconv.Itoa(o.JP), strconv.Itoa(o.Seats), p.price(o),
			o.Starts.Format(time.DateOnly), o.Ends.Format(time.DateOnly), strconv.Itoa(o.Planned)})
	}
	return rows
}
