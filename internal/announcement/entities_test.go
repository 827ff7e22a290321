package announcement_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"bangkom/internal/announcement"
	"bangkom/internal/faketelegram"
)

func e(kind string, offset, length int) announcement.Entity {
	return announcement.Entity{Type: kind, Offset: offset, Length: length}
}

func TestHTML(t *testing.T) {
	link := announcement.Entity{Type: "text_link", Offset: 0, Length: 4, URL: `https://tirta.example/?a=1&b="x"`}
	block := announcement.Entity{Type: "pre", Offset: 0, Length: 4, Language: "go"}
	tests := []struct {
		name, body string
		entities   []announcement.Entity
		want       string
	}{
		{"plain text is escaped", `a < b & "c"`, nil, "a &lt; b &amp; &#34;c&#34;"},
		{"nothing", "", nil, ""},
		{"bold", "satu dua", []announcement.Entity{e("bold", 5, 3)}, "satu <b>dua</b>"},
		{"an emoji takes two units", "🙂 dua", []announcement.Entity{e("italic", 3, 3)}, "🙂 <i>dua</i>"},
		{"half an emoji takes the whole", "🙂🙂", []announcement.Entity{e("bold", 1, 2)}, "<b>🙂🙂</b>"},
		{"one in the other", "satu dua", []announcement.Entity{e("bold", 0, 8), e("italic", 5, 3)}, "<b>satu <i>dua</i></b>"},
		{"the inner one first in the list", "satu dua", []announcement.Entity{e("italic", 5, 3), e("bold", 0, 8)}, "<b>satu <i>dua</i></b>"},
		{"side by side", "satudua", []announcement.Entity{e("bold", 0, 4), e("italic", 4, 3)}, "<b>satu</b><i>dua</i>"},
		{"crossing looks are split", "abcdef", []announcement.Entity{e("bold", 0, 4), e("italic", 2, 4)}, "<b>ab<i>cd</i></b><i>ef</i>"},
		{"a quote stays whole", "abcdef", []announcement.Entity{e("bold", 0, 4), e("blockquote", 2, 4)}, "<b>ab</b><blockquote><b>cd</b>ef</blockquote>"},
		{"a quote in a quote is none", "abcdef", []announcement.Entity{e("blockquote", 0, 4), e("blockquote", 2, 4)}, "<blockquote>abcd</blockquote><blockquote>ef</blockquote>"},
		{"code holds nothing", "abcdef", []announcement.Entity{e("bold", 0, 6), e("code", 2, 2)}, "<b>ab</b><code>cd</code><b>ef</b>"},
		{"what is left beside code is cut at the quote", "abc", []announcement.Entity{e("blockquote", 0, 2), e("code", 0, 1), e("bold", 0, 3)},
			"<blockquote><code>a</code><b>b</b></blockquote><b>c</b>"},
		{"link", "baca", []announcement.Entity{link}, `<a href="https://tirta.example/?a=1&amp;b=&#34;x&#34;">baca</a>`},
		{"link without an address", "baca", []announcement.Entity{e("text_link", 0, 4)}, "baca"},
		{"code with a language", "x:=1", []announcement.Entity{block}, `<pre><code class="language-go">x:=1</code></pre>`},
		{"spoiler, struck, underlined", "abc", []announcement.Entity{e("spoiler", 0, 1), e("strikethrough", 1, 1), e("underline", 2, 1)},
			"<tg-spoiler>a</tg-spoiler><s>b</s><u>c</u>"},
		{"long quote", "abc", []announcement.Entity{e("expandable_blockquote", 0, 3)}, "<blockquote expandable>abc</blockquote>"},
		{"what Telegram finds by itself", "#kalianda @budi", []announcement.Entity{e("hashtag", 0, 9), e("mention", 10, 5)}, "#kalianda @budi"},
		{"what a bot cannot send", "Budi 🙂", []announcement.Entity{e("text_mention", 0, 4), e("custom_emoji", 5, 2)}, "Budi 🙂"},
		{"beyond the end", "abc", []announcement.Entity{e("bold", 1, 99)}, "a<b>bc</b>"},
		{"before the beginning", "abc", []announcement.Entity{e("bold", -2, 3)}, "<b>a</b>bc"},
		{"empty and outside", "abc", []announcement.Entity{e("bold", 1, 0), e("bold", 7, 2), e("bold", 2, -1)}, "abc"},
		{"twice the same", "abcd", []announcement.Entity{e("bold", 0, 3), e("bold", 1, 3)}, "<b>abc</b><b>d</b>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := announcement.HTML(tt.body, tt.entities); got != tt.want {
				t.Errorf("HTML = %s\nwant   %s", got, tt.want)
			}
		})
	}
}

