package training

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// runs shows what the presser runs (panitia): the list of batches, or the batch that is
// the ref. Of a single batch the list is left out.
func (e *env) runs(ctx context.Context, a dialog.Action, message int) error {
	if a.Ref != 0 {
		return e.showRun(ctx, a.Ref, message)
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	list, total, err := e.tx.BatchesRun(ctx, e.Employee, e.Now, page*feature.PageSize, feature.PageSize)
	switch {
	case err != nil:
		return err
	case total == 0:
		e.reply("attend.runs_none", e.Person(nil), message)
		return nil
	case total == 1:
		return e.showRun(ctx, list[0].ID, message)
	}
	lines := []string{e.T("attend.runs", e.Person(nil)), ""}
	var numbers []dialog.Button
	for i, b := range list {
		k := page*feature.PageSize + i + 1
		lines = append(lines, e.T("attend.runs_line", text.Args{"k": k, "judul": title(b), "kapan": e.desk().spanOf(b), "n": b.Counts.Seated}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(training.RunStep, b.ID)})
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(training.RunStep, 0, page, feature.PageSize, total)...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attend.runs", Text: body, Rows: rows, Edit: message})
	return nil
}

// showRun shows a batch to whoever runs it. A batch with one session today is shown as
// that session: that is what the committee came for.
func (e *env) showRun(ctx context.Context, batch int64, message int) error {
	b, err := e.tx.BatchRun(ctx, batch, e.Employee, e.Now)
	if err != nil {
		return err
	}
	if s, ok := e.sessionOfNow(b); ok {
		return e.showSession(ctx, b, s, message, "")
	}
	lines := []string{e.T("attend.card", text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b), "n": b.Counts.Seated, "izin": b.Counts.Asked, "tunggu": b.Counts.Waiting}), ""}
	if len(b.Sessions) == 0 {
		lines = append(lines, e.T("attend.card_none", nil))
	}
	var numbers []dialog.Button
	for _, s := range b.Sessions {
		state := e.Cfg.Text.Plain("attend.not_taken", nil)
		if s.Taken {
			roll, err := e.tx.Roll(ctx, s.ID)
			if err != nil {
				return err
			}
			h := training.Count(roll)
			state = e.Cfg.Text.Plain("attend.taken", text.Args{"hadir": h.Present, "n": h.All})
		}
		lines = append(lines, e.T("attend.card_session", text.Args{"n": s.N, "kapan": e.desk().span(s.Starts, s.Ends), "keadaan": state}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(s.N), Action: e.MenuAction(sessionStep, s.ID)})
	}
	if b.State.Shown() {
		lines = append(lines, "", e.T("attend.link", text.Args{"tautan": e.desk().batchLink(b.ID)}))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	rows := append(feature.Grid(feature.Numbers, numbers), e.fillRow(b)...)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attend.card", Text: body, Edit: message,
		Rows: append(rows, []dialog.Button{{Label: e.Label("join_list"), Action: e.listAction(0)}})})
	return nil
}

// fillRow offers to give a free seat to the first in the queue, once that is done by hand.
func (e *env) fillRow(b training.Batch) [][]dialog.Button {
	if at := b.At(e.Now); at.Over() || at == training.Planned || !b.ByHand(e.Now) || b.Free() <= 0 || b.Counts.Waiting == 0 {
		return nil
	}
	return [][]dialog.Button{{e.button("attend_fill", fillStep, b.ID, "")}}
}

