package command

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// From the register to codes that link accounts.
func TestInvite(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	owner := devdbtest.Empty(t)
	env := []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_IDENTITY_CODE_KEY_PATH=" + key,
		"BANGKOM_TELEGRAM_BOT_USERNAME=bangkom_uji_bot"}
	bangkom := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if got := Run(t.Context(), args, env, &out, &out); got != want {
			t.Fatalf("bangkom %q = %d, want %d: %s", args, got, want, &out)
		}
		return out.String()
	}
	register := writeCSV(t, [][]string{{"NIP", "NAMA", "JABATAN", "UNIT KERJA"},
		{"197803122002121001", "Bambang", "Kepala Seksi", "Kec. Natar"},
		{"198507202010012002", "+HYPERLINK(1)", "Perawat Terampil", "Puskesmas"},
		{"199212052019032004", "Sari", "Guru Ahli Muda", "Kec. Natar"}})
	bangkom(0, "migrate")
	if err := devdb.AppUser(t.Context(), owner, "bangkom_inviter"); err != nil {
		t.Fatal(err)
	}
	env = append(env, "BANGKOM_DATABASE_URL="+devdbtest.As(owner, "bangkom_inviter")) // the login that serves is enough
	bangkom(0, "import", "employees", register, "--apply")

	natar := filepath.Join(dir, "natar.csv")
	bangkom(0, "invite", "--unit", "KECAMATAN NATAR", "--out", natar)
	rows := readCodes(t, natar)
	if len(rows) != 3 || rows[1][1] != "Bambang" || rows[2][0] != "2004" {
		t.Fatalf("codes of one unit: %q", rows)
	}
	for _, r := range rows[1:] {
		code := strings.ReplaceAll(r[3], "-", "")
		if !regexp.MustCompile(`^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$`).MatchString(r[3]) || r[4] != "https://t.me/bangkom_uji_bot?start="+code {
			t.Errorf("code %q with link %q", r[3], r[4])
		}
	}
	if info, err := os.Stat(natar); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v, want it for its owner only", info.Mode(), err)
	}
	bangkom(1, "invite", "--out", natar) // it exists

	rest := filepath.Join(dir, "rest.csv")
	bangkom(0, "invite", "--out", rest)
	if rows := readCodes(t, rest); len(rows) != 2 || rows[1][1] != "'+HYPERLINK(1)" {
		t.Errorf("the others: %q, want the one without a code, harmless", rows)
	}
	all := filepath.Join(dir, "all.csv")
	bangkom(0, "invite", "--renew", "--out", all)
	if rows := readCodes(t, all); len(rows) != 4 {
		t.Errorf("renewed: %q, want all three", rows)
	}
	none := filepath.Join(dir, "none.csv")
	if got := bangkom(0, "invite", "--out", none); !strings.Contains(got, "nobody is left to invite") {
		t.Errorf("nobody is left, and invite says %q", got)
	}
	if _, err := os.Stat(none); !os.IsNotExist(err) {
		t.Errorf("for nobody a file was written: %v", err)
	}
	bangkom(2, "invite", "--out", "codes.txt")
	slips := filepath.Join(dir, "slips.pdf")
	if got := bangkom(0, "invite", "--unit", "Puskesmas", "--renew", "--out", slips); !strings.Contains(got, "agency.recognition is not set") {
		t.Errorf("slips without recognition words are not warned of: %q", got)
	}
	if body, err := os.ReadFile(slips); err != nil || !bytes.HasPrefix(body, []byte("%PDF-")) {
		t.Errorf("the slips are no PDF: %v", err)
	}
	bangkom(2, "invite")

	old, renewed := readCodes(t, natar)[1][3], ""
	for _, r := range readCodes(t, all) {
		if r[1] == "Bambang" {
			renewed = r[3]
		}
	}
	chat := serveTo(t, env)
	if got := chat("/start " + old); !strings.Contains(got, "Kode ini tidak dapat dipakai") {
		t.Errorf("the former code was answered %q, want that it no longer works", got)
	}
	if got := chat(renewed); !strings.Contains(got, "Kode ini untuk B") {
		t.Errorf("the renewed code was answered %q, want the notice", got)
	}
}

// serveTo runs serve until the end of the test and returns a chat with it: a
// person writes, and what the bot answered comes back.
func serveTo(t *testing.T, env []string) func(text string) string {
	t.Helper()
	const account = 7_700_000_001
	fake := faketelegram.New(faketelegram.Config{})
	fake.AddUser(faketelegram.User{ID: account, FirstName: "B"})
	server := httptest.NewServer(fake.APIHandler())
	env = append(env, "BANGKOM_TELEGRAM_TOKEN="+faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT="+server.URL+"/bot%s/%s")
	ctx, cancel := context.WithCancel(context.Background())
	var log lockedBuffer
	done := make(chan int, 1)
	go func() { done <- Run(ctx, []string{"serve"}, env, &log, &log) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != exitOK {
			t.Errorf("serve ended with %d: %s", code, log.tail(3000))
		}
		fake.Close()
		server.Close()
	})
	return func(text string) string {
		t.Helper()
		before := len(fake.Messages(account))
		fake.SendText(account, text)
		limit := time.After(2 * time.Minute)
		for {
			changed := fake.Changed()
			if m, ok := fake.Last(account); ok && len(fake.Messages(account)) >= before+2 {
				return m.Text
			}
			select {
			case <-changed:
			case <-limit:
				t.Fatalf("no answer to %q; the log: %s", text, log.tail(3000))
			}
		}
	}
}

func readCodes(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
