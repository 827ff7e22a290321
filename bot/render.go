package bot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"bangkom/internal/dialog"
)

const (
	maxMessage = 4096 // UTF-16 units of visible text
	maxCaption = 1024
	maxLabel   = 64 // characters on a button

	methodSend  = "sendMessage"
	methodEdit  = "editMessageText"
	methodPhoto = "sendPhoto"
	methodFile  = "sendDocument"
	// An edit of a picture: of the caption alone, or of both.
	methodCaption = "editMessageCaption"
	methodMedia   = "editMessageMedia"

	noButtons = `{"inline_keyboard":[]}`
	noPreview = `{"is_disabled":true}`
)

// Renderer turns replies into calls.
type Renderer struct{ codec *Codec }

// NewRenderer makes a renderer whose buttons carry data of codec.
func NewRenderer(codec *Codec) *Renderer { return &Renderer{codec: codec} }

// Render returns the call that shows r in the private chat chatID, as a reply
// (lane and class). A reply with a picture is a new message unless it takes the
// place of another picture. It fails
// when Telegram would refuse the call: no chat, no text, too long, or a button
// whose label or action does not fit.
func (r *Renderer) Render(chatID int64, reply dialog.Reply) (dialog.Outgoing, error) {
	if chatID == 0 {
		return dialog.Outgoing{}, errors.New("render: no chat")
	}
	keyboard, err := r.keyboard(chatID, reply.Rows)
	if err != nil {
		return dialog.Outgoing{}, fmt.Errorf("render %s: %w", reply.Template, err)
	}
	out := dialog.Outgoing{
		ChatID: chatID, Lane: dialog.LaneReply, Class: cmp.Or(reply.Class, dialog.ClassReply), Template: reply.Template,
		Method: methodSend, Picture: reply.Picture, Forget: reply.Forget,
		Params: map[string]string{"chat_id": strconv.FormatInt(chatID, 10), "parse_mode": "HTML"},
	}
	limit, field := maxMessage, "text"
	switch {
	case reply.Picture != nil && reply.Picture.File:
		out.Method, limit, field = methodFile, maxCaption, "caption"
	case reply.Edit != 0 && reply.OverPicture:
		out.Method, out.EditOf, limit, field = methodCaption, reply.Edit, maxCaption, "caption"
		if reply.Picture != nil {
			out.Method = methodMedia
		}
		out.Params["message_id"] = strconv.Itoa(reply.Edit)
	case reply.Picture != nil:
		out.Method, limit, field = methodPhoto, maxCaption, "caption"
		out.Params["protect_content"] = "true"
	case reply.Edit != 0:
		out.Method, out.EditOf = methodEdit, reply.Edit
		out.Params["message_id"] = strconv.Itoa(reply.Edit)
	}
	length := units(PlainText(reply.Text))
	if length > limit {
		return dialog.Outgoing{}, fmt.Errorf("render %s: %d characters, at most %d", reply.Template, length, limit)
	}
	if length == 0 && reply.Picture == nil {
		return dialog.Outgoing{}, fmt.Errorf("render %s: empty text", reply.Template)
	}
	out.Params[field] = reply.Text
	if field == "text" {
		out.Params["link_preview_options"] = noPreview
	}
	if special := phoneKeyboard(reply); special != "" && keyboard == "" && out.EditOf == 0 {
		out.Params["reply_markup"] = special
	} else if keyboard != "" {
		out.Params["reply_markup"] = keyboard
	} else if out.EditOf != 0 {
		out.Params["reply_markup"] = noButtons
	}
	if reply.Silent && out.EditOf == 0 {
		out.Params["disable_notification"] = "true"
	}
	return out, nil
}

// phoneKeyboard is the markup of the button that shares a phone number, or of
// its removal; "" = neither.
func phoneKeyboard(reply dialog.Reply) string {
	if reply.DropKeyboard {
		return `{"remove_keyboard":true}`
	}
	if reply.AskContact == "" {
		return ""
	}
	label, _ := json.Marshal(reply.AskContact) // a string always encodes
	return `{"keyboard":[[{"text":` + string(label) + `,"request_contact":true}]],"resize_keyboard":true,"one_time_keyboard":true}`
}

type wireButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// keyboard returns the markup; "" = there are no buttons.
func (r *Renderer) keyboard(chatID int64, rows [][]dialog.Button) (string, error) {
	var markup struct {
		Rows [][]wireButton `json:"inline_keyboard"`
	}
	for _, row := range rows {
		if len(row) == 0 {
			continue
		}
		buttons := make([]wireButton, len(row))
		for i, b := range row {
			if n := utf8.RuneCountInString(b.Label); n == 0 || n > maxLabel {
				return "", fmt.Errorf("button %q: %d characters", b.Label, n)
			}
			buttons[i] = wireButton{Text: b.Label, URL: b.URL}
			if b.URL != "" {
				continue
			}
			data, err := r.codec.Encode(chatID, b.Action)
			if err != nil {
				return "", fmt.Errorf("button %q: %w", b.Label, err)
			}
			buttons[i].Data = data
		}
		markup.Rows = append(markup.Rows, buttons)
	}
	if len(markup.Rows) == 0 {
		return "", nil
	}
	out, err := json.Marshal(markup)
	if err != nil {
		return "", fmt.Errorf("encode buttons: %w", err)
	}
	return string(out), nil
}

// RenderMenu returns the call that gives a private chat its own command menu;
// without commands the chat gets that of everybody back. It goes in the lane of
// bulk: nobody waits for it.
func RenderMenu(chatID int64, commands []Command) (dialog.Outgoing, error) {
	out := dialog.Outgoing{ChatID: chatID, Lane: dialog.LaneBulk, Class: dialog.ClassService, Template: "menu",
		Method: "deleteMyCommands", Params: map[string]string{"scope": fmt.Sprintf(`{"type":"chat","chat_id":%d}`, chatID)}}
	if len(commands) == 0 {
		return out, nil
	}
	list, err := json.Marshal(commands)
	if err != nil {
		return dialog.Outgoing{}, fmt.Errorf("encode commands: %w", err)
	}
	out.Method, out.Params["commands"] = "setMyCommands", string(list)
	return out, nil
}

// PlainText returns what is visible of Telegram's HTML: without tags, entities
// resolved.
func PlainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i+end+1:]
	}
	b.WriteString(s)
	return html.UnescapeString(b.String())
}

// units counts characters as Telegram does, in UTF-16.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// cutUnits shortens s to at most limit UTF-16 units.
func cutUnits(s string, limit int) string {
	n := 0
	for i, r := range s {
		n++
		if r > 0xffff {
			n++
		}
		if n > limit {
			return s[:i]
		}
	}
	return s
}
