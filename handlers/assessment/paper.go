package assessment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
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
func (p *desk) paperForm() dialog.Form[filling, *env] {
	f := p.questionnaireForm()
	f.FormName, f.Load, f.Finish, f.Left = paperFlow, loadPaper, finishPaper, p.leftPaper
	f.Intro = nil
	return f
}

func loadPaper(ctx context.Context, e *env, r *dialog.Record) (filling, error) {
	m, err := e.tx.Person(ctx, e.Area(), r.Ref)
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
	if err := e.EnsureDefinitions(ctx, f.task); err != nil {
		return f, err
	}
	f.def = e.DefinitionOf(f.task)
	if len(r.State) > 0 {
		return f, feature.DecodeState(r, &f)
	}
	f.Answers = questionnaire.Answers{}
	return f, e.tx.StartTask(ctx, f.task.ID, e.Now)
}

func (p *desk) leftPaper(f filling, at dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: "paper.left", Text: p.Cfg.Text.T("paper.left", text.Args{"alamat": f.call + " " + f.name}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.resume", nil), Verb: dialog.Resume}}}}
}

func finishPaper(ctx context.Context, e *env, f filling) (dialog.Ending, error) {
	if len(f.def.Missing(f.Answers)) > 0 {
		return dialog.Ending{}, errors.New("answers are missing at the end of a sheet")
	}
	sent := questionnaire.Answers{}
	for _, item := range f.def.Applicable(f.Answers) {
		sent[item.Code] = f.Answers[item.Code]
	}
	if err := e.tx.SubmitPaper(ctx, f.task, sent, e.Employee.ID, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	if _, err := e.Sent(ctx, f.task); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "paper.done",
		Text: e.T("paper.done", text.Args{"alamat": f.call + " " + f.name, "judul": f.def.Title}),
		Rows: [][]dialog.Button{{e.Link(feature.ToDesk, "back", 0)}}}}}, nil
}

// sheetOf says which questionnaire is printed and for whom; 0 = for nobody. The name
// is read when it is drawn.
type sheetOf struct {
	feature.DefKey
	Person int64 `json:"person,omitempty"`
}

// paperSheet sends the printable form of the open self-assessment of a person
// of the area.
func (e *env) paperSheet(ctx context.Context, a dialog.Action, _ int) error {
	m, err := e.tx.Person(ctx, e.Area(), a.Ref)
	if err != nil {
		return err
	}
	t, err := e.tx.PaperTask(ctx, m.ID)
	if err != nil {
		return err
	}
	data, err := json.Marshal(sheetOf{DefKey: feature.DefKey{Code: t.Questionnaire, Version: t.Version}, Person: m.ID})
	if err != nil {
		return fmt.Errorf("encode form: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "paper.sheet",
		Text:    e.T("paper.sheet", text.Args{"alamat": m.Address(), "batas": e.Deadline(t)}),
		Picture: &dialog.Picture{Kind: PaperFile, Data: data, File: true}, Shareable: true})
	return nil
}

// paperButtons are what an officer may do for somebody without an account who
// still owes a self-assessment.
func (e *env) paperButtons(ctx context.Context, m personnel.Member) ([][]dialog.Button, error) {
	if m.Linked {
		return nil, nil
	}
	_, err := e.tx.PaperTask(ctx, m.ID)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, nil
	}
	return [][]dialog.Button{{{Label: e.Label("paper_sheet"), Action: e.MenuAction("lembar", m.ID)},
		{Label: e.Label("paper_type"), Action: dialog.Action{Flow: paperFlow, Ref: m.ID, Verb: dialog.Resume}}}}, err
}

// drawPaper prints a questionnaire, with the name of whom it is for.
func (p *desk) drawPaper(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var key sheetOf
	if err := json.Unmarshal(data, &key); err != nil {
		return nil, err
	}
	if err := p.FreshQuestionnaires(ctx); err != nil {
		return nil, err
	}
	def, ok := p.Definition(key.Code, key.Version)
	if !ok {
		return nil, fmt.Errorf("unknown questionnaire %s version %d", key.Code, key.Version)
	}
	whose, err := p.whose(ctx, key.Person)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = report.WriteForm(&b, p.sheet(def, whose))
	return b.Bytes(), err
}

// whose is the line with the name of whom a sheet is for; a line to write on for 0.
func (p *desk) whose(ctx context.Context, person int64) (line string, err error) {
	if person == 0 {
		return p.Cfg.Text.Plain("paper.fields", nil), nil
	}
	err = p.Cfg.Store.InTx(ctx, func(tx feature.Tx) error {
		e, err := tx.(Tx).Employee(ctx, person)
		line = p.Cfg.Text.Plain("paper.named", text.Args{"nama": e.DisplayName(), "akhiran": e.NIP.Last4(), "unit": e.UnitName})
		return err
	})
	return line, err
}

func (p *desk) sheet(def questionnaire.Definition, whose string) report.PaperForm {
	t, who := p.Cfg.Text, text.Args{}
	f := report.PaperForm{Title: def.Title, Head: []string{p.Cfg.Agency.Name, "<b>" + def.Title + "</b>",
		t.Plain("paper.how", who), whose, t.Plain("paper.signature", who)},
		Foot: t.Plain("paper.foot", text.Args{"bantuan": p.Cfg.Agency.Helpdesk})}
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
