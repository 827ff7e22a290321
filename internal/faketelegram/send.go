package faketelegram

import (
	"encoding/json"
	"slices"
)

// outgoing is a message to send, parsed and checked before the lock is taken.
type outgoing struct {
	body   body
	markup markup
	media  string
	file   *file
	replyT int // message that it answers, 0 for none
	q      *request
}

// options reads what all sending methods share.
func (o *outgoing) options(q *request) *apiError {
	o.q = q
	var err *apiError
	if o.markup, err = parseMarkup(q.params["reply_markup"], false); err != nil {
		return err
	}
	if raw := q.params["reply_parameters"]; raw != "" {
		var r struct {
			MessageID int   `json:"message_id"`
			ChatID    int64 `json:"chat_id"`
			Allow     bool  `json:"allow_sending_without_reply"`
		}
		if e := strict(raw, &r); e != nil || r.MessageID == 0 {
			return badRequest("can't parse reply parameters")
		}
		if !r.Allow {
			o.replyT = r.MessageID
		}
	}
	return checkPreview(q.params["link_preview_options"])
}

// checkPreview refuses link_preview_options with unknown fields.
func checkPreview(raw string) *apiError {
	if raw == "" {
		return nil
	}
	var p struct {
		Disabled bool   `json:"is_disabled"`
		URL      string `json:"url"`
		Small    bool   `json:"prefer_small_media"`
		Large    bool   `json:"prefer_large_media"`
		Above    bool   `json:"show_above_text"`
	}
	if err := strict(raw, &p); err != nil {
		return badRequest("can't parse link preview options: %v", err)
	}
	return nil
}

// effect posts the message.
func (o *outgoing) effect(s *Server) effect {
	return func() (any, *apiError) {
		c, err := s.target(o.q.chatID)
		if err != nil {
			return nil, err
		}
		if o.replyT != 0 && c.find(o.replyT) == nil {
			return nil, badRequest("message to be replied not found")
		}
		if o.file != nil {
			s.keep(o.file)
		}
		m := &message{
			body: o.body, markup: markup{inline: o.markup.inline}, media: o.media, file: o.file,
			hadReply: o.markup.reply != nil,
			silent:   o.q.flag("disable_notification"), protect: o.q.flag("protect_content"),
		}
		s.post(c, m)
		if k := o.markup.reply; k != nil {
			m.markup.reply = k
			if c.person != nil {
				c.person.keyboard = k
				if k.Remove {
					c.person.keyboard = nil
				}
			}
		}
		return m.api(s.bot()), nil
	}
}

func (s *Server) sendMessage(q *request) (effect, *apiError) {
	o := &outgoing{}
	b, err := textBody(q)
	if err != nil {
		return nil, err
	}
	o.body = b
	if err := o.options(q); err != nil {
		return nil, err
	}
	return o.effect(s), nil
}

// textBody reads the text of a message.
func textBody(q *request) (body, *apiError) {
	b, err := parseBody(q.params["text"], q.params["parse_mode"], q.params["entities"])
	switch {
	case err != nil:
		return body{}, err
	case b.text == "":
		return body{}, badRequest("message text is empty")
	case units(b.text) > maxText:
		return body{}, badRequest("message is too long")
	}
	return b, nil
}

// captionBody reads the caption of a picture or document; it may be empty.
func captionBody(caption, mode, entities string) (body, *apiError) {
	b, err := parseBody(caption, mode, entities)
	if err == nil && units(b.text) > maxCaption {
		return body{}, badRequest("MEDIA_CAPTION_TOO_LONG")
	}
	return b, err
}

func (s *Server) sendPhoto(q *request) (effect, *apiError) {
	return s.sendFile(q, "photo")
}

func (s *Server) sendDocument(q *request) (effect, *apiError) {
	return s.sendFile(q, "document")
}

// sendFile sends the upload or the known file of the parameter named kind.
func (s *Server) sendFile(q *request, kind string) (effect, *apiError) {
	o := &outgoing{media: kind}
	var err *apiError
	if o.body, err = captionBody(q.params["caption"], q.params["parse_mode"], q.params["caption_entities"]); err != nil {
		return nil, err
	}
	if err = o.options(q); err != nil {
		return nil, err
	}
	if o.file, err = s.fileOf(q, kind, q.params[kind]); err != nil {
		return nil, err
	}
	return o.effect(s), nil
}

// chatActions are the values of sendChatAction.
var chatActions = []string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}

func (s *Server) sendChatAction(q *request) (effect, *apiError) {
	if !slices.Contains(chatActions, q.params["action"]) {
		return nil, badRequest("wrong parameter action in request")
	}
	return func() (any, *apiError) {
		c, err := s.target(q.chatID)
		if err != nil {
			return nil, err
		}
		if c.person != nil {
			c.person.typing = s.now()
			s.touch()
		}
		return true, nil
	}, nil
}

func (s *Server) getMe(*request) (effect, *apiError) {
	return func() (any, *apiError) {
		return apiBot{apiUser: *s.bot(), CanJoinGroups: true}, nil
	}, nil
}

// wireMedia is the parameter media of editMessageMedia.
type wireMedia struct {
	Type     string          `json:"type"`
	Media    string          `json:"media"`
	Caption  string          `json:"caption"`
	Mode     string          `json:"parse_mode"`
	Entities json.RawMessage `json:"caption_entities"`
	Above    bool            `json:"show_caption_above_media"`
	Spoiler  bool            `json:"has_spoiler"`
	NoDetect bool            `json:"disable_content_type_detection"`
}
