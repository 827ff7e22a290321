package training

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// The kinds of files of the room.
const (
	UnitSheetFile = "training_unit_xlsx" // people of an officer's units in a batch
	UnitPrintFile = "training_unit_pdf"  // the same, to print
	SignsFile     = "training_signs"     // the list to sign of a session
	CalendarFile  = "training_ics"       // the sessions of a batch, for the calendar of a phone
	CodePicture   = "training_code"      // a code of attendance, for a projector
)

// inTx runs fn in a transaction of the room.
func (p *desk) inTx(ctx context.Context, fn func(Tx) error) error {
	return p.Cfg.Store.InTx(ctx, func(tx feature.Tx) error { return fn(tx.(Tx)) })
}

// drawUnit makes the list of an officer's people as it is now. Whoever lost the office
// since gets a list of nobody.
func (p *desk) drawUnit(ctx context.Context, data json.RawMessage, printed bool) ([]byte, error) {
	var of listOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var b training.Batch
	var list []training.Participant
	err := p.inTx(ctx, func(tx Tx) (err error) {
		if b, err = tx.Batch(ctx, of.Batch); err != nil {
			return err
		}
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err != nil {
			return err
		}
		list, err = tx.Participants(ctx, personnel.Area{All: of.All && office, Officer: of.Officer}, of.Batch)
		return err
	})
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, one := range list {
		if one.Standing != training.Seated {
			continue
		}
		who := one.Person
		rows = append(rows, []string{strconv.Itoa(len(rows) + 1), who.Name, who.NIP.Reveal(), one.Grade, who.PositionTitle, who.UnitName, p.standing(one.Enrolment), one.Assignment})
	}
	var out bytes.Buffer
	if !printed {
		err = sheet.Write(&out, p.Cfg.Text.Plain("sheet.people", nil), append([][]string{p.headings("sheet.state", "sheet.letter")}, rows...))
		return out.Bytes(), err
	}
	t := p.table("sheet.people", b, p.headings("sheet.state", "sheet.letter"), []float64{12, 56, 42, 28, 42, 42, 26, 25})
	t.Head = append(t.Head, p.Cfg.Text.Plain("sheet.as_of", text.Args{"tanggal": p.day(of.At)}))
	t.Rows, t.Foot = rows, p.signer("sheet.signed_unit")
	err = report.WriteTable(&out, t)
	return out.Bytes(), err
}

// headings are those of the columns that every list has, and more.
func (p *desk) headings(more ...string) (names []string) {
	for _, key := range append([]string{"sheet.no", "sheet.name", "sheet.nip", "sheet.grade", "sheet.post", "sheet.unit"}, more...) {
		names = append(names, p.Cfg.Text.Plain(key, nil))
	}
	return names
}

// table is a list to print about a batch, without its rows.
func (p *desk) table(key string, b training.Batch, names []string, wide []float64) report.Table {
	plain := p.Cfg.Text.Plain
	t := report.Table{Title: plain(key, nil), Letter: p.Cfg.Agency.Letter, Page: plain("sheet.page", nil), Head: []string{"<b>" + plain(key, nil) + "</b>",
		plain("sheet.of_training", text.Args{"judul": b.Name}), plain("sheet.of_days", text.Args{"kapan": p.spanOf(b)})}}
	for i, name := range names {
		t.Columns = append(t.Columns, report.Column{Name: name, Wide: wide[i]})
	}
	return t
}

// signer are the lines at the foot of a list, where somebody signs.
func (p *desk) signer(who string) []string {
	plain := p.Cfg.Text.Plain
	return []string{plain("sheet.signed_at", nil), plain(who, nil), plain("sheet.signed_name", nil), plain("sheet.signed_nip", nil)}
}

// signsOf says of which session a list to sign is wanted, and by whom.
type signsOf struct {
	Session int64     `json:"session"`
	Chat    int64     `json:"chat"`
	By      int64     `json:"by"`
	Office  bool      `json:"office"`
	At      time.Time `json:"at"`
}

