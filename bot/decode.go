package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"time"

	"bangkom/internal/dialog"
)

const private = "private"

// phoneForm is what a shared phone number must look like as it arrives;
// anything else is rejected, never cleaned.
var phoneForm = regexp.MustCompile(`^\+?[0-9]{8,15}$`)

// Decode tells what a person did from the JSON of one update. Updates that
// mean nothing to the bot are KindOther, those of chats that are not private
// KindGroup. A press whose data codec does not vouch for has Press.OK false. An
// error says that the JSON is not an update; its text holds nothing of it.
func Decode(body string, codec *Codec) (dialog.Update, error) {
	w, err := parse([]byte(body))
	if err != nil {
		return dialog.Update{}, err
	}
	u := dialog.Update{Kind: dialog.KindOther}
	if w.ID != nil {
		u.ID = *w.ID
	}
	switch {
	case w.Callback != nil:
		decodePress(&u, w.Callback, codec)
	case w.Message != nil:
		decodeMessage(&u, w.Message)
	case w.Edited != nil:
		m := w.Edited
		if open(&u, m.Chat, m.From) {
			u.Kind, u.MessageID, u.Text, u.At = dialog.KindEdited, m.ID, Sanitize(m.Text), moment(m.EditDate)
		}
	case w.Member != nil:
		decodeMember(&u, w.Member)
	case w.Flood != nil:
		u.Kind, u.ChatID = dialog.KindFlood, w.Flood.Chat.ID
	case w.Again != nil:
		u.Kind, u.ChatID = dialog.KindAgain, w.Again.Chat.ID
	}
	return u, nil
}

// open fills in the chat and tells whether it is the private one of from.
func open(u *dialog.Update, chat wireChat, from wireUser) bool {
	u.ChatID = chat.ID
	if chat.Type != private {
		u.Kind = dialog.KindGroup
		return false
	}
	return chat.ID == from.ID && chat.ID > 0
}

func moment(unix int64) time.Time {
	if unix <= 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

func decodePress(u *dialog.Update, c *wireCallback, codec *Codec) {
	u.QueryID = c.ID
	if m := c.Message; m == nil { // too old to be shown: the presser's own chat
		if u.ChatID = c.From.ID; u.ChatID <= 0 {
			return
		}
	} else {
		u.MessageID, u.At = m.ID, moment(m.Date)
		if !open(u, m.Chat, c.From) {
			return
		}
	}
	u.Kind, u.Press = dialog.KindPress, codec.Decode(c.From.ID, c.Data)
}

func decodeMessage(u *dialog.Update, m *wireMessage) {
	u.MessageID, u.At = m.ID, moment(m.Date)
	if !open(u, m.Chat, m.From) {
		return
	}
	u.Content = m.content()
	switch media := m.media(); {
	case m.Contact != nil:
		u.Kind = dialog.KindContact
		if phoneForm.MatchString(m.Contact.Phone) {
			u.Contact.Phone = m.Contact.Phone
			// Telegram's server sets user_id itself, so that it proves whose
			// number it is, unless the contact came out of another chat.
			u.Contact.Own = m.Contact.UserID == m.From.ID && !bool(m.Forward) && !bool(m.ViaBot)
		}
	case media != "":
		u.Kind, u.Media = dialog.KindMedia, media
		if d := m.Document; d != nil {
			u.Document = dialog.Document{FileID: d.ID, Name: Sanitize(d.Name), Size: d.Size}
		}
	case m.Text != "":
		u.Kind, u.Text = dialog.KindText, Sanitize(m.Text)
	}
}

// content is the message as it was sent. Only a picture or a document can be passed on
// by its id; an animation is a document to Telegram, but is shown as another thing.
func (m *wireMessage) content() (c dialog.Content) {
	c.Text = m.Text
	entities := m.Entities
	if c.Text == "" {
		c.Text, entities = m.Caption, m.CapEnts
	}
	for _, e := range entities {
		c.Entities = append(c.Entities, dialog.Entity(e))
	}
	if m.ReplyTo != nil {
		c.ReplyTo = m.ReplyTo.ID
	}
	c.File.Media = m.media()
	switch photo := m.Photo.largest(); c.File.Media {
	case "photo":
		c.File.FileID, c.File.Size = photo.ID, photo.Size
	case "document":
		c.File.FileID, c.File.Name, c.File.Size = m.Document.ID, Sanitize(m.Document.Name), m.Document.Size
	}
	return c
}

func decodeMember(u *dialog.Update, m *wireMember) {
	u.At = moment(m.Date)
	if !open(u, m.Chat, m.From) {
		return
	}
	switch m.New.Status {
	case "kicked":
		u.Kind = dialog.KindBlocked
	case "member":
		u.Kind = dialog.KindUnblocked
	}
}

// parse reads what is known of an update, even when it returns an error.
func parse(body []byte) (wireUpdate, error) {
	var w wireUpdate
	err := json.Unmarshal(body, &w)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch): // its own text would quote the value
		return w, fmt.Errorf("decode update: wrong type of %q", mismatch.Field)
	case err != nil:
		return w, errors.New("decode update: not JSON")
	}
	return w, nil
}

