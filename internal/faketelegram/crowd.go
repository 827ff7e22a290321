package faketelegram

import (
	"slices"
	"strings"
	"time"
)

// What is here serves many people at once: it looks at one chat without copying
// it, and wakes nobody for the change of another.

// ChatChanged returns a channel that is closed at the next change of the
// messages of a private chat. To await a condition, take the channel first,
// then look, then wait.
func (s *Server) ChatChanged(userID int64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.privateChat(s.person(userID))
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return c.changed
}

// Button finds the newest message of a private chat that has a button with this
// label, whose text contains text, and whose id is above after. ok is false if
// there is none.
func (s *Server) Button(userID int64, label, text string, after int) (messageID int, data string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[userID]
	if c == nil {
		return 0, "", false
	}
	for _, m := range slices.Backward(c.messages) {
		if m.id <= after {
			break
		}
		if m.deleted || m.from != nil || text != "" && !strings.Contains(m.body.text, text) {
			continue
		}
		for _, row := range m.markup.inline {
			for _, b := range row {
				if b.Text == label && b.Data != "" {
					return m.id, b.Data, true
				}
			}
		}
	}
	return 0, "", false
}

// Dropped tells whether Telegram has forgotten a press because nobody confirmed
// it in time: the bot can do nothing about it but ask again.
func (s *Server) Dropped(queryID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	q := s.queries[queryID]
	return q != nil && q.dropped
}

// Late tells whether the bot has answered a press when Telegram took no answer any more:
// it was decided, and its button has stopped turning long before.
func (s *Server) Late(queryID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[queryID]
	return q != nil && q.late
}

// Unanswered are the presses that the bot has not answered so far, with who pressed.
func (s *Server) Unanswered() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := map[string]int64{}
	for id, q := range s.queries {
		if !q.answered {
			open[id] = q.user
		}
	}
	return open
}

// UpdateOf is the number of the update by which a press is delivered; false = there is
// none.
func (s *Server) UpdateOf(queryID string) (id int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[queryID]
	if q == nil || q.update == nil {
		return 0, false
	}
	return q.update.id, true
}

// AnsweredAfter is how long the bot took to answer a press; false = it has not.
func (s *Server) AnsweredAfter(queryID string) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[queryID]
	if q == nil || !q.answered {
		return 0, false
	}
	return q.took, true
}

// HasMedia tells whether the bot has sent something of this kind, "photo" for
// instance, to a private chat.
func (s *Server) HasMedia(userID int64, kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[userID]
	return c != nil && slices.ContainsFunc(c.messages, func(m *message) bool { return m.from == nil && m.media == kind })
}

// Forget drops the messages of a private chat and their files, as if the person
// had emptied it. The person stays known and ids go on rising.
func (s *Server) Forget(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[userID]
	if c == nil {
		return
	}
	for _, m := range c.messages {
		if m.file != nil {
			delete(s.files, m.file.id)
			delete(s.files, m.file.path())
		}
	}
	c.messages = nil
	s.touch()
	c.touch()
}

// Greet makes a person known who has written to the bot long ago: the bot may write, and
// nothing waits to be read.
func (s *Server) Greet(u User) {
	s.AddUser(u)
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(u.ID)
	p.started = true
	s.privateChat(p)
}
