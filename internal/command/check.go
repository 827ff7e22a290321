package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"bangkom/bot"
	"bangkom/internal/advice"
	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/storage"
	"bangkom/storage/pg"
)

// checkLimit is how long `check` waits for one part.
const checkLimit = 10 * time.Second

// part is what one line of `check` is about.
type part struct{ key, english string }

// The parts that are looked at, in the order of the lines.
var (
	partConfiguration = part{"check.part_configuration", "configuration"}
	partDatabase      = part{"check.part_database", "database"}
	partEncoding      = part{"check.part_encoding", "encoding"}
	partSchema        = part{"check.part_schema", "schema"}
	partRights        = part{"check.part_rights", "rights"}
	partLogging       = part{"check.part_logging", "logging"}
	partCodeKey       = part{"check.part_code_key", "code key"}
	partSending       = part{"check.part_sending", "sending"}
	partSetBack       = part{"check.part_set_back", "set back"}
	partTelegram      = part{"check.part_telegram", "Telegram"}
)

// checkup prints one sentence for each part that it looks at.
type checkup struct {
	*console
	cat    *text.Catalogue // of the language; nil = English
	failed bool
}

// say is a sentence in the language that was asked for.
func (c *checkup) say(err error) string {
	if c.cat == nil {
		return err.Error()
	}
	return advice.Translate(err, func(key string, values map[string]any) string { return c.cat.Plain(key, values) })
}

// line prints one line about a part. remark says before the sentence what it is: "" = in order.
func (c *checkup) line(p part, remark *advice.Sentence, sentence string) {
	name, wide := p.english, 14
	if c.cat != nil {
		name, wide = c.cat.Plain(p.key, nil), 16
	}
	if remark != nil {
		sentence = c.say(remark) + " " + sentence
	}
	fmt.Fprintf(c.stdout, "%-*s %s\n", wide, name+":", sentence)
}

// good says what is in order.
func (c *checkup) good(p part, key, format string, args ...any) {
	c.line(p, nil, c.say(advice.New(key, format, args...)))
}

// warn says what works and is probably not meant.
func (c *checkup) warn(p part, sentence error) {
	c.line(p, advice.New("check.warning", "warning:"), c.say(sentence))
}

// bad prints a line for each sentence of the error.
func (c *checkup) bad(p part, err error) {
	c.failed = true
	for _, one := range advice.Each(err) {
		for line := range strings.SplitSeq(c.say(one), "\n") {
			c.line(p, advice.New("check.not_in_order", "NOT IN ORDER:"), line)
		}
	}
}

func (a *console) check(ctx context.Context, args []string) error {
	fs := a.flags("check")
	path := fs.String("config", "", "configuration `FILE`")
	lang := fs.String("lang", "", "`LANGUAGE` of the sentences: en or id; default operator.language")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(*path, a.env)
	c := &checkup{console: a}
	switch cmp.Or(*lang, cfg.Operator.Language) {
	case "en":
	case "id":
		var failed error
		if c.cat, failed = text.Indonesian(); failed != nil {
			return failed
		}
	default:
		if *lang != "" {
			return wrongUsage("--lang: write en or id")
		}
	}
	if err != nil {
		c.bad(partConfiguration, err)
		return c.result()
	}
	c.configuration(cfg)
	c.database(ctx, cfg)
	c.telegram(ctx, cfg)
	return c.result()
}

// result ends with code 1 unless everything is in order.
func (c *checkup) result() error {
	if !c.failed {
		return nil
	}
	if c.cat != nil {
		return errors.New(c.say(errNotInOrder))
	}
	return errNotInOrder
}

func (c *checkup) configuration(cfg config.Config) {
	for _, w := range cfg.Warnings() {
		c.warn(partConfiguration, w)
	}
	if err := cfg.ValidateServe(); err != nil {
		c.bad(partConfiguration, err)
		return
	}
	c.good(partConfiguration, "check.complete", "complete.")
}

func (c *checkup) database(ctx context.Context, cfg config.Config) {
	if cfg.ValidateDatabase() != nil {
		return // said under configuration
	}
	c.transport(cfg.Database)
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	db, err := app.OpenDatabase(ctx, cfg.Database, cfg.Database.URL)
	if err != nil {
		c.bad(partDatabase, err)
		return
	}
	defer db.Close()
	if err := db.CheckWritable(ctx); err != nil {
		c.bad(partDatabase, err)
		return
	}
	c.good(partDatabase, "check.answers", "answers.")
	if err := db.CheckEncoding(ctx); err != nil { // it cannot hold what people write
		c.bad(partEncoding, err)
	}
	if err := db.CheckSchema(ctx); err != nil {
		c.bad(partSchema, err)
		return
	}
	if err := db.CheckKinds(ctx); err != nil {
		c.bad(partSchema, err)
		return
	}
	c.good(partSchema, "check.schema", "up to date.")
	c.rights(ctx, db)
	c.codeKey(ctx, cfg, db)
	c.sending(ctx, cfg, db)
}

// sending says whether messages may go from this database, and whether it would be
// noticed if it were set back.
func (c *checkup) sending(ctx context.Context, cfg config.Config, db *storage.DB) {
	var s storage.Standing
	var stopped time.Time
	err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		if s, err = standing(ctx, tx, cfg.SeenPath()); err != nil {
			return err
		}
		_, stopped, err = tx.Stopped(ctx)
		return err
	})
	since := func(t time.Time) *advice.Sentence {
		if t.IsZero() {
			return advice.New("", "")
		}
		return advice.New("check.since", " since %s", t.In(cfg.Location()).Format("2006-01-02 15:04"))
	}
	switch {
	case err != nil:
		c.bad(partSending, err)
	case s.Hold != "":
		c.bad(partSending, advice.New("check.held", "held%w because %w; `bangkom resume` shows what would go", since(s.Since), whyHeld(s.Hold)))
	case !stopped.IsZero():
		c.warn(partSending, advice.New("check.stopped", "what the bot starts by itself is stopped%w; `bangkom resume` shows what would go.", since(stopped)))
	case s.Seen.Place == "":
		c.good(partSending, "check.sending_first", "will be allowed for this database at the first start.")
	default:
		c.good(partSending, "check.sending", "allowed for this database%w.", since(s.Seen.Allowed))
	}
	c.setBack(cfg)
}

