package mailing

import (
	"strconv"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// The steps of the buttons below an announcement; the ref is the announcement.
const (
	ReadStep = "sudahbaca" // the value is the version that is on show
	FileStep = "lampiran"  // the value is the number of the file, from 1
	AskStep  = "tanya"
)

// Writer writes what recipients and the office read about an announcement. Location is
// the agency's, Agency its short name, which stands above each announcement.
type Writer struct {
	Text     *text.Catalogue
	Location *time.Location
	Agency   string
}

// Letter writes what is said to one recipient, as things stand: the announcement or an
// edit of it, the short reply of a correction of facts, the reminder, or that the message
// is deleted.
func (w Writer) Letter(l announcement.Letter) dialog.Reply {
	r := dialog.Reply{Template: l.Template, ReplyTo: l.ReplyTo}
	switch l.Template {
	case announcement.FactTemplate:
		r.Text = w.Text.T("announcement.fact", text.Args{"isi": l.Fact})
		r.Rows = w.why(nil, l.Notice)
	case announcement.ReminderTemplate:
		r.Text = w.Text.T("announcement.reminder", text.Args{"awal": announcement.Opening(l.Body)})
		r.Rows = w.why(w.readRow(l), l.Notice)
	case announcement.DeleteTemplate:
		r.Edit, r.Delete = l.EditOf, true
	default:
		r = w.message(l)
	}
	return r
}

// Title is what an announcement is called, whose text begins with opening; one of white
// space alone has a word of its own.
func (w Writer) Title(opening string) string {
	if opening == "" {
		return w.Text.Plain("received.untitled", nil)
	}
	return opening
}

// Compose returns what makes the call of a letter, for storage: what render makes of it.
func (w Writer) Compose(render func(chatID int64, r dialog.Reply) (dialog.Outgoing, error)) func(announcement.Letter) (dialog.Outgoing, error) {
	return func(l announcement.Letter) (dialog.Outgoing, error) { return render(l.ChatID, w.Letter(l)) }
}

// Preview writes an announcement as a recipient would see it who gets it at a moment, for
// whoever tells it to others. Its buttons but the link do nothing, and are left out.
func (w Writer) Preview(a announcement.Announcement, at time.Time) dialog.Reply {
	r := dialog.Reply{Template: announcement.MessageTemplate, Text: w.body(announcement.Letter{Announcement: a, At: at}), Media: a.File.Media, FileID: a.File.FileID}
	if a.LinkURL != "" {
		r.Rows = [][]dialog.Button{{{Label: a.LinkLabel, URL: a.LinkURL}}}
	}
	return r
}

func (w Writer) message(l announcement.Letter) dialog.Reply {
	r := dialog.Reply{Template: l.Template, Text: w.body(l), Edit: l.EditOf, Media: l.File.Media, FileID: l.File.FileID}
	r.Rows = append(w.readRow(l), w.batchRow(l)...)
	if l.LinkURL != "" {
		r.Rows = append(r.Rows, []dialog.Button{{Label: l.LinkLabel, URL: l.LinkURL}})
	}
	var files []dialog.Button
	for i := range l.Files {
		b := w.button("announcement_file", FileStep, l.ID, text.Args{"k": i + 1})
		b.Action.Value = strconv.Itoa(i + 1)
		files = append(files, b)
	}
	for len(files) > 0 {
		n := min(filesInRow, len(files))
		r.Rows, files = append(r.Rows, files[:n]), files[n:]
	}
	r.Rows = append(r.Rows, []dialog.Button{w.button("announcement_ask", AskStep, l.ID, nil)})
	r.Rows = w.why(r.Rows, l.Notice)
	return r
}

const filesInRow = 2

// body is the text with its look. Above it stands whose it is and of which day, and that
// it was corrected; below it when the training is that it carries, and when people
// register for it, and what an acknowledgement means, or that it was given.
func (w Writer) body(l announcement.Letter) string {
	at := l.At.In(w.Location)
	out := w.Text.T("announcement.heading", text.Args{"badan": w.Agency, "tanggal": w.Text.Date(at)}) + "\n"
	if l.Corrected {
		at := l.CorrectedAt.In(w.Location)
		out += w.Text.T("announcement.corrected", text.Args{"tanggal": w.Text.ShortDate(at), "jam": w.Text.Clock(at)}) + "\n"
	}
	out += "\n" + announcement.HTML(l.Body, l.Entities)
	below := ""
	switch {
	case l.Ack && l.Read && !l.ReadAt.IsZero():
		at := l.ReadAt.In(w.Location)
		below = "\n\n" + w.Text.T("announcement.was_read", text.Args{"tanggal": w.Text.ShortDate(at), "jam": w.Text.Clock(at)})
	case l.Ack:
		below = "\n\n" + w.Text.T("announcement.ack", nil)
	}
	room := announcement.MaxText
	if l.File.Media != "" {
		room = announcement.MaxCaption
	}
	const before = "\n\n"
	if line := w.batchLine(l.Batch, room-measure.Visible(out+before+below)); line != "" {
		out += before + line
	}
	return out + below
}

// Extra is the text that a recipient may see beside what was typed: the heading, the first
// line of a correction, the registration, and the last line of what is to be acknowledged.
// It is for whoever counts whether a text still fits.
func (w Writer) Extra(a announcement.Announcement, now time.Time) string {
	return w.body(announcement.Letter{Announcement: announcement.Announcement{Ack: a.Ack, Batch: a.Batch, CorrectedAt: now}, Corrected: true, At: now})
}

// batchLine says when the batch is that an announcement carries, and when people register
// for it, or that it was cancelled, as things stand: what was typed may be older. It takes
// no more than room, in UTF-16 units. "" = there is nothing to say.
func (w Writer) batchLine(c announcement.Carried, room int) string {
	if c.Cancelled {
		return w.Text.T("announcement.batch_cancelled", nil)
	}
	if c.Over {
		return ""
	}
	var lines []string
	if c.Joins {
		lines = append(lines, w.registers(c))
		room -= measure.Visible(lines[0]) + 1
	}
	if line := w.scheduleLine(c, room); line != "" {
		lines = append([]string{line}, lines...)
	}
	return strings.Join(lines, "\n")
}

// scheduleLine says when and where a batch is. A place that became longer after the text
// was written, with the place of that day, is cut, so that the message still goes.
func (w Writer) scheduleLine(c announcement.Carried, room int) string {
	if c.Starts.IsZero() {
		return ""
	}
	line := func(place string) string {
		return w.Text.T("announcement.schedule", text.Args{"kapan": w.Span(c.Starts, c.Ends), "tempat": place})
	}
	whole := line(c.Place)
	over := measure.Visible(whole) - room
	if over <= 0 {
		return whole
	}
	for left := measure.Units(c.Place) - over; left > 1; left-- {
		if short := line(measure.Cut(c.Place, left)); measure.Visible(short) <= room {
			return short
		}
	}
	if short := line(""); measure.Visible(short) <= room {
		return short
	}
	return ""
}

// Span writes from when to when a batch is: its day and hours, or its first and last day.
func (w Writer) Span(from, to time.Time) string {
	from, to = from.In(w.Location), to.In(w.Location)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return w.Text.Date(from) + ", " + w.Text.Hours(from, to)
	}
	return w.Text.Plain("join.days", text.Args{"dari": w.Text.Date(from), "sampai": w.Text.Date(to)})
}

