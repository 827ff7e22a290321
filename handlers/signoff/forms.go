package signoff

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// shortestNote is how short a reason may be.
const shortestNote = 3

// opening is the state of the forms of a round.
type opening struct {
	Year     int       `json:"year,omitempty"`
	Due      time.Time `json:"due"`
	Left     bool      `json:"left,omitempty"`
	Revision int       `json:"rev,omitempty"`
	years    []int
}

func (p *desk) openings() feature.Short[opening] {
	return feature.Short[opening]{Desk: p.Desk, Cancelled: func(s *opening) *bool { return &s.Left },
		Args: func(s opening) text.Args { return text.Args{"tahun": strconv.Itoa(s.Year)} }}
}

// openForm opens a round for the newest closed period.
func (p *desk) openForm() dialog.Form[opening, *env] {
	return dialog.Form[opening, *env]{
		FormName: openFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			rounds, err := e.tx.SignoffRounds(ctx)
			if s.years = p.freeYears(rounds); err == nil && (len(s.years) == 0 || !e.office()) {
				err = dialog.ErrNotFound
			}
			return s, err
		},
		Steps: func(s opening) []dialog.Step[opening] {
			var row []dialog.Choice
			for _, y := range s.years {
				row = append(row, dialog.Choice{Label: strconv.Itoa(y), Value: strconv.Itoa(y)})
			}
			year := p.openings().Question("tahun", "signoff.ask_year", func(s *opening, value string) error {
				n, err := strconv.Atoi(strings.TrimSpace(value))
				if err != nil || !slices.Contains(s.years, n) {
					return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
				}
				s.Year = n
				return nil
			}, row)
			return p.openings().Steps(s, year, p.dueStep("signoff.ask_due"))
		},
		Finish: finishOpening,
	}
}

// dueStep asks for the last day.
func (p *desk) dueStep(ask string) dialog.Step[opening] {
	return p.openings().Question("tenggat", ask, func(s *opening, value string) error {
		day, ok := p.TypedDate(value)
		if !ok || day.Before(p.Today()) || day.After(p.Today().AddDate(0, 0, feature.MaxSpanDays)) {
			return dialog.Invalid(p.Cfg.Text.T("signoff.hint_due", nil))
		}
		s.Due = day
		return nil
	})
}

func finishOpening(ctx context.Context, e *env, s opening) (dialog.Ending, error) {
	if s.Left {
		err := e.showList(ctx, 0, 0, 0, "")
		return e.Taken(), err
	}
	note, err := e.openRound(ctx, s)
	if err != nil {
		return dialog.Ending{}, err
	}
	err = e.showList(ctx, 0, 0, 0, note)
	return e.Taken(), err
}

// openRound opens the round for all units that sign, and says what became of it.
func (e *env) openRound(ctx context.Context, s opening) (note string, err error) {
	periods, err := e.tx.NeedPeriods(ctx)
	if err != nil {
		return "", err
	}
	if len(periods) == 0 {
		return "", dialog.ErrNotFound
	}
	f, err := e.tx.Needs(ctx, periods[0].ID, e.Employee.ID)
	if err != nil {
		return "", err
	}
	with := needs.SigningUnits(f.Units)
	var units []int64
	alone := 0
	for _, one := range f.Units {
		switch at, ok := with[one.ID]; {
		case ok && at == one.ID:
			units = append(units, one.ID)
		case !ok && one.People > 0:
			alone++
		}
	}
	if len(units) == 0 {
		return e.T("signoff.too_small", nil), nil
	}
	out, err := e.tx.OpenSignoff(ctx, needs.Round{Year: s.Year, Period: periods[0], Due: s.Due, By: e.Employee.ID}, units, e.Now)
	switch {
	case err != nil:
		return "", err
	case out == needs.Again:
		return e.T("signoff.opened_before", text.Args{"tahun": strconv.Itoa(s.Year)}), nil
	}
	note = e.T("signoff.opened", text.Args{"tahun": strconv.Itoa(s.Year), "n": e.Cfg.Text.Number(len(units))})
	if alone > 0 {
		note += " " + e.T("signoff.alone", text.Args{"n": e.Cfg.Text.Number(alone)})
	}
	return note, nil
}

