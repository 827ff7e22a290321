package office

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// delegationFlow asks who stands in (Plt. or Plh.), from when to when, by which letter.
const delegationFlow = "g"

// maxDelegations is how many stand-ins stand on one card.
const maxDelegations = 8

// candidatesOffered is how many people are offered to stand in.
const candidatesOffered = 8

type standIn struct {
	Acting    int64     `json:"acting"` // 0 = not known yet
	Try       int       `json:"try,omitempty"`
	Typed     string    `json:"typed,omitempty"` // what is to be looked for
	Found     []int64   `json:"found,omitempty"` // of what was typed before
	Missed    bool      `json:"missed,omitempty"`
	Vague     bool      `json:"vague,omitempty"` // several, and too little was typed to name them
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Letter    string    `json:"letter"`
	Cancelled bool      `json:"cancelled,omitempty"`
	offered   []personnel.Member
	call      string
}

// delegations answers /delegasi: who stands in for the superior, and a new one.
func (e *env) delegations(ctx context.Context, _ string) error {
	e.KeepNote()
	list, err := e.tx.DelegationsOf(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return e.RunFlow(ctx, delegationFlow, 0, dialog.Input{Verb: dialog.Resume})
	}
	lines := []string{e.T("delegation.head", e.Person(nil))}
	var rows [][]dialog.Button
	for i, d := range list {
		if i == maxDelegations {
			lines = append(lines, e.T("delegation.more", text.Args{"n": len(list) - i}))
			break
		}
		state := "delegation.waits"
		if d.Checked {
			state = "delegation.checked"
		}
		args := e.delegationArgs(d)
		args["k"], args["keadaan"] = i+1, text.HTML(e.T(state, nil))
		lines = append(lines, e.T("delegation.line", args))
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.delegation_end", text.Args{"n": i + 1}), Action: e.MenuAction("akhiri", d.ID)}})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("delegation_new"), Action: dialog.Action{Flow: delegationFlow, Verb: dialog.Resume}}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "delegation.head", Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

func (e *env) delegationArgs(d personnel.Delegation) text.Args {
	rates := "delegation.no_rating"
	if d.Rates {
		rates = "delegation.rating"
	}
	return text.Args{"pejabat": measure.Cut(d.ForName, feature.LongName), "pelaksana": measure.Cut(d.ActingName, feature.LongName), "dari": e.Cfg.Text.Date(d.From), "sampai": e.Cfg.Text.Date(d.To),
		"surat": measure.Cut(d.Letter, feature.LongName), "penilaian": text.HTML(e.T(rates, nil))}
}

func (e *env) endDelegation(ctx context.Context, a dialog.Action, _ int) error {
	if err := e.tx.EndDelegation(ctx, a.Ref, e.Employee.ID, e.Now); err != nil {
		return err
	}
	return e.delegations(ctx, "")
}

// delegationForm records a stand-in, who acts only once an officer has checked
// the letter. One line may hold both dates and the letter.
func (p *desk) delegationForm() dialog.Form[standIn, *env] {
	q := feature.Short[standIn]{Desk: p.Desk, Cancelled: func(s *standIn) *bool { return &s.Cancelled }}
	return dialog.Form[standIn, *env]{
		FormName: delegationFlow, Say: p.Wording("form.review_hint"), Load: loadStandIn, Part: findStandIn,
		Steps: func(s standIn) []dialog.Step[standIn] {
			steps := []dialog.Step[standIn]{p.whoStandsIn(q, s), p.standInDays(q, "kapan", "delegation.when", p.firstDays, (*standIn).begins)}
			if s.To.IsZero() {
				steps = append(steps, p.standInDays(q, "sampai", "delegation.to", p.lastDays, (*standIn).ends))
			}
			if s.Letter == "" {
				steps = append(steps, q.Words("surat", "delegation.letter", "delegation.text_hint", shortestLetter, longestLetter, func(s *standIn) *string { return &s.Letter }))
			}
			return q.Steps(s, steps...)
		},
		Finish: finishDelegation,
	}
}

func loadStandIn(ctx context.Context, e *env, r *dialog.Record) (s standIn, err error) {
	if !e.Employee.Rights.Supervises {
		return s, dialog.ErrNotFound
	}
	if err := feature.DecodeState(r, &s); err != nil || s.Acting != 0 {
		return s, err
	}
	s.call = e.Employee.Salutation()
	if len(s.Found) == 0 {
		s.offered, err = e.tx.StandIns(ctx, e.Employee.ID, candidatesOffered)
		return s, err
	}
	for _, id := range s.Found {
		who, err := e.tx.Employee(ctx, id)
		if err != nil {
			return s, err
		}
		s.offered = append(s.offered, personnel.Member{Employee: who})
	}
	return s, nil
}

// whoStandsIn asks who it is. A name that says nothing, or several people, is asked for
// once more, as a step of its own.
func (p *desk) whoStandsIn(q feature.Short[standIn], s standIn) dialog.Step[standIn] {
	lines, rows := feature.OfferPeople(s.offered)
	step := q.Question("siapa-"+strconv.Itoa(s.Try), "delegation.who", func(s *standIn, value string) error {
		if m, ok := feature.Offered(s.offered, value); ok {
			s.Acting = m.ID
			return nil
		}
		name, err := p.Line(value, feature.ShortestName, longestLetter, "unit.search_short")
		s.Typed = name
		return err
	}, rows...)
	ask := step.Ask
	step.Ask = func(s standIn, at dialog.Place) dialog.Prompt {
		prompt := ask(s, at)
		switch {
		case s.Missed:
			prompt.Text = p.Cfg.Text.T("delegation.not_found", nil) + "\n\n" + prompt.Text
		case s.Vague:
			prompt.Text = p.Cfg.Text.T("delegation.vague", nil) + "\n\n" + prompt.Text
		case len(s.Found) > 0:
			prompt.Text = p.Cfg.Text.T("delegation.several", nil) + "\n\n" + prompt.Text
		case s.Try == 0:
			prompt.Text = p.Cfg.Text.T("delegation.about", text.Args{"sapaan": s.call}) + "\n\n" + prompt.Text
		}
		prompt.Text = strings.Join(append([]string{prompt.Text}, lines...), "\n")
		return prompt
	}
	return step
}

// findStandIn looks for what was typed.
func findStandIn(ctx context.Context, e *env, s *standIn) (dialog.Ending, error) {
	if s.Typed == "" || s.Cancelled {
		return dialog.Ending{}, nil
	}
	people, err := e.Found(ctx, personnel.Area{All: true}, s.Typed, candidatesOffered+1)
	if err != nil {
		return dialog.Ending{}, err
	}
	people = slices.DeleteFunc(people, func(m personnel.Member) bool { return m.ID == e.Employee.ID })
	typed := s.Typed
	s.Typed, s.Missed, s.Vague = "", len(people) == 0, false
	if len(people) == 1 {
		s.Acting = people[0].ID
		return dialog.Ending{}, nil
	}
	s.Try++
	if people = feature.WholeNames(people, typed); len(people) == 0 {
		s.Vague = !s.Missed
		return dialog.Ending{}, nil
	}
	s.Found, s.offered = nil, people[:min(len(people), candidatesOffered)]
	for _, m := range s.offered {
		s.Found = append(s.Found, m.ID)
	}
	return dialog.Ending{}, nil
}

// The limits of the number of a letter, in characters.
const shortestLetter, longestLetter = 3, 100

// standInDays asks for a day; take gets what was typed: dates, and perhaps the letter.
func (p *desk) standInDays(q feature.Short[standIn], key, ask string, offered func(standIn) []dialog.Choice,
	take func(s *standIn, from, to time.Time) bool) dialog.Step[standIn] {
	step := q.Question(key, ask, func(s *standIn, value string) error {
		from, to, letter, ok := text.Days(value, p.Today())
		letter = strings.Trim(letter, " ,;")
		if !ok || letter != "" && !strings.ContainsAny(letter, "0123456789") || !take(s, from, to) {
			return dialog.Invalid(p.Cfg.Text.T("delegation.when_hint", nil))
		}
		if letter == "" {
			return nil
		}
		var err error
		s.Letter, err = p.Line(letter, shortestLetter, longestLetter, "delegation.text_hint")
		return err
	})
	bare := step.Ask
	step.Ask = func(s standIn, at dialog.Place) dialog.Prompt {
		prompt := bare(s, at)
		prompt.Rows = append([][]dialog.Choice{offered(s)}, prompt.Rows...)
		return prompt
	}
	return step
}

// begins takes the first day, and the last one if it was told.
func (s *standIn) begins(from, to time.Time) bool {
	s.From, s.To = from, time.Time{}
	return to.IsZero() || s.ends(to, time.Time{})
}

// ends takes the last day.
func (s *standIn) ends(last, further time.Time) bool {
	if !further.IsZero() || last.Before(s.From) || !last.Before(s.From.AddDate(0, 0, feature.MaxSpanDays)) {
		return false
	}
	s.To = last
	return true
}

// dayChoice is a button that holds a day, whatever day it is when it is pressed.
func (p *desk) dayChoice(label string, day time.Time) dialog.Choice {
	return dialog.Choice{Label: p.Cfg.Text.Plain("label."+label, nil), Value: day.Format(time.DateOnly)}
}

func (p *desk) firstDays(standIn) []dialog.Choice {
	today := p.Today()
	return []dialog.Choice{p.dayChoice("day_today", today), p.dayChoice("day_tomorrow", today.AddDate(0, 0, 1))}
}

func (p *desk) lastDays(s standIn) []dialog.Choice {
	return []dialog.Choice{p.dayChoice("days_one", s.From), p.dayChoice("days_three", s.From.AddDate(0, 0, 2)), p.dayChoice("days_week", s.From.AddDate(0, 0, 6))}
}

// finishDelegation stores the request. The rating stays with the official unless the
// button below says otherwise.
func finishDelegation(ctx context.Context, e *env, s standIn) (dialog.Ending, error) {
	if s.Cancelled {
		return e.Ending("form.cancelled"), nil
	}
	who, err := e.tx.Employee(ctx, s.Acting)
	if err != nil {
		return dialog.Ending{}, err
	}
	if who.Status != personnel.Active || who.ID == e.Employee.ID {
		return dialog.Ending{}, dialog.ErrNotFound
	}
	d := personnel.Delegation{ForID: e.Employee.ID, ForName: e.Employee.DisplayName(), ActingID: who.ID,
		ActingName: who.DisplayName(), From: s.From, To: s.To, Letter: s.Letter}
	if err := e.tx.AddDelegation(ctx, d, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	r, err := e.delegationAsked(ctx, d)
	return dialog.Ending{Replies: []dialog.Reply{r}}, err
}

// delegationAsked says what was recorded. Until it is checked, the rating can be given
// with it, or kept.
func (e *env) delegationAsked(ctx context.Context, d personnel.Delegation) (dialog.Reply, error) {
	r := dialog.Reply{Template: "delegation.asked", Text: e.T("delegation.asked", e.delegationArgs(d))}
	list, err := e.tx.DelegationsOf(ctx, e.Employee.ID, e.Now)
	i := slices.IndexFunc(list, func(one personnel.Delegation) bool {
		return one.ActingID == d.ActingID && one.From.Format(time.DateOnly) == d.From.Format(time.DateOnly)
	})
	if err != nil || i < 0 { // it is over already
		return r, err
	}
	label, act := "rates_yes", e.MenuAction("pltnilai", list[i].ID)
	if act.Value = ratesToo; d.Rates {
		label, act.Value = "rates_no", ratesNot
	} else {
		r.Text += "\n" + e.T("delegation.rates", nil)
	}
	r.Rows = [][]dialog.Button{{{Label: e.Label(label), Action: act}}}
	return r, nil
}

// The values of the button that gives the rating with a stand-in, or keeps it.
const ratesToo, ratesNot = "ya", "tidak"

// delegateRating notes whether the letter gives the rating too.
func (e *env) delegateRating(ctx context.Context, a dialog.Action, message int) error {
	list, err := e.tx.DelegationsOf(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(d personnel.Delegation) bool { return d.ID == a.Ref })
	if i < 0 || list[i].Checked || a.Value != ratesToo && a.Value != ratesNot { // what an officer has checked stays as it is
		return dialog.ErrNotFound
	}
	d := list[i]
	if wanted := a.Value == ratesToo; d.Rates != wanted {
		d.Rates = wanted
		if err := e.tx.AddDelegation(ctx, d, e.Now); err != nil {
			return err
		}
	}
	r, err := e.delegationAsked(ctx, d)
	r.Edit = message
	e.Out.Replies = append(e.Out.Replies, r)
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return err
}

// waitingDelegations lists what the officer compares with the letters.
func (e *env) waitingDelegations(ctx context.Context, _ dialog.Action, message int) error {
	list, err := e.tx.Delegations(ctx, e.Area(), e.Now)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d personnel.Delegation) bool { return d.ConcernsSelf(e.Employee.ID) }) // somebody else checks it
	if len(list) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "delegation.none", Text: e.T("delegation.none", nil), Edit: message, Rows: [][]dialog.Button{e.backRow()}})
		return nil
	}
	d := list[0]
	args := e.delegationArgs(d)
	args["jumlah"] = strconv.Itoa(len(list))
	seen := func(step string) dialog.Action { // with the version, because a request that was made again is another one
		act := e.MenuAction(step, d.ID)
		act.Value = strconv.Itoa(d.Version)
		return act
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "delegation.check", Text: e.T("delegation.check", args), Edit: message,
		Rows: [][]dialog.Button{{{Label: e.Label("letter_right"), Action: seen("pltya")}},
			{{Label: e.Label("letter_wrong"), Action: seen("plttdk")}}, e.backRow()}})
	return nil
}

