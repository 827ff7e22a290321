package mailing

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// The steps of the buttons below the progress; the ref is the announcement.
const (
	PauseStep     = "jedasiaran"
	ContinueStep  = "lanjutsiaran"
	CancelStep    = "batalsiaran"
	RetryStep     = "ulangsiaran"
	UnknownStep   = "ulangtakpasti"
	RemindStep    = "ingatsiaran"
	CorrectStep   = "ralat"
	TakeBackStep  = "tarik"
	RecipientStep = "penerima"
	ReuseStep     = "pmpakai"
)

// heads are the first lines of the progress.
var heads = map[announcement.State]string{
	announcement.Approved: "announcement.progress_approved", announcement.Sending: "announcement.progress_sending",
	announcement.Paused: "announcement.progress_paused", announcement.Done: "announcement.progress_done",
	announcement.Cancelled: "announcement.progress_cancelled",
}

// barWidth is how many characters the bar of the progress has.
const barWidth = 10

// perSecond is at which rate messages go when nothing else does.
const perSecond = 29.5

// Progress writes the one message that shows how far an announcement is and edits
// itself. c is its ledger.
func (w Writer) Progress(a announcement.Announcement, c announcement.Counts) dialog.Reply {
	open, held := c.By[announcement.Waiting]+c.By[announcement.Queued], c.By[announcement.Held]
	lines := []string{"<b>" + w.Text.T(head(a, open, held), text.Args{"awal": announcement.Opening(a.Body)}) + "</b>"}
	if a.StoppedFor == WrongBot && a.State == announcement.Paused {
		lines = append(lines, w.Text.T("announcement.progress_wrong_bot", nil))
	}
	lines = append(lines, bar(c.Total-open-held-c.By[announcement.Unlinked]-c.By[announcement.Stopped], c.Total), w.figures(a, c))
	if more := w.afterwards(a, c); more != "" {
		lines = append(lines, more)
	}
	if a.State == announcement.Sending && open > 0 {
		lines = append(lines, w.Text.T("announcement.progress_left", text.Args{"n": w.Text.Number(open), "lama": w.Lasting(open)}))
	}
	if n := c.By[announcement.Unlinked]; n > 0 && a.State == announcement.Done && a.WithdrawnAt.IsZero() && !a.Expires.IsZero() {
		lines = append(lines, w.Text.T("announcement.progress_unlinked", text.Args{"n": w.Text.Number(n), "sampai": w.Text.Deadline(a.Expires.In(w.Location))}))
	}
	return dialog.Reply{Template: "announcement.progress", Text: strings.Join(lines, "\n"), Rows: w.controls(a, c), Edit: a.MessageID}
}

// head is the first line: nothing is being sent while all who are left are held.
func head(a announcement.Announcement, open, held int) string {
	switch {
	case !a.WithdrawnAt.IsZero():
		return "announcement.progress_withdrawn"
	case a.State == announcement.Sending && open == 0 && held > 0:
		return "announcement.progress_held"
	}
	return heads[a.State]
}

// figures are the parts of the audience, which add up to it.
func (w Writer) figures(a announcement.Announcement, c announcement.Counts) string {
	parts := []string{w.figure("announcement.figure_total", c.Total), w.figure("announcement.figure_sent", c.By[announcement.Sent])}
	failed := ""
	causes, each := byCause(c.Failed)
	for _, cause := range causes {
		failed += ", " + w.Text.T(cause, text.Args{"n": w.Text.Number(each[cause])})
	}
	for _, p := range []struct {
		key string
		n   int
		add string
	}{
		{"announcement.figure_failed", c.By[announcement.Failed], failed}, {"announcement.figure_unreached", c.By[announcement.Unreachable], w.silent(c)}, {"announcement.figure_unlinked", c.By[announcement.Unlinked], ""},
		{"announcement.figure_held", c.By[announcement.Held], ""}, {"announcement.figure_expired", c.By[announcement.Expired], ""}, {"announcement.figure_unknown", c.By[announcement.Unknown], ""},
		{"announcement.figure_left", c.By[announcement.Left], ""}, {"announcement.figure_cancelled", c.By[announcement.Stopped], ""}, {"announcement.figure_withdrawn", c.By[announcement.Withdrawn], ""},
	} {
		if p.n > 0 {
			parts = append(parts, w.figure(p.key, p.n)+strings.Replace(p.add, ", ", ": ", 1))
		}
	}
	if a.Ack {
		parts = append(parts, w.figure("announcement.figure_read", c.Read))
		if c.ReadOld > 0 {
			parts = append(parts, w.figure("announcement.figure_read_old", c.ReadOld))
		}
	}
	if c.ToldDirect > 0 {
		parts = append(parts, w.figure("announcement.figure_told", c.ToldDirect))
	}
	return strings.Join(parts, " · ")
}

