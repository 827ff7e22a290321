package courier

import (
	"testing"

	"bangkom/internal/outreach"
)

func TestTally(t *testing.T) {
	var part, all Tally
	part.Count([]outreach.Decision{{Action: outreach.Send}, {Action: outreach.Merge}, {Action: outreach.Hold}, {Action: outreach.Drop}, {}})
	if want := (Tally{Sent: 2, Kept: 3}); part != want {
		t.Errorf("Count of one of each = %+v, want %+v", part, want)
	}
	all.Add(part)
	all.Add(Tally{Sent: 1})
	if want := (Tally{Sent: 3, Kept: 3}); all != want {
		t.Errorf("Add = %+v, want %+v", all, want)
	}
}
