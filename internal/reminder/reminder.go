// Package reminder knows what people are reminded of, in what words and when: the ladder of
// a task (undangan, pengingat), the weekly note, the nudge of a superior, what was put
// off, and the watch over units in which too many want to hear nothing more. What it
// writes goes through the courier, whose gate decides. The package is pure but for the
// transaction that it is given.
package reminder

import (
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/text"
)

// Config is what a Reminder needs.
type Config struct {
	Courier  *courier.Courier
	Text     *text.Catalogue
	Location *time.Location
	// TaskForms are the conversations whose ref is a task: their drafts say how much of
	// it is answered.
	TaskForms []string
}

// Reminder writes what people are reminded of. It is safe for concurrent use.
type Reminder struct{ cfg Config }

// New makes a reminder.
func New(cfg Config) *Reminder { return &Reminder{cfg: cfg} }
