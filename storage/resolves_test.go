package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/resolve"
)

// resolvedBy makes a batch that so many people attended, and a line of each.
func (f *fixture) resolvedBy(people []int64, ends time.Time) (batch int64) {
	f.t.Helper()
	f.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('R', 'R', '-', 'a', 'x', 8, 'order') ON CONFLICT DO NOTHING`)
	f.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id)
		INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		SELECT o.id, (SELECT id FROM programme WHERE code = 'R'), o.id, 'Kursus', 40, 'free', 'none', 'running', $1::timestamptz - interval '6 hours', $1, $1 FROM o`, ends)
	batch = int64(f.count(`SELECT max(id) FROM batch`))
	f.exec(`INSERT INTO training_session (batch_id, n, starts_at, ends_at, place) VALUES ($1, 1, $2::timestamptz - interval '6 hours', $2, 'Aula')`, batch, ends)
	for _, id := range people {
		f.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) VALUES ($1, $2, 'nominated', 'seated', $3, $3)`, batch, id, ends)
		f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $2, true, 'committee', $3 FROM training_session WHERE batch_id = $1`, batch, id, ends)
		f.tx(func(ctx context.Context, tx *Tx) error {
			return tx.PutResolve(ctx, id, resolve.Resolve{Batch: batch, Line: "Jika A, maka saya akan B", Written: resolve.DayOf(ends, time.UTC), AskOn: resolve.AskOn(ends, time.UTC)})
		})
	}
	return batch
}

// A line is changed until the day of its question, which stays as it was promised; its
// outcome is said from that day on; and both are about the own line alone.
func TestResolveHasItsDays(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	ends := time.Date(2027, 4, 13, 9, 0, 0, 0, time.UTC)
	batch := f.resolvedBy(ids[:1], ends)
	day := func(n int) time.Time { return time.Date(2027, 4, 13+n, 0, 0, 0, 0, time.UTC) }
	put := func(n int) error {
		return f.try(func(ctx context.Context, tx *Tx) error {
			return tx.PutResolve(ctx, ids[0], resolve.Resolve{Batch: batch, Line: "Jika C, maka saya akan D", Written: day(n), AskOn: day(n + 30)})
		})
	}
	answer := func(who int64, n int) error {
		return f.try(func(ctx context.Context, tx *Tx) error {
			return tx.AnswerResolve(ctx, who, batch, resolve.Done, day(n))
		})
	}
	for _, tt := range []struct {
		what string
		got  error
		want error
	}{
		{"changed on the last day", put(29), nil}, {"changed on the day of the question", put(30), ErrNotFound},
		{"answered before", answer(ids[0], 29), ErrNotFound}, {"answered for somebody", answer(ids[1], 30), ErrNotFound},
		{"answered on the day", answer(ids[0], 30), nil}, {"changed once answered", put(29), ErrNotFound},
		{"deleted for somebody", f.try(func(ctx context.Context, tx *Tx) error { return tx.DropResolve(ctx, ids[1], batch) }), ErrNotFound},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	if got := f.text(`SELECT line || ' ' || written_on || ' ' || ask_on || ' ' || outcome FROM resolve`); got != "Jika C, maka saya akan D 2027-05-12 2027-05-13 done" {
		t.Errorf("stored is %q", got)
	}
}

// No resolve outlives the sixtieth day after its question; the erasure of a person takes
// theirs and no other one.
func TestResolvesGo(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	f.resolvedBy(ids, start)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $2)`, ids[0], start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		id, err1 := tx.AddTicket(ctx, ids[0], 5, personnel.ErasureTicket, "", start)
		r, err2 := tx.Erasure(ctx, id)
		return errors.Join(err1, err2, tx.Erase(ctx, r, ids[1], start))
	})
	if got := f.count(`SELECT count(*) FROM resolve WHERE employee_id = $1`, ids[0]); got != 0 {
		t.Errorf("%d lines of a person who was erased", got)
	}
	asked := resolve.AskOn(start, time.UTC)
	for _, tt := range []struct{ days, want int }{{resolve.KeepAfter, 2}, {resolve.KeepAfter + 1, 0}} {
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Prune(ctx, asked.AddDate(0, 0, tt.days).Add(12*time.Hour), 100)
			return err
		})
		if n := f.count(`SELECT count(*) FROM resolve`); n != tt.want {
			t.Errorf("%d lines %d days after the question, want %d", n, tt.days, tt.want)
		}
	}
}

// Statements about resolves stand in their own file and in no other, so that no report, no
// export and no summary reads them; and none of them reads an evaluation.
func TestOnlyOneFileReadsResolves(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(string(body)), " ")
		for _, word := range []string{"FROM resolve ", "JOIN resolve ", "INTO resolve ", "UPDATE resolve ", "TABLE resolve "} {
			if !strings.Contains(flat, word) || strings.HasSuffix(name, "_test.go") {
				continue
			}
			if found = true; name != "resolves.go" {
				t.Errorf("%s has a statement about resolves", name)
			}
		}
		if name == "resolves.go" {
			for _, table := range []string{"evaluation", "held_answer", "spent_prompt", "task"} {
				if strings.Contains(flat, "FROM "+table+" ") || strings.Contains(flat, "JOIN "+table+" ") {
					t.Errorf("resolves.go reads %s", table)
				}
			}
		}
	}
	if !found {
		t.Error("there is no statement about resolves: nothing is proved")
	}
}
