package handlers_test

import (
	"slices"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// message names what a person sent; an edit of it is another one.
type message struct {
	chat int64
	id   int
	kind dialog.Kind
}

// deed is what a person did and what has to follow.
type deed struct {
	n       int64
	who     *actor
	line    string // as it is told
	at      time.Time
	message message // wants a reply; zero = does not
	nth     int     // which update of that message, an edit of an edited one for instance
	query   string  // wants the answer to a press; "" = does not
	command string  // that the person has
}

// note keeps a deed. The time is taken before the deed is done.
func (e *explorer) note(d *deed) *deed {
	e.mu.Lock()
	defer e.mu.Unlock()
	if d.message != (message{}) {
		for _, other := range e.deeds {
			if other.message == d.message {
				d.nth++
			}
		}
	}
	e.deeds = append(e.deeds, d)
	return d
}

// await waits until the deeds are answered, as far as can be told from outside:
// verify looks closer.
func (e *explorer) await(deeds []*deed) {
	for _, d := range deeds {
		if d == nil || d.query == "" && d.message == (message{}) {
			continue
		}
		answered := e.watch.until(d.at, func() bool {
			if d.query != "" {
				_, ok := e.watch.acks[d.query]
				return ok
			}
			return e.watch.wrote(d.who.account, d.at)
		})
		if !answered && !e.excused(d) {
			e.tooLate(d.who, d.n, "no answer within %s to: %s", explorePatience, d.line)
		} else if d.command != "" && e.answeredAs(d) {
			e.mu.Lock()
			e.reached["/"+d.command] = true
			e.mu.Unlock()
		}
	}
}

// answeredAs tells whether a command was taken for one: nothing that was said
// since is the sentence about unknown commands.
func (e *explorer) answeredAs(d *deed) bool {
	return !strings.Contains(e.watch.since(d.who.account, d.at), e.cat.Plain("menu.unknown_command", nil))
}

// excused tells whether a deed needs no answer: the person blocked the bot.
func (e *explorer) excused(d *deed) bool {
	return d.who.blocked.Load() || d.who.blockedAt.Load() > d.at.UnixNano()
}

// tell lets a person write, and expects an answer.
func (e *explorer) tell(a *actor, n int64, typed string) []*deed {
	at := time.Now()
	id := e.fake.SendText(a.account, typed)
	a.blocked.Store(false) // writing ends a block
	if id == 0 {
		return nil
	}
	a.own = append(a.own, id)
	var deeds []*deed
	if strings.Count(typed, "")*2 > 3*4096 { // a client makes two messages of it
		deeds = append(deeds, e.note(&deed{n: n, who: a, line: "(first half)", at: at, message: message{a.account, id - 1, dialog.KindText}}))
	}
	return append(deeds, e.note(&deed{n: n, who: a, line: shorten(typed), at: at, message: message{a.account, id, dialog.KindText}}))
}

// tap lets a person press with any data, and expects an answer to the press.
func (e *explorer) tap(a *actor, n int64, id int, data, label string) *deed {
	at := time.Now()
	return e.note(&deed{n: n, who: a, line: "[" + label + "] " + data, at: at, query: e.fake.ForgePress(a.account, id, data)})
}

// buttonsOf lists what is on show in a chat, the newest message first.
func (e *explorer) buttonsOf(account int64) (out []shownButton) {
	all := e.fake.Messages(account)
	for _, m := range slices.Backward(all) {
		if m.Deleted || !m.FromBot {
			continue
		}
		for _, row := range m.Inline {
			for _, b := range row {
				if b.Data != "" {
					out = append(out, shownButton{m.ID, b.Text, b.Data, newest(m)})
				}
			}
		}
	}
	return out
}

type shownButton struct {
	message     int
	label, data string
	since       time.Time // when the message came to look like this
}

func newest(m faketelegram.Message) time.Time {
	if m.EditDate.After(m.Date) {
		return m.EditDate
	}
	return m.Date
}
