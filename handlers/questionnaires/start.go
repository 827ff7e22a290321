package questionnaires

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// startFlow starts a survey. Its ref is that of a questionnaire (refOf).
const startFlow = "sm"

// starting is a survey on its way.
type starting struct {
	Manner    survey.Manner
	Audience  announcement.Audience
	Words     string // of the audience
	Use       string
	Closes    time.Time // the first moment after its last day
	ReportBy  time.Time
	People    int          // of the audience
	Owed      int          // of these, who would be left out
	Reach     survey.Reach // of a survey without names
	Change    string       // about which readiness is asked
	Cancelled bool

	def   questionnaire.Definition
	units []training.Unit
	today time.Time
}

// asksOfItself tells whether the personnel office can start a survey with a questionnaire.
func asksOfItself(d questionnaire.Definition) bool {
	return d.Kind == questionnaire.Survey || d.Kind == questionnaire.Readiness
}

// audiences are the groups that one press chooses.
var audiences = []struct {
	value, label string
	who          announcement.Audience
}{
	{"semua", "survey_all", announcement.Audience{All: true}}, {"pns", "only_pns", announcement.Audience{Status: "PNS"}}, {"pppk", "only_pppk", announcement.Audience{Status: "PPPK"}},
	{"atasan", "bosses", announcement.Audience{Superiors: true}}, {"kepala", "heads", announcement.Audience{Heads: true}}, {"petugas", "officers", announcement.Audience{Officers: true}},
}

// startForm asks what a survey cannot start without: who reads the answers, who is asked,
// what for, until when, and the day on which it is told what was done.
func (p *desk) startForm() dialog.Form[starting, *env] {
	short := feature.Short[starting]{Desk: p.Desk, Cancelled: func(s *starting) *bool { return &s.Cancelled },
		Args: func(s starting) text.Args {
			return text.Args{"judul": s.def.Title, "n": survey.MaxDays, "paling": survey.MaxReportDays, "batas": p.Cfg.Text.Date(s.Closes.AddDate(0, 0, -1))}
		}}
	return dialog.Form[starting, *env]{
		FormName: startFlow, Say: p.Wording("form.review_hint"), Load: p.loadStart,
		Steps: func(s starting) []dialog.Step[starting] {
			first := p.mannerStep(short)
			if s.def.Kind == questionnaire.Readiness {
				first = short.Words("perubahan", "survey.ask_change", "survey.change_hint", survey.MinChange, survey.MaxChange, func(s *starting) *string { return &s.Change })
				accept := first.Accept
				first.Accept = func(s *starting, value string, typed bool) error {
					return accept(s, strings.TrimRight(value, " ."), typed)
				}
			}
			return short.Steps(s, first, p.audienceStep(short, s.Manner),
				short.Words("guna", "survey.ask_use", "survey.use_hint", survey.MinUse, survey.MaxUse, func(s *starting) *string { return &s.Use }),
				short.Question("batas", "survey.ask_until", func(s *starting, value string) error {
					day, ok := p.TypedDate(value)
					if !ok || !day.After(s.today) || day.After(s.today.AddDate(0, 0, survey.MaxDays)) {
						return dialog.Invalid(p.Cfg.Text.T("survey.until_hint", text.Args{"n": survey.MaxDays}))
					}
					s.Closes = day.AddDate(0, 0, 1)
					return nil
				}),
				short.Question("kabar", "survey.ask_report", func(s *starting, value string) error {
					day, ok := p.TypedDate(value)
					if !ok || !survey.MayPromise(s.Closes, day) {
						return dialog.Invalid(p.Cfg.Text.T("survey.report_day_hint", text.Args{"paling": survey.MaxReportDays}))
					}
					s.ReportBy = day
					return nil
				}))
		},
		Review: p.startReview, AsShown: true, Part: countStart, Finish: finishStart,
	}
}

func (p *desk) loadStart(ctx context.Context, e *env, r *dialog.Record) (s starting, err error) {
	if !e.Employee.Rights.HR {
		return s, dialog.ErrNotFound
	}
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	s.today = p.Today()
	if s.def, err = e.one(ctx, r.Ref); err != nil {
		return s, err
	}
	if !asksOfItself(s.def) {
		return s, dialog.ErrNotFound
	}
	if s.def.Kind == questionnaire.Readiness {
		s.Manner = survey.Anonymous
	}
	if r.At == dialog.ReviewStep || r.Return == dialog.ReviewStep { // as it is now: the preview says so, and is compared with what it said
		if _, err := countStart(ctx, e, &s); err != nil {
			return s, err
		}
	}
	s.units, err = e.tx.Units(ctx)
	return s, err
}

