package faketelegram

// The wire types of the Bot API, as far as this server answers them.

// Entity is a formatted part of a text. Offset and Length count UTF-16 units.
type Entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
}

type apiUser struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type apiBot struct {
	apiUser
	CanJoinGroups bool `json:"can_join_groups"`
	ReadsGroups   bool `json:"can_read_all_group_messages"`
	InlineQueries bool `json:"supports_inline_queries"`
}

type apiChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
}

type apiFile struct {
	ID       string `json:"file_id"`
	UniqueID string `json:"file_unique_id"`
	Size     int    `json:"file_size,omitempty"`
	Path     string `json:"file_path,omitempty"`
}

type apiPhoto struct {
	apiFile
	Width  int `json:"width"`
	Height int `json:"height"`
}

type apiDocument struct {
	apiFile
	Name string `json:"file_name,omitempty"`
	MIME string `json:"mime_type,omitempty"`
}

type apiContact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	UserID    int64  `json:"user_id,omitempty"`
}

type apiOrigin struct {
	Type       string   `json:"type"`
	Date       int64    `json:"date"`
	SenderUser *apiUser `json:"sender_user,omitempty"`
}

type apiButton struct {
	Text         string       `json:"text"`
	URL          string       `json:"url,omitempty"`
	CallbackData string       `json:"callback_data,omitempty"`
	CopyText     *apiCopyText `json:"copy_text,omitempty"`
}

type apiCopyText struct {
	Text string `json:"text"`
}

type apiInline struct {
	Rows [][]apiButton `json:"inline_keyboard"`
}

type apiMessage struct {
	ID        int            `json:"message_id"`
	From      *apiUser       `json:"from,omitempty"`
	Chat      apiChat        `json:"chat"`
	Date      int64          `json:"date"`
	EditDate  int64          `json:"edit_date,omitempty"`
	Protected bool           `json:"has_protected_content,omitempty"`
	Origin    *apiOrigin     `json:"forward_origin,omitempty"`
	Text      string         `json:"text,omitempty"`
	Entities  []Entity       `json:"entities,omitempty"`
	Caption   string         `json:"caption,omitempty"`
	CapEnts   []Entity       `json:"caption_entities,omitempty"`
	Photo     []apiPhoto     `json:"photo,omitempty"`
	Document  *apiDocument   `json:"document,omitempty"`
	Contact   *apiContact    `json:"contact,omitempty"`
	Sticker   map[string]any `json:"sticker,omitempty"`
	Voice     map[string]any `json:"voice,omitempty"`
	Audio     map[string]any `json:"audio,omitempty"`
	Video     map[string]any `json:"video,omitempty"`
	VideoNote map[string]any `json:"video_note,omitempty"`
	Animation map[string]any `json:"animation,omitempty"`
	Location  map[string]any `json:"location,omitempty"`
	Venue     map[string]any `json:"venue,omitempty"`
	Poll      map[string]any `json:"poll,omitempty"`
	Dice      map[string]any `json:"dice,omitempty"`
	ReplyTo   *apiMessage    `json:"reply_to_message,omitempty"`
	Markup    *apiInline     `json:"reply_markup,omitempty"`
}

type apiCallback struct {
	ID           string      `json:"id"`
	From         *apiUser    `json:"from"`
	Message      *apiMessage `json:"message,omitempty"`
	ChatInstance string      `json:"chat_instance"`
	Data         string      `json:"data"`
}

type apiMember struct {
	User   *apiUser `json:"user"`
	Status string   `json:"status"`
	Until  *int64   `json:"until_date,omitempty"`
}

type apiMemberUpdate struct {
	Chat apiChat   `json:"chat"`
	From *apiUser  `json:"from"`
	Date int64     `json:"date"`
	Old  apiMember `json:"old_chat_member"`
	New  apiMember `json:"new_chat_member"`
}
