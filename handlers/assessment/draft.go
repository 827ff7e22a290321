package assessment

import (
	"context"
	"errors"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// draftOf is the questionnaire of a draft as it was left; false when its task is none of
// the person any more.
func (e *env) draftOf(rec dialog.Record) (f filling, ok bool) {
	for _, t := range e.Tasks {
		def, known := e.Definition(t.Questionnaire, t.Version)
		f := filling{def: def, task: t}
		if t.ID == rec.Ref && known && feature.DecodeState(&rec, &f) == nil {
			f.def = f.def.Only(f.Asked)
			return f, true
		}
	}
	return filling{}, false
}

// unsent tells whether a draft holds anything that was not sent.
func (e *env) unsent(rec dialog.Record) bool {
	f, ok := e.draftOf(rec)
	return ok && (f.task.Revision == 0 || f.Changed)
}

// keptReply says how many questions of a draft are answered.
func (e *env) keptReply(rec dialog.Record) dialog.Reply {
	f, ok := e.draftOf(rec)
	if !ok {
		return dialog.Reply{Template: "form.nothing_to_cancel", Text: e.T("form.nothing_to_cancel", nil)}
	}
	n, all := f.filled()
	key := "form.kept"
	switch {
	case f.def.Kind == questionnaire.Interest:
		return dialog.Reply{Template: "form.kept_interest", Text: e.T("form.kept_interest", nil), Rows: [][]dialog.Button{{e.Begin("resume", f.task)}}}
	case f.task.Revision > 0:
		key = f.again()
	case n == 0:
		key = "form.kept_none"
	case rec.At == dialog.ReviewStep:
		key = "form.kept_review"
	}
	return dialog.Reply{Template: key, Text: e.T(key, text.Args{"judul": f.def.Title, "terisi": n, "n": all})}
}

func (e *env) deleteDraft(ctx context.Context, a dialog.Action, message int) error {
	step, ref := a.Step, a.Ref
	rec, ok := e.Session.Draft(questionnaireFlow, ref)
	if !ok {
		return dialog.ErrNotFound
	}
	t, err := e.TaskOf(ctx, ref)
	if err != nil {
		return err
	}
	args := text.Args{"judul": e.Title(t)}
	reply := func(key string) dialog.Reply {
		return dialog.Reply{Template: key, Text: e.T(key, args), Edit: message}
	}
	switch step {
	case "hapusya":
		if err := e.tx.UnstartTask(ctx, ref); err != nil {
			return err
		}
		rec.Done = true
		e.Out.Draft = &rec
		e.Out.ActiveForm, e.Out.ActiveRef = "", 0
		key := "form.deleted"
		if t.Revision > 0 {
			key = "form.deleted_again"
		}
		e.Out.Replies = append(e.Out.Replies, reply(key))
	case "hapustdk":
		e.Out.Replies = append(e.Out.Replies, reply("form.delete_kept"))
	default:
		r := reply("form.delete_ask")
		r.Rows = [][]dialog.Button{{
			{Label: e.Label("delete_yes"), Action: e.MenuAction("hapusya", ref)},
			{Label: e.Label("delete_no"), Action: e.MenuAction("hapustdk", ref)},
		}}
		e.Out.Replies = append(e.Out.Replies, r)
	}
	return nil
}

// technical opens the second block: the technical competencies.
func (e *env) technical(ctx context.Context, of int64) error {
	t, err := e.TaskOf(ctx, of)
	if err != nil {
		return err
	}
	id, err := e.tx.OfferTask(ctx, t.ID, task.SelfAssessmentTechnical)
	if err != nil {
		return err
	}
	return e.RunFlow(ctx, questionnaireFlow, id, dialog.Input{Verb: dialog.Resume})
}

// showResult sends the picture of what was sent last.
func (e *env) showResult(ctx context.Context, id int64) error {
	t, err := e.TaskOf(ctx, id)
	if err != nil {
		return err
	}
	if !hasResult(t) {
		return dialog.ErrNotFound
	}
	if shown, err := e.ResultElsewhere(ctx, t); shown || err != nil {
		return err
	}
	f := filling{task: t, def: e.DefinitionOf(t), call: e.Employee.Salutation(), name: e.Employee.DisplayName()}
	if f.Answers, err = e.tx.Answers(ctx, id); err != nil || len(f.Answers) == 0 {
		return errors.Join(err, emptyAsNotFound(f.Answers))
	}
	r, err := e.resultPicture(ctx, f)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

func emptyAsNotFound(a questionnaire.Answers) error {
	if len(a) == 0 {
		return dialog.ErrNotFound
	}
	return nil
}
