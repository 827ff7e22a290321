package dialog_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bangkom/internal/dialog"
)

// A card lives on message 10 in these tests.
const card = 10

func tap(step string, verb dialog.Verb, value string) dialog.Input {
	return dialog.Input{Verb: verb, Step: step, Value: value, Message: card}
}

func typed(text string) dialog.Input {
	return dialog.Input{Verb: dialog.Answer, Value: text, Typed: true}
}

// begun is the input that opens a form.
func begun() dialog.Input { return dialog.Input{Verb: dialog.Resume, Message: card} }

// answered leads to the review card of the steps tea, sugar, cup.
func answered() []dialog.Input {
	return []dialog.Input{begun(), tap("tea", dialog.Answer, "1"), tap("sugar", dialog.Answer, "2"), tap("cup", dialog.Answer, "3")}
}

func TestHandle(t *testing.T) {
	const nav, first = " [back later]", "ask tea [1 2] [3] [back later]"
	const sugar, cup = "ask sugar [1 2] [3] [back skip later]", "ask cup [1 2] [3]" + nav
	const review = "check [tea] [sugar] [cup] [submit] [back later]"
	tests := []struct {
		name   string
		inputs []dialog.Input // the last one is under test
		want   string         // what is shown
		toast  string
		left   bool
		done   bool
	}{
		{name: "begin", inputs: []dialog.Input{begun()}, want: first},
		{name: "an answer leads on", inputs: answered()[:2], want: sugar, toast: "saved"},
		{name: "the last answer leads to the review", inputs: answered(), want: review, toast: "saved"},
		{name: "submit", inputs: append(answered(), tap("review", dialog.Submit, "")), want: "done", toast: "sent", left: true, done: true},
		{name: "typed submit", inputs: append(answered(), typed(" Kirim. ")), want: "done", toast: "sent", left: true, done: true},
		{name: "submit too early", inputs: []dialog.Input{begun(), typed("kirim")}, want: "unfinished/" + first},
		{name: "back from the first", inputs: []dialog.Input{begun(), tap("tea", dialog.Back, "")}, want: "hello [go]"},
		{name: "on from the intro", inputs: []dialog.Input{begun(), tap("tea", dialog.Back, ""), tap("intro", dialog.Resume, "")}, want: first},
		{name: "back in the middle", inputs: append(answered()[:2], tap("sugar", dialog.Back, "")), want: first},
		{name: "back from the review", inputs: append(answered(), tap("review", dialog.Back, "")), want: cup},
		{name: "typed back", inputs: append(answered()[:2], typed("KEMBALI")), want: first},
		{name: "skip", inputs: append(answered()[:2], tap("sugar", dialog.Skip, "")), want: cup, toast: "saved"},
		{name: "skip what is required", inputs: []dialog.Input{begun(), typed("lewati")}, want: "required/" + first},
		{name: "later", inputs: append(answered()[:2], tap("sugar", dialog.Later, "")), want: "kept [on]", left: true},
		{name: "resume", inputs: append(answered()[:2], tap("sugar", dialog.Later, ""), begun()), want: sugar},
		{name: "change", inputs: append(answered(), tap("tea", dialog.Change, "")), want: first},
		{name: "changed", inputs: append(answered(), tap("tea", dialog.Change, ""), tap("tea", dialog.Answer, "3")), want: review, toast: "saved"},
		{name: "change outside the review", inputs: append(answered()[:2], tap("tea", dialog.Change, "")), want: sugar},
		{name: "an answer that is none", inputs: []dialog.Input{begun(), typed("nine")}, want: "one of three, please/" + first},
		{name: "a button of an answer that is none", inputs: []dialog.Input{begun(), tap("tea", dialog.Answer, "milk")}, want: first, toast: "Milk & tea is none"},
		{name: "a text on the review", inputs: append(answered(), typed("hm")), want: "press one/" + review},
		{name: "the same button twice", inputs: append(answered()[:2], tap("tea", dialog.Answer, "1")), want: sugar},
		{name: "a button of another message", want: "stale/" + sugar, toast: "stale",
			inputs: append(answered()[:2], dialog.Input{Verb: dialog.Answer, Step: "tea", Value: "2", Message: 9})},
		{name: "a button of a step that is no more", inputs: append(answered()[:2], tap("milk", dialog.Answer, "2")), want: sugar},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, w := form("tea", "sugar", "cup"), &world{}
			rec, turn := play(t, f, w, tt.inputs)
			if got := shown(turn); got != tt.want {
				t.Errorf("shows %q, want %q", got, tt.want)
			}
			if turn.Toast != tt.toast || turn.Left != tt.left || rec.Done != tt.done {
				t.Errorf("toast %q, left %t, done %t; want %q, %t, %t", turn.Toast, turn.Left, rec.Done, tt.toast, tt.left, tt.done)
			}
			if (len(w.sent) == 1) != tt.done {
				t.Errorf("finished %d times", len(w.sent))
			}
		})
	}
}

