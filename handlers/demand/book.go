package demand

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// bookOf says which year is wanted as a spreadsheet, by whom, in which chat.
type bookOf struct {
	Year   int   `json:"year"`
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
	// Partner is for whom it is, of a sheet for a partner.
	Partner int64 `json:"partner,omitempty"`
}

// sheet sends the whole board as a spreadsheet, calendar the batches of the year. Both are
// made to be worked with outside the chat.
func (e *env) sheet(ctx context.Context, a dialog.Action, _ int) error {
	return e.file(ctx, a, demandSheet, "demand.file")
}

func (e *env) calendar(ctx context.Context, a dialog.Action, _ int) error {
	return e.file(ctx, a, calendarSheet, "demand.calendar_file")
}

func (e *env) file(ctx context.Context, a dialog.Action, kind, key string) error {
	year, _, err := e.year(ctx, a.Ref)
	if err != nil {
		return err
	}
	what := "demand"
	if kind == calendarSheet {
		what = "calendar"
	}
	if err := e.tx.RecordExport(ctx, what, e.Cfg.Text.Plain("demand.own_office", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(bookOf{Year: year, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode demand: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Shareable: true, Picture: &dialog.Picture{Kind: kind, Data: data, File: true, Report: true},
		Text: e.T(key, text.Args{"tahun": strconv.Itoa(year)})})
	return nil
}

// draw makes a file as its reader may see it. Whoever has lost the right, or the chat,
// since then gets none.
func (p *desk) draw(ctx context.Context, data json.RawMessage, pages func(context.Context, Tx, bookOf) ([]sheet.Page, error)) ([]byte, error) {
	var of bookOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	return feature.BookForOffice(ctx, p.Desk, of.Chat, of.Reader, func(tx Tx) ([]sheet.Page, error) { return pages(ctx, tx, of) })
}

// pages are the sheets of the board.
func (p *desk) pages(ctx context.Context, tx Tx, of bookOf) ([]sheet.Page, error) {
	o, err := p.read(ctx, tx, of.Year, of.Reader)
	if err != nil {
		return nil, err
	}
	return []sheet.Page{{Name: p.plain("demand.sheet_needs"), Rows: p.needRows(o)}, {Name: p.plain("demand.sheet_units"), Rows: p.unitRows(o)},
		{Name: p.plain("demand.sheet_proposals"), Rows: p.proposalRows(o)}, {Name: p.plain("demand.sheet_programmes"), Rows: p.programmeRows(o)},
		{Name: p.plain("demand.sheet_book"), Rows: p.bookRows()}}, nil
}

func (p *desk) plain(key string) string { return p.Cfg.Text.Plain(key, nil) }

// told are the cells of a group: how many of it are rated, and from how many up to how many
// need it; empty where nothing is told.
func told(t disclosure.Told) []string {
	if t.N == 0 {
		return []string{"", "", ""}
	}
	if t.From == 0 && t.To == t.N {
		return []string{strconv.Itoa(t.N), "", ""}
	}
	return []string{strconv.Itoa(t.N), strconv.Itoa(t.From), strconv.Itoa(t.To)}
}

// needRows has a row for each competency, and one for each of its levels.
func (p *desk) needRows(o overview) [][]string {
	rows := [][]string{{"periode", "kode_kompetensi", "kompetensi", "tingkat", "dinilai", "di_bawah_standar_min", "di_bawah_standar_maks", "kepentingan", "program", "tempat", "usulan_orang", "keterangan"}}
	for _, d := range o.demands {
		offer := o.developing(d.Code)
		n, proposed := seats(offer)
		row := func(level string, t disclosure.Told, more ...string) {
			rows = append(rows, append(append([]string{o.period.Name, d.Code, d.Name, level}, told(t)...), more...))
		}
		note := ""
		switch {
		case d.N == 0:
			note = p.plain("demand.note_hidden")
		case n == 0:
			note = p.plain("demand.note_missing")
		}
		row("", d.Told, strconv.Itoa(d.Importance), strconv.Itoa(len(offer)), strconv.Itoa(n), strconv.Itoa(proposed), note)
		for _, l := range d.Levels {
			row(strconv.Itoa(int(l.Level)), l.Told)
		}
	}
	return rows
}

// unitRows has a row for each unit and competency of which something may be shown.
func (p *desk) unitRows(o overview) [][]string {
	rows := [][]string{{"periode", "kode_kompetensi", "kompetensi", "unit_kerja", "dinilai", "di_bawah_standar_min", "di_bawah_standar_maks"}}
	for _, d := range o.demands {
		for _, u := range d.Units {
			rows = append(rows, append([]string{o.period.Name, d.Code, d.Name, p.unitName(u.Node)}, told(u.Told)...))
		}
	}
	return rows
}

// proposalRows has a row for each proposal.
func (p *desk) proposalRows(o overview) [][]string {
	rows := [][]string{{"tahun", "unit_kerja", "pelatihan", "program_katalog", "orang", "alasan", "menurut_aturan", "diubah"}}
	yes := map[bool]string{true: p.plain("demand.yes"), false: p.plain("demand.no")}
	for _, one := range o.proposals {
		rows = append(rows, []string{strconv.Itoa(one.Year), one.UnitName, one.Title, yes[one.Programme != 0], strconv.Itoa(one.People), one.Reason,
			yes[one.Ruled], one.At.In(p.Cfg.Location).Format(time.DateOnly)})
	}
	return rows
}

// programmeRows has a row for each programme.
func (p *desk) programmeRows(o overview) [][]string {
	rows := [][]string{{"tahun", "program", "kompetensi", "angkatan", "tempat", "usulan_orang"}}
	for _, s := range o.supplies {
		rows = append(rows, []string{strconv.Itoa(o.year), s.Title, strings.Join(s.Codes, ", "), strconv.Itoa(s.Batches), strconv.Itoa(s.Seats), strconv.Itoa(s.Proposed)})
	}
	return rows
}

// bookRows say what the columns hold, and by which rules.
func (p *desk) bookRows() [][]string {
	rows := [][]string{{p.plain("needs.book_column"), p.plain("needs.book_meaning")}}
	for _, c := range [][2]string{{"tingkat", "demand.book_level"}, {"dinilai", "demand.book_rated"}, {"di_bawah_standar_min", "demand.book_from"}, {"di_bawah_standar_maks", "demand.book_to"},
		{"kepentingan", "needs.book_importance"}, {"program", "demand.book_programmes"}, {"tempat", "demand.book_seats"}, {"usulan_orang", "demand.book_proposed"},
		{"menurut_aturan", "demand.book_ruled"}} {
		rows = append(rows, []string{c[0], p.plain(c[1])})
	}
	return append(rows, []string{p.plain("needs.book_rules"), p.plain("demand.book_hidden")})
}

// calendarPages is the calendar of the batches of a year.
func (p *desk) calendarPages(ctx context.Context, tx Tx, of bookOf) ([]sheet.Page, error) {
	list, err := tx.YearBatches(ctx, of.Year, p.Cfg.Location)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"bulan", "mulai", "selesai", "pelatihan", "program", "jp", "tempat", "keadaan", "pendaftaran_sampai", "mitra", "sasaran"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(p.Cfg.Location).Format(time.DateOnly)
	}
	for _, b := range list {
		month, last := p.plain("demand.no_day"), ""
		if !b.Starts().IsZero() {
			month = b.Starts().In(p.Cfg.Location).Format("2006-01")
		}
		if !b.Closes.IsZero() {
			last = day(b.Closes.Add(-time.Nanosecond))
		}
		rows = append(rows, []string{month, day(b.Starts()), day(b.Ends()), b.Name, b.Programme.Title, strconv.Itoa(b.Programme.JP), strconv.Itoa(b.Seats), p.state(b), last,
			b.Programme.Partner.Name, b.Target})
	}
	return []sheet.Page{{Name: strconv.Itoa(of.Year), Rows: rows}}, nil
}

// state says where a batch stands.
func (p *desk) state(b training.Batch) string {
	key := map[training.State]string{training.Planned: "plan.is_planned", training.Open: "plan.is_open", training.Closed: "plan.is_closed",
		training.Running: "plan.is_running", training.Done: "plan.is_done", training.Cancelled: "plan.is_cancelled"}[b.At(p.Cfg.Now())]
	return p.plain(key)
}
