package faketelegram

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Page is what the chat page shows beside the chats. All texts are Indonesian
// and plain.
type Page struct {
	Title, Intro string
	Hints        []string // what to try
	Personas     []Persona
	Jobs         []Action         // buttons that run something, none if empty
	TimeZone     string           // IANA name for times of day; empty means the browser's
	Clock        func() time.Time // the present of the chats, shown above the list; nil = not shown
}

// Persona is a person whom the visitor can play.
type Persona struct {
	UserID       int64
	Name         string
	Role         string // a few words, shown below the name
	Group        string // heading of the list under which the person stands; the first group is open
	Note         string // a sentence, shown until the visitor does something as this person
	StartPayload string // code of the deep link that MULAI follows; may be empty
}

// Action is a button of the page. Run returns the sentence that is shown.
type Action struct {
	Label, Hint string
	Ask         string // asked before it runs; "" = it runs at once
	Reload      bool   // the page begins anew after it
	Run         func(context.Context) (string, error)
}

// page is one mounted chat page.
type page struct {
	Page
	s   *Server
	mux *http.ServeMux
}

const (
	pageRequest = 1 << 20 // bytes of a request to the page's own API
	pagePolicy  = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// PageHandler serves the chat page at / and its API below /api/. It lets whoever
// opens it play every persona, so it belongs on a loopback address: requests
// from other sites, under a foreign host name or without the key that the page
// itself was given are refused.
//
// The address #ID opens a persona. Browser scripts find things by attributes
// that stay: data-group (a part of the list, closed but for the first) with
// data-persona in it, data-unread, data-message-id with
// data-from ("bot" or "person"), data-button-label with data-button-data (inline
// and reply keyboards; aria-busy while a press waits for its answer),
// data-request-contact, data-contact ("own", "other", "forwarded"),
// data-command, data-attach, data-job, data-document, data-action ("start",
// "unblock"), and by the ids text, send, block, alertok, askyes, toast, now.
func (s *Server) PageHandler(p Page) http.Handler {
	h := &page{Page: p, s: s, mux: http.NewServeMux()}
	for _, u := range p.Personas {
		s.mu.Lock()
		_, known := s.people[u.UserID]
		s.mu.Unlock()
		if !known {
			s.AddUser(User{ID: u.UserID, FirstName: u.Name})
		}
	}
	assets, err := fs.Sub(pageFiles, "page")
	if err != nil {
		assets = pageFiles // cannot happen: the folder is embedded above
	}
	files := http.FileServerFS(assets)
	h.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{
			Name: s.cookie(), Value: s.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		files.ServeHTTP(w, r)
	})
	h.mux.Handle("GET /app.js", files)
	h.mux.Handle("GET /render.js", files)
	h.mux.Handle("GET /style.css", files)
	h.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	h.mux.HandleFunc("GET /api/setup", h.keyed(h.setup))
	h.mux.HandleFunc("GET /api/events", h.keyed(h.events))
	h.mux.HandleFunc("GET /api/file/{path...}", h.keyed(h.file))
	h.mux.HandleFunc("POST /api/act", h.keyed(h.act))
	h.mux.HandleFunc("POST /api/upload", h.keyed(h.upload))
	h.mux.HandleFunc("POST /api/job", h.keyed(h.job))
	return h
}

// randomKey returns 16 random bytes in hexadecimal.
func randomKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}

// cookie is the name of the key's cookie; cookies do not know ports, so each
// server has its own.
func (s *Server) cookie() string { return "page_" + s.key[:8] }

// ServeHTTP sets the security headers and refuses foreign host names.
func (h *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	if !plainHost(r.Host) {
		http.Error(w, "Halaman ini dibuka dengan alamat IP atau localhost.", http.StatusForbidden)
		return
	}
	h.mux.ServeHTTP(w, r)
}

// plainHost tells whether the host is an IP address or localhost. Any other name
// may be another site's that points here (DNS rebinding).
func plainHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host) != nil
}

