package needs

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/needs"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// wishes are what people would like to learn, of all units together and of single ones, as far
// as whoever asks may see it; asked is false where nobody was asked.
type wishes struct {
	asked bool
	all   []needs.WishTold
	units []needs.UnitWish
}

// wishes reads them.
func (e *env) wishes(ctx context.Context, a needs.Analysis) (w wishes, err error) {
	list, err := e.tx.NeedWishes(ctx, a.Period.ID)
	if err != nil || len(list) == 0 {
		return w, err
	}
	own, known, err := e.tx.NeedUnitWishes(ctx, a.Period.ID, e.Employee.ID)
	return wishes{len(own) > 0, needs.Wishes(list), needs.UnitWishes(a, list, own, known)}, err
}

// ofUnit are lines of the card of a unit: what its people would like to learn.
func (e *env) ofUnit(w wishes, n needs.Node) (lines []string) {
	if !w.asked || len(n.Children) > 0 {
		return nil
	}
	for _, one := range w.units {
		if one.Unit == n.Unit && one.OwnStaff == n.OwnStaff {
			lines = append(lines, e.wishLine(one.Label, one.WishTold))
		}
	}
	if len(lines) == 0 {
		return []string{"", e.T("needs.unit_wishes_none", nil)}
	}
	return append([]string{"", e.T("needs.unit_wishes", nil)}, lines...)
}

// ofCompetency are lines of the card of a competency: how many would like to learn what
// develops it, of all units and of those of which it may be told.
func (e *env) ofCompetency(w wishes, c needs.Competency) (lines []string) {
	for _, one := range w.all {
		if e.Cfg.Topics[one.Topic] != c.Code {
			continue
		}
		lines = append(lines, "", e.T("needs.competency_wishes", nil), e.wishLine(one.Label, one))
		left := 0
		for _, u := range w.units {
			if u.Topic != one.Topic {
				continue
			}
			if left++; left <= wishUnits {
				lines = append(lines, e.wishLine(e.desk().name(u.Node), u.WishTold))
			}
		}
		if left > wishUnits {
			lines = append(lines, e.T("needs.more_wish_units", text.Args{"n": e.Cfg.Text.Number(left - wishUnits)}))
		}
	}
	return lines
}

// wishUnits is how many units stand below a topic on the card of a competency.
const wishUnits = 5

// wishLine says how many have chosen a topic, of how many.
func (e *env) wishLine(name string, w needs.WishTold) string {
	num := e.Cfg.Text.Number
	return e.T("needs.wish", text.Args{"nama": feature.Clip(name, feature.LongName), "min": num(w.From), "maks": num(w.To), "n": num(w.N)})
}

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