// signs sends the list to sign of a session.
func (e *env) signs(ctx context.Context, a dialog.Action, _ int) error {
	b, s, err := e.session(ctx, a.Ref)
	if err != nil {
		return err
	}
	data, err := json.Marshal(signsOf{Session: s.ID, Chat: e.Session.ChatID, By: e.Employee.ID, Office: e.Employee.Rights.HR, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode list: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attend.file_head",
		Text:    e.T("attend.file_head", text.Args{"judul": b.Name, "n": s.N, "kapan": e.desk().span(s.Starts, s.Ends)}),
		Picture: &dialog.Picture{Kind: SignsFile, Data: data, File: true}, Shareable: true})
	return nil
}

// emptyRows are for people who come without a seat.
const emptyRows = 10

// drawSigns makes the list to sign. Whoever does not run the batch any more gets nothing.
func (p *desk) drawSigns(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of signsOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var b training.Batch
	var roll []training.Attendee
	err := p.inTx(ctx, func(tx Tx) error {
		batch, err := tx.BatchOfSession(ctx, of.Session)
		if err != nil {
			return err
		}
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err != nil {
			return err
		}
		who := personnel.Employee{ID: of.By, Rights: personnel.Rights{HR: of.Office && office}}
		if b, err = tx.BatchRun(ctx, batch, who, of.At); err != nil {
			return err
		}
		roll, err = tx.Roll(ctx, of.Session)
		return err
	})
	if err != nil {
		return nil, err
	}
	t := report.Table{}
	for _, s := range b.Sessions {
		if s.ID == of.Session {
			t = p.signsTable(b, s, roll)
		}
	}
	var out bytes.Buffer
	err = report.WriteTable(&out, t)
	return out.Bytes(), err
}

// signsTable is the list to sign of a session.
func (p *desk) signsTable(b training.Batch, s training.Session, roll []training.Attendee) report.Table {
	t := p.table("sheet.signs", b, p.headings("sheet.sign"), []float64{12, 62, 44, 30, 45, 45, 35})
	t.Head[2] = p.Cfg.Text.Plain("sheet.of_session", text.Args{"n": s.N, "kapan": p.span(s.Starts, s.Ends)})
	if s.Place != "" {
		t.Head = append(t.Head, p.Cfg.Text.Plain("sheet.at_place", text.Args{"tempat": s.Place}))
	}
	for i, a := range roll {
		t.Rows = append(t.Rows, []string{strconv.Itoa(i + 1), a.Person.Name, a.Person.NIP.Reveal(), a.Grade, a.Person.PositionTitle, a.Person.UnitName, ""})
	}
	t.Empty, t.Foot = emptyRows, p.signer("sheet.signed_by")
	return t
}

