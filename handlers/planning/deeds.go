package planning

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// deed is what the short conversations about a batch gather.
type deed struct {
	Typed     string    `json:"typed"`
	Day       time.Time `json:"day"`
	Revision  int       `json:"revision"`
	Cancelled bool      `json:"cancelled,omitempty"`
	batch     training.Batch
	now       time.Time
}

// loadDeed reads the batch that is the ref. The revision is that which the asker saw.
func loadDeed(ctx context.Context, e *env, r *dialog.Record) (s deed, err error) {
	if !e.Employee.Rights.HR {
		return s, dialog.ErrNotFound
	}
	if s.batch, err = e.tx.Batch(ctx, r.Ref); err != nil {
		return s, err
	}
	s.Revision, s.now = s.batch.Revision, e.Now
	return s, feature.DecodeState(r, &s)
}

// people is how many are in the batch.
func (s deed) people() int {
	c := s.batch.Counts
	return c.Seated + c.Offered + c.Waiting + c.Applied + c.WalkIns
}

func deedArgs(s deed) text.Args { return text.Args{"judul": s.batch.Name, "n": s.people()} }

// of is the question about a batch in which somebody is, or that in which nobody is.
func (s deed) of(somebody, nobody string) string {
	if s.people() == 0 {
		return nobody
	}
	return somebody
}

// copyForm asks on which day the copy begins.
func (p *desk) copyForm() dialog.Form[deed, *env] {
	q := feature.Short[deed]{Desk: p.Desk, Cancelled: func(s *deed) *bool { return &s.Cancelled }, Args: deedArgs}
	return dialog.Form[deed, *env]{
		FormName: copyFlow, Say: p.Wording("form.review_hint"), Load: loadDeed,
		Steps: func(s deed) []dialog.Step[deed] {
			return q.Steps(s, q.Question("hari", "plan.copy_ask", func(s *deed, value string) error {
				day, ok := p.TypedDate(value)
				if !ok {
					return p.unread()
				}
				if day.Before(midnight(s.now.In(p.Cfg.Location)).AddDate(0, 0, 1)) {
					return dialog.Invalid(p.Cfg.Text.T("plan.copy_hint", nil))
				}
				s.Day = day
				return nil
			}))
		},
		Finish: func(ctx context.Context, e *env, s deed) (dialog.Ending, error) {
			id, above := s.batch.ID, ""
			if !s.Cancelled {
				var err error
				if id, err = e.tx.CopyBatch(ctx, s.batch.ID, s.Day, e.Employee.ID, e.Now); err != nil {
					return dialog.Ending{}, err
				}
				above = e.T("plan.copied", nil)
			}
			err := e.showBatch(ctx, id, above, 0)
			return e.Taken(), err
		},
	}
}

// cancelForm asks why a batch is cancelled, and whether it shall be.
func (p *desk) cancelForm() dialog.Form[deed, *env] {
	q := feature.Short[deed]{Desk: p.Desk, Cancelled: func(s *deed) *bool { return &s.Cancelled }, Args: deedArgs}
	return dialog.Form[deed, *env]{
		FormName: cancelFlow, Say: p.Wording("form.review_hint"), Load: loadDeed,
		Steps: func(s deed) []dialog.Step[deed] {
			return q.Steps(s,
				q.Words("sebab", s.of("plan.cancel_ask", "plan.cancel_ask_nobody"), "plan.cancel_hint", 3, 200, func(s *deed) *string { return &s.Typed }),
				q.Question("yakin", s.of("plan.cancel_sure", "plan.cancel_sure_nobody"), func(_ *deed, value string) error {
					if strings.EqualFold(strings.TrimSpace(value), "ya") {
						return nil
					}
					return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
				}, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.plan_cancel_yes", nil), Value: "ya"}}))
		},
		Finish: finishCancel,
	}
}

// finishCancel ends the batch and tells everybody in it, whoever holds an open offer too.
func finishCancel(ctx context.Context, e *env, s deed) (dialog.Ending, error) {
	above := ""
	if !s.Cancelled {
		reason := strings.TrimRight(s.Typed, ".! ")
		out, were, err := e.tx.CancelBatch(ctx, s.batch.ID, s.Revision, reason, e.Employee.ID, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		e.Out.Work = true // announcements that carry it end
		if above = e.said(out, "plan.cancelled", "plan.stale"); out.Verdict == training.Accepted && len(were) > 0 {
			above = e.T("plan.cancelled_told", text.Args{"n": len(were)})
			e.Out.Started = append(e.Out.Started, e.clerk().Cancelled(s.batch, reason, were)...)
		}
	}
	err := e.showBatch(ctx, s.batch.ID, above, 0)
	return e.Taken(), err
}

// committee shows who runs a batch.
func (e *env) committee(ctx context.Context, a dialog.Action, message int) error {
	return e.showCommittee(ctx, a.Ref, "", message)
}

func (e *env) showCommittee(ctx context.Context, id int64, above string, message int) error {
	b, err := e.tx.Batch(ctx, id)
	if err != nil {
		return err
	}
	list, err := e.tx.Committee(ctx, id)
	if err != nil {
		return err
	}
	until := e.Cfg.Text.Plain("plan.no_day", nil)
	if !b.CommitteeUntil().IsZero() {
		until = e.Cfg.Text.Date(b.CommitteeUntil().In(e.Cfg.Location))
	}
	lines := []string{e.T("plan.committee", text.Args{"judul": b.Name, "sampai": until})}
	if above != "" {
		lines = append([]string{above, ""}, lines...)
	}
	var rows [][]dialog.Button
	for i, m := range list {
		lines = append(lines, e.T("plan.committee_line", text.Args{"k": i + 1, "alamat": m.Address(), "unit": m.UnitName}))
		act := e.MenuAction(dropStep, id)
		act.Value = strconv.FormatInt(m.ID, 10)
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.plan_drop", text.Args{"n": i + 1}), Action: act}})
	}
	rows = append(rows, e.start("plan_name", nameFlow, id), e.step("plan_card", cardStep, id, ""))
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.committee", Text: body, Rows: rows, Edit: message})
	return nil
}

// drop takes somebody out of the committee.
func (e *env) drop(ctx context.Context, a dialog.Action, message int) error {
	who, err := strconv.ParseInt(a.Value, 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	if err := e.tx.SetCommittee(ctx, a.Ref, who, false, e.Employee.ID, e.Now); err != nil {
		return err
	}
	return e.showCommittee(ctx, a.Ref, "", message)
}

// nameForm asks whom to name for the committee.
func (p *desk) nameForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, nameFlow, "plan.name_ask", func(ctx context.Context, e *env, r *dialog.Record) (l feature.Lookup, err error) {
		if !e.Employee.Rights.HR {
			return l, dialog.ErrNotFound
		}
		b, err := e.tx.Batch(ctx, r.Ref)
		l.Of.ID = b.ID
		return l, err
	}, finishName)
}

func finishName(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
	people, err := e.Found(ctx, e.Area(), l.Typed, 2)
	if err != nil {
		return dialog.Ending{}, err
	}
	above := e.T("plan.name_unclear", nil)
	if len(people) == 1 {
		if err := e.tx.SetCommittee(ctx, l.Of.ID, people[0].ID, true, e.Employee.ID, e.Now); err != nil {
			return dialog.Ending{}, err
		}
		above = e.T("plan.named", text.Args{"alamat": people[0].Address()})
	}
	err = e.showCommittee(ctx, l.Of.ID, above, 0)
	return e.Taken(), err
}
