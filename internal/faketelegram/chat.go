package faketelegram

import (
	"sort"
	"time"
)

// User is a person with a Telegram account. Phone is what their own contact
// holds.
type User struct {
	ID                  int64
	FirstName, LastName string
	Username            string
	Phone               string
	Language            string // IETF tag of the client, "id" if empty
}

// person is a user as the server knows them.
type person struct {
	User
	started  bool // has written to the bot
	blocked  bool
	keyboard *ReplyKeyboard // shown below the input; nil for none
	typing   time.Time      // last chat action of the bot
	alerts   []alert        // answers to presses, for the chat page
}

func (p *person) api() *apiUser {
	return &apiUser{
		ID: p.ID, FirstName: p.FirstName, LastName: p.LastName,
		Username: p.Username, LanguageCode: p.Language,
	}
}

// chat is a private chat (its id is the person's) or a group.
type chat struct {
	id       int64
	group    string // title; empty for a private chat
	person   *person
	messages []*message // by rising id
	lastID   int
	limit    bucket
	changed  chan struct{} // closed at the next change of its messages; nil while nobody waits
}

// touch notes a change of the chat's messages. The caller holds Server.mu.
func (c *chat) touch() {
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

func (c *chat) api() apiChat {
	if c.person == nil {
		return apiChat{ID: c.id, Type: "group", Title: c.group}
	}
	return apiChat{
		ID: c.id, Type: "private", FirstName: c.person.FirstName,
		LastName: c.person.LastName, Username: c.person.Username,
	}
}

// find returns the message with the id, nil if there is none or it is deleted.
func (c *chat) find(id int) *message {
	i := sort.Search(len(c.messages), func(i int) bool { return c.messages[i].id >= id })
	if i == len(c.messages) || c.messages[i].id != id || c.messages[i].deleted {
		return nil
	}
	return c.messages[i]
}

// message is one message of a chat. Slices in it are replaced, never changed,
// so copies may share them.
type message struct {
	id       int
	chat     *chat
	from     *person // nil for the bot
	date     time.Time
	edited   time.Time // zero if never
	deleted  bool
	body     body
	markup   markup
	answers  *message // that it is an answer to; nil = none
	hadReply bool     // sent with a reply keyboard, so it cannot be edited
	file     *file    // photo or document
	contact  *Contact
	media    string         // kind, empty for text
	extra    map[string]any // the fields of other media
	silent   bool
	protect  bool
	rev      int64
}

// api returns the message in the form of an answer or update.
func (m *message) api(bot *apiUser) *apiMessage {
	a := &apiMessage{
		ID: m.id, From: bot, Chat: m.chat.api(), Date: m.date.Unix(),
		Protected: m.protect, Markup: m.markup.api(),
	}
	if m.from != nil {
		a.From = m.from.api()
	}
	if !m.edited.IsZero() {
		a.EditDate = m.edited.Unix()
	}
	if m.media == "" {
		a.Text, a.Entities = m.body.text, m.body.entities
	} else {
		a.Caption, a.CapEnts = m.body.text, m.body.entities
	}
	m.addMedia(a)
	if m.answers != nil { // Telegram shows one step back, no further
		before := *m.answers
		before.answers = nil
		from := bot
		if before.from != nil {
			from = nil
		}
		a.ReplyTo = before.api(from)
	}
	return a
}

// addMedia fills the fields of pictures, files, contacts and the rest.
func (m *message) addMedia(a *apiMessage) {
	switch m.media {
	case "photo":
		a.Photo = m.file.photos()
	case "document":
		a.Document = m.file.document()
	case "contact":
		a.Contact = &apiContact{Phone: m.contact.Phone, FirstName: m.contact.FirstName, UserID: m.contact.UserID}
		if m.contact.Forwarded {
			a.Origin = &apiOrigin{Type: "user", Date: m.date.Add(-time.Hour).Unix(), SenderUser: a.From}
		}
	case "sticker":
		a.Sticker = m.extra
	case "voice":
		a.Voice = m.extra
	case "audio":
		a.Audio = m.extra
	case "video":
		a.Video = m.extra
	case "video_note":
		a.VideoNote = m.extra
	case "animation":
		a.Animation = m.extra
	case "location":
		a.Location = m.extra
	case "venue":
		a.Venue = m.extra
	case "poll":
		a.Poll = m.extra
	case "dice":
		a.Dice = m.extra
	}
}

// bot returns the bot's own user.
func (s *Server) bot() *apiUser {
	return &apiUser{ID: botID, IsBot: true, FirstName: s.cfg.BotName, Username: s.cfg.BotUsername}
}

// privateChat returns the chat with p and makes it on first use. The caller
// holds s.mu.
func (s *Server) privateChat(p *person) *chat {
	c := s.chats[p.ID]
	if c == nil {
		rate := s.cfg.ChatRatePerSecond
		c = &chat{id: p.ID, person: p, limit: bucket{rate: rate, size: ChatBurst}}
		s.chats[p.ID] = c
	}
	return c
}

// groupChat is privateChat for groups.
func (s *Server) groupChat(id int64) *chat {
	c := s.chats[id]
	if c == nil {
		c = &chat{id: id, group: "Grup"}
		if s.cfg.ChatRatePerSecond > 0 {
			c.limit = bucket{rate: groupPerMinute / 60.0, size: groupPerMinute}
		}
		s.chats[id] = c
	}
	return c
}

// target returns the chat that the bot may write to, or why it may not. The
// caller holds s.mu.
func (s *Server) target(chatID int64) (*chat, *apiError) {
	if p := s.people[chatID]; p != nil {
		switch {
		case p.blocked:
			return nil, forbidden("bot was blocked by the user")
		case !p.started:
			return nil, forbidden("bot can't initiate conversation with a user")
		}
	}
	c := s.chats[chatID]
	if c == nil {
		return nil, badRequest("chat not found")
	}
	return c, nil
}

// post appends m to its chat with the next id. The caller holds s.mu.
func (s *Server) post(c *chat, m *message) {
	c.lastID++
	m.id, m.chat, m.date = c.lastID, c, s.now()
	m.rev = s.touch()
	c.messages = append(c.messages, m)
	c.touch()
}
