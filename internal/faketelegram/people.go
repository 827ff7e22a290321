package faketelegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	// ErrNoMessage means that the chat has no such message, or it is deleted.
	ErrNoMessage = errors.New("no such message")
	// ErrNoButton means that the message has no button with this data.
	ErrNoButton = errors.New("no such button on the message")
	// ErrBlocked means that the person has blocked the bot.
	ErrBlocked = errors.New("the bot is blocked by this person")
	// ErrNotOwn means that a person tried to edit what is not their own text.
	ErrNotOwn = errors.New("not an own text message")
)

// Contact is a shared contact. UserID is 0 for somebody without Telegram;
// Forwarded marks a contact that was forwarded from another chat.
type Contact struct {
	Phone, FirstName string
	UserID           int64
	Forwarded        bool
}

// AddUser makes a person known, or renames one. A known person still has to
// write first before the bot may.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(u.ID)
	if u.Language == "" {
		u.Language = "id"
	}
	p.User = u
	s.touch()
}

// person returns the person with the id and makes one on first use. The caller
// holds s.mu.
func (s *Server) person(id int64) *person {
	p := s.people[id]
	if p == nil {
		p = &person{User: User{ID: id, FirstName: "Pengguna " + strconv.FormatInt(id, 10), Language: "id"}}
		s.people[id] = p
	}
	return p
}

// deliver posts a person's message in their private chat and makes its update.
// Writing ends a block, as the client's button "restart" does. The caller holds
// s.mu.
func (s *Server) deliver(userID int64, m *message) int {
	p := s.person(userID)
	if p.blocked {
		s.setBlocked(p, false)
	}
	p.started = true
	if p.keyboard != nil && p.keyboard.OneTime {
		p.keyboard = nil
	}
	m.from = p
	s.post(s.privateChat(p), m)
	s.enqueue("message", userID, userID, m.api(nil))
	return m.id
}

