package dialog

import "time"

// Pressed is one press as the next one is compared with it. The zero value is none.
type Pressed struct {
	Message      int    // on which it was made
	Card, Button string // of Press
	At           time.Time
}

// Hasty tells whether a press that follows p belongs to a double tap: it is on the
// same message, came less than span before or after p, and was made on another card than
// p was, so on the one that p brought, which nobody has read yet. The same button of
// the same card is a double tap too. Another button of the card that p was made
// on is none: that card had been read, and presses that Telegram kept while nobody
// took them arrive together, however long the person thought in between. A span of 0
// finds nothing hasty.
//
// The card of p was replaced only after p had come, so less than span between the two
// means less than span to read, whatever held up either of them.
func (p Pressed) Hasty(next Pressed, span time.Duration) bool {
	gap := next.At.Sub(p.At).Abs()
	if p.At.IsZero() || p.Message == 0 || p.Message != next.Message || gap >= span {
		return false
	}
	return p.Card != next.Card || p.Button == next.Button
}
