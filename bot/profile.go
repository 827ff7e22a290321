package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Command is an entry of the bot's menu.
type Command struct {
	Name        string `json:"command"` // without slash
	Description string `json:"description"`
}

// Profile is what people see of the bot before and beside the conversation.
type Profile struct {
	Description      string // above the start button, up to 512 characters
	ShortDescription string // on the profile page, up to 120 characters
	Commands         []Command
}

// privateScope limits the menu to private chats.
const privateScope = `{"type":"all_private_chats"}`

// Me asks Telegram for the bot's user name.
func (c *Client) Me(ctx context.Context) (username string, err error) {
	var me struct {
		Username string `json:"username"`
	}
	if err := c.ask(ctx, "getMe", nil, &me); err != nil {
		return "", err
	}
	return me.Username, nil
}

// EnsureProfile sets what differs of p and returns the bot's user name. Empty
// parts of p are left as they are. A webhook is removed unless it is kept;
// what waits stays.
func (c *Client) EnsureProfile(ctx context.Context, p Profile, keepWebhook bool) (username string, err error) {
	username, err = c.Me(ctx)
	if err != nil {
		return "", err
	}
	if !keepWebhook {
		if _, err := c.Call(ctx, "deleteWebhook", nil); err != nil {
			return username, fmt.Errorf("deleteWebhook: %w", err)
		}
	}
	if err := c.ensureText(ctx, "Description", "description", p.Description); err != nil {
		return username, err
	}
	if err := c.ensureText(ctx, "ShortDescription", "short_description", p.ShortDescription); err != nil {
		return username, err
	}
	return username, c.ensureCommands(ctx, p.Commands)
}

func (c *Client) ensureText(ctx context.Context, method, field, want string) error {
	if want == "" {
		return nil
	}
	got := map[string]any{}
	if err := c.ask(ctx, "getMy"+method, nil, &got); err != nil {
		return err
	}
	if got[field] == want {
		return nil
	}
	return c.ask(ctx, "setMy"+method, map[string]string{field: want}, nil)
}

func (c *Client) ensureCommands(ctx context.Context, want []Command) error {
	if len(want) == 0 {
		return nil
	}
	var got []Command
	if err := c.ask(ctx, "getMyCommands", map[string]string{"scope": privateScope}, &got); err != nil {
		return err
	}
	if slices.Equal(got, want) {
		return nil
	}
	list, err := json.Marshal(want)
	if err != nil {
		return fmt.Errorf("encode commands: %w", err)
	}
	return c.ask(ctx, "setMyCommands", map[string]string{"scope": privateScope, "commands": string(list)}, nil)
}

// ask makes a call and decodes its result; out may be nil.
func (c *Client) ask(ctx context.Context, method string, params map[string]string, out any) error {
	result, err := c.Call(ctx, method, params)
	var refused *APIError
	if errors.As(err, &refused) {
		return fmt.Errorf("%s: %w", method, err)
	}
	if err != nil { // names the method itself
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(result, out); err != nil {
		return fmt.Errorf("%s: unexpected answer", method)
	}
	return nil
}
