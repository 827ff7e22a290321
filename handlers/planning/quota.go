package planning

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// quotaKey is the step that asks how many seats units may have.
const quotaKey = "kuota"

// enough ends a field that takes one answer after the other, and free leaves it empty.
const (
	enough = "selesai"
	free   = "tanpa"
)

// quotaField asks for the quotas of units: a name and a number, one after the other.
func quotaField() field[plan] {
	return field[plan]{key: quotaKey, ask: "plan.ask_quota", name: "plan.name_quota", onCard: true,
		shown: func(_ *desk, s plan) string { return quotaWords(s.Quotas) },
		several: several[plan]{more: func(s plan) bool { return s.More }, take: takeQuota,
			show: func(p *desk, s plan) (string, [][]dialog.Choice) {
				none := dialog.Choice{Label: p.Cfg.Text.Plain("label.plan_no_quota", nil), Value: free}
				ask := p.Cfg.Text.T("plan.ask_quota", nil)
				if len(s.Quotas) == 0 {
					return ask, [][]dialog.Choice{{none}}
				}
				done := dialog.Choice{Label: p.Cfg.Text.Plain("label.plan_enough", nil), Value: enough}
				return ask + "\n\n" + p.Cfg.Text.T("plan.quota_now", text.Args{"daftar": quotaWords(s.Quotas)}), [][]dialog.Choice{{done, none}}
			}}}
}

// quotaWords lists quotas.
func quotaWords(list []training.Quota) string {
	out := make([]string, len(list))
	for i, q := range list {
		out[i] = q.Name + " (" + strconv.Itoa(q.Seats) + ")"
	}
	return strings.Join(out, "; ")
}

var quotaTyped = regexp.MustCompile(`^(.*?)[\s:=,]+([\d.]{1,7})(?: tempat| orang)?$`)

// takeQuota takes one or several quotas, one on a line; a number of 0 takes one away.
func takeQuota(p *desk, s *plan, value string, typed bool) error {
	s.More = false
	switch value = strings.TrimSpace(value); strings.ToLower(value) {
	case enough:
		return nil
	case free:
		s.Quotas = nil
		return nil
	}
	s.More = true
	s.Quotas = slices.Clone(s.Quotas)
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == '\n' || c == ';' }) {
		m := quotaTyped.FindStringSubmatch(strings.ToLower(strings.Join(strings.Fields(part), " ")))
		if m == nil || !typed {
			return dialog.Invalid(p.Cfg.Text.T("plan.hint_quota", nil))
		}
		unit, err := p.unitNamed(s.units, m[1])
		if err != nil {
			return err
		}
		n, ok := text.Whole(m[2])
		s.Quotas = slices.DeleteFunc(s.Quotas, func(q training.Quota) bool { return q.Unit == unit.ID })
		if !ok || n > maxSeats {
			return dialog.Invalid(p.Cfg.Text.T("plan.hint_seats", p.most()))
		}
		if n > 0 {
			s.Quotas = append(s.Quotas, training.Quota{Unit: unit.ID, Name: unit.Name, Seats: n})
		}
	}
	return nil
}

// unitsListed is how many units are named when several have a typed name.
const unitsListed = 5

// unitNamed finds the unit that somebody means: of that name, or the only one whose name
// contains what was typed.
func (p *desk) unitNamed(units []training.Unit, typed string) (training.Unit, error) {
	found := training.UnitsNamed(units, typed, feature.ShortestName)
	switch len(found) {
	case 0:
		return training.Unit{}, dialog.Invalid(p.Cfg.Text.T("plan.quota_unknown", text.Args{"nama": feature.Clip(typed, feature.LongName)}))
	case 1:
		return found[0], nil
	}
	names := make([]string, 0, unitsListed)
	for _, u := range found[:min(unitsListed, len(found))] {
		names = append(names, feature.Clip(u.Name, feature.LongName))
	}
	return training.Unit{}, dialog.Invalid(p.Cfg.Text.T("plan.quota_several", text.Args{"n": len(found), "daftar": strings.Join(names, "; ")}))
}
