package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// delegationFlow asks who stands in (Plt. or Plh.), from when to when, by which letter.
const delegationFlow = "g"

// delegationDays is the longest time that one letter of order may name.
const delegationDays = 366

// mostDelegations is how many stand-ins stand on one card.
const mostDelegations = 8

type standIn struct {
	Name      string    `json:"name"` // as typed
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Letter    string    `json:"letter"`
	Rates     bool      `json:"rates"`
	Cancelled bool      `json:"cancelled,omitempty"`
}

// decodeState reads the state of a form that was begun before.
func decodeState(r *dialog.Record, into any) error {
	if len(r.State) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.State, into); err != nil {
		return fmt.Errorf("decode form %s: %w", r.Form, err)
	}
	return nil
}

// delegations answers /delegasi: who stands in for the superior, and a new one.
func (e *env) delegations(ctx context.Context, _ string) error {
	e.keepNote()
	list, err := e.tx.DelegationsOf(ctx, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	lines := []string{e.t("delegation.head", e.person(nil))}
	var rows [][]dialog.Button
	for i, d := range list {
		if i == mostDelegations {
			lines = append(lines, e.t("delegation.more", text.Args{"n": len(list) - i}))
			break
		}
		state := "delegation.waits"
		if d.Checked {
			state = "delegation.checked"
		}
		args := e.delegationArgs(d)
		args["k"], args["keadaan"] = i+1, text.HTML(e.t(state, nil))
		lines = append(lines, e.t("delegation.line", args))
		rows = append(rows, []dialog.Button{{Label: e.cfg.Text.Plain("label.delegation_end", text.Args{"n": i + 1}), Action: e.menuAction("akhiri", d.ID)}})
	}
	rows = append(rows, []dialog.Button{{Label: e.label("delegation_new"), Action: dialog.Action{Flow: delegationFlow, Verb: dialog.Resume}}})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "delegation.head", Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

func (e *env) delegationArgs(d personnel.Delegation) text.Args {
	rates := "delegation.no_rating"
	if d.Rates {
		rates = "delegation.rating"
	}
	return text.Args{"pejabat": cut(d.ForName, longName), "pelaksana": cut(d.ActingName, longName), "dari": e.cfg.Text.Date(d.From), "sampai": e.cfg.Text.Date(d.To),
		"surat": cut(d.Letter, longName), "penilaian": text.HTML(e.t(rates, nil))}
}

func (e *env) endDelegation(ctx context.Context, a dialog.Action, _ int) error {
	if err := e.tx.EndDelegation(ctx, a.Ref, e.employee.ID, e.now); err != nil {
		return err
	}
	return e.delegations(ctx, "")
}

// delegationForm takes a stand-in down. It works after the officer's check.
func (p *Processor) delegationForm() dialog.Form[standIn, *env] {
	ask := func(key string, rows ...[]dialog.Choice) func(standIn, dialog.Place) dialog.Prompt {
		return func(standIn, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: key, Text: p.cfg.Text.T(key, nil), Bare: true, Rows: append(rows[:len(rows):len(rows)], p.cancelRow()...)}
		}
	}
	label := func(key string) string { return p.cfg.Text.Plain("label."+key, nil) }
	date := func(set func(*standIn, time.Time) bool) func(*standIn, string, bool) error {
		return func(s *standIn, value string, _ bool) error {
			if s.Cancelled = cancels(value); s.Cancelled {
				return nil
			}
			if d, ok := p.typedDate(value); ok && set(s, d) {
				return nil
			}
			return dialog.Invalid(p.cfg.Text.T("delegation.date_hint", nil))
		}
	}
	words := func(set func(*standIn, string), shortest, longest int) func(*standIn, string, bool) error {
		return func(s *standIn, value string, _ bool) error {
			if s.Cancelled = cancels(value); s.Cancelled {
				return nil
			}
			value = strings.Join(strings.Fields(value), " ")
			if len(value) < shortest || len(value) > longest {
				return dialog.Invalid(p.cfg.Text.T("delegation.text_hint", nil))
			}
			set(s, value)
			return nil
		}
	}
	return dialog.Form[standIn, *env]{
		FormName: delegationFlow, Say: p.wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (s standIn, err error) {
			if !e.employee.Rights.Supervises {
				return s, dialog.ErrNotFound
			}
			return s, decodeState(r, &s)
		},
		Steps: func(s standIn) []dialog.Step[standIn] {
			return unless(s.Cancelled, []dialog.Step[standIn]{
				{Key: "siapa", Ask: ask("delegation.who"), Accept: words(func(s *standIn, v string) { s.Name = v }, shortestName, 100)},
				{Key: "dari", Ask: ask("delegation.from"), Accept: date(func(s *standIn, d time.Time) bool { s.From = d; return true })},
				{Key: "sampai", Ask: ask("delegation.to"), Accept: date(func(s *standIn, d time.Time) bool {
					s.To = d
					return !d.Before(s.From) && d.Before(s.From.AddDate(0, 0, delegationDays))
				})},
				{Key: "surat", Ask: ask("delegation.letter"), Accept: words(func(s *standIn, v string) { s.Letter = v }, 3, 100)},
				{Key: "nilai", Ask: ask("delegation.rates", []dialog.Choice{{Label: label("rates_no"), Value: "tidak"}},
					[]dialog.Choice{{Label: label("rates_yes"), Value: "ya"}}), Accept: func(s *standIn, value string, _ bool) error {
					s.Cancelled, s.Rates = cancels(value), strings.EqualFold(strings.TrimSpace(value), "ya")
					return nil
				}},
			})
		},
		Finish: finishDelegation,
	}
}

// finishDelegation finds the stand-in by NIP or name and stores the request.
func finishDelegation(ctx context.Context, e *env, s standIn) (dialog.Ending, error) {
	if s.Cancelled {
		return e.ending("form.cancelled"), nil
	}
	people, err := e.found(ctx, personnel.Area{All: true}, s.Name, 2)
	if err != nil {
		return dialog.Ending{}, err
	}
	if len(people) != 1 || people[0].ID == e.employee.ID {
		return e.ending("delegation.unclear"), nil
	}
	d := personnel.Delegation{ForID: e.employee.ID, ForName: e.employee.DisplayName(), ActingID: people[0].ID,
		ActingName: people[0].DisplayName(), From: s.From, To: s.To, Letter: s.Letter, Rates: s.Rates}
	if err := e.tx.AddDelegation(ctx, d, e.now); err != nil {
		return dialog.Ending{}, err
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: "delegation.asked", Text: e.t("delegation.asked", e.delegationArgs(d))}}}, nil
}

