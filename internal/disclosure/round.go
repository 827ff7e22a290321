package disclosure

import "strings"

// Mean is a mean as it may be shown.
type Mean struct {
	// Low says that the mean is below 2, and no more.
	Low bool
	// Tenths is the rounded mean in tenths: 35 is 3.5. 0 with Low.
	Tenths int
}

// lowest is the smallest mean of which a number is shown, so that nobody reads that all
// have given the worst answer.
const lowest = 2

// step is to how many tenths a mean of n persons is rounded.
func step(n int) int {
	switch {
	case n < 10:
		return 5
	case n < 20:
		return 2
	}
	return 1
}

// RoundMean rounds the mean of n persons whose values add up to sum: to 0.5 of 5 to 9
// persons, to 0.2 of 10 to 19, to 0.1 of 20 and more. n must be AtomPersons or more.
func RoundMean(sum, n int) Mean { return RoundMeanAs(sum, n, n) }

// RoundMeanAs is RoundMean of n persons as of so many: of an item that may be left open,
// where the step must not tell how many have left it open.
func RoundMeanAs(sum, n, as int) Mean {
	if sum < lowest*n {
		return Mean{Low: true}
	}
	s := step(as)
	// Halves go up; in whole numbers, so that no part of a float decides.
	return Mean{Tenths: s * ((20*sum + s*n) / (2 * s * n))}
}

// Write returns the mean as people read it: "3,5", or "di bawah 2".
func (m Mean) Write(low string) string {
	if m.Low {
		return low
	}
	return string(rune('0'+m.Tenths/10)) + "," + string(rune('0'+m.Tenths%10))
}

// Share is a share of people as it may be shown: it lies in one of Of equal parts, the
// lowest being 0. Nothing says that all or none did.
type Share struct{ Part, Of int }

// RoundShare puts a count of n persons into thirds (5 to 9 persons) or fifths (10 and
// more). n must be AtomPersons or more.
func RoundShare(count, n int) Share {
	of := 5
	if n < 10 {
		of = 3
	}
	return Share{Part: min(of-1, count*of/n), Of: of}
}

// RoundOpenShare is RoundShare of what has names in the database: into thirds of 10 to 19
// persons and fifths of 20 and more, so that the lowest and the highest part hold four
// numbers or more, and one who tells does not give away all others. n must be 10 or more.
func RoundOpenShare(count, n int) Share {
	of := 5
	if n < 20 {
		of = 3
	}
	return Share{Part: min(of-1, count*of/n), Of: of}
}

// Struck is a comment without the words that must not be read: each stands as "…".
// Upper and lower case are the same, and only whole words are struck. Empty words are
// passed over.
func Struck(text string, words []string) string {
	hidden := map[string]bool{}
	for _, w := range words {
		if w = strings.ToLower(strings.Trim(w, punctuation)); w != "" {
			hidden[w] = true
		}
	}
	parts := strings.Fields(text)
	for i, p := range parts {
		core := strings.Trim(p, punctuation)
		if core != "" && hidden[strings.ToLower(core)] {
			parts[i] = strings.Replace(p, core, "…", 1)
		}
	}
	return strings.Join(parts, " ")
}

const punctuation = ".,;:!?()\"'“”‘’-"
