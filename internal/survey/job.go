package survey

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// Tx is what surveys ask of the open transaction.
type Tx interface {
	courier.Tx
	courier.PartTx
	// CloseSurveys ends the surveys with names whose time is over, with their tasks, and freezes
	// their figures.
	CloseSurveys(ctx context.Context, now time.Time) error
	CountTx
	// AskLinked asks who has an account only now, in surveys that are open until later at least.
	AskLinked(ctx context.Context, now, later time.Time) error
	// SurveyAsked lists who is asked, has not answered and got no message of the key yet.
	SurveyAsked(ctx context.Context, f AskedFilter) ([]Asked, error)
	// SurveyTold lists whom it is to be told what was done, of surveys that were told since a moment.
	SurveyTold(ctx context.Context, since time.Time, prefix string) ([]Asked, error)
	// SurveysOverdue are those whose promise has passed, each with whoever is to be told that
	// and was not yet.
	SurveysOverdue(ctx context.Context, now time.Time, prefix string) ([]News, error)
	// SurveysCounted are those without names that were counted since a moment, each with
	// whoever is to be told that and was not yet.
	SurveysCounted(ctx context.Context, since time.Time, prefix string) ([]News, error)
}

// AskedFilter says who is looked for: of surveys that are open at now, who was asked before a
// moment, has not answered, and got no message whose key is Prefix and the task.
type AskedFilter struct {
	Now, AskedBefore time.Time
	Prefix           string
	After            string // "" = of everybody; else who got a message of that prefix before AskedBefore
}

// Asked is somebody who is asked, or was.
type Asked struct {
	Survey
	Task    int64
	Person  personnel.Employee // id, name and sex
	Items   int
	Minutes int
	Sent    int // how many have answered, of what was told
	Of      int // and how many were asked
}

// News is a survey of which somebody is told: its owner, or, when the owner has left the
// personnel office, each of those who are in it.
type News struct {
	Survey
	Reader int64
}

// The beginnings of the keys of messages.
const (
	askKey     = "survey:"
	remindKey  = "survey-reminder:"
	reportKey  = "survey-report:"
	overdueKey = "survey-overdue:"
	closedKey  = "survey-closed:"
)

const (
	remindAfter = 7  // days after which who has not answered is reminded, once
	toldDays    = 30 // for which people are looked for who were not told yet
	closedDays  = 7  // for which an owner is looked for who was not told of the close
)

// Runner asks, reminds, closes and tells what was done. It is safe for concurrent use.
type Runner struct {
	Courier  *courier.Courier
	Text     *text.Catalogue
	Location *time.Location
}

// Run does what is due at now. A step that fails stops none of the others.
func (r *Runner) Run(ctx context.Context, tx Tx, now time.Time) (all courier.Tally, err error) {
	now = now.In(r.Location)
	for _, step := range []struct {
		what string
		do   func(context.Context, Tx, time.Time) (courier.Tally, error)
	}{{"closing", r.close}, {"counting", r.count}, {"closes", r.closed}, {"invitations", r.invite}, {"reminders", r.remind}, {"reports", r.report}, {"promises", r.promise}} {
		t, err := courier.Alone(ctx, tx, now, step.what, func() (courier.Tally, error) { return step.do(ctx, tx, now) })
		if err != nil {
			return all, fmt.Errorf("surveys: %w", err)
		}
		all.Add(t)
	}
	return all, nil
}

func (r *Runner) close(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	return courier.Tally{}, tx.CloseSurveys(ctx, now)
}

func (r *Runner) invite(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	if err := tx.AskLinked(ctx, now, now.AddDate(0, 0, 1)); err != nil {
		return courier.Tally{}, err
	}
	return r.ask(ctx, tx, now, AskedFilter{Now: now, AskedBefore: now, Prefix: askKey}, outreach.Survey, "survey.ask")
}

func (r *Runner) remind(ctx context.Context, tx Tx, now time.Time) (courier.Tally, error) {
	return r.ask(ctx, tx, now, AskedFilter{Now: now, AskedBefore: now.AddDate(0, 0, -remindAfter), Prefix: remindKey, After: askKey}, outreach.SurveyReminder, "survey.remind")
}

