package survey

import (
	"testing"
	"time"
)

// Single answers are handed out after the close, and only of people who were told so; of a
// manner without names there are none, whatever else is true.
func TestExport(t *testing.T) {
	closed := time.Date(2027, 1, 20, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		s    Survey
		want Refused
	}{
		{"named, closed", Survey{Manner: Named, Readable: true, Closed: closed}, ""},
		{"confidential, closed", Survey{Manner: Confidential, Readable: true, Closed: closed}, ""},
		{"named, open", Survey{Manner: Named, Readable: true}, StillOpen},
		{"told otherwise", Survey{Manner: Named, Closed: closed}, NotPromise},
		{"anonymous", Survey{Manner: "anonymous", Readable: true, Closed: closed}, NoNames},
		{"no manner", Survey{Readable: true, Closed: closed}, NoNames},
	} {
		if got := tt.s.Export(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
