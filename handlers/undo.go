package handlers

import (
	"context"
	"errors"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// That the matter of an update is gone may turn out only after something was
// written: the answer "nothing was changed" would then be untrue. So such an
// update is never answered in the transaction in which that was found. The
// transaction is rolled back with all that it wrote and wanted to send, and the
// update is decided again as a button or a text that means nothing any more.

// errGone wraps the error by which an update asks to be decided again.
var errGone = errors.New("what the update is about is gone")

// reading is how an update is read: each attempt takes it for less than the one
// before.
type reading int

const (
	asMeant   reading = iota
	asStale           // it means nothing: what is open is shown again
	asNothing         // what is open is gone too
	readings
)

// gone marks an error that says that there is nothing to work on.
func gone(err error) error {
	if errors.Is(err, dialog.ErrNotFound) || errors.Is(err, feature.ErrNoDraft) {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

// decideLess decides an update that means nothing any more.
func (e *env) decideLess(ctx context.Context, u dialog.Update) error {
	switch u.Kind {
	case dialog.KindPress:
		return e.stalePress(ctx)
	case dialog.KindText, dialog.KindMedia:
		e.dropActive()
		e.MenuCard("menu.unknown_text")
	case dialog.KindAgain:
		e.dropActive()
	default:
		return fmt.Errorf("an update of kind %s: %w", u.Kind, errGone)
	}
	return nil
}
