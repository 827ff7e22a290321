package attention

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
	"bangkom/internal/text"
)

// forEver is the end of a silence that lasts until the person ends it.
var forEver = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	muteDays    = 7 // days, counting the one on which it is asked for
	plansShown  = 3
	maxMuteDays = 366
)

// hours are the hours that a person may choose, in minutes from midnight; they
// lie within those of services.
func hours() []outreach.Clock {
	var all []outreach.Clock
	for _, h := range []int{6, 7, 8, 9, 10, 13, 15, 17, 19} {
		all = append(all, outreach.At(h, 0))
	}
	return all
}

// attention answers /pengingat: what a person has set, what is planned, why the
// last message came, and how to have fewer.
func (e *env) attention(ctx context.Context, _ string) error {
	e.KeepNote()
	return e.attentionCard(ctx, 0)
}

func (e *env) attentionCard(ctx context.Context, message int) error {
	w, err := e.tx.Preferences(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	plans, err := e.Cfg.Reminder.Planned(ctx, e.tx, e.Now, e.Employee.ID)
	if err != nil {
		return err
	}
	lines := []string{e.T("attention.head", e.Person(nil)), e.hourLine(w), e.muteLine(w), "", e.planLines(plans)}
	coming, err := e.ComingLines(ctx)
	if err != nil {
		return err
	}
	lines = append(lines, coming...)
	if last, err := e.tx.NotificationOf(ctx, 0, e.Employee.ID); err == nil {
		lines = append(lines, "", e.T("attention.last", text.Args{"kapan": e.When(last.At), "alasan": text.HTML(e.whyKind(last))}))
	} else if !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attention.head", Text: strings.Join(lines, "\n"), Edit: message, Rows: e.attentionRows(w)})
	return nil
}

func (e *env) attentionRows(w courier.Preferences) [][]dialog.Button {
	button := func(label, value string) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: e.preferenceAction(value)}
	}
	rows := [][]dialog.Button{{{Label: e.Label("attention_hour"), Action: e.MenuAction("jam", 0)}}}
	if !e.Now.Before(w.MutedUntil) {
		return append(rows, []dialog.Button{button("attention_week", "pekan")},
			[]dialog.Button{{Label: e.Label("attention_until"), Action: dialog.Action{Flow: muteFlow, Verb: dialog.Resume}}},
			[]dialog.Button{button("attention_stop", reminder.Stop)})
	}
	rows = append(rows, []dialog.Button{button("attention_resume", "lagi")})
	if w.MuteAll {
		return append(rows, []dialog.Button{button("attention_news_on", "kabar")})
	}
	return append(rows, []dialog.Button{button("attention_news_off", "sunyi")})
}

// preferenceAction is a button that changes what a person wants.
func (e *env) preferenceAction(value string) dialog.Action {
	a := e.MenuAction(reminder.MuteStep, 0)
	a.Value = value
	return a
}

func (e *env) hourLine(w courier.Preferences) string {
	if w.Hour == 0 {
		return e.T("attention.hour_none", nil)
	}
	return e.T("attention.hour", text.Args{"jam": strings.Replace(outreach.Clock(w.Hour).String(), ":", ".", 1)})
}

func (e *env) muteLine(w courier.Preferences) string {
	if caps := e.Cfg.Courier.Caps(); !e.Now.Before(w.MutedUntil) {
		return e.T("attention.on", text.Args{"hari": caps.Day, "pekan": caps.Week, "batas": caps.DeadlineWeek})
	}
	line := e.silence(w)
	if feature.Supervises(e.Employee.Rights) { // a summary is a prompt like the others
		line += " " + e.T("attention.summary_too", nil)
	}
	return line
}

// silence says what does not come until when.
func (e *env) silence(w courier.Preferences) string {
	switch {
	case w.MutedUntil.Year() >= forEver.Year()-1 && w.MuteAll:
		return e.T("attention.stopped_all", nil)
	case w.MutedUntil.Year() >= forEver.Year()-1:
		return e.T("attention.stopped", nil)
	case w.MuteAll:
		return e.T("attention.muted_all", text.Args{"sampai": e.silentUntil(w)})
	}
	return e.T("attention.muted", text.Args{"sampai": e.silentUntil(w)})
}

// silentUntil writes the last day of a silence, which ends with a midnight.
func (e *env) silentUntil(w courier.Preferences) string {
	return e.Cfg.Text.T("attention.end_of", text.Args{"hari": e.Cfg.Text.Deadline(w.MutedUntil.In(e.Cfg.Location))})
}

