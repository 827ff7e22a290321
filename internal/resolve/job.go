package resolve

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// The keys of messages; the batch and the person follow.
const (
	OfferPrefix = "resolve-offer:"
	AskPrefix   = "resolve-ask:"
)

// Key is the key of a message about a batch to a person.
func Key(prefix string, batch, employee int64) string {
	return fmt.Sprintf("%s%d:%d", prefix, batch, employee)
}

// Tx is what offering and asking ask of the open transaction.
type Tx interface {
	courier.Tx
	// ResolveOffers lists who attended a batch that ended in [since, before) and was not
	// offered it yet, by person. It does not read what became of any evaluation.
	ResolveOffers(ctx context.Context, since, before, now time.Time) ([]Offered, error)
	// ResolvesToAsk lists the lines whose question is due on the day, was not sent and is not
	// answered.
	ResolvesToAsk(ctx context.Context, since, day time.Time) ([]Offered, error)
}

// Runner offers and asks. It is safe for concurrent use.
type Runner struct {
	Courier  *courier.Courier
	Text     *text.Catalogue
	Location *time.Location
}

// Run offers a resolve to everybody who attended a training, and asks what became of those
// that are thirty days old. It runs apart from everything about evaluations, for all who
// attended alike, so that neither its messages nor their times tell who has sent one.
func (r *Runner) Run(ctx context.Context, tx Tx, now time.Time) (t courier.Tally, err error) {
	now = now.In(r.Location)
	gate, err := r.Courier.Gate(ctx, tx)
	if err != nil {
		return t, err
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, r.Location)
	offered, err := tx.ResolveOffers(ctx, today.AddDate(0, 0, -offerFor), today, now)
	if err != nil {
		return t, err
	}
	var messages []courier.Message
	for _, o := range offered {
		messages = append(messages, r.message(OfferPrefix, o, "resolve.offer", courierTimes{
			from:    OfferAt(gate.Calendar, o.Ends),
			expires: r.midnight(AskOn(o.Ends, r.Location))}))
	}
	day := DayOf(now, r.Location)
	asked, err := tx.ResolvesToAsk(ctx, AskedSince(day), day)
	if err != nil {
		return t, err
	}
	for _, o := range asked {
		messages = append(messages, r.message(AskPrefix, o, "resolve.come_back", courierTimes{
			from:    AskAt(gate.Calendar, o.Ends),
			expires: r.midnight(AskOn(o.Ends, r.Location).AddDate(0, 0, askFor))}))
	}
	return r.Courier.SendInParts(ctx, tx, now, messages)
}

// courierTimes are from when and until when a message may go.
type courierTimes struct{ from, expires time.Time }

// message makes an offer or a question. What the person has written is not in it: it is
// seen on locked screens, and waits in tables while it is night.
func (r *Runner) message(prefix string, o Offered, key string, at courierTimes) courier.Message {
	button := dialog.Button{Label: r.Text.Plain("label.resolve_write", nil), Action: dialog.Action{Flow: Flow, Ref: o.Batch, Verb: dialog.Resume}}
	if prefix == AskPrefix {
		button = dialog.Button{Label: r.Text.Plain("label.resolve_open", nil), Action: dialog.Action{Flow: "m", Ref: o.Batch, Step: CardStep, Verb: dialog.Resume}}
	}
	return courier.Message{Employee: o.Employee, Key: Key(prefix, o.Batch, o.Employee),
		Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Resolve, NotBefore: at.from, Expires: at.expires},
		Reply: dialog.Reply{Template: key, Rows: [][]dialog.Button{{button}},
			Text: r.Text.T(key, text.Args{"nama": o.Name, "tanggal": r.Text.Date(AskOn(o.Ends, r.Location))})}}
}

// OfferAt is when the offer goes after a training that ended then: when people are at work
// on the second working day. On the first one the reminder of the evaluation goes.
func OfferAt(c *outreach.Calendar, ends time.Time) time.Time {
	next := func(t time.Time) time.Time {
		t = t.In(c.Location())
		return c.AtWork(time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, c.Location()))
	}
	return next(next(ends))
}

// AskAt is when the question comes: on its day, or on the next working day.
func AskAt(c *outreach.Calendar, ends time.Time) time.Time {
	day := AskOn(ends, c.Location())
	return c.AtWork(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, c.Location()))
}

// midnight is the beginning of a civil day.
func (r *Runner) midnight(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, r.Location)
}
