package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// leaveFlow takes down when a person of the area is away. Its ref is the person.
const leaveFlow = "b"

type leave struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Kind      string    `json:"kind"`
	Cancelled bool      `json:"cancelled,omitempty"`
	member    personnel.Member
}

// leaveForm asks for both days and the kind.
func (p *Processor) leaveForm() dialog.Form[leave, *env] {
	return dialog.Form[leave, *env]{
		FormName: leaveFlow, Say: p.wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (l leave, err error) {
			if err := decodeState(r, &l); err != nil {
				return l, err
			}
			l.member, err = e.tx.Person(ctx, e.area(), r.Ref)
			return l, err
		},
		Steps: func(l leave) []dialog.Step[leave] {
			return unless(l.Cancelled, []dialog.Step[leave]{
				p.leaveDay("dari", "leave.from", func(l *leave, d time.Time) bool { l.From = d; return true }),
				p.leaveDay("sampai", "leave.to", func(l *leave, d time.Time) bool {
					l.To = d
					return !d.Before(l.From) && d.Before(l.From.AddDate(0, 0, delegationDays))
				}),
				p.leaveKind(),
			})
		},
		Finish: finishLeave,
	}
}

// askLeave asks one question about a leave.
func (p *Processor) askLeave(key string, rows ...[]dialog.Choice) func(leave, dialog.Place) dialog.Prompt {
	return func(l leave, _ dialog.Place) dialog.Prompt {
		return dialog.Prompt{Template: key, Text: p.cfg.Text.T(key, text.Args{"alamat": l.member.Address()}), Bare: true,
			Rows: append(slices.Clone(rows), p.cancelRow()...)}
	}
}

// leaveDay asks for a day; set takes it, or refuses it.
func (p *Processor) leaveDay(key, question string, set func(*leave, time.Time) bool) dialog.Step[leave] {
	return dialog.Step[leave]{Key: key, Ask: p.askLeave(question), Accept: func(l *leave, value string, _ bool) error {
		if l.Cancelled = cancels(value); l.Cancelled {
			return nil
		}
		if d, ok := p.typedDate(value); ok && set(l, d) {
			return nil
		}
		return dialog.Invalid(p.cfg.Text.T("delegation.date_hint", nil))
	}}
}

// leaveKind asks what sort of leave it is. A reason of health is no choice: health
// is not stored.
func (p *Processor) leaveKind() dialog.Step[leave] {
	choice := func(label, value string) []dialog.Choice {
		return []dialog.Choice{{Label: p.cfg.Text.Plain("label."+label, nil), Value: value}}
	}
	return dialog.Step[leave]{Key: "jenis",
		Ask: p.askLeave("leave.kind", choice("leave", "leave"), choice("study", "study"), choice("duty", "duty"), choice("elsewhere", "other")),
		Accept: func(l *leave, value string, _ bool) error {
			if l.Cancelled = cancels(value); l.Cancelled {
				return nil
			}
			switch value {
			case "leave", "study", "duty", "other":
				l.Kind = value
				return nil
			}
			return dialog.Invalid(p.cfg.Text.T("form.choice_hint", nil))
		}}
}

func finishLeave(ctx context.Context, e *env, l leave) (dialog.Ending, error) {
	if l.Cancelled {
		err := e.showPerson(ctx, l.member, 0)
		return e.taken(), err
	}
	if err := e.tx.AddAbsence(ctx, l.member.ID, l.From, l.To, l.Kind, e.employee.ID, e.now); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "leave.stored", Text: e.t("leave.stored", text.Args{"alamat": l.member.Address(),
		"dari": e.cfg.Text.Date(l.From), "sampai": e.cfg.Text.Date(l.To)})}}}, nil
}

// cancelRow is the button that leaves a short form without a change, and
// cancels tells whether it, or its word, was the answer.
func (p *Processor) cancelRow() [][]dialog.Choice {
	return [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.cancel", nil), Value: "batal"}}}
}

func cancels(value string) bool { return strings.EqualFold(strings.TrimSpace(value), "batal") }

// unless are the steps of a short form, none once it is cancelled.
func unless[S any](cancelled bool, steps []dialog.Step[S]) []dialog.Step[S] {
	if cancelled {
		return nil
	}
	return steps
}
