package faketelegram

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // pictures that Telegram accepts
	_ "image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"path"
	"strings"
)

const (
	maxPhoto     = 10 << 20 // bytes of a picture
	maxDownload  = 20 << 20 // bytes of a file that a bot may fetch
	photoSides   = 10_000   // width and height together
	photoStretch = 20       // longest ratio of the sides
)

// file is an upload of the bot or of a person. It never changes once kept.
type file struct {
	id, unique    string
	kind          string // photo or document
	name          string
	body          []byte
	width, height int
}

func (f *file) api() apiFile {
	return apiFile{ID: f.id, UniqueID: f.unique, Size: len(f.body)}
}

func (f *file) photos() []apiPhoto {
	return []apiPhoto{{apiFile: f.api(), Width: f.width, Height: f.height}}
}

func (f *file) document() *apiDocument {
	return &apiDocument{apiFile: f.api(), Name: f.name, MIME: f.mime()}
}

// mime guesses the media type by the name, then by the content.
func (f *file) mime() string {
	if t := mime.TypeByExtension(path.Ext(f.name)); t != "" {
		return t
	}
	return http.DetectContentType(f.body)
}

// path is where the file is downloaded.
func (f *file) path() string {
	dir := "documents"
	if f.kind == "photo" {
		dir = "photos"
	}
	ext := path.Ext(f.name)
	if strings.ContainsAny(ext, "/ ?#%") {
		ext = ""
	}
	return dir + "/" + f.unique + ext
}

// fileOf returns the file of a sending method: an upload under the parameter's
// name, attach://NAME, or a file_id.
func (s *Server) fileOf(q *request, kind, value string) (*file, *apiError) {
	name := kind
	if n, ok := strings.CutPrefix(value, "attach://"); ok {
		if _, there := q.files[n]; !there {
			return nil, badRequest("wrong HTTP URL specified")
		}
		name, value = n, ""
	}
	return s.fileNamed(q, name, kind, value)
}

// fileNamed returns the upload called name as a new file, or the known file
// that value names. A new file is not kept yet.
func (s *Server) fileNamed(q *request, name, kind, value string) (*file, *apiError) {
	if u, ok := q.files[name]; ok {
		return newFile(kind, u.name, u.body)
	}
	if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
		return nil, badRequest("failed to get HTTP URL content")
	}
	s.mu.Lock()
	f := s.files[value]
	s.mu.Unlock()
	switch {
	case f == nil:
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	case f.kind != kind && kind == "photo":
		return nil, badRequest("can't use file of type Document as Photo")
	case f.kind != kind:
		return nil, badRequest("can't use file of type Photo as Document")
	}
	return f, nil
}

// newFile checks an upload; a picture must be one.
func newFile(kind, name string, content []byte) (*file, *apiError) {
	if len(content) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	f := &file{kind: kind, name: path.Base(strings.ReplaceAll(name, `\`, "/")), body: content}
	if kind != "photo" {
		return f, nil
	}
	if len(content) > maxPhoto {
		return nil, badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(content), maxPhoto)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	if c.Width+c.Height > photoSides || c.Width > photoStretch*c.Height || c.Height > photoStretch*c.Width {
		return nil, badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	f.width, f.height = c.Width, c.Height
	return f, nil
}

// keep gives a new file its identifiers. The caller holds s.mu.
func (s *Server) keep(f *file) {
	if f.id != "" {
		return
	}
	s.fileSeq++
	f.unique = fmt.Sprintf("AQAD%06d%08x", s.fileSeq, s.rng.Uint32())
	f.id = fmt.Sprintf("AgACAgUAAxkB%s%016x", f.unique, s.rng.Uint64())
	s.files[f.id] = f
	s.files[f.path()] = f
}

func (s *Server) getFile(q *request) (effect, *apiError) {
	return func() (any, *apiError) {
		f := s.files[q.params["file_id"]]
		if f == nil || f.id != q.params["file_id"] {
			return nil, badRequest("invalid file_id")
		}
		if len(f.body) > maxDownload {
			return nil, badRequest("file is too big")
		}
		a := f.api()
		a.Path = f.path()
		return a, nil
	}, nil
}

// download serves /file/bot<token>/<path>.
func (s *Server) download(w http.ResponseWriter, filePath string) {
	s.mu.Lock()
	f := s.files[filePath]
	s.mu.Unlock()
	if f == nil || f.path() != filePath {
		writeError(w, &apiError{code: 404, desc: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(f.body)
}
