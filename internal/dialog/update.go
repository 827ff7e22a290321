package dialog

import (
	"strings"
	"time"
)

// Kind tells what sort of thing a person did.
type Kind string

// The kinds of Update. A new kind of Telegram update is KindOther until
// somebody needs it.
const (
	KindText      Kind = "text"      // a typed message, commands included
	KindPress     Kind = "press"     // a button under one of the bot's messages
	KindContact   Kind = "contact"   // a shared contact
	KindMedia     Kind = "media"     // sticker, photo, voice, location and the like
	KindEdited    Kind = "edited"    // the person changed an earlier message
	KindBlocked   Kind = "blocked"   // the person blocked the bot
	KindUnblocked Kind = "unblocked" // the person started the bot again
	KindGroup     Kind = "group"     // anything in a chat that is not private
	KindFlood     Kind = "flood"     // the person sends so much that some of it is not read
	KindAgain     Kind = "again"     // nothing: the bot asks again after an outage
	KindOther     Kind = "other"     // nothing that the bot answers
)

// RawUpdate is one update as it arrived, before anybody understood it.
type RawUpdate struct {
	ID   int64  // update_id, unique for a bot within weeks
	Lane int64  // the chat whose updates are handled one after the other; 0 = nobody's
	Body string // the JSON as received; never logged
	// Failed is the cause why the body could not even be decoded; "" = sound.
	Failed string
}

// Update is what a person did, without anything of Telegram's types.
type Update struct {
	ID        int64
	Kind      Kind
	ChatID    int64 // the private chat, which equals the person's account id
	MessageID int   // the pressed message, or the message itself
	Text      string
	QueryID   string  // of a press, for the toast
	Press     Press   // of a press
	Contact   Contact // of a shared contact
	Media     string  // of media: Telegram's field name ("sticker", "photo", ...)
	Document  Document
	At        time.Time
}

// Press is a button press after its data was checked. OK is false when the
// data was forged, foreign, or of a version that is no longer spoken.
type Press struct {
	OK     bool
	Action Action
}

// Contact is a shared contact. Own is true only when Telegram itself vouches
// that the number belongs to the account that sent it.
type Contact struct {
	Phone string
	Own   bool
}

// Document is a file that a person sent. What it holds stays with Telegram
// until somebody fetches it.
type Document struct {
	FileID string
	Name   string // as the person's phone calls it; not to be trusted
	Size   int64  // bytes; 0 = Telegram did not say
}

// Command returns the command without slash and bot name, in lower case, and
// its argument. ok is false when the text is no command. "/start ABC" gives
// ("start", "ABC", true).
func (u Update) Command() (name, arg string, ok bool) {
	if u.Kind != KindText || !strings.HasPrefix(u.Text, "/") {
		return "", "", false
	}
	head, rest, _ := strings.Cut(u.Text[1:], " ")
	if line, more, cut := strings.Cut(head, "\n"); cut {
		head, rest = line, more+" "+rest
	}
	head, _, _ = strings.Cut(head, "@")
	return strings.ToLower(head), strings.TrimSpace(rest), true
}
