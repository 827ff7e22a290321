package bot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/measure"
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
	methodMarkup  = "editMessageReplyMarkup"
	methodDelete  = "deleteMessage"

	noButtons = `{"inline_keyboard":[]}`
	noPreview = `{"is_disabled":true}`

	// protect keeps a message from being copied, saved and passed on. An edit
	// cannot have it: it stays as it was sent.
	protect = "protect_content"
)

// Renderer turns replies into calls.
type Renderer struct{ codec *Codec }

// NewRenderer makes a renderer whose buttons carry data of codec.
func NewRenderer(codec *Codec) *Renderer { return &Renderer{codec: codec} }

// Render returns the call that shows r in the private chat chatID, as a reply
// (lane and class). A reply with a picture is a new message unless it takes the
// place of another picture. What is not marked as shareable cannot be copied or
// passed on. It fails
// when Telegram would refuse the call: no chat, no text, too long, or a button
// whose label or action does not fit.
func (r *Renderer) Render(chatID int64, reply dialog.Reply) (dialog.Outgoing, error) {
	if chatID == 0 {
		return dialog.Outgoing{}, errors.New("render: no chat")
	}
	switch {
	case reply.Unbutton:
		return unbutton(chatID, reply), nil
	case reply.Delete:
		return deletion(chatID, reply), nil
	case reply.Compose != nil: // it is made when it is claimed
		return dialog.Outgoing{ChatID: chatID, Lane: dialog.LaneReply, Class: cmp.Or(reply.Class, dialog.ClassReply), Template: reply.Template, Compose: reply.Compose}, nil
	}
	keyboard, err := r.keyboard(chatID, reply)
	if err != nil {
		return dialog.Outgoing{}, fmt.Errorf("render %s: %w", reply.Template, err)
	}
	out := dialog.Outgoing{
		ChatID: chatID, Lane: dialog.LaneReply, Class: cmp.Or(reply.Class, dialog.ClassReply), Template: reply.Template,
		Method: methodSend, Picture: reply.Picture, Forget: reply.Forget, Sealed: reply.Sealed,
		Params: map[string]string{"chat_id": strconv.FormatInt(chatID, 10), "parse_mode": "HTML"},
	}
	limit, field := shape(&out, reply)
	if err := fits(reply, limit); err != nil {
		return dialog.Outgoing{}, err
	}
	if reply.ReplyTo != 0 && out.EditOf == 0 {
		out.Params["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, reply.ReplyTo)
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
	if out.EditOf == 0 && (!reply.Shareable || keyboard != "") {
		out.Params[protect] = "true"
	}
	return out, nil
}

// shape gives a call the method that shows the reply, and tells how long its text may be
// and in which field it stands.
func shape(out *dialog.Outgoing, reply dialog.Reply) (limit int, field string) {
	limit, field = maxMessage, "text"
	switch {
	case reply.FileID != "":
		limit, field = maxCaption, "caption"
		kept(out, reply)
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
	case reply.Edit != 0:
		out.Method, out.EditOf = methodEdit, reply.Edit
		out.Params["message_id"] = strconv.Itoa(reply.Edit)
	}
	return limit, field
}

// kept puts a picture or a file that Telegram keeps into a call, or edits the caption of
// one that is on show.
func kept(out *dialog.Outgoing, reply dialog.Reply) {
	switch {
	case reply.Edit != 0:
		out.Method, out.EditOf = methodCaption, reply.Edit
		out.Params["message_id"] = strconv.Itoa(reply.Edit)
	case reply.Media == "photo":
		out.Method, out.Params["photo"] = methodPhoto, reply.FileID
	default:
		out.Method, out.Params["document"] = methodFile, reply.FileID
	}
}

// deletion is the call that deletes a message for everybody.
func deletion(chatID int64, reply dialog.Reply) dialog.Outgoing {
	return dialog.Outgoing{ChatID: chatID, Lane: dialog.LaneReply, Class: cmp.Or(reply.Class, dialog.ClassReply), Template: reply.Template,
		Method: methodDelete, EditOf: reply.Edit, Forget: reply.Forget, Sealed: reply.Sealed, Params: map[string]string{
			"chat_id": strconv.FormatInt(chatID, 10), "message_id": strconv.Itoa(reply.Edit)}}
}

// unbutton is the call that takes the buttons of a message away and leaves the rest.
func unbutton(chatID int64, reply dialog.Reply) dialog.Outgoing {
	return dialog.Outgoing{ChatID: chatID, Lane: dialog.LaneReply, Class: cmp.Or(reply.Class, dialog.ClassReply), Template: reply.Template,
		Method: methodMarkup, EditOf: reply.Edit, Forget: reply.Forget, Sealed: reply.Sealed, Params: map[string]string{
			"chat_id": strconv.FormatInt(chatID, 10), "message_id": strconv.Itoa(reply.Edit), "reply_markup": noButtons}}
}

// fits tells whether the text of a reply is one that Telegram takes: at most limit
// UTF-16 units, and something where there is no picture.
func fits(reply dialog.Reply, limit int) error {
	switch length := measure.Units(dialog.PlainText(reply.Text)); {
	case length > limit:
		return fmt.Errorf("render %s: %d characters, at most %d", reply.Template, length, limit)
	case length == 0 && reply.Picture == nil && reply.FileID == "":
		return fmt.Errorf("render %s: empty text", reply.Template)
	}
	return nil
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
func (r *Renderer) keyboard(chatID int64, reply dialog.Reply) (string, error) {
	if len(reply.Rows) == 0 {
		return "", nil
	}
	var markup struct {
		Rows [][]wireButton `json:"inline_keyboard"`
	}
	card := r.codec.Card(chatID, reply.Text, reply.Rows)
	for _, row := range reply.Rows {
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
			data, err := r.codec.Encode(chatID, card, b.Action)
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
