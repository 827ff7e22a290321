package bot

// The parts of Telegram's objects that are read. The library's types are of
// 2021 and lack what the checks need, so these are our own.

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
	Forward  present      `json:"forward_origin"`
	ViaBot   present      `json:"via_bot"`
	Contact  *wireContact `json:"contact"`

	Animation present       `json:"animation"`
	Audio     present       `json:"audio"`
	Document  *wireDocument `json:"document"`
	PaidMedia present       `json:"paid_media"`
	Photo     present       `json:"photo"`
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
		{m.PaidMedia, "paid_media"}, {m.Photo, "photo"}, {m.Sticker, "sticker"},
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