// dueForm gives a round another last day. Its ref is the year.
func (p *desk) dueForm() dialog.Form[opening, *env] {
	f := p.openForm()
	f.FormName = dueFlow
	f.Load = func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
		round, _, err := e.round(ctx, r.Ref)
		if err == nil && (r.Ref == 0 || !e.office()) {
			err = dialog.ErrNotFound
		}
		s.Year, s.Revision = round.Year, round.Revision
		if err != nil {
			return s, err
		}
		return s, feature.DecodeState(r, &s)
	}
	f.Steps = func(s opening) []dialog.Step[opening] {
		return p.openings().Steps(s, p.dueStep("signoff.ask_new_due"))
	}
	f.Finish = func(ctx context.Context, e *env, s opening) (dialog.Ending, error) {
		note := ""
		if !s.Left {
			out, err := e.tx.MoveSignoffDue(ctx, needs.Round{Year: s.Year, Due: s.Due, Revision: s.Revision}, e.Employee.ID, e.Now)
			if err != nil {
				return dialog.Ending{}, err
			}
			note = e.T(map[needs.Stored]string{needs.Kept: "signoff.due_moved", needs.Outdated: "signoff.outdated"}[out], nil)
		}
		err := e.showList(ctx, int64(s.Year), 0, 0, note)
		return e.Taken(), err
	}
	return f
}

// noting is the state of the forms about one unit.
type noting struct {
	Code     string `json:"code,omitempty"` // of the competency that is moved
	Place    int    `json:"place,omitempty"`
	Reason   string `json:"reason,omitempty"`
	File     string `json:"file,omitempty"`
	Left     bool   `json:"left,omitempty"`
	Revision int    `json:"rev"` // that of the sign-off when the conversation began
	at       screen
}

func (p *desk) notes() feature.Short[noting] {
	return feature.Short[noting]{Desk: p.Desk, Cancelled: func(s *noting) *bool { return &s.Left },
		Args: func(s noting) text.Args {
			args := text.Args{"unit": s.at.UnitName, "nama": "", "n": len(s.at.content.Needs)}
			if i := s.place(); i > 0 {
				args["nama"] = s.at.content.Needs[i-1].Name
			}
			return args
		}}
}

// place is where the competency stands that is moved; 0 = it is not chosen.
func (s noting) place() int {
	return 1 + slices.IndexFunc(s.at.content.Needs, func(n needs.SignedNeed) bool { return n.Code == s.Code })
}

// noteForm is a form about one unit that asks something and does a deed with it.
func (p *desk) noteForm(name string, steps func(s noting) []dialog.Step[noting], finish func(ctx context.Context, e *env, s noting) (string, error)) dialog.Form[noting, *env] {
	return dialog.Form[noting, *env]{
		FormName: name, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s noting, err error) {
			one, err := e.signoff(ctx, r.Ref)
			if err != nil {
				return s, err
			}
			s.Revision = one.Revision
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			s.at, err = p.read(ctx, e.tx, one, p.Today())
			return s, err
		},
		Steps: func(s noting) []dialog.Step[noting] { return p.notes().Steps(s, steps(s)...) },
		Finish: func(ctx context.Context, e *env, s noting) (dialog.Ending, error) {
			note := ""
			if !s.Left {
				var err error
				if note, err = finish(ctx, e, s); err != nil {
					return dialog.Ending{}, err
				}
			}
			err := e.showCard(ctx, s.at.ID, 0, note)
			return e.Taken(), err
		},
	}
}

// reasonStep asks why, in one text.
func (p *desk) reasonStep(ask string) dialog.Step[noting] {
	return p.notes().Words("alasan", ask, "signoff.hint_reason", shortestNote, needs.LongestNote, func(s *noting) *string { return &s.Reason })
}

