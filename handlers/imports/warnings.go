package imports

import (
	"strings"

	"bangkom/internal/intake"
	"bangkom/internal/text"
)

// importWarnings are the lines of a preview about what a person should look at
// before it is applied; "" when there is nothing.
func (p *desk) importWarnings(r intake.Report) string {
	var lines []string
	add := func(key string, args text.Args) { lines = append(lines, "\n"+p.Cfg.Text.T(key, args)) }
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
