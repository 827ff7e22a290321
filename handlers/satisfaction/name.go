package satisfaction

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/effect"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// naming is the state of the form: what will be compared.
type naming struct {
	Find      string               `json:"find,omitempty"` // part of a title that was typed
	Programme int64                `json:"programme,omitempty"`
	Title     string               `json:"title,omitempty"`
	Element   satisfaction.Element `json:"element,omitempty"`
	Before    string               `json:"before,omitempty"`
	After     string               `json:"after,omitempty"`
	Cancelled bool                 `json:"cancelled,omitempty"`
	catalogue []training.Programme
	known     []satisfaction.Period
}

const (
	programmeValue = "p-" // and the id
	indexValue     = "skm"
	sureValue      = "ya"
	offered        = 8 // programmes that stand on one card
	recent         = 4 // periods as buttons
)

// nameForm names a comparison: programme, figure, two periods. What is named is never
// changed, so the last question asks whether to.
func (p *desk) nameForm() dialog.Form[naming, *env] {
	say := p.Wording("form.review_hint")
	say.Saved = "" // nothing is stored until the last answer
	short := feature.Short[naming]{Desk: p.Desk, Cancelled: func(s *naming) *bool { return &s.Cancelled }, Args: p.namingArgs}
	return dialog.Form[naming, *env]{
		FormName: nameFlow, Say: say,
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s naming, err error) {
			if !e.Employee.Rights.HR {
				return s, dialog.ErrNotFound
			}
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			if s.catalogue, err = e.tx.Programmes(ctx); err != nil {
				return s, err
			}
			s.known, err = e.tx.SurveyPeriods(ctx)
			return s, err
		},
		Steps: func(s naming) []dialog.Step[naming] {
			return short.Steps(s, p.programmeStep(short), p.elementStep(short), p.periodStep(short, "sebelum", "skm.ask_before", earlier, (*naming).takeBefore),
				p.periodStep(short, "sesudah", "skm.ask_after", later, (*naming).takeAfter), p.sureStep(short))
		},
		Finish: finishNaming,
	}
}

// namingArgs are what the questions name.
func (p *desk) namingArgs(s naming) text.Args {
	name := func(key string) string {
		of, _ := satisfaction.PeriodOf(key)
		return p.periodName(of)
	}
	return text.Args{"program": feature.Clip(s.Title, feature.LongName), "angka": p.elementName(s.Element), "sebelum": name(s.Before), "sesudah": name(s.After), "persen": p.Cfg.Share}
}

// matches are the programmes that may be meant.
func (s naming) matches() (list []training.Programme) {
	for _, g := range s.catalogue {
		if strings.Contains(strings.ToLower(g.Title), strings.ToLower(s.Find)) {
			list = append(list, g)
		}
	}
	return list
}

// programmeStep offers the programmes when they are few, and looks for what is typed.
func (p *desk) programmeStep(short feature.Short[naming]) dialog.Step[naming] {
	step := short.Question("program", "skm.ask_programme", p.takeProgramme)
	ask := step.Ask
	step.Ask = func(s naming, at dialog.Place) dialog.Prompt {
		q := ask(s, at)
		found := s.matches()
		var numbers []dialog.Choice
		for i, g := range found[:min(len(found), offered)] {
			k := strconv.Itoa(i + 1)
			q.Text += "\n" + p.Cfg.Text.T("skm.option", text.Args{"k": k, "nama": feature.Clip(g.Title, feature.LongName)})
			numbers = append(numbers, dialog.Choice{Label: k, Value: programmeValue + strconv.FormatInt(g.ID, 10)})
		}
		if len(found) > offered {
			q.Text += "\n" + p.Cfg.Text.T("skm.more_programmes", text.Args{"n": len(found) - offered})
		}
		q.Rows = append(feature.Grid(feature.Numbers, numbers), q.Rows...)
		return q
	}
	step.Stays = func(s naming) bool { return s.Programme == 0 && !s.Cancelled }
	return step
}

