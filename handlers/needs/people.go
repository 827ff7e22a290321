package needs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// peopleFlow asks the personnel office why it wants the levels of the people of a unit. Its
// ref is the unit.
const peopleFlow = "kp"

// The limits of a reason, in characters, as where one person is opened.
const shortestReason, longestReason = 10, 200

type opening struct {
	Why    string `json:"-"`
	period needs.Period
	unit   needs.Node
}

// peopleForm sends the levels of the people of a unit after a reason, which is logged for
// each of them.
func (p *desk) peopleForm() dialog.Form[opening, *env] {
	return feature.OneText[opening, *env]{
		Name: peopleFlow, Step: "alasan", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
			if !e.Employee.Rights.HR || r.Ref == 0 {
				return s, dialog.ErrNotFound
			}
			a, ok, err := e.analysis(ctx)
			if err != nil {
				return s, err
			}
			at, found := a.At(r.Ref)
			if !ok || !found {
				return s, dialog.ErrNotFound
			}
			s.period, s.unit = a.Period, a.Nodes[at]
			return s, nil
		},
		Ask: func(s opening) (string, text.Args) {
			return "needs.why", text.Args{"unit": feature.Clip(s.unit.Name, feature.LongName), "n": p.Cfg.Text.Number(s.unit.Both)}
		},
		Read: func(typed string) (string, error) {
			return p.Line(typed, shortestReason, longestReason, "rating.why_hint")
		},
		Into:   func(s *opening) *string { return &s.Why },
		Finish: func(ctx context.Context, e *env, s opening) (dialog.Ending, error) { return e.sendPeople(ctx, s) },
	}.Form(p.Desk)
}

// sendPeople records whom the file opens and sends it.
func (e *env) sendPeople(ctx context.Context, s opening) (dialog.Ending, error) {
	o := needs.Opening{Period: s.period.ID, Unit: s.unit.Unit, By: e.Employee.ID, Reason: e.Cfg.Text.Plain("needs.why_file", text.Args{"alasan": s.Why})}
	opened, err := e.tx.OpenPeople(ctx, o, e.Now)
	if err != nil {
		return dialog.Ending{}, err
	}
	if opened == 0 {
		return e.Ending("needs.no_people"), nil
	}
	data, err := json.Marshal(sheetOf{Period: o.Period, Unit: o.Unit, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return dialog.Ending{}, fmt.Errorf("encode analysis: %w", err)
	}
	return dialog.Ending{Replies: []dialog.Reply{{Template: needs.PeopleFile, Picture: &dialog.Picture{Kind: peopleSheet, Data: data, File: true, Report: true},
		Text: e.T("needs.people_file", text.Args{"unit": feature.Clip(s.unit.Name, feature.LongName), "periode": s.period.Name, "n": e.Cfg.Text.Number(opened)})}}}, nil
}

// drawPeople makes the file. Whoever has lost the right, or the chat, since then gets none.
func (p *desk) drawPeople(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of sheetOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := p.Cfg.Reports.InTx(ctx, func(open feature.Tx) error { // may run again
		tx := open.(Tx)
		if err := feature.ForOffice(ctx, tx, of.Chat, of.Reader); err != nil {
			return err
		}
		f, err := tx.Needs(ctx, of.Period, of.Reader)
		if err != nil {
			return err
		}
		b.Reset()
		return sheet.WriteBook(&b, p.peoplePages(ctx, tx, f, needs.Opening{Period: of.Period, Unit: of.Unit})...)
	})
	return b.Bytes(), err
}

// peopleColumns are those of the file of people, with what each holds. Their names stay the
// same whatever the questionnaire asks: each competency is a row.
func peopleColumns() [][2]string {
	return [][2]string{{"periode", "needs.book_period"}, {"nip", "needs.book_nip"}, {"nama", "needs.book_person"}, {"unit_kerja", "needs.book_own_unit"}, {"jabatan", "needs.book_title"},
		{"kelas_jabatan", "needs.book_class"}, {"status", "needs.book_status"}, {"kode_kompetensi", "needs.book_code"}, {"kompetensi", "needs.book_competency"},
		{"tingkat_standar", "needs.book_required"}, {"mandiri", "needs.book_self"}, {"atasan", "needs.book_superior"}, {"tingkat", "needs.book_shown"},
		{"selisih", "needs.book_person_gap"}, {"jpm", "needs.book_jpm"}, {"jpm_tanpa_batas", "needs.book_jpm_free"}, {"keterangan", "needs.book_person_note"}}
}

// peoplePages are the sheets of the file of people: a row for each of their competencies.
func (p *desk) peoplePages(ctx context.Context, tx Tx, f needs.Frozen, o needs.Opening) []sheet.Page {
	called := map[string]string{}
	for _, c := range f.Competencies {
		called[c.Code] = c.Name
	}
	heading, pick := arranger(p.Cfg.Forms.NeedsPeople, names(peopleColumns()))
	each := func(add func([]string) error) error {
		return tx.NeedPeople(ctx, o, func(one needs.Person) error {
			for _, row := range p.personRows(f.Period.Name, called, one) {
				if err := add(pick(row)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	book := append(p.book(p.Cfg.Forms.NeedsPeople, peopleColumns()), []string{p.plain("needs.book_rules"), p.plain("needs.book_people_rules")})
	return []sheet.Page{{Name: p.plain("needs.sheet_people"), Rows: [][]string{heading}, Each: each}, {Name: p.plain("needs.sheet_book"), Rows: book}}
}

// personRows are the competencies of a person, or one row that says why there are none.
func (p *desk) personRows(period string, called map[string]string, one needs.Person) (rows [][]string) {
	who := []string{period, one.NIP.Reveal(), one.Name, one.Unit, one.Title, one.Class, one.Status}
	row := func(more ...string) {
		rows = append(rows, append(append(make([]string, 0, len(who)+len(more)), who...), more...))
	}
	if len(one.Levels) == 0 {
		key := "needs.note_unrated"
		if !one.Filled {
			key = "needs.note_unfilled"
		} else if one.Rated {
			key = "needs.note_no_levels"
		}
		row("", "", "", "", "", "", "", "", "", p.plain(key))
		return rows
	}
	jpm, free := "", ""
	if capped, uncapped, ok := one.Match(); ok {
		jpm, free = capped.String(), uncapped.String()
	}
	for _, l := range one.Levels {
		required, gap, note := "", "", p.plain("needs.note_no_standard")
		if g, ok := l.Gap(); ok {
			required, gap, note = strconv.Itoa(int(l.Required)), g.String(), ""
		}
		row(l.Code, called[l.Code], required, strconv.Itoa(int(l.Self)), strconv.Itoa(int(l.Superior)), l.Shown.String(), gap, jpm, free, note)
	}
	return rows
}