// ask sends one sort of message, with the button that begins.
func (r *Runner) ask(ctx context.Context, tx Tx, now time.Time, f AskedFilter, kind outreach.Kind, key string) (t courier.Tally, err error) {
	asked, err := tx.SurveyAsked(ctx, f)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, a := range asked {
		messages = append(messages, courier.Message{Employee: a.Person.ID, Key: fmt.Sprintf("%s%d", f.Prefix, a.Task), Tasks: []int64{a.Task},
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: kind, Task: a.Task, Expires: a.Closes},
			Reply: dialog.Reply{Template: key, Text: r.Invitation(key, a), Rows: [][]dialog.Button{{{Label: r.Text.Plain("label.start", nil),
				Action: dialog.Action{Flow: a.Manner.Flow(), Ref: a.Task, Verb: dialog.Resume}}}}}})
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// Invitation is the card of a survey: what it is, what for, who reads it, until when.
func (r *Runner) Invitation(key string, a Asked) string {
	return r.Text.T(key, text.Args{"judul": a.Name, "n": a.Items, "menit": a.Minutes, "guna": a.Use, "pemilik": a.OwnerName,
		"batas": r.Text.Deadline(a.Closes.In(r.Location)), "kabar": r.Text.Date(a.ReportBy), "sapaan": a.Person.Salutation(), "nama": a.Person.DisplayName(),
		"siapa": text.HTML(r.who(a))})
}

// who says who reads the answers.
func (r *Runner) who(a Asked) string {
	if a.Manner == Anonymous {
		return AnonymousText(r.Text, a.Closes.In(r.Location))
	}
	return a.Says(r.Text)
}

// MannerText says who reads the answers.
func MannerText(t *text.Catalogue, m Manner) string {
	switch m {
	case Named:
		return t.T("survey.named", nil)
	case Anonymous:
		return t.T("survey.anonymous", nil)
	}
	return t.T("survey.confidential", nil)
}

// AnonymousText says how answers without a name are kept, above the first question.
func AnonymousText(t *text.Catalogue, closes time.Time) string {
	return t.T("survey.anonymous_kept", text.Args{"batas": t.Deadline(closes)})
}

// ChangeLine names the change about which readiness is asked; "" = it is asked about none.
func ChangeLine(t *text.Catalogue, change string) text.HTML {
	if change == "" {
		return ""
	}
	return text.HTML(t.T("survey.change", text.Args{"perubahan": change}) + "\n")
}

// report tells everybody who was asked what was done about what people said.
func (r *Runner) report(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	asked, err := tx.SurveyTold(ctx, now.AddDate(0, 0, -toldDays), reportKey)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, a := range asked {
		key, body := told(r.Text, a)
		messages = append(messages, courier.Message{Employee: a.Person.ID, Key: fmt.Sprintf("%s%d:%d", reportKey, a.ID, a.Person.ID),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.SurveyReport},
			Reply:     dialog.Reply{Template: key, Text: body}})
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// told says what was done, and from FromBegan answers on how many have answered.
func told(t *text.Catalogue, a Asked) (key, body string) {
	key = "survey.report_told"
	if a.Sent < FromBegan {
		key = "survey.report_told_few"
	}
	return key, t.T(key, text.Args{"judul": a.Name, "n": t.Number(a.Sent), "jumlah": t.Number(a.Of), "isi": a.Report})
}

// promise tells the owner that the day has passed on which it was to be told what was done;
// whoever is of the personnel office, when the owner is not any more.
func (r *Runner) promise(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	late, err := tx.SurveysOverdue(ctx, now, overdueKey)
	if err != nil {
		return t, err
	}
	return r.news(ctx, tx, now, late, overdueKey, newsOf{"survey.overdue", "survey.overdue_other"})
}

// closed tells the owner of a survey without names that it was counted: how many were asked,
// where the results are, and what was promised. Of how many have answered it says nothing, nor
// whether anything can be shown.
func (r *Runner) closed(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	counted, err := tx.SurveysCounted(ctx, now.AddDate(0, 0, -closedDays), closedKey)
	if err != nil {
		return t, err
	}
	return r.news(ctx, tx, now, counted, closedKey, newsOf{"survey.closed", "survey.closed_other"})
}

// newsOf are the keys of what the owner of a survey is told, and whoever is told in the place of
// an owner who has left.
type newsOf struct{ owner, other string }

// news tells of surveys, with the button that opens them.
func (r *Runner) news(ctx context.Context, tx Tx, now time.Time, all []News, prefix string, say newsOf) (courier.Tally, error) {
	var messages []courier.Message
	for _, s := range all {
		key, name := say.owner, fmt.Sprintf("%s%d", prefix, s.ID)
		if s.Reader != s.Owner {
			key, name = say.other, fmt.Sprintf("%s%d:%d", prefix, s.ID, s.Reader)
		}
		args := text.Args{"judul": s.Name, "tanggal": r.Text.Date(s.ReportBy), "pemilik": s.OwnerName}
		if s.Figures != nil {
			args["n"] = r.Text.Number(s.Figures.Counts.Asked)
		}
		messages = append(messages, courier.Message{Employee: s.Reader, Key: name,
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.SurveyNews},
			Reply: dialog.Reply{Template: key, Text: r.Text.T(key, args),
				Rows: [][]dialog.Button{{{Label: r.Text.Plain("label.survey_open", nil), Action: dialog.Action{Flow: "m", Ref: s.ID, Step: CardStep, Verb: dialog.Resume}}}}}})
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}
