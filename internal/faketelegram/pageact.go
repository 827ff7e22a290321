package faketelegram

import (
	"encoding/json"
	"net/http"
)

// pageAction is what a visitor does as a persona.
type pageAction struct {
	Do      string `json:"do"` // text, press, contact, media, block, unblock
	User    int64  `json:"user"`
	Text    string `json:"text"`    // of text; kind of media
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
		h.s.SendText(a.User, a.Text)
	case "press":
		var err error
		if query, err = h.s.Press(a.User, a.Message, a.Data); err != nil {
			http.Error(w, "Tombol ini sudah tidak ada.", http.StatusConflict)
			return
		}
	case "contact":
		h.s.ShareContact(a.User, h.contact(a))
	case "media":
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
