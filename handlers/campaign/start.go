package campaign

import (
	"context"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/persuasion"
	"bangkom/internal/readiness"
	"bangkom/internal/resolve"
	"bangkom/internal/satisfaction"
	"bangkom/internal/text"
)

// startFlow starts a campaign.
const startFlow = "aj"

// all is the value of the button that chooses every pattern.
const all = "semua"

// starting is a campaign on its way.
type starting struct {
	Occasion  int64
	Words     persuasion.Words
	Cancelled bool

	offered []persuasion.Choosable
	by      personnel.Employee
	now     time.Time
}

// about is what the campaign is about; the zero value when that has ended meanwhile.
func (s starting) about() persuasion.Choosable {
	for _, c := range s.offered {
		if c.Occasion == s.Occasion {
			return c
		}
	}
	return persuasion.Choosable{}
}

// startForm asks what it is about, with which patterns, and for the sentences of those that are
// written.
func (p *desk) startForm() dialog.Form[starting, *env] {
	short := feature.Short[starting]{Desk: p.Desk, Cancelled: func(s *starting) *bool { return &s.Cancelled },
		Args: func(s starting) text.Args {
			return text.Args{"daftar": text.HTML(p.offeredLines(s)), "pola": text.HTML(p.patternLines()), "judul": s.about().Title}
		}}
	return dialog.Form[starting, *env]{
		FormName: startFlow, Say: p.Wording("form.review_hint"), Load: p.loadStart,
		Steps: func(s starting) []dialog.Step[starting] {
			steps := []dialog.Step[starting]{p.aboutStep(short, s), p.patternStep(short)}
			for _, t := range persuasion.Table() {
				if t.Written && slices.Contains(s.Words.Patterns, t.Pattern) {
					steps = append(steps, p.writtenStep(short, t.Pattern))
				}
			}
			return short.Steps(s, steps...)
		},
		Review: p.startReview, AsShown: true, Finish: finishStart,
	}
}

func (p *desk) loadStart(ctx context.Context, e *env, r *dialog.Record) (s starting, err error) {
	if !e.Employee.Rights.HR {
		return s, dialog.ErrNotFound
	}
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	s.by, s.now = e.Employee, e.Now
	if s.offered, err = e.tx.Choosable(ctx, e.Now); err == nil && len(s.offered) == 0 {
		err = dialog.ErrNotFound
	}
	return s, err
}

// offeredLines name what a campaign may be about.
func (p *desk) offeredLines(s starting) string {
	var lines []string
	for i, c := range s.offered {
		lines = append(lines, p.Cfg.Text.T("campaign.about", text.Args{"no": i + 1, "judul": c.Title, "nama": c.Name, "batas": p.Cfg.Text.Deadline(c.Due.In(p.Cfg.Location))}))
	}
	return strings.Join(lines, "\n")
}

// aboutStep chooses the occasion. A button holds the occasion and not its number.
func (p *desk) aboutStep(f feature.Short[starting], s starting) dialog.Step[starting] {
	var numbers []dialog.Choice
	for i, c := range s.offered {
		numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(i + 1), Value: "id-" + strconv.FormatInt(c.Occasion, 10)})
	}
	return f.Question("tugas", "campaign.ask_about", func(s *starting, value string) error {
		for _, c := range s.offered {
			if value == "id-"+strconv.FormatInt(c.Occasion, 10) {
				s.Occasion = c.Occasion
				return nil
			}
		}
		return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
	}, feature.Grid(feature.Numbers, numbers)...)
}

// patternLines name the patterns, with the stage of each.
func (p *desk) patternLines() string {
	var lines []string
	for i, t := range persuasion.Table() {
		lines = append(lines, p.Cfg.Text.T("campaign.pattern_line", text.Args{"no": i + 1, "pola": p.Cfg.Text.Plain(t.Name, nil),
			"tahap": p.Cfg.Text.Plain(persuasion.StageName(t.Stage), nil)}))
	}
	return strings.Join(lines, "\n")
}

// patternStep takes the numbers of patterns, in any order.
func (p *desk) patternStep(f feature.Short[starting]) dialog.Step[starting] {
	return f.Question("pola", "campaign.ask_patterns", func(s *starting, value string) error {
		chosen, ok := patternsOf(value)
		if !ok {
			return dialog.Invalid(p.Cfg.Text.T("campaign.patterns_hint", nil))
		}
		s.Words.Patterns = chosen
		return nil
	}, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.campaign_all", nil), Value: all}})
}

// patternsOf reads numbers of patterns as somebody types them: 1, 4 dan 8.
func patternsOf(typed string) (chosen []persuasion.Pattern, ok bool) {
	table := persuasion.Table()
	everything := strings.EqualFold(strings.TrimSpace(typed), all)
	wanted := map[int]bool{}
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsDigit(r) }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(table) {
			return nil, false
		}
		wanted[n] = true
	}
	for i, t := range table {
		if everything || wanted[i+1] {
			chosen = append(chosen, t.Pattern)
		}
	}
	return chosen, len(chosen) > 0
}

// writtenKey is the key of the question for the sentence of a pattern, as buttons can hold it.
func writtenKey(p persuasion.Pattern) string { return "isi" + strings.ReplaceAll(string(p), "_", "") }

