package invitation

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// A slip has no line with a blank where the agency has told nothing.
func TestSlipsWithoutGaps(t *testing.T) {
	bare := Writer{}.lines()
	for _, key := range []string{"slip.head", "slip.basis", "slip.recognition", "slip.help"} {
		if slices.Contains(bare, key) {
			t.Errorf("an agency that has told nothing gets the line %s", key)
		}
	}
	full := Writer{Bot: "b", Agency: "n", Mandate: "m", Recognition: "r", Helpdesk: "h"}.lines()
	if len(full) != 9 || slices.Contains(full, "slip.no_bot") {
		t.Errorf("the slip of an agency that has told all has the lines %v", full)
	}
}

func keyed(key string) func(string) []byte {
	return func(what string) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(what))
		return h.Sum(nil)
	}
}

// The code of a person follows from key, batch and person, and from nothing less.
func TestDerivedCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range []string{"one", "two"} {
		for _, batch := range []string{"a", "b"} {
			for employee := range int64(50) {
				code, err := Derived(keyed(key), batch, employee)
				if err != nil {
					t.Fatal(err)
				}
				again, _ := Derived(keyed(key), batch, employee)
				if normal, ok := personnel.NormaliseCode(code); !ok || normal != code || again != code || seen[code] {
					t.Fatalf("%s, then %s; seen: %t", code, again, seen[code])
				}
				seen[code] = true
			}
		}
	}
}

func TestWrite(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	w := Writer{Text: cat, Agency: "Badan", Bot: "bangkom_bot", Location: time.UTC}
	var b bytes.Buffer
	if err := w.Write(&b, []Slip{{Name: "Rina <b>", Unit: "Dinas", Code: "3FJWC8RVN5XA"}}, time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("%PDF")) {
		t.Fatalf("%d bytes, %v", b.Len(), err)
	}
	if got := w.Link("3FJWC8RVN5XA"); got != "https://t.me/bangkom_bot?start=3FJWC8RVN5XA" {
		t.Error(got)
	}
	if got := (Writer{}).Link("3FJWC8RVN5XA"); got != "" {
		t.Error(got)
	}
}
