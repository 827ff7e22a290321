package text

import (
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

func catalogue(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTEscapesEveryValue(t *testing.T) {
	c := catalogue(t)
	got := c.T("menu.title", Args{"sapaan": "Ibu", "nama": `<b>&"x"`})
	if want := "Ibu &lt;b&gt;&amp;&#34;x&#34;, silakan pilih."; got != want {
		t.Errorf("T = %q, want %q", got, want)
	}
	if got := c.T("menu.title", Args{"sapaan": "Ibu", "nama": HTML("<b>x</b>")}); got != "Ibu <b>x</b>, silakan pilih." {
		t.Errorf("T with HTML = %q", got)
	}
}

func TestMissingValueIsAnError(t *testing.T) {
	if _, err := catalogue(t).Render("menu.title", map[string]any{"nama": "x"}); err == nil {
		t.Error("Render without a value gives no error")
	}
	if _, err := catalogue(t).Render("no.such.key", nil); err == nil {
		t.Error("Render of an unknown key gives no error")
	}
}

func TestIndonesianFormats(t *testing.T) {
	c := catalogue(t)
	at := func(zone int, s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("", zone*3600))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct{ why, got, want string }{
		{"date", c.Date(at(7, "2027-01-22 10:00")), "Jumat, 22 Januari 2027"},
		{"sunday", c.Date(at(7, "2026-12-27 10:00")), "Minggu, 27 Desember 2026"},
		{"short date", c.ShortDate(at(7, "2027-08-05 10:00")), "5 Agustus 2027"},
		{"western zone", c.Clock(at(7, "2027-01-22 08:30")), "pukul 08.30 WIB"},
		{"central zone", c.Clock(at(8, "2027-01-22 15:05")), "pukul 15.05 WITA"},
		{"eastern zone", c.Clock(at(9, "2027-01-22 15:05")), "pukul 15.05 WIT"},
		{"hours", c.Hours(at(7, "2027-01-22 08:30"), at(7, "2027-01-22 15:30")), "pukul 08.30-15.30 WIB"},
		{"hours without an end of their own", c.Hours(at(7, "2027-01-22 08:30"), at(7, "2027-01-22 08:30")), "pukul 08.30-08.30 WIB"},
		{"midnight is the day before", c.Deadline(at(7, "2027-01-23 00:00")), "Jumat, 22 Januari 2027"},
		{"deadline with an hour", c.Deadline(at(7, "2027-01-22 15:30")), "Jumat, 22 Januari 2027, pukul 15.30 WIB"},
		{"number", c.Number(1250), "1.250"},
		{"today, which ends at midnight", c.Soon("Jumat", at(7, "2027-01-23 00:00"), at(7, "2027-01-22 00:00")), "hari ini, Jumat"},
		{"today at an hour", c.Soon("Jumat", at(7, "2027-01-22 15:30"), at(7, "2027-01-22 08:30")), "hari ini, Jumat"},
		{"tomorrow", c.Soon("Jumat", at(7, "2027-01-23 00:00"), at(7, "2027-01-21 23:59")), "besok, Jumat"},
		{"tomorrow by the clock of the deadline", c.Soon("Jumat", at(7, "2027-01-23 00:00"), at(0, "2027-01-20 18:00")), "besok, Jumat"},
		{"the day after tomorrow", c.Soon("Jumat", at(7, "2027-01-23 00:00"), at(7, "2027-01-20 23:59")), "Jumat"},
		{"yesterday", c.Soon("Jumat", at(7, "2027-01-23 00:00"), at(7, "2027-01-23 00:00")), "Jumat"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.why, tt.got, tt.want)
		}
	}
}

// forbidden are words and signs that the voice of Bangkom does not use.
var forbidden = regexp.MustCompile(`(?i)!|\banda\b|silahkan|\berror\b|\bsubmit\b|\binput\b|\bdeadline\b|\blink\b|\bijin\b|tidak valid`)

func TestSentencesKeepTheVoice(t *testing.T) {
	c := catalogue(t)
	for _, key := range c.Keys() {
		sentence := c.source(key)
		if m := forbidden.FindString(sentence); m != "" {
			t.Errorf("%s holds %q: %s", key, m, sentence)
		}
		if strings.HasPrefix(key, "label.") && utf8.RuneCountInString(sentence) > 20 {
			t.Errorf("%s is longer than 20 characters: %q", key, sentence)
		}
	}
}

// Why a superior cannot be asked in the chat, for which there are several reasons, is told to
// nobody below.
func TestNobodyIsToldWhyTheSuperiorIsNotAsked(t *testing.T) {
	c := catalogue(t)
	for _, key := range []string{"join.now_asked_unlinked", "seat.ask_officer_unlinked"} {
		if sentence := c.source(key); sentence == "" || strings.Contains(sentence, "terhubung") {
			t.Errorf("%s: %q", key, sentence)
		}
	}
}

// placeholders has an x for every placeholder of every sentence.
var placeholders = sync.OnceValue(func() map[string]any {
	names := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	data := map[string]any{}
	files, _ := fs.Glob(indonesian, "id/*.yaml")
	for _, name := range files {
		body, _ := indonesian.ReadFile(name)
		for _, m := range names.FindAllStringSubmatch(string(body), -1) {
			data[m[1]] = "x"
		}
	}
	return data
})

// source returns a sentence with its placeholders filled by an x.
func (c *Catalogue) source(key string) string {
	out, err := c.Render(key, placeholders())
	if err != nil {
		return "" // caught by TestEveryKeyRenders
	}
	return out
}

func TestEveryKeyRenders(t *testing.T) {
	c := catalogue(t)
	for _, key := range c.Keys() {
		if c.source(key) == "" {
			t.Errorf("%s does not render", key)
		}
	}
}

func TestKeyInTwoFilesIsRefused(t *testing.T) {
	bundle := i18n.NewBundle(language.Indonesian)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	err := new(Catalogue).read(bundle, fstest.MapFS{
		"id/a.yaml": {Data: []byte("label:\n  back: Kembali\n")},
		"id/b.yaml": {Data: []byte("label:\n  back: Mundur\n")},
	}, "id")
	if err == nil || !strings.Contains(err.Error(), "label.back") {
		t.Errorf("a key in two files gives %v", err)
	}
}
