package command

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// composed is a server of its own on which the compose file's script has made
// the database and its logins, with commands that use it.
type composed struct {
	*operator
	cluster *devdb.Cluster
}

func newComposed(t *testing.T, telegram string) *composed {
	t.Helper()
	cluster, err := devdb.Start(t.Context(), devdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop() })
	secrets := t.TempDir()
	for _, name := range []string{"owner_password", "app_password"} {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte("kata'sandi "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &composed{cluster: cluster, operator: &operator{t: t, env: []string{
		"BANGKOM_DATABASE_URL=" + cluster.URL("bangkom", "bangkom_serve"),
		"BANGKOM_DATABASE_OWNER_URL=" + cluster.URL("bangkom", "bangkom_owner"),
		"BANGKOM_IDENTITY_CODE_KEY=" + strings.Repeat("kunci ", 8),
		"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT=" + telegram + "/bot%s/%s",
	}}}
	c.program("sh", "../../deploy/roles.sh", "SECRETS="+secrets)
	return c
}

// program runs a program of Postgres, or a script that does, against the server.
func (c *composed) program(name string, args ...string) {
	c.t.Helper()
	env := append(os.Environ(), "PGHOST="+c.cluster.Socket(), "PATH="+c.cluster.Bin()+":"+os.Getenv("PATH"))
	for len(args) > 0 && strings.Contains(args[len(args)-1], "=") && !strings.HasPrefix(args[len(args)-1], "-") {
		env, args = append(env, args[len(args)-1]), args[:len(args)-1]
	}
	if name != "sh" {
		name = filepath.Join(c.cluster.Bin(), name)
	}
	cmd := exec.CommandContext(c.t.Context(), name, args...)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// A dump that was restored on a new server, without any rights, serves under the
// restricted login after a migrate, and says before what it lacks.
func TestRestoredOnANewServer(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	fake := faketelegram.New(faketelegram.Config{BotUsername: "bangkom_uji_bot"})
	server := httptest.NewServer(fake.APIHandler())
	defer server.Close()
	defer fake.Close()
	old := newComposed(t, server.URL)
	old.run(0, "migrate", " migrations ran")
	if out := old.run(0, "check", "can be added to, not changed"); strings.Contains(out, "rights:        warning") || strings.Contains(out, "sslmode") {
		t.Errorf("check warns of what compose makes:\n%s", out)
	}
	old.run(0, "period open --name Tahun~2099 --until 2099-01-22", "is open")
	dump := filepath.Join(t.TempDir(), "dump")
	old.program("pg_dump", "-Fc", "-U", "bangkom_owner", "-d", "bangkom", "-f", dump)

	fresh := newComposed(t, server.URL)
	fresh.program("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "-U", "bangkom_owner", "-d", "bangkom", dump)
	fresh.run(1, "check", "NOT IN ORDER", "lacks rights", "bangkom migrate")
	fresh.run(1, "serve", "lacks rights", "bangkom migrate")
	fresh.run(0, "migrate", "the schema was up to date")
	if out := fresh.run(0, "check", "can be added to, not changed"); strings.Contains(out, "rights:        warning") {
		t.Errorf("check warns after a restore:\n%s", out)
	}
	fresh.serveOnce()
	fresh.run(1, "period open --name Lain --until 2099-01-22", "open")
	fresh.run(0, "period close", `period "Tahun 2099" is closed`)

	asOwner(t, fresh.cluster.URL("bangkom", "bangkom_owner"), `REVOKE INSERT ON answer FROM bangkom_app`)
	fresh.run(1, "check", "lacks rights", "INSERT ON public.answer")
	fresh.run(1, "serve", "INSERT ON public.answer")
	asOwner(t, fresh.cluster.URL("bangkom", "postgres"), `ALTER ROLE bangkom_owner SUPERUSER; GRANT TEMP ON DATABASE bangkom TO PUBLIC`)
	fresh.run(1, "check", "everybody who reaches this database may make tables", "belong to a superuser")
}

func TestOwnerOfComposeIsNoSuperuser(t *testing.T) {
	devdbtest.Long(t, "a server of its own")
	t.Parallel()
	c := newComposed(t, "http://127.0.0.1:1")
	asOwner(t, c.cluster.URL("bangkom", "postgres"), `DO $$ BEGIN
		ASSERT NOT (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = 'bangkom_owner');
		ASSERT (SELECT pg_get_userbyid(datdba) = 'bangkom_owner' AND pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database WHERE datname = 'bangkom');
		ASSERT NOT EXISTS (SELECT FROM pg_auth_members WHERE member = 'bangkom_owner'::regrole);
		ASSERT (SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'postgres');
		ASSERT (SELECT count(*) = 2 FROM pg_authid WHERE rolname IN ('bangkom_owner', 'bangkom_serve') AND rolpassword IS NOT NULL);
	END $$`)
}

func TestDatabaseThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	url := devdbtest.Empty(t, `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + url}}
	for _, command := range []string{"check", "migrate"} {
		o.run(1, command, "the database is stored in LATIN1", "ENCODING 'UTF8' TEMPLATE template0")
	}
}

// A part of a password that stands where the host, the user or the database is
// expected is printed by no command.
func TestNoCommandPrintsAStrayedPassword(t *testing.T) {
	t.Parallel()
	const secret = "rahasia"
	local := devdbtest.Empty(t)
	for _, address := range []string{
		"postgres://user:rahasia#1@host/db", "postgres://user:12#rahasia@host/db", "postgres://user:12/rahasia@127.0.0.1/db",
		"postgres://127.0.0.1:5432:rahasia@rahasia/db?connect_timeout=2", "postgres://user@rahasia@127.0.0.1/db",
		"postgres://rahasia/db?connect_timeout=2", "postgres://rahasia:5432", "postgres:user:rahasia@host/db", "rahasia",
		"host=user:rahasia dbname=x connect_timeout=2", "host=/var/rahasia dbname=x", "host=127.0.0.1 port=1 user=u password=a rahasia",
		"host=127.0.0.1 port=rahasia", "host=127.0.0.1 sslmode=rahasia", "host=127.0.0.1 rahasia=1",
		devdbtest.As(local, "rahasia"), local + " dbname=rahasia",
	} {
		for _, key := range []string{"URL", "OWNER_URL"} {
			o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + local, "BANGKOM_TELEGRAM_TOKEN=1:a",
				"BANGKOM_TELEGRAM_API_ENDPOINT=http://127.0.0.1:1/bot%s/%s", "BANGKOM_DATABASE_" + key + "=" + address}}
			for _, command := range []string{"check", "serve", "migrate", "period close"} {
				if key == "OWNER_URL" && command == "migrate" || key == "URL" {
					if out := o.run(1, command); strings.Contains(out, secret) {
						t.Errorf("%s=%s: bangkom %s prints the password: %s", key, address, command, out)
					}
				}
			}
		}
	}
}

func TestCheckWarnsOfTheWay(t *testing.T) {
	t.Parallel()
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=postgres://u:p@192.0.2.1/d?connect_timeout=1",
		"BANGKOM_DATABASE_OWNER_URL=postgres://u:p@192.0.2.1/d?sslmode=verify-full",
		"BANGKOM_TELEGRAM_API_ENDPOINT=http://192.0.2.1/bot%s/%s"}}
	out := o.run(1, "check", "warning: database.url leads to another machine", "warning: telegram.api_endpoint leads to another machine")
	if strings.Contains(out, "database.owner_url") || strings.Contains(out, "file_endpoint") {
		t.Errorf("check warns of what is in order:\n%s", out)
	}
}
