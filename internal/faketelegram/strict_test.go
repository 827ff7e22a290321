package faketelegram_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

const (
	stranger = "999" // nobody
	silent   = "4002"
	blocker  = "4003"
)

// stage is a server with one message of each kind in Ani's chat: 1 Ani's, 2 a
// text with a button, 3 a picture, 4 a text with a reply keyboard, 5 deleted.
func stage(t *testing.T) *bot {
	b := started(t, faketelegram.Config{})
	b.srv.AddUser(faketelegram.User{ID: 4002, FirstName: "Budi"})
	b.srv.AddUser(faketelegram.User{ID: 4003, FirstName: "Cici"})
	b.srv.SendText(4003, "/start")
	b.srv.Block(4003)
	b.must("sendMessage", to("text", "satu", "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"a"}]]}`))
	if a := b.upload("sendPhoto", to("caption", "gambar"), "photo", "p.png", picture(40, 30)); !a.OK {
		t.Fatalf("sendPhoto: %s", a.Description)
	}
	b.must("sendMessage", to("text", "tiga", "reply_markup", `{"keyboard":[["ya"]]}`))
	b.must("sendMessage", to("text", "hapus"))
	b.must("deleteMessage", to("message_id", "5"))
	return b
}

func picture(w, h int) []byte {
	var buf bytes.Buffer
	_ = png.Encode(&buf, image.NewGray(image.Rect(0, 0, w, h)))
	return buf.Bytes()
}

func inlineOf(button string) string { return `{"inline_keyboard":[[` + button + `]]}` }

const tooOld = "query is too old and response timeout expired or query ID is invalid"

// chatWith is to for another chat.
func chatWith(id string, params ...string) map[string]string {
	m := to(params...)
	m["chat_id"] = id
	return m
}

// refusals are wrong calls on the stage and what Telegram says to each.
var refusals = []struct {
	name   string
	method string
	params map[string]string
	code   int
	want   string // after "Bad Request: " or the like; a prefix
}{
	{"unknown method", "sendMesage", to("text", "a"), 404, "Not Found"},
	{"method in other letters", "SendMessage", to("text", "a"), 404, "Not Found"},
	{"misspelt parameter", "sendMessage", to("text", "a", "parsemode", "HTML"), 400, `Bad Request: unknown parameter "parsemode"`},
	{"old parameter", "sendMessage", to("text", "a", "disable_web_page_preview", "true"), 400, `Bad Request: unknown parameter "disable_web_page_preview"`},
	{"no chat", "sendMessage", map[string]string{"text": "a"}, 400, "Bad Request: chat_id is empty"},
	{"chat 0", "sendMessage", chatWith("0", "text", "a"), 400, "Bad Request: chat_id is empty"},
	{"chat by name", "sendMessage", chatWith("@ani", "text", "a"), 400, "Bad Request: chat not found"},
	{"stranger", "sendMessage", chatWith(stranger, "text", "a"), 400, "Bad Request: chat not found"},
	{"never wrote", "sendMessage", chatWith(silent, "text", "a"), 403, "Forbidden: bot can't initiate conversation with a user"},
	{"blocked", "sendMessage", chatWith(blocker, "text", "a"), 403, "Forbidden: bot was blocked by the user"},
	{"edit at a blocker", "editMessageText", chatWith(blocker, "text", "a", "message_id", "1"), 403, "Forbidden: bot was blocked by the user"},
	{"no text", "sendMessage", to(), 400, "Bad Request: message text is empty"},
	{"white space", "sendMessage", to("text", " \n "), 400, "Bad Request: message text is empty"},
	{"tags only", "sendMessage", to("text", "<b> </b>", "parse_mode", "HTML"), 400, "Bad Request: message text is empty"},
	{"parse mode", "sendMessage", to("text", "a", "parse_mode", "XML"), 400, "Bad Request: unsupported parse_mode"},
	{"boolean", "sendMessage", to("text", "a", "protect_content", "yes"), 400, `Bad Request: parameter "protect_content" must be a Boolean`},
	{"integer", "editMessageText", to("text", "a", "message_id", "zwei"), 400, `Bad Request: parameter "message_id" must be an Integer`},
	{"UTF-8", "sendMessage", to("text", "a\xff"), 400, "Bad Request: strings must be encoded in UTF-8"},
	{"HTML", "sendMessage", to("text", "<b>a", "parse_mode", "HTML"), 400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
	{"preview options", "sendMessage", to("text", "a", "link_preview_options", `{"disabled":true}`), 400, "Bad Request: can't parse link preview options"},
	{"reply to nothing", "sendMessage", to("text", "a", "reply_parameters", `{"message_id":77}`), 400, "Bad Request: message to be replied not found"},

	{"markup is no object", "sendMessage", to("text", "a", "reply_markup", `null`), 400, "Bad Request: object expected as reply markup"},
	{"markup of two kinds", "sendMessage", to("text", "a", "reply_markup", `{"inline_keyboard":[],"force_reply":true}`), 400, "Bad Request: can't parse reply markup: exactly one"},
	{"inline_keyboard null", "sendMessage", to("text", "a", "reply_markup", `{"inline_keyboard":null}`), 400, `Bad Request: can't parse reply markup: Field "inline_keyboard" must be of type Array`},
	{"markup with odd field", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","data":"b"}`)), 400, "Bad Request: can't parse inline keyboard"},
	{"button without text", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"","callback_data":"b"}`)), 400, "Bad Request: can't parse inline keyboard button: Field \"text\""},
	{"button without data", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":""}`)), 400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed"},
	{"button with two actions", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"b","url":"https://example.org"}`)), 400, "Bad Request: can't parse inline keyboard button: exactly one action"},
	{"65 bytes of data", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"`+strings.Repeat("x", 65)+`"}`)), 400, "Bad Request: BUTTON_DATA_INVALID"},
	{"66 bytes in 33 letters", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"`+strings.Repeat("é", 33)+`"}`)), 400, "Bad Request: BUTTON_DATA_INVALID"},
	{"script address", "sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","url":"javascript:alert(1)"}`)), 400, "Bad Request: inline keyboard button URL"},
	{"101 buttons", "sendMessage", to("text", "a", "reply_markup", inlineOf(strings.Repeat(`{"text":"a","callback_data":"b"},`, 100)+`{"text":"a","callback_data":"b"}`)), 400, "Bad Request: reply markup is too long"},
	{"empty keyboard", "sendMessage", to("text", "a", "reply_markup", `{"keyboard":[]}`), 400, "Bad Request: reply keyboard must be non-empty"},
	{"remove false", "sendMessage", to("text", "a", "reply_markup", `{"remove_keyboard":false}`), 400, "Bad Request: can't parse reply markup"},

	{"not modified", "editMessageText", to("text", "satu", "message_id", "2", "reply_markup", inlineOf(`{"text":"a","callback_data":"a"}`)), 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
	{"buttons not modified", "editMessageReplyMarkup", to("message_id", "2", "reply_markup", inlineOf(`{"text":"a","callback_data":"a"}`)), 400, "Bad Request: message is not modified"},
	{"edit nothing", "editMessageText", to("text", "a", "message_id", "77"), 400, "Bad Request: message to edit not found"},
	{"edit deleted", "editMessageText", to("text", "a", "message_id", "5"), 400, "Bad Request: message to edit not found"},
	{"edit Ani's", "editMessageText", to("text", "a", "message_id", "1"), 400, "Bad Request: message can't be edited"},
	{"edit below a reply keyboard", "editMessageText", to("text", "a", "message_id", "4"), 400, "Bad Request: message can't be edited"},
	{"edit text of a picture", "editMessageText", to("text", "a", "message_id", "3"), 400, "Bad Request: there is no text in the message to edit"},
	{"edit caption of a text", "editMessageCaption", to("caption", "a", "message_id", "2"), 400, "Bad Request: there is no caption in the message to edit"},
	{"edit with reply keyboard", "editMessageText", to("text", "a", "message_id", "2", "reply_markup", `{"keyboard":[["a"]]}`), 400, "Bad Request: inline keyboard expected"},
	{"edit without id", "editMessageText", to("text", "a"), 400, "Bad Request: message identifier is not specified"},
	{"delete deleted", "deleteMessage", to("message_id", "5"), 400, "Bad Request: message to delete not found"},

	{"no photo", "sendPhoto", to(), 400, "Bad Request: there is no photo in the request"},
	{"unknown file_id", "sendPhoto", to("photo", "AgACnothing"), 400, "Bad Request: wrong file identifier/HTTP URL specified"},
	{"missing attachment", "sendDocument", to("document", "attach://x"), 400, "Bad Request: wrong HTTP URL specified"},
	{"getFile", "getFile", map[string]string{"file_id": "x"}, 400, "Bad Request: invalid file_id"},
	{"chat action", "sendChatAction", to("action", "sleeping"), 400, "Bad Request: wrong parameter action in request"},
	{"unknown query", "answerCallbackQuery", map[string]string{"callback_query_id": "1"}, 400, "Bad Request: " + tooOld},
	{"no query", "answerCallbackQuery", nil, 400, "Bad Request: " + tooOld},

	{"negative offset", "getUpdates", map[string]string{"offset": "-1"}, 400, "Bad Request: a negative offset"},
	{"limit 0", "getUpdates", map[string]string{"limit": "0"}, 400, "Bad Request: limit"},
	{"limit 101", "getUpdates", map[string]string{"limit": "101"}, 400, "Bad Request: limit"},
	{"timeout 51", "getUpdates", map[string]string{"timeout": "51"}, 400, "Bad Request: timeout"},
	{"allowed_updates null", "getUpdates", map[string]string{"allowed_updates": "null"}, 400, "Bad Request: can't parse allowed_updates JSON array"},
	{"forgetting webhook", "deleteWebhook", map[string]string{"drop_pending_updates": "true"}, 400, "Bad Request: drop_pending_updates"},
	{"webhook secret", "setWebhook", map[string]string{"url": "https://example.org/x", "secret_token": "a b"}, 400, "Bad Request: secret token contains unallowed characters"},
	{"command in capitals", "setMyCommands", map[string]string{"commands": `[{"command":"Menu","description":"a"}]`}, 400, "Bad Request: BOT_COMMAND_INVALID"},
	{"command without words", "setMyCommands", map[string]string{"commands": `[{"command":"menu","description":""}]`}, 400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
	{"scope", "setMyCommands", map[string]string{"commands": `[]`, "scope": `{"type":"chat"}`}, 400, "Bad Request: can't parse BotCommandScope"},
	{"long description", "setMyDescription", map[string]string{"description": strings.Repeat("x", 513)}, 400, "Bad Request: description is too long"},
}

func TestRefusals(t *testing.T) {
	b := stage(t)
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			before := b.srv.CallCount()
			got := b.call(tt.method, tt.params)
			if got.OK || got.Code != tt.code || !strings.HasPrefix(got.Description, tt.want) {
				t.Errorf("%s = %v %d %q, want %d %q", tt.method, got.OK, got.Code, got.Description, tt.code, tt.want)
			}
			calls := b.srv.Calls()
			if len(calls) != before+1 || calls[before].Code != tt.code || calls[before].Accepted {
				t.Errorf("recorded %+v", calls[before:])
			}
		})
	}
	if n := len(b.srv.Messages(ani)); n != 5 {
		t.Errorf("messages = %d, want the 5 of the start", n)
	}
	if got, want := len(b.srv.Breaches()), len(refusals)-3; got != want { // three are 403
		t.Errorf("breaches = %d, want %d", got, want)
	}
}

