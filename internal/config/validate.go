package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// settle checks what is wrong for every command and resolves the time zone.
func (c *Config) settle(environ map[string]string) []error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	loc, err := time.LoadLocation(c.Agency.TimeZone)
	c.location = loc
	wrong(err != nil || c.Agency.TimeZone == "", "agency.time_zone %q is not known, write for example Asia/Jakarta", c.Agency.TimeZone)
	wrong(environ["PQGO_DEBUG"] != "" && environ["PQGO_DEBUG"] != "0",
		"the variable PQGO_DEBUG is set: it would print everything that goes to the database, unset it")
	t := c.Telegram
	wrong(!slices.Contains([]string{"polling", "webhook"}, t.Mode), "telegram.mode is %q, write polling or webhook", t.Mode)
	errs = append(errs, t.webhookProblems()...)
	wrong(strings.Count(t.APIEndpoint, "%s") != 2, "telegram.api_endpoint needs two %%s, for token and method")
	wrong(strings.Count(t.FileEndpoint, "%s") != 2, "telegram.file_endpoint needs two %%s, for token and path")
	wrong(t.RatePerSecond < 0, "telegram.rate_per_second is negative, write 0 for no limit")
	wrong(t.ChatRatePerSecond < 0, "telegram.chat_rate_per_second is negative, write 0 for no limit")
	wrong(t.InFlight < 1 || t.InFlight > 64, "telegram.in_flight is %d, write 1 to 64", t.InFlight)
	wrong(t.PollTimeout < time.Second || t.PollTimeout > 50*time.Second, "telegram.poll_timeout is %s, write 1s to 50s", t.PollTimeout)
	wrong(t.Lease < time.Second || t.Lease > time.Minute, "telegram.lease is %s, write 1s to 60s", t.Lease)
	wrong(c.Limits.Workers < 1 || c.Limits.Workers > 256, "limits.workers is %d, write 1 to 256", c.Limits.Workers)
	wrong(c.Limits.PersonUpdatesPer10s < 0, "limits.person_updates_per_10s is negative")
	d := c.Database
	wrong(d.MaxOpen < 4 || d.MaxOpen > 500, "database.max_open is %d, write 4 to 500", d.MaxOpen)
	wrong(d.StatementTimeout < time.Second, "database.statement_timeout is %s, write 1s or more", d.StatementTimeout)
	wrong(d.IOTimeout <= d.StatementTimeout, "database.io_timeout is %s, it must be longer than database.statement_timeout", d.IOTimeout)
	wrong(c.Identity.CodeDays < 1 || c.Identity.CodeDays > 366, "identity.code_days is %d, write 1 to 366", c.Identity.CodeDays)
	wrong(c.Identity.CodeKey != "" && len(c.Identity.CodeKey) < minKey, "identity.code_key is shorter than %d characters", minKey)
	wrong(c.Identity.CodeKey == "" && c.Identity.CodeKeyPath == "", "identity.code_key_path is empty and there is no identity.code_key")
	wrong(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level), "log.level is %q, write debug, info, warn or error", c.Log.Level)
	wrong(!slices.Contains([]string{"text", "json"}, c.Log.Format), "log.format is %q, write text or json", c.Log.Format)
	if host, _, err := net.SplitHostPort(c.HTTP.Listen); c.HTTP.Listen != "" {
		wrong(err != nil, "http.listen is %q, write for example 127.0.0.1:9090", c.HTTP.Listen)
		wrong(err == nil && !loopback(host), "http.listen is %q, which other machines can reach, and nobody is asked who he is: "+
			"write for example 127.0.0.1:9090", c.HTTP.Listen)
	}
	return errs
}

// secretForm is what Telegram takes as a secret.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)

