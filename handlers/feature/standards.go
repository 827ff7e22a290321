package feature

import (
	"strings"

	"bangkom/internal/measure"
	"bangkom/internal/standard"
	"bangkom/internal/text"
)

// SourceOf says where a required level comes from, in plain text.
func (p *Desk) SourceOf(s standard.Source) string {
	key, ok := map[standard.Scope]string{standard.ByClass: "standard.by_class", standard.ByUnitKind: "standard.by_unit_kind", standard.ByUnit: "standard.by_unit",
		standard.ByTitle: "standard.by_title", standard.ByFunctional: "standard.by_functional"}[s.Scope]
	if !ok {
		return s.Basis
	}
	said := p.Cfg.Text.Plain(key, text.Args{"nama": measure.Cut(s.Name, LongName)})
	if s.Class != "" {
		said = p.Cfg.Text.Plain("standard.of_class", text.Args{"asal": said, "kelas": s.Class})
	}
	return p.Cfg.Text.Plain("standard.with_basis", text.Args{"asal": said, "dasar": measure.Cut(s.Basis, LongName)})
}

// sourced are the requirements of one source.
type sourced struct {
	of  standard.Source
	all standard.Standard
}

// bySource puts what has the same source together, in the order in which it comes.
func bySource(s standard.Standard) (groups []sourced) {
	at := map[standard.Source]int{}
	for _, r := range s {
		i, ok := at[r.Source]
		if !ok {
			i = len(groups)
			at[r.Source], groups = i, append(groups, sourced{of: r.Source})
		}
		groups[i].all = append(groups[i].all, r)
	}
	return groups
}

// StandardSources says where those of some levels come from that do not follow from the
// class of the position alone, in at most room UTF-16 units; "" = none.
func (p *Desk) StandardSources(s standard.Standard, room int) string {
	var said []string
	for _, g := range bySource(s.Special()) {
		var levels []string
		for _, r := range g.all {
			levels = append(levels, p.Cfg.Text.Plain("standard.level", text.Args{"nama": r.Name, "tingkat": int(r.Level)}))
		}
		said = append(said, p.Cfg.Text.Plain("standard.source", text.Args{"asal": p.SourceOf(g.of), "daftar": strings.Join(levels, ", ")}))
	}
	if len(said) == 0 {
		return ""
	}
	whole := p.Cfg.Text.T("standard.sources", text.Args{"daftar": strings.Join(said, "; ")})
	if measure.Units(whole) > room {
		return p.Cfg.Text.T("standard.sources_many", nil)
	}
	return whole
}

// StandardText lists a standard with the source of each level.
func (p *Desk) StandardText(address string, s standard.Standard) string {
	lines := []string{p.Cfg.Text.T("standard.head", text.Args{"alamat": address})}
	shown := append(append(standard.Standard{}, s.Special()...), s.ByClass()...)
	for _, g := range bySource(shown) {
		lines = append(lines, "", p.Cfg.Text.T("standard.group", text.Args{"asal": p.SourceOf(g.of)}))
		for _, r := range g.all {
			lines = append(lines, p.Cfg.Text.T("standard.line", text.Args{"nama": r.Name, "tingkat": int(r.Level)}))
		}
	}
	body, _ := Joined(lines, MessageBudget)
	return body
}
