package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

const testToken = "123456789:AAsecretTokenThatMustNeverBeSeen-00"

// refusals holds every row of the table of answers, as Telegram's server
// writes them.
var refusals = []struct {
	name, body string
	status     int
	class      dialog.Class
	want       Verdict
}{
	{name: "sent", status: 200, body: `{"ok":true,"result":{"message_id":1}}`, want: Verdict{State: dialog.StateSent}},
	{name: "not modified", status: 400, body: refuse(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"), want: Verdict{State: dialog.StateSent}},
	{name: "late", status: 400, body: refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), want: Verdict{State: dialog.StateSent, Cause: "late"}},
	{name: "edit gone", status: 400, body: refuse(400, "Bad Request: message to edit not found"), want: Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{name: "edit too old", status: 400, body: refuse(400, "Bad Request: message can't be edited"), want: Verdict{State: dialog.StateFailed, Cause: "gone", Remedy: RemedyFresh}},
	{name: "delete gone", status: 400, body: refuse(400, "Bad Request: message to delete not found"), want: Verdict{State: dialog.StateSent, Cause: "gone"}},
	{name: "delete too old", status: 400, body: refuse(400, "Bad Request: message can't be deleted for everyone"), want: Verdict{State: dialog.StateFailed, Cause: dialog.CauseKept}},
	{name: "chat", status: 400, body: refuse(400, "Bad Request: chat not found"), want: Verdict{State: dialog.StateFailed, Cause: "chat_not_found", Unreachable: true}},
	{name: "peer", status: 400, body: refuse(400, "Bad Request: PEER_ID_INVALID"), want: Verdict{State: dialog.StateFailed, Cause: "chat_not_found", Unreachable: true}},
	{name: "migrated", status: 400, body: `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-100123}}`, want: Verdict{State: dialog.StateFailed, Cause: "migrated", Remedy: RemedyMigrate, MigrateTo: -100123}},
	{name: "entities", status: 400, body: refuse(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0"), want: Verdict{State: dialog.StateFailed, Cause: "format", Remedy: RemedyPlain, Alarm: true}},
	{name: "long", status: 400, body: refuse(400, "Bad Request: message is too long"), want: Verdict{State: dialog.StateFailed, Cause: "too_long", Remedy: RemedyPlain, Alarm: true}},
	{name: "markup", status: 400, body: refuse(400, "Bad Request: reply markup is too long"), want: Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{name: "button", status: 400, body: refuse(400, "Bad Request: BUTTON_DATA_INVALID"), want: Verdict{State: dialog.StateFailed, Cause: "buttons", Remedy: RemedyBare, Alarm: true}},
	{name: "file id", status: 400, body: refuse(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), want: Verdict{State: dialog.StateFailed, Cause: "file", Remedy: RemedyAgain, Alarm: true}},
	{name: "file size", status: 400, body: refuse(400, "Bad Request: file is too big"), want: Verdict{State: dialog.StateFailed, Cause: "file_size", Alarm: true}},
	{name: "400 other", status: 400, body: refuse(400, "Bad Request: something new"), want: Verdict{State: dialog.StateFailed, Cause: "bad_request", Alarm: true}},
	{name: "401", status: 401, body: refuse(401, "Unauthorized"), want: Verdict{State: dialog.StateNew, Cause: "token", Alarm: true, Stop: true}},
	{name: "404", status: 404, body: refuse(404, "Not Found"), want: Verdict{State: dialog.StateNew, Cause: "token", Alarm: true, Stop: true}},
	{name: "blocked", status: 403, body: refuse(403, "Forbidden: bot was blocked by the user"), want: Verdict{State: dialog.StateFailed, Cause: "forbidden", Unreachable: true}},
	{name: "deactivated", status: 403, body: refuse(403, "Forbidden: user is deactivated"), want: Verdict{State: dialog.StateFailed, Cause: "forbidden", Unreachable: true}},
	{name: "kicked", status: 403, body: refuse(403, "Forbidden: bot was kicked from the group chat"), want: Verdict{State: dialog.StateFailed, Cause: "forbidden", Unreachable: true}},
	{name: "409", status: 409, body: refuse(409, "Conflict: terminated by other getUpdates request"), want: Verdict{State: dialog.StateNew, Cause: "conflict", Alarm: true}},
	{name: "421", status: 421, body: refuse(421, "Misdirected Request"), want: Verdict{State: dialog.StateFailed, Cause: "refused", Remedy: RemedyAgain, Alarm: true}},
	{name: "429", status: 429, body: `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`, want: Verdict{State: dialog.StateNew, Cause: "flood", Pause: 7 * time.Second}},
	{name: "429 without time", status: 429, body: refuse(429, "Too Many Requests"), want: Verdict{State: dialog.StateNew, Cause: "flood", Pause: defaultPause}},
	{name: "500", status: 500, body: refuse(500, "Internal Server Error: restart"), want: Verdict{State: dialog.StateNew, Cause: "transient"}},
	{name: "502", status: 502, body: "<html>bad gateway</html>", want: Verdict{State: dialog.StateNew, Cause: "transient"}},
	{name: "4xx of a proxy", status: 403, body: "<html>no</html>", want: Verdict{State: dialog.StateNew, Cause: "transient"}},
	{name: "empty 200", status: 200, body: "", want: Verdict{State: dialog.StateNew, Cause: "unknown", Unknown: true}},
	{name: "html 200", status: 200, body: "<html>", want: Verdict{State: dialog.StateNew, Cause: "unknown", Unknown: true}},
	{name: "{} 200", status: 200, body: "{}", want: Verdict{State: dialog.StateNew, Cause: "unknown", Unknown: true}},
	{name: "empty 200 of a broadcast", status: 200, body: "", class: dialog.ClassBroadcast, want: Verdict{State: dialog.StateUnknown, Cause: "unknown", Unknown: true}},
	{name: "502 of a broadcast", status: 502, body: "", class: dialog.ClassBroadcast, want: Verdict{State: dialog.StateNew, Cause: "transient"}},
}

func refuse(code int, text string) string {
	return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, text)
}

func testClient(t *testing.T, h http.Handler) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := NewClient(testToken, srv.URL+"/bot%s/%s", 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

func TestClassifyEveryAnswer(t *testing.T) {
	for _, tt := range refusals {
		for _, upload := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/upload=%t", tt.name, upload), func(t *testing.T) {
				c := testClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(tt.status)
					fmt.Fprint(w, tt.body)
				}))
				var err error
				if upload {
					_, err = c.Upload(t.Context(), "sendPhoto", map[string]string{"chat_id": "1"}, "photo", "a.png", []byte("png"))
				} else {
					_, err = c.Call(t.Context(), "sendMessage", map[string]string{"chat_id": "1"})
				}
				class := tt.class
				if class == "" {
					class = dialog.ClassReply
				}
				if diff := cmp.Diff(tt.want, Classify(class, err)); diff != "" {
					t.Errorf("Classify(%v) (-want +got):\n%s", err, diff)
				}
				if err != nil && strings.Contains(err.Error(), testToken) {
					t.Errorf("the error holds the token")
				}
			})
		}
	}
}

