package signoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/outreach"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// does runs the button of a deed.
func does(d needs.Deed) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		revision, err := strconv.Atoi(a.Value)
		if err != nil {
			return dialog.ErrNotFound
		}
		s, err := e.signoff(ctx, a.Ref)
		if lapsed := errors.Is(err, dialog.ErrNotFound) || err == nil && s.May(d) == needs.NotYours; lapsed && d == needs.Approve {
			return e.standInEnded(ctx, a.Ref)
		}
		if err != nil {
			return err
		}
		note, err := e.do(ctx, s, d, revision, "")
		if err != nil {
			return err
		}
		return e.showCard(ctx, s.ID, message, note)
	}
}

// standInEnded says why [Setujui] is not theirs any more to whoever stood in for the head of
// the unit until then; for anybody else the button means nothing.
func (e *env) standInEnded(ctx context.Context, id int64) error {
	unit, err := e.tx.StoodIn(ctx, id, e.Employee.ID, e.desk().Today())
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "signoff.stand_in_ended",
		Text: e.T("signoff.stand_in_ended", text.Args{"unit": unit})})
	return nil
}

// approvesNothing tells whether what a head approves has neither a figure nor a proposal, as
// that head sees it.
func (e *env) approvesNothing(ctx context.Context, s needs.Signoff) (bool, error) {
	v, err := e.desk().read(ctx, e.tx, s, e.desk().Today())
	return v.empty(), err
}

// empty tells whether there is neither a figure that may be shown nor a proposal.
func (v screen) empty() bool {
	return len(v.content.Proposals) == 0 && !slices.ContainsFunc(v.content.Needs, func(n needs.SignedNeed) bool { return n.Shown() })
}

// do does a deed to a sign-off of the revision that was seen, and returns the sentence
// about what became of it. Nothing happens where it is not possible any more.
func (e *env) do(ctx context.Context, s needs.Signoff, d needs.Deed, revision int, more string) (note string, err error) {
	if r := s.May(d); r != "" {
		return e.refused(s, d, r)
	}
	if s.Revision != revision {
		return e.outdated(d), nil
	}
	out, nothing := needs.Kept, false
	if d == needs.Approve {
		if nothing, err = e.approvesNothing(ctx, s); err != nil {
			return "", err
		}
	}
	if d == needs.Prepare {
		out, err = e.prepare(ctx, s)
	} else {
		if d == needs.Lift {
			above, err := e.tx.UnitAbove(ctx, s.HeadUnit)
			if err != nil {
				return "", err
			}
			if above == 0 {
				return e.T("signoff.no_above", text.Args{"unit": s.HeadName}), nil
			}
		}
		out, err = e.tx.StepSignoff(ctx, s, d, more, e.Employee.ID, e.Now)
	}
	if err != nil {
		return "", err
	}
	if out == needs.Outdated {
		return e.outdated(d), nil
	}
	if err := e.tell(ctx, s, d, more); err != nil {
		return "", err
	}
	key := map[needs.Deed]string{needs.Prepare: "signoff.done_prepare", needs.Approve: "signoff.done_approve", needs.Validate: "signoff.done_validate",
		needs.GiveBack: "signoff.done_return", needs.Return: "signoff.done_return", needs.Lift: "signoff.done_lift", needs.Attach: "signoff.done_attach"}[d]
	if nothing {
		key = "signoff.done_approve_empty"
	}
	return e.T(key, nil), nil
}

// outdated says that what is signed has changed meanwhile, and to a head what comes next.
func (e *env) outdated(d needs.Deed) string {
	if d == needs.Approve {
		return e.T("signoff.outdated_approve", nil)
	}
	return e.T("signoff.outdated", nil)
}

// refused says why a deed is not possible. What is not theirs to do is not there for them.
func (e *env) refused(s needs.Signoff, d needs.Deed, r needs.Refusal) (string, error) {
	args := text.Args{"keadaan": e.desk().stageWord(s.Stage), "unit": s.HeadName}
	switch r {
	case needs.NotYours:
		return "", dialog.ErrNotFound
	case needs.SecondLook:
		return e.T("signoff.second_look", nil), nil
	case needs.NobodyLeads:
		return e.T("signoff.nobody_leads", args), nil
	case needs.HasHead:
		return e.T("signoff.has_head", args), nil
	case needs.TooEarly:
		key := map[needs.Deed]string{needs.Approve: "signoff.early_approve", needs.Correct: "signoff.early_approve", needs.GiveBack: "signoff.early_approve",
			needs.Validate: "signoff.early_validate", needs.Return: "signoff.early_validate", needs.Attach: "signoff.early_attach"}[d]
		return e.T(key, args), nil
	}
	if d == needs.Approve {
		return e.T("signoff.late_approve", args), nil
	}
	return e.T("signoff.too_late", args), nil
}

