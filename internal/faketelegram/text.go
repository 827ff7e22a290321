package faketelegram

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	maxText    = 4096 // UTF-16 units of a message after parsing
	maxCaption = 1024 // UTF-16 units of a caption after parsing
	maxEntity  = 100  // entities that Telegram keeps
)

// body is a text after parsing: what is seen, how it is formatted, and the HTML
// that makes it.
type body struct {
	text     string
	html     string
	entities []Entity
}

// same tells whether both look the same to a reader.
func (b body) same(o body) bool {
	return b.text == o.text && slices.Equal(b.entities, o.entities)
}

// parseBody reads a text with its parse mode or its explicit entities.
func parseBody(text, mode, entities string) (body, *apiError) {
	b := body{text: text}
	switch strings.ToLower(mode) {
	case "":
		if entities != "" {
			e, err := explicitEntities(entities, units(text))
			if err != nil {
				return body{}, err
			}
			b.entities = e
		}
		b.html = html.EscapeString(text)
	case "html":
		visible, e, err := parseHTML(text)
		if err != nil {
			return body{}, badRequest("can't parse entities: %v", err)
		}
		b = body{text: visible, html: text, entities: e}
	case "markdown", "markdownv2":
		return body{}, badRequest("can't parse entities: this fake Telegram reads parse_mode HTML only")
	default:
		return body{}, badRequest("unsupported parse_mode")
	}
	b.trim()
	if len(b.entities) > maxEntity {
		b.entities = b.entities[:maxEntity]
	}
	return b, nil
}

// explicitEntities reads the parameter "entities" for a text of length units.
func explicitEntities(raw string, length int) ([]Entity, *apiError) {
	var list []Entity
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, badRequest("can't parse entities: %v", err)
	}
	for _, e := range list {
		if e.Type == "" {
			return nil, badRequest("can't parse MessageEntity: Can't find field \"type\"")
		}
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > length {
			return nil, badRequest("entity beginning at offset %d is out of the text", e.Offset)
		}
	}
	return list, nil
}

const blank = " \t\n\r\v\f"

// trim removes the white space around the text as Telegram does, and moves the
// entities along.
func (b *body) trim() {
	right := strings.TrimRight(b.text, blank)
	left := strings.TrimLeft(right, blank)
	if left == b.text {
		return
	}
	cut := units(right) - units(left)
	length := units(left)
	b.text = left
	kept := b.entities[:0]
	for _, e := range b.entities {
		end := min(e.Offset+e.Length-cut, length)
		e.Offset = max(0, e.Offset-cut)
		e.Length = end - e.Offset
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	b.entities = kept
}

// commandEntities finds the leading /command of a person's message.
func commandEntities(text string) []Entity {
	if !strings.HasPrefix(text, "/") {
		return nil
	}
	end := 1
	for end < len(text) && (isWord(text[end]) || text[end] == '@') {
		end++
	}
	if end == 1 || end > 65 {
		return nil
	}
	return []Entity{{Type: "bot_command", Offset: 0, Length: end}}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// split cuts s into pieces of at most limit UTF-16 units, as a client does with
// a text that is too long for one message.
func split(s string, limit int) []string {
	var parts []string
	start, n := 0, 0
	for i, r := range s {
		w := max(1, utf16.RuneLen(r)) // -1 for what is no character
		if n+w > limit {
			parts = append(parts, s[start:i])
			start, n = i, 0
		}
		n += w
	}
	return append(parts, s[start:])
}
