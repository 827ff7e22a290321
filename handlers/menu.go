package handlers

import (
	"context"
	"errors"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// menuFlow is the name of buttons that stand for commands and small actions.
const menuFlow = "m"

func (e *env) menuAction(step string, ref int64) dialog.Action {
	return dialog.Action{Flow: menuFlow, Ref: ref, Step: step, Verb: dialog.Resume}
}

// menuPress answers a button of a card.
func (e *env) menuPress(ctx context.Context, a dialog.Action, message int) error {
	if c, ok := findCommand(a.Step); ok {
		return e.command(ctx, c.name, "")
	}
	if !e.linked() {
		return e.stalePress(ctx)
	}
	act, ok := actions()[a.Step]
	if !ok || act.who != nil && !act.who(e.employee.Rights) {
		return e.stalePress(ctx)
	}
	err := act.run(e, ctx, a, message)
	if errors.Is(err, dialog.ErrNotFound) {
		return e.stalePress(ctx)
	}
	return err
}

// menu shows all that a person may do as buttons.
func (e *env) menu(_ context.Context, _ string) error {
	e.keepNote()
	e.menuCard("menu.title")
	return nil
}

// menuCard shows the menu below a sentence of the catalogue.
func (e *env) menuCard(key string) {
	if !e.linked() {
		sentence := ""
		if key != "menu.title" {
			sentence = e.t(key, nil) + "\n\n"
		}
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "menu.title_unlinked",
			Text: sentence + e.t("menu.title_unlinked", nil),
			Rows: [][]dialog.Button{{{Label: e.label("help"), Action: e.menuAction("bantuan", 0)}}}})
		return
	}
	button := func(label, step string) dialog.Button {
		return dialog.Button{Label: e.label(label), Action: e.menuAction(step, 0)}
	}
	rows := [][]dialog.Button{{button("tasks", "tugas")}, {button("assessment", "asesmen")}}
	for _, extra := range []struct {
		has         bool
		label, step string
	}{{rates(e.employee.Rights), "team", "tim"}, {supervises(e.employee.Rights), "summary", "ringkasan"}, {e.employee.Rights.Officer, "unit", "unit"},
		{e.employee.Rights.HR, "import", "impor"}, {e.employee.Rights.HR, "manage", "kelola"}} {
		if extra.has {
			rows = append(rows, []dialog.Button{button(extra.label, extra.step)})
		}
	}
	rows = append(rows, []dialog.Button{button("history", "riwayat"), button("privacy", "privasi")}, []dialog.Button{button("attention_short", "pengingat"), button("help", "bantuan")})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: key, Text: e.t(key, e.person(nil)), Rows: rows})
}

// help names the commands that this person has, in the words of the command
// menu, so that both say the same of one command.
func (e *env) help(_ context.Context, _ string) error {
	e.keepNote()
	lines := []string{e.t("help.head", nil)}
	for _, c := range commands() {
		has := c.may(e.employee.Rights)
		if !e.linked() {
			has = c.unlinked
		}
		if !has || c.name == "bantuan" || c.name == "start" && e.linked() {
			continue
		}
		use := e.t("menu."+c.name, nil)
		lines = append(lines, e.t("help.line", text.Args{"perintah": c.name, "guna": strings.ToLower(use[:1]) + use[1:]}))
	}
	hint := "help.unlinked"
	if e.linked() {
		hint = "help.answer"
	}
	lines = append(lines, "", e.t(hint, nil), e.t("help.foot", e.help0()))
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "help", Text: strings.Join(lines, "\n")})
	return nil
}

// keepNote says what was kept when another command interrupts a questionnaire.
func (e *env) keepNote() {
	rec, ok := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef)
	if ok && (rec.Form == paperFlow || rec.Form == ratingFlow || rec.Form == talkFlow) { // what was given is kept
		e.out.activeForm, e.out.activeRef = "", 0
		if rec.Form == ratingFlow {
			e.say("rating.kept", nil)
		}
		return
	}
	if ok && e.linked() && rec.Form != questionnaireFlow { // a short question: another command ends it
		rec.Done = true
		e.out.draft, e.out.activeForm, e.out.activeRef = &rec, "", 0
		return
	}
	if !ok || rec.Form != questionnaireFlow {
		return
	}
	e.out.activeForm, e.out.activeRef = "", 0
	e.out.replies = append(e.out.replies, e.keptReply(rec))
}

