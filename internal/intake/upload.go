package intake

import (
	"time"

	"bangkom/internal/register"
)

// UploadState is where a spreadsheet from the chat stands.
type UploadState string

// The states of an upload. Received and Applying wait for the worker.
const (
	Received  UploadState = "received"
	Previewed UploadState = "previewed"
	Applying  UploadState = "applying"
	Applied   UploadState = "applied"
	Cancelled UploadState = "cancelled"
	Failed    UploadState = "failed"
)

// Upload is a spreadsheet that somebody sent through the chat. Its bytes stay
// with Telegram.
type Upload struct {
	ID         int64
	ChatID     int64
	EmployeeID int64
	Kind       string
	FileID     string
	Name       string // of the file; "" = not known, or the upload is over
	Size       int64  // bytes
	State      UploadState
	At         time.Time // when it came
	Changed    time.Time // when it came into its state
	Attempts   int       // how often its state could not be worked off
	Begun      int       // how often it was taken, this time included, and neither ended nor given back
	// Allowed tells whether the sender may still import: the account is still
	// theirs and the role was not taken away.
	Allowed bool
	// Superiors are whose superior it changes, as the preview showed it; nil before
	// the preview and after the end.
	Superiors []register.NewSuperior
	// Losses are who leaves by it and who loses the superior, as the preview or what
	// was applied said; empty before the preview and two days after the end.
	Losses register.Losses
	// Shown is a mark of the preview (Report.Shown); "" before it.
	Shown string
}
