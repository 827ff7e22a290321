package text

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
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
		{"midnight is the day before", c.Deadline(at(7, "2027-01-23 00:00")), "Jumat, 22 Januari 2027"},
		{"deadline with an hour", c.Deadline(at(7, "2027-01-22 15:30")), "Jumat, 22 Januari 2027, pukul 15.30 WIB"},
		{"number", c.Number(1250), "1.250"},
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

// source returns a sentence with its placeholders filled by an x.
func (c *Catalogue) source(key string) string {
	names := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
	data := map[string]any{}
	for _, m := range names.FindAllStringSubmatch(string(indonesian), -1) {
		data[m[1]] = "x"
	}
	out, err := c.Render(key, data)
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