func TestClassifyBrokenConnections(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    bool // the outcome is unknown
	}{
		{name: "cut before an answer", want: true, handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{name: "cut within the answer", want: true, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"ok":true,`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
		{name: "no answer in time", want: true, handler: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // else the server does not see the client leave
			<-r.Context().Done()
		}},
		{name: "an error cut", want: false, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(502)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := testClient(t, tt.handler)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err := c.Call(ctx, "sendMessage", nil)
			if got := errors.Is(err, ErrUnknownOutcome); got != tt.want {
				t.Errorf("unknown outcome = %t, want %t (%v)", got, tt.want, err)
			}
			if err == nil || strings.Contains(err.Error(), testToken) {
				t.Errorf("error %q must be there and hold no token", err)
			}
		})
	}
}

func TestConnectionRefusedIsTransient(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	address := srv.URL
	srv.Close()
	c, err := NewClient(testToken, address+"/bot%s/%s", 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Call(t.Context(), "sendMessage", nil)
	var transient *TransientError
	if !errors.As(err, &transient) || errors.Is(err, ErrUnknownOutcome) {
		t.Errorf("Call on a closed port = %v, want a TransientError", err)
	}
	if strings.Contains(err.Error(), testToken) {
		t.Error("the error holds the token")
	}
}

func TestNothingPrintsTheToken(t *testing.T) {
	c, err := NewClient(testToken, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Token: testToken}
	for _, text := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%+v", *c), fmt.Sprintf("%#v", *c),
		fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg), fmt.Sprintf("%s %q", cfg.Token, cfg.Token),
	} {
		if strings.Contains(text, "AAsecret") {
			t.Errorf("the token is in %q", text)
		}
	}
}

func TestNewClientRefuses(t *testing.T) {
	for _, tt := range []struct{ name, token, endpoint string }{
		{"no token", "", ""},
		{"no number", "abc:def", ""},
		{"slash in the token", "1:a/b", ""},
		{"one place", testToken, "http://x/%s"},
		{"three places", testToken, "http://x/%s/%s/%s"},
		{"no host", testToken, "/bot%s/%s"},
		{"other verb", testToken, "http://x/%s/%d%s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewClient(Token(tt.token), tt.endpoint, 1)
			if err == nil {
				t.Fatalf("NewClient = %v, want an error", c)
			}
			if tt.token != "" && strings.Contains(err.Error(), tt.token) {
				t.Errorf("the error %q holds the token", err)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	calls := 0
	c := testClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	if _, err := c.Call(t.Context(), "getMe", nil); err == nil {
		t.Error("a redirect counts as success")
	}
	if calls != 1 {
		t.Errorf("%d requests, want 1", calls)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	addresses := map[string]bool{}
	c := testClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addresses[r.RemoteAddr] = true
		fmt.Fprint(w, `{"ok":true,"result":true}`)
		w.(http.Flusher).Flush() // chunked
	}))
	for range 20 {
		if _, err := c.Call(t.Context(), "getMe", nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(addresses) != 1 {
		t.Errorf("20 calls used %d connections, want 1", len(addresses))
	}
}
