package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// paperFlow is the questionnaire as an officer types it in from a sheet, for
// somebody without an account. Its ref is the person.
const paperFlow = "qp"

// PaperFile is the kind of file that holds the printable form.
const PaperFile = "paper"

// paperForm runs the questions of the self-assessment for somebody else. What
// was sent before is never shown: an officer sees no answers but those that are
// being typed.
func (p *Processor) paperForm() dialog.Form[filling, *env] {
	f := p.questionnaireForm()
	f.FormName, f.Load, f.Finish, f.Left = paperFlow, loadPaper, finishPaper, p.leftPaper
	f.Intro = nil
	return f
}

func loadPaper(ctx context.Context, e *env, r *dialog.Record) (filling, error) {
	m, err := e.tx.Person(ctx, e.area(), r.Ref)
	if err != nil {
		return filling{}, err
	}
	if m.Linked { // who has an account answers there
		return filling{}, dialog.ErrNotFound
	}
	f := filling{call: m.Salutation(), name: m.DisplayName(), paper: true}
	if f.task, err = e.tx.PaperTask(ctx, m.ID); err != nil {
		return f, err
	}
	if err := e.ensureDefinitions(ctx, f.task); err != nil {
		return f, err
	}
	f.def = e.definitionOf(f.task)
	if len(r.State) > 0 {
		return f, decodeState(r, &f)
	}
	f.Answers = questionnaire.Answers{}
	return f, e.tx.StartTask(ctx, f.task.ID, e.now)
}

func (p *Processor) leftPaper(f filling, at dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: "paper.left", Text: p.cfg.Text.T("paper.left", text.Args{"alamat": f.call + " " + f.name}),
		Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

func finishPaper(ctx context.Context, e *env, f filling) (dialog.Ending, error) {
	if len(f.def.Missing(f.Answers)) > 0 {
		return dialog.Ending{}, errors.New("answers are missing at the end of a sheet")
	}
	sent := questionnaire.Answers{}
	for _, item := range f.def.Applicable(f.Answers) {
		sent[item.Code] = f.Answers[item.Code]
	}
	if err := e.tx.SubmitPaper(ctx, f.task, sent, e.employee.ID, e.now); err != nil {
		return dialog.Ending{}, err
	}
	if _, err := e.selfOpens(ctx, f.task); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "paper.done",
		Text: e.t("paper.done", text.Args{"alamat": f.call + " " + f.name, "judul": f.def.Title})}}}, nil
}

// paperSheet sends the printable form of the open self-assessment of a person
// of the area.
func (e *env) paperSheet(ctx context.Context, a dialog.Action, _ int) error {
	m, err := e.tx.Person(ctx, e.area(), a.Ref)
	if err != nil {
		return err
	}
	t, err := e.tx.PaperTask(ctx, m.ID)
	if err != nil {
		return err
	}
	data, err := json.Marshal(defKey{t.Questionnaire, t.Version})
	if err != nil {
		return fmt.Errorf("encode form: %w", err)
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "paper.sheet",
		Text:    e.t("paper.sheet", text.Args{"alamat": m.Address(), "batas": e.deadline(t)}),
		Picture: &dialog.Picture{Kind: PaperFile, Data: data, File: true}})
	return nil
}

// paperButtons are what an officer may do for somebody without an account who
// still owes a self-assessment.
func (e *env) paperButtons(ctx context.Context, id int64) ([][]dialog.Button, error) {
	_, err := e.tx.PaperTask(ctx, id)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, nil
	}
	return [][]dialog.Button{{{Label: e.label("paper_sheet"), Action: e.menuAction("lembar", id)},
		{Label: e.label("paper_type"), Action: dialog.Action{Flow: paperFlow, Ref: id, Verb: dialog.Resume}}}}, err
}

// drawPaper prints a questionnaire. Nobody's name is on it but what is written
// there by hand.
func (p *Processor) drawPaper(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var key defKey
	if err := json.Unmarshal(data, &key); err != nil {
		return nil, err
	}
	if err := p.freshQuestionnaires(ctx); err != nil {
		return nil, err
	}
	def, ok := p.definition(key.Code, key.Version)
	if !ok {
		return nil, fmt.Errorf("unknown questionnaire %s version %d", key.Code, key.Version)
	}
	var b bytes.Buffer
	err := report.WriteForm(&b, p.sheet(def))
	return b.Bytes(), err
}

func (p *Processor) sheet(def questionnaire.Definition) report.PaperForm {
	t, who := p.cfg.Text, text.Args{}
	f := report.PaperForm{Title: def.Title, Head: []string{p.cfg.Agency.Name, "<b>" + def.Title + "</b>",
		t.Plain("paper.how", who), t.Plain("paper.fields", who), t.Plain("paper.signature", who)},
		Foot: t.Plain("paper.foot", text.Args{"bantuan": p.cfg.Agency.Helpdesk})}
	for _, item := range def.Items {
		q := report.PaperQuestion{Title: item.Title, Prompt: questionnaire.Address(item.Prompt, t.Plain("paper.you", who))}
		for i, level := range item.Levels {
			q.Options = append(q.Options, fmt.Sprintf("%d  %s", i+1, level))
		}
		if item.Zero != "" {
			q.Options = append(q.Options, t.Plain("label.belum", nil)+"  "+item.Zero)
		}
		for _, c := range item.Choices {
			q.Options = append(q.Options, c.Label)
		}
		f.Questions = append(f.Questions, q)
	}
	f.Foot = strings.TrimSpace(f.Foot)
	return f
}
