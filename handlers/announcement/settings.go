package announcement

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// The forms that set something about the draft that is their ref.
const (
	fileFlow     = "af" // a further file
	linkFlow     = "al" // the link button
	scheduleFlow = "as" // when it goes
	untilFlow    = "ab" // until when it may go
	nearFlow     = "ae" // that it is about a near event
)

const (
	maxFiles  = 8   // further files: each has a button
	linkLabel = 20  // characters on the link button
	linkLong  = 500 // bytes of an address
	nearDays  = 2   // working days within which an event is near
)

// adjust changes one switch of a draft.
func (e *env) adjust(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	switch a.Value {
	case "baca":
		if sentence := e.desk.unfit(d.File, d.Body, acknowledged(d)); sentence != "" {
			e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.text_long", Text: sentence})
			return nil
		}
		d.Ack = true
	case "tanpabaca":
		d.Ack = false
	case "biasa":
		d.Kind, d.EventAt, d.Expires = announcement.Ordinary, time.Time{}, life(e.Now)
	case "sekarang":
		d.SendAt = time.Time{}
	case "tanpaberkas":
		d.Files = nil
	case "tanpalatih":
		d.Batch = announcement.Carried{}
	case "tanpatautan":
		d.LinkURL, d.LinkLabel = "", ""
	default:
		return dialog.ErrNotFound
	}
	if err := putDraft(ctx, e, &d); err != nil {
		return err
	}
	return showDraft(ctx, e, d, message)
}

// acknowledged is a draft with the sign that it was read.
func acknowledged(d announcement.Announcement) announcement.Announcement {
	d.Ack = true
	return d
}

// fileForm takes a further file: it stands behind a button.
func (p *desk) fileForm() dialog.Form[drafting[dialog.File], *env] {
	type state = drafting[dialog.File]
	return draftForm(p, fileFlow, func(q feature.Short[state]) []dialog.Step[state] {
		return []dialog.Step[state]{q.Message("berkas", "announce.file_ask", func(d *state, c dialog.Content) error {
			switch {
			case c.File.FileID == "":
				return dialog.Invalid(p.Cfg.Text.T("announce.file_hint", nil))
			case c.File.Size > maxFileSize:
				return dialog.Invalid(p.Cfg.Text.T("announce.too_large", text.Args{"batas": maxFileSize >> 20}))
			case len(d.draft.Files) >= maxFiles:
				return dialog.Invalid(p.Cfg.Text.T("announce.files_full", text.Args{"n": maxFiles}))
			}
			d.Given = c.File
			return nil
		})}
	}, func(_ context.Context, e *env, d *state) error {
		if d.Given.Name == "" {
			d.Given.Name = e.Cfg.Text.Plain("announce.file_name", text.Args{"n": len(d.draft.Files) + 1})
		}
		d.draft.Files = append(d.draft.Files, d.Given)
		return nil
	})
}

type linkButton struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// linkForm takes the address of the link button, then what stands on it.
func (p *desk) linkForm() dialog.Form[drafting[linkButton], *env] {
	type state = drafting[linkButton]
	return draftForm(p, linkFlow, func(q feature.Short[state]) []dialog.Step[state] {
		return []dialog.Step[state]{
			q.Question("alamat", "announce.link_ask", func(d *state, value string) error {
				d.Given.URL = strings.TrimSpace(value)
				u, err := url.Parse(d.Given.URL)
				if err != nil || u.Scheme != "https" || u.Host == "" || !strings.Contains(u.Host, ".") || len(d.Given.URL) > linkLong {
					return dialog.Invalid(p.Cfg.Text.T("announce.link_hint", nil))
				}
				return nil
			}),
			q.Words("tulisan", "announce.link_label", "announce.link_label_hint", 2, linkLabel, func(d *state) *string { return &d.Given.Label }),
		}
	}, func(_ context.Context, _ *env, d *state) error {
		d.draft.LinkURL, d.draft.LinkLabel = d.Given.URL, d.Given.Label
		return nil
	})
}

// discard asks whether a draft is meant to be thrown away, then does it.
func (e *env) discard(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == "pmhapus" {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.discard_ask", Edit: message, Text: e.T("announce.discard_ask", text.Args{"awal": announcement.Opening(d.Body)}),
			Rows: [][]dialog.Button{{{Label: e.Label("delete_yes"), Action: e.MenuAction("pmhapusya", d.ID)}}, {{Label: e.Label("delete_no"), Action: e.MenuAction("pmkonsep", d.ID)}}}})
		return nil
	}
	if err := e.tx.DiscardAnnouncement(ctx, d.ID, e.Employee.ID, e.Now); err != nil {
		return fmt.Errorf("throw a draft away: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.discarded", Text: e.T("announce.discarded", nil), Edit: message, Rows: e.homeRow()})
	return nil
}

