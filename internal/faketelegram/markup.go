package faketelegram

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

const (
	maxButtons     = 100 // of one keyboard
	maxButtonData  = 64  // bytes of callback_data
	maxMarkup      = 10_000
	maxCopyText    = 256
	maxPlaceholder = 64
)

// Button is a button of an inline keyboard (Data, URL or Copy is set) or of a
// reply keyboard (only Text, and RequestContact if it shares the contact).
type Button struct {
	Text           string `json:"text"`
	Data           string `json:"data,omitempty"`
	URL            string `json:"url,omitempty"`
	Copy           string `json:"copy,omitempty"`
	RequestContact bool   `json:"contact,omitempty"`
}

// ReplyKeyboard is the keyboard below the input of a chat, the order to remove
// it, or a forced reply.
type ReplyKeyboard struct {
	Rows        [][]Button `json:"rows,omitempty"`
	Remove      bool       `json:"remove,omitempty"`
	ForceReply  bool       `json:"force,omitempty"`
	OneTime     bool       `json:"oneTime,omitempty"`
	Persistent  bool       `json:"persistent,omitempty"`
	Placeholder string     `json:"placeholder,omitempty"`
}

// markup is a parsed reply_markup: inline buttons or a reply keyboard; both nil
// if there is none.
type markup struct {
	inline [][]Button
	reply  *ReplyKeyboard
}

// wireInline and the following types are the accepted forms of reply_markup;
// any other field is refused.
type wireInline struct {
	Rows *[][]wireButton `json:"inline_keyboard"`
}

type wireButton struct {
	Text  *string      `json:"text"`
	URL   *string      `json:"url"`
	Data  *string      `json:"callback_data"`
	Copy  *apiCopyText `json:"copy_text"`
	Style *string      `json:"style"`
}

type wireKeyboard struct {
	Rows        *[][]json.RawMessage `json:"keyboard"`
	Persistent  bool                 `json:"is_persistent"`
	Resize      bool                 `json:"resize_keyboard"`
	OneTime     bool                 `json:"one_time_keyboard"`
	Placeholder string               `json:"input_field_placeholder"`
	Selective   bool                 `json:"selective"`
}

type wireKey struct {
	Text     *string `json:"text"`
	Contact  bool    `json:"request_contact"`
	Location bool    `json:"request_location"`
	Style    *string `json:"style"`
}

type wireRemove struct {
	Remove    bool `json:"remove_keyboard"`
	Selective bool `json:"selective"`
}

type wireForce struct {
	Force       bool   `json:"force_reply"`
	Placeholder string `json:"input_field_placeholder"`
	Selective   bool   `json:"selective"`
}