// codeCard sends the code of attendance of a session, or the present one in its place.
func (e *env) codeCard(ctx context.Context, a dialog.Action, message int) error {
	b, s, err := e.session(ctx, a.Ref)
	if err != nil {
		return err
	}
	opens := s.Starts.Add(-training.CodeOpens)
	if e.Now.Before(opens) || !e.Now.Before(s.Ends) {
		r := dialog.Reply{Template: "attend.code_closed", Text: e.T("attend.code_closed", text.Args{"mulai": e.When(opens), "selesai": e.When(s.Ends)})}
		if a.Value != "" {
			r.Edit, r.OverPicture = message, true
		}
		e.Out.Replies = append(e.Out.Replies, r)
		return nil
	}
	code, until := e.desk().codes().Show(s.ID, e.Now)
	shown, clock := training.GroupedCode(code), e.Cfg.Text.Clock(until.In(e.Cfg.Location))
	data, err := json.Marshal(report.CodeCard{Title: b.Name, Code: shown,
		Subtitle: e.Cfg.Text.Plain("attend.code_session", text.Args{"n": s.N, "kapan": e.desk().span(s.Starts, s.Ends)}),
		Until:    e.Cfg.Text.Plain("attend.code_until", text.Args{"batas": clock}),
		QR:       fmt.Sprintf("https://t.me/%s?start=%s%s-%s", e.Cfg.BotUsername(), scanned, strconv.FormatInt(s.ID, 36), code)})
	if err != nil {
		return fmt.Errorf("encode code: %w", err)
	}
	r := dialog.Reply{Template: "attend.code", Picture: &dialog.Picture{Kind: CodePicture, Data: data},
		Text: e.T("attend.code", text.Args{"judul": title(b), "n": s.N, "kode": shown, "batas": clock}),
		Rows: [][]dialog.Button{{e.button("attend_renew", codeStep, s.ID, again)}}}
	if a.Value == again {
		r.Edit, r.OverPicture = message, true
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// again is the value of the button that shows the present code in the place of an older.
const again = "r"

// signed is the state of the form that attaches the signed list of a session.
type signed struct {
	Media, FileID string
	Left          bool
	batch         training.Batch
	at            training.Session
}

// sheetForm takes a photograph or a file of the signed list. Its ref is the session.
func (p *desk) sheetForm() dialog.Form[signed, *env] {
	q := feature.Short[signed]{Desk: p.Desk, Cancelled: func(s *signed) *bool { return &s.Left }, Args: func(s signed) text.Args { return text.Args{"n": s.at.N} }}
	return dialog.Form[signed, *env]{
		FormName: sheetFlow, Say: p.Wording("attend.sheet_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s signed, err error) {
			s.batch, s.at, err = e.session(ctx, r.Ref)
			return s, err
		},
		Steps: func(s signed) []dialog.Step[signed] {
			return q.Steps(s, q.Message("foto", "attend.sheet_ask", func(s *signed, c dialog.Content) error {
				if c.File.FileID == "" {
					return dialog.Invalid(p.Cfg.Text.T("attend.sheet_hint", nil))
				}
				s.Media, s.FileID = c.File.Media, c.File.FileID
				return nil
			}))
		},
		Finish: func(ctx context.Context, e *env, s signed) (dialog.Ending, error) {
			note := ""
			if !s.Left {
				s.at.Sheet, note = s.Media+" "+s.FileID, e.T("attend.sheet_saved", text.Args{"n": s.at.N})
				if err := e.tx.SetSheet(ctx, s.at.ID, s.at.Sheet, e.Employee.ID, e.Now); err != nil {
					return dialog.Ending{}, err
				}
			}
			err := e.showSession(ctx, s.batch, s.at, 0, note)
			return e.Taken(), err
		},
	}
}

// seeSheet shows the signed list of a session.
func (e *env) seeSheet(ctx context.Context, a dialog.Action, _ int) error {
	b, s, err := e.session(ctx, a.Ref)
	if err != nil {
		return err
	}
	media, id, ok := strings.Cut(s.Sheet, " ")
	if !ok {
		return dialog.ErrNotFound
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attend.sheet_head", Media: media, FileID: id,
		Text: e.T("attend.sheet_head", text.Args{"judul": b.Name, "n": s.N})})
	return nil
}

// calendarOf are the sessions of a batch as a calendar file holds them.
type calendarOf struct {
	Events []report.Event `json:"events"`
	At     time.Time      `json:"at"`
}

// calendar sends the sessions of a batch for the calendar of the person's phone.
func (e *env) calendar(ctx context.Context, a dialog.Action, _ int) error {
	b, _, err := e.batchOf(ctx, a.Ref)
	if err != nil {
		return err
	}
	of := calendarOf{At: e.Now}
	for _, s := range b.Sessions {
		of.Events = append(of.Events, report.Event{ID: "sesi-" + strconv.FormatInt(s.ID, 10), Title: b.Name, Place: s.Place, Note: s.Link, Starts: s.Starts, Ends: s.Ends})
	}
	data, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode calendar: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "join.calendar", Shareable: true,
		Text:    e.T("join.calendar", text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b)}),
		Picture: &dialog.Picture{Kind: CalendarFile, Data: data, File: true}})
	return nil
}

// drawCalendar writes the file of a calendar.
func drawCalendar(data json.RawMessage) ([]byte, error) {
	var of calendarOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := report.WriteCalendar(&out, of.Events, of.At)
	return out.Bytes(), err
}
