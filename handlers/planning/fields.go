package planning

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/handlers/feature"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// batchFields are all questions about a batch, in their order.
func batchFields() []field[plan] {
	return slices.Concat([]field[plan]{firstDay(), lastDay()}, placeFields(), []field[plan]{quotaField()}, seatFields(), moneyFields(), wordFields())
}

// The steps that the plan of a batch knows by name (need.go).
const (
	firstKey  = "awal"
	lastKey   = "akhir"
	seatsKey  = "kursi"
	opensKey  = "mulai"
	closesKey = "tutup"
	permitKey = "izin"
)

// firstDay asks when a batch begins. One that has a last day moves as a whole.
func firstDay() field[plan] {
	return field[plan]{key: firstKey, ask: "plan.ask_first", name: "plan.name_first", hint: "plan.hint_first", day: true,
		accept: func(p *desk, s *plan, value string) bool {
			d, ok := p.TypedDate(value)
			if !ok || d.Before(midnight(s.now.In(p.Cfg.Location))) {
				return false
			}
			length := s.Last.Sub(s.First)
			s.First, s.Days = d, true
			if s.Last.Before(d) {
				s.Last = d.Add(length)
			}
			s.follow(p.Cfg.Location)
			return true
		}, shown: func(p *desk, s plan) string { return p.written(s.First) }}
}

// sameDay is what the button answers that ends a batch on its first day.
const sameDay = "sama"

func lastDay() field[plan] {
	return field[plan]{key: lastKey, ask: "plan.ask_last", name: "plan.name_last", hint: "plan.hint_last", day: true, choices: []choice{{"plan_same_day", sameDay}},
		accept: func(p *desk, s *plan, value string) bool {
			d, ok := s.First, value == sameDay
			if !ok {
				d, ok = p.TypedDate(value)
			}
			if !ok || d.Before(s.First) || !d.Before(s.First.AddDate(0, 0, feature.MaxSpanDays)) {
				return false
			}
			s.Last, s.Days = d, true
			return true
		}, shown: func(p *desk, s plan) string { return p.written(s.Last) }}
}

// written is a day in words; "" of none.
func (p *desk) written(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return p.Cfg.Text.Date(day)
}

func placeFields() []field[plan] {
	return []field[plan]{
		{key: "jam", ask: "plan.ask_hours", name: "plan.name_hours", hint: "plan.hint_hours", accept: func(_ *desk, s *plan, value string) bool {
			from, to, ok := hours(value)
			if ok {
				s.From, s.To, s.Days = from, to, true
			}
			return ok
		}, shown: func(_ *desk, s plan) string { return strings.ReplaceAll(s.From.String()+"-"+s.To.String(), ":", ".") }},
		{key: "lokasi", ask: "plan.ask_place", name: "plan.name_place", hint: "plan.hint_words", accept: func(_ *desk, s *plan, value string) bool {
			place, ok := words(value, 3, 200)
			if ok {
				s.Place, s.Room = place, true
			}
			return ok
		}, shown: func(_ *desk, s plan) string { return s.Place }},
		{key: "pengajar", ask: "plan.ask_trainers", name: "plan.name_trainers", hint: "plan.hint_trainers", optional: true, accept: func(_ *desk, s *plan, value string) bool {
			names, ok := trainers(value)
			if ok {
				s.Trainers, s.Staff = names, true
			}
			return ok
		}, shown: func(_ *desk, s plan) string { return strings.Join(s.Trainers, "; ") },
			clear: func(s *plan) { s.Trainers, s.Staff = nil, true }},
		{key: seatsKey, ask: "plan.ask_seats", name: "plan.name_seats", hint: "plan.hint_seats", accept: func(_ *desk, s *plan, value string) bool {
			n, ok := text.Whole(value)
			if !ok || n > maxSeats {
				return false
			}
			s.Seats = n
			return true
		}, shown: func(p *desk, s plan) string { return p.Cfg.Text.Number(s.Seats) }},
	}
}

// maxSeats is the most seats that a batch may have; the database has the same number.
const maxSeats = 10_000

// seatFields are about registration, where people register.
func seatFields() []field[plan] {
	last := func(into func(*plan) *time.Time) func(*desk, *plan, string) bool {
		return func(p *desk, s *plan, value string) bool {
			d, ok := p.TypedDate(value)
			if ok = ok && d.Before(cmp.Or(s.First, d.AddDate(0, 0, 1))); ok {
				*into(s), s.Ahead = d.AddDate(0, 0, 1), ahead{}
			}
			return ok
		}
	}
	until := func(p *desk, t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return p.Cfg.Text.Deadline(t)
	}
	before := func(p *desk, s *plan) text.Args {
		return text.Args{"hari": p.Cfg.Text.Date(s.First), "contoh": p.Cfg.Text.ShortDate(s.First.AddDate(0, 0, -1))}
	}
	return []field[plan]{
		{key: opensKey, ask: "plan.ask_opens", name: "plan.name_opens", hint: "plan.hint_opens", day: true, when: plan.registers, onCard: true, accept: func(p *desk, s *plan, value string) bool {
			d, ok := p.TypedDate(value)
			if ok {
				s.Opens, s.Ahead = d, ahead{}
			}
			return ok
		}, shown: func(p *desk, s plan) string { return p.written(s.Opens) }},
		{key: closesKey, ask: "plan.ask_closes", name: "plan.name_closes", hint: "plan.hint_before", names: before, day: true, when: plan.registers, onCard: true,
			accept: last(func(s *plan) *time.Time { return &s.Closes }), shown: func(p *desk, s plan) string { return until(p, s.Closes) }},
		{key: permitKey, ask: "plan.ask_permit", name: "plan.name_permit", hint: "plan.hint_before", names: before, day: true, when: plan.registers, onCard: true,
			accept: last(func(s *plan) *time.Time { return &s.Permission }), shown: func(p *desk, s plan) string { return until(p, s.Permission) }},
	}
}

