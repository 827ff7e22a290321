package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

func TestRender(t *testing.T) {
	r := NewRenderer(NewCodec(testKey))
	picture := &dialog.Picture{Kind: "profile", Data: json.RawMessage(`{}`)}
	base := func(method string, more map[string]string) dialog.Outgoing {
		params := map[string]string{"chat_id": "77", "parse_mode": "HTML"}
		for k, v := range more {
			params[k] = v
		}
		return dialog.Outgoing{ChatID: 77, Class: dialog.ClassReply, Template: "t", Method: method, Params: params}
	}
	edit := base("editMessageText", map[string]string{"text": "x", "message_id": "5", "link_preview_options": noPreview, "reply_markup": noButtons})
	edit.EditOf = 5
	private := func(method, field string, more map[string]string) dialog.Outgoing {
		out := base(method, more)
		out.Params[field], out.Params["protect_content"] = "x", "true"
		if field == "text" {
			out.Params["link_preview_options"] = noPreview
		}
		return out
	}
	photo := private("sendPhoto", "caption", nil)
	photo.Picture = picture
	forget := private("sendMessage", "text", map[string]string{"disable_notification": "true"})
	copied, sheet := private("sendDocument", "caption", nil), base("sendDocument", map[string]string{"caption": "x"})
	file := &dialog.Picture{Kind: "copy", Data: json.RawMessage(`{}`), File: true}
	copied.Picture, sheet.Picture = file, file
	link := [][]dialog.Button{{{Label: "Buka", URL: "https://a.id"}}}
	buttons := map[string]string{"reply_markup": `{"inline_keyboard":[[{"text":"Buka","url":"https://a.id"}]]}`}
	forget.Forget = true
	caption := base("editMessageCaption", map[string]string{"caption": "x", "message_id": "5", "reply_markup": noButtons})
	caption.EditOf = 5
	media := base("editMessageMedia", map[string]string{"caption": "x", "message_id": "5", "reply_markup": noButtons})
	media.EditOf, media.Picture = 5, picture
	tests := []struct {
		name  string
		reply dialog.Reply
		want  dialog.Outgoing
	}{
		{"caption of a picture", dialog.Reply{Text: "x", Edit: 5, OverPicture: true}, caption},
		{"another picture", dialog.Reply{Text: "x", Edit: 5, OverPicture: true, Picture: picture}, media},
		{"message", dialog.Reply{Text: "x"}, private("sendMessage", "text", nil)},
		{"message to pass on", dialog.Reply{Text: "x", Shareable: true}, base("sendMessage", map[string]string{"text": "x", "link_preview_options": noPreview})},
		{"an edit is as the message was", dialog.Reply{Text: "x", Edit: 5, Shareable: true}, edit},
		{"what can be edited is private", dialog.Reply{Text: "x", Shareable: true, Rows: link}, private("sendMessage", "text", buttons)},
		{"file", dialog.Reply{Text: "x", Picture: file}, copied},
		{"file to work with", dialog.Reply{Text: "x", Picture: file, Shareable: true}, sheet},
		{"silent and forgotten", dialog.Reply{Text: "x", Silent: true, Forget: true}, forget},
		{"edit removes the buttons", dialog.Reply{Text: "x", Edit: 5, Silent: true, Rows: [][]dialog.Button{{}}}, edit},
		{"picture is a new message", dialog.Reply{Text: "x", Edit: 5, Picture: picture}, photo},
		{"link", dialog.Reply{Text: "x", Rows: link}, private("sendMessage", "text", buttons)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.reply.Template = "t"
			got, err := r.Render(77, tt.reply)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Render (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderButtonCanBePressed(t *testing.T) {
	codec := NewCodec(testKey)
	action := dialog.Action{Flow: "asesmen", Ref: 9, Step: "q1", Verb: dialog.Answer, Value: "4"}
	out, err := NewRenderer(codec).Render(77, dialog.Reply{Text: "x", Rows: [][]dialog.Button{{{Label: "4", Action: action}}}})
	if err != nil {
		t.Fatal(err)
	}
	var markup struct {
		Rows [][]wireButton `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(out.Params["reply_markup"]), &markup); err != nil {
		t.Fatal(err)
	}
	if got := codec.Decode(77, markup.Rows[0][0].Data); !got.OK || got.Action != action {
		t.Errorf("pressed %+v, want %+v", got, action)
	}
}

func TestRenderLimits(t *testing.T) {
	r := NewRenderer(NewCodec(testKey))
	pic := &dialog.Picture{Kind: "x"}
	button := func(b dialog.Button) [][]dialog.Button { return [][]dialog.Button{{b}} }
	ok := dialog.Action{Flow: "a"}
	tests := []struct {
		name  string
		chat  int64
		reply dialog.Reply
		fits  bool
	}{
		{"4,096", 1, dialog.Reply{Text: strings.Repeat("a", 4096)}, true},
		{"4,097", 1, dialog.Reply{Text: strings.Repeat("a", 4097)}, false},
		{"2,048 emoji", 1, dialog.Reply{Text: strings.Repeat("😀", 2048)}, true},
		{"2,049 emoji", 1, dialog.Reply{Text: strings.Repeat("😀", 2049)}, false},
		{"tags and entities do not count", 1, dialog.Reply{Text: "<b>" + strings.Repeat("&amp;", 4096) + "</b>"}, true},
		{"caption 1,024", 1, dialog.Reply{Text: strings.Repeat("a", 1024), Picture: pic}, true},
		{"caption 1,025", 1, dialog.Reply{Text: strings.Repeat("a", 1025), Picture: pic}, false},
		{"no caption", 1, dialog.Reply{Picture: pic}, true},
		{"no text", 1, dialog.Reply{Text: "<b></b>"}, false},
		{"no chat", 0, dialog.Reply{Text: "a"}, false},
		{"label 64", 1, dialog.Reply{Text: "a", Rows: button(dialog.Button{Label: strings.Repeat("é", 64), Action: ok})}, true},
		{"label 65", 1, dialog.Reply{Text: "a", Rows: button(dialog.Button{Label: strings.Repeat("é", 65), Action: ok})}, false},
		{"label empty", 1, dialog.Reply{Text: "a", Rows: button(dialog.Button{Action: ok})}, false},
		{"data too long", 1, dialog.Reply{Text: "a", Rows: button(dialog.Button{Label: "a", Action: dialog.Action{Flow: strings.Repeat("a", 60)}})}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := r.Render(tt.chat, tt.reply); (err == nil) != tt.fits {
				t.Errorf("Render = %v, want fits = %t", err, tt.fits)
			}
		})
	}
}
