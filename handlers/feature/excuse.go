package feature

import (
	"context"
	"fmt"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// confirmed stands behind the reason in the button that excuses: one that only names
// the reason asks first.
const confirmed = "-ya"

// ExcuseReason reads the value of a button that excuses: the reason (leave, study,
// duty or other; "" = none yet) and whether it was confirmed. A reason of health is
// no choice: health is not stored.
func ExcuseReason(value string) (why personnel.AbsenceKind, sure bool) {
	given, sure := strings.CutSuffix(value, confirmed)
	if why = personnel.AbsenceKind(given); !why.Known() {
		return "", false
	}
	return why, sure
}

// ExcuseQuestion asks why somebody need not fill in, or, once the reason is known,
// whether that is meant. act makes a button of a value that ExcuseReason reads; back
// leads away without a change.
func (e *Env) ExcuseQuestion(m personnel.Member, why personnel.AbsenceKind, act func(value string) dialog.Action, back dialog.Button) dialog.Reply {
	args := text.Args{"alamat": Clip(m.Address(), LongName)}
	if why == "" {
		var reasons []dialog.Button
		for _, k := range personnel.AbsenceKinds() {
			reasons = append(reasons, dialog.Button{Label: e.AbsenceLabel(k), Action: act(string(k))})
		}
		return dialog.Reply{Template: "rating.excuse", Text: e.T("rating.excuse", args), Rows: append(Grid(2, reasons), []dialog.Button{back})}
	}
	args["alasan"], args["kabar"] = e.AbsenceLabel(why), e.toldWord(m)
	return dialog.Reply{Template: "rating.excuse_ask", Text: e.T("rating.excuse_ask", args),
		Rows: [][]dialog.Button{{{Label: e.Label("excuse_yes"), Action: act(string(why) + confirmed)}}, {back}}}
}

// ExcusePerson notes that somebody of the team need not fill in, and tells the
// person who decided that.
func (e *Env) ExcusePerson(ctx context.Context, m personnel.Member, why personnel.AbsenceKind) error {
	if err := e.Tx.ExcuseSelf(ctx, m.ID, why, e.Employee.ID, e.Now); err != nil {
		return err
	}
	e.Notify(m.ID, Here(e.Session.Update, fmt.Sprintf("excused:%d", m.ID)), outreach.Excusal, dialog.Reply{Template: "summary.excused_told",
		Text: e.T("summary.excused_told", text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "atasan": e.Employee.Address(),
			"alasan": e.AbsenceLabel(why), "bantuan": e.Cfg.Agency.Helpdesk})})
	return nil
}

// UnexcusePerson takes that back, tells the person, and returns what the superior
// reads of it.
func (e *Env) UnexcusePerson(ctx context.Context, m personnel.Member) (note string, err error) {
	due, err := e.Tx.UnexcuseSelf(ctx, m.ID, e.Employee.ID, e.Now)
	if err != nil {
		return "", err
	}
	told, now := "summary.unexcused_told", "summary.unexcused_now"
	if !due.After(e.Now) {
		told, now = "summary.unexcused_told_late", "summary.unexcused_late"
	}
	until := e.Cfg.Text.Deadline(due.In(e.Cfg.Location))
	e.Notify(m.ID, Here(e.Session.Update, fmt.Sprintf("unexcused:%d", m.ID)), outreach.Excusal, dialog.Reply{Template: told,
		Text: e.T(told, text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "atasan": e.Employee.Address(), "batas": until,
			"bantuan": e.Cfg.Agency.Helpdesk})})
	return e.T(now, text.Args{"alamat": Clip(m.Address(), LongName), "batas": until, "kabar": e.toldWord(m)}), nil
}

// toldWord says whether somebody hears of what is decided about the own task.
func (e *Env) toldWord(m personnel.Member) string {
	if m.Linked {
		return e.Cfg.Text.Plain("summary.told", nil)
	}
	return e.Cfg.Text.Plain("summary.told_not", nil)
}
