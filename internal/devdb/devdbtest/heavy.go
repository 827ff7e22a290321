package devdbtest

import "testing"

// Which tests run when:
//
//	go test -short ./...   while working: without Long, Heavy and the drills
//	go test ./...          everything
//	.ci/run                everything, in two passes: with the race detector all
//	                       but Heavy, and then without it what the first left out

// Long leaves a test out with -short: it plays long, and what it is about is
// seldom touched. why says what takes so long.
func Long(t testing.TB, why string) {
	t.Helper()
	if testing.Short() {
		t.Skip(why + ": left out with -short")
	}
}

// Heavy is Long for a test that is left out under the race detector too, under
// which it would take minutes: it plays mostly one step after the other, and what
// it plays at once shorter tests play there too.
func Heavy(t testing.TB, why string) {
	t.Helper()
	Long(t, why)
	if RaceDetector {
		t.Skip(why + ": left to the run without the race detector")
	}
}
