package handlers

import (
	"context"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// Draw makes a picture or a file at the moment when it is sent.
func (p *Processor) Draw(ctx context.Context, what dialog.Picture) (name string, body []byte, err error) {
	f, ok := p.Reg.Files[what.Kind]
	if !ok {
		return "", nil, fmt.Errorf("draw: unknown kind %q", what.Kind)
	}
	if body, err = f.Draw(p.Desk, ctx, what.Data); err != nil {
		return "", nil, fmt.Errorf("make file %s: %w", what.Kind, err)
	}
	return f.Name, body, nil
}

// Drawer draws the pictures of the conversations, which need nothing but their
// data, at the moment they are sent.
type Drawer struct{}

// Draw returns a neutral file name, because it is seen in galleries, and the
// PNG.
func (Drawer) Draw(ctx context.Context, what dialog.Picture) (name string, body []byte, err error) {
	return (&Processor{Desk: &feature.Desk{Reg: built()}}).Draw(ctx, what)
}
