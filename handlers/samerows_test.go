package handlers_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
)

// otherwise is what two plays of one script never have in common: times, what is sealed
// or drawn by chance, and numbers that the database gives.
var otherwise = []struct {
	what *regexp.Regexp
	is   string
}{
	{regexp.MustCompile(`"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^"]*"`), `"time"`},
	{regexp.MustCompile(`"\\\\x[0-9a-f]*"`), `"bytes"`},
	{regexp.MustCompile(`"sealed:[^"]*"`), `"sealed"`},
	{regexp.MustCompile(`"(id|serial|[a-z_]*_id)": \d+`), `"$1": 0`},
	{regexp.MustCompile(`\bin:\d+:`), `in:0:`}, // the number of an update, of which an attempt may have used one up
	// What the sender and the worker for menus do after the decision, when they come to it.
	{regexp.MustCompile(`"(attempts)": \d+`), `"$1": 0`},
	{regexp.MustCompile(`"menu": "[a-z]*"`), `"menu": "any"`},
}

// Rows of what a process says about itself, and of what jobs did on the clock of the machine.
var ofProcesses = strings.Fields("replica lease goose_db_version job_run bot_state")

// rows is what is stored, table by table, but for what differs from play to play.
func (w *world) rows() map[string][]string {
	w.t.Helper()
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		w.t.Fatal(err)
	}
	defer owner.Close()
	all := map[string][]string{}
	for _, name := range strings.Fields(w.text(`SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)) {
		if slices.Contains(ofProcesses, name) {
			continue
		}
		rows, err := owner.Query(fmt.Sprintf(`SELECT to_jsonb(t)::text FROM %s t`, name))
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				w.t.Fatal(err)
			}
			if strings.Contains(row, `"key": "menu:`) {
				continue // of the worker for menus
			}
			for _, o := range otherwise {
				row = o.what.ReplaceAllString(row, o.is)
			}
			all[name] = append(all[name], row)
		}
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
		slices.Sort(all[name])
	}
	return all
}

// What is stored is the same whether updates are decided alone, together, or as they are
// stored.
func TestBatchesStoreTheSameRows(t *testing.T) {
	t.Parallel()
	devdbtest.Heavy(t, "six conversations are played three times")
	for _, name := range strings.Fields("asesmen menilai survei-anonim privasi usulan pelatihan") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name+".txt")
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			alone := playScript(t, polled, file, string(script)).rows()
			for _, by := range []way{batched, arrived} {
				if diff := gocmp.Diff(alone, playScript(t, by, file, string(script)).rows()); diff != "" {
					t.Errorf("stored (-alone +%s):\n%s", by, diff)
				}
			}
		})
	}
}
