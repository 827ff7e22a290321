package faketelegram_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

func TestChatLimit(t *testing.T) {
	c := newClock()
	b := started(t, faketelegram.Config{Now: c.Now, ChatRatePerSecond: 1})
	for i := range faketelegram.ChatBurst {
		b.must("sendMessage", to("text", strconv.Itoa(i)))
	}
	got := b.call("sendMessage", to("text", "too many"))
	if got.Code != 429 || got.Description != "Too Many Requests: retry after 1" || got.Parameters.RetryAfter != 1 {
		t.Fatalf("message beyond the burst = %d %q %+v, want 429", got.Code, got.Description, got.Parameters)
	}
	// Edits, deletions and answers do not count towards the chat's limit.
	b.must("editMessageText", to("text", "edited", "message_id", "2"))
	b.must("deleteMessage", to("message_id", "3"))
	b.must("answerCallbackQuery", map[string]string{"callback_query_id": b.srv.ForgePress(ani, 2, "x")})
	c.Add(time.Second)
	b.must("sendMessage", to("text", "in time"))
	calls := b.srv.Calls()
	rate := 0
	for _, call := range calls {
		if call.Class == faketelegram.ClassRate {
			rate++
		}
	}
	if rate != 1 || len(b.srv.Breaches()) != 0 {
		t.Errorf("rate refusals = %d, breaches = %d, want 1 and 0", rate, len(b.srv.Breaches()))
	}
}

func TestOverallLimit(t *testing.T) {
	c := newClock()
	b := newBot(t, faketelegram.Config{Now: c.Now, RatePerSecond: 3})
	for id := int64(1); id <= 5; id++ {
		b.srv.SendText(id, "hi")
	}
	send := func(id int) answer {
		return b.call("sendMessage", map[string]string{"chat_id": strconv.Itoa(id), "text": "x"})
	}
	for id := 1; id <= 2; id++ {
		if a := send(id); !a.OK {
			t.Fatalf("message %d: %s", id, a.Description)
		}
	}
	if a := b.call("editMessageText", map[string]string{"chat_id": "1", "message_id": "2", "text": "y"}); !a.OK {
		t.Fatalf("edit: %s", a.Description)
	}
	if a := send(4); a.Code != 429 {
		t.Errorf("fourth call = %d, want 429: edits count", a.Code)
	}
	if a := b.call("answerCallbackQuery", map[string]string{"callback_query_id": b.srv.ForgePress(1, 1, "x")}); !a.OK {
		t.Errorf("answer: %s, want ok: answers do not count", a.Description)
	}
	c.Add(time.Second / 3)
	c.Add(time.Millisecond)
	if a := send(4); !a.OK {
		t.Errorf("after a third of a second: %s", a.Description)
	}
}

// Whatever the pauses, no second holds more than the bucket and the refill.
func TestLimitNeverExceeded(t *testing.T) {
	c := newClock()
	b := started(t, faketelegram.Config{Now: c.Now, ChatRatePerSecond: 1})
	begin := c.Now()
	sent := 0
	for i := range 60 {
		if b.call("sendMessage", to("text", fmt.Sprint(i))).OK {
			sent++
		}
		c.Add(137 * time.Millisecond)
		if most := faketelegram.ChatBurst + int(c.Now().Sub(begin)/time.Second) + 1; sent > most {
			t.Fatalf("%d sent after %v, want at most %d", sent, c.Now().Sub(begin), most)
		}
	}
	if least := faketelegram.ChatBurst + 7; sent < least {
		t.Errorf("sent = %d, want at least %d", sent, least)
	}
}
