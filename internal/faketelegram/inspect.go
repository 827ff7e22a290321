package faketelegram

import (
	"maps"
	"slices"
	"time"
)

// Message is a message of a chat as the person sees it now.
type Message struct {
	ID       int
	ChatID   int64
	FromBot  bool
	FromID   int64  // the person who wrote it, 0 for the bot
	Text     string // visible text or caption
	HTML     string // the same with its tags, as the bot sent it; empty for people's messages
	Entities []Entity
	Caption  bool   // Text is the caption of a picture, document or other media
	Media    string // "photo", "document", "contact", "sticker" ...; empty for a text
	Photo    []byte // content of a picture
	Document *Document
	Contact  *Contact
	Inline   [][]Button
	Reply    *ReplyKeyboard // sent with the message, nil for none

	Edited, Deleted   bool
	Protected, Silent bool
	Date, EditDate    time.Time // EditDate is zero if the message was never edited
}

// Document is a file in a chat.
type Document struct {
	Name string
	Body []byte
}

// copy returns what callers may keep. The content of files is shared and must
// not be changed.
func (m *message) copy() Message {
	c := Message{
		ID: m.id, ChatID: m.chat.id, FromBot: m.from == nil,
		Text: m.body.text, HTML: m.body.html, Entities: slices.Clone(m.body.entities),
		Caption: m.media != "", Media: m.media, Reply: m.markup.reply,
		Edited: !m.edited.IsZero(), Deleted: m.deleted, Protected: m.protect, Silent: m.silent,
		Date: m.date, EditDate: m.edited, Contact: m.contact,
	}
	if m.from != nil {
		c.FromID = m.from.ID
	}
	for _, row := range m.markup.inline {
		c.Inline = append(c.Inline, slices.Clone(row))
	}
	switch m.media {
	case "photo":
		c.Photo = m.file.body
	case "document":
		c.Document = &Document{Name: m.file.name, Body: m.file.body}
	}
	return c
}

// Messages returns the private chat of a person, or the group with this id,
// oldest first, deleted messages included. It is empty for an unknown chat.
func (s *Server) Messages(chatID int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chatID]
	if c == nil {
		return nil
	}
	list := make([]Message, len(c.messages))
	for i, m := range c.messages {
		list[i] = m.copy()
	}
	return list
}

// Last returns the newest message of the bot in a chat that is not deleted; ok
// is false if there is none.
func (s *Server) Last(chatID int64) (m Message, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chatID]
	if c == nil {
		return Message{}, false
	}
	for _, m := range slices.Backward(c.messages) {
		if m.from == nil && !m.deleted {
			return m.copy(), true
		}
	}
	return Message{}, false
}

// Keyboard returns the reply keyboard that a person sees, nil for none.
func (s *Server) Keyboard(userID int64) *ReplyKeyboard {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.people[userID]; p != nil {
		return p.keyboard
	}
	return nil
}

// Calls returns all calls since the start or the last ResetCalls, in the order
// in which they had their effect.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// CallsSince is Calls()[n:] without a copy of the rest; empty if there are fewer.
func (s *Server) CallsSince(n int) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls[min(n, len(s.calls)):])
}

// CallCount is how many calls were made since the start or the last ResetCalls,
// those included that a lean server does not keep.
func (s *Server) CallCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made
}

// ResetCalls forgets the recorded calls and the presses that can no longer be
// answered.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.made = nil, 0
	now := s.now()
	maps.DeleteFunc(s.queries, func(_ string, q *query) bool { return now.Sub(q.made) > callbackLife })
}

// Breaches returns the calls that were refused because the bot broke a rule:
// answers 4xx other than 403, 409, 429 and injected ones. Those of ClassState
// also happen to a correct bot, after a cut reply for instance.
func (s *Server) Breaches() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Call
	for _, c := range s.calls {
		if c.breach() {
			list = append(list, c)
		}
	}
	return list
}

func (c Call) breach() bool { return c.Class == ClassRule || c.Class == ClassState }

// Answered returns the bot's answer to a button press; ok is false if there is
// none (yet).
func (s *Server) Answered(queryID string) (answer CallbackAnswer, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[queryID]
	if q == nil {
		return CallbackAnswer{}, false
	}
	return q.answer, q.answered
}
