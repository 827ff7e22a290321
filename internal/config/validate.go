package config

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"bangkom/internal/advice"
)

// settle checks what is wrong for every command and resolves the time zone.
func (c *Config) settle(environ map[string]string) []error {
	var errs []error
	wrong := func(bad bool, key, format string, args ...any) {
		if bad {
			errs = append(errs, advice.New(key, format, args...))
		}
	}
	loc, err := time.LoadLocation(c.Agency.TimeZone)
	c.location = loc
	wrong(c.Agency.TimeZone == "Local", "config.zone_local", "agency.time_zone is Local, which is the zone of whatever machine this runs on, write for example Asia/Jakarta")
	wrong(err != nil || c.Agency.TimeZone == "", "config.time_zone", "agency.time_zone %q is not known, write for example Asia/Jakarta", c.Agency.TimeZone)
	wrong(phonenumbers.GetRegionCodeForCountryCode(c.Agency.CountryCode) == phonenumbers.UNKNOWN_REGION,
		"config.country_code", "agency.country_code %d is the code of no country, write for example 62", c.Agency.CountryCode)
	wrong(environ["PQGO_DEBUG"] != "" && environ["PQGO_DEBUG"] != "0",
		"config.debug", "the variable PQGO_DEBUG is set: it would print everything that goes to the database, unset it")
	t := c.Telegram
	wrong(!slices.Contains([]string{"polling", "webhook"}, t.Mode), "config.mode", "telegram.mode is %q, write polling or webhook", t.Mode)
	errs = append(errs, t.webhookProblems()...)
	wrong(strings.Count(t.APIEndpoint, "%s") != 2, "config.api_signs", "telegram.api_endpoint needs two %%s, for token and method")
	wrong(strings.Count(t.FileEndpoint, "%s") != 2, "config.file_signs", "telegram.file_endpoint needs two %%s, for token and path")
	wrong(endpoint(t.APIEndpoint) == nil, "config.api_endpoint", "telegram.api_endpoint is no address, write for example %s", defaults().Telegram.APIEndpoint)
	wrong(endpoint(t.FileEndpoint) == nil, "config.file_endpoint", "telegram.file_endpoint is no address, write for example %s", defaults().Telegram.FileEndpoint)
	wrong(t.RatePerSecond < 0, "config.rate_per_second", "telegram.rate_per_second is negative, write 0 for no limit")
	wrong(t.ChatRatePerSecond < 0, "config.chat_rate_per_second", "telegram.chat_rate_per_second is negative, write 0 for no limit")
	wrong(t.InFlight < 1 || t.InFlight > 64, "config.in_flight", "telegram.in_flight is %d, write 1 to 64", t.InFlight)
	wrong(t.PollTimeout < time.Second || t.PollTimeout > 50*time.Second, "config.poll_timeout", "telegram.poll_timeout is %s, write 1s to 50s", t.PollTimeout)
	wrong(t.Lease < time.Second || t.Lease > time.Minute, "config.lease", "telegram.lease is %s, write 1s to 60s", t.Lease)
	c.Limits.judge(wrong)
	d := c.Database
	wrong(d.MaxOpen < 4 || d.MaxOpen > 500, "config.max_open", "database.max_open is %d, write 4 to 500", d.MaxOpen)
	wrong(d.StatementTimeout < time.Second, "config.statement_timeout", "database.statement_timeout is %s, write 1s or more", d.StatementTimeout)
	wrong(d.IOTimeout <= d.StatementTimeout, "config.io_timeout", "database.io_timeout is %s, it must be longer than database.statement_timeout", d.IOTimeout)
	wrong(c.Identity.CodeDays < 1 || c.Identity.CodeDays > 366, "config.code_days", "identity.code_days is %d, write 1 to 366", c.Identity.CodeDays)
	wrong(c.Identity.CodeKey != "" && len(c.Identity.CodeKey) < minKey, "config.code_key_short", "identity.code_key is shorter than %d characters", minKey)
	wrong(c.Identity.CodeKey == "" && c.Identity.CodeKeyPath == "", "config.code_key_path", "identity.code_key_path is empty and there is no identity.code_key")
	wrong(c.Announcements.ApprovalFrom < 1, "config.approval_from", "announcements.approval_from is %d, write 1 or more", c.Announcements.ApprovalFrom)
	wrong(c.Agency.wrong(), "config.letterhead", "agency.letterhead is %q, write at most %d lines of %d characters with semicolons between them", c.Agency.Letterhead, MaxLetterhead, LongestLetterhead)
	wrong(c.Agency.wrongOffice(), "config.office", "agency.office is %q, write the personnel office in short, 2 to %d characters, for example BKD", c.Agency.Office, LongestOffice)
	wrong(c.Planning.wrong(), "config.planning_reasons", "planning.reasons is %q, write at most %d reasons of 3 to %d characters with semicolons between them", c.Planning.Reasons, MaxReasons, LongestReason)
	wrong(c.Planning.wrongTopics(), "config.planning_topics", "planning.topics is %q, write for example pelayanan_publik: M.05; memimpin_tim: M.06", c.Planning.Topics)
	wrong(c.Surveys.TrainedShare < 1 || c.Surveys.TrainedShare > 100, "config.trained_share", "surveys.trained_share is %d, write 1 to 100", c.Surveys.TrainedShare)
	wrong(c.Surveys.wrong(), "config.survey_competencies", "surveys.competencies is %q, write for example U6: M.05, M.03; U7: M.05", c.Surveys.Competencies)
	f := c.FollowUps
	wrong(wrongDays(f.Days) || wrongDays(f.ManagerialDays), "config.follow_up_days", "follow_ups.days is %q and follow_ups.managerial_days %q, write at most %d rising numbers of days with semicolons between them, for example 30; 90", f.Days, f.ManagerialDays, MaxFollowUps)
	wrong(f.FromJP < 0 || f.FromJP > 1000, "config.follow_up_jp", "follow_ups.from_jp is %d, write 0 to 1000", f.FromJP)
	wrong(f.OpenDays < 3 || f.OpenDays > 28, "config.follow_up_open", "follow_ups.open_days is %d, write 3 to 28", f.OpenDays)
	wrong(f.PerSuperior < 0 || f.PerSuperior > 100, "config.follow_up_superior", "follow_ups.per_superior is %d, write 0 to 100", f.PerSuperior)
	errs = append(errs, formProblems("exports.needs", c.Exports.Needs, NeedsColumns())...)
	errs = append(errs, formProblems("exports.needs_people", c.Exports.NeedsPeople, NeedsPeopleColumns())...)
	wrong(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level), "config.level", "log.level is %q, write one of %s", c.Log.Level, "debug, info, warn, error")
	wrong(!slices.Contains([]string{"text", "json"}, c.Log.Format), "config.format", "log.format is %q, write text or json", c.Log.Format)
	wrong(!slices.Contains([]string{"en", "id"}, c.Operator.Language), "config.language", "operator.language is %q, write en or id", c.Operator.Language)
	if host, _, err := net.SplitHostPort(c.HTTP.Listen); c.HTTP.Listen != "" {
		wrong(err != nil, "config.listen", "http.listen is %q, write for example 127.0.0.1:9090", c.HTTP.Listen)
		wrong(err == nil && !loopback(host), "config.listen_public", "http.listen is %q, which other machines can reach, and nobody is asked who he is: write for example 127.0.0.1:9090", c.HTTP.Listen)
	}
	return errs
}

