package needs

import (
	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// ownStaff is the value of buttons about a unit without what is below it.
const ownStaff = "sendiri"

// gap writes the mean of shown minus required, likewise.
func (p *desk) gap(v needs.Value) string {
	switch v.Gap {
	case needs.MostSurplus:
		return p.Cfg.Text.Plain("needs.or_more", text.Args{"n": feature.Tenths(v.Gap)})
	case -needs.MostLack:
		return p.Cfg.Text.Plain("needs.or_less", text.Args{"n": feature.Tenths(v.Gap)})
	}
	return feature.Tenths(v.Gap)
}

// counts are the values of sentences about how many there are.
func (p *desk) counts(c needs.Counts) text.Args {
	n := p.Cfg.Text.Number
	return text.Args{"pegawai": n(c.People), "mengisi": n(c.Filled), "dinilai": n(c.Rated)}
}

func (e *env) counts(c needs.Counts) text.Args { return e.desk().counts(c) }

// name is what a node is called.
func (p *desk) name(n needs.Node) string {
	if n.OwnStaff {
		return p.Cfg.Text.Plain("needs.own_staff", text.Args{"unit": n.Name})
	}
	if n.Unit == 0 {
		return p.Cfg.Text.Plain("needs.agency", nil)
	}
	return n.Name
}

// importanceWord is what an importance is called.
func (p *desk) importanceWord(n int) string {
	return p.plain([]string{"needs.importance_0", "needs.importance_1", "needs.importance_2", "needs.importance_3"}[n])
}

// headLine says of what period, of which unit and of how many the figures are.
func (e *env) headLine(a needs.Analysis, n needs.Node) string {
	args := e.counts(n.Counts)
	args["periode"], args["unit"] = a.Period.Name, feature.Clip(e.desk().name(n), feature.LongName)
	if n.Unit == 0 {
		return e.T("needs.head", args)
	}
	return e.T("needs.head_unit", args)
}

// areaLines are the areas of a node; key is the sentence of one.
func (e *env) areaLines(a needs.Analysis, n needs.Node, key string) (lines []string) {
	for k, i := range a.Areas(n) {
		lines = append(lines, e.T(key, text.Args{"k": k + 1, "nama": a.Competencies[i].Name, "kurang": e.LackWord(n.Values[i]), "bagian": e.ShareWord(n.Values[i].Share)}))
	}
	if len(lines) == 0 {
		return []string{e.T("needs.no_areas", nil)}
	}
	return append([]string{e.T("needs.areas", nil)}, lines...)
}

// unitAction opens a node.
func (e *env) unitAction(n needs.Node) dialog.Action {
	a := e.MenuAction(unitStep, n.Unit)
	if n.OwnStaff {
		a.Value = ownStaff
	}
	return a
}

// competencyAction does a step about a competency.
func (e *env) competencyAction(step, code string, ref int64) dialog.Action {
	a := e.MenuAction(step, ref)
	a.Value = code
	return a
}
