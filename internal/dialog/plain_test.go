package dialog_test

import (
	"testing"

	"bangkom/internal/dialog"
)

func TestPlainText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a", "a"}, {"<b>a</b> &lt;b&gt; &amp; &quot;", `a <b> & "`}, {`<a href="x">y</a>`, "y"}, {"1 < 2", "1 < 2"}, {"&#128512;", "😀"},
	} {
		if got := dialog.PlainText(tt.in); got != tt.want {
			t.Errorf("PlainText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