// silent tells how many of those who are not reached have asked for silence, from five on.
func (w Writer) silent(c announcement.Counts) string {
	if c.Silent == 0 {
		return ""
	}
	return ", " + w.Text.T("announcement.figure_silent", text.Args{"n": w.Text.Number(c.Silent)})
}

// afterwards says how far a correction or taking back is; "" = there was none.
func (w Writer) afterwards(a announcement.Announcement, c announcement.Counts) string {
	var parts []string
	if a.Version > 1 && a.WithdrawnAt.IsZero() {
		parts = append(parts, w.figure("announcement.figure_corrected", c.Corrected))
		if c.Uncorrected > 0 {
			parts = append(parts, w.figure("announcement.figure_uncorrected", c.Uncorrected))
		}
	}
	if c.Patching > 0 {
		parts = append(parts, w.figure("announcement.figure_patching", c.Patching))
	}
	if c.Refused > 0 {
		parts = append(parts, w.figure("announcement.figure_refused", c.Refused))
	}
	return strings.Join(parts, " · ")
}

func (w Writer) figure(key string, n int) string {
	return w.Text.T(key, text.Args{"n": w.Text.Number(n)})
}

// Lasting writes how long n messages take: seconds, or minutes from two on.
func (w Writer) Lasting(n int) string {
	d := time.Duration(float64(n) / perSecond * float64(time.Second)).Round(time.Second)
	if d < 2*time.Minute {
		return w.Text.Plain("announcement.seconds", text.Args{"n": max(1, int(d.Seconds()))})
	}
	return w.Text.Plain("announcement.minutes", text.Args{"n": int((d + time.Minute - 1) / time.Minute)})
}

// bar shows how much of a whole is done.
func bar(done, of int) string {
	if of == 0 {
		return ""
	}
	full := done * barWidth / of
	return strings.Repeat("▓", full) + strings.Repeat("░", barWidth-full) + " " + strconv.Itoa(done*100/of) + "%"
}

// controls are the buttons below the progress: what is possible as things stand.
func (w Writer) controls(a announcement.Announcement, c announcement.Counts) (rows [][]dialog.Button) {
	row := func(buttons ...dialog.Button) { rows = append(rows, buttons) }
	button := func(label, step string, args text.Args) dialog.Button { return w.button(label, step, a.ID, args) }
	count := func(label, step string, n int) {
		if n > 0 {
			row(button(label, step, text.Args{"n": w.Text.Number(n)}))
		}
	}
	switch a.State {
	case announcement.Approved, announcement.Sending:
		row(button("announcement_pause", PauseStep, nil), button("announcement_cancel", CancelStep, nil))
	case announcement.Paused:
		row(button("announcement_continue", ContinueStep, nil), button("announcement_cancel", CancelStep, nil))
	}
	if a.State == announcement.Done || a.State == announcement.Cancelled {
		row(dialog.Button{Label: w.Text.Plain("label.reuse", nil), Action: action(ReuseStep, a.ID)})
	}
	if a.StartedAt.IsZero() || !a.WithdrawnAt.IsZero() {
		return rows
	}
	row(button("announcement_correct", CorrectStep, nil), button("announcement_take_back", TakeBackStep, nil))
	if a.State == announcement.Sending || a.State == announcement.Done {
		count("announcement_retry", RetryStep, c.By[announcement.Failed])
		count("announcement_unknown", UnknownStep, c.By[announcement.Unknown])
		count("announcement_remind", RemindStep, c.Remindable)
	}
	row(button("announcement_recipients", RecipientStep, nil))
	return rows
}

// causeKey is the catalogue's sentence for why Telegram refused a message.
func causeKey(cause string) string {
	if key, ok := map[string]string{"chat_not_found": "announcement.cause_chat_not_found", "file": "announcement.cause_file",
		"file_size": "announcement.cause_file_size", "format": "announcement.cause_format", "too_long": "announcement.cause_too_long",
		"buttons": "announcement.cause_buttons", InternalFault: "announcement.cause_internal"}[cause]; ok {
		return key
	}
	return "announcement.cause_other"
}

// byCause adds failures up by the sentences for them, in the order of the keys.
func byCause(failed map[string]int) (keys []string, n map[string]int) {
	n = map[string]int{}
	for cause, k := range failed {
		n[causeKey(cause)] += k
	}
	return slices.Sorted(maps.Keys(n)), n
}
