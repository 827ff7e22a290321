package announcement

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/text"
)

// writeFlow takes the text of an announcement, with its look and its picture or file.
// Its ref is the draft; 0 = a new one.
const writeFlow = "aw"

const (
	usualLife   = 7        // days for which an announcement may go, unless its author says otherwise
	maxFileSize = 20 << 20 // bytes, so that a cheap phone can open it
)

// drafting is a short form about a draft.
type drafting[S any] struct {
	Given     S    `json:"given"`
	Cancelled bool `json:"cancelled,omitempty"`
	draft     announcement.Announcement
}

// draftForm makes a short form about the draft that is its ref. ask are its questions,
// and change puts what was answered into the draft; a dialog.Invalid of it asks the last
// question again. Then the card of the draft is shown.
func draftForm[S any](p *desk, name string, ask func(q feature.Short[drafting[S]]) []dialog.Step[drafting[S]],
	change func(ctx context.Context, e *env, d *drafting[S]) error) dialog.Form[drafting[S], *env] {
	q := feature.Short[drafting[S]]{Desk: p.Desk, Cancelled: func(d *drafting[S]) *bool { return &d.Cancelled }}
	return dialog.Form[drafting[S], *env]{
		FormName: name, Say: p.Wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (d drafting[S], err error) {
			if err := feature.DecodeState(r, &d); err != nil {
				return d, err
			}
			d.draft, err = ownDraft(ctx, e, r.Ref)
			return d, err
		},
		Steps: func(d drafting[S]) []dialog.Step[drafting[S]] { return q.Steps(d, ask(q)...) },
		Finish: func(ctx context.Context, e *env, d drafting[S]) (dialog.Ending, error) {
			if d.Cancelled {
				return endWithCard(ctx, e, d.draft)
			}
			if err := change(ctx, e, &d); err != nil {
				return dialog.Ending{}, err
			}
			if err := putDraft(ctx, e, &d.draft); err != nil {
				return dialog.Ending{}, err
			}
			return endWithCard(ctx, e, d.draft)
		},
	}
}

// endWithCard ends a form with the card of its draft.
func endWithCard(ctx context.Context, e *env, a announcement.Announcement) (dialog.Ending, error) {
	card, err := draftCard(ctx, e, a)
	return dialog.Ending{Replies: []dialog.Reply{card}}, err
}

// ownDraft reads a draft of the person; ErrNotFound when it is somebody else's, is none
// any more, or the person has lost the right.
func ownDraft(ctx context.Context, e *env, id int64) (announcement.Announcement, error) {
	if !e.Employee.Rights.HR {
		return announcement.Announcement{}, dialog.ErrNotFound
	}
	a, err := e.tx.LockAnnouncement(ctx, id)
	if err == nil && (a.Author != e.Employee.ID || a.State != announcement.Draft) {
		err = dialog.ErrNotFound
	}
	return a, err
}

// putDraft stores a draft and goes on with its next revision.
func putDraft(ctx context.Context, e *env, a *announcement.Announcement) error {
	if err := e.tx.PutAnnouncement(ctx, *a, e.Now); err != nil {
		return err
	}
	a.Revision++
	return nil
}

// writeForm takes the text. A new one becomes a draft; both are shown as they will
// arrive, with the card below.
func (p *desk) writeForm() dialog.Form[drafting[dialog.Content], *env] {
	f := draftForm(p, writeFlow, func(q feature.Short[drafting[dialog.Content]]) []dialog.Step[drafting[dialog.Content]] {
		return []dialog.Step[drafting[dialog.Content]]{q.Message("isi", "announce.write", func(d *drafting[dialog.Content], c dialog.Content) error {
			if sentence := p.unfit(c.File, c.Text, d.draft); sentence != "" {
				return dialog.Invalid(sentence)
			}
			d.Given = c
			return nil
		})}
	}, nil)
	load := f.Load
	f.Load = func(ctx context.Context, e *env, r *dialog.Record) (d drafting[dialog.Content], err error) {
		if r.Ref != 0 {
			return load(ctx, e, r)
		}
		if !e.Employee.Rights.HR {
			return d, dialog.ErrNotFound
		}
		d.draft = announcement.Announcement{Author: e.Employee.ID, Kind: announcement.Ordinary, Expires: life(e.Now)}
		return d, feature.DecodeState(r, &d)
	}
	f.Finish = func(ctx context.Context, e *env, d drafting[dialog.Content]) (dialog.Ending, error) {
		if d.Cancelled && d.draft.ID == 0 {
			return e.Ending("form.cancelled"), nil
		}
		if d.Cancelled {
			return endWithCard(ctx, e, d.draft)
		}
		return finishWriting(ctx, e, d.draft, d.Given)
	}
	return f
}

// life is until when an announcement may go that is written now.
func life(now time.Time) time.Time { return feature.Midnight(now).AddDate(0, 0, usualLife+1) }

