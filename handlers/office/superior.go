package office

import (
	"context"
	"fmt"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// Another direct superior is another reader of what is rated from then on, so the
// person and the former superior are told. If the new superior is outside the
// officer's units and the one above, or if the person who asks would come to read
// answers by it, or alone knows the new superior, somebody else of the personnel office has to approve.

// changeSuperior makes somebody the superior of a person, or asks for it.
func (e *env) changeSuperior(ctx context.Context, m, boss personnel.Member) (dialog.Ending, error) {
	c := personnel.SuperiorChange{EmployeeID: m.ID, New: boss.ID, By: e.Employee.ID, At: e.Now}
	if m.SupervisorID != nil {
		c.Old = *m.SupervisorID
	}
	args := text.Args{"alamat": m.Address(), "atasan": boss.Address()}
	set := dialog.Ending{Replies: []dialog.Reply{{Template: "unit.superior_set", Text: e.T("unit.superior_set", args), Rows: [][]dialog.Button{e.toPerson(m.ID)}}}}
	if c.Old == c.New {
		return set, nil
	}
	second, err := e.tx.NeedsSecond(ctx, e.Area(), c, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	if second {
		return e.askSuperior(ctx, c, args)
	}
	if err := e.tx.LockPeople(ctx, involved(c)); err != nil { // all at once, so that no two wait for each other
		return dialog.Ending{}, err
	}
	audit, err := e.tx.ChangeSuperior(ctx, c, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	return set, e.tellChange(ctx, c, audit)
}

// involved are all who are told of a change or whose row it writes.
func involved(c personnel.SuperiorChange, more ...int64) []int64 {
	return append([]int64{c.EmployeeID, c.Old, c.New, c.By}, more...)
}

// tellChange tells the person and the former superior, unless they did it.
func (e *env) tellChange(ctx context.Context, c personnel.SuperiorChange, audit int64) error {
	who, old, boss, err := e.peopleOf(ctx, c)
	if err != nil {
		return err
	}
	tell := func(to personnel.Employee, key string) {
		if to.ID == 0 || to.ID == e.Employee.ID {
			return
		}
		e.Notify(to.ID, fmt.Sprintf("superior:%d:%d", audit, to.ID), outreach.Superior, dialog.Reply{Template: key,
			Text: e.T(key, text.Args{"sapaan": to.Salutation(), "nama": to.DisplayName(), "alamat": who.Address(),
				"atasan": boss.Address(), "bantuan": e.Cfg.Agency.Helpdesk})})
	}
	tell(who, "superior.yours")
	tell(old, "superior.not_yours")
	return nil
}

// peopleOf reads whom a change is about; old is zero when there was none.
func (e *env) peopleOf(ctx context.Context, c personnel.SuperiorChange) (who, old, boss personnel.Employee, err error) {
	if who, err = e.tx.Employee(ctx, c.EmployeeID); err != nil {
		return who, old, boss, err
	}
	if c.Old != 0 {
		if old, err = e.tx.Employee(ctx, c.Old); err != nil {
			return who, old, boss, err
		}
	}
	boss, err = e.tx.Employee(ctx, c.New)
	return who, old, boss, err
}

// askSuperior lets a change wait for somebody else of the personnel office.
func (e *env) askSuperior(ctx context.Context, c personnel.SuperiorChange, args text.Args) (dialog.Ending, error) {
	office, err := e.tx.Approvers(ctx, c, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	if len(office) == 0 {
		return e.Ending("superior.nobody"), nil
	}
	if err := e.tx.LockPeople(ctx, involved(c, office...)); err != nil {
		return dialog.Ending{}, err
	}
	c.Expires = e.Now.AddDate(0, 0, personnel.ChangeDays)
	id, err := e.tx.AskSuperior(ctx, c)
	if err != nil {
		return dialog.Ending{}, err
	}
	for _, who := range office {
		e.Out.Started = append(e.Out.Started, e.ChangeWaits(who, fmt.Sprintf("superior-ask:%d:%d", id, who)))
	}
	args["batas"], args["bantuan"] = e.until(c.Expires), e.Cfg.Agency.Helpdesk
	args["tanggal"] = e.Cfg.Text.Date(c.At.In(e.Cfg.Location))
	late := e.changeTold(c, courier.ChangeEndKey+strconv.FormatInt(id, 10), "superior.void", args) // unless it is decided before
	late.Candidate.NotBefore = c.Expires
	e.Out.Started = append(e.Out.Started, late)
	return dialog.Ending{Replies: []dialog.Reply{{Template: "superior.asked", Text: e.T("superior.asked", args)}}}, nil
}

// changeTold is the message to whoever asked for a change.
func (e *env) changeTold(c personnel.SuperiorChange, notification, key string, args text.Args) courier.Message {
	return courier.Message{Employee: c.By, Key: notification, Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Superior},
		Reply: dialog.Reply{Template: key, Text: e.T(key, args)}}
}

// waitingChanges shows the oldest change about which the presser may decide.
func (e *env) waitingChanges(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.WaitingChanges(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "superior.none", Text: e.T("superior.none", nil), Edit: message, Rows: [][]dialog.Button{e.backRow()}})
		return nil
	}
	args, err := e.changeArgs(ctx, list[0])
	if err != nil {
		return err
	}
	args["jumlah"] = strconv.Itoa(len(list))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "superior.card", Text: e.T("superior.card", args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("change_yes"), Action: e.MenuAction("gantiya", list[0].ID)}},
			{{Label: e.Label("change_no"), Action: e.MenuAction("gantitdk", list[0].ID)}}, e.backRow()}})
	return nil
}

