package planning

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// batchForm makes a new batch of the programme that is its ref.
func (p *desk) batchForm() dialog.Form[plan, *env] {
	return dialog.Form[plan, *env]{
		FormName: batchFlow, Say: p.wording(),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s plan, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			if s.programme, err = e.tx.Programme(ctx, r.Ref); err != nil {
				return s, err
			}
			return s, e.prepare(ctx, r, &s)
		},
		Steps: p.steps, Review: p.review, Left: p.left, Finish: finishBatch,
	}
}

// changeForm changes the batch that is its ref: it begins with everything answered.
func (p *desk) changeForm() dialog.Form[plan, *env] {
	f := p.batchForm()
	f.FormName, f.Finish = changeFlow, finishChange
	f.Load = func(ctx context.Context, e *env, r *dialog.Record) (s plan, err error) {
		b, err := e.tx.Batch(ctx, r.Ref)
		if err != nil {
			return s, err
		}
		if b.At(e.Now).Over() || !e.Employee.Rights.HR {
			return s, dialog.ErrNotFound
		}
		if len(r.State) == 0 {
			s = p.planOf(b)
			r.Answered = keys(batchFields())
		} else if err := feature.DecodeState(r, &s); err != nil {
			return s, err
		}
		s.programme, s.changed = b.Programme, s.Revision != b.Revision
		return s, e.prepare(ctx, r, &s)
	}
	return f
}

// prepare adds to a plan what is known of the day, and the units where quotas are asked.
func (e *env) prepare(ctx context.Context, r *dialog.Record, s *plan) error {
	if !e.Employee.Rights.HR {
		return dialog.ErrNotFound
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.Tx)
	if err != nil {
		return err
	}
	if s.calendar, s.now = gate.Calendar, e.Now; r.At == quotaKey {
		s.units, err = e.tx.Units(ctx)
	}
	return err
}

// steps are the questions that the plan asks.
func (p *desk) steps(s plan) []dialog.Step[plan] {
	return steps(p, batchFields(), func(s plan, at dialog.Place) string {
		head := p.Cfg.Text.T("plan.question", text.Args{"judul": s.programme.Title, "k": at.K, "n": at.N})
		if s.Need == nil || !s.First.IsZero() {
			return head
		}
		if line := p.needLine(s.Need); line != "" {
			head += "\n" + line
		}
		return head + "\n" + p.Cfg.Text.T("plan.prepared", nil)
	}, s)
}

// unread asks again for a date that cannot be read.
func (p *desk) unread() error { return dialog.Invalid(p.Cfg.Text.T("plan.hint_date", nil)) }

// review shows everything that will be stored; a number asks again.
func (p *desk) review(s plan) dialog.Prompt {
	key := "plan.review"
	if s.Batch != 0 {
		key = "plan.review_change"
	}
	var below []string
	if line := p.needLine(s.Need); line != "" {
		below = append(below, line)
	}
	if s.changed {
		below = append(below, p.Cfg.Text.T("plan.changed_since", nil))
	}
	if problem := s.problem(); problem != "" {
		below = append(below, p.Cfg.Text.T(problem, nil))
	} else {
		below = append(below, p.warnings(s)...)
	}
	return card(p, key, p.Cfg.Text.T(key, text.Args{"judul": s.programme.Title}), lines(p, batchFields(), s, true), below)
}

// left is what is said when the conversation is put off.
func (p *desk) left(s plan, _ dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: "plan.left", Text: p.Cfg.Text.T("plan.left", text.Args{"judul": s.programme.Title}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

func finishBatch(ctx context.Context, e *env, s plan) (dialog.Ending, error) {
	if problem := s.problem(); problem != "" {
		return dialog.Ending{}, dialog.Invalid(e.T(problem, nil))
	}
	if with := s.programme.Partner; s.Offer != 0 && with.Removed {
		return dialog.Ending{}, dialog.Invalid(e.T("plan.offer_removed", text.Args{"mitra": with.Name}))
	}
	id, err := e.tx.AddBatch(ctx, s.batch(e.Cfg.Location), e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	err = e.showBatch(ctx, id, e.T("plan.added", nil), 0)
	return e.Taken(), err
}

// finishChange stores a change and tells those in the batch when its time or place is
// another one.
func finishChange(ctx context.Context, e *env, s plan) (dialog.Ending, error) {
	if problem := s.problem(); problem != "" {
		return dialog.Ending{}, dialog.Invalid(e.T(problem, nil))
	}
	out, moved, room, err := e.tx.ChangeBatch(ctx, s.batch(e.Cfg.Location), e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	above := e.said(out, "plan.changed", "plan.stale")
	if out.Verdict == training.Accepted && (moved || room) {
		told, err := e.tellMoved(ctx, s.Batch, moved, room)
		if err != nil {
			return dialog.Ending{}, err
		}
		if told > 0 {
			above = e.T("plan.changed_told", text.Args{"n": told})
		}
	}
	err = e.showBatch(ctx, s.Batch, above, 0)
	return e.Taken(), err
}

// tellMoved tells everybody in a batch that its hours, its place or both are other ones; it
// returns how many participants that were.
func (e *env) tellMoved(ctx context.Context, id int64, moved, room bool) (int, error) {
	b, err := e.tx.Batch(ctx, id)
	if err != nil || b.State == training.Planned {
		return 0, err
	}
	all, err := e.tx.Participants(ctx, personnel.Area{All: true}, id)
	if err != nil {
		return 0, err
	}
	var in []training.Participant
	superiors := map[int64]personnel.Employee{}
	for _, n := range all {
		if !n.Standing.In() {
			continue
		}
		in = append(in, n)
		if n.Permission != training.Given {
			continue
		}
		if n.Person.SupervisorID == nil {
			continue
		}
		if superiors[n.ID], err = e.tx.Employee(ctx, *n.Person.SupervisorID); err != nil {
			return 0, err
		}
	}
	e.Out.Started = append(e.Out.Started, e.clerk().Moved(b, in, superiors, moved, room)...)
	return len(in), nil
}
