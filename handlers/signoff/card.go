package signoff

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// proposalsShown is how many proposals stand on the card; the PDF has all.
const proposalsShown = 10

// screen is a sign-off with what is signed, as its reader may see it.
type screen struct {
	needs.Signoff
	round   needs.Round
	content needs.Content
	small   []string // units that are too small to sign, and are part of this one
}

// read gathers it. What is not prepared yet is shown as it would be frozen now.
func (p *desk) read(ctx context.Context, tx Tx, s needs.Signoff, today time.Time) (v screen, err error) {
	v.Signoff = s
	rounds, err := tx.SignoffRounds(ctx)
	if err != nil {
		return v, err
	}
	at := slices.IndexFunc(rounds, func(r needs.Round) bool { return r.Year == s.Year })
	if at < 0 {
		return v, dialog.ErrNotFound
	}
	v.round = rounds[at]
	f, err := tx.Needs(ctx, v.round.Period.ID, s.Person)
	if err != nil {
		return v, err
	}
	with := needs.SigningUnits(f.Units)
	for _, one := range f.Units {
		if with[one.ID] == s.Unit && one.ID != s.Unit {
			v.small = append(v.small, one.Name)
		}
	}
	if v.content, err = tx.SignedContent(ctx, s); err != nil {
		return v, err
	}
	if s.Stage == needs.Unprepared {
		if v.content, err = p.prepared(ctx, tx, v, f, today); err != nil {
			return v, err
		}
	}
	a := needs.Analyse(f)
	node, ok := a.At(s.Unit)
	if !ok {
		return v, dialog.ErrNotFound
	}
	v.content.Needs = needs.Before(v.content.Needs, func(code string) bool {
		c, ok := a.Competency(code)
		return ok && a.Nodes[node].Values[c].Shown()
	})
	return v, nil
}

// prepared makes what is frozen when a unit is prepared now.
func (p *desk) prepared(ctx context.Context, tx Tx, v screen, f needs.Frozen, today time.Time) (c needs.Content, err error) {
	knows, err := tx.SignoffKnown(ctx, v.ID, v.round.Period.ID, v.Person, today)
	if err != nil {
		return c, err
	}
	proposals, err := tx.Proposals(ctx, v.Year)
	if err != nil {
		return c, err
	}
	c, ok := needs.ContentOf(f, v.Unit, knows, proposals)
	if !ok {
		return c, dialog.ErrNotFound
	}
	c.Needs = needs.Anew(c.Needs, v.content.Needs)
	return c, nil
}

// signoff finds a sign-off that whoever asks may read.
func (e *env) signoff(ctx context.Context, id int64) (needs.Signoff, error) {
	return e.tx.Signoff(ctx, id, e.office(), e.Employee.ID, e.desk().Today())
}

// card shows one unit.
func (e *env) card(ctx context.Context, a dialog.Action, message int) error {
	if a.Value == fresh {
		message = 0
	}
	return e.showCard(ctx, a.Ref, message, "")
}

func (e *env) showCard(ctx context.Context, id int64, message int, note string) error {
	s, err := e.signoff(ctx, id)
	if err != nil {
		return err
	}
	v, err := e.desk().read(ctx, e.tx, s, e.desk().Today())
	if err != nil {
		return err
	}
	var lines []string
	if note != "" {
		lines = append(lines, note, "")
	}
	lines = append(append(append(lines, e.headLines(v)...), ""), e.needLines(v)...)
	lines = append(append(lines, ""), e.proposalLines(v)...)
	if v.empty() && s.Head && s.Stage == needs.Prepared {
		lines = append(lines, "", e.T("signoff.empty", nil))
	}
	if s.Stage != needs.Unprepared && s.Scan == "" {
		lines = append(lines, "", e.T("signoff.no_signature", nil))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "signoff.card", Text: body, Edit: message, Rows: e.cardRows(v)})
	return nil
}

// headLines say which unit it is, how far it is, and of how many people the figures are.
func (e *env) headLines(v screen) []string {
	num := e.Cfg.Text.Number
	lines := []string{e.T("signoff.card", text.Args{"unit": v.UnitName, "tahun": strconv.Itoa(v.Year)}), e.stageLine(v)}
	if v.Note != "" {
		lines = append(lines, e.T("signoff.note", text.Args{"alasan": v.Note}))
	}
	if v.Scan != "" {
		lines = append(lines, e.T("signoff.has_scan", nil))
	}
	c := v.content
	lines = append(lines, e.T("signoff.coverage", text.Args{"periode": v.round.Period.Name, "pegawai": num(c.People), "mengisi": num(c.Filled), "dinilai": num(c.Rated)}))
	if 2*min(c.Filled, c.Rated) < c.People {
		lines = append(lines, e.T("signoff.few_filled", nil))
	}
	if len(v.small) > 0 {
		lines = append(lines, e.T("signoff.small", text.Args{"n": len(v.small), "unit": feature.Clip(strings.Join(v.small, ", "), 3*feature.LongName)}))
	}
	return lines
}