// changeArgs are what the texts about a change name.
func (e *env) changeArgs(ctx context.Context, c personnel.SuperiorChange) (text.Args, error) {
	who, old, boss, err := e.peopleOf(ctx, c)
	if err != nil {
		return nil, err
	}
	by, err := e.tx.Employee(ctx, c.By)
	if err != nil {
		return nil, err
	}
	former := "-"
	if old.ID != 0 {
		former = feature.Clip(old.Address(), feature.LongName)
	}
	return text.Args{"alamat": feature.Clip(who.Address(), feature.LongName), "unit": feature.Clip(who.UnitName, feature.LongName), "lama": former,
		"atasan": feature.Clip(boss.Address(), feature.LongName), "unit_atasan": feature.Clip(boss.UnitName, feature.LongName), "peminta": feature.Clip(by.Address(), feature.LongName),
		"tanggal": e.Cfg.Text.Date(c.At.In(e.Cfg.Location)), "batas": e.until(c.Expires), "bantuan": e.Cfg.Agency.Helpdesk}, nil
}

// decideChange stores the decision about a change and tells whoever asked, the
// person and the former superior.
func (e *env) decideChange(ctx context.Context, a dialog.Action, message int) error {
	c, err := e.tx.WaitingChange(ctx, a.Ref, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if err := e.tx.LockPeople(ctx, involved(c)); err != nil {
		return err
	}
	args, err := e.changeArgs(ctx, c)
	if err != nil {
		return err
	}
	out, audit, err := e.tx.DecideChange(ctx, c.ID, e.Employee.ID, a.Step == "gantiya", e.Now)
	if err != nil {
		return err
	}
	key := map[personnel.ChangeOutcome]string{personnel.ChangeApproved: "superior.approved", personnel.ChangeReturned: "superior.returned",
		personnel.ChangeExpired: "superior.expired", personnel.ChangeLapsed: "superior.lapsed"}[out]
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("changes"), Action: e.MenuAction("ganti", 0)}}, e.backRow()}})
	if out == personnel.ChangeExpired { // that is told by itself
		return nil
	}
	e.Out.Started = append(e.Out.Started, e.changeTold(c, fmt.Sprintf("superior-told:%d", c.ID), key, args))
	if out != personnel.ChangeApproved {
		return nil
	}
	return e.tellChange(ctx, c, audit)
}