// prepare freezes what is signed.
func (e *env) prepare(ctx context.Context, s needs.Signoff) (needs.Stored, error) {
	v, err := e.desk().read(ctx, e.tx, s, e.desk().Today())
	if err != nil {
		return needs.Kept, err
	}
	return e.tx.PrepareSignoff(ctx, s, v.content, e.Employee.ID, e.Now)
}

// tell lets others know: the heads that something waits for them, also those of the unit
// above when it has come to them, who has prepared or
// approved that it was given back, who has prepared that it is done.
func (e *env) tell(ctx context.Context, s needs.Signoff, d needs.Deed, why string) error {
	button := dialog.Button{Label: e.Label("signoff_open_card"), Action: e.MenuAction(cardStep, s.ID)}
	button.Action.Value = fresh
	prepared := s.Prepared.At
	if d == needs.Prepare {
		prepared = e.Now
	}
	send := func(who int64, key string, c outreach.Class, args text.Args) {
		about := fmt.Sprintf("%s:%d:%d:%d", key, s.ID, s.Revision, who)
		if c == outreach.Prompt {
			about = outreach.WaitsKey(s.ID, prepared, who)
		}
		if who == 0 || who == e.Employee.ID {
			return
		}
		args["unit"], args["tahun"] = s.UnitName, strconv.Itoa(s.Year)
		e.Out.Started = append(e.Out.Started, courier.Message{Employee: who, Key: about,
			Candidate: outreach.Candidate{Class: c, Kind: outreach.Signoff},
			Reply:     dialog.Reply{Template: key, Text: e.T(key, args), Rows: [][]dialog.Button{{button}}}})
	}
	switch d {
	case needs.Prepare, needs.Lift:
		unit, err := e.approving(ctx, s, d)
		if err != nil || unit == 0 {
			return err
		}
		r, _, err := e.round(ctx, int64(s.Year))
		if err != nil {
			return err
		}
		heads, err := e.tx.SignoffHeads(ctx, unit, e.desk().Today())
		if err != nil {
			return err
		}
		for _, h := range heads {
			send(h, "signoff.told_head", outreach.Prompt, text.Args{"tenggat": e.Cfg.Text.Date(r.Due)})
		}
	case needs.GiveBack, needs.Return:
		send(s.Prepared.ID, "signoff.told_return", outreach.Service, text.Args{"alasan": why})
		if s.Approved.ID != s.Prepared.ID {
			send(s.Approved.ID, "signoff.told_return", outreach.Service, text.Args{"alasan": why})
		}
	case needs.Validate:
		send(s.Prepared.ID, "signoff.told_valid", outreach.Service, text.Args{})
	}
	return nil
}

// approving is the unit whose head has to approve after a deed; 0 when there is nothing to
// approve yet.
func (e *env) approving(ctx context.Context, s needs.Signoff, d needs.Deed) (int64, error) {
	switch {
	case d == needs.Prepare:
		return s.HeadUnit, nil
	case s.Stage == needs.Prepared:
		return e.tx.UnitAbove(ctx, s.HeadUnit)
	}
	return 0, nil
}

// fromSummary opens, from below a summary, what waits for the head.
func (e *env) fromSummary(ctx context.Context, a dialog.Action, message int) error {
	return e.OnSummary(ctx, a, message, func(summary.Stamp) (string, bool, error) {
		list, err := e.toApprove(ctx)
		switch {
		case err != nil:
			return "", false, err
		case len(list) == 0:
			return e.T("signoff.nothing_waits", nil), false, nil
		case len(list[0].units) == 1:
			return "", true, e.showCard(ctx, list[0].units[0].ID, 0, "")
		}
		return "", true, e.showList(ctx, int64(list[0].Year), 0, 0, "")
	})
}

// seeScan shows the signed paper.
func (e *env) seeScan(ctx context.Context, a dialog.Action, _ int) error {
	s, err := e.signoff(ctx, a.Ref)
	if err != nil {
		return err
	}
	media, id, ok := strings.Cut(s.Scan, " ")
	if !ok {
		return dialog.ErrNotFound
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "signoff.scan", Media: media, FileID: id,
		Text: e.T("signoff.scan", text.Args{"unit": s.UnitName, "tahun": strconv.Itoa(s.Year)})})
	return nil
}
