package demand

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// onPage is how many proposals, trainings or units stand on one card.
const onPage = 10

// part is one page of a list; a page behind its end is the first one.
func part[T any](all []T, n int) (list []T, at int) {
	if n*onPage >= len(all) {
		n = 0
	}
	return all[n*onPage : min(len(all), (n+1)*onPage)], n
}

// proposals lists what the officer's units propose.
func (e *env) proposals(ctx context.Context, a dialog.Action, message int) error {
	n, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	return e.showProposals(ctx, n, message, "")
}

// showProposals shows that list below a note.
func (e *env) showProposals(ctx context.Context, n, message int, note string) error {
	all, err := e.tx.OfficerProposals(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	list, n := part(all, n)
	key := "proposal.list"
	if len(all) == 0 {
		key = "proposal.none"
	}
	lines := []string{e.T(key, text.Args{"n": e.Cfg.Text.Number(len(all))})}
	var numbers []dialog.Button
	for i, p := range list {
		k := n*onPage + i + 1
		lines = append(lines, e.proposalLine(k, p))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(cardStep, p.ID)})
	}
	if note != "" {
		lines = append([]string{note, ""}, lines...)
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(listStep, 0, n, onPage, len(all))...)
	rows = append(rows, []dialog.Button{{Label: e.Label("proposal_new"), Action: dialog.Action{Flow: proposeFlow, Verb: dialog.Resume}}},
		[]dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Rows: rows, Edit: message})
	return nil
}

func (e *env) proposalLine(k int, p needs.Proposal) string {
	return e.T("proposal.line", e.proposalArgs(k, p))
}

func (e *env) proposalArgs(k int, p needs.Proposal) text.Args {
	return text.Args{"k": k, "judul": feature.Clip(p.Title, feature.LongName), "n": e.Cfg.Text.Number(p.People), "tahun": strconv.Itoa(p.Year),
		"alasan": e.desk().reason(p), "unit": feature.Clip(p.UnitName, feature.LongName)}
}

// reason says why something is proposed, and whether by a rule.
func (p *desk) reason(of needs.Proposal) string {
	if of.Ruled {
		return p.Cfg.Text.Plain("proposal.ruled", text.Args{"alasan": of.Reason})
	}
	return of.Reason
}

// proposal shows one proposal.
func (e *env) proposal(ctx context.Context, a dialog.Action, message int) error {
	return e.showProposal(ctx, a.Ref, message, "")
}

func (e *env) showProposal(ctx context.Context, id int64, message int, note string) error {
	p, err := e.tx.Proposal(ctx, e.Employee.ID, id)
	if err != nil {
		return err
	}
	args := e.proposalArgs(0, p)
	args["judul"], args["tanggal"], args["katalog"] = p.Title, e.Cfg.Text.ShortDate(p.At.In(e.Cfg.Location)), ""
	if p.Programme != 0 {
		args["katalog"] = e.Cfg.Text.Plain("proposal.in_catalogue", nil)
	}
	body := e.T("proposal.card", args)
	if note != "" {
		body = note + "\n\n" + body
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "proposal.card", Text: body, Edit: message, Rows: [][]dialog.Button{
		{{Label: e.Label("proposal_change"), Action: dialog.Action{Flow: changeFlow, Ref: p.ID, Verb: dialog.Resume}}},
		{{Label: e.Label("proposal_withdraw"), Action: e.ofRevision(dropStep, p)}},
		{{Label: e.Label("proposal_all"), Action: e.MenuAction(listStep, 0)}}}})
	return nil
}

// ofRevision is a button about a proposal as it is on show.
func (e *env) ofRevision(step string, p needs.Proposal) dialog.Action {
	a := e.MenuAction(step, p.ID)
	a.Value = strconv.Itoa(p.Revision)
	return a
}

// withdraw asks whether a proposal shall be taken back, or takes it. What was changed since
// the button was shown stays, and is shown as it is now.
func (e *env) withdraw(ctx context.Context, a dialog.Action, message int) error {
	revision, err := strconv.Atoi(a.Value)
	if err != nil {
		return dialog.ErrNotFound
	}
	p, err := e.tx.Proposal(ctx, e.Employee.ID, a.Ref)
	if err != nil {
		return err
	}
	if p.Revision != revision {
		return e.showProposal(ctx, p.ID, message, e.T("proposal.outdated", nil))
	}
	if a.Step != sureStep {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "proposal.withdraw_ask", Text: e.T("proposal.withdraw_ask", e.proposalArgs(0, p)), Edit: message,
			Rows: [][]dialog.Button{{{Label: e.Label("proposal_sure"), Action: e.ofRevision(sureStep, p)}}, {{Label: e.Label("back"), Action: e.MenuAction(cardStep, p.ID)}}}})
		return nil
	}
	out, err := e.tx.WithdrawProposal(ctx, p.ID, revision, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if out == needs.Outdated {
		return e.showProposal(ctx, p.ID, message, e.T("proposal.outdated", nil))
	}
	return e.showProposals(ctx, 0, message, e.T("proposal.withdrawn", text.Args{"judul": p.Title}))
}

