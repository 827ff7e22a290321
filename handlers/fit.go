package handlers

import (
	"html"
	"strings"
)

// messageBudget is how long a message that lists things may be, in the units in
// which Telegram counts (UTF-16). Markup and escapes are counted too, although
// Telegram does not: so there is always room. captionBudget is the same for the
// text below a file.
const (
	messageBudget = 4000
	captionBudget = 1000
	longName      = 80 // of a person, a post or a unit where several stand together
)

// length counts a text in UTF-16 units.
func length(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// cut shortens a plain text so that it takes at most room units once it is
// escaped for HTML.
func cut(plain string, room int) string {
	if length(html.EscapeString(plain)) <= room {
		return plain
	}
	var b strings.Builder
	used := 1 // the mark of the cut
	for _, r := range plain {
		if used += length(html.EscapeString(string(r))); used > room {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ,.") + "…"
}

// fit cuts and escapes.
func fit(plain string, room int) string { return html.EscapeString(cut(plain, room)) }

// joined puts lines below each other as long as they fit; n is how many did.
func joined(lines []string, budget int) (text string, n int) {
	used := 0
	for n < len(lines) {
		if used += length(lines[n]) + 1; used > budget {
			break
		}
		n++
	}
	return strings.Join(lines[:n], "\n"), n
}