// fill gives a free seat to the first in the queue, tells that person, and shows the
// batch.
func (e *env) fill(ctx context.Context, a dialog.Action, message int) error {
	b, err := e.tx.BatchRun(ctx, a.Ref, e.Employee, e.Now)
	if err != nil {
		return err
	}
	out, err := e.tx.FillByHand(ctx, b.ID, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	note := e.T("attend.filled_none", nil)
	if out.Verdict == training.Accepted {
		who, err := e.tx.Employee(ctx, out.Now.Employee)
		if err != nil {
			return err
		}
		note = e.T("attend.filled", text.Args{"alamat": named(who)})
		e.Notify(who.ID, feature.Here(e.Session.Update, fmt.Sprintf("filled:%d", who.ID)), outreach.Training, dialog.Reply{Template: "attend.filled_told",
			Text: e.T("attend.filled_told", text.Args{"sapaan": who.Salutation(), "nama": who.DisplayName(), "judul": b.Name, "kapan": e.desk().spanOf(b)}),
			Rows: [][]dialog.Button{{e.button("join_open", training.CardStep, b.ID, below)}, {e.button("join_not", training.LeaveStep, b.ID, "")}}})
	}
	if err := e.showRun(ctx, b.ID, message); err != nil {
		return err
	}
	last := &e.Out.Replies[len(e.Out.Replies)-1]
	last.Text = note + "\n\n" + last.Text
	return nil
}

// sessionOfNow is the only session of a batch, or the only one of today.
func (e *env) sessionOfNow(b training.Batch) (training.Session, bool) {
	if len(b.Sessions) == 1 {
		return b.Sessions[0], true
	}
	var today []training.Session
	for _, s := range b.Sessions {
		if e.desk().day(s.Starts) == e.desk().day(e.Now) {
			today = append(today, s)
		}
	}
	if len(today) != 1 {
		return training.Session{}, false
	}
	return today[0], true
}

// session is a session that the presser runs, with its batch.
func (e *env) session(ctx context.Context, id int64) (b training.Batch, s training.Session, err error) {
	batch, err := e.tx.BatchOfSession(ctx, id)
	if err != nil {
		return b, s, err
	}
	if b, err = e.tx.BatchRun(ctx, batch, e.Employee, e.Now); err != nil {
		return b, s, err
	}
	i := slices.IndexFunc(b.Sessions, func(s training.Session) bool { return s.ID == id })
	if i < 0 {
		return b, s, dialog.ErrNotFound
	}
	return b, b.Sessions[i], nil
}

func (e *env) sessionCard(ctx context.Context, a dialog.Action, message int) error {
	b, s, err := e.session(ctx, a.Ref)
	if err != nil {
		return err
	}
	return e.showSession(ctx, b, s, message, "")
}

// showSession shows who was in a session, and what the committee can do, below a note.
func (e *env) showSession(ctx context.Context, b training.Batch, s training.Session, message int, note string) error {
	roll, err := e.tx.Roll(ctx, s.ID)
	if err != nil {
		return err
	}
	waiting, err := e.tx.Claims(ctx, b.ID)
	if err != nil {
		return err
	}
	h, place := training.Count(roll), ""
	if s.Place != "" {
		place = "\n" + s.Place
	}
	lines := []string{e.T("attend.session", text.Args{"judul": b.Name, "n": s.N, "kapan": e.desk().span(s.Starts, s.Ends), "tempat": place,
		"jumlah": h.All, "hadir": h.Present, "absen": h.Absent, "kosong": h.Open, "tamu": s.Guests})}
	if note != "" {
		lines = slices.Insert(lines, 0, note, "")
	}
	if h.All == 0 {
		lines = append(lines, e.T("attend.list_empty", nil))
	}
	var absent []string
	for _, one := range roll {
		if one.Marked && !one.Present {
			absent = append(absent, named(one.Person))
		}
	}
	if len(absent) > 0 {
		lines = append(lines, e.T("attend.absent", text.Args{"daftar": strings.Join(absent, ", ")}))
	}
	if s.Sheet != "" {
		lines = append(lines, e.T("attend.sheet_there", nil))
	}
	if b.At(e.Now) == training.Open || b.At(e.Now) == training.Closed {
		lines = append(lines, e.T("attend.link", text.Args{"tautan": e.desk().batchLink(b.ID)}))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attend.session", Text: body, Edit: message, Rows: e.sessionButtons(b, s, h.All > 0, len(waiting))})
	return nil
}

func (e *env) sessionButtons(b training.Batch, s training.Session, anybody bool, claims int) [][]dialog.Button {
	form := func(label, flow string) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: s.ID, Verb: dialog.Resume}}
	}
	take := "attend_all"
	if s.Taken {
		take = "attend_change"
	}
	rows := [][]dialog.Button{{e.button("attend_code", codeStep, s.ID, ""), e.button("attend_print", signsStep, s.ID, "")},
		{form("attend_walk_in", walkInFlow)}, {form("attend_guests", guestsFlow)}, {form("attend_sheet", sheetFlow)}}
	if s.Sheet != "" {
		rows[len(rows)-1] = append(rows[len(rows)-1], e.button("attend_see", sheetStep, s.ID, ""))
	}
	if anybody {
		rows = slices.Insert(rows, 0, []dialog.Button{form(take, rollFlow)})
	}
	rows = append(rows, e.fillRow(b)...)
	if claims > 0 {
		rows = slices.Insert(rows, 0, []dialog.Button{e.button("attend_claims", claimsStep, b.ID, "")})
	}
	if len(b.Sessions) > 1 {
		if _, now := e.sessionOfNow(b); !now {
			rows = append(rows, []dialog.Button{e.button("attend_back", training.RunStep, b.ID, "")})
		}
	}
	return append(rows, []dialog.Button{{Label: e.Label("join_list"), Action: e.listAction(0)}})
}

