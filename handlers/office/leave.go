package office

import (
	"context"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// leaveFlow records when a person of the area is away. Its ref is the person.
const leaveFlow = "b"

type leave struct {
	From      time.Time             `json:"from"`
	To        time.Time             `json:"to"`
	Kind      personnel.AbsenceKind `json:"kind"`
	Cancelled bool                  `json:"cancelled,omitempty"`
	member    personnel.Member
}

// leaveForm asks for both days and the kind.
func (p *desk) leaveForm() dialog.Form[leave, *env] {
	q := feature.Short[leave]{Desk: p.Desk, Cancelled: func(l *leave) *bool { return &l.Cancelled },
		Args: func(l leave) text.Args { return text.Args{"alamat": l.member.Address()} }}
	return dialog.Form[leave, *env]{
		FormName: leaveFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (l leave, err error) {
			if err := feature.DecodeState(r, &l); err != nil {
				return l, err
			}
			l.member, err = e.tx.Person(ctx, e.Area(), r.Ref)
			return l, err
		},
		Steps: func(l leave) []dialog.Step[leave] {
			return q.Steps(l, append(q.Span("leave.from", "leave.to", func(l *leave) (first, last *time.Time) { return &l.From, &l.To }), p.leaveKind(q))...)
		},
		Finish: finishLeave,
	}
}

// leaveKind asks what sort of leave it is. A reason of health is no choice: health
// is not stored.
func (p *desk) leaveKind(q feature.Short[leave]) dialog.Step[leave] {
	var buttons []dialog.Choice
	for _, k := range personnel.AbsenceKinds() {
		buttons = append(buttons, dialog.Choice{Label: p.AbsenceLabel(k), Value: string(k)})
	}
	return q.Question("jenis", "leave.kind", func(l *leave, value string) error {
		kind := personnel.AbsenceKind(value)
		if !kind.Known() {
			return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
		}
		l.Kind = kind
		return nil
	}, feature.Grid(1, buttons)...)
}

func finishLeave(ctx context.Context, e *env, l leave) (dialog.Ending, error) {
	if l.Cancelled {
		err := e.showPerson(ctx, l.member, 0)
		return e.Taken(), err
	}
	if err := e.tx.AddAbsence(ctx, l.member.ID, l.From, l.To, l.Kind, e.Employee.ID, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "leave.stored", Text: e.T("leave.stored", text.Args{"alamat": l.member.Address(),
		"dari": e.Cfg.Text.Date(l.From), "sampai": e.Cfg.Text.Date(l.To)}),
		Rows: [][]dialog.Button{e.toPerson(l.member.ID)}}}}, nil
}
