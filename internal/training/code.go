package training

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// The times of a code of attendance (kode hadir). It stands on a projector, so it changes
// often: a photograph of it that is passed on is of no use soon.
const (
	CodeEvery  = 10 * time.Minute // a new one comes
	CodeLives  = 20 * time.Minute // an older one still works
	CodeOpens  = 30 * time.Minute // before the session begins
	CodeDigits = 6
	// CodeDrift is how far the moment at which a code is looked at may be from that at which
	// Telegram got it, so that the second counts as well; CodeAhead by how much the clock of
	// the process that has shown it may be ahead of the one that looks at it.
	CodeDrift = 15 * time.Minute
	CodeAhead = 5 * time.Minute
	// CodeTries is how many wrong codes a person may type within CodeWindow.
	CodeTries  = 5
	CodeWindow = time.Hour
)

// Codes makes the codes of sessions. They are derived from a key that is not in the
// database, so all processes show and accept the same and nothing of them is stored.
type Codes struct {
	// Hash is a keyed hash of at least eight bytes.
	Hash func(string) []byte
}

// CodeCheck is what a typed code turned out to be.
type CodeCheck int

// The outcomes of Check.
const (
	CodeWrong CodeCheck = iota // it never was the code of this session
	CodeRight
	CodePast // it was, and its time is over
)

// Show returns the code of a session at a moment, and until when it works.
func (c Codes) Show(session int64, at time.Time) (code string, until time.Time) {
	begun := at.Truncate(CodeEvery)
	return c.of(session, begun), begun.Add(CodeLives)
}

// Check compares what somebody typed or scanned with the codes of a session. opens is since
// when codes of it were shown, now the moment of this process, sent that of the message by
// Telegram's clock; zero = not known. Blanks and hyphens in the typed code mean nothing.
//
// A code is right if it is at either of the two: a message that waits while nobody fetches
// it was sent in time, and a clock that goes some minutes wrong refuses nobody who stands
// in the room. When they are farther apart than CodeDrift, one of them tells nothing of the
// other, and now counts alone.
func (c Codes) Check(session int64, typed string, opens, now, sent time.Time) CodeCheck {
	typed = PlainCode(typed)
	if len(typed) != CodeDigits {
		return CodeWrong
	}
	found := c.check(session, typed, opens, now)
	if apart := now.Sub(sent).Abs(); found == CodeRight || apart > CodeDrift {
		return found
	}
	if at := c.check(session, typed, opens, sent); at != CodeWrong {
		return at
	}
	return found
}

// check compares a code with those that work at a moment, and with those of before. The
// process that has shown it may be ahead.
func (c Codes) check(session int64, typed string, opens, at time.Time) CodeCheck {
	found := CodeWrong
	for begun := at.Add(CodeAhead).Truncate(CodeEvery); begun.After(opens.Add(-CodeEvery)); begun = begun.Add(-CodeEvery) {
		if subtle.ConstantTimeCompare([]byte(c.of(session, begun)), []byte(typed)) == 0 {
			continue
		}
		if at.Before(begun.Add(CodeLives)) {
			return CodeRight
		}
		found = CodePast
	}
	return found
}

// of is the code of a session that begins to be shown at a moment.
func (c Codes) of(session int64, begun time.Time) string {
	const codes = 1_000_000 // of CodeDigits
	// The words are none that a one-time code of an account can be, which are hashed
	// with the same key.
	mac := c.Hash(fmt.Sprintf("attendance %d %d", session, begun.Unix()))
	return fmt.Sprintf("%0*d", CodeDigits, binary.BigEndian.Uint64(mac)%codes)
}

// PlainCode takes out of a code what people put between its digits. What is no digit,
// blank or hyphen makes it "".
func PlainCode(typed string) string {
	plain := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(typed))
	if strings.Trim(plain, "0123456789") != "" {
		return ""
	}
	return plain
}

// GroupedCode writes a code in two groups, as it is read aloud: "417 203".
func GroupedCode(code string) string {
	half := len(code) / 2
	return code[:half] + " " + code[half:]
}
