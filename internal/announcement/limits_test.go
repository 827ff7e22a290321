package announcement_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bangkom/internal/announcement"
)

func TestNeedsSecond(t *testing.T) {
	for _, tt := range []struct {
		today, now, from int
		want             bool
	}{
		{0, 199, 200, false}, {0, 200, 200, true}, {150, 49, 200, false}, {150, 50, 200, true}, {1000, 1, 200, true},
		{1000, 0, 200, false}, // to nobody: there is nothing to approve
		{0, 1, 1, true},
	} {
		if got := announcement.NeedsSecond(tt.today, tt.now, tt.from); got != tt.want {
			t.Errorf("NeedsSecond(%d, %d, %d) = %t", tt.today, tt.now, tt.from, got)
		}
	}
}

func TestOpening(t *testing.T) {
	for body, want := range map[string]string{
		"":                             "",
		"Rapat":                        "Rapat",
		"\n  Rapat <besok> \nKamis":    "Rapat <besok> ",
		strings.Repeat("kata ", 30):    "kata kata kata kata kata kata kata kata kata kata kata kata…",
		strings.Repeat("🙂", 40):        strings.Repeat("🙂", 29) + "…",
		"Undangan & jadwal, 5 Januari": "Undangan & jadwal, 5 Januari",
	} {
		if got := announcement.Opening(body); got != want {
			t.Errorf("Opening(%q) = %q, want %q", body, got, want)
		}
	}
}

// The address is short enough for a button, says what was written, and ends with what
// stands below.
func TestShareURL(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", " ", "é", "🙂", "\n", "&", "+", "%", "ﷺ"}), 0, 4096).Draw(rt, "body"), "")
		const below = "\n\nDari https://t.me/bangkom_bot"
		link := announcement.ShareURL(body, below)
		if len(link) > 2048 || strings.ContainsAny(link, " \n+") {
			rt.Fatalf("an address of %d bytes: %.80s", len(link), link)
		}
		u, err := url.Parse(link)
		if err != nil || u.Host != "wa.me" {
			rt.Fatalf("%s: %v", link, err)
		}
		told, ok := strings.CutSuffix(u.Query().Get("text"), below)
		if told = strings.TrimSuffix(told, "…"); !ok || !strings.HasPrefix(body, told) {
			rt.Fatalf("%q is not the beginning of %q", told, body)
		}
		if len(body) < 200 && told != body {
			rt.Fatalf("a short text is cut: %q", told)
		}
	})
}
