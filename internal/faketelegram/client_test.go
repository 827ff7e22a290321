package faketelegram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"bangkom/internal/faketelegram"
)

const ani int64 = 4001 // the person of most tests

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bot plays the program under test: it calls the fake over real HTTP.
type bot struct {
	t    testing.TB
	srv  *faketelegram.Server
	base string
	http *http.Client
}

func newBot(t testing.TB, cfg faketelegram.Config) *bot {
	t.Helper()
	cfg.Token = "1:test"
	srv := faketelegram.New(cfg)
	web := httptest.NewServer(srv.APIHandler())
	web.Config.ErrorLog = nil
	t.Cleanup(func() {
		srv.Close()
		web.Close()
	})
	return &bot{t: t, srv: srv, base: web.URL, http: web.Client()}
}

// started is newBot with a person who has written once, and the queue emptied.
func started(t testing.TB, cfg faketelegram.Config) *bot {
	t.Helper()
	b := newBot(t, cfg)
	b.srv.AddUser(faketelegram.User{ID: ani, FirstName: "Ani", Phone: "+628120000001"})
	b.srv.SendText(ani, "/start")
	b.drain()
	return b
}

type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

// try calls a method with a form; err is the transport's.
func (b *bot) try(method string, params map[string]string) (answer, error) {
	form := url.Values{}
	for k, v := range params {
		form.Set(k, v)
	}
	res, err := b.http.PostForm(b.base+"/bot1:test/"+method, form)
	return read(res, err)
}

func read(res *http.Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return answer{}, fmt.Errorf("status %d, body %.80q: %w", res.StatusCode, raw, err)
	}
	return a, nil
}

// call is try that fails the test on a transport error.
func (b *bot) call(method string, params map[string]string) answer {
	b.t.Helper()
	a, err := b.try(method, params)
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	return a
}

// must is call that wants ok, and returns the message id if there is one.
func (b *bot) must(method string, params map[string]string) int {
	b.t.Helper()
	a := b.call(method, params)
	if !a.OK {
		b.t.Fatalf("%s(%v) = %d %s, want ok", method, params, a.Code, a.Description)
	}
	var m struct {
		ID int `json:"message_id"`
	}
	_ = json.Unmarshal(a.Result, &m)
	return m.ID
}

// upload calls a method with a multipart form.
func (b *bot) upload(method string, params map[string]string, field, name string, content []byte) answer {
	b.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for k, v := range params {
		_ = form.WriteField(k, v)
	}
	part, _ := form.CreateFormFile(field, name)
	_, _ = part.Write(content)
	_ = form.Close()
	a, err := read(b.http.Post(b.base+"/bot1:test/"+method, form.FormDataContentType(), &buf))
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	return a
}

// wire is an update as the bot reads it.
type wire struct {
	ID      int64           `json:"update_id"`
	Message json.RawMessage `json:"message"`
	Edited  json.RawMessage `json:"edited_message"`
	Member  json.RawMessage `json:"my_chat_member"`
	Press   *struct {
		ID      string          `json:"id"`
		Data    string          `json:"data"`
		Message json.RawMessage `json:"message"`
	} `json:"callback_query"`
}

// updates polls once without waiting.
func (b *bot) updates(offset int64) []wire {
	b.t.Helper()
	a := b.call("getUpdates", map[string]string{"offset": fmt.Sprint(offset)})
	if !a.OK {
		b.t.Fatalf("getUpdates(%d) = %d %s", offset, a.Code, a.Description)
	}
	var list []wire
	if err := json.Unmarshal(a.Result, &list); err != nil {
		b.t.Fatalf("getUpdates(%d): %v in %s", offset, err, a.Result)
	}
	return list
}

// drain reads and confirms all that waits.
func (b *bot) drain() []wire {
	b.t.Helper()
	var all []wire
	var offset int64
	for {
		list := b.updates(offset)
		if len(list) == 0 && b.srv.Pending() == 0 {
			return all
		}
		for _, u := range list {
			offset = max(offset, u.ID+1)
		}
		all = append(all, list...)
	}
}

// await waits until the condition holds, at most two minutes.
func await(t testing.TB, s *faketelegram.Server, what string, ok func() bool) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		changed := s.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func to(params ...string) map[string]string {
	m := map[string]string{"chat_id": fmt.Sprint(ani)}
	for i := 0; i+1 < len(params); i += 2 {
		m[params[i]] = params[i+1]
	}
	return m
}

// A process that is killed in the middle of an upload has called nothing.
func TestBrokenUploadIsNoCall(t *testing.T) {
	b := newBot(t, faketelegram.Config{})
	const begun = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1"
	for _, tt := range []struct {
		end   error // of the connection
		calls int
	}{{io.ErrUnexpectedEOF, 0}, {io.EOF, 1}} {
		before := len(b.srv.Calls())
		body := io.MultiReader(strings.NewReader(begun), iotest.ErrReader(tt.end))
		r := httptest.NewRequest(http.MethodPost, "/bot1:test/sendPhoto", body)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		b.srv.APIHandler().ServeHTTP(httptest.NewRecorder(), r)
		if calls := b.srv.Calls()[before:]; len(calls) != tt.calls {
			t.Errorf("%v: %d calls are recorded, want %d: %+v", tt.end, len(calls), tt.calls, calls)
		}
	}
}
