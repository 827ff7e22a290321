// Package measure counts and cuts texts as Telegram does: in UTF-16 units, of which
// most letters take one and an emoji two.
package measure

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf16"
)

// Units counts a text. What is no character counts one.
func Units(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Visible counts a text in HTML: its tags do not count.
func Visible(markup string) int {
	return Units(html.UnescapeString(tags.ReplaceAllString(markup, "")))
}

// First is the longest beginning of a text that takes at most so many units.
func First(s string, most int) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > most {
			return s[:i]
		}
	}
	return s
}

// Cut shortens a plain text so that it takes at most room units once it is escaped
// for HTML; "…" marks where. The result is plain.
func Cut(plain string, room int) string {
	if Units(html.EscapeString(plain)) <= room {
		return plain
	}
	var b strings.Builder
	used := Units("…")
	for _, r := range plain {
		if used += Units(html.EscapeString(string(r))); used > room {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ,.") + "…"
}

// Fit cuts and escapes.
func Fit(plain string, room int) string { return html.EscapeString(Cut(plain, room)) }
