package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"bangkom/internal/dialog"
)

const head = `"message_id":5,"date":1700000000,"from":{"id":77,"is_bot":false},"chat":{"id":77,"type":"private"}`

var at = time.Unix(1700000000, 0)

type decodeTest struct {
	name, body string
	want       dialog.Update
}

func message9(rest string) string { return `{"update_id":9,"message":{` + head + rest + `}}` }

func TestDecode(t *testing.T) {
	codec := NewCodec(testKey)
	for _, tt := range append(decodeMessages(), decodePresses(t, codec)...) {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode(tt.body, codec)
			if err != nil {
				t.Fatalf("Decode: %v", err)
			}
			got.Content = dialog.Content{} // see TestContent
			if diff := cmp.Diff(complete(tt.want), got); diff != "" {
				t.Errorf("Decode(%s) (-want +got):\n%s", tt.body, diff)
			}
		})
	}
}

func decodeMessages() []decodeTest {
	return []decodeTest{
		{"text", message9(`,"text":"halo"`), dialog.Update{Kind: dialog.KindText, Text: "halo"}},
		{"text is made safe", message9(`,"text":"a\u0000b\u202ec\td\r\ne"`), dialog.Update{Kind: dialog.KindText, Text: "abc d\ne"}},
		{"nothing known", message9(``), dialog.Update{Kind: dialog.KindOther}},
		{"service message", message9(`,"pinned_message":{}`), dialog.Update{Kind: dialog.KindOther}},
		{"sticker", message9(`,"sticker":{"file_id":"x"}`), dialog.Update{Kind: dialog.KindMedia, Media: "sticker"}},
		{"photo", message9(`,"photo":[{}],"caption":"x"`), dialog.Update{Kind: dialog.KindMedia, Media: "photo"}},
		{"animation is a document too", message9(`,"document":{},"animation":{}`), dialog.Update{Kind: dialog.KindMedia, Media: "animation"}},
		{"venue is a location too", message9(`,"location":{},"venue":{}`), dialog.Update{Kind: dialog.KindMedia, Media: "venue"}},
		{"location of a wrong shape", message9(`,"location":3`), dialog.Update{Kind: dialog.KindMedia, Media: "location"}},
		{"own contact", message9(`,"contact":{"phone_number":"+6281234567890","user_id":77}`),
			dialog.Update{Kind: dialog.KindContact, Contact: dialog.Contact{Phone: "+6281234567890", Own: true}}},
		{"contact of another", message9(`,"contact":{"phone_number":"6281234567890","user_id":78}`),
			dialog.Update{Kind: dialog.KindContact, Contact: dialog.Contact{Phone: "6281234567890"}}},
		{"contact of nobody", message9(`,"contact":{"phone_number":"6281234567890"}`),
			dialog.Update{Kind: dialog.KindContact, Contact: dialog.Contact{Phone: "6281234567890"}}},
		{"forwarded contact", message9(`,"forward_origin":{"type":"user"},"contact":{"phone_number":"6281234567890","user_id":77}`),
			dialog.Update{Kind: dialog.KindContact, Contact: dialog.Contact{Phone: "6281234567890"}}},
		{"contact through a bot", message9(`,"via_bot":{"id":1},"contact":{"phone_number":"6281234567890","user_id":77}`),
			dialog.Update{Kind: dialog.KindContact, Contact: dialog.Contact{Phone: "6281234567890"}}},
		{"phone with spaces", message9(`,"contact":{"phone_number":"+62 812 3456 7890","user_id":77}`), dialog.Update{Kind: dialog.KindContact}},
		{"phone with other digits", message9(`,"contact":{"phone_number":"٦٢٨١٢٣٤٥٦٧٨","user_id":77}`), dialog.Update{Kind: dialog.KindContact}},
		{"phone too short", message9(`,"contact":{"phone_number":"1234567","user_id":77}`), dialog.Update{Kind: dialog.KindContact}},
		{"edited", `{"update_id":9,"edited_message":{` + head + `,"edit_date":1700000000,"text":"b"}}`, dialog.Update{Kind: dialog.KindEdited, Text: "b"}},
		{"group", `{"update_id":9,"message":{"message_id":5,"date":1700000000,"from":{"id":77},"chat":{"id":-4,"type":"group"},"text":"x"}}`,
			dialog.Update{Kind: dialog.KindGroup, ChatID: -4}},
		{"channel without sender", `{"update_id":9,"message":{"message_id":5,"date":1700000000,"chat":{"id":-4,"type":"channel"},"text":"x"}}`,
			dialog.Update{Kind: dialog.KindGroup, ChatID: -4}},
		{"somebody else in a private chat", `{"update_id":9,"message":{"message_id":5,"date":1700000000,"from":{"id":78},"chat":{"id":77,"type":"private"},"text":"x"}}`,
			dialog.Update{Kind: dialog.KindOther}},
		{"blocked", member("kicked"), dialog.Update{Kind: dialog.KindBlocked, MessageID: -1}},
		{"unblocked", member("member"), dialog.Update{Kind: dialog.KindUnblocked, MessageID: -1}},
		{"other status", member("left"), dialog.Update{Kind: dialog.KindOther, MessageID: -1}},
		{"of a kind nobody asked for", `{"update_id":9,"poll":{}}`, dialog.Update{Kind: dialog.KindOther, ChatID: -1, MessageID: -1, At: time.Time{}.Add(1)}},
	}
}

