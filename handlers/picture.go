package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/report"
)

// GapPicture is the kind of picture that shows one person's result. Its data
// is a report.GapChart.
const GapPicture = "gap"

// Drawer draws the pictures of the conversations at the moment they are sent.
type Drawer struct{}

// Draw returns a neutral file name, because it is seen in galleries, and the
// PNG.
func (Drawer) Draw(_ context.Context, p dialog.Picture) (name string, body []byte, err error) {
	if p.Kind != GapPicture {
		return "", nil, fmt.Errorf("draw: unknown kind %q", p.Kind)
	}
	var chart report.GapChart
	if err := json.Unmarshal(p.Data, &chart); err != nil {
		return "", nil, fmt.Errorf("draw %s: %w", p.Kind, err)
	}
	body, err = chart.PNG()
	if err != nil {
		return "", nil, fmt.Errorf("draw %s: %w", p.Kind, err)
	}
	return "profil.png", body, nil
}
