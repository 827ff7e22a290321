package announcement

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode/utf16"
)

// HTML writes a text with its entities as Telegram's HTML, so that Telegram reads the
// same look out of it again (Bot API, "Formatting options"). What has no look of its
// own (a hashtag, an address that Telegram finds by itself) and what a bot cannot send
// (a mention of somebody without a name, a picture as a letter) is plain text.
//
// Telegram's own entities lie inside each other or apart. Those that cross are split,
// quotes and code stay whole. What lies outside the text is cut off.
func HTML(body string, entities []Entity) string {
	units := utf16.Encode([]rune(body))
	spans := nested(units, entities)
	var b strings.Builder
	b.Grow(len(body) + 16*len(spans))
	var open []span
	for at := 0; at <= len(units); {
		for len(open) > 0 && open[len(open)-1].to == at {
			b.WriteString(open[len(open)-1].end)
			open = open[:len(open)-1]
		}
		for len(spans) > 0 && spans[0].from == at {
			b.WriteString(spans[0].begin)
			open, spans = append(open, spans[0]), spans[1:]
		}
		next := len(units) + 1
		if len(spans) > 0 {
			next = spans[0].from
		}
		if len(open) > 0 {
			next = min(next, open[len(open)-1].to)
		}
		b.WriteString(html.EscapeString(string(utf16.Decode(units[at:min(next, len(units))]))))
		at = next
	}
	return b.String()
}

// span is one entity on its way into the text.
type span struct {
	from, to   int // UTF-16 units
	begin, end string
	class      spanClass
}

// spanClass says what may cross what: each class gives way to those before it.
type spanClass int

const (
	quotes spanClass = iota // hold everything but each other
	codes                   // hold nothing
	links                   // never in each other
	looks                   // bold and the like
)

// spanOf makes a span of an entity; false when it has no look.
func spanOf(e Entity) (s span, ok bool) {
	tag := func(class spanClass, begin, end string) (span, bool) {
		return span{from: e.Offset, to: e.Offset + e.Length, begin: begin, end: end, class: class}, true
	}
	switch e.Type {
	case "bold":
		return tag(looks, "<b>", "</b>")
	case "italic":
		return tag(looks, "<i>", "</i>")
	case "underline":
		return tag(looks, "<u>", "</u>")
	case "strikethrough":
		return tag(looks, "<s>", "</s>")
	case "spoiler":
		return tag(looks, "<tg-spoiler>", "</tg-spoiler>")
	case "blockquote":
		return tag(quotes, "<blockquote>", "</blockquote>")
	case "expandable_blockquote":
		return tag(quotes, "<blockquote expandable>", "</blockquote>")
	case "code":
		return tag(codes, "<code>", "</code>")
	case "pre":
		if e.Language != "" {
			return tag(codes, `<pre><code class="language-`+html.EscapeString(e.Language)+`">`, "</code></pre>")
		}
		return tag(codes, "<pre>", "</pre>")
	case "text_link":
		if e.URL != "" {
			return tag(links, `<a href="`+html.EscapeString(e.URL)+`">`, "</a>")
		}
	}
	return span{}, false
}

// nested returns the spans of the entities in the order in which they begin, the outer
// one first: each lies in another one or beside it.
func nested(units []uint16, entities []Entity) (out []span) {
	for class := range looks + 1 {
		for _, e := range entities {
			if s, ok := spanOf(e); ok && s.class == class {
				out = append(out, s.within(units).beside(out)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b span) int {
		return cmp.Or(a.from-b.from, b.to-a.to, int(a.class-b.class))
	})
	return out
}

// within cuts a span to the text; where it would halve a character that takes two
// units, it takes the whole of it.
func (s span) within(units []uint16) span {
	half := func(i int) bool { return i > 0 && i < len(units) && units[i] >= 0xdc00 && units[i] < 0xe000 }
	s.from, s.to = max(0, s.from), min(s.to, len(units))
	if half(s.from) {
		s.from--
	}
	if half(s.to) {
		s.to++
	}
	return s
}

// beside returns what is left of a span next to those that were taken before it:
// without what one of them excludes, and then cut where it would cross one of them. A
// part that lost its beginning may cross what the whole span did not.
func (s span) beside(taken []span) []span {
	if s.from >= s.to {
		return nil
	}
	parts := []span{s}
	for _, excluded := range []bool{true, false} {
		for _, t := range taken {
			if t.excludes(s) != excluded {
				continue
			}
			var next []span
			for _, p := range parts {
				if excluded {
					next = append(next, p.minus(t)...)
				} else {
					next = append(next, p.cut(t)...)
				}
			}
			parts = next
		}
	}
	return parts
}

// excludes tells whether no character of s may have o as well.
func (s span) excludes(o span) bool {
	return s.begin == o.begin || s.class == o.class && s.class != looks || s.class == codes && o.class > codes
}

// minus returns the parts of a span before and behind another one.
func (s span) minus(o span) (parts []span) {
	before, behind := s, s
	before.to, behind.from = min(s.to, o.from), max(s.from, o.to)
	for _, p := range []span{before, behind} {
		if p.from < p.to {
			parts = append(parts, p)
		}
	}
	return parts
}

// cut returns a span in two parts if it crosses another one, else as it is.
func (s span) cut(o span) []span {
	at := 0
	switch {
	case s.from < o.from && o.from < s.to && s.to < o.to:
		at = o.from
	case o.from < s.from && s.from < o.to && o.to < s.to:
		at = o.to
	default:
		return []span{s}
	}
	first, second := s, s
	first.to, second.from = at, at
	return []span{first, second}
}
