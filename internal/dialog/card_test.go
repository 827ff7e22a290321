package dialog_test

import (
	"context"
	"testing"

	"bangkom/internal/dialog"
)

// cards is the sample with a card behind its two questions; pressing Kirim on
// the card sends a part.
func cards(w *world) dialog.Form[order, *world] {
	f := form("size", "sugar")
	inner := f.Steps
	f.Steps = func(s order) []dialog.Step[order] {
		if s.Values["sent"] != "" {
			return nil
		}
		return append(inner(s), dialog.Step[order]{Key: "card", Card: true,
			Ask: func(s order, _ dialog.Place) dialog.Prompt {
				return dialog.Prompt{Template: "card", Text: "card " + s.Values["size"] + s.Values["sugar"], Bare: true,
					Rows: [][]dialog.Choice{{{Label: "size", Verb: dialog.Change, Step: "size"}, {Label: "submit", Verb: dialog.Submit}}}}
			},
			Accept: func(s *order, value string, _ bool) error {
				if value == "" {
					s.Values["sent"] = "yes"
				}
				return nil
			}})
	}
	f.Part = func(_ context.Context, _ *world, s *order) (dialog.Ending, error) {
		if s.Values["sent"] == "" {
			return dialog.Ending{}, nil
		}
		w.sent = append(w.sent, s.Values)
		return dialog.Ending{Replies: []dialog.Reply{{Template: "part", Text: "part"}}, Toast: "sent"}, nil
	}
	return f
}

func TestCard(t *testing.T) {
	w := &world{}
	f := cards(w)
	rec := dialog.Record{Form: "o", Ref: 1}
	step := func(in dialog.Input, want string) dialog.Turn {
		t.Helper()
		in.Message = 5
		turn, err := f.Handle(context.Background(), w, rec, in)
		if err != nil {
			t.Fatal(err)
		}
		rec = turn.Record
		if got := shown(turn); got != want {
			t.Fatalf("after %+v: %s\nwant %s", in, got, want)
		}
		return turn
	}
	const onCard = " [size submit]"
	step(dialog.Input{Verb: dialog.Resume}, "ask size [1 2] [3] [back later]")
	step(dialog.Input{Verb: dialog.Answer, Step: "size", Value: "1"}, "ask sugar [1 2] [3] [back skip later]")
	step(dialog.Input{Verb: dialog.Answer, Step: "sugar", Value: "2"}, "card 12"+onCard)
	step(dialog.Input{Verb: dialog.Change, Step: "size"}, "ask size [1 2] [3] [back later]")
	step(dialog.Input{Verb: dialog.Back, Step: "size"}, "card 12"+onCard) // back to where the change began
	step(dialog.Input{Verb: dialog.Change, Step: "size"}, "ask size [1 2] [3] [back later]")
	step(dialog.Input{Verb: dialog.Change, Step: "sugar"}, "ask size [1 2] [3] [back later]") // an old press: the question stays
	step(dialog.Input{Verb: dialog.Answer, Step: "size", Value: "3"}, "card 32"+onCard)
	turn := step(dialog.Input{Verb: dialog.Submit, Step: "card"}, "part")
	if !turn.Record.Done || !turn.Left || turn.Toast != "sent" || len(w.sent) != 1 {
		t.Errorf("after the last part: done %t, left %t, toast %q, %d sent", turn.Record.Done, turn.Left, turn.Toast, len(w.sent))
	}
}

// Typing the word is pressing the button.
func TestCardTyped(t *testing.T) {
	w := &world{}
	f := cards(w)
	turn, err := f.Handle(context.Background(), w, dialog.Record{Form: "o", At: "card", Answered: []string{"size", "sugar"},
		State: []byte(`{"Values":{"size":"1","sugar":"2"}}`)}, dialog.Input{Verb: dialog.Answer, Value: "Kirim", Typed: true})
	if err != nil || shown(turn) != "part" {
		t.Errorf("got %s, %v", shown(turn), err)
	}
}

// A step that stays takes one answer after the other and shows what it has; an answer
// that is refused changes nothing, and a typed one counts as well.
func TestStepThatStays(t *testing.T) {
	f := form("tea", "cup")
	inner := f.Steps
	f.Steps = func(s order) []dialog.Step[order] {
		all := inner(s)
		ask := all[0].Ask
		all[0].Ask = func(s order, at dialog.Place) dialog.Prompt {
			p := ask(s, at)
			p.Text += " " + s.Values["taken"]
			return p
		}
		accept := all[0].Accept
		all[0].Accept = func(s *order, value string, typed bool) error {
			if err := accept(s, value, typed); err != nil {
				return err
			}
			s.Values["taken"] += value
			return nil
		}
		all[0].Stays = func(s order) bool { return s.Values["tea"] != "3" }
		return all
	}
	rec := dialog.Record{Form: "o", Ref: 1}
	for _, step := range []struct {
		in   dialog.Input
		want string
	}{
		{begun(), "ask tea  [1 2] [3] [back later]"},
		{tap("tea", dialog.Answer, "1"), "ask tea 1 [1 2] [3] [back later]"},
		{tap("tea", dialog.Answer, "9"), "ask tea 1 [1 2] [3] [back later]"},
		{typed("2"), "ask tea 12 [1 2] [3] [back later]"},
		{tap("tea", dialog.Answer, "3"), "ask cup [1 2] [3] [back later]"},
	} {
		turn, err := f.Handle(context.Background(), &world{}, rec, step.in)
		if err != nil {
			t.Fatal(err)
		}
		if rec = turn.Record; shown(turn) != step.want {
			t.Fatalf("after %+v: %s\nwant %s", step.in, shown(turn), step.want)
		}
	}
}
