package dialog_test

import (
	"testing"

	"bangkom/internal/dialog"
)

func TestCommand(t *testing.T) {
	tests := []struct {
		text, name, arg string
		ok              bool
	}{
		{"/start", "start", "", true},
		{"/start 7K2M-Q9TX-4HBD", "start", "7K2M-Q9TX-4HBD", true},
		{"/start  a b ", "start", "a b", true},
		{"/MENU@bangkom_bot x", "menu", "x", true},
		{"/start\n7K2M", "start", "7K2M", true},
		{"/", "", "", true},
		{"/ menu", "", "menu", true},
		{"menu", "", "", false},
		{" /menu", "", "", false},
		{"", "", "", false},
	}
	for _, tt := range tests {
		name, arg, ok := dialog.Update{Kind: dialog.KindText, Text: tt.text}.Command()
		if name != tt.name || arg != tt.arg || ok != tt.ok {
			t.Errorf("Command of %q = %q, %q, %t; want %q, %q, %t", tt.text, name, arg, ok, tt.name, tt.arg, tt.ok)
		}
	}
	if _, _, ok := (dialog.Update{Kind: dialog.KindEdited, Text: "/menu"}).Command(); ok {
		t.Error("an edited message is a command, want none")
	}
}

func TestDraft(t *testing.T) {
	s := dialog.Session{Drafts: []dialog.Record{{Form: "q", Ref: 1, At: "x"}, {Form: "q", Ref: 2}}}
	if r, ok := s.Draft("q", 1); !ok || r.At != "x" {
		t.Errorf("Draft(q, 1) = %+v, %t, want the stored one", r, ok)
	}
	if r, ok := s.Draft("l", 1); ok || r.Form != "l" || r.Ref != 1 {
		t.Errorf("Draft(l, 1) = %+v, %t, want an empty one of that name", r, ok)
	}
}

func TestResend(t *testing.T) {
	for class, want := range map[dialog.Class]bool{dialog.ClassReply: true, dialog.ClassService: true, dialog.ClassPrompt: true,
		dialog.ClassBroadcast: false} {
		if got := class.Resend(); got != want {
			t.Errorf("%s.Resend() = %t, want %t", class, got, want)
		}
	}
}