// reader sends a text to a strict Telegram and returns what that understood.
func reader(t *testing.T) func(markup string) (text string, entities []announcement.Entity, refused string) {
	t.Helper()
	fake := faketelegram.New(faketelegram.Config{Lean: true})
	server := httptest.NewServer(fake.APIHandler())
	t.Cleanup(func() { fake.Close(); server.Close() })
	fake.SendText(77, "/start")
	return func(markup string) (string, []announcement.Entity, string) {
		resp, err := http.PostForm(server.URL+"/bot"+faketelegram.DefaultToken+"/sendMessage",
			url.Values{"chat_id": {"77"}, "text": {markup}, "parse_mode": {"HTML"}})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var got struct {
			Description string
			Result      struct {
				Text     string
				Entities []announcement.Entity
			}
		}
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		return got.Result.Text, got.Result.Entities, got.Description
	}
}

var letters = []string{"a", "B", " ", "\n", "é", "🙂", "👩‍👩‍👧", "<", ">", "&", `"`, "'", "&lt;", "ﷺ", "1"}

// body is a text as Telegram stores it: without white space around it.
func body(t *rapid.T) string {
	return "x" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 30).Draw(t, "letters"), "") + "x"
}

var kinds = []string{"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link"}

// inside draws entities of a stretch of text as Telegram makes them: each inside
// another one or beside it, and none that its rules forbid there.
func inside(t *rapid.T, from, to int, forbidden []string) (all []announcement.Entity) {
	for at := from; at < to; {
		length := rapid.IntRange(1, to-at).Draw(t, "length")
		may := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return slices.Contains(forbidden, k) })
		if len(may) > 0 && rapid.Bool().Draw(t, "marked") {
			one := e(rapid.SampledFrom(may).Draw(t, "kind"), at, length)
			none := append(slices.Clone(forbidden), one.Type)
			switch one.Type {
			case "code", "pre":
				none = kinds
			case "blockquote", "expandable_blockquote":
				none = append(none, "blockquote", "expandable_blockquote")
			case "text_link":
				one.URL = "https://tirta.example/?q=1&x"
				none = append(none, "code", "pre")
			default:
				none = append(none, "code", "pre", "blockquote", "expandable_blockquote")
			}
			all = append(append(all, one), inside(t, at, at+length, none)...)
		}
		at += length + rapid.IntRange(0, 2).Draw(t, "gap")
	}
	return all
}

// What a person wrote comes out of Telegram with the same look that went in.
func TestTelegramReadsTheSameEntities(t *testing.T) {
	read := reader(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := body(rt)
		units := utf16.Encode([]rune(text))
		want := slices.DeleteFunc(inside(rt, 0, len(units), nil), func(one announcement.Entity) bool {
			return halved(units, one.Offset) || halved(units, one.Offset+one.Length) // Telegram never cuts a character
		})
		shown, got, refused := read(announcement.HTML(text, want))
		if refused != "" || shown != text {
			rt.Fatalf("Telegram shows %q, %s; want %q", shown, refused, text)
		}
		byPlace := cmpopts.SortSlices(func(a, b announcement.Entity) bool {
			if a.Offset != b.Offset {
				return a.Offset < b.Offset
			}
			if a.Length != b.Length {
				return a.Length > b.Length
			}
			return a.Type < b.Type
		})
		if diff := cmp.Diff(want, got, byPlace, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("%s\n(-want +got):\n%s", announcement.HTML(text, want), diff)
		}
	})
}

func halved(units []uint16, i int) bool {
	return i < len(units) && units[i] >= 0xdc00 && units[i] < 0xe000
}

// Whatever the entities are, Telegram takes the text, shows all of it, and gives each
// letter the looks that were asked for, unless code took its place.
func TestAnyEntitiesAreReadable(t *testing.T) {
	read := reader(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := body(rt)
		units := utf16.Encode([]rune(text))
		var all []announcement.Entity
		for range rapid.IntRange(0, 8).Draw(rt, "n") {
			one := e(rapid.SampledFrom(append([]string{"hashtag", "new"}, kinds...)).Draw(rt, "kind"),
				rapid.IntRange(-3, len(units)+3).Draw(rt, "offset"), rapid.IntRange(-3, len(units)+3).Draw(rt, "length"))
			if one.Type == "text_link" {
				one.URL = "https://tirta.example/"
			}
			all = append(all, one)
		}
		markup := announcement.HTML(text, all)
		shown, got, refused := read(markup)
		if refused != "" || shown != text {
			rt.Fatalf("Telegram shows %q, %s; want %q of %s", shown, refused, text, markup)
		}
		for i := range units {
			if halved(units, i) || halved(units, i+1) {
				continue
			}
			code := slices.ContainsFunc(all, func(one announcement.Entity) bool {
				return (one.Type == "code" || one.Type == "pre") && covers(one, i)
			})
			for _, look := range []string{"bold", "italic", "underline", "strikethrough", "spoiler"} {
				has := func(one announcement.Entity) bool { return one.Type == look && covers(one, i) }
				if want := slices.ContainsFunc(all, has) && !code; slices.ContainsFunc(got, has) != want {
					rt.Fatalf("unit %d is %s: want %t in %s", i, look, want, markup)
				}
			}
		}
	})
}

func covers(one announcement.Entity, i int) bool {
	return one.Offset <= i && i < one.Offset+one.Length
}
