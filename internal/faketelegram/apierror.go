package faketelegram

import (
	"fmt"
	"math"
)

// The classes of refused calls, see Call.Class.
const (
	ClassRule        = "rule"        // the bot broke a rule of the Bot API
	ClassState       = "state"       // refused for the state of a message or query (not modified, too old, gone)
	ClassRate        = "rate"        // a limit was exceeded
	ClassConflict    = "conflict"    // two pollers, or a poll beside a webhook
	ClassUnreachable = "unreachable" // the person blocked the bot or never wrote to it
	ClassInjected    = "injected"    // failed on request, see Faults
)

// apiError is a refusal as Telegram words it.
type apiError struct {
	code       int
	desc       string
	retryAfter int
	class      string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.desc) }

func badRequest(format string, args ...any) *apiError {
	return &apiError{code: 400, desc: "Bad Request: " + fmt.Sprintf(format, args...), class: ClassRule}
}

// badState is a 400 that a correct bot can meet too, after a cut reply for
// instance.
func badState(desc string) *apiError {
	return &apiError{code: 400, desc: "Bad Request: " + desc, class: ClassState}
}

func forbidden(desc string) *apiError {
	return &apiError{code: 403, desc: "Forbidden: " + desc, class: ClassUnreachable}
}

func conflict(desc string) *apiError {
	return &apiError{code: 409, desc: "Conflict: " + desc, class: ClassConflict}
}

// tooMany is a 429 whose wait, in seconds, is rounded up to at least one.
func tooMany(seconds float64, class string) *apiError {
	wait := max(1, int(math.Ceil(seconds)))
	return &apiError{
		code: 429, desc: fmt.Sprintf("Too Many Requests: retry after %d", wait),
		retryAfter: wait, class: class,
	}
}
