package faketelegram

import (
	"reflect"
	"strings"
	"time"
)

const (
	deleteWithin = 48 * time.Hour
	answerWithin = 30 * time.Second // after which a press cannot be answered
	maxAnswer    = 200              // UTF-16 units of a callback answer

	notModified = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	queryTooOld = "query is too old and response timeout expired or query ID is invalid"
	cantEdit    = "message can't be edited"
	editGone    = "message to edit not found"
)

// change is what an edit does to a message; it returns a copy with the new
// content and leaves m alone.
type change func(m message) (message, *apiError)

// edit returns the effect of an editing method.
func (s *Server) edit(q *request, do change) effect {
	return func() (any, *apiError) {
		c, err := s.target(q.chatID)
		if err != nil {
			return nil, err
		}
		m := c.find(int(q.number("message_id", 0)))
		switch {
		case m == nil:
			return nil, badState(editGone)
		case m.from != nil || m.hadReply:
			return nil, badRequest(cantEdit)
		}
		next, err := do(*m)
		if err != nil {
			return nil, err
		}
		if next.media == m.media && next.file == m.file && next.body.same(m.body) &&
			reflect.DeepEqual(next.markup.inline, m.markup.inline) {
			return nil, badState(notModified)
		}
		if next.file != m.file {
			s.keep(next.file)
		}
		*m = next
		m.edited = s.now()
		m.rev = s.touch()
		c.touch()
		return m.api(s.bot()), nil
	}
}

func (s *Server) editMessageText(q *request) (effect, *apiError) {
	b, err := textBody(q)
	if err != nil {
		return nil, err
	}
	if err := checkPreview(q.params["link_preview_options"]); err != nil {
		return nil, err
	}
	k, err := parseMarkup(q.params["reply_markup"], true)
	if err != nil {
		return nil, err
	}
	return s.edit(q, func(m message) (message, *apiError) {
		if m.media != "" {
			return m, badRequest("there is no text in the message to edit")
		}
		m.body, m.markup = b, k
		return m, nil
	}), nil
}

func (s *Server) editMessageCaption(q *request) (effect, *apiError) {
	b, err := captionBody(q.params["caption"], q.params["parse_mode"], q.params["caption_entities"])
	if err != nil {
		return nil, err
	}
	k, err := parseMarkup(q.params["reply_markup"], true)
	if err != nil {
		return nil, err
	}
	return s.edit(q, func(m message) (message, *apiError) {
		if m.media == "" {
			return m, badRequest("there is no caption in the message to edit")
		}
		m.body, m.markup = b, k
		return m, nil
	}), nil
}

func (s *Server) editMessageReplyMarkup(q *request) (effect, *apiError) {
	k, err := parseMarkup(q.params["reply_markup"], true)
	if err != nil {
		return nil, err
	}
	return s.edit(q, func(m message) (message, *apiError) {
		m.markup = k
		return m, nil
	}), nil
}

func (s *Server) editMessageMedia(q *request) (effect, *apiError) {
	var w wireMedia
	if err := strict(q.params["media"], &w); err != nil {
		return nil, badRequest("can't parse InputMedia: %v", err)
	}
	if w.Type != "photo" && w.Type != "document" {
		return nil, badRequest("can't parse InputMedia: type %q is not supported here", w.Type)
	}
	if len(q.files) > 1 {
		return nil, badRequest("unknown files of method editMessageMedia")
	}
	b, err := captionBody(w.Caption, w.Mode, string(w.Entities))
	if err != nil {
		return nil, err
	}
	k, err := parseMarkup(q.params["reply_markup"], true)
	if err != nil {
		return nil, err
	}
	name, attached := strings.CutPrefix(w.Media, "attach://")
	if attached {
		if _, ok := q.files[name]; !ok {
			return nil, badRequest("wrong HTTP URL specified")
		}
		w.Media = ""
	}
	f, err := s.fileNamed(q, name, w.Type, w.Media)
	if err != nil {
		return nil, err
	}
	return s.edit(q, func(m message) (message, *apiError) {
		m.media, m.file, m.body, m.markup = w.Type, f, b, k
		return m, nil
	}), nil
}

func (s *Server) deleteMessage(q *request) (effect, *apiError) {
	return func() (any, *apiError) {
		c, err := s.target(q.chatID)
		if err != nil {
			return nil, err
		}
		m := c.find(int(q.number("message_id", 0)))
		if m == nil {
			return nil, badState("message to delete not found")
		}
		if s.now().Sub(m.date) > deleteWithin {
			return nil, badState("message can't be deleted for everyone")
		}
		m.deleted = true
		m.rev = s.touch()
		c.touch()
		return true, nil
	}, nil
}

// query is a button press that waits for its answer.
type query struct {
	user     int64
	made     time.Time
	answer   CallbackAnswer
	answered bool
	took     time.Duration // until it was answered
	late     bool          // an answer came when Telegram takes none any more
	dropped  bool          // nobody fetched it in time
	update   *update       // as which it is delivered; nil = the bot did not ask for presses
}

// CallbackAnswer is the bot's answer to a button press.
type CallbackAnswer struct {
	Text      string
	ShowAlert bool
	URL       string
}

// alert is an answer that the chat page shows once.
type alert struct {
	rev    int64
	query  string
	answer CallbackAnswer
}

const keptAlerts = 20 // per person, for the chat page

func (s *Server) answerCallbackQuery(q *request) (effect, *apiError) {
	a := CallbackAnswer{Text: q.params["text"], ShowAlert: q.flag("show_alert"), URL: q.params["url"]}
	if units(a.Text) > maxAnswer {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	id := q.params["callback_query_id"]
	return func() (any, *apiError) {
		press := s.queries[id]
		if press == nil || press.answered {
			return nil, badState(queryTooOld)
		}
		if s.now().Sub(press.made) > answerWithin {
			press.late = true
			return nil, badState(queryTooOld)
		}
		press.answer, press.answered, press.took = a, true, s.now().Sub(press.made)
		if s.cfg.Lean {
			delete(s.queries, id)
		}
		rev := s.touch()
		if p := s.people[press.user]; p != nil {
			p.alerts = append(p.alerts, alert{rev: rev, query: id, answer: a})
			if n := len(p.alerts); n > keptAlerts {
				p.alerts = append([]alert(nil), p.alerts[n-keptAlerts:]...)
			}
		}
		return true, nil
	}, nil
}
