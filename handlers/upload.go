package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/text"
)

// TemplateFile is the kind of file that holds an empty spreadsheet; RefusedFile
// that of the rows of an upload that were refused.
const (
	TemplateFile = "template"
	RefusedFile  = "refused"
)

// previewLife is how long a preview may be applied: the register goes on, and
// nobody remembers numbers for longer.
const previewLife = 24 * time.Hour

// inactiveShown is how many row numbers of people who have left are told.
const inactiveShown = 20

// importHelp answers /impor: what to send, with an empty spreadsheet.
func (e *env) importHelp(_ context.Context, _ string) error {
	e.keepNote()
	data, err := json.Marshal("employees")
	if err != nil {
		return fmt.Errorf("encode template: %w", err)
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "import.help", Text: e.t("import.help", nil),
		Picture: &dialog.Picture{Kind: TemplateFile, Data: data, File: true}})
	return nil
}

// media answers what is neither text nor a button. A file of somebody of the
// personnel office is an import; nobody else's files are read.
func (e *env) media(ctx context.Context, u dialog.Update) error {
	if u.Document.FileID == "" || !e.employee.Rights.HR {
		e.say("odd.media", nil)
		return nil
	}
	e.session.Reachable = true
	if u.Document.Size > intake.MaxBytes {
		e.say("import.too_large", nil)
		return nil
	}
	_, err := e.tx.AddUpload(ctx, intake.Upload{ChatID: e.session.ChatID, EmployeeID: e.employee.ID, Kind: intake.AnyKind,
		FileID: u.Document.FileID, Size: u.Document.Size}, e.now)
	if err != nil {
		return err
	}
	e.out.upload = true
	e.say("import.reading", nil)
	return nil
}

// applyUpload hands a previewed upload to the worker.
func (e *env) applyUpload(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	if !e.now.Before(u.Changed.Add(previewLife)) {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "import.expired", Text: e.t("import.expired", nil), Edit: message})
		return e.tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, e.now)
	}
	e.out.upload = true
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "import.applying", Text: e.t("import.applying", nil), Edit: message})
	return e.tx.SetUpload(ctx, u.ID, intake.Applying, nil, e.now)
}

func (e *env) cancelUpload(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "import.cancelled", Text: e.t("import.cancelled", nil), Edit: message})
	return e.tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, e.now)
}

// sendRefused sends the refused rows of a previewed upload.
func (e *env) sendRefused(ctx context.Context, a dialog.Action, _ int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	r, err := e.refusedReply(u.ID)
	e.out.replies = append(e.out.replies, r)
	return err
}

// ownUpload is an upload of the presser that waits for a decision.
func (e *env) ownUpload(ctx context.Context, id int64) (intake.Upload, error) {
	u, err := e.tx.LockUpload(ctx, id)
	if err == nil && (u.EmployeeID != e.employee.ID || u.ChatID != e.session.ChatID || u.State != intake.Previewed || !u.Allowed) {
		err = dialog.ErrNotFound
	}
	return u, err
}

// previewReply says what an import would do.
func (p *Processor) previewReply(u intake.Upload, kind string, r intake.Report) dialog.Reply {
	act := func(step string) dialog.Action {
		return dialog.Action{Flow: menuFlow, Ref: u.ID, Step: step, Verb: dialog.Resume}
	}
	label := func(key string) string { return p.cfg.Text.Plain("label."+key, nil) }
	var rows [][]dialog.Button
	if r.Accepted+r.Inactive > 0 {
		rows = append(rows, []dialog.Button{{Label: label("apply"), Action: act("terapkan")}})
	}
	if n := len(r.Refused); n > 0 {
		see := p.cfg.Text.Plain("label.see_refused", text.Args{"n": p.cfg.Text.Number(n)})
		rows = append(rows, []dialog.Button{{Label: see, Action: act("lihatditolak")}})
	}
	rows = append(rows, []dialog.Button{{Label: label("cancel"), Action: act("batalimpor")}})
	key := "import.preview"
	if kind != "employees" {
		key = "import.preview_list"
	}
	body := p.cfg.Text.T(key, p.reportArgs(kind, r))
	if r.Accepted+r.Inactive == 0 {
		body += "\n" + p.cfg.Text.T("import.nothing", nil)
	}
	return dialog.Reply{Template: key, Text: body, Rows: rows}
}

// kindNames are the keys of what the kinds are called.
var kindNames = map[string]string{"employees": "import.employees", "positions": "import.positions", "superiors": "import.superiors",
	"delegations": "import.delegations", "leave": "import.leave", "holidays": "import.holidays", "weeks": "import.weeks", "competencies": "import.competencies"}

func (p *Processor) reportArgs(kind string, r intake.Report) text.Args {
	n := p.cfg.Text.Number
	return text.Args{"jenis": p.cfg.Text.Plain(kindNames[kind], nil), "baris": n(r.Accepted + len(r.Refused) + r.Inactive + r.Repeated), "diterima": n(r.Accepted), "baru": n(r.New),
		"berubah": n(r.Changed), "tetap": n(r.Unchanged), "ditolak": n(len(r.Refused)), "nonaktif": n(r.Inactive),
		"ganda": n(r.Repeated), "tanpa_atasan": n(r.NoSupervisor), "tanpa_kelas": n(r.UnknownClass), "tanpa_hp": n(r.NoPhone),
		"dinonaktifkan": n(r.Left), "hp_ganda": n(r.SharedPhone), "baris_nonaktif": p.inactiveRows(r.InactiveRows),
		"jam": p.cfg.Text.Clock(p.cfg.Now().In(p.cfg.Location))}
}

// inactiveRows names the rows of people who have left: " (baris 4, 9)".
func (p *Processor) inactiveRows(rows []int) string {
	if len(rows) == 0 {
		return ""
	}
	var shown []string
	for _, r := range rows[:min(len(rows), inactiveShown)] {
		shown = append(shown, strconv.Itoa(r))
	}
	key := "import.rows"
	if len(rows) > inactiveShown {
		key = "import.rows_more"
	}
	return p.cfg.Text.Plain(key, text.Args{"daftar": strings.Join(shown, ", "), "n": p.cfg.Text.Number(len(rows) - len(shown))})
}
