package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bangkom/bot"
	"bangkom/internal/config"
	"bangkom/storage"
)

// checkLimit is how long `check` waits for one part.
const checkLimit = 10 * time.Second

// checkup prints one sentence for each part that it looks at.
type checkup struct {
	*app
	failed bool
}

func (c *checkup) good(part, format string, args ...any) {
	fmt.Fprintf(c.stdout, "%-14s %s\n", part+":", fmt.Sprintf(format, args...))
}

// bad prints a sentence for each line of the error.
func (c *checkup) bad(part string, err error) {
	c.failed = true
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(c.stdout, "%-14s NOT IN ORDER: %s\n", part+":", line)
	}
}

func (a *app) check(ctx context.Context, args []string) error {
	fs := a.flags("check")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	c := &checkup{app: a}
	cfg, err := config.Load(*path, a.env)
	if err != nil {
		c.bad("configuration", err)
		return errNotInOrder
	}
	c.configuration(cfg)
	c.database(ctx, cfg)
	c.telegram(ctx, cfg)
	if c.failed {
		return errNotInOrder
	}
	return nil
}

func (c *checkup) configuration(cfg config.Config) {
	for _, w := range cfg.Warnings() {
		c.good("configuration", "warning: %s", w)
	}
	if err := cfg.ValidateServe(); err != nil {
		c.bad("configuration", err)
		return
	}
	c.good("configuration", "complete.")
}

func (c *checkup) database(ctx context.Context, cfg config.Config) {
	if cfg.ValidateDatabase() != nil {
		return // said under configuration
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	db, err := openDatabase(ctx, cfg.Database, cfg.Database.URL)
	if err != nil {
		c.bad("database", err)
		return
	}
	defer db.Close()
	c.good("database", "answers.")
	if err := db.CheckSchema(ctx); err != nil {
		c.bad("schema", err)
		return
	}
	c.good("schema", "up to date.")
	c.rights(ctx, db)
	c.codeKey(ctx, cfg, db)
}

func (c *checkup) rights(ctx context.Context, db *storage.DB) {
	switch may, err := db.MayChangeAnswers(ctx); {
	case err != nil:
		c.bad("rights", err)
	case may:
		c.good("rights", "warning: this login could change answers and the audit log; use one of the role bangkom_app (docs/operations.md).")
	default:
		c.good("rights", "answers and the audit log can be added to, not changed.")
	}
}

func (c *checkup) codeKey(ctx context.Context, cfg config.Config, db *storage.DB) {
	stored, err := db.Fact(ctx, factCodeKey)
	if err != nil {
		c.bad("code key", err)
		return
	}
	secret, err := cfg.CodeKey()
	switch {
	case errors.Is(err, config.ErrNoKey) && stored == "":
		c.good("code key", "will be made at the first start, in %s.", cfg.Identity.CodeKeyPath)
	case err != nil:
		c.bad("code key", err)
	case stored == "":
		c.good("code key", "not used with this database yet.")
	case stored != deriveKeys(secret).fingerprint:
		c.bad("code key", errOtherKey)
	default:
		c.good("code key", "the one that this database was used with before.")
	}
}

func (c *checkup) telegram(ctx context.Context, cfg config.Config) {
	if cfg.Telegram.Token.Reveal() == "" {
		return // said under configuration
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	client, err := bot.NewClient(bot.Token(cfg.Telegram.Token.Reveal()), cfg.Telegram.APIEndpoint, 1)
	if err != nil {
		c.bad("Telegram", err)
		return
	}
	name, err := client.Me(ctx)
	if err != nil {
		c.bad("Telegram", explainTelegram(err))
		return
	}
	c.good("Telegram", "answers; the bot is @%s.", name)
}

// explainTelegram puts what to do before what Telegram said.
func explainTelegram(err error) error {
	var refused *bot.APIError
	if errors.As(err, &refused) && (refused.Code == 401 || refused.Code == 404) {
		return fmt.Errorf("telegram.token is refused, take the present one from BotFather: %w", err)
	}
	return fmt.Errorf("telegram cannot be reached: %w", err)
}
