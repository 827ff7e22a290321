package training

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// rollCall is the state of Semua hadir, kecuali: who is marked as absent. Nothing is
// stored before Simpan.
type rollCall struct {
	Absent []int64 `json:"absent"` // employees
	Begun  bool    `json:"begun"`
	Save   bool    `json:"save,omitempty"`
	Left   bool    `json:"left,omitempty"`
	batch  training.Batch
	at     training.Session
	people []training.Attendee
}

// save is the value of the button that stores a roll call.
const save = "simpan"

// rollForm marks who was there (Semua hadir, kecuali). Its ref is the session.
func (p *desk) rollForm() dialog.Form[rollCall, *env] {
	return dialog.Form[rollCall, *env]{
		FormName: rollFlow, Say: p.Wording("attend.list_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s rollCall, err error) {
			if err := feature.DecodeState(r, &s); err != nil {
				return s, err
			}
			if s.batch, s.at, err = e.session(ctx, r.Ref); err != nil {
				return s, err
			}
			if s.people, err = e.tx.Roll(ctx, s.at.ID); err != nil || s.Begun {
				return s, err
			}
			s.Begun = true
			for _, a := range s.people {
				if a.Marked && !a.Present {
					s.Absent = append(s.Absent, a.Person.ID)
				}
			}
			return s, nil
		},
		Steps: func(s rollCall) []dialog.Step[rollCall] {
			if s.Save || s.Left {
				return nil
			}
			return []dialog.Step[rollCall]{{Key: "siapa", Stays: func(s rollCall) bool { return !s.Save && !s.Left },
				Ask: func(s rollCall, _ dialog.Place) dialog.Prompt { return p.rollPrompt(s) }, Accept: p.rollAnswer}}
		},
		Finish: finishRoll,
	}
}

// rollPrompt lists the participants with a button each.
func (p *desk) rollPrompt(s rollCall) dialog.Prompt {
	t := p.Cfg.Text
	key, args := "attend.list", text.Args{"judul": title(s.batch), "n": s.at.N, "jumlah": len(s.people)}
	lines := []string{t.T(key, args), ""}
	var numbers []dialog.Choice
	var marked []string
	for i, a := range s.people {
		line := "attend.list_present"
		if slices.Contains(s.Absent, a.Person.ID) {
			line, marked = "attend.list_absent", append(marked, strconv.Itoa(i+1))
		}
		lines = append(lines, t.T(line, text.Args{"k": i + 1, "alamat": feature.Clip(a.Person.Address(), rollName)}))
		if len(numbers) < rollButtons {
			numbers = append(numbers, dialog.Choice{Label: strconv.Itoa(i + 1), Value: strconv.FormatInt(a.Person.ID, 10)})
		}
	}
	if len(marked) > 0 { // beside the buttons, because the names may be out of sight
		lines = append(lines, "", t.T("attend.list_marked", text.Args{"n": len(marked), "daftar": strings.Join(marked, ", ")}))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Choice{{Label: t.Plain("label.attend_save", nil), Value: save}, {Label: t.Plain("label.cancel", nil), Value: "batal"}})
	return dialog.Prompt{Template: key, Text: body, Rows: rows, Bare: true}
}

const (
	rollName    = 40 // characters of a name in the list of a session
	rollButtons = 90 // numbers with a button; a message has room for a hundred
)

// rollAnswer marks somebody as absent or takes the mark back; typed, it takes the numbers
// of the list.
func (p *desk) rollAnswer(s *rollCall, value string, typed bool) error {
	switch word := strings.ToLower(strings.TrimSpace(value)); {
	case word == save:
		s.Save = true
		return nil
	case word == "batal":
		s.Left = true
		return nil
	case !typed:
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil || !slices.ContainsFunc(s.people, func(a training.Attendee) bool { return a.Person.ID == id }) {
			return dialog.Invalid(p.Cfg.Text.T("attend.list_hint", nil))
		}
		s.turn(id)
		return nil
	}
	var ids []int64
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '.' || r == '\n' }) {
		k, err := strconv.Atoi(word)
		if err != nil || k < 1 || k > len(s.people) {
			return dialog.Invalid(p.Cfg.Text.T("attend.list_hint", nil))
		}
		ids = append(ids, s.people[k-1].Person.ID)
	}
	for _, id := range ids {
		s.turn(id)
	}
	return nil
}

// turn marks somebody as absent, or takes the mark back.
func (s *rollCall) turn(id int64) {
	if i := slices.Index(s.Absent, id); i >= 0 {
		s.Absent = slices.Delete(s.Absent, i, i+1)
		return
	}
	s.Absent = append(s.Absent, id)
}