// play gives the inputs one after the other, the record stored in between.
func play(t *testing.T, f dialog.Flow[*world], w *world, inputs []dialog.Input) (dialog.Record, dialog.Turn) {
	t.Helper()
	rec, turn := dialog.Record{}, dialog.Turn{}
	for _, in := range inputs {
		var err error
		if turn, err = f.Handle(t.Context(), w, rec, in); err != nil {
			t.Fatalf("Handle(%+v): %v", in, err)
		}
		stored, err := json.Marshal(turn.Record)
		if err != nil {
			t.Fatal(err)
		}
		rec = dialog.Record{}
		if err := json.Unmarshal(stored, &rec); err != nil {
			t.Fatal(err)
		}
	}
	return rec, turn
}

// A tapped answer edits the message that was tapped, a typed one comes anew.
func TestWhereTheReplyGoes(t *testing.T) {
	f := form("tea", "sugar", "cup")
	_, turn := play(t, f, &world{}, answered()[:2])
	if got := turn.Replies[0].Edit; got != card {
		t.Errorf("a tap edits %d, want %d", got, card)
	}
	_, turn = play(t, f, &world{}, []dialog.Input{begun(), typed("1")})
	if got := turn.Replies[0].Edit; got != 0 {
		t.Errorf("a typed answer edits %d, want a new message", got)
	}
	stale := dialog.Input{Verb: dialog.Answer, Step: "tea", Value: "2", Message: 9}
	_, turn = play(t, f, &world{}, append(answered()[:2], stale))
	if got := turn.Replies[0].Edit; got != 0 {
		t.Errorf("an old button edits %d, want a new message", got)
	}
}

func TestGuard(t *testing.T) {
	f, w := form("tea", "sugar", "cup"), &world{}
	rec, _ := play(t, f, w, answered())
	w.closed = true
	turn, err := f.Handle(t.Context(), w, rec, tap("review", dialog.Submit, ""))
	if err != nil || shown(turn) != "too late" || !turn.Left || len(w.sent) != 0 {
		t.Errorf("after the deadline: %q, %v, sent %d times", shown(turn), err, len(w.sent))
	}
}

// A fault at the end changes nothing: the caller gives up the transaction.
func TestFinishFails(t *testing.T) {
	f, w := form("tea", "sugar", "cup"), &world{}
	rec, _ := play(t, f, w, answered())
	w.broken = true
	if _, err := f.Handle(t.Context(), w, rec, tap("review", dialog.Submit, "")); !errors.Is(err, errBroken) {
		t.Errorf("error = %v, want that of Finish", err)
	}
}

// A bare question has no navigation, and Skip stands beside the last choice; a
// form without a review card ends with its last answer.
func TestOneQuestion(t *testing.T) {
	f := form("bare")
	f.Review = func(order) dialog.Prompt { return dialog.Prompt{} }
	_, turn := play(t, f, &world{}, []dialog.Input{begun()})
	if got, want := shown(turn), "ask bare [1 2] [3]"; got != want {
		t.Errorf("shows %q, want %q", got, want)
	}
	f.Steps = func(order) []dialog.Step[order] {
		s := steps("bare")(order{})
		s[0].Optional = true
		return s
	}
	_, turn = play(t, f, &world{}, []dialog.Input{begun()})
	if got, want := shown(turn), "ask bare [1 2] [3 skip]"; got != want {
		t.Errorf("shows %q, want %q", got, want)
	}
	for _, in := range []dialog.Input{tap("bare", dialog.Answer, "2"), tap("bare", dialog.Skip, ""), typed("3")} {
		rec, turn := play(t, f, &world{}, []dialog.Input{begun(), in})
		if !rec.Done || shown(turn) != "done" {
			t.Errorf("%+v: shows %q, done %t, want the end", in, shown(turn), rec.Done)
		}
	}
}

