package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// forEver is the end of a mute that has none.
var forEver = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	muteDays     = 7 // the day on which it is wished included
	plansShown   = 3
	mostMuteDays = 366
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
	e.keepNote()
	return e.attentionCard(ctx, 0)
}

func (e *env) attentionCard(ctx context.Context, message int) error {
	w, err := e.tx.Wishes(ctx, e.employee.ID)
	if err != nil {
		return err
	}
	plans, err := e.cfg.Courier.Planned(ctx, e.tx, e.now, e.employee.ID)
	if err != nil {
		return err
	}
	lines := []string{e.t("attention.head", e.person(nil)), e.hourLine(w), e.muteLine(w), "", e.planLines(plans)}
	if line, err := e.summaryLine(ctx); err != nil {
		return err
	} else if line != "" {
		lines = append(lines, line)
	}
	if last, err := e.tx.NoticeOf(ctx, 0, e.employee.ID); err == nil {
		lines = append(lines, "", e.t("attention.last", text.Args{"kapan": e.when(last.At), "alasan": text.HTML(e.whyKind(last))}))
	} else if !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "attention.head", Text: strings.Join(lines, "\n"), Edit: message, Rows: e.attentionRows(w)})
	return nil
}

// summaryLine says when the next summary comes to somebody who leads a team of which
// anything is owed; "" = none does.
func (e *env) summaryLine(ctx context.Context) (string, error) {
	if !supervises(e.employee.Rights) {
		return "", nil
	}
	f, gate, err := e.facts(ctx)
	if errors.Is(err, dialog.ErrNotFound) || err == nil && !f.Owing() {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	up, err := e.upcoming(ctx, gate)
	if err != nil || up.muted || up.next.IsZero() {
		return "", err
	}
	return e.t("attention.summary_next", text.Args{"kapan": e.when(up.next)}), nil
}

func (e *env) attentionRows(w courier.Wishes) [][]dialog.Button {
	button := func(label, value string) dialog.Button {
		return dialog.Button{Label: e.label(label), Action: e.wishAction(value)}
	}
	rows := [][]dialog.Button{{{Label: e.label("attention_hour"), Action: e.menuAction("jam", 0)}}}
	if !e.now.Before(w.MutedUntil) {
		return append(rows, []dialog.Button{button("attention_week", "pekan")},
			[]dialog.Button{{Label: e.label("attention_until"), Action: dialog.Action{Flow: muteFlow, Verb: dialog.Resume}}},
			[]dialog.Button{button("attention_stop", "henti")})
	}
	rows = append(rows, []dialog.Button{button("attention_resume", "lagi")})
	if w.MuteAll {
		return append(rows, []dialog.Button{button("attention_news_on", "kabar")})
	}
	return append(rows, []dialog.Button{button("attention_news_off", "sunyi")})
}

// wishAction is a button that changes what a person wants.
func (e *env) wishAction(value string) dialog.Action {
	a := e.menuAction("hening", 0)
	a.Value = value
	return a
}

func (e *env) hourLine(w courier.Wishes) string {
	if w.Hour == 0 {
		return e.t("attention.hour_none", nil)
	}
	return e.t("attention.hour", text.Args{"jam": strings.Replace(outreach.Clock(w.Hour).String(), ":", ".", 1)})
}

func (e *env) muteLine(w courier.Wishes) string {
	if caps := e.cfg.Courier.Caps(); !e.now.Before(w.MutedUntil) {
		return e.t("attention.on", text.Args{"hari": caps.Day, "pekan": caps.Week, "batas": caps.DeadlineWeek})
	}
	line := e.silence(w)
	if supervises(e.employee.Rights) { // a summary is a prompt like the others
		line += " " + e.t("attention.summary_too", nil)
	}
	return line
}

// silence says what does not come until when.
func (e *env) silence(w courier.Wishes) string {
	switch {
	case w.MutedUntil.Year() >= forEver.Year()-1 && w.MuteAll:
		return e.t("attention.stopped_all", nil)
	case w.MutedUntil.Year() >= forEver.Year()-1:
		return e.t("attention.stopped", nil)
	case w.MuteAll:
		return e.t("attention.muted_all", text.Args{"sampai": e.when(w.MutedUntil)})
	}
	return e.t("attention.muted", text.Args{"sampai": e.when(w.MutedUntil)})
}

func (e *env) planLines(plans []courier.Plan) string {
	if len(plans) == 0 {
		return e.t("attention.plan_none", nil)
	}
	lines := []string{e.t("attention.plan", nil)}
	for _, p := range plans[:min(len(plans), plansShown)] {
		args := text.Args{"kapan": e.when(p.At), "judul": p.Title, "jenis": e.cfg.Text.Plain(kindWord(p.Kind), nil)}
		key := "attention.plan_line"
		if p.Title == "" {
			key = "attention.plan_bare"
		}
		lines = append(lines, e.t(key, args))
	}
	return strings.Join(lines, "\n")
}

func (e *env) when(t time.Time) string {
	t = t.In(e.cfg.Location)
	return e.cfg.Text.Date(t) + ", " + e.cfg.Text.Clock(t)
}

// hourCard offers the hours.
func (e *env) hourCard(_ context.Context, _ dialog.Action, message int) error {
	var rows [][]dialog.Button
	for i, h := range hours() {
		if i%3 == 0 {
			rows = append(rows, nil)
		}
		a := e.menuAction("jamya", 0)
		a.Value = strconv.Itoa(int(h))
		last := len(rows) - 1
		rows[last] = append(rows[last], dialog.Button{Label: strings.Replace(h.String(), ":", ".", 1), Action: a})
	}
	none := e.menuAction("jamya", 0)
	none.Value = "0"
	rows = append(rows, []dialog.Button{{Label: e.label("attention_no_hour"), Action: none}})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "attention.ask_hour", Text: e.t("attention.ask_hour", nil), Edit: message, Rows: rows})
	return nil
}

