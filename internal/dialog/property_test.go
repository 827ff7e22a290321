package dialog_test

import (
	"context"
	"encoding/json"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"bangkom/internal/dialog"
)

// Whatever is pressed and typed, in whatever order: no fault, always a reply,
// an answer is only lost to another answer, and the end comes only from Submit
// with everything answered.
func TestAnyInput(t *testing.T) {
	keys := []string{"tea", "sugar", "cup", "plate"}
	verbs := []dialog.Verb{dialog.Answer, dialog.Back, dialog.Skip, dialog.Later, dialog.Resume, dialog.Change, dialog.Submit, "", "zz"}
	rapid.Check(t, func(t *rapid.T) {
		f, w, rec := form(keys...), &world{}, dialog.Record{Ref: 7}
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			in := dialog.Input{
				Verb:    rapid.SampledFrom(verbs).Draw(t, "verb"),
				Step:    rapid.SampledFrom([]string{"tea", "sugar", "cup", "plate", "review", "intro", "milk", ""}).Draw(t, "step"),
				Value:   rapid.OneOf(rapid.SampledFrom([]string{"1", "2", "3", "kirim", "nanti"}), rapid.String()).Draw(t, "value"),
				Message: rapid.SampledFrom([]int{0, 9, card}).Draw(t, "message"),
				Typed:   rapid.Bool().Draw(t, "typed"),
			}
			if in.Typed {
				in.Verb, in.Message = dialog.Answer, 0
			}
			before := values(t, rec)
			turn, err := f.Handle(context.Background(), w, rec, in)
			if err != nil {
				t.Fatalf("Handle(%+v): %v", in, err)
			}
			checkReplies(t, turn)
			checkKept(t, before, values(t, turn.Record))
			rec = turn.Record
			if rec.Done {
				for _, key := range keys {
					if _, ok := values(t, rec)[key]; !ok {
						t.Fatalf("finished without %s", key)
					}
				}
				rec = dialog.Record{Ref: 7}
			}
		}
	})
}

func values(t *rapid.T, r dialog.Record) map[string]string {
	var s order
	if len(r.State) > 0 {
		if err := json.Unmarshal(r.State, &s); err != nil {
			t.Fatal(err)
		}
	}
	return maps.Clone(s.Values)
}

func checkReplies(t *rapid.T, turn dialog.Turn) {
	if len(turn.Replies) == 0 {
		t.Fatal("no reply")
	}
	for _, r := range turn.Replies {
		if r.Text == "" {
			t.Fatal("a reply without a text")
		}
		for _, row := range r.Rows {
			for _, b := range row {
				if b.Label == "" || b.Action.Flow != "o" || b.Action.Verb == "" || b.Action.Ref != 7 {
					t.Fatalf("a button that means nothing: %+v", b)
				}
			}
		}
	}
}

// checkKept allows at most one answer to change, and none to vanish.
func checkKept(t *rapid.T, before, after map[string]string) {
	changed := 0
	for key, value := range before {
		now, ok := after[key]
		if !ok {
			t.Fatalf("the answer to %s is lost", key)
		}
		if now != value {
			changed++
		}
	}
	if changed+len(after)-len(before) > 1 {
		t.Fatalf("one input changed %v into %v", before, after)
	}
}
