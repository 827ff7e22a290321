package faketelegram

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// Command is an entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Profile is what the bot has told about itself, without languages.
type Profile struct {
	Name, Description, ShortDescription string
	// Commands by scope: "default", "all_private_chats", "chat:ID" and so on;
	// a language follows after a slash ("default/en").
	Commands map[string][]Command
	// MenuButtons are the kinds ("default", "commands" ...) by chat, 0 for all.
	MenuButtons map[int64]string
	Webhook     WebhookInfo
}

// WebhookInfo is the state of the webhook; URL is empty for none.
type WebhookInfo struct {
	URL            string   `json:"url"`
	Certificate    bool     `json:"has_custom_certificate"`
	Pending        int      `json:"pending_update_count"`
	IPAddress      string   `json:"ip_address,omitempty"`
	LastErrorDate  int64    `json:"last_error_date,omitempty"`
	LastError      string   `json:"last_error_message,omitempty"`
	MaxConnections int      `json:"max_connections,omitempty"`
	AllowedUpdates []string `json:"allowed_updates,omitempty"`
}

// profile is the stored form; fields are keyed "name/language".
type profile struct {
	fields   map[string]string
	commands map[string][]Command
	menus    map[int64]string
}

func newProfile(name string) profile {
	return profile{
		fields:   map[string]string{"name/": name},
		commands: map[string][]Command{},
		menus:    map[int64]string{},
	}
}

// Profile returns what the bot has told about itself.
func (s *Server) Profile() Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Profile{
		Name: s.profile.fields["name/"], Description: s.profile.fields["description/"],
		ShortDescription: s.profile.fields["short_description/"],
		Commands:         maps.Clone(s.profile.commands), MenuButtons: maps.Clone(s.profile.menus),
		Webhook: s.webhookInfo(),
	}
}

// setField makes the method that sets a text of the profile.
func setField(name string, limit int) func(*Server, *request) (effect, *apiError) {
	return func(s *Server, q *request) (effect, *apiError) {
		value := q.params[name]
		if units(value) > limit {
			return nil, badRequest("%s is too long", name)
		}
		return func() (any, *apiError) {
			s.profile.fields[name+"/"+q.params["language_code"]] = value
			s.touch()
			return true, nil
		}, nil
	}
}

// getField makes the method that reads a text of the profile.
func getField(name string) func(*Server, *request) (effect, *apiError) {
	return func(s *Server, q *request) (effect, *apiError) {
		return func() (any, *apiError) {
			value, ok := s.profile.fields[name+"/"+q.params["language_code"]]
			if !ok {
				value = s.profile.fields[name+"/"]
			}
			return map[string]string{name: value}, nil
		}, nil
	}
}

// scopes are the kinds of a command scope and whether they name a chat and a
// user.
var scopes = map[string]struct{ chat, user bool }{
	"default": {}, "all_private_chats": {}, "all_group_chats": {}, "all_chat_administrators": {},
	"chat": {chat: true}, "chat_administrators": {chat: true}, "chat_member": {chat: true, user: true},
}

// commandScope returns the key of the scope and language of a call.
func commandScope(q *request) (key string, chatID int64, err *apiError) {
	sc := struct {
		Type   string `json:"type"`
		ChatID int64  `json:"chat_id"`
		UserID int64  `json:"user_id"`
	}{Type: "default"}
	if raw := q.params["scope"]; raw != "" {
		sc.Type = ""
		if e := strict(raw, &sc); e != nil {
			return "", 0, badRequest("can't parse BotCommandScope: %v", e)
		}
	}
	kind, known := scopes[sc.Type]
	if !known {
		return "", 0, badRequest("can't parse BotCommandScope: unsupported type specified")
	}
	if kind.chat != (sc.ChatID != 0) || kind.user != (sc.UserID != 0) {
		return "", 0, badRequest("can't parse BotCommandScope: wrong chat_id or user_id")
	}
	key = sc.Type
	if kind.chat {
		key += ":" + strconv.FormatInt(sc.ChatID, 10)
	}
	if kind.user {
		key += ":" + strconv.FormatInt(sc.UserID, 10)
	}
	if lang := q.params["language_code"]; lang != "" {
		key += "/" + lang
	}
	return key, sc.ChatID, nil
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// parseCommands reads at most 100 commands, names of 1-32 of a-z, 0-9 and _,
// descriptions of 1-256.
func parseCommands(raw string) ([]Command, *apiError) {
	var list []Command
	if err := strict(raw, &list); err != nil {
		return nil, badRequest("can't parse BotCommand: %v", err)
	}
	if len(list) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range list {
		if !commandName.MatchString(c.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := units(c.Description); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	return list, nil
}

func (s *Server) setMyCommands(q *request) (effect, *apiError) {
	list, err := parseCommands(q.params["commands"])
	if err != nil {
		return nil, err
	}
	key, chatID, err := commandScope(q)
	if err != nil {
		return nil, err
	}
	return func() (any, *apiError) {
		if chatID != 0 && s.chats[chatID] == nil {
			return nil, badRequest("chat not found")
		}
		s.profile.commands[key] = list
		s.touch()
		return true, nil
	}, nil
}

func (s *Server) getMyCommands(q *request) (effect, *apiError) {
	key, _, err := commandScope(q)
	if err != nil {
		return nil, err
	}
	return func() (any, *apiError) {
		return append([]Command{}, s.profile.commands[key]...), nil
	}, nil
}

func (s *Server) deleteMyCommands(q *request) (effect, *apiError) {
	key, _, err := commandScope(q)
	if err != nil {
		return nil, err
	}
	return func() (any, *apiError) {
		delete(s.profile.commands, key)
		s.touch()
		return true, nil
	}, nil
}

// commandsFor returns the menu of a person: the narrowest scope that has one.
// The caller holds s.mu.
func (s *Server) commandsFor(userID int64) []Command {
	for _, key := range []string{fmt.Sprintf("chat:%d", userID), "all_private_chats", "default"} {
		for _, k := range []string{key + "/id", key} {
			if list := s.profile.commands[k]; len(list) > 0 {
				return slices.Clone(list)
			}
		}
	}
	return nil
}

func (s *Server) setChatMenuButton(q *request) (effect, *apiError) {
	kind := struct {
		Type string `json:"type"`
	}{Type: "default"}
	if raw := q.params["menu_button"]; raw != "" {
		if err := json.Unmarshal([]byte(raw), &kind); err != nil || kind.Type != "default" && kind.Type != "commands" {
			return nil, badRequest("can't parse menu button")
		}
	}
	return func() (any, *apiError) {
		s.profile.menus[q.chatID] = kind.Type
		s.touch()
		return true, nil
	}, nil
}
