package planning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// need is what a batch is planned for: how many of those counted show less of a competency
// than their positions require, as the asker may see it.
type need struct {
	Name string `json:"name"`
	N    int    `json:"n"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// told tells whether anything may be said of it.
func (n need) told() bool { return n.N > 0 && n.To > 0 && (n.From > 0 || n.To < n.N) }

// ahead is how many days before the first one the registration and the permissions end:
// they move with the first day until somebody says another one. Zero = they do not.
type ahead struct {
	Closes int `json:"closes"`
	Permit int `json:"permit"`
}

// usualAhead is that where the programme has had no batch. A choice of the program.
func usualAhead() ahead { return ahead{Closes: 10, Permit: 5} }

// What a batch has that is planned from a need: as many seats as that, but no more than the
// batch before it, or than these; and its target group in so many units.
const (
	usualSeats  = 30
	seatStep    = 5
	targetUnits = 5
	longestWord = 200 // characters of a field
)

// planNeed begins a batch of the programme that is the ref, for a competency, which is the
// value: what is known of it is answered. A plan that was begun goes on.
func (e *env) planNeed(ctx context.Context, a dialog.Action, _ int) error {
	if _, open := e.Session.Draft(batchFlow, a.Ref); !open {
		s, known, err := e.planFor(ctx, a.Ref, a.Value)
		if err != nil {
			return err
		}
		rec := dialog.Record{Form: batchFlow, Ref: a.Ref, Answered: known}
		if rec.State, err = json.Marshal(s); err != nil {
			return fmt.Errorf("encode plan: %w", err)
		}
		e.Session.Drafts = append(slices.Clone(e.Session.Drafts), rec)
	}
	e.KeepNote()
	return e.RunFlow(ctx, batchFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
}

// planFor is what is known of a batch of a programme before anything was asked: from the
// last one, and from what people lack in a competency. known are the keys of the fields
// that are answered.
func (e *env) planFor(ctx context.Context, programme int64, code string) (s plan, known []string, err error) {
	if s, known, err = e.planLast(ctx, programme); err != nil {
		return s, nil, err
	}
	units, n, err := e.lacking(ctx, code)
	if err != nil {
		return s, nil, err
	}
	if s.Need = &n; n.told() {
		s.Seats = min(s.Seats, (n.To+seatStep-1)/seatStep*seatStep)
	}
	if target := joinedUnits(units); target != "" {
		s.Target = target
	}
	return s, known, nil
}

// planLast is what is known of a batch of a programme from its last one: all but the first
// day.
func (e *env) planLast(ctx context.Context, programme int64) (s plan, known []string, err error) {
	p, err := e.tx.Programme(ctx, programme)
	if err != nil {
		return s, nil, err
	}
	last, found, err := e.tx.LastBatch(ctx, programme)
	if err != nil {
		return s, nil, err
	}
	if found {
		s, known = e.desk().planLike(last), keys(batchFields())
	} else {
		s, known = plan{Seats: usualSeats, Ahead: usualAhead()}, unasked()
	}
	s.programme = p
	return s, slices.DeleteFunc(known, func(key string) bool { return key == firstKey }), nil
}

// planLike is a plan of another batch like one: its days, its letter and its quotas are of
// that one alone.
func (p *desk) planLike(b training.Batch) plan {
	s := p.planOf(b)
	length := s.Last.Sub(s.First)
	s.Ahead = usualAhead()
	if !s.Closes.IsZero() && !s.Permission.IsZero() {
		s.Ahead = ahead{Closes: days(s.Closes, s.First), Permit: days(s.Permission, s.First)}
	}
	s.Batch, s.Revision, s.Kept, s.Quotas, s.Letter = 0, 0, nil, nil, ""
	s.First, s.Opens, s.Closes, s.Permission = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	s.Last = s.First.Add(length)
	return s
}

// days is how many there are from one midnight to another.
func days(from, to time.Time) int { return int((to.Sub(from) + 12*time.Hour) / (24 * time.Hour)) }

// unasked are the fields of which a batch without one before it needs nothing.
func unasked() (known []string) {
	for _, f := range batchFields() {
		if f.optional || slices.Contains([]string{lastKey, quotaKey, seatsKey, opensKey, closesKey, permitKey}, f.key) {
			known = append(known, f.key)
		}
	}
	return known
}

// follow moves the registration with the first day: it begins and ends on days of work.
func (s *plan) follow(loc *time.Location) {
	if s.Ahead == (ahead{}) {
		return
	}
	off := func(day time.Time) bool { return !s.calendar.Working(outreach.DayOf(day, loc), outreach.Week{}) }
	before := func(days int) time.Time { // what ends there has its last day the day before
		last := s.First.AddDate(0, 0, -days-1)
		for off(last) {
			last = last.AddDate(0, 0, -1)
		}
		return last.AddDate(0, 0, 1)
	}
	for s.Opens = midnight(s.now.In(loc)).AddDate(0, 0, 1); off(s.Opens); {
		s.Opens = s.Opens.AddDate(0, 0, 1)
	}
	s.Closes, s.Permission = before(s.Ahead.Closes), before(s.Ahead.Permit)
}

// lacking are the units that lack most of a competency in the newest closed period, and how
// many people do, as the asker may see it. Units are only those that everybody may know of.
func (e *env) lacking(ctx context.Context, code string) (units []string, n need, err error) {
	list, err := e.tx.NeedPeriods(ctx)
	if err != nil {
		return nil, n, err
	}
	if len(list) == 0 {
		return nil, n, dialog.ErrNotFound
	}
	f, err := e.tx.Needs(ctx, list[0].ID, e.Employee.ID)
	if err != nil {
		return nil, n, err
	}
	levels, err := e.tx.NeedLevels(ctx, list[0].ID)
	if err != nil {
		return nil, n, err
	}
	a := needs.Analyse(f)
	at, ok := a.Competency(code)
	if !ok {
		return nil, n, dialog.ErrNotFound
	}
	for _, d := range needs.Demands(f, levels) {
		if d.Code == code {
			n = need{Name: d.Name, N: d.N, From: d.From, To: d.To}
		}
	}
	teams, err := e.tx.NeedTeams(ctx, list[0].ID)
	if err != nil {
		return nil, n, err
	}
	for _, u := range a.Targets(at, teams) {
		if len(units) < targetUnits && !slices.Contains(units, u.Name) {
			units = append(units, u.Name)
		}
	}
	slices.Sort(units) // everybody reads them, and their order must tell nothing
	return units, n, nil
}

// joinedUnits names units in one field; what does not fit is left out.
func joinedUnits(names []string) string {
	for n := len(names); n > 0; n-- {
		if all := strings.Join(names[:n], "; "); utf8.RuneCountInString(all) <= longestWord {
			return all
		}
	}
	return ""
}

// needLine says how many people a batch is planned for; "" = nothing may be said of it.
func (p *desk) needLine(n *need) string {
	if n == nil || !n.told() {
		return ""
	}
	count := strconv.Itoa(n.From) + "-" + strconv.Itoa(n.To)
	switch {
	case n.From == n.To:
		count = p.Cfg.Text.Number(n.To)
	case n.From == 0:
		count = p.Cfg.Text.Plain("plan.need_up_to", text.Args{"n": p.Cfg.Text.Number(n.To)})
	}
	return p.Cfg.Text.T("plan.need", text.Args{"nama": feature.Clip(n.Name, feature.LongName), "kurang": count, "n": p.Cfg.Text.Number(n.N)})
}

// planOffer begins a batch from the offer of a partner, which is the ref: what the offer and
// the last batch of the programme say is answered. Where the partner has no programme of that
// title yet, that is asked first; the value is one that was made for it. What was begun goes
// on.
func (e *env) planOffer(ctx context.Context, a dialog.Action, _ int) error {
	o, err := e.tx.PartnerOffer(ctx, a.Ref)
	if err != nil {
		return err
	}
	if o.Partner.Removed {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.offer_removed", Text: e.T("plan.offer_removed", text.Args{"mitra": o.Partner.Name})})
		return nil
	}
	if !o.Starts.After(e.desk().Today()) {
		return dialog.ErrNotFound
	}
	if id, err := strconv.ParseInt(a.Value, 10, 64); err == nil {
		made, err := e.tx.Programme(ctx, id)
		if err != nil {
			return err
		}
		if made.Partner.ID == o.Partner.ID {
			o.Programme = made.ID
		}
	}
	if o.Programme == 0 {
		return e.beginOffered(ctx, programmeFlow, o.ID, func() (any, []string, error) {
			return draft{Offer: o.ID, Offers: o.Partner.ID, Title: o.Title, JP: o.JP, Share: usualShare, Aims: []training.Aim{o.Aim}, Partner: o.Partner.ID}, []string{titleKey, jpKey, shareKey, aimsKey, partnerKey}, nil
		})
	}
	return e.beginOffered(ctx, batchFlow, o.Programme, func() (any, []string, error) { return e.planOffered(ctx, o) })
}

// beginOffered begins a conversation with what is known, or goes on with it.
func (e *env) beginOffered(ctx context.Context, flow string, ref int64, known func() (state any, keys []string, err error)) error {
	if _, open := e.Session.Draft(flow, ref); !open {
		state, keys, err := known()
		if err != nil {
			return err
		}
		rec := dialog.Record{Form: flow, Ref: ref, Answered: keys}
		if rec.State, err = json.Marshal(state); err != nil {
			return fmt.Errorf("encode plan: %w", err)
		}
		e.Session.Drafts = append(slices.Clone(e.Session.Drafts), rec)
	}
	e.KeepNote()
	return e.RunFlow(ctx, flow, ref, dialog.Input{Verb: dialog.Resume})
}

// planOffered is a plan of a batch that holds what an offer says.
func (e *env) planOffered(ctx context.Context, o training.PartnerOffer) (s plan, known []string, err error) {
	if s, known, err = e.planLast(ctx, o.Programme); err != nil {
		return s, nil, err
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.Tx)
	if err != nil {
		return s, nil, err
	}
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, e.Cfg.Location)
	}
	s.Offer, s.Seats, s.First, s.Last, s.Days = o.ID, o.Seats, day(o.Starts), day(o.Ends), true
	s.calendar, s.now = gate.Calendar, e.Now
	s.follow(e.Cfg.Location)
	units, n, err := e.lacking(ctx, o.Aim.Code)
	if err == nil {
		s.Need = &n
		if target := joinedUnits(units); target != "" {
			s.Target = target
		}
	}
	if errors.Is(err, dialog.ErrNotFound) { // nothing was counted of it: the plan names no need
		err = nil
	}
	return s, append(known, firstKey, lastKey, seatsKey), err
}

// offerAdded shows the programme that was made for an offer, with the way on to the batch.
func (e *env) offerAdded(ctx context.Context, offer, programme int64) (dialog.Ending, error) {
	p, err := e.tx.Programme(ctx, programme)
	if err != nil {
		return dialog.Ending{}, err
	}
	on := e.MenuAction(offerStep, offer)
	on.Value = strconv.FormatInt(programme, 10)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.offer_added", Text: e.T("plan.offer_added", text.Args{"judul": feature.Clip(p.Title, feature.LongName), "mitra": p.Partner.Name}),
		Rows: [][]dialog.Button{{{Label: e.Label("offer_plan"), Action: on}}, e.step("plan_all", listStep, 0, "")}})
	return e.Taken(), nil
}
