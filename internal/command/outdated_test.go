package command

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bangkom/internal/faketelegram"
)

// exec runs a statement as the owner of the database.
func (s *serving) exec(statement string) {
	s.t.Helper()
	if _, err := s.sql.Exec(statement); err != nil {
		s.t.Fatal(err)
	}
}

const undone = `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`

// A migration that is due does not take the tables away from a process that
// answers people: the operator is told what to do, and the process goes on.
func TestMigrateRefusesWhileServing(t *testing.T) {
	s := newServing(t, "BANGKOM_TELEGRAM_POLL_TIMEOUT=1s")
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	o := &operator{t: t, env: s.env}
	o.run(0, "migrate", "the schema was up to date") // which changes no table
	s.exec(undone)
	o.run(1, "migrate", "processes of the bot that are running: 1 ", "stop every `bangkom serve` and run `bangkom migrate` again")
	s.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	s.fake.SendText(11, "/bantuan")
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`bangkom_telegram_calls_total\{outcome="sent"\} [1-9]`))
}

// A process that finds a newer schema says so once, is not ready, and takes nothing
// from Telegram any more. It cannot be started anew, and its own version of
// `migrate` refuses.
func TestServeOnANewerSchema(t *testing.T) {
	s := newServing(t, "BANGKOM_TELEGRAM_POLL_TIMEOUT=1s")
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	s.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, true)`)
	const sentence = "the database schema belongs to a newer version of Bangkom: install and start that version"
	if body := s.await("/readyz", http.StatusServiceUnavailable, regexp.MustCompile("newer version")); body != sentence+"\n" {
		t.Errorf("/readyz says %q, want one sentence", body)
	}
	s.await("/metrics", http.StatusOK, regexp.MustCompile("bangkom_ready 0"))
	s.fake.AddUser(faketelegram.User{ID: 11, FirstName: "A"})
	s.fake.SendText(11, "/bantuan")
	s.await("/healthz", http.StatusOK, regexp.MustCompile("ok"))
	o := &operator{t: t, env: s.env}
	for _, command := range []string{"serve", "migrate", "period close", "check"} {
		o.run(1, command, sentence)
	}
	if n := s.fake.Pending(); n != 1 {
		t.Errorf("%d updates wait at Telegram, want 1", n)
	}
	if n := strings.Count(s.log.tail(1<<20), "takes no more work"); n != 1 {
		t.Errorf("the log says it %d times, want once:\n%s", n, s.log.tail(3000))
	}
}

// A task of a kind that nobody has described would be reminded of by nobody and
// end never.
func TestServeNamesAKindWithoutARow(t *testing.T) {
	s := newServing(t)
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	s.exec(`INSERT INTO questionnaire (code, version, kind, body, hash) VALUES ('X', 1, 'exam', '{}', '')`)
	o := &operator{t: t, env: s.env}
	o.run(1, "serve", `the kind of task "exam" has no row in the table of kinds`)
	o.run(1, "check", `the kind of task "exam" has no row in the table of kinds`)
}
