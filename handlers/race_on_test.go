//go:build race

package handlers_test

import "time"

// floodBound is how much longer than without it somebody else may wait because
// of a flood; the race detector makes everything slower.
const floodBound = 3 * time.Second

// explorePatience is how long the explorer waits for an answer before it is late.
const explorePatience = 8 * time.Second
