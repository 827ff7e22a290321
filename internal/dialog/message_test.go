package dialog_test

import (
	"testing"

	"bangkom/internal/dialog"
)

// letters is the sample whose question "tea" takes a whole message, and "cup" does not.
func letters() dialog.Form[order, *world] {
	f := form("tea", "cup")
	inner := f.Steps
	f.Steps = func(s order) []dialog.Step[order] {
		steps := inner(s)
		steps[0].Message = func(s *order, c dialog.Content) error {
			if c.File.Media == "sticker" {
				return dialog.Invalid("no sticker, please")
			}
			s.Values["tea"] = c.Text + "|" + c.File.FileID
			return nil
		}
		return steps
	}
	return f
}

func TestStepTakesAMessage(t *testing.T) {
	photo := dialog.Content{Text: "di bawah", File: dialog.File{Media: "photo", FileID: "f1"}}
	sent := func(c dialog.Content) dialog.Input {
		return dialog.Input{Verb: dialog.Answer, Typed: true, Media: c.File.Media != "", Value: c.Text, Content: &c}
	}
	const cup = "ask cup [1 2] [3] [back later]"
	tests := []struct {
		name   string
		inputs []dialog.Input // the last one is under test
		want   string
		value  string // of the step that takes messages
		left   bool   // it is not for the form
	}{
		{name: "a picture with words", inputs: []dialog.Input{begun(), sent(photo)}, want: cup, value: "di bawah|f1"},
		{name: "a text", inputs: []dialog.Input{begun(), sent(dialog.Content{Text: "teh"})}, want: cup, value: "teh|"},
		{name: "a refused picture", inputs: []dialog.Input{begun(), sent(dialog.Content{File: dialog.File{Media: "sticker"}})},
			want: "no sticker, please/ask tea [1 2] [3] [back later]"},
		{name: "a button is no message", inputs: []dialog.Input{begun(), tap("tea", dialog.Answer, "2")}, want: cup, value: "2"},
		{name: "a word of the form is none either", inputs: []dialog.Input{begun(), sent(dialog.Content{Text: "nanti"})}, want: "kept [on]"},
		{name: "another step takes no picture", inputs: []dialog.Input{begun(), tap("tea", dialog.Answer, "2"), sent(photo)}, left: true, value: "2"},
		{name: "nor does the review card", inputs: []dialog.Input{begun(), tap("tea", dialog.Answer, "2"), tap("cup", dialog.Answer, "1"), sent(photo)}, left: true, value: "2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{}
			rec, turn := play(t, letters(), w, tt.inputs)
			if turn.NotTaken != tt.left || tt.left && len(turn.Replies) > 0 {
				t.Errorf("not taken = %t with %d replies", turn.NotTaken, len(turn.Replies))
			}
			if got := shown(turn); !tt.left && got != tt.want {
				t.Errorf("shows %q, want %q", got, tt.want)
			}
			s, err := letters().Load(t.Context(), w, &rec)
			if err != nil || s.Values["tea"] != tt.value {
				t.Errorf("keeps %q, %v; want %q", s.Values["tea"], err, tt.value)
			}
		})
	}
}

// A picture means nothing to a form that is closed: whoever sent it is not told that a
// deadline has passed.
func TestClosedFormTakesNoMessage(t *testing.T) {
	f, w := form("tea"), &world{closed: true}
	turn, err := f.Handle(t.Context(), w, dialog.Record{}, dialog.Input{Verb: dialog.Answer, Typed: true, Media: true, Content: &dialog.Content{}})
	if err != nil || !turn.NotTaken || len(turn.Replies) > 0 {
		t.Errorf("not taken = %t with %d replies, %v", turn.NotTaken, len(turn.Replies), err)
	}
}
