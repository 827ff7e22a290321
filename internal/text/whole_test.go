package text

import (
	"strconv"
	"strings"
	"testing"
)

func TestWhole(t *testing.T) {
	for typed, want := range map[string]int{"0": 0, "7": 7, " 12 ": 12, "1250": 1250, "1.250": 1250, "10.000": 10_000, "999.999.999": 999_999_999, "007": 7} {
		if n, ok := Whole(typed); !ok || n != want {
			t.Errorf("%q is %d, %v, want %d", typed, n, ok, want)
		}
	}
	for _, typed := range []string{"", "10.00", "1.25", "1.2500", "0.100", "1.250.00", ".250", "1.", "1,250", "1 250", "-1", "+1", "1e3", "٣", "1000000000", "1.000.000.000", "12 orang"} {
		if n, ok := Whole(typed); ok {
			t.Errorf("%q is read as %d", typed, n)
		}
	}
}

// What is written is read back, and what is read is the number that its digits are.
func FuzzWhole(f *testing.F) {
	cat, err := Indonesian()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("10.000", 1250)
	f.Add("1.25", 999_999_999)
	f.Fuzz(func(t *testing.T, typed string, n int) {
		if got, ok := Whole(typed); ok {
			if digits, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(typed), ".", "")); err != nil || digits != got || got < 0 {
				t.Errorf("%q is read as %d", typed, got)
			}
		}
		if n < 0 || n > 999_999_999 {
			return
		}
		if got, ok := Whole(cat.Number(n)); !ok || got != n {
			t.Errorf("%s is read as %d, %v", cat.Number(n), got, ok)
		}
	})
}