// moment is a day and a time of day that somebody gives.
type moment struct {
	Day   time.Time     `json:"day"`
	Clock time.Duration `json:"clock"`
}

func (m moment) at() time.Time { return m.Day.Add(m.Clock) }

// momentSteps ask for a day and a time of day; ask is the question of the day.
func (p *desk) momentSteps(q feature.Short[drafting[moment]], ask string, days int, clocks ...string) []dialog.Step[drafting[moment]] {
	type state = drafting[moment]
	var near, hours []dialog.Choice
	today := feature.Midnight(p.Cfg.Now().In(p.Cfg.Location))
	for i := range days {
		day := today.AddDate(0, 0, i)
		near = append(near, dialog.Choice{Label: strings.TrimSuffix(p.Cfg.Text.Date(day), " "+strconv.Itoa(day.Year())), Value: day.Format(time.DateOnly)})
	}
	for _, c := range clocks {
		hours = append(hours, dialog.Choice{Label: c, Value: c})
	}
	return []dialog.Step[state]{
		q.Question("hari", ask, func(d *state, value string) (err error) {
			day, ok := p.TypedDate(value)
			if !ok || day.Before(feature.Midnight(p.Cfg.Now().In(p.Cfg.Location))) {
				return dialog.Invalid(p.Cfg.Text.T("announce.day_hint", nil))
			}
			d.Given.Day = day
			return nil
		}, feature.Grid(1, near)...),
		q.Question("jam", "announce.clock_ask", func(d *state, value string) error {
			clock, ok := feature.TypedClock(value)
			if !ok {
				return dialog.Invalid(p.Cfg.Text.T("announce.clock_hint", nil))
			}
			if d.Given.Clock = clock; !d.Given.at().After(p.Cfg.Now()) {
				return dialog.Invalid(p.Cfg.Text.T("announce.past_hint", nil))
			}
			return nil
		}, feature.Grid(3, hours)...),
	}
}

// scheduleForm asks when a draft shall go. What may go until then moves with it.
func (p *desk) scheduleForm() dialog.Form[drafting[moment], *env] {
	return draftForm(p, scheduleFlow, func(q feature.Short[drafting[moment]]) []dialog.Step[drafting[moment]] {
		return p.momentSteps(q, "announce.schedule_ask", 3, "08.00", "10.00", "13.00")
	}, func(_ context.Context, e *env, d *drafting[moment]) error {
		at := d.Given.at()
		if d.draft.Kind == announcement.Near && !at.Before(d.draft.EventAt) {
			return dialog.Invalid(e.T("announce.after_event", nil))
		}
		if d.draft.SendAt = at; !d.draft.Expires.After(at) {
			d.draft.Expires = life(at)
		}
		return nil
	})
}

// untilForm asks for the last day on which a draft may go.
func (p *desk) untilForm() dialog.Form[drafting[time.Time], *env] {
	type state = drafting[time.Time]
	return draftForm(p, untilFlow, func(q feature.Short[state]) []dialog.Step[state] {
		return []dialog.Step[state]{q.Question("sampai", "announce.until_ask", func(d *state, value string) error {
			after, ok := p.Until(value, p.Cfg.Now().In(p.Cfg.Location))
			if !ok || !after.After(d.draft.SendAt) {
				return dialog.Invalid(p.Cfg.Text.T("announce.day_hint", nil))
			}
			d.Given = after
			return nil
		})}
	}, func(_ context.Context, _ *env, d *state) error {
		d.draft.Expires = d.Given
		return nil
	})
}

// nearForm asks for the event that a draft is about. It goes outside the week's budget,
// so the event must be near; behind it nothing goes.
func (p *desk) nearForm() dialog.Form[drafting[moment], *env] {
	return draftForm(p, nearFlow, func(q feature.Short[drafting[moment]]) []dialog.Step[drafting[moment]] {
		return p.momentSteps(q, "announce.near_ask", 3, "07.00", "08.00", "09.00", "10.00", "13.00", "14.00")
	}, func(ctx context.Context, e *env, d *drafting[moment]) error {
		gate, err := e.Cfg.Courier.Gate(ctx, e.tx)
		if err != nil {
			return err
		}
		at, cal := d.Given.at(), gate.Calendar
		if cal.Day(at) > cal.AddWorkingDays(cal.Day(e.Now), nearDays, outreach.FiveDays()) {
			return dialog.Invalid(e.T("announce.not_near", text.Args{"n": nearDays}))
		}
		d.draft.Kind, d.draft.EventAt, d.draft.Expires = announcement.Near, at, at
		if !d.draft.SendAt.Before(at) {
			d.draft.SendAt = time.Time{}
		}
		return nil
	})
}
