package team

import (
	"context"
	"errors"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// combine works out what two views give together, against the standard of the
// person's position.
func (e *env) combine(ctx context.Context, p rating.Pair) (rating.Result, error) {
	if err := e.EnsureDefinitions(ctx, p.Task); err != nil {
		return rating.Result{}, err
	}
	required, err := e.tx.Standard(ctx, p.Subject.ID)
	if err != nil {
		return rating.Result{}, err
	}
	return p.Combine(e.DefinitionOf(p.Task), required), nil
}

// openText says that both views are open, and nothing of what they are.
func (e *env) openText(dialogs int, args text.Args) string {
	key := "rating.open_superior"
	if dialogs > 0 {
		key, args["n"] = "rating.dialog_superior", e.Cfg.Text.Count(dialogs)
	}
	return e.T(key, args)
}

func (e *env) openButtons(id int64, talk bool) [][]dialog.Button {
	rows := [][]dialog.Button{{{Label: e.Label("compare"), Action: e.MenuAction("banding", id)}}}
	if talk {
		rows = append(rows, []dialog.Button{{Label: e.Label("talk"), Action: dialog.Action{Flow: talkFlow, Ref: id, Verb: dialog.Resume}}})
	}
	return rows
}

// openNote is the message that both views are open, for one who may see them:
// it holds no level.
func (e *env) openNote(ctx context.Context, id int64, who personnel.Employee) (dialog.Reply, error) {
	pair, err := e.tx.PairNews(ctx, id, who.ID, e.Now)
	if err != nil {
		return dialog.Reply{}, err
	}
	result, err := e.combine(ctx, pair)
	if err != nil {
		return dialog.Reply{}, err
	}
	args := text.Args{"sapaan": who.Salutation(), "alamat": pair.Subject.Address(), "n": e.Cfg.Text.Count(result.Dialogs)}
	if who.ID != pair.Subject.ID {
		rows := append(e.openButtons(id, result.Dialogs > 0), []dialog.Button{{Label: e.Label("later"), Action: e.MenuAction("bandingnanti", id)}})
		return dialog.Reply{Template: "rating.open_superior", Text: e.openText(result.Dialogs, args), Rows: rows}, nil
	}
	rows := e.openButtons(id, false)
	key := "rating.open_self"
	if result.Dialogs > 0 {
		key = "rating.dialog_self"
	}
	if pair.Former { // who does not see it, and with whom nothing can be recorded
		key = "rating.open_self_former"
	} else {
		rows = append(rows, []dialog.Button{replies{e}.replyButton(id, pair.Reply.Body != "")})
	}
	args["alamat"] = pair.Superior.Address()
	return dialog.Reply{Template: key, Text: e.T(key, args), Rows: rows}, nil
}

// tellOpen sends that message to somebody else, once.
func (e *env) tellOpen(ctx context.Context, id, employee int64) error {
	if employee == e.Employee.ID {
		return nil
	}
	who, err := e.tx.Employee(ctx, employee)
	if err != nil {
		return err
	}
	note, err := e.openNote(ctx, id, who)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	if err == nil {
		e.Notify(employee, fmt.Sprintf("pair:%d:%d", id, employee), outreach.Opened, note)
	}
	return err
}

// selfOpens is called after a self-assessment was sent: when the rating is there
// already, both views are open. It tells the superior's side the first time and
// returns the rating, 0 = not yet.
func (e *env) selfOpens(ctx context.Context, of task.Task) (id int64, err error) {
	if of.Kind != task.SelfAssessment {
		return 0, nil
	}
	id, err = e.tx.OpenPair(ctx, of.EmployeeID, of.Occasion.ID, of.EmployeeID, e.Now)
	if errors.Is(err, dialog.ErrNotFound) {
		return 0, nil
	}
	if err != nil || of.Revision > 1 {
		return id, err
	}
	rater, err := e.tx.RatedBy(ctx, id)
	if err != nil {
		return id, err
	}
	if _, err := e.tx.PairNews(ctx, id, rater, e.Now); errors.Is(err, dialog.ErrNotFound) { // a former superior, a helper
		subject, err := e.tx.Employee(ctx, of.EmployeeID)
		if err != nil || subject.SupervisorID == nil {
			return id, err
		}
		rater = *subject.SupervisorID
	} else if err != nil {
		return id, err
	}
	return id, e.tellOpen(ctx, id, rater)
}
