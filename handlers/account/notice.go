package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// NoticeVersion is the version of the privacy notice that a consent names.
// It rises with every change of its text. Who has accepted an earlier one is not
// asked again: a superior sees less than that one said, and no version since promises
// a new use.
const NoticeVersion = "2026-12.4"

// takeoverLife is how long the former account may decide about a takeover.
const takeoverLife = 24 * time.Hour

// notice is the state of the privacy notice of one code or phone number.
type notice struct {
	Phone    *phoneProof        `json:"phone,omitempty"`
	choice   string             // what was chosen
	claim    personnel.Claim    // looked up again at each input
	usable   bool               // the claim still holds
	employee personnel.Employee // whom the claim is for
}

// linkForm shows the privacy notice of a code and links the account after Setuju.
func (p *desk) linkForm() dialog.Form[notice, *env] {
	return p.noticeForm(linkFlow, loadCodeNotice)
}

// phoneForm is the same for NIP and own phone number.
func (p *desk) phoneForm() dialog.Form[notice, *env] {
	return p.noticeForm(phoneFlow, loadPhoneNotice)
}

func (p *desk) noticeForm(name string, load func(context.Context, *env, *dialog.Record) (notice, error)) dialog.Form[notice, *env] {
	return dialog.Form[notice, *env]{
		FormName: name, Say: p.Wording("notice.hint"), Load: load,
		Steps: func(notice) []dialog.Step[notice] {
			return []dialog.Step[notice]{{Key: "setuju", Ask: p.askNotice, Accept: p.acceptNotice}}
		},
		Guard: func(_ *env, n notice) (dialog.Prompt, bool) {
			return dialog.Prompt{Template: "start.wrong_code",
				Text: p.Cfg.Text.T("start.wrong_code", text.Args{"bantuan": p.Cfg.Agency.Helpdesk})}, !n.usable
		},
		Finish: finishNotice,
	}
}

func loadCodeNotice(ctx context.Context, e *env, r *dialog.Record) (notice, error) {
	code, err := e.tx.CodeByID(ctx, r.Ref, e.Now)
	if err != nil {
		return notice{}, err
	}
	if e.Linked() {
		return notice{}, dialog.ErrNotFound
	}
	emp, err := e.tx.Employee(ctx, code.EmployeeID)
	if err != nil {
		return notice{}, err
	}
	r.State = json.RawMessage("{}")
	return notice{claim: personnel.Claim{EmployeeID: code.EmployeeID, CodeID: code.ID, Notice: NoticeVersion},
		usable: code.Usable && emp.Status == personnel.Active, employee: emp}, nil
}

func loadPhoneNotice(ctx context.Context, e *env, r *dialog.Record) (n notice, err error) {
	if e.Linked() || len(r.State) == 0 {
		return notice{}, dialog.ErrNotFound
	}
	if err := json.Unmarshal(r.State, &n); err != nil {
		return notice{}, fmt.Errorf("decode proof: %w", err)
	}
	if n.Phone == nil || !n.Phone.Proved {
		return notice{}, dialog.ErrNotFound
	}
	if n.employee, err = e.tx.Employee(ctx, n.Phone.Employee); err != nil {
		return notice{}, err
	}
	n.claim = personnel.Claim{EmployeeID: n.employee.ID, Notice: NoticeVersion}
	n.usable = n.employee.Status == personnel.Active && e.Now.Before(n.Phone.Until)
	return n, nil
}

func (p *desk) askNotice(n notice, _ dialog.Place) dialog.Prompt {
	a := p.Cfg.Agency
	first, _, _ := strings.Cut(n.employee.DisplayName(), " ")
	whose := "notice.for_code"
	if n.Phone != nil {
		whose = "notice.for_phone"
	}
	label := func(key string) string { return p.Cfg.Text.Plain("label."+key, nil) }
	return dialog.Prompt{Template: "notice.body",
		Text: p.Cfg.Text.T("notice.body", text.Args{"badan": a.Name, "pengenal": a.Recognition,
			"untuk": text.HTML(p.Cfg.Text.T(whose, text.Args{"samar": personnel.MaskedName(first),
				"akhiran": n.employee.NIP.Last4(), "unit": n.employee.UnitName})), "isi": p.terms()}),
		Bare: true,
		Rows: [][]dialog.Choice{
			{{Label: label("agree"), Value: "ya"}},
			{{Label: label("not_me"), Value: "bukan"}, {Label: label("decline"), Value: "tidak"}},
		}}
}

// terms are what the notice says of data, uses and who sees what.
func (p *desk) terms() text.HTML {
	return text.HTML(p.Cfg.Text.T("notice.terms", text.Args{"janji": p.promise()}))
}

// promise is what the agency has signed, with a space before it; "" = nothing.
func (p *desk) promise() string {
	if p.Cfg.Agency.Promise == "" {
		return ""
	}
	return " " + p.Cfg.Agency.Promise
}

// noticeAgain shows the notice as it is now, and when it was accepted: Setuju is no
// use to who cannot look up what it was about.
func (e *env) noticeAgain(ctx context.Context, _ dialog.Action, _ int) error {
	version, when, err := e.tx.Consent(ctx, e.Employee.ID, e.Session.ChatID)
	if err != nil {
		return err
	}
	key := "notice.again"
	if version != NoticeVersion {
		key = "notice.again_newer"
	}
	e.Say(key, text.Args{"tanggal": e.Cfg.Text.Date(when.In(e.Cfg.Location)), "isi": e.desk.terms()})
	return nil
}

func (p *desk) acceptNotice(n *notice, value string, typed bool) error {
	if typed {
		words := map[string]string{"setuju": "ya", "bukan saya": "bukan", "tidak bersedia": "tidak"}
		value = words[strings.ToLower(strings.Trim(value, " .\n"))]
	}
	switch value {
	case "ya", "bukan", "tidak":
		n.choice = value
		return nil
	}
	return dialog.Invalid(p.Cfg.Text.T("notice.hint", nil))
}

func finishNotice(ctx context.Context, e *env, n notice) (dialog.Ending, error) {
	switch {
	case n.choice == "bukan" && n.claim.CodeID == 0:
		e.Out.Forget = true
		return e.Ending("notice.not_me_phone"), nil
	case n.choice == "bukan":
		e.Out.Forget = true
		return e.Ending("notice.not_me"), e.tx.CloseCode(ctx, n.claim.CodeID, e.Now)
	case n.choice == "tidak":
		e.Out.Forget = true
		return e.Ending("notice.declined"), nil
	}
	former, err := e.tx.ChatOf(ctx, n.employee.ID)
	if err != nil {
		return dialog.Ending{}, err
	}
	if former != 0 && former != e.Session.ChatID {
		return e.askTakeover(ctx, n, former)
	}
	emp, err := e.tx.Link(ctx, n.claim, e.Session.ChatID, e.Now)
	if err != nil {
		return dialog.Ending{}, fmt.Errorf("link: %w", err)
	}
	e.Employee, e.Session.EmployeeID = emp, emp.ID
	if n.claim.CodeID != 0 { // a code comes from an officer, so wrong tries before it are forgiven; whoever knows one phone number may go on guessing others
		e.Session.WrongTries = 0
	}
	reply, err := e.welcome(ctx)
	return dialog.Ending{Replies: []dialog.Reply{reply}, Keep: true}, err
}
