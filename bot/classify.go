package bot

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"bangkom/internal/dialog"
)

// Remedy is a change that may make a refused call succeed.
type Remedy int

// The remedies. Each is tried once per row.
const (
	RemedyNone    Remedy = iota
	RemedyPlain          // without formatting
	RemedyBare           // without formatting and buttons
	RemedyFresh          // as a new message instead of an edit
	RemedyMigrate        // to MigrateTo
	RemedyAgain          // the very same call
)

// Verdict is what is to be done after a call.
type Verdict struct {
	// State is final (sent, failed, unknown), or StateNew when the row goes again.
	State       dialog.State
	Cause       string // class of the failure
	Unreachable bool   // the chat cannot be written to
	Remedy      Remedy // tried at once; State is what remains when it was tried already
	MigrateTo   int64
	Pause       time.Duration // no call of the bot for this long; the attempt is not counted
	Unknown     bool          // the call may have been executed
	Alarm       bool          // somebody has to look
	Stop        bool          // no call can succeed any more
}

const defaultPause = 5 * time.Second // of a 429 that does not say how long

// askedPause is for how long Telegram asks for silence with a refusal; 0 = it
// does not. What is to be silent depends on who calls: see Sender.flood and Acks.
func askedPause(err error) time.Duration {
	var refused *APIError
	switch {
	case !errors.As(err, &refused):
		return 0
	case refused.RetryAfter > 0:
		return refused.RetryAfter
	case refused.Code == http.StatusTooManyRequests:
		return defaultPause
	}
	return 0
}

// Classify decides about a call of a message of this class. err is what Client
// returned, for plain calls and uploads alike; nil = sent.
func Classify(class dialog.Class, err error) Verdict {
	var refused *APIError
	switch {
	case err == nil:
		return Verdict{State: dialog.StateSent}
	case errors.As(err, &refused):
		return classifyRefusal(refused)
	case errors.Is(err, ErrUnknownOutcome):
		if class.Resend() {
			return Verdict{State: dialog.StateNew, Cause: "unknown", Unknown: true}
		}
		return Verdict{State: dialog.StateUnknown, Cause: "unknown", Unknown: true}
	}
	return Verdict{State: dialog.StateNew, Cause: "transient"}
}

func classifyRefusal(e *APIError) Verdict {
	if pause := askedPause(e); pause > 0 {
		return Verdict{State: dialog.StateNew, Cause: "flood", Pause: pause}
	}
	switch e.Code {
	case http.StatusBadRequest:
		return classifyBadRequest(e)
	case http.StatusUnauthorized, http.StatusNotFound:
		return Verdict{State: dialog.StateNew, Cause: "token", Stop: true, Alarm: true}
	case http.StatusForbidden:
		return Verdict{State: dialog.StateFailed, Cause: "forbidden", Unreachable: true}
	case http.StatusConflict:
		return Verdict{State: dialog.StateNew, Cause: "conflict", Alarm: true}
	}
	return Verdict{State: dialog.StateFailed, Cause: "refused", Remedy: RemedyAgain, Alarm: true}
}

// badRequests are the descriptions of code 400 that mean something, in lower
// case, as Telegram's server writes them.
var badRequests = []struct {
	has     string
	verdict Verdict
}{
	{"message is not modified", Verdict{State: dialog.StateSent}},
	{"query is too old", Verdict{State: dialog.StateSent, Cause: "late"}},
	{"query id is invalid", Verdict{State: dialog.StateSent, Cause: "late"}},
	{"message to delete not found", Verdict{State: dialog.StateSent, Cause: "gone"}},
	{"message can't be deleted", Verdict{State: dialog.StateFailed, Cause: dialog.CauseKept}},
	{"message to edit not found", Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{"message can't be edited", Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{"message_id_invalid", Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{"no caption in the message to edit", Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{"no text in the message to edit", Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{"chat not found", Verdict{State: dialog.StateFailed, Cause: "chat_not_found", Unreachable: true}},
	{"peer_id_invalid", Verdict{State: dialog.StateFailed, Cause: "chat_not_found", Unreachable: true}},
	{"user is deactivated", Verdict{State: dialog.StateFailed, Cause: "forbidden", Unreachable: true}},
	{"can't parse entities", Verdict{State: dialog.StateFailed, Cause: "format", Remedy: RemedyPlain, Alarm: true}},
	{"message is too long", Verdict{State: dialog.StateFailed, Cause: "too_long", Remedy: RemedyPlain, Alarm: true}},
	{"caption is too long", Verdict{State: dialog.StateFailed, Cause: "too_long", Remedy: RemedyPlain, Alarm: true}},
	{"reply markup is too long", Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{"button_data_invalid", Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{"can't parse reply keyboard markup", Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{"can't parse inline keyboard", Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{"button_url_invalid", Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{"wrong file", Verdict{State: dialog.StateFailed, Cause: "file", Remedy: RemedyAgain, Alarm: true}},
	{"file is too big", Verdict{State: dialog.StateFailed, Cause: "file_size", Alarm: true}},
}

func classifyBadRequest(e *APIError) Verdict {
	if e.MigrateTo != 0 {
		return Verdict{State: dialog.StateFailed, Cause: "migrated", Remedy: RemedyMigrate, MigrateTo: e.MigrateTo}
	}
	text := strings.ToLower(e.Description)
	for _, b := range badRequests {
		if strings.Contains(text, b.has) {
			return b.verdict
		}
	}
	return Verdict{State: dialog.StateFailed, Cause: "bad_request", Alarm: true}
}
