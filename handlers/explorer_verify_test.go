package handlers_test

import (
	"slices"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

// verify checks the demands on the whole play.
func (e *explorer) verify() {
	e.t.Helper()
	e.verifyAnswers()
	if n := e.count(`SELECT count(DISTINCT r.task_id) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'self_assessment'`); n < exploreFinished {
		e.t.Errorf("%d assessments were finished, want at least %d", n, exploreFinished)
	} else {
		e.t.Logf("%d assessments were finished, %d sendings", n, e.count(`SELECT count(*) FROM response`))
	}
	if missing := e.missing(); len(missing) > 0 {
		e.t.Errorf("nobody came to %v", missing)
	}
	if n := e.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL`); n > 0 {
		e.t.Errorf("%d updates were set aside", n)
	}
	if n := e.count(`SELECT count(*) FROM outbox WHERE state IN ('unknown', 'expired', 'held')`); n > 0 {
		e.t.Errorf("%d messages have no good end", n)
	}
	for line := range strings.Lines(e.log.String()) {
		if strings.Contains(line, waitedForLock) { // tried again: how long anybody waits for the answer is judged by itself
			continue
		}
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "level=WARN") {
			e.t.Errorf("the bot logged %s", line)
		}
	}
}

// waitedForLock is in the log when an update has waited for a row longer than a statement
// may, as happens while other programs have the processors.
const waitedForLock = `msg="update not handled" err="load session: postgres 55P03`

// verifyAnswers looks at every deed: the press was answered and the message has
// a reply of its own, both in time by the clock of the fake Telegram.
func (e *explorer) verifyAnswers() {
	e.t.Helper()
	rows := e.replies()
	var took, raw []time.Duration
	e.mu.Lock()
	deeds := slices.Clone(e.deeds)
	e.mu.Unlock()
	for _, d := range deeds {
		var at time.Time
		switch {
		case d.query != "":
			at = e.watch.acks[d.query]
			e.verifyToast(d)
		case d.message != (message{}):
			at = e.repliedAt(d, rows)
		default:
			continue
		}
		switch delay := e.fair.between(d.at, at); {
		case at.IsZero() && !e.blockedSince(d):
			e.fault(d.who, d.n, "never answered: %s", d.line)
		case at.IsZero():
		case delay > explorePatience:
			e.tooLate(d.who, d.n, "answered after %s: %s", delay, d.line)
		default:
			took, raw = append(took, delay), append(raw, at.Sub(d.at))
		}
	}
	if len(took) == 0 {
		e.t.Fatal("nothing was answered")
	}
	slices.Sort(took)
	slices.Sort(raw)
	e.t.Logf("%d answers: median %s, 99th percentile %s, longest %s (by the clock on the wall %s)", len(took),
		took[len(took)/2], took[len(took)*99/100], took[len(took)-1], raw[len(raw)-1])
}

// blockedSince tells whether the person blocked the bot before it could answer.
func (e *explorer) blockedSince(d *deed) bool {
	block := time.Unix(0, d.who.blockedAt.Load())
	return block.After(d.at) && block.Sub(d.at) < explorePatience
}

func (e *explorer) verifyToast(d *deed) {
	answer, _ := e.fake.Answered(d.query)
	j := e.judge
	if bad := j.internal(answer.Text); bad != "" {
		e.fault(d.who, d.n, "internal text %q in the answer %q to a press", bad, answer.Text)
	}
	if bad := j.leakNow(d.who, answer.Text, false); bad != "" {
		e.fault(d.who, d.n, "%s in the answer %q to a press", bad, answer.Text)
	}
}

// reply is a row of the ledger of what was sent.
type reply struct {
	chat  int64
	id    int // of the message; 0 = was not sent
	state string
}

// replies lists what the decision of each update sent.
func (e *explorer) replies() map[int64][]reply {
	e.t.Helper()
	rows, err := e.sql.Query(`SELECT i.update_id, o.chat_id, COALESCE(o.message_id, 0), o.state FROM outbox o
		JOIN inbox i ON i.serial = split_part(o.key, ':', 2)::bigint WHERE o.key ~ '^in:[0-9]+:[0-9]+$' ORDER BY o.id`)
	if err != nil {
		e.t.Fatal(err)
	}
	defer rows.Close()
	out := map[int64][]reply{}
	for rows.Next() {
		var update int64
		var r reply
		if err := rows.Scan(&update, &r.chat, &r.id, &r.state); err != nil {
			e.t.Fatal(err)
		}
		out[update] = append(out[update], r)
	}
	if err := rows.Err(); err != nil {
		e.t.Fatal(err)
	}
	return out
}

// repliedAt is when the first reply to a message was written. Whoever declines
// leaves no ledger: then anything that was written counts.
func (e *explorer) repliedAt(d *deed, rows map[int64][]reply) time.Time {
	e.mu.Lock()
	ids := e.updates[d.message]
	e.mu.Unlock()
	if d.nth >= len(ids) {
		return time.Time{}
	}
	calls := e.watch.calls(d.who.account)
	sent, known := rows[ids[d.nth]]
	for _, c := range calls {
		if c.At.Before(d.at) {
			continue
		}
		if !known && !e.linkedSince(d.who) || slices.ContainsFunc(sent, func(r reply) bool { return r.id == c.MessageID && r.state == "sent" }) {
			return c.At
		}
	}
	return time.Time{}
}

// linkedSince tells whether the ledger of an account is whole: people who never
// could decline keep it, unless they were asked to evaluate a training, or opened their
// resolves or a list of what is answered without a name. The rows of such a conversation are deleted once they were sent, whatever is said
// in it.
func (e *explorer) linkedSince(a *actor) bool {
	declined := []string{e.cat.Plain("notice.declined", nil), e.cat.Plain("notice.not_me_phone", nil), e.cat.Plain("notice.not_me", nil)}
	evaluates := e.cat.Plain("label.evaluation", nil)
	// How the cards of resolves begin, and the lists of what is answered without a name.
	resolves := []string{"Niat sesudah pelatihan", "Belum ada niat", "Evaluasi pelatihan yang dapat diisi", "Yang dapat diisi atau dibaca", "Survei yang dapat diisi"}
	return !slices.ContainsFunc(e.watch.calls(a.account), func(c faketelegram.Call) bool {
		return slices.Contains(declined, visible(c)) || strings.Contains(visible(c), evaluates) ||
			slices.ContainsFunc(resolves, func(head string) bool { return strings.HasPrefix(visible(c), head) })
	})
}

// flip changes one byte of callback data.
func flip(data string, at int) string {
	b := []byte(data)
	if len(b) == 0 {
		return "1q:1:KS.a:a:3"
	}
	b[at%len(b)] ^= 1
	return strings.ToValidUTF8(string(b), "?")
}
