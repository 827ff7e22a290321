package faketelegram

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTML(t *testing.T) {
	tests := []struct {
		name, in, text string
		entities       []Entity
		err            string
	}{
		{name: "plain", in: "a\nb", text: "a\nb"},
		{name: "entities", in: "&lt;b&gt; &amp;amp; &quot;&#33;&#x1F600;", text: `<b> &amp; "!😀`},
		{name: "other entities stay", in: "&nbsp; a & b &#0; &#xD800;", text: "&nbsp; a & b &#0; &#xD800;"},
		{name: "bold after an emoji", in: "😀<b>x</b>", text: "😀x", entities: []Entity{{Type: "bold", Offset: 2, Length: 1}}},
		{name: "nested", in: "<b>a<i>b</i></b>", text: "ab", entities: []Entity{{Type: "bold", Length: 2}, {Type: "italic", Offset: 1, Length: 1}}},
		{name: "synonyms", in: "<strong>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>", text: "abcde", entities: []Entity{
			{Type: "bold", Length: 1}, {Type: "italic", Offset: 1, Length: 1}, {Type: "underline", Offset: 2, Length: 1},
			{Type: "strikethrough", Offset: 3, Length: 1}, {Type: "strikethrough", Offset: 4, Length: 1},
		}},
		{name: "capitals", in: "<B>a</b>", text: "a", entities: []Entity{{Type: "bold", Length: 1}}},
		{name: "empty tag", in: "a<b></b>", text: "a"},
		{name: "link", in: `<a href="https://x.id/?a=1&amp;b=2">l</a>`, text: "l", entities: []Entity{{Type: "text_link", Length: 1, URL: "https://x.id/?a=1&b=2"}}},
		{name: "link by its text", in: `<a>https://x.id</a>`, text: "https://x.id", entities: []Entity{{Type: "text_link", Length: 12, URL: "https://x.id"}}},
		{name: "script link", in: `<a href="javascript:x">l</a>`, text: "l"},
		{name: "spoilers", in: `<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>`, text: "ab", entities: []Entity{{Type: "spoiler", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		{name: "code block", in: `<pre><code class="language-go">x</code></pre>`, text: "x", entities: []Entity{{Type: "pre", Length: 1, Language: "go"}}},
		{name: "quote", in: "<blockquote expandable>x</blockquote>", text: "x", entities: []Entity{{Type: "expandable_blockquote", Length: 1}}},

		{name: "unknown tag", in: "a<br>", err: `Unsupported start tag "br" at byte offset 1`},
		{name: "person's arrow", in: "3 < 4", err: `Unsupported start tag "" at byte offset 2`},
		{name: "not closed", in: "<b>a<i>b</i>", err: `Can't find end tag corresponding to start tag "b"`},
		{name: "crossed", in: "<b>a<i>b</b></i>", err: `Unmatched end tag at byte offset 8, expected "</i>", found "</b>"`},
		{name: "end alone", in: "a</b>", err: `Unexpected end tag at byte offset 1`},
		{name: "span without class", in: "<span>a</span>", err: `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{name: "open tag at the end", in: "a<b", err: `Unclosed start tag at byte offset 1`},
		{name: "open value", in: `<a href="x>l</a>`, err: `Unclosed start tag "a" at byte offset 0`},
		{name: "attribute without value", in: `<b x>l</b>`, err: `Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, entities, err := parseHTML(tt.in)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if text != tt.text || got != tt.err {
				t.Errorf("parseHTML(%q) = %q, error %q; want %q, error %q", tt.in, text, got, tt.text, tt.err)
			}
			if diff := cmp.Diff(tt.entities, entities); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTrimMovesEntities(t *testing.T) {
	b, err := parseBody("\n <b> a </b> ", "HTML", "")
	if err != nil {
		t.Fatal(err)
	}
	want := []Entity{{Type: "bold", Length: 1}}
	if diff := cmp.Diff(want, b.entities); b.text != "a" || diff != "" {
		t.Errorf("text %q, entities (-want +got):\n%s", b.text, diff)
	}
}

// escape is what a careful bot does with a person's words.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"", "<b>a</b>", "&lt;&#x41;&", "<a href='x", "</", "<", "😀<i>\x00</i>", `<span class="tg-spoiler">`, "<pre><code class=\"language-x\">y</code></pre>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, entities, err := parseHTML(s)
		if err == nil {
			for _, e := range entities {
				if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units(text) {
					t.Errorf("parseHTML(%q): entity %+v outside of %q", s, e, text)
				}
			}
			if utf8.ValidString(s) && !utf8.ValidString(text) {
				t.Errorf("parseHTML(%q) = %q, not UTF-8", s, text)
			}
		}
		text, _, err = parseHTML("<b>" + escape(s) + "</b>")
		if err != nil || text != s {
			t.Errorf("escaped %q came back as %q, %v", s, text, err)
		}
	})
}

func FuzzMarkup(f *testing.F) {
	f.Add(`{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}`)
	f.Add(`{"keyboard":[["a",{"text":"b","request_contact":true}]]}`)
	f.Add(`{"inline_keyboard":[null,[null]]}`)
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseMarkup(s, false)
		if err == nil && s != "" && m.reply != nil && len(m.inline) > 0 {
			t.Errorf("parseMarkup(%q) made two kinds", s)
		}
		for _, row := range m.inline {
			for _, b := range row {
				if b.Text == "" || len(b.Data) > maxButtonData {
					t.Errorf("parseMarkup(%q) let %+v pass", s, b)
				}
			}
		}
	})
}