// secretForm is what Telegram takes as a secret.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)

// judge tells what is wrong with the limits.
func (l Limits) judge(wrong func(bad bool, key, format string, args ...any)) {
	wrong(l.Workers < 1 || l.Workers > 256, "config.workers", "limits.workers is %d, write 1 to 256", l.Workers)
	wrong(l.DecideTogether < 1 || l.DecideTogether > 256, "config.decide_together", "limits.decide_together is %d, write 1 to 256", l.DecideTogether)
	wrong(l.PersonUpdatesPer10s < 0, "config.person_updates_per_10s", "limits.person_updates_per_10s is negative")
	wrong(l.DoublePress < 0 || l.DoublePress > 5*time.Second, "config.double_press", "limits.double_press is %s, write 0s to 5s", l.DoublePress)
	wrong(l.PersonUpdatesPerHour < 0, "config.person_updates_per_hour", "limits.person_updates_per_hour is negative")
}

// webhookProblems is what is wrong with the keys of the mode webhook.
func (t Telegram) webhookProblems() []error {
	if t.Mode != "webhook" {
		return nil
	}
	var errs []error
	u, err := url.Parse(t.WebhookURL)
	switch {
	case t.WebhookURL == "":
		errs = append(errs, advice.New("config.webhook_none", "telegram.webhook_url is missing, write the public address, for example https://bangkom.example.go.id/telegram"))
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		errs = append(errs, advice.New("config.webhook_address", "telegram.webhook_url is no address, write for example https://bangkom.example.go.id/telegram"))
	case u.Scheme != "https" && !loopback(u.Hostname()):
		errs = append(errs, advice.New("config.webhook_https", "telegram.webhook_url must begin with https://"))
	}
	if _, _, err := net.SplitHostPort(t.WebhookListen); err != nil {
		errs = append(errs, advice.New("config.webhook_listen", "telegram.webhook_listen is %q, write for example 127.0.0.1:8081", t.WebhookListen))
	}
	for _, secret := range t.Secrets() {
		if !secretForm.MatchString(secret) {
			errs = append(errs, advice.New("config.webhook_secret", "telegram.webhook_secret needs 16 to 256 letters, digits, - or _; two are separated by a comma"))
			break
		}
	}
	return errs
}

