package feature

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// When writes a day and a time of day.
func (e *Env) When(t time.Time) string {
	t = t.In(e.Cfg.Location)
	return e.Cfg.Text.Date(t) + ", " + e.Cfg.Text.Clock(t)
}

// Ending is a last message without buttons.
func (e *Env) Ending(key string) dialog.Ending {
	return dialog.Ending{Replies: []dialog.Reply{{Template: key, Text: e.T(key, e.Helpdesk())}}}
}

// MenuFlow is the name of buttons that stand for commands and small actions.
const MenuFlow = "m"

// MenuAction is a command or a button of a card, by its name.
func (e *Env) MenuAction(step string, ref int64) dialog.Action {
	return dialog.Action{Flow: MenuFlow, Ref: ref, Step: step, Verb: dialog.Resume}
}

// Here is the key of an effect of one update. It holds the serial number of the
// update in the inbox, which is never given twice; Telegram's own numbers begin again
// after a quiet week, and a key outlives the update.
func Here(u dialog.RawUpdate, effect string) string { return fmt.Sprintf("in:%d:%s", u.Serial, effect) }

// Post sends a message beside this decision without asking the gate, at most once
// for each key: to the own chat, or to another chat if it guards the account
// there (see guards).
func (e *Env) Post(chatID int64, key string, r dialog.Reply) {
	e.Out.Loose = append(e.Out.Loose, Posted{ChatID: chatID, Key: key, Reply: r})
}

// Notify tells somebody what became of a matter of theirs, once for each key.
// They have done nothing at this moment, so the gate decides when it goes. It
// counts as a service.
func (e *Env) Notify(employee int64, key string, k outreach.Kind, r dialog.Reply) {
	e.Out.Started = append(e.Out.Started, courier.Message{Employee: employee, Key: key, Reply: r,
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: k}})
}

// NotifyOutside is Notify for a chat that is nobody's account any more.
func (e *Env) NotifyOutside(chat int64, key string, r dialog.Reply) {
	e.Out.Outside = append(e.Out.Outside, Posted{ChatID: chat, Key: key, Reply: r})
}

// Linked tells whether the chat belongs to a person.
func (e *Env) Linked() bool { return e.Session.EmployeeID != 0 }

// T renders a catalogue entry as HTML.
func (e *Env) T(key string, args text.Args) string { return e.Cfg.Text.T(key, args) }

// Label renders a button's label.
func (e *Env) Label(key string) string { return e.Cfg.Text.Plain("label."+key, nil) }

// Say adds a message without buttons.
func (e *Env) Say(key string, args text.Args) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, args)})
}

// Helpdesk holds the values that the end of a conversation may name: whom to ask in the last
// line of every dead end, and the personnel office.
func (e *Env) Helpdesk() text.Args {
	return text.Args{"bantuan": e.Cfg.Agency.Helpdesk, "kantor": e.Cfg.Agency.Office}
}

// Person adds how the person is addressed.
func (e *Env) Person(args text.Args) text.Args {
	out := text.Args{"sapaan": e.Employee.Salutation(), "nama": e.Employee.DisplayName()}
	for k, v := range args {
		out[k] = v
	}
	return out
}

// AbsenceLabel names a kind of absence on a button.
func (p *Desk) AbsenceLabel(k personnel.AbsenceKind) string {
	label := map[personnel.AbsenceKind]string{personnel.OnLeave: "leave", personnel.Studying: "study", personnel.OnDuty: "duty", personnel.AwayElse: "elsewhere"}[k]
	return p.Cfg.Text.Plain("label."+label, nil)
}

// ChangeWaits tells somebody of the personnel office that a change waits. It
// names nobody: it would be read on a screen that others see.
func (p *Desk) ChangeWaits(who int64, key string) courier.Message {
	return courier.Message{Employee: who, Key: key, Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Superior},
		Reply: dialog.Reply{Template: "superior.news", Text: p.Cfg.Text.T("superior.news", nil), Rows: [][]dialog.Button{{p.Link(ToChanges, "changes", 0)}}}}
}

// Ask stores a request to the personnel office and tells the office that there is
// one, without saying who asks or about what. A request for erasure is told each
// time, because the law counts hours; the others at most once an hour, and those
// of a night together in the morning.
func (e *Env) Ask(ctx context.Context, kind personnel.TicketKind, body string) error {
	id, err := e.Tx.AddTicket(ctx, e.Employee.ID, e.Session.ChatID, kind, body, e.Now)
	if err != nil {
		return err
	}
	office, err := e.Tx.OfficeStaff(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	gate, err := e.Cfg.Courier.Gate(ctx, e.Tx)
	if err != nil {
		return err
	}
	at, _ := gate.Calendar.Next(outreach.Service, e.Now, outreach.Diary{})
	one := at.Truncate(time.Hour).Unix()
	news := "ticket.news"
	if kind == personnel.ErasureTicket {
		one, news = id, "ticket.news_erasure"
	}
	for _, officer := range office {
		e.Notify(officer, fmt.Sprintf("%s:%d:%d", news, one, officer), outreach.Alert, dialog.Reply{Template: news, Text: e.T(news, nil),
			Rows: [][]dialog.Button{{e.Link(ToTickets, "tickets", 0)}}})
	}
	return nil
}

// Tenths writes a number in tenths, with no zero at its end: "0,5", "-1,2", "1".
func Tenths(n int) string { return competency.Hundredths(10 * n).String() }

// LackWord writes what is lacking of a group: "0,5", or that it is that much or more.
func (p *Desk) LackWord(v needs.Value) string {
	if v.Lack == needs.MostLack {
		return p.Cfg.Text.Plain("needs.or_more", text.Args{"n": Tenths(v.Lack)})
	}
	return Tenths(v.Lack)
}

// ShareWord says in words how many lack something: never that all or none do.
func (p *Desk) ShareWord(s disclosure.Share) string {
	words := []string{"needs.fifth_0", "needs.fifth_1", "needs.fifth_2", "needs.fifth_3", "needs.fifth_4"}
	if s.Of == 3 {
		words = []string{"needs.third_0", "needs.third_1", "needs.third_2"}
	}
	return p.Cfg.Text.Plain(words[s.Part], nil)
}
