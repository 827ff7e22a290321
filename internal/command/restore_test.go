package command

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/pgtools"
	"bangkom/internal/proof"
	"bangkom/storage"
)

// badDay is a day on which a database is lost: the program, started again and again
// with this or that database, before one Telegram.
type badDay struct {
	t    *testing.T
	fake *faketelegram.Server
	env  []string
}

const patient = 11 // the person who is written to

func newBadDay(t *testing.T, env ...string) *badDay {
	t.Helper()
	d := &badDay{t: t, fake: faketelegram.New(faketelegram.Config{Seed: 1})}
	server := httptest.NewServer(d.fake.APIHandler())
	t.Cleanup(server.Close)
	t.Cleanup(d.fake.Close)
	d.fake.AddUser(faketelegram.User{ID: patient, FirstName: "A"})
	d.env = append(env, "BANGKOM_TELEGRAM_TOKEN="+faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT="+server.URL+"/bot%s/%s",
		"BANGKOM_TELEGRAM_LEASE=1s", "BANGKOM_TELEGRAM_POLL_TIMEOUT=1s")
	return d
}

// do runs a command with a database and returns what it wrote; owner may be "".
func (d *badDay) do(want int, url, owner string, args ...string) string {
	d.t.Helper()
	var out, messages bytes.Buffer
	env := append([]string{"BANGKOM_DATABASE_URL=" + url, "BANGKOM_DATABASE_OWNER_URL=" + owner}, d.env...)
	if code := Run(d.t.Context(), args, env, &out, &messages); code != want {
		d.t.Fatalf("bangkom %s = %d, want %d: %s%s", strings.Join(args, " "), code, want, &out, &messages)
	}
	return out.String() + messages.String()
}

// serve starts the program; its base answers /readyz.
func (d *badDay) serve(url string) (s *serving, stop func()) {
	d.t.Helper()
	s = &serving{t: d.t, fake: d.fake, base: "http://" + unused(d.t)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan int, 1)
	env := append([]string{"BANGKOM_DATABASE_URL=" + url, "BANGKOM_HTTP_LISTEN=" + strings.TrimPrefix(s.base, "http://")}, d.env...)
	go func() { done <- Run(ctx, []string{"serve"}, env, &s.log, &s.log) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if code := <-done; code != exitOK {
			d.t.Errorf("serve ended with %d: %s", code, s.log.tail(3000))
		}
	}
	d.t.Cleanup(stop)
	return s, stop
}

