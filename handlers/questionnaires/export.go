package questionnaires

import (
	"context"
	"encoding/json"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/sheet"
	"bangkom/internal/survey"
	"bangkom/internal/text"
)

// exportFlow asks the personnel office why it wants the single answers of a confidential
// survey. Its ref is the survey.
const exportFlow = "sj"

// The limits of a reason, in characters, as where one person is opened.
const shortestReason, longestReason = 10, 200

// answersFile is the kind of file of single answers.
const answersFile = "survey-answers-xlsx"

// answersOf names what a file of single answers holds, and for whom it is.
type answersOf struct {
	Survey int64 `json:"survey"`
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// exportForm sends the answers of a confidential survey after a reason, which is logged and
// read by each of those who answered.
func (p *desk) exportForm() dialog.Form[writing, *env] {
	form := feature.OneText[writing, *env]{
		Name: exportFlow, Step: "alasan", Cancelled: "form.cancelled", Load: loadWriting,
		Ask: func(s writing) (string, text.Args) {
			return "survey.export_why", text.Args{"judul": s.of.Name, "n": p.Cfg.Text.Number(s.n.Sent)}
		},
		Read: func(typed string) (string, error) {
			return p.Line(typed, shortestReason, longestReason, "rating.why_hint")
		},
		Into: func(s *writing) *string { return &s.Body },
		Finish: func(ctx context.Context, e *env, s writing) (dialog.Ending, error) {
			if why := s.of.Export(); why != "" {
				return e.Ending(string(why)), nil
			}
			return e.sendAnswers(ctx, s.of, e.Cfg.Text.Plain("survey.export_reason", text.Args{"judul": s.of.Name, "alasan": s.Body}))
		},
	}.Form(p.Desk)
	form.Guard = func(_ *env, s writing) (dialog.Prompt, bool) {
		why := s.of.Export()
		if why == "" {
			return dialog.Prompt{}, false
		}
		return dialog.Prompt{Template: string(why), Text: p.Cfg.Text.T(string(why), text.Args{"judul": s.of.Name})}, true
	}
	return form
}

// export sends the answers of a named survey. People know what for from its use, so nothing
// more is asked.
func (e *env) export(ctx context.Context, a dialog.Action, _ int) error {
	s, err := e.tx.SurveyByID(ctx, a.Ref, e.Now)
	if err != nil {
		return err
	}
	why := s.Export()
	if why == "" && s.Manner != survey.Named {
		return dialog.ErrNotFound // only after a reason
	}
	if why != "" {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: string(why), Text: e.T(string(why), text.Args{"judul": s.Name})})
		return nil
	}
	ending, err := e.sendAnswers(ctx, s, e.Cfg.Text.Plain("survey.export_named", text.Args{"judul": s.Name, "guna": s.Use}))
	e.Out.Replies = append(e.Out.Replies, ending.Replies...)
	return err
}

// exportButton is the way to the file, on the card of a survey that is closed.
func (e *env) exportButton(s survey.Survey) dialog.Button {
	a := dialog.Action{Flow: exportFlow, Ref: s.ID, Verb: dialog.Resume}
	if s.Manner == survey.Named {
		a = e.MenuAction(exportStep, s.ID)
	}
	return dialog.Button{Label: e.Label("survey_answers"), Action: a}
}

// sendAnswers records whose answers the file opens and sends it.
func (e *env) sendAnswers(ctx context.Context, s survey.Survey, reason string) (dialog.Ending, error) {
	opened, err := e.tx.OpenSurveyAnswers(ctx, survey.Opening{Survey: s.ID, By: e.Employee.ID, Reason: reason}, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	if opened == 0 {
		return e.Ending("survey.export_none"), nil
	}
	data, err := json.Marshal(answersOf{Survey: s.ID, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return dialog.Ending{}, fmt.Errorf("encode a file of answers: %w", err)
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: survey.AnswersFile, Picture: &dialog.Picture{Kind: answersFile, Data: data, File: true, Report: true},
		Text: e.T(survey.AnswersFile, text.Args{"judul": s.Name, "n": e.Cfg.Text.Number(opened)})}}}, nil
}

// drawAnswers makes the file. Whoever has lost the right, or the chat, since then gets none.
func (p *desk) drawAnswers(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of answersOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	return feature.BookForOffice(ctx, p.Desk, of.Chat, of.Reader, func(tx Tx) ([]sheet.Page, error) { return p.answerPages(ctx, tx, of.Survey) })
}

// personColumns are the columns before those of the questions. No question can have their names,
// because codes begin with a letter.
func personColumns() [][2]string {
	return [][2]string{{"_version", "survey.book_version"}, {"_nip", "survey.book_nip"}, {"_nama", "survey.book_name"}, {"_unit_kerja", "survey.book_unit"}}
}

// answerPages are the sheets of a file of single answers: a row for each person, and what the
// columns mean in each version.
func (p *desk) answerPages(ctx context.Context, tx Tx, id int64) ([]sheet.Page, error) {
	versions, err := tx.SurveyVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := tx.SurveyAnswers(ctx, id)
	if err != nil {
		return nil, err
	}
	plain := func(key string) string { return p.Cfg.Text.Plain(key, nil) }
	columns, marks := survey.Columns(versions), survey.Marks{NotAsked: plain("survey.mark_not_asked"), NoSuch: plain("survey.mark_no_such")}
	var heading []string
	book := [][]string{{plain("survey.book_code"), plain("survey.book_versions"), plain("survey.book_label"), plain("survey.book_options")}}
	for _, c := range personColumns() {
		heading = append(heading, c[0])
		book = append(book, []string{c[0], "", plain(c[1]), ""})
	}
	rows := [][]string{append(heading, columns...)}
	for _, a := range all {
		rows = append(rows, append([]string{fmt.Sprint(a.Version), a.NIP.Reveal(), a.Name, a.Unit}, a.Cells(columns, versions, marks)...))
	}
	for _, e := range survey.Codebook(columns, versions) {
		book = append(book, []string{e.Code, e.Versions, questionnaire.Address(e.Item.Prompt, plain("survey.anybody")), e.OptionsText()})
	}
	for _, mark := range []string{"", marks.NotAsked, marks.NoSuch} {
		key := map[string]string{"": "survey.book_empty", marks.NotAsked: "survey.book_not_asked", marks.NoSuch: "survey.book_no_such"}[mark]
		book = append(book, []string{mark, "", plain(key), ""})
	}
	return []sheet.Page{{Name: plain("survey.sheet_answers"), Rows: rows}, {Name: plain("survey.sheet_book"), Rows: book}}, nil
}