func (p *desk) takeProgramme(s *naming, value string) error {
	if id, ok := strings.CutPrefix(value, programmeValue); ok {
		i := slices.IndexFunc(s.catalogue, func(g training.Programme) bool { return strconv.FormatInt(g.ID, 10) == id })
		if i < 0 {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		s.Programme, s.Title = s.catalogue[i].ID, s.catalogue[i].Title
		return nil
	}
	line, err := p.Line(value, feature.ShortestName, feature.LongName, "skm.hint_programme")
	if err != nil {
		return err
	}
	was := s.Find
	s.Find = line
	switch found := s.matches(); len(found) {
	case 0:
		s.Find = was
		return dialog.Invalid(p.Cfg.Text.T("skm.no_programme", nil))
	case 1:
		s.Programme, s.Title = found[0].ID, found[0].Title
	}
	return nil
}

// elementStep asks whether the index or one element is compared.
func (p *desk) elementStep(short feature.Short[naming]) dialog.Step[naming] {
	choice := func(e satisfaction.Element) dialog.Choice {
		value := string(e)
		if e == "" {
			value = indexValue
		}
		return dialog.Choice{Label: p.elementLabel(e), Value: value}
	}
	rows := [][]dialog.Choice{{choice("")}}
	all := satisfaction.Elements()
	for i := 0; i < len(all); i += 2 {
		row := []dialog.Choice{choice(all[i])}
		if i+1 < len(all) {
			row = append(row, choice(all[i+1]))
		}
		rows = append(rows, row)
	}
	return short.Question("angka", "skm.ask_element", func(s *naming, value string) error {
		e := satisfaction.Element(value)
		if value == indexValue {
			e = ""
		} else if e.Place() < 0 {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		s.Element = e
		return nil
	}, rows...)
}

// elementLabel is the button of an element; "" is the index.
func (p *desk) elementLabel(e satisfaction.Element) string {
	return p.plain(map[satisfaction.Element]string{"": "label.skm_index", satisfaction.Requirements: "label.skm_requirements", satisfaction.Procedure: "label.skm_procedure",
		satisfaction.Duration: "label.skm_duration", satisfaction.Cost: "label.skm_cost", satisfaction.Product: "label.skm_product", satisfaction.Competence: "label.skm_competence",
		satisfaction.Conduct: "label.skm_conduct", satisfaction.Facilities: "label.skm_facilities", satisfaction.Complaints: "label.skm_complaints"}[e])
}

// earlier are the periods of which there are figures; later those behind the chosen one.
func earlier(s naming) []satisfaction.Period { return s.known[:min(len(s.known), recent)] }

func later(s naming) (list []satisfaction.Period) {
	before, ok := satisfaction.PeriodOf(s.Before)
	if !ok {
		return nil
	}
	list = []satisfaction.Period{before.Next()}
	if year := before.NextYear(); year.Key != list[0].Key {
		list = append(list, year)
	}
	return list
}

// takeBefore and takeAfter keep a period; ok is false when it does not fit.
func (s *naming) takeBefore(of satisfaction.Period) (ok bool) {
	s.Before = of.Key
	return true
}

func (s *naming) takeAfter(of satisfaction.Period) (ok bool) {
	before, _ := satisfaction.PeriodOf(s.Before)
	s.After = of.Key
	return before.Before(of)
}

// periodStep asks for a period: one of those offered, or a typed one.
func (p *desk) periodStep(short feature.Short[naming], key, ask string, offer func(naming) []satisfaction.Period, take func(*naming, satisfaction.Period) bool) dialog.Step[naming] {
	step := short.Question(key, ask, func(s *naming, value string) error {
		of, ok := satisfaction.ParsePeriod(value)
		if !ok {
			return dialog.Invalid(p.Cfg.Text.T("skm.hint_period", nil))
		}
		if !take(s, of) {
			return dialog.Invalid(p.Cfg.Text.T("skm.hint_order", nil))
		}
		return nil
	})
	plain := step.Ask
	step.Ask = func(s naming, at dialog.Place) dialog.Prompt {
		q := plain(s, at)
		var rows [][]dialog.Choice
		for _, one := range offer(s) {
			rows = append(rows, []dialog.Choice{{Label: p.periodName(one), Value: one.Key}})
		}
		q.Rows = append(rows, q.Rows...)
		return q
	}
	return step
}

// sureStep shows what will be named, and says when it is too late for a probability.
func (p *desk) sureStep(short feature.Short[naming]) dialog.Step[naming] {
	step := short.Question("yakin", "skm.ask_sure", func(_ *naming, value string) error {
		if value != sureValue {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		return nil
	}, []dialog.Choice{{Label: p.plain("label.skm_sure"), Value: sureValue}})
	ask := step.Ask
	step.Ask = func(s naming, at dialog.Place) dialog.Prompt {
		q := ask(s, at)
		after, _ := satisfaction.PeriodOf(s.After)
		if slices.ContainsFunc(s.known, func(k satisfaction.Period) bool { return !k.To.Before(after.From) }) {
			q.Text += "\n\n" + p.Cfg.Text.T("skm.too_late", p.namingArgs(s))
		}
		return q
	}
	return step
}

func finishNaming(ctx context.Context, e *env, s naming) (dialog.Ending, error) {
	if s.Cancelled {
		err := e.list(ctx, dialog.Action{}, 0)
		return e.Taken(), err
	}
	before, ok1 := satisfaction.PeriodOf(s.Before)
	after, ok2 := satisfaction.PeriodOf(s.After)
	if !ok1 || !ok2 || !before.Before(after) || !slices.ContainsFunc(s.catalogue, func(g training.Programme) bool { return g.ID == s.Programme }) {
		return dialog.Ending{}, dialog.ErrNotFound
	}
	id, fresh, err := e.tx.NameComparison(ctx, effect.Named{Programme: s.Programme, Element: s.Element, Before: before, After: after, Share: e.Cfg.Share}, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	n, err := e.tx.Comparison(ctx, id)
	if err != nil {
		return dialog.Ending{}, err
	}
	note := e.T("skm.named", nil)
	if !fresh {
		note = e.T("skm.named_before", nil)
	}
	err = e.showComparison(ctx, n, note)
	return e.Taken(), err
}
