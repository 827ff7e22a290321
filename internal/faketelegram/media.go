package faketelegram

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// SendMedia lets a person send something that is no text: "photo", "document",
// "sticker", "voice", "audio", "video", "video_note", "animation", "location",
// "venue", "poll" or "dice". It returns the message id, 0 for an unknown kind.
func (s *Server) SendMedia(userID int64, kind string) int {
	switch kind {
	case "photo":
		return s.sendUpload(userID, &file{kind: "photo", name: "foto.png", body: greySquare(), width: 8, height: 8})
	case "document":
		return s.SendDocument(userID, "dokumen.txt", []byte("Isi dokumen contoh.\n"))
	}
	extra := mediaFields(kind)
	if extra == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(userID, &message{media: kind, extra: extra})
}

// SendDocument lets a person send a file, which the bot can fetch through
// getFile, and returns the message id.
func (s *Server) SendDocument(userID int64, name string, content []byte) int {
	return s.sendUpload(userID, &file{kind: "document", name: name, body: bytes.Clone(content)})
}

func (s *Server) sendUpload(userID int64, f *file) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(f)
	return s.deliver(userID, &message{media: f.kind, file: f})
}

// mediaFields returns the content of a message's field named kind, nil if the
// kind is unknown.
func mediaFields(kind string) map[string]any {
	f := map[string]any{"file_id": "CAACAgUAAxk-" + kind, "file_unique_id": "AgAD-" + kind, "file_size": 2048}
	with := func(more map[string]any) map[string]any {
		for k, v := range more {
			f[k] = v
		}
		return f
	}
	switch kind {
	case "sticker":
		return with(map[string]any{"type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👍"})
	case "voice":
		return with(map[string]any{"duration": 3, "mime_type": "audio/ogg"})
	case "audio":
		return with(map[string]any{"duration": 60, "mime_type": "audio/mpeg", "file_name": "lagu.mp3"})
	case "video":
		return with(map[string]any{"duration": 5, "width": 640, "height": 360, "mime_type": "video/mp4"})
	case "video_note":
		return with(map[string]any{"duration": 5, "length": 240})
	case "animation":
		return with(map[string]any{"duration": 2, "width": 320, "height": 240, "mime_type": "video/mp4"})
	case "location":
		return map[string]any{"latitude": -5.7368, "longitude": 105.5919}
	case "venue":
		return map[string]any{
			"location": map[string]any{"latitude": -5.7368, "longitude": 105.5919},
			"title":    "Kantor Bupati", "address": "Kalianda",
		}
	case "poll":
		return map[string]any{
			"id": "1", "question": "Setuju?", "total_voter_count": 0, "is_closed": false, "is_anonymous": true,
			"type": "regular", "allows_multiple_answers": false,
			"options": []map[string]any{{"text": "Ya", "voter_count": 0}, {"text": "Tidak", "voter_count": 0}},
		}
	case "dice":
		return map[string]any{"emoji": "🎲", "value": 4}
	}
	return nil
}

// greySquare is the smallest picture that looks like one.
func greySquare() []byte {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: 0x99}.Y
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a bytes.Buffer never fails
	return b.Bytes()
}

// KeepFile keeps a document as if somebody had sent it before, and returns its file_id.
func (s *Server) KeepFile(name string, content []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &file{kind: "document", name: name, body: slices.Clone(content)}
	s.keep(f)
	return f.id
}
