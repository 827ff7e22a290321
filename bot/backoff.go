package bot

import (
	"math/rand/v2"
	"time"
)

// backoff is how long to wait before try number tries+1: first at the first,
// doubled each time up to limit, and up to a fifth more so that those who
// failed together do not come back together.
func backoff(tries int, first, limit time.Duration) time.Duration {
	d := limit
	if tries < 30 && first<<tries < limit && first<<tries > 0 {
		d = first << tries
	}
	return d + rand.N(d/5+1)
}
