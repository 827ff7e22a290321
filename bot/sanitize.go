package bot

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxText is how many characters of an incoming text are kept, Telegram's own
// limit for a message.
const maxText = 4096

// Sanitize makes a text of a stranger safe to store and to show: invalid
// UTF-8, control characters but the newline, and marks that turn the writing
// direction are removed, a tab becomes a space, the rest is brought into
// Unicode's composed form (NFC) and cut at 4,096 characters.
func Sanitize(s string) string {
	if clean(s) && len(s) <= maxText {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError, directional(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = norm.NFC.String(s)
	n := 0
	for i := range s {
		if n == maxText {
			return s[:i]
		}
		n++
	}
	return s
}

// clean tells whether s is plain ASCII without controls.
func clean(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 0x20 && c != '\n') || c >= 0x7f {
			return false
		}
	}
	return true
}

// directional tells the invisible marks that change the order in which text
// is shown, and the byte order mark.
func directional(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}
