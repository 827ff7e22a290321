package config

import (
	"slices"

	"bangkom/internal/measure"
)

// nearest returns the candidate with the smallest edit distance to word; of
// several the first in the alphabet; "" when there is none.
func nearest(word string, candidates []string) string {
	best, least := "", -1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := measure.Distance(word, c); least < 0 || d < least {
			best, least = c, d
		}
	}
	return best
}
