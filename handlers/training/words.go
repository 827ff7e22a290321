package training

import (
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// span writes when a batch or a session is: its day and hours, or its first and last day.
func (p *desk) span(from, to time.Time) string {
	if from.IsZero() {
		return p.Cfg.Text.Plain("join.no_day", nil)
	}
	from, to = from.In(p.Cfg.Location), to.In(p.Cfg.Location)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return p.Cfg.Text.Date(from) + ", " + p.Cfg.Text.Hours(from, to)
	}
	return p.Cfg.Text.Plain("join.days", text.Args{"dari": p.Cfg.Text.Date(from), "sampai": p.Cfg.Text.Date(to)})
}

// spanOf writes when a batch is.
func (p *desk) spanOf(b training.Batch) string { return p.span(b.Starts(), b.Ends()) }

// day writes the day of a moment.
func (p *desk) day(t time.Time) string { return p.Cfg.Text.Date(t.In(p.Cfg.Location)) }

// title shortens the name of a batch, which stands in lists.
func title(b training.Batch) string { return feature.Clip(b.Name, feature.LongName) }

// seatsLeft says how many seats a batch has left, or why nobody registers now.
func (p *desk) seatsLeft(b training.Batch, now time.Time) string {
	key, args := "join.left", text.Args{"n": b.Free(), "tempat": b.Seats}
	switch way := b.Programme.WayIn; {
	case b.Opens.IsZero() || way == training.ByNomination:
		key = "join.nomination"
	case now.Before(b.Opens):
		key, args["buka"] = "join.not_yet", p.day(b.Opens)
	case !now.Before(b.Closes) || b.At(now) != training.Open:
		key = "join.closed"
	case way == training.Ranked:
		key, args["n"] = "join.ranked", b.Counts.Applied
	case b.Free() <= 0 && b.Counts.Waiting == 0:
		key = "join.full_none"
	case b.Free() <= 0 || b.Counts.Waiting > 0:
		key, args["n"] = "join.full", b.Counts.Waiting
	}
	return p.Cfg.Text.Plain(key, args)
}

// standing says in a few words where somebody stands.
func (p *desk) standing(n training.Enrolment) string {
	key := ""
	switch n.Standing {
	case training.Applied:
		key = "join.is_applied"
	case training.Waiting:
		key = "join.is_waiting"
	case training.Offered:
		key = "join.is_offered"
	case training.Seated:
		if key = "join.is_seated"; n.Permission == training.Asked {
			key = "join.is_asked"
		}
	case training.Withdrawn:
		key = "join.is_withdrawn"
	case training.Lapsed:
		key = "join.is_lapsed"
	case training.Refused:
		key = "join.is_refused"
	case training.Replaced:
		key = "join.is_replaced"
	case training.Called:
		key = "join.is_called"
	}
	return p.Cfg.Text.Plain(key, text.Args{"n": n.Position})
}

// now says in a sentence where somebody stands in a batch, and what comes next.
func (p *desk) now(n training.Enrolment, b training.Batch, call string) string {
	t := p.Cfg.Text
	args := text.Args{"sapaan": call, "n": n.Position, "tutup": p.day(b.Closes), "batas": "", "alasan": "", "nomor": n.Assignment}
	key := ""
	switch n.Standing {
	case training.Applied:
		key = "join.now_applied"
	case training.Waiting:
		key = "join.now_waiting"
	case training.Offered:
		if key = "join.now_offered"; !n.OfferUntil.IsZero() {
			args["batas"] = t.Plain("join.now_offered_until", text.Args{"batas": t.Deadline(n.OfferUntil.In(p.Cfg.Location))})
		}
	case training.Seated:
		key, args = p.seated(n, b, args)
	case training.Withdrawn:
		key = "join.now_withdrawn"
	case training.Lapsed:
		key = "join.now_lapsed"
	case training.Refused:
		if key = "join.now_refused"; n.PermissionReason != "" {
			args["alasan"] = t.Plain("join.now_refused_why", text.Args{"alasan": n.PermissionReason})
		}
	case training.Replaced:
		key = "join.now_replaced"
	case training.Called:
		if key = "join.now_called"; b.CancelledFor != "" {
			args["alasan"] = " " + b.CancelledFor
		}
	}
	return t.T(key, args)
}