// envelope prepares one element of an answer of getUpdates for the inbox. hasID
// is false for an element without an id: it gets one made of its text, below
// zero, so that it can be stored and found, and still only once.
func envelope(raw json.RawMessage) (a arrival, hasID bool) {
	w, err := parse(raw)
	a = arrival{row: dialog.RawUpdate{Lane: w.lane(), Body: string(raw)}, sent: w.sent(), member: w.Member != nil, press: w.Callback != nil}
	row := &a.row
	if err != nil {
		row.Failed = err.Error()
	}
	if w.ID != nil {
		row.ID, hasID = *w.ID, true
	} else {
		h := fnv.New64a()
		_, _ = h.Write(raw)
		row.ID = -1 - int64(h.Sum64()>>1)
		row.Failed = "decode update: no update_id"
	}
	row.Sealed = w.secret()
	if w.Callback != nil {
		a.query = w.Callback.ID
		if row.Failed == "" {
			row.Body = w.Callback.slim(row.ID)
		}
	}
	return a, hasID
}

// sent is when a person wrote; zero where Telegram does not tell, as of presses.
func (w wireUpdate) sent() time.Time {
	switch {
	case w.Message != nil:
		return moment(w.Message.Date)
	case w.Edited != nil:
		return moment(w.Edited.EditDate)
	}
	return time.Time{}
}

// secret tells whether an update may be an answer without a name: a press of such a
// conversation, or words that somebody typed, also below a picture, now or before a change.
func (w wireUpdate) secret() bool {
	switch {
	case w.Callback != nil:
		return dialog.Sealed(flowOf(w.Callback.Data))
	case w.Message != nil:
		return w.Message.Text != "" && w.Message.Text[0] != '/' || w.Message.Caption != ""
	}
	return w.Edited != nil
}

// slim is a press without the message that it was made under: Telegram repeats
// all of its text and buttons, ten times as much as what is read of it.
func (c *wireCallback) slim(id int64) string {
	type chat struct {
		ID   int64  `json:"id"`
		Type string `json:"type"`
	}
	type message struct {
		ID   int   `json:"message_id"`
		Date int64 `json:"date"`
		Chat chat  `json:"chat"`
	}
	type press struct {
		ID      string   `json:"id"`
		From    wireUser `json:"from"`
		Message *message `json:"message,omitempty"`
		Data    string   `json:"data,omitempty"`
	}
	out := struct {
		ID       int64 `json:"update_id"`
		Callback press `json:"callback_query"`
	}{id, press{ID: c.ID, From: c.From, Data: c.Data}}
	if m := c.Message; m != nil {
		out.Callback.Message = &message{ID: m.ID, Date: m.Date, Chat: chat(m.Chat)}
	}
	body, err := json.Marshal(out)
	if err != nil { // cannot happen: only numbers and texts
		return ""
	}
	return string(body)
}

// lane is the chat whose updates are handled one after the other.
func (w wireUpdate) lane() int64 {
	switch {
	case w.Callback != nil && w.Callback.Message != nil:
		return w.Callback.Message.Chat.ID
	case w.Callback != nil:
		return w.Callback.From.ID
	case w.Message != nil:
		return w.Message.Chat.ID
	case w.Edited != nil:
		return w.Edited.Chat.ID
	case w.Member != nil:
		return w.Member.Chat.ID
	}
	return 0
}