// webhookProblems is what is wrong with the keys of the mode webhook.
func (t Telegram) webhookProblems() []error {
	if t.Mode != "webhook" {
		return nil
	}
	var errs []error
	u, err := url.Parse(t.WebhookURL)
	switch {
	case t.WebhookURL == "":
		errs = append(errs, errors.New("telegram.webhook_url is missing, write the public address, for example https://bangkom.example.go.id/telegram"))
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		errs = append(errs, errors.New("telegram.webhook_url is no address, write for example https://bangkom.example.go.id/telegram"))
	case u.Scheme != "https" && !loopback(u.Hostname()):
		errs = append(errs, errors.New("telegram.webhook_url must begin with https://"))
	}
	if _, _, err := net.SplitHostPort(t.WebhookListen); err != nil {
		errs = append(errs, fmt.Errorf("telegram.webhook_listen is %q, write for example 127.0.0.1:8081", t.WebhookListen))
	}
	for _, secret := range t.Secrets() {
		if !secretForm.MatchString(secret) {
			errs = append(errs, errors.New("telegram.webhook_secret needs 16 to 256 letters, digits, - or _; two are separated by a comma"))
			break
		}
	}
	return errs
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Secrets are the parts of WebhookSecret; none when it is empty.
func (t Telegram) Secrets() []string {
	if t.WebhookSecret == "" {
		return nil
	}
	parts := strings.Split(t.WebhookSecret.Reveal(), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// ValidateDatabase tells whether a command that needs only the database can work.
func (c Config) ValidateDatabase() error {
	if c.Database.URL == "" {
		return errors.New("database.url (BANGKOM_DATABASE_URL) is missing, for example postgres://bangkom:PASSWORD@127.0.0.1/bangkom")
	}
	return errors.Join(checkURL("database.url", c.Database.URL), checkURL("database.owner_url", c.Database.OwnerURL))
}

// checkURL never prints the address: it may hold a password.
func checkURL(key string, s Secret) error {
	if s == "" {
		return nil
	}
	if !strings.Contains(s.Reveal(), "://") && strings.Contains(s.Reveal(), "=") {
		return nil // "host=... user=...", which the driver reads itself
	}
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fmt.Errorf("%s is not an address of the form postgres://USER:PASSWORD@HOST/DATABASE", key)
	}
	return nil
}

// ValidateServe tells whether `serve` can work; every problem is a line.
func (c Config) ValidateServe() error {
	var token error
	if id, secret, ok := strings.Cut(c.Telegram.Token.Reveal(), ":"); c.Telegram.Token == "" {
		token = errors.New("telegram.token (BANGKOM_TELEGRAM_TOKEN) is missing, BotFather gives it")
	} else if !ok || id == "" || secret == "" || strings.Trim(id, "0123456789") != "" {
		token = errors.New("telegram.token is not of the form 123456789:AbC..., copy it whole from BotFather")
	}
	return errors.Join(token, c.ValidateDatabase())
}

// Warnings are sentences about what works but is probably not meant.
func (c Config) Warnings() []string {
	var out []string
	missing := func(value, key, then string) {
		if value == "" {
			out = append(out, key+" is empty: "+then)
		}
	}
	missing(c.Agency.Name, "agency.name", "people do not read whose service this is")
	missing(c.Agency.Helpdesk, "agency.helpdesk", "a person who is stuck is referred to the personnel officer only")
	missing(c.Agency.Recognition, "agency.recognition", "people cannot tell this bot from an imitation")
	if c.Telegram.RatePerSecond > 30 {
		out = append(out, "telegram.rate_per_second is above 30: Telegram refuses that without paid broadcasts")
	}
	if c.Telegram.Mode == "polling" && c.Telegram.WebhookURL != "" {
		out = append(out, "telegram.webhook_url has no effect while telegram.mode is polling")
	}
	if n := c.Limits.PersonUpdatesPer10s; n > 0 && n < 20 {
		out = append(out, "limits.person_updates_per_10s is below 20: people who answer quickly are slowed down")
	}
	return out
}
