package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/report"
	"bangkom/internal/summary"
)

// GapPicture is the kind of picture that shows one person's result. Its data
// is a report.GapChart.
const GapPicture = "gap"

// Drawer draws the pictures of the conversations at the moment they are sent.
type Drawer struct{}

// Draw returns a neutral file name, because it is seen in galleries, and the
// PNG.
func (Drawer) Draw(_ context.Context, p dialog.Picture) (name string, body []byte, err error) {
	switch p.Kind {
	case GapPicture:
		body, err = draw[report.GapChart](p)
		name = "profil.png"
	case summary.TeamPicture:
		body, err = draw[report.TeamChart](p)
		name = "tim.png"
	default:
		return "", nil, fmt.Errorf("draw: unknown kind %q", p.Kind)
	}
	if err != nil {
		return "", nil, fmt.Errorf("draw %s: %w", p.Kind, err)
	}
	return name, body, nil
}

// draw reads a chart and draws it.
func draw[T interface{ PNG() ([]byte, error) }](p dialog.Picture) ([]byte, error) {
	var chart T
	if err := json.Unmarshal(p.Data, &chart); err != nil {
		return nil, err
	}
	return chart.PNG()
}
