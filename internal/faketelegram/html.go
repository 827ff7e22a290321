package faketelegram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// htmlTags are the tags of parse_mode HTML and the entity each makes. span
// needs class="tg-spoiler", a its href.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold",
	"i": "italic", "em": "italic",
	"u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
	"tg-spoiler": "spoiler", "span": "spoiler",
}

// units counts the UTF-16 units of s, Telegram's measure of length.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// openTag is a start tag whose end tag has not come yet.
type openTag struct {
	name   string
	kind   string
	url    string
	lang   string
	offset int // UTF-16 units of visible text before it
	at     int // bytes of visible text before it
}

// htmlParser walks over a text of parse_mode HTML.
type htmlParser struct {
	src      string
	pos      int // bytes read
	out      strings.Builder
	length   int // UTF-16 units written
	open     []openTag
	entities []Entity
}

// parseHTML returns the visible text and its entities, or Telegram's complaint
// without the prefix "can't parse entities: ".
func parseHTML(src string) (string, []Entity, error) {
	p := &htmlParser{src: src}
	p.out.Grow(len(src))
	for p.pos < len(src) {
		switch c := src[p.pos]; {
		case c == '&':
			p.entity()
		case c == '<' && strings.HasPrefix(src[p.pos:], "</"):
			if err := p.endTag(); err != nil {
				return "", nil, err
			}
		case c == '<':
			if err := p.startTag(); err != nil {
				return "", nil, err
			}
		default:
			end := strings.IndexAny(src[p.pos:], "<&")
			if end < 0 {
				end = len(src) - p.pos
			}
			p.write(src[p.pos : p.pos+end])
			p.pos += end
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, complain("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	slices.SortStableFunc(p.entities, func(a, b Entity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	return p.out.String(), p.entities, nil
}

func (p *htmlParser) write(s string) {
	p.out.WriteString(s)
	p.length += units(s)
}

// entity reads &lt; &gt; &amp; &quot; or a numeric one; anything else is a
// plain ampersand, as in Telegram.
func (p *htmlParser) entity() {
	rest := p.src[p.pos+1:]
	end := strings.IndexByte(rest[:min(len(rest), 12)], ';')
	if end > 0 {
		if s := decodeEntity(rest[:end]); s != "" {
			p.write(s)
			p.pos += end + 2
			return
		}
	}
	p.write("&")
	p.pos++
}

// decodeEntity returns the character of the entity name without & and ;, or "".
func decodeEntity(name string) string {
	switch name {
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "amp":
		return "&"
	case "quot":
		return `"`
	}
	if !strings.HasPrefix(name, "#") {
		return ""
	}
	digits, base := name[1:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || utf16.IsSurrogate(rune(n)) {
		return ""
	}
	return string(rune(n))
}

// endTag reads a tag that starts with </.
func (p *htmlParser) endTag() error {
	end := strings.IndexByte(p.src[p.pos:], '>')
	if end < 0 {
		return complain("Unclosed end tag at byte offset %d", p.pos)
	}
	name := strings.ToLower(strings.TrimSpace(p.src[p.pos+2 : p.pos+end]))
	if len(p.open) == 0 {
		return complain("Unexpected end tag at byte offset %d", p.pos)
	}
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return complain("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", p.pos, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	p.pos += end + 1
	p.close(tag)
	return nil
}

// close makes the entity of a finished tag, unless it is empty.
func (p *htmlParser) close(tag openTag) {
	length := p.length - tag.offset
	if length == 0 {
		return
	}
	e := Entity{Type: tag.kind, Offset: tag.offset, Length: length, URL: tag.url, Language: tag.lang}
	if tag.kind == "text_link" && e.URL == "" {
		e.URL = linkURL(p.out.String()[tag.at:])
		if e.URL == "" {
			return // Telegram shows a link without an address as plain text
		}
	}
	if n := len(p.entities); tag.kind == "pre" && n > 0 {
		// <pre><code class="language-x"> is one block of code
		inner := p.entities[n-1]
		if inner.Type == "code" && inner.Offset == e.Offset && inner.Length == e.Length {
			e.Language = inner.Language
			p.entities = p.entities[:n-1]
		}
	}
	if tag.kind == "code" {
		if n := len(p.open); n == 0 || p.open[n-1].kind != "pre" {
			e.Language = ""
		}
	}
	p.entities = append(p.entities, e)
}

// linkURL returns s if it can be the address of a link, otherwise "".
func linkURL(s string) string {
	for _, scheme := range []string{"http://", "https://", "tg://", "mailto:", "tel:"} {
		if strings.HasPrefix(strings.ToLower(s), scheme) && len(s) > len(scheme) && !strings.ContainsAny(s, " \n\t") {
			return s
		}
	}
	return ""
}

// complaint is what Telegram says of a text that it cannot parse.
type complaint string

func (c complaint) Error() string { return string(c) }

func complain(format string, args ...any) error {
	return complaint(fmt.Sprintf(format, args...))
}
