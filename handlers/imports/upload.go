package imports

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/measure"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// TemplateFile is the kind of file that holds an empty spreadsheet; RefusedFile
// that of the rows of an upload that were refused.
const (
	TemplateFile = "template"
	RefusedFile  = "refused"
	// SuperiorsFile lists whose superior an upload changes.
	SuperiorsFile = "superiors"
	// LossesFile lists whom an upload takes out of service and who loses the superior.
	LossesFile = "losses"
)

// previewLife is how long a preview may be applied: the register goes on, and
// nobody remembers numbers for longer.
const previewLife = 24 * time.Hour

// inactiveShown is how many row numbers of people who have left are told.
const inactiveShown = 20

// importHelp answers /impor: what to send, with an empty spreadsheet.
func (e *env) importHelp(_ context.Context, _ string) error {
	e.KeepNote()
	data, err := json.Marshal("employees")
	if err != nil {
		return fmt.Errorf("encode template: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "import.help", Text: e.T("import.help", nil),
		Picture: &dialog.Picture{Kind: TemplateFile, Data: data, File: true}, Shareable: true})
	return nil
}

// media answers what is neither text nor a button. A file of somebody of the
// personnel office is an import; nobody else's files are read.
func (e *env) media(ctx context.Context, u dialog.Update) error {
	if u.Document.FileID == "" || !e.Employee.Rights.HR {
		e.Say("odd.media", nil)
		return nil
	}
	e.Session.Reachable = true
	if u.Document.Size > intake.MaxBytes {
		e.Say("import.too_large", nil)
		return nil
	}
	_, err := e.tx.AddUpload(ctx, intake.Upload{ChatID: e.Session.ChatID, EmployeeID: e.Employee.ID, Kind: intake.AnyKind,
		FileID: u.Document.FileID, Name: u.Document.Name, Size: u.Document.Size}, e.Now)
	if err != nil {
		return err
	}
	e.Out.Work = true
	e.Say("import.reading", nil)
	return nil
}

// applyUpload hands a previewed upload to the worker.
func (e *env) applyUpload(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	if !e.Now.Before(u.Changed.Add(previewLife)) {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "import.expired", Text: e.T("import.expired", nil), Edit: message})
		return e.tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, e.Now)
	}
	e.Out.Work = true
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "import.applying", Text: e.T("import.applying", nil), Edit: message})
	return e.tx.SetUpload(ctx, u.ID, intake.Applying, nil, e.Now)
}

func (e *env) cancelUpload(ctx context.Context, a dialog.Action, message int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "import.cancelled", Text: e.T("import.cancelled", nil), Edit: message})
	return e.tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, e.Now)
}

// The buttons that send the refused rows of an upload: of a kind with a column of NIPs, and of
// the others. What kind a file is of is known while it is read and not stored.
const (
	refusedNIPs = "lihatditolak"
	refusedRows = "lihatbaris"
)

func refusedStep(kind string) string {
	if intake.HasNIP(kind) {
		return refusedNIPs
	}
	return refusedRows
}

// sendRefused sends the refused rows of a previewed upload.
func (e *env) sendRefused(ctx context.Context, a dialog.Action, _ int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	r, err := e.desk.refusedReply(u.ID, a.Step)
	e.Out.Replies = append(e.Out.Replies, r)
	return err
}

// sendSuperiors sends the list of those whose superior a previewed upload changes.
func (e *env) sendSuperiors(ctx context.Context, a dialog.Action, _ int) error {
	u, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	if len(u.Superiors) == 0 {
		return dialog.ErrNotFound
	}
	data, err := json.Marshal(uploadOf{Upload: u.ID})
	if err != nil {
		return fmt.Errorf("encode list of superiors: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "import.superiors_file",
		Text:    e.T("import.superiors_file", text.Args{"n": e.Cfg.Text.Number(len(u.Superiors))}),
		Picture: &dialog.Picture{Kind: SuperiorsFile, Data: data, File: true}})
	return nil
}

// ownUpload is an upload of the presser that waits for a decision.
func (e *env) ownUpload(ctx context.Context, id int64) (intake.Upload, error) {
	u, err := e.tx.LockUpload(ctx, id)
	if err == nil && (u.EmployeeID != e.Employee.ID || u.ChatID != e.Session.ChatID || u.State != intake.Previewed || !u.Allowed) {
		err = dialog.ErrNotFound
	}
	return u, err
}

