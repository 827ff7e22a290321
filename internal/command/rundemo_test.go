package command

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"bangkom/internal/demo"
	"bangkom/internal/devdb/devdbtest"
)

var demoLine = regexp.MustCompile(`^Buka (http://[0-9.:]+/) di peramban\.$`)

func TestDemoShowsItsPageAndStops(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	var messages bytes.Buffer // read after the end only
	done := make(chan int, 1)
	go func() {
		code := Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, nil, in, &messages)
		_ = in.Close()
		done <- code
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("demo ended with %d: %s", <-done, &messages)
	}
	m := demoLine.FindStringSubmatch(lines.Text())
	if m == nil {
		t.Fatalf("the first line is %q, want the address", lines.Text())
	}
	for range len(demo.Hints()) {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "- ") {
			t.Errorf("line %q, want a line on what to try", lines.Text())
		}
	}
	resp, err := http.Get(m[1])
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("<html")) {
		t.Errorf("GET %s = %d, %v, %d bytes, want the page", m[1], resp.StatusCode, err, len(body))
	}
	cancel()
	if code := <-done; code != exitOK {
		t.Errorf("demo ended with %d, want 0; stderr: %s", code, &messages)
	}
	if conn, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(m[1], "http://"), "/")); err == nil {
		_ = conn.Close()
		t.Error("the page's port is still open after the end")
	}
}
