package register

import (
	"errors"
	"strconv"
	"strings"
)

// ErrFloatNIPs refuses a table whose NIPs have gone through a program that keeps
// 53 bits of a number.
var ErrFloatNIPs = errors.New("the NIPs of this file went through a program that rounds long numbers, so that they are other people's now: export them anew as text")

// roundsTo is what a number of 18 digits becomes a multiple of when it is kept
// as a 64-bit floating-point number (IEEE 754: 53 bits, so steps of 32 between
// 2^57 and 2^58).
const roundsTo = 32

// minRounded is how many NIPs there must be, all of them multiples or all of them
// written short, before it is no coincidence: one honest NIP in 32 is such a one,
// five of five are one in 33 million.
const minRounded = 5

// floats watches the numbers of one column.
type floats struct {
	all     int
	rounded int // multiples of what such a number is rounded to
	// shortest are those that a program would write for the rounded number: as few
	// digits as name it, so that they end in zeros and need be no multiples.
	shortest int
}

func (f *floats) take(text string) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || len(digits) != 18 {
		return
	}
	f.all++
	if n%roundsTo == 0 {
		f.rounded++
	}
	if strconv.FormatFloat(float64(n), 'f', -1, 64) == digits {
		f.shortest++
	}
}

// worst is how many NIPs look rounded in the same way.
func (f *floats) worst() int { return max(f.rounded, f.shortest) }

// certain tells that the column is damaged, doubtful that it may be.
func (f *floats) certain() bool { return f.worst() >= minRounded && f.worst() == f.all }

func (f *floats) doubtful() bool { return f.worst() > 0 && f.worst() == f.all && !f.certain() }
