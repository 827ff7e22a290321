package command

import (
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/proof"
)

// TestBenchmarks measures for a moment: that it can be measured is tested, not
// what comes out.
func TestBenchmarks(t *testing.T) {
	devdbtest.Heavy(t, "the benchmarks run in their shortest form")
	for name, want := range map[string]string{"load": "updates a second, to the plain bot", "latency": "CPU time, bot + Postgres, to the plain bot", "start": "first reply", "jobs": "growth exponent", "announcement": "short replies"} {
		t.Run(name, func(t *testing.T) {
			log := &lockedBuffer{}
			figures, err := proof.Bench(t.Context(), testProgram(log), name, proof.BenchOptions{Seconds: 1, People: 200})
			if err != nil {
				t.Fatalf("%v\n%s", err, log.tail(3000))
			}
			var rows strings.Builder
			for _, f := range figures {
				rows.WriteString(f.Row() + "\n")
			}
			if !strings.Contains(rows.String(), want) {
				t.Errorf("no figure of %q", want)
			}
			t.Log("\n" + proof.BenchHeader() + "\n" + rows.String())
		})
	}
}