// stageLine says how far it is, by whom, and what comes next.
func (e *env) stageLine(v screen) string {
	args := text.Args{"tenggat": e.Cfg.Text.Date(v.round.Due), "kepala": v.HeadName}
	by := func(s needs.Signed) text.Args {
		args["nama"], args["tanggal"] = s.Name, e.Cfg.Text.ShortDate(s.At.In(e.Cfg.Location))
		return args
	}
	line := ""
	switch {
	case v.Heads == 0 && (v.Stage == needs.Unprepared || v.Stage == needs.Prepared):
		line = e.T("signoff.at_headless", args)
	case v.Stage == needs.Unprepared:
		line = e.T("signoff.at_open", args)
	case v.Stage == needs.Prepared:
		line = e.T("signoff.at_prepared", by(v.Prepared))
	case v.Stage == needs.Approved && v.For != 0:
		by(v.Approved)["diwakili"] = v.ForName
		line = e.T("signoff.at_approved_for", args)
	case v.Stage == needs.Approved:
		line = e.T("signoff.at_approved", by(v.Approved))
	default:
		by(v.Validated)["setuju"] = v.Approved.Name
		line = e.T("signoff.at_validated", args)
	}
	if v.round.Overdue(v.Stage, e.desk().Today()) {
		line += " " + e.T("signoff.overdue", nil)
	}
	return line
}

// needLines are the competencies in the order of the unit.
func (e *env) needLines(v screen) []string {
	lines := []string{e.T("signoff.needs", nil)}
	hidden := 0
	for i, n := range v.content.Needs {
		args := text.Args{"k": i + 1, "nama": n.Name, "n": e.Cfg.Text.Number(n.N)}
		switch {
		case !n.Shown():
			hidden++
			lines = append(lines, e.T("signoff.need_hidden", args))
		case n.Lack == 0:
			args["bagian"] = e.ShareWord(n.Share)
			lines = append(lines, e.T("signoff.need_none", args))
		default:
			args["kurang"], args["bagian"] = e.LackWord(n.Value), e.ShareWord(n.Share)
			lines = append(lines, e.T("signoff.need", args))
		}
		if n.Moved.ID != 0 {
			lines = append(lines, e.T("signoff.moved", text.Args{"alasan": n.Reason}))
		}
	}
	switch {
	case hidden == 0:
	case hidden == len(v.content.Needs) && v.Head:
		lines = append(lines, e.T("signoff.hidden_head", nil))
	default:
		lines = append(lines, e.T("signoff.hidden", text.Args{"n": hidden, "jumlah": len(v.content.Needs)}))
	}
	return lines
}

// proposalLines are what the unit proposes.
func (e *env) proposalLines(v screen) []string {
	list := v.content.Proposals
	if len(list) == 0 {
		return []string{e.T("signoff.no_proposals", nil)}
	}
	lines := []string{e.T("signoff.proposals", nil)}
	for i, p := range list[:min(len(list), proposalsShown)] {
		lines = append(lines, e.T("signoff.proposal", text.Args{"k": i + 1, "judul": p.Title, "n": e.Cfg.Text.Number(p.People), "alasan": e.desk().reason(p)}))
	}
	if more := len(list) - proposalsShown; more > 0 {
		lines = append(lines, e.T("signoff.more_proposals", text.Args{"n": more}))
	}
	return lines
}

// reason says why something is proposed, and whether by a rule.
func (p *desk) reason(of needs.SignedProposal) string {
	if of.Ruled {
		return p.Cfg.Text.Plain("proposal.ruled", text.Args{"alasan": of.Reason})
	}
	return of.Reason
}

// cardRows are the deeds that are possible to whoever reads, and what can be read.
func (e *env) cardRows(v screen) (rows [][]dialog.Button) {
	add := func(label string, a dialog.Action) {
		rows = append(rows, []dialog.Button{{Label: e.Label(label), Action: a}})
	}
	press := func(label, step string) {
		a := e.MenuAction(step, v.ID)
		a.Value = strconv.Itoa(v.Revision)
		add(label, a)
	}
	begin := func(flow string) dialog.Action { return dialog.Action{Flow: flow, Ref: v.ID, Verb: dialog.Resume} }
	for _, d := range []struct {
		deed        needs.Deed
		label, step string
		flow        string
	}{{needs.Approve, "signoff_approve", approveStep, ""}, {needs.Validate, "signoff_validate", validateStep, ""}, {needs.Prepare, "signoff_prepare", prepareStep, ""},
		{needs.Lift, "signoff_lift", liftStep, ""}, {needs.Correct, "signoff_correct", "", correctFlow}, {needs.GiveBack, "signoff_return", "", returnFlow},
		{needs.Return, "signoff_return", "", returnFlow}, {needs.Attach, "signoff_attach", "", scanFlow}} {
		switch {
		case v.May(d.deed) != "":
		case d.flow != "":
			add(d.label, begin(d.flow))
		default:
			press(d.label, d.step)
		}
	}
	if v.Scan != "" {
		press("signoff_scan", scanStep)
	}
	if v.Stage != needs.Unprepared {
		press("signoff_pdf", pdfStep)
	}
	add("signoff_all", e.MenuAction(listStep, int64(v.Year)))
	return rows
}
