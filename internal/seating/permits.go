package seating

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// permits gives every superior for whom a permission waits that stands in no list yet the
// list of all that wait; of people whose superior is not known or cannot be reached the
// officers are told.
func (c *Clerk) permits(ctx context.Context, tx RemindTx, now time.Time) (t courier.Tally, err error) {
	fresh, err := tx.Unlisted(ctx, now)
	if err != nil || len(fresh) == 0 {
		return t, err
	}
	answers := map[int64]personnel.Employee{}
	var alone, listed []int64
	for _, u := range fresh {
		listed = append(listed, u.Enrolment)
		for _, a := range u.Answers {
			answers[a.ID] = a
		}
		if len(u.Answers) == 0 {
			alone = append(alone, u.Person.ID)
		}
	}
	var messages []courier.Message
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		list, err := tx.Requests(ctx, id, now)
		if err != nil {
			return t, err
		}
		if len(list) > 0 {
			messages = append(messages, courier.Message{Employee: id, Key: fmt.Sprintf("permits:%d:%s", id, now.Format(time.DateOnly)), Reply: c.permitList(answers[id], list),
				Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Permits, Expires: lastUntil(list)}})
		}
	}
	officers, err := tx.OfficersOf(ctx, alone)
	if err != nil {
		return t, err
	}
	for _, u := range fresh {
		if len(u.Answers) > 0 {
			continue
		}
		b, err := tx.Batch(ctx, u.Batch)
		if err != nil {
			return t, err
		}
		key := "seat.ask_officer"
		if u.Known {
			key = "seat.ask_officer_unlinked"
		}
		for _, o := range officers[u.Person.ID] {
			messages = append(messages, news(b, o, fmt.Sprintf("permit:%d:officer:%d", u.Enrolment, o), c.reply(key, b, personnel.Employee{},
				text.Args{"alamat": u.Person.Address()}, c.button("nominate_written", training.LettersStep, b.ID))))
		}
	}
	decisions, err := c.cfg.Courier.SendAll(ctx, tx, now, messages)
	if err != nil {
		return t, err
	}
	t.Count(decisions)
	return t, tx.ListPermits(ctx, listed, now)
}

// lastUntil is when the last of some permissions ends; zero = one has no end.
func lastUntil(list []training.Request) (last time.Time) {
	for _, q := range list {
		if q.Until.IsZero() {
			return time.Time{}
		}
		if q.Until.After(last) {
			last = q.Until
		}
	}
	return last
}

// onList is how many permissions are named in one message.
const onList = 20

// permitList is the list of a superior.
func (c *Clerk) permitList(to personnel.Employee, list []training.Request) dialog.Reply {
	t := c.cfg.Text
	lines := []string{t.T("permit.head", text.Args{"n": len(list), "sapaan": to.Salutation(), "nama": to.DisplayName()}), ""}
	lines = append(lines, PermitLines(t, list[:min(onList, len(list))], c.When, c.deadline)...)
	if rest := len(list) - onList; rest > 0 {
		lines = append(lines, t.T("permit.ask_more", text.Args{"n": rest}))
	}
	all := dialog.Button{Label: t.Plain("label.permit_all", text.Args{"n": len(list)}), Action: dialog.Action{Flow: "m", Step: training.AllowStep, Verb: dialog.Resume}}
	return dialog.Reply{Template: "permit.head", Text: strings.Join(lines, "\n"), Rows: [][]dialog.Button{{all}, c.button("permit_each", training.OneStep, list[0].Enrolment)}}
}

// PermitLines name the people for whom a permission waits, below the training that each
// has registered for: said once for all who follow.
func PermitLines(t *text.Catalogue, list []training.Request, when func(training.Batch) string, deadline func(time.Time) string) (lines []string) {
	for i, q := range list {
		if i == 0 || q.Batch.ID != list[i-1].Batch.ID || !q.Until.Equal(list[i-1].Until) {
			args := text.Args{"judul": q.Batch.Name, "kapan": when(q.Batch), "batas": ""}
			if !q.Until.IsZero() {
				args["batas"] = t.Plain("permit.until", text.Args{"batas": deadline(q.Until)})
			}
			lines = append(lines, t.T("permit.batch", args))
		}
		args := text.Args{"k": i + 1, "alamat": q.Person.Address(), "lain": ""}
		if q.Away > 0 {
			args["lain"] = t.Plain("permit.line_others", text.Args{"n": q.Away})
		}
		lines = append(lines, t.T("permit.line", args))
	}
	return lines
}
