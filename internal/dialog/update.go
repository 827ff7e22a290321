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
	ID int64 // update_id, unique for a bot within weeks
	// Serial is the number of the row in the inbox, which is never given twice;
	// 0 = it was not stored yet.
	Serial int64
	// Age is how long before it was stored the update came, by the clock of the
	// process that took it in; Came is the moment that the database made of it.
	Age  time.Duration
	Came time.Time
	Lane int64  // the chat whose updates are handled one after the other; 0 = nobody's
	Body string // the JSON as received; never logged
	// Sealed says that the body may hold an answer without a name.
	Sealed bool
	// Failed is the cause why the body could not even be decoded; "" = sound.
	Failed string
}

// Arrived is an update that is not stored yet, the first that came of its chat.
type Arrived struct {
	RawUpdate
	More bool // others of the same chat came with it
}

// Stored is what became of updates that were stored and decided at once.
type Stored struct {
	Done  map[int64]bool // the numbers of those that are decided
	Lanes []int64        // have something to do
	Alone []int64        // of these, those whose update was found not to be decided with others
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
	Content   Content // of text and media: what was sent, untouched
	At        time.Time
}

// Press is a button press after its data was checked. OK is false when the
// data was forged, foreign, or of a version that is no longer spoken.
type Press struct {
	OK     bool
	Action Action
	// Card marks what the message showed when it was pressed, text and buttons;
	// "" = it was sent by a version that made no such marks. Button marks the button.
	Card, Button string
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

// Content is what a person sent, before anything of it was made safe: for somebody
// who wants to pass it on as it is. It is shown to nobody but through
// announcement.HTML, and Text of Update is what everybody else reads.
type Content struct {
	Text     string   // of the message, or below its picture or file
	Entities []Entity // of Text
	File     File     // zero = a text alone
	ReplyTo  int      // the message that it answers; 0 = none
}

// Entity is a part of a text with a meaning or a look, as Telegram describes it. Offset
// and Length count UTF-16 units.
type Entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`      // of text_link
	Language string `json:"language,omitempty"` // of pre
}

// File is a picture or a document that Telegram keeps and sends again by its id.
type File struct {
	// Media is "photo" or "document"; "" = there is none. Of what a person sends it may
	// be anything else too ("sticker"), without a FileID: that cannot be passed on.
	Media  string
	FileID string
	Name   string // of a document, as the person's phone calls it; not to be trusted
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
