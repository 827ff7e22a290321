package handlers

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"asesmen", "asesmen", 0}, {"asesmn", "asesmen", 1}, {"assesmen", "asesmen", 1}, {"tm", "tim", 1}, {"privacy", "privasi", 2}, {"", "tim", 3}, {"kelola", "tim", 6}, {"tugsa", "tugas", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

// A word that only answers a card is no answer to a question on show.
func TestPlainAnswer(t *testing.T) {
	for typed, want := range map[string]plain{"ya": plainAnswer, "Ya, Pak": plainAnswer, "OK": plainAnswer, "siap hadir, Bu": plainAnswer, "kirim": plainAnswer,
		"tidak jadi": plainCancel, "ya tolong bantuan": plainHelp, "tidak ada": "", "kirim surat": ""} {
		if got := plainWord(typed); got != want {
			t.Errorf("plainWord(%q) = %q, want %q", typed, got, want)
		}
	}
}
