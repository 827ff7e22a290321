package questionnaires

import (
	"context"
	"errors"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// tryFlow is the conversation in which the personnel office answers a questionnaire that it
// has sent as a file, before it is applied. The ref is the upload.
const tryFlow = "coba"

// trial is a questionnaire that is tried. What is answered goes with the conversation.
type trial struct {
	played
	upload int64
	over   bool // the preview is not there any more
}

func (t *trial) play() *played { return &t.played }

// tryForm shows what people will see, as they will see it.
func (p *desk) tryForm() dialog.Form[trial, *env] {
	say := p.Wording("questionnaires.try_review_hint") // nothing is stored or sent, so nothing says so
	say.Saved, say.Submit = p.Cfg.Text.Plain("toast.try_kept", nil), p.Cfg.Text.Plain("label.try_done", nil)
	return dialog.Form[trial, *env]{
		FormName: tryFlow, Say: say, Load: loadTrial,
		Steps: func(t trial) []dialog.Step[trial] { return playSteps(p, t, (*trial).play) },
		Guard: func(_ *env, t trial) (dialog.Prompt, bool) {
			return dialog.Prompt{Template: "questionnaires.try_over", Text: p.Cfg.Text.T("questionnaires.try_over", nil)}, t.over
		},
		Review: func(t trial) dialog.Prompt {
			return p.reviewCard(t.played, p.Cfg.Text.T("questionnaires.try_review", nil))
		},
		Left: func(trial, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "questionnaires.try_left", Text: p.Cfg.Text.T("questionnaires.try_left", nil),
				Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
		},
		Finish: finishTrial,
	}
}

func loadTrial(ctx context.Context, e *env, r *dialog.Record) (t trial, err error) {
	if !e.Employee.Rights.HR {
		return t, dialog.ErrNotFound
	}
	t.upload, t.call, t.name = r.Ref, e.Employee.Salutation(), e.Employee.DisplayName()
	t.def, err = e.tx.TriedQuestionnaire(ctx, r.Ref, e.Employee.ID)
	if errors.Is(err, dialog.ErrNotFound) && len(r.State) > 0 {
		t.over, err = true, nil
	}
	if err != nil {
		return t, err
	}
	return t, feature.DecodeState(r, &t)
}

// finishTrial says that nothing was kept, and leads to what comes next.
func finishTrial(_ context.Context, e *env, t trial) (dialog.Ending, error) {
	args := text.Args{"judul": t.def.Title, "n": len(t.def.Applicable(t.Answers)), "semua": len(t.def.Items)}
	again := dialog.Action{Flow: tryFlow, Ref: t.upload, Verb: dialog.Resume}
	return dialog.Ending{Toast: e.Cfg.Text.Plain("toast.tried", nil), Replies: []dialog.Reply{{Template: "questionnaires.tried", Text: e.T("questionnaires.tried", args),
		Rows: [][]dialog.Button{{e.Link(feature.ToApplyUpload, "apply", t.upload)}, {{Label: e.Label("try_again"), Action: again}}}}}}, nil
}

// try offers to begin a trial, below the preview, which stays.
func (e *env) try(ctx context.Context, a dialog.Action, _ int) error {
	d, err := e.tx.TriedQuestionnaire(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "questionnaires.try", Text: e.T("questionnaires.try", lineArgs(e.Cfg.Text, d)),
		Rows: [][]dialog.Button{{{Label: e.Label("start"), Action: dialog.Action{Flow: tryFlow, Ref: a.Ref, Verb: dialog.Resume}}}}})
	return nil
}

// tryKept says that the trial waits.
func (e *env) tryKept(dialog.Record) dialog.Reply {
	return dialog.Reply{Template: "questionnaires.try_left", Text: e.T("questionnaires.try_left", nil)}
}
