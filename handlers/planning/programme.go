package planning

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// draft is what the conversation about a programme gathers.
type draft struct {
	Programme int64              `json:"programme,omitempty"` // 0 = a new one
	Offer     int64              `json:"offer,omitempty"`     // of a partner, for which it is made
	Offers    int64              `json:"offers,omitempty"`    // the partner whose offer that is
	Was       training.Programme `json:"was"`                 // what it said when the conversation began
	Title     string             `json:"title"`
	Code      string             `json:"code"`
	Aim       string             `json:"aim"`
	Ability   string             `json:"ability"`
	Form      string             `json:"form"`
	JP        int                `json:"jp"`
	Share     int                `json:"share"`
	Way       training.WayIn     `json:"way"`
	Aims      []training.Aim     `json:"aims,omitempty"`
	Picked    string             `json:"picked,omitempty"` // code of the competency whose level is asked
	Find      string             `json:"find,omitempty"`   // what is looked for in a list
	More      bool               `json:"more,omitempty"`   // the list is shown again
	Partner   int64              `json:"partner,omitempty"`
	known     []training.Aim     // all competencies
	partners  []training.Partner
	gone      training.Partner // was chosen, and nothing new is planned with it since then
	changed   bool             // somebody else has changed the programme since the conversation began
}

// longestLine is how many characters a line about a programme may have: it stands on
// cards and in lists.
const longestLine = 150