func (p *desk) mannerStep(f feature.Short[starting]) dialog.Step[starting] {
	choice := func(label, value string) dialog.Choice {
		return dialog.Choice{Label: p.Cfg.Text.Plain("label."+label, nil), Value: value}
	}
	labels := map[survey.Manner]string{survey.Named: "survey_named", survey.Confidential: "survey_confidential", survey.Anonymous: "survey_anonymous"}
	return f.Question("cara", "survey.ask_manner", func(s *starting, value string) error {
		for m, label := range labels {
			if value != string(m) && !strings.EqualFold(strings.TrimSpace(value), p.Cfg.Text.Plain("label."+label, nil)) {
				continue
			}
			switch {
			case m == survey.Anonymous && !survey.Nameless(s.def):
				return dialog.Invalid(p.Cfg.Text.T("survey.no_conditions", nil))
			case m == survey.Anonymous && s.Audience.Chosen() && !survey.WholeUnits(s.Audience):
				return dialog.Invalid(p.Cfg.Text.T("survey.whole_units", nil))
			}
			s.Manner = m
			return nil
		}
		return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
	}, []dialog.Choice{choice(labels[survey.Named], string(survey.Named))}, []dialog.Choice{choice(labels[survey.Confidential], string(survey.Confidential))},
		[]dialog.Choice{choice(labels[survey.Anonymous], string(survey.Anonymous))})
}

// audienceStep takes one of the groups that announcements know, or a part of the name of a
// unit; without names whole units alone.
func (p *desk) audienceStep(f feature.Short[starting], m survey.Manner) dialog.Step[starting] {
	var rows [][]dialog.Choice
	for _, a := range audiences {
		if m == survey.Anonymous && !survey.WholeUnits(a.who) {
			continue
		}
		rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label."+a.label, nil), Value: a.value}})
	}
	ask := "survey.ask_audience"
	if m == survey.Anonymous {
		ask = "survey.ask_units"
	}
	return f.Question("sasaran", ask, func(s *starting, value string) error {
		for _, a := range audiences {
			label := p.Cfg.Text.Plain("label."+a.label, nil)
			if value == a.value || strings.EqualFold(value, label) {
				if s.Manner == survey.Anonymous && !survey.WholeUnits(a.who) {
					return dialog.Invalid(p.Cfg.Text.T("survey.whole_units", nil))
				}
				s.Audience, s.Words = a.who, label
				return nil
			}
		}
		found := training.UnitsNamed(s.units, value, feature.ShortestName)
		switch {
		case len(found) == 1:
			s.Audience, s.Words = announcement.Audience{Units: []int64{found[0].ID}}, found[0].Name
			return nil
		case len(found) == 0:
			return dialog.Invalid(p.Cfg.Text.T("survey.no_unit", nil))
		}
		var names []string
		for _, u := range found[:min(len(found), namesShown)] {
			names = append(names, u.Name)
		}
		return dialog.Invalid(p.Cfg.Text.T("survey.many_units", text.Args{"n": len(found), "daftar": strings.Join(names, "; ")}))
	}, rows...)
}

// namesShown is how many units a hint names.
const namesShown = 5

