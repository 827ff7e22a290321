package measure

import (
	"html"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCut(t *testing.T) {
	tests := []struct {
		why, plain string
		room       int
		want       string
	}{
		{"it fits", "Siti Aminah", 11, "Siti Aminah"},
		{"one too long", "Siti Aminah", 10, "Siti Amin…"},
		{"nothing hangs before the mark", "Aminah, S.T., M.Si.", 13, "Aminah, S.T…"},
		{"an escape is not cut through", "a<b", 3, "a…"},
		{"an escape takes its room", "a<b", 6, "a<b"},
		{"an emoji takes two", "😀😀", 3, "😀…"},
		{"no room", "abc", 0, "…"},
		{"nothing", "", 5, ""},
	}
	for _, tt := range tests {
		if got := Cut(tt.plain, tt.room); got != tt.want {
			t.Errorf("%s: Cut(%q, %d) = %q, want %q", tt.why, tt.plain, tt.room, got, tt.want)
		}
	}
}

func TestMeasures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aé &<\"😀,.\n…"))).Draw(t, "text")
		room := rapid.IntRange(1, 20).Draw(t, "room")
		if got, want := Units(s), len(utf16.Encode([]rune(s))); got != want {
			t.Fatalf("Units(%q) = %d, want %d", s, got, want)
		}
		first := First(s, room)
		if Units(first) > room || !strings.HasPrefix(s, first) || !utf8.ValidString(first) {
			t.Fatalf("First(%q, %d) = %q", s, room, first)
		}
		if rest := s[len(first):]; rest != "" && Units(first)+Units(string([]rune(rest)[:1])) <= room {
			t.Fatalf("First(%q, %d) = %q, and one more fits", s, room, first)
		}
		fit := Fit(s, room)
		if Units(fit) > room || html.UnescapeString(fit) != Cut(s, room) {
			t.Fatalf("Fit(%q, %d) = %q of %d units", s, room, fit, Units(fit))
		}
	})
	if got := Units("a\xff"); got != 2 {
		t.Errorf("Units of a byte that is no character = %d, want 1 for it", got-1)
	}
}
