package outreach

import (
	"fmt"
	"time"
)

// ToldHead begins the keys of messages that a unit waits for its head.
const ToldHead = "signoff.told_head:"

// WaitsKey is the key of the message to a head that what was prepared at a moment waits.
func WaitsKey(id int64, prepared time.Time, head int64) string {
	return fmt.Sprintf("%s%d:%d:%d", ToldHead, id, prepared.Unix(), head)
}