func TestToken(t *testing.T) {
	b := started(t, faketelegram.Config{})
	for _, path := range []string{"/bot2:other/getMe", "/file/bot2:other/documents/x", "/bot/getMe"} {
		res, err := b.http.Get(b.base + path)
		got, err := read(res, err)
		if err != nil || got.Code != 401 || got.Description != "Unauthorized" {
			t.Errorf("%s = %d %q, %v, want 401", path, got.Code, got.Description, err)
		}
	}
}

func TestLengths(t *testing.T) {
	const emoji = "😀" // two UTF-16 units
	tests := []struct {
		name string
		text string
		ok   bool
	}{
		{"4095 letters", strings.Repeat("a", 4095), true},
		{"4096 letters", strings.Repeat("a", 4096), true},
		{"4097 letters", strings.Repeat("a", 4097), false},
		{"4095 units with emoji", strings.Repeat(emoji, 2047) + "a", true},
		{"4096 units of emoji", strings.Repeat(emoji, 2048), true},
		{"4097 units with emoji", strings.Repeat(emoji, 2048) + "a", false},
		{"4096 after parsing", "<b>" + strings.Repeat("&lt;", 4096) + "</b>", true},
		{"4097 after parsing", "<b>" + strings.Repeat("&lt;", 4097) + "</b>", false},
		{"space at the ends is not counted", " " + strings.Repeat("a", 4096) + "\n", true},
	}
	b := started(t, faketelegram.Config{})
	for _, tt := range tests {
		got := b.call("sendMessage", to("text", tt.text, "parse_mode", "HTML"))
		if got.OK != tt.ok || !tt.ok && got.Description != "Bad Request: message is too long" {
			t.Errorf("%s: ok = %v (%s), want %v", tt.name, got.OK, got.Description, tt.ok)
		}
	}
	for n, want := range map[int]bool{1023: true, 1024: true, 1025: false} {
		got := b.upload("sendPhoto", to("caption", strings.Repeat("a", n)), "photo", "p.png", picture(10, 10))
		if got.OK != want || !want && got.Description != "Bad Request: MEDIA_CAPTION_TOO_LONG" {
			t.Errorf("caption of %d: ok = %v (%s), want %v", n, got.OK, got.Description, want)
		}
	}
	if got := b.call("sendMessage", to("text", "a", "reply_markup", inlineOf(`{"text":"a","callback_data":"`+strings.Repeat("x", 64)+`"}`))); !got.OK {
		t.Errorf("64 bytes of data: %s, want ok", got.Description)
	}
	q := b.srv.ForgePress(ani, 1, "x")
	if got := b.call("answerCallbackQuery", map[string]string{"callback_query_id": q, "text": strings.Repeat("a", 201)}); got.OK {
		t.Error("answer of 201 characters was taken")
	}
	b.must("answerCallbackQuery", map[string]string{"callback_query_id": q, "text": strings.Repeat("a", 200)})
}

