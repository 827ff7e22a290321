package demand

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// proposing is the state of both forms: what a proposal will say.
type proposing struct {
	What      string `json:"what,omitempty"` // of a change: the question that is asked
	Unit      int64  `json:"unit,omitempty"`
	Year      int    `json:"year,omitempty"`
	Find      string `json:"find,omitempty"` // typed, and like titles of the catalogue: which is meant is asked
	Programme int64  `json:"programme,omitempty"`
	Title     string `json:"title,omitempty"`
	People    int    `json:"people,omitempty"`
	Ruling    bool   `json:"ruling,omitempty"` // which rule it is, is asked
	Reason    string `json:"reason,omitempty"`
	Ruled     bool   `json:"ruled,omitempty"`
	Cancelled bool   `json:"cancelled,omitempty"`
	Revision  int    `json:"rev"` // of a change: that of the proposal when the conversation began
	units     []needs.ProposalUnit
	catalogue []training.Programme
	was       needs.Proposal
}

// The keys of the questions, which are values of the buttons of a change too.
const (
	unitKey   = "unit"
	yearKey   = "tahun"
	titleKey  = "pelatihan"
	peopleKey = "orang"
	reasonKey = "alasan"
)

// The values of buttons.
const (
	programmeValue = "p-" // and the place in the catalogue
	typedTitle     = "ketikan"
	reasonValue    = "a-" // and the place in the configuration
	gapReason      = "hasil"
	taskReason     = "tugas"
	otherRule      = "aturan"
)

// likeShown is how many titles of the catalogue are offered.
const likeShown = 8

func (p *desk) short() feature.Short[proposing] {
	return feature.Short[proposing]{Desk: p.Desk, Cancelled: func(s *proposing) *bool { return &s.Cancelled },
		Args: func(s proposing) text.Args {
			return text.Args{"judul": s.was.Title, "tahun": s.was.Year, "n": s.was.People, "alasan": s.was.Reason}
		}}
}

// proposeForm asks what a unit proposes.
func (p *desk) proposeForm() dialog.Form[proposing, *env] {
	say := p.Wording("form.review_hint")
	say.Saved = "" // nothing is stored until the last answer, and the card after it says so
	return dialog.Form[proposing, *env]{
		FormName: proposeFlow, Say: say,
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s proposing, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			if err := e.supply(ctx, &s); err != nil {
				return s, err
			}
			if len(s.units) == 1 {
				s.Unit = s.units[0].ID
			}
			return s, nil
		},
		Steps: func(s proposing) []dialog.Step[proposing] {
			var steps []dialog.Step[proposing]
			if len(s.units) > 1 {
				steps = append(steps, p.unitStep(s))
			}
			return p.short().Steps(s, append(steps, p.yearStep(), p.titleStep("proposal.ask_title"), p.peopleStep("proposal.ask_people"), p.reasonStep("proposal.ask_reason"))...)
		},
		Finish: finishProposal,
	}
}

// supply adds what may be chosen.
func (e *env) supply(ctx context.Context, s *proposing) (err error) {
	if s.units, err = e.tx.ProposalUnits(ctx, e.Employee.ID); err != nil {
		return err
	}
	if len(s.units) == 0 {
		return dialog.ErrNotFound
	}
	s.catalogue, err = e.tx.Programmes(ctx)
	return err
}

// changeForm changes the proposal that is its ref: first it asks what of it.
func (p *desk) changeForm() dialog.Form[proposing, *env] {
	f := p.proposeForm()
	f.FormName, f.Finish = changeFlow, finishChange
	f.Load = func(ctx context.Context, e *env, r *dialog.Record) (s proposing, err error) {
		if s.was, err = e.tx.Proposal(ctx, e.Employee.ID, r.Ref); err != nil {
			return s, err
		}
		s.Revision = s.was.Revision
		if err := feature.DecodeState(r, &s); err != nil {
			return s, err
		}
		return s, e.supply(ctx, &s)
	}
	f.Steps = func(s proposing) []dialog.Step[proposing] {
		one := map[string]dialog.Step[proposing]{titleKey: p.titleStep("proposal.change_title"), peopleKey: p.peopleStep("proposal.change_people"),
			reasonKey: p.reasonStep("proposal.change_reason")}
		var rows [][]dialog.Choice
		for _, c := range [][2]string{{"proposal_title", titleKey}, {"proposal_people", peopleKey}, {"proposal_reason", reasonKey}} {
			rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label."+c[0], nil), Value: c[1]}})
		}
		steps := []dialog.Step[proposing]{p.short().Question("apa", "proposal.change_what", func(s *proposing, value string) error {
			if _, ok := one[value]; !ok {
				return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
			}
			s.What = value
			return nil
		}, rows...)}
		if step, ok := one[s.What]; ok {
			steps = append(steps, step)
		}
		return p.short().Steps(s, steps...)
	}
	return f
}