// finishRoll stores who was there and tells who is marked as absent for the first time.
func finishRoll(ctx context.Context, e *env, s rollCall) (dialog.Ending, error) {
	if s.Left {
		err := e.showSession(ctx, s.batch, s.at, 0, "")
		return e.Taken(), err
	}
	if early := e.tooEarly(s.at); early != "" {
		err := e.showSession(ctx, s.batch, s.at, 0, early)
		return e.Taken(), err
	}
	fresh, err := e.tx.TakeAttendance(ctx, s.at.ID, s.Absent, e.Employee.ID, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	until, err := e.claimUntil(ctx, s.at)
	if err != nil {
		return dialog.Ending{}, err
	}
	told := 0
	for _, a := range s.people {
		if slices.Contains(fresh, a.Person.ID) && a.Linked {
			told++
			e.tellAbsent(a.Person, s, until)
		}
	}
	if s.people, err = e.tx.Roll(ctx, s.at.ID); err != nil {
		return dialog.Ending{}, err
	}
	h := training.Count(s.people)
	args := text.Args{"hadir": h.Present, "n": h.All, "kabar": ""}
	if told > 0 {
		args["kabar"] = e.Cfg.Text.Plain("attend.saved_told", text.Args{"n": told})
	}
	s.at.Taken = true
	err = e.showSession(ctx, s.batch, s.at, 0, e.T("attend.saved", args))
	ending := e.Taken()
	ending.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return ending, err
}

// tooEarly says that nobody can be in a session yet; "" = somebody can.
func (e *env) tooEarly(s training.Session) string {
	if begin := s.Starts.Add(-training.CodeOpens); e.Now.Before(begin) {
		return e.T("attend.too_early", text.Args{"mulai": e.When(begin)})
	}
	return ""
}

// tellAbsent tells somebody that the committee has not seen them.
func (e *env) tellAbsent(who personnel.Employee, s rollCall, until time.Time) {
	e.Notify(who.ID, feature.Here(e.Session.Update, fmt.Sprintf("absent:%d", who.ID)), outreach.Training, dialog.Reply{Template: "attend.told_absent",
		Text: e.T("attend.told_absent", text.Args{"sapaan": who.Salutation(), "nama": who.DisplayName(), "judul": s.batch.Name, "n": s.at.N,
			"kapan": e.desk().span(s.at.Starts, s.at.Ends), "batas": e.Cfg.Text.Deadline(until.In(e.Cfg.Location))}),
		Rows: [][]dialog.Button{{e.button("attend_claim", training.ClaimStep, s.at.ID, "")}}})
}

// claimUntil is the first moment at which nobody can say Saya hadir of a session any
// more: after three working days of the agency.
func (e *env) claimUntil(ctx context.Context, s training.Session) (time.Time, error) {
	gate, err := e.Cfg.Courier.Gate(ctx, e.Tx)
	if err != nil {
		return time.Time{}, err
	}
	last := gate.Calendar.AddWorkingDays(gate.Calendar.Day(s.Ends), training.ClaimDays, outreach.FiveDays())
	return (last + 1).Start(e.Cfg.Location), nil
}

// heads is the state of a form with one typed answer about a session.
type heads struct {
	Typed string `json:"-"`
	batch training.Batch
	at    training.Session
}

// walkInForm marks somebody without a seat as present, by NIP. Its ref is the session.
func (p *desk) walkInForm() dialog.Form[heads, *env] {
	return p.aboutSession(walkInFlow, "attend.walk_in", func(typed string) (string, error) {
		if _, err := personnel.ParseNIP(typed, p.Cfg.Now()); err != nil {
			return "", dialog.Invalid(p.Cfg.Text.T("attend.walk_in_hint", nil))
		}
		return typed, nil
	}, func(ctx context.Context, e *env, s heads) (dialog.Ending, error) {
		if early := e.tooEarly(s.at); early != "" {
			err := e.showSession(ctx, s.batch, s.at, 0, early)
			return e.Taken(), err
		}
		people, err := e.Found(ctx, personnel.Area{All: true}, s.Typed, 1)
		if err != nil {
			return dialog.Ending{}, err
		}
		if len(people) != 1 {
			return dialog.Ending{}, dialog.Invalid(e.T("attend.walk_in_hint", nil))
		}
		out, err := e.tx.AddWalkIn(ctx, s.at.ID, people[0].ID, e.Employee.ID, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		key := "attend.walked_in"
		if out.Verdict != training.Accepted {
			key = "attend.walked_before"
		}
		err = e.showSession(ctx, s.batch, s.at, 0, e.T(key, text.Args{"alamat": named(people[0].Employee)}))
		return e.Taken(), err
	})
}

// guestsForm stores how many guests a session had. Its ref is the session.
func (p *desk) guestsForm() dialog.Form[heads, *env] {
	const most = 999
	return p.aboutSession(guestsFlow, "attend.guests", func(typed string) (string, error) {
		if n, ok := text.Whole(typed); !ok || n > most {
			return "", dialog.Invalid(p.Cfg.Text.T("attend.guests_hint", nil))
		}
		return strings.TrimSpace(typed), nil
	}, func(ctx context.Context, e *env, s heads) (dialog.Ending, error) {
		n, err := strconv.Atoi(s.Typed)
		if err != nil {
			return dialog.Ending{}, err
		}
		if err := e.tx.SetGuests(ctx, s.at.ID, n, e.Employee.ID, e.Now); err != nil {
			return dialog.Ending{}, err
		}
		s.at.Guests = n
		err = e.showSession(ctx, s.batch, s.at, 0, e.T("attend.guests_saved", text.Args{"n": n}))
		return e.Taken(), err
	})
}

// aboutSession is a form of one typed answer about a session that the person runs.
func (p *desk) aboutSession(name, ask string, read func(string) (string, error),
	finish func(context.Context, *env, heads) (dialog.Ending, error)) dialog.Form[heads, *env] {
	return feature.OneText[heads, *env]{
		Name: name, Step: "isi", Cancelled: "form.cancelled", Read: read, Finish: finish,
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s heads, err error) {
			s.batch, s.at, err = e.session(ctx, r.Ref)
			return s, err
		},
		Ask:  func(s heads) (string, text.Args) { return ask, text.Args{"n": s.at.N} },
		Into: func(s *heads) *string { return &s.Typed },
	}.Form(p.Desk)
}
