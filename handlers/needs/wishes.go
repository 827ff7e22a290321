package needs

import (
	"strconv"
	"strings"

	"bangkom/internal/needs"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// wishBox is what people would like to learn, as far as it may be told, for the page.
func (p *desk) wishBox(list []needs.WishTold) []report.PageBox {
	if len(list) == 0 {
		return nil
	}
	const mostNamed = 5
	var topics []string
	for _, w := range list[:min(len(list), mostNamed)] {
		topics = append(topics, p.Cfg.Text.Plain("needs.page_wish", text.Args{"nama": w.Label, "dari": p.Cfg.Text.Number(w.From), "sampai": p.Cfg.Text.Number(w.To)}))
	}
	return []report.PageBox{{Title: p.plain("needs.page_wishes"), Text: strings.Join(topics, ", ") + "."}}
}

// wishRows has a row for each topic that may be told.
func (p *desk) wishRows(a needs.Analysis, list []needs.WishTold) [][]string {
	rows := [][]string{{"periode", "topik", "menjawab", "memilih_min", "memilih_maks"}}
	for _, w := range list {
		rows = append(rows, []string{a.Period.Name, w.Label, strconv.Itoa(w.N), strconv.Itoa(w.From), strconv.Itoa(w.To)})
	}
	return rows
}