// codes are what a programme is called in spreadsheets.
var codes = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{1,19}$`)

// usualShare is the share of sessions, in per cent, that makes somebody present where
// nobody says another one. A choice of the program.
const usualShare = 80

// programmeForm asks for a new programme.
func (p *desk) programmeForm() dialog.Form[draft, *env] {
	return dialog.Form[draft, *env]{
		FormName: programmeFlow, Say: p.wording(),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s draft, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			return s, e.supply(ctx, &s)
		},
		Steps: p.programmeSteps, Review: p.reviewProgramme, Left: p.programmeLeft, Finish: finishProgramme,
	}
}

// editForm changes the programme that is its ref: it begins with everything answered.
func (p *desk) editForm() dialog.Form[draft, *env] {
	f := p.programmeForm()
	f.FormName, f.Finish = editFlow, finishEdit
	f.Load = func(ctx context.Context, e *env, r *dialog.Record) (s draft, err error) {
		is, err := e.tx.Programme(ctx, r.Ref)
		if err != nil {
			return s, err
		}
		if len(r.State) == 0 {
			s = draft{Programme: is.ID, Was: is, Title: is.Title, Code: is.Code, Aim: is.Aim, Ability: is.Ability, Form: is.Form, JP: is.JP, Share: is.Share,
				Way: is.WayIn, Aims: is.Aims, Partner: is.Partner.ID}
			r.Answered = keys(programmeFields())
		} else if err := feature.DecodeState(r, &s); err != nil {
			return s, err
		}
		s.changed = !is.Same(s.Was)
		return s, e.supply(ctx, &s)
	}
	return f
}

// supply adds what may be chosen.
func (e *env) supply(ctx context.Context, s *draft) (err error) {
	if !e.Employee.Rights.HR {
		return dialog.ErrNotFound
	}
	if s.known, err = e.tx.Competencies(ctx); err != nil {
		return err
	}
	s.partners, err = e.tx.Partners(ctx)
	s.partners = slices.DeleteFunc(s.partners, func(r training.Partner) bool {
		gone := r.Removed && r.ID != s.Was.Partner.ID
		if gone && r.ID == s.Partner {
			s.gone = r
		}
		return gone
	})
	return err
}

func (p *desk) programmeSteps(s draft) []dialog.Step[draft] {
	return steps(p, programmeFields(), func(s draft, at dialog.Place) string {
		return p.Cfg.Text.T("plan.programme_question", text.Args{"judul": p.called(s), "k": at.K, "n": at.N})
	}, s)
}

// called is what a programme is called above its questions.
func (p *desk) called(s draft) string {
	if s.Programme != 0 {
		return s.Was.Title
	}
	return p.Cfg.Text.Plain("label.plan_programme", nil)
}

// reviewProgramme shows everything that will be stored; a number asks again.
func (p *desk) reviewProgramme(s draft) dialog.Prompt {
	key := "plan.new_review"
	if s.Programme != 0 {
		key = "plan.edit_review"
	}
	var below []string
	if s.changed {
		below = []string{p.Cfg.Text.T("plan.changed_since", nil)}
	}
	return card(p, key, p.Cfg.Text.T(key, text.Args{"judul": p.called(s)}), lines(p, programmeFields(), s, true), below)
}

// programmeLeft is what is said when the conversation is put off.
func (p *desk) programmeLeft(s draft, _ dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: "plan.left", Text: p.Cfg.Text.T("plan.left", text.Args{"judul": p.called(s)}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

// programme is the programme that the draft makes.
func (s draft) programme() training.Programme {
	return training.Programme{ID: s.Programme, Title: s.Title, Code: s.Code, Aim: s.Aim, Ability: s.Ability, Form: s.Form, JP: s.JP, WayIn: s.Way,
		Aims: s.Aims, Partner: training.Partner{ID: s.Partner}, Share: s.Share}
}

// left tells whether the partner that is chosen was removed since it was chosen.
func (s draft) left() bool { return s.gone.ID != 0 && s.gone.ID == s.Partner }

func finishProgramme(ctx context.Context, e *env, s draft) (dialog.Ending, error) {
	if s.left() {
		return dialog.Ending{}, dialog.Invalid(e.T("plan.partner_removed", text.Args{"mitra": s.gone.Name}))
	}
	id, err := e.tx.AddProgramme(ctx, s.programme(), e.Employee.ID, e.Now)
	if errors.Is(err, training.ErrTaken) {
		return dialog.Ending{}, dialog.Invalid(e.T("plan.code_taken", text.Args{"kode": s.Code}))
	}
	if err != nil {
		return dialog.Ending{}, err
	}
	if s.Offer != 0 && s.Partner == s.Offers { // else the way on from the offer would ask for its programme again
		return e.offerAdded(ctx, s.Offer, id)
	}
	return e.programmeEnding(ctx, id, e.T("plan.programme_added", nil))
}

func finishEdit(ctx context.Context, e *env, s draft) (dialog.Ending, error) {
	if s.left() {
		return dialog.Ending{}, dialog.Invalid(e.T("plan.partner_removed", text.Args{"mitra": s.gone.Name}))
	}
	out, err := e.tx.EditProgramme(ctx, s.programme(), s.Was, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	switch out.Verdict {
	case training.CodeTaken:
		return dialog.Ending{}, dialog.Invalid(e.T("plan.code_taken", text.Args{"kode": s.Code}))
	case training.WayInUse:
		return dialog.Ending{}, dialog.Invalid(e.T("plan.way_in_use", text.Args{"cara": e.desk().wayIn(s.Was.WayIn)}))
	}
	return e.programmeEnding(ctx, s.Programme, e.said(out, "plan.changed", "plan.programme_stale"))
}

// programmeEnding shows a programme as it is now, below a sentence.
func (e *env) programmeEnding(ctx context.Context, id int64, above string) (dialog.Ending, error) {
	p, err := e.tx.Programme(ctx, id)
	if err != nil {
		return dialog.Ending{}, err
	}
	e.showProgramme(p, above, 0)
	return e.Taken(), nil
}

// aimWords lists the competencies of a programme.
func (p *desk) aimWords(list []training.Aim) string {
	out := ""
	for i, a := range list {
		if i > 0 {
			out += "; "
		}
		out += p.Cfg.Text.Plain("plan.aim_words", text.Args{"nama": a.Name, "tingkat": strconv.Itoa(a.Level)})
	}
	return out
}
