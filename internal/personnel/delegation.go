package personnel

import (
	"fmt"
	"time"
)

// Delegation is a superior's stand-in for a time (Plt. or Plh.).
type Delegation struct {
	ID         int64
	ForID      int64 // the official
	ForName    string
	ActingID   int64
	ActingName string
	From, To   time.Time // civil dates, both included; zero = not told
	Letter     string    // number of the letter of order (surat perintah)
	Rates      bool      // the letter gives the rating to the stand-in too
	Checked    bool      // an officer has compared it with the letter
	Version    int       // rises when the request is made again
	AskedBy    int64     // who of the personnel office has imported it; 0 = the official asked
}

// ActingPrefix begins the part of a key that says which letter a notification is about.
const ActingPrefix = "acting:"

// ActingKey is the key, or its end, of a notification to somebody that a stand-in works: it
// names the version of the letter, so that it can be asked whether that still holds.
func ActingKey(d Delegation, who int64) string {
	return fmt.Sprintf("%s%d:%d:%d", ActingPrefix, d.ID, d.Version, who)
}

// ConcernsSelf tells whether somebody is the official or the stand-in, or has
// brought the request in, and so must not check the letter.
func (d Delegation) ConcernsSelf(id int64) bool {
	return d.ForID == id || d.ActingID == id || d.AskedBy == id
}
