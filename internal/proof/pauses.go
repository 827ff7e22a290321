package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

// What Telegram may ask for silence with, and what is silent then. A 429 of a
// call that sends or edits stops every call but the polls, one of the others that
// method alone.
const (
	pollMethod   = "getUpdates"
	answerMethod = "answerCallbackQuery"

	onItsWay   = 500 * time.Millisecond // a call that left before the pause was told
	answerLife = 30 * time.Second       // for which the stand-in takes the answer to a press
	beyond     = 5 * time.Second        // that somebody may wait at most, the pauses apart
	// spare is how much of a press's life has to lie outside the pauses for an
	// unanswered one to be the bot's fault: the answer may itself meet a 429.
	spare = time.Second
)

// everyMethod are all methods that the bot calls while people answer.
func everyMethod() []string {
	return []string{pollMethod, answerMethod, "sendMessage", "sendPhoto", "sendDocument", "editMessageText",
		"editMessageCaption", "editMessageMedia", "setMyCommands", "deleteMyCommands", "getFile"}
}

// pausesDrill lets every method meet a 429 now and then.
func pausesDrill() drill {
	return drill{
		name: "pauses", what: "1 % of the calls of every method, answers to buttons too, meet a 429 with retry_after 10",
		short:    size{people: 400, together: 64, rate: 6, away: 40 * time.Second},
		long:     size{people: 2000, together: 64, rate: 6, away: 6 * time.Minute},
		replicas: 1,
		faults:   faketelegram.Faults{TooMany: 0.01, RetryAfter: 10, Methods: everyMethod()},
		manners:  manners{listed: true},
		struck:   []string{"too_many"},
		script:   answerBetweenPauses,
		demand:   pausesKept,
	}
}

// answerBetweenPauses lets people answer while pauses are asked for, and once for
// each sort of call, so that none of them depends on chance.
func answerBetweenPauses(ctx context.Context, r *run) error {
	for _, method := range []string{answerMethod, "editMessageText", pollMethod} {
		if err := r.pause(ctx, r.away/8); err != nil {
			return err
		}
		if _, err := r.refuse(ctx, 10*time.Second, method); err != nil {
			return err
		}
	}
	if err := r.pause(ctx, r.away*5/8); err != nil {
		return err
	}
	r.faults = faketelegram.Faults{} // who is in the middle finishes in peace
	r.fake.SetFaults(r.faults)
	return r.pause(ctx, answerLife)
}

// silence is a pause that Telegram has asked for.
type silence struct {
	method   string
	from, to time.Time
}

// holds tells whether no call of the method may be made in the pause.
func (s silence) holds(method string) bool {
	alone := s.method == pollMethod || s.method == answerMethod || s.method == "getFile"
	return s.method == method || !alone && method != pollMethod && method != "getFile"
}

// silences are the pauses that were asked for.
func silences(calls []faketelegram.Call, length time.Duration) (out []silence) {
	for _, c := range calls {
		if c.Code == 429 {
			out = append(out, silence{c.Method, c.At, c.At.Add(length)})
		}
	}
	return out
}

// covered is how much of a time lies in the pauses that count.
func covered(list []silence, from, to time.Time, counts func(silence) bool) (sum time.Duration) {
	at := from
	for _, s := range list { // in the order of their begin, as calls are
		if !counts(s) || !s.to.After(at) || !s.from.Before(to) {
			continue
		}
		begin, end := s.from, s.to
		if begin.Before(at) {
			begin = at
		}
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			sum += end.Sub(begin)
			at = end
		}
	}
	return sum
}

// pausesKept demands that no call was made in a pause, that nobody waited for
// long beyond the pauses of messages and polls, and that every press was
// answered that Telegram left the time for.
func pausesKept(_ context.Context, r *run) (broken []string) {
	calls := r.fake.Calls()
	slices.SortStableFunc(calls, func(a, b faketelegram.Call) int { return a.At.Compare(b.At) })
	list := silences(calls, 10*time.Second)
	broken = append(broken, r.spoken(calls, list)...)
	late, longest := 0, time.Duration(0)
	for _, t := range r.crowd.taps {
		rest := t.took - covered(list, t.at, t.at.Add(t.took), func(s silence) bool { return s.method != answerMethod })
		longest = max(longest, rest)
		if rest > beyond {
			late++
		}
	}
	if late > 0 && !r.options.Untimed {
		broken = append(broken, fmt.Sprintf("%d people waited longer than %s beyond the pauses, the longest %s", late, beyond, short(longest)))
	}
	return append(broken, r.unanswered(list, longest)...)
}

// spoken demands that nothing was called in a pause. What was on its way when
// the pause was told, and clocks a little apart, are nobody's fault.
func (r *run) spoken(calls []faketelegram.Call, list []silence) (broken []string) {
	for _, s := range list {
		made := r.within(calls, func(c faketelegram.Call) bool { return s.holds(c.Method) }, s.from, s.to.Add(-100*time.Millisecond))
		if len(made) > r.onTheirWay(s.method) {
			broken = append(broken, fmt.Sprintf("%s was called %s after %s had met a pause of 10 s", made[0].Method, short(made[0].At.Sub(s.from)), s.method))
		}
	}
	return broken
}

