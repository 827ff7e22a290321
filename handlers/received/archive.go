package received

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"bangkom/internal/measure"
	"bangkom/internal/text"
)

const (
	showStep      = "pgm"      // opens the announcement that is its ref
	archiveStep   = "pgmarsip" // a page of the archive; its value is which
	answersStep   = "pgmjawab" // questions and answers that everybody may read
	archiveFlow   = "caripgm"  // the form that asks what to look for
	archiveLength = 10         // announcements on a page
)

// fromArchive stands behind the version in a button of the archive's card: after the
// press the card is shown again, which is no message of the ledger.
const fromArchive = ".a"

// archive answers /pengumuman: everything that went to the person. What stands behind
// the command is looked for.
func (e *env) archive(ctx context.Context, arg string) error {
	e.KeepNote()
	return e.showArchive(ctx, strings.Join(strings.Fields(arg), " "), 0, 0)
}

// archivePage turns the pages.
func (e *env) archivePage(ctx context.Context, a dialog.Action, message int) error {
	page, fresh := strings.CutSuffix(a.Value, fromArchive)
	n, err := feature.PageOf(page)
	if err != nil {
		return err
	}
	if fresh { // the card shows a picture or a file, which no list can take the place of
		message = 0
	}
	return e.showArchive(ctx, "", n, message)
}

// showArchive shows a page of all, or the first page of what was looked for.
func (e *env) showArchive(ctx context.Context, typed string, page, message int) error {
	found, err := e.tx.Archive(ctx, e.Employee.ID, typed, page*archiveLength, archiveLength)
	if err != nil {
		return err
	}
	if len(found.Entries) == 0 && page > 0 { // there are fewer by now
		return e.showArchive(ctx, typed, 0, message)
	}
	key := "received.list"
	switch {
	case len(found.Entries) == 0 && typed != "":
		key = "received.found_none"
	case len(found.Entries) == 0:
		key = "received.none"
	case found.Total > len(found.Entries) && typed != "":
		key = "received.found_many"
	case typed != "":
		key = "received.found"
	case found.Unread > 0:
		key = "received.list_unread"
	}
	n := e.Cfg.Text.Number
	head := e.T(key, e.Person(text.Args{"n": n(found.Total), "belum": n(found.Unread), "tampil": len(found.Entries), "cari": measure.Cut(typed, feature.LongName)}))
	body, rows := entries(e, head, found.Entries, page*archiveLength)
	if typed != "" || found.Total > archiveLength {
		rows = append(rows, []dialog.Button{{Label: e.Label("ann_search"), Action: dialog.Action{Flow: archiveFlow, Verb: dialog.Resume}}})
	}
	if typed == "" {
		rows = append(rows, e.Pages(archiveStep, 0, page, archiveLength, found.Total)...)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: body, Rows: rows, Edit: message})
	return nil
}

// entries lists announcements, each with a button of its number.
func entries(e *env, head string, list []announcement.Entry, before int) (body string, rows [][]dialog.Button) {
	lines := []string{head}
	if len(list) > 0 {
		lines = append(lines, "")
	}
	var numbers []dialog.Button
	for i, one := range list {
		k := before + i + 1
		key := "received.line"
		if one.Unread {
			key = "received.line_unread"
		}
		lines = append(lines, e.T(key, text.Args{"k": k, "judul": title(e, one.Title), "tanggal": e.Cfg.Text.ShortDate(one.At.In(e.Cfg.Location))}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(showStep, one.ID)})
	}
	return strings.Join(lines, "\n"), feature.Grid(feature.Numbers, numbers)
}

// title is what an announcement is called.
func title(e *env, opening string) string { return e.desk.writer().Title(opening) }

// archiveForm asks what to look for.
func (p *desk) archiveForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, archiveFlow, "received.search",
		func(context.Context, *env, *dialog.Record) (feature.Lookup, error) { return feature.Lookup{}, nil },
		func(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
			err := e.showArchive(ctx, l.Typed, 0, 0)
			return e.Taken(), err
		})
}

// open shows one announcement as it is now.
func (e *env) open(ctx context.Context, a dialog.Action, message int) error {
	r, err := e.tx.Received(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	return e.showReceived(r, message)
}

// showReceived shows the announcement in the archive. A list can become a text, but no
// picture: then the announcement is a new message.
func (e *env) showReceived(r announcement.Received, message int) error {
	card := e.card(r)
	back := e.MenuAction(archiveStep, 0)
	back.Value = "0"
	if card.FileID != "" {
		back.Value += fromArchive
	} else {
		card.Edit = message
	}
	if r.Answers > 0 {
		card.Rows = append(card.Rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.ann_answers", text.Args{"n": r.Answers}), Action: e.MenuAction(answersStep, r.ID)}})
	}
	card.Rows = append(card.Rows, []dialog.Button{{Label: e.Label("ann_archive"), Action: back}})
	e.Out.Replies = append(e.Out.Replies, card)
	return nil
}

// card is the announcement as its message shows it now, with the buttons of the archive:
// a press comes back to this card.
func (e *env) card(r announcement.Received) dialog.Reply {
	card := e.desk.writer().Letter(announcement.Letter{Announcement: r.Announcement, Template: announcement.MessageTemplate, Read: !r.Unread(), ReadAt: r.ReadAt, At: r.Went(),
		Corrected: r.Correction == announcement.Fact})
	for _, row := range card.Rows {
		for i, b := range row {
			if b.Action.Step == mailing.ReadStep {
				row[i].Action.Value += fromArchive
			}
		}
	}
	return card
}

// answersShown is how many questions stand in the message, the newest.
const answersShown = 6

// answers shows what was asked and answered for everybody.
func (e *env) answers(ctx context.Context, a dialog.Action, _ int) error {
	r, err := e.tx.Received(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	list, err := e.tx.PublishedAnswers(ctx, r.ID, answersShown)
	if err != nil {
		return err
	}
	lines := []string{e.T("received.answers", text.Args{"judul": title(e, announcement.Opening(r.Body))})}
	for _, q := range list {
		key := "received.answer_line"
		if q.Body == "" { // who asked had it erased
			key = "received.answer_only"
		}
		lines = append(lines, e.T(key, text.Args{"tanya": q.Body, "jawab": q.Answer}))
	}
	body, _ := feature.Joined(lines, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "received.answers", Text: body, Rows: [][]dialog.Button{
		{{Label: e.Label("ann_open"), Action: e.MenuAction(showStep, r.ID)}}}})
	return nil
}

// version reads the value of Sudah saya baca: which version was on show, and whether
// on the card of the archive.
func version(value string) (n int, archived bool, err error) {
	value, archived = strings.CutSuffix(value, fromArchive)
	if n, err = strconv.Atoi(value); err != nil {
		return 0, false, fmt.Errorf("version of an announcement: %w", dialog.ErrNotFound)
	}
	return n, archived, nil
}
