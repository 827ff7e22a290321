package bot

import "encoding/json"

// The parts of Telegram's objects that are read. The types of the library are
// those of 2021 and lack fields that the checks need.

type wireUpdate struct {
	ID       *int64        `json:"update_id"`
	Message  *wireMessage  `json:"message"`
	Edited   *wireMessage  `json:"edited_message"`
	Callback *wireCallback `json:"callback_query"`
	Member   *wireMember   `json:"my_chat_member"`

	// What the bot tells itself through the inbox; Telegram sends neither.
	Flood *wireOwn `json:"bangkom_flood"`
	Again *wireOwn `json:"bangkom_again"`
}

// wireOwn is an entry of the inbox that came from the bot itself.
type wireOwn struct {
	Chat struct {
		ID int64 `json:"id"`
	} `json:"chat"`
}

type wireUser struct {
	ID int64 `json:"id"`
}

type wireChat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type wireCallback struct {
	ID      string       `json:"id"`
	From    wireUser     `json:"from"`
	Message *wireMessage `json:"message"`
	Data    string       `json:"data"`
}

type wireMember struct {
	Chat wireChat `json:"chat"`
	From wireUser `json:"from"`
	Date int64    `json:"date"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

type wireContact struct {
	Phone  string `json:"phone_number"`
	UserID int64  `json:"user_id"`
}

type wireDocument struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	Size int64  `json:"file_size"`
}

// wireEntity is a part of a text with a look.
type wireEntity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url"`
	Language string `json:"language"`
}

// wireReplied is the message that another one answers.
type wireReplied struct {
	ID int `json:"message_id"`
}

// wirePhoto is a picture in one of its sizes.
type wirePhoto struct {
	ID     string `json:"file_id"`
	Size   int64  `json:"file_size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// wirePhotos are the sizes of one picture. there is noted whatever their shape.
type wirePhotos struct {
	there present
	sizes []wirePhoto
}

// UnmarshalJSON never fails: sizes that cannot be read are none.
func (p *wirePhotos) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.sizes) != nil {
		p.sizes = nil
	}
	return p.there.UnmarshalJSON(b)
}

// largest is the picture in its best size; the zero picture when there is none.
func (p wirePhotos) largest() (best wirePhoto) {
	for _, one := range p.sizes {
		if one.Width*one.Height >= best.Width*best.Height && one.ID != "" {
			best = one
		}
	}
	return best
}

// present notes that a field is there, whatever is in it.
type present bool

// UnmarshalJSON never fails.
func (p *present) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

type wireMessage struct {
	ID       int          `json:"message_id"`
	From     wireUser     `json:"from"`
	Chat     wireChat     `json:"chat"`
	Date     int64        `json:"date"` // 0 = a message that can no longer be read
	EditDate int64        `json:"edit_date"`
	Text     string       `json:"text"`
	Caption  string       `json:"caption"`
	Entities []wireEntity `json:"entities"`
	CapEnts  []wireEntity `json:"caption_entities"`
	ReplyTo  *wireReplied `json:"reply_to_message"`
	Forward  present      `json:"forward_origin"`
	ViaBot   present      `json:"via_bot"`
	Contact  *wireContact `json:"contact"`

	Animation present       `json:"animation"`
	Audio     present       `json:"audio"`
	Document  *wireDocument `json:"document"`
	PaidMedia present       `json:"paid_media"`
	Photo     wirePhotos    `json:"photo"`
	Sticker   present       `json:"sticker"`
	Story     present       `json:"story"`
	Video     present       `json:"video"`
	VideoNote present       `json:"video_note"`
	Voice     present       `json:"voice"`
	Checklist present       `json:"checklist"`
	Dice      present       `json:"dice"`
	Game      present       `json:"game"`
	Poll      present       `json:"poll"`
	Venue     present       `json:"venue"`
	Location  present       `json:"location"`
}

// media names the field that holds what was sent; "" = nothing of the kind.
// An animation is a document too and a venue a location, so these come first.
func (m *wireMessage) media() string {
	for _, f := range []struct {
		is   present
		name string
	}{
		{m.Animation, "animation"}, {m.Audio, "audio"}, {m.Document != nil, "document"},
		{m.PaidMedia, "paid_media"}, {m.Photo.there, "photo"}, {m.Sticker, "sticker"},
		{m.Story, "story"}, {m.Video, "video"}, {m.VideoNote, "video_note"},
		{m.Voice, "voice"}, {m.Checklist, "checklist"}, {m.Dice, "dice"},
		{m.Game, "game"}, {m.Poll, "poll"}, {m.Venue, "venue"}, {m.Location, "location"},
	} {
		if f.is {
			return f.name
		}
	}
	return ""
}
