package devdbtest

import "testing"

// Heavy leaves a test out under the race detector, under which it would take
// minutes: it plays long and mostly one step after the other, and what it plays at
// once shorter tests play there too. .ci/run runs it in the pass without the race
// detector.
func Heavy(t *testing.T, why string) {
	t.Helper()
	if RaceDetector {
		t.Skip(why + ": left to the run without the race detector")
	}
}
