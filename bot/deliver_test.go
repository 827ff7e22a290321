package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

type remedyTest struct {
	name  string
	row   dialog.Outgoing
	err   error // of the first call
	draws drawer
	want  fakeCall // the last call
	state dialog.State
}

func remedyTests() []remedyTest {
	picture := message(1, "")
	picture.Method, picture.Picture = methodPhoto, &dialog.Picture{Kind: "profile"}
	picture.Params = map[string]string{"chat_id": "1", "caption": "<b>k</b>", "parse_mode": "HTML"}
	media := edit(1, 7, "")
	media.Method, media.Picture = methodMedia, &dialog.Picture{Kind: "profile"}
	media.Params = map[string]string{"chat_id": "1", "message_id": "7", "caption": "<b>k</b>", "parse_mode": "HTML", "reply_markup": "x"}
	caption := edit(1, 7, "")
	caption.Method = methodCaption
	caption.Params = map[string]string{"chat_id": "1", "message_id": "7", "caption": "k"}
	drawn := func(context.Context, dialog.Picture) (string, []byte, error) { return "a.png", []byte("PNG"), nil }
	withButtons := message(1, "<b>a</b>")
	withButtons.Params["reply_markup"] = "x"
	gone := edit(1, 7, "a")
	gone.Params["reply_markup"] = noButtons
	refusal := func(text string) error { return &APIError{Code: 400, Description: "Bad Request: " + text} }
	return []remedyTest{
		{name: "format", row: message(1, "<b>a</b> &lt;"), err: refusal("can't parse entities: x"), state: dialog.StateSent,
			want: fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "a <"}}},
		{name: "buttons", row: withButtons, err: refusal("BUTTON_DATA_INVALID"), state: dialog.StateSent,
			want: fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "a"}}},
		{name: "edit of nothing", row: gone, err: refusal("message to edit not found"), state: dialog.StateSent,
			want: fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "a", "parse_mode": "HTML", "protect_content": "true"}}},
		{name: "not modified", row: edit(1, 7, "a"), err: refusal("message is not modified"), state: dialog.StateSent,
			want: fakeCall{method: methodEdit, params: map[string]string{"chat_id": "1", "text": "a", "message_id": "7", "parse_mode": "HTML"}}},
		{name: "unknown refusal", row: message(1, "a"), err: refusal("new"), state: dialog.StateFailed,
			want: fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "a", "parse_mode": "HTML"}}},
		{name: "picture", row: picture, state: dialog.StateSent,
			draws: func(context.Context, dialog.Picture) (string, []byte, error) { return "a.png", []byte("PNG"), nil },
			want:  fakeCall{method: methodPhoto, params: picture.Params, file: "photo/a.png/PNG"}},
		{name: "another picture", row: media, state: dialog.StateSent, draws: drawn,
			want: fakeCall{method: methodMedia, file: "photo/a.png/PNG", params: map[string]string{"chat_id": "1", "message_id": "7", "reply_markup": "x",
				"media": `{"caption":"\u003cb\u003ek\u003c/b\u003e","media":"attach://photo","parse_mode":"HTML","type":"photo"}`}}},
		{name: "another picture not drawn", row: media, state: dialog.StateSent,
			draws: func(context.Context, dialog.Picture) (string, []byte, error) { return "", nil, errors.New("no") },
			want:  fakeCall{method: methodCaption, params: media.Params}},
		{name: "another picture on nothing", row: media, err: refusal("message to edit not found"), state: dialog.StateSent, draws: drawn,
			want: fakeCall{method: methodPhoto, file: "photo/a.png/PNG", params: map[string]string{"chat_id": "1", "caption": "<b>k</b>",
				"parse_mode": "HTML", "reply_markup": "x", "protect_content": "true"}}},
		{name: "caption of nothing", row: caption, err: refusal("there is no caption in the message to edit"), state: dialog.StateSent,
			want: fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "k", "protect_content": "true"}}},
		{name: "picture not drawn", row: picture, state: dialog.StateSent,
			draws: func(context.Context, dialog.Picture) (string, []byte, error) { return "", nil, errors.New("no") },
			want:  fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "<b>k</b>", "parse_mode": "HTML"}}},
		{name: "drawing panics", row: picture, state: dialog.StateSent,
			draws: func(context.Context, dialog.Picture) (string, []byte, error) { panic("secret") },
			want:  fakeCall{method: methodSend, params: map[string]string{"chat_id": "1", "text": "<b>k</b>", "parse_mode": "HTML"}}},
	}
}

func TestSenderRemedies(t *testing.T) {
	for _, tt := range remedyTests() {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(c *SenderConfig) { c.Drawer = tt.draws })
				s.api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
					if n == 1 {
						return nil, tt.err
					}
					return nil, nil
				}
				synctest.Wait()
				s.offer(tt.row)
				time.Sleep(time.Second)
				calls := s.api.all()
				last := calls[len(calls)-1]
				last.at = time.Time{}
				if diff := cmp.Diff(tt.want, last, cmp.AllowUnexported(fakeCall{})); diff != "" {
					t.Errorf("last call (-want +got):\n%s", diff)
				}
				if got := s.state(1); got != tt.state {
					t.Errorf("row is %s, want %s", got, tt.state)
				}
				if strings.Contains(s.log.String(), "secret") {
					t.Error("the value of a panic is in the log")
				}
			})
		})
	}
}

type drawer func(context.Context, dialog.Picture) (string, []byte, error)

func (d drawer) Draw(ctx context.Context, p dialog.Picture) (string, []byte, error) { return d(ctx, p) }