// What may be passed on is kept as it was sent.
func TestContent(t *testing.T) {
	bold := `"entities":[{"type":"bold","offset":0,"length":4},{"type":"text_link","offset":5,"length":2,"url":"https://x.example/"},{"type":"pre","offset":0,"length":1,"language":"go"}]`
	entities := []dialog.Entity{{Type: "bold", Offset: 0, Length: 4}, {Type: "text_link", Offset: 5, Length: 2, URL: "https://x.example/"}, {Type: "pre", Length: 1, Language: "go"}}
	tests := []struct {
		name, rest string
		want       dialog.Content
	}{
		{"text with its look", `,"text":"satu du",` + bold, dialog.Content{Text: "satu du", Entities: entities}},
		{"nothing is made safe", `,"text":"a\tb\u202ec\r\ne\u0301"`, dialog.Content{Text: "a\tb\u202ec\r\ne\u0301"}},
		{"what it answers", `,"text":"ya","reply_to_message":{"message_id":31}`, dialog.Content{Text: "ya", ReplyTo: 31}},
		{"the largest picture", `,"photo":[{"file_id":"s","width":9,"height":9,"file_size":5},{"file_id":"l","width":90,"height":60,"file_size":50},{"file_id":"m","width":50,"height":9}],"caption":"di bawah","caption_entities":[{"type":"italic","offset":3,"length":5}]`,
			dialog.Content{Text: "di bawah", Entities: []dialog.Entity{{Type: "italic", Offset: 3, Length: 5}}, File: dialog.File{Media: "photo", FileID: "l", Size: 50}}},
		{"document", `,"document":{"file_id":"d","file_name":"surat\u202e.pdf","file_size":7}`, dialog.Content{File: dialog.File{Media: "document", FileID: "d", Name: "surat.pdf", Size: 7}}},
		{"an animation cannot be passed on", `,"document":{"file_id":"d"},"animation":{},"caption":"x"`, dialog.Content{Text: "x", File: dialog.File{Media: "animation"}}},
		{"a sticker cannot", `,"sticker":{"file_id":"x"}`, dialog.Content{File: dialog.File{Media: "sticker"}}},
		{"pictures of a wrong shape", `,"photo":3`, dialog.Content{File: dialog.File{Media: "photo"}}},
		{"entities of a wrong shape", `,"text":"a","entities":[{"type":"bold","offset":-1}]`, dialog.Content{Text: "a", Entities: []dialog.Entity{{Type: "bold", Offset: -1}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode(message9(tt.rest), NewCodec(testKey))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Content); diff != "" {
				t.Errorf("Content of %s (-want +got):\n%s", tt.rest, diff)
			}
		})
	}
}