// unanswered demands an answer to every press, unless pauses took all the time in
// which Telegram takes one.
func (r *run) unanswered(list []silence, longest time.Duration) (broken []string) {
	left, lost, excused := spare, 0, 0
	if r.options.Untimed { // the bot itself may need a while
		left = answerLife / 2
	}
	for _, p := range r.crowd.presses {
		if _, ok := r.fake.Answered(p.query); ok {
			continue
		}
		free := answerLife - covered(list, p.at, p.at.Add(answerLife), func(s silence) bool { return s.holds(answerMethod) || s.method == pollMethod })
		if free > left {
			lost++
			continue
		}
		excused++
	}
	if lost > 0 && r.slowMay(lost, len(r.crowd.presses)) {
		r.notef("%d presses not answered in time by a slow program", lost)
		lost = 0
	}
	r.notef("%d presses, %d of them left no time by pauses, longest wait beyond pauses %s", len(r.crowd.presses), excused, short(longest))
	if excused > len(r.crowd.presses)/2 {
		broken = append(broken, fmt.Sprintf("pauses took the time of %d of %d presses: too few are left to tell anything", excused, len(r.crowd.presses)))
	}
	if lost > 0 {
		broken = append(broken, fmt.Sprintf("%d of %d presses were not answered although Telegram left the time", lost, len(r.crowd.presses)))
	}
	return broken
}

// slowMay tells whether so many of all presses may be without an answer because everything is
// several times as slow as it would be: the program gives a press up after the time for which
// Telegram takes its answer. Where latencies are demanded none may.
func (r *run) slowMay(silent, all int) bool { return r.options.Untimed && silent <= all/4 }

// doublePress is the program's own default of limits.double_press.
const doublePress = 600 * time.Millisecond

// tapsDrill taps everything twice, with the guard against double taps: people read each
// card a little longer than it takes.
func tapsDrill() drill {
	return drill{
		name: "taps", what: "every button is tapped twice at once; the second taps do nothing and are told so, and no edit leaves a message as it is",
		short:    size{people: 400, together: 20, rate: 15, away: 15 * time.Second},
		long:     size{people: 2000, together: 20, rate: 20, away: time.Minute},
		replicas: 1,
		manners:  manners{twice: 1, reads: doublePress + 100*time.Millisecond},
		script:   justAnswer,
		demand: func(ctx context.Context, r *run) []string {
			return append(nothingUnchanged(r), secondsAreTold(ctx, r)...)
		},
	}
}

// enoughPairs is how many second taps have to come within the span, or nothing was shown.
const enoughPairs = 30

// secondsAreTold demands what is promised of double taps. When the second one came less
// than the span after the first one, by the clock of the database, it is answered with the
// words for it, and when it came later it is not: on a slow machine the intake may take
// in the second one late. A first one that was taken for a second one must have come within
// the span itself; what became of the one after it then depends on a tap before.
// Left out are those that were not answered, of which another drill tells, and those that
// were answered without words because they were not decided within a second.
func secondsAreTold(ctx context.Context, r *run) (broken []string) {
	arrived, err := r.ledger.Arrivals(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	near := func(one, next string) bool {
		a, ok := arrived[r.number(one)]
		b, too := arrived[r.number(next)]
		return ok && too && b.Sub(a).Abs() < doublePress
	}
	told, apart, late, other, wrongly := 0, 0, 0, 0, 0
	for _, p := range r.crowd.pairs {
		within := near(p.first, p.second)
		_, answered := r.fake.Answered(p.second)
		switch hasty := r.crowd.toldTooFast(p.second); {
		case r.crowd.toldTooFast(p.first):
			if !near(p.before, p.first) {
				wrongly++
			}
		case !answered:
		case within && hasty:
			told++
		case within && r.crowd.wordless(p.second):
			late++
		case within:
			other++
		case hasty:
			wrongly++
		default:
			apart++
		}
	}
	r.notef("%d second taps told to tap again, %d answered too late to be told, %d came %s or more after the first ones", told, late, apart, short(doublePress))
	if other > 0 || wrongly > 0 || told < enoughPairs {
		broken = append(broken, fmt.Sprintf("of the second taps within %s %d were told to tap again, want at least %d, and %d were answered otherwise; %d that came later were told so",
			short(doublePress), told, enoughPairs, other, wrongly))
	}
	return broken
}

// number is that of the update of a press; -1 = there was none.
func (r *run) number(query string) int64 {
	if id, ok := r.fake.UpdateOf(query); ok {
		return id
	}
	return -1
}

// nothingUnchanged demands that no edit was refused because it changed nothing.
func nothingUnchanged(r *run) (broken []string) {
	useless, edits := 0, 0
	for _, c := range r.fake.Calls() {
		if !strings.HasPrefix(c.Method, "edit") {
			continue
		}
		edits++
		if strings.Contains(c.Description, "not modified") {
			useless++
		}
	}
	r.notef("%d edits", edits)
	if useless > 0 {
		broken = append(broken, fmt.Sprintf("%d of %d edits left the message as it was", useless, edits))
	}
	return broken
}
