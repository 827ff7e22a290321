package announcement

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// nipFlow takes a file or a text of NIPs for the audience of the draft that is its ref.
const nipFlow = "an"

// WrongRowsFile is the kind of file that lists the rows of a file of NIPs that name
// nobody.
const WrongRowsFile = "wrong_rows"

const (
	nipTries   = 3               // to fetch and read a file of NIPs
	nipRest    = 5 * time.Minute // after which somebody else may try
	rowsNamed  = 12              // wrong rows that a message names; the file beside it has all
	nipSheet   = "baris"         // name of the sheet in that file
	nipHeading = "NIP\n"         // above NIPs that were typed
)

// wrongRow is a row of a file of NIPs that names nobody, and why. It holds no number.
type wrongRow struct {
	Row  int    `json:"row"`
	Code string `json:"code"`
}

// nipList is what a file of NIPs says.
type nipList struct {
	people []int64
	wrong  []wrongRow
}

// nipForm takes NIPs, typed or as a spreadsheet. A spreadsheet is fetched and read by the
// worker, because a download may take long.
func (p *desk) nipForm() dialog.Form[drafting[dialog.Content], *env] {
	type state = drafting[dialog.Content]
	f := draftForm(p, nipFlow, func(q feature.Short[state]) []dialog.Step[state] {
		return []dialog.Step[state]{q.Message("nip", "announce.nips_ask", func(d *state, c dialog.Content) error {
			switch {
			case c.File.Media == "" && c.Text != "", c.File.Media == "document":
			default:
				return dialog.Invalid(p.Cfg.Text.T("announce.nips_hint", nil))
			}
			if c.File.Size > intake.MaxBytes {
				return dialog.Invalid(p.Cfg.Text.T("import.too_large", nil))
			}
			d.Given = c
			return nil
		})}
	}, nil)
	f.Finish = func(ctx context.Context, e *env, d state) (dialog.Ending, error) {
		switch {
		case d.Cancelled:
			card, err := audienceCard(ctx, e, d.draft)
			return dialog.Ending{Replies: []dialog.Reply{card}}, err
		case d.Given.File.FileID != "":
			e.Out.Work = true
			err := e.tx.AwaitNIPs(ctx, announcement.NIPFile{Announcement: d.draft.ID, ChatID: e.Session.ChatID, FileID: d.Given.File.FileID}, e.Now)
			return e.Ending("announce.nips_reading"), err
		}
		list, err := e.desk.readNIPs(ctx, e.tx, []byte(nipHeading+d.Given.Text))
		if err != nil {
			return dialog.Ending{}, dialog.Invalid(e.T("announce.nips_hint", nil))
		}
		if len(list.people) == 0 {
			return dialog.Ending{}, dialog.Invalid(e.T("announce.nips_none", nil))
		}
		d.draft.Audience.People = list.people
		d.draft.Audience = d.draft.Audience.Settled()
		if err := putDraft(ctx, e, &d.draft); err != nil {
			return dialog.Ending{}, err
		}
		card, err := audienceCard(ctx, e, d.draft)
		return dialog.Ending{Replies: append(e.desk.nipReplies(list), card)}, err
	}
	return f
}

// readNIPs reads who is meant by the bytes of a file. Errors are about the file.
func (p *desk) readNIPs(ctx context.Context, tx Tx, body []byte) (nipList, error) {
	known, err := tx.KnownNIPs(ctx)
	if err != nil {
		return nipList{}, err
	}
	list, err := p.nipRows(body, known)
	if err != nil {
		return nipList{}, err
	}
	out := nipList{}
	for _, r := range list.Refused {
		out.wrong = append(out.wrong, wrongRow{r.Row, r.Code})
	}
	nips := make([]string, len(list.Rows))
	for i, nip := range list.Rows {
		nips[i] = nip.Reveal()
	}
	ids, err := tx.PeopleByNIP(ctx, nips)
	for _, id := range ids {
		out.people = append(out.people, id)
	}
	slices.Sort(out.people)
	return out, err
}

// nipRows reads the first table with a column of NIPs, while nobody else reads one.
func (p *desk) nipRows(body []byte, known map[string]bool) (list register.List[personnel.NIP], err error) {
	p.Reading.Lock()
	defer p.Reading.Unlock()
	err = p.Guarded(func() error { // the library that reads it may panic at a spreadsheet from anybody
		tables, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			return err
		}
		for _, t := range tables {
			if list, err = register.ReadPeople(t.Rows(), known, p.Cfg.Now().In(p.Cfg.Location)); !errors.Is(err, register.ErrNoHeading) {
				return err
			}
		}
		return register.ErrNoHeading
	})
	return list, err
}

// nipReplies tell which rows name nobody; none when all do.
func (p *desk) nipReplies(list nipList) []dialog.Reply {
	if len(list.wrong) == 0 {
		return nil
	}
	var rows []string
	for _, w := range list.wrong[:min(rowsNamed, len(list.wrong))] {
		rows = append(rows, strconv.Itoa(w.Row))
	}
	if rest := len(list.wrong) - len(rows); rest > 0 {
		rows = append(rows, p.Cfg.Text.Plain("announce.and_more", text.Args{"n": p.Cfg.Text.Number(rest)}))
	}
	data, err := json.Marshal(list.wrong)
	if err != nil { // cannot happen: numbers and codes
		return nil
	}
	n := p.Cfg.Text.Number
	return []dialog.Reply{{Template: "announce.nips_wrong", Picture: &dialog.Picture{Kind: WrongRowsFile, Data: data, File: true}, Shareable: true,
		Text: p.Cfg.Text.T("announce.nips_wrong", text.Args{"salah": n(len(list.wrong)), "baris": strings.Join(rows, ", ")})}}
}

