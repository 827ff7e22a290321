package faketelegram_test

import (
	"strconv"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestChatChangedWakesOnlyForItsChat(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SendText(ani+1, "/start")
	mine := b.srv.ChatChanged(ani)
	b.must("sendMessage", to("chat_id", "4002", "text", "for somebody else"))
	if closed(mine) {
		t.Error("a message to another chat woke this one")
	}
	id := b.must("sendMessage", to("text", "for Ani"))
	if !closed(mine) {
		t.Error("a message did not wake its chat")
	}
	mine = b.srv.ChatChanged(ani)
	b.must("editMessageText", to("message_id", strconv.Itoa(id), "text", "changed"))
	if !closed(mine) {
		t.Error("an edit did not wake its chat")
	}
}

func TestButtonIsFoundOnTheNewestMessage(t *testing.T) {
	b := started(t, faketelegram.Config{})
	rows := inlineOf(`{"text":"1","callback_data":"a:1"}`)
	first := b.must("sendMessage", to("text", "Question 1", "reply_markup", rows))
	second := b.must("sendMessage", to("text", "Question 1", "reply_markup", rows))
	other := b.must("sendMessage", to("text", "Question 2", "reply_markup", rows))
	for _, c := range []struct {
		label, text string
		after, want int
	}{
		{"1", "Question 1", 0, second}, {"1", "Question 1", first, second}, {"1", "", 0, other},
		{"1", "Question 1", second, 0}, {"2", "", 0, 0}, {"1", "Question 3", 0, 0},
	} {
		id, data, ok := b.srv.Button(ani, c.label, c.text, c.after)
		if id != c.want || ok != (c.want != 0) || ok && data != "a:1" {
			t.Errorf("Button(%q, %q, %d) = %d, %q, %t, want %d", c.label, c.text, c.after, id, data, ok, c.want)
		}
	}
	if _, _, ok := b.srv.Button(ani+7, "1", "", 0); ok {
		t.Error("a stranger has a button")
	}
	b.srv.Forget(ani)
	if _, _, ok := b.srv.Button(ani, "1", "", 0); ok || len(b.srv.Messages(ani)) != 0 {
		t.Error("a forgotten chat has messages")
	}
	if id := b.must("sendMessage", to("text", "later")); id <= other {
		t.Errorf("after Forget ids begin anew: %d", id)
	}
}

// A lean server counts every call and keeps those that broke a rule.
func TestLeanKeepsBreachesOnly(t *testing.T) {
	b := started(t, faketelegram.Config{Lean: true})
	before := b.srv.CallCount()
	b.must("sendMessage", to("text", "kept nowhere"))
	b.call("sendMessage", to("text", ""))
	if n := b.srv.CallCount() - before; n != 2 {
		t.Errorf("CallCount rose by %d, want 2", n)
	}
	if len(b.srv.Calls()) != 1 || len(b.srv.Breaches()) != 1 {
		t.Errorf("calls %v, want the refused one only", b.srv.Calls())
	}
	id := b.must("sendMessage", to("text", "?", "reply_markup", inlineOf(`{"text":"1","callback_data":"a:1"}`)))
	query, err := b.srv.Press(ani, id, "a:1")
	if err != nil {
		t.Fatal(err)
	}
	if a := b.call("answerCallbackQuery", map[string]string{"callback_query_id": query}); !a.OK {
		t.Error(a.Description)
	}
	if a := b.call("answerCallbackQuery", map[string]string{"callback_query_id": query}); a.OK {
		t.Error("a press was answered twice")
	}
}

func TestExpiredPressesAreCounted(t *testing.T) {
	now := newClock()
	b := started(t, faketelegram.Config{Now: now.Now})
	id := b.must("sendMessage", to("text", "?", "reply_markup", inlineOf(`{"text":"1","callback_data":"a:1"}`)))
	query, err := b.srv.Press(ani, id, "a:1")
	if err != nil {
		t.Fatal(err)
	}
	now.Add(149 * time.Second)
	if b.srv.Dropped(query) {
		t.Error("dropped after 149 s")
	}
	now.Add(2 * time.Second)
	if !b.srv.Dropped(query) {
		t.Error("not dropped after 151 s")
	}
	if n := b.srv.Pending(); n != 0 {
		t.Errorf("%d updates wait after 151 s", n)
	}
	if n := b.srv.FaultCounts()["expired"]; n != 1 {
		t.Errorf("%d presses are counted as expired, want 1", n)
	}
}

// An answer that comes when Telegram takes none any more is refused and remembered.
func TestLateAnswer(t *testing.T) {
	now := newClock()
	b := started(t, faketelegram.Config{Now: now.Now})
	id := b.must("sendMessage", to("text", "?", "reply_markup", inlineOf(`{"text":"1","callback_data":"a:1"}`)))
	for _, tt := range []struct {
		after time.Duration
		late  bool
	}{{30 * time.Second, false}, {31 * time.Second, true}} {
		query, err := b.srv.Press(ani, id, "a:1")
		if err != nil {
			t.Fatal(err)
		}
		now.Add(tt.after)
		a := b.call("answerCallbackQuery", map[string]string{"callback_query_id": query})
		if _, answered := b.srv.Answered(query); a.OK == tt.late || answered == tt.late || b.srv.Late(query) != tt.late {
			t.Errorf("after %s: accepted %t, answered %t, late %t", tt.after, a.OK, answered, b.srv.Late(query))
		}
	}
}