// whyHeld is the reason of a hold, in the words of dialog.Hold.
func whyHeld(h dialog.Hold) *advice.Sentence {
	switch h {
	case dialog.HoldRestored:
		return advice.New("check.held_restored", "%v", h)
	case dialog.HoldSetBack:
		return advice.New("check.held_set_back", "%v", h)
	default:
		return advice.New("check.held_moved", "%v", h)
	}
}

// setBack says whether it would be noticed if the database were set back.
func (c *checkup) setBack(cfg config.Config) {
	path := cfg.SeenPath()
	if path == "" {
		c.warn(partSetBack, advice.New("check.set_back_nowhere", "an older state at this database's place (a snapshot) is not recognised, because without "+
			"identity.code_key_path there is no folder in which to remember how far it was."))
		return
	}
	if _, err := app.ReadSeen(path); err != nil {
		c.bad(partSetBack, err)
		return
	}
	if err := cfg.CanRemember(); err != nil {
		c.warn(partSetBack, err)
		return
	}
	c.good(partSetBack, "check.set_back", "an older state at this database's place is recognised by %s.", path)
}

// transport warns of what can be read or changed on the way to the database.
func (c *checkup) transport(cfg config.Database) {
	for _, u := range []struct {
		key string
		url config.Secret
	}{{"database.url", cfg.URL}, {"database.owner_url", cfg.OwnerURL}} {
		if u.url != "" && !pg.VerifiesServer(u.url.Reveal()) {
			c.warn(partDatabase, advice.New("check.transport", "%s leads to another machine without sslmode=verify-full: "+
				"somebody on the way can read and change everything (docs/operations.md).", u.key))
		}
	}
}

func (c *checkup) rights(ctx context.Context, db *storage.DB) {
	if err := db.CheckGrants(ctx); err != nil {
		c.bad(partRights, err)
	}
	c.looseRights(ctx, db)
	switch may, err := db.MayChangeAnswers(ctx); {
	case err != nil:
		c.bad(partRights, err)
	case may:
		c.warn(partRights, advice.New("check.may_change", "this login could change answers and the audit log; use one of the role bangkom_app (docs/operations.md)."))
	default:
		c.good(partRights, "check.may_add", "answers and the audit log can be added to, not changed.")
	}
}

// looseRights warns of rights that an attack on the owner's functions would use.
func (c *checkup) looseRights(ctx context.Context, db *storage.DB) {
	loose, err := db.LooseRights(ctx)
	if err != nil {
		c.bad(partRights, err)
		return
	}
	if loose.Temporary || loose.Create {
		c.warn(partRights, advice.New("check.loose_tables", "everybody who reaches this database may make tables in it; `bangkom migrate` with database.owner_url takes that away, if that login owns the database."))
	}
	if loose.Statements {
		c.warn(partLogging, advice.New("check.logs_statements", "the server logs statements, and with them what people send; set log_statement to none or ddl, and log_min_duration_statement above 0 (docs/operations.md)."))
	}
	if loose.Commits {
		c.warn(partLogging, advice.New("check.keeps_commits", "track_commit_timestamp keeps when each answer came; set it to off (docs/operations.md)."))
	}
	if loose.Superuser {
		c.warn(partRights, advice.New("check.superuser", "the tables belong to a superuser of the server; let a login own them that is none (docs/operations.md)."))
	}
}

func (c *checkup) codeKey(ctx context.Context, cfg config.Config, db *storage.DB) {
	stored, err := db.Fact(ctx, app.FactCodeKey)
	if err != nil {
		c.bad(partCodeKey, err)
		return
	}
	secret, err := cfg.CodeKey()
	switch {
	case errors.Is(err, config.ErrNoKey) && stored == "":
		if err := cfg.CanMakeKey(); err != nil {
			c.bad(partCodeKey, err)
			return
		}
		c.good(partCodeKey, "check.key_first", "will be made at the first start, in %s.", cfg.Identity.CodeKeyPath)
	case errors.Is(err, config.ErrNoKey):
		c.bad(partCodeKey, app.KeyGone(err))
	case err != nil:
		c.bad(partCodeKey, err)
	case stored == "":
		c.good(partCodeKey, "check.key_unused", "not used with this database yet.")
	case stored != app.DeriveKeys(secret).Fingerprint:
		c.bad(partCodeKey, app.ErrOtherKey)
	default:
		c.good(partCodeKey, "check.key", "the one that this database was used with before.")
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
		c.bad(partTelegram, err)
		return
	}
	name, err := client.Me(ctx)
	if err != nil {
		c.bad(partTelegram, explainTelegram(err))
		return
	}
	c.good(partTelegram, "check.telegram", "answers; the bot is @%s.", name)
}

// explainTelegram puts what to do before what Telegram said.
func explainTelegram(err error) error {
	var refused *bot.APIError
	if errors.As(err, &refused) && (refused.Code == 401 || refused.Code == 404) {
		return advice.New("check.token_refused", "telegram.token is refused, take the present one from BotFather: %w", err)
	}
	return advice.New("check.telegram_away", "telegram cannot be reached, so let this machine go out to telegram.api_endpoint (HTTPS), "+
		"or wait if it is blocked for all (docs/panduan-operator.md): %w", err)
}