// strict decodes raw into v and refuses unknown fields and trailing data.
func strict(raw string, v any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// parseMarkup reads reply_markup; inlineOnly is set for edits.
func parseMarkup(raw string, inlineOnly bool) (markup, *apiError) {
	if raw == "" {
		return markup{}, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &fields); err != nil || fields == nil {
		return markup{}, badRequest("object expected as reply markup")
	}
	var kinds []string
	for _, k := range []string{"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} {
		if _, ok := fields[k]; ok {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) != 1 {
		return markup{}, badRequest("can't parse reply markup: exactly one kind of keyboard expected")
	}
	if inlineOnly && kinds[0] != "inline_keyboard" {
		return markup{}, badRequest("inline keyboard expected")
	}
	if len(raw) > maxMarkup {
		return markup{}, badRequest("reply markup is too long")
	}
	switch kinds[0] {
	case "inline_keyboard":
		return parseInline(raw)
	case "keyboard":
		return parseKeyboard(raw)
	case "remove_keyboard":
		var w wireRemove
		if err := strict(raw, &w); err != nil || !w.Remove {
			return markup{}, badRequest("can't parse reply markup: remove_keyboard must be True")
		}
		return markup{reply: &ReplyKeyboard{Remove: true}}, nil
	}
	var w wireForce
	if err := strict(raw, &w); err != nil || !w.Force {
		return markup{}, badRequest("can't parse reply markup: force_reply must be True")
	}
	return markup{reply: &ReplyKeyboard{ForceReply: true, Placeholder: w.Placeholder}}, nil
}

func parseInline(raw string) (markup, *apiError) {
	var w wireInline
	if err := strict(raw, &w); err != nil {
		return markup{}, badRequest("can't parse inline keyboard: %v", err)
	}
	if w.Rows == nil {
		return markup{}, badRequest("can't parse reply markup: Field \"inline_keyboard\" must be of type Array")
	}
	var rows [][]Button
	total := 0
	for _, wr := range *w.Rows {
		row := make([]Button, 0, len(wr))
		for _, wb := range wr {
			b, err := wb.button()
			if err != nil {
				return markup{}, err
			}
			row = append(row, b)
		}
		if total += len(row); total > maxButtons {
			return markup{}, badRequest("reply markup is too long")
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return markup{inline: rows}, nil
}

// button checks one inline button: a text and exactly one action.
func (w wireButton) button() (Button, *apiError) {
	const prefix = "can't parse inline keyboard button: "
	if w.Text == nil {
		return Button{}, badRequest(prefix + "Can't find field \"text\"")
	}
	if strings.TrimSpace(*w.Text) == "" {
		return Button{}, badRequest(prefix + "Field \"text\" must be non-empty")
	}
	b := Button{Text: *w.Text}
	actions := 0
	if w.Data != nil && *w.Data != "" {
		actions++
		if b.Data = *w.Data; len(b.Data) > maxButtonData {
			return Button{}, badRequest("BUTTON_DATA_INVALID")
		}
	}
	if w.URL != nil && *w.URL != "" {
		actions++
		u, err := url.Parse(*w.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "tg" || u.Host == "" {
			return Button{}, badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", *w.URL)
		}
		b.URL = *w.URL
	}
	if w.Copy != nil {
		actions++
		if b.Copy = w.Copy.Text; b.Copy == "" || units(b.Copy) > maxCopyText {
			return Button{}, badRequest("BUTTON_COPY_TEXT_INVALID")
		}
	}
	switch {
	case actions == 0:
		return Button{}, badRequest(prefix + "Text buttons are unallowed in the inline keyboard")
	case actions > 1:
		return Button{}, badRequest(prefix + "exactly one action field must be used")
	}
	return b, nil
}

func parseKeyboard(raw string) (markup, *apiError) {
	var w wireKeyboard
	if err := strict(raw, &w); err != nil {
		return markup{}, badRequest("can't parse reply keyboard markup: %v", err)
	}
	if w.Rows == nil {
		return markup{}, badRequest("can't parse reply markup: Field \"keyboard\" must be of type Array")
	}
	if units(w.Placeholder) > maxPlaceholder {
		return markup{}, badRequest("input field placeholder is too long")
	}
	k := &ReplyKeyboard{OneTime: w.OneTime, Persistent: w.Persistent, Placeholder: w.Placeholder}
	total := 0
	for _, wr := range *w.Rows {
		row := make([]Button, 0, len(wr))
		for _, raw := range wr {
			b, err := parseKey(raw)
			if err != nil {
				return markup{}, err
			}
			row = append(row, b)
		}
		total += len(row)
		if len(row) > 0 {
			k.Rows = append(k.Rows, row)
		}
	}
	if total == 0 {
		return markup{}, badRequest("reply keyboard must be non-empty")
	}
	if total > 3*maxButtons {
		return markup{}, badRequest("reply markup is too long")
	}
	return markup{reply: k}, nil
}

// parseKey reads a key of a reply keyboard, a string or an object.
func parseKey(raw json.RawMessage) (Button, *apiError) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if strings.TrimSpace(text) == "" {
			return Button{}, badRequest("keyboard button text must be non-empty")
		}
		return Button{Text: text}, nil
	}
	var w wireKey
	if err := strict(string(raw), &w); err != nil {
		return Button{}, badRequest("can't parse keyboard button: %v", err)
	}
	if w.Text == nil || strings.TrimSpace(*w.Text) == "" {
		return Button{}, badRequest("keyboard button text must be non-empty")
	}
	return Button{Text: *w.Text, RequestContact: w.Contact}, nil
}

// api returns the buttons in the form of an update.
func (m markup) api() *apiInline {
	if len(m.inline) == 0 {
		return nil
	}
	rows := make([][]apiButton, len(m.inline))
	for i, row := range m.inline {
		rows[i] = make([]apiButton, len(row))
		for j, b := range row {
			rows[i][j] = apiButton{Text: b.Text, URL: b.URL, CallbackData: b.Data}
			if b.Copy != "" {
				rows[i][j].CopyText = &apiCopyText{Text: b.Copy}
			}
		}
	}
	return &apiInline{Rows: rows}
}
