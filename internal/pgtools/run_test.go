package pgtools

import (
	"io"
	"strings"
	"testing"
)

// Several hosts in an address are refused: the backup would be of one that nobody
// chose.
func TestSeveralHostsAreRefused(t *testing.T) {
	for _, url := range []string{"postgres://u@a,b/x", "host=a,b dbname=x", "hostaddr=127.0.0.1,127.0.0.2 dbname=x"} {
		if err := Dump(t.Context(), "/nowhere/pg_dump", url, io.Discard); err == nil || !strings.Contains(err.Error(), "several hosts") {
			t.Errorf("Dump from %q: %v", url, err)
		}
	}
	if err := Dump(t.Context(), "/nowhere/pg_dump", "postgres://u@a/x", io.Discard); err == nil || strings.Contains(err.Error(), "several hosts") {
		t.Errorf("Dump from one host: %v", err)
	}
}
