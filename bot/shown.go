package bot

import (
	"container/list"
	"crypto/sha256"
	"strings"

	"bangkom/internal/dialog"
)

// maxShown is how many messages the sender remembers the content of: what
// people press within the last minutes, in about 4 MB.
const maxShown = 20_000

// shown remembers, as hashes, what messages show since the last confirmed call:
// an edit to the same content is refused by Telegram, counts towards its limit
// all the same, and is of no use. What is not known is sent. It is not safe for
// concurrent use.
type shown struct {
	order   *list.List // of *showing, used last in front
	entries map[post]*list.Element
}

// post is a message in a chat.
type post struct {
	chat    int64
	message int
}

type showing struct {
	of            post
	text, picture content
}

// content is the hash of what is shown; only its beginning is kept.
type content [16]byte

func newShown() *shown { return &shown{order: list.New(), entries: map[post]*list.Element{}} }

// note remembers what a message shows after a call that Telegram has confirmed.
// An edit of the caption leaves the picture as it was.
func (s *shown) note(row dialog.Outgoing, message int) {
	of := post{row.ChatID, message}
	was := s.entries[of]
	now := &showing{of: of, text: textOf(row), picture: pictureOf(row)}
	if row.Method == methodCaption && was != nil {
		if before, ok := was.Value.(*showing); ok {
			now.picture = before.picture
		}
	}
	if was != nil {
		was.Value = now
		s.order.MoveToFront(was)
		return
	}
	s.entries[of] = s.order.PushFront(now)
	if s.order.Len() > maxShown {
		if last, ok := s.order.Remove(s.order.Back()).(*showing); ok {
			delete(s.entries, last.of)
		}
	}
}

// same tells whether the row is an edit to what the message is known to show.
func (s *shown) same(row dialog.Outgoing) bool {
	e := s.entries[post{row.ChatID, row.EditOf}]
	if row.EditOf == 0 || e == nil {
		return false
	}
	is, ok := e.Value.(*showing)
	return ok && is.text == textOf(row) && (row.Method != methodMedia || is.picture == pictureOf(row))
}

// forget says that it is not known what a message shows.
func (s *shown) forget(chat int64, message int) {
	of := post{chat, message}
	if e := s.entries[of]; e != nil {
		s.order.Remove(e)
		delete(s.entries, of)
	}
}

// clear forgets everything.
func (s *shown) clear() {
	s.order.Init()
	clear(s.entries)
}

// textOf is the hash of text or caption, formatting and buttons. Only buttons of
// the message itself are part of it: none, an empty list of them and the keyboard
// of the phone are one.
func textOf(row dialog.Outgoing) content {
	buttons := row.Params["reply_markup"]
	if buttons == noButtons || !strings.HasPrefix(buttons, `{"inline_keyboard"`) {
		buttons = ""
	}
	return hashed(row.Params["text"], row.Params["caption"], row.Params["parse_mode"], buttons)
}

// pictureOf is the hash of the description of the picture, which its look follows
// from; zero = there is none.
func pictureOf(row dialog.Outgoing) content {
	if row.Picture == nil {
		return content{}
	}
	return hashed(row.Picture.Kind, string(row.Picture.Data))
}

func hashed(parts ...string) (out content) {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0}) // no part can hold it
	}
	copy(out[:], h.Sum(nil))
	return out
}
