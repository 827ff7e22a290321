package command

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"testing"
)

// BenchmarkDemoPage is the time from the command `demo` to its page in a
// browser, the private Postgres and the sample people included.
func BenchmarkDemoPage(b *testing.B) {
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		out, in := io.Pipe()
		done := make(chan int, 1)
		go func() {
			code := Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, nil, in, io.Discard)
			_ = in.Close()
			done <- code
		}()
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			b.Fatalf("demo ended with %d", <-done)
		}
		resp, err := http.Get(demoLine.FindStringSubmatch(lines.Text())[1])
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("no page: %v", err)
		}
		_ = resp.Body.Close()
		b.StopTimer()
		go func() { _, _ = io.Copy(io.Discard, out) }()
		cancel()
		<-done
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
}
