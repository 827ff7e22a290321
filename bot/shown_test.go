package bot

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"bangkom/internal/dialog"
)

// An edit to what a message shows already is no call.
func TestEqualEditIsNotSent(t *testing.T) {
	buttons := func(row dialog.Outgoing, markup string) dialog.Outgoing {
		row.Params["reply_markup"] = markup
		return row
	}
	caption := func(text, kind string) dialog.Outgoing {
		row := edit(1, 101, "")
		delete(row.Params, "text")
		row.Method, row.Params["caption"] = methodCaption, text
		if kind != "" {
			row.Method, row.Picture = methodMedia, &dialog.Picture{Kind: kind}
		}
		return row
	}
	for _, tt := range []struct {
		name  string
		first dialog.Outgoing // becomes message 101, or edits it
		then  []dialog.Outgoing
		calls int // of those that follow
	}{
		{"the same text", message(1, "a"), []dialog.Outgoing{edit(1, 101, "a")}, 0},
		{"twice the same edit", edit(1, 101, "a"), []dialog.Outgoing{edit(1, 101, "a"), edit(1, 101, "a")}, 0},
		{"another text", message(1, "a"), []dialog.Outgoing{edit(1, 101, "b")}, 1},
		{"there and back", message(1, "a"), []dialog.Outgoing{edit(1, 101, "b"), edit(1, 101, "a")}, 2},
		{"another message", message(1, "a"), []dialog.Outgoing{edit(1, 102, "a")}, 1},
		{"another chat", message(1, "a"), []dialog.Outgoing{edit(2, 101, "a")}, 1},
		{"no buttons and an empty list", message(1, "a"), []dialog.Outgoing{buttons(edit(1, 101, "a"), noButtons)}, 0},
		{"the phone's keyboard is not the message's", buttons(message(1, "a"), `{"remove_keyboard":true}`),
			[]dialog.Outgoing{buttons(edit(1, 101, "a"), noButtons)}, 0},
		{"other buttons", message(1, "a"), []dialog.Outgoing{buttons(edit(1, 101, "a"), `{"inline_keyboard":[[{}]]}`)}, 1},
		{"a caption", picture(1, "p", false), []dialog.Outgoing{caption("p", "")}, 0},
		{"the same picture", picture(1, "p", false), []dialog.Outgoing{caption("p", "p")}, 0},
		{"another picture", picture(1, "p", false), []dialog.Outgoing{caption("p", "q")}, 1},
		{"the picture stays under another caption", picture(1, "p", false), []dialog.Outgoing{caption("b", ""), caption("b", "p")}, 1},
		{"a new message is never left out", message(1, "a"), []dialog.Outgoing{message(1, "a")}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(c *SenderConfig) { c.Drawer = newAtelier(nil) })
				synctest.Wait()
				s.offer(tt.first)
				time.Sleep(time.Second)
				for _, row := range tt.then {
					s.offer(row)
					time.Sleep(time.Second)
				}
				if n := len(s.api.all()) - 1; n != tt.calls {
					t.Errorf("%d calls, want %d", n, tt.calls)
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if sent, left := s.count(dialog.StateSent), s.count(dialog.StateSuperseded); sent != 1+tt.calls || left != len(tt.then)-tt.calls {
					t.Errorf("%d sent and %d superseded of %d", sent, left, 1+len(tt.then))
				}
			})
		})
	}
}

// What is not known for certain is sent.
func TestUnsureEditIsSent(t *testing.T) {
	for name, refusal := range map[string]error{
		"unknown": ErrUnknownOutcome, "gone": &APIError{Code: 400, Description: "message to edit not found"}, "new term": nil,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, nil)
				s.api.answer = func(c fakeCall, n int) (json.RawMessage, error) {
					if n == 2 {
						return nil, refusal
					}
					return nil, nil
				}
				synctest.Wait()
				s.offer(edit(1, 7, "a"))
				time.Sleep(time.Second)
				if refusal == nil {
					s.sender.CommitUnknown()
					time.Sleep(2 * time.Second)
				} else {
					other := edit(1, 7, "b")
					other.Class = dialog.ClassBroadcast // its outcome stays unknown
					s.offer(other)
					time.Sleep(time.Second)
				}
				before := len(s.api.all())
				s.offer(edit(1, 7, "a"))
				time.Sleep(time.Second)
				if n := len(s.api.all()) - before; n != 1 {
					t.Errorf("%d calls, want 1", n)
				}
			})
		})
	}
}

// Edits that are left out cost nothing of Telegram's limit.
func TestEqualEditsCostNoRate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Rate, c.Queued = 5, 1000 })
		synctest.Wait()
		s.offer(edit(1, 7, "a"))
		time.Sleep(5 * time.Second)
		begin := time.Now()
		for i := range 100 {
			s.offer(edit(1, 7, "a"), message(int64(i+2), "x"))
			if i == 4 {
				break
			}
		}
		time.Sleep(time.Second)
		for text, d := range s.when(begin) {
			if d > 50*time.Millisecond {
				t.Errorf("%s waited %v for the rate", text, d)
			}
		}
	})
}

func TestShownIsBounded(t *testing.T) {
	s := newShown()
	for i := range 3 * maxShown {
		s.note(edit(1, i+1, fmt.Sprint(i)), i+1)
	}
	if n := len(s.entries); n != maxShown || s.order.Len() != n {
		t.Errorf("%d messages are remembered, in a list of %d, want %d", n, s.order.Len(), maxShown)
	}
	if !s.same(edit(1, 3*maxShown, fmt.Sprint(3*maxShown-1))) || s.same(edit(1, 1, "0")) {
		t.Error("the last one is not known, or the first still is")
	}
}