// waitingDelegations lists what the officer compares with the letters.
func (e *env) waitingDelegations(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.Delegations(ctx, e.area(), e.now)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d personnel.Delegation) bool { return d.ConcernsSelf(e.employee.ID) }) // somebody else checks it
	if len(list) == 0 {
		e.out.replies = append(e.out.replies, dialog.Reply{Template: "delegation.none", Text: e.t("delegation.none", nil), Edit: message})
		return nil
	}
	d := list[0]
	args := e.delegationArgs(d)
	args["jumlah"] = strconv.Itoa(len(list))
	seen := func(step string) dialog.Action { // a request that is made anew is another one
		act := e.menuAction(step, d.ID)
		act.Value = strconv.Itoa(d.Version)
		return act
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "delegation.check", Text: e.t("delegation.check", args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.label("letter_right"), Action: seen("pltya")}},
			{{Label: e.label("letter_wrong"), Action: seen("plttdk")}}}})
	return nil
}

// checkDelegation stores the officer's decision and tells both sides.
func (e *env) checkDelegation(ctx context.Context, a dialog.Action, message int) error {
	accept := a.Step == "pltya"
	version, err := strconv.Atoi(a.Value)
	if err != nil {
		return dialog.ErrNotFound
	}
	d, err := e.tx.CheckDelegation(ctx, e.area(), a.Ref, version, e.employee.ID, accept, e.now)
	if err != nil {
		return err
	}
	if !accept {
		e.tellDelegation(d, d.ForID, "delegation.returned")
		return e.waitingDelegations(ctx, a, message)
	}
	e.tellDelegation(d, d.ForID, "delegation.works")
	e.tellDelegation(d, d.ActingID, "delegation.you_act")
	return e.waitingDelegations(ctx, a, message)
}

// tellDelegation tells one of both sides what became of a request.
func (e *env) tellDelegation(d personnel.Delegation, who int64, key string) {
	e.notify(who, fmt.Sprintf("delegation:%d:%d:%d", d.ID, who, e.session.Update.ID), outreach.Acting,
		dialog.Reply{Template: key, Text: e.t(key, e.delegationArgs(d))})
}

// midnight is the beginning of the civil day of t.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// typedDate reads a date as people write it: 31-12-2027, 31/12/2027, 31.12.2027,
// 31 Desember 2027, 2027-12-31.
func (p *Processor) typedDate(typed string) (time.Time, bool) {
	typed = strings.ToLower(strings.Join(strings.Fields(typed), " "))
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(p.cfg.Text.Plain("format.month_"+strconv.Itoa(int(m)), nil))
		typed = strings.ReplaceAll(typed, " "+name+" ", fmt.Sprintf("-%d-", int(m)))
	}
	typed = strings.NewReplacer("/", "-", ".", "-").Replace(typed)
	for _, form := range []string{"2-1-2006", "2006-1-2"} {
		if d, err := time.ParseInLocation(form, typed, p.cfg.Location); err == nil && d.Year() > 2000 && d.Year() < 2100 {
			return d, true
		}
	}
	return time.Time{}, false
}