func decodePresses(t *testing.T, codec *Codec) []decodeTest {
	t.Helper()
	action := dialog.Action{Flow: "asesmen", Ref: 3, Step: "q1", Verb: dialog.Answer, Value: "4"}
	data, err := codec.Encode(77, "abc", action)
	if err != nil {
		t.Fatal(err)
	}
	pressed := dialog.Press{OK: true, Card: "abc", Button: data[len(data)-macLength:], Action: action}
	press := func(rest string) string {
		return `{"update_id":9,"callback_query":{"id":"q","from":{"id":77},"data":"` + data + `"` + rest + `}}`
	}
	return []decodeTest{
		{"press", press(`,"message":{` + head + `}`),
			dialog.Update{Kind: dialog.KindPress, QueryID: "q", Press: pressed}},
		{"press on what can no longer be read", press(`,"message":{"message_id":5,"date":0,"chat":{"id":77,"type":"private"}}`),
			dialog.Update{Kind: dialog.KindPress, QueryID: "q", Press: pressed, At: time.Time{}.Add(1)}},
		{"press without message", press(``),
			dialog.Update{Kind: dialog.KindPress, QueryID: "q", MessageID: -1, Press: pressed, At: time.Time{}.Add(1)}},
		{"press in a group", press(`,"message":{"message_id":5,"date":1700000000,"chat":{"id":-4,"type":"supergroup"}}`),
			dialog.Update{Kind: dialog.KindGroup, ChatID: -4, QueryID: "q"}},
		{"press with data of another", `{"update_id":9,"callback_query":{"id":"q","from":{"id":78},"data":"` + data + `","message":{"message_id":5,"date":1700000000,"chat":{"id":78,"type":"private"}}}}`,
			dialog.Update{Kind: dialog.KindPress, ChatID: 78, QueryID: "q"}},
	}
}

func member(status string) string {
	return `{"update_id":9,"my_chat_member":{"date":1700000000,"from":{"id":77},"chat":{"id":77,"type":"private"},"old_chat_member":{"status":"member"},"new_chat_member":{"status":"` + status + `"}}}`
}

// complete fills in what most expectations share: -1, and a time one nanosecond
// after zero, stand for nothing.
func complete(u dialog.Update) dialog.Update {
	u.ID = 9
	switch u.ChatID {
	case 0:
		u.ChatID = 77
	case -1:
		u.ChatID = 0
	}
	switch u.MessageID {
	case 0:
		u.MessageID = 5
	case -1:
		u.MessageID = 0
	}
	if u.At.IsZero() {
		u.At = at
	} else {
		u.At = time.Time{}
	}
	return u
}

