package bot

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bangkom/internal/dialog"
)

var testKey = []byte("0123456789abcdef0123456789abcdef")

func drawAction(t *rapid.T) dialog.Action {
	word := func(name string, n int) string {
		return rapid.StringMatching("[A-Za-z0-9._-]{0,"+string(rune('0'+n))+"}").Draw(t, name)
	}
	return dialog.Action{
		Flow: "f" + word("flow", 7), Ref: rapid.Int64().Draw(t, "ref"), Step: word("step", 7),
		Verb: dialog.Verb(word("verb", 3)), Value: word("value", 7),
	}
}

func TestCodecRoundTrip(t *testing.T) {
	c := NewCodec(testKey)
	rapid.Check(t, func(t *rapid.T) {
		a, user := drawAction(t), rapid.Int64().Draw(t, "user")
		card := c.Card(user, rapid.String().Draw(t, "text"), nil)
		data, err := c.Encode(user, card, a)
		if err != nil {
			t.Fatalf("Encode(%+v): %v", a, err)
		}
		if len(data) > maxData {
			t.Fatalf("%d bytes of data", len(data))
		}
		if got := c.Decode(user, data); !got.OK || got.Action != a || got.Card != card || got.Button == "" {
			t.Fatalf("Decode(%q) = %+v, want %+v", data, got, a)
		}
	})
}

func TestCodecBelievesNothingElse(t *testing.T) {
	c := NewCodec(testKey)
	other := NewCodec([]byte("another key of sufficient length"))
	rapid.Check(t, func(t *rapid.T) {
		a, user := drawAction(t), rapid.Int64().Draw(t, "user")
		data, err := c.Encode(user, c.Card(user, "x", nil), a)
		if err != nil {
			t.Fatal(err)
		}
		if c.Decode(user^int64(rapid.Uint64Range(1, 1<<52).Draw(t, "bits")), data).OK {
			t.Fatal("believed for another account")
		}
		if other.Decode(user, data).OK {
			t.Fatal("believed with another key")
		}
		b := []byte(data)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if c.Decode(user, string(b)).OK {
			t.Fatalf("believed %q instead of %q", b, data)
		}
		if c.Decode(user, data[:rapid.IntRange(0, len(data)-1).Draw(t, "cut")]).OK {
			t.Fatal("believed a part")
		}
	})
}

func TestCodecRefuses(t *testing.T) {
	c := NewCodec(testKey)
	for _, a := range []dialog.Action{
		{}, {Flow: "a b"}, {Flow: "a", Step: "x:y"}, {Flow: "a", Value: "é"}, {Flow: "a", Verb: "!"},
		{Flow: "a", Value: strings.Repeat("x", 50)},
	} {
		if data, err := c.Encode(1, "", a); err == nil {
			t.Errorf("Encode(%+v) = %q, want an error", a, data)
		}
	}
	weak := NewCodec([]byte("short"))
	if _, err := weak.Encode(1, "", dialog.Action{Flow: "a"}); err == nil {
		t.Error("a short key encodes")
	}
	if weak.Decode(1, "1a:0:::AAAAAAAAAAA").OK {
		t.Error("a short key believes")
	}
}

func FuzzCodecDecode(f *testing.F) {
	c := NewCodec(testKey)
	data, _ := c.Encode(7, "abc", dialog.Action{Flow: "asesmen", Ref: 12, Step: "q1", Verb: dialog.Answer, Value: "3"})
	f.Add(int64(8), data)
	f.Add(int64(7), "")
	f.Fuzz(func(t *testing.T, user int64, data string) {
		if p := c.Decode(user, data); p.OK {
			again, err := c.Encode(user, p.Card, p.Action)
			if err != nil || again != data {
				t.Errorf("believed %q, which Encode does not write (%q, %v)", data, again, err)
			}
		}
	})
}

// What earlier releases put on show can still be pressed. It has no mark of a card.
func TestCodecReadsOlderData(t *testing.T) {
	c := NewCodec(testKey)
	payload := "1q:c:q1:a:4"
	mac := c.sign(7, []byte(payload))
	data := payload + string(mac[:])
	want := dialog.Press{OK: true, Button: string(mac[:]), Action: dialog.Action{Flow: "q", Ref: 12, Step: "q1", Verb: dialog.Answer, Value: "4"}}
	if got := c.Decode(7, data); got != want {
		t.Errorf("Decode(%q) = %+v, want %+v", data, got, want)
	}
	if got := c.Decode(8, data); got.OK {
		t.Error("believed for another account")
	}
}

// A card is marked by what it shows: every change is another mark, and the same
// content of the same person the same.
func TestCardMark(t *testing.T) {
	c := NewCodec(testKey)
	rows := func(label, step string, ref int64) [][]dialog.Button {
		return [][]dialog.Button{{{Label: label, Action: dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume}}}}
	}
	first := c.Card(7, "x", rows("1", "tiketya", 3))
	if again := c.Card(7, "x", rows("1", "tiketya", 3)); again != first {
		t.Errorf("the same content is marked %q, then %q", first, again)
	}
	for name, other := range map[string]string{
		"text": c.Card(7, "y", rows("1", "tiketya", 3)), "label": c.Card(7, "x", rows("2", "tiketya", 3)), "step": c.Card(7, "x", rows("1", "tiket", 3)),
		"what it is about": c.Card(7, "x", rows("1", "tiketya", 4)), "person": c.Card(8, "x", rows("1", "tiketya", 3)), "buttons": c.Card(7, "x", nil),
	} {
		if other == first {
			t.Errorf("another %s has the same mark", name)
		}
	}
}

// Codes of questions and values of choices come from spreadsheets: what the import takes, a
// button carries, with a number of a task that no agency reaches.
func TestButtonsCarryWhatTheImportTakes(t *testing.T) {
	c := NewCodec([]byte("0123456789abcdef"))
	a := dialog.Action{Flow: "sv", Ref: 99_999_999, Step: "table_list_question_", Verb: dialog.Answer, Value: "less_than.1-y"[:12]}
	data, err := c.Encode(7, c.Card(7, "x", nil), a)
	if err != nil || c.Decode(7, data).Action != a {
		t.Errorf("%q, %v", data, err)
	}
}
