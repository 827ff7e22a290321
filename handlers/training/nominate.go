package training

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// same is the value of the button that takes the letter of the nomination before.
const same = "sama"

// nomination is the state of the form that brings somebody into a batch: the unit
// head's letter, then who.
type nomination struct {
	Letter    string    `json:"letter"`
	Day       time.Time `json:"day"`
	Same      bool      `json:"same,omitempty"` // the letter is that of the one before
	Typed     string    `json:"-"`
	Cancelled bool      `json:"cancelled,omitempty"`
	batch     training.Batch
	last      training.Enrolment // the newest nomination of the officer's units; zero = none
}

// nominateForm asks for letter and person (usulan peserta). Its ref is the batch.
func (p *desk) nominateForm() dialog.Form[nomination, *env] {
	q := feature.Short[nomination]{Desk: p.Desk, Cancelled: func(n *nomination) *bool { return &n.Cancelled },
		Args: func(n nomination) text.Args {
			return text.Args{"nomor": n.last.Nomination, "tanggal": p.day(n.last.NominationDate)}
		}}
	return dialog.Form[nomination, *env]{
		FormName: nominateFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (n nomination, err error) {
			if err := feature.DecodeState(r, &n); err != nil {
				return n, err
			}
			b, list, err := e.ours(ctx, r.Ref)
			for _, one := range list {
				if one.Nomination != "" && !one.NominationDate.Before(n.last.NominationDate) {
					n.last = one.Enrolment
				}
			}
			n.batch = b
			return n, err
		},
		Steps: func(n nomination) []dialog.Step[nomination] {
			steps := []dialog.Step[nomination]{p.letterStep(q, n)}
			if !n.Same {
				steps = append(steps, q.Question("tanggal", "nominate.day", func(n *nomination, value string) error { return p.pastDay(value, &n.Day) }))
			}
			return q.Steps(n, append(steps, q.Words("siapa", "nominate.who", "unit.search_short", feature.ShortestName, 100, func(n *nomination) *string { return &n.Typed }))...)
		},
		Finish: finishNomination,
	}
}