// writtenStep takes the sentence of a pattern. One that threatens, ranks or shames is refused
// with its word.
func (p *desk) writtenStep(f feature.Short[starting], of persuasion.Pattern) dialog.Step[starting] {
	return f.Question(writtenKey(of), of.Traits().Ask, func(s *starting, value string) error {
		line, err := p.Line(value, persuasion.MinWritten, persuasion.MaxWritten, "campaign.written_hint")
		if err != nil {
			return err
		}
		if word := persuasion.Pressing(line); word != "" {
			return dialog.Invalid(p.Cfg.Text.T("campaign.pressing", text.Args{"kata": word}))
		}
		if of == persuasion.IfThen {
			var ok bool
			if line, ok = resolve.ParseLine(line); !ok {
				return dialog.Invalid(p.Cfg.Text.T("campaign.if_then_hint", nil))
			}
		}
		written := map[persuasion.Pattern]string{of: line}
		for k, v := range s.Words.Written {
			if k != of {
				written[k] = v
			}
		}
		s.Words.Written = written
		return nil
	})
}

// example is what is assumed of somebody in the preview: numbers that are there for most.
func (s starting) example(stage readiness.Stage) persuasion.Facts {
	c := s.about()
	year := func(n int) satisfaction.Period {
		p, _ := satisfaction.PeriodOf(strconv.Itoa(s.now.Year() - n))
		return p
	}
	f := persuasion.Facts{Stage: stage, Unit: s.by.UnitName, Asked: 20, Answered: 12, Helper: true, Barrier: c.Kind.Owed(), Later: c.Kind.Owed(),
		Items: c.Items, Minutes: c.Minutes, Salutation: s.by.Salutation(), Surveys: []persuasion.Survey{{Index: 8210, Period: year(2)}, {Index: 8325, Period: year(1)}}}
	if stage == readiness.Reinforcement {
		f.Done = min(4, max(c.Items-1, 0))
	}
	return f
}

// startReview shows what everybody reads, and below it what is added by the stage of the unit.
func (p *desk) startReview(s starting) dialog.Prompt {
	c := s.about()
	switch {
	case s.Cancelled:
		return dialog.Prompt{}
	case c.Occasion == 0:
		return dialog.Prompt{Template: "campaign.nothing", Text: p.Cfg.Text.T("campaign.nothing", nil)}
	}
	args := text.Args{"sapaan": s.by.Salutation(), "nama": s.by.DisplayName(), "judul": c.Title, "jumlah": c.Items, "menit": c.Minutes, "batas": p.Cfg.Text.Deadline(c.Due.In(p.Cfg.Location)),
		"orang": p.around(c.People), "bertahap": p.around(c.Staged)}
	people := p.Cfg.Text.T("campaign.preview_people", args) // fewer with every answer that comes
	lines := []string{p.Cfg.Text.T("campaign.preview", nil), people, "", p.Cfg.Text.T("persuade.open_new", args)}
	figures := false
	for _, stage := range persuasion.Stages() {
		f := s.example(stage)
		pattern := persuasion.Choose(f, s.Words, 0)
		figures = figures || pattern.Counts()
		said := persuasion.Sentence(p.Cfg.Text, pattern, f, s.Words)
		if said == "" {
			said = p.Cfg.Text.T("campaign.neutral", nil)
		}
		lines = append(lines, "", "<b>"+html.EscapeString(p.Cfg.Text.Plain(persuasion.StageName(stage), nil))+"</b>", said)
	}
	end := p.Cfg.Text.T("campaign.preview_end", args)
	if figures {
		end = p.Cfg.Text.T("campaign.preview_figures", nil) + " " + end
	}
	lines = append(lines, "", end)
	var numbers []dialog.Choice
	for i, step := range p.changeable(s) {
		numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(i + 1), Verb: dialog.Change, Step: step})
	}
	return dialog.Prompt{Template: "campaign.preview", Text: strings.Join(lines, "\n"), Moving: []string{people}, Rows: feature.Grid(feature.Numbers, numbers)}
}

// changeable are the questions that can be answered anew from the preview.
func (p *desk) changeable(s starting) []string {
	steps := []string{"tugas", "pola"}
	for _, t := range persuasion.Table() {
		if t.Written && slices.Contains(s.Words.Patterns, t.Pattern) {
			steps = append(steps, writtenKey(t.Pattern))
		}
	}
	return steps
}

// around is a number of people in tens: with the exact one, what is told afterwards could be
// subtracted.
func (p *desk) around(n int) string {
	if n < 10 {
		return p.Cfg.Text.Plain("campaign.under_ten", nil)
	}
	return p.Cfg.Text.Plain("campaign.around", text.Args{"n": p.Cfg.Text.Number(n / 10 * 10)})
}

func finishStart(ctx context.Context, e *env, s starting) (dialog.Ending, error) {
	if s.Cancelled {
		return e.Ending("form.cancelled"), nil
	}
	of := s.about()
	if of.Occasion == 0 {
		return e.Ending("campaign.nothing"), nil
	}
	c := persuasion.Campaign{Occasion: of.Occasion, Kind: of.Kind, Words: s.Words, Author: e.Employee.ID}
	c.Times(e.Now, of.Due)
	var id int64
	started, err := e.Attempt(func() (err error) {
		id, err = e.tx.StartCampaign(ctx, c)
		return err
	})
	if err != nil {
		return dialog.Ending{}, err
	}
	if !started {
		return e.Ending("campaign.runs"), nil
	}
	card, err := e.campaignCard(ctx, id)
	card.Text = e.T("campaign.started", nil) + "\n\n" + card.Text
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.saved", nil), Replies: []dialog.Reply{card}}, err
}
