package faketelegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	keepAlive  = 15 * time.Second
	gather     = 25 * time.Millisecond // changes that come together make one event
	typingTime = 5 * time.Second       // a chat action is shown as long, as in Telegram
	preview    = 80                    // characters of the last message in the list
)

// pageState is one event: the list of personas and what changed in the open
// chat since the number that the page has seen.
type pageState struct {
	Rev      int64         `json:"rev"`
	Bot      string        `json:"bot"`
	Now      int64         `json:"now,omitempty"` // milliseconds, of the clock of the chats
	Personas []pagePersona `json:"personas"`
	Chat     *pageChat     `json:"chat,omitempty"`
}

type pagePersona struct {
	ID      int64  `json:"id"`
	Last    string `json:"last"`
	FromBot bool   `json:"fromBot"`
	At      int64  `json:"at"`   // milliseconds, 0 for an empty chat
	Bots    int    `json:"bots"` // messages of the bot so far
	Blocked bool   `json:"blocked"`
}

type pageChat struct {
	User        int64          `json:"user"`
	Started     bool           `json:"started"`
	Blocked     bool           `json:"blocked"`
	Typing      bool           `json:"typing"`
	Description string         `json:"description"`
	Keyboard    *ReplyKeyboard `json:"keyboard"`
	Commands    []Command      `json:"commands"`
	Messages    []pageMessage  `json:"messages"`
	Alerts      []pageAlert    `json:"alerts"`
}

type pageMessage struct {
	ID       int        `json:"id"`
	Bot      bool       `json:"bot"`
	At       int64      `json:"at"`
	Edited   bool       `json:"edited,omitempty"`
	Deleted  bool       `json:"deleted,omitempty"`
	Text     string     `json:"text,omitempty"`
	Entities []Entity   `json:"entities,omitempty"`
	Media    string     `json:"media,omitempty"`
	File     *pageFile  `json:"file,omitempty"`
	Contact  *Contact   `json:"contact,omitempty"`
	Inline   [][]Button `json:"inline,omitempty"`
}

type pageFile struct {
	Src    string `json:"src"`
	Name   string `json:"name"`
	Size   int    `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

type pageAlert struct {
	Query string `json:"query"`
	Text  string `json:"text"`
	Modal bool   `json:"modal"`
	URL   string `json:"url,omitempty"`
}

// events is the live stream (server-sent events) of one open page.
func (h *page) events(w http.ResponseWriter, r *http.Request) {
	user, _ := strconv.ParseInt(r.URL.Query().Get("user"), 10, 64)
	since, _ := strconv.ParseInt(r.URL.Query().Get("rev"), 10, 64)
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		since = last
	}
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // not supported by recorders
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		changed := h.s.Changed()
		state := h.state(user, since)
		if state.Rev > since || since == 0 {
			raw, err := json.Marshal(state)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", state.Rev, raw); err != nil {
				return
			}
			since = state.Rev
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
			h.s.pause(r, gather)
		case <-tick.C:
			if _, err := fmt.Fprint(w, ": \n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-h.s.done:
			return
		}
	}
}

// state collects what changed since the given number; 0 asks for everything but
// old answers to presses.
func (h *page) state(user, since int64) pageState {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	st := pageState{Rev: s.rev, Bot: s.profile.fields["name/"]}
	if h.Clock != nil {
		st.Now = h.Clock().UnixMilli()
	}
	for _, p := range h.Personas {
		st.Personas = append(st.Personas, s.summary(p.UserID))
	}
	if slices.ContainsFunc(h.Personas, func(p Persona) bool { return p.UserID == user }) {
		st.Chat = s.chatState(s.person(user), since)
	}
	return st
}

// summary is a persona's line in the list. The caller holds s.mu.
func (s *Server) summary(id int64) pagePersona {
	p := s.person(id)
	sum := pagePersona{ID: id, Blocked: p.blocked}
	c := s.chats[id]
	if c == nil {
		return sum
	}
	for _, m := range slices.Backward(c.messages) {
		if m.deleted {
			continue
		}
		if m.from == nil {
			sum.Bots++
		}
		if sum.At == 0 {
			sum.At, sum.FromBot, sum.Last = m.date.UnixMilli(), m.from == nil, m.line()
		}
	}
	return sum
}

// mediaNames are the words for media without a text.
var mediaNames = map[string]string{
	"photo": "Gambar", "document": "Berkas", "contact": "Kontak", "sticker": "Stiker", "voice": "Pesan suara",
	"audio": "Audio", "video": "Video", "video_note": "Pesan video", "animation": "Animasi",
	"location": "Lokasi", "venue": "Tempat", "poll": "Jajak pendapat", "dice": "Dadu",
}

// line is the message in one line.
func (m *message) line() string {
	text := m.body.text
	if text == "" {
		text = mediaNames[m.media]
	}
	if r := []rune(text); len(r) > preview {
		text = string(r[:preview])
	}
	return text
}

// chatState is the open chat. The caller holds s.mu.
func (s *Server) chatState(p *person, since int64) *pageChat {
	st := &pageChat{
		User: p.ID, Started: p.started, Blocked: p.blocked, Keyboard: p.keyboard,
		Description: s.profile.fields["description/"], Commands: s.commandsFor(p.ID),
		Messages: []pageMessage{}, Alerts: []pageAlert{},
	}
	if c := s.chats[p.ID]; c != nil {
		var last *message
		for _, m := range c.messages {
			if m.rev > since {
				st.Messages = append(st.Messages, m.page())
			}
			last = m
		}
		st.Typing = (last == nil || last.date.Before(p.typing)) && s.now().Sub(p.typing) < typingTime
	}
	for _, a := range p.alerts {
		if since > 0 && a.rev > since {
			st.Alerts = append(st.Alerts, pageAlert{Query: a.query, Text: a.answer.Text, Modal: a.answer.ShowAlert, URL: a.answer.URL})
		}
	}
	return st
}

// page returns the message for the page; of a deleted one only the id.
func (m *message) page() pageMessage {
	if m.deleted {
		return pageMessage{ID: m.id, Deleted: true}
	}
	v := pageMessage{
		ID: m.id, Bot: m.from == nil, At: m.date.UnixMilli(), Edited: !m.edited.IsZero(), Text: m.body.text,
		Entities: m.body.entities, Media: m.media, Contact: m.contact, Inline: m.markup.inline,
	}
	if f := m.file; f != nil {
		v.File = &pageFile{Src: "api/file/" + f.path(), Name: f.name, Size: len(f.body), Width: f.width, Height: f.height}
	}
	return v
}