// keyed lets only the page itself through: with the key, from the same origin.
func (h *page) keyed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie(h.s.cookie())
		if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(h.s.key)) != 1 || !sameOrigin(r) {
			http.Error(w, "Muat ulang halaman ini.", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// sameOrigin reads what the browser says about the sender of a request.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// persona returns the persona that a request names, and refuses others.
func (h *page) persona(w http.ResponseWriter, id int64) (Persona, bool) {
	i := slices.IndexFunc(h.Personas, func(p Persona) bool { return p.UserID == id })
	if i < 0 {
		http.Error(w, "Orang ini tidak ada.", http.StatusNotFound)
		return Persona{}, false
	}
	return h.Personas[i], true
}

// setup tells the page what does not change.
func (h *page) setup(w http.ResponseWriter, _ *http.Request) {
	type persona struct {
		ID    int64  `json:"id"`
		Name  string `json:"name"`
		Role  string `json:"role"`
		Group string `json:"group"`
		Note  string `json:"note"`
		Phone string `json:"phone"`
		Start string `json:"start"`
	}
	type job struct {
		Label  string `json:"label"`
		Hint   string `json:"hint"`
		Ask    string `json:"ask"`
		Reload bool   `json:"reload"`
	}
	personas, jobs := []persona{}, []job{}
	h.s.mu.Lock()
	for _, p := range h.Personas {
		personas = append(personas, persona{p.UserID, p.Name, p.Role, p.Group, p.Note, h.s.person(p.UserID).Phone, p.StartPayload})
	}
	h.s.mu.Unlock()
	for _, j := range h.Jobs {
		jobs = append(jobs, job{j.Label, j.Hint, j.Ask, j.Reload})
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"title": h.Title, "intro": h.Intro, "hints": append([]string{}, h.Hints...), "personas": personas,
		"jobs": jobs, "username": h.s.cfg.BotUsername, "zone": h.TimeZone,
	})
}

// file serves a picture to look at, any other file to save.
func (h *page) file(w http.ResponseWriter, r *http.Request) {
	h.s.mu.Lock()
	f := h.s.files[r.PathValue("path")]
	h.s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	kind := http.DetectContentType(f.body)
	if f.kind != "photo" || !strings.HasPrefix(kind, "image/") {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.name))
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Header().Set("Content-Length", strconv.Itoa(len(f.body)))
	_, _ = w.Write(f.body)
}

// job runs an action and shows its sentence.
func (h *page) job(w http.ResponseWriter, r *http.Request) {
	var q struct{ Index int }
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, pageRequest)).Decode(&q) != nil || q.Index < 0 || q.Index >= len(h.Jobs) {
		http.Error(w, "Tindakan ini tidak ada.", http.StatusNotFound)
		return
	}
	text, err := h.Jobs[q.Index].Run(r.Context())
	if err != nil {
		http.Error(w, "Belum berhasil: "+err.Error(), http.StatusInternalServerError)
		return
	}
	said := map[string]any{"text": text}
	if h.Clock != nil { // which the action may have moved
		said["now"] = h.Clock().UnixMilli()
	}
	writeJSON(w, http.StatusOK, said)
}

// upload sends a document of the visitor's to the bot.
func (h *page) upload(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.URL.Query().Get("user"), 10, 64)
	p, ok := h.persona(w, id)
	if !ok {
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		http.Error(w, "Berkas terlalu besar, paling banyak 50 MB.", http.StatusRequestEntityTooLarge)
		return
	}
	name := r.URL.Query().Get("name")
	if name == "" {
		name = "berkas"
	}
	sent := Sent{Media: "document", Name: name, Content: content, HTML: shorthand(r.URL.Query().Get("caption"))}
	if r.URL.Query().Get("as") == "photo" {
		sent.Media = "photo"
	}
	message, err := h.s.Send(p.UserID, sent)
	if err != nil {
		http.Error(w, "Berkas ini bukan gambar yang dapat dikirim sebagai foto.", http.StatusUnsupportedMediaType)
		return
	}
	writeJSON(w, http.StatusOK, map[string]int{"message": message})
}