// countStart counts who would be asked, for the card before it starts.
func countStart(ctx context.Context, e *env, s *starting) (dialog.Ending, error) {
	if s.Cancelled || !s.Audience.Chosen() {
		return dialog.Ending{}, nil
	}
	var err error
	if s.People, err = e.tx.CountAudience(ctx, s.Audience, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	if s.Owed, err = e.tx.SurveyOwed(ctx, survey.Survey{Audience: s.Audience}, e.Now); err != nil || s.Manner != survey.Anonymous {
		return dialog.Ending{}, err
	}
	s.Reach, err = e.tx.SurveyReach(ctx, survey.Survey{Audience: s.Audience, Questionnaire: s.def.Code, Version: s.def.Version}, e.Now)
	return dialog.Ending{}, err
}

// stands is why a survey without names cannot start; "" = it can.
func (p *desk) stands(s starting) string {
	switch {
	case s.Manner != survey.Anonymous:
		return ""
	case !survey.Nameless(s.def): // a newer version, since the manner was chosen
		return p.Cfg.Text.T("survey.no_conditions", nil)
	case s.Reach.Again != "":
		return p.Cfg.Text.T("survey.asked_of_late", text.Args{"judul": s.Reach.Again, "tanggal": p.Cfg.Text.Date(s.Reach.Until), "n": survey.ApartDays})
	case s.Reach.Asked < disclosure.AtomPersons:
		return p.Cfg.Text.T("survey.too_few_asked", text.Args{"n": s.Reach.Asked, "paling": disclosure.AtomPersons})
	}
	return ""
}

// startReview is the preview of a survey: everything that is frozen with it.
func (p *desk) startReview(s starting) dialog.Prompt {
	if s.Cancelled {
		return dialog.Prompt{}
	}
	args := text.Args{"judul": s.def.Title, "versi": s.def.Version, "n": len(s.def.Items), "menit": s.def.Minutes, "siapa": text.HTML(survey.MannerText(p.Cfg.Text, s.Manner)),
		"sasaran": s.Words, "orang": p.Cfg.Text.Number(s.People), "guna": s.Use, "batas": p.Cfg.Text.Date(s.Closes.AddDate(0, 0, -1)), "kabar": p.Cfg.Text.Date(s.ReportBy),
		"awal": survey.RingSize, "dilewati": p.Cfg.Text.Number(s.Owed)}
	args["terhubung"], args["perubahan"] = p.Cfg.Text.Number(s.Reach.Asked), s.Change
	body := p.Cfg.Text.T("survey.preview", args)
	if s.Change != "" {
		body = p.Cfg.Text.T("survey.preview_change", args)
	}
	lines := []string{"survey.preview_first"}
	if s.Manner == survey.Anonymous {
		lines[0] = "survey.preview_everybody"
	}
	switch {
	case s.Owed > 0 && s.Owed >= s.People:
		lines = []string{"survey.preview_owed", "survey.left_out_all"}
	case s.Owed > 0:
		lines = append(lines, "survey.preview_owed")
	}
	var moving []string
	for _, key := range lines {
		line := p.Cfg.Text.T(key, args)
		if body += "\n" + line; key == "survey.preview_everybody" { // more connect every hour
			moving = append(moving, line)
		}
	}
	if why := p.stands(s); why != "" {
		body += "\n\n" + why
	}
	var numbers []dialog.Choice
	first := "cara"
	if s.Change != "" {
		first = "perubahan"
	}
	for i, step := range []string{first, "sasaran", "guna", "batas", "kabar"} {
		numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(i + 1), Verb: dialog.Change, Step: step})
	}
	return dialog.Prompt{Template: "survey.preview", Text: body, Moving: moving, Rows: feature.Grid(feature.Numbers, numbers)}
}

// finishStart starts the survey with the first few.
func finishStart(ctx context.Context, e *env, s starting) (dialog.Ending, error) {
	if s.Cancelled {
		return e.Ending("form.cancelled"), nil
	}
	if s.Closes.Before(e.Now) || !survey.MayPromise(s.Closes, s.ReportBy) {
		return dialog.Ending{}, dialog.Invalid(e.T("survey.report_day_hint", text.Args{"paling": survey.MaxReportDays}))
	}
	if why := at(e.Desk).stands(s); why != "" {
		return dialog.Ending{}, dialog.Invalid(e.Cfg.Text.Plain("survey.not_started", nil))
	}
	name := s.def.Title
	if s.Change != "" {
		name += ": " + s.Change
	}
	id, err := e.tx.StartSurvey(ctx, survey.Survey{Name: name, Change: s.Change, Questionnaire: s.def.Code, Version: s.def.Version, Manner: s.Manner, Owner: e.Employee.ID,
		Use: s.Use, Audience: s.Audience, Closes: s.Closes, ReportBy: s.ReportBy}, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	card, err := e.surveyCard(ctx, id)
	begun := e.T("survey.started", nil)
	if s.Owed > 0 && s.Owed >= s.People {
		begun = e.T("survey.started_none", nil) + " " + e.T("survey.left_out_all", nil)
	}
	card.Text = begun + "\n\n" + card.Text
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.saved", nil), Replies: []dialog.Reply{card}}, err
}