// checkDelegation stores the officer's decision and tells both sides.
func (e *env) checkDelegation(ctx context.Context, a dialog.Action, message int) error {
	accept := a.Step == "pltya"
	version, err := strconv.Atoi(a.Value)
	if err != nil {
		return dialog.ErrNotFound
	}
	d, err := e.tx.CheckDelegation(ctx, e.Area(), a.Ref, version, e.Employee.ID, accept, e.Now)
	if err != nil {
		return err
	}
	if !accept {
		e.tellDelegation(d, d.ForID, "delegation.returned", fmt.Sprintf("delegation:%d:%d", d.ID, d.ForID))
		return e.waitingDelegations(ctx, a, message)
	}
	e.tellDelegation(d, d.ForID, "delegation.works", personnel.ActingKey(d, d.ForID))
	e.tellDelegation(d, d.ActingID, "delegation.you_act", personnel.ActingKey(d, d.ActingID))
	if err := e.tellTeam(ctx, d); err != nil {
		return err
	}
	return e.waitingDelegations(ctx, a, message)
}

// tellDelegation tells one of both sides what became of a request.
func (e *env) tellDelegation(d personnel.Delegation, who int64, key, effect string) {
	e.Notify(who, feature.Here(e.Session.Update, effect), outreach.Acting,
		dialog.Reply{Template: key, Text: e.T(key, e.delegationArgs(d))})
}

// tellTeam tells the people whom the official leads that somebody else rates them
// now, and reads what is rated from now on; once for each version of the letter.
func (e *env) tellTeam(ctx context.Context, d personnel.Delegation) error {
	if !d.Rates {
		return nil
	}
	team, err := e.tx.Team(ctx, d.ForID, e.Now)
	if err != nil {
		return err
	}
	args := e.delegationArgs(d)
	for _, m := range team {
		if m.SupervisorID == nil || *m.SupervisorID != d.ForID || m.ID == d.ActingID || m.ID == e.Employee.ID {
			continue
		}
		args["sapaan"], args["nama"], args["bantuan"] = m.Salutation(), m.DisplayName(), e.Cfg.Agency.Helpdesk
		e.Notify(m.ID, personnel.ActingKey(d, m.ID), outreach.Acting,
			dialog.Reply{Template: "delegation.team", Text: e.T("delegation.team", args)})
	}
	return nil
}
