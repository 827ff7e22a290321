package faketelegram

// kind is the type of a parameter.
type kind int

const (
	kindString  kind = iota
	kindInteger      // 64 bits, decimal
	kindBoolean      // true or false
	kindChat         // a number; names are not known here
	kindArray        // JSON array
	kindObject       // JSON object
	kindFile         // an upload, or a string that names one
)

// param is one parameter of a method. missing is Telegram's description when a
// required one is absent or empty; empty means that it may be left out.
type param struct {
	name    string
	kind    kind
	missing string
}

// cost says towards which limits a call counts.
type cost int

const (
	costNothing cost = iota
	costCall         // the overall limit
	costMessage      // the overall limit and the chat's
)

// method is what this server knows of a Bot API method.
type method struct {
	params []param
	cost   cost
	sends  bool // hit by Faults when no methods are named
	run    func(*Server, *request) (effect, *apiError)
}

// effect changes the server's state and returns the result of the call. It
// runs with s.mu held, in one piece with the recording of the call.
type effect func() (any, *apiError)

const (
	noChat    = "chat_id is empty"
	noMessage = "message identifier is not specified"
)

var (
	sendOptions = []param{
		{"message_thread_id", kindInteger, ""},
		{"disable_notification", kindBoolean, ""},
		{"protect_content", kindBoolean, ""},
		{"allow_paid_broadcast", kindBoolean, ""},
		{"message_effect_id", kindString, ""},
		{"reply_parameters", kindObject, ""},
		{"reply_markup", kindObject, ""},
	}
	captionOptions = []param{
		{"caption", kindString, ""},
		{"parse_mode", kindString, ""},
		{"caption_entities", kindArray, ""},
	}
	language = param{"language_code", kindString, ""}
	scope    = param{"scope", kindObject, ""}
)

// join puts lists of parameters together.
func join(lists ...[]param) []param {
	var all []param
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// methods is the table of supported methods: parameters and required flags of
// Bot API 10.1 without business connections, forums and suggested posts.
var methods = map[string]method{
	"getMe": {run: (*Server).getMe},
	"getUpdates": {params: []param{
		{"offset", kindInteger, ""}, {"limit", kindInteger, ""}, {"timeout", kindInteger, ""},
		{"allowed_updates", kindArray, ""},
	}},
	"setWebhook": {run: (*Server).setWebhook, params: []param{
		{"url", kindString, ""}, {"ip_address", kindString, ""}, {"max_connections", kindInteger, ""},
		{"allowed_updates", kindArray, ""}, {"drop_pending_updates", kindBoolean, ""},
		{"secret_token", kindString, ""},
	}},
	"deleteWebhook":  {run: (*Server).deleteWebhook, params: []param{{"drop_pending_updates", kindBoolean, ""}}},
	"getWebhookInfo": {run: (*Server).getWebhookInfo},

	"sendMessage": {run: (*Server).sendMessage, cost: costMessage, sends: true, params: join([]param{
		{"chat_id", kindChat, noChat}, {"text", kindString, "message text is empty"},
		{"parse_mode", kindString, ""}, {"entities", kindArray, ""}, {"link_preview_options", kindObject, ""},
	}, sendOptions)},
	"sendPhoto": {run: (*Server).sendPhoto, cost: costMessage, sends: true, params: join([]param{
		{"chat_id", kindChat, noChat}, {"photo", kindFile, "there is no photo in the request"},
		{"show_caption_above_media", kindBoolean, ""}, {"has_spoiler", kindBoolean, ""},
	}, captionOptions, sendOptions)},
	"sendDocument": {run: (*Server).sendDocument, cost: costMessage, sends: true, params: join([]param{
		{"chat_id", kindChat, noChat}, {"document", kindFile, "there is no document in the request"},
		{"thumbnail", kindFile, ""}, {"disable_content_type_detection", kindBoolean, ""},
	}, captionOptions, sendOptions)},
	"sendChatAction": {run: (*Server).sendChatAction, cost: costCall, sends: true, params: []param{
		{"chat_id", kindChat, noChat}, {"action", kindString, "wrong parameter action in request"},
		{"message_thread_id", kindInteger, ""},
	}},

	"editMessageText": {run: (*Server).editMessageText, cost: costCall, sends: true, params: []param{
		{"chat_id", kindChat, noChat}, {"message_id", kindInteger, noMessage},
		{"text", kindString, "message text is empty"}, {"parse_mode", kindString, ""},
		{"entities", kindArray, ""}, {"link_preview_options", kindObject, ""}, {"reply_markup", kindObject, ""},
	}},
	"editMessageCaption": {run: (*Server).editMessageCaption, cost: costCall, sends: true, params: join([]param{
		{"chat_id", kindChat, noChat}, {"message_id", kindInteger, noMessage},
		{"show_caption_above_media", kindBoolean, ""}, {"reply_markup", kindObject, ""},
	}, captionOptions)},
	"editMessageMedia": {run: (*Server).editMessageMedia, cost: costCall, sends: true, params: []param{
		{"chat_id", kindChat, noChat}, {"message_id", kindInteger, noMessage},
		{"media", kindObject, "media is empty"}, {"reply_markup", kindObject, ""},
	}},
	"editMessageReplyMarkup": {run: (*Server).editMessageReplyMarkup, cost: costCall, sends: true, params: []param{
		{"chat_id", kindChat, noChat}, {"message_id", kindInteger, noMessage}, {"reply_markup", kindObject, ""},
	}},
	"deleteMessage": {run: (*Server).deleteMessage, cost: costCall, sends: true, params: []param{
		{"chat_id", kindChat, noChat}, {"message_id", kindInteger, noMessage},
	}},
	"answerCallbackQuery": {run: (*Server).answerCallbackQuery, params: []param{
		{"callback_query_id", kindString, queryTooOld}, {"text", kindString, ""},
		{"show_alert", kindBoolean, ""}, {"url", kindString, ""}, {"cache_time", kindInteger, ""},
	}},
	"getFile": {run: (*Server).getFile, params: []param{{"file_id", kindString, "file_id not specified"}}},

	"setMyCommands":    {run: (*Server).setMyCommands, cost: costCall, params: []param{{"commands", kindArray, "can't parse commands: commands are empty"}, scope, language}},
	"getMyCommands":    {run: (*Server).getMyCommands, params: []param{scope, language}},
	"deleteMyCommands": {run: (*Server).deleteMyCommands, cost: costCall, params: []param{scope, language}},

	"setMyName":             {run: setField("name", 64), params: []param{{"name", kindString, ""}, language}},
	"setMyDescription":      {run: setField("description", 512), params: []param{{"description", kindString, ""}, language}},
	"setMyShortDescription": {run: setField("short_description", 120), params: []param{{"short_description", kindString, ""}, language}},
	"getMyName":             {run: getField("name"), params: []param{language}},
	"getMyDescription":      {run: getField("description"), params: []param{language}},
	"getMyShortDescription": {run: getField("short_description"), params: []param{language}},
	"setChatMenuButton":     {run: (*Server).setChatMenuButton, params: []param{{"chat_id", kindChat, ""}, {"menu_button", kindObject, ""}}},
}