// seated is the sentence of somebody who has a seat.
func (p *desk) seated(n training.Enrolment, b training.Batch, args text.Args) (string, text.Args) {
	t := p.Cfg.Text
	switch {
	case n.Permission == training.Asked:
		if until := p.askedUntil(n, b); !until.IsZero() {
			args["batas"] = t.Plain("join.now_asked_until", text.Args{"batas": t.Deadline(until.In(p.Cfg.Location))})
		}
		switch n.Superior {
		case training.Unlinked:
			return "join.now_asked_unlinked", args
		case training.Unknown:
			return "join.now_asked_unknown", args
		}
		return "join.now_asked", args
	case n.Assignment != "":
		args["tanggal"] = p.day(n.AssignmentDate)
		return "join.now_assigned", args
	}
	return "join.now_seated", args
}

// askedUntil is until when the superior may answer; zero = there is no deadline, or it is not
// known yet: whoever registers on the last day gets the next working day too, which the
// job of seats finds.
func (p *desk) askedUntil(n training.Enrolment, b training.Batch) time.Time {
	if !n.AskedUntil.IsZero() || b.PermissionUntil.IsZero() {
		return n.AskedUntil
	}
	if b.PermissionUntil.Sub(p.Cfg.Now()) <= 24*time.Hour {
		return time.Time{}
	}
	return b.PermissionUntil
}

// details are what the card of a batch says on request: what is not known is left out.
func (p *desk) details(b training.Batch) (lines []string) {
	t := p.Cfg.Text
	add := func(key, is string) {
		if is != "" {
			lines = append(lines, t.T(key, text.Args{"isi": is}))
		}
	}
	add("join.detail_aim", b.Programme.Aim)
	add("join.detail_target", b.Target)
	add("join.detail_partner", b.Programme.Partner.Name)
	for _, s := range b.Sessions {
		place := s.Place
		if place != "" {
			place = ", " + place
		}
		lines = append(lines, t.T("join.detail_session", text.Args{"n": s.N, "kapan": p.span(s.Starts, s.Ends), "tempat": place}))
		add("join.detail_trainers", strings.Join(s.Trainers, ", "))
	}
	add("join.detail_funding", p.funding(b))
	add("join.detail_dress", b.Dress)
	add("join.detail_bring", b.Bring)
	add("join.detail_certificate", b.Certificate)
	add("join.detail_contact", b.Contact)
	return lines
}

// funding says who pays for a batch and for the way to it.
func (p *desk) funding(b training.Batch) string {
	paid := map[training.Funding]string{training.ByOffice: "join.fund_office", training.ByUnit: "join.fund_unit", training.Free: "join.fund_free",
		training.Contribution: "join.fund_contribution"}[b.Funding]
	if paid == "" {
		return ""
	}
	by := text.Args{"kantor": p.Cfg.Agency.Office}
	words := p.Cfg.Text.Plain(paid, by)
	if way := map[training.Journey]string{training.OfficePays: "join.journey_office", training.UnitPays: "join.journey_unit",
		training.SelfPays: "join.journey_self"}[b.Journey]; way != "" {
		words += ", " + p.Cfg.Text.Plain(way, by)
	}
	return words
}

// desk is what the words of the room need.
func (e *env) desk() *desk { return at(e.Desk) }

// reply shows a sentence, in place of a message if there is one.
func (e *env) reply(key string, args text.Args, message int, rows ...[]dialog.Button) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args), Rows: rows, Edit: message})
}

// button is one button of a card.
func (e *env) button(label, step string, ref int64, value string) dialog.Button {
	a := e.MenuAction(step, ref)
	a.Value = value
	return dialog.Button{Label: e.Label(label), Action: a}
}

// named is how somebody of a list is called.
func named(who personnel.Employee) string { return feature.Clip(who.Address(), feature.LongName) }

// freed says what becomes of a seat that was given back, with a space before it; ""
// when none was.
func (p *desk) freed(f training.Freed) string {
	switch f {
	case training.ToQueue:
		return " " + p.Cfg.Text.Plain("join.to_queue", nil)
	case training.Reopened:
		return " " + p.Cfg.Text.Plain("join.reopened", nil)
	}
	return ""
}