// drawWrongRows lists the rows that name nobody, each with the cause.
func (p *desk) drawWrongRows(data json.RawMessage) ([]byte, error) {
	var wrong []wrongRow
	if err := json.Unmarshal(data, &wrong); err != nil {
		return nil, err
	}
	rows := [][]string{{p.Cfg.Text.Plain("announce.row_heading", nil), p.Cfg.Text.Plain("announce.cause_heading", nil)}}
	for _, w := range wrong {
		rows = append(rows, []string{strconv.Itoa(w.Row), p.Cfg.Text.Plain("refused."+strings.ToLower(w.Code), nil)})
	}
	var b bytes.Buffer
	err := sheet.Write(&b, nipSheet, rows)
	return b.Bytes(), err
}

// nextNIPs reads the file of NIPs that has waited longest; did is false when there is
// none. What cannot be read after some tries is told and forgotten.
func (p *desk) nextNIPs(ctx context.Context) (did bool, err error) {
	var f announcement.NIPFile
	err = p.inTx(ctx, func(tx Tx) (err error) {
		f, err = tx.TakeNIPs(ctx, p.Cfg.Now(), p.Cfg.Now().Add(nipRest))
		return err
	})
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	body, err := p.Cfg.Fetch(ctx, f.FileID)
	gone := errors.Is(err, feature.ErrFileGone) || errors.Is(err, feature.ErrFileTooLarge)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil && !gone && f.Tries < nipTries:
		return false, fmt.Errorf("fetch a file of numbers: %w", err)
	case err != nil:
		return true, p.endNIPs(ctx, f, func(Tx, announcement.Announcement) ([]dialog.Reply, error) {
			return []dialog.Reply{{Template: "import.gone", Text: p.Cfg.Text.T("import.gone", text.Args{"bantuan": p.Cfg.Agency.Helpdesk})}}, nil
		})
	}
	return true, p.endNIPs(ctx, f, func(tx Tx, d announcement.Announcement) ([]dialog.Reply, error) {
		return p.takeNIPs(ctx, tx, d, body)
	})
}

// takeNIPs puts what a file says into a draft, and returns what its author is told.
func (p *desk) takeNIPs(ctx context.Context, tx Tx, d announcement.Announcement, body []byte) ([]dialog.Reply, error) {
	open := [][]dialog.Button{{{Label: p.Cfg.Text.Plain("label.audience", nil),
		Action: dialog.Action{Flow: feature.MenuFlow, Step: "pmsasar", Ref: d.ID, Verb: dialog.Resume}}}}
	say := func(key string, args text.Args) dialog.Reply {
		return dialog.Reply{Template: key, Text: p.Cfg.Text.T(key, args), Rows: open}
	}
	list, err := p.readNIPs(ctx, tx, body)
	switch {
	case err != nil && p.Cfg.Store.Unavailable(err):
		return nil, err
	case err != nil:
		return []dialog.Reply{say("announce.nips_hint", nil)}, nil
	case len(list.people) == 0:
		return p.nipResult(list, say("announce.nips_none", nil)), nil
	}
	d.Audience.People = list.people
	d.Audience = d.Audience.Settled()
	if err := tx.PutAnnouncement(ctx, d, p.Cfg.Now()); err != nil {
		return nil, err
	}
	return p.nipResult(list, say("announce.nips_read", text.Args{"n": p.Cfg.Text.Number(len(list.people))})), nil
}

// nipResult is what the sender of a file is told, in one message: two of them have no
// order between them, and the one with the file takes longer.
func (p *desk) nipResult(list nipList, said dialog.Reply) []dialog.Reply {
	wrong := p.nipReplies(list)
	if len(wrong) == 0 {
		return []dialog.Reply{said}
	}
	wrong[0].Text = said.Text + "\n\n" + wrong[0].Text
	wrong[0].Rows = said.Rows
	wrong[0].Rows[0][0].Action.Value = belowFile
	return wrong
}

// waitsStill locks what a file of NIPs is for: the chat from which it came, then the
// draft. false = nobody waits for the file: the draft is none any more, or the chat is not
// its author's, or its author is not of the office.
func waitsStill(ctx context.Context, tx Tx, f announcement.NIPFile) (d announcement.Announcement, yes bool, err error) {
	if d, err = tx.Announcement(ctx, f.Announcement); err == nil {
		err = tx.LockOfficeChat(ctx, f.ChatID, d.Author)
	}
	if err == nil {
		d, err = tx.LockAnnouncement(ctx, f.Announcement)
	}
	if errors.Is(err, dialog.ErrNotFound) {
		return d, false, nil
	}
	return d, err == nil && d.State == announcement.Draft, err
}

// endNIPs forgets a file of NIPs and tells its sender what became of it, unless another
// file came or nobody waits for it any more.
func (p *desk) endNIPs(ctx context.Context, f announcement.NIPFile, what func(Tx, announcement.Announcement) ([]dialog.Reply, error)) error {
	err := p.inTx(ctx, func(tx Tx) error {
		d, waits, err := waitsStill(ctx, tx, f)
		if err != nil {
			return err
		}
		if err := tx.EndNIPs(ctx, f); err != nil || !waits { // it is forgotten all the same
			return err
		}
		replies, err := what(tx, d)
		if err != nil {
			return err
		}
		for i, r := range replies {
			row, err := p.Cfg.Render(f.ChatID, r)
			if err != nil {
				return fmt.Errorf("render %s: %w", r.Template, err)
			}
			row.Way, row.Key = dialog.WayAnswer, fmt.Sprintf("nips:%d:%d:%d", f.Announcement, f.AskedAt.UnixMicro(), i)
			if err := tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, dialog.ErrNotFound) { // another file took its place, or the draft is gone
		return nil
	}
	p.Cfg.Sender.Wake()
	return err
}
