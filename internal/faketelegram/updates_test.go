package faketelegram_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
	"github.com/google/go-cmp/cmp"
)

// A second poller ends the first with 409.
func TestTwoPollers(t *testing.T) {
	b := started(t, faketelegram.Config{})
	first := make(chan answer, 1)
	go func() {
		a, _ := b.try("getUpdates", map[string]string{"timeout": "50", "offset": "1"})
		first <- a
	}()
	// The second poll must come while the first waits; the first is recorded
	// only when it ends, so the second is repeated until then.
	for {
		a := b.call("getUpdates", map[string]string{"offset": "2"})
		if !a.OK {
			t.Fatalf("second poll = %d %q, want ok", a.Code, a.Description)
		}
		select {
		case got := <-first:
			want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
			if got.Code != 409 || got.Description != want {
				t.Errorf("first poll = %d %q, want 409 %q", got.Code, got.Description, want)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestPollBesideWebhook(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.must("setWebhook", map[string]string{"url": "http://127.0.0.1:1/hook", "secret_token": "s"})
	if a := b.call("getUpdates", nil); a.Code != 409 || !strings.HasPrefix(a.Description, "Conflict: can't use getUpdates method while webhook is active") {
		t.Errorf("getUpdates = %d %q, want 409", a.Code, a.Description)
	}
	b.must("deleteWebhook", nil)
	b.updates(0)
}

func TestLongPollWakes(t *testing.T) {
	b := started(t, faketelegram.Config{})
	got := make(chan answer, 1)
	go func() {
		a, _ := b.try("getUpdates", map[string]string{"timeout": "50"})
		got <- a
	}()
	b.srv.SendText(ani, "wake")
	a := <-got
	if !strings.Contains(string(a.Result), `"wake"`) {
		t.Errorf("poll = %s, want the message", a.Result)
	}
}

func TestUpdatesExpire(t *testing.T) {
	c := newClock()
	b := started(t, faketelegram.Config{Now: c.Now})
	b.srv.SendText(ani, "a text")
	b.srv.ForgePress(ani, 1, "x")
	c.Add(150*time.Second - time.Millisecond)
	if n := b.srv.Pending(); n != 2 {
		t.Errorf("pending before 150 s = %d, want 2", n)
	}
	c.Add(time.Millisecond)
	if got := b.updates(0); len(got) != 1 || got[0].Press != nil {
		t.Errorf("updates after 150 s = %+v, want only the text", got)
	}
	c.Add(24 * time.Hour)
	if n := b.srv.Pending(); n != 0 {
		t.Errorf("pending after 24 h = %d, want 0", n)
	}
}

func TestAnswerOnceAndInTime(t *testing.T) {
	c := newClock()
	b := started(t, faketelegram.Config{Now: c.Now})
	id := b.must("sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"a"}`)))
	press := func() string {
		q, err := b.srv.Press(ani, id, "a")
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	reply := func(q string) answer { return b.call("answerCallbackQuery", map[string]string{"callback_query_id": q}) }
	one, two := press(), press()
	if one == two {
		t.Errorf("two presses share the id %s", one)
	}
	if a := reply(one); !a.OK {
		t.Errorf("first answer: %s", a.Description)
	}
	if a := reply(one); a.OK {
		t.Error("second answer to the same press was taken")
	}
	c.Add(30*time.Second + time.Millisecond)
	if a := reply(two); a.OK {
		t.Error("answer after 30 s was taken")
	}
}

func TestOffsets(t *testing.T) {
	b := started(t, faketelegram.Config{})
	for i := range 3 {
		b.srv.SendText(ani, fmt.Sprint(i))
	}
	all := b.updates(0)
	if len(all) != 3 || all[1].ID != all[0].ID+1 || all[2].ID != all[1].ID+1 {
		t.Fatalf("ids = %+v, want three in a row", all)
	}
	// An offset far beyond the queue starts at its head and confirms nothing.
	if got := b.updates(all[2].ID + 1000); len(got) != 3 {
		t.Errorf("updates for a far offset = %d, want 3", len(got))
	}
	if got := b.updates(all[1].ID); len(got) != 2 || b.srv.Pending() != 2 {
		t.Errorf("updates = %d, pending %d, want 2 and 2", len(got), b.srv.Pending())
	}
	// The same offset at once gives one update, Telegram's brake.
	if got := b.updates(all[1].ID); len(got) != 1 {
		t.Errorf("updates of a repeated poll = %d, want 1", len(got))
	}
	b.srv.RestartUpdateIDs(7)
	b.srv.SendText(ani, "after a quiet week")
	if got := b.updates(all[2].ID + 20); len(got) != 3 || got[0].ID != 7 {
		t.Errorf("updates after a restart of ids = %+v, want the one with id 7 first", got)
	}
}

func TestAllowedUpdates(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.must("getUpdates", map[string]string{"allowed_updates": `["callback_query"]`})
	b.srv.SendText(ani, "unseen")
	b.srv.ForgePress(ani, 1, "seen")
	b.srv.Block(ani)
	if got := b.updates(0); len(got) != 1 || got[0].Press == nil {
		t.Errorf("updates = %+v, want the press only", got)
	}
}

func TestInjectRaw(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.InjectRaw(json.RawMessage(`{"message":{"message_id":"no number"}}`))
	b.srv.InjectRaw(json.RawMessage(`{"update_id":2000000000,"poll":{}}`))
	b.srv.InjectRaw(json.RawMessage(`{broken`))
	b.srv.SendText(ani, "after")
	a := b.call("getUpdates", nil)
	var list []json.RawMessage
	if err := json.Unmarshal(a.Result, &list); err != nil || len(list) != 4 {
		t.Fatalf("updates = %s, %v", a.Result, err)
	}
	if !strings.Contains(string(list[0]), `"message_id":"no number"`) || !strings.Contains(string(list[0]), `"update_id":`) {
		t.Errorf("first = %s, want the raw update with an id", list[0])
	}
	if string(list[1]) != `{"update_id":2000000000,"poll":{}}` || string(list[2]) != `"{broken"` {
		t.Errorf("raw updates = %s and %s", list[1], list[2])
	}
	if !strings.Contains(string(list[3]), `"update_id":2000000002,`) {
		t.Errorf("next = %s, want an id behind the injected ones", list[3])
	}
}

func TestContacts(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.ShareContact(ani, faketelegram.Contact{Phone: "+628120000001", FirstName: "Ani", UserID: ani})
	b.srv.ShareContact(ani, faketelegram.Contact{Phone: "0812", FirstName: "Orang lain"})
	b.srv.ShareContact(ani, faketelegram.Contact{Phone: "+628120000001", FirstName: "Ani", UserID: ani, Forwarded: true})
	type contact struct {
		Contact struct {
			Phone string `json:"phone_number"`
			User  int64  `json:"user_id"`
		} `json:"contact"`
		Origin *struct {
			Type string `json:"type"`
		} `json:"forward_origin"`
	}
	var got []string
	for _, u := range b.updates(0) {
		var c contact
		if err := json.Unmarshal(u.Message, &c); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d %t", c.Contact.Phone, c.Contact.User, c.Origin != nil))
	}
	want := []string{"+628120000001 4001 false", "0812 0 false", "+628120000001 4001 true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
}

func TestMediaKinds(t *testing.T) {
	b := started(t, faketelegram.Config{})
	kinds := []string{"photo", "document", "sticker", "voice", "audio", "video", "video_note", "animation", "location", "venue", "poll", "dice"}
	for _, k := range kinds {
		if id := b.srv.SendMedia(ani, k); id == 0 {
			t.Errorf("SendMedia(%q) = 0", k)
		}
	}
	if id := b.srv.SendMedia(ani, "hologram"); id != 0 {
		t.Errorf("SendMedia of an unknown kind = %d, want 0", id)
	}
	for i, u := range b.updates(0) {
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(u.Message, &fields)
		if fields[kinds[i]] == nil {
			t.Errorf("update of %s = %s", kinds[i], u.Message)
		}
	}
}

func TestBlocking(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.Block(ani)
	b.srv.Block(ani)
	b.srv.Unblock(ani)
	var got []string
	for _, u := range b.updates(0) {
		var m struct {
			Old struct{ Status string } `json:"old_chat_member"`
			New struct{ Status string } `json:"new_chat_member"`
		}
		_ = json.Unmarshal(u.Member, &m)
		got = append(got, m.Old.Status+">"+m.New.Status)
	}
	if diff := cmp.Diff([]string{"member>kicked", "kicked>member"}, got); diff != "" {
		t.Errorf("my_chat_member (-want +got):\n%s", diff)
	}
	b.must("sendMessage", to("text", "welcome back"))
}

func TestPeopleCannotDoWhatTheyCannot(t *testing.T) {
	b := started(t, faketelegram.Config{})
	id := b.must("sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"a"}`)))
	if _, err := b.srv.Press(ani, id, "b"); !errors.Is(err, faketelegram.ErrNoButton) {
		t.Errorf("press of another button: %v", err)
	}
	if _, _, err := b.srv.PressLabel(ani, "b"); !errors.Is(err, faketelegram.ErrNoButton) {
		t.Errorf("press of another label: %v", err)
	}
	if on, _, err := b.srv.PressLabel(ani, "a"); err != nil || on != id {
		t.Errorf("PressLabel = %d, %v, want message %d", on, err, id)
	}
	if _, err := b.srv.Press(ani, 99, "a"); !errors.Is(err, faketelegram.ErrNoMessage) {
		t.Errorf("press on nothing: %v", err)
	}
	if err := b.srv.EditText(ani, id, "x"); !errors.Is(err, faketelegram.ErrNotOwn) {
		t.Errorf("edit of the bot's message: %v", err)
	}
	b.srv.Block(ani)
	if _, err := b.srv.Press(ani, id, "a"); !errors.Is(err, faketelegram.ErrBlocked) {
		t.Errorf("press while blocked: %v", err)
	}
	if id := b.srv.SendText(ani, " \n"); id != 0 {
		t.Errorf("SendText of white space = %d, want 0", id)
	}
	last := b.srv.SendText(ani, strings.Repeat("😀", 5000)) // three messages of at most 4096 units
	if got := b.srv.Messages(ani); got[len(got)-1].ID != last || len(got) != 5 {
		t.Errorf("messages = %d, want 5: a long text is split", len(got))
	}
	if err := b.srv.EditText(ani, last, "short"); err != nil {
		t.Errorf("edit of an own message: %v", err)
	}
	got := b.drain()
	if got[len(got)-1].Edited == nil {
		t.Errorf("last update = %+v, want edited_message", got[len(got)-1])
	}
}

func TestGroup(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.GroupText(-500, ani, "/menu")
	if got := b.updates(0); len(got) != 1 || !strings.Contains(string(got[0].Message), `"type":"group"`) {
		t.Errorf("updates = %+v, want one of a group", got)
	}
	b.must("sendMessage", map[string]string{"chat_id": "-500", "text": "hanya percakapan pribadi"})
	if n := len(b.srv.Messages(-500)); n != 2 {
		t.Errorf("messages of the group = %d, want 2", n)
	}
}

func TestProfile(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.must("setMyDescription", map[string]string{"description": "Layanan resmi"})
	b.must("setMyShortDescription", map[string]string{"short_description": "Bangkom"})
	b.must("setMyName", map[string]string{"name": "Bangkom Lamsel"})
	b.must("setMyCommands", map[string]string{"commands": `[{"command":"menu","description":"Semua layanan"}]`, "scope": `{"type":"all_private_chats"}`})
	b.must("setMyCommands", map[string]string{"commands": `[{"command":"tim","description":"Tim"}]`, "scope": fmt.Sprintf(`{"type":"chat","chat_id":%d}`, ani)})
	b.must("setChatMenuButton", map[string]string{"menu_button": `{"type":"commands"}`})
	p := b.srv.Profile()
	if p.Description != "Layanan resmi" || p.ShortDescription != "Bangkom" || p.Name != "Bangkom Lamsel" || p.MenuButtons[0] != "commands" {
		t.Errorf("profile = %+v", p)
	}
	want := map[string][]faketelegram.Command{"all_private_chats": {{Command: "menu", Description: "Semua layanan"}}, "chat:4001": {{Command: "tim", Description: "Tim"}}}
	if diff := cmp.Diff(want, p.Commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
	b.must("deleteMyCommands", map[string]string{"scope": `{"type":"all_private_chats"}`})
	if a := b.call("getMyCommands", map[string]string{"scope": `{"type":"all_private_chats"}`}); string(a.Result) != "[]" {
		t.Errorf("getMyCommands = %s, want []", a.Result)
	}
	if a := b.call("getMyDescription", nil); string(a.Result) != `{"description":"Layanan resmi"}` {
		t.Errorf("getMyDescription = %s", a.Result)
	}
}