// setHour stores an hour, or none.
func (e *env) setHour(ctx context.Context, a dialog.Action, message int) error {
	minutes, err := strconv.Atoi(a.Value)
	if err != nil || minutes != 0 && !outreach.DefaultRules().Hours.ValidHour(outreach.Clock(minutes)) {
		return dialog.ErrNotFound
	}
	return e.wish(ctx, message, func(w *courier.Wishes) { w.Hour = minutes })
}

// setMute stores a wish for silence, or ends it.
func (e *env) setMute(ctx context.Context, a dialog.Action, message int) error {
	change, known := map[string]func(*courier.Wishes){
		"pekan": func(w *courier.Wishes) { w.MutedUntil = midnight(e.now).AddDate(0, 0, muteDays) },
		"henti": func(w *courier.Wishes) { w.MutedUntil = forEver },
		"lagi":  func(w *courier.Wishes) { w.MutedUntil, w.MuteAll = time.Time{}, false },
		"sunyi": func(w *courier.Wishes) { w.MuteAll = true },
		"kabar": func(w *courier.Wishes) { w.MuteAll = false },
	}[a.Value]
	if !known {
		return dialog.ErrNotFound
	}
	return e.wish(ctx, message, change)
}

func (e *env) wish(ctx context.Context, message int, change func(*courier.Wishes)) error {
	w, err := e.tx.Wishes(ctx, e.employee.ID)
	if err != nil {
		return err
	}
	change(&w)
	if err := e.tx.SetWishes(ctx, e.employee.ID, w, e.now); err != nil {
		return err
	}
	e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
	return e.attentionCard(ctx, message)
}

// muteFlow asks until which day a person wants silence.
const muteFlow = "x"

type mute struct {
	Until time.Time `json:"until"`
	now   time.Time
}

func (p *Processor) muteForm() dialog.Form[mute, *env] {
	return dialog.Form[mute, *env]{
		FormName: muteFlow, Say: p.wording("form.review_hint"),
		Load: func(_ context.Context, e *env, r *dialog.Record) (m mute, err error) {
			err = decodeState(r, &m)
			m.now = e.now
			return m, err
		},
		Steps: func(mute) []dialog.Step[mute] {
			return []dialog.Step[mute]{{Key: "sampai",
				Ask: func(mute, dialog.Place) dialog.Prompt {
					return dialog.Prompt{Template: "attention.ask_until", Text: p.cfg.Text.T("attention.ask_until", nil), Bare: true}
				},
				Accept: func(m *mute, value string, _ bool) error {
					last, ok := p.typedDate(value)
					if !ok || last.Before(midnight(m.now)) || last.After(m.now.AddDate(0, 0, mostMuteDays)) {
						return dialog.Invalid(p.cfg.Text.T("attention.until_hint", nil))
					}
					m.Until = last.AddDate(0, 0, 1)
					return nil
				}}}
		},
		Finish: func(ctx context.Context, e *env, m mute) (dialog.Ending, error) {
			w, err := e.tx.Wishes(ctx, e.employee.ID)
			if err != nil {
				return dialog.Ending{}, err
			}
			w.MutedUntil = m.Until
			if err := e.tx.SetWishes(ctx, e.employee.ID, w, e.now); err != nil {
				return dialog.Ending{}, err
			}
			return dialog.Ending{Replies: []dialog.Reply{{Template: "attention.muted", Text: e.muteLine(w), Rows: e.attentionRows(w)}}}, nil
		},
	}
}
