package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bangkom/internal/faketelegram"
)

// arrived is what one chat has got of an announcement.
type arrived struct {
	ids   []int // of the messages that brought it
	first int   // version with which the last of them came
	shows int   // version that it shows now
	facts int   // short replies of the correction
}

// newest is the version of the corrected text.
const newest = 2

func versionOf(text string) int {
	if strings.Contains(text, newWords) {
		return newest
	}
	return 1
}

// received reads from what Telegram has accepted what each chat has got.
func received(fake *faketelegram.Server) map[int64]*arrived {
	out := map[int64]*arrived{}
	for _, c := range fake.Calls() {
		what := about(c)
		if what == isNone {
			continue
		}
		a := out[c.ChatID]
		if a == nil {
			a = &arrived{}
			out[c.ChatID] = a
		}
		switch what {
		case isFirst:
			a.ids, a.first = append(a.ids, c.MessageID), versionOf(c.Params["text"])
		case isFact:
			a.facts++
		}
	}
	for chat, a := range out {
		for _, m := range fake.Messages(chat) {
			if slices.Contains(a.ids, m.ID) {
				a.shows = versionOf(m.Text)
			}
		}
	}
	return out
}

// proven compares the ledger with what Telegram has accepted, message by message.
func proven(ctx context.Context, r *run) []string {
	if r.mailing == nil {
		return []string{"nothing was announced"}
	}
	rows, err := r.ledger.Receipts(ctx, r.mailing.id)
	if err != nil {
		return []string{fmt.Sprintf("the ledger cannot be read: %v", err)}
	}
	faults := r.fake.FaultCounts()
	cut := faults["server_error"] + faults["reset_before"] + faults["reset_after"]
	broken := compareMail(rows, received(r.fake), r.allowance()*r.interruptions()+cut)
	if len(rows) != r.people {
		broken = append(broken, fmt.Sprintf("the ledger has %d rows for %d people", len(rows), r.people))
	}
	r.notef("%s", states(rows))
	return broken
}

// states is the ledger in one line.
func states(rows []Receipt) string {
	n := map[string]int{}
	for _, row := range rows {
		n[row.State]++
	}
	var out []string
	for _, state := range []string{"sent", "unknown", "failed", "unreachable", "unlinked", "held"} {
		out = append(out, fmt.Sprintf("%s %s", thousands(n[state]), state))
	}
	return strings.Join(out, ", ")
}

// without are the states of those who have got nothing.
var without = []string{"failed", "held", "expired", "unreachable", "unlinked", "left"}

// compareMail tells what the ledger says that Telegram denies, a line for each sort of it.
// Of those of whom it says that it does not know, doubt are allowed.
func compareMail(rows []Receipt, got map[int64]*arrived, doubt int) []string {
	wrong := map[string][]int64{}
	unknown := 0
	for _, row := range rows {
		a := got[row.Chat]
		if a == nil || row.Chat == 0 {
			a = &arrived{}
		}
		if row.State == "unknown" {
			unknown++
		}
		if why := row.denied(*a); why != "" {
			wrong[why] = append(wrong[why], row.Chat)
		}
	}
	var broken []string
	for why, chats := range wrong {
		broken = append(broken, fmt.Sprintf("%d people, account %d is one: %s", len(chats), slices.Min(chats), why))
	}
	slices.Sort(broken)
	if unknown > doubt {
		broken = append(broken, fmt.Sprintf("of %d people nobody knows whether they have it, want at most %d", unknown, doubt))
	}
	return broken
}

// denied tells what is wrong with a row, by what has arrived; "" = nothing.
func (row Receipt) denied(a arrived) string {
	switch {
	case len(a.ids) > 1:
		return "the announcement came twice"
	case row.State == "unknown":
		return ""
	case row.State != "sent" && !slices.Contains(without, row.State):
		return "nothing was decided in the end: " + row.State
	case row.State != "sent" && len(a.ids) > 0:
		return "it has come, and the ledger says " + row.State
	case row.State != "sent":
		return ""
	case len(a.ids) == 0:
		return "nothing has come, and the ledger says sent"
	case row.Message != a.ids[0]:
		return "the ledger has the number of another message"
	case a.shows != newest:
		return "the old text stands there"
	case row.Version != a.shows:
		return "the ledger has another version than the message"
	case a.first < newest && a.facts == 0:
		return "the old text came, and the short reply of the correction did not"
	case a.first == newest && a.facts > 0:
		return "the new text came, and the short reply too"
	}
	return ""
}
