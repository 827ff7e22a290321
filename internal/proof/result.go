package proof

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

// Result is what came out of a drill.
type Result struct {
	Name    string
	Options Options
	Took    time.Duration

	People, Answers int           // who came; what they sent
	Updates         int           // presses and messages, as often as they were made
	Lost, Double    int           // answers
	Kills           int           // of processes
	Happened        []string      // faults that struck and what the script did
	PressedAgain    int           // presses that died at Telegram, made again when the bot showed the question again
	Unasked         int           // the same, but nobody had shown it again
	Repeated        int           // messages that somebody got twice
	Allowed         int           // of them at most
	P50, P99, Worst time.Duration // from a tap to its visible effect
	Broken          []string      // demands that do not hold; empty = all well
}

// OK tells whether every demand holds.
func (r Result) OK() bool { return len(r.Broken) == 0 }

// result compares the books with what people did and saw.
func (r *run) result(ctx context.Context) (Result, error) {
	books, err := r.ledger.Books(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("read the books: %w", err)
	}
	started, finished := r.crowd.count()
	out := Result{Name: r.name, Options: r.options, Took: time.Since(r.began), People: finished, Answers: books.Answers,
		Updates: int(r.crowd.progress.Load()) - finished, Kills: r.kills,
		PressedAgain: int(r.crowd.shownAgain.Load()), Unasked: int(r.crowd.unasked.Load())}
	r.compare(books, started, &out)
	r.tidy(books)
	if r.demand != nil { // it may note something
		r.broken = append(r.broken, r.demand(ctx, r)...)
	}
	faults := r.fake.FaultCounts()
	r.happened(faults, &out)
	out.Repeated = r.repeated()
	out.Allowed = r.allowance()*r.interruptions() + faults["reset_after"] + int(r.crowd.doubled.Load())
	if out.Repeated > out.Allowed {
		r.breaks("%d messages came twice, want at most %d", out.Repeated, out.Allowed)
	}
	out.P50, out.P99, out.Worst = percentiles(r.crowd.taps)
	if r.slowest > 0 && !r.options.Untimed && out.P99 > r.slowest {
		r.breaks("99th percentile of tap to visible change is %s, want at most %s", short(out.P99), short(r.slowest))
	}
	out.Broken = r.broken
	return out, nil
}

// allowance is how many messages may be repeated when the lease goes to another
// process: the calls in flight.
func (r *run) allowance() int { return cmp.Or(r.inFlight, 8) }

// compare counts what was lost and what had its effect twice.
func (r *run) compare(books Books, started int, out *Result) {
	right, times := map[int64]bool{}, map[int64]int{}
	for _, s := range books.Sent {
		times[s.Chat]++
		want := wanted(int(s.Chat - firstAccount))
		if s.Answers == want {
			right[s.Chat] = true
		}
		if times[s.Chat] > 1 || s.Revision != 1 {
			out.Double++
			r.breaks("account %d: sent again, as revision %d", s.Chat, s.Revision)
		} else if s.Answers != want {
			r.breaks("account %d: %q is stored, %q was pressed", s.Chat, s.Answers, want)
		}
	}
	out.Lost = started - len(right)
	if out.Lost > 0 {
		r.breaks("of %d people who answered, the answers of %d are stored as pressed", started, len(right))
	}
	if want := started * items; books.Answers != want {
		out.Double += max(0, books.Answers-want)
		r.breaks("%d answers are stored, want %d", books.Answers, want)
	}
	if r.crowd.exhausted && r.rate > 0 {
		r.breaks("all %d people had come before the script was over: the load ended too early", started)
	}
}

// tidy demands that nothing is left over and that Telegram's rules were kept.
func (r *run) tidy(books Books) {
	if books.Waiting > 0 || books.SetAside > 0 {
		r.breaks("%d updates wait (the oldest for %s), %d were set aside, want none", books.Waiting, short(books.OldestWaiting), books.SetAside)
	}
	if n := books.Outbox["new"] + books.Outbox["sending"]; n > 0 {
		r.breaks("%d messages were not sent, the oldest waits for %s", n, short(books.OldestUnsent))
	}
	n := books.Outbox["held"]
	if !r.overtakes {
		n += books.Outbox["expired"]
	}
	if !r.doubtful {
		n += books.Outbox["failed"] + books.Outbox["unknown"]
	}
	if n > 0 {
		r.breaks("%d messages were given up: %v", n, books.Outbox)
	}
	for _, b := range r.fake.Breaches() {
		if b.Class == faketelegram.ClassRule {
			r.breaks("Telegram refused %s: %s", b.Method, b.Description)
		}
	}
	if n := r.crowd.forgotten.Load(); n > 0 {
		r.breaks("%d people in the middle of the questions were not asked again within %s after an outage", n, askAgain)
	}
	if n := r.crowd.noButton.Load(); n > 0 {
		r.breaks("%d presses were impossible: the button was gone", n)
	}
	for account, owed := range r.crowd.helped {
		if got := r.helpSent(account); got < owed {
			r.breaks("account %d asked for help %d times and got it %d times", account, owed, got)
		}
	}
}

// happened lists the faults that struck, and demands those that had to.
func (r *run) happened(faults map[string]int, out *Result) {
	if r.kills > 0 {
		out.Happened = append(out.Happened, plural(r.kills, "kill"))
	}
	out.Happened = append(out.Happened, r.notes...)
	if r.pooler != nil && len(r.pooler.Ends()) > 0 {
		out.Happened = append(out.Happened, plural(len(r.pooler.Ends()), "end")+" of pgbouncer by itself")
	}
	for _, kind := range slices.Sorted(maps.Keys(faults)) {
		if faults[kind] > 0 {
			out.Happened = append(out.Happened, strconv.Itoa(faults[kind])+" × "+strings.ReplaceAll(kind, "_", " "))
		}
	}
	for _, kind := range r.struck {
		if faults[kind] == 0 {
			r.breaks("the fault %s never struck", kind)
		}
	}
}

// helpMark stands in the answer to /bantuan and in no other message.
const helpMark = "Cara memakai Bangkom"

func (r *run) helpSent(account int64) (n int) {
	for _, m := range r.fake.Messages(account) {
		if m.FromBot && strings.Contains(m.Text, helpMark) {
			n++
		}
	}
	return n
}

// repeated counts what people got more than once: new messages with a content
// that they had already got, and edits that changed nothing. Help comes as often
// as somebody asks.
func (r *run) repeated() (n int) {
	type message struct {
		chat int64
		text string
	}
	seen, help := map[message]bool{}, map[int64]int{}
	for _, c := range r.fake.Calls() {
		m := message{c.ChatID, c.Params["text"] + c.Params["caption"]}
		switch {
		case c.Class == faketelegram.ClassState && strings.HasPrefix(c.Method, "edit"):
			n++
		case !c.Accepted || c.Method != "sendMessage" && c.Method != "sendPhoto":
		case strings.Contains(m.text, helpMark):
			if help[c.ChatID]++; help[c.ChatID] > r.crowd.helped[c.ChatID] {
				n++
			}
		case seen[m]:
			n++
		default:
			seen[m] = true
		}
	}
	return n
}

// percentiles returns the median, the 99th percentile and the longest.
func percentiles(taps []tap) (p50, p99, worst time.Duration) {
	if len(taps) == 0 {
		return 0, 0, 0
	}
	took := make([]time.Duration, len(taps))
	for i, t := range taps {
		took[i] = t.took
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[min(len(took)-1, int(share*float64(len(took))))] }
	return at(0.50), at(0.99), took[len(took)-1]
}

// short writes a duration with two or three significant digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	default:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
