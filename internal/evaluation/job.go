package evaluation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// Flow is the name of the conversation whose ref is a task of an evaluation. It begins
// as those of sealed conversations do.
const Flow = "s.ev"

// ResultStep is the button that opens the results of the batch that is its ref.
const ResultStep = "evhasil"

// Asked is somebody who is asked about a batch.
type Asked struct {
	Task     int64
	Person   personnel.Employee // id, name and sex
	Batch    int64
	Name     string // of the batch
	Trainers int
	Closes   time.Time
}

// Group is what was held of a batch that is to be closed, opened, and of the pool of its
// programme.
type Group struct {
	Own, Pool []disclosure.Held
	Trainers  []string // of all batches that are in it, each once
}

// Outcome is what becomes of a batch at the close.
type Outcome struct {
	disclosure.Closing
	Cells []Cell
}

// PublishTx is what counting one evaluation asks of the open transaction.
type PublishTx interface {
	// EvaluationHeld opens what was sent for a batch, and what waits in the pool of its programme.
	EvaluationHeld(ctx context.Context, e Evaluation) (Group, error)
	// PublishEvaluation writes what is shown, deletes what was held, and closes all tasks alike.
	// own is how many persons answered for this batch.
	PublishEvaluation(ctx context.Context, e Evaluation, o Outcome, own int, now time.Time) error
	// EvaluationForm is the newest version of the questions.
	EvaluationForm(ctx context.Context) (questionnaire.Definition, error)
}

// Tx is what evaluations ask of the open transaction.
type Tx interface {
	courier.Tx
	courier.PartTx
	// OpenEnded opens the evaluation of each batch that has ended and that somebody
	// attended, and returns how many.
	OpenEnded(ctx context.Context, now time.Time) (int, error)
	// AskAttended asks everybody who attended a batch whose evaluation is open, has no
	// role in it, and was not asked before.
	AskAttended(ctx context.Context, now time.Time) ([]Asked, error)
	// Unreminded lists who was asked before today, has not answered, and was not reminded.
	Unreminded(ctx context.Context, now time.Time) ([]Asked, error)
	PublishTx
	// EvaluationsDue locks the first evaluations that are to be closed, in the order of their
	// batches and behind the given one.
	EvaluationsDue(ctx context.Context, now time.Time, after int64, limit int) ([]Evaluation, error)
	// DropHalfEvaluations drops what was begun and not sent of evaluations that are closed.
	DropHalfEvaluations(ctx context.Context) error
	// DestroyOldAnswers deletes what waited in pools for too long; it returns of how many batches.
	DestroyOldAnswers(ctx context.Context, now time.Time) (int, error)
	// EvaluationReaders are who sees the results of a batch: its committee, while it has one, and
	// the personnel office.
	EvaluationReaders(ctx context.Context, batch int64, now time.Time) ([]int64, error)
	TakeUndeleted(ctx context.Context, now time.Time) ([]int64, error)
}

// Runner asks, reminds and closes. It is safe for concurrent use.
type Runner struct {
	Courier  *courier.Courier
	Text     *text.Catalogue
	Location *time.Location
}

// Ask does what is due at now before the close: opens, invites, reminds, and tells whose
// comment Telegram has not deleted. One that fails stops none of the others.
func (r *Runner) Ask(ctx context.Context, tx Tx, now time.Time) (all courier.Tally, err error) {
	now = now.In(r.Location)
	for _, step := range []struct {
		what string
		do   func(context.Context, Tx, time.Time) (courier.Tally, error)
	}{{"invitations", r.invite}, {"reminders", r.remind}, {"comments that stayed", r.undeleted}} {
		t, err := courier.Alone(ctx, tx, now, step.what, func() (courier.Tally, error) { return step.do(ctx, tx, now) })
		if err != nil {
			return all, fmt.Errorf("evaluations: %w", err)
		}
		all.Add(t)
	}
	return all, nil
}

