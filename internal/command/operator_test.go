package command

import (
	"bytes"
	"context"
	"database/sql"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// operator runs commands as an operator would, with nothing but an environment.
type operator struct {
	t   *testing.T
	env []string
}

// run demands an exit code and that the output holds every given sentence.
func (o *operator) run(want int, args string, sentences ...string) string {
	o.t.Helper()
	var out bytes.Buffer
	if got := Run(o.t.Context(), splitArgs(args), o.env, &out, &out); got != want {
		o.t.Errorf("bangkom %s = %d, want %d: %s", args, got, want, &out)
	}
	for _, s := range sentences {
		if !strings.Contains(out.String(), s) {
			o.t.Errorf("bangkom %s does not say %q: %s", args, s, &out)
		}
	}
	return out.String()
}

// splitArgs splits at blanks; ~ stands for a blank inside an argument.
func splitArgs(line string) []string {
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "~", " ")
	}
	return args
}

// The way of a new installation, from an empty database to an open period.
func TestOperatorPath(t *testing.T) {
	owner := devdbtest.Empty(t)
	key := filepath.Join(t.TempDir(), "key")
	fake := faketelegram.New(faketelegram.Config{BotUsername: "bangkom_uji_bot"})
	server := httptest.NewServer(fake.APIHandler())
	defer server.Close()
	defer fake.Close()
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_IDENTITY_CODE_KEY_PATH=" + key,
		"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT=" + server.URL + "/bot%s/%s"}}

	o.run(1, "check", "schema:        NOT IN ORDER", "bangkom migrate", "@bangkom_uji_bot")
	o.run(1, "serve", "bangkom migrate")
	o.run(1, "period open --name X --until 2099-01-01", "bangkom migrate")
	o.run(0, "migrate", " migrations ran")
	o.run(0, "migrate", "the schema was up to date")
	o.run(0, "check", "warning: this login could change answers", "will be made at the first start")
	o.run(0, "period open --name Tahun~2099 --until 2099-01-22", `period "Tahun 2099" is open until the end of 2099-01-22, for superiors until the end of 2099-01-29; tasks made: 0`)
	o.run(1, "period open --name Lain --until 2099-01-22", "open")
	o.run(0, "period close", `period "Tahun 2099" is closed`)
	o.run(1, "period close", "no period is open")
	o.run(1, "period open --name Tahun~2099 --until 2099-01-22", "name")
	o.run(2, "period open --name Y --until 2001-01-01", "passed")

	if err := devdb.AppUser(t.Context(), owner, "bangkom_operator"); err != nil {
		t.Fatal(err)
	}
	o.env = append(o.env, "BANGKOM_DATABASE_URL="+devdbtest.As(owner, "bangkom_operator"))
	o.run(0, "check", "can be added to, not changed")
	asOwner(t, owner, `INSERT INTO job_failure (job, scheduled_for, failed_at, cause) VALUES ('old', '2026-01-01', '2026-01-01', 'x')`)
	o.run(0, "job run retention --at 2027-01-04T02:30:00+07:00", "retention was run for 2027-01-04T02:30:00+07:00: 1 done, 0 skipped")
	o.run(0, "job run retention --at 2027-01-04T02:30:00+07:00", "was run for 2027-01-04T02:30:00+07:00 before; nothing was done")
	o.serveOnce()
	o.run(0, "check", "the one that this database was used with before")
	whole := o.env
	o.env = slices.DeleteFunc(slices.Clone(whole), func(line string) bool { return strings.HasPrefix(line, "BANGKOM_TELEGRAM_") })
	o.run(0, "job run after-outage --at 2027-01-04T09:00:00+07:00", "after-outage was run for 2027-01-04T09:00:00+07:00: 0 done") // it is about one bot
	o.env = whole
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	o.run(1, "serve", "put it back")
	if err := os.WriteFile(key, []byte(strings.Repeat("another key ", 5)), 0o600); err != nil {
		t.Fatal(err)
	}
	o.run(1, "serve", "is not the key")
	o.run(1, "check", "is not the key")
	o.env = append(o.env, "BANGKOM_TELEGRAM_TOKEN=1:wrong")
	o.run(1, "check", "telegram.token is refused")
	if p := fake.Profile(); p.Description == "" || p.ShortDescription == "" || len(p.Commands) == 0 {
		t.Errorf("serve set the profile %+v, want description, short description and commands", p)
	}
}

// asOwner runs a statement as the owner of a database.
func asOwner(t testing.TB, url, query string) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// serveOnce runs serve until it has answered a message.
func (o *operator) serveOnce() {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.t.Context())
	defer cancel()
	var log lockedBuffer
	done := make(chan int, 1)
	go func() { done <- Run(ctx, []string{"serve"}, o.env, &log, &log) }()
	for !strings.Contains(log.tail(1<<20), "connected to Telegram") {
		select {
		case code := <-done:
			o.t.Fatalf("serve ended with %d: %s", code, log.tail(1<<20))
		case <-time.After(5 * time.Millisecond):
		}
	}
	cancel()
	if code := <-done; code != exitOK {
		o.t.Errorf("serve ended with %d: %s", code, log.tail(1<<20))
	}
}
