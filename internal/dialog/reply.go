package dialog

import (
	"encoding/json"
	"time"
)

// Verb is what a button asks of the flow that it belongs to.
type Verb string

// The verbs of a form. Flows with other needs may define their own; a verb is
// one to three ASCII letters, because callback data holds 64 bytes.
const (
	Answer Verb = "a" // Value answers Step
	Back   Verb = "b" // one step back, nothing is lost
	Skip   Verb = "s" // leave Step without an answer, where allowed
	Later  Verb = "l" // leave the form, keep the draft
	Resume Verb = "r" // begin, or show the present step again
	Change Verb = "c" // from the review card: ask Step again
	Submit Verb = "k" // "Kirim" on the review card
)

// Action is the meaning of a button. Flow, Step, Verb and Value are made of
// ASCII letters, digits, dot and hyphen. An action never holds a NIP, phone
// number, name, text or an answer already given (guarantee G9).
type Action struct {
	Flow  string // which registered conversation
	Ref   int64  // what it is about: a task, a code; checked against the person pressing
	Step  string
	Verb  Verb
	Value string
}

// Button is one inline button: either an Action or a URL.
type Button struct {
	Label  string
	Action Action
	URL    string
}

// Picture describes a picture, or a file, that is made only when it is sent.
type Picture struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
	// File sends it as a file, not as a picture.
	File bool `json:"file,omitempty"`
	// Report says that it is worked out of what very many people have answered: one such
	// file is made at a time, and it is given up sooner than others.
	Report bool `json:"report,omitempty"`
}

// Reference names what a message is made from when it is claimed for sending: the part
// of an announcement for one recipient.
type Reference struct {
	Announcement int64 `json:"announcement"`
	Employee     int64 `json:"employee"`
}

// Reply is one message of the bot to the person it talks with.
type Reply struct {
	Template string // catalogue key; stays in the ledger after the text is gone
	Text     string // HTML; the caption when there is a Picture
	Rows     [][]Button
	Edit     int // message to edit in place; 0 = a new message
	// OverPicture says that the message to edit shows a picture: Text becomes its
	// caption, and Picture, if there is one, takes the place of what it shows.
	// Without it a reply with a Picture is a new message.
	OverPicture bool `json:",omitempty"`
	Picture     *Picture
	// Media ("photo" or "document") and FileID are a picture or a file that Telegram
	// keeps; Text is its caption.
	Media  string `json:",omitempty"`
	FileID string `json:",omitempty"`
	// ReplyTo is the message that this one answers; 0 = none, or gone.
	ReplyTo int `json:",omitempty"`
	// Compose says that the message is made when it is claimed; all but Template and
	// Class is empty then.
	Compose *Reference `json:",omitempty"`
	// Unbutton takes the buttons away from the message to edit and leaves all else as
	// it is; Text is empty.
	Unbutton bool `json:",omitempty"`
	// Delete takes the message to edit away for everybody; all else is empty.
	Delete bool  `json:",omitempty"`
	Silent bool  // no sound on the phone
	Class  Class // "" = ClassReply
	// AskContact is the label of the button that shares the person's own phone
	// number; it stands where the phone's keyboard is. Rows must be empty.
	AskContact string
	// DropKeyboard takes that button away. Rows must be empty.
	DropKeyboard bool
	Forget       bool // leave no ledger row once sent (people who declined)
	// Sealed says that what is shown may be an answer without a name: the row that waits
	// is sealed, tells nothing by its length, and goes once it was sent.
	Sealed bool `json:",omitempty"`
	// Shareable says that the message may be copied, saved and passed on: it says
	// nothing about a person, or its file is made to be worked with outside the
	// chat. Without it Telegram keeps the message where it is, so that a message
	// that nobody has thought about is a private one. It has no effect on a message
	// with buttons: a press may put something private in its place, and an edit
	// cannot change who may copy it.
	Shareable bool `json:",omitempty"`
}

// Lane orders what is sent: a person's reply overtakes bulk.
type Lane int16

// The two lanes of the outbox.
const (
	LaneReply Lane = 0
	LaneBulk  Lane = 1
)

// Class decides what happens to a message whose call was cut after Telegram
// may have accepted it, and which rules of attention it is under.
type Class string

// The classes of messages. All but ClassBroadcast are sent again when the
// outcome of a call is unknown.
const (
	ClassReply     Class = "reply"
	ClassService   Class = "service"
	ClassPrompt    Class = "prompt"
	ClassBroadcast Class = "broadcast"
)

// Resend tells whether a message of unknown outcome goes again.
func (c Class) Resend() bool { return c != ClassBroadcast }

// Way is by what right a message goes. A row of the outbox without one is refused,
// so that nobody forgets the gate of package outreach.
type Way string

// The ways of a message.
const (
	WayAnswer Way = "answer" // to the chat that has just done something
	WayGate   Way = "gate"   // the gate has let it go, now or at a later time
	WayGuard  Way = "guard"  // it guards an account: of use at once or never
	WayMenu   Way = "menu"   // no message: the commands that a phone offers
)

// Outgoing is one row of the outbox: a call to Telegram, complete but for a
// picture that is drawn when it is sent.
type Outgoing struct {
	ID        int64             `json:"id"`
	ChatID    int64             `json:"chat_id"`
	Lane      Lane              `json:"lane"`
	Class     Class             `json:"class"`
	Template  string            `json:"template"`
	Method    string            `json:"method"`
	Params    map[string]string `json:"params"`
	Picture   *Picture          `json:"picture,omitempty"`
	EditOf    int               `json:"edit_of"` // the message that is edited; 0 = a new one
	Key       string            `json:"key"`     // natural unique key: a second row with it is refused
	NotBefore time.Time         `json:"-"`       // zero = at once
	ExpiresAt time.Time         `json:"-"`       // from then on it must not go; zero = never
	Attempts  int               `json:"-"`
	Forget    bool              `json:"forget"`
	Sealed    bool              `json:"-"` // see Reply
	Way       Way               `json:"-"`
	// Compose is what the call is made from when it is claimed; nil = it is complete. A
	// claimed row keeps it: what was made may be out of date a moment later.
	Compose *Reference `json:"-"`
	// Version is that of the content with which a claimed row was made; 0 = none.
	Version int `json:"-"`
	// Term is that under which the row is stored as being sent by this process,
	// which must send it; 0 = it is stored as new.
	Term int64 `json:"-"`
}

// State is where an outbox row stands.
type State string

// CauseKept is the cause of a message that Telegram did not delete: it is older than two
// days, and its writer has to do it.
const CauseKept = "kept"

// The states of an outbox row. Only StateNew and StateSending are not final.
const (
	StateNew        State = "new"
	StateSending    State = "sending"
	StateSent       State = "sent"
	StateFailed     State = "failed"
	StateUnknown    State = "unknown"
	StateSuperseded State = "superseded"
	StateHeld       State = "held"
	StateExpired    State = "expired"
	StateCancelled  State = "cancelled"
)

// Mark is what became of one Outgoing.
type Mark struct {
	ID        int64
	State     State
	MessageID int       // of a message that was sent
	At        time.Time // of a message that was sent: when, by the clock of people
	Cause     string    // class of the failure; never a text that holds personal data
	// RetryIn brings a row back to StateNew after this long (database clock).
	RetryIn time.Duration
	// Unreachable says that the chat cannot be written to until the person comes back.
	Unreachable bool
}
