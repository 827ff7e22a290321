package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"bangkom/internal/advice"
)

const example = "../../config.example.yaml"

var ignoreLocation = cmpopts.IgnoreUnexported(Config{})

func write(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The example must name every option, and its values must be the defaults.
func TestExampleHoldsEveryDefault(t *testing.T) {
	got, err := Load(example, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults(), got, ignoreLocation); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults (-default +example):\n%s", diff)
	}
	body, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	var sections map[string]map[string]any
	if err := yaml.Unmarshal(body, &sections); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for section, values := range sections {
		for key := range values {
			keys = append(keys, section+"."+key)
		}
	}
	slices.Sort(keys)
	known := slices.Sorted(maps.Keys(knownKeys(reflect.TypeFor[Config](), "")))
	if diff := cmp.Diff(known, keys); diff != "" {
		t.Errorf("config.example.yaml does not list the known keys (-known +example):\n%s", diff)
	}
}

func TestLoadOrderOfSources(t *testing.T) {
	file := write(t, "c.yaml", "telegram:\n  rate_per_second: 5\n  lease: 10s\nagency:\n  name: Dari Berkas\n")
	secret := write(t, "token", "123:from-a-file\n")
	got, err := Load(file, []string{"BANGKOM_AGENCY_NAME=Dari Lingkungan", "BANGKOM_TELEGRAM_TOKEN_FILE=" + secret,
		"BANGKOM_LIMITS_PERSON_UPDATES_PER_10S=0", "BANGKOM_LIMITS_DOUBLE_PRESS=0", "OTHER=1", "BANGKOM_TEST_DATABASE_URL=x"})
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Telegram.RatePerSecond, want.Telegram.Lease = 5, 10*time.Second
	want.Telegram.Token = "123:from-a-file"
	want.Agency.Name = "Dari Lingkungan"
	want.Limits.PersonUpdatesPer10s, want.Limits.DoublePress = 0, 0
	if diff := cmp.Diff(want, got, ignoreLocation); diff != "" {
		t.Errorf("Load (-want +got):\n%s", diff)
	}
	if got.Location().String() != "Asia/Jakarta" {
		t.Errorf("Location() = %s, want Asia/Jakarta", got.Location())
	}
	byEnv, err := Load("", []string{"BANGKOM_CONFIG=" + file})
	if err != nil || byEnv.Agency.Name != "Dari Berkas" {
		t.Errorf("BANGKOM_CONFIG: agency.name = %q, %v, want that of the file", byEnv.Agency.Name, err)
	}
}

func TestLoadReportsEveryProblemAtOnce(t *testing.T) {
	file := write(t, "c.yaml", `
telegram:
  tokn: "123:abc"
  rate_per_second: many
  token: [1, 2]
  mode: webhook
agency:
  time_zone: Asia/Kalianda
limits: 3
logg:
  level: loud
database:
`)
	_, err := Load(file, []string{"BANGKOM_TELEGRAM_LEASE=soon", "BANGKOM_DATABSE_URL=postgres://u:secret-word@h/d",
		"BANGKOM_AGENCY_NAME_FILE=/x", "BANGKOM_TELEGRAM_WEBHOOK_SECRET_FILE=/no/such/file",
		"BANGKOM_DATABASE_URL=a", "BANGKOM_DATABASE_URL_FILE=b", "PQGO_DEBUG=1"})
	if err == nil {
		t.Fatal("Load found no problem")
	}
	for _, want := range []string{
		`unknown key "telegram.tokn", did you mean "telegram.token"?`,
		"telegram.rate_per_second is not a number",
		"telegram.token is not a text",
		"telegram.webhook_url is missing",
		`agency.time_zone "Asia/Kalianda" is not known`,
		`"limits" is a section`,
		`unknown key "logg.level", did you mean "log.level"?`,
		"telegram.lease is not a duration",
		"unknown variable BANGKOM_DATABSE_URL, did you mean BANGKOM_DATABASE_URL?",
		"unknown variable BANGKOM_AGENCY_NAME_FILE",
		"the file that BANGKOM_TELEGRAM_WEBHOOK_SECRET_FILE names cannot be read: no such file",
		"BANGKOM_DATABASE_URL and BANGKOM_DATABASE_URL_FILE are both set",
		"PQGO_DEBUG is set",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "secret-word") {
		t.Errorf("the error prints a value:\n%v", err)
	}
}

func TestLoadRefusesWhatIsNoYAML(t *testing.T) {
	if _, err := Load(write(t, "c.yaml", "a: [\n"), nil); err == nil || !strings.Contains(err.Error(), "not valid YAML") {
		t.Errorf("error = %v, want that it is not valid YAML", err)
	}
	if _, err := Load("/no/such/file", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want that the file does not exist", err)
	}
}