func finishWriting(ctx context.Context, e *env, a announcement.Announcement, c dialog.Content) (dialog.Ending, error) {
	a.Body, a.Entities, a.File = c.Text, c.Entities, c.File
	if a.ID == 0 {
		id, err := e.tx.AddAnnouncement(ctx, a, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		if a, err = e.tx.Announcement(ctx, id); err != nil {
			return dialog.Ending{}, err
		}
	} else if err := putDraft(ctx, e, &a); err != nil {
		return dialog.Ending{}, err
	}
	sample, card, err := draftShown(ctx, e, a)
	return dialog.Ending{Replies: []dialog.Reply{sample, card}}, err
}

// unfit says in a sentence why something cannot be the text of a draft; "" = it can.
func (p *desk) unfit(f dialog.File, body string, d announcement.Announcement) string {
	extra := measure.Visible(p.writer().Extra(d, p.Cfg.Now()))
	switch {
	case f.Media != "" && f.FileID == "":
		return p.Cfg.Text.T("announce.media_hint", nil)
	case f.Size > maxFileSize:
		return p.Cfg.Text.T("announce.too_large", text.Args{"batas": maxFileSize >> 20})
	case body == "":
		return p.Cfg.Text.T("announce.no_text", nil)
	}
	return p.tooLong(f, body, extra)
}

// tooLong says in a sentence that a text is longer than Telegram takes; "" = it is not.
// extra UTF-16 units are added to it by the program.
func (p *desk) tooLong(f dialog.File, body string, extra int) string {
	n, most, key := measure.Units(body), announcement.MaxText-extra, "announce.text_long"
	if f.Media != "" {
		most, key = announcement.MaxCaption-extra, "announce.caption_long"
	}
	if n <= most {
		return ""
	}
	return p.Cfg.Text.T(key, text.Args{"n": p.Cfg.Text.Number(n), "batas": p.Cfg.Text.Number(most)})
}

// preview is an announcement exactly as it will arrive, with the day to which sending it
// moves the registration of its batch; its buttons only say so.
func (e *env) preview(a announcement.Announcement, p prospect) dialog.Reply {
	if !p.opens.IsZero() {
		a.Batch.Opens = p.opens
	}
	r := e.desk.writer().Letter(announcement.Letter{Announcement: a, Template: announcement.MessageTemplate, At: later(e.Now, a.SendAt)})
	for i, row := range r.Rows {
		for j, b := range row {
			if b.URL == "" {
				r.Rows[i][j].Action = e.MenuAction("pmcontoh", a.ID)
			}
		}
	}
	return r
}

// later is the later of two moments.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// pressExample answers a button of an example.
func (e *env) pressExample(context.Context, dialog.Action, int) error {
	e.Out.Toast = e.Cfg.Text.Plain("announce.example_toast", nil)
	return nil
}

// tryOut sends a draft to its author alone, with its files.
func (e *env) tryOut(ctx context.Context, a dialog.Action, _ int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	sample, card, err := draftShown(ctx, e, d)
	e.Out.Replies = append(e.Out.Replies, sample)
	for _, f := range d.Files {
		e.Out.Replies = append(e.Out.Replies, fileReply(e, f))
	}
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// fileReply is a further file, as it comes when its button is pressed.
func fileReply(e *env, f announcement.File) dialog.Reply {
	return dialog.Reply{Template: "announce.file", Text: e.T("announce.file", text.Args{"nama": feature.Clip(f.Name, feature.LongName)}),
		Media: f.Media, FileID: f.FileID}
}

// openDraft shows the card of a draft.
func (e *env) openDraft(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	return showDraft(ctx, e, d, message)
}

// showDraft shows the card of a draft in place of a message.
func showDraft(ctx context.Context, e *env, a announcement.Announcement, message int) error {
	card, err := draftCard(ctx, e, a)
	card.Edit = message
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// draftShown is a draft as it will arrive, and its card.
func draftShown(ctx context.Context, e *env, a announcement.Announcement) (sample, card dialog.Reply, err error) {
	p, err := prospects(ctx, e, a)
	if err != nil {
		return sample, card, err
	}
	card, err = cardOf(ctx, e, a, p)
	return e.preview(a, p), card, err
}

func draftCard(ctx context.Context, e *env, a announcement.Announcement) (dialog.Reply, error) {
	p, err := prospects(ctx, e, a)
	if err != nil {
		return dialog.Reply{}, err
	}
	return cardOf(ctx, e, a, p)
}

// cardOf says to whom a draft goes, what would become of it now, and how it is set; its
// buttons change that.
func cardOf(ctx context.Context, e *env, a announcement.Announcement, p prospect) (dialog.Reply, error) {
	lines, err := audienceLines(ctx, e, a, p.forecast)
	if err != nil {
		return dialog.Reply{}, err
	}
	second, err := needsSecond(ctx, e, p.forecast.Total)
	if err != nil {
		return dialog.Reply{}, err
	}
	times, err := e.timeWords(ctx, a)
	if err != nil {
		return dialog.Reply{}, err
	}
	lines = append(lines, times, e.switchWords(a))
	if a.Batch.ID != 0 {
		lines = append(lines, e.carryWords(a, p))
	}
	ready := a.Audience.Chosen() && p.forecast.Total > 0 && a.Expires.After(e.Now) && p.fits
	switch {
	case !a.Audience.Chosen():
	case p.forecast.Total == 0:
		lines = append(lines, e.T("announce.nobody_fits", nil))
	case !a.Expires.After(e.Now):
		lines = append(lines, e.T("announce.over", nil))
	case second && ready:
		lines = append(lines, e.T("announce.needs_second", text.Args{"n": e.Cfg.Text.Number(e.Cfg.ApprovalFrom)}))
	}
	return dialog.Reply{Template: "announce.card", Text: strings.Join(lines, "\n"), Rows: e.draftRows(a, ready, second)}, nil
}

// timeWords say when a draft goes, until when, and for which event.
func (e *env) timeWords(ctx context.Context, a announcement.Announcement) (string, error) {
	when, err := startWords(ctx, e, a)
	args := text.Args{"mulai": when, "sampai": e.Cfg.Text.Deadline(a.Expires.In(e.Cfg.Location))}
	if a.Kind == announcement.Near {
		args["acara"] = e.When(a.EventAt)
		return e.T("announce.times_near", args), err
	}
	return e.T("announce.times", args), err
}

// switchWords say what a draft has beside its text.
func (e *env) switchWords(a announcement.Announcement) string {
	ack := "announce.ack_off"
	if a.Ack {
		ack = "announce.ack_on"
	}
	return e.T("announce.switches", text.Args{"tanda": e.T(ack, nil), "tautan": cmp.Or(a.LinkLabel, e.Cfg.Text.Plain("announce.link_none", nil)), "lampiran": strconv.Itoa(len(a.Files))})
}

// draftRows are the buttons of a draft. Those that send carry the revision that its
// author has seen.
func (e *env) draftRows(a announcement.Announcement, ready, second bool) [][]dialog.Button {
	form := func(label, flow string) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: a.ID, Verb: dialog.Resume}}
	}
	act := func(label, step, value string) dialog.Button {
		do := e.MenuAction(step, a.ID)
		do.Value = value
		return dialog.Button{Label: e.Label(label), Action: do}
	}
	ack, near := act("ack_on", "pmatur", "baca"), form("near", nearFlow)
	if a.Ack {
		ack = act("ack_off", "pmatur", "tanpabaca")
	}
	if a.Kind == announcement.Near {
		near = act("not_near", "pmatur", "biasa")
	}
	when := form("schedule", scheduleFlow)
	if !a.SendAt.IsZero() {
		when = act("send_at_once", "pmatur", "sekarang")
	}
	link, files := form("link_button", linkFlow), []dialog.Button{form("rewrite", writeFlow), form("files", fileFlow)}
	if a.LinkURL != "" {
		link = act("no_link", "pmatur", "tanpatautan")
	}
	carry := act("carry", carryStep, "")
	if a.Batch.ID != 0 {
		carry = act("carry_none", "pmatur", "tanpalatih")
	}
	rows := [][]dialog.Button{{act("audience", "pmsasar", ""), carry}, files}
	if len(a.Files) > 0 {
		rows = append(rows, []dialog.Button{act("no_files", "pmatur", "tanpaberkas")})
	}
	rows = append(rows, []dialog.Button{ack}, []dialog.Button{link, near}, []dialog.Button{when, form("until", untilFlow)},
		[]dialog.Button{act("try_out", "pmuji", "")}, []dialog.Button{{Label: e.Label("share_wa"), URL: e.shareURL(a)}})
	revision := strconv.Itoa(a.Revision)
	switch {
	case second && ready:
		rows = append(rows, []dialog.Button{act("ask_second", "pmminta", revision)})
	case ready:
		rows = append(rows, []dialog.Button{act("submit", "pmkirim", revision)})
	}
	return append(rows, []dialog.Button{act("discard", "pmhapus", "")})
}

// shareURL hands the text to WhatsApp, for those who have no account here yet, with the
// way to the bot below it.
func (e *env) shareURL(a announcement.Announcement) string {
	below := ""
	if bot := e.Cfg.BotUsername(); bot != "" {
		below = "\n\n" + e.Cfg.Text.Plain("announce.share", text.Args{"tautan": "https://t.me/" + bot})
	}
	if c := a.Batch; !c.Starts.IsZero() && !c.Over { // the message says it below its text
		below = "\n" + e.Cfg.Text.Plain("announce.share_schedule", text.Args{"kapan": e.desk.writer().Span(c.Starts, c.Ends), "tempat": c.Place}) + below
	}
	return announcement.ShareURL(a.Body, below)
}