func TestBadPictures(t *testing.T) {
	b := started(t, faketelegram.Config{})
	for name, body := range map[string][]byte{
		"no picture": []byte("<svg/>"), "empty": {}, "too long": picture(2100, 100), "too big": picture(9999, 600),
	} {
		if got := b.upload("sendPhoto", to(), "photo", "p.png", body); got.OK || got.Code != 400 {
			t.Errorf("%s: ok = %v, code %d, want 400", name, got.OK, got.Code)
		}
	}
}

// A call may be a form, a multipart form, JSON or a GET; the effect is the same.
func TestEncodings(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.must("sendMessage", to("text", "form"))
	body := fmt.Sprintf(`{"chat_id":%d,"text":"json","protect_content":true,"reply_markup":{"remove_keyboard":true}}`, ani)
	if a, err := read(b.http.Post(b.base+"/bot1:test/sendMessage", "application/json", strings.NewReader(body))); err != nil || !a.OK {
		t.Errorf("JSON: %v %v", a, err)
	}
	if a := b.upload("sendDocument", to("caption", "multipart"), "document", "a/b.txt", []byte("isi")); !a.OK {
		t.Errorf("multipart: %s", a.Description)
	}
	if a, err := read(b.http.Get(b.base + "/bot1:test/sendMessage?text=get&chat_id=" + fmt.Sprint(ani))); err != nil || !a.OK {
		t.Errorf("GET: %v %v", a, err)
	}
	var got []string
	for _, m := range b.srv.Messages(ani)[1:] {
		got = append(got, fmt.Sprintf("%s %t %t", m.Text, m.Protected, m.Document != nil))
	}
	want := []string{"form false false", "json true false", "multipart false true", "get false false"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("messages = %v, want %v", got, want)
	}
	for _, bad := range []string{`{`, `[]`, `{"chat_id":1,"text":"\ud800` + "\xff" + `"}`} {
		if a, err := read(b.http.Post(b.base+"/bot1:test/sendMessage", "application/json", strings.NewReader(bad))); err != nil || a.Code != 400 {
			t.Errorf("%q = %+v, %v, want 400", bad, a, err)
		}
	}
	if a, err := read(b.http.Post(b.base+"/bot1:test/sendMessage", "text/plain", strings.NewReader("x"))); err != nil || a.Code != http.StatusBadRequest {
		t.Errorf("plain text = %+v, %v, want 400", a, err)
	}
}

func TestDeleteWithin48Hours(t *testing.T) {
	c := newClock()
	b := started(t, faketelegram.Config{Now: c.Now})
	b.must("sendMessage", to("text", "a"))
	b.must("sendMessage", to("text", "b"))
	c.Add(48 * time.Hour)
	b.must("deleteMessage", to("message_id", "2"))
	c.Add(time.Second)
	if a := b.call("deleteMessage", to("message_id", "3")); a.Description != "Bad Request: message can't be deleted for everyone" {
		t.Errorf("after 48 hours: %v %q", a.OK, a.Description)
	}
}
