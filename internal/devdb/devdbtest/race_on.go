//go:build race

package devdbtest

// RaceDetector tells whether it is built in: everything then takes several
// times as long.
const RaceDetector = true
