package needs

import (
	"context"
	"slices"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// Columns are the names of the columns of the file of groups and of that of people, in the
// order in which they stand where the agency has said nothing else.
func Columns() (groups, people []string) { return names(columns()), names(peopleColumns()) }

func names(columns [][2]string) (list []string) {
	for _, c := range columns {
		list = append(list, c[0])
	}
	return list
}

// arranged gives rows, of which the first are the names of the columns, the form of the
// agency.
func arranged(form [][2]string, rows [][]string) [][]string {
	if form == nil || len(rows) == 0 {
		return rows
	}
	heading, pick := arranger(form, rows[0])
	out := [][]string{heading}
	for _, r := range rows[1:] {
		out = append(out, pick(r))
	}
	return out
}

// arranger returns the titles of a form, and what gives a row its order.
func arranger(form [][2]string, columns []string) (heading []string, pick func(row []string) []string) {
	if form == nil {
		return columns, func(row []string) []string { return row }
	}
	var places []int
	for _, c := range form {
		if at := slices.Index(columns, c[0]); at >= 0 {
			heading, places = append(heading, c[1]), append(places, at)
		}
	}
	return heading, func(row []string) []string {
		out := make([]string, len(places))
		for i, at := range places {
			out[i] = row[at]
		}
		return out
	}
}

// book says what the columns of a form hold, under their titles.
func (p *desk) book(form, columns [][2]string) [][]string {
	rows := [][]string{{p.plain("needs.book_column"), p.plain("needs.book_meaning")}}
	if form == nil {
		for _, c := range columns {
			rows = append(rows, []string{c[0], p.plain(c[1])})
		}
		return rows
	}
	for _, c := range form {
		if at := slices.IndexFunc(columns, func(k [2]string) bool { return k[0] == c[0] }); at >= 0 {
			rows = append(rows, []string{c[1], p.plain(columns[at][1])})
		}
	}
	return rows
}

// errNothing says that there is nothing to put into a file.
func nothing(list []needs.Period, f needs.Frozen) bool { return len(list) == 0 || len(f.Tallies) == 0 }

// Pages are the sheets of the newest closed period: of groups, as somebody of the personnel
// office reads them who leads nobody, or of people, when who is not nil. Its period is filled
// in. dialog.ErrNotFound when no period was closed, or nobody of it is in the analysis.
func Pages(ctx context.Context, tx Tx, desk *feature.Desk, who *needs.Opening) ([]sheet.Page, error) {
	p := at(desk)
	list, err := tx.NeedPeriods(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dialog.ErrNotFound
	}
	f, err := tx.Needs(ctx, list[0].ID, 0)
	if err != nil {
		return nil, err
	}
	if nothing(list, f) {
		return nil, dialog.ErrNotFound
	}
	if who == nil {
		wishes, err := tx.NeedWishes(ctx, f.Period.ID)
		if err != nil {
			return nil, err
		}
		return p.groupedPages(needs.Analyse(f), needs.Wishes(wishes)), nil
	}
	who.Period = f.Period.ID
	return p.peoplePages(ctx, tx, f, *who), nil
}

// DeskFor is what Pages needs outside of the chat.
func DeskFor(cat *text.Catalogue, forms feature.Forms) *feature.Desk {
	return &feature.Desk{Cfg: feature.Config{Text: cat, Forms: forms}}
}
