package needs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// sheetOf says whose analysis is wanted as a spreadsheet, of which period, in which chat.
type sheetOf struct {
	Period int64 `json:"period"`
	Unit   int64 `json:"unit,omitempty"` // of the file of people
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// sheet sends the analysis as a spreadsheet. It is made to be worked with outside the
// chat.
func (e *env) sheet(ctx context.Context, _ dialog.Action, _ int) error {
	list, err := e.tx.NeedPeriods(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return dialog.ErrNotFound
	}
	if err := e.tx.RecordExport(ctx, "needs", e.Cfg.Text.Plain("needs.own_office", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(sheetOf{Period: list[0].ID, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "needs.file", Shareable: true, Picture: &dialog.Picture{Kind: mapSheet, Data: data, File: true, Report: true},
		Text: e.T("needs.file", text.Args{"periode": list[0].Name})})
	return nil
}

// drawSheet makes the file as its reader may see it. Whoever has lost the right, or the
// chat, since then gets none.
func (p *desk) drawSheet(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of sheetOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	return feature.BookForOffice(ctx, p.Desk, of.Chat, of.Reader, func(tx Tx) ([]sheet.Page, error) {
		f, err := tx.Needs(ctx, of.Period, of.Reader)
		if err != nil {
			return nil, err
		}
		wishes, err := tx.NeedWishes(ctx, of.Period)
		return p.groupedPages(needs.Analyse(f), needs.Wishes(wishes)), err
	})
}

// groupedPages are the sheets of an analysis.
func (p *desk) groupedPages(a needs.Analysis, wishes []needs.WishTold) []sheet.Page {
	return []sheet.Page{{Name: p.plain("needs.sheet_needs"), Rows: arranged(p.Cfg.Forms.Needs, p.needRows(a))}, {Name: p.plain("needs.sheet_units"), Rows: p.unitRows(a)},
		{Name: p.plain("needs.sheet_groups"), Rows: p.groupRows(a)}, {Name: p.plain("needs.sheet_wishes"), Rows: p.wishRows(a, wishes)}, {Name: p.plain("needs.sheet_book"), Rows: p.bookRows()}}
}

func (p *desk) plain(key string) string { return p.Cfg.Text.Plain(key, nil) }

// columns are those of the first sheet, with what each holds. Their names stay the same
// whatever the questionnaire asks.
func columns() [][2]string {
	return [][2]string{{"periode", "needs.book_period"}, {"unit_induk", "needs.book_above"}, {"unit_kerja", "needs.book_unit"}, {"kode_kompetensi", "needs.book_code"},
		{"kompetensi", "needs.book_competency"}, {"pegawai", "needs.book_people"}, {"mengisi", "needs.book_filled"}, {"dinilai", "needs.book_rated"},
		{"n", "needs.book_n"}, {"kesenjangan", "needs.book_gap"}, {"kekurangan", "needs.book_lack"}, {"bagian_pegawai", "needs.book_share"},
		{"kepentingan", "needs.book_importance"}, {"prioritas", "needs.book_priority"}, {"keterangan", "needs.book_note"}}
}

// needRows has a row for each unit and competency: by priority, and those that are hidden
// last, by name, with nothing in them.
func (p *desk) needRows(a needs.Analysis) [][]string {
	type row struct {
		node, competency int
		needs.Value
	}
	var all []row
	for n := range a.Nodes {
		for c := range a.Competencies {
			if a.Nodes[n].People > 0 {
				all = append(all, row{n, c, a.Nodes[n].Values[c]})
			}
		}
	}
	names := make([]string, len(a.Nodes)) // the catalogue writes some: once, and not for each comparison
	for n := range a.Nodes {
		names[n] = p.name(a.Nodes[n])
	}
	priority := func(r row) int { return int(r.Priority(a.Competencies[r.competency].Importance)) }
	slices.SortStableFunc(all, func(x, y row) int {
		if x.Shown() != y.Shown() {
			if x.Shown() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(priority(y), priority(x)), strings.Compare(names[x.node], names[y.node]),
			cmp.Compare(x.node, y.node), strings.Compare(a.Competencies[x.competency].Code, a.Competencies[y.competency].Code))
	})
	rows := [][]string{{}}
	for _, c := range columns() {
		rows[0] = append(rows[0], c[0])
	}
	for _, r := range all {
		n, c := a.Nodes[r.node], a.Competencies[r.competency]
		out := append(append([]string{a.Period.Name}, p.place(a, n)...), c.Code, c.Name)
		out = append(append(out, p.countCells(n.Counts)...), make([]string, 4)...)
		if r.Shown() {
			out = append(out[:len(out)-4], strconv.Itoa(r.N), p.gap(r.Value), p.LackWord(r.Value), p.ShareWord(r.Share))
		}
		out = append(out, strconv.Itoa(c.Importance), "", p.note(n.Counts, r.Value))
		if r.Shown() {
			out[len(out)-2] = r.Priority(c.Importance).String()
		}
		rows = append(rows, out)
	}
	return rows
}

// place names the unit above a node, and the node.
func (p *desk) place(a needs.Analysis, n needs.Node) []string {
	above := ""
	if n.Parent > 0 {
		above = p.name(a.Nodes[n.Parent])
	}
	return []string{above, p.name(n)}
}

func (p *desk) countCells(c needs.Counts) []string {
	return []string{strconv.Itoa(c.People), strconv.Itoa(c.Filled), strconv.Itoa(c.Rated)}
}

// note says why nothing is shown, or that the figures may not stand for all.
func (p *desk) note(c needs.Counts, v needs.Value) string {
	switch {
	case !v.Shown():
		return p.plain("needs.note_hidden")
	case c.Few():
		return p.plain("needs.note_few")
	}
	return ""
}

// unitRows has a row for each unit with its strengths and areas, in the order of the tree.
func (p *desk) unitRows(a needs.Analysis) [][]string {
	rows := [][]string{{"unit_induk", "unit_kerja", "pegawai", "mengisi", "dinilai", "kekuatan", "area_pengembangan", "keterangan"}}
	names := func(places []int) string {
		var list []string
		for _, i := range places {
			list = append(list, a.Competencies[i].Name)
		}
		return strings.Join(list, ", ")
	}
	var add func(at int)
	add = func(at int) {
		n := a.Nodes[at]
		note := ""
		switch {
		case !n.Ranked():
			note = p.plain("needs.note_hidden")
		case n.Few():
			note = p.plain("needs.note_few")
		}
		rows = append(rows, append(append(p.place(a, n), p.countCells(n.Counts)...), names(a.Strengths(n)), names(a.Areas(n)), note))
		for _, c := range n.Children {
			add(c)
		}
	}
	add(0)
	return rows
}

// groupRows count people by class and by status, without any level.
func (p *desk) groupRows(a needs.Analysis) [][]string {
	rows := [][]string{{"jenis", "golongan", "pegawai", "mengisi", "dinilai"}}
	for _, of := range []struct {
		kind   string
		groups []needs.Group
	}{{"kelas_jabatan", a.Classes}, {"status", a.Statuses}} {
		for _, g := range of.groups {
			if g.Name == "" {
				g.Name = p.plain("needs.group_rest")
			}
			rows = append(rows, append([]string{of.kind, g.Name}, p.countCells(g.Counts)...))
		}
	}
	return rows
}

// bookRows say what each column holds, and by which rules.
func (p *desk) bookRows() [][]string {
	rows := p.book(p.Cfg.Forms.Needs, columns())
	for _, c := range [][2]string{{"kekuatan", "needs.book_strengths"}, {"area_pengembangan", "needs.book_areas"}, {"golongan", "needs.book_group"},
		{"topik", "needs.book_topic"}, {"menjawab", "needs.book_answered"}, {"memilih_min", "needs.book_chosen"}} {
		rows = append(rows, []string{c[0], p.plain(c[1])})
	}
	return append(rows, []string{p.plain("needs.book_rules"), p.plain("needs.book_hidden")})
}