// letterStep asks for the number of the letter, or offers that of the one before.
func (p *desk) letterStep(q feature.Short[nomination], n nomination) dialog.Step[nomination] {
	number := func(n *nomination, value string) (err error) {
		if n.Same = value == same && n.last.ID != 0; n.Same {
			n.Letter, n.Day = n.last.Nomination, n.last.NominationDate
			return nil
		}
		n.Letter, err = p.Line(value, 3, 60, "nominate.number_hint")
		return err
	}
	if n.last.ID == 0 {
		return q.Question("surat", "nominate.letter", number)
	}
	return q.Question("surat", "nominate.letter_again", number, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.nominate_same", nil), Value: same}})
}

func finishNomination(ctx context.Context, e *env, n nomination) (dialog.Ending, error) {
	if n.Cancelled {
		err := e.showUnit(ctx, n.batch.ID, 0, "")
		return e.Taken(), err
	}
	m, err := e.theOne(ctx, n.Typed)
	if err != nil {
		return dialog.Ending{}, err
	}
	out, err := e.tx.Nominate(ctx, e.Area(), training.Nomination{Batch: n.batch.ID, Employee: m.ID, Letter: n.Letter, Day: n.Day, By: e.Employee.ID}, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	key, args := "nominate.done", e.newcomer(m)
	if out.Verdict == training.Accepted {
		if err := e.tellNominated(ctx, m, n.batch); err != nil {
			return dialog.Ending{}, err
		}
	} else {
		key = refusal(out.Verdict, "nominate.done_before")
	}
	args["lain"], args["bantuan"] = out.Other, e.Cfg.Agency.Helpdesk
	err = e.showUnit(ctx, n.batch.ID, 0, e.T(key, args))
	return e.Taken(), err
}

// theOne finds the one person of the area whom a typed name or NIP means; else a
// dialog.Invalid says what to type.
func (e *env) theOne(ctx context.Context, typed string) (personnel.Member, error) {
	const listed = 5
	people, err := e.Found(ctx, e.Area(), typed, listed)
	switch {
	case err != nil:
		return personnel.Member{}, err
	case len(people) == 0:
		return personnel.Member{}, dialog.Invalid(e.T("unit.not_found", nil))
	case len(people) == 1:
		return people[0], nil
	}
	var names []string
	for _, m := range people {
		names = append(names, e.Cfg.Text.Plain("nominate.one_of", text.Args{"alamat": named(m.Employee), "akhiran": m.NIP.Last4()}))
	}
	return personnel.Member{}, dialog.Invalid(e.T("nominate.several", text.Args{"n": len(people), "daftar": strings.Join(names, "; ")}))
}

// newcomer are the arguments of what is said about somebody who was brought in.
func (e *env) newcomer(m personnel.Member) text.Args {
	args := text.Args{"alamat": named(m.Employee), "kabar": ""}
	if !m.Linked {
		args["kabar"] = e.Cfg.Text.Plain("nominate.done_unlinked", nil)
	}
	return args
}

// refusal is the sentence of a nomination or a replacement that was not done.
func refusal(v training.Verdict, unchanged string) string {
	switch v {
	case training.Unchanged:
		return unchanged
	case training.Full:
		return "nominate.full"
	case training.QuotaFull:
		return "nominate.quota"
	case training.Overlaps:
		return "nominate.overlaps"
	case training.AlreadyInside:
		return "nominate.inside"
	}
	return "nominate.late"
}

// tellNominated tells the participant and, without asking, the superior.
func (e *env) tellNominated(ctx context.Context, m personnel.Member, b training.Batch) error {
	args := text.Args{"sapaan": m.Salutation(), "nama": m.DisplayName(), "alamat": named(m.Employee), "judul": b.Name, "kapan": e.desk().spanOf(b)}
	e.Notify(m.ID, feature.Here(e.Session.Update, fmt.Sprintf("nominated:%d", m.ID)), outreach.Training, dialog.Reply{Template: "nominate.told", Text: e.T("nominate.told", args),
		Rows: [][]dialog.Button{{e.button("join_open", training.CardStep, b.ID, below)}, {e.button("join_not", training.LeaveStep, b.ID, "")}}})
	if m.SupervisorID == nil || *m.SupervisorID == e.Employee.ID {
		return nil
	}
	boss, err := e.tx.Employee(ctx, *m.SupervisorID)
	if err != nil {
		return err
	}
	args["sapaan"] = boss.Salutation()
	e.Notify(*m.SupervisorID, feature.Here(e.Session.Update, fmt.Sprintf("nominated of:%d", m.ID)), outreach.Training,
		dialog.Reply{Template: "nominate.told_superior", Text: e.T("nominate.told_superior", args)})
	return nil
}

// swapping is the state of the form that gives somebody's seat to another.
type swapping struct {
	Typed string `json:"-"`
	batch training.Batch
	who   training.Participant
}

// swapForm asks who comes instead (Ganti peserta). Its ref is the enrolment.
func (p *desk) swapForm() dialog.Form[swapping, *env] {
	return feature.OneText[swapping, *env]{
		Name: swapFlow, Step: "siapa", Cancelled: "form.cancelled", Finish: finishSwap,
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s swapping, err error) {
			s.batch, s.who, err = e.placeOf(ctx, r.Ref)
			return s, err
		},
		Ask: func(s swapping) (string, text.Args) {
			return "nominate.swap_who", text.Args{"alamat": named(s.who.Person), "judul": title(s.batch)}
		},
		Read: func(typed string) (string, error) {
			return p.Line(typed, feature.ShortestName, 100, "unit.search_short")
		},
		Into: func(s *swapping) *string { return &s.Typed },
	}.Form(p.Desk)
}

func finishSwap(ctx context.Context, e *env, s swapping) (dialog.Ending, error) {
	m, err := e.theOne(ctx, s.Typed)
	if err != nil {
		return dialog.Ending{}, err
	}
	out, err := e.tx.Replace(ctx, e.Area(), s.batch.ID, s.who.Person.ID, m.ID, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	key, args := "nominate.swapped", e.newcomer(m)
	if out.Verdict == training.Accepted {
		comes := m
		if out.Now.Permission == training.Asked { // the superior is asked, with the list of the day
			comes.SupervisorID = nil
		}
		if err := e.tellNominated(ctx, comes, s.batch); err != nil {
			return dialog.Ending{}, err
		}
		old := s.who.Person
		e.Notify(old.ID, feature.Here(e.Session.Update, fmt.Sprintf("replaced:%d", old.ID)), outreach.Training, dialog.Reply{Template: "nominate.told_out",
			Text: e.T("nominate.told_out", text.Args{"sapaan": old.Salutation(), "nama": old.DisplayName(), "judul": s.batch.Name, "kapan": e.desk().spanOf(s.batch)})})
	} else {
		key = refusal(out.Verdict, "nominate.inside")
	}
	args["lama"], args["lain"], args["bantuan"] = named(s.who.Person), out.Other, e.Cfg.Agency.Helpdesk
	err = e.showUnit(ctx, s.batch.ID, 0, e.T(key, args))
	return e.Taken(), err
}

// letter is the state of a form that asks for number and day of a letter.
type letter struct {
	Number    string    `json:"number"`
	Day       time.Time `json:"day"`
	Cancelled bool      `json:"cancelled,omitempty"`
	batch     training.Batch
	who       training.Participant // of an Izin tertulis
	n         int                  // of a surat tugas: how many have none
}

// letterSteps ask for the number and the day, which is today at the latest.
func (p *desk) letterSteps(number, day string, args func(letter) text.Args) func(letter) []dialog.Step[letter] {
	q := feature.Short[letter]{Desk: p.Desk, Cancelled: func(l *letter) *bool { return &l.Cancelled }, Args: args}
	return func(l letter) []dialog.Step[letter] {
		return q.Steps(l, q.Words("surat", number, "nominate.number_hint", 3, 60, func(l *letter) *string { return &l.Number }),
			q.Question("tanggal", day, func(l *letter, value string) error {
				return p.pastDay(value, &l.Day)
			}))
	}
}

// pastDay reads the day of a letter, today at the latest.
func (p *desk) pastDay(value string, into *time.Time) error {
	d, ok := p.TypedDate(value)
	if !ok || d.After(p.Cfg.Now()) {
		return dialog.Invalid(p.Cfg.Text.T("nominate.day_hint", nil))
	}
	*into = d
	return nil
}

// assignmentForm asks for the surat tugas of the officer's people in a batch, which is
// its ref.
func (p *desk) assignmentForm() dialog.Form[letter, *env] {
	return dialog.Form[letter, *env]{
		FormName: assignmentFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (l letter, err error) {
			if err := feature.DecodeState(r, &l); err != nil {
				return l, err
			}
			b, list, err := e.ours(ctx, r.Ref)
			l.batch, l.n = b, owed(list)
			return l, err
		},
		Steps:  p.letterSteps("nominate.assignment", "nominate.assignment_day", func(l letter) text.Args { return text.Args{"n": l.n} }),
		Finish: finishAssignment,
	}
}

func finishAssignment(ctx context.Context, e *env, l letter) (dialog.Ending, error) {
	note := ""
	if !l.Cancelled {
		n, err := e.tx.SetAssignment(ctx, e.Area(), l.batch.ID, l.Number, l.Day, e.Employee.ID, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		if note = e.T("nominate.assigned_none", nil); n > 0 {
			note = e.T("nominate.assigned", text.Args{"nomor": l.Number, "tanggal": e.desk().day(l.Day), "n": n})
		}
	}
	err := e.showUnit(ctx, l.batch.ID, 0, note)
	return e.Taken(), err
}

// writtenForm records an Izin tertulis of a participant of the officer's units; its ref
// is the enrolment.
func (p *desk) writtenForm() dialog.Form[letter, *env] {
	return dialog.Form[letter, *env]{
		FormName: writtenFlow, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (l letter, err error) {
			if err := feature.DecodeState(r, &l); err != nil {
				return l, err
			}
			l.batch, l.who, err = e.placeOf(ctx, r.Ref)
			return l, err
		},
		Steps:  p.letterSteps("nominate.written", "nominate.day", func(l letter) text.Args { return text.Args{"alamat": named(l.who.Person)} }),
		Finish: finishWritten,
	}
}

func finishWritten(ctx context.Context, e *env, l letter) (dialog.Ending, error) {
	if l.Cancelled {
		err := e.showUnit(ctx, l.batch.ID, 0, "")
		return e.Taken(), err
	}
	out, err := e.tx.RecordLetter(ctx, e.Area(), l.who.ID, l.Number, l.Day, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	who := l.who.Person
	args := text.Args{"nomor": l.Number, "tanggal": e.desk().day(l.Day), "alamat": named(who), "sapaan": who.Salutation(), "judul": l.batch.Name, "kapan": e.desk().spanOf(l.batch)}
	key := "nominate.recorded_not"
	if out.Verdict == training.Accepted {
		key = "nominate.recorded"
		e.Notify(who.ID, feature.Here(e.Session.Update, fmt.Sprintf("written:%d", who.ID)), outreach.Training,
			dialog.Reply{Template: "nominate.recorded_told", Text: e.T("nominate.recorded_told", args)})
	}
	err = e.showUnit(ctx, l.batch.ID, 0, e.T(key, args))
	return e.Taken(), err
}
