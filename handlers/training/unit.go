package training

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// unitLine says on the board of a unit for how many batches a surat tugas is owed, and
// leads to the trainings.
func (e *env) unitLine(ctx context.Context) (line string, row []dialog.Button, err error) {
	owed, err := e.tx.AssignmentsOwed(ctx, e.Area(), e.Now)
	if err != nil {
		return "", nil, err
	}
	if len(owed) > 0 {
		n := 0
		for _, b := range owed {
			n += b.Counts.Seated - b.Counts.Letters
		}
		line = e.T("nominate.board", text.Args{"n": n, "angkatan": len(owed)})
	}
	return line, []dialog.Button{e.button("training", unitStep, 0, "")}, nil
}

// unitBatches lists the batches into which an officer may bring people of the units.
func (e *env) unitBatches(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	list, total, err := e.tx.UnitBatches(ctx, e.Area(), e.Now, page*feature.PageSize, feature.PageSize)
	if err != nil {
		return err
	}
	if total == 0 {
		e.reply("nominate.none", nil, message, []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
		return nil
	}
	lines := []string{e.T("nominate.head", nil), ""}
	var numbers []dialog.Button
	for i, b := range list {
		k, owed := page*feature.PageSize+i+1, ""
		if b.Owed > 0 {
			owed = e.Cfg.Text.Plain("nominate.line_owed", text.Args{"n": b.Owed})
		}
		lines = append(lines, e.T("nominate.line", text.Args{"k": k, "judul": title(b.Batch), "kapan": e.desk().spanOf(b.Batch), "sisa": max(b.Free(), 0),
			"n": b.Ours, "surat": owed}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(training.LettersStep, b.ID)})
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(unitStep, 0, page, feature.PageSize, total)...)
	rows = append(rows, []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "nominate.head", Text: body, Rows: rows, Edit: message})
	return nil
}

// ours are the people of the officer's units who are in a batch or want to be.
func (e *env) ours(ctx context.Context, batch int64) (b training.Batch, list []training.Participant, err error) {
	if b, err = e.tx.Batch(ctx, batch); err != nil {
		return b, nil, err
	}
	if b.State == training.Planned {
		return b, nil, dialog.ErrNotFound
	}
	list, err = e.tx.Participants(ctx, e.Area(), batch)
	return b, list, err
}

// unitCard shows who of the officer's units is in a batch.
func (e *env) unitCard(ctx context.Context, a dialog.Action, message int) error {
	return e.showUnit(ctx, a.Ref, message, "")
}

// showUnit shows that card below a note.
func (e *env) showUnit(ctx context.Context, batch int64, message int, note string) error {
	b, list, err := e.ours(ctx, batch)
	if err != nil {
		return err
	}
	card, nobody := "nominate.card", "nominate.empty"
	if e.Employee.Rights.HR {
		card, nobody = "nominate.card_all", "nominate.empty_all"
	}
	head := e.T(card, text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b), "sisa": max(b.Free(), 0), "tempat": b.Seats, "n": seated(list)})
	lines := []string{head, ""}
	if note != "" {
		lines = []string{note, "", head, ""}
	}
	if len(list) == 0 {
		lines = append(lines, e.T(nobody, nil))
	}
	var numbers []dialog.Button
	for i, p := range list[:min(len(list), feature.PageSize)] {
		lines = append(lines, e.T("nominate.person", text.Args{"k": i + 1, "alamat": named(p.Person), "keadaan": e.desk().standing(p.Enrolment), "surat": e.desk().letterWord(p)}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(unitPersonStep, p.ID)})
	}
	if rest := len(list) - feature.PageSize; rest > 0 {
		lines = append(lines, e.T("nominate.more", text.Args{"n": rest}))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: card, Text: body, Edit: message,
		Rows: append(feature.Grid(feature.Numbers, numbers), e.unitButtons(b, list)...)})
	return nil
}

