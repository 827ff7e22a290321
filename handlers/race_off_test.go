//go:build !race

package handlers_test

import "time"

// floodBound is how much longer than without it somebody else may wait because
// of a flood.
const floodBound = time.Second
