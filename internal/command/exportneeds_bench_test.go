package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/storage/sample"
)

// BenchmarkExportNeeds writes the analysis of 10,000 and 50,000 people in 17 competencies, of
// groups and of people, and tells the most memory that the process held meanwhile beyond what
// it held before.
func BenchmarkExportNeeds(b *testing.B) {
	for _, people := range []int{10_000, 50_000} {
		env := answeredNeeds(b, people)
		for _, kind := range []string{"groups", "people"} {
			b.Run(fmt.Sprintf("%s/%d", kind, people), func(b *testing.B) {
				n, before := 0, resetPeak(b)
				for b.Loop() {
					out := filepath.Join(b.TempDir(), strconv.Itoa(n)+".xlsx")
					args := []string{"export", "needs", "--out", out}
					if kind == "people" {
						args = append(args, "--people", "--reason", "Pemetaan talenta 2027", "--by", "199001012015012001")
					}
					var said bytes.Buffer
					if code := Run(context.Background(), args, env, &said, &said); code != 0 {
						b.Fatalf("exit code %d: %s", code, said.String())
					}
					file, err := os.Stat(out)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(file.Size())/(1<<20), "MiB-file")
					n++
				}
				b.ReportMetric(peakOf(b), "MiB-peak")
				b.ReportMetric(before, "MiB-before")
			})
		}
	}
}

// answeredNeeds is a database in which the second of two periods was just closed.
func answeredNeeds(b *testing.B, people int) (env []string) {
	b.Helper()
	owner := devdbtest.Empty(b)
	env = []string{"BANGKOM_DATABASE_URL=" + owner, "BANGKOM_DATABASE_STATEMENT_TIMEOUT=10m", "BANGKOM_DATABASE_IO_TIMEOUT=11m",
		"BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(b.TempDir(), "key")}
	var said bytes.Buffer
	run := func(args ...string) {
		if code := Run(context.Background(), args, env, &said, &said); code != 0 {
			b.Fatalf("exit code %d: %s", code, said.String())
		}
	}
	run("migrate")
	const office = `
		WITH e AS (INSERT INTO employee (nip, name, sex, unit_id) SELECT '199001012015012001', 'Petugas', 2, min(id) FROM unit RETURNING id)
		INSERT INTO role_grant (employee_id, role, granted_at) SELECT id, 'hr', now() FROM e`
	for _, q := range append(sample.Answered(people), office, `VACUUM ANALYZE`) {
		asOwner(b, owner, q)
	}
	begun := time.Now()
	run("period", "close")
	b.Logf("closing the period of %d people took %v", people, time.Since(begun).Round(time.Millisecond))
	return env
}

// resetPeak begins to count the most memory anew, and tells how much is held now, in MiB.
func resetPeak(b *testing.B) float64 {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Skip("the peak of memory can be read on Linux only: ", err)
	}
	return peakOf(b)
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakOf(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := peakLine.FindSubmatch(status)
	if m == nil {
		b.Fatal("the system tells no peak of memory")
	}
	kib, _ := strconv.Atoi(string(m[1]))
	return float64(kib) / 1024
}