// The plan years of which the database takes proposals.
const (
	FirstPlanYear = 2020
	LastPlanYear  = 2200
)

// planYear refuses the year of a forged button.
func planYear(year int64) (int, error) {
	if year < FirstPlanYear || year > LastPlanYear {
		return 0, dialog.ErrNotFound
	}
	return int(year), nil
}

// year is the year of a button, or the newest for which anything is proposed; where
// nothing is, the present one.
func (e *env) year(ctx context.Context, ref int64) (year int, years []int, err error) {
	if years, err = e.tx.ProposalYears(ctx); err != nil {
		return 0, nil, err
	}
	switch {
	case ref != 0:
		year, err = planYear(ref)
		return year, years, err
	case len(years) > 0:
		return years[0], years, nil
	}
	return e.desk().Today().Year(), years, nil
}

// wanted lists what is proposed for a year, by training or by unit.
func (e *env) wanted(ctx context.Context, a dialog.Action, message int, head, line string, of func([]needs.Proposal) []needs.Wanted, opens func(needs.Wanted, int) (dialog.Action, bool)) error {
	n, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	year, _, err := e.year(ctx, a.Ref)
	if err != nil {
		return err
	}
	proposals, err := e.tx.Proposals(ctx, year)
	if err != nil {
		return err
	}
	all := of(proposals)
	list, n := part(all, n)
	lines := []string{e.T(head, text.Args{"tahun": strconv.Itoa(year), "n": e.Cfg.Text.Number(len(all))})}
	if len(all) == 0 {
		lines = append(lines, e.T("proposal.nothing", nil))
	}
	var numbers []dialog.Button
	for i, w := range list {
		k := n*onPage + i + 1
		ruled := ""
		if w.Ruled > 0 {
			ruled = e.Cfg.Text.Plain("proposal.ruled_people", text.Args{"n": e.Cfg.Text.Number(w.Ruled)})
		}
		lines = append(lines, e.T(line, text.Args{"k": k, "nama": feature.Clip(w.Name, feature.LongName), "orang": e.Cfg.Text.Number(w.People),
			"n": e.Cfg.Text.Number(w.Proposals), "wajib": ruled}))
		if to, ok := opens(w, year); ok {
			numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: to})
		}
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(a.Step, int64(year), n, onPage, len(all))...)
	rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(boardStep, int64(year))}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: head, Text: body, Rows: rows, Edit: message})
	return nil
}

// byTraining lists what is proposed by training; one of the catalogue can be opened.
func (e *env) byTraining(ctx context.Context, a dialog.Action, message int) error {
	return e.wanted(ctx, a, message, "proposal.by_training", "proposal.training_line", needs.ByTraining, func(w needs.Wanted, _ int) (dialog.Action, bool) {
		return e.Link(feature.ToProgramme, "back", w.Programme).Action, w.Programme != 0
	})
}

// byUnit lists what is proposed by unit.
func (e *env) byUnit(ctx context.Context, a dialog.Action, message int) error {
	return e.wanted(ctx, a, message, "proposal.by_unit", "proposal.unit_line", needs.ByUnit, func(w needs.Wanted, year int) (dialog.Action, bool) {
		to := e.MenuAction(ofUnitStep, w.Unit)
		to.Value = strconv.Itoa(year)
		return to, true
	})
}

// ofUnit shows what one unit proposes for a year.
func (e *env) ofUnit(ctx context.Context, a dialog.Action, message int) error {
	given, err := strconv.ParseInt(a.Value, 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	year, err := planYear(given)
	if err != nil {
		return err
	}
	all, err := e.tx.Proposals(ctx, year)
	if err != nil {
		return err
	}
	var lines []string
	for _, p := range all {
		if p.Unit != a.Ref {
			continue
		}
		if lines == nil {
			lines = []string{e.T("proposal.of_unit", e.proposalArgs(0, p))}
		}
		lines = append(lines, e.T("proposal.of_unit_line", e.proposalArgs(len(lines), p)))
	}
	if lines == nil {
		return dialog.ErrNotFound
	}
	body, n := feature.Joined(lines, feature.MessageBudget-200)
	if left := len(lines) - n; left > 0 {
		body = strings.Join([]string{body, e.T("proposal.more", text.Args{"n": left})}, "\n")
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "proposal.of_unit", Text: body, Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("back"), Action: e.MenuAction(unitsStep, int64(year))}}}})
	return nil
}
