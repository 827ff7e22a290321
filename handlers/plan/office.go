package plan

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// opening is the plan that the personnel office wants to open, and why.
type opening struct {
	Why    string `json:"-"`
	member personnel.Member
}

// The limits of a reason, in characters.
const shortestReason, longestReason = 5, 200

// seeButton lets the personnel office open the plan of a person.
func (e *env) seeButton(_ context.Context, m personnel.Member) ([][]dialog.Button, error) {
	if !e.Employee.Rights.HR || m.ID == e.Employee.ID {
		return nil, nil
	}
	return [][]dialog.Button{{{Label: e.Label("idp_see"), Action: dialog.Action{Flow: seeFlow, Ref: m.ID, Verb: dialog.Resume}}}}, nil
}

// seeForm opens the plan of a person after a reason, which is recorded.
func (p *desk) seeForm() dialog.Form[opening, *env] {
	return feature.OneText[opening, *env]{
		Name: seeFlow, Step: "alasan", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
			if !e.Employee.Rights.HR || r.Ref == e.Employee.ID {
				return s, dialog.ErrNotFound
			}
			s.member, err = e.tx.Person(ctx, e.Area(), r.Ref)
			return s, err
		},
		Ask: func(s opening) (string, text.Args) { return "idp.why", text.Args{"alamat": s.member.Address()} },
		Read: func(typed string) (string, error) {
			return p.Line(typed, shortestReason, longestReason, "idp.why_hint")
		},
		Into: func(s *opening) *string { return &s.Why },
		Finish: func(ctx context.Context, e *env, s opening) (dialog.Ending, error) {
			var of plan.Plan
			ok, err := false, error(nil)
			for _, year := range []int{plan.YearOf(e.today()), e.today().Year()} { // in December the running plan, where no next one was submitted
				ok, err = e.Attempt(func() (err error) {
					of, err = e.tx.PlanForHR(ctx, s.member.ID, year, e.Employee.ID, s.Why, e.Now)
					return err
				})
				if ok || err != nil {
					break
				}
			}
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case !ok:
				return e.Ending("idp.no_plan"), nil
			}
			return dialog.Ending{Replies: []dialog.Reply{{Template: "idp.member", Text: e.planText(of, s.member.Address())}}}, nil
		},
	}.Form(p.Desk)
}
