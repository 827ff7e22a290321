package faketelegram_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

// visitor is a browser with the chat page open.
type visitor struct {
	t      *testing.T
	base   string
	cookie *http.Cookie
}

func visit(t *testing.T, s *faketelegram.Server, p faketelegram.Page) *visitor {
	t.Helper()
	web := httptest.NewServer(s.PageHandler(p))
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	res, err := http.Get(web.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if len(res.Cookies()) != 1 || !res.Cookies()[0].HttpOnly || res.Cookies()[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("cookies = %v, want one that scripts and other sites cannot use", res.Cookies())
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy = %q", csp)
	}
	return &visitor{t: t, base: web.URL, cookie: res.Cookies()[0]}
}

// do sends a request with the page's cookie and the given headers.
func (v *visitor) do(method, path, body string, header ...string) (int, string) {
	v.t.Helper()
	r, err := http.NewRequest(method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(raw)
}

func twoPersonas() faketelegram.Page {
	return faketelegram.Page{Title: "Bangkom", Hints: []string{"satu"}, Personas: []faketelegram.Persona{
		{UserID: ani, Name: "Ani", Role: "Pelaksana", StartPayload: "K7M2"}, {UserID: 4002, Name: "Budi"},
	}}
}

func TestPageGuard(t *testing.T) {
	b := started(t, faketelegram.Config{})
	v := visit(t, b.srv, twoPersonas())
	const text = `{"do":"text","user":4001,"text":"halo"}`
	tests := []struct {
		name   string
		cookie bool
		header []string
		want   int
	}{
		{"the page itself", true, []string{"Sec-Fetch-Site", "same-origin", "Origin", v.base}, 200},
		{"no key", false, nil, 403},
		{"another site", true, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port of this host", true, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another origin", true, []string{"Origin", "https://example.org"}, 403},
		{"null origin", true, []string{"Origin", "null"}, 403},
		{"name that points here", true, []string{"Host", "evil.example.org"}, 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := *v
			if !tt.cookie {
				w.cookie = nil
			}
			if got, body := w.do("POST", "/api/act", text, tt.header...); got != tt.want {
				t.Errorf("status = %d (%s), want %d", got, body, tt.want)
			}
		})
	}
	if n := len(b.srv.Messages(ani)); n != 2 { // /start and the one that was let through
		t.Errorf("messages = %d, want 2", n)
	}
	if code, _ := v.do("POST", "/api/act", `{"do":"text","user":77,"text":"x"}`); code != 404 {
		t.Errorf("person who is no persona = %d, want 404", code)
	}
}

func TestPageFiles(t *testing.T) {
	v := visit(t, faketelegram.New(faketelegram.Config{}), twoPersonas())
	for path, want := range map[string]string{"/": "<!doctype html>", "/app.js": "EventSource", "/render.js": "export", "/style.css": "@media", "/api/setup": `"start":"K7M2"`} {
		if code, body := v.do("GET", path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("GET %s = %d without %q", path, code, want)
		}
	}
	for _, path := range []string{"/page.go", "/api/file/documents/none", "/../go.mod"} {
		if code, _ := v.do("GET", path, ""); code != 404 {
			t.Errorf("GET %s = %d, want 404", path, code)
		}
	}
}

// event is what the page reads from the stream.
type event struct {
	Rev      int64
	Personas []struct {
		ID   int64
		Last string
		Bots int
	}
	Chat struct {
		User     int64
		Started  bool
		Blocked  bool
		Keyboard *faketelegram.ReplyKeyboard
		Messages []struct {
			ID     int
			Bot    bool
			Text   string
			Media  string
			File   *struct{ Src string }
			Inline [][]faketelegram.Button
		}
		Alerts []struct {
			Query, Text string
			Modal       bool
		}
	}
}

// stream opens the live stream of a persona; the function returns the next
// event that satisfies the condition.
func (v *visitor) stream(user int64) func(what string, ok func(event) bool) event {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	v.t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/api/events?user=%d&rev=0", v.base, user), nil)
	r.AddCookie(v.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewReader(res.Body)
	return func(what string, ok func(event) bool) event {
		v.t.Helper()
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				v.t.Fatalf("waiting for %s: %v", what, err)
			}
			data, is := strings.CutPrefix(line, "data: ")
			if !is {
				continue
			}
			var e event
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				v.t.Fatalf("event %s: %v", data, err)
			}
			if ok(e) {
				return e
			}
		}
	}
}

func TestPageConversation(t *testing.T) {
	b := newBot(t, faketelegram.Config{})
	v := visit(t, b.srv, twoPersonas())
	next := v.stream(ani)
	next("the empty chat", func(e event) bool { return e.Chat.User == ani && !e.Chat.Started && len(e.Personas) == 2 })
	v.do("POST", "/api/act", `{"do":"text","user":4001,"text":"/start K7M2"}`)
	next("the own message", func(e event) bool {
		return e.Chat.Started && len(e.Chat.Messages) == 1 && e.Chat.Messages[0].Text == "/start K7M2"
	})
	b.must("sendMessage", to("text", "Pilih", "reply_markup", inlineOf(`{"text":"1","callback_data":"a"}`)))
	e := next("the question", func(e event) bool { return len(e.Chat.Messages) == 1 })
	if m := e.Chat.Messages[0]; !m.Bot || m.Inline[0][0].Data != "a" {
		t.Errorf("question = %+v", m)
	}
	code, body := v.do("POST", "/api/act", `{"do":"press","user":4001,"message":2,"data":"a"}`)
	var pressed struct{ Query string }
	if _ = json.Unmarshal([]byte(body), &pressed); code != 200 || pressed.Query == "" {
		t.Fatalf("press = %d %s", code, body)
	}
	b.must("answerCallbackQuery", map[string]string{"callback_query_id": pressed.Query, "text": "Tersimpan.", "show_alert": "true"})
	e = next("the answer", func(e event) bool { return len(e.Chat.Alerts) == 1 })
	if a := e.Chat.Alerts[0]; a.Query != pressed.Query || a.Text != "Tersimpan." || !a.Modal {
		t.Errorf("alert = %+v", a)
	}
	if code, _ := v.do("POST", "/api/act", `{"do":"press","user":4001,"message":2,"data":"forged"}`); code != 409 {
		t.Errorf("forged press = %d, want 409", code)
	}
	b.upload("sendPhoto", to("reply_markup", `{"keyboard":[[{"text":"Bagikan","request_contact":true}]]}`), "photo", "p.png", picture(80, 60))
	e = next("the picture", func(e event) bool { return len(e.Chat.Messages) == 1 && e.Chat.Messages[0].File != nil })
	if code, body := v.do("GET", "/"+e.Chat.Messages[0].File.Src, ""); code != 200 || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("picture = %d %.10q", code, body)
	}
	if k := e.Chat.Keyboard; k == nil || !k.Rows[0][0].RequestContact {
		t.Errorf("keyboard = %+v, want the one that shares the contact", k)
	}
}