// endpoint reads an address with two %s; nil = it is none.
func endpoint(format string) *url.URL {
	u, err := url.Parse(strings.ReplaceAll(format, "%s", "x"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	return u
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
		return advice.New("config.database_none", "database.url (BANGKOM_DATABASE_URL) is missing, for example postgres://bangkom:PASSWORD@127.0.0.1/bangkom")
	}
	return errors.Join(checkURL("database.url", c.Database.URL), checkURL("database.owner_url", c.Database.OwnerURL))
}

// checkURL never prints the address: it may hold a password. One whose password
// holds a character that ends the password is refused before a part of it is
// taken for the host, the port or the name of the database.
func checkURL(key string, s Secret) error {
	if s == "" {
		return nil
	}
	if !strings.Contains(s.Reveal(), "://") && strings.Contains(s.Reveal(), "=") {
		return nil // "host=... user=...", which the driver reads itself
	}
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strayed(s.Reveal()) {
		return advice.New("config.address", "%s is not an address of the form postgres://USER:PASSWORD@HOST/DATABASE; "+
			"in a password write %%23 for #, %%2F for /, %%3F for ?, %%40 for @, %%25 for %%, "+
			"or take one of letters and digits only (openssl rand -hex 24)", key)
	}
	return nil
}

// strayed tells whether a part of an address holds what belongs into another.
func strayed(address string) bool {
	_, rest, ok := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	database, _, _ := strings.Cut(strings.TrimPrefix(tail, "/"), "?")
	user, _, _ := strings.Cut(authority, ":")
	return !ok || strings.Contains(address, "#") || strings.Contains(tail, "@") ||
		strings.ContainsAny(database, "/:") || strings.Count(user, "@") > 1
}

// ValidateServe tells whether `serve` can work; every problem is a line.
func (c Config) ValidateServe() error {
	var token error
	if id, secret, ok := strings.Cut(c.Telegram.Token.Reveal(), ":"); c.Telegram.Token == "" {
		token = advice.New("config.token_none", "telegram.token (BANGKOM_TELEGRAM_TOKEN) is missing, BotFather gives it")
	} else if !ok || id == "" || secret == "" || strings.Trim(id, "0123456789") != "" {
		token = advice.New("config.token_form", "telegram.token is not of the form 123456789:AbC..., copy it whole from BotFather")
	}
	return errors.Join(token, c.ValidateDatabase())
}

// Warnings are sentences about what works but is probably not meant.
func (c Config) Warnings() []*advice.Sentence {
	var out []*advice.Sentence
	warn := func(bad bool, key, format string, args ...any) {
		if bad {
			out = append(out, advice.New(key, format, args...))
		}
	}
	warn(c.Agency.Name == "", "config.no_name", "agency.name is empty: people do not read whose service this is")
	warn(c.Agency.Helpdesk == "", "config.no_helpdesk", "agency.helpdesk is empty: a person who is stuck is referred to the personnel officer only")
	warn(c.Agency.Recognition == "", "config.no_recognition", "agency.recognition is empty: people cannot tell this bot from an imitation")
	for _, e := range []struct{ key, address string }{
		{"telegram.api_endpoint", c.Telegram.APIEndpoint}, {"telegram.file_endpoint", c.Telegram.FileEndpoint},
	} {
		u := endpoint(e.address)
		warn(u != nil && u.Scheme == "http" && !loopback(u.Hostname()), "config.plain_http",
			"%s leads to another machine without TLS (http): the token and everything that people write can be read on the way", e.key)
	}
	warn(c.Telegram.RatePerSecond > 30, "config.fast", "telegram.rate_per_second is above 30: Telegram refuses that without paid broadcasts")
	warn(c.Telegram.Mode == "polling" && c.Telegram.WebhookURL != "", "config.webhook_unused", "telegram.webhook_url has no effect while telegram.mode is polling")
	n := c.Limits.PersonUpdatesPer10s
	warn(n > 0 && n < 20, "config.few_10s", "limits.person_updates_per_10s is below 20: people who answer quickly are slowed down")
	n = c.Limits.PersonUpdatesPerHour
	warn(n > 0 && n < perHour, "config.few_hour", "limits.person_updates_per_hour is below 300: people who fill in much at a time are stopped")
	return out
}
