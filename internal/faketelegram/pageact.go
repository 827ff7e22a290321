package faketelegram

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
)

// pageAction is what a visitor does as a persona.
type pageAction struct {
	Do      string `json:"do"` // text, press, contact, media, block, unblock
	User    int64  `json:"user"`
	Text    string `json:"text"`    // of text; kind of media
	Caption string `json:"caption"` // below a photo
	Message int    `json:"message"` // of press
	Data    string `json:"data"`    // of press
	Whose   string `json:"whose"`   // of contact: own, other, forwarded
}

// act does it and answers with the id of the query, if it was a press.
func (h *page) act(w http.ResponseWriter, r *http.Request) {
	var a pageAction
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, pageRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		http.Error(w, "Permintaan tidak terbaca.", http.StatusBadRequest)
		return
	}
	if _, ok := h.persona(w, a.User); !ok {
		return
	}
	query := ""
	switch a.Do {
	case "text":
		h.s.sendShorthand(a.User, a.Text)
	case "press":
		var err error
		if query, err = h.s.Press(a.User, a.Message, a.Data); err != nil {
			http.Error(w, "Tombol ini sudah tidak ada.", http.StatusConflict)
			return
		}
	case "contact":
		h.s.ShareContact(a.User, h.contact(a))
	case "media":
		if a.Text == "photo" && a.Caption != "" {
			_, _ = h.s.Send(a.User, Sent{Media: "photo", HTML: shorthand(a.Caption)})
			break
		}
		h.s.SendMedia(a.User, a.Text)
	case "block":
		h.s.Block(a.User)
	case "unblock":
		h.s.Unblock(a.User)
	default:
		http.Error(w, "Permintaan tidak terbaca.", http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"query": query})
}

// contact makes the persona's own contact, or that of somebody else who has no
// account.
func (h *page) contact(a pageAction) Contact {
	h.s.mu.Lock()
	p := h.s.person(a.User).User
	h.s.mu.Unlock()
	if a.Whose == "other" {
		return Contact{Phone: "+6281200009999", FirstName: "Orang lain"}
	}
	return Contact{Phone: p.Phone, FirstName: p.FirstName, UserID: p.ID, Forwarded: a.Whose == "forwarded"}
}

// marks are the signs that Telegram's own programs turn into a look when somebody
// writes them around words.
var marks = []struct{ sign, tag string }{{"**", "b"}, {"__", "i"}, {"~~", "s"}, {"||", "tg-spoiler"}, {"`", "code"}}

// shorthand writes a typed text as HTML: **tebal**, __miring__ and the like become the
// look that they stand for.
func shorthand(typed string) string {
	out := html.EscapeString(typed)
	for _, m := range marks {
		parts := strings.Split(out, m.sign)
		if len(parts)%2 == 0 { // one sign too many: that one stands for itself
			last := len(parts) - 1
			parts = append(parts[:last-1:last-1], parts[last-1]+m.sign+parts[last])
		}
		var b strings.Builder
		for i, p := range parts {
			switch {
			case i%2 == 0:
				b.WriteString(p)
			case strings.TrimSpace(p) == "" || strings.ContainsAny(p, "<>"): // nothing to mark, or it would cross another mark
				b.WriteString(m.sign + p + m.sign)
			default:
				b.WriteString("<" + m.tag + ">" + p + "</" + m.tag + ">")
			}
		}
		out = b.String()
	}
	return out
}

// sendShorthand sends what a visitor typed, with the looks that its signs stand for.
func (s *Server) sendShorthand(userID int64, typed string) {
	markup := shorthand(typed)
	if strings.Contains(markup, "</") && units(typed) <= maxText {
		if _, err := s.Send(userID, Sent{HTML: markup}); err == nil {
			return
		}
	}
	s.SendText(userID, typed)
}
