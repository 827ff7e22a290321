package feature

import (
	"context"
	"fmt"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// namesAsked is how many people a question about codes names.
const namesAsked = 5

// codesOf counts the people of all officers.
func codesOf(officers []personnel.CodeOfficer) (n int) {
	for _, o := range officers {
		n += len(o.People)
	}
	return n
}

// officersNamed lists who would be asked. The officer of a unit is named; who of the
// personnel office it is, is not.
func (e *Env) officersNamed(officers []personnel.CodeOfficer) string {
	var names []string
	for _, o := range officers {
		key := "codes.officer"
		switch one := len(officers) == 1; {
		case one && o.Office:
			key = "codes.office_one"
		case one:
			key = "codes.officer_one"
		case o.Office:
			key = "codes.office"
		}
		names = append(names, e.Cfg.Text.Plain(key, text.Args{"alamat": Clip(o.Officer.Address(), LongName), "n": len(o.People)}))
	}
	return strings.Join(names, "; ")
}

// CodesQuestion asks whether codes shall be asked for: how many, of whom, for whom,
// when that goes and when it can be done again.
func (e *Env) CodesQuestion(ctx context.Context, officers []personnel.CodeOfficer) (string, error) {
	gate, err := e.Cfg.Courier.Gate(ctx, e.Tx)
	if err != nil {
		return "", err
	}
	var names []string
	n := codesOf(officers)
	for _, o := range officers {
		for _, p := range o.People {
			if len(names) < namesAsked {
				names = append(names, Clip(p.Address(), 40))
			}
		}
	}
	if n > len(names) {
		names = append(names, e.Cfg.Text.Plain("codes.more", text.Args{"n": n - len(names)}))
	}
	when := e.T("summary.remind_now", nil)
	if at, ok := gate.Calendar.Next(outreach.Service, e.Now, outreach.Diary{}); ok && at.After(e.Now) {
		when = e.T("summary.remind_later", text.Args{"kapan": e.When(at)})
	}
	when += " " + e.T("codes.again", text.Args{"mulai": e.Cfg.Text.Date(gate.Rules.Caps.NudgeFrom(e.Now, e.Cfg.Location))})
	return e.T("codes.ask", text.Args{"n": n, "petugas": e.officersNamed(officers), "daftar": strings.Join(names, ", "), "kapan": text.HTML(when)}), nil
}

// RequestCodes asks each officer for codes in the name of the presser, and returns
// what the presser reads of it. The officer has a button for each person: the code is
// made when it is pressed, with the rights of that moment.
func (e *Env) RequestCodes(ctx context.Context, officers []personnel.CodeOfficer) (note string, err error) {
	var people []int64
	for _, o := range officers {
		for _, p := range o.People {
			people = append(people, p.ID)
		}
		e.Notify(o.Officer.ID, Here(e.Session.Update, fmt.Sprintf("codes:%d", o.Officer.ID)), outreach.Codes, e.codesRequest(o.People))
	}
	if err := e.Tx.AskCodes(ctx, people, e.Employee.ID, e.Now); err != nil {
		return "", err
	}
	return e.T("codes.asked", text.Args{"n": len(people), "petugas": e.officersNamed(officers)}), nil
}

func (e *Env) codesRequest(people []personnel.Employee) dialog.Reply {
	lines := []string{e.T("codes.request", text.Args{"atasan": e.Employee.Address(), "n": len(people)}), ""}
	r := dialog.Reply{Template: "codes.request"}
	for i, p := range people[:min(PageSize, len(people))] {
		lines = append(lines, e.T("codes.request_line", text.Args{"k": i + 1, "alamat": Clip(p.Address(), LongName)}))
		b := e.Link(ToCode, "give_code", p.ID)
		b.Label = e.Cfg.Text.Plain("label.give_code", text.Args{"n": i + 1})
		if i%3 == 0 {
			r.Rows = append(r.Rows, nil)
		}
		r.Rows[len(r.Rows)-1] = append(r.Rows[len(r.Rows)-1], b)
	}
	if rest := len(people) - PageSize; rest > 0 {
		lines = append(lines, e.T("codes.request_more", text.Args{"n": rest}))
	}
	r.Text = strings.Join(lines, "\n")
	return r
}