// unitButtons are what the officer can do about the batch as a whole.
func (e *env) unitButtons(b training.Batch, list []training.Participant) (rows [][]dialog.Button) {
	form := func(label, flow string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: b.ID, Verb: dialog.Resume}}}
	}
	if !b.At(e.Now).Over() {
		rows = append(rows, form("nominate", nominateFlow))
	}
	if owed(list) > 0 {
		rows = append(rows, form("nominate_letter", assignmentFlow))
	}
	if len(list) > 0 {
		rows = append(rows, []dialog.Button{e.button("nominate_sheet", unitFileStep, b.ID, asSheet), e.button("nominate_print", unitFileStep, b.ID, asPrint)})
	}
	if e.Employee.Rights.HR {
		rows = append(rows, []dialog.Button{e.button("dossier", dossierStep, b.ID, "")})
	}
	back := e.MenuAction(unitStep, 0)
	back.Value = "0"
	return append(rows, []dialog.Button{{Label: e.Label("join_list"), Action: back}})
}

// seated counts who has a seat.
func seated(list []training.Participant) (n int) {
	for _, p := range list {
		if p.Standing == training.Seated {
			n++
		}
	}
	return n
}

// owed counts who has a seat and no surat tugas.
func owed(list []training.Participant) (n int) {
	for _, p := range list {
		if p.Standing == training.Seated && p.Assignment == "" && p.Permission.Holds() {
			n++
		}
	}
	return n
}

func (d *desk) letterWord(p training.Participant) string {
	if p.Assignment == "" {
		return ""
	}
	return d.Cfg.Text.Plain("nominate.person_letter", text.Args{"nomor": feature.Clip(p.Assignment, 40)})
}

// placeOf is somebody of the officer's units in a batch, by the enrolment.
func (e *env) placeOf(ctx context.Context, enrolment int64) (b training.Batch, p training.Participant, err error) {
	batch, err := e.tx.BatchOfEnrolment(ctx, enrolment)
	if err != nil {
		return b, p, err
	}
	b, list, err := e.ours(ctx, batch)
	if err != nil {
		return b, p, err
	}
	i := slices.IndexFunc(list, func(p training.Participant) bool { return p.ID == enrolment })
	if i < 0 {
		return b, p, dialog.ErrNotFound
	}
	return b, list[i], nil
}

// unitPerson shows one participant of the officer's units, and what can be done.
func (e *env) unitPerson(ctx context.Context, a dialog.Action, message int) error {
	b, p, err := e.placeOf(ctx, a.Ref)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": named(p.Person), "akhiran": p.Person.NIP.Last4(), "jabatan": feature.OrDash(p.Person.PositionTitle), "unit": p.Person.UnitName,
		"judul": b.Name, "kapan": e.desk().spanOf(b), "keadaan": e.desk().standing(p.Enrolment), "surat": e.desk().letterWord(p), "akun": ""}
	if !p.Linked {
		args["akun"] = e.Cfg.Text.Plain("nominate.person_unlinked", nil)
	}
	form := func(label, flow string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: p.ID, Verb: dialog.Resume}}}
	}
	var rows [][]dialog.Button
	if p.Standing == training.Seated && b.MayReplace(e.Now) {
		rows = append(rows, form("nominate_swap", swapFlow))
	}
	if p.Standing == training.Seated && p.Permission == training.Asked && p.Person.ID != e.Employee.ID {
		rows = append(rows, form("nominate_written", writtenFlow))
	}
	e.reply("nominate.person_card", args, message, append(rows, []dialog.Button{e.button("nominate_back", training.LettersStep, b.ID, "")})...)
	return nil
}

// The values of the button that sends a list.
const (
	asSheet = "x"
	asPrint = "p"
)

// listOf says of which people a list is wanted: of those of an officer, or, with All,
// of everybody, if the chat belongs to the personnel office when the list is made.
type listOf struct {
	Batch   int64     `json:"batch"`
	Chat    int64     `json:"chat"`
	Officer int64     `json:"officer"`
	All     bool      `json:"all"`
	At      time.Time `json:"at"`
}

// unitFile sends the list of participants for the surat tugas, as a spreadsheet or to
// print.
func (e *env) unitFile(ctx context.Context, a dialog.Action, _ int) error {
	b, list, err := e.ours(ctx, a.Ref)
	if err != nil {
		return err
	}
	data, err := json.Marshal(listOf{Batch: b.ID, Chat: e.Session.ChatID, Officer: e.Employee.ID, All: e.Employee.Rights.HR, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode list: %w", err)
	}
	kind := UnitSheetFile
	if a.Value == asPrint {
		kind = UnitPrintFile
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "nominate.file_head",
		Text:    e.T("nominate.file_head", text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b), "n": seated(list)}),
		Picture: &dialog.Picture{Kind: kind, Data: data, File: true}, Shareable: true})
	return nil
}
