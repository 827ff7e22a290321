package planning

import (
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// forms are the forms of training (bentuk) that buttons offer; others are typed.
func forms() []string {
	return []string{"Pelatihan teknis", "Pelatihan manajerial", "Bimbingan teknis", "Seminar", "Lokakarya", "Pelatihan jarak jauh"}
}

// formValue is the value of the button of a form.
func formValue(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// ways are the buttons of how seats are filled.
func ways() []choice {
	return []choice{{"way_nomination", string(training.ByNomination)}, {"way_order", string(training.InOrder)}, {"way_ranked", string(training.Ranked)}}
}

// mostJP is the most JP (jam pelajaran, lessons of 45 minutes) that a programme may have.
const mostJP = 1000

// The keys of the fields of which an offer says something.
const (
	titleKey   = "judul"
	jpKey      = "jp"
	shareKey   = "hadir"
	aimsKey    = "kmp"
	partnerKey = "mitra"
)

// programmeFields are all questions about a programme, in their order.
func programmeFields() []field[draft] {
	line := func(key, ask, name string, into func(*draft) *string) field[draft] {
		return field[draft]{key: key, ask: ask, name: name, hint: "plan.hint_line", accept: func(_ *desk, s *draft, value string) (ok bool) {
			*into(s), ok = words(value, 3, longestLine)
			return ok
		}, shown: func(_ *desk, s draft) string { return *into(&s) }}
	}
	number := func(key, ask, name, hint string, least, most int, into func(*draft) *int) field[draft] {
		return field[draft]{key: key, ask: ask, name: name, hint: hint, accept: func(_ *desk, s *draft, value string) bool {
			n, ok := text.Whole(strings.TrimSuffix(strings.TrimSpace(value), "%"))
			*into(s) = n
			return ok && n >= least && n <= most
		}, shown: func(_ *desk, s draft) string { return strconv.Itoa(*into(&s)) }}
	}
	share := number(shareKey, "plan.new_share", "plan.name_share", "plan.hint_share", 1, 100, func(s *draft) *int { return &s.Share })
	share.choices = []choice{{"plan_usual_share", strconv.Itoa(usualShare)}}
	share.shown = func(_ *desk, s draft) string { return strconv.Itoa(s.Share) + "%" }
	return []field[draft]{
		line(titleKey, "plan.new_title", "plan.name_title", func(s *draft) *string { return &s.Title }),
		codeField(),
		line("tujuan", "plan.new_aim", "plan.name_aim", func(s *draft) *string { return &s.Aim }),
		line("mampu", "plan.new_ability", "plan.name_ability", func(s *draft) *string { return &s.Ability }),
		formField(),
		number(jpKey, "plan.new_jp", "plan.name_jp", "plan.hint_jp", 0, mostJP, func(s *draft) *int { return &s.JP }),
		share, wayField(), aimField(), partnerField(),
	}
}

func codeField() field[draft] {
	return field[draft]{key: "kode", ask: "plan.new_code", name: "plan.name_code", hint: "plan.hint_code", accept: func(_ *desk, s *draft, value string) bool {
		s.Code = strings.ToUpper(strings.TrimSpace(value))
		return codes.MatchString(s.Code)
	}, shown: func(_ *desk, s draft) string { return s.Code }}
}

// formField asks for the form of the training: a button, or what is typed.
func formField() field[draft] {
	return field[draft]{key: "bentuk", ask: "plan.new_form", name: "plan.name_form", hint: "plan.hint_line",
		shown: func(_ *desk, s draft) string { return s.Form },
		several: several[draft]{more: func(draft) bool { return false }, show: func(p *desk, _ draft) (string, [][]dialog.Choice) {
			var rows [][]dialog.Choice
			for _, name := range forms() {
				rows = append(rows, []dialog.Choice{{Label: name, Value: formValue(name)}})
			}
			return p.Cfg.Text.T("plan.new_form", nil), rows
		}, take: func(p *desk, s *draft, value string, _ bool) (err error) {
			for _, name := range forms() {
				if s.Form = name; formValue(value) == formValue(name) {
					return nil
				}
			}
			s.Form, err = p.Line(value, 3, longestLine, "plan.hint_line")
			return err
		}}}
}

func wayField() field[draft] {
	return field[draft]{key: "cara", ask: "plan.new_way", name: "plan.name_way", hint: "form.choice_hint", choices: ways(),
		accept: func(_ *desk, s *draft, value string) bool {
			s.Way = training.WayIn(value)
			return slices.Contains(training.WaysIn(), s.Way)
		}, shown: func(p *desk, s draft) string { return p.wayIn(s.Way) }}
}

// The beginnings of the values of the buttons about competencies: one is picked, its level
// is given, it is taken out; all are shown.
const (
	pick  = "p-"
	level = "t-"
	out   = "x-"
	every = "semua"
)

// aimField asks for the competencies that a programme develops, each with its level.
func aimField() field[draft] {
	return field[draft]{key: aimsKey, ask: "plan.new_competency", name: "plan.name_competency",
		shown: func(p *desk, s draft) string { return p.aimWords(s.Aims) },
		several: several[draft]{more: func(s draft) bool { return s.More }, take: takeAim, show: func(p *desk, s draft) (string, [][]dialog.Choice) {
			if i := slices.IndexFunc(s.known, func(a training.Aim) bool { return a.Code == s.Picked }); i >= 0 {
				return p.levelOf(s, s.known[i])
			}
			list := make([]option, len(s.known))
			for i, a := range s.known {
				list[i] = option{name: a.Name, value: pick + a.Code}
				if j := slices.IndexFunc(s.Aims, func(b training.Aim) bool { return a.Code == b.Code }); j >= 0 {
					list[i].more = p.Cfg.Text.Plain("plan.aim_level", text.Args{"tingkat": s.Aims[j].Level})
				}
			}
			end := dialog.Choice{Label: p.Cfg.Text.Plain("label.plan_none", nil), Value: enough}
			if len(s.Aims) > 0 {
				end.Label = p.Cfg.Text.Plain("label.plan_enough", nil)
			}
			return p.options("plan.new_competency", list, s.Find, end)
		}}}
}

// levelOf asks up to which level a competency is developed.
func (p *desk) levelOf(s draft, a training.Aim) (string, [][]dialog.Choice) {
	var row []dialog.Choice
	for n := 1; n <= 5; n++ {
		row = append(row, dialog.Choice{Label: strconv.Itoa(n), Value: level + strconv.Itoa(n) + "-" + a.Code})
	}
	rows := [][]dialog.Choice{row}
	if slices.ContainsFunc(s.Aims, func(b training.Aim) bool { return a.Code == b.Code }) {
		rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.plan_aim_out", nil), Value: out + a.Code}})
	}
	return p.Cfg.Text.T("plan.new_level", text.Args{"nama": a.Name}),
		append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.plan_aims", nil), Value: every}})
}

// takeAim takes a competency, then its level.
func takeAim(p *desk, s *draft, value string, typed bool) error {
	s.More = true
	if typed {
		return typedAim(p, s, strings.ToLower(strings.TrimSpace(value)))
	}
	code, isLevel := strings.CutPrefix(value, level)
	switch {
	case value == enough:
		s.More, s.Find, s.Picked = false, "", ""
		return nil
	case value == every:
		s.Find, s.Picked = "", ""
		return nil
	case isLevel:
		n, code, _ := strings.Cut(code, "-")
		return setAim(p, s, code, n)
	case strings.HasPrefix(value, out):
		s.Aims = slices.DeleteFunc(slices.Clone(s.Aims), func(a training.Aim) bool { return a.Code == value[len(out):] })
		s.Picked = ""
		return nil
	case strings.HasPrefix(value, pick):
		s.Picked = value[len(pick):]
		return nil
	}
	return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
}

// typedAim takes a level that is typed, or looks for a competency.
func typedAim(p *desk, s *draft, typed string) error {
	if s.Picked != "" {
		return setAim(p, s, s.Picked, typed)
	}
	if typed == enough {
		s.More = false
		return nil
	}
	var found []training.Aim
	for _, a := range s.known {
		if strings.Contains(strings.ToLower(a.Name), typed) || strings.EqualFold(a.Code, typed) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return dialog.Invalid(p.Cfg.Text.T("plan.found_none", text.Args{"nama": feature.Clip(typed, feature.LongName)}))
	case 1:
		s.Picked = found[0].Code
	default:
		s.Find = typed
	}
	return nil
}

// setAim gives a competency its level.
func setAim(p *desk, s *draft, code, typed string) error {
	n, err := strconv.Atoi(typed)
	i := slices.IndexFunc(s.known, func(a training.Aim) bool { return a.Code == code })
	if err != nil || n < 1 || n > 5 || i < 0 {
		return dialog.Invalid(p.Cfg.Text.T("plan.hint_level", nil))
	}
	s.Aims = slices.DeleteFunc(slices.Clone(s.Aims), func(a training.Aim) bool { return a.Code == code })
	s.Aims = append(s.Aims, training.Aim{Code: code, Name: s.known[i].Name, Level: n})
	s.Picked, s.Find = "", ""
	return nil
}

// partnerField asks with whom the training is held.
func partnerField() field[draft] {
	named := func(s draft, id int64) int {
		return slices.IndexFunc(s.partners, func(r training.Partner) bool { return r.ID == id })
	}
	return field[draft]{key: partnerKey, ask: "plan.new_partner", name: "plan.name_partner", when: func(s draft) bool { return len(s.partners) > 0 || s.gone.ID != 0 },
		shown: func(p *desk, s draft) string {
			if s.left() {
				return p.Cfg.Text.Plain("plan.partner_inactive", text.Args{"mitra": s.gone.Name})
			}
			if i := named(s, s.Partner); i >= 0 {
				return s.partners[i].Name
			}
			return p.Cfg.Text.Plain("label.plan_alone", nil)
		},
		several: several[draft]{more: func(s draft) bool { return s.More }, show: func(p *desk, s draft) (string, [][]dialog.Choice) {
			list := make([]option, len(s.partners))
			for i, r := range s.partners {
				list[i] = option{name: r.Name, value: strconv.FormatInt(r.ID, 10)}
			}
			return p.options("plan.new_partner", list, s.Find, dialog.Choice{Label: p.Cfg.Text.Plain("label.plan_alone", nil), Value: free})
		}, take: func(p *desk, s *draft, value string, typed bool) error {
			if s.More = typed; typed {
				s.Find = strings.ToLower(strings.TrimSpace(value))
				if slices.ContainsFunc(s.partners, func(r training.Partner) bool { return strings.Contains(strings.ToLower(r.Name), s.Find) }) {
					return nil
				}
				return dialog.Invalid(p.Cfg.Text.T("plan.found_none", text.Args{"nama": feature.Clip(s.Find, feature.LongName)}))
			}
			s.Find, s.Partner = "", 0
			if value == free {
				return nil
			}
			id, err := strconv.ParseInt(value, 10, 64)
			if s.Partner = id; err != nil || named(*s, id) < 0 {
				return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
			}
			return nil
		}}}
}