// claims shows the oldest Saya hadir that waits for the committee.
func (e *env) claims(ctx context.Context, a dialog.Action, message int) error {
	if _, err := e.tx.BatchRun(ctx, a.Ref, e.Employee, e.Now); err != nil {
		return err
	}
	return e.showClaims(ctx, a.Ref, message)
}

func (e *env) showClaims(ctx context.Context, batch int64, message int) error {
	list, err := e.tx.Claims(ctx, batch)
	if err != nil {
		return err
	}
	back := []dialog.Button{e.button("attend_back", training.RunStep, batch, "")}
	if len(list) == 0 {
		e.reply("attend.claims_none", nil, message, back)
		return nil
	}
	// One's own waits for somebody else.
	others := slices.DeleteFunc(slices.Clone(list), func(c training.Claim) bool { return c.Person.ID == e.Employee.ID })
	if len(others) == 0 {
		e.reply("attend.claim_own", e.Person(nil), message, back)
		return nil
	}
	c := others[0]
	who := strconv.FormatInt(c.Person.ID, 10)
	e.reply("attend.claim", text.Args{"alamat": named(c.Person), "n": c.N, "kapan": e.desk().day(c.Starts), "jumlah": len(others)}, message,
		[]dialog.Button{e.button("claim_yes", decideStep, c.Session, yes+who), e.button("claim_no", decideStep, c.Session, not+who)}, back)
	return nil
}

// decideClaim accepts a Saya hadir or not, tells the person, and shows the next one.
func (e *env) decideClaim(ctx context.Context, a dialog.Action, message int) error {
	b, s, err := e.session(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Value == "" || a.Value[:1] != yes && a.Value[:1] != not {
		return dialog.ErrNotFound
	}
	accept := a.Value[:1] == yes
	who, err := strconv.ParseInt(a.Value[1:], 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	out, err := e.tx.DecideClaim(ctx, s.ID, who, accept, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if out.Verdict == training.Accepted {
		person, err := e.tx.Employee(ctx, who)
		if err != nil {
			return err
		}
		key := "attend.claim_no_told"
		if accept {
			key = "attend.claim_yes_told"
		}
		e.Notify(who, feature.Here(e.Session.Update, fmt.Sprintf("claim:%d", who)), outreach.Training, dialog.Reply{Template: key,
			Text: e.T(key, text.Args{"sapaan": person.Salutation(), "judul": b.Name, "n": s.N, "bantuan": e.Cfg.Agency.Helpdesk})})
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	}
	return e.showClaims(ctx, b.ID, message)
}
