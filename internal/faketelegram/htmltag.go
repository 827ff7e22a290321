package faketelegram

import (
	"strings"
)

// startTag reads a tag that starts with < and its attributes.
func (p *htmlParser) startTag() error {
	begin := p.pos
	i := begin + 1
	for i < len(p.src) && !isSpace(p.src[i]) && p.src[i] != '>' {
		i++
	}
	if i == len(p.src) {
		return complain("Unclosed start tag at byte offset %d", begin)
	}
	tag := openTag{name: strings.ToLower(p.src[begin+1 : i]), offset: p.length, at: p.out.Len()}
	kind, known := htmlTags[tag.name]
	if !known {
		return complain("Unsupported start tag %q at byte offset %d", tag.name, begin)
	}
	tag.kind = kind
	attrs, end, err := p.attributes(tag.name, begin, i)
	if err != nil {
		return err
	}
	if tag.name == "span" && attrs["class"] != "tg-spoiler" {
		return complain("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	switch tag.name {
	case "a":
		tag.url = linkURL(attrs["href"])
	case "code":
		tag.lang, _ = strings.CutPrefix(attrs["class"], "language-")
	case "blockquote":
		if _, ok := attrs["expandable"]; ok {
			tag.kind = "expandable_blockquote"
		}
	}
	p.open = append(p.open, tag)
	p.pos = end
	return nil
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

// attributes reads the attributes of the tag that begins at begin, from i, and
// returns them with the position after '>'. Entities in values are decoded.
func (p *htmlParser) attributes(tag string, begin, i int) (map[string]string, int, error) {
	attrs := map[string]string{}
	src := p.src
	for {
		for i < len(src) && isSpace(src[i]) {
			i++
		}
		if i == len(src) {
			return nil, 0, complain("Unclosed start tag %q at byte offset %d", tag, begin)
		}
		if src[i] == '>' {
			return attrs, i + 1, nil
		}
		from := i
		for i < len(src) && !isSpace(src[i]) && src[i] != '=' && src[i] != '>' {
			i++
		}
		name := strings.ToLower(src[from:i])
		if name == "" {
			return nil, 0, complain("Empty attribute name in the tag %q at byte offset %d", tag, begin)
		}
		for i < len(src) && isSpace(src[i]) {
			i++
		}
		if i < len(src) && src[i] != '=' {
			if tag == "blockquote" && name == "expandable" {
				attrs[name] = ""
				continue
			}
			return nil, 0, complain("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag, begin)
		}
		value, next, ok := attributeValue(src, i+1)
		if !ok {
			return nil, 0, complain("Unclosed start tag %q at byte offset %d", tag, begin)
		}
		attrs[name] = value
		i = next
	}
}

// attributeValue reads a quoted or bare value from i.
func attributeValue(src string, i int) (value string, next int, ok bool) {
	for i < len(src) && isSpace(src[i]) {
		i++
	}
	if i >= len(src) {
		return "", 0, false
	}
	if q := src[i]; q == '"' || q == '\'' {
		end := strings.IndexByte(src[i+1:], q)
		if end < 0 {
			return "", 0, false
		}
		return decodeText(src[i+1 : i+1+end]), i + end + 2, true
	}
	from := i
	for i < len(src) && !isSpace(src[i]) && src[i] != '>' {
		i++
	}
	return decodeText(src[from:i]), i, true
}

// decodeText replaces the entities of s.
func decodeText(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	p := &htmlParser{src: s}
	for p.pos < len(s) {
		if s[p.pos] == '&' {
			p.entity()
			continue
		}
		p.out.WriteByte(s[p.pos])
		p.pos++
	}
	return p.out.String()
}