func (e *env) keptReply(rec dialog.Record) dialog.Reply {
	for _, t := range e.tasks {
		def, ok := e.definition(t.Questionnaire, t.Version)
		if t.ID != rec.Ref || !ok {
			continue
		}
		args := text.Args{"judul": def.Title, "n": len(def.Items)}
		for i, item := range def.Items {
			if item.Code == rec.At {
				args["k"] = i + 1
				return dialog.Reply{Template: "form.kept", Text: e.t("form.kept", args)}
			}
		}
		return dialog.Reply{Template: "form.kept_review", Text: e.t("form.kept_review", text.Args{"judul": def.Title})}
	}
	return dialog.Reply{Template: "form.nothing_to_cancel", Text: e.t("form.nothing_to_cancel", nil)}
}

// cancel leaves the form that is running and keeps its draft. Deleting the
// draft is a button of its own.
func (e *env) cancel(_ context.Context, _ string) error {
	rec, ok := e.session.Draft(e.session.ActiveForm, e.session.ActiveRef)
	switch {
	case ok && e.linked() && rec.Form == ratingFlow:
		e.keepNote()
		return nil
	case ok && e.linked() && rec.Form != questionnaireFlow:
		e.keepNote()
		e.say("form.cancelled", nil)
		return nil
	case !ok || rec.Form != questionnaireFlow:
		e.say("form.nothing_to_cancel", nil)
		return nil
	}
	e.out.activeForm, e.out.activeRef = "", 0
	r := e.keptReply(rec)
	r.Rows = [][]dialog.Button{
		{{Label: e.label("resume"), Action: dialog.Action{Flow: questionnaireFlow, Ref: rec.Ref, Verb: dialog.Resume}}},
		{{Label: e.label("delete_draft"), Action: e.menuAction("hapus", rec.Ref)}},
	}
	e.out.replies = append(e.out.replies, r)
	return nil
}

func (e *env) deleteDraft(ctx context.Context, a dialog.Action, message int) error {
	step, ref := a.Step, a.Ref
	rec, ok := e.session.Draft(questionnaireFlow, ref)
	if !ok {
		return dialog.ErrNotFound
	}
	t, err := e.taskOf(ctx, ref)
	if err != nil {
		return err
	}
	args := text.Args{"judul": e.title(t)}
	reply := func(key string) dialog.Reply {
		return dialog.Reply{Template: key, Text: e.t(key, args), Edit: message}
	}
	switch step {
	case "hapusya":
		rec.Done = true
		e.out.draft = &rec
		e.out.activeForm, e.out.activeRef = "", 0
		e.out.replies = append(e.out.replies, reply("form.deleted"))
	case "hapustdk":
		e.out.replies = append(e.out.replies, reply("form.delete_kept"))
	default:
		r := reply("form.delete_ask")
		r.Rows = [][]dialog.Button{{
			{Label: e.label("delete_yes"), Action: e.menuAction("hapusya", ref)},
			{Label: e.label("delete_no"), Action: e.menuAction("hapustdk", ref)},
		}}
		e.out.replies = append(e.out.replies, r)
	}
	return nil
}

// technical opens the second block: the technical competencies.
func (e *env) technical(ctx context.Context, of int64) error {
	t, err := e.taskOf(ctx, of)
	if err != nil {
		return err
	}
	id, err := e.tx.OfferTask(ctx, t.ID, task.SelfAssessmentTechnical)
	if err != nil {
		return err
	}
	return e.runFlow(ctx, questionnaireFlow, id, dialog.Input{Verb: dialog.Resume})
}

// showResult sends the picture of what was sent last.
func (e *env) showResult(ctx context.Context, id int64) error {
	t, err := e.taskOf(ctx, id)
	if err != nil {
		return err
	}
	if !hasResult(t) {
		return dialog.ErrNotFound
	}
	if t.Kind == task.SelfAssessment {
		opened, err := e.tx.OpenPair(ctx, t.SubjectID, t.PeriodID, e.employee.ID, e.now)
		if err == nil {
			return e.compare(ctx, opened)
		}
		if !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
	}
	f := filling{task: t, def: e.definitionOf(t), call: e.employee.Salutation(), name: e.employee.DisplayName()}
	if f.Answers, err = e.tx.Answers(ctx, id); err != nil || len(f.Answers) == 0 {
		return errors.Join(err, emptyAsNotFound(f.Answers))
	}
	r, err := e.resultPicture(ctx, f)
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, r)
	return nil
}

func emptyAsNotFound(a questionnaire.Answers) error {
	if len(a) == 0 {
		return dialog.ErrNotFound
	}
	return nil
}
