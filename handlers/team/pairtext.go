package team

import (
	"strings"

	"bangkom/internal/rating"
	"bangkom/internal/text"
)

// comparison writes what both views of a person say: texts, buttons and the picture.
// It reads and stores nothing.
type comparison struct{ *env }

// gapWord is what people read of the band of a gap (competency.GapBands): how
// large it is, and of what. "" = there is no such band.
func (e comparison) gapWord(band string) string {
	key, ok := map[string]string{"Memenuhi": "gap.met", "Rendah": "gap.small", "Sedang": "gap.medium", "Tinggi": "gap.large"}[band]
	if !ok {
		return ""
	}
	return e.Cfg.Text.Plain(key, nil)
}

// sourcesRoom is how much room a comparison has for where its standards come from.
const sourcesRoom = 900

// pairText is the text of a comparison: first what differs, then what is below the
// standard, and below that either all competencies or how many are left, which is
// rest. What was changed afterwards and what was talked about stands at the end.
func (e comparison) pairText(pair rating.Pair, r rating.Result, all bool) (body string, rest int) {
	lines := []string{e.T("rating.pair_list", text.Args{"alamat": pair.Subject.Address(),
		"atasan": pair.Weights.Supervisor, "mandiri": pair.Weights.Self})}
	differ, below, other, byOne := e.pairRows(r)
	lines = append(append(lines, e.differLines(differ, byOne)...), e.belowLines(r, below)...)
	if all && len(other) > 0 {
		lines = append(append(lines, "", e.T("rating.pair_other", nil)), other...)
	} else if len(other) > 0 {
		lines = append(lines, "", e.T("rating.pair_rest", text.Args{"n": len(other)}))
	}
	if len(r.Profile.Areas) > 0 {
		lines = append(lines, "", e.T("gap.legend", nil))
	}
	if from := e.StandardSources(r.Standard, sourcesRoom); from != "" {
		lines = append(lines, "", from)
	}
	if pair.SelfChanged {
		lines = append(lines, "", e.T("rating.self_changed", nil))
	}
	if pair.RatedChanged {
		lines = append(lines, "", e.T("rating.rated_changed", nil))
	}
	if len(pair.Talks) > 0 {
		lines = append(lines, "", e.T("talk.head", nil))
	}
	for _, k := range pair.Talks {
		lines = append(lines, e.talkLine(pair, k))
	}
	if said := e.replyLine(pair); said != "" {
		lines = append(lines, "", said)
	}
	return strings.Join(lines, "\n"), len(other)
}

// pairRows are the lines of a comparison, each competency in one of three lists:
// those that ask for a talk, those below the standard, and the others. byOne names
// all whose levels differ without asking for a talk.
func (e comparison) pairRows(r rating.Result) (differ, below, other, byOne []string) {
	for _, row := range r.Rows {
		line := e.pairRow(row)
		switch {
		case row.Dialog:
			differ = append(differ, line)
		case row.Compared && row.Gap < 0:
			below = append(below, line)
		default:
			other = append(other, line)
		}
		if !row.Dialog && row.SelfKnown && row.RatedKnown && row.Self != row.Rated {
			byOne = append(byOne, row.Item.Title)
		}
	}
	return differ, below, other, byOne
}

// differLines say on what the two views differ, or that they do not.
func (e comparison) differLines(differ, byOne []string) []string {
	if len(differ)+len(byOne) == 0 {
		return []string{"", e.T("rating.pair_agree", nil)}
	}
	lines := append([]string{"", e.T("rating.pair_differ", nil)}, differ...)
	if len(byOne) > 0 {
		lines = append(lines, e.T("rating.pair_by_one", text.Args{"daftar": strings.Join(byOne, ", ")}))
	}
	return lines
}

// belowLines list what is below the standard. A competency that differs as well
// stands above and not here again.
func (e comparison) belowLines(r rating.Result, below []string) []string {
	switch {
	case r.JPMBand == "": // nothing could be compared with a standard
		return nil
	case len(r.Profile.Areas) == 0:
		return []string{"", e.T("rating.pair_met", nil)}
	case len(below) == 0:
		return nil
	}
	return append([]string{"", e.T("rating.pair_below", nil)}, below...)
}

// pairRow is both levels of one competency and the final one.
func (e comparison) pairRow(row rating.Row) string {
	args := text.Args{"nama": row.Item.Title, "mandiri": e.desk.levelWord(row.Self, row.SelfKnown), "atasan": e.desk.levelWord(row.Rated, row.RatedKnown),
		"akhir": row.Level.String(), "standar": int(row.Required), "kelas": e.gapWord(row.Band)}
	key := "rating.row"
	switch {
	case row.Skipped:
		key = "rating.row_unknown"
	case !row.Compared:
		key = "rating.row_no_standard"
	}
	line := e.T(key, args)
	if row.Dialog {
		line += " · " + e.T("rating.row_dialog", nil)
	}
	return line
}
