package text

import (
	"regexp"
	"strconv"
	"strings"
)

// whole is a number of up to nine digits, bare or with a dot before each three.
var whole = regexp.MustCompile(`^(?:[0-9]{1,9}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,2})$`)

// Whole reads a whole number as people type it, from 0 to 999,999,999: 1250 or 1.250, as
// Catalogue.Number writes it. "1.25", "10.00" and "1,250" are none: what was meant is not known.
func Whole(typed string) (n int, ok bool) {
	typed = strings.TrimSpace(typed)
	if !whole.MatchString(typed) {
		return 0, false
	}
	n, err := strconv.Atoi(strings.ReplaceAll(typed, ".", ""))
	return n, err == nil
}
