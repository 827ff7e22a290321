package outreach

import "time"

// Person is what the gate has to know about a recipient at one moment. The zero
// Person has no account and gets nothing.
type Person struct {
	Linked     bool // an account is linked
	Reachable  bool // not blocked, not deactivated
	UnitPaused bool // Rules.Pause has stopped the person's unit
	Mute       Mute
	Diary      Diary
	// Messages are those that the bot started by itself from 8 days ago on, and
	// those that wait. Older ones may be there; replies may be missing.
	Messages []Message
	// Tasks are the tasks that a candidate may be about, and all that are open:
	// their deadlines decide which week is the week of a deadline.
	Tasks         []TaskState
	UnreadDigests int       // summaries in a row without a tap
	LastSummary   time.Time // zero = none yet
}

// Mute is the silence that a person has asked for. The zero Mute is none.
type Mute struct {
	Until time.Time // prompts wait until then
	All   bool      // announcements too
}

// MessageState is where a message stands.
type MessageState string

// The states of a message that the bot started.
const (
	Sent   MessageState = "sent"   // it has gone, or nobody knows whether it has
	Queued MessageState = "queued" // the gate let it go; the sender has it
	Held   MessageState = "held"   // it waits until At and will be decided again
)

// Message is one message to a person, sent or waiting.
type Message struct {
	ID    int64 // of the caller, for Decision.With
	Class Class
	Kind  Kind
	Tasks []int64 // that it is about; of a merged message and of a digest all
	At    time.Time
	State MessageState
	Parts int // matters in it; 0 = 1
}

// TaskState is what the gate has to know about one task of a person.
type TaskState struct {
	ID           int64
	State        State
	Opens        time.Time
	Due          time.Time // zero = no deadline
	Reminders    int       // reminders and nudges after the invitation
	Snoozes      int       // reminders that were put off
	SnoozedUntil time.Time // zero = not put off
	Alone        bool      // the person opens it without being reminded (Saya buka sendiri)
	LastNudge    time.Time // when the last nudge was accepted, by whomever; zero = none
}

// State is where a task stands; the codes are those of the task table.
type State string

// The states of a task.
const (
	TaskOpen    State = "open"
	TaskStarted State = "started"
	TaskDone    State = "done"
	TaskExcused State = "excused"
	TaskExpired State = "expired"
)

// over tells why nothing more is asked for; Free while the task is open.
func (s State) over() Reason {
	switch s {
	case TaskDone:
		return Finished
	case TaskExcused:
		return Released
	case TaskExpired:
		return Closed
	}
	return Free
}

// task returns the state of a task; the zero TaskState when it is not known.
func (p Person) task(id int64) TaskState {
	for _, t := range p.Tasks {
		if t.ID == id && id != 0 {
			return t
		}
	}
	return TaskState{}
}

// Candidate is a message that somebody or some job wants to send.
type Candidate struct {
	Class     Class
	Kind      Kind
	Task      int64     // 0 = about no single task
	NotBefore time.Time // zero = at once
	Expires   time.Time // zero = never
	Empty     bool      // a digest in which nothing is owed
}

// Action is what happens to a candidate.
type Action string

// The actions of a Decision.
const (
	Send  Action = "send"
	Hold  Action = "hold"  // decide again at Decision.At
	Merge Action = "merge" // add it to the message Decision.With
	Drop  Action = "drop"  // never; counted
)

// Decision is what the gate says about a candidate.
type Decision struct {
	Action Action
	Reason Reason
	// At is, for Hold, when to decide again; for a dropped nudge,
	// when the next one is possible; else zero.
	At time.Time
	// Until is, for Send and Merge, when the message must not go any more: the
	// end of the window or the message's expiry. Zero = no limit.
	Until time.Time
	With  int64 // for Merge: Message.ID
}

// Goes tells whether the message is on its way, alone or with another one.
func (d Decision) Goes() bool { return d.Action == Send || d.Action == Merge }
