package imports

import (
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/intake"
	"bangkom/internal/measure"
	"bangkom/internal/text"
)

// importWarnings are the lines of a preview about what a person should look at
// before it is applied; "" when there is nothing.
func (p *desk) importWarnings(r intake.Report) string {
	var lines []string
	add := func(key string, args text.Args) { lines = append(lines, "\n"+p.Cfg.Text.T(key, args)) }
	if r.Programmes > 0 {
		add("import.batches", text.Args{"angkatan": p.Cfg.Text.Number(r.Accepted), "program": p.Cfg.Text.Number(r.Programmes)})
	}
	for _, c := range r.Choices {
		add("import.taken", text.Args{"kolom": c.Taken, "lain": strings.Join(c.Left, ", ")})
	}
	if n := len(r.RemarkRows); n > 0 {
		add("import.remarks", text.Args{"n": p.Cfg.Text.Number(n), "baris": p.inactiveRows(r.RemarkRows)})
	}
	if r.Hidden > 0 {
		add("import.hidden", text.Args{"n": p.Cfg.Text.Number(r.Hidden)})
	}
	if r.Rounded {
		add("import.rounded", nil)
	}
	return strings.Join(lines, "")
}

// levelsShown is how many required levels that change, and how many positions without a
// technical standard, are named.
const levelsShown = 10

// levelLines say which required levels change, and which positions have no technical
// standard afterwards; "" for another kind of spreadsheet.
func (p *desk) levelLines(r intake.Report) (body string) {
	n := p.Cfg.Text.Number
	if len(r.Levels) > 0 {
		body += "\n\n" + p.Cfg.Text.T("import.levels_change", text.Args{"n": n(len(r.Levels))})
	}
	for _, l := range r.Levels[:min(len(r.Levels), levelsShown)] {
		key := "import.level_change"
		if l.New == 0 {
			key = "import.level_gone"
		}
		body += "\n" + p.Cfg.Text.T(key, text.Args{"untuk": measure.Cut(l.Name, feature.LongName), "kompetensi": measure.Cut(l.Competency, feature.LongName), "lama": l.Old, "baru": l.New})
	}
	if more := len(r.Levels) - levelsShown; more > 0 {
		body += "\n" + p.Cfg.Text.T("import.losses_more", text.Args{"n": n(more)})
	}
	if r.Bare == nil {
		return body
	}
	if len(r.Bare.Titles) == 0 {
		return body + "\n\n" + p.Cfg.Text.T("import.bare_none", nil)
	}
	body += "\n\n" + p.Cfg.Text.T("import.bare", text.Args{"jabatan": n(len(r.Bare.Titles)), "pegawai": n(r.Bare.People)})
	var named []string
	for _, one := range r.Bare.Titles {
		if one.Title != "" && len(named) < levelsShown {
			named = append(named, measure.Cut(one.Title, feature.LongName))
		}
	}
	return body + "\n" + p.Cfg.Text.T("import.bare_titles", text.Args{"daftar": strings.Join(named, "; ")})
}
