package faketelegram

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Call is one call of the Bot API as it was answered.
type Call struct {
	At          time.Time // arrival
	Method      string
	Params      map[string]string // as sent; uploads as "<file NAME, N bytes>"
	ChatID      int64             // 0 if the call names no chat
	OK          bool              // what the caller was told; false if the reply was cut
	Code        int               // HTTP status, 0 if the reply was cut
	Description string            // of a refusal
	Accepted    bool              // had its effect, even if the reply was cut
	MessageID   int               // of the message sent, edited or deleted
	Class       string            // of a refusal: one of the Class constants
}

// APIHandler serves /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) APIHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-s.done:
			cut(w)
		default:
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
			token, path, _ := strings.Cut(rest, "/")
			if token != s.cfg.Token {
				writeError(w, s.refuse("file", &apiError{code: 401, desc: "Unauthorized", class: ClassRule}))
				return
			}
			fault := s.draw("download", method{})
			if fault.before() {
				cut(w)
			}
			s.pause(r, fault.slow)
			s.download(w, path)
			return
		}
		rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
		token, name, _ := strings.Cut(rest, "/")
		switch _, known := methods[name]; {
		case ok && token != s.cfg.Token:
			writeError(w, s.refuse(name, &apiError{code: 401, desc: "Unauthorized", class: ClassRule}))
		case !ok || !known:
			writeError(w, s.refuse(name, &apiError{code: 404, desc: "Not Found", class: ClassRule}))
		case r.Method != http.MethodGet && r.Method != http.MethodPost:
			writeError(w, s.refuse(name, &apiError{code: 405, desc: "Method Not Allowed", class: ClassRule}))
		default:
			s.serve(w, r, name)
		}
	})
}

// refuse records a call that never came to its method.
func (s *Server) refuse(name string, err *apiError) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(Call{At: s.now(), Method: name, Code: err.code, Description: err.desc, Class: err.class})
	return err
}

// serve answers one call of a known method.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, name string) {
	m := methods[name]
	call := Call{At: s.now(), Method: name}
	sent := &whole{ReadCloser: r.Body}
	r.Body = sent
	q, err := decode(r, name)
	if sent.cut {
		return // the caller died in the middle: no call was made
	}
	if err == nil {
		err = q.check(m)
	}
	call.Params, call.ChatID = maps.Clone(q.shown()), q.chatID
	fault := s.draw(name, m)
	if fault.before() {
		s.failBefore(w, call, fault)
		return
	}
	if name == "getUpdates" && err == nil {
		s.serveUpdates(w, r, q, call, fault)
		return
	}
	var do effect
	if err == nil {
		do, err = m.run(s, q)
	}
	result, err := s.perform(q, m, do, err, call, fault)
	if fault.slow > 0 {
		s.pause(r, fault.slow)
	}
	switch {
	case fault.kind == faultResetAfter:
		cut(w)
	case err != nil:
		writeError(w, err)
	default:
		writeResult(w, result)
	}
}

// perform applies a call and records it, both in one piece.
func (s *Server) perform(q *request, m method, do effect, err *apiError, call Call, fault fault) (any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var result any
	if err == nil {
		err = s.spend(m.cost, q.chatID)
	}
	if err == nil {
		result, err = do()
	}
	call.MessageID = int(q.number("message_id", 0))
	if sent, ok := result.(*apiMessage); ok {
		call.MessageID = sent.ID
	}
	if err == nil {
		call.OK, call.Accepted, call.Code = true, true, 200
	} else {
		call.Code, call.Description, call.Class = err.code, err.desc, err.class
	}
	if fault.kind == faultResetAfter {
		call.OK, call.Code, call.Class = false, 0, ClassInjected
	}
	s.record(call)
	return result, err
}

// record notes a call. The caller holds s.mu.
func (s *Server) record(c Call) {
	s.made++
	if !s.cfg.Lean || c.breach() {
		s.calls = append(s.calls, c)
	}
	s.touch()
}

// failBefore answers a call that fails without having any effect.
func (s *Server) failBefore(w http.ResponseWriter, call Call, f fault) {
	call.Class = ClassInjected
	var err *apiError
	if f.kind == faultTooMany {
		err = tooMany(float64(f.retryAfter), ClassInjected)
		call.Code, call.Description = err.code, err.desc
	}
	if f.kind == faultServerError {
		call.Code, call.Description = http.StatusBadGateway, "Bad Gateway"
	}
	s.mu.Lock()
	s.record(call)
	s.mu.Unlock()
	switch f.kind {
	case faultTooMany:
		writeError(w, err)
	case faultServerError:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"))
	default:
		cut(w)
	}
}

// pause waits d, or until the caller or the server goes.
func (s *Server) pause(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	case <-s.done:
	}
}

// cut ends the connection without a reply, by a TCP reset where it can. It does
// not return: net/http takes the panic as the order to drop the connection.
func cut(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
	}
	panic(http.ErrAbortHandler)
}

// reply is the envelope of every answer.
type reply struct {
	OK          bool   `json:"ok"`
	Result      any    `json:"result,omitempty"`
	Code        int    `json:"error_code,omitempty"`
	Description string `json:"description,omitempty"`
	Parameters  *hints `json:"parameters,omitempty"`
}

type hints struct {
	RetryAfter int `json:"retry_after,omitempty"`
}

func writeResult(w http.ResponseWriter, result any) {
	writeJSON(w, http.StatusOK, reply{OK: true, Result: result})
}

func writeError(w http.ResponseWriter, e *apiError) {
	r := reply{Code: e.code, Description: e.desc}
	if e.retryAfter > 0 {
		r.Parameters = &hints{RetryAfter: e.retryAfter}
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	writeJSON(w, e.code, r)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	out, err := json.Marshal(v)
	if err != nil {
		status, out = http.StatusInternalServerError, []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

// whole is the body of a call; cut tells that the connection ended before it did.
type whole struct {
	io.ReadCloser
	cut bool
}

// Read notes a broken connection.
func (w *whole) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.cut = w.cut || err != nil && !errors.Is(err, io.EOF)
	return n, err
}
