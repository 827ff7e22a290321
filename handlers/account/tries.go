package account

import (
	"context"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/text"
)

// The limits on failed proofs (wrong codes or phone numbers) of one account,
// linked or not.
const (
	maxTries   = 5
	triesReset = time.Hour
	maxDay     = 20
	dayReset   = 24 * time.Hour
)

// door is a lockout: when it began and ends. The zero door is open.
type door struct{ since, until time.Time }

// closedDoor returns the lockout that holds now; the zero door when the account
// may try codes and phone numbers.
func (e *env) closedDoor(ctx context.Context) (door, error) {
	var hour door
	if until := e.Session.TriesSince.Add(triesReset); e.Session.WrongTries >= maxTries && e.Now.Before(until) {
		hour = door{since: e.Session.TriesSince, until: until}
	}
	last, nth, err := e.tx.FailedProofs(ctx, e.Session.ChatID, maxDay, e.Now)
	if err != nil || nth.IsZero() || nth.Add(dayReset).Before(hour.until) {
		return hour, err
	}
	return door{since: last, until: nth.Add(dayReset)}, nil
}

// lockedArgs says until when a lockout lasts.
func (e *env) lockedArgs(d door) text.Args {
	until := d.until.In(e.Cfg.Location)
	args := text.Args{"jam": e.Cfg.Text.Clock(until), "bantuan": e.Cfg.Agency.Helpdesk}
	if until.YearDay() != e.Now.YearDay() {
		args["jam"] = e.When(until)
	}
	return args
}

// countWrong counts a failed proof; the last one that is allowed begins a
// lockout.
func (e *env) countWrong(ctx context.Context) (door, error) {
	all, err := e.tx.AddFailedProof(ctx, e.Session.ChatID, e.Session.Update.Serial, e.Now)
	if err != nil {
		return door{}, err
	}
	e.desk.alarm(all)
	if !e.Now.Before(e.Session.TriesSince.Add(triesReset)) {
		e.Session.WrongTries, e.Session.TriesSince = 0, e.Now
	}
	if e.Session.WrongTries++; e.Session.WrongTries == maxTries {
		e.Session.TriesSince = e.Now // the lockout begins
	}
	return e.closedDoor(ctx)
}

// countLockedOut counts a wrong code that is tried during a lockout: it is compared
// like any other, so the operator must hear of many. The end of the lockout stays.
func (e *env) countLockedOut(ctx context.Context) error {
	all, err := e.tx.AddLockedOutProof(ctx, e.Session.ChatID, e.Session.Update.Serial, e.Now)
	if err != nil {
		return err
	}
	e.desk.alarm(all)
	return nil
}

// wrongTry counts a failed proof and says so.
func (e *env) wrongTry(ctx context.Context, key string) error {
	closed, err := e.countWrong(ctx)
	switch {
	case err != nil:
		return err
	case !closed.until.IsZero():
		e.dropKeyboard("start.locked", e.lockedArgs(closed))
	default:
		e.dropKeyboard(key, e.Helpdesk())
	}
	return nil
}

// alarm tells the operator, once an hour, that very many proofs fail: somebody
// goes through numbers or codes with many accounts.
func (p *desk) alarm(hour int) {
	now, before := p.Cfg.Now().Unix(), p.Alarmed.Load()
	if hour < feature.ManyProofs || now-before < int64(time.Hour/time.Second) || !p.Alarmed.CompareAndSwap(before, now) {
		return
	}
	p.Cfg.Log.Warn("very many wrong codes and phone numbers", "last_hour", hour)
}
