package faketelegram_test

import (
	"encoding/json"
	"testing"

	"bangkom/internal/faketelegram"
	"github.com/google/go-cmp/cmp"
)

func TestConversation(t *testing.T) {
	b := newBot(t, faketelegram.Config{})
	b.srv.AddUser(faketelegram.User{ID: ani, FirstName: "Ani"})
	b.srv.SendText(ani, "/start K7M2")
	list := b.updates(0)
	if len(list) != 1 {
		t.Fatalf("updates = %d, want 1", len(list))
	}
	var m struct {
		Text     string                `json:"text"`
		Entities []faketelegram.Entity `json:"entities"`
		From     struct{ ID int64 }    `json:"from"`
		Chat     struct {
			ID   int64
			Type string
		} `json:"chat"`
	}
	if err := json.Unmarshal(list[0].Message, &m); err != nil {
		t.Fatal(err)
	}
	if m.Text != "/start K7M2" || m.From.ID != ani || m.Chat.ID != ani || m.Chat.Type != "private" {
		t.Errorf("message = %+v", m)
	}
	if diff := cmp.Diff([]faketelegram.Entity{{Type: "bot_command", Length: 6}}, m.Entities); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}

	id := b.must("sendMessage", to("text", "Pilih <b>satu</b>", "parse_mode", "HTML",
		"reply_markup", `{"inline_keyboard":[[{"text":"1","callback_data":"a:1"},{"text":"2","callback_data":"a:2"}]]}`))
	query, err := b.srv.Press(ani, id, "a:2")
	if err != nil {
		t.Fatalf("Press: %v", err)
	}
	list = b.updates(list[0].ID + 1)
	if len(list) != 1 || list[0].Press == nil || list[0].Press.ID != query || list[0].Press.Data != "a:2" {
		t.Fatalf("updates = %+v, want the press %s", list, query)
	}
	b.must("answerCallbackQuery", map[string]string{"callback_query_id": query, "text": "Tersimpan."})
	if a, ok := b.srv.Answered(query); !ok || a.Text != "Tersimpan." {
		t.Errorf("Answered = %+v, %v", a, ok)
	}
	b.must("editMessageText", to("message_id", "2", "text", "Selesai"))
	got := b.srv.Messages(ani)
	if len(got) != 2 || got[1].Text != "Selesai" || !got[1].Edited || got[1].Inline != nil {
		t.Errorf("messages = %+v, want an edited one without buttons", got)
	}
	if n := len(b.srv.Breaches()); n != 0 {
		t.Errorf("breaches = %d, want none", n)
	}
}