// correctForm moves a competency in the order of the unit, with a reason.
func (p *desk) correctForm() dialog.Form[noting, *env] {
	return p.noteForm(correctFlow, func(s noting) []dialog.Step[noting] {
		return []dialog.Step[noting]{p.whichStep(s), p.whereStep(s), p.reasonStep("signoff.ask_moved")}
	}, func(ctx context.Context, e *env, s noting) (string, error) {
		if r := s.at.May(needs.Correct); r != "" {
			return e.refused(s.at.Signoff, needs.Correct, r)
		}
		stored, err := e.tx.SignedContent(ctx, s.at.Signoff)
		if err != nil {
			return "", err
		}
		list, ok := needs.MoveAs(stored.Needs, s.at.content.Needs, s.Code, s.Place, needs.Signed{ID: e.Employee.ID, At: e.Now}, s.Reason)
		if !ok {
			return e.T("signoff.same_place", nil), nil
		}
		if s.at.Revision != s.Revision {
			return e.T("signoff.outdated", nil), nil
		}
		out, err := e.tx.CorrectSignoff(ctx, s.at.Signoff, list, s.Code, e.Employee.ID, e.Now)
		if err != nil {
			return "", err
		}
		return e.T(map[needs.Stored]string{needs.Kept: "signoff.done_correct", needs.Outdated: "signoff.outdated"}[out], nil), nil
	})
}

// whichStep asks which competency is moved. A button names it; only a typed number is a place
// in the list.
func (p *desk) whichStep(s noting) dialog.Step[noting] {
	var lines []string
	var numbers []dialog.Choice
	for i, n := range s.at.content.Needs {
		k := strconv.Itoa(i + 1)
		lines = append(lines, p.Cfg.Text.T("signoff.option", text.Args{"k": k, "nama": n.Name}))
		numbers = append(numbers, dialog.Choice{Label: k, Value: n.Code})
	}
	step := p.notes().Question("kompetensi", "signoff.ask_which", func(s *noting, value string) error {
		k, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			k = 1 + slices.IndexFunc(s.at.content.Needs, func(n needs.SignedNeed) bool { return n.Code == value })
		}
		if k < 1 || k > len(s.at.content.Needs) {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		s.Code = s.at.content.Needs[k-1].Code
		return nil
	}, feature.Grid(feature.Numbers, numbers)...)
	ask := step.Ask
	step.Ask = func(s noting, at dialog.Place) dialog.Prompt {
		prompt := ask(s, at)
		prompt.Text = strings.Join(append([]string{prompt.Text}, lines...), "\n")
		return prompt
	}
	return step
}

// whereStep asks to which place.
func (p *desk) whereStep(s noting) dialog.Step[noting] {
	now, last := s.place(), len(s.at.content.Needs)
	var rows [][]dialog.Choice
	for _, c := range []struct {
		label string
		place int
	}{{"signoff_first", 1}, {"signoff_up", now - 1}, {"signoff_down", now + 1}, {"signoff_last", last}} {
		double := (c.label == "signoff_up" && c.place == 1) || (c.label == "signoff_down" && c.place == last)
		if c.place >= 1 && c.place <= last && c.place != now && !double {
			rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label."+c.label, nil), Value: strconv.Itoa(c.place)}})
		}
	}
	return p.notes().Question("urutan", "signoff.ask_where", func(s *noting, value string) error {
		k, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || k < 1 || k > len(s.at.content.Needs) {
			return dialog.Invalid(p.Cfg.Text.T("signoff.hint_where", text.Args{"n": len(s.at.content.Needs)}))
		}
		s.Place = k
		return nil
	}, rows...)
}

// returnForm gives a unit back to who prepares it.
func (p *desk) returnForm() dialog.Form[noting, *env] {
	return p.noteForm(returnFlow, func(noting) []dialog.Step[noting] {
		return []dialog.Step[noting]{p.reasonStep("signoff.ask_return")}
	}, func(ctx context.Context, e *env, s noting) (string, error) {
		d := needs.Return
		if s.at.Stage == needs.Prepared && s.at.Head {
			d = needs.GiveBack
		}
		return e.do(ctx, s.at.Signoff, d, s.Revision, s.Reason)
	})
}

// scanForm takes a photograph or a file of the signed paper.
func (p *desk) scanForm() dialog.Form[noting, *env] {
	return p.noteForm(scanFlow, func(noting) []dialog.Step[noting] {
		return []dialog.Step[noting]{p.notes().Message("pindaian", "signoff.ask_scan", func(s *noting, c dialog.Content) error {
			if c.File.FileID == "" {
				return dialog.Invalid(p.Cfg.Text.T("signoff.hint_scan", nil))
			}
			s.File = c.File.Media + " " + c.File.FileID
			return nil
		})}
	}, func(ctx context.Context, e *env, s noting) (string, error) {
		return e.do(ctx, s.at.Signoff, needs.Attach, s.Revision, s.File)
	})
}
