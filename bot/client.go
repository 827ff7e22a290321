package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultEndpoint is Telegram's own address, with a place for the token and
// one for the method.
const DefaultEndpoint = tgbotapi.APIEndpoint

// Token is a bot token. It prints as stars.
type Token string

const stars = "***"

// String hides the token.
func (Token) String() string { return stars }

// GoString hides the token.
func (Token) GoString() string { return stars }

// MarshalText hides the token.
func (Token) MarshalText() ([]byte, error) { return []byte(stars), nil }

var tokenForm = regexp.MustCompile(`^([0-9]{1,18}):[A-Za-z0-9_-]+$`)

// ErrUnknownOutcome says that Telegram may have executed a call whose answer
// did not arrive or cannot be read.
var ErrUnknownOutcome = errors.New("outcome unknown")

// TransientError says that a call had no effect for reasons that pass.
type TransientError struct {
	Method string
	Status int   // HTTP status; 0 = there was no answer
	Err    error // why there was no answer; may be nil
}

// Error says what happened, without the address that holds the token.
func (e *TransientError) Error() string {
	switch {
	case e.Err == nil:
		return fmt.Sprintf("telegram %s: status %d", e.Method, e.Status)
	case e.Status == 0:
		return fmt.Sprintf("telegram %s: %v", e.Method, e.Err)
	}
	return fmt.Sprintf("telegram %s: status %d: %v", e.Method, e.Status, e.Err)
}

// Unwrap returns the cause.
func (e *TransientError) Unwrap() error { return e.Err }

// APIError is a refusal by Telegram.
type APIError struct {
	Code        int // as in Telegram's error_code, for uploads too
	Description string
	RetryAfter  time.Duration // of code 429
	MigrateTo   int64         // the new id of a group; 0 = none
}

// Error is Telegram's answer.
func (e *APIError) Error() string { return fmt.Sprintf("telegram: %d %s", e.Code, e.Description) }

// Client makes calls to the Bot API. It may be used by many goroutines.
type Client struct {
	api  *tgbotapi.BotAPI
	http *http.Client
	id   int64
	// files is the format of file addresses, for token and path.
	files string
}

// NewClient makes a client without calling Telegram. endpoint is a format with
// two %s, empty = Telegram's own; conns is how many connections stay open.
func NewClient(token Token, endpoint string, conns int) (*Client, error) {
	m := tokenForm.FindStringSubmatch(string(token))
	if m == nil {
		return nil, errors.New("telegram token: want digits, a colon and letters, as BotFather gives it")
	}
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	if strings.Count(endpoint, "%s") != 2 || strings.Count(endpoint, "%") != 2 {
		return nil, errors.New("telegram endpoint: want two %s, for token and method")
	}
	u, err := url.Parse(strings.ReplaceAll(endpoint, "%s", "x"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("telegram endpoint: not an http address")
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return nil, errors.New("telegram token: the number before the colon is too large")
	}
	c := &Client{api: &tgbotapi.BotAPI{Token: string(token)}, http: newHTTPClient(conns), id: id, files: DefaultFileEndpoint}
	c.api.SetAPIEndpoint(endpoint)
	return c, nil
}

// ID is the bot's account id, which its token begins with.
func (c *Client) ID() int64 { return c.id }

// String keeps the token out of whatever prints a Client.
func (c *Client) String() string { return fmt.Sprintf("telegram client of bot %d", c.id) }

// Call makes one call and returns the result as Telegram wrote it. Errors are
// *APIError, *TransientError, or wrap ErrUnknownOutcome. A call ends after 15
// seconds at the latest.
func (c *Client) Call(ctx context.Context, method string, params map[string]string) (json.RawMessage, error) {
	return c.callWithin(ctx, callTimeout, method, params)
}

// callWithin is Call with another time limit, for long polls.
func (c *Client) callWithin(ctx context.Context, limit time.Duration, method string, params map[string]string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ex := &exchange{ctx: ctx, http: c.http, method: method}
	resp, err := c.through(ex).MakeRequest(method, tgbotapi.Params(params))
	return ex.result(resp, err)
}

// Upload makes one call with a file in it. name is shown to the person; the
// limit is 35 seconds.
func (c *Client) Upload(ctx context.Context, method string, params map[string]string, field, name string, body []byte) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	ex := &exchange{ctx: ctx, http: c.http, method: method}
	file := tgbotapi.RequestFile{Name: field, Data: tgbotapi.FileBytes{Name: name, Bytes: body}}
	resp, err := c.through(ex).UploadFiles(method, tgbotapi.Params(params), []tgbotapi.RequestFile{file})
	return ex.result(resp, err)
}

// through returns a copy of the library's client that sends through ex.
func (c *Client) through(ex *exchange) *tgbotapi.BotAPI {
	api := *c.api
	api.Client = ex
	return &api
}

// result types what came out of the library.
func (e *exchange) result(resp *tgbotapi.APIResponse, err error) (json.RawMessage, error) {
	if err == nil {
		return resp.Result, nil
	}
	var transient *TransientError
	var refused *tgbotapi.Error
	switch {
	case errors.As(err, &transient), errors.Is(err, ErrUnknownOutcome):
		return nil, err
	case errors.As(err, &refused):
		return nil, e.refusal(refused)
	case e.status == http.StatusOK: // executed perhaps, but the answer is no JSON
		return nil, fmt.Errorf("telegram %s: %w: unreadable answer", e.method, ErrUnknownOutcome)
	}
	return nil, &TransientError{Method: e.method, Status: e.status, Err: errors.New("unreadable answer")}
}

func (e *exchange) refusal(refused *tgbotapi.Error) error {
	code := refused.Code
	if code == 0 { // of uploads the library drops it
		code = codeOf(refused.Message)
	}
	if code == 0 && e.status != http.StatusOK {
		code = e.status
	}
	switch {
	case code == 0:
		return fmt.Errorf("telegram %s: %w: answer without a meaning", e.method, ErrUnknownOutcome)
	case code >= http.StatusInternalServerError:
		return &TransientError{Method: e.method, Status: code}
	}
	return &APIError{
		Code: code, Description: refused.Message,
		RetryAfter: time.Duration(refused.RetryAfter) * time.Second, MigrateTo: refused.MigrateToChatID,
	}
}

// codeOf derives the code from the words that every description begins with;
// 0 = none of them.
func codeOf(description string) int {
	for _, p := range []struct {
		prefix string
		code   int
	}{
		{"Bad Request", http.StatusBadRequest},
		{"Unauthorized", http.StatusUnauthorized},
		{"Forbidden", http.StatusForbidden},
		{"Not Found", http.StatusNotFound},
		{"Conflict", http.StatusConflict},
		{"Too Many Requests", http.StatusTooManyRequests},
		{"Internal Server Error", http.StatusInternalServerError},
	} {
		if strings.HasPrefix(description, p.prefix) {
			return p.code
		}
	}
	return 0
}
