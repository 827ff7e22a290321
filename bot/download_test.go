package bot

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"bangkom/internal/faketelegram"
)

func TestDownload(t *testing.T) {
	const account = 7_700_000_002
	fake := faketelegram.New(faketelegram.Config{})
	server := httptest.NewServer(fake.APIHandler())
	defer server.Close()
	defer fake.Close()
	client, err := NewClient(faketelegram.DefaultToken, server.URL+"/bot%s/%s", 2)
	if err != nil {
		t.Fatal(err)
	}
	client.files = server.URL + "/file/bot%s/%s"
	fake.SendDocument(account, "data.csv", []byte("NIP;NAMA"))
	fake.SendDocument(account, "besar.csv", make([]byte, 21<<20))
	var updates []wireUpdate
	if err := client.ask(t.Context(), "getUpdates", nil, &updates); err != nil || len(updates) != 2 {
		t.Fatalf("%d updates, %v", len(updates), err)
	}
	small, large := updates[0].Message.Document.ID, updates[1].Message.Document.ID
	if body, err := client.Download(t.Context(), small, 100); err != nil || string(body) != "NIP;NAMA" {
		t.Errorf("Download = %q, %v", body, err)
	}
	for name, tt := range map[string]struct {
		id    string
		limit int64
	}{"own limit": {small, 3}, "Telegram's limit": {large, 100 << 20}} {
		if _, err := client.Download(t.Context(), tt.id, tt.limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
	refused := (*APIError)(nil)
	if _, err := client.Download(t.Context(), "nothing", 100); !errors.As(err, &refused) || refused.Code != 400 {
		t.Errorf("unknown file: %v, want the refusal", err)
	}
	server.Close()
	client.files = "http://127.0.0.1:1/file/bot%s/%s"
	if _, err := client.Download(t.Context(), small, 100); err == nil || strings.Contains(err.Error(), faketelegram.DefaultToken) {
		t.Errorf("without a server: %v, want an error without the token", err)
	}
}

// A path that leads out of the folder is never fetched.
func TestFilePaths(t *testing.T) {
	for path, want := range map[string]bool{"documents/file_0.xlsx": true, "documents/AQAD1": true, "../secret": false,
		"documents/../x": false, "http://x/y": false, "": false, "a//b": false, "a?b": false} {
		if filePath.MatchString(path) != want {
			t.Errorf("%q: %t", path, !want)
		}
	}
	for endpoint, want := range map[string]bool{"": true, "https://a.id/file/bot%s/%s": true, "https://a.id/%s": false, "ftp://a.id/%s/%s": false} {
		if _, err := checkFileEndpoint(endpoint); (err == nil) != want {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}