// A new version of a form may drop, add and reorder steps under open drafts.
func TestOtherStepsUnderADraft(t *testing.T) {
	rec, _ := play(t, form("tea", "sugar", "cup"), &world{}, answered()[:3]) // tea and sugar are answered, cup is asked
	for _, tt := range []struct {
		name string
		keys []string
		want string
	}{
		{"the same", []string{"tea", "sugar", "cup"}, "ask cup"},
		{"another order", []string{"cup", "tea", "sugar"}, "ask cup"},
		{"the step on show is gone", []string{"tea", "sugar", "spoon"}, "ask spoon"},
		{"an answered one is gone", []string{"sugar", "cup"}, "ask cup"},
		{"a new one in front", []string{"spoon", "tea", "sugar", "cup"}, "ask cup"},
		{"nothing is left to ask", []string{"sugar", "tea"}, "check"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			turn, err := form(tt.keys...).Handle(t.Context(), &world{}, rec, begun())
			if err != nil || !strings.HasPrefix(shown(turn), tt.want) {
				t.Errorf("shows %q, %v, want %q", shown(turn), err, tt.want)
			}
			var s order
			if err := json.Unmarshal(turn.Record.State, &s); err != nil || s.Values["tea"] != "1" || s.Values["sugar"] != "2" {
				t.Errorf("the answers are %v, %v, want those that were given", s.Values, err)
			}
		})
	}
}

// An end that is refused asks the last question again, as often as need be.
func TestFinishMayRefuse(t *testing.T) {
	type state struct{ Name string }
	form := dialog.Form[state, *int]{FormName: "x",
		Load: func(_ context.Context, _ *int, r *dialog.Record) (s state, err error) {
			if len(r.State) > 0 {
				err = json.Unmarshal(r.State, &s)
			}
			return s, err
		},
		Steps: func(state) []dialog.Step[state] {
			return []dialog.Step[state]{{Key: "name", Ask: func(state, dialog.Place) dialog.Prompt { return dialog.Prompt{Text: "Name?", Bare: true} },
				Accept: func(s *state, value string, _ bool) error { s.Name = value; return nil }}}
		},
		Finish: func(_ context.Context, tries *int, s state) (dialog.Ending, error) {
			if *tries++; s.Name != "right" {
				return dialog.Ending{}, dialog.Invalid("Not found.")
			}
			return dialog.Ending{Replies: []dialog.Reply{{Text: "Found."}}}, nil
		}}
	var r dialog.Record
	tries := 0
	for _, one := range []struct{ typed, want string }{{"wrong", "Not found.\n\nName?"}, {"wrong too", "Not found.\n\nName?"}, {"right", "Found."}} {
		turn, err := form.Handle(t.Context(), &tries, r, dialog.Input{Verb: dialog.Answer, Value: one.typed, Typed: true})
		if err != nil || len(turn.Replies) != 1 || turn.Replies[0].Text != one.want {
			t.Fatalf("%s: %+v, %v; want %q", one.typed, turn, err, one.want)
		}
		if end := one.typed == "right"; turn.Left != end || turn.Record.Done != end {
			t.Errorf("%s: left %t, done %t", one.typed, turn.Left, turn.Record.Done)
		}
		r = turn.Record
	}
	if tries != 3 {
		t.Errorf("Finish ran %d times", tries)
	}
}

// Who types what stands on a button has pressed it, unless a number is part of it.
func TestTypedLabel(t *testing.T) {
	f := form("tea", "sugar")
	f.Steps = func(s order) []dialog.Step[order] {
		all := steps("tea", "sugar")(s)
		all[0].Ask = func(order, dialog.Place) dialog.Prompt {
			return dialog.Prompt{Template: "ask", Text: "ask", Rows: [][]dialog.Choice{{{Label: "Ya, manis", Value: "2"}, {Label: "3 kali", Value: "3"}}}}
		}
		return all
	}
	for _, tt := range []struct{ typed, want string }{{"ya, manis", "2"}, {" YA, MANIS. ", "2"}, {"3 kali", ""}, {"ya", ""}} {
		rec, _ := play(t, f, &world{}, []dialog.Input{begun(), typed(tt.typed)})
		var s order
		if err := json.Unmarshal(rec.State, &s); err != nil {
			t.Fatal(err)
		}
		if s.Values["tea"] != tt.want {
			t.Errorf("typed %q: %q, want %q", tt.typed, s.Values["tea"], tt.want)
		}
	}
}