func TestLimitsOfValues(t *testing.T) {
	for _, tt := range []struct{ variable, want string }{
		{"BANGKOM_TELEGRAM_IN_FLIGHT=0", "telegram.in_flight"},
		{"BANGKOM_TELEGRAM_IN_FLIGHT=65", "telegram.in_flight"},
		{"BANGKOM_TELEGRAM_POLL_TIMEOUT=51s", "telegram.poll_timeout"},
		{"BANGKOM_TELEGRAM_LEASE=100ms", "telegram.lease"},
		{"BANGKOM_TELEGRAM_API_ENDPOINT=http://x/%s", "telegram.api_endpoint"},
		{"BANGKOM_TELEGRAM_API_ENDPOINT=ftp://x/%s/%s", "telegram.api_endpoint"},
		{"BANGKOM_TELEGRAM_FILE_ENDPOINT=api.telegram.org/%s/%s", "telegram.file_endpoint"},
		{"BANGKOM_AGENCY_TIME_ZONE=Local", "agency.time_zone"},
		{"BANGKOM_AGENCY_TIME_ZONE=", "agency.time_zone"},
		{"BANGKOM_AGENCY_OFFICE=", "agency.office"},
		{"BANGKOM_AGENCY_OFFICE=BKD ", "agency.office"},
		{"BANGKOM_AGENCY_OFFICE=BKPSDM Tirta", "agency.office"},
		{"BANGKOM_TELEGRAM_RATE_PER_SECOND=-1", "telegram.rate_per_second"},
		{"BANGKOM_LIMITS_DOUBLE_PRESS=-1s", "limits.double_press"},
		{"BANGKOM_LIMITS_DOUBLE_PRESS=6s", "limits.double_press"},
		{"BANGKOM_DATABASE_MAX_OPEN=1", "database.max_open"},
		{"BANGKOM_DATABASE_IO_TIMEOUT=10s", "database.io_timeout"},
		{"BANGKOM_IDENTITY_CODE_KEY=short", "identity.code_key"},
		{"BANGKOM_IDENTITY_CODE_DAYS=0", "identity.code_days"},
		{"BANGKOM_HTTP_LISTEN=9090", "http.listen"},
		{"BANGKOM_HTTP_LISTEN=0.0.0.0:9090", "http.listen"},
		{"BANGKOM_HTTP_LISTEN=:9090", "http.listen"},
		{"BANGKOM_HTTP_LISTEN=10.0.0.5:9090", "http.listen"},
		{"BANGKOM_HTTP_LISTEN=[::]:9090", "http.listen"},
		{"BANGKOM_LOG_LEVEL=loud", "log.level"},
	} {
		if _, err := Load("", []string{tt.variable}); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want one about %s", tt.variable, err, tt.want)
		}
	}
}

