package dialog_test

import (
	"testing"
	"time"

	"bangkom/internal/dialog"
)

func TestHasty(t *testing.T) {
	at := time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)
	const span = 600 * time.Millisecond
	first := dialog.Pressed{Message: 5, Card: "abc", Button: "b1", At: at}
	press := func(message int, card, button string, after time.Duration) dialog.Pressed {
		return dialog.Pressed{Message: message, Card: card, Button: button, At: at.Add(after)}
	}
	tests := []struct {
		name  string
		first dialog.Pressed
		next  dialog.Pressed
		span  time.Duration
		want  bool
	}{
		{"on the card that the first one brought", first, press(5, "xyz", "b2", 300*time.Millisecond), span, true},
		{"a moment before the time is over", first, press(5, "xyz", "b2", span-1), span, true},
		{"when the time is over", first, press(5, "xyz", "b2", span), span, false},
		{"the same button again", first, press(5, "abc", "b1", 0), span, true},
		{"the same button later", first, press(5, "abc", "b1", time.Second), span, false},
		{"another button of the card that was read", first, press(5, "abc", "b2", 0), span, false},
		{"another message", first, press(6, "xyz", "b2", 0), span, false},
		{"taken in by another process, in the other order", first, press(5, "xyz", "b2", -300*time.Millisecond), span, true},
		{"after the clock was set back", first, press(5, "xyz", "b2", -time.Hour), span, false},
		{"a card of an earlier release, then one of this", press(5, "", "b1", 0), press(5, "xyz", "b2", 0), span, true},
		{"the first press of a chat", dialog.Pressed{}, press(5, "abc", "b1", 0), span, false},
		{"on messages that Telegram no longer names", press(0, "abc", "b1", 0), press(0, "xyz", "b2", 0), span, false},
		{"turned off", first, press(5, "xyz", "b2", 0), 0, false},
	}
	for _, tt := range tests {
		if got := tt.first.Hasty(tt.next, tt.span); got != tt.want {
			t.Errorf("%s: hasty %t, want %t", tt.name, got, tt.want)
		}
	}
}
