package dialog

import (
	"errors"
	"time"
)

// Session is what is known about a chat when its next update is decided.
type Session struct {
	ChatID     int64
	EmployeeID int64 // 0 = not linked
	Reachable  bool
	// ActiveForm and ActiveRef name the draft that typed text belongs to;
	// "" = none.
	ActiveForm string
	ActiveRef  int64
	WrongTries int // wrong codes since TriesSince
	TriesSince time.Time
	// HourUpdates is how many updates of the chat were decided since HourSince.
	HourUpdates int
	HourSince   time.Time
	Pressed     Pressed // the last press that did something
	Drafts      []Record
	More        bool      // further updates wait behind Update
	Update      RawUpdate // the oldest update that is not decided yet
	// Version tells one state of the chat from the next, where it was read without a lock;
	// "" = it is locked.
	Version string
}

// Draft returns the open draft of a form about ref; ok is false when there is none.
func (s Session) Draft(form string, ref int64) (r Record, ok bool) {
	for _, d := range s.Drafts {
		if d.Form == form && d.Ref == ref {
			return d, true
		}
	}
	return Record{Form: form, Ref: ref}, false
}

// ErrNotFound says that there is no such thing, or none that the asker may see.
var ErrNotFound = errors.New("not found")

// Decision is everything that one update changes about its chat. It is stored
// in one statement, together with the fact that the update is done.
type Decision struct {
	BotID, UpdateID, ChatID int64
	Serial                  int64     // of the update in the inbox; 0 = of whichever has the number now
	Came                    time.Time // see RawUpdate
	Version                 string    // see Session
	Now                     time.Time
	ActiveForm              string
	ActiveRef               int64
	WrongTries              int
	TriesSince              time.Time
	HourUpdates             int
	HourSince               time.Time
	Pressed                 Pressed
	Reachable               bool
	Draft                   *Record // to store, or to delete when it is done; nil = none changed
	Forget                  bool    // a stranger who declined: nothing of the chat stays
	Rows                    []Outgoing
	// Spent is the key of the row that showed the draft before, when that row must not
	// be kept: of a sealed conversation.
	Spent string
	Term  int64 // the term under which this process sends; 0 = it does not
}

// Holding is what an attempt to take a lease found.
type Holding struct {
	Term   int64 // under which the lease is held; 0 = somebody else holds it
	Others int   // other processes of this bot that were seen lately
	// Hold is why nobody may have the lease now; since Since.
	Hold  Hold
	Since time.Time
	// Seen is how far the database is; its term is that of whoever holds the lease.
	Seen Sighting
}
