package faketelegram

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxUpload = 50 << 20 // bytes of one file that a bot may send
	maxBody   = maxUpload + 1<<20
)

// request is a call after decoding: parameters as text, files apart.
type request struct {
	name   string
	params map[string]string
	files  map[string]upload
	chatID int64 // 0 if the call names none
}

type upload struct {
	name string
	body []byte
}

// decode reads the parameters of a call from the query string and a body that
// is a form, a multipart form or JSON.
func decode(r *http.Request, name string) (*request, *apiError) {
	q := &request{name: name, params: map[string]string{}, files: map[string]upload{}}
	if r.URL.RawQuery != "" {
		if err := q.addForm(r.URL.RawQuery); err != nil {
			return q, err
		}
	}
	kind, args, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return q, q.addMultipart(r, args["boundary"])
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return q, badRequest("can't read the request: %v", err)
	case len(body) > maxBody:
		return q, tooLarge()
	case len(body) == 0:
		return q, nil
	case kind == "application/json":
		return q, q.addJSON(body)
	case kind == "application/x-www-form-urlencoded":
		return q, q.addForm(string(body))
	}
	return q, badRequest("unsupported content type %q", kind)
}

func tooLarge() *apiError {
	return &apiError{code: 413, desc: "Request Entity Too Large", class: ClassRule}
}

// add notes one parameter; a repeated one and broken UTF-8 are refused.
func (q *request) add(name, value string) *apiError {
	if _, twice := q.params[name]; twice {
		return badRequest("parameter %q is given twice", name)
	}
	if !utf8.ValidString(value) || !utf8.ValidString(name) {
		return badRequest("strings must be encoded in UTF-8")
	}
	q.params[name] = value
	return nil
}

func (q *request) addForm(encoded string) *apiError {
	form, err := url.ParseQuery(encoded)
	if err != nil {
		return badRequest("can't parse the form: %v", err)
	}
	for name, values := range form {
		for _, v := range values {
			if e := q.add(name, v); e != nil {
				return e
			}
		}
	}
	return nil
}

func (q *request) addJSON(body []byte) *apiError {
	if !utf8.Valid(body) {
		return badRequest("strings must be encoded in UTF-8")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return badRequest("can't parse the JSON object: %v", err)
	}
	for name, raw := range fields {
		value := string(raw)
		if strings.HasPrefix(value, `"`) {
			if err := json.Unmarshal(raw, &value); err != nil {
				return badRequest("can't parse the JSON object: %v", err)
			}
		}
		if e := q.add(name, value); e != nil {
			return e
		}
	}
	return nil
}

func (q *request) addMultipart(r *http.Request, boundary string) *apiError {
	if boundary == "" {
		return badRequest("multipart form without a boundary")
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return badRequest("can't parse the multipart form: %v", err)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return badRequest("can't parse the multipart form: %v", err)
		}
		body, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return badRequest("can't parse the multipart form: %v", err)
		}
		if len(body) > maxUpload {
			return tooLarge()
		}
		if part.FileName() != "" {
			q.files[part.FormName()] = upload{name: part.FileName(), body: body}
			continue
		}
		if e := q.add(part.FormName(), string(body)); e != nil {
			return e
		}
	}
}

// check compares the call with the table and resolves chat_id.
func (q *request) check(m method) *apiError {
	known := make(map[string]kind, len(m.params))
	for _, p := range m.params {
		known[p.name] = p.kind
		if p.missing == "" || q.params[p.name] != "" {
			continue
		}
		if _, file := q.files[p.name]; file && p.kind == kindFile {
			continue
		}
		if p.missing == queryTooOld {
			return badState(queryTooOld)
		}
		return badRequest("%s", p.missing)
	}
	for name, value := range q.params {
		k, ok := known[name]
		if !ok {
			return badRequest("unknown parameter %q of method %s", name, q.name)
		}
		if err := checkKind(name, value, k); err != nil {
			return err
		}
		if k == kindChat {
			q.chatID, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	for name := range q.files {
		if known[name] != kindFile && q.name != "editMessageMedia" {
			return badRequest("unknown file %q of method %s", name, q.name)
		}
	}
	return nil
}

// checkKind refuses a value that is not of its parameter's type.
func checkKind(name, value string, k kind) *apiError {
	switch k {
	case kindInteger:
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return badRequest("parameter %q must be an Integer", name)
		}
	case kindChat:
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return badRequest("chat not found")
		} else if id == 0 {
			return badRequest("chat_id is empty")
		}
	case kindBoolean:
		switch strings.ToLower(value) {
		case "true", "false", "1", "0":
		default:
			return badRequest("parameter %q must be a Boolean", name)
		}
	case kindArray:
		if value == "null" && strings.HasSuffix(name, "entities") {
			return nil // tgbotapi sends it for no entities, and Telegram takes it
		}
		var a []json.RawMessage
		if err := json.Unmarshal([]byte(value), &a); err != nil || a == nil {
			return badRequest("can't parse %s JSON array", name)
		}
	case kindObject:
		if name == "reply_markup" {
			return nil // parseMarkup has a closer look
		}
		var o map[string]json.RawMessage
		if err := json.Unmarshal([]byte(value), &o); err != nil || o == nil {
			return badRequest("can't parse %s JSON object", name)
		}
	}
	return nil
}

// number returns an integer parameter, or otherwise if it is absent.
func (q *request) number(name string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(q.params[name], 10, 64); err == nil {
		return n
	}
	return otherwise
}

// flag returns a boolean parameter, false if it is absent.
func (q *request) flag(name string) bool {
	v := strings.ToLower(q.params[name])
	return v == "true" || v == "1"
}

// shown returns the parameters for the record; files by name and size.
func (q *request) shown() map[string]string {
	for name, f := range q.files {
		if _, taken := q.params[name]; !taken {
			q.params[name] = fmt.Sprintf("<file %s, %d bytes>", f.name, len(f.body))
		}
	}
	return q.params
}