// SendText lets a person write to the bot and returns the message id. A text of
// more than 4096 UTF-16 units becomes several messages, as clients do it, and
// the last id is returned; of white space nothing is sent, and 0 returned.
func (s *Server) SendText(userID int64, text string) int {
	text = strings.Trim(text, blank)
	if text == "" {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := 0
	for _, part := range split(text, maxText) {
		id = s.deliver(userID, &message{body: body{text: part, entities: commandEntities(part)}})
	}
	return id
}

// Sent is a message that a person sends with a look, a picture or a file.
type Sent struct {
	HTML    string // the text, or what stands below the picture or file, with the tags of its look
	Media   string // "photo" or "document"; "" = a text
	Name    string // of a document
	Content []byte // of a document; of a photo nil = any picture
	ReplyTo int    // message that it answers; 0 = none
}

// Send lets a person send a message as a client makes it: the look of a text as
// entities, a picture or a file with words below it, an answer to a message. It returns
// the message id. An error says what the client would not have sent.
func (s *Server) Send(userID int64, sent Sent) (int, error) {
	b, bad := parseBody(sent.HTML, "HTML", "")
	if bad != nil {
		return 0, fmt.Errorf("send: %s", bad.desc)
	}
	b.html = ""
	m := &message{body: b, media: sent.Media}
	switch sent.Media {
	case "":
		if b.text == "" || units(b.text) > maxText {
			return 0, fmt.Errorf("send: a text of %d units", units(b.text))
		}
	case "photo":
		m.file = &file{kind: "photo", name: "foto.png", body: greySquare(), width: 8, height: 8}
	case "document":
		m.file = &file{kind: "document", name: sent.Name, body: slices.Clone(sent.Content)}
	default:
		return 0, fmt.Errorf("send: nobody sends %q with words", sent.Media)
	}
	if sent.Media == "photo" && sent.Content != nil {
		if m.file, bad = newFile("photo", "foto.png", sent.Content); bad != nil {
			return 0, fmt.Errorf("send: %s", bad.desc)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sent.ReplyTo != 0 {
		if m.answers = s.privateChat(s.person(userID)).find(sent.ReplyTo); m.answers == nil {
			return 0, fmt.Errorf("answer %d: %w", sent.ReplyTo, ErrNoMessage)
		}
	}
	if m.file != nil {
		s.keep(m.file)
	}
	return s.deliver(userID, m), nil
}

// EditText lets a person change an own text message.
func (s *Server) EditText(userID int64, messageID int, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.privateChat(s.person(userID)).find(messageID)
	if m == nil {
		return fmt.Errorf("edit %d: %w", messageID, ErrNoMessage)
	}
	if m.from == nil || m.media != "" {
		return fmt.Errorf("edit %d: %w", messageID, ErrNotOwn)
	}
	text = strings.Trim(text, blank)
	m.body = body{text: text, entities: commandEntities(text)}
	m.edited = s.now()
	m.rev = s.touch()
	s.enqueue("edited_message", userID, userID, m.api(nil))
	return nil
}

// Press lets a person press the button with this data on a message, and returns
// the id of the callback query. Every press is a new query.
func (s *Server) Press(userID int64, messageID int, data string) (queryID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(userID)
	if p.blocked {
		return "", ErrBlocked
	}
	m := s.privateChat(p).find(messageID)
	if m == nil {
		return "", fmt.Errorf("press on %d: %w", messageID, ErrNoMessage)
	}
	has := func(row []Button) bool {
		return slices.ContainsFunc(row, func(b Button) bool { return b.Data != "" && b.Data == data })
	}
	if !slices.ContainsFunc(m.markup.inline, has) {
		return "", fmt.Errorf("press %q on %d: %w", data, messageID, ErrNoButton)
	}
	return s.press(p, m.api(s.bot()), data), nil
}

// PressLabel lets a person press the button with this label on the newest
// message that has one, and returns its message and the id of the callback
// query.
func (s *Server) PressLabel(userID int64, label string) (messageID int, queryID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(userID)
	if p.blocked {
		return 0, "", ErrBlocked
	}
	for _, m := range slices.Backward(s.privateChat(p).messages) {
		if m.deleted {
			continue
		}
		for _, row := range m.markup.inline {
			for _, b := range row {
				if b.Text == label && b.Data != "" {
					return m.id, s.press(p, m.api(s.bot()), b.Data), nil
				}
			}
		}
	}
	return 0, "", fmt.Errorf("press %q: %w", label, ErrNoButton)
}

// ForgePress makes a press with any data, on a message that need not have such
// a button, as a manipulated client can. A message that is not there arrives as
// Telegram's inaccessible message, with date 0.
func (s *Server) ForgePress(userID int64, messageID int, data string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(userID)
	c := s.privateChat(p)
	shown := &apiMessage{ID: messageID, Chat: c.api()}
	if m := c.find(messageID); m != nil {
		shown = m.api(s.bot())
	}
	return s.press(p, shown, data)
}

// press makes the query and its update. The caller holds s.mu.
func (s *Server) press(p *person, shown *apiMessage, data string) string {
	id := strconv.FormatUint(s.rng.Uint64()>>1, 10)
	s.queries[id] = &query{user: p.ID, made: s.now()}
	s.touch()
	s.enqueue("callback_query", p.ID, p.ID, apiCallback{
		ID: id, From: p.api(), Message: shown, Data: data,
		ChatInstance: strconv.FormatInt(p.ID*7919, 10),
	})
	return id
}

// ShareContact lets a person send a contact and returns the message id. As in
// Telegram the server decides whose account it is: a UserID that it does not
// know stays as given.
func (s *Server) ShareContact(userID int64, c Contact) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(userID, &message{media: "contact", contact: &c})
}

// GroupText lets a person write in a group that has the bot, and returns the
// message id.
func (s *Server) GroupText(groupID, userID int64, text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.person(userID)
	m := &message{from: p, body: body{text: text, entities: commandEntities(text)}}
	s.post(s.groupChat(groupID), m)
	s.enqueue("message", groupID, userID, m.api(nil))
	return m.id
}

// Block lets a person block the bot; a second time changes nothing.
func (s *Server) Block(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setBlocked(s.person(userID), true)
}

// Unblock ends a block; without one it changes nothing.
func (s *Server) Unblock(userID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setBlocked(s.person(userID), false)
}

// setBlocked changes the state and announces it. The caller holds s.mu.
func (s *Server) setBlocked(p *person, blocked bool) {
	if p.blocked == blocked {
		return
	}
	p.blocked = blocked
	s.touch()
	member := apiMember{User: s.bot(), Status: "member"}
	kicked := apiMember{User: s.bot(), Status: "kicked", Until: new(int64)}
	u := apiMemberUpdate{Chat: s.privateChat(p).api(), From: p.api(), Date: s.now().Unix(), Old: member, New: kicked}
	if !blocked {
		u.Old, u.New = kicked, member
	}
	s.enqueue("my_chat_member", p.ID, p.ID, u)
}

// InjectRaw puts an update into the queue as it is, even one that no client can
// decode. Its update_id is kept if it has one, otherwise one is given. What is
// not JSON at all arrives as a JSON string.
func (s *Server) InjectRaw(raw json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &update{id: s.queue.next, expires: s.now().Add(messageLife)}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		if !json.Valid(raw) {
			raw, _ = json.Marshal(string(raw))
		}
	} else if json.Unmarshal(fields["update_id"], &u.id) != nil {
		fields["update_id"] = json.RawMessage(strconv.FormatInt(u.id, 10))
		raw, _ = json.Marshal(fields)
	}
	u.body = slices.Clone(raw)
	s.queue.next = max(s.queue.next, u.id+1)
	s.push(u)
}