// previewReply says what an import would do.
func (p *desk) previewReply(u intake.Upload, kind string, r intake.Report) dialog.Reply {
	act := func(step string) dialog.Action {
		return dialog.Action{Flow: feature.MenuFlow, Ref: u.ID, Step: step, Verb: dialog.Resume}
	}
	label := func(key string) string { return p.Cfg.Text.Plain("label."+key, nil) }
	var rows [][]dialog.Button
	if r.Accepted+r.Inactive > 0 && (r.Version == nil || r.Version.New != r.Version.Former) {
		if r.Version != nil {
			rows = append(rows, []dialog.Button{p.Link(feature.ToTry, "try_questionnaire", u.ID)})
		}
		rows = append(rows, []dialog.Button{{Label: label("apply"), Action: act("terapkan")}})
	}
	if n := len(r.Superiors); n > 0 {
		see := p.Cfg.Text.Plain("label.see_superiors", text.Args{"n": p.Cfg.Text.Number(n)})
		rows = append(rows, []dialog.Button{{Label: see, Action: act("lihatatasan")}})
	}
	faults, allNamed := "", false
	if kind == intake.Questionnaires {
		faults, allNamed = p.faultLines(r)
	}
	if n := len(r.Refused); n > 0 && !allNamed {
		see := p.Cfg.Text.Plain("label.see_refused", text.Args{"n": p.Cfg.Text.Number(n)})
		rows = append(rows, []dialog.Button{{Label: see, Action: act(refusedStep(kind))}})
	}
	key := p.Reg.Imports[kind].Preview
	body := p.Cfg.Text.T(key, p.reportArgs(kind, r))
	body += p.importWarnings(r) + p.superiorLines(r) + p.levelLines(r) + p.versionLines(r) + faults
	if kind != intake.Questionnaires && r.Accepted+r.Inactive == 0 {
		body += "\n" + p.Cfg.Text.T("import.nothing", nil)
	}
	named, whole := p.lossLines(r.Losses, "import.left_soon", "import.bereft_soon", feature.MessageBudget-measure.Units(body))
	if !whole {
		see := p.Cfg.Text.Plain("label.see_losses", text.Args{"n": p.Cfg.Text.Number(len(r.Losses.Left) + len(r.Losses.Bereft))})
		rows = append(rows, []dialog.Button{{Label: see, Action: act("lihatterdampak")}})
	}
	rows = append(rows, []dialog.Button{{Label: label("cancel"), Action: act("batalimpor")}})
	return dialog.Reply{Template: key, Text: body + named, Rows: rows}
}

// superiorLines say how many superiors an import changes, and for whom somebody
// else decides as well; "" = none.
func (p *desk) superiorLines(r intake.Report) string {
	if len(r.Superiors) == 0 {
		return ""
	}
	waits := 0
	for _, s := range r.Superiors {
		if s.Waits {
			waits++
		}
	}
	body := "\n" + p.Cfg.Text.T("import.superiors_change", text.Args{"n": p.Cfg.Text.Number(len(r.Superiors))})
	if waits > 0 {
		body += "\n" + p.Cfg.Text.T("import.superiors_wait", text.Args{"n": p.Cfg.Text.Number(waits), "hari": personnel.ChangeDays})
	}
	return body
}

func (p *desk) reportArgs(kind string, r intake.Report) text.Args {
	n := p.Cfg.Text.Number
	return text.Args{"jenis": p.Cfg.Text.Plain(p.Reg.Imports[kind].Word, nil), "baris": n(r.Accepted + len(r.Refused) + r.Inactive + r.Repeated), "diterima": n(r.Accepted), "baru": n(r.New),
		"berubah": n(r.Changed), "tetap": n(r.Unchanged), "ditolak": n(len(r.Refused)), "nonaktif": n(r.Inactive),
		"ganda": n(r.Repeated), "tanpa_atasan": n(r.NoSupervisor), "tanpa_kelas": n(r.UnknownClass), "tanpa_hp": n(r.NoPhone),
		"dinonaktifkan": n(len(r.Losses.Left)), "hp_ganda": n(r.SharedPhone), "baris_nonaktif": p.inactiveRows(r.InactiveRows),
		"jam": p.Cfg.Text.Clock(p.Cfg.Now().In(p.Cfg.Location))}
}

// inactiveRows names the rows of people who have left: " (baris 4, 9)".
func (p *desk) inactiveRows(rows []int) string {
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
	return p.Cfg.Text.Plain(key, text.Args{"daftar": strings.Join(shown, ", "), "n": p.Cfg.Text.Number(len(rows) - len(shown))})
}