// invite opens what has ended and invites who attended: within the hours of services,
// because half an hour after the last session people are on their way home.
func (r *Runner) invite(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	if _, err := tx.OpenEnded(ctx, now); err != nil {
		return t, err
	}
	asked, err := tx.AskAttended(ctx, now)
	if err != nil || len(asked) == 0 {
		return t, err
	}
	d, err := tx.EvaluationForm(ctx)
	if err != nil {
		return t, err
	}
	messages := make([]courier.Message, len(asked))
	for i, a := range asked {
		messages[i] = courier.Message{Employee: a.Person.ID, Key: fmt.Sprintf("evaluation:%d", a.Task),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Evaluation, Task: a.Task, Expires: a.Closes},
			Reply:     r.card("evaluation.intro", d, a)}
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// remind reminds once, on the first working day after the invitation.
func (r *Runner) remind(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	asked, err := tx.Unreminded(ctx, now)
	if err != nil || len(asked) == 0 {
		return t, err
	}
	d, err := tx.EvaluationForm(ctx)
	if err != nil {
		return t, err
	}
	messages := make([]courier.Message, len(asked))
	for i, a := range asked {
		messages[i] = courier.Message{Employee: a.Person.ID, Key: fmt.Sprint(ReminderPrefix, a.Task),
			Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.EvaluationReminder, Task: a.Task, Expires: a.Closes},
			Reply:     r.card("evaluation.reminder", d, a)}
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// ReminderPrefix begins the key of the reminder of a task, whose number follows.
const ReminderPrefix = "evaluation-reminder:"

// card is the first card of an evaluation.
func (r *Runner) card(key string, d questionnaire.Definition, a Asked) dialog.Reply {
	return Card(r.Text, key, d, a, r.Location)
}

// Card writes the first card of an evaluation: what it is, who sees what, until when.
func Card(t *text.Catalogue, key string, d questionnaire.Definition, a Asked, loc *time.Location) dialog.Reply {
	questions := Questions(d, make([]string, a.Trainers), "", "")
	n := 0
	for _, q := range questions {
		if q.Type != questionnaire.Text {
			n++
		}
	}
	args := text.Args{"nama": a.Name, "jumlah": n, "menit": 1,
		"sapaan": a.Person.Salutation(), "orang": a.Person.DisplayName(), "tanggal": t.Deadline(a.Closes.In(loc))}
	args["menit"] = minutes(t.T(key, args), questions)
	return dialog.Reply{Template: key, Text: t.T(key, args),
		Rows: [][]dialog.Button{{{Label: t.Plain("label.start", nil), Action: dialog.Action{Flow: Flow, Ref: a.Task, Verb: dialog.Resume}}}}}
}

// How long something takes is counted as in docs/performance.md: each line is read once,
// and each tap is thought about.
const (
	wordsInMinute = 200
	secondsOfTap  = 4
)

// minutes are how many the card and the questions take, rounded up: a tap for each question,
// one to begin and one to send.
func minutes(card string, questions []Question) int {
	seen, words := map[string]bool{}, 0
	read := func(line string) {
		if !seen[line] {
			seen[line] = true
			words += len(strings.Fields(line))
		}
	}
	read(card)
	for _, q := range questions {
		read(q.Prompt)
		for _, level := range q.Levels {
			read(level)
		}
	}
	seconds := words*60/wordsInMinute + (len(questions)+2)*secondsOfTap
	return (seconds + 59) / 60
}

// CloseAtOnce is how many evaluations one run closes, in one transaction; the rest of very
// many comes with the next runs.
const CloseAtOnce = 100

// Close counts and publishes what is due, one batch after the other, and destroys what
// has waited too long. The answers exist in memory only while it runs. A batch that fails,
// because an answer cannot be opened say, stays as it is and holds up no other, however many
// of them there are.
func (r *Runner) Close(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	now = now.In(r.Location)
	closed := 0
	for after, more := int64(0), true; more && closed < CloseAtOnce; {
		due, err := tx.EvaluationsDue(ctx, now, after, CloseAtOnce)
		if err != nil {
			return t, err
		}
		more = len(due) == CloseAtOnce
		for _, e := range due {
			after = e.Batch
			part, err := courier.Alone(ctx, tx, now, fmt.Sprintf("evaluation of batch %d", e.Batch), func() (courier.Tally, error) {
				return r.closeAndTell(ctx, tx, e, now)
			})
			if err != nil {
				return t, err
			}
			if part.Failed == 0 {
				closed++
			}
			t.Add(part)
		}
	}
	if err := tx.DropHalfEvaluations(ctx); err != nil {
		return t, err
	}
	_, err = tx.DestroyOldAnswers(ctx, now)
	return t, err
}

func (r *Runner) closeAndTell(ctx context.Context, tx Tx, e Evaluation, now time.Time) (courier.Tally, error) {
	if err := r.Publish(ctx, tx, e, now); err != nil {
		return courier.Tally{}, err
	}
	return r.tellReaders(ctx, tx, e, now)
}

// Publish counts one evaluation that EvaluationsDue has locked, and writes what is shown of it.
// Nobody is told.
func (r *Runner) Publish(ctx context.Context, tx PublishTx, e Evaluation, now time.Time) error {
	d, err := tx.EvaluationForm(ctx)
	if err != nil {
		return err
	}
	g, err := tx.EvaluationHeld(ctx, e)
	if err != nil {
		return err
	}
	items := Items(d, g.Trainers, r.Text.Plain("evaluation.trainers", nil))
	o := Outcome{Closing: disclosure.Close(items, g.Own, g.Pool)}
	if o.Atom != nil {
		for _, c := range disclosure.Cells(items, o.Atom.Tallies) {
			o.Cells = append(o.Cells, Told(r.Text, c))
		}
	}
	return tx.PublishEvaluation(ctx, e, o, disclosure.Persons(g.Own), now)
}

// Told writes a cell in words, as it is stored: nothing finer is kept.
func Told(t *text.Catalogue, c disclosure.Cell) Cell {
	out := Cell{Item: c.Item, Part: c.Part, N: c.N}
	if c.Share.Of > 0 {
		out.Text = t.Plain(shareKey(c.Share), nil)
		return out
	}
	out.Text = c.Mean.Write(t.Plain("evaluation.low", nil))
	return out
}

// shareKey is the sentence of a share.
func shareKey(s disclosure.Share) string {
	thirds := []string{"evaluation.third_0", "evaluation.third_1", "evaluation.third_2"}
	fifths := []string{"evaluation.fifth_0", "evaluation.fifth_1", "evaluation.fifth_2", "evaluation.fifth_3", "evaluation.fifth_4"}
	if s.Of == len(thirds) {
		return thirds[s.Part]
	}
	return fifths[s.Part]
}

// tellReaders says to the committee and to the personnel office that an evaluation is
// closed. The message names no value.
func (r *Runner) tellReaders(ctx context.Context, tx Tx, e Evaluation, now time.Time) (t courier.Tally, err error) {
	readers, err := tx.EvaluationReaders(ctx, e.Batch, now)
	if err != nil {
		return t, err
	}
	messages := make([]courier.Message, len(readers))
	for i, id := range readers {
		messages[i] = courier.Message{Employee: id, Key: fmt.Sprintf("evaluation-closed:%d:%d", e.Batch, id),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Evaluated},
			Reply: dialog.Reply{Template: "evaluation.closed", Text: r.Text.T("evaluation.closed", text.Args{"nama": e.Name}),
				Rows: [][]dialog.Button{{{Label: r.Text.Plain("label.evaluation_result", nil),
					Action: dialog.Action{Flow: "m", Ref: e.Batch, Step: ResultStep, Verb: dialog.Resume}}}}}}
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// UndeletedPrefix begins the key of what people are told whose comment Telegram has kept.
const UndeletedPrefix = "evaluation-undeleted:"

// undeleted tells people that Telegram has not deleted what they had typed.
func (r *Runner) undeleted(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	people, err := tx.TakeUndeleted(ctx, now)
	if err != nil {
		return t, err
	}
	messages := make([]courier.Message, len(people))
	for i, id := range people {
		messages[i] = courier.Message{Employee: id, Key: fmt.Sprintf("%s%d:%d", UndeletedPrefix, id, now.Unix()),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Evaluated},
			Reply:     dialog.Reply{Template: "evaluation.undeleted", Text: r.Text.T("evaluation.undeleted", nil)}}
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}