func exec1(t *testing.T, url, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err == nil {
		defer db.Close()
		_, err = db.Exec(query, args...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// queue puts messages into the outbox of a database.
func (d *badDay) queue(owner string, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		exec1(d.t, owner, `INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state)
			VALUES ($1, $2, 1, 'prompt', 'reminder.test', 5, 'sendMessage', $3, 'new')`,
			text, patient, fmt.Sprintf(`{"params":{"chat_id":"%d","text":"%s"}}`, patient, text))
	}
}

// arrived is how often a text was sent.
func (d *badDay) arrived(text string) (n int) {
	for _, m := range d.fake.Messages(patient) {
		if m.Text == text {
			n++
		}
	}
	return n
}

// await waits until every text was sent so often.
func (d *badDay) await(times int, texts ...string) {
	d.t.Helper()
	limit := time.Now().Add(time.Minute)
	for _, text := range texts {
		for d.arrived(text) < times {
			if time.Now().After(limit) {
				d.t.Fatalf("%q was sent %d times, want %d", text, d.arrived(text), times)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

var heldReady = regexp.MustCompile("sending is held since .*bangkom resume")

// silent waits until the program says that sending is held, and then sees that it
// asks nothing of Telegram.
func (d *badDay) silent(s *serving, calls int, reason string) {
	d.t.Helper()
	s.await("/readyz", http.StatusServiceUnavailable, heldReady)
	if calls < 0 {
		time.Sleep(1500 * time.Millisecond) // a poll that was under way has ended by then
		calls = d.fake.CallCount()
	}
	time.Sleep(3 * time.Second) // three lives of the lease
	if made := d.fake.CallsSince(calls); len(made) != 0 {
		d.t.Errorf("%d calls while sending is held, the first is %s", len(made), made[0].Method)
	}
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`bangkom_sending_held\{reason="`+reason+`"\} 1`))
	if !strings.Contains(s.log.tail(1<<20), "sending is held until") {
		d.t.Error("the log does not say that sending is held")
	}
}

var queuedTexts = []string{"antre 1", "antre 2", "antre 3", "antre 4", "antre 5"}

// original is a database that was served, with messages in its outbox, and the
// backup that was taken then.
func (d *badDay) original() (url, owner, file string) {
	d.t.Helper()
	url, owner = devdbtest.Database(d.t, migrateForTests)
	d.fake.SendText(patient, "/bantuan")
	s, stop := d.serve(url)
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`calls_total\{outcome="sent"\} [1-9]`))
	stop()
	d.queue(owner, queuedTexts...)
	file = filepath.Join(d.t.TempDir(), "cadangan.dump")
	if said := d.do(exitOK, url, owner, "backup", "--out", file); !strings.Contains(said, "done:") {
		d.t.Errorf("backup says %s", said)
	}
	return url, owner, file
}

// The whole of a restore: the original has sent its queue; the copy beside it sends
// nothing, however it was restored, and each message once when it is allowed.
func TestARestoredCopyIsHeldUntilResume(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	for name, byHand := range map[string]bool{"bangkom restore": false, "pg_restore by hand": true} {
		t.Run(name, func(t *testing.T) {
			d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey)
			url, _, file := d.original()
			_, stop := d.serve(url)
			d.await(1, queuedTexts...)
			defer stop() // the original goes on
			copyOwner := devdbtest.Empty(t)
			copyURL := devdbtest.As(copyOwner, "bangkom_test")
			reason := "restored"
			if byHand {
				reason = "moved"
				program, err := pgtools.Find(t.Context(), "pg_restore", 15)
				if err == nil {
					err = pgtools.Restore(t.Context(), program, copyOwner, file)
				}
				if err != nil {
					t.Fatal(err)
				}
				d.do(exitOK, copyURL, copyOwner, "migrate") // makes the rights, which the dump has lost
			} else if said := d.do(exitOK, copyURL, copyOwner, "restore", file); !strings.Contains(said, "5 prompt     reminder.test") ||
				!strings.Contains(said, "- Roles: 0.") || !strings.Contains(said, "sending is held here") {
				t.Errorf("restore says %s", said)
			}
			stop() // so that every call from here on is the copy's
			s, stopCopy := d.serve(copyURL)
			d.silent(s, d.fake.CallCount(), reason)
			if said := d.do(exitFailed, copyURL, copyOwner, "check"); !strings.Contains(said, "sending:       NOT IN ORDER: held") {
				t.Errorf("check says %s", said)
			}
			if said := d.do(exitOK, copyURL, copyOwner, "resume"); !strings.Contains(said, "5 prompt     reminder.test") || !strings.Contains(said, "nothing was changed") {
				t.Errorf("resume says %s", said)
			}
			d.silent(s, -1, reason)
			d.do(exitOK, copyURL, copyOwner, "resume", "--apply")
			d.await(2, queuedTexts...)
			s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
			stopCopy()
			for _, text := range queuedTexts {
				if n := d.arrived(text); n != 2 {
					t.Errorf("%q was sent %d times, want once by the original and once by the copy", text, n)
				}
			}
			if said := d.do(exitOK, copyURL, copyOwner, "resume"); !strings.Contains(said, "nothing to resume") {
				t.Errorf("resume after it says %s", said)
			}
		})
	}
}

// The database of a running process is replaced by a restored one under the same
// name: it notices at the next renewal, and before that claims nothing.
func TestAReplacedDatabaseHoldsARunningProcess(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey)
	url, owner, file := d.original()
	s, stop := d.serve(url)
	d.await(1, queuedTexts...)
	d.do(exitFailed, url, owner, "restore", file, "--replace") // it is served
	// What `restore --replace` does, without asking: the table comes back under a new
	// number. The program is at work meanwhile; the tables are moved aside, so that no
	// drop meets a transaction that holds a part of them.
	db, err := storage.Open(storage.Options{URL: owner, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(db.SetAside(t.Context()))
	program, err := pgtools.Find(t.Context(), "pg_restore", 15)
	must(err)
	must(pgtools.Restore(t.Context(), program, owner, file))
	must(db.DropAside(t.Context()))
	d.do(exitOK, url, owner, "migrate") // makes the rights
	d.silent(s, -1, "moved")
	d.do(exitOK, url, owner, "resume", "--apply", "--drop-waiting")
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	d.queue(owner, "baru")
	d.await(1, "baru")
	stop()
	for _, text := range queuedTexts {
		if n := d.arrived(text); n != 1 {
			t.Errorf("%q was sent %d times, want once", text, n)
		}
	}
}

// A snapshot of the whole cluster is put back in its old place: nothing in it differs
// but its age, which is known beside the key file.
func TestASnapshotThatIsPutBackIsRecognised(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	key := filepath.Join(t.TempDir(), "bangkom.key")
	d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY_PATH="+key)
	c, err := devdb.Start(t.Context(), devdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	owner, url := c.URL("bangkom", "postgres"), c.URL("bangkom", "bangkom_serve")
	if err := c.CreateDatabase(t.Context(), "bangkom"); err != nil {
		t.Fatal(err)
	}
	if err := migrateForTests(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if err := devdb.AppUser(t.Context(), owner, "bangkom_serve"); err != nil {
		t.Fatal(err)
	}
	d.fake.SendText(patient, "/bantuan")
	s, stop := d.serve(url)
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`calls_total\{outcome="sent"\} [1-9]`))
	stop()
	d.queue(owner, queuedTexts...)
	data, snapshot := filepath.Join(c.Dir(), "data"), filepath.Join(c.Dir(), "snapshot")
	swap := func(steps ...[]string) {
		t.Helper()
		if err := c.Halt(devdb.Fast); err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			if out, err := exec.Command(step[0], step[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		if err := c.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	swap([]string{"cp", "-a", data, snapshot})
	_, stop = d.serve(url)
	d.await(1, queuedTexts...)
	stop()
	if info, err := os.Stat(key + ".seen"); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the file beside the key: %v, %v", info, err)
	}
	swap([]string{"rm", "-r", data}, []string{"mv", snapshot, data})
	if said := d.do(exitFailed, url, owner, "check"); !strings.Contains(said, "was set back") {
		t.Errorf("check says %s", said)
	}
	s, stop = d.serve(url)
	d.silent(s, -1, "set_back")
	d.do(exitOK, url, owner, "resume", "--apply", "--drop-waiting")
	s.await("/readyz", http.StatusOK, regexp.MustCompile("ok"))
	stop()
	for _, text := range queuedTexts {
		if n := d.arrived(text); n != 1 {
			t.Errorf("%q was sent %d times, want once", text, n)
		}
	}
}

// A database with something in it is replaced only when that is said, wholly or not at
// all, and the list names what came back.
func TestRestoreReplacesAllOrNothing(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey)
	url, owner, file := d.original()
	_, other := devdbtest.Database(t, migrateForTests)
	text := func(query string) (s string) {
		t.Helper()
		db, err := sql.Open("postgres", owner)
		if err == nil {
			defer db.Close()
			err = db.QueryRow(query).Scan(&s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	exec1(t, owner, `UPDATE lease SET until = now() - interval '1 minute'`)
	exec1(t, owner, `DELETE FROM replica`)
	exec1(t, owner, `INSERT INTO unit (code, name) VALUES ('u', 'Dinas')`)
	exec1(t, owner, `INSERT INTO employee (nip, name, sex, unit_id) SELECT '198503122010012002', 'Sri', 2, id FROM unit`)
	exec1(t, owner, `INSERT INTO role_grant (employee_id, role, granted_at) SELECT id, 'hr', now() FROM employee`)
	exec1(t, owner, `INSERT INTO link_code (hash, employee_id, created_at, expires_at) SELECT 'x', id, now(), now() + interval '1 day' FROM employee`)
	exec1(t, owner, `INSERT INTO chat (id, employee_id, linked_at) SELECT 12, id, now() FROM employee`)
	later := filepath.Join(filepath.Dir(file), "nanti.dump")
	d.do(exitOK, url, owner, "backup", "--out", later)
	if info, err := os.Stat(later); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	d.do(exitFailed, url, owner, "backup", "--out", later) // never over another one
	exec1(t, owner, `UPDATE role_grant SET revoked_at = now()`)
	exec1(t, owner, `UPDATE link_code SET used_at = now()`)
	exec1(t, owner, `UPDATE chat SET employee_id = NULL`)

	if said := d.do(exitFailed, url, owner, "restore", later); !strings.Contains(said, "not empty") {
		t.Errorf("restore into what is not empty says %s", said)
	}
	broken := filepath.Join(filepath.Dir(file), "rusak.dump")
	whole, err := os.ReadFile(later)
	if err == nil {
		err = os.WriteFile(broken, whole[:len(whole)-300], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := text(`SELECT 'outbox'::regclass::oid::text`)
	if said := d.do(exitFailed, url, owner, "restore", broken, "--replace"); !strings.Contains(said, "as before") {
		t.Errorf("restore of half a file says %s", said)
	}
	if after := text(`SELECT 'outbox'::regclass::oid::text`); after != before || text(`SELECT count(*)::text FROM role_grant WHERE revoked_at IS NULL`) != "0" {
		t.Error("after a failed restore the database is not as before")
	}
	said := d.do(exitOK, url, owner, "restore", later, "--replace")
	for _, want := range []string{"hr       Sri (NIP ...2002) <- was taken away since", "open again (1 of them)", "linked again (1 of them)", "5 prompt     reminder.test"} {
		if !strings.Contains(said, want) {
			t.Errorf("restore does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "198503122010012002") {
		t.Error("a whole NIP is printed")
	}
	if text(`SELECT text FROM bot_state WHERE name = 'sending_hold'`) != "restored" || text(`SELECT (to_regnamespace('bangkom_replaced') IS NULL)::text`) != "true" {
		t.Error("no hold, or the former tables are still there")
	}
	for _, args := range [][]string{{"restore", filepath.Join(filepath.Dir(file), "tidak-ada")}, {"restore", "restore_test.go"}} {
		d.do(exitFailed, other, other, args...)
	}
	for _, args := range [][]string{{"restore"}, {"restore", "--replace"}, {"backup"}, {"resume", "x"}} {
		d.do(exitUsage, other, other, args...)
	}
}
