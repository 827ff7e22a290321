package intake

import "time"

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
	Size       int64
	State      UploadState
	At         time.Time // when it came
	Changed    time.Time // when it came into its state
	Attempts   int       // how often its state could not be worked off
	// Allowed tells whether the sender may still import: the account is still
	// theirs and the role was not taken away.
	Allowed bool
}