func (e *env) planLines(plans []reminder.Plan) string {
	if len(plans) == 0 {
		return e.T("attention.plan_none", nil)
	}
	lines := []string{e.T("attention.plan", nil)}
	for _, p := range plans[:min(len(plans), plansShown)] {
		args := text.Args{"kapan": e.When(p.At), "judul": p.Title, "jenis": e.Cfg.Text.Plain(kindWord(p.Kind), nil)}
		key := "attention.plan_line"
		if p.Title == "" {
			key = "attention.plan_bare"
		}
		lines = append(lines, e.T(key, args))
	}
	return strings.Join(lines, "\n")
}

// hourCard offers the hours.
func (e *env) hourCard(_ context.Context, _ dialog.Action, message int) error {
	var buttons []dialog.Button
	for _, h := range hours() {
		a := e.MenuAction("jamya", 0)
		a.Value = strconv.Itoa(int(h))
		buttons = append(buttons, dialog.Button{Label: strings.Replace(h.String(), ":", ".", 1), Action: a})
	}
	none := e.MenuAction("jamya", 0)
	none.Value = "0"
	rows := append(feature.Grid(3, buttons), []dialog.Button{{Label: e.Label("attention_no_hour"), Action: none}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attention.ask_hour", Text: e.T("attention.ask_hour", nil), Edit: message, Rows: rows})
	return nil
}

// setHour stores an hour, or none.
func (e *env) setHour(ctx context.Context, a dialog.Action, message int) error {
	minutes, err := strconv.Atoi(a.Value)
	if err != nil || minutes != 0 && !outreach.DefaultRules().Hours.ValidHour(outreach.Clock(minutes)) {
		return dialog.ErrNotFound
	}
	return e.changePreferences(ctx, message, func(w *courier.Preferences) { w.Hour = minutes })
}

// setMute stores that a person wants silence, or no longer does.
func (e *env) setMute(ctx context.Context, a dialog.Action, message int) error {
	change, known := map[string]func(*courier.Preferences){
		"pekan":       func(w *courier.Preferences) { w.MutedUntil = feature.Midnight(e.Now).AddDate(0, 0, muteDays) },
		reminder.Stop: func(w *courier.Preferences) { w.MutedUntil = forEver },
		"lagi":        func(w *courier.Preferences) { w.MutedUntil, w.MuteAll = time.Time{}, false },
		"sunyi":       func(w *courier.Preferences) { w.MuteAll = true },
		"kabar":       func(w *courier.Preferences) { w.MuteAll = false },
	}[a.Value]
	if !known {
		return dialog.ErrNotFound
	}
	return e.changePreferences(ctx, message, change)
}

func (e *env) changePreferences(ctx context.Context, message int, change func(*courier.Preferences)) error {
	w, err := e.tx.Preferences(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	change(&w)
	if err := e.tx.SetPreferences(ctx, e.Employee.ID, w, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.attentionCard(ctx, message)
}

// muteFlow asks until which day a person wants silence.
const muteFlow = "x"

type mute struct {
	Until time.Time `json:"until"`
	now   time.Time
}

func (p *desk) muteForm() dialog.Form[mute, *env] {
	return dialog.Form[mute, *env]{
		FormName: muteFlow, Say: p.Wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (m mute, err error) {
			err = feature.DecodeState(r, &m)
			m.now = e.Now
			return m, err
		},
		Steps: func(mute) []dialog.Step[mute] {
			return []dialog.Step[mute]{{Key: "sampai",
				Ask: func(mute, dialog.Place) dialog.Prompt {
					return dialog.Prompt{Template: "attention.ask_until", Text: p.Cfg.Text.T("attention.ask_until", nil), Bare: true}
				},
				Accept: func(m *mute, value string, _ bool) error {
					until, ok := p.Until(value, m.now)
					if !ok || until.After(m.now.AddDate(0, 0, maxMuteDays+1)) {
						return dialog.Invalid(p.Cfg.Text.T("attention.until_hint", nil))
					}
					m.Until = until
					return nil
				}}}
		},
		Finish: func(ctx context.Context, e *env, m mute) (dialog.Ending, error) {
			w, err := e.tx.Preferences(ctx, e.Employee.ID)
			if err != nil {
				return dialog.Ending{}, err
			}
			w.MutedUntil = m.Until
			if err := e.tx.SetPreferences(ctx, e.Employee.ID, w, e.Now); err != nil {
				return dialog.Ending{}, err
			}
			return dialog.Ending{Replies: []dialog.Reply{{Template: "attention.muted", Text: e.muteLine(w), Rows: e.attentionRows(w)}}}, nil
		},
	}
}
