package personnel

import (
	"regexp"
	"strings"
	"unicode"
)

// nipInside is a NIP with other words around it, in one piece or in its four groups.
var nipInside = regexp.MustCompile(`(?:^|[^0-9])([0-9]{8}[ .-]?[0-9]{6}[ .-]?[12][ .-]?[0-9]{3})(?:[^0-9]|$)`)

// NIPInside finds what looks like a NIP in what somebody wrote around it; "" = nothing.
func NIPInside(typed string) string {
	m := nipInside.FindStringSubmatch(typed)
	if m == nil {
		return ""
	}
	return m[1]
}

// CodeInside finds a one-time code in what somebody wrote around it, in one piece or in
// three groups; "" = nothing. A word of twelve letters is no code, so one without two
// digits has to be typed alone.
func CodeInside(typed string) string {
	words := strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:()\"'!?", r) })
	best, most := "", 1
	for i := range words {
		for _, n := range []int{1, 3} {
			if i+n > len(words) {
				continue
			}
			part := words[i : i+n]
			if n == 3 && (len(part[0]) != 4 || len(part[1]) != 4 || len(strings.Trim(part[2], ".")) != 4) {
				continue
			}
			one := strings.Join(part, "-")
			if _, ok := NormaliseCode(one); ok && digitsIn(one) > most {
				best, most = one, digitsIn(one)
			}
		}
	}
	return best
}

func digitsIn(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
