package main

import (
	"context"
	"encoding/json"
	"fmt"

	"bangkom/handlers"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
)

// drawer draws the pictures of the outbox at the moment they are sent.
type drawer struct{}

// Draw returns a neutral file name, because it is seen in galleries, and the
// PNG.
func (drawer) Draw(_ context.Context, p dialog.Picture) (name string, body []byte, err error) {
	if p.Kind != handlers.GapPicture {
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