// registers says when people register.
func (w Writer) registers(c announcement.Carried) string {
	key := "announcement.registers_ranked"
	if c.InOrder {
		key = "announcement.registers"
	}
	return w.Text.T(key, text.Args{"buka": w.Text.Date(c.Opens.In(w.Location)), "tutup": w.Text.Deadline(c.Closes.In(w.Location))})
}

// batchRow are the buttons of the batch that an announcement carries. Whether somebody may
// still register is decided at the press.
func (w Writer) batchRow(l announcement.Letter) [][]dialog.Button {
	if l.Batch.ID == 0 || l.Batch.Over {
		return nil
	}
	show := dialog.Button{Label: w.Text.Plain("label.join_open", nil), Action: action(training.CardStep, l.Batch.ID)}
	show.Action.Value = training.Below
	if !l.Batch.Joins {
		return [][]dialog.Button{{show}}
	}
	return [][]dialog.Button{{{Label: w.Text.Plain("label.join_yes", nil), Action: action(training.JoinStep, l.Batch.ID)}, show}}
}

// readRow is the button Sudah saya baca, while there is something to acknowledge.
func (w Writer) readRow(l announcement.Letter) [][]dialog.Button {
	if !l.Ack || l.Read {
		return nil
	}
	b := w.button("announcement_read", ReadStep, l.ID, nil)
	b.Action.Value = strconv.Itoa(l.Version)
	return [][]dialog.Button{{b}}
}

// why adds the button that explains why the message came.
func (w Writer) why(rows [][]dialog.Button, notice int64) [][]dialog.Button {
	if notice == 0 {
		return rows
	}
	return append(rows, []dialog.Button{{Label: w.Text.Plain("label.why", nil), Action: action(courier.WhyStep, notice)}})
}

func (w Writer) button(label, step string, ref int64, args text.Args) dialog.Button {
	return dialog.Button{Label: w.Text.Plain("label."+label, args), Action: action(step, ref)}
}

// action is a button of a card that is no form.
func action(step string, ref int64) dialog.Action {
	return dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume}
}
