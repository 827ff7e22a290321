package questionnaires

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/text"
)

// newest are the newest versions of all questionnaires, in the order of their codes.
func newest(ctx context.Context, tx Tx) ([]questionnaire.Definition, error) {
	all, err := tx.Questionnaires(ctx)
	if err != nil {
		return nil, err
	}
	var out []questionnaire.Definition
	for _, d := range all {
		if n := len(out); n > 0 && out[n-1].Code == d.Code {
			out[n-1] = d // a later version
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

// list names the questionnaires in use.
func (e *env) list(ctx context.Context, _ dialog.Action, message int) error {
	all, err := newest(ctx, e.tx)
	if err != nil {
		return err
	}
	lines := []string{e.T("questionnaires.list", nil), ""}
	var numbers []dialog.Button
	for i, d := range all {
		args := lineArgs(e.Cfg.Text, d)
		args["no"] = i + 1
		lines = append(lines, e.T("questionnaires.line", args))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(cardStep, refOf(d.Code))})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Button{{Label: e.Label("surveys"), Action: e.MenuAction(surveysStep, 0)}}, []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "questionnaires.list", Edit: message, Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

func lineArgs(cat *text.Catalogue, d questionnaire.Definition) text.Args {
	return text.Args{"judul": d.Title, "versi": d.Version, "n": cat.Number(len(d.Items)), "menit": d.Minutes}
}

// refOf is the number by which buttons name a questionnaire: it follows from the code alone, so
// it means the same one when others come and the list changes.
func refOf(code string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(code))
	return int64(h.Sum32())
}

// one is the newest version of the questionnaire of a button.
func (e *env) one(ctx context.Context, ref int64) (questionnaire.Definition, error) {
	all, err := newest(ctx, e.tx)
	if err != nil {
		return questionnaire.Definition{}, err
	}
	at := slices.IndexFunc(all, func(d questionnaire.Definition) bool { return refOf(d.Code) == ref })
	if at < 0 {
		return questionnaire.Definition{}, dialog.ErrNotFound
	}
	return all[at], nil
}

// card shows what one questionnaire asks.
func (e *env) card(ctx context.Context, a dialog.Action, message int) error {
	d, err := e.one(ctx, a.Ref)
	if err != nil {
		return err
	}
	lines := []string{e.T("questionnaires.head", lineArgs(e.Cfg.Text, d)), ""}
	for i, item := range d.Items {
		key := "questionnaires.item"
		if item.OnlyIf != nil {
			key = "questionnaires.item_if"
		}
		lines = append(lines, e.T(key, text.Args{"no": i + 1, "judul": item.Title, "kode": item.Code, "jenis": e.Cfg.Text.Plain(typeKey(item.Type), nil)}))
	}
	lines = append(lines, "", e.T("questionnaires.how", nil))
	var start [][]dialog.Button
	if asksOfItself(d) {
		start = [][]dialog.Button{{{Label: e.Label("survey_start"), Action: dialog.Action{Flow: startFlow, Ref: a.Ref, Verb: dialog.Resume}}}}
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "questionnaires.head", Edit: message, Text: strings.Join(lines, "\n"), Rows: append(start, [][]dialog.Button{
		{{Label: e.Label("questionnaire_sheet"), Action: e.MenuAction(plainStep, a.Ref)}},
		{{Label: e.Label("questionnaire_form"), Action: e.MenuAction(formStep, a.Ref)}},
		{{Label: e.Label("back"), Action: e.MenuAction(listStep, 0)}}}...)})
	return nil
}

// typeKey is the word for a type of question.
func typeKey(t questionnaire.ItemType) string {
	switch t {
	case questionnaire.Level:
		return "questionnaires.type_level"
	case questionnaire.Text:
		return "questionnaires.type_text"
	}
	return "questionnaires.type_choice"
}

func (e *env) plain(ctx context.Context, a dialog.Action, _ int) error {
	return e.send(ctx, a.Ref, plainFile, "questionnaires.sheet")
}

func (e *env) xlsform(ctx context.Context, a dialog.Action, _ int) error {
	return e.send(ctx, a.Ref, formFile, "questionnaires.form")
}

// written names the version that a file holds.
type written struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

// send sends one questionnaire as a file. It holds nothing about anybody.
func (e *env) send(ctx context.Context, ref int64, kind, key string) error {
	d, err := e.one(ctx, ref)
	if err != nil {
		return err
	}
	data, err := json.Marshal(written{d.Code, d.Version})
	if err != nil {
		return fmt.Errorf("encode questionnaire: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, lineArgs(e.Cfg.Text, d)),
		Picture: &dialog.Picture{Kind: kind, Data: data, File: true}, Shareable: true})
	return nil
}

// draw writes the version that was named; it never changes.
func (p *desk) draw(ctx context.Context, data json.RawMessage, form workbook.Form) ([]byte, error) {
	var of written
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var all []questionnaire.Definition
	err := p.Cfg.Store.InTx(ctx, func(tx feature.Tx) (err error) {
		all, err = tx.(Tx).Questionnaires(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Code == of.Code && d.Version == of.Version {
			var b bytes.Buffer
			err := workbook.Write(&b, d, form)
			return b.Bytes(), err
		}
	}
	return nil, fmt.Errorf("questionnaire %s version %d: %w", of.Code, of.Version, dialog.ErrNotFound)
}