// fundings and journeys are the buttons of who pays; a value has no underscore.
func fundings() []choice {
	return []choice{{"fund_office", "dpa-office"}, {"fund_unit", "dpa-unit"}, {"fund_free", "free"}, {"fund_contribution", "contribution"}}
}

func journeys() []choice {
	return []choice{{"trip_office", "office"}, {"trip_unit", "unit"}, {"trip_self", "self"}, {"trip_none", "none"}}
}

// labelOf is what the button of a value says; "" of none.
func (p *desk) labelOf(list []choice, value string) string {
	for _, c := range list {
		if strings.ReplaceAll(c.value, "-", "_") == value {
			return p.label(c)
		}
	}
	return ""
}

func moneyFields() []field[plan] {
	one := func(list []choice, into func(*plan, string)) func(*desk, *plan, string) bool {
		return func(_ *desk, s *plan, value string) bool {
			into(s, strings.ReplaceAll(value, "-", "_"))
			return slices.ContainsFunc(list, func(c choice) bool { return c.value == value })
		}
	}
	return []field[plan]{
		{key: "biaya", ask: "plan.ask_funding", name: "plan.name_funding", hint: "form.choice_hint", onCard: true, choices: fundings(),
			accept: one(fundings(), func(s *plan, v string) { s.Funding = training.Funding(v) }),
			shown:  func(p *desk, s plan) string { return p.labelOf(fundings(), string(s.Funding)) }},
		{key: "jalan", ask: "plan.ask_journey", name: "plan.name_journey", hint: "form.choice_hint", onCard: true, choices: journeys(),
			accept: one(journeys(), func(s *plan, v string) { s.Journey = training.Journey(v) }),
			shown:  func(p *desk, s plan) string { return p.labelOf(journeys(), string(s.Journey)) }},
	}
}

func wordFields() []field[plan] {
	line := func(key, ask, name string, optional bool, into func(*plan) *string) field[plan] {
		return field[plan]{key: key, ask: ask, name: name, hint: "plan.hint_words", optional: optional, onCard: true, accept: func(_ *desk, s *plan, value string) bool {
			typed, ok := words(value, 3, 200)
			if ok {
				*into(s) = typed
			}
			return ok
		}, shown: func(_ *desk, s plan) string { return *into(&s) }, clear: func(s *plan) { *into(s) = "" }}
	}
	return []field[plan]{
		line("kontak", "plan.ask_contact", "plan.name_contact", false, func(s *plan) *string { return &s.Contact }),
		line("surat", "plan.ask_letter", "plan.name_letter", true, func(s *plan) *string { return &s.Letter }),
		line("sasaran", "plan.ask_target", "plan.name_target", true, func(s *plan) *string { return &s.Target }),
		line("pakaian", "plan.ask_dress", "plan.name_dress", true, func(s *plan) *string { return &s.Dress }),
		line("bawa", "plan.ask_bring", "plan.name_bring", true, func(s *plan) *string { return &s.Bring }),
		line("sertifikat", "plan.ask_proof", "plan.name_proof", true, func(s *plan) *string { return &s.Proof }),
	}
}

// words reads a line of text, in which white space counts once.
func words(typed string, shortest, longest int) (string, bool) {
	line := strings.Join(strings.Fields(typed), " ")
	n := utf8.RuneCountInString(line)
	return line, n >= shortest && n <= longest
}

// trainers reads names that are separated by semicolons.
func trainers(typed string) (names []string, ok bool) {
	for _, part := range strings.Split(typed, ";") {
		name, fits := words(part, 2, 100)
		if name == "" {
			continue
		}
		if !fits {
			return nil, false
		}
		names = append(names, name)
	}
	return names, len(names) > 0 && len(names) <= training.MaxTrainers
}

var span = regexp.MustCompile(`^\s*(?:pukul|jam)?\s*(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|s\.?/?d\.?|sampai|hingga)\s*(\d{1,2})(?:[.:](\d{2}))?\s*(?:wib)?\s*$`)

// hours reads "08.30-15.30", "8.30 - 12.00", "08.30 sampai 12", "pukul 8 s.d. 12 WIB".
func hours(typed string) (from, to outreach.Clock, ok bool) {
	m := span.FindStringSubmatch(strings.ToLower(typed))
	if m == nil {
		return 0, 0, false
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	if n[0] > 23 || n[1] > 59 || n[2] > 23 || n[3] > 59 {
		return 0, 0, false
	}
	from, to = outreach.At(n[0], n[1]), outreach.At(n[2], n[3])
	return from, to, from < to
}
