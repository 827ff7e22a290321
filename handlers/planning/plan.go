package planning

import (
	"strings"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// plan is what the conversation about a batch gathers: everything but the programme.
// Times of day are minutes from midnight. A last day is kept as the first moment after it.
type plan struct {
	Batch      int64              `json:"batch,omitempty"`    // 0 = a new one
	Revision   int                `json:"revision,omitempty"` // of the batch when the conversation began
	First      time.Time          `json:"first"`
	Last       time.Time          `json:"last"`
	From       outreach.Clock     `json:"from"`
	To         outreach.Clock     `json:"to"`
	Place      string             `json:"place"` // or a link
	Trainers   []string           `json:"trainers,omitempty"`
	Seats      int                `json:"seats"`
	Opens      time.Time          `json:"opens"`
	Closes     time.Time          `json:"closes"`
	Permission time.Time          `json:"permission"`
	Funding    training.Funding   `json:"funding"`
	Journey    training.Journey   `json:"journey"`
	Letter     string             `json:"letter,omitempty"`
	Dress      string             `json:"dress,omitempty"`
	Bring      string             `json:"bring,omitempty"`
	Proof      string             `json:"proof,omitempty"` // certificate
	Contact    string             `json:"contact"`
	Target     string             `json:"target,omitempty"`
	Days       bool               `json:"days,omitempty"`  // days or hours were given here: the sessions are made anew
	Room       bool               `json:"room,omitempty"`  // the place was
	Staff      bool               `json:"staff,omitempty"` // the trainers were
	Kept       []training.Session `json:"kept,omitempty"`  // of the batch when the conversation began
	Quotas     []training.Quota   `json:"quotas,omitempty"`
	More       bool               `json:"more,omitempty"`  // quotas: another one may be typed
	Offer      int64              `json:"offer,omitempty"` // of a partner, from which it is planned
	Need       *need              `json:"need,omitempty"`  // what it is planned for; nil = that was not said
	Ahead      ahead              `json:"ahead,omitzero"`  // the registration moves with the first day
	programme  training.Programme
	calendar   *outreach.Calendar
	units      []training.Unit // while quotas are asked
	changed    bool            // somebody else has changed the batch since the conversation began
	now        time.Time
}

// registers tells whether people register for the batch.
func (s plan) registers() bool { return s.programme.WayIn != training.ByNomination }

// planOf is the plan of a batch as it is stored.
func (p *desk) planOf(b training.Batch) plan {
	loc := p.Cfg.Location
	s := plan{Batch: b.ID, Revision: b.Revision, Seats: b.Seats, Opens: local(b.Opens, loc), Closes: local(b.Closes, loc), Permission: local(b.PermissionUntil, loc),
		Funding: b.Funding, Journey: b.Journey, Letter: b.Letter, Dress: b.Dress, Bring: b.Bring, Proof: b.Certificate, Contact: b.Contact, Target: b.Target,
		Kept: b.Sessions, Quotas: b.Quotas, programme: b.Programme}
	if len(b.Sessions) == 0 {
		return s
	}
	one := b.Sessions[0]
	from, to := one.Starts.In(loc), one.Ends.In(loc)
	s.First, s.Last = midnight(from), midnight(b.Ends().In(loc))
	s.From, s.To = outreach.At(from.Hour(), from.Minute()), outreach.At(to.Hour(), to.Minute())
	s.Place, s.Trainers = one.Place+one.Link, one.Trainers
	return s
}

func local(t time.Time, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(loc)
}

// midnight is the beginning of the civil day of t.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// batch is the batch that the plan makes.
func (s plan) batch(loc *time.Location) training.Batch {
	b := training.Batch{ID: s.Batch, Offer: s.Offer, Revision: s.Revision, Programme: s.programme, Seats: s.Seats, Funding: s.Funding, Journey: s.Journey, Letter: s.Letter,
		Dress: s.Dress, Bring: s.Bring, Certificate: s.Proof, Contact: s.Contact, Target: s.Target, Quotas: s.Quotas, Sessions: s.sessions(loc)}
	if s.registers() {
		b.Opens, b.Closes, b.PermissionUntil = s.Opens, s.Closes, s.Permission
	}
	return b
}

// sessions are those of the plan: one for each day from the first to the last, days off
// in between left out. Those of a batch stay as they are where their days and hours were
// not touched.
func (s plan) sessions(loc *time.Location) (all []training.Session) {
	place, link := s.Place, ""
	if strings.HasPrefix(s.Place, "https://") {
		place, link = "", s.Place
	}
	if s.Batch != 0 && !s.Days {
		for _, one := range s.Kept {
			if s.Room {
				one.Place, one.Link = place, link
			}
			if s.Staff {
				one.Trainers = s.Trainers
			}
			all = append(all, one)
		}
		return all
	}
	like := training.Session{Place: place, Link: link, Trainers: s.Trainers}
	return training.Timetable(s.First.In(loc), s.Last.In(loc), int(s.From), int(s.To), like, func(day time.Time) bool {
		return s.calendar.Working(outreach.DayOf(day, loc), outreach.Week{})
	})
}

// problem is why the plan cannot be stored, as a key of the catalogue; "" = it can.
func (s plan) problem() string {
	starts := s.First.Add(time.Duration(s.From) * time.Minute)
	switch {
	case (s.Batch == 0 || s.Days) && !starts.After(s.now):
		return "plan.first_past"
	case s.Last.Before(s.First):
		return "plan.last_early"
	case !s.registers():
		return ""
	case !s.Closes.After(s.Opens):
		return "plan.closes_early"
	case s.Closes.After(s.First):
		return "plan.closes_late"
	case s.Permission.Before(s.Opens) || s.Permission.After(s.First):
		return "plan.permission_off"
	}
	return ""
}

// warnings are what whoever plans should know before it is stored: days off, an agreement
// that ends before, a registration that gives an advantage to whoever reads first.
func (p *desk) warnings(s plan) (all []string) {
	t := p.Cfg.Text
	for _, day := range []time.Time{s.First, s.Last} {
		d := outreach.DayOf(day, p.Cfg.Location)
		if line := t.T("plan.day_off", text.Args{"tanggal": t.Date(day)}); !s.calendar.Working(d, outreach.Week{}) && (len(all) == 0 || all[0] != line) {
			all = append(all, line)
		}
	}
	if until := s.programme.Partner.Until; !until.IsZero() && outreach.DayOf(until, p.Cfg.Location) < outreach.DayOf(s.Last, p.Cfg.Location) {
		all = append(all, t.T("plan.agreement_over", text.Args{"mitra": s.programme.Partner.Name, "sampai": t.ShortDate(until)}))
	}
	if s.Batch == 0 && s.programme.WayIn == training.InOrder && s.Opens.Before(midnight(s.now.In(p.Cfg.Location)).AddDate(0, 0, 1)) {
		all = append(all, t.T("plan.opens_today", nil))
	}
	return all
}
