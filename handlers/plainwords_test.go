package handlers

import "testing"

// A word that only answers a card is no answer to a question on show.
func TestPlainAnswer(t *testing.T) {
	for typed, want := range map[string]plain{"ya": plainAnswer, "Ya, Pak": plainAnswer, "OK": plainAnswer, "siap hadir, Bu": plainAnswer, "kirim": plainAnswer,
		"tidak jadi": plainCancel, "ya tolong bantuan": plainHelp, "tidak ada": "", "kirim surat": ""} {
		if got := plainWord(typed); got != want {
			t.Errorf("plainWord(%q) = %q, want %q", typed, got, want)
		}
	}
}