func TestMetricsListenOnLoopback(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:9090", "localhost:9090", "[::1]:9090", "127.0.0.1:0"} {
		if _, err := Load("", []string{"BANGKOM_HTTP_LISTEN=" + address}); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestValidateServe(t *testing.T) {
	ok := []string{"BANGKOM_TELEGRAM_TOKEN=1:a", "BANGKOM_DATABASE_URL=postgres://u:p@h/d"}
	c, err := Load("", ok)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ValidateServe(); err != nil {
		t.Errorf("ValidateServe() = %v, want nothing", err)
	}
	if err := defaults().ValidateServe(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("ValidateServe() of nothing = %v, want both problems", err)
	}
	c.Telegram.Token, c.Database.URL = "not-a-token", "mysql://user:hidden@host/x"
	err = c.ValidateServe()
	if err == nil || !strings.Contains(err.Error(), "telegram.token") || !strings.Contains(err.Error(), "database.url") {
		t.Errorf("ValidateServe() = %v, want both problems", err)
	}
	if strings.Contains(fmt.Sprint(err), "hidden") {
		t.Errorf("the error prints the password: %v", err)
	}
}

// planted is a part of a password that must not be printed.
const planted = "rahasia"

// strayedURLs hold it where something else is expected.
func strayedURLs() []string {
	return []string{
		"postgres://user:rahasia#1@host/db", "postgres://user:12#rahasia@host/db", "postgres://user:12/rahasia@host/db",
		"postgres://user:rahasia/1@host/db", "postgres://user:12?rahasia@host/db", "postgres://user@rahasia@host/db",
		"postgres:///user:rahasia@host/db", "postgres:user:rahasia@host/db", "postgres://user:1%rahasia@host/db",
		"postgres://host/db/rahasia", "postgres://host/user:rahasia", "user:rahasia@host/db", "mysql://user:rahasia@host/x",
		"postgres://user:rahasia@[host/db", "postgres://user:x@host:rahasia/db",
	}
}

func TestStrayedPasswordIsRefusedUnprinted(t *testing.T) {
	for _, address := range strayedURLs() {
		for _, key := range []string{"URL", "OWNER_URL"} {
			c, err := Load("", []string{"BANGKOM_DATABASE_URL=postgres://u:p@h/d", "BANGKOM_TELEGRAM_TOKEN=1:a", "BANGKOM_DATABASE_" + key + "=" + address})
			if err != nil {
				t.Fatal(err)
			}
			err = c.ValidateServe()
			if err == nil || !strings.HasPrefix(err.Error(), "database."+strings.ToLower(key)) || !strings.Contains(err.Error(), "%23") {
				t.Errorf("%s=%s: %v, want a sentence that names the key and what to write", key, address, err)
			}
			if err != nil && strings.Contains(err.Error(), planted) {
				t.Errorf("%s=%s: the error prints the password: %v", key, address, err)
			}
		}
	}
	for _, address := range []string{
		"postgres://u:p@h/d", "postgresql://u:p%23%2F%40@h:5432/d?sslmode=verify-full", "postgres://u:p@h1:5432,h2:5432/d",
		"postgres://u%40server:p@h/d", "postgres://u:p@ss@h/d", "postgres://u:pa:ss@h/d", "postgres:///d?host=/var/run/postgresql",
		"host=/var/run/postgresql dbname=d", "postgres://[::1]:5432/d",
	} {
		c := defaults()
		if c.Database.URL = Secret(address); c.ValidateDatabase() != nil {
			t.Errorf("%s: %v, want that it is accepted", address, c.ValidateDatabase())
		}
	}
}

// Instead of the name of a file its content may have been written.
func TestSecretInPlaceOfItsFileIsNotPrinted(t *testing.T) {
	_, err := Load("", []string{"BANGKOM_DATABASE_URL_FILE=postgres://user:" + planted + "@host/db"})
	if err == nil || strings.Contains(err.Error(), planted) || !strings.Contains(err.Error(), "BANGKOM_DATABASE_URL_FILE") {
		t.Errorf("error = %v, want one that names the variable and not its value", err)
	}
}

func TestWarnsOfAnEndpointWithoutTLS(t *testing.T) {
	for _, tt := range []struct {
		address string
		want    bool
	}{
		{"https://api.telegram.org/bot%s/%s", false}, {"http://127.0.0.1:8081/bot%s/%s", false}, {"http://localhost/bot%s/%s", false},
		{"http://[::1]:8081/bot%s/%s", false}, {"http://10.0.0.9:8081/bot%s/%s", true}, {"http://telegram.local/bot%s/%s", true},
	} {
		for _, key := range []string{"api_endpoint", "file_endpoint"} {
			c, err := Load("", []string{"BANGKOM_TELEGRAM_" + strings.ToUpper(key) + "=" + tt.address})
			if err != nil {
				t.Fatal(err)
			}
			got := slices.ContainsFunc(c.Warnings(), func(w *advice.Sentence) bool {
				return strings.HasPrefix(w.Error(), "telegram."+key) && strings.Contains(w.Error(), "TLS")
			})
			if got != tt.want {
				t.Errorf("%s=%s warns = %t, want %t", key, tt.address, got, tt.want)
			}
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	c := defaults()
	c.Telegram.Token, c.Database.URL, c.Identity.CodeKey = "tell-nobody", "tell-nobody", "tell-nobody"
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "token", c.Telegram.Token)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v", c, c, c) + fmt.Sprintf("%s %q %x", c.Telegram.Token, c.Telegram.Token, c.Telegram.Token) + log.String() + string(asJSON) + string(asYAML)
	if strings.Contains(all, "tell-nobody") || strings.Contains(all, fmt.Sprintf("%x", "tell-nobody")) {
		t.Errorf("a secret was printed:\n%s", all)
	}
	if !strings.Contains(all, hidden) {
		t.Error("nothing shows that there is a secret")
	}
}

func TestCodeKey(t *testing.T) {
	c := defaults()
	c.Identity.CodeKeyPath = filepath.Join(t.TempDir(), "key")
	if _, err := c.CodeKey(); !errors.Is(err, ErrNoKey) {
		t.Fatalf("CodeKey() error = %v, want ErrNoKey", err)
	}
	made, err := c.NewCodeKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.NewCodeKey() // the loser of a race takes what is there
	if err != nil || string(again) != string(made) {
		t.Errorf("NewCodeKey() a second time = %v, want the key that was made", err)
	}
	read, err := c.CodeKey()
	if err != nil || string(read) != string(made) || len(read) < minKey {
		t.Errorf("CodeKey() = %d characters, %v, want the %d that were made", len(read), err, len(made))
	}
	if info, err := os.Stat(c.Identity.CodeKeyPath); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v, want it for its owner only", info.Mode(), err)
	}
	if err := os.WriteFile(c.Identity.CodeKeyPath, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CodeKey(); err == nil || errors.Is(err, ErrNoKey) {
		t.Errorf("CodeKey() of a short file = %v, want that it is too short", err)
	}
}

func TestNearest(t *testing.T) {
	for _, tt := range []struct{ word, want string }{{"tokn", "token"}, {"", "url"}, {"modus", "mode"}} {
		if got := nearest(tt.word, []string{"token", "mode", "url"}); got != tt.want {
			t.Errorf("nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
