//go:build race

package main

// raceDetector tells whether it is built in: everything then takes several
// times as long.
const raceDetector = true