func TestPageActions(t *testing.T) {
	b := started(t, faketelegram.Config{})
	v := visit(t, b.srv, twoPersonas())
	for _, body := range []string{
		`{"do":"contact","user":4001,"whose":"own"}`, `{"do":"contact","user":4001,"whose":"other"}`,
		`{"do":"contact","user":4001,"whose":"forwarded"}`, `{"do":"media","user":4001,"text":"sticker"}`,
		`{"do":"block","user":4001}`, `{"do":"unblock","user":4001}`,
	} {
		if code, text := v.do("POST", "/api/act", body); code != 200 {
			t.Errorf("%s = %d %s", body, code, text)
		}
	}
	if code, _ := v.do("POST", "/api/upload?user=4001&name=daftar.csv", "nip;nama"); code != 200 {
		t.Errorf("upload = %d", code)
	}
	got := b.srv.Messages(ani)
	if len(got) != 6 || got[1].Contact.UserID != ani || got[2].Contact.UserID != 0 || !got[3].Contact.Forwarded || got[5].Document.Name != "daftar.csv" {
		t.Errorf("messages = %+v", got)
	}
	if code, _ := v.do("POST", "/api/act", `{"do":"fly","user":4001}`); code != 400 {
		t.Errorf("unknown action = %d, want 400", code)
	}
}

// What was typed before a picture or a file is chosen goes below it, with the looks that
// its signs stand for.
func TestPageSendsLooksAndPictures(t *testing.T) {
	b := started(t, faketelegram.Config{})
	v := visit(t, b.srv, twoPersonas())
	drawn := picture(8, 8)
	for _, one := range []struct{ path, body string }{
		{"/api/act", `{"do":"text","user":4001,"text":"**Rapat** besok, __mohon__ hadir, 2 ** 3"}`},
		{"/api/act", `{"do":"text","user":4001,"text":"tanpa <b>tanda</b>"}`},
		{"/api/act", `{"do":"media","user":4001,"text":"photo","caption":"**Denah**"}`},
		{"/api/upload?user=4001&name=surat.pdf&caption=Surat+**undangan**", "%PDF"},
		{"/api/upload?user=4001&name=denah.png&as=photo", string(drawn)},
	} {
		if code, text := v.do("POST", one.path, one.body); code != 200 {
			t.Errorf("%s = %d %s", one.path, code, text)
		}
	}
	if code, _ := v.do("POST", "/api/upload?user=4001&name=denah.png&as=photo", "no picture"); code != 415 {
		t.Errorf("what is no picture = %d, want 415", code)
	}
	got := b.srv.Messages(ani)[1:]
	bold := func(offset, length int) faketelegram.Entity {
		return faketelegram.Entity{Type: "bold", Offset: offset, Length: length}
	}
	want := []faketelegram.Message{
		{Text: "Rapat besok, mohon hadir, 2 ** 3", Entities: []faketelegram.Entity{bold(0, 5), {Type: "italic", Offset: 13, Length: 5}}},
		{Text: "tanpa <b>tanda</b>"}, {Text: "Denah", Media: "photo", Entities: []faketelegram.Entity{bold(0, 5)}},
		{Text: "Surat undangan", Media: "document", Entities: []faketelegram.Entity{bold(6, 8)}}, {Media: "photo"},
	}
	for i, m := range got {
		if i >= len(want) || m.Text != want[i].Text || m.Media != want[i].Media || !slices.Equal(m.Entities, want[i].Entities) {
			t.Errorf("message %d is %q, %s, %+v", i, m.Text, m.Media, m.Entities)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
}

func TestPageJobs(t *testing.T) {
	p := twoPersonas()
	p.Jobs = []faketelegram.Action{
		{Label: "Baik", Run: func(context.Context) (string, error) { return "Selesai.", nil }},
		{Label: "Buruk", Run: func(context.Context) (string, error) { return "", errors.New("sebab") }},
	}
	v := visit(t, faketelegram.New(faketelegram.Config{}), p)
	for body, want := range map[string]string{`{"index":0}`: "200 Selesai.", `{"index":1}`: "500 Belum berhasil: sebab", `{"index":2}`: "404 Tindakan ini tidak ada.", `{"index":-1}`: "404 Tindakan"} {
		code, got := v.do("POST", "/api/job", body)
		status, text, _ := strings.Cut(want, " ")
		if fmt.Sprint(code) != status || !strings.Contains(got, text) {
			t.Errorf("job %s = %d %s, want %s", body, code, got, want)
		}
	}
}