func TestEnvelope(t *testing.T) {
	tests := []struct {
		name, body string
		want       dialog.RawUpdate
		query      string
		hasID      bool
	}{
		{name: "message", body: `{"update_id":9,"message":{` + head + `}}`, want: dialog.RawUpdate{ID: 9, Lane: 77}, hasID: true},
		{name: "press", body: `{"update_id":9,"callback_query":{"id":"q","from":{"id":77}}}`, want: dialog.RawUpdate{ID: 9, Lane: 77}, query: "q", hasID: true},
		{name: "words below a picture", body: `{"update_id":9,"message":{"chat":{"id":77},"photo":[{"file_id":"a"}],"caption":"Saran"}}`, want: dialog.RawUpdate{ID: 9, Lane: 77, Sealed: true}, hasID: true},
		{name: "group", body: `{"update_id":9,"message":{"chat":{"id":-4,"type":"group"}}}`, want: dialog.RawUpdate{ID: 9, Lane: -4}, hasID: true},
		{name: "nobody's", body: `{"update_id":9,"poll":{}}`, want: dialog.RawUpdate{ID: 9}, hasID: true},
		{name: "wrong type", body: `{"message":{"message_id":"secret","chat":{"id":77}},"update_id":9}`, want: dialog.RawUpdate{ID: 9, Lane: 77, Failed: `decode update: wrong type of "message.message_id"`}, hasID: true},
		{name: "number too large", body: `{"update_id":9,"message":{"chat":{"id":99999999999999999999}}}`, want: dialog.RawUpdate{ID: 9, Failed: `decode update: wrong type of "message.chat.id"`}, hasID: true},
		{name: "no id", body: `"x"`, want: dialog.RawUpdate{Failed: "decode update: no update_id"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Body = tt.body
			a, hasID := envelope(json.RawMessage(tt.body))
			got, query := a.row, a.query
			if !tt.hasID {
				if got.ID >= 0 {
					t.Errorf("made up id %d, want one below zero", got.ID)
				}
				got.ID = 0
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || query != tt.query || hasID != tt.hasID {
				t.Errorf("envelope = %q %t, want %q %t (-want +got):\n%s", query, hasID, tt.query, tt.hasID, diff)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"update_id":9,"message":{` + head + `,"text":"x"}}`, `{"update_id":1,"callback_query":{"id":"q","from":{"id":7},"message":null}}`,
		member("kicked"), `[]`, `null`, `{"message":{}}`, `{"update_id":null,"edited_message":{"chat":null}}`,
	} {
		f.Add(s)
	}
	codec := NewCodec(testKey)
	f.Fuzz(func(t *testing.T, body string) {
		u, err := Decode(body, codec)
		if err == nil && (!utf8.ValidString(u.Text) || strings.ContainsRune(u.Text, 0)) {
			t.Errorf("text %q", u.Text)
		}
		if json.Valid([]byte(body)) {
			a, _ := envelope(json.RawMessage(body))
			row := a.row
			if (row.Failed == "") && err != nil {
				t.Errorf("sound row that cannot be decoded: %v", err)
			}
		}
	})
}

func TestSanitizeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		s = strings.Repeat(s, rapid.SampledFrom([]int{1, 1, 1, 500}).Draw(t, "times"))
		got := Sanitize(s)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || utf8.RuneCountInString(got) > maxText {
			t.Fatalf("Sanitize gave an invalid, decomposed or long text of %d bytes", len(got))
		}
		for _, r := range got {
			if (r < 0x20 && r != '\n') || r == 0x7f || directional(r) {
				t.Fatalf("Sanitize left %U", r)
			}
		}
		if again := Sanitize(got); again != got {
			t.Fatalf("Sanitize twice = %q, once = %q", again, got)
		}
	})
}

func TestSanitize(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "halo\nBapak", "halo\nBapak"},
		{"composed", "cafe\u0301", "café"},
		{"emoji keep their joiners", "👩\u200d🏫", "👩\u200d🏫"},
		{"direction", "a\u202eb\u2066c\u200f", "abc"},
		{"invalid", "a\xffb", "ab"},
		{"controls", "a\x00\x1b\x7f\u0085b", "ab"},
		{"10,000 characters", strings.Repeat("é", 10_000), strings.Repeat("é", maxText)},
	} {
		if got := Sanitize(tt.in); got != tt.want {
			t.Errorf("%s: Sanitize(%q) = %q, want %q", tt.name, fmt.Sprintf("%.20s", tt.in), fmt.Sprintf("%.20s", got), fmt.Sprintf("%.20s", tt.want))
		}
	}
}

// A press is stored without the message under which it was made, and means the
// same.
func TestPressIsStoredSlim(t *testing.T) {
	raw := `{"update_id":9,"callback_query":{"id":"q","from":{"id":77,"first_name":"Rahasia"},"chat_instance":"1","data":"q.1.KS.a.5.x",
		"message":{"message_id":5,"date":1800000000,"chat":{"id":77,"type":"private","first_name":"Rahasia"},"text":"` +
		strings.Repeat("Saya ", 300) + `","reply_markup":{"inline_keyboard":[[{"text":"1","callback_data":"q"}]]}}}}`
	a, ok := envelope(json.RawMessage(raw))
	row, query := a.row, a.query
	if !ok || query != "q" || row.Lane != 77 || len(row.Body) > 250 || strings.Contains(row.Body, "Rahasia") || strings.Contains(row.Body, "Saya") {
		t.Errorf("envelope = %+v, %q, %t", row, query, ok)
	}
	codec := NewCodec(testKey)
	want, err1 := Decode(raw, codec)
	got, err2 := Decode(row.Body, codec)
	if diff := cmp.Diff(want, got); diff != "" || err1 != nil || err2 != nil {
		t.Errorf("decoded otherwise (-raw +stored), %v, %v:\n%s", err1, err2, diff)
	}
}
