// Package disclosure says what may be shown of answers that were given without a name
// (jawaban tanpa nama), and how they are kept until then: sealed up to the close, then
// counted in groups of five or more, of which only rounded values are shown. Its rules
// stand in docs/rules.md. The package is pure: no database, no clock.
package disclosure

import "time"

// The thresholds. All count distinct persons.
const (
	AtomPersons    = 5  // of a group about which anything is shown, and of each item of it
	RemarkPersons  = 10 // of a group whose comments are read
	RemarkComments = 5  // comments that there must be in it
)

// PoolMonths is how long answers of groups that were too small wait, sealed, for others
// of their programme. Then they are destroyed.
const PoolMonths = 6

// PoolEnds is when answers that were closed at this moment are destroyed, unless they
// were counted together with others before.
func PoolEnds(closed time.Time) time.Time { return closed.AddDate(0, PoolMonths, 0) }