// unitStep asks for which of several units it is.
func (p *desk) unitStep(s proposing) dialog.Step[proposing] {
	var lines []string
	var numbers []dialog.Choice
	for i, u := range s.units {
		k := strconv.Itoa(i + 1)
		lines = append(lines, p.Cfg.Text.T("proposal.option", text.Args{"k": k, "nama": feature.Clip(u.Name, feature.LongName)}))
		numbers = append(numbers, dialog.Choice{Label: k, Value: k})
	}
	return below(p.short().Question(unitKey, "proposal.ask_unit", func(s *proposing, value string) error {
		k, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || k < 1 || k > len(s.units) {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		s.Unit = s.units[k-1].ID
		return nil
	}), func(proposing) (string, [][]dialog.Choice) {
		return strings.Join(lines, "\n"), feature.Grid(feature.Numbers, numbers)
	})
}

// below adds lines and rows to a question that depend on what was answered.
func below(step dialog.Step[proposing], more func(proposing) (string, [][]dialog.Choice)) dialog.Step[proposing] {
	ask := step.Ask
	step.Ask = func(s proposing, at dialog.Place) dialog.Prompt {
		p := ask(s, at)
		lines, rows := more(s)
		if lines != "" {
			p.Text += "\n" + lines
		}
		p.Rows = append(slices.Clone(rows), p.Rows...)
		return p
	}
	return step
}

// yearStep asks for which plan year it is: this one or the next.
func (p *desk) yearStep() dialog.Step[proposing] {
	years := func() (list []string) {
		this := p.Today().Year()
		return []string{strconv.Itoa(this), strconv.Itoa(this + 1)}
	}
	return below(p.short().Question(yearKey, "proposal.ask_year", func(s *proposing, value string) (err error) {
		if value = strings.TrimSpace(value); !slices.Contains(years(), value) {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		s.Year, err = strconv.Atoi(value)
		return err
	}), func(proposing) (string, [][]dialog.Choice) {
		var row []dialog.Choice
		for _, y := range years() {
			row = append(row, dialog.Choice{Label: y, Value: y})
		}
		return "", [][]dialog.Choice{row}
	})
}

// titleStep asks for the training: a title is typed, and where the catalogue has some like
// it, which of them is meant, or none.
func (p *desk) titleStep(ask string) dialog.Step[proposing] {
	step := below(p.short().Question(titleKey, ask, p.takeTitle), func(s proposing) (string, [][]dialog.Choice) {
		if s.Find == "" {
			return "", nil
		}
		lines := []string{"", p.Cfg.Text.T("proposal.like", text.Args{"judul": s.Find})}
		var numbers []dialog.Choice
		for i, g := range like(s.catalogue, s.Find) {
			k := strconv.Itoa(i + 1)
			lines = append(lines, p.Cfg.Text.T("proposal.option", text.Args{"k": k, "nama": feature.Clip(g.Title, feature.LongName)}))
			numbers = append(numbers, dialog.Choice{Label: k, Value: programmeValue + strconv.FormatInt(g.ID, 10)})
		}
		rows := feature.Grid(feature.Numbers, numbers)
		return strings.Join(lines, "\n"), append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.proposal_typed", nil), Value: typedTitle}})
	})
	step.Stays = func(s proposing) bool { return s.Find != "" }
	return step
}

// like are programmes whose titles hold what was typed.
func like(catalogue []training.Programme, typed string) (list []training.Programme) {
	for _, g := range catalogue {
		if strings.Contains(needs.TitleKey(g.Title), needs.TitleKey(typed)) && len(list) < likeShown {
			list = append(list, g)
		}
	}
	return list
}

func (p *desk) takeTitle(s *proposing, value string) error {
	chosen := func(match func(training.Programme) bool) bool {
		i := slices.IndexFunc(s.catalogue, match)
		if i >= 0 {
			s.Programme, s.Title, s.Find = s.catalogue[i].ID, feature.Clip(s.catalogue[i].Title, needs.LongestTitle), ""
		}
		return i >= 0
	}
	if s.Find != "" && value == typedTitle {
		s.Programme, s.Title, s.Find = 0, s.Find, ""
		return nil
	}
	if id, ok := strings.CutPrefix(value, programmeValue); ok && s.Find != "" && chosen(func(g training.Programme) bool { return strconv.FormatInt(g.ID, 10) == id }) {
		return nil
	}
	line, err := p.Line(value, needs.ShortestLine, needs.LongestTitle, "proposal.hint_title")
	if err != nil {
		return err
	}
	if chosen(func(g training.Programme) bool { return needs.TitleKey(g.Title) == needs.TitleKey(line) }) {
		return nil
	}
	if s.Find = line; len(like(s.catalogue, line)) == 0 {
		s.Programme, s.Title, s.Find = 0, line, ""
	}
	return nil
}

func (p *desk) peopleStep(ask string) dialog.Step[proposing] {
	return p.short().Question(peopleKey, ask, func(s *proposing, value string) error {
		word, _, _ := strings.Cut(strings.TrimSpace(value), " ") // "30 orang"
		n, ok := text.Whole(word)
		if !ok || n < 1 || n > needs.MostProposed {
			return dialog.Invalid(p.Cfg.Text.T("proposal.hint_people", text.Args{"n": p.Cfg.Text.Number(needs.MostProposed)}))
		}
		s.People = n
		return nil
	})
}

// reasonStep asks why: one of what the agency says may demand a training, another rule,
// whose name is typed then, or any text.
func (p *desk) reasonStep(ask string) dialog.Step[proposing] {
	step := below(p.short().Question(reasonKey, ask, p.takeReason), func(s proposing) (string, [][]dialog.Choice) {
		if s.Ruling {
			return "\n" + p.Cfg.Text.T("proposal.ask_rule", nil), nil
		}
		var rows [][]dialog.Choice
		for i, name := range p.Cfg.Reasons {
			rows = append(rows, []dialog.Choice{{Label: name, Value: reasonValue + strconv.Itoa(i)}})
		}
		for _, c := range [][2]string{{"reason_rule", otherRule}, {"reason_gap", gapReason}, {"reason_task", taskReason}} {
			rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label."+c[0], nil), Value: c[1]}})
		}
		return "", rows
	})
	step.Stays = func(s proposing) bool { return s.Ruling && s.Reason == "" }
	return step
}

func (p *desk) takeReason(s *proposing, value string) (err error) {
	if !s.Ruling {
		switch value {
		case otherRule:
			s.Ruling, s.Reason = true, ""
			return nil
		case gapReason:
			s.Reason, s.Ruled = p.Cfg.Text.Plain("proposal.reason_gap", nil), false
			return nil
		case taskReason:
			s.Reason, s.Ruled = p.Cfg.Text.Plain("proposal.reason_task", nil), false
			return nil
		}
		if i, e := strconv.Atoi(strings.TrimPrefix(value, reasonValue)); strings.HasPrefix(value, reasonValue) && e == nil && i >= 0 && i < len(p.Cfg.Reasons) {
			s.Reason, s.Ruled = p.Cfg.Reasons[i], true
			return nil
		}
	}
	s.Ruled = s.Ruling
	s.Reason, err = p.Line(value, needs.ShortestLine, needs.LongestReason, "proposal.hint_reason")
	return err
}

func finishProposal(ctx context.Context, e *env, s proposing) (dialog.Ending, error) {
	if s.Cancelled {
		err := e.showProposals(ctx, 0, 0, "")
		return e.Taken(), err
	}
	p := needs.Proposal{Year: s.Year, Unit: s.Unit, Programme: s.Programme, Title: s.Title, People: s.People, Reason: s.Reason, Ruled: s.Ruled, By: e.Employee.ID}
	if !slices.ContainsFunc(s.units, func(one needs.ProposalUnit) bool { return one.ID == s.Unit }) {
		return dialog.Ending{}, dialog.ErrNotFound
	}
	out, err := e.tx.AddProposal(ctx, p, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	note := e.T("proposal.stored", text.Args{"judul": s.Title})
	if out == needs.Again {
		note = e.T("proposal.again", text.Args{"judul": s.Title, "tahun": strconv.Itoa(s.Year)})
	}
	err = e.showProposals(ctx, 0, 0, note)
	return e.Taken(), err
}

func finishChange(ctx context.Context, e *env, s proposing) (dialog.Ending, error) {
	p, note := s.was, ""
	switch s.What {
	case titleKey:
		p.Title, p.Programme = s.Title, s.Programme
	case peopleKey:
		p.People = s.People
	case reasonKey:
		p.Reason, p.Ruled = s.Reason, s.Ruled
	}
	if !s.Cancelled {
		p.By, p.Revision = e.Employee.ID, s.Revision
		out, err := e.tx.ChangeProposal(ctx, p, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		note = e.T(map[needs.Stored]string{needs.Kept: "proposal.changed", needs.Again: "proposal.again", needs.Outdated: "proposal.outdated"}[out],
			text.Args{"judul": p.Title, "tahun": strconv.Itoa(p.Year)})
	}
	err := e.showProposal(ctx, p.ID, 0, note)
	return e.Taken(), err
}
